//! XML signatures: ours, those of `../shared/corpus/xades`, and what becomes of both when somebody changes them.

mod prove;

use super::busta::Mano;
use super::{ca, concorda, fixtures, istante};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use tabulario::firma::{Fiducia, Indicazione, Rapporto, Sottoindicazione, verifica};

const ESCLUSIVA: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const IMPRONTA_SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

fn verifica_xml(nome: &str, byte: &[u8], fiducia: &Fiducia) -> Rapporto {
    verifica(&mut &*byte, None, Some(nome), fiducia, istante(), &mut std::io::sink()).unwrap()
}

/// Every signed document of the fixtures, and what its JSON says of it.
fn casi() -> Vec<(String, String, Value)> {
    let mut casi = Vec::new();
    for voce in std::fs::read_dir(fixtures().join("xades")).unwrap() {
        let percorso = voce.unwrap().path();
        if percorso.extension().is_some_and(|e| e == "xml") {
            let atteso = std::fs::read(format!("{}.json", percorso.display())).unwrap();
            let nome = percorso.file_name().unwrap().to_string_lossy().into_owned();
            casi.push((nome, std::fs::read_to_string(&percorso).unwrap(), serde_json::from_slice(&atteso).unwrap()));
        }
    }
    assert!(casi.len() >= 8, "the fixtures of XAdES are missing");
    casi
}

fn fixture(nome: &str) -> String {
    std::fs::read_to_string(fixtures().join("xades").join(nome)).unwrap()
}

#[test]
fn our_xml_signatures_are_judged_as_their_json_says() {
    for (nome, testo, atteso) in casi() {
        if let Some(staccato) = atteso["detachedContent"].as_str() {
            let (buono, altro) = (fixture(staccato), fixture(staccato).replace("apertura", "chiusura"));
            for (contenuto, attesa) in [(buono, Indicazione::TotalPassed), (altro, Indicazione::TotalFailed)] {
                let mut contenuto = contenuto.as_bytes();
                let (mut firma, fuori) = (testo.as_bytes(), &mut std::io::sink());
                let rapporto = verifica(&mut firma, Some(&mut contenuto), None, &ca(), istante(), fuori).unwrap();
                assert_eq!(rapporto.indication, Some(attesa), "{nome}: {rapporto:#?}");
            }
            let senza = verifica_xml(&nome, testo.as_bytes(), &ca());
            assert_eq!(senza.signatures[0].sub_indication, Some(Sottoindicazione::SignedDataNotFound), "{nome}");
            continue;
        }
        let senza = verifica_xml(&nome, testo.as_bytes(), &Fiducia::vuota());
        assert_eq!(serde_json::to_value(senza.indication).unwrap(), atteso["indicationWithoutAnchors"], "{nome}");
        let rapporto = serde_json::to_value(verifica_xml(&nome, testo.as_bytes(), &ca())).unwrap();
        for chiave in ["format", "indication", "layers", "content"] {
            assert_eq!(rapporto[chiave], atteso[chiave], "{chiave} di {nome}: {rapporto:#}");
        }
        let (firme, attese) = (rapporto["signatures"].as_array().unwrap(), atteso["signatures"].as_array().unwrap());
        assert_eq!(firme.len(), attese.len(), "{nome}");
        for attesa in attese {
            let attesa = &senza_controfirme(&nome, firme, attesa);
            assert!(firme.iter().any(|firma| concorda(firma, attesa)), "{nome}: {attesa:#} non è in {firme:#?}");
        }
    }
}

/// What is expected of a signature, once its counter-signatures are as many as expected and all good.
fn senza_controfirme(nome: &str, firme: &[Value], attesa: &Value) -> Value {
    let mut attesa = attesa.as_object().unwrap().clone();
    if let Some(quante) = attesa.remove("counterSignatures") {
        let contro = firme[0]["counterSignatures"].as_array().unwrap();
        assert_eq!(contro.len(), usize::try_from(quante.as_u64().unwrap()).unwrap(), "{nome}");
        assert!(contro.iter().all(|c| c["indication"] == "TOTAL-PASSED"), "{nome}: {contro:#?}");
    }
    Value::Object(attesa)
}

