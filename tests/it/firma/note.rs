//! Revocation data from outside of the file: the same rules as for those inside, and a verdict that can be computed again.

use super::busta::{Firmatario, Mano, algoritmo, attributo, busta, figli, oid, tlv};
use super::marca::{SHA256_CON_RSA, SIGNATURE_TIME_STAMP, TIME_STAMPING, certificato, gettone};
use super::revoca::{DOPO, PRIMA, data, firmato, lista, risposta, risposta_intera};
use super::{DOCUMENTO, ca, istante, verifica_byte};
use tabulario::firma::{
    Autorita, DatoRevoca, Fiducia, Firma, GenereRevoca, Indicazione, Inservibile, Prova, Rapporto, RifiutoRevoca,
    Sottoindicazione, prova, verifica,
};
use tabulario::valori::Impronta;

const OGGI: &str = "20261119000000Z";
const NON_REVOCATO: &str = "non risultava revocato";
const IGNOTA: &str = "non è stata controllata";

/// A certificate of `autorita` over the key of `chiave`.
pub fn emesso(autorita: &Mano, chiave: Mano, seriale: u8, nome: &str, estensioni: &[Vec<u8>]) -> Mano {
    let (di_ca, di_chiave) = (figli(&figli(&autorita.certificato)[0]), figli(&figli(&chiave.certificato)[0]));
    let nome = tlv(0x30, &tlv(0x31, &tlv(0x30, &[oid("2.5.4.3"), tlv(12, nome.as_bytes())].concat())));
    let validita = tlv(0x30, &[tlv(0x17, b"200101000000Z"), tlv(0x17, b"400101000000Z")].concat());
    let estensioni = tlv(0xa3, &tlv(0x30, &estensioni.concat()));
    let parti = [
        tlv(0xa0, &tlv(2, &[2])),
        tlv(2, &[seriale]),
        algoritmo(SHA256_CON_RSA),
        di_ca[5].clone(),
        validita,
        nome,
        di_chiave[6].clone(),
        estensioni,
    ];
    let certificato = firmato(autorita, tlv(0x30, &parti.concat()), b"");
    chiave.con_certificato(certificato)
}

pub fn estensione(tipo: &str, valore: &[u8]) -> Vec<u8> {
    tlv(0x30, &[oid(tipo), tlv(4, valore)].concat())
}

pub fn critica(tipo: &str, valore: &[u8]) -> Vec<u8> {
    tlv(0x30, &[oid(tipo), tlv(1, &[0xff]), tlv(4, valore)].concat())
}

/// `cRLDistributionPoints` with one address.
pub fn punto(uri: &str) -> Vec<u8> {
    let nome = tlv(0xa0, &tlv(0xa0, &tlv(0x86, uri.as_bytes())));
    estensione("2.5.29.31", &tlv(0x30, &tlv(0x30, &nome)))
}

/// `issuingDistributionPoint` with one address.
pub fn del_punto(uri: &str) -> Vec<u8> {
    critica("2.5.29.28", &tlv(0x30, &tlv(0xa0, &tlv(0xa0, &tlv(0x86, uri.as_bytes())))))
}

/// `basicConstraints` of an authority.
pub fn di_ca() -> Vec<u8> {
    critica("2.5.29.19", &tlv(0x30, &tlv(1, &[0xff])))
}

/// `cRLNumber`.
pub fn numero(n: u8) -> Vec<u8> {
    estensione("2.5.29.20", &tlv(2, &[n]))
}

pub fn autorita() -> Mano {
    Mano::delle_fixture("ca-firma")
}

/// Our CA, and what is known from outside.
pub fn con(dati: &[&[u8]]) -> Fiducia {
    let mut fiducia = ca();
    for dato in dati.iter().flat_map(|byte| DatoRevoca::leggi(byte).unwrap()) {
        fiducia.aggiungi_revoca(dato).unwrap();
    }
    fiducia
}

pub fn firma_di(mano: &Mano, marcata: Option<&str>) -> Vec<u8> {
    let mut firmatario = Firmatario::buono(mano, DOCUMENTO);
    if let Some(quando) = marcata {
        let gettone = gettone(&certificato(TIME_STAMPING), &firmatario.valore, quando);
        firmatario.non_firmati.push(attributo(SIGNATURE_TIME_STAMP, &gettone));
    }
    busta(Some(&tlv(4, DOCUMENTO)), &[&mano.certificato], &[firmatario.scrivi()])
}

