//! The desk read in groups: each document stands in the first that fits. Every query joins what the reader may see.

use super::Errore;
use super::movimento::Stato;
use super::persona::Addetto;
use crate::registro::riservata;
use crate::storage::schema::{annullamenti, pratiche, registrazioni, visibilita};
use crate::storage::{self, Conn};
use crate::utenti::visibilita::Vista;
use crate::valori::{AssegnazioneId, Istante, RegistrazioneId, Rifiuto, UfficioId};
use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use std::fmt;
use std::str::FromStr;

/// How many days ahead a term is due soon.
const PRESTO: Days = Days::new(7);

/// How long what was dealt with stays on the desk.
const CONCLUSE: TimeDelta = TimeDelta::days(30);

/// A group of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gruppo {
    /// An office refused them: the protocol office is to assign them again.
    Rifiutate,
    /// Not dealt with, and their last day is within a week, or gone.
    InScadenza,
    /// Nobody took charge of them.
    DaPrendere,
    /// The reader has them.
    InCaricoAMe,
    /// A colleague has them.
    InCaricoAllUfficio,
    /// Sent per conoscenza, and not read.
    PerConoscenza,
    /// Dealt with in the last thirty days.
    Concluse,
}

impl Gruppo {
    /// All of them, in the order of the page.
    pub const TUTTI: [Self; 7] = [
        Self::Rifiutate,
        Self::InScadenza,
        Self::DaPrendere,
        Self::InCaricoAMe,
        Self::InCaricoAllUfficio,
        Self::PerConoscenza,
        Self::Concluse,
    ];

    /// The word of addresses and of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rifiutate => "rifiutate",
            Self::InScadenza => "in-scadenza",
            Self::DaPrendere => "da-prendere",
            Self::InCaricoAMe => "in-carico-a-me",
            Self::InCaricoAllUfficio => "in-carico-all-ufficio",
            Self::PerConoscenza => "per-conoscenza",
            Self::Concluse => "concluse",
        }
    }
}

impl FromStr for Gruppo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let trovato = Self::TUTTI.into_iter().find(|g| g.as_str() == testo);
        let regola = || format!("vale uno di: {}", Self::TUTTI.map(Self::as_str).join(", "));
        trovato.ok_or_else(|| Rifiuto { che: "gruppo", regola: regola() })
    }
}

/// A document on a desk.
#[derive(Debug, Clone)]
pub struct Pratica {
    /// The assignment by which it is there.
    pub assegnazione: AssegnazioneId,
    /// The registration.
    pub registrazione: RegistrazioneId,
    /// On whose desk.
    pub ufficio: UfficioId,
    /// Since when it stands as it does.
    pub dal: Istante,
    /// The last day of its term.
    pub scade: Option<NaiveDate>,
}

/// Where a page of a group ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursore {
    dal: Istante,
    assegnazione: AssegnazioneId,
}

impl From<&Pratica> for Cursore {
    fn from(p: &Pratica) -> Self {
        Self { dal: p.dal, assegnazione: p.assegnazione }
    }
}

impl fmt::Display for Cursore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.dal, self.assegnazione)
    }
}

impl FromStr for Cursore {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let no = || Rifiuto { che: "cursore", regola: "serve quello dato dalla pagina precedente".to_owned() };
        let (dal, assegnazione) = testo.split_once('_').ok_or_else(no)?;
        Ok(Self { dal: dal.parse()?, assegnazione: assegnazione.parse()? })
    }
}

type Boxed<'a> = pratiche::BoxedQuery<'a, <Conn as Connection>::Backend>;

