//! What the revocation data inside a file may say, and whose word counts.

use super::busta::{
    DATA, Firmatario, Mano, SHA256, SIGNED_DATA, algoritmo, attributi, attributo, busta, figli, oid, tlv,
};
use super::marca::{SHA256_CON_RSA, SIGNATURE_TIME_STAMP, TIME_STAMPING, certificato, gettone};
use super::{DOCUMENTO, ca, verifica_byte};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use tabulario::firma::{Firma, Indicazione, Sottoindicazione};

const REVOCATION_VALUES: &str = "1.2.840.113549.1.9.16.2.24";
const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
/// Older than the judgement of the tests (20 November 2026), and later.
pub const PRIMA: &str = "20261001000000Z";
pub const DOPO: &str = "20261121000000Z";

pub fn data(testo: &str) -> Vec<u8> {
    tlv(0x18, testo.as_bytes())
}

/// The fields of a certificate: serial, subject, bits of the key.
fn campi(certificato: &[u8]) -> [Vec<u8>; 3] {
    let tbs = figli(&figli(certificato)[0]);
    let bit = &figli(&tbs[6])[1];
    let testata = if bit[1] < 0x80 { 2 } else { 2 + usize::from(bit[1] & 0x7f) };
    // The first octet counts the bits that are not used.
    [tbs[1].clone(), tbs[5].clone(), bit[testata + 1..].to_vec()]
}

pub fn firmato(mano: &Mano, tbs: Vec<u8>, resto: &[u8]) -> Vec<u8> {
    let valore = tlv(3, &[vec![0], mano.firma(&tbs)].concat());
    tlv(0x30, &[tbs, algoritmo(SHA256_CON_RSA), valore, resto.to_vec()].concat())
}

/// A list in the name of our CA, signed by `mano`, with these certificates taken back at that instant.
pub fn lista(mano: &Mano, dal: &str, al: &str, revocati: &[(&Mano, &str)], estensioni: &[Vec<u8>]) -> Vec<u8> {
    let nome = campi(&Mano::delle_fixture("ca-firma").certificato)[1].clone();
    let voci: Vec<u8> = revocati
        .iter()
        .flat_map(|(chi, quando)| tlv(0x30, &[campi(&chi.certificato)[0].clone(), data(quando)].concat()))
        .collect();
    let voci = if voci.is_empty() { Vec::new() } else { tlv(0x30, &voci) };
    let estensioni = if estensioni.is_empty() { Vec::new() } else { tlv(0xa0, &tlv(0x30, &estensioni.concat())) };
    let tbs = [tlv(2, &[1]), algoritmo(SHA256_CON_RSA), nome, data(dal), data(al), voci, estensioni];
    firmato(mano, tlv(0x30, &tbs.concat()), b"")
}

/// An answer about `di`, signed by `mano`, which shows these certificates.
pub fn risposta(mano: &Mano, di: &Mano, dal: &str, revocato: Option<&str>, certificati: &[&[u8]]) -> Vec<u8> {
    let stato = revocato.map_or_else(|| tlv(0x80, b""), |quando| tlv(0xa1, &data(quando)));
    risposta_con(mano, di, (dal, None), stato, certificati)
}

/// The same, with this `certStatus`, and perhaps a `nextUpdate`.
pub fn risposta_con(
    mano: &Mano,
    di: &Mano,
    (dal, al): (&str, Option<&str>),
    stato: Vec<u8>,
    certificati: &[&[u8]],
) -> Vec<u8> {
    let [_, nome, chiave] = campi(&Mano::delle_fixture("ca-firma").certificato);
    let sha1 = |byte: &[u8]| tlv(4, digest(&SHA1_FOR_LEGACY_USE_ONLY, byte).as_ref());
    let id = [algoritmo("1.3.14.3.2.26"), sha1(&nome), sha1(&chiave), campi(&di.certificato)[0].clone()];
    let al = al.map(|al| tlv(0xa0, &data(al))).unwrap_or_default();
    let voce = tlv(0x30, &[tlv(0x30, &id.concat()), stato, data(dal), al].concat());
    let dati = [tlv(0xa1, &nome), data(dal), tlv(0x30, &voce)];
    let certificati = if certificati.is_empty() { Vec::new() } else { tlv(0xa0, &tlv(0x30, &certificati.concat())) };
    firmato(mano, tlv(0x30, &dati.concat()), &certificati)
}

