//! `tabulario importa fiducia`, as a process.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn fixture(nome: &str) -> String {
    let file: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(nome);
    file.to_str().unwrap().to_owned()
}

/// On a folder of its own, where our lists are in force and no network is needed.
fn importa(dir: &Path, argomenti: &[&str]) -> (Option<i32>, String, String) {
    let esito: Output = Command::new(env!("CARGO_BIN_EXE_tabulario"))
        .args(["importa", "fiducia", "--dir"])
        .arg(dir)
        .args(argomenti)
        .env("TABULARIO_OROLOGIO", "2026-11-20T12:00:00Z")
        .env("TABULARIO_FIDUCIA__PROXY", "nessuno")
        .env_remove("TABULARIO_DATABASE_URL")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let testo = |b: &[u8]| String::from_utf8(b.to_vec()).unwrap();
    (esito.status.code(), testo(&esito.stdout), testo(&esito.stderr))
}

#[test]
fn the_command_says_what_it_keeps_and_what_it_refuses() {
    let dir = tempfile::tempdir().unwrap();
    let [lotl, sesta, settima, tedesca] =
        ["lotl", "lista-v6", "lista-n7", "lista-de"].map(|n| fixture(&format!("fiducia/{n}.xml")));
    let firmatario = fixture("chiavi/vellini-rsa.pem");
    let con = |altri: &[&str]| {
        let argomenti = [&["--firmatari", firmatario.as_str()], altri].concat();
        importa(dir.path(), &argomenti)
    };
    // Looking keeps nothing: the second time it is still new.
    for _ in 0..2 {
        let (codice, out, err) = con(&["--anteprima", &lotl, &sesta]);
        assert_eq!(codice, Some(0), "{out}{err}");
        assert!(out.contains("IT n. 6 (lista-v6.xml): si può conservare."), "{out}");
        assert!(out.contains("  + TEST - non valida - Prestatore: TEST - CA di firma"), "{out}");
        assert!(err.contains("Leggo lista-v6.xml"), "{err}");
    }
    let (codice, out, _) = con(&[&lotl, &sesta, &tedesca]);
    assert_eq!(codice, Some(1), "{out}");
    assert!(
        out.contains("EU n. 12 (lotl.xml): conservata.") && out.contains("IT n. 6 (lista-v6.xml): conservata."),
        "{out}"
    );
    assert!(out.contains("DE n. 3 (lista-de.xml): RIFIUTATA: è la lista di DE, mentre qui serve: IT."), "{out}");
    let (codice, out, _) = con(&["--json", "--paesi", "IT,DE", &settima, &sesta, &tedesca]);
    assert_eq!(codice, Some(0), "{out}");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["ok"], true);
    let esiti: Vec<_> = json["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["territory"].as_str().unwrap(), r["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(esiti, [("IT", "accepted"), ("IT", "present"), ("DE", "accepted")], "{out}");
    assert_eq!(json["results"][0]["withdrawn"][0], "TEST - non valida - Prestatore: TEST - CA di firma");
    assert_eq!(json["results"][0]["added"][0], "TEST - non valida - Prestatore: TEST - CA nuova");
    let (codice, out, _) = con(&["--json", &sesta]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (codice, &json["ok"], json["results"][0]["outcome"].as_str()),
        (Some(1), &false.into(), Some("refused"))
    );
    assert!(json["results"][0]["reason"].as_str().unwrap().contains("più vecchia della n. 7"), "{out}");
}

#[test]
fn wrong_use_is_told_from_a_refusal() {
    let dir = tempfile::tempdir().unwrap();
    let sesta = fixture("fiducia/lista-v6.xml");
    let (codice, _, err) = importa(dir.path(), &["--paesi", "Italia", &sesta]);
    assert!(codice == Some(2) && err.contains("due lettere"), "{err}");
    let (codice, _, err) = importa(dir.path(), &["--firmatari", &sesta, &sesta]);
    assert!(codice == Some(2) && err.contains("lista di fiducia"), "{err}");
    let (codice, _, err) = importa(dir.path(), &["--pec", "/non/esiste"]);
    assert!(codice == Some(2) && err.contains("/non/esiste"), "{err}");
    let (codice, out, _) = importa(dir.path(), &["--pec", &sesta]);
    assert!(codice == Some(1) && out.contains("lista-v6.xml: RIFIUTATA"), "{out}");
}

#[test]
fn certificates_of_providers_are_imported_from_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let cartella = dir.path().join("gestori");
    std::fs::create_dir(&cartella).unwrap();
    for nome in ["ca-gestori.pem", "ca-estranea.pem", "ca-gestori.key.pem"] {
        std::fs::copy(fixture(&format!("chiavi/{nome}")), cartella.join(nome)).unwrap();
    }
    let cartella = cartella.to_str().unwrap();
    for (atteso, argomenti) in [
        ("gestori: si può conservare.", vec!["--pec", cartella, "--anteprima"]),
        ("gestori: conservata.", vec!["--pec", cartella]),
        ("gestori: già conservata", vec!["--pec", cartella]),
    ] {
        let (codice, out, err) = importa(dir.path(), &argomenti);
        assert!(codice == Some(0) && out.contains(atteso) && out.contains("certificati: 2"), "{out}{err}");
    }
}

