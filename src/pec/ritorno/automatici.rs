//! Whether answers of a kind leave by themselves: off until the RSP switches it on.

use super::super::Errore;
use super::Genere;
use crate::audit::{self, Carico};
use crate::storage::schema::ritorni_automatici as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::valori::{AooId, Istante, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "ritorno-automatico";

/// The switches: that of the conferme is also that of their corrections.
pub const INTERRUTTORI: [Genere; 3] = [Genere::Conferma, Genere::Eccezione, Genere::Ricevuta];

/// The switches that are on.
///
/// # Errors
/// Those of the database.
pub fn automatici(conn: &mut Conn, aoo: AooId) -> Result<Vec<Genere>, Errore> {
    let righe: Vec<(String, bool)> = tabella::table
        .filter(tabella::aoo_id.eq(aoo.to_string()))
        .order(tabella::id)
        .select((tabella::genere, tabella::acceso))
        .load(conn)?;
    let ultimi: HashMap<String, bool> = righe.into_iter().collect();
    Ok(INTERRUTTORI.into_iter().filter(|g| ultimi.get(g.as_str()).copied().unwrap_or(false)).collect())
}

/// True if answers of this kind leave by themselves.
pub(super) fn da_soli(conn: &mut Conn, aoo: AooId, genere: Genere) -> Result<bool, Errore> {
    Ok(automatici(conn, aoo)?.contains(&genere.interruttore()))
}

/// Switches it on or off. Who may decide it is up to the caller (the RSP). What is owed already waits for a person.
///
/// # Errors
/// `RitornoAutomaticoUguale` if nothing would change.
pub fn cambia_automatico(op: &mut Operazione<'_>, genere: Genere, acceso: bool) -> Result<(), Errore> {
    let genere = genere.interruttore();
    if automatici(op.conn, op.aoo)?.contains(&genere) == acceso {
        return Err(Errore::RitornoAutomaticoUguale(if acceso { "già acceso" } else { "già spento" }));
    }
    let attore = op.attore.clone();
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        genere: genere.as_str().to_owned(),
        acceso,
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "ritorno-automatico", &riga.id, &riga.carico())?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct Riga {
    id: String,
    aoo_id: String,
    genere: String,
    acceso: bool,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("genere", &self.genere)
            .campo("acceso", self.acceso)
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
