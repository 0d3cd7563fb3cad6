//! A rule and its versions: nothing is changed, a new version takes the place of the one before, and is off.

use super::super::Errore;
use super::stato::{self, Anteprima};
use super::{Azione, Condizioni, Contenuto, MASSIME_REGOLE, contenuto};
use crate::audit::{self, Carico};
use crate::storage::schema::regole as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::valori::{AooId, CodiceUfficio, Istante, RegolaId, Rifiuto, VersioneId};
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

pub(super) const ATTO: &str = "regola";

/// A version of a rule, and how it stands.
#[derive(Debug, Clone)]
pub struct Regola {
    /// The rule.
    pub id: RegolaId,
    /// This version of it.
    pub versione_id: VersioneId,
    /// Its number, from 1.
    pub versione: i32,
    /// What it says.
    pub contenuto: Contenuto,
    /// Who wrote it, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
    /// Since when it is on; none if it is off.
    pub accesa: Option<Istante>,
    /// When what it would have done was last looked at.
    pub anteprima: Option<Anteprima>,
}

/// Writes a rule, which is off. Who may write it is up to the caller (the RSP).
///
/// # Errors
/// `RegolaSbagliata` with the field, `TroppeRegole`.
pub fn crea(op: &mut Operazione<'_>, contenuto: &Contenuto) -> Result<RegolaId, Errore> {
    if regole(op.conn, op.aoo)?.len() >= MASSIME_REGOLE {
        return Err(Errore::TroppeRegole(MASSIME_REGOLE));
    }
    let id = RegolaId::new();
    scrivi(op, id.to_string(), id, 1, contenuto)?;
    Ok(id)
}

/// Writes the version that follows `da`, which is off until what it would do was looked at.
///
/// # Errors
/// `RegolaSconosciuta`, `RegolaCambiata` if somebody wrote another version meanwhile, `RegolaSbagliata` with the field.
pub fn cambia(op: &mut Operazione<'_>, id: RegolaId, da: i32, contenuto: &Contenuto) -> Result<(), Errore> {
    let prima = regola(op.conn, op.aoo, id)?;
    if prima.versione != da {
        return Err(Errore::RegolaCambiata(prima.versione));
    }
    if prima.accesa.is_some() {
        // Said in the chain: the version that was at work is at work no more.
        stato::spegni(op, id)?;
    }
    scrivi(op, VersioneId::new().to_string(), id, da.saturating_add(1), contenuto)
}

fn scrivi(
    op: &mut Operazione<'_>,
    versione_id: String,
    id: RegolaId,
    versione: i32,
    c: &Contenuto,
) -> Result<(), Errore> {
    contenuto::verifica(op.conn, op.aoo, c)?;
    let attore = op.attore.clone();
    let (motivo, giorni) = match &c.azione {
        Azione::Scarta { motivo, giorni } => (Some(motivo.to_string()), i32::try_from(*giorni).ok()),
        Azione::Compila | Azione::Protocolla => (None, None),
    };
    let riga = Riga {
        id: versione_id,
        regola_id: id.to_string(),
        aoo_id: op.aoo.to_string(),
        versione,
        nome: c.nome.to_string(),
        ordine: c.ordine,
        modo: c.modo.as_str().to_owned(),
        azione: c.azione.as_str().to_owned(),
        mittente: c.condizioni.mittente.as_ref().map(ToString::to_string),
        casella_id: c.condizioni.casella.map(|x| x.to_string()),
        parole: c.condizioni.parole.as_ref().map(ToString::to_string),
        genere: c.condizioni.genere.map(|g| g.as_str().to_owned()),
        segnatura: c.condizioni.segnatura.map(|s| s.as_str().to_owned()),
        voce: c.voce.as_ref().map(ToString::to_string),
        ufficio: c.ufficio.as_ref().map(ToString::to_string),
        conoscenza: c.conoscenza.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        fascicolo: c.fascicolo.as_ref().map(ToString::to_string),
        tipologia: c.tipologia.as_ref().map(ToString::to_string),
        riservato: c.riservato,
        motivo,
        giorni,
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "regola", &riga.id, &riga.carico())?;
    Ok(())
}

/// The rules of an AOO as they stand, in their order.
///
/// # Errors
/// Those of the database.
pub fn regole(conn: &mut Conn, aoo: AooId) -> Result<Vec<Regola>, Errore> {
    let righe: Vec<Riga> = tabella::table
        .filter(tabella::aoo_id.eq(aoo.to_string()))
        .order((tabella::regola_id, tabella::versione))
        .select(Riga::as_select())
        .load(conn)?;
    let ultime: BTreeMap<String, Riga> = righe.into_iter().map(|r| (r.regola_id.clone(), r)).collect();
    let mut regole = valori(conn, ultime.into_values().collect())?;
    regole.sort_by_key(|r| (r.contenuto.ordine, r.id.to_string()));
    Ok(regole)
}

/// One rule, as it stands.
///
/// # Errors
/// `RegolaSconosciuta` if the AOO has none of this id.
pub fn regola(conn: &mut Conn, aoo: AooId, id: RegolaId) -> Result<Regola, Errore> {
    storia(conn, aoo, id)?.into_iter().next().ok_or(Errore::RegolaSconosciuta)
}