pub fn giudica(fiducia: &Fiducia, marcata: Option<&str>) -> Firma {
    verifica_byte(&firma_di(&Mano::delle_fixture("tarsi-rsa"), marcata), fiducia).0.signatures.remove(0)
}

pub fn check(firma: &Firma, motivo: Option<Sottoindicazione>, frase: &str) {
    let indicazione = if motivo.is_some() { Indicazione::Indeterminate } else { Indicazione::TotalPassed };
    assert_eq!((firma.indication, firma.sub_indication), (indicazione, motivo), "{:?}", firma.findings);
    assert!(firma.findings.iter().any(|f| f.contains(frase)), "{frase}: {:?}", firma.findings);
}

/// Written, read, and the file verified with nothing else.
pub fn ricalcola(byte: &[u8], fiducia: &Fiducia) -> (String, Rapporto) {
    let fatta = prova(&mut &*byte, Impronta::of(byte), "prova.p7m", fiducia, istante()).unwrap();
    let testo = fatta.scrivi().unwrap();
    let letta = Prova::leggi(&testo).unwrap();
    assert_eq!(letta, fatta);
    let sola = letta.fiducia(Impronta::of(byte)).unwrap();
    let ancora = verifica(&mut &*byte, None, Some("prova.p7m"), &sola, istante(), &mut std::io::sink()).unwrap();
    assert!(letta.conferma(&ancora), "{ancora:#?}");
    assert_eq!(ancora, fatta.report, "the words too");
    (testo, ancora)
}

#[test]
fn what_is_known_from_outside_counts_like_what_the_file_carries() {
    let (tarsi, vellini) = (Mano::delle_fixture("tarsi-rsa"), Mano::delle_fixture("vellini-rsa"));
    let revocata = Some(Sottoindicazione::RevokedNoPoe);
    let di = |revocati: &[(&Mano, &str)]| con(&[&lista(&autorita(), OGGI, DOPO, revocati, &[])]);
    check(&giudica(&con(&[]), None), None, IGNOTA);
    check(&giudica(&di(&[]), None), None, NON_REVOCATO);
    check(&giudica(&di(&[(&vellini, PRIMA)]), None), None, NON_REVOCATO);
    check(&giudica(&di(&[(&tarsi, PRIMA)]), None), revocata, "revocato dal 01/10/2026");
    // What is known later of a time after the signature does it no harm: a timestamp proves when it was.
    check(&giudica(&di(&[(&tarsi, PRIMA)]), Some("20260901000000Z")), None, NON_REVOCATO);
    check(&giudica(&di(&[(&tarsi, PRIMA)]), Some("20261101000000Z")), revocata, "revocato");
    check(&giudica(&di(&[(&tarsi, DOPO)]), None), None, NON_REVOCATO);
    // A list from before the signature proves who was taken back, and not that nobody was.
    let vecchia =
        |revocati: &[(&Mano, &str)]| con(&[&lista(&autorita(), "20261005000000Z", "20261006000000Z", revocati, &[])]);
    check(&giudica(&vecchia(&[]), None), None, IGNOTA);
    check(&giudica(&vecchia(&[(&tarsi, PRIMA)]), None), revocata, "revocato");
    // Signed by somebody else, under the same name: nothing.
    let omonima = Mano::delle_fixture("omonima");
    check(&giudica(&con(&[&lista(&omonima, OGGI, DOPO, &[(&tarsi, PRIMA)], &[])]), None), None, IGNOTA);
    let buona = risposta_intera(&risposta(&autorita(), &tarsi, "20261120120000Z", None, &[]));
    check(&giudica(&con(&[&buona]), None), None, NON_REVOCATO);
    let cattiva = risposta_intera(&risposta(&autorita(), &tarsi, "20261120120000Z", Some(PRIMA), &[]));
    check(&giudica(&con(&[&buona, &cattiva]), None), revocata, "01/10/2026");
    let altrui = risposta_intera(&risposta(&autorita(), &vellini, "20261120120000Z", Some(PRIMA), &[]));
    check(&giudica(&con(&[&altrui]), None), None, IGNOTA);
}

