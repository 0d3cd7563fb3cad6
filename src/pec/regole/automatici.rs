//! Whether messages of a kind may be registered without a person: off until the RSP switches it on.

use super::super::Errore;
use super::{GENERI, Genere};
use crate::audit::{self, Carico};
use crate::storage::schema::generi_automatici as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::valori::{AooId, Istante, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "genere-automatico";

/// The kinds that rules may register by themselves in an AOO.
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
    Ok(GENERI.into_iter().filter(|g| ultimi.get(g.as_str()).copied().unwrap_or(false)).collect())
}

/// Allows it for a kind, or no more. Who may decide it is up to the caller (the RSP).
///
/// # Errors
/// `AutomaticoUguale` if nothing would change.
pub fn cambia_automatico(op: &mut Operazione<'_>, genere: Genere, acceso: bool) -> Result<(), Errore> {
    if automatici(op.conn, op.aoo)?.contains(&genere) == acceso {
        return Err(Errore::AutomaticoUguale(if acceso { "già accesa" } else { "già spenta" }));
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
    audit::annota(op, ATTO, "genere-automatico", &riga.id, &riga.carico())?;
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
