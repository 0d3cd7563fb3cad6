//! *Sigillo* of an AOO: with which key its segnature 3.0.0 are sealed (LLGG Allegato 6). An act; the newest one of an AOO is in force.
//! Of the key and of its secret only the place is kept.

use super::Errore;
use crate::audit::{self, Carico};
use crate::firma::sigillo::{ChiaveSigillo, MASSIMO_BYTE, Sigillatore as _, Titolare};
use crate::storage::schema::sigilli as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti::{FileRiservato, FileSegreto};
use crate::valori::{AooId, Istante, SigilloId};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use std::collections::HashMap;
use std::path::Path;

pub(super) const ATTO: &str = "sigillo";

/// The seal of an AOO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sigillo {
    /// Its id.
    pub id: SigilloId,
    /// Whose it is.
    pub aoo: AooId,
    /// Path of the PKCS#12 file.
    pub p12_file: String,
    /// Path of the file with its password.
    pub segreto_file: String,
    /// Since when.
    pub dal: Istante,
    certificato: Vec<u8>,
}

/// A key that was opened, and where it lies.
#[derive(Debug)]
pub struct ChiaveAperta {
    p12: FileRiservato,
    segreto: FileSegreto,
    chiave: ChiaveSigillo,
}

impl ChiaveAperta {
    /// Opens a PKCS#12 file with the password that another file holds: outside of any transaction, since it costs time.
    ///
    /// # Errors
    /// `Utenti(Segreto)` if one of the files cannot be used, `Sigillo` if the key cannot be opened.
    pub fn apri(p12: &Path, segreto: &Path) -> Result<Self, Errore> {
        let (p12, segreto) = (FileRiservato::controlla(p12)?, FileSegreto::controlla(segreto)?);
        let chiave = ChiaveSigillo::apri(&p12.byte(MASSIMO_BYTE)?, &segreto.parola()?)?;
        Ok(Self { p12, segreto, chiave })
    }

    /// Whose seal it makes.
    ///
    /// # Errors
    /// `Sigillo` if the certificate cannot be read.
    pub fn titolare(&self) -> Result<Titolare, Errore> {
        Ok(Titolare::leggi(self.certificato())?)
    }

    fn certificato(&self) -> &[u8] {
        self.chiave.certificati().first().map_or(&[], Vec::as_slice)
    }
}

impl Sigillo {
    /// Whose seal it is.
    ///
    /// # Errors
    /// `Sigillo` if the certificate cannot be read.
    pub fn titolare(&self) -> Result<Titolare, Errore> {
        Ok(Titolare::leggi(&self.certificato)?)
    }

    /// The key, from the files where it lies.
    ///
    /// # Errors
    /// `SigilloInservibile`, also if the file now holds another key.
    pub(super) fn apri(&self) -> Result<ChiaveSigillo, Errore> {
        let no = |causa: String| Errore::SigilloInservibile(format!("{}: {causa}", self.p12_file));
        let aperta = ChiaveAperta::apri(Path::new(&self.p12_file), Path::new(&self.segreto_file));
        let aperta = aperta.map_err(|e| no(e.to_string()))?;
        if aperta.certificato() != self.certificato {
            return Err(no("non contiene più il sigillo configurato".to_owned()));
        }
        Ok(aperta.chiave)
    }
}

/// Makes this key the seal of the operation's AOO, in place of the one before; the same one again changes nothing.
///
/// # Errors
/// Those of the database.
pub fn configura_sigillo(op: &mut Operazione<'_>, aperta: &ChiaveAperta) -> Result<Sigillo, Errore> {
    let riga = Riga {
        id: SigilloId::new().to_string(),
        aoo_id: op.aoo.to_string(),
        p12_file: aperta.p12.percorso().to_owned(),
        segreto_file: aperta.segreto.percorso().to_owned(),
        certificato: STANDARD.encode(aperta.certificato()),
        istante: op.ora.utc(),
    };
    if let Some(prima) = ultima(op.conn, op.aoo)?.filter(|prima| prima.stessa_chiave(&riga)) {
        return prima.valore();
    }
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "sigillo", &riga.id, &riga.carico())?;
    riga.valore()
}

/// The seal of an AOO, if it has one.
///
/// # Errors
/// Those of the database.
pub fn sigillo(conn: &mut Conn, aoo: AooId) -> Result<Option<Sigillo>, Errore> {
    ultima(conn, aoo)?.map(Riga::valore).transpose()
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
    p12_file: String,
    segreto_file: String,
    certificato: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn stessa_chiave(&self, altra: &Self) -> bool {
        let chiave = |r: &Self| [r.p12_file.clone(), r.segreto_file.clone(), r.certificato.clone()];
        chiave(self) == chiave(altra)
    }

    fn valore(self) -> Result<Sigillo, Errore> {
        let no = |e| storage::Errore::riga("sigilli", e);
        Ok(Sigillo {
            id: self.id.parse().map_err(no)?,
            aoo: self.aoo_id.parse().map_err(no)?,
            p12_file: self.p12_file,
            segreto_file: self.segreto_file,
            dal: Istante::from_utc(self.istante),
            certificato: STANDARD.decode(self.certificato).unwrap_or_default(),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("p12-file", &self.p12_file)
            .campo("segreto-file", &self.segreto_file)
            .campo("certificato", &self.certificato)
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