/// Whoever rearranges a signed document is found out, or what was signed is still what is seen.
#[test]
fn wrapped_documents_do_not_pass() {
    let staccata = fixture("staccata.xml");
    let falso = "<Atto Id=\"altro\"><Oggetto>Si vende la sala.</Oggetto></Atto>";
    let (prima, dopo) = staccata.split_once("<ds:Signature ").unwrap();
    let atto = prima.strip_prefix("<Atti>").unwrap();
    let check = |testo: String, indicazione: Indicazione, motivo: Sottoindicazione| {
        let rapporto = verifica_xml("prova.xml", testo.as_bytes(), &ca());
        let firma = &rapporto.signatures[0];
        assert_eq!((firma.indication, firma.sub_indication), (indicazione, Some(motivo)), "{testo}\n{firma:#?}");
    };
    let (fallita, incerta) = (Indicazione::TotalFailed, Indicazione::Indeterminate);
    // A twin with the same identifier, before or after, also under another spelling of the attribute.
    let doppio = falso.replace("altro", "atto");
    check(staccata.replace("<Atti>", &format!("<Atti>{doppio}")), fallita, Sottoindicazione::FormatFailure);
    check(staccata.replace("</Atti>", &format!("{doppio}</Atti>")), fallita, Sottoindicazione::FormatFailure);
    let altra_grafia = doppio.replace("Id=", "id=");
    check(staccata.replace("<Atti>", &format!("<Atti>{altra_grafia}")), fallita, Sottoindicazione::FormatFailure);
    // Something unsigned beside, above, or as text.
    let parziale = Sottoindicazione::SigConstraintsFailure;
    check(staccata.replace("<Atti>", &format!("<Atti>{falso}")), incerta, parziale);
    check(format!("<Atti>{falso}<Nascosto>{atto}</Nascosto><ds:Signature {dopo}"), incerta, parziale);
    check(staccata.replace("<Atti>", "<Atti>Si vende la sala."), incerta, parziale);
    check(staccata.replace("<Atti>", "<Atti><![CDATA[Si vende la sala.]]>"), incerta, parziale);
    // What is said of a signed element by those above it, and to the program that shows it.
    check(staccata.replace("<Atti>", "<Atti stato=\"annullato\">"), incerta, parziale);
    check(staccata.replace("<Atti>", "<Atti><?mostra altro?>"), incerta, parziale);
    check(format!("<?xml-stylesheet href=\"altro.xsl\"?>{staccata}"), incerta, parziale);
    check(format!("{staccata}<?mostra altro?>"), incerta, parziale);
    check(staccata.replace("</ds:Signature>", "<?mostra altro?></ds:Signature>"), incerta, parziale);
    // Renamed, changed, taken away.
    check(staccata.replace("Id=\"atto\"", "Id=\"tolto\""), incerta, Sottoindicazione::SignedDataNotFound);
    check(
        staccata.replace("<Oggetto>", "<Oggetti>").replace("</Oggetto>", "</Oggetti>"),
        fallita,
        Sottoindicazione::HashFailure,
    );
    check(staccata.replace(atto, ""), incerta, Sottoindicazione::SignedDataNotFound);
    // The signed object inside something else.
    let avvolgente = fixture("avvolgente.xml");
    let (testa, coda) = avvolgente.split_once("<ds:Object xmlns:ds").unwrap();
    let (oggetto, fine) = coda.split_once("</ds:Object>").unwrap();
    let spostato = format!("{testa}<ds:Object><x><ds:Object xmlns:ds{oggetto}</ds:Object></x></ds:Object>{fine}");
    check(spostato, fallita, Sottoindicazione::FormatFailure);
    let aggiunto = avvolgente.replace("</ds:Signature>", "<ds:Object>altro</ds:Object></ds:Signature>");
    check(aggiunto, incerta, parziale);
    // An enveloped signature is left out of what it signs: nothing else may hide in it, nor in one that is none.
    let fattura = fixture("fattura.xml");
    let nascosto = |cosa: &str| fattura.replace("</ds:Signature>", &format!("{cosa}</ds:Signature>"));
    check(nascosto("<ds:Object><Importo>1</Importo></ds:Object>"), incerta, parziale);
    check(nascosto("<Importo>1</Importo>"), fallita, Sottoindicazione::FormatFailure);
    check(nascosto("Importo 1"), fallita, Sottoindicazione::FormatFailure);
    let due = fixture("fattura-due-firme.xml");
    let finta = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><Importo>1</Importo></ds:Signature>";
    let rapporto = verifica_xml("prova.xml", due.replace("<Fattura", &format!("{finta}<Fattura")).as_bytes(), &ca());
    assert_eq!(rapporto.indication, Some(fallita));
    // A counter-signature over another value than that of the signature in which it stands.
    let controfirmata = fixture("controfirmata.xml");
    let rapporto =
        verifica_xml("prova.xml", controfirmata.replace("#firma-valore", "#contro-valore").as_bytes(), &ca());
    assert_eq!(rapporto.indication, Some(fallita));
    assert_eq!(rapporto.signatures[0].indication, Indicazione::TotalPassed, "{rapporto:#?}");
    // The properties of another signature.
    check(fattura.replace("Target=\"#firma\"", "Target=\"#altra\""), fallita, Sottoindicazione::FormatFailure);
    check(
        fattura.replace(" Type=\"http://uri.etsi.org/01903#SignedProperties\"", ""),
        fallita,
        Sottoindicazione::SigCryptoFailure,
    );
    check(fattura.replace("<ds:KeyInfo>", "<ds:KeyInfo/><ds:KeyInfo>"), fallita, Sottoindicazione::FormatFailure);
}