/// A list of another point is silent about who is not of that point.
#[test]
fn a_list_in_parts_speaks_only_of_its_own() {
    let (uno, due) = ("http://ca.example/1.crl", "http://ca.example/2.crl");
    let mano = emesso(&autorita(), Mano::delle_fixture("tarsi-rsa"), 90, "Prova", &[punto(uno)]);
    let di = |uri: &str, revocati: &[(&Mano, &str)]| lista(&autorita(), OGGI, DOPO, revocati, &[del_punto(uri)]);
    let giudica = |liste: &[&[u8]]| verifica_byte(&firma_di(&mano, None), &con(liste)).0.signatures.remove(0);
    check(&giudica(&[&di(uno, &[])]), None, NON_REVOCATO);
    check(&giudica(&[&di(due, &[])]), None, IGNOTA);
    check(&giudica(&[&lista(&autorita(), OGGI, DOPO, &[], &[])]), None, NON_REVOCATO);
    check(&giudica(&[&di(due, &[]), &di(uno, &[(&mano, PRIMA)])]), Some(Sottoindicazione::RevokedNoPoe), "revocato");
    // An authority that puts somebody on the wrong part has taken them back all the same.
    check(&giudica(&[&di(due, &[(&mano, PRIMA)])]), Some(Sottoindicazione::RevokedNoPoe), "revocato");
    // In the file it is the same.
    let mut firmatario = Firmatario::buono(&mano, DOCUMENTO);
    let valori = tlv(0x30, &tlv(0xa0, &tlv(0x30, &di(due, &[]))));
    firmatario.non_firmati.push(attributo("1.2.840.113549.1.9.16.2.24", &valori));
    let byte = busta(Some(&tlv(4, DOCUMENTO)), &[&mano.certificato], &[firmatario.scrivi()]);
    check(&verifica_byte(&byte, &ca()).0.signatures[0], None, IGNOTA);
}

/// A list with so many entries that it is long, and these.
pub fn lunga(quante: u32, revocati: &[(&Mano, &str)], estensioni: &[Vec<u8>]) -> Vec<u8> {
    let corta = lista(&autorita(), OGGI, DOPO, revocati, estensioni);
    let campi = figli(&figli(&corta)[0]);
    let (prime, resto) = campi.split_at(5);
    let (sue, resto) = if revocati.is_empty() { (Vec::new(), resto) } else { (figli(&resto[0]).concat(), &resto[1..]) };
    let mut voci = Vec::new();
    // In no order: nobody asks for one. The serial numbers of the fixtures are shorter.
    for n in (0..quante).map(|n| n.wrapping_mul(0x9e37_79b1)) {
        let seriale = [vec![0x01], n.to_be_bytes().to_vec()].concat();
        voci.extend(tlv(0x30, &[tlv(2, &seriale), data(PRIMA)].concat()));
    }
    voci.extend(sue);
    firmato(&autorita(), tlv(0x30, &[prime.concat(), tlv(0x30, &voci), resto.concat()].concat()), b"")
}

#[test]
fn a_long_list_is_in_the_prova_with_what_was_asked_of_it() {
    let tarsi = Mano::delle_fixture("tarsi-rsa");
    let byte = firma_di(&tarsi, None);
    for (revocati, motivo) in [(vec![], None), (vec![(&tarsi, PRIMA)], Some(Sottoindicazione::RevokedNoPoe))] {
        let intera = lunga(20_000, &revocati, &[numero(7)]);
        let fiducia = con(&[&intera]);
        let (testo, rapporto) = ricalcola(&byte, &fiducia);
        assert_eq!(rapporto.signatures[0].sub_indication, motivo);
        assert!(intera.len() > 500_000 && testo.len() < 20_000, "{} {}", intera.len(), testo.len());
        let json: serde_json::Value = serde_json::from_str(&testo).unwrap();
        assert_eq!(json["version"], 2);
        let revoca = &json["revocations"][0];
        assert_eq!(revoca["sha256"], Impronta::of(&intera).to_string());
        assert_eq!(revoca["signedBy"][0], Impronta::of(&autorita().certificato).to_string());
        // The part is no list: given as one it is signed by nobody.
        let parte =
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, revoca["data"].as_str().unwrap());
        let parte = parte.unwrap();
        assert_eq!(DatoRevoca::leggi(&parte).unwrap()[0].voci(), revocati.len());
        check(&verifica_byte(&byte, &con(&[&parte])).0.signatures[0], None, IGNOTA);
        // Nor is it believed in a prova that does not say who signed it.
        let mut muta = json.clone();
        muta["revocations"][0]["signedBy"] = serde_json::json!([]);
        let muta = Prova::leggi(&muta.to_string()).unwrap();
        check(&verifica_byte(&byte, &muta.fiducia(Impronta::of(&byte)).unwrap()).0.signatures[0], None, IGNOTA);
    }
    let mut rotta: serde_json::Value = serde_json::from_str(&ricalcola(&byte, &con(&[&lunga(9, &[], &[])])).0).unwrap();
    rotta["revocations"][0]["data"] = "AAAA".into();
    let rotta = Prova::leggi(&rotta.to_string()).unwrap().fiducia(Impronta::of(&byte));
    assert!(matches!(rotta, Err(Inservibile::Revoca(_))), "{rotta:?}");
}

