//! *Spazio*: how full a mailbox is on its server (QUOTA, RFC 2087), and in how many days it will be.

use super::super::{Casella, Errore};
use super::libro::intero;
use crate::storage::schema::spazi_caselle as tabella;
use crate::storage::{self, Conn, Db};
use crate::valori::{Attore, CasellaId};
use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;
use std::collections::HashMap;

/// The days whose values make a forecast.
const GIORNI: i64 = 30;

/// How full a mailbox was at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spazio {
    /// The day.
    pub giorno: NaiveDate,
    /// Used, in KiB.
    pub usati_kib: u64,
    /// Allowed, in KiB.
    pub limite_kib: u64,
}

impl Spazio {
    /// How full it is, in hundredths.
    #[must_use]
    pub fn percentuale(&self) -> u64 {
        self.usati_kib.saturating_mul(100).checked_div(self.limite_kib).unwrap_or(100)
    }
}

/// In how many days a mailbox is full if it goes on growing as between the first and the last of these days, in order. `None` while
/// it does not grow, or nothing is known of it yet.
#[must_use]
pub fn piena_tra(giorni: &[Spazio]) -> Option<u64> {
    let (primo, ultimo) = (giorni.first()?, giorni.last()?);
    let passati = u64::try_from((ultimo.giorno - primo.giorno).num_days()).ok().filter(|g| *g > 0)?;
    let cresciuta = ultimo.usati_kib.checked_sub(primo.usati_kib).filter(|c| *c > 0)?;
    let liberi = ultimo.limite_kib.saturating_sub(ultimo.usati_kib);
    // free / (grown / days), upwards: a day that has begun counts.
    Some(liberi.saturating_mul(passati).div_ceil(cresciuta))
}

/// Writes how full a mailbox is today.
pub(super) fn scrivi(db: &Db, casella: &Casella, (usati, limite): (u64, u64)) -> Result<(), Errore> {
    let numero = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let (usati, limite) = (tabella::usati_kib.eq(numero(usati)), tabella::limite_kib.eq(numero(limite)));
    db.scrivi(casella.aoo, &Attore::Sistema("pec"), |op| {
        let (id, oggi) = (casella.id.to_string(), op.ora.giorno());
        let cambiate = diesel::update(tabella::table.find((&id, oggi))).set((usati, limite)).execute(op.conn)?;
        if cambiate == 0 {
            let chi = (tabella::casella_id.eq(&id), tabella::giorno.eq(oggi));
            diesel::insert_into(tabella::table).values((chi, usati, limite)).execute(op.conn)?;
        }
        Ok(())
    })
}

/// How full each mailbox was on the days before this one and on it, in order.
pub(super) fn spazi(conn: &mut Conn, oggi: NaiveDate) -> Result<HashMap<CasellaId, Vec<Spazio>>, Errore> {
    let righe: Vec<(String, NaiveDate, i64, i64)> = tabella::table
        .filter(tabella::giorno.ge(oggi - TimeDelta::days(GIORNI)))
        .order((tabella::casella_id, tabella::giorno))
        .load(conn)?;
    let mut spazi: HashMap<CasellaId, Vec<Spazio>> = HashMap::new();
    for (casella, giorno, usati, limite) in righe {
        let casella = casella.parse().map_err(|e| storage::Errore::riga("spazi_caselle", e))?;
        let spazio = Spazio { giorno, usati_kib: intero(usati), limite_kib: intero(limite) };
        spazi.entry(casella).or_default().push(spazio);
    }
    Ok(spazi)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(valori: &[(u32, u64)], attesa: Option<u64>) {
        let giorno = |g| NaiveDate::from_ymd_opt(2026, 11, g).unwrap();
        let spazio = |(g, usati): &(u32, u64)| Spazio { giorno: giorno(*g), usati_kib: *usati, limite_kib: 1_000 };
        assert_eq!(piena_tra(&valori.iter().map(spazio).collect::<Vec<_>>()), attesa, "{valori:?}");
    }

    #[test]
    fn a_mailbox_is_full_when_it_goes_on_growing_as_it_did() {
        check(&[], None);
        check(&[(1, 500)], None);
        check(&[(1, 500), (11, 500)], None);
        check(&[(1, 500), (11, 400)], None);
        check(&[(1, 500), (11, 600)], Some(40));
        check(&[(1, 500), (3, 900), (11, 640)], Some(26));
        check(&[(1, 500), (2, 999)], Some(1));
        check(&[(1, 500), (2, 1_000)], Some(0));
        check(&[(1, 500), (2, 1_200)], Some(0));
    }
}
