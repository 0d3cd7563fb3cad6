//! When a rule speaks of a message. Pure.

use super::super::Messaggio;
use crate::valori::{CasellaId, IndirizzoMail, Rifiuto, Testo};
use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

/// The dialects of a segnatura that a rule may ask for.
const DIALETTI: [&str; 5] = ["3.0.0", "60-2013", "60-2013-dtd", "28-2001", "bare"];

/// The kinds of message that a rule may look at, in the words of `busta`; receipts are evidence and no rule touches them.
pub const GENERI: [Genere; 3] = [Genere::PostaCertificata, Genere::Anomalia, Genere::Ordinaria];

/// A kind of message that brings a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Genere {
    /// A certified message: it comes from a domicilio digitale.
    PostaCertificata,
    /// Ordinary mail that reached a certified box.
    Anomalia,
    /// No certified mail.
    Ordinaria,
}

impl Genere {
    /// The word of the law.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PostaCertificata => "posta-certificata",
            Self::Anomalia => "anomalia",
            Self::Ordinaria => "ordinaria",
        }
    }

    /// For people.
    #[must_use]
    pub fn nome(self) -> &'static str {
        match self {
            Self::PostaCertificata => "posta certificata",
            Self::Anomalia => "anomalia (posta ordinaria arrivata su una PEC)",
            Self::Ordinaria => "posta ordinaria",
        }
    }
}

impl FromStr for Genere {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        GENERI
            .into_iter()
            .find(|g| g.as_str() == testo)
            .ok_or_else(|| Rifiuto::new("genere", "vale posta-certificata, anomalia oppure ordinaria"))
    }
}

/// Who sends: one address, or whoever writes from a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MittenteCercato {
    /// `scuola@pec.example.it`.
    Indirizzo(IndirizzoMail),
    /// `@pec.example.it`: exactly this domain, none below it.
    Dominio(String),
}

impl FromStr for MittenteCercato {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let Some(dominio) = testo.trim().strip_prefix('@') else { return Ok(Self::Indirizzo(testo.parse()?)) };
        // What may stand behind somebody's name may stand alone.
        let indirizzo: Result<IndirizzoMail, _> = format!("x@{dominio}").parse();
        indirizzo.map_err(|_| Rifiuto::new("dominio", "dopo la chiocciola serve un dominio, come @pec.example.it"))?;
        Ok(Self::Dominio(dominio.to_lowercase()))
    }
}

impl fmt::Display for MittenteCercato {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Indirizzo(i) => write!(f, "{i}"),
            Self::Dominio(d) => write!(f, "@{d}"),
        }
    }
}

/// What a message must have, or not have, of a segnatura.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CondizioneSegnatura {
    /// None.
    Assente,
    /// One of any dialect.
    Presente,
    /// One with which nothing is wrong.
    SenzaRilievi,
    /// One of this dialect.
    Dialetto(&'static str),
}

impl CondizioneSegnatura {
    /// The word of the API, of the database and of the chain.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assente => "assente",
            Self::Presente => "presente",
            Self::SenzaRilievi => "senza-rilievi",
            Self::Dialetto(d) => d,
        }
    }

    /// All of them.
    pub fn tutte() -> impl Iterator<Item = Self> {
        [Self::Assente, Self::Presente, Self::SenzaRilievi].into_iter().chain(DIALETTI.into_iter().map(Self::Dialetto))
    }

    fn vale(self, m: &Messaggio) -> bool {
        let segnatura = m.lettura.get("segnatura").filter(|s| s.get("kind").is_some_and(|k| k == "segnatura"));
        match self {
            Self::Assente => segnatura.is_none(),
            Self::Presente => segnatura.is_some(),
            Self::SenzaRilievi => segnatura.is_some_and(senza_rilievi),
            Self::Dialetto(d) => segnatura.is_some_and(|s| s.get("dialect").is_some_and(|letto| letto == d)),
        }
    }
}

