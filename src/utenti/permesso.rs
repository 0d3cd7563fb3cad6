//! What the token of an application may do: one word per kind of call, so that a program gets no more than it needs (DPR 445/2000
//! art. 61 c. 3 a; Reg. (EU) 2016/679 art. 25).

use crate::valori::Rifiuto;
use std::fmt;
use std::str::FromStr;

/// A kind of call of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermessoGettone {
    /// Reads: every GET.
    Legge,
    /// Registers, from files or from a message; adds scans, links and parties of the rubrica.
    Registra,
    /// Assigns, and does on a desk what its office does: takes charge, refuses, concludes, gives and stops terms.
    Assegna,
    /// Puts under another voce.
    Classifica,
    /// Opens fascicoli and files in them.
    Fascicola,
    /// Annuls, decides who may see, defers, lists what is not registered, answers for the clock: what the RSP does.
    Annulla,
    /// Sends.
    Spedisce,
    /// Changes the organigramma: offices, people, roles, who stands in for whom.
    Amministra,
}

impl PermessoGettone {
    /// All of them.
    pub const TUTTI: [Self; 8] = [
        Self::Legge,
        Self::Registra,
        Self::Assegna,
        Self::Classifica,
        Self::Fascicola,
        Self::Annulla,
        Self::Spedisce,
        Self::Amministra,
    ];

    /// The word kept in the database and given to commands.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Legge => "legge",
            Self::Registra => "registra",
            Self::Assegna => "assegna",
            Self::Classifica => "classifica",
            Self::Fascicola => "fascicola",
            Self::Annulla => "annulla",
            Self::Spedisce => "spedisce",
            Self::Amministra => "amministra",
        }
    }
}

/// The calls that a token may make, at least one: `legge,registra`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permessi(Vec<PermessoGettone>);

impl Permessi {
    /// True if this call is among them.
    #[must_use]
    pub fn hanno(&self, permesso: PermessoGettone) -> bool {
        self.0.contains(&permesso)
    }
}

impl fmt::Display for Permessi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(","))
    }
}

impl FromStr for Permessi {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let chieste: Vec<&str> = testo.split(',').map(str::trim).collect();
        let ignota = |parola: &&str| PermessoGettone::TUTTI.iter().all(|p| p.as_str() != *parola);
        if chieste.iter().any(ignota) {
            let ammessi = PermessoGettone::TUTTI.map(PermessoGettone::as_str).join(", ");
            return Err(Rifiuto { che: "permesso", regola: format!("valgono, uniti da virgole: {ammessi}") });
        }
        // Always in one order, whatever was typed.
        Ok(Self(PermessoGettone::TUTTI.into_iter().filter(|p| chieste.contains(&p.as_str())).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permessi_are_a_closed_list() {
        let permessi: Permessi = " registra, legge,legge".parse().unwrap();
        assert_eq!(permessi.to_string(), "legge,registra");
        assert!(permessi.hanno(PermessoGettone::Registra) && !permessi.hanno(PermessoGettone::Annulla));
        for cattivo in ["", ",", "legge,", "tutto", "legge registra", "Legge"] {
            assert!(cattivo.parse::<Permessi>().is_err(), "{cattivo:?}");
        }
    }
}
