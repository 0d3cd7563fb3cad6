//! `tabulario utente`.

use super::{Dove, Errore};
use crate::utenti::{self, Parola, Ruolo};
use crate::valori::{AooId, Attore, CodiceAoo, CodiceUfficio, Denominazione};
use std::io::Write;
use std::path::PathBuf;

/// Persone e ruoli.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Crea una persona che può entrare.
    Crea(Crea),
    /// Affida un ruolo in un ufficio.
    Ruolo(Affida),
}

#[derive(clap::Args)]
pub(super) struct Crea {
    /// Nome con cui entra.
    #[arg(long, value_name = "NOME")]
    nome_utente: String,
    /// Nome.
    #[arg(long, value_name = "NOME")]
    nome: String,
    /// Cognome.
    #[arg(long, value_name = "COGNOME")]
    cognome: String,
    /// File con la password sulla prima riga (da 12 a 200 caratteri).
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
}

#[derive(clap::Args)]
pub(super) struct Affida {
    /// Nome con cui la persona entra.
    #[arg(long, value_name = "NOME")]
    nome_utente: String,
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Codice dell'ufficio.
    #[arg(long, value_name = "CODICE")]
    ufficio: String,
    /// operatore, rsp, addetto, responsabile-ufficio, responsabile-conservazione, amministratore o revisore.
    #[arg(long, value_name = "RUOLO")]
    ruolo: String,
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    let attore = Attore::Sistema("comando");
    match comando {
        Comando::Crea(c) => {
            let (nome, cognome): (Denominazione, Denominazione) = (c.nome.parse()?, c.cognome.parse()?);
            let file = std::fs::read_to_string(&c.password_file).map_err(Errore::file(&c.password_file))?;
            let protetta = Parola::nuova(file.lines().next().unwrap_or(""))?.protetta()?;
            let nuovo = ambiente.db.scrivi(AooId::INSTALLAZIONE, &attore, |op| {
                utenti::crea_utente(op, &c.nome_utente, nome, cognome, &protetta)
            })?;
            writeln!(out, "Utente {} creato.", nuovo.nome_utente)?;
        }
        Comando::Ruolo(a) => {
            let ruolo = Ruolo::parse(&a.ruolo).ok_or_else(|| {
                let ammessi = Ruolo::TUTTI.map(Ruolo::as_str).join(", ");
                Errore::Uso(format!("il ruolo «{}» non esiste: vale uno di {ammessi}", a.ruolo))
            })?;
            let (aoo, ufficio): (CodiceAoo, CodiceUfficio) = (a.aoo.parse()?, a.ufficio.parse()?);
            let aoo = ambiente.db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
            ambiente.db.scrivi(aoo.id, &attore, |op| {
                let persona = utenti::utente_per_nome(op.conn, &a.nome_utente)?.map(|(p, _)| p);
                let persona = persona.ok_or_else(|| Errore::Uso(format!("l'utente «{}» non esiste", a.nome_utente)))?;
                let ufficio = utenti::ufficio_per_codice(op.conn, aoo.id, &ufficio)?;
                Ok::<_, Errore>(utenti::affida(op, &persona, &ufficio, ruolo)?)
            })?;
            writeln!(out, "Ruolo {} affidato.", ruolo.as_str())?;
        }
    }
    ambiente.scrivi_punte()?;
    Ok(true)
}
