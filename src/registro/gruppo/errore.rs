//! Refusals of groups.

use super::MASSIMO_MEMBRI;
use crate::registro::{ipa, rubrica};
use crate::valori::{Denominazione, Rifiuto};
use crate::{storage, utenti};

/// Why something about a group was refused. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// There is no such group, or it is of another AOO, or it was closed.
    #[error("questo gruppo non esiste o è stato chiuso")]
    Sconosciuto,
    /// There never was such a member in the group.
    #[error("nel gruppo non c'è")]
    NonIscritto,
    /// It left before.
    #[error("è già uscito dal gruppo")]
    GiaUscito,
    /// One of this name is there.
    #[error("un gruppo che si chiama {0} c'è già: scegli un altro nome")]
    NomeUsato(Denominazione),
    /// It is in the group.
    #[error("{0} è già nel gruppo")]
    GiaIscritto(String),
    /// The group is full.
    #[error("un gruppo tiene al più {MASSIMO_MEMBRI} voci: fanne un altro")]
    Pieno,
    /// A value.
    #[error(transparent)]
    Valore(#[from] Rifiuto),
    /// The rubrica.
    #[error(transparent)]
    Rubrica(#[from] rubrica::Errore),
    /// The IPA.
    #[error(transparent)]
    Ipa(#[from] ipa::Errore),
    /// Who writes.
    #[error(transparent)]
    Utenti(#[from] utenti::Errore),
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Errore),
}

impl From<diesel::result::Error> for Errore {
    fn from(e: diesel::result::Error) -> Self {
        Self::Storage(e.into())
    }
}
