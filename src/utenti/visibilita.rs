//! Who may see what (law 5 of the house): offices are granted sight of a thing; every query joins these rows.

use super::Errore;
use crate::storage::schema::visibilita;
use crate::storage::{Operazione, per_entrambi};
use crate::valori::{AooId, UfficioId};
use diesel::prelude::*;
use std::fmt::Display;

/// What somebody may see, decided once per request from their roles and handed to every query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vista {
    /// Everything of an AOO.
    Intera(AooId),
    /// Of an AOO, what is not riservato, and what is visible to these offices.
    SenzaRiservati(AooId, Vec<UfficioId>),
    /// Of an AOO, only what is visible to these offices.
    Uffici(AooId, Vec<UfficioId>),
}

impl Vista {
    /// The AOO; nothing of another one is ever seen.
    #[must_use]
    pub fn aoo(&self) -> AooId {
        match self {
            Self::Intera(aoo) | Self::SenzaRiservati(aoo, _) | Self::Uffici(aoo, _) => *aoo,
        }
    }

    /// The offices whose grants count, as the database writes them.
    #[must_use]
    pub fn uffici(&self) -> Vec<String> {
        match self {
            Self::Intera(_) => Vec::new(),
            Self::SenzaRiservati(_, uffici) | Self::Uffici(_, uffici) => {
                uffici.iter().map(ToString::to_string).collect()
            }
        }
    }
}

/// Grants an office sight of a thing; granting twice changes nothing.
///
/// # Errors
/// Those of the database.
pub fn concedi(op: &mut Operazione<'_>, oggetto: impl Display, ufficio: UfficioId, motivo: &str) -> Result<(), Errore> {
    let riga = (
        visibilita::oggetto_id.eq(oggetto.to_string()),
        visibilita::ufficio_id.eq(ufficio.to_string()),
        visibilita::motivo.eq(motivo),
        visibilita::dal.eq(op.ora.utc()),
    );
    let nuova = diesel::insert_into(visibilita::table).values(riga).on_conflict_do_nothing();
    per_entrambi!(op.conn, c => nuova.execute(c))?;
    Ok(())
}

/// Takes the sight of a thing away from an office; taking away what it has not changes nothing.
///
/// # Errors
/// Those of the database.
pub fn revoca(op: &mut Operazione<'_>, oggetto: impl Display, ufficio: UfficioId) -> Result<(), Errore> {
    let riga = visibilita::oggetto_id.eq(oggetto.to_string()).and(visibilita::ufficio_id.eq(ufficio.to_string()));
    diesel::delete(visibilita::table.filter(riga)).execute(op.conn)?;
    Ok(())
}
