//! Refusals of the rubrica.

use super::Somiglianza;
use crate::valori::{Rifiuto, SoggettoId};
use crate::{storage, utenti};

/// Why something about the rubrica was refused. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// There is no such soggetto, recapito, proposta or unione, or it is of another AOO.
    #[error("questa voce di rubrica non esiste o non è tra quelle che puoi vedere")]
    Sconosciuto,
    /// The same one is there already.
    #[error("{nome} è già in rubrica: {per}")]
    GiaPresente {
        /// Which.
        id: SoggettoId,
        /// Its name.
        nome: String,
        /// What says that it is the same.
        per: Somiglianza,
    },
    /// One that may be the same is there already.
    #[error("somiglia a {nome}, che è già in rubrica: {per}")]
    Somiglia {
        /// Which.
        id: SoggettoId,
        /// Its name.
        nome: String,
        /// What they share.
        per: Somiglianza,
    },
    /// This address is there already and holds.
    #[error("il recapito {0} c'è già")]
    RecapitoPresente(String),
    /// It was withdrawn before.
    #[error("questo recapito è già stato ritirato")]
    GiaRitirato,
    /// It was taken or left before.
    #[error("su questa proposta si è già deciso")]
    GiaDecisa,
    /// It is one with another, whose data count.
    #[error("questo soggetto è unito a un altro: modifica quello, o separali")]
    Unito,
    /// A soggetto cannot be one with itself.
    #[error("scegli un altro soggetto: non si unisce uno con sé stesso")]
    Stesso,
    /// They were parted before.
    #[error("questi soggetti sono già stati separati")]
    GiaSciolta,
    /// What was proposed cannot be taken: a name of one kind for a soggetto of another.
    #[error("questo dato non vale per un soggetto di questo tipo")]
    DatoEstraneo,
    /// The file as a whole cannot be used.
    #[error("rubrica: {0}")]
    File(String),
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

impl From<diesel::result::Error> for Errore {
    fn from(e: diesel::result::Error) -> Self {
        Self::Storage(e.into())
    }
}
