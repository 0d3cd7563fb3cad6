//! `firma` against our own fixtures, envelopes written to be odd, damaged files, and the corpus of real signatures.

mod archivio;
mod asic;
pub mod busta;
pub mod corpus;
mod flusso;
mod frasi;
mod liste;
mod m7m;
pub mod marca;
mod mutanti;
pub mod note;
mod pacchetti;
mod pades;
mod proprieta;
mod prova;
pub mod revoca;
mod semi;
mod sospensione;
mod xades;

use busta::{Firmatario, Mano, algoritmo, attributi, attributo, busta_di, tlv};
use serde_json::Value;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use tabulario::firma::{Fiducia, Formato, Indicazione, Rapporto, Sottoindicazione, verifica};
use tabulario::valori::{Impronta, Istante};

const DOCUMENTO: &[u8] = b"Si dispone l'apertura dello sportello.\n";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// When the certificates of the fixtures are valid.
fn istante() -> Istante {
    "2026-11-20T12:00:00+01:00".parse().unwrap()
}

fn ca() -> Fiducia {
    let mut fiducia = Fiducia::vuota();
    fiducia.aggiungi_certificati(&std::fs::read(fixtures().join("chiavi/ca-firma.pem")).unwrap()).unwrap();
    fiducia
}

fn verifica_byte(byte: &[u8], fiducia: &Fiducia) -> (Rapporto, Vec<u8>) {
    let mut estratto = Vec::new();
    let rapporto = verifica(&mut &*byte, None, Some("prova.p7m"), fiducia, istante(), &mut estratto).unwrap();
    (rapporto, estratto)
}

/// Every signed file of the fixtures with what its JSON says of it.
fn casi() -> Vec<(PathBuf, Vec<u8>, Value)> {
    casi_di("firma", &["p7m", "p7s"])
}

fn casi_di(cartella: &str, estensioni: &[&str]) -> Vec<(PathBuf, Vec<u8>, Value)> {
    let mut casi = Vec::new();
    for voce in std::fs::read_dir(fixtures().join(cartella)).unwrap() {
        let percorso = voce.unwrap().path();
        if percorso.extension().is_some_and(|e| estensioni.iter().any(|atteso| e == *atteso)) {
            let atteso = std::fs::read(format!("{}.json", percorso.display())).unwrap();
            casi.push((percorso.clone(), std::fs::read(&percorso).unwrap(), serde_json::from_slice(&atteso).unwrap()));
        }
    }
    casi.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(casi.len() >= 10, "the fixtures of `{cartella}` are missing");
    casi
}

fn verifica_caso(percorso: &Path, byte: &[u8], atteso: &Value, fiducia: &Fiducia) -> (Value, Vec<u8>) {
    let cartella = percorso.parent().unwrap();
    let staccato = atteso["detachedContent"].as_str().map(|nome| std::fs::read(cartella.join(nome)).unwrap());
    let mut estratto = Vec::new();
    let rapporto = verifica(
        &mut &*byte,
        staccato.as_deref().as_mut().map(|c| -> &mut dyn Read { c }),
        percorso.file_name().and_then(|n| n.to_str()),
        fiducia,
        atteso["at"].as_str().unwrap().parse().unwrap(),
        &mut estratto,
    );
    (serde_json::to_value(rapporto.unwrap()).unwrap(), estratto)
}