#[test]
fn a_short_list_and_an_answer_are_in_the_prova_whole() {
    let tarsi = Mano::delle_fixture("tarsi-rsa");
    let (byte, marcata) = (firma_di(&tarsi, None), firma_di(&tarsi, Some("20260901000000Z")));
    let corta = lista(&autorita(), OGGI, DOPO, &[(&tarsi, PRIMA)], &[]);
    let ocsp = risposta_intera(&risposta(&autorita(), &tarsi, "20261120120000Z", None, &[]));
    let estranea = lista(&Mano::delle_fixture("omonima"), OGGI, DOPO, &[], &[]);
    for dati in [vec![corta.as_slice()], vec![&ocsp], vec![&corta, &ocsp], vec![&estranea], vec![]] {
        for byte in [&byte, &marcata] {
            let (testo, _) = ricalcola(byte, &con(&dati));
            let json: serde_json::Value = serde_json::from_str(&testo).unwrap();
            assert_eq!(json["version"], if dati.is_empty() { 1 } else { 2 });
            let interi = json["revocations"].as_array().into_iter().flatten();
            let impronte: Vec<&str> = interi.clone().map(|r| r["sha256"].as_str().unwrap()).collect();
            let mut attese: Vec<String> = dati.iter().map(|d| Impronta::of(d).to_string()).collect();
            attese.sort();
            assert_eq!(impronte, attese);
            assert!(interi.clone().all(|r| r.get("signedBy").is_none()), "whole, it is verified again");
        }
    }
    // What nobody asked is not there.
    let straniera = Mano::delle_fixture("finto-ca-estranea");
    let (testo, _) = ricalcola(&firma_di(&straniera, None), &con(&[&corta]));
    assert!(!testo.contains("revocations"), "{testo}");
}

/// What a file may cost does not depend on what was verified before it.
#[test]
fn a_list_verified_before_gives_the_same_verdict() {
    let (tarsi, incaricato) = (Mano::delle_fixture("tarsi-rsa"), certificato("1.3.6.1.5.5.7.3.9"));
    let estranea = Mano::delle_fixture("ca-estranea");
    let cara = risposta(&estranea, &tarsi, "20261120120000Z", None, &[incaricato.certificato.as_slice(); 8]);
    let mut firmatario = Firmatario::buono(&tarsi, DOCUMENTO);
    let valori = tlv(0xa1, &tlv(0x30, &cara.repeat(64)));
    firmatario.non_firmati = vec![attributo("1.2.840.113549.1.9.16.2.24", &tlv(0x30, &valori))];
    let byte = busta(Some(&tlv(4, DOCUMENTO)), &[&tarsi.certificato], &vec![firmatario.scrivi(); 5]);
    let fiducia = con(&[&lista(&autorita(), OGGI, DOPO, &[(&tarsi, PRIMA)], &[])]);
    let prima = verifica_byte(&byte, &fiducia).0;
    assert_eq!(verifica_byte(&byte, &fiducia).0, prima);
    assert_eq!(ricalcola(&byte, &fiducia).1, prima);
}

#[test]
fn the_revocation_of_who_made_a_timestamp_is_said_too() {
    let tsa = certificato(TIME_STAMPING);
    let di = |revocati: &[(&Mano, &str)]| con(&[&lista(&autorita(), OGGI, DOPO, revocati, &[])]);
    let quando = Some("20260901000000Z");
    let dice = |firma: &Firma| {
        firma.findings.iter().any(|f| f.contains("valida; la revoca dei suoi certificati non è stata controllata"))
    };
    let ignota = giudica(&con(&[]), quando);
    assert_eq!(ignota.timestamps[0].revocation_checked, Some(false));
    assert!(dice(&ignota), "{:?}", ignota.findings);
    let nota = giudica(&di(&[]), quando);
    assert_eq!(nota.timestamps[0].revocation_checked, Some(true));
    assert!(!dice(&nota), "{:?}", nota.findings);
    // One that does not pass for another reason says that reason.
    let revocata = giudica(&di(&[(&tsa, PRIMA)]), quando);
    assert_eq!(revocata.timestamps[0].indication, Indicazione::Indeterminate);
    assert_eq!(revocata.timestamps[0].revocation_checked, None);
    assert!(revocata.frase(istante()).contains("una marca temporale non è accertata"), "{}", revocata.frase(istante()));
    assert!(ignota.frase(istante()).contains("e dei certificati della marca temporale non è stata controllata"));
}