/// XML with a signature beside its only part, over what one transform makes of it.
fn con_firma(parte: &str, trasformazione: &str, digesto: &str, impronta: &[u8]) -> String {
    let mano = Mano::delle_fixture("tarsi-rsa");
    let signed_info = format!(
        "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:CanonicalizationMethod \
         Algorithm=\"{ESCLUSIVA}\"></ds:CanonicalizationMethod><ds:SignatureMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"></ds:SignatureMethod><ds:Reference \
         URI=\"#atto\"><ds:Transforms><ds:Transform Algorithm=\"{trasformazione}\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{digesto}\"></ds:DigestMethod><ds:DigestValue>{}</ds:DigestValue></ds:Reference>\
         </ds:SignedInfo>",
        STANDARD.encode(impronta)
    );
    let (valore, certificato) = (mano.firma(signed_info.as_bytes()), STANDARD.encode(&mano.certificato));
    let valore = STANDARD.encode(valore);
    format!(
        "<Atti>{parte}<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{signed_info}<ds:SignatureValue>{valore}\
         </ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificato}</ds:X509Certificate></ds:X509Data>\
         </ds:KeyInfo></ds:Signature></Atti>"
    )
}

#[test]
fn base64_signs_the_text_and_not_what_holds_it() {
    let base64 = "http://www.w3.org/2000/09/xmldsig#base64";
    let check = |parte: &str, attesa: Option<Sottoindicazione>| {
        let testo = con_firma(parte, base64, IMPRONTA_SHA256, &Sha256::digest(b"buongiorno"));
        let firma = verifica_xml("prova.xml", testo.as_bytes(), &ca()).signatures.remove(0);
        assert_eq!(firma.sub_indication, attesa, "{parte}: {firma:#?}");
    };
    check("<Atto Id=\"atto\">YnVvbmdpb3Jubw==</Atto>", None);
    let parziale = Some(Sottoindicazione::SigConstraintsFailure);
    check("<Atto Id=\"atto\" stato=\"annullato\">YnVvbmdpb3Jubw==</Atto>", parziale);
    check("<Atto Id=\"atto\">YnVvbm<Annullato/>dpb3Jubw==</Atto>", parziale);
    check("<Atto Id=\"atto\">YnVvbm<b>dpb3Jubw==</b></Atto>", parziale);
    check("<Atto Id=\"atto\"><?mostra altro?>YnVvbmdpb3Jubw==</Atto>", parziale);
    check("<Atto Id=\"atto\">YnVvbmFzZXJh</Atto>", Some(Sottoindicazione::HashFailure));
}

