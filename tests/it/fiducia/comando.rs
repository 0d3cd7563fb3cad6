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
