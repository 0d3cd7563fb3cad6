//! The queue of the messages at which the rules have still to look. A message enters it in the commit that writes it, and leaves it in the
//! commit in which a rule acts, or none does.

use super::super::Errore;
use crate::storage::schema::coda_regole as tabella;
use crate::storage::{Conn, Operazione};
use crate::valori::{AooId, Istante, MessaggioId};
use chrono::TimeDelta;
use diesel::prelude::*;

/// Messages looked at in one beat of an AOO.
const LOTTO: i64 = 20;
/// Longest pause after trouble, in minutes.
const MASSIMA_PAUSA_MINUTI: i64 = 60;

/// Puts a message that is being written into the queue.
pub(in super::super) fn entra(op: &mut Operazione<'_>, id: MessaggioId) -> Result<(), Errore> {
    let chi =
        (tabella::messaggio_id.eq(id.to_string()), tabella::aoo_id.eq(op.aoo.to_string()), tabella::tentativi.eq(0));
    diesel::insert_into(tabella::table).values(chi).execute(op.conn)?;
    Ok(())
}

/// The next ones, oldest first.
pub(super) fn prossimi(conn: &mut Conn, aoo: AooId, ora: Istante) -> Result<Vec<MessaggioId>, Errore> {
    let righe: Vec<String> = tabella::table
        .filter(tabella::aoo_id.eq(aoo.to_string()))
        .filter(tabella::riprova.is_null().or(tabella::riprova.le(ora.utc())))
        .order(tabella::messaggio_id)
        .limit(LOTTO)
        .select(tabella::messaggio_id)
        .load(conn)?;
    let id = |r: String| r.parse().map_err(|e| crate::storage::Errore::riga("coda_regole", e).into());
    righe.into_iter().map(id).collect()
}

/// Takes a message out; false if somebody else did.
pub(super) fn esce(op: &mut Operazione<'_>, id: MessaggioId) -> Result<bool, Errore> {
    Ok(diesel::delete(tabella::table.find(id.to_string())).execute(op.conn)? == 1)
}

/// Says what went wrong, and when it is tried again: after twice as long each time, up to an hour.
pub(super) fn rimanda(op: &mut Operazione<'_>, id: MessaggioId, motivo: &str) -> Result<(), Errore> {
    let cerca = tabella::table.find(id.to_string()).select(tabella::tentativi);
    let Some(tentativi) = cerca.first::<i32>(op.conn).optional()? else { return Ok(()) };
    let pausa = 1_i64.checked_shl(u32::try_from(tentativi).unwrap_or(0).min(6)).unwrap_or(MASSIMA_PAUSA_MINUTI);
    let riprova = op.ora.utc() + TimeDelta::minutes(pausa.min(MASSIMA_PAUSA_MINUTI));
    let detto =
        (tabella::tentativi.eq(tentativi.saturating_add(1)), tabella::riprova.eq(riprova), tabella::motivo.eq(motivo));
    diesel::update(tabella::table.find(id.to_string())).set(detto).execute(op.conn)?;
    Ok(())
}

/// What went wrong the last time with a message, and when it is tried again.
pub(super) fn rimandato(conn: &mut Conn, id: MessaggioId) -> Result<Option<(String, Istante)>, Errore> {
    let riga: Option<(Option<String>, Option<chrono::NaiveDateTime>)> =
        tabella::table.find(id.to_string()).select((tabella::motivo, tabella::riprova)).first(conn).optional()?;
    Ok(riga.and_then(|(motivo, riprova)| Some((motivo?, Istante::from_utc(riprova?)))))
}