#[test]
fn the_digest_of_what_is_signed_must_be_as_strong_as_the_signature() {
    let parte = "<Atto Id=\"atto\">Si concede la sala.</Atto>";
    let debole = digest(&SHA1_FOR_LEGACY_USE_ONLY, parte.as_bytes());
    let check = |digesto: &str, impronta: &[u8], quando: &str, attesa: Option<Sottoindicazione>| {
        let testo = con_firma(parte, ESCLUSIVA, digesto, impronta);
        let (mut byte, quando) = (testo.as_bytes(), quando.parse().unwrap());
        let rapporto = verifica(&mut byte, None, None, &ca(), quando, &mut std::io::sink()).unwrap();
        assert_eq!(rapporto.signatures[0].sub_indication, attesa, "{rapporto:#?}");
    };
    let sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";
    check(IMPRONTA_SHA256, &Sha256::digest(parte), "2026-11-20T12:00:00Z", None);
    let senza_prova = Some(Sottoindicazione::CryptoConstraintsFailureNoPoe);
    check(sha1, debole.as_ref(), "2026-11-20T12:00:00Z", senza_prova);
    check(sha1, &[0; 20], "2026-11-20T12:00:00Z", Some(Sottoindicazione::HashFailure));
}

/// The mark of a PDF in a comment does not hide the signatures of XML.
#[test]
fn a_comment_does_not_make_a_pdf_of_signed_xml() {
    let vera = fixture("fattura.xml");
    let cambiata = vera.replace("1220.00", "9220.00");
    for (testo, attesa) in [(vera, Indicazione::TotalPassed), (cambiata, Indicazione::TotalFailed)] {
        let rapporto = verifica_xml("prova.xml", format!("<!-- %PDF-1.7 -->{testo}").as_bytes(), &ca());
        assert_eq!(rapporto.indication, Some(attesa), "{rapporto:#?}");
    }
}

/// What could make any document equal to any other, or read something from elsewhere, is not done, and is said.
#[test]
fn what_is_not_known_to_be_harmless_is_refused_by_name() {
    let fattura = fixture("fattura.xml");
    let imbustata = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>";
    assert!(fattura.contains(imbustata));
    let check = |testo: String, parola: &str| {
        let rapporto = verifica_xml("prova.xml", testo.as_bytes(), &ca());
        assert_eq!(rapporto.indication, Some(Indicazione::TotalFailed), "{parola}");
        let rilievi = rapporto.signatures[0].findings.join(" ");
        assert!(rilievi.contains(parola), "«{parola}» non è in «{rilievi}»");
    };
    let con = |trasformazione: &str| fattura.replace(imbustata, trasformazione);
    let xslt = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/>";
    check(con(xslt), "XSLT");
    let xpath = |espressione: &str| {
        format!(
            "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>{espressione}</ds:XPath></ds:Transform>"
        )
    };
    check(con(&xpath("self::nulla")), "XPath");
    check(con(&xpath("not(ancestor-or-self::altro:Signature)")), "XPath");
    let filtro = |espressione: &str| {
        format!(
            "<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"><f:XPath xmlns:f=\"http://www.w3.org/2002/06/xmldsig-filter2\" Filter=\"subtract\">{espressione}</f:XPath></ds:Transform>"
        )
    };
    check(con(&filtro("/descendant::*")), "filtro XPath");
    check(con("<ds:Transform Algorithm=\"urn:mia\"/>"), "trasformazione");
    check(con(&imbustata.repeat(9)), "troppe trasformazioni");
    let dtd = |dtd: &str| fattura.replacen("<p:Fattura", &format!("{dtd}<p:Fattura"), 1);
    check(dtd("<!DOCTYPE x>"), "DTD");
    check(dtd("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"), "DTD");
    check(fattura.replace("</p:Fattura", "</p:Fatture"), "ben formato");
    check(fattura.replace("1220.00", "&boh;"), "ben formato");
    check(fattura.replacen("<p:", "<?xml version=\"1.0\" encoding=\"x-mio\"?><p:", 1), "codifica");
    let rapporto =
        verifica_xml("prova.xml", fattura.replace("URI=\"\"", "URI=\"file:///etc/passwd\"").as_bytes(), &ca());
    assert!(rapporto.signatures[0].findings.iter().any(|f| f.contains("non è nel file: «file:///etc/passwd»")));
}

