//! What an archive timestamp covers is judged at its time; and a content timestamp proves nothing of the signature.

use super::busta::{
    DATA, Firmatario, MESSAGE_DIGEST, Mano, RSA, SHA256, algoritmo, attributi, attributo, busta, figli, oid, tlv,
};
use super::corpus::{cartella, certificati, righe, verifica_riga};
use super::marca::{SIGNATURE_TIME_STAMP, TIME_STAMPING, certificato, certificato_fino_al, gettone, gettone_esteso};
use super::{DOCUMENTO, ca, verifica_byte};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use sha2::{Digest as _, Sha256, Sha512};
use tabulario::firma::{Fiducia, Firma, Indicazione, Marcato, Sottoindicazione};

const CONTENT_TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.20";
const SECONDA: &str = "1.2.840.113549.1.9.16.2.48";
const TERZA: &str = "0.4.0.1733.2.4";
const INDICE_V1: &str = "0.4.0.1733.2.5";
const INDICE_V3: &str = "0.4.0.19122.1.5";
const SCADUTA: Option<Sottoindicazione> = Some(Sottoindicazione::OutOfBoundsNoPoe);

/// A signature of somebody whose certificate ended in 2022, with a timestamp of 2021 by an authority whose certificate ended in 2024.
struct Antica {
    mano: Mano,
    firmatario: Firmatario,
}

impl Antica {
    fn new() -> Self {
        let mano = Mano::delle_fixture("lombri-scaduto");
        let mut firmatario = Firmatario::buono(&mano, DOCUMENTO);
        let tsa = certificato_fino_al(TIME_STAMPING, "241231000000Z");
        let marca = gettone(&tsa, &firmatario.valore, "20210601120000Z");
        firmatario.non_firmati = vec![attributo(SIGNATURE_TIME_STAMP, &marca)];
        Self { mano, firmatario }
    }

    /// What stands in a SignerInfo before the unsigned attributes.
    fn campi(&self) -> Vec<u8> {
        let senza = Firmatario { non_firmati: Vec::new(), ..copia(&self.firmatario) };
        figli(&senza.scrivi()).concat()
    }

    /// An archive timestamp of the third form, of 2023, with an index of these.
    fn terza(&self, tipo: &str, certificati: &[&[u8]], aggiunte: &[&[u8]], contenuto: &[u8]) -> Vec<u8> {
        self.terza_con(SHA256, tipo, certificati, aggiunte, contenuto)
    }

    fn terza_con(
        &self,
        digesto: &str,
        tipo: &str,
        certificati: &[&[u8]],
        aggiunte: &[&[u8]],
        contenuto: &[u8],
    ) -> Vec<u8> {
        let elenco = |voci: &[&[u8]]| tlv(0x30, &voci.iter().flat_map(|v| tlv(4, v)).collect::<Vec<_>>());
        let indice = [algoritmo(digesto), elenco(certificati), elenco(&[]), elenco(aggiunte)];
        let indice = tlv(0x30, &if tipo == INDICE_V1 { indice[1..].concat() } else { indice.concat() });
        let marcato = [oid(DATA), Sha256::digest(contenuto).to_vec(), self.campi(), indice.clone()].concat();
        let tsa = certificato(TIME_STAMPING);
        let indice = attributo(tipo, &indice);
        let gettone = gettone_esteso(&tsa, SHA256, &Sha256::digest(&marcato), "20230601120000Z", vec![indice]);
        attributo(TERZA, &gettone)
    }

    /// One of the second form.
    fn seconda(&self, certificati: &[u8], aggiunte: &[u8]) -> Vec<u8> {
        let capsula = tlv(0x30, &[oid(DATA), tlv(0xa0, &tlv(4, DOCUMENTO))].concat());
        let marcato = [capsula, tlv(0xa0, certificati), self.campi(), tlv(0xa1, aggiunte)].concat();
        let tsa = certificato(TIME_STAMPING);
        attributo(
            SECONDA,
            &gettone_esteso(&tsa, "2.16.840.1.101.3.4.2.3", &Sha512::digest(&marcato), "20230601120000Z", vec![]),
        )
    }

    fn giudicata(&self, archivio: Vec<Vec<u8>>) -> Firma {
        let mut firmatario = copia(&self.firmatario);
        firmatario.non_firmati.extend(archivio);
        let byte = busta(Some(&tlv(4, DOCUMENTO)), &[&self.mano.certificato], &[firmatario.scrivi()]);
        verifica_byte(&byte, &ca()).0.signatures.remove(0)
    }
}

fn copia(f: &Firmatario) -> Firmatario {
    Firmatario {
        sid: f.sid.clone(),
        digesto: f.digesto.clone(),
        firmati: f.firmati.clone(),
        algoritmo: algoritmo(RSA),
        valore: f.valore.clone(),
        non_firmati: f.non_firmati.clone(),
    }
}

