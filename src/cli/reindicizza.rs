//! `tabulario reindicizza`.

use super::ambiente::cartella_indice;
use super::{Dove, Errore, avanzamento};
use crate::storage::Db;
use crate::{audit, ricerca};
use std::io::Write;

/// Rifà l'indice della ricerca, anche mentre il server lavora.
#[derive(clap::Args)]
pub(super) struct Args {}

pub(super) fn esegui(dove: &Dove, _: &Args, out: &mut dyn Write) -> Result<bool, Errore> {
    let config = dove.configura()?;
    let db = Db::apri_per_controllo(config.database.clone(), config.orologio())?;
    let totale = db.leggi(audit::punte)?.iter().map(|p| p.posizione).sum::<i64>();
    let barra = avanzamento::barra("eventi", u64::try_from(totale).unwrap_or(0));
    let visti = ricerca::reindicizza(&cartella_indice(&config.dir), &db, &mut |visti| barra.set_position(visti))?;
    barra.finish_and_clear();
    writeln!(out, "Indice rifatto: {visti} eventi letti.")?;
    Ok(true)
}
