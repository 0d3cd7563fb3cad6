//! Who may see what (law 5 of the house): offices are granted sight of a thing, people of one registration ([`super::visione`]);
//! every query joins these rows.

use super::Errore;
use crate::storage::schema::visibilita;
use crate::storage::{Operazione, per_entrambi};
use crate::valori::{AooId, RegistrazioneId, UfficioId};
use diesel::prelude::*;
use std::fmt::Display;

/// What somebody may see, decided once per request from their roles and handed to every query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vista {
    /// Everything of an AOO.
    Intera(AooId),
    /// Of an AOO, what is not riservato, and what was granted.
    SenzaRiservati(AooId, Concesse),
    /// Of an AOO, only what was granted.
    Uffici(AooId, Concesse),
}

/// Whose grants count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concesse {
    /// What is visible to these offices.
    pub uffici: Vec<UfficioId>,
    /// These registrations, which the person was given to look at: few, since [`super::visione`] has a limit.
    pub visioni: Vec<RegistrazioneId>,
}

impl From<Vec<UfficioId>> for Concesse {
    fn from(uffici: Vec<UfficioId>) -> Self {
        Self { uffici, visioni: Vec::new() }
    }
}

impl Vista {
    /// The AOO; nothing of another one is ever seen.
    #[must_use]
    pub fn aoo(&self) -> AooId {
        match self {
            Self::Intera(aoo) | Self::SenzaRiservati(aoo, _) | Self::Uffici(aoo, _) => *aoo,
        }
    }

    fn concesse(&self) -> Option<&Concesse> {
        match self {
            Self::Intera(_) => None,
            Self::SenzaRiservati(_, concesse) | Self::Uffici(_, concesse) => Some(concesse),
        }
    }

    /// The offices whose grants count, as the database writes them.
    #[must_use]
    pub fn uffici(&self) -> Vec<String> {
        self.concesse().map(|c| c.uffici.iter().map(ToString::to_string).collect()).unwrap_or_default()
    }

    /// The registrations that the person was given to look at, as the database writes them.
    #[must_use]
    pub fn visioni(&self) -> Vec<String> {
        self.concesse().map(|c| c.visioni.iter().map(ToString::to_string).collect()).unwrap_or_default()
    }

    /// The same with what the person was given to look at.
    #[must_use]
    pub fn con_visioni(mut self, date: Vec<RegistrazioneId>) -> Self {
        if let Self::SenzaRiservati(_, concesse) | Self::Uffici(_, concesse) = &mut self {
            concesse.visioni = date;
        }
        self
    }

    /// The same without what the person was only given to look at: the sight of whoever acts.
    #[must_use]
    pub fn per_agire(self) -> Self {
        self.con_visioni(Vec::new())
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
