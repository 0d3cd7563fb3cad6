//! What identifies a registration, and the line that says it.

use crate::valori::{CodiceAoo, CodiceIpa, CodiceRegistro, NumeroProtocollo, Rifiuto};
use chrono::NaiveDate;
use std::fmt;
use std::str::FromStr;

/// `Identificatore` of a registration (DPCM 3/12/2013 art. 9): body, AOO, register, number and day. Shown as the line of
/// segnatura, `c_x999/AX99Z01/PG/2026-11-22/0000123`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identificatore {
    /// IPA code of the body.
    pub codice_amministrazione: CodiceIpa,
    /// Code of its AOO.
    pub codice_aoo: CodiceAoo,
    /// Code of the register.
    pub registro: CodiceRegistro,
    /// Number in the register and year.
    pub numero: NumeroProtocollo,
    /// Legal day of the registration, in Rome.
    pub data: NaiveDate,
}

impl fmt::Display for Identificatore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { codice_amministrazione, codice_aoo, registro, numero, data } = self;
        write!(f, "{codice_amministrazione}/{codice_aoo}/{registro}/{data}/{numero}")
    }
}

impl FromStr for Identificatore {
    type Err = Rifiuto;
    fn from_str(linea: &str) -> Result<Self, Rifiuto> {
        let no = || Rifiuto::new("segnatura", "serve una linea come c_x999/AX99Z01/PG/2026-11-22/0000123");
        let mut parti = linea.trim().split('/');
        let mut parte = || parti.next().ok_or_else(no);
        let identificatore = Self {
            codice_amministrazione: parte()?.parse()?,
            codice_aoo: parte()?.parse()?,
            registro: parte()?.parse()?,
            data: parte()?.parse().map_err(|_| no())?,
            numero: parte()?.parse()?,
        };
        if parti.next().is_some() { Err(no()) } else { Ok(identificatore) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_segnatura_is_read_back_as_it_was_written() {
        let linea = "c_x999/AX99Z01/PG/2026-11-22/0000123";
        assert_eq!(linea.parse::<Identificatore>().unwrap().to_string(), linea);
        for cattiva in
            ["", "c_x999", "c_x999/AX99Z01/PG/2026-11-22", "c_x999/A/PG/2026-02-30/1", "c_x999/A/PG/2026-02-03/1/x"]
        {
            assert!(cattiva.parse::<Identificatore>().is_err(), "{cattiva:?}");
        }
    }
}
