//! Which register is the next to be made.

use super::modello::Periodo;
use chrono::{Datelike, NaiveDate};

/// What is known before the choice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stato {
    /// The last day that was closed; none before the first.
    pub ultimo: Option<NaiveDate>,
    /// The last year that was closed.
    pub anno: Option<i32>,
    /// The day of the first registration.
    pub primo: NaiveDate,
    /// The first day that is not over yet.
    pub oggi: NaiveDate,
    /// The day of the first registration or change that no register has; only asked where days without any have none.
    pub segue: Option<NaiveDate>,
}

/// The next register: the days in order, the year after its last day.
pub(super) fn prossimo(s: &Stato, giorni_vuoti: bool) -> Option<Periodo> {
    let dopo = match s.ultimo {
        Some(ultimo) => ultimo.succ_opt()?,
        None => s.primo,
    };
    let giorno = if giorni_vuoti { dopo } else { s.segue.map_or(s.oggi, |segue| segue.max(dopo)) };
    if let Some(ultimo) = s.ultimo
        && giorno.min(s.oggi).year() > ultimo.year()
        && s.anno.is_none_or(|chiuso| chiuso < ultimo.year())
    {
        return Some(Periodo::Anno(ultimo.year()));
    }
    (giorno < s.oggi).then_some(Periodo::Giorno(giorno))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn giorno(testo: &str) -> NaiveDate {
        testo.parse().unwrap()
    }

    #[test]
    fn days_come_in_order_and_the_year_after_its_last_day() {
        let check = |ultimo: &str, anno, oggi: &str, atteso: &str| {
            let ultimo = Some(ultimo).filter(|u| !u.is_empty()).map(giorno);
            let stato = Stato { ultimo, anno, primo: giorno("2026-12-29"), oggi: giorno(oggi), segue: None };
            let trovato = prossimo(&stato, true).map(|p| match p {
                Periodo::Giorno(g) => g.to_string(),
                Periodo::Anno(a) => a.to_string(),
            });
            assert_eq!(trovato.unwrap_or_default(), atteso, "{stato:?}");
        };
        check("", None, "2026-12-29", "");
        check("", None, "2026-12-30", "2026-12-29");
        check("2026-12-29", None, "2026-12-30", "");
        check("2026-12-29", None, "2027-01-19", "2026-12-30");
        check("2026-12-31", None, "2027-01-01", "2026");
        check("2026-12-31", Some(2026), "2027-01-01", "");
        check("2026-12-31", Some(2026), "2027-01-02", "2027-01-01");
        check("2027-12-31", Some(2026), "2028-02-02", "2027");
    }

    #[test]
    fn days_without_anything_may_have_no_register() {
        let check = |ultimo: &str, anno, segue: &str, atteso: Option<Periodo>| {
            let segue = Some(segue).filter(|s| !s.is_empty()).map(giorno);
            let (ultimo, oggi) = (Some(giorno(ultimo)), giorno("2027-01-04"));
            let stato = Stato { ultimo, anno, primo: giorno("2026-12-01"), oggi, segue };
            assert_eq!(prossimo(&stato, false), atteso, "{stato:?}");
        };
        check("2026-12-20", None, "2026-12-24", Some(Periodo::Giorno(giorno("2026-12-24"))));
        check("2026-12-24", None, "2027-01-02", Some(Periodo::Anno(2026)));
        check("2026-12-24", None, "", Some(Periodo::Anno(2026)));
        check("2026-12-24", Some(2026), "2027-01-02", Some(Periodo::Giorno(giorno("2027-01-02"))));
        check("2026-12-24", Some(2026), "2027-01-04", None);
        check("2026-12-24", Some(2026), "", None);
        // A clock that went back: the act is of a day that is closed, and stands in the next register.
        check("2026-12-24", None, "2026-12-23", Some(Periodo::Giorno(giorno("2026-12-25"))));
    }
}
