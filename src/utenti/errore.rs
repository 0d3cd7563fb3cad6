//! Refusals about bodies, offices, people and applications.

use crate::storage;

/// Why something about bodies, offices, people or applications was refused.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// No AOO has this code (or more than one has, in different bodies).
    #[error("nessuna AOO ha il codice {0}: `tabulario aoo elenca` mostra quelle che ci sono")]
    AooSconosciuta(String),
    /// No office of the AOO has this code.
    #[error("nessun ufficio dell'AOO ha il codice {0}")]
    UfficioSconosciuto(String),
    /// Something with this name is already there.
    #[error("{che} «{nome}» c'è già")]
    GiaPresente {
        /// What, in Italian, with its article.
        che: &'static str,
        /// Its name or code.
        nome: String,
    },
    /// The token is not one of ours, or was revoked.
    #[error("gettone sconosciuto o revocato")]
    GettoneSconosciuto,
    /// User name and password do not match.
    #[error("nome utente o password non corretti")]
    CredenzialiErrate,
    /// The cookie opens nothing.
    #[error("non sei dentro: entra con nome utente e password")]
    SessioneAssente,
    /// The session is over, since then.
    #[error("sei uscito per inattività il {}", .0.leggibile())]
    SessioneScaduta(crate::valori::Istante),
    /// A password that is too short or too long.
    #[error("la password deve avere da 12 a 200 caratteri")]
    PasswordDebole,
    /// The machinery that keeps passwords failed.
    #[error("non riesco a proteggere la password: {0}")]
    Argon2(String),
    /// An idempotency key was used before for another request.
    #[error("la chiave di idempotenza è già stata usata per una richiesta diversa")]
    ChiaveRiusata,
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Errore),
}

impl From<diesel::result::Error> for Errore {
    fn from(e: diesel::result::Error) -> Self {
        Self::Storage(e.into())
    }
}
