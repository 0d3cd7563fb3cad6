//! Refusals of the portal.

use crate::{documenti, registro, scrivania, storage, titolario, utenti};

/// Why an istanza was not taken, or a procedimento not opened.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// There is no such procedimento, or it takes no istanze any more.
    #[error("questo servizio non c'è o non riceve più richieste")]
    ProcedimentoSconosciuto,
    /// The code is taken.
    #[error("il procedimento «{0}» c'è già: scegli un altro codice")]
    GiaPresente(String),
    /// An office to which the istanze of an open procedimento go.
    #[error("l'ufficio {ufficio} risponde delle istanze di «{denominazione}»: prima chiudi il procedimento {codice}")]
    UfficioRisponde {
        /// Code of the office.
        ufficio: String,
        /// Name of the procedimento.
        denominazione: String,
        /// Its code.
        codice: String,
    },
    /// A term that no procedimento has.
    #[error(
        "il termine deve essere da 1 a 730 giorni: di norma 30, al massimo 180 (L. 241/1990, art. 2); oltre solo se una legge lo prevede"
    )]
    Giorni,
    /// No istanza has this code.
    #[error("nessuna richiesta ha questo codice: controlla di averlo scritto come sulla ricevuta")]
    Sconosciuta,
    /// Its registration was not annulled, or it has another one since.
    #[error("questa istanza ha una registrazione in vigore: non aspetta un altro numero")]
    NonTornata,
    /// An istanza with other content was sent with this code.
    #[error("con questo modulo era già stata inviata un'altra richiesta: vale quella")]
    GiaInviata,
    /// The titolario.
    #[error(transparent)]
    Titolario(#[from] titolario::Errore),
    /// The register.
    #[error(transparent)]
    Registro(#[from] registro::Errore),
    /// The desk.
    #[error(transparent)]
    Scrivania(#[from] scrivania::Errore),
    /// The store.
    #[error(transparent)]
    Documenti(#[from] documenti::Errore),
    /// Bodies and offices.
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
