//! Answers kept for repeated requests: the same key and the same body get the first answer again (`Idempotency-Key`).
//!
//! The row is written in the transaction that performs the act: after a crash either both are there or neither. Working state:
//! rows may be removed once nobody can repeat the request any more.

use super::Errore;
use crate::storage::schema::risposte;
use crate::storage::{Conn, Operazione};
use diesel::prelude::*;

/// A request that may be repeated: whose it is (token and path), its key, and what it asked (SHA-256 of the parsed body).
#[derive(Debug, Clone)]
pub struct Richiesta {
    /// Who asks, and where.
    pub ambito: String,
    /// The key the caller chose.
    pub chiave: String,
    /// What was asked.
    pub corpo_sha256: String,
}

/// The id of what the same request made before, if it was made.
///
/// # Errors
/// `ChiaveRiusata` if the key was used with another body.
pub fn precedente(conn: &mut Conn, richiesta: &Richiesta) -> Result<Option<String>, Errore> {
    let riga: Option<(String, String)> = risposte::table
        .filter(risposte::ambito.eq(&richiesta.ambito).and(risposte::chiave.eq(&richiesta.chiave)))
        .select((risposte::corpo_sha256, risposte::oggetto_id))
        .first(conn)
        .optional()?;
    match riga {
        None => Ok(None),
        Some((corpo, oggetto)) if corpo == richiesta.corpo_sha256 => Ok(Some(oggetto)),
        Some(_) => Err(Errore::ChiaveRiusata),
    }
}

/// Keeps what this request made.
///
/// # Errors
/// Those of the database.
pub fn conserva(op: &mut Operazione<'_>, richiesta: &Richiesta, oggetto_id: &str) -> Result<(), Errore> {
    diesel::insert_into(risposte::table)
        .values((
            risposte::ambito.eq(&richiesta.ambito),
            risposte::chiave.eq(&richiesta.chiave),
            risposte::corpo_sha256.eq(&richiesta.corpo_sha256),
            risposte::oggetto_id.eq(oggetto_id),
            risposte::creata.eq(op.ora.utc()),
        ))
        .execute(op.conn)?;
    Ok(())
}