/// Valid, and with nothing to say about it.
pub(super) fn senza_rilievi(segnatura: &serde_json::Value) -> bool {
    segnatura.get("valid").is_some_and(|v| v == true)
        && segnatura.get("findings").and_then(|f| f.as_array()).is_none_or(Vec::is_empty)
}

impl FromStr for CondizioneSegnatura {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        Self::tutte().find(|c| c.as_str() == testo).ok_or_else(|| {
            let parole: Vec<&str> = Self::tutte().map(Self::as_str).collect();
            Rifiuto::new("segnatura", format!("vale uno di: {}", parole.join(", ")))
        })
    }
}

/// The conditions of a rule: those that are there must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condizioni {
    /// Who sends.
    pub mittente: Option<MittenteCercato>,
    /// In which mailbox it arrived.
    pub casella: Option<CasellaId>,
    /// Words that are all in the subject, in whatever order and case.
    pub parole: Option<Testo>,
    /// What kind of message it is.
    pub genere: Option<Genere>,
    /// What segnatura it has.
    pub segnatura: Option<CondizioneSegnatura>,
}

impl Condizioni {
    /// True if there is none: such a rule would speak of every message.
    #[must_use]
    pub fn vuote(&self) -> bool {
        *self == Self::default()
    }

    /// True if they hold for a message. Receipts are none of a rule's business, whatever they say.
    #[must_use]
    pub fn valgono(&self, m: &Messaggio) -> bool {
        let Ok(genere) = m.genere.parse::<Genere>() else { return false };
        self.genere.is_none_or(|g| g == genere)
            && self.casella.is_none_or(|c| c == m.casella)
            && self.mittente.as_ref().is_none_or(|cercato| mittente(m).is_some_and(|i| e_lui(cercato, &i)))
            && self.parole.as_ref().is_none_or(|p| le_ha_tutte(&m.oggetto, p.as_str()))
            && self.segnatura.is_none_or(|s| s.vale(m))
    }
}

/// Who sent a message: whom the provider certifies, else whom the message names.
pub(super) fn mittente(m: &Messaggio) -> Option<IndirizzoMail> {
    super::super::proponi(m).mittente.parte.pec
}

fn e_lui(cercato: &MittenteCercato, indirizzo: &IndirizzoMail) -> bool {
    match cercato {
        MittenteCercato::Indirizzo(i) => i.uguale(indirizzo),
        MittenteCercato::Dominio(d) => {
            indirizzo.as_str().rsplit_once('@').is_some_and(|(_, suo)| suo.eq_ignore_ascii_case(d))
        }
    }
}

fn parole(testo: &str) -> HashSet<String> {
    let minuscolo = testo.to_lowercase();
    minuscolo.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).map(str::to_owned).collect()
}

fn le_ha_tutte(oggetto: &str, cercate: &str) -> bool {
    parole(cercate).is_subset(&parole(oggetto))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_in_any_order_and_case() {
        for (oggetto, cercate, atteso) in [
            ("Iscrizione alla SCUOLA dell'infanzia", "scuola iscrizione", true),
            ("Iscrizione alla scuola", "scuole", false),
            ("Scuolabus", "scuola", false),
            ("Città: avviso", "CITTÀ", true),
            ("", "a", false),
        ] {
            assert_eq!(le_ha_tutte(oggetto, cercate), atteso, "{oggetto} {cercate}");
        }
    }

    #[test]
    fn a_domain_is_that_domain_and_no_other() {
        let dominio: MittenteCercato = "@PEC.Scuola.it".parse().unwrap();
        for (indirizzo, atteso) in [
            ("a@pec.scuola.it", true),
            ("a@PEC.SCUOLA.IT", true),
            ("a@finta.pec.scuola.it", false),
            ("a@pec.scuola.it.example.com", false),
        ] {
            assert_eq!(e_lui(&dominio, &indirizzo.parse().unwrap()), atteso, "{indirizzo}");
        }
        for cattivo in ["@", "@ ", "scuola", "@a b", "@a@b"] {
            assert!(cattivo.parse::<MittenteCercato>().is_err(), "{cattivo}");
        }
    }
}
