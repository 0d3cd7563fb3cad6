//! *Ufficio* (unità organizzativa): who works on a document.
//!
//! What an office is now is how it was created and the newest of its [`super::variazione`]s.

use super::{Errore, variazione};
use crate::audit::{self, Carico};
use crate::storage::schema::uffici;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, CodiceUfficio, Denominazione, Istante, UfficioId};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "ufficio";

/// An office of an AOO.
#[derive(Debug, Clone)]
pub struct Ufficio {
    /// Its id.
    pub id: UfficioId,
    /// Its code, for ever.
    pub codice: CodiceUfficio,
    /// Its name.
    pub denominazione: Denominazione,
    /// The office above it.
    pub padre: Option<UfficioId>,
    /// Since when it is closed.
    pub chiuso: Option<Istante>,
}

impl Ufficio {
    /// Refuses if the office is closed: nothing new goes to it.
    ///
    /// # Errors
    /// `UfficioChiuso`.
    pub fn aperto(&self) -> Result<(), Errore> {
        match self.chiuso {
            None => Ok(()),
            Some(il) => Err(Errore::UfficioChiuso { codice: self.codice.to_string(), il }),
        }
    }
}

/// Creates an office of the operation's AOO.
///
/// # Errors
/// If the AOO already has one with this code, or the office above it is closed.
pub fn crea(
    op: &mut Operazione<'_>,
    codice: CodiceUfficio,
    denominazione: Denominazione,
    sotto: Option<&Ufficio>,
) -> Result<Ufficio, Errore> {
    sotto.map_or(Ok(()), Ufficio::aperto)?;
    if trova(op.conn, op.aoo, &codice)?.is_some() {
        return Err(Errore::GiaPresente { che: "l'ufficio", nome: codice.to_string() });
    }
    let padre = sotto.map(|u| u.id);
    let nuovo = Ufficio { id: UfficioId::new(), codice, denominazione, padre, chiuso: None };
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

/// The open offices of an AOO, oldest first: those that may be chosen.
///
/// # Errors
/// Those of the database.
pub fn aperti(conn: &mut Conn, aoo: AooId) -> Result<Vec<Ufficio>, Errore> {
    let mut tutti = tutti(conn, aoo)?;
    tutti.retain(|u| u.chiuso.is_none());
    Ok(tutti)
}

/// The offices of an AOO as they are now, the closed ones too, oldest first.
///
/// # Errors
/// Those of the database.
pub fn tutti(conn: &mut Conn, aoo: AooId) -> Result<Vec<Ufficio>, Errore> {
    Ok(con_variazioni(conn, aoo, None)?)
}

/// The offices of an AOO as they were at an instant.
pub(super) fn al(conn: &mut Conn, aoo: AooId, istante: Istante) -> Result<Vec<Ufficio>, Errore> {
    Ok(con_variazioni(conn, aoo, Some(istante))?)
}

fn con_variazioni(conn: &mut Conn, aoo: AooId, al: Option<Istante>) -> Result<Vec<Ufficio>, storage::Errore> {
    let righe: Vec<Riga> = uffici::table
        .filter(uffici::aoo_id.eq(aoo.to_string()))
        .order(uffici::id)
        .select(Riga::as_select())
        .load(conn)?;
    let variazioni = variazione::dell_aoo(conn, aoo)?;
    let prima = |quando: chrono::NaiveDateTime| al.is_none_or(|al| quando <= al.utc());
    righe
        .into_iter()
        .filter(|r| prima(r.creato))
        .map(|r| {
            let ultima = variazioni.iter().rev().find(|v| v.ufficio_id == r.id && prima(v.istante));
            r.valore(ultima)
        })
        .collect()
}

/// The open office of an AOO with this code.
///
/// # Errors
/// If there is none, or it is closed.
pub fn per_codice(conn: &mut Conn, aoo: AooId, codice: &CodiceUfficio) -> Result<Ufficio, Errore> {
    let trovato = trova(conn, aoo, codice)?.ok_or_else(|| Errore::UfficioSconosciuto(codice.to_string()))?;
    trovato.aperto()?;
    Ok(trovato)
}

/// The office of an AOO with this code, open or closed.
///
/// # Errors
/// Those of the database.
pub fn trova(conn: &mut Conn, aoo: AooId, codice: &CodiceUfficio) -> Result<Option<Ufficio>, Errore> {
    let riga = uffici::table
        .filter(uffici::aoo_id.eq(aoo.to_string()).and(uffici::codice.eq(codice.as_str())))
        .select(Riga::as_select())
        .first(conn)
        .optional()?;
    Ok(riga.map(|r| r.attuale(conn)).transpose()?)
}

/// The office with this id, open or closed.
///
/// # Errors
/// If there is none.
pub fn per_id(conn: &mut Conn, id: UfficioId) -> Result<Ufficio, Errore> {
    let riga: Option<Riga> =
        uffici::table.filter(uffici::id.eq(id.to_string())).select(Riga::as_select()).first(conn).optional()?;
    Ok(riga.ok_or_else(|| Errore::UfficioSconosciuto(id.to_string()))?.attuale(conn)?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = uffici, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    codice: String,
    denominazione: String,
    padre_id: Option<String>,
    creato: chrono::NaiveDateTime,
}

impl Riga {
    fn attuale(self, conn: &mut Conn) -> Result<Ufficio, storage::Errore> {
        let ultima = variazione::ultima(conn, &self.id)?;
        self.valore(ultima.as_ref())
    }

    fn valore(self, ultima: Option<&variazione::Riga>) -> Result<Ufficio, storage::Errore> {
        let no = |e| storage::Errore::riga("uffici", e);
        let (denominazione, padre) = match ultima {
            Some(v) => (v.denominazione.clone(), v.padre_id.clone()),
            None => (self.denominazione, self.padre_id),
        };
        Ok(Ufficio {
            id: self.id.parse().map_err(no)?,
            codice: self.codice.parse().map_err(no)?,
            denominazione: denominazione.parse().map_err(no)?,
            padre: padre.map(|p| p.parse()).transpose().map_err(no)?,
            chiuso: ultima.and_then(variazione::Riga::chiude),
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
