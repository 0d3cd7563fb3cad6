//! The chain read as a feed: what happened in an AOO after a position.

use crate::storage::schema::eventi;
use crate::storage::{Conn, Errore};
use crate::valori::{AooId, Istante};
use diesel::prelude::*;

/// One event of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evento {
    /// Its place in the chain of its AOO.
    pub posizione: i64,
    /// When the act was performed.
    pub istante: Istante,
    /// What was done.
    pub tipo: String,
    /// Kind of the thing it was done to.
    pub oggetto_tipo: String,
    /// Id of that thing.
    pub oggetto_id: String,
    /// Who performed it.
    pub attore: String,
}

/// The events of `aoo` after `posizione`, in order, at most `quanti`.
///
/// # Errors
/// Those of the database.
pub fn dopo(conn: &mut Conn, aoo: AooId, posizione: i64, quanti: i64) -> Result<Vec<Evento>, Errore> {
    let righe = eventi::table
        .filter(eventi::aoo_id.eq(aoo.to_string()).and(eventi::posizione.gt(posizione)))
        .order(eventi::posizione)
        .limit(quanti)
        .select(COLONNE)
        .load::<Riga>(conn)?;
    Ok(righe.into_iter().map(evento).collect())
}

/// The events of an AOO about these things, in order.
///
/// # Errors
/// Those of the database.
pub fn di(conn: &mut Conn, aoo: AooId, oggetti: &[String]) -> Result<Vec<Evento>, Errore> {
    let righe = eventi::table
        .filter(eventi::aoo_id.eq(aoo.to_string()).and(eventi::oggetto_id.eq_any(oggetti)))
        .order(eventi::posizione)
        .select(COLONNE)
        .load::<Riga>(conn)?;
    Ok(righe.into_iter().map(evento).collect())
}

type Riga = (i64, chrono::NaiveDateTime, String, String, String, String);

type Colonne =
    (eventi::posizione, eventi::istante, eventi::tipo, eventi::oggetto_tipo, eventi::oggetto_id, eventi::attore);

const COLONNE: Colonne =
    (eventi::posizione, eventi::istante, eventi::tipo, eventi::oggetto_tipo, eventi::oggetto_id, eventi::attore);

fn evento((posizione, istante, tipo, oggetto_tipo, oggetto_id, attore): Riga) -> Evento {
    Evento { posizione, istante: Istante::from_utc(istante), tipo, oggetto_tipo, oggetto_id, attore }
}
