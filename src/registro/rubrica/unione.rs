//! Two parties that are one: an act, undone by another. The rows of both stay as they are.
//!
//! Only what is not merged is merged, so the unions in force are trees and never a ring.

use super::{Errore, indice, soggetto};
use crate::audit::{self, Carico};
use crate::storage::schema::{scioglimenti_unioni, unioni_soggetti};
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::valori::{AooId, Istante, SoggettoId, UnioneId};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

pub(super) const ATTO: &str = "unione-soggetti";
pub(super) const ATTO_SCIOGLIMENTO: &str = "scioglimento-unione";

/// A soggetto that is one with another.
#[derive(Debug, Clone)]
pub struct Unione {
    /// Its id.
    pub id: UnioneId,
    /// The soggetto whose data count.
    pub tenuto: SoggettoId,
    /// The one that was merged into it.
    pub unito: SoggettoId,
    /// Who merged them.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

/// Merges `unito` into `tenuto`: the addresses of both are of `tenuto`, whose name and codes count.
///
/// # Errors
/// `Stesso` if they are one row, `Unito` if either is one with another already.
pub fn unisci(op: &mut Operazione<'_>, tenuto: SoggettoId, unito: SoggettoId) -> Result<UnioneId, Errore> {
    if tenuto == unito {
        return Err(Errore::Stesso);
    }
    soggetto::modificabile(op.conn, op.aoo, tenuto)?;
    soggetto::modificabile(op.conn, op.aoo, unito)?;
    let attore = op.attore.clone();
    let id = UnioneId::new();
    let riga = Riga {
        id: id.to_string(),
        tenuto_id: tenuto.to_string(),
        unito_id: unito.to_string(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(unioni_soggetti::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "unione", id, &riga.carico())?;
    indice::rifai(op, tenuto)?;
    Ok(id)
}

/// Parts two that were merged.
///
/// # Errors
/// `Sconosciuto` if this soggetto has no such union, `GiaSciolta` if they were parted before.
pub fn sciogli(op: &mut Operazione<'_>, soggetto: SoggettoId, id: UnioneId) -> Result<(), Errore> {
    soggetto::per_id(op.conn, op.aoo, soggetto)?;
    let riga: Option<Riga> =
        unioni_soggetti::table.find(id.to_string()).select(Riga::as_select()).first(op.conn).optional()?;
    let suo = soggetto.to_string();
    let riga = riga.filter(|r| r.tenuto_id == suo || r.unito_id == suo).ok_or(Errore::Sconosciuto)?;
    let gia: Option<String> =
        scioglimenti_unioni::table.find(&riga.id).select(scioglimenti_unioni::unione_id).first(op.conn).optional()?;
    if gia.is_some() {
        return Err(Errore::GiaSciolta);
    }
    let attore = op.attore.clone();
    let scioglimento = Scioglimento {
        unione_id: riga.id.clone(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(scioglimenti_unioni::table).values(&scioglimento).execute(op.conn)?;
    audit::annota(op, ATTO_SCIOGLIMENTO, "unione", &riga.id, &scioglimento.carico())?;
    indice::rifai(op, riga.tenuto_id.parse()?)?;
    indice::rifai(op, riga.unito_id.parse()?)
}

/// The unions in force of a soggetto: into it, and of it into another.
///
/// # Errors
/// `Sconosciuto` if there is none such in this AOO.
pub fn unioni(conn: &mut Conn, aoo: AooId, soggetto: SoggettoId) -> Result<Vec<Unione>, Errore> {
    let id = soggetto::per_id(conn, aoo, soggetto)?.id.to_string();
    let mut righe = verso(conn, std::slice::from_ref(&id))?;
    righe.extend(dei(conn, std::slice::from_ref(&id))?);
    Ok(righe.into_iter().map(Riga::valore).collect::<Result<_, _>>()?)
}

/// With whom each of these is one, if with anybody.
pub(super) fn tenuti(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, SoggettoId>, Errore> {
    let righe = dei(conn, ids)?;
    righe.into_iter().map(|r| Ok((r.unito_id.clone(), r.valore()?.tenuto))).collect()
}

/// Each of these with itself and with all that were merged into it, near or far.
pub(super) fn rami(conn: &mut Conn, radici: &[String]) -> Result<Vec<(String, String)>, Errore> {
    let mut rami: Vec<(String, String)> = radici.iter().map(|r| (r.clone(), r.clone())).collect();
    let mut nuovi = rami.clone();
    while !nuovi.is_empty() {
        let tenuti: Vec<String> = nuovi.iter().map(|(_, membro)| membro.clone()).collect();
        let righe = verso(conn, &tenuti)?;
        nuovi = righe
            .iter()
            .flat_map(|r| {
                let sopra = nuovi.iter().filter(|(_, membro)| *membro == r.tenuto_id);
                sopra.map(|(radice, _)| (radice.clone(), r.unito_id.clone())).collect::<Vec<_>>()
            })
            .collect();
        rami.extend(nuovi.iter().cloned());
    }
    Ok(rami)
}

/// The soggetto whose data count for this one.
pub(super) fn radice(conn: &mut Conn, id: SoggettoId) -> Result<SoggettoId, Errore> {
    let mut radice = id;
    while let Some(tenuto) = tenuti(conn, &[radice.to_string()])?.remove(&radice.to_string()) {
        radice = tenuto;
    }
    Ok(radice)
}

/// The unions in force into these.
fn verso(conn: &mut Conn, tenuti: &[String]) -> Result<Vec<Riga>, Errore> {
    let righe = unioni_soggetti::table
        .filter(unioni_soggetti::tenuto_id.eq_any(tenuti))
        .order(unioni_soggetti::id)
        .select(Riga::as_select())
        .load(conn)?;
    in_vigore(conn, righe)
}

/// The unions in force of these into others.
fn dei(conn: &mut Conn, uniti: &[String]) -> Result<Vec<Riga>, Errore> {
    let righe = unioni_soggetti::table
        .filter(unioni_soggetti::unito_id.eq_any(uniti))
        .order(unioni_soggetti::id)
        .select(Riga::as_select())
        .load(conn)?;
    in_vigore(conn, righe)
}

fn in_vigore(conn: &mut Conn, mut righe: Vec<Riga>) -> Result<Vec<Riga>, Errore> {
    if righe.is_empty() {
        return Ok(righe);
    }
    let ids: Vec<&str> = righe.iter().map(|r| r.id.as_str()).collect();
    let sciolte: HashSet<String> = scioglimenti_unioni::table
        .filter(scioglimenti_unioni::unione_id.eq_any(ids))
        .select(scioglimenti_unioni::unione_id)
        .load(conn)?
        .into_iter()
        .collect();
    righe.retain(|r| !sciolte.contains(&r.id));
    Ok(righe)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = unioni_soggetti)]
struct Riga {
    id: String,
    tenuto_id: String,
    unito_id: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self) -> Result<Unione, storage::Errore> {
        let no = |e| storage::Errore::riga("unioni_soggetti", e);
        Ok(Unione {
            id: self.id.parse().map_err(no)?,
            tenuto: self.tenuto_id.parse().map_err(no)?,
            unito: self.unito_id.parse().map_err(no)?,
            autore: self.autore,
            istante: Istante::from_utc(self.istante),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("tenuto", &self.tenuto_id)
            .campo("unito", &self.unito_id)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = scioglimenti_unioni)]
struct Scioglimento {
    unione_id: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Scioglimento {
    fn carico(&self) -> Carico {
        Carico::new(ATTO_SCIOGLIMENTO, 1)
            .campo("unione", &self.unione_id)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(unioni_soggetti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        unioni_soggetti::table.filter(unioni_soggetti::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

pub(super) fn conta_scioglimenti(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(scioglimenti_unioni::table.count().get_result(conn)?)
}

pub(super) fn ricalcola_scioglimenti(
    conn: &mut Conn,
    ids: &[String],
) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Scioglimento> = scioglimenti_unioni::table
        .filter(scioglimenti_unioni::unione_id.eq_any(ids))
        .select(Scioglimento::as_select())
        .load(conn)?;
    Ok(righe.into_iter().map(|r| (r.unione_id.clone(), r.carico())).collect())
}