/// The same as servers send it.
pub fn risposta_intera(basica: &[u8]) -> Vec<u8> {
    let corpo = tlv(0x30, &[oid("1.3.6.1.5.5.7.48.1.1"), tlv(4, basica)].concat());
    tlv(0x30, &[tlv(0x0a, &[0]), tlv(0xa0, &corpo)].concat())
}

/// A signature of today with this revocation data, and perhaps a timestamp.
fn firma_con(valori: &[u8], marcata: Option<&str>) -> Firma {
    let mano = Mano::delle_fixture("tarsi-rsa");
    let mut firmatario = Firmatario::buono(&mano, DOCUMENTO);
    firmatario.non_firmati = vec![attributo(REVOCATION_VALUES, &tlv(0x30, valori))];
    if let Some(quando) = marcata {
        let gettone = gettone(&certificato(TIME_STAMPING), &firmatario.valore, quando);
        firmatario.non_firmati.push(attributo(SIGNATURE_TIME_STAMP, &gettone));
    }
    let byte = busta(Some(&tlv(4, DOCUMENTO)), &[&mano.certificato], &[firmatario.scrivi()]);
    verifica_byte(&byte, &ca()).0.signatures.remove(0)
}

fn con_lista(lista: &[u8]) -> Vec<u8> {
    tlv(0xa0, &tlv(0x30, lista))
}

fn con_risposta(risposta: &[u8]) -> Vec<u8> {
    tlv(0xa1, &tlv(0x30, risposta))
}

const NON_REVOCATO: &str = "non risultava revocato";
const IGNOTA: &str = "non è stata controllata";

fn check(valori: &[u8], marcata: Option<&str>, motivo: Option<Sottoindicazione>, frase: &str) {
    let firma = firma_con(valori, marcata);
    let indicazione = if motivo.is_some() { Indicazione::Indeterminate } else { Indicazione::TotalPassed };
    assert_eq!((firma.indication, firma.sub_indication), (indicazione, motivo), "{:?}", firma.findings);
    assert!(firma.findings.iter().any(|f| f.contains(frase)), "{frase}: {:?}", firma.findings);
}

#[test]
fn a_list_says_who_was_taken_back_and_when() {
    let (autorita, tarsi, vellini) =
        (Mano::delle_fixture("ca-firma"), Mano::delle_fixture("tarsi-rsa"), Mano::delle_fixture("vellini-rsa"));
    let revocata = Some(Sottoindicazione::RevokedNoPoe);
    let di = |revocati: &[(&Mano, &str)]| con_lista(&lista(&autorita, "20261119000000Z", DOPO, revocati, &[]));
    check(&di(&[]), None, None, NON_REVOCATO);
    check(&di(&[(&vellini, PRIMA)]), None, None, NON_REVOCATO);
    check(&di(&[(&tarsi, PRIMA)]), None, revocata, "revocato dal 01/10/2026");
    // A timestamp from before proves that the signature is older than the revocation; one from after does not.
    check(&di(&[(&tarsi, PRIMA)]), Some("20260901000000Z"), None, NON_REVOCATO);
    check(&di(&[(&tarsi, PRIMA)]), Some("20261101000000Z"), revocata, "revocato");
    check(&di(&[(&tarsi, DOPO)]), None, None, NON_REVOCATO);
    // An old list proves that somebody was taken back, and not that nobody was.
    let vecchia =
        |revocati: &[(&Mano, &str)]| con_lista(&lista(&autorita, "20261005000000Z", "20261006000000Z", revocati, &[]));
    check(&vecchia(&[]), None, None, IGNOTA);
    check(&vecchia(&[(&tarsi, PRIMA)]), None, revocata, "revocato");
}

