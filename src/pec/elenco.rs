//! Lists of messages, each with those that the caller may see.

use super::messaggio::{DA_PROTOCOLLARE, RigaMessaggio, completa, vede};
use super::{Errore, Messaggio, esclusione};
use crate::storage::Conn;
use crate::storage::schema::{atti_regole, esclusioni, messaggi as tabella};
use crate::utenti::visibilita::Vista;
use crate::valori::MessaggioId;
use diesel::prelude::*;

/// The messages that were left out, the newest first.
///
/// # Errors
/// Those of the database.
pub fn non_protocollati(conn: &mut Conn, vista: &Vista, quanti: i64) -> Result<Vec<Messaggio>, Errore> {
    let righe = vede(vista)
        .filter(tabella::id.eq_any(esclusione::in_vigore().select(esclusioni::messaggio_id)))
        .order(tabella::id.desc())
        .limit(quanti)
        .select(RigaMessaggio::as_select())
        .load(conn)?;
    completa(conn, righe)
}

/// Of these, those that rules left out, the newest first.
///
/// # Errors
/// Those of the database.
pub fn scartati_da_regole(conn: &mut Conn, vista: &Vista, quanti: i64) -> Result<Vec<Messaggio>, Errore> {
    let delle_regole = esclusione::in_vigore()
        .filter(esclusioni::id.nullable().eq_any(atti_regole::table.select(atti_regole::esclusione_id)));
    let righe = vede(vista)
        .filter(tabella::id.eq_any(delle_regole.select(esclusioni::messaggio_id)))
        .order(tabella::id.desc())
        .limit(quanti)
        .select(RigaMessaggio::as_select())
        .load(conn)?;
    completa(conn, righe)
}

/// The messages that bring a document, whatever became of them, the newest first: those before `prima`, at most `quanti`.
pub(super) fn con_documento_prima(
    conn: &mut Conn,
    vista: &Vista,
    prima: Option<MessaggioId>,
    quanti: i64,
) -> Result<Vec<Messaggio>, Errore> {
    let mut righe = vede(vista).filter(tabella::genere.eq_any(DA_PROTOCOLLARE));
    if let Some(prima) = prima {
        righe = righe.filter(tabella::id.lt(prima.to_string()));
    }
    let righe = righe.order(tabella::id.desc()).limit(quanti).select(RigaMessaggio::as_select()).load(conn)?;
    completa(conn, righe)
}
