//! What is asked of the register: a registration that has no number yet.

use super::Errore;
use crate::documenti::Riposto;
use crate::segnatura::Parte;
use crate::titolario::Voce;
use crate::valori::{Istante, NomeFile, Oggetto, RegistrazioneId, Rifiuto, Testo};
use chrono::NaiveDate;
use std::str::FromStr;

macro_rules! parole {
    ($tipo:ident, $che:literal, $($valore:ident => $parola:literal),+ $(,)?) => {
        impl $tipo {
            /// The word of the API, of the database and of the chain.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$valore => $parola),+ }
            }
        }
        impl FromStr for $tipo {
            type Err = Rifiuto;
            fn from_str(testo: &str) -> Result<Self, Rifiuto> {
                match testo {
                    $($parola => Ok(Self::$valore),)+
                    _ => Err(Rifiuto::new($che, format!("vale uno di: {}", [$($parola),+].join(", ")))),
                }
            }
        }
    };
}
pub(super) use parole;

/// The direction of a document (*tipologia di flusso*, LLGG Allegato 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flusso {
    /// It arrived.
    Entrata,
    /// It leaves.
    Uscita,
    /// It stays between offices.
    Interna,
}
parole!(Flusso, "flusso", Entrata => "entrata", Uscita => "uscita", Interna => "interna");

/// How a document arrived or leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mezzo {
    /// Posta elettronica certificata.
    Pec,
    /// Ordinary electronic mail.
    Email,
    /// The citizens' portal.
    Portale,
    /// By hand, at the counter.
    Sportello,
    /// Ordinary post.
    Posta,
    /// Registered post.
    Raccomandata,
    /// Another AOO, by cooperation.
    Aoo,
    /// Sistema di Interscambio (invoices).
    Sdi,
    /// Courier.
    Corriere,
}
parole!(
    Mezzo, "mezzo",
    Pec => "pec", Email => "email", Portale => "portale", Sportello => "sportello", Posta => "posta",
    Raccomandata => "raccomandata", Aoo => "aoo", Sdi => "sdi", Corriere => "corriere",
);

impl Mezzo {
    /// True if what travels is paper: it may wait for its registration, and its scan may come later.
    #[must_use]
    pub fn cartaceo(self) -> bool {
        matches!(self, Self::Sportello | Self::Posta | Self::Raccomandata | Self::Corriere)
    }
}

/// What a party is to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuoloCorrispondente {
    /// Who sends it.
    Mittente,
    /// Who receives it.
    Destinatario,
}
parole!(RuoloCorrispondente, "ruolo", Mittente => "mittente", Destinatario => "destinatario");

/// What a file is to a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuoloDocumento {
    /// The document itself.
    Principale,
    /// What comes with it.
    Allegato,
}
parole!(RuoloDocumento, "ruolo", Principale => "principale", Allegato => "allegato");

/// A party of a registration.
#[derive(Debug, Clone)]
pub struct Corrispondente {
    /// Sender or recipient.
    pub ruolo: RuoloCorrispondente,
    /// Who it is.
    pub parte: Parte,
    /// A recipient who only has to know.
    pub per_conoscenza: bool,
}

/// The number that the sender gave to the document (DPR 445/2000 art. 53 c.1 e).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtocolloMittente {
    /// As the sender wrote it.
    pub numero: Testo,
    /// Its date, if known.
    pub data: Option<NaiveDate>,
}

/// A file of a registration, already in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documento {
    /// Main document or attachment.
    pub ruolo: RuoloDocumento,
    /// Its bytes.
    pub riposto: Riposto,
    /// Its name.
    pub nome: NomeFile,
    /// What it is, in words.
    pub descrizione: Option<Testo>,
}

