//! The independent verifier: walks every chain from its first link and makes every act's text again.

use super::{Anello, Carico, ORIGINE, Punta};
use crate::storage::schema::{catene, eventi};
use crate::storage::{Conn, Db, Errore};
use crate::valori::{AooId, Istante};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

/// Events read at a time: one snapshot each, so that writers never wait for the verifier.
const BLOCCO: i64 = 2_000;

/// Makes the canonical texts of acts again from their rows. An id that is not in the answer has no row.
pub type Ricalcola = fn(&mut Conn, &[String]) -> Result<HashMap<String, Carico>, Errore>;

/// A kind of act: how whoever owns its rows makes its text again, and how many rows there are.
#[derive(Clone, Copy)]
pub struct Atto {
    /// The word by which the chain knows it.
    pub tipo: &'static str,
    /// Makes the canonical texts of acts again from their rows.
    pub ricalcola: Ricalcola,
    /// How many rows there are: as many as events, or somebody added one by hand.
    pub conta: fn(&mut Conn) -> Result<i64, Errore>,
}

/// The legal days whose acts are looked at; the links themselves are always walked from the first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Periodo {
    /// First day.
    pub dal: Option<NaiveDate>,
    /// Last day.
    pub al: Option<NaiveDate>,
}

impl Periodo {
    /// True if the instant falls on one of the days.
    #[must_use]
    pub fn contiene(&self, istante: Istante) -> bool {
        let giorno = istante.giorno();
        self.dal.is_none_or(|dal| dal <= giorno) && self.al.is_none_or(|al| giorno <= al)
    }
}

/// What kind of difference was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Genere {
    /// A link is missing, changed or moved.
    Chain,
    /// The rows of an act are not those that were registered.
    Row,
    /// A number of the register is missing or doubled.
    Gap,
    /// A stored file is not there.
    FileMissing,
    /// A stored file has other bytes.
    FileAltered,
    /// The chain does not contain the tip that was written apart.
    Tip,
}

impl Genere {
    /// The word of `controlla --json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Row => "row",
            Self::Gap => "gap",
            Self::FileMissing => "file-missing",
            Self::FileAltered => "file-altered",
            Self::Tip => "tip",
        }
    }
}

/// Something that is not as it was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differenza {
    /// What kind.
    pub genere: Genere,
    /// The AOO, if it is one's.
    pub aoo: Option<AooId>,
    /// The registration's year and number, if it is about one.
    pub registrazione: Option<(i32, i64)>,
    /// Id of the thing, if it is about one.
    pub oggetto_id: Option<String>,
    /// The file, if it is about one.
    pub sha256: Option<String>,
    /// In words, in Italian.
    pub dettaglio: String,
}

impl Differenza {
    /// A difference in the chain of an AOO.
    #[must_use]
    pub fn new(genere: Genere, aoo: Option<AooId>, dettaglio: impl Into<String>) -> Self {
        Self { genere, aoo, registrazione: None, oggetto_id: None, sha256: None, dettaglio: dettaglio.into() }
    }
}

#[derive(Queryable)]
struct Riga {
    posizione: i64,
    istante: chrono::NaiveDateTime,
    attore: String,
    tipo: String,
    oggetto_tipo: String,
    oggetto_id: String,
    carico_sha256: String,
    anello: String,
}

/// What the walk needs to know, the same for every chain.
struct Giro<'a> {
    db: &'a Db,
    atti: &'a [Atto],
    periodo: Periodo,
    apparte: &'a [Punta],
}

/// Verifies every chain against `atti` (how to make each kind of act again) and the tips written apart.
///
/// Calls `avanza` with how many more events were looked at after each block. Returns how many there were and all differences.
///
/// # Errors
/// Those of the database: then nothing is said about the chain.
pub fn verifica(
    db: &Db,
    atti: &[Atto],
    periodo: Periodo,
    apparte: &[Punta],
    avanza: &mut dyn FnMut(u64),
) -> Result<(u64, Vec<Differenza>), Errore> {
    let giro = Giro { db, atti, periodo, apparte };
    let mut differenze = Vec::new();
    let mut letti = 0;
    for punta in db.leggi(super::punte)? {
        letti += catena(&giro, &punta, &mut differenze, avanza)?;
    }
    for a in apparte {
        if db.leggi(|conn| testa(conn, a.aoo))?.is_none() {
            let testo = "la catena non c'è più, ma una punta scritta a parte la ricorda";
            differenze.push(Differenza::new(Genere::Tip, Some(a.aoo), testo));
        }
    }
    for atto in atti {
        let (righe, eventi) = db.leggi(|conn| Ok::<_, Errore>(((atto.conta)(conn)?, quanti(conn, atto.tipo)?)))?;
        if righe != eventi {
            let testo =
                format!("ci sono {righe} righe per {eventi} atti «{}»: qualcuno ne ha aggiunte o tolte", atto.tipo);
            differenze.push(Differenza::new(Genere::Row, None, testo));
        }
    }
    Ok((letti, differenze))
}

fn testa(conn: &mut Conn, aoo: AooId) -> Result<Option<i64>, Errore> {
    Ok(catene::table.filter(catene::aoo_id.eq(aoo.to_string())).select(catene::posizione).first(conn).optional()?)
}

fn quanti(conn: &mut Conn, tipo: &str) -> Result<i64, Errore> {
    Ok(eventi::table.filter(eventi::tipo.eq(tipo)).count().get_result(conn)?)
}

