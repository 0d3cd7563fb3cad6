//! `tabulario importa`.

use super::{Dove, Errore, rubrica};
use crate::valori::{Attore, CodiceAoo, Denominazione};
use crate::{titolario, utenti};
use std::io::Write;
use std::path::PathBuf;

/// Importa dati da un file.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Mette in vigore un titolario, da un CSV con le colonne codice e denominazione.
    Titolario(Titolario),
    /// Porta in rubrica i soggetti di un CSV: i nuovi entrano, le differenze diventano proposte, niente si sovrascrive.
    Rubrica(rubrica::Args),
}

#[derive(clap::Args)]
pub(super) struct Titolario {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Nome di questa versione del titolario.
    #[arg(long, value_name = "NOME")]
    nome: String,
    /// Il file CSV.
    file: PathBuf,
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    match comando {
        Comando::Titolario(t) => titolario(dove, &t, out),
        Comando::Rubrica(args) => rubrica::esegui(dove, &args, out),
    }
}

fn titolario(dove: &Dove, t: &Titolario, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    let (aoo, nome): (CodiceAoo, Denominazione) = (t.aoo.parse()?, t.nome.parse()?);
    let testo = std::fs::read_to_string(&t.file).map_err(Errore::file(&t.file))?;
    let righe = titolario::leggi_csv(&testo)?;
    let aoo = ambiente.db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
    ambiente.db.scrivi(aoo.id, &Attore::Sistema("comando"), |op| titolario::crea(op, &nome, &righe))?;
    ambiente.scrivi_punte()?;
    writeln!(out, "Titolario in vigore da adesso: {} voci.", righe.len())?;
    Ok(true)
}