/// Whether a datum may be kept at noon of 20 November 2026.
fn accetta(byte: &[u8]) -> Result<String, RifiutoRevoca> {
    let fiducia = ca();
    let dato = DatoRevoca::leggi(byte)?.remove(0);
    Ok(dato.accetta(&Autorita::di(&fiducia), istante())?.emittente)
}

#[test]
fn what_is_not_a_whole_list_in_force_of_somebody_trusted_is_refused_by_name() {
    let (tarsi, estranea) = (Mano::delle_fixture("tarsi-rsa"), Mano::delle_fixture("ca-estranea"));
    let di = |estensioni: &[Vec<u8>]| lista(&autorita(), OGGI, DOPO, &[(&tarsi, PRIMA)], estensioni);
    let buona = di(&[numero(3)]);
    assert_eq!(accetta(&buona).as_deref(), Ok("TEST - non valida - CA Tabulario"));
    let check = |byte: &[u8], atteso: &str| {
        let rifiuto = accetta(byte).expect_err(atteso).to_string();
        assert!(rifiuto.contains(atteso), "{rifiuto}");
    };
    check(&lista(&estranea, OGGI, DOPO, &[], &[]), "non è firmata con la sua chiave");
    check(
        &lista(&autorita(), "20261001000000Z", "20261101000000Z", &[], &[]),
        "è scaduta: doveva essere sostituita entro il 01/11/2026",
    );
    check(&lista(&autorita(), "20261122000000Z", "20261201000000Z", &[], &[]), "porta una data futura, 22/11/2026");
    check(&di(&[critica("2.5.29.27", &tlv(2, &[1]))]), "delta CRL");
    check(&di(&[critica("2.5.29.28", &tlv(0x30, &tlv(0x84, &[0xff])))]), "indiretta");
    check(&di(&[critica("2.5.29.28", &tlv(0x30, &tlv(0x85, &[0xff])))]), "certificati di attributo");
    check(&di(&[critica("2.5.29.28", &tlv(0x30, &tlv(0x83, &[6, 0x40])))]), "alcuni motivi");
    check(&di(&[critica("1.2.3.4", b"\x05\x00")]), "non è riconosciuta (1.2.3.4)");
    check(&buona[..buona.len() - 1], "non è una lista di revoca (CRL) né una risposta OCSP");
    check(b"", "serve una lista in DER o PEM");
    check(b"-----BEGIN CERTIFICATE-----\nMAMCAQU=\n-----END CERTIFICATE-----\n", "serve una lista in DER o PEM");
    check(&autorita().certificato, "non è una lista di revoca");
    // Without an end: nobody knows when another should have come.
    let campi = figli(&figli(&buona)[0]);
    let senza = [campi[..4].concat(), campi[5..].concat()].concat();
    check(&firmato(&autorita(), tlv(0x30, &senza), b""), "non dice entro quando");
    // An entry that is none, in the middle of good ones.
    let storta = [tlv(0x30, &[tlv(2, &[9]), tlv(4, b"ieri")].concat()), figli(&campi[5]).concat()].concat();
    let campi = [campi[..5].concat(), tlv(0x30, &storta), campi[6..].concat()].concat();
    check(&firmato(&autorita(), tlv(0x30, &campi), b""), "una revoca non è scritta come dovrebbe");
    for posto in (20..buona.len()).step_by(11) {
        let mut guasta = buona.clone();
        guasta[posto] ^= 1;
        assert!(accetta(&guasta).is_err(), "byte {posto}");
    }
}

