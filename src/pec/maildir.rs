//! A Maildir: a message is a file, its name up to `:2,` never changes, and moving it to `cur` with the flag `S` says it was read.

use super::Errore;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A Maildir that is there.
pub(super) struct Maildir(PathBuf);

/// A message as it lies in the folder.
pub(super) struct Lettera {
    /// The part of its name that never changes.
    pub chiave: String,
    /// Where it is.
    pub file: PathBuf,
}

impl Maildir {
    /// Takes a folder with `new` and `cur` in it.
    pub(super) fn new(cartella: &Path) -> Result<Self, Errore> {
        if cartella.join("new").is_dir() && cartella.join("cur").is_dir() {
            Ok(Self(cartella.to_owned()))
        } else {
            Err(Errore::NonMaildir(cartella.to_owned()))
        }
    }

    /// Every message, oldest name first: names begin with the time of delivery.
    pub(super) fn lettere(&self) -> Result<Vec<Lettera>, Errore> {
        let mut lettere = Vec::new();
        for ramo in ["new", "cur"] {
            let cartella = self.0.join(ramo);
            let errore = |causa| Errore::Casella { dove: cartella.clone(), causa };
            for voce in fs::read_dir(&cartella).map_err(errore)? {
                let file = voce.map_err(errore)?.path();
                let Some(nome) = file.file_name().and_then(|n| n.to_str()) else { continue };
                if nome.starts_with('.') || !file.is_file() {
                    continue;
                }
                let chiave = nome.split(":2,").next().unwrap_or(nome).to_owned();
                lettere.push(Lettera { chiave, file });
            }
        }
        lettere.sort_by(|a, b| a.chiave.cmp(&b.chiave));
        Ok(lettere)
    }

    /// Marks a message as taken: after it is stored and committed, never before. Marking twice changes nothing.
    pub(super) fn segna(&self, lettera: &Lettera) -> Result<(), Errore> {
        let in_new = lettera.file.parent().is_some_and(|p| p.ends_with("new"));
        if !in_new {
            return Ok(());
        }
        let cur = self.0.join("cur").join(format!("{}:2,S", lettera.chiave));
        match fs::rename(&lettera.file, &cur) {
            Err(causa) if causa.kind() != io::ErrorKind::NotFound => Err(Errore::Casella { dove: cur, causa }),
            _ => Ok(()),
        }
    }
}