/// A registration that has no number yet.
#[derive(Debug, Clone)]
pub struct Nuova {
    /// Direction.
    pub flusso: Flusso,
    /// Subject.
    pub oggetto: Oggetto,
    /// How it travels.
    pub mezzo: Mezzo,
    /// Parties, in order.
    pub corrispondenti: Vec<Corrispondente>,
    /// The *presentazione*, from which terms run; the instant of registration if absent.
    pub arrivo: Option<Istante>,
    /// The sender's own number.
    pub protocollo_mittente: Option<ProtocolloMittente>,
    /// Classification (DPR 445/2000 art. 56: part of the minimum).
    pub voce: Voce,
    /// Kind of document, in words.
    pub tipologia: Option<Testo>,
    /// The date of the main document, if it is known.
    pub data_documento: Option<NaiveDate>,
    /// True if only some may see it.
    pub riservato: bool,
    /// The registration this one answers.
    pub risponde_a: Option<RegistrazioneId>,
    /// Files, in order.
    pub documenti: Vec<Documento>,
}

impl Nuova {
    /// Refuses what the law does not let into the register, before any number is touched.
    pub(super) fn controlla(&self, ora: Istante) -> Result<(), Errore> {
        controlla_parti(self.flusso, &self.corrispondenti)?;
        let principali = self.documenti.iter().filter(|d| d.ruolo == RuoloDocumento::Principale).count();
        if principali != usize::from(!self.documenti.is_empty()) {
            return Err(Errore::Principale);
        }
        controlla_protocollo(self.protocollo_mittente.as_ref(), ora)?;
        controlla_data_documento(self.data_documento, ora)?;
        controlla_arrivo(self.arrivo, ora)
    }

    /// Refuses what has no file and should have one.
    pub(super) fn controlla_documenti(&self) -> Result<(), Errore> {
        match self.flusso {
            _ if !self.documenti.is_empty() => Ok(()),
            Flusso::Uscita => Err(Errore::SenzaDocumento),
            // Paper may wait for its scan; what arrived as a file has one from the beginning, or its impronta would never be registered.
            Flusso::Entrata if !self.mezzo.cartaceo() => Err(Errore::SenzaFile(self.mezzo)),
            Flusso::Entrata | Flusso::Interna => Ok(()),
        }
    }
}

/// Who must be there (DPR 445/2000 art. 53 c. 1).
pub(super) fn controlla_parti(flusso: Flusso, parti: &[Corrispondente]) -> Result<(), Errore> {
    let ha = |ruolo| parti.iter().any(|c| c.ruolo == ruolo && !c.per_conoscenza);
    match flusso {
        Flusso::Entrata if !ha(RuoloCorrispondente::Mittente) => Err(Errore::CorrispondenteMancante("il mittente")),
        Flusso::Uscita if !ha(RuoloCorrispondente::Destinatario) => {
            Err(Errore::CorrispondenteMancante("un destinatario che non sia solo per conoscenza"))
        }
        Flusso::Interna if parti.is_empty() => Err(Errore::CorrispondenteMancante("il mittente o il destinatario")),
        _ => Ok(()),
    }
}

/// Nobody numbered tomorrow what is registered today.
pub(super) fn controlla_protocollo(dato: Option<&ProtocolloMittente>, registrata: Istante) -> Result<(), Errore> {
    match dato.and_then(|p| p.data) {
        Some(data) if data > registrata.giorno() => Err(Errore::ProtocolloFuturo(data)),
        _ => Ok(()),
    }
}

/// No document is of a day after the one on which it is registered.
pub(super) fn controlla_data_documento(data: Option<NaiveDate>, registrata: Istante) -> Result<(), Errore> {
    match data {
        Some(data) if data > registrata.giorno() => Err(Errore::DocumentoFuturo(data)),
        _ => Ok(()),
    }
}

/// Nothing arrives after it is registered.
pub(super) fn controlla_arrivo(arrivo: Option<Istante>, registrata: Istante) -> Result<(), Errore> {
    match arrivo {
        Some(arrivo) if arrivo > registrata => Err(Errore::ArrivoFuturo(arrivo)),
        _ => Ok(()),
    }
}
