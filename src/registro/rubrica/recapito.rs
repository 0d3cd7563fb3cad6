//! *Recapito*: an address of a party, from when it was written until it is withdrawn.

use super::{Errore, Fonte, Provenienza, indice, soggetto};
use crate::audit::{self, Carico};
use crate::storage::schema::{recapiti, ritiri_recapiti};
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::valori::{AooId, IndirizzoMail, Istante, RecapitoId, Rifiuto, SoggettoId, Testo};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "recapito";
pub(super) const ATTO_RITIRO: &str = "ritiro-recapito";

/// Where a party is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Indirizzo {
    /// Posta elettronica certificata, or another domicilio digitale.
    Pec(IndirizzoMail),
    /// Ordinary electronic mail.
    Email(IndirizzoMail),
    /// By post: street, number, postcode, place, in one line.
    Posta(Testo),
}

impl Indirizzo {
    /// The words of the API, of the database and of the chain.
    pub const TIPI: [&'static str; 3] = ["pec", "email", "posta"];

    /// An address of this kind.
    ///
    /// # Errors
    /// If there is no such kind, or the text is none of it.
    pub fn leggi(tipo: &str, valore: &str) -> Result<Self, Rifiuto> {
        match tipo {
            "pec" => Ok(Self::Pec(valore.parse()?)),
            "email" => Ok(Self::Email(valore.parse()?)),
            "posta" => Ok(Self::Posta(valore.parse()?)),
            _ => Err(Rifiuto::new("tipo di recapito", format!("vale uno di: {}", Self::TIPI.join(", ")))),
        }
    }

    /// Its kind: `pec`, `email`, `posta`.
    #[must_use]
    pub fn tipo(&self) -> &'static str {
        match self {
            Self::Pec(_) => "pec",
            Self::Email(_) => "email",
            Self::Posta(_) => "posta",
        }
    }

    /// As it is stored and shown.
    #[must_use]
    pub fn valore(&self) -> &str {
        match self {
            Self::Pec(i) | Self::Email(i) => i.as_str(),
            Self::Posta(t) => t.as_str(),
        }
    }

    /// True if both are the same address of the same kind.
    #[must_use]
    pub fn uguale(&self, altro: &Self) -> bool {
        match (self, altro) {
            (Self::Pec(a), Self::Pec(b)) | (Self::Email(a), Self::Email(b)) => a.uguale(b),
            (Self::Posta(a), Self::Posta(b)) => super::parole::piana(a.as_str()) == super::parole::piana(b.as_str()),
            _ => false,
        }
    }
}

/// An address of a party.
#[derive(Debug, Clone)]
pub struct Recapito {
    /// Its id.
    pub id: RecapitoId,
    /// The address.
    pub indirizzo: Indirizzo,
    /// Where it comes from, and since when it is here.
    pub provenienza: Provenienza,
    /// Who withdrew it and when, if it holds no more.
    pub ritirato: Option<(String, Istante)>,
}

/// Adds an address to a soggetto.
///
/// # Errors
/// `RecapitoPresente` if it is there and holds.
pub fn aggiungi(
    op: &mut Operazione<'_>,
    id: SoggettoId,
    indirizzo: &Indirizzo,
    fonte: Fonte,
) -> Result<RecapitoId, Errore> {
    let attuale = soggetto::modificabile(op.conn, op.aoo, id)?;
    if attuale.ha(indirizzo) {
        return Err(Errore::RecapitoPresente(indirizzo.valore().to_owned()));
    }
    let provenienza = Provenienza::adesso(op, fonte)?;
    let recapito = scrivi(op, id, indirizzo, &provenienza)?;
    indice::rifai(op, id)?;
    Ok(recapito)
}

/// Writes an address, whatever else is there.
pub(super) fn scrivi(
    op: &mut Operazione<'_>,
    soggetto: SoggettoId,
    indirizzo: &Indirizzo,
    p: &Provenienza,
) -> Result<RecapitoId, Errore> {
    let id = RecapitoId::new();
    let riga = Riga {
        id: id.to_string(),
        soggetto_id: soggetto.to_string(),
        tipo: indirizzo.tipo().to_owned(),
        valore: indirizzo.valore().to_owned(),
        fonte: p.fonte.as_str().to_owned(),
        autore: p.autore.clone(),
        istante: p.istante.utc(),
    };
    diesel::insert_into(recapiti::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "recapito", id, &riga.carico())?;
    Ok(id)
}

