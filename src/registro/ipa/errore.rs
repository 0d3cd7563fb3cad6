//! Refusals of the IPA.

use crate::valori::Rifiuto;
use crate::{storage, utenti};

/// Why something about the IPA was refused. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// The file as a whole cannot be used.
    #[error("riga {linea}{}: {causa}", dove(colonna))]
    File {
        /// Line of the file, from 1.
        linea: usize,
        /// Name or number of the column; empty if it is the whole line.
        colonna: String,
        /// What is wrong and what to do.
        causa: String,
    },
    /// What is here is newer than the file.
    #[error(
        "i dati del file sono del {file} e quelli che ci sono già sono del {presenti}: scarica un file più recente"
    )]
    PiuVecchi {
        /// Date of the data of the file.
        file: String,
        /// Date of those that are here.
        presenti: String,
    },
    /// The data of a file cannot be of a day that has not come.
    #[error("la data dei dati, {0}, deve ancora venire")]
    Futura(String),
    /// Too many entries would go: the file looks cut off.
    #[error(
        "il file chiuderebbe {chiuse} voci su {presenti}: sembra incompleto. Scaricalo di nuovo; se è giusto così, ripeti con \
         --accetta-chiusure"
    )]
    TroppeChiusure {
        /// How many would be closed.
        chiuse: usize,
        /// Of how many.
        presenti: usize,
    },
    /// There is no such entry.
    #[error("questa voce dell'IPA non c'è: forse è cessata, o i dati non sono ancora stati importati")]
    Sconosciuta,
    /// A value.
    #[error(transparent)]
    Valore(#[from] Rifiuto),
    /// Who writes.
    #[error(transparent)]
    Utenti(#[from] utenti::Errore),
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Errore),
}

fn dove(colonna: &str) -> String {
    if colonna.is_empty() { String::new() } else { format!(", colonna {colonna}") }
}

impl From<diesel::result::Error> for Errore {
    fn from(e: diesel::result::Error) -> Self {
        Self::Storage(e.into())
    }
}