/// A document as large or as deep as somebody likes gets an answer, and not a good one.
#[test]
fn enormous_xml_documents_are_given_up() {
    let fattura = fixture("fattura.xml");
    let check = |dentro: String, parola: &str| {
        let testo = fattura.replace("</p:FatturaElettronica>", &format!("{dentro}</p:FatturaElettronica>"));
        let rapporto = verifica_xml("prova.xml", testo.as_bytes(), &ca());
        let rilievi = rapporto.signatures[0].findings.join(" ");
        assert_ne!(rapporto.indication, Some(Indicazione::TotalPassed), "{parola}");
        assert!(rilievi.contains(parola), "«{parola}» non è in «{rilievi}»");
    };
    check(["<a>", "</a>"].map(|pezzo| pezzo.repeat(5_000)).concat(), "uno dentro l'altro");
    check("<a/>".repeat(510_000), "troppi elementi");
    check(" ".repeat(17 * 1024 * 1024), "non sono state verificate");
    check((0..200).map(|i| format!("<a xmlns:p{i}=\"urn:p{i}\"/>")).collect(), "spazi dei nomi");
    check(format!("<a xmlns:q=\"{}\"/>", "q".repeat(1_000)), "spazi dei nomi");
    let attributi: String = (0..300).map(|i| format!(" a{i} = '='")).collect();
    check(format!("<a{attributi}/>"), "troppi attributi");
    let uri = "u".repeat(500);
    check(format!("<a xmlns:q=\"{uri}\">{}</a>", "<q:b c=\"\"/>".repeat(100_000)), "troppo complesso");
    let firma = fattura.split_once("<ds:Signature").unwrap().1.split_once("</ds:Signature>").unwrap().0;
    check(format!("<ds:Signature{firma}</ds:Signature>").repeat(3), "due elementi con lo stesso identificatore");
}

/// Wherever a bit is flipped, the document does not pass, or it says what was signed.
#[test]
fn flipped_bits_do_not_pass_as_another_document() {
    let mut tentate = 0;
    for nome in ["fattura.xml", "staccata.xml", "avvolgente.xml"] {
        let intera = fixture(nome).into_bytes();
        let (inizio, fine) = match nome {
            "fattura.xml" => (0, intera.len()),
            _ => (0, 2_000),
        };
        for i in (inizio..fine).step_by(29) {
            let mut guasta = intera.clone();
            guasta[i] ^= 1 << (i % 7);
            let rapporto = verifica_xml("prova.xml", &guasta, &ca());
            tentate += 1;
            if rapporto.indication == Some(Indicazione::TotalPassed) {
                let testo = String::from_utf8(guasta).unwrap();
                let buona = String::from_utf8(intera.clone()).unwrap();
                // Outside of what is signed: the blanks after the root, the name of the value, the names of the parts.
                for parte in ["1220.00", "7/PA", "sala civica", "Elena"] {
                    assert_eq!(testo.contains(parte), buona.contains(parte), "{nome} byte {i}");
                }
            }
        }
    }
    assert!(tentate > 200, "{tentate}");
}

mod corpus {
    use super::*;
    use crate::firma::corpus::{Riga, cartella, righe};

    fn file() -> Option<(PathBuf, Vec<Riga>)> {
        let cartella = cartella("xades")?;
        let righe = righe(&cartella);
        Some((cartella, righe))
    }

