//! Holidays, and the last day of a term.

use super::Rifiuto;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::str::FromStr;

/// The national holidays with a date of their own (L. 27 maggio 1949, n. 260, and its changes); Sundays and Easter Monday are
/// holidays always.
const NAZIONALI: [&str; 11] =
    ["01-01", "01-06", "04-25", "05-01", "06-02", "08-15", "10-04 dal 2026", "11-01", "12-08", "12-25", "12-26"];

/// How a holiday is written.
const FORMA: &str = "mese e giorno come 08-15, anche «10-04 dal 2026» o «11-04 fino al 1976»";

/// A holiday that comes every year, since a year or up to one if need be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Festivo {
    mese: u32,
    giorno: u32,
    dal: i32,
    al: i32,
}

impl FromStr for Festivo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let no = || Rifiuto::new("giorno festivo", FORMA);
        let parole: Vec<&str> = testo.split_whitespace().collect();
        let (data, dal, al) = match parole.as_slice() {
            [data] => (data, i32::MIN, i32::MAX),
            [data, "dal", anno] => (data, anno.parse().map_err(|_| no())?, i32::MAX),
            [data, "fino", "al", anno] => (data, i32::MIN, anno.parse().map_err(|_| no())?),
            _ => return Err(no()),
        };
        let (mese, giorno) = data.split_once('-').ok_or_else(no)?;
        let (mese, giorno) = (mese.parse().map_err(|_| no())?, giorno.parse().map_err(|_| no())?);
        // 2024 was a leap year: 29 February is a day.
        NaiveDate::from_ymd_opt(2024, mese, giorno).ok_or_else(no)?;
        Ok(Self { mese, giorno, dal, al })
    }
}

impl<'de> serde::Deserialize<'de> for Festivo {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let testo = String::deserialize(d)?;
        testo.parse().map_err(|_| serde::de::Error::invalid_value(serde::de::Unexpected::Str(&testo), &FORMA))
    }
}

/// Which days are holidays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendario {
    festivi: Vec<Festivo>,
}

impl Default for Calendario {
    /// The national holidays.
    fn default() -> Self {
        Self { festivi: NAZIONALI.iter().filter_map(|f| f.parse().ok()).collect() }
    }
}

impl Calendario {
    /// A calendar with these holidays, besides Sundays and Easter Monday.
    #[must_use]
    pub fn new(festivi: Vec<Festivo>) -> Self {
        Self { festivi }
    }

    /// True if nothing is due on this day.
    #[must_use]
    pub fn festivo(&self, giorno: NaiveDate) -> bool {
        let fisso = |f: &Festivo| {
            (f.mese, f.giorno) == (giorno.month(), giorno.day()) && (f.dal..=f.al).contains(&giorno.year())
        };
        giorno.weekday() == Weekday::Sun || Some(giorno) == pasquetta(giorno.year()) || self.festivi.iter().any(fisso)
    }

    /// The last day of a term of `giorni` that begins on `da`: the first day does not count, and a last day that is a holiday
    /// moves to the next one that is not (art. 2963 c.c.).
    #[must_use]
    pub fn scadenza(&self, da: NaiveDate, giorni: u32) -> NaiveDate {
        let mut ultimo = da.checked_add_days(Days::new(u64::from(giorni))).unwrap_or(NaiveDate::MAX);
        while self.festivo(ultimo) {
            match ultimo.succ_opt() {
                Some(dopo) => ultimo = dopo,
                None => break,
            }
        }
        ultimo
    }
}

/// The short name of the day of the week: `ven`.
#[must_use]
pub fn giorno_breve(giorno: NaiveDate) -> &'static str {
    match giorno.weekday() {
        Weekday::Mon => "lun",
        Weekday::Tue => "mar",
        Weekday::Wed => "mer",
        Weekday::Thu => "gio",
        Weekday::Fri => "ven",
        Weekday::Sat => "sab",
        Weekday::Sun => "dom",
    }
}

/// Easter Monday, by the anonymous Gregorian computus.
fn pasquetta(anno: i32) -> Option<NaiveDate> {
    let (a, b, c) = (anno.rem_euclid(19), anno.div_euclid(100), anno.rem_euclid(100));
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15).rem_euclid(30);
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4).rem_euclid(7);
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    let (mese, giorno) = (u32::try_from(n / 31).ok()?, u32::try_from(n % 31 + 1).ok()?);
    NaiveDate::from_ymd_opt(anno, mese, giorno)?.succ_opt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn giorno(testo: &str) -> NaiveDate {
        testo.parse().unwrap()
    }

    #[test]
    fn holidays_are_those_of_the_law_of_their_year() {
        let calendario = Calendario::default();
        for festa in ["2026-04-06", "2025-04-21", "2024-04-01", "2026-10-04", "2027-10-04", "2026-11-22", "2026-12-26"]
        {
            assert!(calendario.festivo(giorno(festa)), "{festa}");
        }
        for lavoro in ["2026-11-23", "2026-11-21", "2024-10-04", "2026-06-29", "2026-04-07"] {
            assert!(!calendario.festivo(giorno(lavoro)), "{lavoro}");
        }
        assert_eq!(calendario.festivi.len(), NAZIONALI.len());
    }

    #[test]
    fn a_term_that_ends_on_a_holiday_ends_on_the_next_day_that_is_not() {
        let check = |da: &str, giorni, atteso: &str| {
            assert_eq!(Calendario::default().scadenza(giorno(da), giorni).to_string(), atteso, "{da} + {giorni}");
        };
        check("2026-11-02", 30, "2026-12-02");
        // Sunday 22, then Monday.
        check("2026-10-23", 30, "2026-11-23");
        // Christmas is a Friday, the 26th a Saturday and a holiday, the 27th a Sunday.
        check("2026-11-25", 30, "2026-12-28");
        check("2026-03-06", 30, "2026-04-07");
        check("2024-02-28", 1, "2024-02-29");
    }

    #[test]
    fn a_holiday_is_read_with_its_years() {
        assert!("12-07".parse::<Festivo>().is_ok());
        for cattivo in ["", "13-01", "02-30", "1/1", "01-01 dal", "01-01 dal domani", "01-01 fino 1976"] {
            assert!(cattivo.parse::<Festivo>().is_err(), "{cattivo:?}");
        }
        let patrono = Calendario::new(vec!["12-07".parse().unwrap()]);
        assert!(patrono.festivo(giorno("2026-12-07")) && !patrono.festivo(giorno("2026-12-08")));
    }
}
