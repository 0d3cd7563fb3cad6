//! `pec::busta` and `tabulario busta` against our fixtures, their mutants, and the messages of strangers in the shared corpus.

use crate::casa::condivisi;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tabulario::cli::busta as comando;
use tabulario::firma::{Fiducia, Indicazione};
use tabulario::pec::busta::{self, MASSIME_PARTI, MASSIMO_MESSAGGIO_BYTE, Tipo};
use tabulario::valori::Impronta;

#[test]
fn every_fixture_is_read_as_its_author_wrote_it() {
    let fiducia = fiducia();
    let mut visti = 0;
    for (nome, eml) in fixtures() {
        let atteso: Value =
            serde_json::from_slice(&fs::read(posta().join(&nome).with_extension("json")).unwrap()).unwrap();
        let busta = busta::leggi(&eml, &fiducia);
        let letto = serde_json::to_value(&busta).unwrap();
        for (chiave, valore) in atteso.as_object().unwrap() {
            match chiave.as_str() {
                "note" | "anchors" => {}
                "bodyContains" => contiene(&busta.body, valore, &nome),
                "hasFindings" => assert_eq!(!busta.findings.is_empty(), *valore, "{nome}: {:?}", busta.findings),
                _ => confronta(&letto[chiave], valore, &format!("{nome} {chiave}")),
            }
        }
        visti += 1;
    }
    assert!(visti >= 18, "only {visti} fixtures");
}

#[test]
fn the_json_has_the_fields_of_the_design_and_no_other() {
    let eml = fixture("02-altra-aoo-segnatura-60-2013.eml");
    let json = serde_json::to_value(busta::leggi(&eml, &fiducia())).unwrap();
    let chiavi = |v: &Value| {
        let mut nomi: Vec<&str> = v.as_object().unwrap().keys().map(String::as_str).collect();
        nomi.sort_unstable();
        nomi.join(" ")
    };
    assert_eq!(
        chiavi(&json),
        "attachments date daticert findings from kind messageId original providerSignature refersTo segnatura servizio subject to"
    );
    assert_eq!(
        chiavi(&json["daticert"]),
        "consegna data destinatari errore gestore identificativo mittente msgid oggetto ricevuta"
    );
    assert_eq!(chiavi(&json["daticert"]["destinatari"][0]), "indirizzo tipo");
    assert_eq!(chiavi(&json["original"]), "attachments body from messageId subject to");
    assert_eq!(chiavi(&json["attachments"][0]), "mediaType name sha256 size");
    assert_eq!(chiavi(&json["providerSignature"]), "indication signer");
}

#[test]
fn attachments_give_the_bytes_that_their_digest_is_of() {
    for (nome, eml) in fixtures() {
        let busta = busta::leggi(&eml, &Fiducia::vuota());
        let interni = busta.original.iter().flat_map(|o| &o.attachments);
        for allegato in busta.attachments.iter().chain(interni) {
            assert_eq!(allegato.sha256, Impronta::of(&allegato.bytes), "{nome} {}", allegato.name);
            assert_eq!(allegato.size, allegato.bytes.len());
        }
    }
}

#[test]
fn a_byte_changed_under_the_signature_of_the_provider_is_seen() {
    let eml = fixture("01-cittadina-istanza-permesso.eml");
    let testo = String::from_utf8(eml.clone()).unwrap();
    let alterato = testo.replace("trasmetto l'istanza", "trasmetto la istanza").into_bytes();
    assert_ne!(alterato, eml);
    let busta = busta::leggi(&alterato, &fiducia());
    assert_eq!(busta.kind, Tipo::PostaCertificata);
    assert_eq!(busta.provider_signature.unwrap().indication, Indicazione::TotalFailed);
    assert!(busta.findings.iter().any(|f| f.contains("alterata")), "{:?}", busta.findings);
}

#[test]
fn a_message_saved_with_bare_line_feeds_still_verifies_and_says_so() {
    let eml = fixture("01-cittadina-istanza-permesso.eml");
    let lf: Vec<u8> = eml.iter().copied().filter(|b| *b != b'\r').collect();
    let busta = busta::leggi(&lf, &fiducia());
    assert_eq!(busta.provider_signature.unwrap().indication, Indicazione::TotalPassed, "{:?}", busta.findings);
    assert!(busta.findings.iter().any(|f| f.contains("fine riga")), "{:?}", busta.findings);
}

#[test]
fn without_anchors_the_provider_is_not_confirmed() {
    let eml = fixture("04-ricevuta-accettazione.eml");
    let busta = busta::leggi(&eml, &Fiducia::vuota());
    assert_eq!(busta.provider_signature.unwrap().indication, Indicazione::Indeterminate);
}

