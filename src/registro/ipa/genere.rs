//! The three kinds of entries of the IPA.

use crate::valori::Rifiuto;
use std::str::FromStr;

/// What an entry of the IPA is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Genere {
    /// A public body.
    Amministrazione,
    /// An *area organizzativa omogenea* of one.
    Aoo,
    /// A *unità organizzativa* of one.
    Uo,
}

impl Genere {
    /// All of them, in the order in which they are found.
    pub const TUTTI: [Self; 3] = [Self::Amministrazione, Self::Aoo, Self::Uo];

    /// The word of the API, of the database and of the chain.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Amministrazione => "amministrazione",
            Self::Aoo => "aoo",
            Self::Uo => "uo",
        }
    }

    /// As people call many of them.
    #[must_use]
    pub fn plurale(self) -> &'static str {
        match self {
            Self::Amministrazione => "amministrazioni",
            Self::Aoo => "AOO",
            Self::Uo => "UO",
        }
    }

    /// Which are found first.
    pub(super) fn rango(self) -> i32 {
        match self {
            Self::Amministrazione => 1,
            Self::Aoo => 2,
            Self::Uo => 3,
        }
    }
}

impl FromStr for Genere {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let trovato = Self::TUTTI.into_iter().find(|g| g.as_str() == testo);
        trovato.ok_or_else(|| Rifiuto::new("genere", "vale uno di: amministrazione, aoo, uo"))
    }
}
