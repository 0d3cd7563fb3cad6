//! *Numero di protocollo*: progressive within the year, written with at least seven digits (DPR 445/2000 art. 57).

use super::Rifiuto;
use std::fmt;
use std::str::FromStr;

/// Largest number accepted from outside: 12 digits, far above any register and far below the end of a column.
const MASSIMO: i64 = 999_999_999_999;

/// A number of protocol, at least 1. Shown as `0000123`; read with or without the zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NumeroProtocollo(i64);

impl NumeroProtocollo {
    /// The number as the database counts it.
    ///
    /// # Errors
    /// If it is below 1 or has more than 12 digits.
    pub fn new(valore: i64) -> Result<Self, Rifiuto> {
        if (1..=MASSIMO).contains(&valore) {
            Ok(Self(valore))
        } else {
            Err(Rifiuto::new("numero di protocollo", "serve un numero da 1 a 999999999999"))
        }
    }

    /// The number itself.
    #[must_use]
    pub fn valore(self) -> i64 {
        self.0
    }
}

impl fmt::Display for NumeroProtocollo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:07}", self.0)
    }
}

impl FromStr for NumeroProtocollo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let testo = testo.trim();
        if testo.is_empty() || testo.len() > 16 || !testo.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Rifiuto::new("numero di protocollo", "servono solo cifre, come 0000123"));
        }
        Self::new(testo.parse().unwrap_or(i64::MAX))
    }
}

impl serde::Serialize for NumeroProtocollo {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_at_least_seven_digits_and_is_read_without_zeros() {
        for (testo, atteso) in
            [("123", "0000123"), ("0000123", "0000123"), ("12345678", "12345678"), (" 1 ", "0000001")]
        {
            assert_eq!(testo.parse::<NumeroProtocollo>().unwrap().to_string(), atteso);
        }
        for cattivo in ["", "0", "-1", "1a", "9999999999999", "99999999999999999999", "١"] {
            assert!(cattivo.parse::<NumeroProtocollo>().is_err(), "{cattivo:?}");
        }
    }
}
