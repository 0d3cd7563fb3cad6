//! `tabulario ufficio`.

use super::{Dove, Errore};
use crate::utenti;
use crate::valori::{Attore, CodiceAoo, CodiceUfficio, Denominazione};
use std::io::Write;

/// Uffici di un'AOO.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Crea un ufficio.
    Crea(Crea),
    /// Elenca gli uffici di un'AOO.
    Elenca(Elenca),
}

#[derive(clap::Args)]
pub(super) struct Crea {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Codice dell'ufficio.
    #[arg(long, value_name = "CODICE")]
    codice: String,
    /// Denominazione dell'ufficio.
    #[arg(long, value_name = "NOME")]
    nome: String,
    /// Codice dell'ufficio da cui dipende.
    #[arg(long, value_name = "CODICE")]
    sotto: Option<String>,
}

#[derive(clap::Args)]
pub(super) struct Elenca {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    match comando {
        Comando::Elenca(e) => {
            let codice: CodiceAoo = e.aoo.parse()?;
            let uffici = ambiente.db.leggi(|conn| {
                let aoo = utenti::aoo_per_codice(conn, &codice)?;
                utenti::uffici(conn, aoo.id)
            })?;
            for u in uffici {
                writeln!(out, "{}\t{}", u.codice, u.denominazione)?;
            }
        }
        Comando::Crea(c) => {
            let (aoo, codice): (CodiceAoo, CodiceUfficio) = (c.aoo.parse()?, c.codice.parse()?);
            let nome: Denominazione = c.nome.parse()?;
            let sotto: Option<CodiceUfficio> = c.sotto.map(|s| s.parse()).transpose()?;
            let aoo = ambiente.db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
            let nuovo = ambiente.db.scrivi(aoo.id, &Attore::Sistema("comando"), |op| {
                let padre = match sotto {
                    Some(codice) => Some(utenti::ufficio_per_codice(op.conn, aoo.id, &codice)?.id),
                    None => None,
                };
                utenti::crea_ufficio(op, codice, nome, padre)
            })?;
            writeln!(out, "Ufficio {} creato.", nuovo.codice)?;
        }
    }
    ambiente.scrivi_punte()?;
    Ok(true)
}
