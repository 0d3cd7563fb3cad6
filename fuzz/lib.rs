//! The modules of Tabulario that read what strangers send, without the rest of it, and what must be true of them.
#![allow(missing_docs)]

// The properties name the program by its name, as tests do.
extern crate self as tabulario;

#[path = "../src/firma/mod.rs"]
pub mod firma;
#[path = "../src/segnatura/mod.rs"]
pub mod segnatura;
#[path = "../src/valori/mod.rs"]
pub mod valori;

/// Of the mail, the reader alone: the rest of it is database.
#[path = "."]
pub mod pec {
    #[path = "../src/pec/busta/mod.rs"]
    pub mod busta;
}

#[allow(dead_code)]
#[path = "../tests/it/firma/busta.rs"]
mod busta;
#[path = "../tests/it/firma/proprieta/mod.rs"]
pub mod proprieta;

use std::path::{Path, PathBuf};

const DOCUMENTO: &[u8] = b"Si dispone l'apertura dello sportello.\n";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

fn istante() -> valori::Istante {
    "2026-11-20T12:00:00+01:00".parse().unwrap()
}

fn ca() -> firma::Fiducia {
    let mut fiducia = firma::Fiducia::vuota();
    fiducia.aggiungi_certificati(&std::fs::read(fixtures().join("chiavi/ca-firma.pem")).unwrap()).unwrap();
    fiducia
}
