//! *Collegamenti*: what ties registrations to each other (DPR 445/2000 art. 52 c.1 d: the relation between what arrived and what was
//! made for the final act).
//!
//! A registration says at once which one it answers, or a person says so later; two of them may also just belong together. A link is
//! read from either side and is there only for who may see both. Taking it away is another act: both stay in the history. What was
//! said at the registration is part of it and is never taken away.

use super::nuova::parole;
use super::{Errore, Registrazione, lettura};
use crate::audit::{self, Carico};
use crate::storage::schema::{collegamenti as tabella, registrazioni, scollegamenti};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::valori::{CollegamentoId, Istante, NumeroProtocollo, Oggetto, RegistrazioneId, Rifiuto, Testo};
use diesel::prelude::*;
use std::collections::HashMap;
use std::str::FromStr;

pub(super) const ATTO: &str = "collegamento";
pub(super) const ATTO_TOLTO: &str = "scollegamento";

/// Links of one registration that are read, each way.
const MASSIMI: i64 = 500;

/// What one registration is to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Specie {
    /// It answers it.
    RispondeA,
    /// It belongs with it.
    CollegatoA,
}
parole!(Specie, "collegamento", RispondeA => "risponde-a", CollegatoA => "collegato-a");

/// What the other registration is, seen from this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relazione {
    /// This one answers it.
    RispondeA,
    /// It answers this one.
    Risposta,
    /// They belong together.
    CollegataA,
}

impl Relazione {
    /// The word of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RispondeA => "risponde-a",
            Self::Risposta => "risposta",
            Self::CollegataA => "collegata-a",
        }
    }
}

/// The registration on the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Altra {
    /// Its id.
    pub id: RegistrazioneId,
    /// Its year.
    pub anno: i32,
    /// Its number.
    pub numero: NumeroProtocollo,
    /// When it was made.
    pub istante: Istante,
    /// Its subject in force.
    pub oggetto: Oggetto,
}

impl From<Registrazione> for Altra {
    fn from(r: Registrazione) -> Self {
        Self { id: r.id, anno: r.anno, numero: r.numero, istante: r.istante, oggetto: r.oggetto }
    }
}

/// A link, seen from one of its two registrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collegamento {
    /// Its id; none if it was said at the registration.
    pub id: Option<CollegamentoId>,
    /// What the other one is.
    pub relazione: Relazione,
    /// The other one.
    pub altra: Altra,
    /// What the person who linked them noted.
    pub nota: Option<Testo>,
    /// When they were linked.
    pub istante: Istante,
    /// When the link was taken away.
    pub tolto: Option<Istante>,
}

/// Links a registration to another; the caller sees both, or they do not exist.
///
/// # Errors
/// `Sconosciuta`, `CollegamentoASe`, `GiaCollegata`; `CollegamentoAnnullata` for an answer, which needs both in force.
pub fn collega(
    op: &mut Operazione<'_>,
    vista: &Vista,
    (da, a): (RegistrazioneId, RegistrazioneId),
    specie: Specie,
    nota: Option<&Testo>,
) -> Result<CollegamentoId, Errore> {
    let (una, altra) = (lettura::per_id(op.conn, vista, da)?, lettura::per_id(op.conn, vista, a)?);
    if da == a {
        return Err(Errore::CollegamentoASe);
    }
    if specie == Specie::RispondeA
        && let Some(annullata) = [&una, &altra].into_iter().find(|r| r.annullamento.is_some())
    {
        return Err(Errore::CollegamentoAnnullata(annullata.numero, annullata.anno));
    }
    if presente(op.conn, &una, &altra, specie)? {
        return Err(Errore::GiaCollegata(altra.numero, altra.anno));
    }
    let id = CollegamentoId::new();
    let riga = Riga {
        id: id.to_string(),
        aoo_id: op.aoo.to_string(),
        da_id: da.to_string(),
        a_id: a.to_string(),
        specie: specie.as_str().to_owned(),
        nota: nota.map(ToString::to_string),
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "collegamento", id, &riga.carico())?;
    Ok(id)
}

/// Takes a link of a registration away. Both acts stay in the history.
///
/// # Errors
/// `Sconosciuta` if it is not among the links of this registration that the caller sees, `GiaScollegata`.
pub fn scollega(
    op: &mut Operazione<'_>,
    vista: &Vista,
    registrazione: RegistrazioneId,
    id: CollegamentoId,
) -> Result<(), Errore> {
    let suoi = collegamenti(op.conn, vista, registrazione)?;
    let questo = suoi.into_iter().find(|c| c.id == Some(id)).ok_or(Errore::Sconosciuta)?;
    if questo.tolto.is_some() {
        return Err(Errore::GiaScollegata);
    }
    diesel::insert_into(scollegamenti::table)
        .values((scollegamenti::collegamento_id.eq(id.to_string()), scollegamenti::istante.eq(op.ora.utc())))
        .execute(op.conn)?;
    audit::annota(op, ATTO_TOLTO, "collegamento", id, &carico_tolto(&id.to_string(), op.ora))?;
    Ok(())
}