#[test]
fn a_list_of_somebody_else_or_of_something_else_says_nothing() {
    let (autorita, estranea, tarsi) =
        (Mano::delle_fixture("ca-firma"), Mano::delle_fixture("ca-estranea"), Mano::delle_fixture("tarsi-rsa"));
    let revocati: &[(&Mano, &str)] = &[(&tarsi, PRIMA)];
    check(&con_lista(&lista(&estranea, "20261119000000Z", DOPO, revocati, &[])), None, None, IGNOTA);
    let critica = |tipo: &str, valore: &[u8]| tlv(0x30, &[oid(tipo), tlv(1, &[0xff]), tlv(4, valore)].concat());
    let delta = critica("2.5.29.27", &tlv(2, &[1]));
    let solo_di_ca = critica("2.5.29.28", &tlv(0x30, &tlv(0x82, &[0xff])));
    for estensione in [delta, solo_di_ca] {
        check(&con_lista(&lista(&autorita, "20261119000000Z", DOPO, &[], &[estensione])), None, None, IGNOTA);
    }
    let buona = lista(&autorita, "20261119000000Z", DOPO, revocati, &[]);
    for posto in (0..buona.len()).step_by(7) {
        let mut guasta = buona.clone();
        guasta[posto] ^= 1;
        let firma = firma_con(&con_lista(&guasta), None);
        assert_ne!(firma.indication, Indicazione::TotalFailed, "byte {posto}");
        assert!(!firma.findings.iter().any(|f| f.contains(NON_REVOCATO)), "byte {posto}: {:?}", firma.findings);
    }
}

#[test]
fn an_answer_counts_if_the_issuer_gave_it_or_let_somebody_give_it() {
    let (autorita, tarsi, vellini) =
        (Mano::delle_fixture("ca-firma"), Mano::delle_fixture("tarsi-rsa"), Mano::delle_fixture("vellini-rsa"));
    let revocata = Some(Sottoindicazione::RevokedNoPoe);
    let oggi = "20261120120000Z";
    check(&con_risposta(&risposta(&autorita, &tarsi, oggi, None, &[])), None, None, NON_REVOCATO);
    check(&con_risposta(&risposta(&autorita, &tarsi, oggi, Some(PRIMA), &[])), None, revocata, "01/10/2026");
    check(&con_risposta(&risposta(&autorita, &vellini, oggi, Some(PRIMA), &[])), None, None, IGNOTA);
    let (incaricato, qualunque) = (certificato(OCSP_SIGNING), certificato(TIME_STAMPING));
    let da = |chi: &Mano| con_risposta(&risposta(chi, &tarsi, oggi, Some(PRIMA), &[&chi.certificato]));
    check(&da(&incaricato), None, revocata, "01/10/2026");
    check(&da(&qualunque), None, None, IGNOTA);
    check(&da(&Mano::delle_fixture("ca-estranea")), None, None, IGNOTA);
}

/// Programs that sign PDFs put lists and whole responses among what they sign.
#[test]
fn what_the_signer_signed_about_its_own_revocation_counts() {
    let (autorita, mano) = (Mano::delle_fixture("ca-firma"), Mano::delle_fixture("tarsi-rsa"));
    let firma = |valori: &[u8]| {
        let mut firmati = attributi(&mano, DOCUMENTO);
        firmati.push(attributo("1.2.840.113583.1.1.8", &tlv(0x30, valori)));
        let firmatario = Firmatario::con_attributi(&mano, firmati);
        let byte = busta(Some(&tlv(4, DOCUMENTO)), &[&mano.certificato], &[firmatario.scrivi()]);
        verifica_byte(&byte, &ca()).0.signatures.remove(0)
    };
    let risposta = |revocato: Option<&str>| {
        con_risposta(&risposta_intera(&risposta(&autorita, &mano, "20261120120000Z", revocato, &[])))
    };
    let lista = |revocati: &[(&Mano, &str)]| con_lista(&lista(&autorita, "20261119000000Z", DOPO, revocati, &[]));
    for (buona, cattiva) in [(risposta(None), risposta(Some(PRIMA))), (lista(&[]), lista(&[(&mano, PRIMA)]))] {
        let buona = firma(&buona);
        assert!(buona.findings.iter().any(|f| f.contains(NON_REVOCATO)), "{:?}", buona.findings);
        assert_eq!(firma(&cattiva).sub_indication, Some(Sottoindicazione::RevokedNoPoe));
    }
}

