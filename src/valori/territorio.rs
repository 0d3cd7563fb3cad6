//! *Territorio*: whose trusted list it is.

use super::{Rifiuto, macro_testo::valore_testuale};
use std::str::FromStr;

/// The territory of a trusted list, as ETSI TS 119 612 clause 5.3.10 writes it: two capital letters, of ISO 3166-1 but for `EU`,
/// `UK` and `EL`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Territorio(String);

impl Territorio {
    /// The European Union: the list of the lists.
    #[must_use]
    pub fn unione() -> Self {
        Self("EU".to_owned())
    }

    /// Whether it is the European Union.
    #[must_use]
    pub fn e_unione(&self) -> bool {
        self.0 == "EU"
    }
}

impl FromStr for Territorio {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let testo = testo.trim();
        if testo.len() == 2 && testo.bytes().all(|b| b.is_ascii_uppercase()) {
            return Ok(Self(testo.to_owned()));
        }
        Err(Rifiuto::new("territorio", "servono due lettere maiuscole, come IT"))
    }
}
valore_testuale!(Territorio);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_territory_is_two_capital_letters() {
        for (testo, atteso) in [("IT", true), (" EL ", true), ("it", false), ("ITA", false), ("I1", false), ("", false)]
        {
            assert_eq!(testo.parse::<Territorio>().is_ok(), atteso, "{testo}");
        }
    }
}