/// True if the two are linked like this, whoever of them said it first.
fn presente(conn: &mut Conn, una: &Registrazione, altra: &Registrazione, specie: Specie) -> Result<bool, Errore> {
    let detto = |r: &Registrazione, a: &Registrazione| r.risponde_a == Some(a.id);
    if specie == Specie::RispondeA && (detto(una, altra) || detto(altra, una)) {
        return Ok(true);
    }
    let (una, altra) = (una.id.to_string(), altra.id.to_string());
    let tolti = scollegamenti::table.select(scollegamenti::collegamento_id);
    let uguali: i64 = tabella::table
        .filter(tabella::specie.eq(specie.as_str()))
        .filter(
            (tabella::da_id.eq(&una).and(tabella::a_id.eq(&altra)))
                .or(tabella::da_id.eq(&altra).and(tabella::a_id.eq(&una))),
        )
        .filter(diesel::dsl::not(tabella::id.eq_any(tolti)))
        .count()
        .get_result(conn)?;
    Ok(uguali > 0)
}

/// Every link of a registration that the caller may see, both ways, those taken away included, oldest first. Where the other side
/// may not be seen there is no link, not even in a count.
///
/// # Errors
/// Those of the database.
pub fn collegamenti(
    conn: &mut Conn,
    vista: &Vista,
    registrazione: RegistrazioneId,
) -> Result<Vec<Collegamento>, Errore> {
    let questa = registrazione.to_string();
    let righe: Vec<(Riga, Option<chrono::NaiveDateTime>)> = tabella::table
        .left_join(scollegamenti::table.on(scollegamenti::collegamento_id.eq(tabella::id)))
        .filter(tabella::da_id.eq(&questa).or(tabella::a_id.eq(&questa)))
        .order(tabella::id)
        .limit(MASSIMI)
        .select((Riga::as_select(), scollegamenti::istante.nullable()))
        .load(conn)?;
    let fatta: Option<(Option<String>, chrono::NaiveDateTime)> = lettura::vede(vista)
        .filter(registrazioni::id.eq(&questa))
        .select((registrazioni::risponde_a, registrazioni::istante))
        .first(conn)
        .optional()?;
    // Who does not see this one sees none of its links.
    let Some((detta, fatta)) = fatta else { return Ok(Vec::new()) };
    let risposte: Vec<String> = lettura::vede(vista)
        .filter(registrazioni::risponde_a.eq(&questa))
        .order(registrazioni::id)
        .limit(MASSIMI)
        .select(registrazioni::id)
        .load(conn)?;
    let citate = righe.iter().map(|(r, _)| r.altra(&questa)).chain(detta.as_deref());
    let citate: Result<Vec<RegistrazioneId>, Rifiuto> =
        citate.chain(risposte.iter().map(String::as_str)).map(str::parse).collect();
    let citate = citate.map_err(|e| storage::Errore::riga("collegamenti", e))?;
    if citate.is_empty() {
        return Ok(Vec::new());
    }
    // Read as anybody reads them: what was annulled of them is not told here either.
    let altre: HashMap<String, Altra> =
        lettura::per_ids(conn, vista, &citate)?.into_iter().map(|r| (r.id.to_string(), Altra::from(r))).collect();
    let mut trovati = Vec::new();
    if let Some(altra) = detta.and_then(|id| altre.get(&id)) {
        trovati.push(detto(altra, Relazione::RispondeA, Istante::from_utc(fatta)));
    }
    for altra in risposte.iter().filter_map(|id| altre.get(id)) {
        trovati.push(detto(altra, Relazione::Risposta, altra.istante));
    }
    for (riga, tolto) in &righe {
        let Some(altra) = altre.get(riga.altra(&questa)) else { continue };
        trovati.push(riga.valore(&questa, altra, *tolto).map_err(|e| storage::Errore::riga("collegamenti", e))?);
    }
    Ok(trovati)
}

/// A link that was said when the later of the two was registered.
fn detto(altra: &Altra, relazione: Relazione, istante: Istante) -> Collegamento {
    Collegamento { id: None, relazione, nota: None, istante, altra: altra.clone(), tolto: None }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    da_id: String,
    a_id: String,
    specie: String,
    nota: Option<String>,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    /// The id of the registration on the other side of this one.
    fn altra(&self, questa: &str) -> &str {
        if self.da_id == questa { &self.a_id } else { &self.da_id }
    }

    fn valore(
        &self,
        questa: &str,
        altra: &Altra,
        tolto: Option<chrono::NaiveDateTime>,
    ) -> Result<Collegamento, Rifiuto> {
        let relazione = match self.specie.parse()? {
            Specie::CollegatoA => Relazione::CollegataA,
            Specie::RispondeA if self.da_id == questa => Relazione::RispondeA,
            Specie::RispondeA => Relazione::Risposta,
        };
        Ok(Collegamento {
            id: Some(self.id.parse()?),
            relazione,
            altra: altra.clone(),
            nota: self.nota.as_ref().map(|n| n.parse()).transpose()?,
            istante: Istante::from_utc(self.istante),
            tolto: tolto.map(Istante::from_utc),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("da", &self.da_id)
            .campo("a", &self.a_id)
            .campo("specie", &self.specie)
            .forse("nota", self.nota.as_ref())
            .campo("istante", Istante::from_utc(self.istante))
    }
}

fn carico_tolto(id: &str, istante: Istante) -> Carico {
    Carico::new(ATTO_TOLTO, 1).campo("collegamento", id).campo("istante", istante)
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

pub(super) fn conta_tolti(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(scollegamenti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola_tolti(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<(String, chrono::NaiveDateTime)> = scollegamenti::table
        .filter(scollegamenti::collegamento_id.eq_any(ids))
        .select((scollegamenti::collegamento_id, scollegamenti::istante))
        .load(conn)?;
    Ok(righe.into_iter().map(|(id, il)| (id.clone(), carico_tolto(&id, Istante::from_utc(il)))).collect())
}
