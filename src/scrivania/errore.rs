//! Refusals of the desk.

use crate::valori::Istante;
use crate::{registro, storage, utenti};
use chrono::NaiveDate;

/// Why something could not be done with a document on the desk.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// An entrata that goes to nobody.
    #[error("manca l'ufficio a cui assegnare il documento")]
    UfficioMancante,
    /// An office that has work to do.
    #[error("l'ufficio {codice} ha ancora {}: prima va riassegnato o concluso quello che vi resta", pratiche(*quante))]
    PraticheAperte {
        /// Its code.
        codice: String,
        /// How many.
        quante: usize,
    },
    /// A person without a role in the office.
    #[error("{nome} non lavora in «{ufficio}»: scegli una persona dell'ufficio, o l'ufficio intero")]
    NonDellUfficio {
        /// Who.
        nome: String,
        /// The office.
        ufficio: String,
    },
    /// Nobody has it per competenza.
    #[error("nessun ufficio ha questa registrazione per competenza: prima va assegnata")]
    NonAssegnata,
    /// Another office has it.
    #[error("la registrazione è assegnata per competenza a «{0}»: può agire chi lavora lì")]
    DiAltroUfficio(String),
    /// It was given to one person of the office.
    #[error("la registrazione è assegnata a {0}: può agire quella persona, o chi risponde dell'ufficio")]
    DiUnaPersona(String),
    /// A colleague has it.
    #[error("è già in carico a {chi} dal {}: niente è cambiato", .dal.leggibile())]
    GiaInCarico {
        /// Who.
        chi: String,
        /// Since when.
        dal: Istante,
    },
    /// Nobody took charge of it.
    #[error("nessuno l'ha in carico: prima va presa in carico")]
    NonInCarico,
    /// The office refused it.
    #[error("«{0}» l'ha rifiutata: l'ufficio protocollo la deve riassegnare")]
    GiaRifiutata(String),
    /// It was dealt with.
    #[error("l'ha già conclusa {chi} il {}", .il.leggibile())]
    GiaConclusa {
        /// Who.
        chi: String,
        /// When.
        il: Istante,
    },
    /// An uscita, with the office it comes from.
    #[error("è un'uscita dell'ufficio stesso: non c'è niente da prendere in carico")]
    Propria,
    /// The registration was annulled.
    #[error("la registrazione è annullata: non c'è più niente da fare")]
    Annullata,
    /// Nothing was sent per conoscenza.
    #[error("non ti è stata mandata per conoscenza")]
    NienteDaLeggere,
    /// Only what arrives has a term.
    #[error("solo un'entrata ha un termine")]
    NonEntrata,
    /// A term of no days, or of years.
    #[error("il termine va da 1 a {0} giorni")]
    Giorni(u32),
    /// It has no term.
    #[error("la registrazione non ha un termine: prima va dato")]
    SenzaTermine,
    /// The last day is gone.
    #[error("il termine è scaduto il {}: non si può più fermare", .0.format("%d/%m/%Y"))]
    Scaduto(NaiveDate),
    /// It stands still already.
    #[error("il termine è già fermo: prima deve ripartire")]
    GiaFermo,
    /// It runs.
    #[error("il termine non è sospeso né interrotto: corre")]
    NonFermo,
    /// Suspended once before.
    #[error("il termine è già stato sospeso: si può una volta sola (L. 241/1990 art. 2 c. 7)")]
    GiaSospeso,
    /// Notice was given once before.
    #[error("il preavviso di rigetto è già stato dato: il termine si ferma una volta sola (L. 241/1990 art. 10-bis)")]
    GiaPreavvisato,
    /// A suspension too long, or of no day.
    #[error("la sospensione dura da 1 a {0} giorni (L. 241/1990 art. 2 c. 7)")]
    Sospensione(i64),
    /// Its procedimento does not interrupt.
    #[error("il procedimento non prevede l'interruzione del termine: si può sospendere")]
    NonInterrompibile,
    /// A day before it stopped, or to come.
    #[error("il termine riparte da un giorno fra il {} e oggi", .0.format("%d/%m/%Y"))]
    Ripresa(NaiveDate),
    /// The register.
    #[error(transparent)]
    Registro(#[from] registro::Errore),
    /// The register of emergenza.
    #[error(transparent)]
    Emergenza(#[from] registro::emergenza::Errore),
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

fn pratiche(quante: usize) -> String {
    if quante == 1 { "una pratica aperta".to_owned() } else { format!("{quante} pratiche aperte") }
}
