//! Refusals of conservazione.

use crate::{documenti, pec, registro, segnatura, storage, titolario, utenti};
use std::io;
use std::path::PathBuf;

/// Why a package was not built or not delivered.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// The agreement with the conservator cannot be read.
    #[error("la mappa del conservatore non va bene: {0}")]
    Mappa(String),
    /// Numbers of a trial AOO have no value.
    #[error("un'AOO di prova non ha un conservatore: le sue registrazioni non si versano mai")]
    AooDiProva,
    /// The same agreement is in force.
    #[error("l'AOO {0} ha già questo conservatore, con la stessa mappa")]
    ConservatorePresente(String),
    /// Nothing is wrong with it.
    #[error("questa registrazione non è da correggere: non c'è niente da riprovare")]
    NonDaCorreggere,
    /// A stored file is not the one of the package any more.
    #[error("il file {0} nel deposito non è più quello del pacchetto: esegui `tabulario controlla`")]
    FileAlterato(String),
    /// Where the package has to go there is something else.
    #[error("in {0} c'è già qualcosa che non è questo pacchetto: spostalo, poi riprova")]
    CartellaOccupata(PathBuf),
    /// The outbox folder.
    #[error("non riesco a scrivere in {dove}: {causa}")]
    Uscita {
        /// Where.
        dove: PathBuf,
        /// What the disk said.
        causa: io::Error,
    },
    /// The schema.
    #[error(transparent)]
    Segnatura(#[from] segnatura::Errore),
    /// The register.
    #[error(transparent)]
    Registro(#[from] registro::Errore),
    /// The mail that a registration came with.
    #[error(transparent)]
    Pec(#[from] pec::Errore),
    /// Classification.
    #[error(transparent)]
    Titolario(#[from] titolario::Errore),
    /// The store.
    #[error(transparent)]
    Documenti(#[from] documenti::Errore),
    /// The AOO.
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
