//! What a person brings: a file, an address, the bytes of a form.

use super::{Rete, Rifiuto, RifiutoRete};
use crate::firma::Domanda;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

/// Longest trusted list, in bytes: the reader of XML takes no more, and the longest of the Union has five millions.
pub const MASSIMA_LISTA_BYTE: u64 = 16 * 1024 * 1024;

/// Whence a list comes, of authorities or of revocations.
#[derive(Debug, Clone)]
pub enum Sorgente {
    /// A file of the disk.
    File(PathBuf),
    /// An address of the network.
    Url(String),
    /// Bytes that were sent, and the name they had.
    Byte {
        /// The name.
        nome: String,
        /// The bytes.
        byte: Vec<u8>,
    },
    /// The answer to a question that is put at an address.
    Domanda(Domanda),
}

impl Sorgente {
    /// A file or an address, as a person writes it.
    #[must_use]
    pub fn scritta(testo: &str) -> Self {
        let minuscolo = testo.to_ascii_lowercase();
        if minuscolo.starts_with("http://") || minuscolo.starts_with("https://") {
            Self::Url(testo.to_owned())
        } else {
            Self::File(PathBuf::from(testo))
        }
    }

    /// How it is called, in rows and sentences: of a file only the last part of the name.
    #[must_use]
    pub fn nome(&self) -> String {
        let nome = match self {
            Self::File(file) => file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned(),
            Self::Url(url) => url.clone(),
            Self::Domanda(domanda) => domanda.indirizzo.clone(),
            Self::Byte { nome, .. } => nome.clone(),
        };
        nome.chars().filter(|c| !c.is_control()).take(500).collect()
    }

    /// Its bytes, at most `massimo`; without `rete` nothing is fetched.
    pub(super) fn leggi(self, rete: Option<&Rete>, massimo: u64) -> Result<Vec<u8>, Rifiuto> {
        let byte = match self {
            Self::Byte { byte, .. } => byte,
            Self::Url(url) => {
                let rete = rete.ok_or(Rifiuto::Rete(RifiutoRete::Indirizzo))?;
                return Ok(rete.scarica(&url, massimo)?);
            }
            Self::Domanda(domanda) => {
                let rete = rete.ok_or(Rifiuto::Rete(RifiutoRete::Indirizzo))?;
                return Ok(rete.chiedi(&domanda, massimo)?);
            }
            Self::File(file) => {
                let mut byte = Vec::new();
                let aperto = File::open(file).map_err(Rifiuto::File)?;
                aperto.take(massimo.saturating_add(1)).read_to_end(&mut byte).map_err(Rifiuto::File)?;
                byte
            }
        };
        if u64::try_from(byte.len()).unwrap_or(u64::MAX) > massimo {
            return Err(Rifiuto::TroppoGrande(massimo / (1024 * 1024)));
        }
        Ok(byte)
    }
}