/// One chain, from its first link to the tip it had when the walk began.
fn catena(
    giro: &Giro<'_>,
    punta: &Punta,
    differenze: &mut Vec<Differenza>,
    avanza: &mut dyn FnMut(u64),
) -> Result<u64, Errore> {
    let aoo = punta.aoo;
    let apparte = giro.apparte.iter().find(|a| a.aoo == aoo);
    let (mut precedente, mut attesa, mut letti) = (ORIGINE.to_owned(), 1, 0_u64);
    let mut diverso = |genere, dettaglio: String| differenze.push(Differenza::new(genere, Some(aoo), dettaglio));
    let mut alterate = Vec::new();
    while attesa <= punta.posizione {
        let righe = giro.db.leggi(|conn| blocco(giro, conn, aoo, attesa, punta.posizione))?;
        if righe.is_empty() {
            break;
        }
        for (riga, rifatto) in &righe {
            if riga.posizione != attesa {
                diverso(Genere::Chain, format!("mancano gli eventi da {attesa} a {}", riga.posizione - 1));
            }
            if anello(riga, &precedente, aoo) != riga.anello {
                let testo =
                    format!("l'evento {} non è legato al precedente: è stato cambiato o spostato", riga.posizione);
                diverso(Genere::Chain, testo);
            }
            if giro.periodo.contiene(Istante::from_utc(riga.istante))
                && let Some(testo) = altera(riga, rifatto.as_ref())
            {
                let oggetto_id = Some(riga.oggetto_id.clone());
                alterate.push(Differenza { oggetto_id, ..Differenza::new(Genere::Row, Some(aoo), testo) });
            }
            if apparte.is_some_and(|a| a.posizione == riga.posizione && a.anello != riga.anello) {
                diverso(Genere::Tip, format!("l'evento {} non è quello della punta scritta a parte", riga.posizione));
            }
            precedente.clone_from(&riga.anello);
            attesa = riga.posizione + 1;
            letti += 1;
        }
        avanza(u64::try_from(righe.len()).unwrap_or(0));
    }
    if attesa <= punta.posizione {
        diverso(Genere::Chain, format!("mancano gli eventi da {attesa} a {}", punta.posizione));
    } else if precedente != punta.anello {
        diverso(Genere::Chain, format!("l'ultimo anello non è quello della punta {}", punta.posizione));
    }
    if apparte.is_some_and(|a| a.posizione > punta.posizione) {
        let testo = "la catena è più corta della punta scritta a parte: è stata ripristinata una copia più vecchia";
        diverso(Genere::Tip, testo.to_owned());
    }
    differenze.append(&mut alterate);
    Ok(letti)
}

/// Why the rows of an event are not the registered ones, if they are not.
fn altera(riga: &Riga, rifatto: Option<&Option<Carico>>) -> Option<String> {
    let chi = format!("{} {} (evento {})", riga.oggetto_tipo, riga.oggetto_id, riga.posizione);
    match rifatto {
        None => Some(format!("non so ricostruire l'atto «{}»: {chi}", riga.tipo)),
        Some(None) => Some(format!("mancano le righe dell'atto «{}»: {chi}", riga.tipo)),
        Some(Some(carico)) if carico.sha256() != riga.carico_sha256 => {
            Some(format!("le righe dell'atto «{}» sono state cambiate: {chi}", riga.tipo))
        }
        Some(Some(_)) => None,
    }
}

fn anello(riga: &Riga, precedente: &str, aoo: AooId) -> String {
    let aoo = aoo.to_string();
    Anello {
        precedente,
        aoo: &aoo,
        posizione: riga.posizione,
        istante: Istante::from_utc(riga.istante),
        attore: &riga.attore,
        tipo: &riga.tipo,
        oggetto: (&riga.oggetto_tipo, &riga.oggetto_id),
        carico_sha256: &riga.carico_sha256,
    }
    .sha256()
}

/// A block of events, each with its text made again: outer `None` if nobody knows the kind of act, inner if its rows are gone.
type Blocco = Vec<(Riga, Option<Option<Carico>>)>;

fn blocco(giro: &Giro<'_>, conn: &mut Conn, aoo: AooId, da: i64, a: i64) -> Result<Blocco, Errore> {
    let righe: Vec<Riga> = eventi::table
        .filter(eventi::aoo_id.eq(aoo.to_string()).and(eventi::posizione.between(da, a)))
        .order(eventi::posizione)
        .limit(BLOCCO)
        .select((
            eventi::posizione,
            eventi::istante,
            eventi::attore,
            eventi::tipo,
            eventi::oggetto_tipo,
            eventi::oggetto_id,
            eventi::carico_sha256,
            eventi::anello,
        ))
        .load(conn)?;
    let mut rifatti: HashMap<&str, HashMap<String, Carico>> = HashMap::new();
    for atto in giro.atti {
        let nel_periodo = |r: &&Riga| r.tipo == atto.tipo && giro.periodo.contiene(Istante::from_utc(r.istante));
        let ids: Vec<String> = righe.iter().filter(nel_periodo).map(|r| r.oggetto_id.clone()).collect();
        rifatti.insert(atto.tipo, if ids.is_empty() { HashMap::new() } else { (atto.ricalcola)(conn, &ids)? });
    }
    let rifatto = |r: Riga| {
        let carico = rifatti.get(r.tipo.as_str()).map(|m| m.get(&r.oggetto_id).cloned());
        (r, carico)
    };
    Ok(righe.into_iter().map(rifatto).collect())
}