/// A part put beside the signed one is not vouched for by the signature.
#[test]
fn a_daticert_outside_the_signed_part_does_not_count() {
    let testo = String::from_utf8(fixture("04-ricevuta-accettazione.eml")).unwrap();
    let falso = "--firmato-00004\r\nContent-Type: application/xml; name=\"daticert.xml\"\r\n\r\n\
                 <postacert tipo=\"avvenuta-consegna\"><dati><msgid>altro</msgid></dati></postacert>\r\n--firmato-00004--";
    let insieme = testo.replace("--firmato-00004--", falso).replace("X-Ricevuta: accettazione\r\n", "");
    let busta = busta::leggi(insieme.as_bytes(), &fiducia());
    assert_eq!(busta.kind, Tipo::Accettazione, "{:?}", busta.findings);
    assert_eq!(busta.refers_to.as_deref(), Some("<uscita-di-esempio-1@pec.comune.borgoesempio.example>"));
}

#[test]
fn a_forwarded_daticert_makes_no_envelope() {
    let eml =
        b"From: a@b.it\r\nContent-Type: application/xml; name=daticert.xml\r\n\r\n<postacert tipo=\"accettazione\"/>";
    let busta = busta::leggi(eml, &fiducia());
    assert_eq!((busta.kind, busta.daticert, busta.refers_to), (Tipo::Ordinaria, None, None));
    assert!(busta.findings.iter().any(|f| f.contains("non è una busta")));
}

#[test]
fn an_envelope_that_lacks_its_pieces_says_so() {
    let eml = b"X-Trasporto: posta-certificata\r\nSubject: POSTA CERTIFICATA: x\r\n\r\nniente";
    let busta = busta::leggi(eml, &fiducia());
    assert_eq!((busta.kind, busta.body.as_str()), (Tipo::PostaCertificata, "niente"));
    for parola in ["daticert.xml", "postacert.eml", "firma del gestore"] {
        assert!(busta.findings.iter().any(|f| f.contains(parola)), "{parola}: {:?}", busta.findings);
    }
}

#[test]
fn an_original_in_base64_is_opened_too() {
    let testo = String::from_utf8(fixture("06-anomalia.eml")).unwrap();
    let inizio = testo.find("Content-Type: message/rfc822").unwrap();
    let corpo = inizio + testo[inizio..].find("\r\n\r\n").unwrap() + 4;
    let fine = corpo + testo[corpo..].find("\r\n--misto").unwrap();
    let mut codificato = testo[..inizio].to_owned();
    codificato.push_str(
        "Content-Type: application/octet-stream; name=POSTACERT.EML\r\nContent-Transfer-Encoding: base64\r\n\r\n",
    );
    codificato.push_str(&base64(&testo.as_bytes()[corpo..fine]));
    codificato.push_str(&testo[fine..]);
    let busta = busta::leggi(codificato.as_bytes(), &fiducia());
    let originale = busta.original.unwrap();
    assert_eq!(originale.subject.as_deref(), Some("Segnalazione di una buca"));
    assert_eq!(originale.attachments[0].name.as_str(), "buca.txt");
}

#[test]
fn names_of_attachments_are_never_paths() {
    let mut eml = "Content-Type: multipart/mixed; boundary=x\r\n".to_owned();
    for nome in ["../../etc/passwd", "C:\\\\temp\\\\a.pdf", "", "a\u{202e}fdp.exe"] {
        eml.push_str(&format!(
            "\r\n--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"{nome}\"\r\n\r\n"
        ));
    }
    let busta = busta::leggi(eml.as_bytes(), &fiducia());
    let nomi: Vec<_> = busta.attachments.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(nomi, ["passwd", "a.pdf", "allegato-3.pdf", "afdp.exe"]);
}

#[test]
fn ten_thousand_attachments_are_a_finding() {
    let mut eml = b"Content-Type: multipart/mixed; boundary=x\r\n".to_vec();
    for i in 0..10_000 {
        eml.extend(format!("\r\n--x\r\nContent-Type: application/pdf; name={i}.pdf\r\n\r\nx").bytes());
    }
    let busta = busta::leggi(&eml, &fiducia());
    assert_eq!(busta.attachments.len(), MASSIME_PARTI - 1);
    assert!(busta.findings.iter().any(|f| f.contains("parti")), "{:?}", busta.findings);
}

#[test]
fn messages_in_messages_without_end_are_left_closed() {
    let mut eml = b"X-Trasporto: errore\r\n".to_vec();
    eml.extend(b"Content-Type: message/rfc822\r\n\r\n".repeat(200_000));
    let busta = busta::leggi(&eml, &fiducia());
    assert_eq!((busta.kind, busta.original.unwrap().attachments.len()), (Tipo::Anomalia, 1));
}