/// The documents of a group after `dopo`, at most `quante`: what waits longest first, what was concluded last first.
///
/// # Errors
/// Those of the database.
pub fn elenco(
    conn: &mut Conn,
    (vista, chi): (&Vista, &Addetto<'_>),
    (gruppo, ora): (Gruppo, Istante),
    dopo: Option<&Cursore>,
    quante: i64,
) -> Result<Vec<Pratica>, Errore> {
    let mut query = del_gruppo(vista, chi, gruppo, ora);
    if let Some(Cursore { dal, assegnazione }) = dopo {
        let (dal, id) = (dal.utc(), assegnazione.to_string());
        let stesso = pratiche::dal.eq(dal);
        query = match gruppo {
            Gruppo::Concluse => query.filter(pratiche::dal.lt(dal).or(stesso.and(pratiche::assegnazione_id.lt(id)))),
            _ => query.filter(pratiche::dal.gt(dal).or(stesso.and(pratiche::assegnazione_id.gt(id)))),
        };
    }
    query = match gruppo {
        Gruppo::Concluse => query.order((pratiche::dal.desc(), pratiche::assegnazione_id.desc())),
        _ => query.order((pratiche::dal, pratiche::assegnazione_id)),
    };
    let righe: Vec<Riga> = query
        .limit(quante)
        .select((
            pratiche::assegnazione_id,
            pratiche::registrazione_id,
            pratiche::ufficio_id,
            pratiche::dal,
            pratiche::scade,
        ))
        .load(conn)?;
    let valori: Result<_, Rifiuto> = righe.into_iter().map(valore).collect();
    Ok(valori.map_err(|e| storage::Errore::riga("pratiche", e))?)
}

/// How many documents a group has.
///
/// # Errors
/// Those of the database.
pub fn quante(
    conn: &mut Conn,
    vista: &Vista,
    chi: &Addetto<'_>,
    (gruppo, ora): (Gruppo, Istante),
) -> Result<usize, Errore> {
    let quante: i64 = del_gruppo(vista, chi, gruppo, ora).count().get_result(conn)?;
    Ok(usize::try_from(quante).unwrap_or(0))
}

fn del_gruppo(vista: &Vista, chi: &Addetto<'_>, gruppo: Gruppo, ora: Istante) -> Boxed<'static> {
    let stato = |s: Stato| pratiche::stato.eq(s.as_str());
    let presto = ora.giorno().checked_add_days(PRESTO).unwrap_or(NaiveDate::MAX);
    let dopo = pratiche::scade.is_null().or(pratiche::scade.gt(presto));
    let mia = pratiche::attore.eq(chi.attore.per_chi().to_string());
    let query = visibili(vista);
    if gruppo == Gruppo::Rifiutate {
        // Only the protocol office has this group; what it may not see is not in it either.
        let aoo = if chi.protocollo() { vista.aoo().to_string() } else { String::new() };
        return query.filter(pratiche::aoo_id.eq(aoo).and(stato(Stato::Rifiutata)));
    }
    let uffici: Vec<String> = chi.uffici().iter().map(ToString::to_string).collect();
    let query = query.filter(pratiche::ufficio_id.eq_any(uffici));
    match gruppo {
        Gruppo::Rifiutate => query,
        Gruppo::InScadenza => query
            .filter(pratiche::stato.eq_any([Stato::DaPrendere.as_str(), Stato::InCarico.as_str()]))
            .filter(pratiche::scade.le(presto)),
        Gruppo::DaPrendere => query.filter(stato(Stato::DaPrendere)).filter(dopo),
        Gruppo::InCaricoAMe => query.filter(stato(Stato::InCarico)).filter(dopo).filter(mia),
        Gruppo::InCaricoAllUfficio => query.filter(stato(Stato::InCarico)).filter(dopo).filter(not(mia)),
        Gruppo::PerConoscenza => {
            let per_me = pratiche::persona_id.is_null().or(pratiche::persona_id.eq(chi.persona()));
            query.filter(stato(Stato::DaLeggere)).filter(per_me)
        }
        Gruppo::Concluse => query.filter(stato(Stato::Conclusa)).filter(pratiche::dal.ge((ora.utc()) - CONCLUSE)),
    }
}

/// What of the desks may be seen: nothing that was annulled, and of what is riservato only what is one's own. Looked up row by row, since
/// few documents are on a desk and very many may be seen.
fn visibili(vista: &Vista) -> Boxed<'static> {
    let annullata = exists(annullamenti::table.filter(annullamenti::registrazione_id.eq(pratiche::registrazione_id)));
    let concessa = exists(visibilita::table.filter(
        visibilita::oggetto_id.eq(pratiche::registrazione_id).and(visibilita::ufficio_id.eq_any(vista.uffici())),
    ));
    let aperta =
        exists(registrazioni::table.filter(registrazioni::id.eq(pratiche::registrazione_id).and(not(riservata()))));
    let query =
        pratiche::table.filter(pratiche::aoo_id.eq(vista.aoo().to_string())).filter(not(annullata)).into_boxed();
    match vista {
        Vista::Intera(_) => query,
        Vista::SenzaRiservati(..) => query.filter(aperta.or(concessa)),
        Vista::Uffici(..) => query.filter(concessa),
    }
}

type Riga = (String, String, String, NaiveDateTime, Option<NaiveDate>);

fn valore((assegnazione, registrazione, ufficio, dal, scade): Riga) -> Result<Pratica, Rifiuto> {
    Ok(Pratica {
        assegnazione: assegnazione.parse()?,
        registrazione: registrazione.parse()?,
        ufficio: ufficio.parse()?,
        dal: Istante::from_utc(dal),
        scade,
    })
}
