//! The rows of what happened to terms.

use super::Errore;
use super::scadenza::Vicenda;
use crate::audit::{self, Carico};
use crate::storage::schema::vicende;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{RegistrazioneId, Rifiuto, Testo, nuovo_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "vicenda-termine";

/// Something that happened to a term, and why.
#[derive(Debug, Clone)]
pub struct Avvenuta {
    /// Its id, which the chain knows it by.
    pub id: String,
    /// What, and when.
    pub vicenda: Vicenda,
    /// Why.
    pub motivo: Testo,
    /// The last day of the term as it was computed then.
    pub scade: Option<NaiveDate>,
}

pub(super) fn scrivi(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    v: &Vicenda,
    motivo: &Testo,
    scade: Option<NaiveDate>,
) -> Result<(), Errore> {
    let riga = Riga {
        id: nuovo_id().to_string(),
        registrazione_id: registrazione.to_string(),
        cosa: v.cosa.as_str().to_owned(),
        giorno: v.giorno,
        fino: v.fino,
        motivo: motivo.to_string(),
        scade,
    };
    diesel::insert_into(vicende::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "vicenda-termine", &riga.id, &riga.carico())?;
    Ok(())
}

/// What happened to the term of a registration, oldest first.
pub(super) fn di(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Vec<Avvenuta>, Errore> {
    let righe: Vec<Riga> = vicende::table
        .filter(vicende::registrazione_id.eq(registrazione.to_string()))
        .order(vicende::id)
        .select(Riga::as_select())
        .load(conn)?;
    let valori: Result<_, Rifiuto> = righe.into_iter().map(Riga::valore).collect();
    Ok(valori.map_err(|e| storage::Errore::riga("vicende", e))?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = vicende, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    registrazione_id: String,
    cosa: String,
    giorno: NaiveDate,
    fino: Option<NaiveDate>,
    motivo: String,
    scade: Option<NaiveDate>,
}

impl Riga {
    fn valore(self) -> Result<Avvenuta, Rifiuto> {
        Ok(Avvenuta {
            vicenda: Vicenda { cosa: self.cosa.parse()?, giorno: self.giorno, fino: self.fino },
            motivo: self.motivo.parse()?,
            scade: self.scade,
            id: self.id,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("registrazione", &self.registrazione_id)
            .campo("cosa", &self.cosa)
            .campo("giorno", self.giorno)
            .forse("fino", self.fino)
            .campo("motivo", &self.motivo)
            .forse("scade", self.scade)
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(vicende::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = vicende::table.filter(vicende::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
