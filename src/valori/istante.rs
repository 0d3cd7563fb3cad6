//! Instants and legal dates. Everything is kept in UTC to the millisecond; the law lives in Europe/Rome.

use super::Rifiuto;
use chrono::{
    DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, SubsecRound, TimeDelta, TimeZone, Timelike,
    Utc,
};
use chrono_tz::Tz;
use std::fmt;
use std::str::FromStr;

/// The zone of every legal date: day, year of a register, closing of a day.
pub const ROMA: Tz = chrono_tz::Europe::Rome;

/// A moment, in UTC, truncated to the millisecond when made, so that what is written is what is read back. The
/// default one is the first of 1970, for where no instant matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Istante(DateTime<Utc>);

impl Istante {
    /// From any instant; what is finer than a millisecond is dropped.
    #[must_use]
    pub fn new(istante: DateTime<Utc>) -> Self {
        Self(istante.trunc_subsecs(3))
    }

    /// From a database column, which holds UTC.
    #[must_use]
    pub fn from_utc(ingenuo: NaiveDateTime) -> Self {
        Self::new(ingenuo.and_utc())
    }

    /// For a database column: UTC without zone.
    #[must_use]
    pub fn utc(self) -> NaiveDateTime {
        self.0.naive_utc()
    }

    /// The first instant of a legal day.
    #[must_use]
    pub fn inizio(giorno: NaiveDate) -> Self {
        let mezzanotte = giorno.and_time(NaiveTime::MIN);
        // In Rome the clocks change hours after midnight.
        let istante = ROMA.from_local_datetime(&mezzanotte).earliest();
        Self::new(istante.map_or_else(|| mezzanotte.and_utc(), |i| i.with_timezone(&Utc)))
    }

    /// The instant at which a legal day is over: the first one of the next.
    #[must_use]
    pub fn fine(giorno: NaiveDate) -> Self {
        Self::inizio(giorno.succ_opt().unwrap_or(giorno))
    }

    /// The instant with its zone.
    #[must_use]
    pub fn date_time(self) -> DateTime<Utc> {
        self.0
    }

    /// The legal day: the date in Rome.
    #[must_use]
    pub fn giorno(self) -> NaiveDate {
        self.0.with_timezone(&ROMA).date_naive()
    }

    /// The legal year, to which a registration belongs.
    #[must_use]
    pub fn anno(self) -> i32 {
        self.giorno().year()
    }

    /// RFC 3339 with Rome's offset and milliseconds: the form of the API.
    #[must_use]
    pub fn roma(self) -> String {
        self.0.with_timezone(&ROMA).to_rfc3339_opts(SecondsFormat::Millis, false)
    }

    /// For people: `12/03/2025 08:42:07` in Rome.
    #[must_use]
    pub fn leggibile(self) -> String {
        self.0.with_timezone(&ROMA).format("%d/%m/%Y %H:%M:%S").to_string()
    }

    /// The time of day in Rome, `08:42:07`.
    #[must_use]
    pub fn ora(self) -> String {
        self.0.with_timezone(&ROMA).format("%H:%M:%S").to_string()
    }

    /// How much later this is than `prima`; negative if it is earlier.
    #[must_use]
    pub fn dopo(self, prima: Self) -> TimeDelta {
        self.0 - prima.0
    }
}

/// UTC with milliseconds and `Z`: the form inside the chain of events, which must not depend on a zone table.
impl fmt::Display for Istante {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl FromStr for Istante {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let istante = DateTime::parse_from_rfc3339(testo.trim())
            .map_err(|_| Rifiuto::new("istante", "serve una data RFC 3339 come 2026-11-22T08:42:07+01:00"))?;
        // A leap second is no instant of a database: what is kept would not be what was said.
        if istante.nanosecond() >= 1_000_000_000 {
            return Err(Rifiuto::new("istante", "i secondi vanno da 00 a 59"));
        }
        if !(1900..=2200).contains(&istante.year()) {
            return Err(Rifiuto::new("istante", "l'anno deve stare fra 1900 e 2200"));
        }
        Ok(Self::new(istante.with_timezone(&Utc)))
    }
}

impl serde::Serialize for Istante {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.roma())
    }
}

impl<'de> serde::Deserialize<'de> for Istante {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let testo = String::deserialize(d)?;
        testo.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legal_day_and_year_are_those_of_rome() {
        let check = |utc: &str, giorno: &str, anno: i32, roma: &str| {
            let istante: Istante = utc.parse().unwrap();
            assert_eq!(
                (istante.giorno().to_string().as_str(), istante.anno(), istante.roma().as_str()),
                (giorno, anno, roma)
            );
        };
        check("2026-12-31T22:59:59.999Z", "2026-12-31", 2026, "2026-12-31T23:59:59.999+01:00");
        check("2026-12-31T23:00:00Z", "2027-01-01", 2027, "2027-01-01T00:00:00.000+01:00");
        check("2026-07-01T22:30:00Z", "2026-07-02", 2026, "2026-07-02T00:30:00.000+02:00");
        // The night when 02:30 comes twice: both instants are kept apart.
        check("2026-10-25T00:30:00Z", "2026-10-25", 2026, "2026-10-25T02:30:00.000+02:00");
        check("2026-10-25T01:30:00Z", "2026-10-25", 2026, "2026-10-25T02:30:00.000+01:00");
    }

    #[test]
    fn a_leap_second_is_refused() {
        for testo in ["2016-12-31T23:59:60Z", "2026-11-20T10:00:60+01:00", "2026-11-20T10:00:60.5+01:00"] {
            assert!(testo.parse::<Istante>().is_err(), "{testo}");
        }
    }

    #[test]
    fn a_legal_day_begins_and_ends_at_midnight_in_rome() {
        let check = |giorno: &str, inizio: &str, fine: &str| {
            let giorno: NaiveDate = giorno.parse().unwrap();
            let visti = (Istante::inizio(giorno).to_string(), Istante::fine(giorno).to_string());
            assert_eq!((visti.0.as_str(), visti.1.as_str()), (inizio, fine));
        };
        check("2026-01-31", "2026-01-30T23:00:00.000Z", "2026-01-31T23:00:00.000Z");
        // The days of 23 and of 25 hours.
        check("2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z");
        check("2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z");
    }

    #[test]
    fn an_instant_is_read_back_as_it_was_written() {
        let istante: Istante = "2026-11-22T08:42:07.123456Z".parse().unwrap();
        assert_eq!(istante.to_string(), "2026-11-22T08:42:07.123Z");
        assert_eq!(istante.roma().parse(), Ok(istante));
        assert_eq!(Istante::from_utc(istante.utc()), istante);
        assert!("2026-02-30T00:00:00Z".parse::<Istante>().is_err());
        assert!("0001-01-01T00:00:00Z".parse::<Istante>().is_err());
    }
}
