//! *Ente*: a public body.

use super::Errore;
use crate::audit::{self, Carico};
use crate::storage::schema::enti;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{CodiceIpa, Denominazione, EnteId};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "ente";

/// A public body, known by its IPA code.
#[derive(Debug, Clone)]
pub struct Ente {
    /// Its id.
    pub id: EnteId,
    /// Its IPA code.
    pub codice_ipa: CodiceIpa,
    /// Its name.
    pub denominazione: Denominazione,
}

/// Creates a body.
///
/// # Errors
/// If one with this IPA code is already there (codes are compared without case).
pub fn crea(op: &mut Operazione<'_>, codice_ipa: CodiceIpa, denominazione: Denominazione) -> Result<Ente, Errore> {
    if per_ipa(op.conn, &codice_ipa)?.is_some() {
        return Err(Errore::GiaPresente { che: "l'ente", nome: codice_ipa.to_string() });
    }
    let ente = Ente { id: EnteId::new(), codice_ipa, denominazione };
    diesel::insert_into(enti::table)
        .values((
            enti::id.eq(ente.id.to_string()),
            enti::codice_ipa.eq(ente.codice_ipa.as_str()),
            enti::denominazione.eq(ente.denominazione.as_str()),
            enti::creato.eq(op.ora.utc()),
        ))
        .execute(op.conn)?;
    let carico = carico(&ente.id.to_string(), ente.codice_ipa.as_str(), ente.denominazione.as_str());
    audit::annota(op, ATTO, "ente", ente.id, &carico)?;
    Ok(ente)
}

/// The body with this IPA code.
///
/// # Errors
/// Those of the database.
pub fn per_ipa(conn: &mut Conn, codice: &CodiceIpa) -> Result<Option<Ente>, Errore> {
    let righe: Vec<(String, String, String)> =
        enti::table.select((enti::id, enti::codice_ipa, enti::denominazione)).load(conn)?;
    let riga = righe.into_iter().find(|(_, ipa, _)| ipa.eq_ignore_ascii_case(codice.as_str()));
    let no = |e| storage::Errore::riga("enti", e);
    riga.map(|(id, ipa, nome)| {
        Ok(Ente {
            id: id.parse().map_err(no)?,
            codice_ipa: ipa.parse().map_err(no)?,
            denominazione: nome.parse().map_err(no)?,
        })
    })
    .transpose()
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(enti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<(String, String, String)> = enti::table
        .filter(enti::id.eq_any(ids))
        .select((enti::id, enti::codice_ipa, enti::denominazione))
        .load(conn)?;
    Ok(righe.into_iter().map(|(id, ipa, nome)| (id.clone(), carico(&id, &ipa, &nome))).collect())
}

fn carico(id: &str, ipa: &str, denominazione: &str) -> Carico {
    Carico::new(ATTO, 1).campo("id", id).campo("codice_ipa", ipa).campo("denominazione", denominazione)
}