fn check(firma: &Firma, archivio: Indicazione, motivo: Option<Sottoindicazione>) {
    let sua = firma.timestamps.iter().find(|m| m.covers == Marcato::Archive).unwrap();
    assert_eq!((sua.indication, firma.sub_indication), (archivio, motivo), "{:?}", firma.findings);
}

#[test]
fn an_archive_timestamp_keeps_what_it_covers_provable() {
    use Indicazione::{TotalFailed, TotalPassed};
    let antica = Antica::new();
    assert_eq!(antica.giudicata(Vec::new()).sub_indication, SCADUTA);
    let marca = &antica.firmatario.non_firmati[0];
    let [tipo, valori] = figli(marca).try_into().unwrap();
    let valore = Sha256::digest([tipo, figli(&valori).remove(0)].concat()).to_vec();
    let intero = Sha256::digest(marca).to_vec();
    let suo = Sha256::digest(&antica.mano.certificato).to_vec();
    let terza = |tipo: &str, certificati: &[&[u8]], aggiunte: &[&[u8]]| {
        antica.giudicata(vec![antica.terza(tipo, certificati, aggiunte, DOCUMENTO)])
    };
    let buona = terza(INDICE_V3, &[&suo], &[&valore]);
    check(&buona, TotalPassed, None);
    assert_eq!(buona.level.as_deref(), Some("CAdES-LTA"));
    check(&terza(INDICE_V1, &[&suo], &[&intero]), TotalPassed, None);
    // The archive timestamp is too late by itself, and the timestamp that it does not cover is no more believed.
    check(&terza(INDICE_V3, &[&suo], &[]), TotalPassed, SCADUTA);
    // What it covered is gone, or is told in the way of another form.
    check(&terza(INDICE_V3, &[&intero], &[&valore]), TotalFailed, SCADUTA);
    check(&terza(INDICE_V3, &[&suo], &[&intero]), TotalFailed, SCADUTA);
    check(&terza(INDICE_V1, &[&suo], &[&valore]), TotalFailed, SCADUTA);
    // Another document.
    check(&antica.giudicata(vec![antica.terza(INDICE_V3, &[&suo], &[&valore], b"altro")]), TotalFailed, SCADUTA);
}

#[test]
fn the_second_form_covers_the_envelope_and_what_came_before() {
    use Indicazione::{TotalFailed, TotalPassed};
    let antica = Antica::new();
    let suo = &antica.mano.certificato;
    let marca = antica.firmatario.non_firmati.concat();
    let buona = antica.seconda(suo, &marca);
    let giudicata = antica.giudicata(vec![buona.clone()]);
    check(&giudicata, TotalPassed, None);
    assert_eq!(giudicata.level.as_deref(), Some("CAdES-A"));
    check(&antica.giudicata(vec![antica.seconda(suo, b"")]), TotalFailed, SCADUTA);
    check(&antica.giudicata(vec![antica.seconda(b"", &marca)]), TotalFailed, SCADUTA);
    // Of another kind, the same token is not one of these.
    let [_, valori] = figli(&buona).try_into().unwrap();
    for (altro, esito) in [(TERZA, TotalFailed), ("1.2.840.113549.1.9.16.2.27", Indicazione::Indeterminate)] {
        check(&antica.giudicata(vec![attributo(altro, &figli(&valori)[0])]), esito, SCADUTA);
    }
}

#[test]
fn a_content_timestamp_proves_the_content_and_not_the_signature() {
    let mano = Mano::delle_fixture("lombri-scaduto");
    let check = |marcato: &[u8], indicazione: Indicazione| {
        let mut firmati = attributi(&mano, DOCUMENTO);
        let marca = gettone(&certificato(TIME_STAMPING), marcato, "20210601120000Z");
        firmati.push(attributo(CONTENT_TIME_STAMP, &marca));
        let firmatario = Firmatario::con_attributi(&mano, firmati);
        let byte = busta(Some(&tlv(4, DOCUMENTO)), &[&mano.certificato], &[firmatario.scrivi()]);
        let firma = verifica_byte(&byte, &ca()).0.signatures.remove(0);
        assert_eq!((firma.timestamps[0].covers, firma.timestamps[0].indication), (Marcato::Content, indicazione));
        assert_eq!(firma.sub_indication, SCADUTA, "{:?}", firma.findings);
    };
    check(DOCUMENTO, Indicazione::TotalPassed);
    check(b"altro", Indicazione::TotalFailed);
    // Written among the attributes that nobody signed it is nothing at all.
    let mut firmatario = Firmatario::buono(&mano, DOCUMENTO);
    let marca = gettone(&certificato(TIME_STAMPING), DOCUMENTO, "20210601120000Z");
    firmatario.non_firmati = vec![attributo(CONTENT_TIME_STAMP, &marca), attributo(MESSAGE_DIGEST, &tlv(4, b""))];
    let byte = busta(Some(&tlv(4, DOCUMENTO)), &[&mano.certificato], &[firmatario.scrivi()]);
    assert!(verifica_byte(&byte, &ca()).0.signatures[0].timestamps.is_empty());
}

