//! The evidence added to an XML signature: revocation data, timestamps, archive timestamps.

use super::super::busta::Mano;
use super::super::corpus::cartella;
use super::super::marca::{TIME_STAMPING, certificato, certificato_fino_al, gettone};
use super::super::revoca::{DOPO, PRIMA, lista};
use super::super::{ca, istante};
use super::{STANDARD, fixture, verifica_xml};
use base64::Engine as _;
use tabulario::firma::{Fiducia, Firma, Indicazione, Marcato, Sottoindicazione, verifica};

const CANONICA: &str =
    r#"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod>"#;
const DS: &str = r#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#""#;
const XADES: &str = r#" xmlns:xades="http://uri.etsi.org/01903/v1.3.2#""#;
const XADES141: &str = r#" xmlns:xades141="http://uri.etsi.org/01903/v1.4.1#""#;

/// What stands between two strings of the fixture, both included, with a namespace said at its beginning as its canonical form does.
fn parte(testo: &str, da: &str, a: &str, spazio: &str) -> String {
    let inizio = testo.find(da).unwrap();
    let fine = inizio + testo[inizio..].find(a).unwrap() + a.len();
    let parte = &testo[inizio..fine];
    let nome = parte.find([' ', '>']).unwrap();
    if parte[..parte.find('>').unwrap()].contains(spazio) {
        return parte.to_owned();
    }
    format!("{}{spazio}{}", &parte[..nome], &parte[nome..])
}

fn marca(nome: &str, spazi: &str, gettone: &[u8]) -> String {
    let gettone = STANDARD.encode(gettone);
    format!("<{nome}{spazi}>{CANONICA}<xades:EncapsulatedTimeStamp>{gettone}</xades:EncapsulatedTimeStamp></{nome}>")
}

