//! *Importazione*: a file of the IPA that was brought in: one act, whose text holds the digest of all versions that it wrote.

use super::{Errore, Genere, versione};
use crate::audit::{self, Carico};
use crate::storage::schema::importazioni_ipa as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{Impronta, Istante, Rifiuto};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "importazione-ipa";

/// A file that was brought in.
#[derive(Debug, Clone)]
pub struct Importazione {
    /// Of which entries it speaks.
    pub genere: Genere,
    /// The day of its data.
    pub dati_al: NaiveDate,
    /// Its digest.
    pub impronta: Impronta,
    /// Its rows.
    pub righe: i64,
    /// Who brought it in.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

/// The newest import of each kind.
///
/// # Errors
/// Those of the database.
pub fn ultime(conn: &mut Conn) -> Result<Vec<Importazione>, Errore> {
    let mut ultime = Vec::new();
    for genere in Genere::TUTTI {
        let riga: Option<Riga> = tabella::table
            .filter(tabella::genere.eq(genere.as_str()))
            .order(tabella::id.desc())
            .select(Riga::as_select())
            .first(conn)
            .optional()?;
        ultime.extend(riga.map(Riga::valore).transpose()?);
    }
    Ok(ultime)
}

pub(super) fn scrivi(op: &mut Operazione<'_>, riga: &Riga) -> Result<(), Errore> {
    diesel::insert_into(tabella::table).values(riga).execute(op.conn)?;
    audit::annota(op, ATTO, "importazione-ipa", &riga.id, &riga.carico())?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
pub(super) struct Riga {
    pub(super) id: String,
    pub(super) genere: String,
    pub(super) dati_al: NaiveDate,
    pub(super) sha256: String,
    pub(super) righe: i64,
    pub(super) nuove: i64,
    pub(super) cambiate: i64,
    pub(super) chiuse: i64,
    pub(super) rifiutate: i64,
    pub(super) versioni_sha256: String,
    pub(super) autore: String,
    pub(super) istante: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self) -> Result<Importazione, Errore> {
        let letta = self.leggi();
        letta.map_err(|e| storage::Errore::riga("importazioni_ipa", e).into())
    }

    fn leggi(self) -> Result<Importazione, Rifiuto> {
        Ok(Importazione {
            genere: self.genere.parse()?,
            dati_al: self.dati_al,
            impronta: self.sha256.parse()?,
            righe: self.righe,
            autore: self.autore,
            istante: Istante::from_utc(self.istante),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("genere", &self.genere)
            .campo("dati_al", self.dati_al)
            .campo("sha256", &self.sha256)
            .campo("righe", self.righe)
            .campo("nuove", self.nuove)
            .campo("cambiate", self.cambiate)
            .campo("chiuse", self.chiuse)
            .campo("rifiutate", self.rifiutate)
            .campo("versioni_sha256", &self.versioni_sha256)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    let mut carichi = HashMap::new();
    for mut riga in righe {
        // What stands in the row is believed as little as the rows it sums up.
        riga.versioni_sha256 = versione::sha256_delle_righe(conn, &riga.id)?;
        carichi.insert(riga.id.clone(), riga.carico());
    }
    Ok(carichi)
}
