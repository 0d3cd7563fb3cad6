//! The seal: made here, verified by xmlsec1 and by ourselves, and every way to cheat with it.

use super::{fixtures, uscita};
use crate::firma::busta::{Mano, figli, oid, tlv};
use crate::firma::revoca::firmato;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use tabulario::firma::sigillo::{self, ChiaveSigillo, Errore, Sigillatore, Titolare};
use tabulario::firma::{Fiducia, Indicazione, Rapporto, verifica};
use tabulario::pec::busta::interoperabilita;
use tabulario::segnatura::{Lettura, Sigillo, allegato6};
use tabulario::valori::Istante;

/// When the fixtures are sealed.
pub const ISTANTE: &str = "2026-11-22T08:42:07Z";

fn istante() -> Istante {
    ISTANTE.parse().unwrap()
}

/// The key of a seal of the fixtures.
pub fn chiave(nome: &str) -> ChiaveSigillo {
    ChiaveSigillo::apri(&std::fs::read(fixtures().join(format!("../chiavi/{nome}.p12"))).unwrap(), "prova").unwrap()
}

fn certificato(nome: &str) -> std::path::PathBuf {
    fixtures().join(format!("../chiavi/{nome}.pem"))
}

fn fiducia(nome: &str) -> Fiducia {
    let mut fiducia = Fiducia::vuota();
    fiducia.aggiungi_certificati(&std::fs::read(certificato(nome)).unwrap()).unwrap();
    fiducia
}

fn sigillata(nome: &str) -> String {
    sigillo::apponi(&allegato6::segnatura(&uscita()).unwrap(), &chiave(nome), istante()).unwrap()
}

fn giudica(xml: &str) -> Rapporto {
    verifica(&mut xml.as_bytes(), None, Some("Segnatura.xml"), &fiducia("ca-firma"), istante(), &mut std::io::sink())
        .unwrap()
}

fn letta(xml: &str, ancora: &str) -> Lettura {
    interoperabilita::leggi(xml.as_bytes(), &fiducia(ancora), istante())
}

/// What an independent program says of the signature in a file.
fn xmlsec1(file: &Path) -> bool {
    let esito = Command::new("xmlsec1")
        .args(["--verify", "--enabled-key-data", "x509", "--verification-gmt-time", "2026-11-22 08:42:07"])
        .args(["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties", "--trusted-pem"])
        .arg(certificato("ca-firma"))
        .arg(file)
        .output();
    esito.expect("xmlsec1 is needed: see .ci/pacchetti.sh").status.success()
}

#[test]
fn a_seal_holds_for_xmlsec1_and_for_ourselves_and_an_altered_one_for_neither() {
    let cartella = tempfile::tempdir().unwrap();
    for nome in ["comune-rsa", "comune-rsa-3des", "comune-rsa-rc2", "comune-p256", "comune-non-qualificato"] {
        let xml = sigillata(nome);
        allegato6::schema().unwrap().valida(xml.as_bytes()).unwrap();
        let rapporto = giudica(&xml);
        let firma = &rapporto.signatures[0];
        assert_eq!(rapporto.indication, Some(Indicazione::TotalPassed), "{nome}: {rapporto:#?}");
        assert_eq!((rapporto.signatures.len(), firma.level.as_deref()), (1, Some("XAdES-BES")));
        assert_eq!(firma.signing_time, Some(istante()));
        assert_eq!(firma.qualified, Some(nome != "comune-non-qualificato"));
        let file = cartella.path().join(nome);
        std::fs::write(&file, &xml).unwrap();
        assert!(xmlsec1(&file), "{nome}");
        for (da, a) in
            [("favorevole", "contrario"), ("2026-11-22T08:42:07Z", "2025-11-22T08:42:07Z"), ("text/xml", "text/css")]
        {
            let altro = xml.replacen(da, a, 1);
            assert_ne!(altro, xml);
            std::fs::write(&file, &altro).unwrap();
            assert!(!xmlsec1(&file), "{nome} {da}");
            assert_eq!(giudica(&altro).indication, Some(Indicazione::TotalFailed), "{nome} {da}");
        }
    }
}

