//! *Orologio*: when the server's time may date a registration, and who answers for it when it is far from the last one.
//!
//! The instant is the system's (DPR 445/2000 art. 53 c. 1 b), so a wrong clock would be written for ever. It is believed when it
//! is not behind the last registration and not far ahead of it. Otherwise nothing is registered until the clock is right again or
//! somebody confirms that it *is* right: the RSP, or the configured time source when the clock is ahead (an office that was closed
//! for months). The confirmation is an act that names the last registration's instant, so it holds for that one gap and no other.
//! It is also the way back from a wrong year: what was registered by the wrong clock keeps its number and instant (the RSP may
//! annul it), and the next number is the next one of the true year.

use super::Errore;
use crate::audit::{self, Carico};
use crate::storage::schema::{conferme_orologio, contatori};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::Aoo;
use crate::valori::{Istante, Testo, nuovo_id};
use chrono::TimeDelta;
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "conferma-orologio";

/// How far the clock may be behind the last registration: within it the last instant is taken again.
const TOLLERANZA: TimeDelta = TimeDelta::seconds(2);

/// How far ahead of the last registration the clock is believed without being asked: longer than any office is closed, shorter
/// than a wrong year.
pub const SALTO_MASSIMO: TimeDelta = TimeDelta::days(90);

/// What a clock is to the last registration of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Andamento {
    /// It may date the next one.
    Regolare,
    /// It is behind the last one, of this instant.
    Indietro(Istante),
    /// It is more than [`SALTO_MASSIMO`] ahead of the last one, of this instant.
    Avanti(Istante),
}

/// The clock's state for the register of an AOO, as the next registration would find it at `ora`.
///
/// # Errors
/// Those of the database.
pub fn andamento(conn: &mut Conn, aoo: &Aoo, ora: Istante) -> Result<Andamento, Errore> {
    let Some(ultima) = ultima(conn, aoo)? else { return Ok(Andamento::Regolare) };
    match ammesso(conn, &aoo.id.to_string(), aoo.registro.as_str(), ora, ultima) {
        Ok(_) => Ok(Andamento::Regolare),
        Err(Errore::OrologioIndietro { .. }) => Ok(Andamento::Indietro(ultima)),
        Err(Errore::OrologioAvanti { .. }) => Ok(Andamento::Avanti(ultima)),
        Err(altro) => Err(altro),
    }
}

/// The instant of the last registration.
fn ultima(conn: &mut Conn, aoo: &Aoo) -> Result<Option<Istante>, Errore> {
    let ultima: Option<chrono::NaiveDateTime> = contatori::table
        .filter(contatori::aoo_id.eq(aoo.id.to_string()).and(contatori::registro.eq(aoo.registro.as_str())))
        .select(contatori::ultimo_istante)
        .first(conn)
        .optional()?;
    Ok(ultima.map(Istante::from_utc))
}

/// Confirms that the operation's instant is right though it is far from the last registration. Who may is up to the caller.
///
/// # Errors
/// `OrologioRegolare` if there is nothing to confirm.
pub fn conferma(op: &mut Operazione<'_>, aoo: &Aoo, motivo: &Testo) -> Result<(), Errore> {
    let (Andamento::Indietro(ultima) | Andamento::Avanti(ultima)) = andamento(op.conn, aoo, op.ora)? else {
        return Err(Errore::OrologioRegolare);
    };
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: aoo.id.to_string(),
        registro: aoo.registro.to_string(),
        ultima: ultima.utc(),
        istante: op.ora.utc(),
        motivo: motivo.to_string(),
    };
    diesel::insert_into(conferme_orologio::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "orologio", &riga.id, &riga.carico())?;
    Ok(())
}

/// The instant of the registration that follows the one of `ultima`, when the clock says `ora`.
pub(super) fn ammesso(
    conn: &mut Conn,
    aoo: &str,
    registro: &str,
    ora: Istante,
    ultima: Istante,
) -> Result<Istante, Errore> {
    let lontano = match vicino(ora, ultima) {
        Ok(istante) => return Ok(istante),
        Err(lontano) => lontano,
    };
    let confermati: Vec<chrono::NaiveDateTime> = conferme_orologio::table
        .filter(conferme_orologio::aoo_id.eq(aoo).and(conferme_orologio::registro.eq(registro)))
        .filter(conferme_orologio::ultima.eq(ultima.utc()))
        .select(conferme_orologio::istante)
        .load(conn)?;
    // Any of them: one that confirmed a wrong clock must not stand in the way of the next.
    confermati.into_iter().find_map(|c| vicino(ora, Istante::from_utc(c)).ok()).ok_or(lontano)
}

/// The clock against one instant that is believed.
fn vicino(ora: Istante, creduto: Istante) -> Result<Istante, Errore> {
    if ora < creduto {
        let poco = creduto.dopo(ora) <= TOLLERANZA;
        return if poco { Ok(creduto) } else { Err(Errore::OrologioIndietro { ora, ultima: creduto }) };
    }
    let poco = ora.dopo(creduto) <= SALTO_MASSIMO;
    if poco { Ok(ora) } else { Err(Errore::OrologioAvanti { ora, ultima: creduto }) }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = conferme_orologio)]
struct Riga {
    id: String,
    aoo_id: String,
    registro: String,
    ultima: chrono::NaiveDateTime,
    istante: chrono::NaiveDateTime,
    motivo: String,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("registro", &self.registro)
            .campo("ultima", Istante::from_utc(self.ultima))
            .campo("istante", Istante::from_utc(self.istante))
            .campo("motivo", &self.motivo)
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(conferme_orologio::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        conferme_orologio::table.filter(conferme_orologio::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_believed_near_the_last_registration() {
        let t = |s: &str| s.parse::<Istante>().unwrap();
        let ultima = t("2026-12-31T22:59:30Z");
        let check = |ora: &str| vicino(t(ora), ultima).ok();
        assert_eq!(check("2026-12-31T22:59:30Z"), Some(ultima));
        assert_eq!(check("2026-12-31T22:59:28Z"), Some(ultima));
        assert_eq!(check("2026-12-31T22:59:27.999Z"), None);
        assert_eq!(check("2027-03-31T22:59:30Z"), Some(t("2027-03-31T22:59:30Z")));
        assert_eq!(check("2027-03-31T22:59:30.001Z"), None);
        assert_eq!(check("2036-12-31T22:59:30Z"), None);
    }
}
