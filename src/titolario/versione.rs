//! A version of the titolario and its voci.

use super::{Errore, RigaTitolario};
use crate::audit::{self, Carico};
use crate::storage::schema::{titolari, voci as tabella};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, CodiceVoce, Denominazione, TitolarioId, VoceId};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "titolario";

/// A voce of the titolario.
#[derive(Debug, Clone)]
pub struct Voce {
    /// Its id; the same code in another version is another voce.
    pub id: VoceId,
    /// Its code.
    pub codice: CodiceVoce,
    /// Its name.
    pub denominazione: Denominazione,
}

/// Puts a titolario in force in the operation's AOO, from now.
///
/// # Errors
/// Those of the database.
pub fn crea(op: &mut Operazione<'_>, nome: &Denominazione, righe: &[RigaTitolario]) -> Result<TitolarioId, Errore> {
    let id = TitolarioId::new();
    diesel::insert_into(titolari::table)
        .values((
            titolari::id.eq(id.to_string()),
            titolari::aoo_id.eq(op.aoo.to_string()),
            titolari::nome.eq(nome.as_str()),
            titolari::dal.eq(op.ora.utc()),
        ))
        .execute(op.conn)?;
    let testi: Vec<(String, String)> =
        righe.iter().map(|r| (r.codice.to_string(), r.denominazione.to_string())).collect();
    for ((codice, denominazione), posizione) in testi.iter().zip(1_i32..) {
        diesel::insert_into(tabella::table)
            .values((
                tabella::id.eq(VoceId::new().to_string()),
                tabella::titolario_id.eq(id.to_string()),
                tabella::codice.eq(codice),
                tabella::denominazione.eq(denominazione),
                tabella::posizione.eq(posizione),
            ))
            .execute(op.conn)?;
    }
    let carico = carico(&id.to_string(), &op.aoo.to_string(), nome.as_str(), &testi);
    audit::annota(op, ATTO, "titolario", id, &carico)?;
    Ok(id)
}

/// The voci in force in an AOO, in the order of the titolario; none before one is imported.
///
/// # Errors
/// Those of the database.
pub fn voci(conn: &mut Conn, aoo: AooId) -> Result<Vec<Voce>, Errore> {
    let Some(titolario) = in_vigore(conn, aoo)? else { return Ok(Vec::new()) };
    let righe: Vec<(String, String, String)> = tabella::table
        .filter(tabella::titolario_id.eq(titolario))
        .order(tabella::posizione)
        .select((tabella::id, tabella::codice, tabella::denominazione))
        .load(conn)?;
    Ok(righe.into_iter().map(valore).collect::<Result<_, _>>()?)
}

/// The voce in force in an AOO with this code.
///
/// # Errors
/// If there is none.
pub fn voce(conn: &mut Conn, aoo: AooId, codice: &CodiceVoce) -> Result<Voce, Errore> {
    let ignota = || Errore::VoceSconosciuta(codice.clone());
    let titolario = in_vigore(conn, aoo)?.ok_or_else(ignota)?;
    let riga: Option<(String, String, String)> = tabella::table
        .filter(tabella::titolario_id.eq(titolario).and(tabella::codice.eq(codice.as_str())))
        .select((tabella::id, tabella::codice, tabella::denominazione))
        .first(conn)
        .optional()?;
    Ok(valore(riga.ok_or_else(ignota)?)?)
}

fn in_vigore(conn: &mut Conn, aoo: AooId) -> Result<Option<String>, Errore> {
    Ok(titolari::table
        .filter(titolari::aoo_id.eq(aoo.to_string()))
        .order((titolari::dal.desc(), titolari::id.desc()))
        .select(titolari::id)
        .first(conn)
        .optional()?)
}

fn valore((id, codice, denominazione): (String, String, String)) -> Result<Voce, storage::Errore> {
    let no = |e| storage::Errore::riga("voci", e);
    Ok(Voce {
        id: id.parse().map_err(no)?,
        codice: codice.parse().map_err(no)?,
        denominazione: denominazione.parse().map_err(no)?,
    })
}

fn carico(id: &str, aoo: &str, nome: &str, voci: &[(String, String)]) -> Carico {
    let testa = Carico::new(ATTO, 1).campo("id", id).campo("aoo", aoo).campo("nome", nome);
    voci.iter().fold(testa, |c, (codice, denominazione)| c.campo(codice, denominazione))
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(titolari::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let teste: Vec<(String, String, String)> = titolari::table
        .filter(titolari::id.eq_any(ids))
        .select((titolari::id, titolari::aoo_id, titolari::nome))
        .load(conn)?;
    let mut carichi = HashMap::new();
    for (id, aoo, nome) in teste {
        let voci: Vec<(String, String)> = tabella::table
            .filter(tabella::titolario_id.eq(&id))
            .order(tabella::posizione)
            .select((tabella::codice, tabella::denominazione))
            .load(conn)?;
        let carico = carico(&id, &aoo, &nome, &voci);
        carichi.insert(id, carico);
    }
    Ok(carichi)
}