/// `tabulario importa revoche` or `verifica`, on a folder that trusts our authority.
fn revoche(dir: &Path, comando: &[&str], argomenti: &[&str]) -> (Option<i32>, String, String) {
    let firme = dir.join("fiducia/firme");
    std::fs::create_dir_all(&firme).unwrap();
    std::fs::copy(fixture("chiavi/ca-firma.pem"), firme.join("ca-firma.pem")).unwrap();
    let esito = Command::new(env!("CARGO_BIN_EXE_tabulario"))
        .args(comando)
        .args(argomenti)
        .env("TABULARIO_OROLOGIO", "2026-11-20T12:00:00Z")
        .env("TABULARIO_FIDUCIA__PROXY", "nessuno")
        .env_remove("TABULARIO_DATABASE_URL")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let testo = |b: &[u8]| String::from_utf8(b.to_vec()).unwrap();
    (esito.status.code(), testo(&esito.stdout), testo(&esito.stderr))
}

#[test]
fn revocation_lists_are_imported_by_the_command() {
    let dir = tempfile::tempdir().unwrap();
    let cartella = dir.path().to_str().unwrap();
    let importa = |argomenti: &[&str]| revoche(dir.path(), &["importa", "revoche", "--dir", cartella], argomenti);
    let [una, due, omonima] = ["ca-firma-1", "ca-firma-2", "omonima"].map(|n| fixture(&format!("revoche/{n}.pem")));
    // Nobody's certificate says where its lists are.
    let (codice, _, err) = importa(&[]);
    assert!(codice == Some(2) && err.contains("Nessun certificato delle autorità riconosciute"), "{err}");
    for _ in 0..2 {
        let (codice, out, err) = importa(&["--anteprima", &una]);
        assert_eq!(codice, Some(0), "{out}{err}");
        assert!(
            out.contains("Revoche di TEST - non valida - CA Tabulario (ca-firma-1.pem): si può conservare."),
            "{out}"
        );
        assert!(
            out.contains("emessa il 19/11/2026")
                && out.contains("n. 1, certificati: 1, da sostituire entro il 26/11/2026"),
            "{out}"
        );
    }
    let (codice, out, _) = importa(&[&una, &omonima]);
    assert!(
        codice == Some(1)
            && out.contains("(ca-firma-1.pem): conservata.")
            && out.contains("omonima.pem: RIFIUTATA: porta il nome di"),
        "{out}"
    );
    let (codice, out, _) = importa(&["--json", &due, &una]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let esiti: Vec<_> = json["results"].as_array().unwrap().iter().map(|r| r["outcome"].as_str().unwrap()).collect();
    assert_eq!((codice, esiti), (Some(1), vec!["accepted", "refused"]), "{out}");
    assert_eq!(json["results"][0]["number"], "2");
    assert_eq!(json["results"][0]["entries"], 2);
    // A folder, by the names of its files.
    let (codice, out, _) = importa(&[&fixture("revoche")]);
    assert!(
        codice == Some(1)
            && out.contains("ca-firma-2.pem: già conservata")
            && out.contains("ca-firma-scaduta.pem: RIFIUTATA: è scaduta"),
        "{out}"
    );
    let (codice, _, err) = importa(&[&fixture("posta")]);
    assert!(codice == Some(2) && err.contains("non contiene dati di revoca"), "{err}");
    let (codice, out, _) = importa(&["http://127.0.0.1:1/ca.crl"]);
    assert!(codice == Some(1) && out.contains("fiducia.indirizzi_privati"), "{out}");
}

#[test]
fn a_file_is_verified_with_revocation_lists_given_by_hand() {
    let dir = tempfile::tempdir().unwrap();
    let (file, ca) = (fixture("firma/rsa-der.pdf.p7m"), fixture("chiavi/ca-firma.pem"));
    let verifica = |argomenti: &[&str]| {
        let comuni = ["verifica", &file, "--fiducia", &ca, "--istante", "2026-11-20T12:00:00Z"];
        revoche(dir.path(), &comuni, argomenti)
    };
    let (codice, out, _) = verifica(&[]);
    assert!(codice == Some(0) && out.contains("La revoca dei certificati non è stata controllata."), "{out}");
    let (codice, out, err) = verifica(&["--revoche", &fixture("revoche/ca-firma-1.pem")]);
    assert!(codice == Some(0) && out.contains("non risultava revocato il 19/11/2026"), "{out}{err}");
    // The word of somebody with the same name counts for nothing; all together, that of who took the certificate back.
    let (codice, out, _) = verifica(&["--revoche", &fixture("revoche/omonima.pem")]);
    assert!(codice == Some(0) && out.contains("La revoca dei certificati non è stata controllata."), "{out}");
    let (codice, out, _) = verifica(&["--json", "--revoche", &fixture("revoche")]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((codice, json["signatures"][0]["subIndication"].as_str()), (Some(1), Some("REVOKED_NO_POE")), "{out}");
    let (codice, out, err) = verifica(&["--revoche", &ca]);
    assert!(codice == Some(2) && out.is_empty() && err.contains("serve una lista in DER o PEM"), "{out}{err}");
    let (codice, _, err) = verifica(&["--revoche", &fixture("posta")]);
    assert!(codice == Some(2) && err.contains("non contiene dati di revoca"), "{err}");
}