#[test]
fn the_fixtures_are_judged_as_their_json_says() {
    for (percorso, byte, atteso) in casi().into_iter().chain(casi_di("pades", &["pdf"])) {
        let caso = percorso.display();
        let mut fiducia = Fiducia::vuota();
        let (senza, _) = verifica_caso(&percorso, &byte, &atteso, &fiducia);
        assert_eq!(senza["indication"], atteso["indicationWithoutAnchors"], "{caso}");
        for ancora in atteso["anchors"].as_array().unwrap() {
            let ancora = percorso.parent().unwrap().join(ancora.as_str().unwrap());
            fiducia.aggiungi_certificati(&std::fs::read(ancora).unwrap()).unwrap();
        }
        let (rapporto, estratto) = verifica_caso(&percorso, &byte, &atteso, &fiducia);
        for chiave in ["format", "indication", "layers", "content"] {
            assert_eq!(rapporto[chiave], atteso[chiave], "{chiave} di {caso}");
        }
        assert_eq!(rapporto["content"]["sha256"], Impronta::of(&estratto).to_string(), "{caso}");
        let (firme, attese) = (rapporto["signatures"].as_array().unwrap(), atteso["signatures"].as_array().unwrap());
        assert_eq!(firme.len(), attese.len(), "{caso}");
        for attesa in attese {
            assert!(firme.iter().any(|firma| concorda(firma, attesa)), "{caso}: {attesa:#} non è in {firme:#?}");
        }
    }
}

/// Whether a signature has everything that is expected of it.
fn concorda(firma: &Value, attesa: &Value) -> bool {
    attesa.as_object().unwrap().iter().all(|(chiave, valore)| match chiave.as_str() {
        "signer" => valore.as_object().unwrap().iter().all(|(k, v)| firma["signer"][k] == *v),
        "signingTime" => {
            let leggi = |v: &Value| v.as_str().unwrap().parse::<Istante>().unwrap();
            leggi(&firma[chiave]) == leggi(valore)
        }
        "qcCompliance" => firma["qualified"] == *valore,
        _ => firma[chiave] == *valore,
    })
}

/// No file that was cut short passes, and none makes the verifier fall.
#[test]
fn a_truncated_file_never_passes() {
    for (percorso, byte, atteso) in casi() {
        for taglio in (0..byte.len()).step_by(97).chain(byte.len() - 40..byte.len()) {
            let (rapporto, _) = verifica_caso(&percorso, &byte[..taglio], &atteso, &ca());
            if byte[0] == 0x30 {
                assert_eq!(rapporto["indication"], "TOTAL-FAILED", "{} a {taglio}", percorso.display());
            } else if rapporto["indication"] != "TOTAL-FAILED" {
                // Only the last line of the wrapping was cut away.
                assert_eq!(rapporto["content"], atteso["content"], "{} a {taglio}", percorso.display());
            }
        }
    }
}

/// Wherever a bit is flipped: the document that passes is the document that was signed, by who signed it.
#[test]
fn a_flipped_bit_never_changes_what_passes() {
    let buoni = ["rsa-der.pdf.p7m", "rsa-ber.pdf.p7m", "p256.txt.p7m", "annidato.pdf.p7m.p7m", "base64.txt.p7m"];
    for (percorso, byte, atteso) in casi() {
        if !buoni.iter().any(|nome| percorso.ends_with(nome)) {
            continue;
        }
        let fiducia = ca();
        let (intero, documento) = verifica_caso(&percorso, &byte, &atteso, &fiducia);
        assert_eq!(intero["indication"], "TOTAL-PASSED");
        for i in (0..byte.len()).step_by(11) {
            let mut guasto = byte.clone();
            guasto[i] ^= 1 << (i % 8);
            let (rapporto, estratto) = verifica_caso(&percorso, &guasto, &atteso, &fiducia);
            if rapporto["indication"] == "TOTAL-PASSED" {
                assert_eq!(estratto, documento, "{} a {i}", percorso.display());
                let nomi = |r: &Value| {
                    r["signatures"].as_array().unwrap().iter().map(|f| f["signer"].clone()).collect::<Vec<_>>()
                };
                assert_eq!(nomi(&rapporto), nomi(&intero), "{} a {i}", percorso.display());
            }
        }
    }
}

