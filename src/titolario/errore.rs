//! Refusals about the titolario.

use crate::storage;
use crate::valori::CodiceVoce;

/// Why something about the titolario was refused.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// The titolario in force has no such voce.
    #[error("la voce {0} non è nel titolario in vigore")]
    VoceSconosciuta(CodiceVoce),
    /// There is no such fascicolo, or it may not be seen.
    #[error("questo fascicolo non esiste o non è tra quelli che puoi vedere")]
    FascicoloSconosciuto,
    /// A row of the imported file cannot be used.
    #[error("titolario, riga {riga}: {causa}")]
    Riga {
        /// Line of the file, from 1.
        riga: usize,
        /// What is wrong.
        causa: String,
    },
    /// The file has no rows.
    #[error("il titolario è vuoto: servono le colonne codice;denominazione")]
    Vuoto,
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Errore),
}

impl From<diesel::result::Error> for Errore {
    fn from(e: diesel::result::Error) -> Self {
        Self::Storage(e.into())
    }
}
