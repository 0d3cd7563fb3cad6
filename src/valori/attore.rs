//! Who does a thing: every act is somebody's.

use super::{ApplicazioneId, Rifiuto, UtenteId};
use std::fmt;
use std::str::FromStr;

/// Who performs an act. Written in the chain of events as `utente:<id>`, `utente:<id>/per:<id>`,
/// `utente:<id>/con:<id>`, `applicazione:<id>` or `sistema:<step>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Attore {
    /// A person who logged in.
    Utente(UtenteId),
    /// A person who logged in and acts for another: the act is the sostituto's, with the titolare's roles.
    PerConto {
        /// Who acts.
        sostituto: UtenteId,
        /// For whom.
        titolare: UtenteId,
    },
    /// A person through an application, with a token that is theirs: the act is the person's.
    ConApplicazione {
        /// Who acts.
        persona: UtenteId,
        /// With what.
        applicazione: ApplicazioneId,
    },
    /// An application with a token of its own.
    Applicazione(ApplicazioneId),
    /// Tabulario itself, in the named step (`pec`, `metronomo`, `demo`…).
    Sistema(&'static str),
}

/// The steps that may act by themselves; a name read from the database must be one of these.
const PASSI: &[&str] = &[
    "avvio",
    "comando",
    "demo",
    "pec",
    "portale",
    "conservazione",
    "metronomo",
    "orologio",
    "registro",
    "regole",
    "ritorni",
];

impl Attore {
    /// The person who does it, for whomever and with whatever program.
    #[must_use]
    pub fn persona(&self) -> Option<UtenteId> {
        match self {
            Self::Utente(chi) | Self::PerConto { sostituto: chi, .. } | Self::ConApplicazione { persona: chi, .. } => {
                Some(*chi)
            }
            Self::Applicazione(_) | Self::Sistema(_) => None,
        }
    }

    /// Whose desk the act is done at: the titolare's for a sostituto, else one's own, with whatever program it is done.
    #[must_use]
    pub fn per_chi(&self) -> Self {
        match self {
            Self::PerConto { titolare, .. } => Self::Utente(*titolare),
            Self::ConApplicazione { persona, .. } => Self::Utente(*persona),
            altro => altro.clone(),
        }
    }
}

impl fmt::Display for Attore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utente(id) => write!(f, "utente:{id}"),
            Self::PerConto { sostituto, titolare } => write!(f, "utente:{sostituto}/per:{titolare}"),
            Self::ConApplicazione { persona, applicazione } => write!(f, "utente:{persona}/con:{applicazione}"),
            Self::Applicazione(id) => write!(f, "applicazione:{id}"),
            Self::Sistema(passo) => write!(f, "sistema:{passo}"),
        }
    }
}

impl FromStr for Attore {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let no = || {
            let regola =
                "serve utente:<id>, utente:<id>/per:<id>, utente:<id>/con:<id>, applicazione:<id> o sistema:<passo>";
            Rifiuto::new("attore", regola)
        };
        match testo.split_once(':').ok_or_else(no)? {
            ("utente", chi) => match (chi.split_once("/per:"), chi.split_once("/con:")) {
                (None, None) => Ok(Self::Utente(chi.parse()?)),
                (Some((sostituto, titolare)), None) if sostituto != titolare => {
                    Ok(Self::PerConto { sostituto: sostituto.parse()?, titolare: titolare.parse()? })
                }
                (None, Some((persona, applicazione))) => {
                    Ok(Self::ConApplicazione { persona: persona.parse()?, applicazione: applicazione.parse()? })
                }
                _ => Err(no()),
            },
            ("applicazione", id) => Ok(Self::Applicazione(id.parse()?)),
            ("sistema", nome) => PASSI.iter().find(|p| **p == nome).map(|p| Self::Sistema(p)).ok_or_else(no),
            _ => Err(no()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attore_is_read_back_as_it_was_written() {
        let io = UtenteId::new();
        for attore in [
            Attore::Utente(io),
            Attore::PerConto { sostituto: io, titolare: UtenteId::new() },
            Attore::ConApplicazione { persona: io, applicazione: ApplicazioneId::new() },
            Attore::Applicazione(ApplicazioneId::new()),
            Attore::Sistema("pec"),
        ] {
            assert_eq!(attore.to_string().parse(), Ok(attore));
        }
        let (se_stesso, terzo) = (format!("utente:{io}/per:{io}"), format!("utente:{io}/per:{io}/per:{io}"));
        let (senza, vuoto) = (format!("utente:{io}/"), format!("utente:{io}/per:"));
        let due = format!("utente:{io}/per:{}/con:{}", UtenteId::new(), ApplicazioneId::new());
        for cattivo in ["", "utente", "utente:x", "sistema:altro", "dio:1", &se_stesso, &terzo, &senza, &vuoto, &due] {
            assert!(cattivo.parse::<Attore>().is_err(), "{cattivo:?}");
        }
    }
}
