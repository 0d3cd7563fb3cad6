//! When two parties are the same, and when they may be.

use super::{Indirizzo, parole, soggetto};
use crate::segnatura::Parte;
use std::fmt;

/// What two parties share, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Somiglianza {
    /// The codice fiscale.
    CodiceFiscale,
    /// The IPA code and that of the AOO.
    CodiceIpa,
    /// A PEC address.
    Pec,
    /// The name, whatever its order, case and accents.
    Nome,
}

impl Somiglianza {
    /// True if they are the same; false if a person has to say.
    #[must_use]
    pub fn certa(self) -> bool {
        matches!(self, Self::CodiceFiscale | Self::CodiceIpa)
    }
}

impl fmt::Display for Somiglianza {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CodiceFiscale => "stesso codice fiscale",
            Self::CodiceIpa => "stesso codice IPA",
            Self::Pec => "stessa PEC",
            Self::Nome => "stesso nome",
        })
    }
}

/// A party with its addresses.
pub(super) type Con<'a> = (&'a Parte, &'a [&'a Indirizzo]);

/// What two parties share. Codes that differ say that they are two, whatever else they share: a studio's PEC serves many, and a body
/// has a row for each of its AOO.
pub(super) fn tra((a, suoi): Con<'_>, (b, altri): Con<'_>) -> Option<Somiglianza> {
    let aoo = |p: &Parte| p.codice_aoo.as_ref().map(|c| c.as_str().to_lowercase());
    if let (Some(mio), Some(suo)) = (&a.codice_fiscale, &b.codice_fiscale) {
        return (mio == suo && aoo(a) == aoo(b)).then_some(Somiglianza::CodiceFiscale);
    }
    if let (Some(mio), Some(suo)) = (&a.codice_ipa, &b.codice_ipa) {
        return (mio.as_str().eq_ignore_ascii_case(suo.as_str()) && aoo(a) == aoo(b)).then_some(Somiglianza::CodiceIpa);
    }
    let pec = |i: &&&Indirizzo| matches!(i, Indirizzo::Pec(_));
    if suoi.iter().filter(pec).any(|i| altri.iter().any(|altro| altro.uguale(i))) {
        return Some(Somiglianza::Pec);
    }
    (parole::chiave(&soggetto::nome(a)) == parole::chiave(&soggetto::nome(b))).then_some(Somiglianza::Nome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segnatura::{NomeParte, TipoParte};

    fn parte(nome: &str, cf: &str, ipa: &str, aoo: &str) -> Parte {
        Parte {
            tipo: TipoParte::Amministrazione,
            nome: NomeParte::Denominazione(nome.parse().unwrap()),
            codice_fiscale: cf.parse().ok(),
            codice_ipa: ipa.parse().ok(),
            codice_aoo: aoo.parse().ok(),
            codice_uo: None,
            pec: None,
        }
    }

    #[test]
    fn codes_come_before_addresses_and_names() {
        let pec = Indirizzo::leggi("pec", "a@pec.example").unwrap();
        let check = |a: Parte, b: Parte, atteso: Option<Somiglianza>| {
            assert_eq!(tra((&a, &[&pec]), (&b, &[&pec])), atteso, "{a:?} {b:?}");
        };
        let (uno, due) = ("12345678903", "00000000000");
        check(parte("A", uno, "c_a", ""), parte("B", uno, "c_b", ""), Some(Somiglianza::CodiceFiscale));
        check(parte("A", uno, "", "AOO1"), parte("A", uno, "", "AOO2"), None);
        check(parte("A", uno, "", ""), parte("A", due, "", ""), None);
        check(parte("A", "", "C_A", "x"), parte("B", uno, "c_a", "X"), Some(Somiglianza::CodiceIpa));
        check(parte("A", "", "c_a", ""), parte("A", uno, "c_b", ""), None);
        check(parte("A", "", "", ""), parte("B", uno, "", ""), Some(Somiglianza::Pec));
        let senza = tra((&parte("Rossi Mario", "", "", ""), &[]), (&parte("MARIO ROSSI", "", "", ""), &[&pec]));
        assert_eq!(senza, Some(Somiglianza::Nome));
    }
}
