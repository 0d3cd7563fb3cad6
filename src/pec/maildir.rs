//! A Maildir: a message is a file, its name up to `:2,` never changes, and moving it to `cur` with the flag `S` says it was read.

use super::Errore;
use std::ffi::OsStr;
use std::fmt::Write as _;
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
    /// Its length.
    pub byte: u64,
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
                let nome = leggibile(file.file_name().unwrap_or_default());
                // A link counts for what it leads to.
                let Some(dati) = fs::metadata(&file).ok().filter(|d| d.is_file() && !nome.starts_with('.')) else {
                    continue;
                };
                let chiave = nome.split(":2,").next().unwrap_or(&nome).to_owned();
                lettere.push(Lettera { chiave, file, byte: dati.len() });
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

/// A name as text: one that is not UTF-8 with each byte that is not ASCII as `%E8`, so that no message is passed over.
fn leggibile(nome: &OsStr) -> String {
    match nome.to_str() {
        Some(nome) => nome.to_owned(),
        None => nome.as_encoded_bytes().iter().fold(String::new(), |mut testo, byte| {
            if byte.is_ascii() {
                testo.push(char::from(*byte));
            } else {
                // Writing to a String does not fail.
                let _ = write!(testo, "%{byte:02X}");
            }
            testo
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn a_message_whose_name_is_not_utf8_is_not_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        for ramo in ["new", "cur"] {
            fs::create_dir(dir.path().join(ramo)).unwrap();
        }
        fs::write(dir.path().join("new").join(OsStr::from_bytes(b"17.posta\xe8.host")), "Subject: x").unwrap();
        let maildir = Maildir::new(dir.path()).unwrap();
        let chiavi = || maildir.lettere().unwrap().into_iter().map(|l| l.chiave).collect::<Vec<_>>();
        assert_eq!(chiavi(), ["17.posta%E8.host"]);
        maildir.segna(&maildir.lettere().unwrap()[0]).unwrap();
        assert!(dir.path().join("cur/17.posta%E8.host:2,S").is_file());
        assert_eq!(chiavi(), ["17.posta%E8.host"]);
    }
}
