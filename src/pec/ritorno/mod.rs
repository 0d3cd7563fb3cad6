//! *Ritorni*: what an AOO answers about a registration. To another AOO the return messages of interoperability (Circolare AgID 60/2013;
//! LLGG Allegato 6 appendix C); to a private sender the receipt of L. 241/1990 art. 18-bis.
//!
//! An answer that is owed is a row from the commit in which it came to be owed (`dovuto`): with the registration that must be
//! confirmed, or when an annulment is looked at. It is sent by a person, or by itself where the RSP switched that on (`automatici`),
//! after that commit and never in its way. Its words are written once, in the act (`atto`) that puts its one send into the outbox and
//! that ends the debt: killed before, it is still owed; after, it leaves as any send does, exactly once.
//!
//! What other AOO answer to us (`ricevuto`) is no document: it is joined to the registration that it speaks of if it comes from an
//! address to which that registration was sent. Anything else that calls itself an answer is looked at by a person.

mod atto;
mod automatici;
mod componi;
mod corrispondente;
mod dovuto;
mod manda;
mod nasce;
mod ricevuta;
pub(super) mod ricevuto;

pub(super) use atto::{Scritto, conservato};
pub(super) use corrispondente::scelto;
pub(super) use nasce::alla_registrazione;

pub use atto::{Ritorno, ritorni};
pub use automatici::{INTERRUTTORI, automatici, cambia_automatico};
pub use corrispondente::{AooCorrispondente, DialettoScritto, corrispondenti, scrivi_corrispondente};
pub use dovuto::{Dovuto, dovuti};
pub use manda::{Possibili, manda, passo, possibili, rispedisci};
pub use ricevuto::{RitornoRicevuto, SegnaturaRicevuta, ricevuti, segnatura_ricevuta};

use crate::audit::Atto;
use crate::segnatura::Tipo;
use crate::valori::Rifiuto;
use std::str::FromStr;

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Genere {
    /// It was registered, and under which number (`ConfermaRicezione`).
    Conferma,
    /// It cannot be treated as it came (`NotificaEccezione`).
    Eccezione,
    /// What a conferma said has changed (`AggiornamentoConferma`).
    Aggiornamento,
    /// The registration was annulled (`AnnullamentoProtocollazione`).
    Annullamento,
    /// It was received, who deals with it and by when (L. 241/1990 art. 18-bis).
    Ricevuta,
}

impl Genere {
    /// All of them.
    pub const TUTTI: [Self; 5] =
        [Self::Conferma, Self::Eccezione, Self::Aggiornamento, Self::Annullamento, Self::Ricevuta];

    /// The word of the API, of the database and of the chain.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conferma => "conferma",
            Self::Eccezione => "eccezione",
            Self::Aggiornamento => "aggiornamento",
            Self::Annullamento => "annullamento",
            Self::Ricevuta => "ricevuta-18-bis",
        }
    }

    /// Its name, for people.
    #[must_use]
    pub fn nome(self) -> &'static str {
        match self {
            Self::Conferma => "Conferma di ricezione",
            Self::Eccezione => "Notifica di eccezione",
            Self::Aggiornamento => "Aggiornamento di conferma",
            Self::Annullamento => "Annullamento di protocollazione",
            Self::Ricevuta => "Ricevuta (L. 241/1990 art. 18-bis)",
        }
    }

    /// The message of interoperability that it is, if it is one.
    #[must_use]
    pub fn tipo(self) -> Option<Tipo> {
        match self {
            Self::Conferma => Some(Tipo::Conferma),
            Self::Eccezione => Some(Tipo::Eccezione),
            Self::Aggiornamento => Some(Tipo::Aggiornamento),
            Self::Annullamento => Some(Tipo::Annullamento),
            Self::Ricevuta => None,
        }
    }

    /// The switch by which it leaves by itself: what was confirmed is also corrected and taken back.
    #[must_use]
    pub fn interruttore(self) -> Self {
        match self {
            Self::Conferma | Self::Aggiornamento | Self::Annullamento => Self::Conferma,
            Self::Eccezione | Self::Ricevuta => self,
        }
    }
}

impl FromStr for Genere {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let no = || {
            let regola = "vale conferma, eccezione, aggiornamento, annullamento o ricevuta-18-bis";
            Rifiuto::new("genere della risposta", regola)
        };
        Self::TUTTI.into_iter().find(|g| g.as_str() == testo).ok_or_else(no)
    }
}

/// The acts of this part of the module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: atto::ATTO, ricalcola: atto::ricalcola, conta: atto::conta },
    Atto { tipo: automatici::ATTO, ricalcola: automatici::ricalcola, conta: automatici::conta },
    Atto { tipo: corrispondente::ATTO, ricalcola: corrispondente::ricalcola, conta: corrispondente::conta },
];