#[test]
fn the_value_of_an_ecdsa_seal_is_as_long_as_its_curve_asks() {
    let chiave = chiave("comune-p256");
    // One in 128 has a number that begins with a zero.
    for _ in 0..300 {
        let xml = sigillo::apponi("<a></a>", &chiave, istante()).unwrap();
        assert_eq!(giudica(&xml).indication, Some(Indicazione::TotalPassed), "{xml}");
    }
}

/// As a remote service would: it is given a digest, and knows nothing else.
struct Remoto(Vec<Vec<u8>>, Firma);

type Firma = fn(&[u8; 32]) -> Result<Vec<u8>, Errore>;

impl Sigillatore for Remoto {
    fn certificati(&self) -> &[Vec<u8>] {
        &self.0
    }
    fn firma(&self, impronta: &[u8; 32]) -> Result<Vec<u8>, Errore> {
        (self.1)(impronta)
    }
}

/// Another program signs the digest, with the same key.
fn openssl(impronta: &[u8; 32]) -> Result<Vec<u8>, Errore> {
    let cartella = tempfile::tempdir().unwrap();
    let (dentro, fuori) = (cartella.path().join("impronta"), cartella.path().join("valore"));
    std::fs::write(&dentro, impronta).unwrap();
    let esito = Command::new("openssl")
        .args(["pkeyutl", "-sign", "-pkeyopt", "digest:sha256", "-inkey"])
        .arg(certificato("comune-p256.key"))
        .arg("-in")
        .arg(&dentro)
        .arg("-out")
        .arg(&fuori)
        .status();
    assert!(esito.unwrap().success());
    Ok(std::fs::read(fuori).unwrap())
}

#[test]
fn whoever_holds_the_key_may_be_elsewhere_and_is_not_believed() {
    let nostri = chiave("comune-p256").certificati().to_vec();
    let xml = allegato6::segnatura(&uscita()).unwrap();
    let sigillata = sigillo::apponi(&xml, &Remoto(nostri.clone(), openssl), istante()).unwrap();
    assert_eq!(giudica(&sigillata).indication, Some(Indicazione::TotalPassed));
    let rifiuta = Remoto(nostri.clone(), |_| Err(Errore::Rifiutato("il PIN è scaduto".to_owned())));
    let esito = sigillo::apponi(&xml, &rifiuta, istante());
    assert_eq!(esito.unwrap_err().to_string(), "il sigillo non è stato apposto: il PIN è scaduto");
    let falsi: [Firma; 3] =
        [|_| Ok(Vec::new()), |_| Ok(vec![7; 64]), |_| Ok(b"\x30\x06\x02\x01\x01\x02\x01\x01".to_vec())];
    for falso in falsi {
        assert_eq!(sigillo::apponi(&xml, &Remoto(nostri.clone(), falso), istante()), Err(Errore::NonSuo));
    }
    assert_eq!(sigillo::apponi(&xml, &Remoto(Vec::new(), openssl), istante()), Err(Errore::Certificato("manca")));
}

#[test]
fn what_cannot_be_sealed_is_refused() {
    let chiave = chiave("comune-rsa");
    let no = |xml: &str, quando: &str| sigillo::apponi(xml, &chiave, quando.parse().unwrap()).unwrap_err();
    for xml in ["", "ciao", "<a>", "<!DOCTYPE a><a></a>", "<a></a><!-- </b> -->"] {
        assert!(matches!(no(xml, ISTANTE), Errore::Documento(_)), "{xml}");
    }
    assert_eq!(no(&sigillata("comune-rsa"), ISTANTE), Errore::Documento("ha già una firma"));
    for quando in ["2019-01-01T00:00:00Z", "2061-01-01T00:00:00Z"] {
        assert!(no("<a></a>", quando).to_string().contains("chiedine uno nuovo"), "{quando}");
    }
}

#[test]
fn a_file_that_is_no_key_says_why() {
    let file = |nome: &str| std::fs::read(fixtures().join(format!("../chiavi/{nome}"))).unwrap();
    let no = |byte: &[u8], parola: &str| ChiaveSigillo::apri(byte, parola).unwrap_err().to_string();
    let buono = file("comune-rsa.p12");
    assert!(no(&buono, "sbagliata").contains("password"));
    assert!(no(b"", "prova").contains("PKCS#12"));
    assert!(no(&file("comune-rsa.key.pem"), "prova").contains("PKCS#12"));
    assert!(no(&vec![0x30; 300 * 1024], "prova").contains("troppo grande"));
    for taglio in (0..buono.len()).step_by(37) {
        assert!(ChiaveSigillo::apri(&buono[..taglio], "prova").is_err());
    }
    assert!(!format!("{:?}", chiave("comune-rsa")).contains("Rsa"));
}

