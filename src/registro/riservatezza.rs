//! *Riservatezza*: the RSP makes a registration riservata later, or opens it again (DESIGN.md, law 2: changeable, historicised).
//!
//! The row of the registration keeps what was said then; the newest of these rows counts. [`riservata`] is the value in force
//! inside a query: one probe of an index per row that is looked at, so that a page costs the same whatever their number.

use super::{Errore, lettura};
use crate::audit::{self, Carico};
use crate::storage::schema::riservatezze;
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, RegistrazioneId, Testo, nuovo_id};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use std::collections::HashMap;

pub(super) const ATTO: &str = "riservatezza";

/// A change of who may see a registration.
#[derive(Debug, Clone)]
pub struct Riservatezza {
    /// Id of the act.
    pub id: String,
    /// True if only some may see it since then.
    pub riservato: bool,
    /// Why.
    pub motivo: Testo,
}

/// Whether a row of `registrazioni` is riservata now.
pub(super) const RISERVATA: &str = "COALESCE((SELECT v.riservato FROM riservatezze v WHERE v.registrazione_id = \
     registrazioni.id ORDER BY v.id DESC LIMIT 1), registrazioni.riservato)";

/// Whether a row of `registrazioni` is riservata now, for any query on that table.
pub fn riservata() -> SqlLiteral<Bool> {
    sql(RISERVATA)
}

/// Whether what is riservato, and what is not, may be seen without a grant: the policy of [`lettura::vede`], whose boxed query
/// cannot stand inside another one on two databases.
#[must_use]
pub fn aperti(vista: &Vista) -> Vec<bool> {
    match vista {
        Vista::Intera(_) => vec![true, false],
        Vista::SenzaRiservati(..) => vec![false],
        Vista::Uffici(..) => Vec::new(),
    }
}

/// Makes a registration riservata, or opens it. Who may decide it is up to the caller (the RSP).
///
/// # Errors
/// `Sconosciuta` if it may not be seen, `RiservatezzaUguale` if nothing would change.
pub fn riserva(
    op: &mut Operazione<'_>,
    vista: &Vista,
    id: RegistrazioneId,
    riservato: bool,
    motivo: &Testo,
) -> Result<(), Errore> {
    if lettura::per_id(op.conn, vista, id)?.riservato == riservato {
        return Err(Errore::RiservatezzaUguale(if riservato { "già riservata" } else { "già aperta" }));
    }
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        registrazione_id: id.to_string(),
        riservato,
        motivo: motivo.to_string(),
        istante: op.ora.utc(),
    };
    diesel::insert_into(riservatezze::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "riservatezza", &riga.id, &riga.carico())?;
    Ok(())
}

/// The value in force of those of these registrations where it was changed.
pub(super) fn di(conn: &mut Conn, registrazioni: &[&str]) -> Result<HashMap<String, bool>, Errore> {
    let righe: Vec<(String, bool)> = riservatezze::table
        .filter(riservatezze::registrazione_id.eq_any(registrazioni))
        .order(riservatezze::id)
        .select((riservatezze::registrazione_id, riservatezze::riservato))
        .load(conn)?;
    Ok(righe.into_iter().collect())
}

/// Every change of a registration, oldest first.
///
/// # Errors
/// Those of the database.
pub fn riservatezze(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Vec<Riservatezza>, Errore> {
    let righe: Vec<Riga> = riservatezze::table
        .filter(riservatezze::registrazione_id.eq(registrazione.to_string()))
        .order(riservatezze::id)
        .select(Riga::as_select())
        .load(conn)?;
    righe
        .into_iter()
        .map(|r| {
            let motivo = r.motivo.parse().map_err(|e| storage::Errore::riga("riservatezze", e))?;
            Ok(Riservatezza { id: r.id, riservato: r.riservato, motivo })
        })
        .collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = riservatezze)]
struct Riga {
    id: String,
    aoo_id: String,
    registrazione_id: String,
    riservato: bool,
    motivo: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("registrazione", &self.registrazione_id)
            .campo("riservato", self.riservato)
            .campo("motivo", &self.motivo)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(riservatezze::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        riservatezze::table.filter(riservatezze::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
