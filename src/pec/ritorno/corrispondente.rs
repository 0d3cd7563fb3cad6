//! *AOO corrispondenti*: in which dialect an AOO writes to another one, set by hand as an act; and what went wrong with it last.

use super::super::Errore;
use crate::audit::{self, Carico};
use crate::storage::schema::{aoo_corrispondenti as tabella, interoperabilita};
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::valori::{AooId, CodiceAoo, CodiceIpa, Istante, MessaggioId, Rifiuto, nuovo_id};
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

pub(super) const ATTO: &str = "aoo-corrispondente";

/// In which dialect something is written to another AOO.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialettoScritto {
    /// Circolare 60/2013.
    Circolare60,
    /// Allegato 6, sealed.
    Tre,
    /// None: mail without a segnatura, and no answers.
    Nessuno,
}

impl DialettoScritto {
    /// All of them.
    pub const TUTTI: [Self; 3] = [Self::Circolare60, Self::Tre, Self::Nessuno];

    /// The word of the API, of the database and of the chain.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Circolare60 => "60-2013",
            Self::Tre => "3.0.0",
            Self::Nessuno => "nessuno",
        }
    }
}

impl FromStr for DialettoScritto {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let no = || Rifiuto::new("dialetto", "vale 60-2013, 3.0.0 o nessuno");
        Self::TUTTI.into_iter().find(|d| d.as_str() == testo).ok_or_else(no)
    }
}

/// The last eccezione that an AOO sent us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guaio {
    /// The message.
    pub messaggio: MessaggioId,
    /// What it says.
    pub motivo: String,
    /// When it arrived.
    pub istante: Istante,
}

/// Another AOO, as this one writes to it.
#[derive(Debug, Clone)]
pub struct AooCorrispondente {
    /// IPA code of its body.
    pub codice_ipa: String,
    /// Its code; empty for a body that does not say.
    pub codice_aoo: String,
    /// In which dialect; `None` if nobody chose one.
    pub dialetto: Option<DialettoScritto>,
    /// Who chose it and when.
    pub scelto: Option<(String, Istante)>,
    /// What went wrong with it last.
    pub guaio: Option<Guaio>,
}

/// AOO whose troubles are listed.
const MASSIMI_GUAI: i64 = 500;

/// The AOO for which a dialect was chosen, or that sent an eccezione, by their codes.
///
/// # Errors
/// Those of the database.
pub fn corrispondenti(conn: &mut Conn, aoo: AooId) -> Result<Vec<AooCorrispondente>, Errore> {
    type Detta = (Option<String>, Option<String>, String, Option<String>, chrono::NaiveDateTime);
    let mut trovate: BTreeMap<(String, String), AooCorrispondente> = BTreeMap::new();
    let nuova = |(codice_ipa, codice_aoo): &(String, String)| AooCorrispondente {
        codice_ipa: codice_ipa.clone(),
        codice_aoo: codice_aoo.clone(),
        dialetto: None,
        scelto: None,
        guaio: None,
    };
    // The newest comes last and takes the place of the others.
    for r in righe(conn, aoo)? {
        let chiave = (r.codice_ipa.to_lowercase(), r.codice_aoo.to_lowercase());
        let dialetto = r.dialetto.parse().map_err(|e| storage::Errore::riga("aoo_corrispondenti", e))?;
        let una = trovate.entry(chiave).or_insert_with(|| nuova(&(r.codice_ipa.clone(), r.codice_aoo.clone())));
        una.dialetto = Some(dialetto);
        una.scelto = Some((r.autore, Istante::from_utc(r.istante)));
    }
    let guai: Vec<Detta> = interoperabilita::table
        .filter(interoperabilita::aoo_id.eq(aoo.to_string()).and(interoperabilita::genere.eq("eccezione")))
        .filter(interoperabilita::registrazione_id.is_not_null().and(interoperabilita::codice_ipa.is_not_null()))
        .order(interoperabilita::messaggio_id.desc())
        .limit(MASSIMI_GUAI)
        .select((
            interoperabilita::codice_ipa,
            interoperabilita::codice_aoo,
            interoperabilita::messaggio_id,
            interoperabilita::motivo,
            interoperabilita::istante,
        ))
        .load(conn)?;
    for (ipa, codice, messaggio, motivo, istante) in guai {
        let scritti = (ipa.unwrap_or_default(), codice.unwrap_or_default());
        let chiave = (scritti.0.to_lowercase(), scritti.1.to_lowercase());
        let una = trovate.entry(chiave).or_insert_with(|| nuova(&scritti));
        if una.guaio.is_none() {
            let messaggio = messaggio.parse().map_err(|e| storage::Errore::riga("interoperabilita", e))?;
            let motivo = motivo.unwrap_or_else(|| "senza un motivo".to_owned());
            una.guaio = Some(Guaio { messaggio, motivo, istante: Istante::from_utc(istante) });
        }
    }
    Ok(trovate.into_values().collect())
}

/// In which dialect an AOO is written to, if somebody chose it.
pub(in super::super) fn scelto(
    conn: &mut Conn,
    aoo: AooId,
    (ipa, codice): (&str, &str),
) -> Result<Option<DialettoScritto>, Errore> {
    let uguale = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let sua = righe(conn, aoo)?.into_iter().rfind(|r| uguale(&r.codice_ipa, ipa) && uguale(&r.codice_aoo, codice));
    let no = |e| storage::Errore::riga("aoo_corrispondenti", e);
    Ok(sua.map(|r| r.dialetto.parse()).transpose().map_err(no)?)
}

/// Chooses in which dialect another AOO is written to. Who may decide it is up to the caller (the RSP).
///
/// # Errors
/// `DialettoUguale` if it is so already.
pub fn scrivi_corrispondente(
    op: &mut Operazione<'_>,
    (ipa, codice): (&CodiceIpa, &CodiceAoo),
    dialetto: DialettoScritto,
) -> Result<(), Errore> {
    if scelto(op.conn, op.aoo, (ipa.as_str(), codice.as_str()))? == Some(dialetto) {
        return Err(Errore::DialettoUguale);
    }
    let attore = op.attore.clone();
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        codice_ipa: ipa.to_string(),
        codice_aoo: codice.to_string(),
        dialetto: dialetto.as_str().to_owned(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "aoo-corrispondente", &riga.id, &riga.carico())?;
    Ok(())
}

fn righe(conn: &mut Conn, aoo: AooId) -> Result<Vec<Riga>, Errore> {
    let sue = tabella::table.filter(tabella::aoo_id.eq(aoo.to_string())).order(tabella::id);
    Ok(sue.select(Riga::as_select()).load(conn)?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct Riga {
    id: String,
    aoo_id: String,
    codice_ipa: String,
    codice_aoo: String,
    dialetto: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("codice-ipa", &self.codice_ipa)
            .campo("codice-aoo", &self.codice_aoo)
            .campo("dialetto", &self.dialetto)
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