/// A list of changes, or of some reasons, proves nothing by its silence and something by its words.
#[test]
fn a_partial_list_proves_who_was_taken_back() {
    let (autorita, tarsi) = (Mano::delle_fixture("ca-firma"), Mano::delle_fixture("tarsi-rsa"));
    let critica = |tipo: &str, valore: &[u8]| tlv(0x30, &[oid(tipo), tlv(1, &[0xff]), tlv(4, valore)].concat());
    let con = |revocati: &[(&Mano, &str)], estensione: Vec<u8>| {
        con_lista(&lista(&autorita, "20261119000000Z", DOPO, revocati, &[estensione]))
    };
    let delta = critica("2.5.29.27", &tlv(2, &[1]));
    let alcuni_motivi = critica("2.5.29.28", &tlv(0x30, &tlv(0x83, &[6, 0x40])));
    let indiretta = critica("2.5.29.28", &tlv(0x30, &tlv(0x84, &[0xff])));
    let revocata = Some(Sottoindicazione::RevokedNoPoe);
    for estensione in [delta, alcuni_motivi] {
        check(&con(&[(&tarsi, PRIMA)], estensione.clone()), None, revocata, "revocato");
        check(&con(&[], estensione), None, None, IGNOTA);
    }
    check(&con(&[(&tarsi, PRIMA)], indiretta), None, None, IGNOTA);
}

/// What the signature carries about its timestamp's authority counts for the timestamp.
#[test]
fn a_timestamp_of_an_authority_taken_back_does_not_pass() {
    let autorita = Mano::delle_fixture("ca-firma");
    let tsa = certificato(TIME_STAMPING);
    let di = |revocati: &[(&Mano, &str)]| con_lista(&lista(&autorita, "20261119000000Z", DOPO, revocati, &[]));
    let marca = |revocati: &[(&Mano, &str)]| firma_con(&di(revocati), Some("20260901000000Z")).timestamps.remove(0);
    assert_eq!(marca(&[]).indication, Indicazione::TotalPassed);
    assert_eq!(marca(&[(&tsa, PRIMA)]).indication, Indicazione::Indeterminate);
}

/// A signer sent many times over does not have the lists of the envelope verified each time.
#[test]
fn a_list_is_verified_once_for_all_signers() {
    let (autorita, tarsi) = (Mano::delle_fixture("ca-firma"), Mano::delle_fixture("tarsi-rsa"));
    let una = lista(&autorita, "20261119000000Z", DOPO, &[], &[]);
    let dati = [
        tlv(2, &[1]),
        tlv(0x31, &algoritmo(SHA256)),
        tlv(0x30, &[oid(DATA), tlv(0xa0, &tlv(4, DOCUMENTO))].concat()),
        tlv(0xa0, &tarsi.certificato),
        tlv(0xa1, &una.repeat(20)),
        tlv(0x31, &Firmatario::buono(&tarsi, DOCUMENTO).scrivi().repeat(200)),
    ];
    let byte = tlv(0x30, &[oid(SIGNED_DATA), tlv(0xa0, &tlv(0x30, &dati.concat()))].concat());
    let rapporto = verifica_byte(&byte, &ca()).0;
    assert_eq!(rapporto.signatures.len(), 200);
    // One check for each of them would be more than are made for one file.
    assert_eq!(rapporto.indication, Some(Indicazione::TotalPassed), "{:?}", rapporto.signatures.last());
}

/// Answers that cost many checks and are not to be believed, before one that says that the certificate was taken back.
#[test]
fn evidence_that_could_not_be_checked_leaves_a_doubt() {
    let mano = Mano::delle_fixture("tarsi-rsa");
    let (autorita, estranea) = (Mano::delle_fixture("ca-firma"), Mano::delle_fixture("ca-estranea"));
    let (incaricato, oggi) = (certificato(OCSP_SIGNING), "20261120120000Z");
    let cara = risposta(&estranea, &mano, oggi, None, &[incaricato.certificato.as_slice(); 8]);
    let vera = risposta(&autorita, &mano, oggi, Some(PRIMA), &[]);
    let mut firmatario = Firmatario::buono(&mano, DOCUMENTO);
    let valori = con_risposta(&[cara.repeat(63), vera].concat());
    firmatario.non_firmati = vec![attributo(REVOCATION_VALUES, &tlv(0x30, &valori))];
    let firmatari = vec![firmatario.scrivi(); 4];
    let rapporto = verifica_byte(&busta(Some(&tlv(4, DOCUMENTO)), &[&mano.certificato], &firmatari), &ca()).0;
    let dicono = |firma: &Firma, frase: &str| firma.findings.iter().any(|f| f.contains(frase));
    let [prime @ .., ultima] = rapporto.signatures.as_slice() else { panic!("{rapporto:#?}") };
    assert!(prime.len() == 3 && prime.iter().all(|f| f.sub_indication == Some(Sottoindicazione::RevokedNoPoe)));
    assert!(ultima.indication == Indicazione::Indeterminate && dicono(ultima, "sono troppi"), "{ultima:#?}");
}