    #[test]
    fn real_xml_signatures_are_judged_as_expected() {
        let Some((cartella, righe)) = file() else {
            println!("firma: ../shared/corpus is not there, real XML signatures were not tried");
            return;
        };
        let mut giudicate = 0;
        for riga in &righe {
            let nome = &riga["file"];
            let rapporto = verifica_xml(nome, &std::fs::read(cartella.join(nome)).unwrap(), &Fiducia::vuota());
            match riga["expect"].split([' ', ':']).next().unwrap() {
                "VALID" => {
                    assert_eq!(rapporto.indication, Some(Indicazione::Indeterminate), "{nome}: {rapporto:#?}");
                    assert_eq!(rapporto.signatures.len().to_string(), riga["n_signatures"], "{nome}");
                    let motivo = rapporto.signatures[0].sub_indication;
                    // A bare key signs for nobody.
                    let atteso = match riga["signer_cn"].as_str() {
                        "" => Sottoindicazione::NoSigningCertificateFound,
                        _ => Sottoindicazione::NoCertificateChainFound,
                    };
                    assert_eq!(motivo, Some(atteso), "{nome}: {rapporto:#?}");
                }
                "REJECT" | "MALFORMED" => {
                    assert_eq!(rapporto.indication, Some(Indicazione::TotalFailed), "{nome}: {rapporto:#?}");
                }
                "UNDECIDED" => assert_ne!(rapporto.indication, Some(Indicazione::TotalPassed), "{nome}"),
                altro => panic!("{nome}: {altro}"),
            }
            giudicate += 1;
        }
        println!("firma: {giudicate} real XML files judged");
        assert!(giudicate > 0, "no file of the corpus was judged");
    }

    /// Content, value, and what the signer says: three changes of every valid file, none goes unnoticed.
    #[test]
    fn mutants_of_real_xml_signatures_fail() {
        let Some((cartella, righe)) = file() else { return };
        let mut mutanti = 0;
        for riga in righe.iter().filter(|riga| riga["expect"] == "VALID") {
            let nome = &riga["file"];
            let testo = std::fs::read_to_string(cartella.join(nome)).unwrap();
            let prefisso =
                ["ds:", "dsig:", ""].iter().find(|p| testo.contains(&format!("<{p}SignatureValue"))).unwrap();
            let dopo = |segno: &str| {
                let inizio = testo.find(segno).unwrap_or_else(|| panic!("{segno} non è in {nome}"));
                let dentro = inizio + testo[inizio..].find('>').unwrap() + 1;
                dentro + testo[dentro..].find(|c: char| c.is_ascii_alphanumeric()).unwrap()
            };
            let contenuto = if testo.contains("<Verbale") {
                dopo("<Facolta>")
            } else {
                let ultimo = testo.rfind(&format!("<{prefisso}Object")).unwrap();
                dopo(testo[ultimo..].split_inclusive('>').next().filter(|t| !t.contains("/>")).unwrap())
            };
            let contenuto = if nome.contains("AT-1") { dopo("signed-data-0\">") } else { contenuto };
            let contenuto = if nome.contains("parer__xml_sig") { dopo("\"EnvelopedContent\"") } else { contenuto };
            let dichiarato = match testo.find("SigningTime>") {
                Some(_) => dopo("SigningTime>"),
                None => dopo(&format!("<{prefisso}DigestValue")),
            };
            for dove in [contenuto, dopo(&format!("<{prefisso}SignatureValue")), dichiarato] {
                let mut byte = testo.clone().into_bytes();
                byte[dove] = if byte[dove] == b'3' { b'4' } else { b'3' };
                let rapporto = verifica_xml(nome, &byte, &Fiducia::vuota());
                let intorno = &testo[dove.saturating_sub(60)..dove];
                assert_eq!(rapporto.indication, Some(Indicazione::TotalFailed), "{nome} dopo {intorno}: {rapporto:#?}");
                mutanti += 1;
            }
        }
        println!("firma: {mutanti} mutants of real XML files, all refused");
        assert!(mutanti >= 3, "no mutant was made");
    }
}
