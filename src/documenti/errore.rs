//! Refusals of the store.

use super::fiducia::Rifiuto;
use crate::valori::Impronta;
use crate::{storage, utenti};
use std::io;

/// Why a file could not be kept or given back.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// Longer than allowed.
    #[error("il file supera il limite di {massimo_mib} MiB")]
    TroppoGrande {
        /// The limit, in MiB.
        massimo_mib: u64,
    },
    /// The store does not hold it.
    #[error("il file {0} non è nel deposito")]
    Assente(Impronta),
    /// Whoever sends the bytes stopped half-way.
    #[error("il file non è arrivato intero: {0}")]
    Interrotto(io::Error),
    /// The disk.
    #[error("il deposito dei documenti non risponde: {0}")]
    Disco(io::Error),
    /// No verdict on the signatures of the file.
    #[error("le firme del file non sono mai state verificate")]
    MaiVerificato,
    /// The child process that reads texts could not be started.
    #[error("il lettore dei testi non si avvia: {0}")]
    Estrattore(io::Error),
    /// A list or a set of certificates that is not kept.
    #[error("la lista {0}")]
    Fiducia(#[from] Rifiuto),
    /// As many verdicts as are kept of one file.
    #[error("le firme di questo file sono già state verificate {0} volte: altre verifiche non si conservano")]
    TroppeVerifiche(usize),
    /// A kept list that can be read no more.
    #[error("{lista}: conservata, non si legge più ({causa}); esegui `tabulario controlla`")]
    ListaRovinata {
        /// Which.
        lista: String,
        /// Why.
        causa: String,
    },
    /// Who did it is not known.
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
