//! A timestamp moves the instant that judges the signature it covers, and nothing else does.

use super::busta::{
    CONTENT_TYPE, Firmatario, MESSAGE_DIGEST, Mano, RSA, SHA256, algoritmo, attributo, busta, busta_con_tipo, ess,
    figli, oid, tlv,
};
use super::{DOCUMENTO, ca, verifica_byte};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use sha2::{Digest as _, Sha256};
use tabulario::firma::{Indicazione, Rapporto, Sottoindicazione, verifica};

const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
pub const SIGNATURE_TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";
pub const SHA256_CON_RSA: &str = "1.2.840.113549.1.1.11";
const EXT_KEY_USAGE: &str = "2.5.29.37";
pub const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
const DOCUMENT_SIGNING: &str = "1.3.6.1.5.5.7.3.36";

/// A certificate of our CA made for one thing alone (timestamps, answers about revocation), over a key of the fixtures.
pub fn certificato(uso: &str) -> Mano {
    certificato_fino_al(uso, "400101000000Z")
}

/// The same, valid from 2015 until then.
pub fn certificato_fino_al(uso: &str, fine: &str) -> Mano {
    let (autorita, chiave) = (Mano::delle_fixture("ca-firma"), Mano::delle_fixture("vellini-rsa"));
    let (di_ca, di_chiave) = (figli(&figli(&autorita.certificato)[0]), figli(&figli(&chiave.certificato)[0]));
    let nome = tlv(0x30, &tlv(0x31, &tlv(0x30, &[oid("2.5.4.3"), tlv(12, b"Marche di Prova")].concat())));
    let uso = tlv(0x30, &[oid(EXT_KEY_USAGE), tlv(1, &[0xff]), tlv(4, &tlv(0x30, &oid(uso)))].concat());
    let validita = tlv(0x30, &[tlv(0x17, b"150101000000Z"), tlv(0x17, fine.as_bytes())].concat());
    let tbs = [
        tlv(0xa0, &tlv(2, &[2])),
        tlv(2, &[77]),
        algoritmo(SHA256_CON_RSA),
        di_ca[5].clone(),
        validita,
        nome,
        di_chiave[6].clone(),
        tlv(0xa3, &tlv(0x30, &uso)),
    ];
    let tbs = tlv(0x30, &tbs.concat());
    let firma = tlv(3, &[vec![0], autorita.firma(&tbs)].concat());
    chiave.con_certificato(tlv(0x30, &[tbs, algoritmo(SHA256_CON_RSA), firma].concat()))
}

/// A token of this authority that says that `marcato` existed at `quando`.
pub fn gettone(tsa: &Mano, marcato: &[u8], quando: &str) -> Vec<u8> {
    gettone_con(tsa, SHA256, &Sha256::digest(marcato), quando)
}

/// The same, of this imprint.
fn gettone_con(tsa: &Mano, digesto: &str, impronta: &[u8], quando: &str) -> Vec<u8> {
    gettone_esteso(tsa, digesto, impronta, quando, Vec::new())
}

/// The same, with these unsigned attributes.
pub fn gettone_esteso(tsa: &Mano, digesto: &str, impronta: &[u8], quando: &str, non_firmati: Vec<Vec<u8>>) -> Vec<u8> {
    let impronta = tlv(0x30, &[algoritmo(digesto), tlv(4, impronta)].concat());
    let info = [tlv(2, &[1]), oid("1.2.3.4"), impronta, tlv(2, &[9]), tlv(0x18, quando.as_bytes())];
    let info = tlv(0x30, &info.concat());
    let impronta = attributo(MESSAGE_DIGEST, &tlv(4, &Sha256::digest(&info)));
    let firmati = vec![attributo(CONTENT_TYPE, &oid(TST_INFO)), impronta, ess(&tsa.certificato)];
    let firmatario = Firmatario { algoritmo: algoritmo(RSA), non_firmati, ..Firmatario::con_attributi(tsa, firmati) };
    busta_con_tipo(TST_INFO, Some(&tlv(4, &info)), &[&tsa.certificato], &[firmatario.scrivi()])
}

/// A signature of somebody whose certificate is expired today, with this timestamp.
fn marcata(tsa: &Mano, quando: &str, marcato: Option<&[u8]>) -> Rapporto {
    let scaduto = Mano::delle_fixture("lombri-scaduto");
    let mut firmatario = Firmatario::buono(&scaduto, DOCUMENTO);
    let gettone = gettone(tsa, marcato.unwrap_or(&firmatario.valore), quando);
    firmatario.non_firmati = vec![attributo(SIGNATURE_TIME_STAMP, &gettone)];
    let byte = busta(Some(&tlv(4, DOCUMENTO)), &[&scaduto.certificato], &[firmatario.scrivi()]);
    verifica_byte(&byte, &ca()).0
}

