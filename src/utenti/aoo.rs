//! *Area organizzativa omogenea*: the part of a body that has one register of protocol (DPR 445/2000 art. 50 c.4).

use super::{Ente, Errore};
use crate::audit::{self, Carico};
use crate::storage::schema::{aoo, enti};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, CodiceAoo, CodiceIpa, CodiceRegistro, Denominazione, IndirizzoMail};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "aoo";

/// An AOO with what its segnatura says of it.
#[derive(Debug, Clone)]
pub struct Aoo {
    /// Its id.
    pub id: AooId,
    /// Its code.
    pub codice: CodiceAoo,
    /// Its name.
    pub denominazione: Denominazione,
    /// The code of its register; [`CodiceRegistro::PROVA`] makes it a trial AOO.
    pub registro: CodiceRegistro,
    /// Its PEC address: every register has at least one (CAD art. 47 c.3).
    pub pec: IndirizzoMail,
    /// IPA code of its body.
    pub ente_ipa: CodiceIpa,
    /// Name of its body.
    pub ente: Denominazione,
}

impl Aoo {
    /// True for a trial AOO: its numbers have no legal value.
    #[must_use]
    pub fn di_prova(&self) -> bool {
        self.registro.as_str() == CodiceRegistro::PROVA
    }
}

/// Creates an AOO of a body.
///
/// # Errors
/// If the body already has one with this code.
pub fn crea(
    op: &mut Operazione<'_>,
    ente: &Ente,
    codice: CodiceAoo,
    denominazione: Denominazione,
    registro: CodiceRegistro,
    pec: IndirizzoMail,
) -> Result<Aoo, Errore> {
    if tutte(op.conn)?.iter().any(|a| a.ente_ipa == ente.codice_ipa && a.codice == codice) {
        return Err(Errore::GiaPresente { che: "l'AOO", nome: codice.to_string() });
    }
    let (ente_ipa, nome_ente) = (ente.codice_ipa.clone(), ente.denominazione.clone());
    let nuova = Aoo { id: AooId::new(), codice, denominazione, registro, pec, ente_ipa, ente: nome_ente };
    let riga = Riga {
        id: nuova.id.to_string(),
        ente_id: ente.id.to_string(),
        codice: nuova.codice.to_string(),
        denominazione: nuova.denominazione.to_string(),
        registro: nuova.registro.to_string(),
        pec: nuova.pec.to_string(),
        creata: op.ora.utc(),
    };
    diesel::insert_into(aoo::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "aoo", nuova.id, &riga.carico())?;
    Ok(nuova)
}

/// All AOO of the installation, oldest first.
///
/// # Errors
/// Those of the database.
pub fn tutte(conn: &mut Conn) -> Result<Vec<Aoo>, Errore> {
    let righe: Vec<(Riga, String, String)> = aoo::table
        .inner_join(enti::table.on(enti::id.eq(aoo::ente_id)))
        .order(aoo::id)
        .select((Riga::as_select(), enti::codice_ipa, enti::denominazione))
        .load(conn)?;
    righe.into_iter().map(|(riga, ipa, nome)| riga.valore(&ipa, &nome).map_err(Errore::from)).collect()
}

/// The AOO with this id.
///
/// # Errors
/// If there is none.
pub fn per_id(conn: &mut Conn, id: AooId) -> Result<Aoo, Errore> {
    let riga: Option<(Riga, String, String)> = aoo::table
        .inner_join(enti::table.on(enti::id.eq(aoo::ente_id)))
        .filter(aoo::id.eq(id.to_string()))
        .select((Riga::as_select(), enti::codice_ipa, enti::denominazione))
        .first(conn)
        .optional()?;
    let (riga, ipa, nome) = riga.ok_or_else(|| Errore::AooSconosciuta(id.to_string()))?;
    Ok(riga.valore(&ipa, &nome)?)
}

/// The only AOO with this code.
///
/// # Errors
/// If there is none, or several bodies have one.
pub fn per_codice(conn: &mut Conn, codice: &CodiceAoo) -> Result<Aoo, Errore> {
    let mut trovate = tutte(conn)?;
    trovate.retain(|a| a.codice.as_str().eq_ignore_ascii_case(codice.as_str()));
    match (trovate.pop(), trovate.is_empty()) {
        (Some(una), true) => Ok(una),
        _ => Err(Errore::AooSconosciuta(codice.to_string())),
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = aoo)]
struct Riga {
    id: String,
    ente_id: String,
    codice: String,
    denominazione: String,
    registro: String,
    pec: String,
    creata: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self, ente_ipa: &str, ente: &str) -> Result<Aoo, storage::Errore> {
        let no = |e| storage::Errore::riga("aoo", e);
        Ok(Aoo {
            id: self.id.parse().map_err(no)?,
            codice: self.codice.parse().map_err(no)?,
            denominazione: self.denominazione.parse().map_err(no)?,
            registro: self.registro.parse().map_err(no)?,
            pec: self.pec.parse().map_err(no)?,
            ente_ipa: ente_ipa.parse().map_err(no)?,
            ente: ente.parse().map_err(no)?,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("ente", &self.ente_id)
            .campo("codice", &self.codice)
            .campo("denominazione", &self.denominazione)
            .campo("registro", &self.registro)
            .campo("pec", &self.pec)
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(aoo::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = aoo::table.filter(aoo::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
