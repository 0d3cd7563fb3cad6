//! The code by which a citizen follows an istanza: whoever has it may see its state, so nobody can guess it.

use crate::valori::{Impronta, Rifiuto};
use std::fmt;
use std::str::FromStr;

/// Digits of Crockford's base 32: none that is taken for another.
const CIFRE: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Digits of a code: 100 random bits.
const LUNGHEZZA: usize = 20;

/// A code such as `7K2QP-0D4WN-XH9RT-B3M6E`. It is made with the form and not with the istanza: sent twice, the form finds what
/// it made the first time. Only its SHA-256 is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct CodiceIstanza(String);

impl CodiceIstanza {
    /// A new code.
    #[must_use]
    pub fn nuovo() -> Self {
        let cifra = |byte: u8| CIFRE.get(usize::from(byte % 32)).copied().map_or('0', char::from);
        Self(rand::random::<[u8; LUNGHEZZA]>().into_iter().map(cifra).collect())
    }

    /// What the database keeps of it.
    pub(super) fn sha256(&self) -> String {
        Impronta::of(self.0.as_bytes()).to_string()
    }
}

/// In groups of five, as it is read aloud.
impl fmt::Display for CodiceIstanza {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, cifra) in self.0.chars().enumerate() {
            if i > 0 && i % 5 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{cifra}")?;
        }
        Ok(())
    }
}

/// A log that holds the code would let its reader follow the istanza.
impl fmt::Debug for CodiceIstanza {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodiceIstanza(…)")
    }
}

/// As people copy it: lower case, spaces, `O` for zero, `I` and `L` for one.
impl FromStr for CodiceIstanza {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let cifre: String = testo
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                altra => altra,
            })
            .take(LUNGHEZZA + 1)
            .collect();
        if cifre.chars().count() != LUNGHEZZA || !cifre.bytes().all(|b| CIFRE.contains(&b)) {
            return Err(Rifiuto {
                che: "codice",
                regola: "serve quello della ricevuta, 20 fra lettere e cifre".to_owned(),
            });
        }
        Ok(Self(cifre))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_copy_it() {
        let codice = CodiceIstanza::nuovo();
        assert_ne!(codice, CodiceIstanza::nuovo());
        assert_eq!(codice.to_string().len(), LUNGHEZZA + 3);
        assert_eq!(codice.to_string().parse(), Ok(codice.clone()));
        assert_eq!(format!(" {} ", codice.to_string().to_lowercase().replace('-', " ")).parse(), Ok(codice.clone()));
        assert_eq!("ooooo-iiiii-lllll-00000".parse(), "00000111111111100000".parse::<CodiceIstanza>());
        assert!(!format!("{codice:?}").contains(&codice.to_string()[..5]));
        for cattivo in ["", "7K2QP", "UUUUU-UUUUU-UUUUU-UUUUU", "7K2QP-0D4WN-XH9RT-B3M6E-1", "è2345678901234567890"] {
            assert!(cattivo.parse::<CodiceIstanza>().is_err(), "{cattivo:?}");
        }
    }
}
