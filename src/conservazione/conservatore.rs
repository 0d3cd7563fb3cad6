//! *Conservatore*: with whom an AOO deposits, and what is agreed. An act; the newest one of an AOO is in force, the earlier ones
//! explain the packages that were built by them.

use super::{Errore, FileSegreto, Mappa};
use crate::audit::{self, Carico};
use crate::storage::schema::conservatori as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti::Aoo;
use crate::valori::{AooId, ConservatoreId, Istante, Rifiuto, UrlServizio};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use std::str::FromStr;

pub(super) const ATTO: &str = "conservatore";

/// The contract that a conservator follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tipo {
    /// SACER, as Regione Emilia-Romagna publishes it.
    Sacer,
}

impl Tipo {
    /// The word of the command and of the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sacer => "sacer",
        }
    }
}

impl FromStr for Tipo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let trovato = [Self::Sacer].into_iter().find(|t| t.as_str() == testo);
        trovato.ok_or_else(|| Rifiuto::new("tipo di conservatore", "per ora c'è solo «sacer»"))
    }
}

/// What is agreed with a conservator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accordo {
    /// The contract.
    pub tipo: Tipo,
    /// Where its services answer.
    pub url: UrlServizio,
    /// Where our password is.
    pub segreto: FileSegreto,
    /// Names and fixed values.
    pub mappa: Mappa,
}

/// The conservator of an AOO.
#[derive(Debug, Clone)]
pub struct Conservatore {
    /// Its id.
    pub id: ConservatoreId,
    /// Whose it is.
    pub aoo: AooId,
    /// The contract.
    pub tipo: Tipo,
    /// Where its services answer.
    pub url: UrlServizio,
    /// Path of the file with our password.
    pub segreto_file: String,
    /// Since when.
    pub dal: Istante,
    mappa: String,
}

impl Conservatore {
    /// Names and fixed values. Read at each use, so that one that this version does not understand troubles its AOO only.
    ///
    /// # Errors
    /// If this version does not understand the map.
    pub fn mappa(&self) -> Result<Mappa, Errore> {
        Mappa::leggi(&self.mappa)
    }
}

/// Adds the conservator of the operation's AOO; the one before, if there was one, is in force no more.
///
/// # Errors
/// `AooDiProva` for a trial AOO; `ConservatorePresente` if the same agreement is in force already.
pub fn aggiungi(op: &mut Operazione<'_>, aoo: &Aoo, accordo: &Accordo) -> Result<Conservatore, Errore> {
    if aoo.di_prova() {
        return Err(Errore::AooDiProva);
    }
    let riga = Riga {
        id: ConservatoreId::new().to_string(),
        aoo_id: op.aoo.to_string(),
        tipo: accordo.tipo.as_str().to_owned(),
        url: accordo.url.to_string(),
        segreto_file: accordo.segreto.percorso().to_owned(),
        mappa: accordo.mappa.testo().to_owned(),
        istante: op.ora.utc(),
    };
    if ultima(op.conn, op.aoo)?.is_some_and(|prima| prima.stesso_accordo(&riga)) {
        return Err(Errore::ConservatorePresente(aoo.codice.to_string()));
    }
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "conservatore", &riga.id, &riga.carico())?;
    riga.valore()
}

/// The conservator of an AOO, if it has one.
///
/// # Errors
/// Those of the database.
pub fn conservatore(conn: &mut Conn, aoo: AooId) -> Result<Option<Conservatore>, Errore> {
    ultima(conn, aoo)?.map(Riga::valore).transpose()
}

/// The conservators in force, at most one for each AOO.
///
/// # Errors
/// Those of the database.
pub fn conservatori(conn: &mut Conn) -> Result<Vec<Conservatore>, Errore> {
    let righe: Vec<Riga> = tabella::table.order(tabella::id.desc()).select(Riga::as_select()).load(conn)?;
    let mut viste = HashSet::new();
    let mut in_vigore: Vec<_> = righe.into_iter().filter(|r| viste.insert(r.aoo_id.clone())).collect();
    in_vigore.reverse();
    in_vigore.into_iter().map(Riga::valore).collect()
}

fn ultima(conn: &mut Conn, aoo: AooId) -> Result<Option<Riga>, Errore> {
    let righe = tabella::table.filter(tabella::aoo_id.eq(aoo.to_string())).order(tabella::id.desc());
    Ok(righe.select(Riga::as_select()).first(conn).optional()?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct Riga {
    id: String,
    aoo_id: String,
    tipo: String,
    url: String,
    segreto_file: String,
    mappa: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn stesso_accordo(&self, altra: &Self) -> bool {
        let accordo = |r: &Self| [r.tipo.clone(), r.url.clone(), r.segreto_file.clone(), r.mappa.clone()];
        accordo(self) == accordo(altra)
    }

    fn valore(self) -> Result<Conservatore, Errore> {
        let no = |e| storage::Errore::riga("conservatori", e);
        Ok(Conservatore {
            id: self.id.parse().map_err(no)?,
            aoo: self.aoo_id.parse().map_err(no)?,
            tipo: self.tipo.parse().map_err(no)?,
            url: self.url.parse().map_err(no)?,
            segreto_file: self.segreto_file,
            dal: Istante::from_utc(self.istante),
            mappa: self.mappa,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("tipo", &self.tipo)
            .campo("url", &self.url)
            .campo("segreto-file", &self.segreto_file)
            .campo("mappa", &self.mappa)
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
