//! The mailbox of the demonstration: our sample messages, or a copy of anybody's.

use super::comune::Comune;
use crate::cli::Errore;
use crate::cli::ambiente::Ambiente;
use crate::pec;
use crate::valori::Attore;
use rust_embed::RustEmbed;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Our own messages, made by `fixtures/genera.py`.
#[derive(RustEmbed)]
#[folder = "fixtures/posta"]
struct Messaggi;

/// The authorities that signed them: test keys that say so.
const CA_FIRMA: &[u8] = include_bytes!("../../../fixtures/chiavi/ca-firma.pem");
const CA_GESTORI: &[u8] = include_bytes!("../../../fixtures/chiavi/ca-gestori.pem");

/// Trusts the test authorities, in this folder only.
pub(super) fn fiducia(ambiente: &Ambiente) -> Result<(), Errore> {
    for (ramo, nome, bytes) in [("firme", "ca-firma.pem", CA_FIRMA), ("gestori", "ca-gestori.pem", CA_GESTORI)] {
        let cartella = ambiente.config.dir.join("fiducia").join(ramo);
        fs::create_dir_all(&cartella).map_err(Errore::file(&cartella))?;
        metti(&cartella.join(nome), bytes)?;
    }
    Ok(())
}

/// Puts every message that is not there yet into the mailbox, and makes the mailbox known.
pub(super) fn imbuca(ambiente: &Ambiente, comune: &Comune, da: Option<&Path>) -> Result<(), Errore> {
    let maildir = ambiente.config.dir.join("posta");
    for ramo in ["new", "cur", "tmp"] {
        let cartella = maildir.join(ramo);
        fs::create_dir_all(&cartella).map_err(Errore::file(&cartella))?;
    }
    let gia = |nome: &str| {
        maildir.join("new").join(nome).exists() || maildir.join("cur").join(format!("{nome}:2,S")).exists()
    };
    match da {
        None => {
            for nome in Messaggi::iter().filter(|n| n.ends_with(".eml") && !gia(n)) {
                let Some(file) = Messaggi::get(&nome) else { continue };
                metti(&maildir.join("new").join(&*nome), &file.data)?;
            }
        }
        Some(altra) => {
            for (nome, file) in lettere(altra)?.into_iter().filter(|(n, _)| !gia(n)) {
                let tmp = maildir.join("tmp").join(&nome);
                fs::copy(&file, &tmp).map_err(Errore::file(&file))?;
                File::open(&tmp).and_then(|f| f.sync_all()).map_err(Errore::file(&tmp))?;
                let new = maildir.join("new").join(&nome);
                fs::rename(&tmp, &new).map_err(Errore::file(&new))?;
            }
        }
    }
    let io = Attore::Sistema("demo");
    ambiente.db.scrivi(comune.aoo.id, &io, |op| {
        if pec::caselle(op.conn)?.iter().any(|c| c.aoo == comune.aoo.id) {
            return Ok(());
        }
        pec::aggiungi_casella(op, comune.aoo.pec.clone(), &maildir).map(drop)
    })?;
    Ok(())
}

/// The messages of a Maildir, or of a plain folder of files, each with the name it will have in ours.
fn lettere(cartella: &Path) -> Result<Vec<(String, PathBuf)>, Errore> {
    let e_maildir = cartella.join("new").is_dir() || cartella.join("cur").is_dir();
    let rami = if e_maildir { vec![cartella.join("new"), cartella.join("cur")] } else { vec![cartella.to_owned()] };
    let mut lettere = Vec::new();
    for ramo in rami.iter().filter(|r| r.is_dir() || !e_maildir) {
        for voce in fs::read_dir(ramo).map_err(Errore::file(ramo))? {
            let file = voce.map_err(Errore::file(ramo))?.path();
            let nome = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if file.is_file() && !nome.starts_with('.') {
                lettere.push((nome.split(":2,").next().unwrap_or(&nome).to_owned(), file));
            }
        }
    }
    lettere.sort();
    Ok(lettere)
}

/// Writes a small file, whole or not there.
fn metti(file: &Path, bytes: &[u8]) -> Result<(), Errore> {
    let nuovo = file.with_extension("nuovo");
    let scrivi = || -> io::Result<()> {
        let mut f = File::create(&nuovo)?;
        f.write_all(bytes)?;
        f.sync_all()?;
        fs::rename(&nuovo, file)
    };
    scrivi().map_err(Errore::file(file))
}
