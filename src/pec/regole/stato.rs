//! Switching a rule on, which wants that what it would have done was looked at first, and off.

use super::super::Errore;
use super::regola::regola;
use crate::audit::{self, Carico};
use crate::storage::schema::{anteprime_regole, stati_regole as tabella};
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::valori::{Istante, RegolaId, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "stato-regola";

/// What a version would have done, when it was last looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anteprima {
    /// When.
    pub istante: Istante,
    /// The messages that were looked at.
    pub guardati: i64,
    /// Of these, those of which the rule speaks.
    pub trovati: i64,
}

/// Switches on the current version of a rule, for what arrives from now on. Who may decide it is up to the caller (the RSP).
///
/// # Errors
/// `RegolaSconosciuta`, `StatoRegolaUguale`, `SenzaAnteprima` if nobody looked at what this version would have done.
pub fn accendi(op: &mut Operazione<'_>, id: RegolaId) -> Result<(), Errore> {
    let r = regola(op.conn, op.aoo, id)?;
    if r.accesa.is_some() {
        return Err(Errore::StatoRegolaUguale("già accesa"));
    }
    let vista = r.anteprima.ok_or(Errore::SenzaAnteprima)?;
    scrivi(op, r.versione_id.to_string(), true, (vista.guardati, vista.trovati))
}

/// Switches a rule off. What it did stays.
///
/// # Errors
/// `RegolaSconosciuta`, `StatoRegolaUguale`.
pub fn spegni(op: &mut Operazione<'_>, id: RegolaId) -> Result<(), Errore> {
    let r = regola(op.conn, op.aoo, id)?;
    if r.accesa.is_none() {
        return Err(Errore::StatoRegolaUguale("già spenta"));
    }
    scrivi(op, r.versione_id.to_string(), false, (0, 0))
}

fn scrivi(
    op: &mut Operazione<'_>,
    versione_id: String,
    accesa: bool,
    (guardati, trovati): (i64, i64),
) -> Result<(), Errore> {
    let attore = op.attore.clone();
    let autore = utenti::nome_autore(op.conn, &attore)?;
    let (aoo_id, istante) = (op.aoo.to_string(), op.ora.utc());
    let riga = Riga { id: nuovo_id().to_string(), aoo_id, versione_id, accesa, guardati, trovati, autore, istante };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "stato-regola", &riga.id, &riga.carico())?;
    Ok(())
}

/// Since when each of these versions is on; those that are off are not there.
pub(super) fn accese(conn: &mut Conn, versioni: &[String]) -> Result<HashMap<String, Istante>, Errore> {
    let righe: Vec<Riga> = tabella::table
        .filter(tabella::versione_id.eq_any(versioni))
        .order(tabella::id)
        .select(Riga::as_select())
        .load(conn)?;
    let ultime: HashMap<String, Riga> = righe.into_iter().map(|r| (r.versione_id.clone(), r)).collect();
    Ok(ultime.into_iter().filter(|(_, r)| r.accesa).map(|(v, r)| (v, Istante::from_utc(r.istante))).collect())
}

/// When each of these versions was last looked at.
pub(super) fn anteprime(conn: &mut Conn, versioni: &[String]) -> Result<HashMap<String, Anteprima>, Errore> {
    use anteprime_regole as a;
    let righe: Vec<(String, chrono::NaiveDateTime, i64, i64)> = a::table
        .filter(a::versione_id.eq_any(versioni))
        .select((a::versione_id, a::istante, a::guardati, a::trovati))
        .load(conn)?;
    let una =
        |(v, istante, guardati, trovati)| (v, Anteprima { istante: Istante::from_utc(istante), guardati, trovati });
    Ok(righe.into_iter().map(una).collect())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct Riga {
    id: String,
    aoo_id: String,
    versione_id: String,
    accesa: bool,
    guardati: i64,
    trovati: i64,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("versione", &self.versione_id)
            .campo("accesa", self.accesa)
            .campo("guardati", self.guardati)
            .campo("trovati", self.trovati)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
