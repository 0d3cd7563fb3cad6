//! *Termine*: the day by which an office must answer (L. 241/1990 art. 2). It runs from the presentazione, never from the
//! registration.

use super::Errore;
use crate::audit::{self, Carico};
use crate::storage::schema::termini;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{Calendario, Istante, RegistrazioneId};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "termine";

/// The term of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Termine {
    /// From when it runs: the presentazione.
    pub decorre: Istante,
    /// How many days it has.
    pub giorni: u32,
    /// The last day, in Rome.
    pub scade: NaiveDate,
}

/// Gives a registration its term, once.
///
/// # Errors
/// Those of the database.
pub fn fissa_termine(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    decorre: Istante,
    giorni: u32,
    calendario: &Calendario,
) -> Result<Termine, Errore> {
    let riga = Riga {
        registrazione_id: registrazione.to_string(),
        decorre: decorre.utc(),
        giorni: i32::try_from(giorni).unwrap_or(i32::MAX),
        scade: calendario.scadenza(decorre.giorno(), giorni),
    };
    diesel::insert_into(termini::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "termine", registrazione, &riga.carico())?;
    Ok(riga.valore())
}

/// The term of a registration, if it has one.
///
/// # Errors
/// Those of the database.
pub fn termine(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Option<Termine>, Errore> {
    let riga: Option<Riga> = termini::table
        .filter(termini::registrazione_id.eq(registrazione.to_string()))
        .select(Riga::as_select())
        .first(conn)
        .optional()?;
    Ok(riga.map(|r| r.valore()))
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = termini)]
struct Riga {
    registrazione_id: String,
    decorre: chrono::NaiveDateTime,
    giorni: i32,
    scade: NaiveDate,
}

impl Riga {
    fn valore(&self) -> Termine {
        let giorni = u32::try_from(self.giorni).unwrap_or(0);
        Termine { decorre: Istante::from_utc(self.decorre), giorni, scade: self.scade }
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("registrazione", &self.registrazione_id)
            .campo("decorre", Istante::from_utc(self.decorre))
            .campo("giorni", self.giorni)
            .campo("scade", self.scade)
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(termini::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        termini::table.filter(termini::registrazione_id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.registrazione_id.clone(), r.carico())).collect())
}
