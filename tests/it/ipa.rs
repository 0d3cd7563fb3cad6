//! The IPA: a copy that is imported whole, written only where it changed, found in the rubrica, and never of less than is known.

mod gruppi;
mod importazione;
mod ricerca;

use crate::casa::{Casa, comando};
use std::path::{Path, PathBuf};

/// The fixtures, in the order in which they are imported.
const FILE: [&str; 3] = ["amministrazioni.csv", "aoo.csv", "uo.csv"];

fn fixture(nome: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ipa").join(nome)
}

fn testo(nome: &str) -> String {
    std::fs::read_to_string(fixture(nome)).unwrap()
}

/// `tabulario importa ipa`: exit status and all that it said.
fn importa(casa: &Casa, argomenti: &[&str]) -> (Option<i32>, String) {
    let esito = comando(casa, &[&["importa", "ipa"], argomenti].concat());
    (esito.status.code(), [esito.stdout, esito.stderr].map(|b| String::from_utf8(b).unwrap()).concat())
}

/// The three fixtures.
pub fn importa_tutto(casa: &Casa) {
    let file = FILE.map(|f| fixture(f).to_str().unwrap().to_owned());
    let (esito, detto) =
        importa(casa, &[&["--dati-al", "2026-10-31"], file.each_ref().map(String::as_str).as_slice()].concat());
    assert_eq!(esito, Some(0), "{detto}");
}

/// A file of the test.
fn scrivi(casa: &Casa, nome: &str, byte: &[u8]) -> String {
    let strada = casa.dir.path().join(nome);
    std::fs::write(&strada, byte).unwrap();
    strada.to_str().unwrap().to_owned()
}

fn integra(casa: &Casa) {
    let esito = comando(casa, &["controlla"]);
    assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stdout));
}
