//! *Ufficio* (unità organizzativa): who works on a document.

use super::Errore;
use crate::audit::{self, Carico};
use crate::storage::schema::uffici;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, CodiceUfficio, Denominazione, UfficioId};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "ufficio";

/// An office of an AOO.
#[derive(Debug, Clone)]
pub struct Ufficio {
    /// Its id.
    pub id: UfficioId,
    /// Its code.
    pub codice: CodiceUfficio,
    /// Its name.
    pub denominazione: Denominazione,
    /// The office above it.
    pub padre: Option<UfficioId>,
}

/// Creates an office of the operation's AOO.
///
/// # Errors
/// If the AOO already has one with this code.
pub fn crea(
    op: &mut Operazione<'_>,
    codice: CodiceUfficio,
    denominazione: Denominazione,
    padre: Option<UfficioId>,
) -> Result<Ufficio, Errore> {
    if tutti(op.conn, op.aoo)?.iter().any(|u| u.codice == codice) {
        return Err(Errore::GiaPresente { che: "l'ufficio", nome: codice.to_string() });
    }
    let nuovo = Ufficio { id: UfficioId::new(), codice, denominazione, padre };
    let riga = Riga {
        id: nuovo.id.to_string(),
        aoo_id: op.aoo.to_string(),
        codice: nuovo.codice.to_string(),
        denominazione: nuovo.denominazione.to_string(),
        padre_id: padre.map(|p| p.to_string()),
        creato: op.ora.utc(),
    };
    diesel::insert_into(uffici::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "ufficio", nuovo.id, &riga.carico())?;
    Ok(nuovo)
}

/// The offices of an AOO, oldest first.
///
/// # Errors
/// Those of the database.
pub fn tutti(conn: &mut Conn, aoo: AooId) -> Result<Vec<Ufficio>, Errore> {
    let righe: Vec<Riga> = uffici::table
        .filter(uffici::aoo_id.eq(aoo.to_string()))
        .order(uffici::id)
        .select(Riga::as_select())
        .load(conn)?;
    Ok(righe.into_iter().map(Riga::valore).collect::<Result<_, _>>()?)
}

/// The office of an AOO with this code.
///
/// # Errors
/// If there is none.
pub fn per_codice(conn: &mut Conn, aoo: AooId, codice: &CodiceUfficio) -> Result<Ufficio, Errore> {
    let riga: Option<Riga> = uffici::table
        .filter(uffici::aoo_id.eq(aoo.to_string()).and(uffici::codice.eq(codice.as_str())))
        .select(Riga::as_select())
        .first(conn)
        .optional()?;
    Ok(riga.ok_or_else(|| Errore::UfficioSconosciuto(codice.to_string()))?.valore()?)
}

/// The office with this id.
///
/// # Errors
/// If there is none.
pub fn per_id(conn: &mut Conn, id: UfficioId) -> Result<Ufficio, Errore> {
    let riga: Option<Riga> =
        uffici::table.filter(uffici::id.eq(id.to_string())).select(Riga::as_select()).first(conn).optional()?;
    Ok(riga.ok_or_else(|| Errore::UfficioSconosciuto(id.to_string()))?.valore()?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = uffici)]
struct Riga {
    id: String,
    aoo_id: String,
    codice: String,
    denominazione: String,
    padre_id: Option<String>,
    creato: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self) -> Result<Ufficio, storage::Errore> {
        let no = |e| storage::Errore::riga("uffici", e);
        Ok(Ufficio {
            id: self.id.parse().map_err(no)?,
            codice: self.codice.parse().map_err(no)?,
            denominazione: self.denominazione.parse().map_err(no)?,
            padre: self.padre_id.map(|p| p.parse()).transpose().map_err(no)?,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("codice", &self.codice)
            .campo("denominazione", &self.denominazione)
            .forse("padre", self.padre_id.as_ref())
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(uffici::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = uffici::table.filter(uffici::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
