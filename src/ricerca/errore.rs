//! Refusals of the search.

use crate::{documenti, registro, storage, titolario};
use std::io;
use std::path::PathBuf;

/// Why a search, or the work on its index, could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// The question is too long.
    #[error("la ricerca è troppo lunga: al massimo {massimo} caratteri")]
    Lunga {
        /// The limit, in characters.
        massimo: usize,
    },
    /// The cursor was not given by us.
    #[error("il cursore non è quello di una pagina di risultati")]
    Cursore,
    /// Another process writes this index.
    #[error("l'indice in {} è già in uso da un altro processo: la ricerca usa quello che l'altro scrive", .0.display())]
    Occupato(PathBuf),
    /// Somebody is making the index again.
    #[error("l'indice in {} si sta già rifacendo", .0.display())]
    InCorso(PathBuf),
    /// The folder of the index.
    #[error("l'indice in {} non si legge o non si scrive: {causa}", cartella.display())]
    Cartella {
        /// The folder.
        cartella: PathBuf,
        /// What the system said.
        causa: io::Error,
    },
    /// The index itself.
    #[error("l'indice non risponde: {0}")]
    Indice(#[from] tantivy::TantivyError),
    /// The store, or the texts.
    #[error(transparent)]
    Documenti(#[from] documenti::Errore),
    /// The register.
    #[error(transparent)]
    Registro(#[from] registro::Errore),
    /// The titolario.
    #[error(transparent)]
    Titolario(#[from] titolario::Errore),
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Errore),
}

impl From<diesel::result::Error> for Errore {
    fn from(e: diesel::result::Error) -> Self {
        Self::Storage(e.into())
    }
}