/// The versions of a rule, the current one first.
///
/// # Errors
/// `RegolaSconosciuta` if the AOO has none of this id.
pub fn storia(conn: &mut Conn, aoo: AooId, id: RegolaId) -> Result<Vec<Regola>, Errore> {
    let righe: Vec<Riga> = tabella::table
        .filter(tabella::aoo_id.eq(aoo.to_string()).and(tabella::regola_id.eq(id.to_string())))
        .order(tabella::versione.desc())
        .select(Riga::as_select())
        .load(conn)?;
    if righe.is_empty() {
        return Err(Errore::RegolaSconosciuta);
    }
    valori(conn, righe)
}

fn valori(conn: &mut Conn, righe: Vec<Riga>) -> Result<Vec<Regola>, Errore> {
    let versioni: Vec<String> = righe.iter().map(|r| r.id.clone()).collect();
    let (accese, anteprime) = (stato::accese(conn, &versioni)?, stato::anteprime(conn, &versioni)?);
    let una = |r: Riga| {
        let (accesa, anteprima) = (accese.get(&r.id).copied(), anteprime.get(&r.id).copied());
        r.valore(accesa, anteprima).map_err(|e| storage::Errore::riga("regole", e).into())
    };
    righe.into_iter().map(una).collect()
}

/// Name and number of these versions.
pub(super) fn nomi(
    conn: &mut Conn,
    versioni: &[String],
) -> Result<HashMap<String, (String, String, i32)>, storage::Errore> {
    let righe: Vec<(String, String, String, i32)> = tabella::table
        .filter(tabella::id.eq_any(versioni))
        .select((tabella::id, tabella::regola_id, tabella::nome, tabella::versione))
        .load(conn)?;
    Ok(righe.into_iter().map(|(id, regola, nome, versione)| (id, (regola, nome, versione))).collect())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    regola_id: String,
    aoo_id: String,
    versione: i32,
    nome: String,
    ordine: i32,
    modo: String,
    azione: String,
    mittente: Option<String>,
    casella_id: Option<String>,
    parole: Option<String>,
    genere: Option<String>,
    segnatura: Option<String>,
    voce: Option<String>,
    ufficio: Option<String>,
    conoscenza: String,
    fascicolo: Option<String>,
    tipologia: Option<String>,
    riservato: bool,
    motivo: Option<String>,
    giorni: Option<i32>,
    autore: String,
    istante: chrono::NaiveDateTime,
}

/// A column that may be empty.
fn forse<T: FromStr<Err = Rifiuto>>(testo: Option<String>) -> Result<Option<T>, Rifiuto> {
    testo.map(|t| t.parse()).transpose()
}

impl Riga {
    fn valore(self, accesa: Option<Istante>, anteprima: Option<Anteprima>) -> Result<Regola, Rifiuto> {
        let azione = match (self.azione.as_str(), self.motivo, self.giorni.and_then(|g| u32::try_from(g).ok())) {
            ("scarta", Some(motivo), Some(giorni)) => Azione::Scarta { motivo: motivo.parse()?, giorni },
            ("protocolla", ..) => Azione::Protocolla,
            _ => Azione::Compila,
        };
        let condizioni = Condizioni {
            mittente: forse(self.mittente)?,
            casella: forse(self.casella_id)?,
            parole: forse(self.parole)?,
            genere: forse(self.genere)?,
            segnatura: forse(self.segnatura)?,
        };
        let conoscenza: Result<Vec<CodiceUfficio>, Rifiuto> = self.conoscenza.lines().map(str::parse).collect();
        Ok(Regola {
            id: self.regola_id.parse()?,
            versione_id: self.id.parse()?,
            versione: self.versione,
            contenuto: Contenuto {
                nome: self.nome.parse()?,
                ordine: self.ordine,
                condizioni,
                azione,
                modo: self.modo.parse()?,
                voce: forse(self.voce)?,
                ufficio: forse(self.ufficio)?,
                conoscenza: conoscenza?,
                fascicolo: forse(self.fascicolo)?,
                tipologia: forse(self.tipologia)?,
                riservato: self.riservato,
            },
            autore: self.autore,
            istante: Istante::from_utc(self.istante),
            accesa,
            anteprima,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("regola", &self.regola_id)
            .campo("aoo", &self.aoo_id)
            .campo("versione", self.versione)
            .campo("nome", &self.nome)
            .campo("ordine", self.ordine)
            .campo("modo", &self.modo)
            .campo("azione", &self.azione)
            .forse("mittente", self.mittente.as_ref())
            .forse("casella", self.casella_id.as_ref())
            .forse("parole", self.parole.as_ref())
            .forse("genere", self.genere.as_ref())
            .forse("segnatura", self.segnatura.as_ref())
            .forse("voce", self.voce.as_ref())
            .forse("ufficio", self.ufficio.as_ref())
            .campo("conoscenza", &self.conoscenza)
            .forse("fascicolo", self.fascicolo.as_ref())
            .forse("tipologia", self.tipologia.as_ref())
            .campo("riservato", self.riservato)
            .forse("motivo", self.motivo.as_ref())
            .forse("giorni", self.giorni)
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
