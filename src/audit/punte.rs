//! Tips kept apart: the last link of each chain, written to small files that are better kept on another disk.
//!
//! A database restored from an older copy is whole in itself; only a tip that was written elsewhere can tell that links are
//! missing. Each file is replaced by rename, so it holds one tip or the one before, never half.

use crate::storage::schema::{catene, eventi};
use crate::storage::{Conn, Errore};
use crate::valori::AooId;
use diesel::prelude::*;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// The last link of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Punta {
    /// The AOO.
    pub aoo: AooId,
    /// Place of the last link.
    pub posizione: i64,
    /// The link.
    pub anello: String,
    /// The last number that the register of the AOO had given by then, if whoever wrote the tip knew.
    pub ultimo: Option<Ultimo>,
}

/// The last number of a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ultimo {
    /// The code of the register.
    pub registro: String,
    /// The year.
    pub anno: i32,
    /// The number.
    pub numero: i64,
}

/// The tips of all chains in the database.
///
/// # Errors
/// Those of the database, or an AOO id that is none.
pub fn tutte(conn: &mut Conn) -> Result<Vec<Punta>, Errore> {
    let righe: Vec<(String, i64, String)> =
        catene::table.order(catene::aoo_id).select((catene::aoo_id, catene::posizione, catene::anello)).load(conn)?;
    righe
        .into_iter()
        .map(|(aoo, posizione, anello)| {
            let aoo = aoo.parse().map_err(|e| Errore::riga("catene", e))?;
            Ok(Punta { aoo, posizione, anello, ultimo: None })
        })
        .collect()
}

/// Writes each tip to its file in `cartella`, synced; a tip that is already there is not written again.
///
/// # Errors
/// Those of the file system.
pub fn scrivi(cartella: &Path, punte: &[Punta]) -> io::Result<()> {
    fs::create_dir_all(cartella)?;
    for punta in punte {
        let ultimo = punta.ultimo.as_ref().map(|u| format!("{} {} {}\n", u.registro, u.anno, u.numero));
        let testo = format!("{} {}\n{}", punta.posizione, punta.anello, ultimo.unwrap_or_default());
        let file = cartella.join(punta.aoo.to_string());
        if fs::read_to_string(&file).is_ok_and(|c| c == testo) {
            continue;
        }
        let nuovo = cartella.join(format!("{}.nuova", punta.aoo));
        let mut f = File::create(&nuovo)?;
        f.write_all(testo.as_bytes())?;
        f.sync_all()?;
        fs::rename(&nuovo, &file)?;
        File::open(cartella)?.sync_all()?;
    }
    Ok(())
}

/// The tips that were written apart; a folder that is not there holds none.
///
/// # Errors
/// Those of the file system, and a file that is not a tip.
pub fn leggi(cartella: &Path) -> io::Result<Vec<Punta>> {
    let mut punte = Vec::new();
    let voci = match fs::read_dir(cartella) {
        Ok(voci) => voci,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(punte),
        Err(e) => return Err(e),
    };
    for voce in voci {
        let percorso = voce?.path();
        let Some(Ok(aoo)) = percorso.file_name().and_then(|n| n.to_str()).map(str::parse) else { continue };
        let testo = fs::read_to_string(&percorso)?;
        let punta = intendi(aoo, &testo);
        punte.push(punta.ok_or_else(|| io::Error::other(format!("{} non è una punta", percorso.display())))?);
    }
    Ok(punte)
}

/// Position and link; on a second line register, year and number.
fn intendi(aoo: AooId, testo: &str) -> Option<Punta> {
    let mut righe = testo.lines();
    let (posizione, anello) = righe.next()?.split_once(' ')?;
    let ultimo = match righe.next() {
        None => None,
        Some(riga) => {
            let [registro, anno, numero] = riga.split(' ').collect::<Vec<_>>().try_into().ok()?;
            Some(Ultimo { registro: registro.to_owned(), anno: anno.parse().ok()?, numero: numero.parse().ok()? })
        }
    };
    Some(Punta { aoo, posizione: posizione.parse().ok()?, anello: anello.to_owned(), ultimo })
}

/// Of these tips, those that no chain holds: links which were acknowledged are gone.
///
/// # Errors
/// Those of the database.
pub fn smarrite(conn: &mut Conn, apparte: Vec<Punta>) -> Result<Vec<Punta>, Errore> {
    let mut smarrite = Vec::new();
    for punta in apparte {
        let anello: Option<String> = eventi::table
            .filter(eventi::aoo_id.eq(punta.aoo.to_string()).and(eventi::posizione.eq(punta.posizione)))
            .select(eventi::anello)
            .first(conn)
            .optional()?;
        if anello.as_ref() != Some(&punta.anello) {
            smarrite.push(punta);
        }
    }
    Ok(smarrite)
}
