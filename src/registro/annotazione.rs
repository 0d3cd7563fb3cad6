//! *Annotazioni*: what whoever works on a registration notes on it, with author and instant (law 2 of the house: added by acts).
//!
//! A note is never changed and never taken away; one that is wrong is followed by another. Whoever sees the registration reads all of
//! them. No note is part of what is registered, of the segnatura or of what is sent, and an annulled registration takes notes too: it is
//! where people look for why.

use super::{Errore, lettura};
use crate::audit::{self, Carico};
use crate::storage::schema::annotazioni as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, RegistrazioneId, Rifiuto, Testo, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "annotazione";

/// Most notes of one registration.
const MASSIME: usize = 500;

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotazione {
    /// Id of the act.
    pub id: String,
    /// What it says.
    pub testo: Testo,
    /// Who wrote it, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

/// Adds a note to a registration. Who may is up to the caller.
///
/// # Errors
/// `Sconosciuta` if it may not be seen, `AnnotazionePresente` if the last note of this author says the same, `TroppiAtti`.
pub fn annota(op: &mut Operazione<'_>, vista: &Vista, id: RegistrazioneId, testo: &Testo) -> Result<(), Errore> {
    if !lettura::visibile(op.conn, vista, id)? {
        return Err(Errore::Sconosciuta);
    }
    let attore = op.attore.clone();
    let autore = utenti::nome_autore(op.conn, &attore)?;
    let prime = annotazioni(op.conn, id)?;
    // The same form sent twice.
    if prime.iter().rev().find(|a| a.autore == autore).is_some_and(|a| a.testo == *testo) {
        return Err(Errore::AnnotazionePresente);
    }
    if prime.len() >= MASSIME {
        return Err(Errore::TroppiAtti(prime.len(), "annotazioni"));
    }
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        registrazione_id: id.to_string(),
        testo: testo.to_string(),
        autore,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "annotazione", &riga.id, &riga.carico())?;
    Ok(())
}

/// The notes of a registration that the caller sees, oldest first.
///
/// # Errors
/// Those of the database.
pub fn annotazioni(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Vec<Annotazione>, Errore> {
    let righe: Vec<Riga> = tabella::table
        .filter(tabella::registrazione_id.eq(registrazione.to_string()))
        .order(tabella::id)
        .select(Riga::as_select())
        .load(conn)?;
    let lette: Result<Vec<Annotazione>, Rifiuto> = righe.into_iter().map(Riga::valore).collect();
    Ok(lette.map_err(|e| storage::Errore::riga("annotazioni", e))?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct Riga {
    id: String,
    aoo_id: String,
    registrazione_id: String,
    testo: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self) -> Result<Annotazione, Rifiuto> {
        let (testo, istante) = (self.testo.parse()?, Istante::from_utc(self.istante));
        Ok(Annotazione { id: self.id, testo, autore: self.autore, istante })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("registrazione", &self.registrazione_id)
            .campo("testo", &self.testo)
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
