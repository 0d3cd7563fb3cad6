//! *Accesso*: a person is kept out, let in again, or given another password (DPR 445/2000 art. 61 c. 3 a).
//!
//! Whoever is kept out keeps name, roles and history: what they did stays theirs. Their sessions end with the act, and their tokens
//! for good: whoever comes back is given new ones.

use super::{Errore, Persona, persona, sessione};
use crate::audit::{self, Carico};
use crate::storage::schema::accessi;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{Istante, UtenteId, nuovo_id};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

pub(super) const ATTO: &str = "accesso";

const ESCLUSO: &str = "escluso";
const RIAMMESSO: &str = "riammesso";
const PASSWORD: &str = "password";

/// Keeps a person out, from now; who is out already stays out, and nothing is written.
///
/// # Errors
/// Those of the database.
pub fn escludi(op: &mut Operazione<'_>, chi: &Persona) -> Result<(), Errore> {
    if escluso(op.conn, chi.id)? {
        return Ok(());
    }
    sessione::chiudi_tutte(op, chi.id)?;
    annota(op, chi.id, ESCLUSO)
}

/// Lets a person in again.
///
/// # Errors
/// Those of the database.
pub fn riammetti(op: &mut Operazione<'_>, chi: &Persona) -> Result<(), Errore> {
    if !escluso(op.conn, chi.id)? {
        return Ok(());
    }
    annota(op, chi.id, RIAMMESSO)
}

/// Gives a person another password, already protected ([`super::Parola::protetta`]); their sessions end.
///
/// # Errors
/// Those of the database.
pub fn cambia_parola(op: &mut Operazione<'_>, chi: &Persona, protetta: &str) -> Result<(), Errore> {
    persona::scrivi_parola(op, chi.id, protetta)?;
    sessione::chiudi_tutte(op, chi.id)?;
    annota(op, chi.id, PASSWORD)
}

/// As [`cambia_parola`], but who asks is the person, in the session of `gettone`, which goes on; only their others end.
///
/// # Errors
/// Those of the database.
pub fn cambia_la_propria(op: &mut Operazione<'_>, chi: &Persona, protetta: &str, gettone: &str) -> Result<(), Errore> {
    persona::scrivi_parola(op, chi.id, protetta)?;
    sessione::chiudi_altre(op, chi.id, gettone)?;
    annota(op, chi.id, PASSWORD)
}

/// Those of these people that were kept out at an instant.
pub(super) fn esclusi_al(conn: &mut Conn, ids: &[UtenteId], istante: Istante) -> Result<HashSet<UtenteId>, Errore> {
    let righe: Vec<(String, String)> = accessi::table
        .filter(accessi::utente_id.eq_any(ids.iter().map(ToString::to_string)))
        .filter(accessi::cosa.ne(PASSWORD).and(accessi::istante.le(istante.utc())))
        .order(accessi::id)
        .select((accessi::utente_id, accessi::cosa))
        .load(conn)?;
    let mut esclusi = HashSet::new();
    for (utente, cosa) in righe {
        let utente = utente.parse().map_err(|e| storage::Errore::riga("accessi", e))?;
        if cosa == ESCLUSO {
            esclusi.insert(utente)
        } else {
            esclusi.remove(&utente)
        };
    }
    Ok(esclusi)
}

/// True if a person is kept out.
///
/// # Errors
/// Those of the database.
pub fn escluso(conn: &mut Conn, id: UtenteId) -> Result<bool, Errore> {
    let ultimo: Option<String> = accessi::table
        .filter(accessi::utente_id.eq(id.to_string()).and(accessi::cosa.ne(PASSWORD)))
        .order(accessi::id.desc())
        .select(accessi::cosa)
        .first(conn)
        .optional()?;
    Ok(ultimo.as_deref() == Some(ESCLUSO))
}

/// True if a person was kept out after this, let in again or not. Ids tell what came after, whatever the clocks said.
pub(super) fn escluso_dopo(conn: &mut Conn, id: UtenteId, dopo: &str) -> Result<bool, Errore> {
    let dopo: Option<String> = accessi::table
        .filter(accessi::utente_id.eq(id.to_string()).and(accessi::cosa.eq(ESCLUSO)))
        .filter(accessi::id.gt(dopo))
        .select(accessi::id)
        .first(conn)
        .optional()?;
    Ok(dopo.is_some())
}

fn annota(op: &mut Operazione<'_>, id: UtenteId, cosa: &str) -> Result<(), Errore> {
    let riga =
        Riga { id: nuovo_id().to_string(), utente_id: id.to_string(), cosa: cosa.to_owned(), istante: op.ora.utc() };
    diesel::insert_into(accessi::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "accesso", &riga.id, &riga.carico())?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = accessi)]
struct Riga {
    id: String,
    utente_id: String,
    cosa: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("utente", &self.utente_id)
            .campo("cosa", &self.cosa)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(accessi::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = accessi::table.filter(accessi::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
