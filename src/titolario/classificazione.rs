//! *Classificazione*: under which voce a registration stands. Changeable, historicised (DESIGN.md, law 2).

use super::{Errore, Voce};
use crate::audit::{self, Carico};
use crate::storage::schema::{classificazioni, voci};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{CodiceVoce, Istante, RegistrazioneId, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "classificazione";

/// A registration classified under a voce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classificazione {
    /// The voce.
    pub voce: CodiceVoce,
    /// Its name.
    pub denominazione: String,
    /// Since when.
    pub istante: Istante,
}

/// Classifies a registration; what stood before stays in the history.
///
/// # Errors
/// Those of the database.
pub fn classifica(op: &mut Operazione<'_>, registrazione: RegistrazioneId, voce: &Voce) -> Result<(), Errore> {
    let (id, registrazione, voce) = (nuovo_id().to_string(), registrazione.to_string(), voce.id.to_string());
    diesel::insert_into(classificazioni::table)
        .values((
            classificazioni::id.eq(&id),
            classificazioni::registrazione_id.eq(&registrazione),
            classificazioni::voce_id.eq(&voce),
            classificazioni::istante.eq(op.ora.utc()),
        ))
        .execute(op.conn)?;
    audit::annota(op, ATTO, "classificazione", &id, &carico(&id, &registrazione, &voce, op.ora))?;
    Ok(())
}

/// The classification in force of each of these registrations.
///
/// # Errors
/// Those of the database.
pub fn correnti(conn: &mut Conn, registrazioni: &[String]) -> Result<HashMap<String, Classificazione>, Errore> {
    let righe: Vec<(String, String, String, chrono::NaiveDateTime)> = classificazioni::table
        .inner_join(voci::table.on(voci::id.eq(classificazioni::voce_id)))
        .filter(classificazioni::registrazione_id.eq_any(registrazioni))
        .order(classificazioni::id)
        .select((classificazioni::registrazione_id, voci::codice, voci::denominazione, classificazioni::istante))
        .load(conn)?;
    // In order of writing, so the last one of each registration stays.
    let mut correnti = HashMap::new();
    for (registrazione, codice, denominazione, istante) in righe {
        let voce = codice.parse().map_err(|e| storage::Errore::riga("voci", e))?;
        correnti.insert(registrazione, Classificazione { voce, denominazione, istante: Istante::from_utc(istante) });
    }
    Ok(correnti)
}

/// Every classification of a registration, oldest first, each with the id of its act.
///
/// # Errors
/// Those of the database.
pub fn storia(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Vec<(String, Classificazione)>, Errore> {
    let righe: Vec<(String, String, String, chrono::NaiveDateTime)> = classificazioni::table
        .inner_join(voci::table.on(voci::id.eq(classificazioni::voce_id)))
        .filter(classificazioni::registrazione_id.eq(registrazione.to_string()))
        .order(classificazioni::id)
        .select((classificazioni::id, voci::codice, voci::denominazione, classificazioni::istante))
        .load(conn)?;
    righe
        .into_iter()
        .map(|(id, codice, denominazione, istante)| {
            let voce = codice.parse().map_err(|e| storage::Errore::riga("voci", e))?;
            Ok((id, Classificazione { voce, denominazione, istante: Istante::from_utc(istante) }))
        })
        .collect()
}

fn carico(id: &str, registrazione: &str, voce: &str, istante: Istante) -> Carico {
    Carico::new(ATTO, 1)
        .campo("id", id)
        .campo("registrazione", registrazione)
        .campo("voce", voce)
        .campo("istante", istante)
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(classificazioni::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<(String, String, String, chrono::NaiveDateTime)> = classificazioni::table
        .filter(classificazioni::id.eq_any(ids))
        .select((
            classificazioni::id,
            classificazioni::registrazione_id,
            classificazioni::voce_id,
            classificazioni::istante,
        ))
        .load(conn)?;
    let rifai = |(id, reg, voce, istante): (String, String, String, chrono::NaiveDateTime)| {
        let carico = carico(&id, &reg, &voce, Istante::from_utc(istante));
        (id, carico)
    };
    Ok(righe.into_iter().map(rifai).collect())
}