#[test]
fn a_seal_says_whose_it_is_and_what_it_lacks() {
    let di = |nome: &str| Titolare::leggi(&chiave(nome).certificati()[0]).unwrap();
    let buono = di("comune-rsa");
    assert_eq!(buono.organizzazione.as_deref(), Some("Comune di Borgo Esempio"));
    assert_eq!((buono.qualificato, buono.per_sigilli, buono.mancanza()), (true, true, None));
    assert!(di("comune-non-qualificato").mancanza().is_some());
    // The root is not sent: who verifies has it already.
    assert_eq!(chiave("comune-rsa").certificati().len(), 1);
}

#[test]
fn the_reader_says_what_it_thinks_of_the_seal() {
    let xml = sigillata("comune-rsa");
    let buona = letta(&xml, "ca-firma");
    assert_eq!((buona.valida, buona.sigillo), (true, Some(Sigillo::Valido)), "{:?}", buona.rilievi);
    assert_eq!(
        buona.rilievi,
        [
            "Sigillo: La revoca dei certificati non è stata controllata.",
            "Il sigillo è di «Comune di Borgo Esempio», il mittente dice di essere «Comune di Borgo Inventato»: controlla che siano lo stesso ente.",
            "Il sigillo non porta un codice IPA: che la segnatura sia dell'ente «c_x999» lo dice solo la segnatura."
        ]
    );
    let estranea = letta(&xml, "ca-estranea");
    assert_eq!(estranea.sigillo, Some(Sigillo::Indeterminato));
    assert!(estranea.rilievi.iter().any(|r| r.starts_with("Sigillo: ")), "{:?}", estranea.rilievi);
    let debole = letta(&sigillata("comune-non-qualificato"), "ca-firma");
    assert_eq!(debole.sigillo, Some(Sigillo::Valido));
    assert!(debole.rilievi.iter().any(|r| r.contains("certificato di firma")), "{:?}", debole.rilievi);
    let json: Value = serde_json::to_value(&buona).unwrap();
    assert_eq!(json["seal"], json!({ "indication": "TOTAL-PASSED", "holder": "Comune di Borgo Esempio" }));
    let alterata = letta(&xml.replace("favorevole", "contrario"), "ca-firma");
    assert_eq!((alterata.valida, alterata.sigillo), (true, Some(Sigillo::NonValido)));
    assert!(alterata.rilievi[0].contains("Chiedi al mittente"), "{:?}", alterata.rilievi);
}

/// A segnatura sealed with a certificate that says this of its organisation.
fn sigillata_da(identificativo: &str) -> String {
    let autorita = Mano::delle_fixture("ca-firma");
    let mut campi = figli(&figli(&chiave("comune-p256").certificati()[0])[0]);
    let suo = tlv(0x31, &tlv(0x30, &[oid("2.5.4.97"), tlv(12, identificativo.as_bytes())].concat()));
    campi[5] = tlv(0x30, &[figli(&campi[5]).concat(), suo].concat());
    let certificato = firmato(&autorita, tlv(0x30, &campi.concat()), b"");
    let xml = allegato6::segnatura(&uscita()).unwrap();
    sigillo::apponi(&xml, &Remoto(vec![certificato], openssl), istante()).unwrap()
}

