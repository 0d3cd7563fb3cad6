//! What the segnatura of an outgoing registration says, as plain values.

use super::Identificatore;
use crate::valori::{
    CodiceAoo, CodiceFiscale, CodiceIpa, CodiceUfficio, CodiceVoce, Denominazione, Impronta, IndirizzoMail, Istante,
    NomeFile, Oggetto, Rifiuto, Testo,
};
use std::fmt;
use std::str::FromStr;

/// A registration in `uscita`, with what a recipient's protocol needs (DPCM 3/12/2013 art. 21).
#[derive(Debug, Clone)]
pub struct Uscita {
    /// Its identification in our register.
    pub identificatore: Identificatore,
    /// Instant of the registration; its time in Rome becomes `OraRegistrazione`.
    pub istante: Istante,
    /// Our AOO.
    pub mittente: Mittente,
    /// To whom it goes, in the order of the register. At least one is not `per_conoscenza`.
    pub destinatari: Vec<Destinatario>,
    /// Asks the recipient for restricted treatment (`Riservato`).
    pub riservato: bool,
    /// What it is about.
    pub oggetto: Oggetto,
    /// Its place in our titolario.
    pub classifica: Option<Classifica>,
    /// What it answers.
    pub riferimenti: Vec<Riferimento>,
    /// The document itself.
    pub principale: Documento,
    /// What comes with it.
    pub allegati: Vec<Documento>,
}

/// The AOO that writes; its codes are those of the `Identificatore`.
#[derive(Debug, Clone)]
pub struct Mittente {
    /// Name of the body.
    pub amministrazione: Denominazione,
    /// Name of the AOO.
    pub aoo: Denominazione,
    /// PEC box of the AOO, where receipts go.
    pub pec: IndirizzoMail,
    /// Office that wrote the document.
    pub ufficio: Option<Ufficio>,
    /// Postal address in one line.
    pub indirizzo: Option<Testo>,
}

/// An office (`UnitaOrganizzativa`).
#[derive(Debug, Clone)]
pub struct Ufficio {
    /// Name of the office.
    pub denominazione: Denominazione,
    /// Its code.
    pub codice: Option<CodiceUfficio>,
}

/// One recipient.
#[derive(Debug, Clone)]
pub struct Destinatario {
    /// Who it is.
    pub parte: Parte,
    /// Receives it for information only (`PerConoscenza`).
    pub per_conoscenza: bool,
    /// We ask for a `ConfermaRicezione`.
    pub conferma_ricezione: bool,
}

/// A correspondent.
#[derive(Debug, Clone)]
pub struct Parte {
    /// What kind of subject it is.
    pub tipo: TipoParte,
    /// Its name.
    pub nome: NomeParte,
    /// Its codice fiscale.
    pub codice_fiscale: Option<CodiceFiscale>,
    /// IPA code, of an amministrazione.
    pub codice_ipa: Option<CodiceIpa>,
    /// Code of its AOO, of an amministrazione.
    pub codice_aoo: Option<CodiceAoo>,
    /// Code of its office (UO) in the IPA, of an amministrazione.
    pub codice_uo: Option<CodiceUfficio>,
    /// PEC or mail address.
    pub pec: Option<IndirizzoMail>,
}

/// Kinds of subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TipoParte {
    /// A person.
    PersonaFisica,
    /// A company or association.
    PersonaGiuridica,
    /// An Italian public body.
    Amministrazione,
    /// A public body of another country.
    AmministrazioneEstera,
}

impl TipoParte {
    /// Every kind, with the code used by the API and the database.
    const CODICI: [(Self, &'static str); 4] = [
        (Self::PersonaFisica, "persona-fisica"),
        (Self::PersonaGiuridica, "persona-giuridica"),
        (Self::Amministrazione, "amministrazione"),
        (Self::AmministrazioneEstera, "amministrazione-estera"),
    ];

    /// The code: `persona-fisica`, `persona-giuridica`, `amministrazione`, `amministrazione-estera`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::CODICI.iter().find(|(tipo, _)| *tipo == self).map_or("", |(_, codice)| codice)
    }
}

impl FromStr for TipoParte {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let regola = "serve persona-fisica, persona-giuridica, amministrazione o amministrazione-estera";
        let trovato = Self::CODICI.iter().find(|(_, codice)| *codice == testo);
        trovato.map(|(tipo, _)| *tipo).ok_or_else(|| Rifiuto::new("tipo di corrispondente", regola))
    }
}

/// How a correspondent is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NomeParte {
    /// In one piece.
    Denominazione(Denominazione),
    /// A person's two names.
    Persona {
        /// Given name.
        nome: Denominazione,
        /// Family name.
        cognome: Denominazione,
    },
}

/// As it is said: of a person the given name first.
impl fmt::Display for NomeParte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denominazione(d) => write!(f, "{d}"),
            Self::Persona { nome, cognome } => write!(f, "{nome} {cognome}"),
        }
    }
}

/// A *voce* of our titolario (`Classifica`).
#[derive(Debug, Clone)]
pub struct Classifica {
    /// Its code; each level becomes a `Livello`.
    pub voce: CodiceVoce,
    /// Its name.
    pub denominazione: Option<Denominazione>,
}

/// What the document answers (`Messaggio`).
#[derive(Debug, Clone)]
pub enum Riferimento {
    /// A message known by its registration, the sender's own.
    Registrato {
        /// The registration.
        identificatore: Identificatore,
        /// What it is about, where that may be told: 3.0.0 names no message without it.
        argomento: Option<Argomento>,
    },
    /// A message that its sender did not register, described in words.
    NonRegistrato(Testo),
}

/// What a registered message is about.
#[derive(Debug, Clone)]
pub struct Argomento {
    /// Its subject.
    pub oggetto: Oggetto,
    /// Its place in our titolario.
    pub classifica: Classifica,
}

/// A file of the message.
#[derive(Debug, Clone)]
pub struct Documento {
    /// Name of the file, the same as in the message that will carry it.
    pub nome: NomeFile,
    /// Media type, such as `application/pdf`; left out if unknown.
    pub tipo_mime: Option<String>,
    /// SHA-256 of the bytes.
    pub impronta: Impronta,
    /// A title.
    pub descrizione: Option<Testo>,
}