/// Files of which one archive timestamp does not hold, as their names say.
const ROTTE: [&str; 2] = ["dss__CAdES-BpLTA_removed_ocsp.p7m", "dss__cades-lta-copied-atst.p7m"];

#[test]
fn real_archive_timestamps_cover_what_they_should() {
    let Some(cartella) = cartella("cades") else { return };
    let (mut buone, mut rotte) = (0, 0);
    for riga in righe(&cartella).iter().filter(|riga| riga["expect"] == "VALID" && riga["kind"] == "signedData") {
        let byte = std::fs::read(cartella.join(&riga["file"])).unwrap();
        let mut fiducia = Fiducia::vuota();
        certificati(&byte).into_iter().for_each(|der| _ = fiducia.aggiungi_certificati(der));
        // Whether the certificates were valid is not asked here: that of the imprint alone makes them fail.
        let rapporto = verifica_riga(&cartella, riga, &fiducia, "2019-06-20T12:00:00Z".parse().unwrap());
        let marche = rapporto.signatures.iter().flat_map(|f| &f.timestamps).filter(|m| m.covers != Marcato::Signature);
        for marca in marche {
            let rotta = marca.indication == Indicazione::TotalFailed;
            assert!(!rotta || ROTTE.contains(&riga["file"].as_str()), "{}: {marca:?}", riga["file"]);
            rotte += usize::from(rotta);
            buone += usize::from(!rotta);
        }
    }
    println!("firma: {buone} real archive and content timestamps hold, {rotte} do not");
    assert!(buone >= 15 && rotte == ROTTE.len(), "{buone} {rotte}");
}

/// Megabytes of attributes under many archive timestamps that do not hold: the work is bounded, and the report says what was left out.
#[test]
fn many_archive_timestamps_over_much_data_end() {
    let antica = Antica::new();
    let peso = attributo("1.2.3.4", &tlv(4, &vec![7; 5 * 1024 * 1024]));
    let storta = antica.seconda(b"", b"");
    let mut aggiunte = vec![peso];
    aggiunte.extend(std::iter::repeat_n(storta, 40));
    let firma = antica.giudicata(aggiunte);
    assert_eq!(firma.sub_indication, SCADUTA);
    assert_eq!(firma.timestamps.iter().filter(|m| m.covers == Marcato::Archive).count(), 16);
    for frase in ["che non sono state verificate", "troppo lungo", "l'impronta è diversa"] {
        assert!(firma.findings.iter().any(|f| f.contains(frase)), "{frase}: {:?}", firma.findings);
    }
}

#[test]
fn the_newest_archive_timestamps_are_judged_wherever_they_stand() {
    let antica = Antica::new();
    let [tipo, valori] = figli(&antica.firmatario.non_firmati[0]).try_into().unwrap();
    let valore = Sha256::digest([tipo, figli(&valori).remove(0)].concat()).to_vec();
    let suo = Sha256::digest(&antica.mano.certificato).to_vec();
    let vecchia = attributo(TERZA, &gettone(&certificato(TIME_STAMPING), b"altro", "20220601120000Z"));
    let mut archivio = vec![vecchia; 40];
    archivio.push(antica.terza(INDICE_V3, &[&suo], &[&valore], DOCUMENTO));
    let firma = antica.giudicata(archivio);
    assert_eq!(firma.sub_indication, None, "{:?}", firma.findings);
    assert_eq!(firma.timestamps.iter().filter(|m| m.covers == Marcato::Archive).count(), 16);
    assert!(firma.findings.iter().any(|f| f.contains("che non sono state verificate")), "{:?}", firma.findings);
}

#[test]
fn an_index_of_sha1_covers_nothing_today() {
    let antica = Antica::new();
    let sha1 = |byte: &[u8]| digest(&SHA1_FOR_LEGACY_USE_ONLY, byte).as_ref().to_vec();
    let [tipo, valori] = figli(&antica.firmatario.non_firmati[0]).try_into().unwrap();
    let valore = sha1(&[tipo, figli(&valori).remove(0)].concat());
    let suo = sha1(&antica.mano.certificato);
    let marca = antica.terza_con("1.3.14.3.2.26", INDICE_V3, &[&suo], &[&valore], DOCUMENTO);
    let firma = antica.giudicata(vec![marca]);
    check(&firma, Indicazione::Indeterminate, SCADUTA);
    assert!(firma.findings.iter().any(|f| f.contains("usa l'impronta SHA-1")), "{:?}", firma.findings);
}
