//! *Riprova*: the act of putting a registration that was to be corrected on its way again.
//!
//! If it has a package, the same bytes are delivered again (law 7 of the house); only what never had one gets one built.

use super::versamento::{self, Stato};
use super::{Errore, pacchetto};
use crate::audit::{self, Carico};
use crate::registro;
use crate::storage::schema::riprove as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, RegistrazioneId, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "riprova";

/// Puts a registration on its way again; says where it stands now. Who may (the responsabile della conservazione) is for the
/// caller to ask of `utenti::politica`.
///
/// # Errors
/// `Registro(Sconosciuta)` if it may not be seen, `NonDaCorreggere` if nothing is wrong with it.
pub fn riprova(op: &mut Operazione<'_>, vista: &Vista, registrazione: RegistrazioneId) -> Result<Stato, Errore> {
    if !registro::visibile(op.conn, vista, registrazione)? {
        return Err(registro::Errore::Sconosciuta.into());
    }
    let motivo = versamento::da_correggere(op.conn, registrazione)?.ok_or(Errore::NonDaCorreggere)?;
    let stato = if pacchetto::presente(op.conn, registrazione)? { Stato::Preparato } else { Stato::DaPreparare };
    let riga =
        Riga { id: nuovo_id().to_string(), registrazione_id: registrazione.to_string(), motivo, istante: op.ora.utc() };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    versamento::riprendi(op, registrazione, stato)?;
    audit::annota(op, ATTO, "riprova", &riga.id, &riga.carico())?;
    Ok(stato)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct Riga {
    id: String,
    registrazione_id: String,
    motivo: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("registrazione", &self.registrazione_id)
            .campo("motivo", &self.motivo)
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
