//! *Gruppo*: a named list of parties of the rubrica and of the IPA (the schools, the comuni of the Unione), picked as one.
//!
//! Acts only: a group is made, parties enter and leave it, it is closed. Who they are is read when the group is picked, so that an
//! address that changed is the new one; a registration keeps the parties that it had.

mod errore;
mod membro;

pub use errore::Errore;
pub use membro::{Iscritto, MASSIMO_MEMBRI, Membro, aggiungi, membri, togli};

use crate::audit::{self, Atto, Carico};
use crate::storage::schema::{chiusure_gruppi, gruppi as tabella, membri_gruppi, uscite_gruppi};
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::valori::{AooId, Denominazione, GruppoId, Istante, Rifiuto};
use diesel::prelude::*;
use std::collections::HashMap;

const ATTO: &str = "gruppo";
const ATTO_CHIUSURA: &str = "chiusura-gruppo";

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: ATTO, ricalcola, conta },
    Atto { tipo: ATTO_CHIUSURA, ricalcola: ricalcola_chiusure, conta: conta_chiusure },
    Atto { tipo: membro::ATTO, ricalcola: membro::ricalcola, conta: membro::conta },
    Atto { tipo: membro::ATTO_USCITA, ricalcola: membro::ricalcola_uscite, conta: membro::conta_uscite },
];

/// A group that is not closed.
#[derive(Debug, Clone)]
pub struct Gruppo {
    /// Its id.
    pub id: GruppoId,
    /// Its name.
    pub nome: Denominazione,
    /// How many are in it.
    pub membri: usize,
    /// Who made it.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

/// Makes a group.
///
/// # Errors
/// `NomeUsato` if one of this name is there.
pub fn crea(op: &mut Operazione<'_>, nome: &Denominazione) -> Result<GruppoId, Errore> {
    let uguale = |g: &Gruppo| g.nome.as_str().to_lowercase() == nome.as_str().to_lowercase();
    if gruppi(op.conn, op.aoo)?.iter().any(uguale) {
        return Err(Errore::NomeUsato(nome.clone()));
    }
    let (id, attore) = (GruppoId::new(), op.attore.clone());
    let riga = Riga {
        id: id.to_string(),
        aoo_id: op.aoo.to_string(),
        nome: nome.to_string(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "gruppo", id, &riga.carico())?;
    Ok(id)
}

/// Closes a group: it can be picked no more.
///
/// # Errors
/// `Sconosciuto`, also if it was closed before.
pub fn chiudi(op: &mut Operazione<'_>, id: GruppoId) -> Result<(), Errore> {
    per_id(op.conn, op.aoo, id)?;
    let attore = op.attore.clone();
    let riga =
        Chiusura { gruppo_id: id.to_string(), autore: utenti::nome_autore(op.conn, &attore)?, istante: op.ora.utc() };
    diesel::insert_into(chiusure_gruppi::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO_CHIUSURA, "gruppo", id, &riga.carico())?;
    Ok(())
}

/// The groups of an AOO that are not closed, by name.
///
/// # Errors
/// Those of the database.
pub fn gruppi(conn: &mut Conn, aoo: AooId) -> Result<Vec<Gruppo>, Errore> {
    let chiusi = chiusure_gruppi::table.select(chiusure_gruppi::gruppo_id);
    let righe: Vec<Riga> = tabella::table
        .filter(tabella::aoo_id.eq(aoo.to_string()))
        .filter(diesel::dsl::not(tabella::id.eq_any(chiusi)))
        .select(Riga::as_select())
        .load(conn)?;
    let ids: Vec<&str> = righe.iter().map(|r| r.id.as_str()).collect();
    let usciti = uscite_gruppi::table.select(uscite_gruppi::membro_id);
    let dentro: Vec<String> = membri_gruppi::table
        .filter(membri_gruppi::gruppo_id.eq_any(ids))
        .filter(diesel::dsl::not(membri_gruppi::id.eq_any(usciti)))
        .select(membri_gruppi::gruppo_id)
        .load(conn)?;
    let mut quanti: HashMap<String, usize> = HashMap::new();
    for gruppo in dentro {
        *quanti.entry(gruppo).or_default() += 1;
    }
    let valore = |r: Riga| {
        let membri = quanti.get(&r.id).copied().unwrap_or_default();
        r.valore(membri).map_err(|e| storage::Errore::riga("gruppi", e))
    };
    let mut gruppi: Vec<Gruppo> = righe.into_iter().map(valore).collect::<Result<_, _>>()?;
    gruppi.sort_by_cached_key(|g| super::rubrica::parole::ordine(g.nome.as_str()));
    Ok(gruppi)
}

/// The group with this id.
///
/// # Errors
/// `Sconosciuto` if there is none in this AOO, or it is closed.
pub fn per_id(conn: &mut Conn, aoo: AooId, id: GruppoId) -> Result<Gruppo, Errore> {
    gruppi(conn, aoo)?.into_iter().find(|g| g.id == id).ok_or(Errore::Sconosciuto)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct Riga {
    id: String,
    aoo_id: String,
    nome: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self, membri: usize) -> Result<Gruppo, Rifiuto> {
        let (id, nome) = (self.id.parse()?, self.nome.parse()?);
        Ok(Gruppo { id, nome, membri, autore: self.autore, istante: Istante::from_utc(self.istante) })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("nome", &self.nome)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = chiusure_gruppi)]
struct Chiusura {
    gruppo_id: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Chiusura {
    fn carico(&self) -> Carico {
        Carico::new(ATTO_CHIUSURA, 1)
            .campo("gruppo", &self.gruppo_id)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

fn conta_chiusure(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(chiusure_gruppi::table.count().get_result(conn)?)
}

fn ricalcola_chiusure(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Chiusura> = chiusure_gruppi::table
        .filter(chiusure_gruppi::gruppo_id.eq_any(ids))
        .select(Chiusura::as_select())
        .load(conn)?;
    Ok(righe.into_iter().map(|r| (r.gruppo_id.clone(), r.carico())).collect())
}
