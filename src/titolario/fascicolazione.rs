//! *Fascicolazione*: a registration is filed in a fascicolo. Changeable, historicised (DESIGN.md, law 2).
//!
//! A registration may be in several fascicoli; the newest filing says which one is its main one.

use super::{Errore, Fascicolo, fascicolo};
use crate::audit::{self, Carico};
use crate::storage::schema::fascicolazioni;
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::valori::{FascicoloId, Istante, RegistrazioneId, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "fascicolazione";

/// Files a registration, whose main fascicolo this becomes; nothing is written if it is already.
///
/// # Errors
/// Those of the database.
pub fn fascicola(op: &mut Operazione<'_>, registrazione: RegistrazioneId, fascicolo: &Fascicolo) -> Result<(), Errore> {
    let riga = Riga {
        id: nuovo_id().to_string(),
        registrazione_id: registrazione.to_string(),
        fascicolo_id: fascicolo.id.to_string(),
        istante: op.ora.utc(),
    };
    let ultimo: Option<String> = fascicolazioni::table
        .filter(fascicolazioni::registrazione_id.eq(&riga.registrazione_id))
        .order(fascicolazioni::id.desc())
        .select(fascicolazioni::fascicolo_id)
        .first(op.conn)
        .optional()?;
    if ultimo.as_ref() == Some(&riga.fascicolo_id) {
        return Ok(());
    }
    diesel::insert_into(fascicolazioni::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "fascicolazione", &riga.id, &riga.carico())?;
    Ok(())
}

/// The fascicoli, among those that may be seen, in which each of these registrations is: the main one first.
///
/// # Errors
/// Those of the database.
pub fn fascicoli_di(
    conn: &mut Conn,
    vista: &Vista,
    registrazioni: &[String],
) -> Result<HashMap<String, Vec<Fascicolo>>, Errore> {
    let righe: Vec<(String, String)> = fascicolazioni::table
        .filter(fascicolazioni::registrazione_id.eq_any(registrazioni))
        .order(fascicolazioni::id.desc())
        .select((fascicolazioni::registrazione_id, fascicolazioni::fascicolo_id))
        .load(conn)?;
    let ids: Vec<String> = righe.iter().map(|(_, fascicolo)| fascicolo.clone()).collect();
    let visti = fascicolo::tra(conn, vista, &ids)?;
    let mut di: HashMap<String, Vec<Fascicolo>> = HashMap::new();
    for (registrazione, id) in righe {
        let suoi = di.entry(registrazione).or_default();
        if let Some(fascicolo) = visti.get(&id).filter(|f| !suoi.contains(f)) {
            suoi.push(fascicolo.clone());
        }
    }
    Ok(di)
}

/// Every filing of a registration in a fascicolo that may be seen, oldest first, each with the id of its act.
///
/// # Errors
/// Those of the database.
pub fn fascicolazioni(
    conn: &mut Conn,
    vista: &Vista,
    registrazione: RegistrazioneId,
) -> Result<Vec<(String, Fascicolo)>, Errore> {
    let righe: Vec<(String, String)> = fascicolazioni::table
        .filter(fascicolazioni::registrazione_id.eq(registrazione.to_string()))
        .order(fascicolazioni::id)
        .select((fascicolazioni::id, fascicolazioni::fascicolo_id))
        .load(conn)?;
    let ids: Vec<String> = righe.iter().map(|(_, fascicolo)| fascicolo.clone()).collect();
    let visti = fascicolo::tra(conn, vista, &ids)?;
    Ok(righe.into_iter().filter_map(|(atto, id)| Some((atto, visti.get(&id)?.clone()))).collect())
}

/// The ids of the registrations that are in a fascicolo, newest registration first, those before `prima`, at most `quante`:
/// whoever shows them asks the register which may be seen.
///
/// # Errors
/// Those of the database.
pub fn contenuto(
    conn: &mut Conn,
    fascicolo: FascicoloId,
    prima: Option<RegistrazioneId>,
    quante: i64,
) -> Result<Vec<String>, Errore> {
    // Above every UUID.
    let prima = prima.map_or_else(|| "g".to_owned(), |id| id.to_string());
    Ok(fascicolazioni::table
        .filter(fascicolazioni::fascicolo_id.eq(fascicolo.to_string()))
        .filter(fascicolazioni::registrazione_id.lt(prima))
        .distinct()
        .order(fascicolazioni::registrazione_id.desc())
        .limit(quante)
        .select(fascicolazioni::registrazione_id)
        .load(conn)?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = fascicolazioni)]
struct Riga {
    id: String,
    registrazione_id: String,
    fascicolo_id: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("registrazione", &self.registrazione_id)
            .campo("fascicolo", &self.fascicolo_id)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(fascicolazioni::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        fascicolazioni::table.filter(fascicolazioni::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