/// Our enveloping signature with these unsigned properties.
fn con(proprieta: &str) -> Firma {
    let aggiunte = format!(
        "</xades:SignedProperties><xades:UnsignedProperties><xades:UnsignedSignatureProperties>{proprieta}</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    );
    let testo = fixture("avvolgente.xml").replace("</xades:SignedProperties>", &aggiunte);
    verifica_xml("prova.xml", testo.as_bytes(), &ca()).signatures.remove(0)
}

fn revoche(revocati: &[(&Mano, &str)]) -> String {
    let lista = lista(&Mano::delle_fixture("ca-firma"), "20261119000000Z", DOPO, revocati, &[]);
    let lista = STANDARD.encode(lista);
    format!(
        "<xades:RevocationValues><xades:CRLValues><xades:EncapsulatedCRLValue>{lista}</xades:EncapsulatedCRLValue></xades:CRLValues></xades:RevocationValues>"
    )
}

/// What the archive timestamp stamps: the properties are those before it.
fn archiviato(prima: &[String]) -> Vec<u8> {
    let testo = fixture("avvolgente.xml");
    let parti = [
        parte(&testo, "<ds:Object xmlns:ds", "</ds:Object>", DS),
        parte(&testo, "<xades:SignedProperties", "</xades:SignedProperties>", XADES),
        parte(&testo, "<ds:SignedInfo", "</ds:SignedInfo>", DS),
        parte(&testo, "<ds:SignatureValue", "</ds:SignatureValue>", DS),
        parte(&testo, "<ds:KeyInfo", "</ds:KeyInfo>", DS),
    ];
    // In the canonical form the namespaces stand at the elements that use them.
    let prima = prima.iter().map(|p| p.replacen('>', &format!("{XADES}>"), 1));
    let prima = prima.map(|p| p.replace("<ds:CanonicalizationMethod ", &format!("<ds:CanonicalizationMethod{DS} ")));
    let oggetto = parti[0].clone();
    [parti.concat(), prima.collect(), oggetto].concat().into_bytes()
}

#[test]
fn revocation_data_of_an_xml_signature_count() {
    let tarsi = Mano::delle_fixture("tarsi-rsa");
    let dice = |firma: &Firma, frase: &str| assert!(firma.findings.iter().any(|f| f.contains(frase)), "{firma:#?}");
    let buona = con(&revoche(&[]));
    assert_eq!(buona.indication, Indicazione::TotalPassed);
    dice(&buona, "non risultava revocato");
    let revocata = con(&revoche(&[(&tarsi, PRIMA)]));
    assert_eq!(revocata.sub_indication, Some(Sottoindicazione::RevokedNoPoe));
    dice(&con(""), "La revoca dei certificati non è stata controllata");
    // Those kept for a timestamp, too.
    let dentro = format!(
        "<xades141:TimeStampValidationData{XADES141}>{}</xades141:TimeStampValidationData>",
        revoche(&[(&tarsi, PRIMA)])
    );
    assert_eq!(con(&dentro).sub_indication, Some(Sottoindicazione::RevokedNoPoe));
}

#[test]
fn an_xml_archive_timestamp_keeps_what_it_covers_provable() {
    let tarsi = Mano::delle_fixture("tarsi-rsa");
    let valore = parte(&fixture("avvolgente.xml"), "<ds:SignatureValue", "</ds:SignatureValue>", DS);
    // Of an authority whose certificate has ended since.
    let vecchia = certificato_fino_al(TIME_STAMPING, "261101000000Z");
    let prima = marca("xades:SignatureTimeStamp", "", &gettone(&vecchia, valore.as_bytes(), "20260601120000Z"));
    let revoche = revoche(&[(&tarsi, PRIMA)]);
    let check = |dopo: &str, archivio: Option<Indicazione>, motivo: Option<Sottoindicazione>| {
        let firma = con(&format!("{prima}{revoche}{dopo}"));
        let sua = firma.timestamps.iter().find(|m| m.covers == Marcato::Archive).map(|m| m.indication);
        assert_eq!((sua, firma.sub_indication), (archivio, motivo), "{:#?}", firma.findings);
        firma
    };
    let revocata = Some(Sottoindicazione::RevokedNoPoe);
    check("", None, revocata);
    // Made after the revocation and before the end of the old authority.
    let archivio = |nome: &str, spazi: &str, marcato: &[u8]| {
        marca(nome, spazi, &gettone(&certificato(TIME_STAMPING), marcato, "20261015120000Z"))
    };
    let tutto = archiviato(&[prima.clone(), revoche.clone()]);
    let buona = check(&archivio("xades141:ArchiveTimeStamp", XADES141, &tutto), Some(Indicazione::TotalPassed), None);
    assert_eq!(buona.best_signature_time, Some("2026-06-01T12:00:00Z".parse().unwrap()));
    assert_eq!(buona.level.as_deref(), Some("XAdES-LTA"));
    let parziale = archiviato(std::slice::from_ref(&prima));
    check(&archivio("xades141:ArchiveTimeStamp", XADES141, &parziale), Some(Indicazione::TotalFailed), revocata);
    // Of an older version the parts are others: it is not verified, and said so.
    let antica = check(&archivio("xades:ArchiveTimeStamp", "", &tutto), Some(Indicazione::Indeterminate), revocata);
    assert!(antica.findings.iter().any(|f| f.contains("di una forma che non viene verificata")), "{antica:#?}");
}

/// Certificates in base64, which is how XML carries them.
fn con_i_suoi_certificati(testo: &str) -> Fiducia {
    let mut fiducia = Fiducia::vuota();
    for blocco in testo.split(['<', '>']).filter(|b| b.trim_start().starts_with("MII")) {
        let cifre: String = blocco.split_whitespace().collect();
        let byte = STANDARD.decode(cifre).unwrap_or_default();
        super::super::corpus::certificati(&byte).into_iter().for_each(|der| _ = fiducia.aggiungi_certificati(der));
    }
    fiducia
}

#[test]
fn real_xml_archive_timestamps_cover_what_they_should() {
    let Some(cartella) = cartella("xades") else { return };
    // In the second file a certificate that the timestamp covers was corrupted.
    for (nome, quando, archivio) in [
        ("dss__xades-lta-valid.xml", "2021-09-01T12:00:00Z", Indicazione::TotalPassed),
        ("dss__xades-lta-corrupted-cert.xml", "2020-04-01T12:00:00Z", Indicazione::TotalFailed),
    ] {
        let testo = std::fs::read_to_string(cartella.join(nome)).unwrap();
        let fiducia = con_i_suoi_certificati(&testo);
        let quando = quando.parse().unwrap();
        assert!(quando < istante());
        let fuori = &mut std::io::sink();
        let rapporto = verifica(&mut testo.as_bytes(), None, None, &fiducia, quando, fuori).unwrap();
        let marche = &rapporto.signatures[0].timestamps;
        let sua = marche.iter().find(|m| m.covers == Marcato::Archive).map(|m| m.indication);
        assert_eq!(sua, Some(archivio), "{nome}: {:?}", rapporto.signatures[0].findings);
    }
}

/// A timestamp of what was going to be signed stands among the signed properties: put there afterwards it breaks the signature, and is
/// judged by itself all the same.
#[test]
fn a_content_timestamp_covers_what_was_going_to_be_signed() {
    let intera = fixture("avvolgente.xml");
    let oggetto = parte(&intera, "<ds:Object xmlns:ds", "</ds:Object>", DS);
    let con_id = intera.replacen("<ds:Reference ", "<ds:Reference Id=\"r-1\" ", 1);
    assert_ne!(con_id, intera);
    let check = |proprieta: &str, atteso: Indicazione| {
        let dentro = format!(
            "<xades:SignedDataObjectProperties>{proprieta}</xades:SignedDataObjectProperties></xades:SignedProperties>"
        );
        let testo = con_id.replace("</xades:SignedProperties>", &dentro);
        let firma = verifica_xml("prova.xml", testo.as_bytes(), &ca()).signatures.remove(0);
        let sue: Vec<_> = firma.timestamps.iter().map(|m| (m.covers, m.indication)).collect();
        assert_eq!(sue, [(Marcato::Content, atteso)], "{:#?}", firma.findings);
        assert_eq!(firma.best_signature_time, None, "it does not say when the signature was made");
        assert!(
            firma.findings.iter().any(|f| f.contains("del contenuto, che non prova quando")),
            "{:#?}",
            firma.findings
        );
    };
    let tsa = certificato(TIME_STAMPING);
    let tutti = |marcato: &[u8]| marca("xades:AllDataObjectsTimeStamp", "", &gettone(&tsa, marcato, "20261015120000Z"));
    check(&tutti(oggetto.as_bytes()), Indicazione::TotalPassed);
    check(&tutti(b"altro"), Indicazione::TotalFailed);
    let alcuni = |quali: &str| {
        let una =
            marca("xades:IndividualDataObjectsTimeStamp", "", &gettone(&tsa, oggetto.as_bytes(), "20261015120000Z"));
        una.replacen("<ds:Canon", &format!("{quali}<ds:Canon"), 1)
    };
    check(&alcuni("<xades:Include URI=\"#r-1\" referencedData=\"true\"></xades:Include>"), Indicazione::TotalPassed);
    check(&alcuni("<xades:Include URI=\"#altro\"></xades:Include>"), Indicazione::Indeterminate);
    // Nothing is named: nothing is stamped.
    check(&alcuni(""), Indicazione::TotalFailed);
}

#[test]
fn real_xml_content_timestamps_cover_what_they_should() {
    let Some(cartella) = cartella("xades") else { return };
    // The authority of the first has ended since; in the second what was signed was moved and something else put in its place.
    for (nome, atteso) in [
        ("dss__xades-no-keyinfo-sign-cert.xml", Indicazione::Indeterminate),
        ("dss__XSW-enveloping-fake-object.xml", Indicazione::TotalFailed),
    ] {
        let testo = std::fs::read_to_string(cartella.join(nome)).unwrap();
        let fiducia = con_i_suoi_certificati(&testo);
        let fuori = &mut std::io::sink();
        let rapporto = verifica(&mut testo.as_bytes(), None, None, &fiducia, istante(), fuori).unwrap();
        let marche: Vec<_> = rapporto.signatures.iter().flat_map(|f| &f.timestamps).collect();
        let sue: Vec<_> = marche.iter().filter(|m| m.covers == Marcato::Content).map(|m| m.indication).collect();
        assert_eq!(sue, [atteso], "{nome}");
    }
}
