//! `tabulario demo`: from nothing to a register that is whole; killed and repeated, the same.

use crate::casa::{leggi, libera};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn demo(dir: &Path, altro: &[&str]) -> Output {
    let mut comando = Command::new(env!("CARGO_BIN_EXE_tabulario"));
    comando.arg("demo").arg("--dir").arg(dir).args(altro).env("TABULARIO_LOG__LIVELLO", "error");
    comando.stdin(Stdio::null()).output().expect("the program runs")
}

fn riepilogo(uscita: &Output) -> Value {
    assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stderr));
    serde_json::from_slice(&uscita.stdout).unwrap()
}

#[test]
fn it_does_everything_and_a_second_time_nothing_more() {
    let dir = tempfile::tempdir().unwrap();
    let prima = riepilogo(&demo(dir.path(), &["--once"]));
    assert_eq!((&prima["audit"], &prima["segnature_valid"]), (&Value::from("ok"), &Value::from(3)));
    assert!(prima["messages"].as_u64().unwrap() >= 15 && prima["registered"].as_u64().unwrap() >= 10, "{prima}");
    assert_eq!(prima["signatures"]["TOTAL-FAILED"], 1, "{prima}");
    assert!(prima["signatures"]["TOTAL-PASSED"].as_u64().unwrap() >= 2, "{prima}");
    assert_eq!(std::fs::read_dir(dir.path().join("uscita/pec")).unwrap().count(), 3);
    let chiavi: Value = serde_json::from_slice(&std::fs::read(dir.path().join("demo.json")).unwrap()).unwrap();
    assert!(chiavi["token"].is_string() && chiavi["users"].as_array().unwrap().len() >= 5);
    let ancora = riepilogo(&demo(dir.path(), &["--once"]));
    for campo in ["messages", "registered", "signatures", "segnature_valid"] {
        assert_eq!(ancora[campo], prima[campo], "{campo}");
    }
    let dopo: Value = serde_json::from_slice(&std::fs::read(dir.path().join("demo.json")).unwrap()).unwrap();
    assert_eq!(dopo["token"], chiavi["token"]);
}

#[test]
fn its_folder_may_be_named_from_where_one_stands() {
    let dir = tempfile::tempdir().unwrap();
    let mut comando = Command::new(env!("CARGO_BIN_EXE_tabulario"));
    comando.args(["demo", "--once", "--dir", "qui"]).current_dir(dir.path()).env("TABULARIO_LOG__LIVELLO", "error");
    let prima = riepilogo(&comando.output().expect("the program runs"));
    let altrove = riepilogo(&demo(&dir.path().join("qui"), &["--once"]));
    assert_eq!((&altrove["messages"], &altrove["registered"]), (&prima["messages"], &prima["registered"]));
}

#[test]
fn anybody_s_messages_go_the_same_way_and_their_folder_stays_as_it_was() {
    let (dir, posta) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::create_dir_all(posta.path().join("new")).unwrap();
    std::fs::create_dir_all(posta.path().join("cur")).unwrap();
    std::fs::write(posta.path().join("new/1.a"), b"From: a@b.it\r\nTo: c@d.it\r\nSubject: Prova\r\n\r\nTesto\r\n")
        .unwrap();
    std::fs::write(posta.path().join("cur/2.b:2,S"), b"\xff\xfe non una mail").unwrap();
    let fatto = riepilogo(&demo(dir.path(), &["--once", "--posta", posta.path().to_str().unwrap()]));
    assert_eq!((&fatto["messages"], &fatto["audit"]), (&Value::from(2), &Value::from("ok")), "{fatto}");
    assert!(fatto["registered"].as_u64().unwrap() >= 2, "{fatto}");
    assert!(posta.path().join("new/1.a").exists() && posta.path().join("cur/2.b:2,S").exists());
}

#[test]
fn the_pages_are_served_until_told_to_stop_and_a_busy_port_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let porta = libera();
    let mut figlio = Command::new(env!("CARGO_BIN_EXE_tabulario"))
        .args(["demo", "--port", &porta.to_string(), "--dir"])
        .arg(dir.path())
        .env("TABULARIO_LOG__LIVELLO", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let url = format!("http://127.0.0.1:{porta}");
    while crate::casa::chiama("GET", &format!("{url}/pronto"), "", None, None).is_none_or(|r| r.stato != 200) {
        assert!(figlio.try_wait().unwrap().is_none(), "the demonstration stopped");
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
    let chiavi: Value = serde_json::from_slice(&std::fs::read(dir.path().join("demo.json")).unwrap()).unwrap();
    assert_eq!(chiavi["url"], url);
    let elenco = leggi(&format!("{url}/api/v1/registrazioni"), chiavi["token"].as_str().unwrap()).json();
    assert!(elenco["risultati"].as_array().unwrap().len() >= 10);
    let occupata = demo(tempfile::tempdir().unwrap().path(), &["--port", &porta.to_string()]);
    assert_eq!(occupata.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&occupata.stderr).contains(&porta.to_string()));
    assert!(Command::new("kill").args(["-TERM", &figlio.id().to_string()]).status().unwrap().success());
    assert_eq!(figlio.wait().unwrap().code(), Some(0));
}