#[test]
fn a_valid_timestamp_judges_the_signature_at_its_own_instant() {
    use Indicazione::{Indeterminate, TotalFailed, TotalPassed};
    let buona = certificato(TIME_STAMPING);
    let check = |rapporto: &Rapporto, marca: Indicazione, firma: Indicazione, motivo: Option<Sottoindicazione>| {
        let f = &rapporto.signatures[0];
        assert_eq!(f.timestamps[0].indication, marca, "{:?}", f.findings);
        assert_eq!((f.indication, f.sub_indication), (firma, motivo), "{:?}", f.findings);
    };
    let scaduta = Some(Sottoindicazione::OutOfBoundsNoPoe);
    let mentre_valeva = "20210601120000Z";
    check(&marcata(&buona, mentre_valeva, None), TotalPassed, TotalPassed, None);
    // After the certificate's end, and before its beginning: the timestamp is good and proves too little.
    check(&marcata(&buona, "20260601120000Z", None), TotalPassed, Indeterminate, scaduta);
    check(&marcata(&buona, "20160601120000Z", None), TotalPassed, Indeterminate, scaduta);
    // One of other bytes, and one by somebody who may not make any, move nothing.
    check(&marcata(&buona, mentre_valeva, Some(b"altro")), TotalFailed, Indeterminate, scaduta);
    check(&marcata(&certificato(DOCUMENT_SIGNING), mentre_valeva, None), Indeterminate, Indeterminate, scaduta);
    // Later than the judgement itself: it does not put it off.
    let futura = marcata(&buona, "20380601120000Z", None);
    check(&futura, TotalPassed, Indeterminate, scaduta);
}

#[test]
fn the_first_token_of_a_tsd_stamps_the_protected_metadata_too_and_the_next_one_the_first() {
    let tsa = certificato(TIME_STAMPING);
    let metadati = |protetti: u8| tlv(0x30, &[tlv(1, &[protetti]), tlv(12, b"delibera.txt")].concat());
    let check = |metadati: &[u8], primo: &[u8], secondo: Option<&[u8]>, attese: [Indicazione; 2]| {
        let prima = tlv(0x30, &gettone(&tsa, primo, "20260101120000Z"));
        let seconda = tlv(0x30, &gettone(&tsa, secondo.unwrap_or(&prima), "20260201120000Z"));
        let prove = tlv(0xa0, &[prima, seconda].concat());
        let dati = [tlv(2, &[1]), metadati.to_vec(), tlv(4, DOCUMENTO), prove];
        let tsd = [oid("1.2.840.113549.1.9.16.1.31"), tlv(0xa0, &tlv(0x30, &dati.concat()))];
        let (rapporto, estratto) = verifica_byte(&tlv(0x30, &tsd.concat()), &ca());
        assert_eq!(estratto, DOCUMENTO);
        let avute: Vec<_> = rapporto.timestamps.iter().map(|m| m.indication).collect();
        assert_eq!(avute, attese, "{:?}", rapporto.findings);
    };
    let (si, no) = (Indicazione::TotalPassed, Indicazione::TotalFailed);
    let con = [&metadati(0xff), DOCUMENTO].concat();
    check(&metadati(0xff), &con, None, [si, si]);
    check(&metadati(0xff), DOCUMENTO, None, [no, si]);
    check(&metadati(0), DOCUMENTO, None, [si, si]);
    check(&metadati(0), &con, None, [no, si]);
    check(&metadati(0), DOCUMENTO, Some(DOCUMENTO), [si, no]);
}

#[test]
fn a_tsd_without_tokens_fails_whatever_it_holds() {
    let mano = Mano::delle_fixture("tarsi-rsa");
    let firmato = super::busta::busta_di(&mano, DOCUMENTO, &Firmatario::buono(&mano, DOCUMENTO));
    for dentro in [DOCUMENTO, &firmato] {
        let dati = [tlv(2, &[1]), tlv(4, dentro), tlv(0xa0, b"")];
        let tsd = [oid("1.2.840.113549.1.9.16.1.31"), tlv(0xa0, &tlv(0x30, &dati.concat()))];
        let (rapporto, estratto) = verifica_byte(&tlv(0x30, &tsd.concat()), &ca());
        assert_eq!((rapporto.indication, estratto.as_slice()), (Some(Indicazione::TotalFailed), DOCUMENTO));
    }
}