#[test]
fn every_flipped_byte_of_content_or_value_fails() {
    let mano = Mano::delle_fixture("tarsi-rsa");
    let firmatario = Firmatario::buono(&mano, DOCUMENTO);
    let byte = busta_di(&mano, DOCUMENTO, &firmatario);
    let fiducia = ca();
    assert_eq!(verifica_byte(&byte, &fiducia).0.indication, Some(Indicazione::TotalPassed));
    let dove = |ago: &[u8]| byte.windows(ago.len()).position(|f| f == ago).unwrap();
    let check = |ago: &[u8], motivo: Sottoindicazione| {
        let inizio = dove(ago);
        for i in inizio..inizio + ago.len() {
            let mut guasto = byte.clone();
            guasto[i] ^= 0x10;
            let (rapporto, _) = verifica_byte(&guasto, &fiducia);
            assert_eq!(rapporto.indication, Some(Indicazione::TotalFailed), "byte {i}");
            assert_eq!(rapporto.signatures[0].sub_indication, Some(motivo), "byte {i}");
        }
    };
    check(DOCUMENTO, Sottoindicazione::HashFailure);
    check(&firmatario.valore, Sottoindicazione::SigCryptoFailure);
}

/// A judgement on one signer of an envelope, with the anchors of the fixtures.
fn giudizio(firmatario: &Firmatario) -> (Indicazione, Option<Sottoindicazione>) {
    let mano = Mano::delle_fixture("tarsi-rsa");
    let (rapporto, _) = verifica_byte(&busta_di(&mano, DOCUMENTO, firmatario), &ca());
    (rapporto.signatures[0].indication, rapporto.signatures[0].sub_indication)
}

#[test]
fn signers_that_do_not_follow_the_rules_are_judged_by_them() {
    use Indicazione::{Indeterminate, TotalFailed, TotalPassed};
    let mano = Mano::delle_fixture("tarsi-rsa");
    let altra = Mano::delle_fixture("vellini-rsa");
    let check = |che: &str, firmatario: &Firmatario, indicazione, motivo| {
        assert_eq!(giudizio(firmatario), (indicazione, motivo), "{che}");
    };
    let con = |attributi: Vec<Vec<u8>>| Firmatario::con_attributi(&mano, attributi);
    let [tipo, impronta, ess] = attributi(&mano, DOCUMENTO).try_into().unwrap();
    let mut disordine = vec![impronta.clone(), tipo.clone(), ess.clone()];
    disordine.sort_by(|a, b| b.cmp(a));

    let firmato_in_ordine = Firmatario { firmati: Some(disordine.clone()), ..Firmatario::buono(&mano, DOCUMENTO) };
    check("sent out of order, signed in order", &firmato_in_ordine, TotalPassed, None);
    let come_inviati = mano.firma(&tlv(0x31, &disordine.concat()));
    let firmato_come_inviato = Firmatario { firmati: Some(disordine), ..Firmatario::con_valore(&mano, come_inviati) };
    check("sent and signed out of order", &firmato_come_inviato, TotalPassed, None);
    check("no attributes", &Firmatario::con_valore(&mano, mano.firma(DOCUMENTO)), TotalPassed, None);
    check(
        "other document, no attributes",
        &Firmatario::con_valore(&mano, mano.firma(b"altro")),
        TotalFailed,
        Some(Sottoindicazione::SigCryptoFailure),
    );
    check("other document", &Firmatario::buono(&mano, b"altro"), TotalFailed, Some(Sottoindicazione::HashFailure));
    check("no digest", &con(vec![tipo.clone(), ess.clone()]), TotalFailed, Some(Sottoindicazione::FormatFailure));
    check(
        "two digests",
        &con(vec![tipo.clone(), impronta.clone(), impronta.clone()]),
        TotalFailed,
        Some(Sottoindicazione::FormatFailure),
    );
    check(
        "no type",
        &con(vec![impronta.clone(), ess.clone()]),
        Indeterminate,
        Some(Sottoindicazione::SigConstraintsFailure),
    );
    let altro_tipo = attributo(busta::CONTENT_TYPE, &busta::oid(busta::SIGNED_DATA));
    check(
        "other type",
        &con(vec![altro_tipo, impronta.clone(), ess.clone()]),
        TotalFailed,
        Some(Sottoindicazione::FormatFailure),
    );
    let altro_certificato = con(vec![tipo.clone(), impronta.clone(), busta::ess(&altra.certificato)]);
    check(
        "other certificate named inside",
        &altro_certificato,
        Indeterminate,
        Some(Sottoindicazione::NoSigningCertificateFound),
    );
    let assente = Firmatario { sid: Firmatario::buono(&altra, DOCUMENTO).sid, ..Firmatario::buono(&mano, DOCUMENTO) };
    check("certificate not there", &assente, Indeterminate, Some(Sottoindicazione::NoSigningCertificateFound));
    let sha512_con_rsa =
        Firmatario { algoritmo: algoritmo("1.2.840.113549.1.1.13"), ..Firmatario::buono(&mano, DOCUMENTO) };
    check(
        "signature algorithm with another digest than was used",
        &sha512_con_rsa,
        TotalFailed,
        Some(Sottoindicazione::SigCryptoFailure),
    );
    let md5 = Firmatario { digesto: algoritmo("1.2.840.113549.2.5"), ..Firmatario::buono(&mano, DOCUMENTO) };
    check("MD5", &md5, Indeterminate, Some(Sottoindicazione::CryptoConstraintsFailure));
    let post_quantum =
        Firmatario { algoritmo: algoritmo("2.16.840.1.101.3.4.3.18"), ..Firmatario::buono(&mano, DOCUMENTO) };
    check(
        "unknown signature algorithm",
        &post_quantum,
        Indeterminate,
        Some(Sottoindicazione::CryptoConstraintsFailure),
    );
}

