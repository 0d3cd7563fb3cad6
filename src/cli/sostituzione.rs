//! `tabulario utente sostituzione`.

use super::utente::persona;
use super::{Dove, Errore};
use crate::utenti::{self, sostituzione};
use crate::valori::{Attore, CodiceAoo, Istante, SostituzioneId, Testo};
use chrono::NaiveDate;
use std::io::Write;

/// Chi opera per conto di chi, da quando a quando.
#[derive(clap::Subcommand)]
pub(super) enum Comando {
    /// Registra che una persona ne sostituisce un'altra.
    Registra(Registra),
    /// Elenca le sostituzioni di un'AOO, dalla più recente.
    Elenca(Elenca),
    /// Fa finire una sostituzione prima del suo giorno.
    Revoca(Revoca),
}

#[derive(clap::Args)]
pub(super) struct Registra {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Nome utente di chi è assente.
    #[arg(long, value_name = "NOME")]
    titolare: String,
    /// Nome utente di chi lo sostituisce.
    #[arg(long, value_name = "NOME")]
    sostituto: String,
    /// Primo giorno, come 2026-08-01.
    #[arg(long, value_name = "GIORNO")]
    dal: NaiveDate,
    /// Ultimo giorno.
    #[arg(long, value_name = "GIORNO")]
    al: NaiveDate,
    /// Perché.
    #[arg(long, value_name = "TESTO")]
    motivo: String,
}

#[derive(clap::Args)]
pub(super) struct Elenca {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
}

#[derive(clap::Args)]
pub(super) struct Revoca {
    /// Codice dell'AOO.
    #[arg(long, value_name = "CODICE")]
    aoo: String,
    /// Identificativo della sostituzione, mostrato da `elenca`.
    id: String,
}

pub(super) fn esegui(dove: &Dove, comando: Comando, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    let (db, io) = (&ambiente.db, Attore::Sistema("comando"));
    match comando {
        Comando::Registra(r) => {
            let (aoo, motivo): (CodiceAoo, Testo) = (r.aoo.parse()?, r.motivo.parse()?);
            let periodo = (Istante::inizio(r.dal), Istante::fine(r.al));
            let aoo = db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
            let id = db.scrivi(aoo.id, &io, |op| {
                let (titolare, sostituto) = (persona(op.conn, &r.titolare)?, persona(op.conn, &r.sostituto)?);
                Ok::<_, Errore>(sostituzione::registra(op, &titolare, &sostituto, periodo, &motivo)?)
            })?;
            writeln!(out, "{id}")?;
        }
        Comando::Elenca(e) => {
            let aoo: CodiceAoo = e.aoo.parse()?;
            let elenco = db.leggi(|conn| {
                let aoo = utenti::aoo_per_codice(conn, &aoo)?;
                sostituzione::elenco(conn, aoo.id, None, None, i64::MAX)
            })?;
            for s in elenco {
                let revocata = s.revocata.map(|il| format!("\trevocata il {}", il.leggibile())).unwrap_or_default();
                let (titolare, sostituto) = (&s.titolare.nome_utente, &s.sostituto.nome_utente);
                let (dal, al) = (s.dal.giorno(), s.ultimo_giorno());
                writeln!(out, "{}\t{sostituto}\tper {titolare}\t{dal}\t{al}\t{}{revocata}", s.id, s.motivo)?;
            }
        }
        Comando::Revoca(r) => {
            let (aoo, id): (CodiceAoo, SostituzioneId) = (r.aoo.parse()?, r.id.parse()?);
            let aoo = db.leggi(|conn| utenti::aoo_per_codice(conn, &aoo))?;
            db.scrivi(aoo.id, &io, |op| sostituzione::revoca(op, id))?;
            writeln!(out, "Sostituzione revocata.")?;
        }
    }
    ambiente.scrivi_punte()?;
    Ok(true)
}
