//! The return messages that one AOO sends to another (Circolare AgID 60/2013; Allegato 6 appendix C), as plain values.
//!
//! They are not registered: they speak of registrations, and travel each as the one XML file of a message of mail.

use super::lettura::Tipo;
use super::{Identificatore, Lettura};
use crate::valori::Testo;

/// A return message.
#[derive(Debug, Clone)]
pub enum Ritorno {
    /// We registered what came (`ConfermaRicezione`), under our identifier.
    Conferma(Registrazione),
    /// What a `Conferma` said has changed (`AggiornamentoConferma`).
    Aggiornamento(Registrazione),
    /// What came cannot be treated (`NotificaEccezione`).
    Eccezione {
        /// Our identifier, if it was registered all the same.
        identificatore: Option<Identificatore>,
        /// What came.
        ricevuto: Ricevuto,
        /// What is wrong with it.
        motivo: Testo,
    },
    /// A registration of ours that a `Conferma` spoke of, or one that we sent, was annulled (`AnnullamentoProtocollazione`).
    Annullamento {
        /// The registration annulled.
        identificatore: Identificatore,
        /// Why.
        motivo: Testo,
        /// The act that authorised it (DPR 445/2000 art. 54).
        provvedimento: Testo,
    },
}

/// What came, and how we registered it.
#[derive(Debug, Clone)]
pub struct Registrazione {
    /// Our identifier.
    pub identificatore: Identificatore,
    /// What came.
    pub ricevuto: Ricevuto,
}

/// The message that a return message answers (`MessaggioRicevuto`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ricevuto {
    /// One that its sender registered.
    Registrato {
        /// The sender's own identifier.
        identificatore: Identificatore,
        /// That of its first registration, if it was sent on (`PrimaRegistrazione`).
        prima: Option<Identificatore>,
    },
    /// One whose registration cannot be named, in words.
    Descritto(Testo),
}

impl Ritorno {
    /// Which of the messages it is.
    #[must_use]
    pub fn tipo(&self) -> Tipo {
        match self {
            Self::Conferma(_) => Tipo::Conferma,
            Self::Aggiornamento(_) => Tipo::Aggiornamento,
            Self::Eccezione { .. } => Tipo::Eccezione,
            Self::Annullamento { .. } => Tipo::Annullamento,
        }
    }

    /// The name of its root, in both generations.
    pub(super) fn elemento(&self) -> &'static str {
        match self {
            Self::Conferma(_) => "ConfermaRicezione",
            Self::Aggiornamento(_) => "AggiornamentoConferma",
            Self::Eccezione { .. } => "NotificaEccezione",
            Self::Annullamento { .. } => "AnnullamentoProtocollazione",
        }
    }
}

impl Ricevuto {
    /// The message that a segnatura belongs to; `None` if it does not say which. An identifier that lacks something, as those of
    /// Circolare 28/2001 lack the register, can only be described: the schemas want it whole.
    #[must_use]
    pub fn di(segnatura: &Lettura) -> Option<Self> {
        let letto = segnatura.identificatore.as_ref()?;
        let prima = segnatura.prima_registrazione.as_ref().and_then(|p| p.valori());
        match letto.valori() {
            Some(identificatore) => Some(Self::Registrato { identificatore, prima }),
            None => Some(Self::Descritto(letto.linea().parse().ok()?)),
        }
    }
}