/// A certificate with these parts, signed by `autorita` in the name of `emittente`.
fn certificato_di(autorita: &Mano, emittente: &[u8], soggetto: &[u8], spki: &[u8], estensioni: &[u8]) -> Vec<u8> {
    let algoritmo = algoritmo(marca::SHA256_CON_RSA);
    let validita = tlv(0x30, &[tlv(0x17, b"150101000000Z"), tlv(0x17, b"400101000000Z")].concat());
    let versione_e_numero = [tlv(0xa0, &tlv(2, &[2])), tlv(2, &[99])].concat();
    let campi = [&versione_e_numero, &algoritmo, emittente, &validita, soggetto, spki, estensioni];
    let tbs = tlv(0x30, &campi.concat());
    let valore = tlv(3, &[vec![0], autorita.firma(&tbs)].concat());
    tlv(0x30, &[tbs, algoritmo, valore].concat())
}

#[test]
fn an_authority_with_a_weak_key_makes_nobody_believed() {
    let (ca_firma, tarsi) = (Mano::delle_fixture("ca-firma"), Mano::delle_fixture("tarsi-rsa"));
    let nome = tlv(0x30, &tlv(0x31, &tlv(0x30, &[busta::oid("2.5.4.3"), tlv(12, b"Intermedia")].concat())));
    let di = |mano: &Mano| busta::figli(&busta::figli(&mano.certificato)[0]);
    let di_ca = tlv(4, &tlv(0x30, &tlv(1, &[0xff])));
    let di_ca = tlv(0xa3, &tlv(0x30, &tlv(0x30, &[busta::oid("2.5.29.19"), tlv(1, &[0xff]), di_ca].concat())));
    let check = |intermedia: &Mano, spki: &[u8], motivo: Option<Sottoindicazione>| {
        let sopra = certificato_di(&ca_firma, &di(&ca_firma)[5], &nome, spki, &di_ca);
        let sotto = certificato_di(intermedia, &nome, &di(&tarsi)[5], &di(&tarsi)[6], b"");
        let mano = Mano::delle_fixture("tarsi-rsa").con_certificato(sotto);
        let firmatario = Firmatario::buono(&mano, DOCUMENTO).scrivi();
        let byte = busta::busta(Some(&tlv(4, DOCUMENTO)), &[&mano.certificato, &sopra], &[firmatario]);
        let firma = verifica_byte(&byte, &ca()).0.signatures.remove(0);
        assert_eq!(firma.sub_indication, motivo, "{:?}", firma.findings);
    };
    let (debole, buona) = (Mano::debole(), Mano::delle_fixture("vellini-rsa"));
    check(&buona, &di(&buona)[6], None);
    check(&debole, &debole.spki(), Some(Sottoindicazione::CryptoConstraintsFailureNoPoe));
}

