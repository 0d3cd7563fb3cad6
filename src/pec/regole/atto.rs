//! *Atto di una regola*: what a rule did with a message. The act names the rule and its version, for whoever reads the chain.

use super::super::Errore;
use super::regola;
use crate::audit::{self, Carico};
use crate::storage::schema::atti_regole as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{Istante, MessaggioId, RegistrazioneId, RegolaId, nuovo_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;
use std::fmt;

pub(super) const ATTO: &str = "atto-regola";

/// The rule that did a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firma {
    /// The rule.
    pub id: RegolaId,
    /// Its name then.
    pub nome: String,
    /// Its version.
    pub versione: i32,
}

impl fmt::Display for Firma {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "regola «{}» (versione {})", self.nome, self.versione)
    }
}

/// A message in the bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scartato {
    /// The rule that put it there.
    pub regola: Firma,
    /// The last day on which it is kept for sure.
    pub fino_al: NaiveDate,
}

/// What was done.
pub(super) enum Cosa {
    Protocollato(RegistrazioneId),
    /// The exclusion, and until when it is kept.
    Scartato(String, NaiveDate),
}

/// Writes what a version of a rule did with a message.
pub(super) fn scrivi(op: &mut Operazione<'_>, r: &regola::Regola, m: MessaggioId, cosa: Cosa) -> Result<(), Errore> {
    let (registrazione_id, esclusione_id, fino_al) = match cosa {
        Cosa::Protocollato(id) => (Some(id.to_string()), None, None),
        Cosa::Scartato(id, fino_al) => (None, Some(id), Some(fino_al)),
    };
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        versione_id: r.versione_id.to_string(),
        messaggio_id: m.to_string(),
        registrazione_id,
        esclusione_id,
        fino_al,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    let carico = riga.carico(r.contenuto.nome.as_str(), r.versione);
    audit::annota(op, ATTO, "atto-regola", &riga.id, &carico)?;
    Ok(())
}

/// The rule that made a registration, if one did. Whoever asks may see it.
///
/// # Errors
/// Those of the database.
pub fn della_registrazione(conn: &mut Conn, id: RegistrazioneId) -> Result<Option<Firma>, Errore> {
    let righe: Vec<Riga> =
        tabella::table.filter(tabella::registrazione_id.eq(id.to_string())).select(Riga::as_select()).load(conn)?;
    Ok(firmate(conn, righe)?.pop().map(|(_, firma)| firma))
}

/// What rules put into the bin by these exclusions.
///
/// # Errors
/// Those of the database.
pub fn scartati(conn: &mut Conn, esclusioni: &[&str]) -> Result<HashMap<String, Scartato>, Errore> {
    let righe: Vec<Riga> =
        tabella::table.filter(tabella::esclusione_id.eq_any(esclusioni)).select(Riga::as_select()).load(conn)?;
    let trovati = firmate(conn, righe)?.into_iter();
    Ok(trovati.filter_map(|(r, regola)| Some((r.esclusione_id?, Scartato { regola, fino_al: r.fino_al? }))).collect())
}

fn firmate(conn: &mut Conn, righe: Vec<Riga>) -> Result<Vec<(Riga, Firma)>, Errore> {
    let versioni: Vec<String> = righe.iter().map(|r| r.versione_id.clone()).collect();
    let nomi = regola::nomi(conn, &versioni)?;
    let mut firmate = Vec::new();
    for r in righe {
        if let Some((id, nome, versione)) = nomi.get(&r.versione_id) {
            let id = id.parse().map_err(|e| storage::Errore::riga("regole", e))?;
            firmate.push((r, Firma { id, nome: nome.clone(), versione: *versione }));
        }
    }
    Ok(firmate)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    versione_id: String,
    messaggio_id: String,
    registrazione_id: Option<String>,
    esclusione_id: Option<String>,
    fino_al: Option<NaiveDate>,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self, nome: &str, versione: i32) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("regola", nome)
            .campo("versione", versione)
            .campo("versione-id", &self.versione_id)
            .campo("messaggio", &self.messaggio_id)
            .forse("registrazione", self.registrazione_id.as_ref())
            .forse("esclusione", self.esclusione_id.as_ref())
            .forse("fino-al", self.fino_al)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    let versioni: Vec<String> = righe.iter().map(|r| r.versione_id.clone()).collect();
    let nomi = regola::nomi(conn, &versioni)?;
    let rifai = |r: Riga| {
        let (nome, versione) =
            nomi.get(&r.versione_id).map_or(("", 0), |(_, nome, versione)| (nome.as_str(), *versione));
        let carico = r.carico(nome, versione);
        (r.id, carico)
    };
    Ok(righe.into_iter().map(rifai).collect())
}
