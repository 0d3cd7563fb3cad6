//! The certificates of the data folder, trusted as they are.

use super::Fiduce;
use crate::firma::Fiducia;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Largest certificate file read, in bytes.
const MASSIMO_FILE: u64 = 4 * 1024 * 1024;

/// Why the authorities could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {causa}", file.display())]
pub struct Illeggibile {
    /// The file or folder.
    pub file: PathBuf,
    /// What is wrong.
    pub causa: String,
}

/// Reads every `.pem`, `.crt`, `.cer` and `.der` of `cartella/firme` and `cartella/gestori`; a folder that is not there holds none.
///
/// # Errors
/// A file that holds no certificate stops everything: trust is not to be guessed.
pub fn carica_fiduce(cartella: &Path) -> Result<Fiduce, Illeggibile> {
    Ok(Fiduce {
        firme: leggi(&cartella.join("firme"))?,
        gestori: leggi(&cartella.join("gestori"))?,
        ..Fiduce::default()
    })
}

fn leggi(cartella: &Path) -> Result<Fiducia, Illeggibile> {
    let mut fiducia = Fiducia::vuota();
    let no = |file: &Path, causa: &dyn ToString| Illeggibile { file: file.to_owned(), causa: causa.to_string() };
    let voci = match fs::read_dir(cartella) {
        Ok(voci) => voci,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(fiducia),
        Err(e) => return Err(no(cartella, &e)),
    };
    for voce in voci {
        let file = voce.map_err(|e| no(cartella, &e))?.path();
        let estensione = file.extension().and_then(|e| e.to_str()).unwrap_or("").to_lowercase();
        if !matches!(estensione.as_str(), "pem" | "crt" | "cer" | "der") {
            continue;
        }
        if fs::metadata(&file).map_err(|e| no(&file, &e))?.len() > MASSIMO_FILE {
            return Err(no(&file, &"è troppo grande per essere un certificato"));
        }
        let bytes = fs::read(&file).map_err(|e| no(&file, &e))?;
        fiducia.aggiungi_certificati(&bytes).map_err(|e| no(&file, &e))?;
    }
    Ok(fiducia)
}