#[test]
fn a_broken_signer_does_not_hide_the_others() {
    let mano = Mano::delle_fixture("tarsi-rsa");
    let buono = Firmatario::buono(&mano, DOCUMENTO).scrivi();
    let mut rotto = buono.clone();
    rotto[4] = 0x30; // the version is not an INTEGER any more
    let certificato_rotto = [tlv(0x30, b"?"), vec![0x30, 0x7f]].concat();
    for firmatari in [[buono.clone(), rotto.clone()], [rotto, buono]] {
        let byte = busta::busta(Some(&tlv(4, DOCUMENTO)), &[&mano.certificato, &certificato_rotto], &firmatari);
        let (rapporto, estratto) = verifica_byte(&byte, &ca());
        assert_eq!(estratto, DOCUMENTO);
        assert_eq!(rapporto.indication, Some(Indicazione::TotalFailed));
        let mut giudizi: Vec<_> = rapporto.signatures.iter().map(|f| (f.indication, f.sub_indication)).collect();
        giudizi.sort_by_key(|(indicazione, _)| *indicazione);
        let illeggibile = (Indicazione::TotalFailed, Some(Sottoindicazione::FormatFailure));
        assert_eq!(giudizi, [(Indicazione::TotalPassed, None), illeggibile]);
    }
}

#[test]
fn a_counter_signature_is_judged_on_the_signature_it_covers() {
    let (mano, altra) = (Mano::delle_fixture("tarsi-rsa"), Mano::delle_fixture("vellini-rsa"));
    let check = |coperto: &[u8], indicazione: Indicazione| {
        let mut firmatario = Firmatario::buono(&mano, DOCUMENTO);
        let impronta = attributi(&altra, if coperto.is_empty() { &firmatario.valore } else { coperto }).swap_remove(1);
        let controfirma = Firmatario::con_attributi(&altra, vec![impronta, busta::ess(&altra.certificato)]);
        firmatario.non_firmati = vec![attributo(busta::COUNTERSIGNATURE, &controfirma.scrivi())];
        let byte =
            busta::busta(Some(&tlv(4, DOCUMENTO)), &[&mano.certificato, &altra.certificato], &[firmatario.scrivi()]);
        let (rapporto, _) = verifica_byte(&byte, &ca());
        assert_eq!(rapporto.signatures[0].indication, Indicazione::TotalPassed);
        assert_eq!(rapporto.signatures[0].counter_signatures[0].indication, indicazione);
        assert_eq!(rapporto.indication, Some(indicazione));
    };
    check(b"", Indicazione::TotalPassed);
    check(b"another signature", Indicazione::TotalFailed);
}

#[test]
fn what_follows_the_signature_is_reported_and_not_extracted() {
    let mano = Mano::delle_fixture("tarsi-rsa");
    let mut byte = busta_di(&mano, DOCUMENTO, &Firmatario::buono(&mano, DOCUMENTO));
    byte.extend(b"\r\n\0\0");
    assert!(verifica_byte(&byte, &ca()).0.findings.is_empty());
    byte.extend(b"codice");
    let (rapporto, estratto) = verifica_byte(&byte, &ca());
    assert_eq!((rapporto.indication, estratto.as_slice()), (Some(Indicazione::TotalPassed), DOCUMENTO));
    assert!(rapporto.findings[0].contains("6 byte"), "{:?}", rapporto.findings);
}