#[test]
fn more_than_the_limit_is_not_opened() {
    let mut eml = fixture("01-cittadina-istanza-permesso.eml");
    eml.resize(MASSIMO_MESSAGGIO_BYTE + 1, b' ');
    let busta = busta::leggi(&eml, &fiducia());
    assert!(busta.subject.is_some() && busta.attachments.is_empty() && busta.original.is_none());
    assert!(busta.findings.iter().any(|f| f.contains("supera")), "{:?}", busta.findings);
}

#[test]
fn mutants_of_every_fixture_are_read_without_panic() {
    let fiducia = fiducia();
    for (nome, eml) in fixtures() {
        let mut caso: u32 = 2_463_534_242;
        for giro in 0..24 {
            // xorshift: the same mutants at every run
            caso ^= caso << 13;
            caso ^= caso >> 17;
            caso ^= caso << 5;
            let posto = caso as usize % eml.len();
            let mut mutante = eml.clone();
            if giro % 2 == 0 {
                mutante.truncate(posto)
            } else {
                mutante[posto] ^= 1 << (giro / 2 % 8)
            }
            let busta = busta::leggi(&mutante, &fiducia);
            assert!(serde_json::to_string(&busta).is_ok(), "{nome} {giro}");
        }
    }
}

#[test]
fn the_command_prints_json_or_a_summary() {
    let file = posta().join("03-due-firme-una-non-valida.eml");
    let (mut json, mut testo) = (Vec::new(), Vec::new());
    assert!(comando::esegui(&comando::Args { file: file.clone(), json: true }, &mut json).unwrap());
    assert!(comando::esegui(&comando::Args { file, json: false }, &mut testo).unwrap());
    assert_eq!(serde_json::from_slice::<Value>(&json).unwrap()["kind"], "posta-certificata");
    let testo = String::from_utf8(testo).unwrap();
    assert!(testo.contains("Tipo: posta-certificata") && testo.contains("relazione-tecnica.pdf.p7m"), "{testo}");
    let manca = comando::Args { file: PathBuf::from("/non/esiste.eml"), json: true };
    assert!(comando::esegui(&manca, &mut Vec::new()).unwrap_err().to_string().contains("/non/esiste.eml"));
}

/// Real envelopes; the columns are described in the corpus' PROVENANCE.md.
#[test]
fn envelopes_of_real_providers_agree_with_the_corpus() {
    let Some(righe) = corpus("pec") else { return };
    let mut visti = 0;
    for (nome, eml, riga) in &righe {
        let Some(eml) = eml.as_ref().filter(|_| nome.ends_with(".eml")) else { continue };
        let busta = busta::leggi(eml, &Fiducia::vuota());
        let dati = busta.daticert.clone().unwrap_or_default();
        let testo = |v: &Option<String>| v.clone().unwrap_or_default();
        assert_eq!(busta.kind.as_str(), riga["pec_type"], "{nome}");
        assert_eq!(testo(&busta.message_id), riga["message_id"], "{nome}");
        assert_eq!(testo(&busta.from), riga["from"], "{nome}");
        assert_eq!(testo(&busta.subject), riga["subject"], "{nome}");
        assert_eq!(testo(&dati.identificativo), riga["identificativo"], "{nome}");
        assert_eq!(testo(&dati.msgid), riga["msgid"], "{nome}");
        assert_eq!(testo(&dati.gestore), riga["gestore"], "{nome}");
        assert_eq!(testo(&dati.ricevuta), riga["ricevuta_tipo"], "{nome}");
        let destinatari: Vec<_> = dati.destinatari.iter().map(|d| format!("{} [{}]", d.indirizzo, d.tipo)).collect();
        assert_eq!(destinatari.join("; "), riga["recipients"], "{nome}");
        assert_eq!(busta.refers_to.is_some(), busta.kind.ricevuta(), "{nome}");
        // The oracle leaves encoded words in the names as they are.
        let attesi: Vec<_> =
            riga["attachments"].split("; ").map(|n| n.replace("=?utf-8?Q?", "").replace("?=", "")).collect();
        let allegati = busta.original.iter().flat_map(|o| &o.attachments);
        let nomi: Vec<_> = allegati.map(|a| a.name.to_string()).collect();
        assert_eq!(nomi.join("; "), attesi.join("; "), "{nome}");
        let firma = busta.provider_signature.map(|f| f.indication);
        match riga["smime_expect"].as_str() {
            "VALID" => assert_eq!(firma, Some(Indicazione::Indeterminate), "{nome} {:?}", busta.findings),
            "INVALID" => assert_eq!(firma, Some(Indicazione::TotalFailed), "{nome} {:?}", busta.findings),
            _ => {}
        }
        visti += 1;
    }
    assert!(visti > 0, "no envelope in the corpus");
}