#[test]
fn a_seal_confirms_the_code_that_it_bears_and_no_other() {
    let check = |identificativo: &str, ancora: &str, atteso: Option<bool>, frase: Option<&str>| {
        let letta = letta(&sigillata_da(identificativo), ancora);
        assert_eq!(letta.codice_confermato, atteso, "{identificativo}: {:?}", letta.rilievi);
        let detta = letta.rilievi.iter().find(|r| r.contains("codice IPA")).map(String::as_str);
        assert_eq!(detta, frase, "{identificativo}");
        assert_eq!(letta.titolare, Some(format!("Comune di Borgo Esempio ({identificativo})")));
        serde_json::to_value(&letta).unwrap()
    };
    let json = check("PA:IT-c_x999", "ca-firma", Some(true), None);
    let atteso = json!({ "indication": "TOTAL-PASSED", "holder": "Comune di Borgo Esempio (PA:IT-c_x999)", "codeConfirmed": true });
    assert_eq!(json["seal"], atteso);
    check("pa:it-C_X999", "ca-firma", Some(true), None);
    let altrui = "Il sigillo è dell'ente con codice IPA «c_y111», la segnatura dice di essere di «c_x999».";
    check("PA:IT-c_y111", "ca-firma", Some(false), Some(altrui));
    check("PA:IT-c_y111", "ca-estranea", Some(false), Some(altrui));
    // Whoever made it is not known: what it says confirms nothing.
    check("PA:IT-c_x999", "ca-estranea", None, None);
    for identificativo in ["VATIT-00000000000", "PA:DE-c_x999", "PA:IT"] {
        let frase = format!(
            "Il sigillo non porta un codice IPA ma «{identificativo}»: che la segnatura sia dell'ente «c_x999» lo dice solo la segnatura."
        );
        check(identificativo, "ca-firma", None, Some(&frase));
    }
    let alterata = sigillata_da("PA:IT-c_x999").replace("favorevole", "contrario");
    assert_eq!((letta(&alterata, "ca-firma").codice_confermato, letta(&alterata, "ca-firma").titolare), (None, None));
}

/// Every way to let another content pass under a true seal.
#[test]
fn a_seal_that_was_moved_doubled_or_renamed_does_not_pass() {
    let xml = sigillata("comune-rsa");
    let inizio = xml.find("<ds:Signature ").unwrap();
    let fine = xml.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let (testa, firma, coda) = (&xml[..inizio], &xml[inizio..fine], &xml[fine..]);
    let corpo = &xml[xml.find("<Seg").unwrap()..];
    let falso = testa[testa.find("<Seg").unwrap()..].replace("favorevole", "contrario");
    let (prima, dopo) = testa.split_once("<Descrizione>").unwrap();
    let (intestazione, resto) = prima.split_once("</Intestazione>").unwrap();
    let casi = [
        ("moved", format!("{intestazione}{firma}</Intestazione>{resto}<Descrizione>{dopo}{coda}")),
        ("doubled", format!("{testa}{firma}{firma}{coda}")),
        (
            "renamed",
            format!(
                "{testa}{}{coda}",
                firma.replace("ds:Signature ", "ds:Firma ").replace("ds:Signature>", "ds:Firma>")
            ),
        ),
        ("namespace", xml.replace("http://www.w3.org/2000/09/xmldsig#\" Id", "urn:altro\" Id")),
        ("root renamed", xml.replace("SegnaturaInformatica", "Segnatura")),
        (
            "wrapped",
            format!(
                "{falso}<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:Object>{corpo}</ds:Object></ds:Signature></SegnaturaInformatica>"
            ),
        ),
        (
            "inside out",
            xml.replace(
                "</ds:Signature>",
                &format!("<ds:Object>{falso}</SegnaturaInformatica></ds:Object></ds:Signature>"),
            ),
        ),
        (
            "added",
            xml.replace(
                "</Descrizione>",
                "<Allegato prot:nomeFile=\"x\" prot:mimeType=\"x\"><Impronta>AAAA</Impronta></Allegato></Descrizione>",
            ),
        ),
        (
            "reference taken away",
            xml.replace(
                "<ds:Reference Id=\"sigillo-dati\" URI=\"\">",
                "<ds:Reference Id=\"sigillo-dati\" URI=\"#sigillo-proprieta\">",
            ),
        ),
        ("doctype", xml.replacen("?>\n", "?>\n<!DOCTYPE SegnaturaInformatica [<!ENTITY x \"y\">]>\n", 1)),
        ("instruction", xml.replacen("?>\n", "?>\n<?xml-stylesheet href=\"altro.xsl\"?>\n", 1)),
    ];
    for (come, caso) in casi {
        assert_ne!(caso, xml, "{come}");
        let lettura = letta(&caso, "ca-firma");
        assert_ne!(lettura.sigillo, Some(Sigillo::Valido), "{come}: {:?}", lettura.rilievi);
        assert!(!lettura.rilievi.is_empty(), "{come}");
    }
}