#[test]
fn layers_and_sizes_have_limits() {
    let mano = Mano::delle_fixture("tarsi-rsa");
    let mut byte = DOCUMENTO.to_vec();
    for _ in 0..40 {
        byte = busta_di(&mano, &byte, &Firmatario::buono(&mano, &byte));
    }
    let (rapporto, _) = verifica_byte(&byte, &ca());
    assert_eq!(rapporto.indication, Some(Indicazione::Indeterminate));
    assert!(rapporto.layers.len() < 20);

    let enorme = tlv(0x30, &vec![0; 9 * 1024 * 1024]);
    let firmatario = Firmatario::buono(&mano, DOCUMENTO).scrivi();
    let byte = busta::busta(Some(&tlv(4, DOCUMENTO)), &[&enorme], &[firmatario]);
    assert_eq!(verifica_byte(&byte, &ca()).0.indication, Some(Indicazione::Indeterminate));

    let mut lunghissimo = b"\x30\x80".to_vec();
    lunghissimo.extend(busta::oid(busta::SIGNED_DATA));
    lunghissimo.extend(b"\xa0\x80\x30\x88\x7f\xff\xff\xff\xff\xff\xff\xff");
    assert_eq!(verifica_byte(&lunghissimo, &ca()).0.indication, Some(Indicazione::TotalFailed));
    let profondo = [b"\x30\x80".to_vec(), busta::oid(busta::SIGNED_DATA), b"\xa0\x80\x30\x80".repeat(100_000)].concat();
    assert_eq!(verifica_byte(&profondo, &ca()).0.indication, Some(Indicazione::TotalFailed));
}

#[test]
fn what_is_not_verified_yet_is_never_called_unsigned() {
    let check = |byte: &[u8], nome: &str, formato: Formato, indicazione: Option<Indicazione>| {
        let rapporto = verifica(&mut &*byte, None, Some(nome), &ca(), istante(), &mut io::sink()).unwrap();
        assert_eq!((rapporto.format, rapporto.indication), (formato, indicazione), "{nome}");
        let rilievi: usize = rapporto.signatures.iter().map(|f| f.findings.len()).sum();
        assert!(rilievi + rapporto.findings.len() > 0, "{nome} has no finding");
    };
    let dubbia = Some(Indicazione::Indeterminate);
    check(b"%PDF-1.7\n1 0 obj <</Type/Sig/ByteRange[0 1 2 3]>>", "a.pdf", Formato::Pades, dubbia);
    check(
        b"<?xml version='1.0'?><a><ds:SignatureValue>x</ds:SignatureValue></a>",
        "a.xml",
        Formato::Xades,
        Some(Indicazione::TotalFailed),
    );
    let fallita = Some(Indicazione::TotalFailed);
    check(b"<a><Signature><SignatureValue>x</SignatureValue></Signature></a>", "a.xml", Formato::Xades, fallita);
    check(b"<a xmlns='urn:a'><SignatureValue>x</SignatureValue></a>", "a.xml", Formato::Xades, fallita);
    check(b"<a>Che cosa vuol dire SignatureValue?</a>", "a.xml", Formato::Nessuno, None);
    check(b"<?xml version='1.0'?><a/>", "a.xml", Formato::Nessuno, None);
    check(b"%PDF-1.7\n", "a.pdf", Formato::Nessuno, None);
    check(b"buongiorno", "a.txt", Formato::Nessuno, None);
    check(b"buongiorno", "A.P7M", Formato::Cades, Some(Indicazione::TotalFailed));
    check(b"", "vuoto.p7s", Formato::Cades, Some(Indicazione::TotalFailed));
    let cifrato = tlv(0x30, &[busta::oid("1.2.840.113549.1.7.3"), tlv(0xa0, b"")].concat());
    check(&cifrato, "cifrato.p7m", Formato::Nessuno, None);
}

#[test]
fn a_failing_disk_is_an_error_and_not_a_report() {
    struct Rotto;
    impl Read for Rotto {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk"))
        }
    }
    let mano = Mano::delle_fixture("tarsi-rsa");
    let byte = busta_di(&mano, DOCUMENTO, &Firmatario::buono(&mano, DOCUMENTO));
    let mut interrotto = byte[..byte.len() / 2].chain(Rotto);
    let esito = verifica(&mut interrotto, None, None, &ca(), istante(), &mut io::sink());
    assert_eq!(esito.unwrap_err().to_string(), "disk");
}