/// Withdraws an address of a soggetto: it holds no more, and stays in the history.
///
/// # Errors
/// `Sconosciuto` if the soggetto has no such address, `GiaRitirato` if it holds no more.
pub fn ritira(op: &mut Operazione<'_>, soggetto: SoggettoId, id: RecapitoId) -> Result<(), Errore> {
    soggetto::modificabile(op.conn, op.aoo, soggetto)?;
    let tutti = tutti(op.conn, op.aoo, soggetto)?;
    let suo = tutti.into_iter().find(|r| r.id == id).ok_or(Errore::Sconosciuto)?;
    if suo.ritirato.is_some() {
        return Err(Errore::GiaRitirato);
    }
    let attore = op.attore.clone();
    let ritiro =
        Ritiro { recapito_id: id.to_string(), autore: utenti::nome_autore(op.conn, &attore)?, istante: op.ora.utc() };
    diesel::insert_into(ritiri_recapiti::table).values(&ritiro).execute(op.conn)?;
    audit::annota(op, ATTO_RITIRO, "recapito", id, &ritiro.carico())?;
    indice::rifai(op, soggetto)
}

/// Every address of a soggetto and of who was merged into it, also those withdrawn, newest first.
///
/// # Errors
/// `Sconosciuto` if there is none such in this AOO.
pub fn tutti(conn: &mut Conn, aoo: AooId, soggetto: SoggettoId) -> Result<Vec<Recapito>, Errore> {
    let id = soggetto::per_id(conn, aoo, soggetto)?.id.to_string();
    let membri: Vec<String> =
        super::unione::rami(conn, std::slice::from_ref(&id))?.into_iter().map(|(_, membro)| membro).collect();
    let mut tutti: Vec<Recapito> = di(conn, &membri)?.into_iter().map(|(_, r)| r).collect();
    tutti.sort_by_key(|r| std::cmp::Reverse(r.id));
    Ok(tutti)
}

/// The addresses of these soggetti that hold, oldest first.
pub(super) fn in_vigore(conn: &mut Conn, soggetti: &[String]) -> Result<HashMap<String, Vec<Recapito>>, Errore> {
    let mut per_soggetto: HashMap<String, Vec<Recapito>> = HashMap::new();
    for (soggetto, recapito) in di(conn, soggetti)?.into_iter().filter(|(_, r)| r.ritirato.is_none()) {
        per_soggetto.entry(soggetto).or_default().push(recapito);
    }
    Ok(per_soggetto)
}

fn di(conn: &mut Conn, soggetti: &[String]) -> Result<Vec<(String, Recapito)>, Errore> {
    let righe: Vec<Riga> = recapiti::table
        .filter(recapiti::soggetto_id.eq_any(soggetti))
        .order(recapiti::id)
        .select(Riga::as_select())
        .load(conn)?;
    let ids: Vec<&str> = righe.iter().map(|r| r.id.as_str()).collect();
    let ritiri: Vec<Ritiro> = ritiri_recapiti::table
        .filter(ritiri_recapiti::recapito_id.eq_any(ids))
        .select(Ritiro::as_select())
        .load(conn)?;
    let mut ritiri: HashMap<String, Ritiro> = ritiri.into_iter().map(|r| (r.recapito_id.clone(), r)).collect();
    let valore = |r: Riga| {
        let ritiro = ritiri.remove(&r.id);
        let soggetto = r.soggetto_id.clone();
        let letto = r.leggi(ritiro).map_err(|e| storage::Errore::riga("recapiti", e))?;
        Ok((soggetto, letto))
    };
    righe.into_iter().map(valore).collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = recapiti)]
struct Riga {
    id: String,
    soggetto_id: String,
    tipo: String,
    valore: String,
    fonte: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn leggi(self, ritiro: Option<Ritiro>) -> Result<Recapito, Rifiuto> {
        Ok(Recapito {
            id: self.id.parse()?,
            indirizzo: Indirizzo::leggi(&self.tipo, &self.valore)?,
            provenienza: Provenienza {
                fonte: self.fonte.parse()?,
                autore: self.autore,
                istante: Istante::from_utc(self.istante),
            },
            ritirato: ritiro.map(|r| (r.autore, Istante::from_utc(r.istante))),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("soggetto", &self.soggetto_id)
            .campo("tipo", &self.tipo)
            .campo("valore", &self.valore)
            .campo("fonte", &self.fonte)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = ritiri_recapiti)]
struct Ritiro {
    recapito_id: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Ritiro {
    fn carico(&self) -> Carico {
        Carico::new(ATTO_RITIRO, 1)
            .campo("recapito", &self.recapito_id)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(recapiti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = recapiti::table.filter(recapiti::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

pub(super) fn conta_ritiri(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(ritiri_recapiti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola_ritiri(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Ritiro> = ritiri_recapiti::table
        .filter(ritiri_recapiti::recapito_id.eq_any(ids))
        .select(Ritiro::as_select())
        .load(conn)?;
    Ok(righe.into_iter().map(|r| (r.recapito_id.clone(), r.carico())).collect())
}