#[test]
fn an_answer_is_kept_if_who_gave_it_was_charged_with_it() {
    let tarsi = Mano::delle_fixture("tarsi-rsa");
    let da = |chi: &Mano, mostra: &[&[u8]]| risposta_intera(&risposta(chi, &tarsi, "20261120100000Z", None, mostra));
    assert!(accetta(&da(&autorita(), &[])).is_ok());
    let incaricato = certificato("1.3.6.1.5.5.7.3.9");
    assert!(accetta(&da(&incaricato, &[&incaricato.certificato])).is_ok());
    let qualunque = certificato(TIME_STAMPING);
    for cattiva in [da(&qualunque, &[&qualunque.certificato]), da(&Mano::delle_fixture("ca-estranea"), &[])] {
        assert!(matches!(accetta(&cattiva), Err(RifiutoRevoca::Firma(_))));
    }
    let occupato = tlv(0x30, &tlv(0x0a, &[3]));
    assert_eq!(accetta(&occupato), Err(RifiutoRevoca::SenzaRisposta));
    let fiducia = Fiducia::vuota();
    let dato = DatoRevoca::leggi(&da(&autorita(), &[])).unwrap().remove(0);
    assert_eq!((dato.genere(), dato.voci()), (GenereRevoca::Risposta, 1));
    assert!(matches!(dato.accetta(&Autorita::di(&fiducia), istante()), Err(RifiutoRevoca::EmittenteIgnoto(_))));
}

/// Who writes a certificate writes any address into it: only what hangs from an anchor is listened to.
#[test]
fn addresses_are_taken_from_chains_that_hold_and_from_nothing_else() {
    let fiducia = ca();
    let uno = emesso(&autorita(), Mano::delle_fixture("tarsi-rsa"), 90, "Prova", &[punto("http://ca.example/1.crl")]);
    let ldap = emesso(&autorita(), Mano::delle_fixture("tarsi-rsa"), 91, "Prova", &[punto("ldap://ca.example/cn=ca")]);
    let sotto = emesso(
        &autorita(),
        Mano::delle_fixture("vellini-rsa"),
        92,
        "Sotto",
        &[di_ca(), punto("http://ca.example/sopra.crl")],
    );
    let foglia = emesso(&sotto, Mano::delle_fixture("tarsi-rsa"), 93, "Foglia", &[punto("https://sotto.example/crl")]);
    let finta = emesso(
        &Mano::delle_fixture("omonima"),
        Mano::delle_fixture("tarsi-rsa"),
        94,
        "Finta",
        &[punto("http://10.0.0.1/")],
    );
    let radice = autorita().certificato;
    let mut autorita = Autorita::di(&fiducia);
    assert_eq!(autorita.indirizzi().count(), 0);
    assert!(autorita.aggiungi_catena(&[uno.certificato, radice.clone()]));
    assert!(autorita.aggiungi_catena(&[ldap.certificato, radice.clone()]));
    assert!(autorita.aggiungi_catena(&[foglia.certificato.clone(), sotto.certificato.clone(), radice.clone()]));
    assert!(!autorita.aggiungi_catena(&[finta.certificato.clone(), radice.clone()]), "nobody trusted signed it");
    assert!(!autorita.aggiungi_catena(&[finta.certificato.clone(), Mano::delle_fixture("omonima").certificato]));
    assert!(!autorita.aggiungi_catena(&[foglia.certificato, radice.clone()]), "a link is missing");
    assert!(!autorita.aggiungi_catena(&[finta.certificato]) && !autorita.aggiungi_catena(&[]));
    let trovati: Vec<&str> = autorita.indirizzi().collect();
    assert_eq!(trovati, ["http://ca.example/1.crl", "http://ca.example/sopra.crl", "https://sotto.example/crl"]);
}

/// The digest of a list is a SHA-256, as the store knows it.
#[test]
fn a_file_in_pem_may_hold_several() {
    let una = lista(&autorita(), OGGI, DOPO, &[], &[]);
    let due = lista(&autorita(), OGGI, DOPO, &[], &[numero(2)]);
    let pem: String = [&una, &due]
        .map(|der| {
            let testo = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der);
            format!("-----BEGIN X509 CRL-----\n{testo}\n-----END X509 CRL-----\n")
        })
        .concat();
    let letti = DatoRevoca::leggi(pem.as_bytes()).unwrap();
    let impronte: Vec<Impronta> = letti.iter().map(DatoRevoca::impronta).collect();
    assert_eq!(impronte, [Impronta::of(&una), Impronta::of(&due)]);
    assert_eq!((letti[0].numero(), letti[1].numero()), (None, Some("02")));
    assert_eq!(letti[1].der(), due);
}