#[test]
fn an_imprint_of_sha1_proves_nothing_today() {
    let (mano, tsa) = (Mano::delle_fixture("tarsi-rsa"), certificato(TIME_STAMPING));
    let mut firmatario = Firmatario::buono(&mano, DOCUMENTO);
    let impronta = digest(&SHA1_FOR_LEGACY_USE_ONLY, &firmatario.valore);
    let debole = gettone_con(&tsa, "1.3.14.3.2.26", impronta.as_ref(), "20260601120000Z");
    firmatario.non_firmati = vec![attributo(SIGNATURE_TIME_STAMP, &debole)];
    let firma = verifica_byte(&super::busta::busta_di(&mano, DOCUMENTO, &firmatario), &ca()).0.signatures.remove(0);
    assert_eq!(firma.timestamps[0].indication, Indicazione::Indeterminate, "{:?}", firma.findings);
    assert!(firma.findings.join(" ").contains("SHA-1"), "{:?}", firma.findings);
    assert_eq!(firma.indication, Indicazione::TotalPassed);
}

/// A signed file under a token of 2021 by an authority whose certificate ended in 2024, and perhaps one more.
fn in_tsd(marcato: Option<&[u8]>, ancora: Option<&str>) -> Rapporto {
    let scaduto = Mano::delle_fixture("lombri-scaduto");
    let p7m = super::busta::busta_di(&scaduto, DOCUMENTO, &Firmatario::buono(&scaduto, DOCUMENTO));
    let vecchia = certificato_fino_al(TIME_STAMPING, "241231000000Z");
    let prima = tlv(0x30, &gettone(&vecchia, marcato.unwrap_or(&p7m), "20210601120000Z"));
    let dopo =
        ancora.map(|quando| tlv(0x30, &gettone(&certificato(TIME_STAMPING), &prima, quando))).unwrap_or_default();
    let dati = [tlv(2, &[1]), tlv(4, &p7m), tlv(0xa0, &[prima, dopo].concat())];
    let tsd = [oid("1.2.840.113549.1.9.16.1.31"), tlv(0xa0, &tlv(0x30, &dati.concat()))];
    let (rapporto, estratto) = verifica_byte(&tlv(0x30, &tsd.concat()), &ca());
    assert_eq!((estratto.as_slice(), rapporto.layers.join(" ")), (DOCUMENTO, "TSD CAdES".to_owned()));
    rapporto
}

#[test]
fn the_tokens_round_a_signed_file_date_its_signatures() {
    let check = |rapporto: &Rapporto, provata: Option<&str>| {
        let firma = &rapporto.signatures[0];
        assert_eq!(firma.best_signature_time, provata.map(|p| p.parse().unwrap()), "{rapporto:#?}");
        let esito = if provata.is_some() { Indicazione::TotalPassed } else { Indicazione::Indeterminate };
        assert_eq!(firma.indication, esito, "{rapporto:#?}");
    };
    let provata = Some("2021-06-01T12:00:00Z");
    check(&in_tsd(None, None), None);
    check(&in_tsd(None, Some("20230601120000Z")), provata);
    check(&in_tsd(None, Some("20250601120000Z")), None);
    check(&in_tsd(Some(b"altro"), Some("20230601120000Z")), None);
    // A bare token, with the signed file given apart.
    let scaduto = Mano::delle_fixture("lombri-scaduto");
    let p7m = super::busta::busta_di(&scaduto, DOCUMENTO, &Firmatario::buono(&scaduto, DOCUMENTO));
    for (marcato, provata) in [(p7m.as_slice(), provata), (DOCUMENTO, None)] {
        let marca = gettone(&certificato(TIME_STAMPING), marcato, "20210601120000Z");
        let (mut contenuto, mut estratto) = (p7m.as_slice(), Vec::new());
        let (contenuto, istante): (&mut dyn std::io::Read, _) = (&mut contenuto, super::istante());
        let rapporto = verifica(&mut marca.as_slice(), Some(contenuto), None, &ca(), istante, &mut estratto).unwrap();
        check(&rapporto, provata);
        assert_eq!(estratto, DOCUMENTO);
    }
}

/// What a TSD inside an envelope proves is what it holds, and not the envelope.
#[test]
fn a_token_inside_an_envelope_does_not_date_the_envelope() {
    let scaduto = Mano::delle_fixture("lombri-scaduto");
    let prova = tlv(0x30, &gettone(&certificato(TIME_STAMPING), DOCUMENTO, "20210601120000Z"));
    let dati = [tlv(2, &[1]), tlv(4, DOCUMENTO), tlv(0xa0, &prova)];
    let tsd = tlv(0x30, &[oid("1.2.840.113549.1.9.16.1.31"), tlv(0xa0, &tlv(0x30, &dati.concat()))].concat());
    let byte = super::busta::busta_di(&scaduto, &tsd, &Firmatario::buono(&scaduto, &tsd));
    let (rapporto, _) = verifica_byte(&byte, &ca());
    assert_eq!(rapporto.timestamps[0].indication, Indicazione::TotalPassed);
    assert_eq!(rapporto.signatures[0].sub_indication, Some(Sottoindicazione::OutOfBoundsNoPoe));
}