/// Odd mail of the world. The truth is what Python's `email` makes of it: every file that we find has the bytes of one of its
/// leaves, and the rest of its leaves are text of the message.
#[test]
fn odd_mail_loses_no_leaf() {
    let Some(righe) = corpus("mime") else { return };
    let (mut visti, mut uguali) = (0, 0);
    for (nome, eml, riga) in &righe {
        let Some(eml) = eml else { continue };
        let busta = busta::leggi(eml, &Fiducia::vuota());
        visti += 1;
        // We leave attached messages closed, and make another guess where the structure is broken.
        if riga["tree"].contains("message/") || !riga["defects(python email)"].is_empty() {
            continue;
        }
        let foglie: Vec<_> = riga["leaf_sha256"].split_whitespace().collect();
        for allegato in &busta.attachments {
            let nostra = format!("{}:{}", &allegato.sha256.to_string()[..16], allegato.size);
            assert!(foglie.contains(&nostra.as_str()), "{nome}: {} {nostra} not among {foglie:?}", allegato.name);
            uguali += 1;
        }
        for atteso in riga["attachments"].split("; ").filter(|n| !n.is_empty() && !n.contains('\u{fffd}')) {
            let nomi: Vec<_> = busta.attachments.iter().map(|a| a.name.as_str()).collect();
            assert!(nomi.contains(&atteso), "{nome}: {atteso} not among {nomi:?}");
        }
    }
    assert!(visti > 0 && uguali > 0, "no message in the corpus");
}

fn posta() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/posta")
}

fn fixture(nome: &str) -> Vec<u8> {
    fs::read(posta().join(nome)).unwrap()
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let nomi = fs::read_dir(posta()).unwrap().map(|v| v.unwrap().file_name().into_string().unwrap());
    nomi.filter(|n| n.ends_with(".eml")).map(|n| (n.clone(), fixture(&n))).collect()
}

fn fiducia() -> Fiducia {
    let mut fiducia = Fiducia::vuota();
    fiducia.aggiungi_certificati(&fs::read(posta().join("../chiavi/ca-gestori.pem")).unwrap()).unwrap();
    fiducia
}

/// Every field that is expected is there with that value; what the expectation does not name, or leaves null in an attachment,
/// is free.
fn confronta(letto: &Value, atteso: &Value, dove: &str) {
    match atteso {
        Value::Object(campi) => {
            for (chiave, valore) in campi {
                let dove = format!("{dove}.{chiave}");
                match chiave.as_str() {
                    "bodyContains" => contiene(letto["body"].as_str().unwrap(), valore, &dove),
                    "size" | "sha256" if valore.is_null() => {}
                    _ => confronta(&letto[chiave], valore, &dove),
                }
            }
        }
        Value::Array(voci) => {
            assert_eq!(letto.as_array().map(Vec::len), Some(voci.len()), "{dove}: {letto}");
            voci.iter().enumerate().for_each(|(i, v)| confronta(&letto[i], v, &format!("{dove}[{i}]")));
        }
        _ => assert_eq!(letto, atteso, "{dove}"),
    }
}

fn contiene(testo: &str, parole: &Value, dove: &str) {
    for parola in parole.as_array().unwrap() {
        assert!(testo.contains(parola.as_str().unwrap()), "{dove}: {parola} not in {testo:?}");
    }
}

type Riga = BTreeMap<String, String>;
type Caso = (String, Option<Vec<u8>>, Riga);

/// The rows of `expected.tsv` with their files, if the shared folder is there.
fn corpus(cartella: &str) -> Option<Vec<Caso>> {
    let cartella = condivisi()?.join("corpus").join(cartella);
    let tabella = fs::read_to_string(cartella.join("expected.tsv")).unwrap();
    let mut righe = tabella.lines();
    let colonne: Vec<_> = righe.next().unwrap().split('\t').collect();
    let caso = |r: &str| {
        let campi: Riga = colonne.iter().map(|c| (*c).to_owned()).zip(r.split('\t').map(str::to_owned)).collect();
        (campi["file"].clone(), fs::read(cartella.join(&campi["file"])).ok(), campi)
    };
    Some(righe.map(caso).collect())
}

fn base64(dati: &[u8]) -> String {
    let cifre = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut testo = String::new();
    for tre in dati.chunks(3) {
        let n = (u32::from(tre[0]) << 16)
            | (u32::from(*tre.get(1).unwrap_or(&0)) << 8)
            | u32::from(*tre.get(2).unwrap_or(&0));
        for i in 0..4 {
            let cifra = cifre[(n >> (18 - 6 * i) & 63) as usize];
            testo.push(if i <= tre.len() { cifra.into() } else { '=' });
        }
    }
    testo
}
