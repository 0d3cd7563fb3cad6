//! Making the index again from the database, also while the server runs: in a new folder, then a switch by rename.

use super::Errore;
use super::avanza::passo;
use super::indice::{Aperto, attuale, della, sostituisci};
use crate::audit;
use crate::storage::Db;
use std::fs::{self, File, TryLockError};
use std::path::Path;

/// File that is locked by whoever makes the index again.
const BLOCCO: &str = "reindicizza.blocco";

/// Makes the index in `cartella` again and puts it in use; `avanzamento` is told how many events were read. The text of files
/// that nobody has read yet comes later, as for new ones. Returns how many events the new index has seen.
///
/// # Errors
/// If it is being made again already, or the folder or the database fail; then the one in use stays.
pub fn reindicizza(cartella: &Path, db: &Db, avanzamento: &mut dyn FnMut(u64)) -> Result<u64, Errore> {
    fs::create_dir_all(cartella).map_err(della(cartella))?;
    let blocco = File::create(cartella.join(BLOCCO)).map_err(della(cartella))?;
    match blocco.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(Errore::InCorso(cartella.to_owned())),
        Err(TryLockError::Error(causa)) => return Err(della(cartella)(causa)),
    }
    pulisci(cartella, None);
    let nuovo = Aperto::crea(cartella)?;
    let mut ancora = true;
    while ancora {
        ancora = passo(&nuovo, db)?;
        avanzamento(visti_da(&nuovo));
    }
    let visti = visti_da(&nuovo);
    let nome = nuovo.nome.clone();
    // Its writer goes first, so that the server finds it free.
    drop(nuovo);
    sostituisci(cartella, &nome)?;
    pulisci(cartella, Some(&nome));
    Ok(visti)
}

/// How many events lie behind an index.
fn visti_da(aperto: &Aperto) -> u64 {
    aperto.punte().iter().map(|p: &audit::Punta| u64::try_from(p.posizione).unwrap_or(0)).sum()
}

/// Removes folders that are not in use: what a stopped attempt left, or the one before. Whoever still reads there keeps its files
/// open until it notices the switch.
fn pulisci(cartella: &Path, in_uso: Option<&str>) {
    let in_uso = in_uso.map(str::to_owned).or_else(|| attuale(cartella));
    let Ok(voci) = fs::read_dir(cartella) else { return };
    for voce in voci.flatten() {
        let nome = voce.file_name();
        if voce.path().is_dir() && nome.to_str() != in_uso.as_deref() {
            let _ = fs::remove_dir_all(voce.path());
        }
    }
}
