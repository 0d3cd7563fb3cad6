//! Refusals of the desk.

use crate::{registro, storage, utenti};

/// Why a document could not be assigned.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// An entrata that goes to nobody.
    #[error("manca l'ufficio a cui assegnare il documento")]
    UfficioMancante,
    /// The register.
    #[error(transparent)]
    Registro(#[from] registro::Errore),
    /// Offices and sight.
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
