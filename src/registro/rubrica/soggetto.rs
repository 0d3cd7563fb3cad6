//! *Soggetto*: a party of the rubrica, what is known of it now and what was known before.

use super::{Errore, Fonte, Indirizzo, Provenienza, Recapito, Somiglianza, indice, recapito, somiglianza, unione};
use crate::audit::{self, Carico};
use crate::segnatura::{NomeParte, Parte};
use crate::storage::schema::soggetti;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, Istante, Rifiuto, SoggettoId};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "soggetto";

/// A party of the rubrica, as it is now.
#[derive(Debug, Clone)]
pub struct Soggetto {
    /// Its id.
    pub id: SoggettoId,
    /// Who it is; its `pec` is the newest one that holds.
    pub parte: Parte,
    /// Where name and codes come from.
    pub provenienza: Provenienza,
    /// The addresses that hold, oldest first; also those of who was merged into it.
    pub recapiti: Vec<Recapito>,
    /// The soggetto it is one with, whose data count.
    pub unito_a: Option<SoggettoId>,
}

impl Soggetto {
    /// Its name; of a person the family name first, as registers do.
    #[must_use]
    pub fn nome(&self) -> String {
        nome(&self.parte)
    }

    /// What it shares with a party that has these addresses.
    fn somiglia(&self, parte: &Parte, indirizzi: &[&Indirizzo]) -> Option<Somiglianza> {
        let suoi: Vec<&Indirizzo> = self.recapiti.iter().map(|r| &r.indirizzo).collect();
        somiglianza::tra((&self.parte, &suoi), (parte, indirizzi))
    }

    /// True if this address holds.
    #[must_use]
    pub fn ha(&self, indirizzo: &Indirizzo) -> bool {
        self.recapiti.iter().any(|r| r.indirizzo.uguale(indirizzo))
    }
}

/// The name of a party; of a person the family name first.
#[must_use]
pub fn nome(parte: &Parte) -> String {
    match &parte.nome {
        NomeParte::Denominazione(d) => d.to_string(),
        NomeParte::Persona { nome, cognome } => format!("{cognome} {nome}"),
    }
}

/// Puts a party into the rubrica, unless one that is or may be the same is there. The `pec` of `parte` is written as an address.
///
/// # Errors
/// `GiaPresente` if it is there, `Somiglia` if one with the same PEC or name is.
pub fn crea(op: &mut Operazione<'_>, parte: &Parte, altri: &[Indirizzo], fonte: Fonte) -> Result<SoggettoId, Errore> {
    let indirizzi = indirizzi(parte, altri);
    if let Some((uguale, per)) = simili(op.conn, op.aoo, parte, &indirizzi, None)?.into_iter().next() {
        let (id, nome) = (uguale.id, uguale.nome());
        return Err(if per.certa() {
            Errore::GiaPresente { id, nome, per }
        } else {
            Errore::Somiglia { id, nome, per }
        });
    }
    scrivi(op, parte, &indirizzi, fonte)
}

/// The same, also where one with the same PEC or name is there: somebody has looked, and it is another.
///
/// # Errors
/// `GiaPresente` if it is there.
pub fn crea_comunque(
    op: &mut Operazione<'_>,
    parte: &Parte,
    altri: &[Indirizzo],
    fonte: Fonte,
) -> Result<SoggettoId, Errore> {
    rifiuta_uguale(op.conn, op.aoo, parte, None)?;
    scrivi(op, parte, &indirizzi(parte, altri), fonte)
}

/// From now on name and codes are these; what they were stays in the history. Addresses have acts of their own: `pec` is not
/// looked at.
///
/// # Errors
/// `GiaPresente` if that is another one who is there.
pub fn cambia(op: &mut Operazione<'_>, id: SoggettoId, parte: &Parte, fonte: Fonte) -> Result<(), Errore> {
    let attuale = modificabile(op.conn, op.aoo, id)?;
    rifiuta_uguale(op.conn, op.aoo, parte, Some(id))?;
    let provenienza = Provenienza::adesso(op, fonte)?;
    let nuova = Riga::new(op.aoo, Some(id), parte, &provenienza);
    if nuova.dati() == Riga::new(op.aoo, Some(id), &attuale.parte, &attuale.provenienza).dati() {
        return Ok(());
    }
    inserisci(op, &nuova)?;
    indice::rifai(op, id)
}

/// The addresses to be written, each once.
fn indirizzi(parte: &Parte, altri: &[Indirizzo]) -> Vec<Indirizzo> {
    let mut tutti: Vec<Indirizzo> = Vec::new();
    for i in parte.pec.iter().cloned().map(Indirizzo::Pec).chain(altri.iter().cloned()) {
        if !tutti.iter().any(|t| t.uguale(&i)) {
            tutti.push(i);
        }
    }
    tutti
}

fn rifiuta_uguale(conn: &mut Conn, aoo: AooId, parte: &Parte, tranne: Option<SoggettoId>) -> Result<(), Errore> {
    let uguale = simili(conn, aoo, parte, &[], tranne)?.into_iter().find(|(_, per)| per.certa());
    match uguale {
        Some((s, per)) => Err(Errore::GiaPresente { id: s.id, nome: s.nome(), per }),
        None => Ok(()),
    }
}

/// Writes it, whoever else is there.
pub(super) fn scrivi(
    op: &mut Operazione<'_>,
    parte: &Parte,
    indirizzi: &[Indirizzo],
    fonte: Fonte,
) -> Result<SoggettoId, Errore> {
    let provenienza = Provenienza::adesso(op, fonte)?;
    let riga = Riga::new(op.aoo, None, parte, &provenienza);
    inserisci(op, &riga)?;
    let id = riga.id.parse()?;
    for indirizzo in indirizzi {
        recapito::scrivi(op, id, indirizzo, &provenienza)?;
    }
    indice::fai(op, id, parte, indirizzi)?;
    Ok(id)
}

fn inserisci(op: &mut Operazione<'_>, riga: &Riga) -> Result<(), Errore> {
    diesel::insert_into(soggetti::table).values(riga).execute(op.conn)?;
    audit::annota(op, ATTO, "soggetto", &riga.id, &riga.carico())?;
    Ok(())
}

/// The soggetto with this id.
///
/// # Errors
/// `Sconosciuto` if there is none in this AOO.
pub fn per_id(conn: &mut Conn, aoo: AooId, id: SoggettoId) -> Result<Soggetto, Errore> {
    per_ids(conn, aoo, &[id.to_string()])?.pop().ok_or(Errore::Sconosciuto)
}

/// The same, if it may be changed.
pub(super) fn modificabile(conn: &mut Conn, aoo: AooId, id: SoggettoId) -> Result<Soggetto, Errore> {
    let soggetto = per_id(conn, aoo, id)?;
    if soggetto.unito_a.is_some() { Err(Errore::Unito) } else { Ok(soggetto) }
}

/// These soggetti, in this order; those of another AOO are left out.
pub(super) fn per_ids(conn: &mut Conn, aoo: AooId, ids: &[String]) -> Result<Vec<Soggetto>, Errore> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let righe: Vec<Riga> = soggetti::table
        .filter(soggetti::aoo_id.eq(aoo.to_string()).and(soggetti::soggetto_id.eq_any(ids)))
        .order(soggetti::id)
        .select(Riga::as_select())
        .load(conn)?;
    // In order of writing, so the last row of each stays.
    let mut ultime: HashMap<String, Riga> = righe.into_iter().map(|r| (r.soggetto_id.clone(), r)).collect();
    let radici: Vec<String> = ids.iter().filter(|id| ultime.contains_key(*id)).cloned().collect();
    let rami = unione::rami(conn, &radici)?;
    let membri: Vec<String> = rami.iter().map(|(_, membro)| membro.clone()).collect();
    let mut recapiti = recapito::in_vigore(conn, &membri)?;
    let uniti = unione::tenuti(conn, &radici)?;
    let mut trovati = Vec::with_capacity(radici.len());
    for id in radici {
        let Some(riga) = ultime.remove(&id) else { continue };
        let mut suoi: Vec<Recapito> = Vec::new();
        for (_, membro) in rami.iter().filter(|(radice, _)| *radice == id) {
            suoi.extend(recapiti.remove(membro).unwrap_or_default());
        }
        suoi.sort_by_key(|r| r.id);
        trovati.push(riga.valore(suoi, uniti.get(&id).copied())?);
    }
    Ok(trovati)
}

/// What was known of a soggetto from each of its instants on, newest first: who it was, and whence.
///
/// # Errors
/// Those of the database.
pub fn storia(conn: &mut Conn, aoo: AooId, id: SoggettoId) -> Result<Vec<(Parte, Provenienza)>, Errore> {
    let righe: Vec<Riga> = soggetti::table
        .filter(soggetti::aoo_id.eq(aoo.to_string()).and(soggetti::soggetto_id.eq(id.to_string())))
        .order(soggetti::id.desc())
        .select(Riga::as_select())
        .load(conn)?;
    righe.into_iter().map(|r| r.valore(Vec::new(), None).map(|s| (s.parte, s.provenienza))).collect()
}

/// Those that are or may be the same as `parte`, the surest first.
///
/// # Errors
/// Those of the database.
pub fn simili(
    conn: &mut Conn,
    aoo: AooId,
    parte: &Parte,
    indirizzi: &[Indirizzo],
    tranne: Option<SoggettoId>,
) -> Result<Vec<(Soggetto, Somiglianza)>, Errore> {
    let ids = indice::candidati(conn, aoo, parte, indirizzi)?;
    let altri: Vec<&Indirizzo> = indirizzi.iter().collect();
    let mut simili: Vec<(Soggetto, Somiglianza)> = per_ids(conn, aoo, &ids)?
        .into_iter()
        .filter(|s| Some(s.id) != tranne)
        .filter_map(|s| s.somiglia(parte, &altri).map(|per| (s, per)))
        .collect();
    simili.sort_by_key(|(_, per)| *per);
    Ok(simili)
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = soggetti, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    soggetto_id: String,
    aoo_id: String,
    tipo: String,
    denominazione: Option<String>,
    nome: Option<String>,
    cognome: Option<String>,
    codice_fiscale: Option<String>,
    codice_ipa: Option<String>,
    codice_aoo: Option<String>,
    fonte: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    /// A row of its own; the first one of a soggetto names itself.
    fn new(aoo: AooId, soggetto: Option<SoggettoId>, parte: &Parte, p: &Provenienza) -> Self {
        let id = SoggettoId::new();
        let (denominazione, nome, cognome) = match &parte.nome {
            NomeParte::Denominazione(d) => (Some(d.to_string()), None, None),
            NomeParte::Persona { nome, cognome } => (None, Some(nome.to_string()), Some(cognome.to_string())),
        };
        Self {
            id: id.to_string(),
            soggetto_id: soggetto.unwrap_or(id).to_string(),
            aoo_id: aoo.to_string(),
            tipo: parte.tipo.as_str().to_owned(),
            denominazione,
            nome,
            cognome,
            codice_fiscale: parte.codice_fiscale.as_ref().map(ToString::to_string),
            codice_ipa: parte.codice_ipa.as_ref().map(ToString::to_string),
            codice_aoo: parte.codice_aoo.as_ref().map(ToString::to_string),
            fonte: p.fonte.as_str().to_owned(),
            autore: p.autore.clone(),
            istante: p.istante.utc(),
        }
    }

    /// What it says of the soggetto, whoever says it.
    fn dati(&self) -> [Option<&str>; 7] {
        [
            Some(self.tipo.as_str()),
            self.denominazione.as_deref(),
            self.nome.as_deref(),
            self.cognome.as_deref(),
            self.codice_fiscale.as_deref(),
            self.codice_ipa.as_deref(),
            self.codice_aoo.as_deref(),
        ]
    }

    fn valore(self, recapiti: Vec<Recapito>, unito_a: Option<SoggettoId>) -> Result<Soggetto, Errore> {
        let letto = self.leggi(recapiti, unito_a);
        letto.map_err(|e| storage::Errore::riga("soggetti", e).into())
    }

    fn leggi(self, recapiti: Vec<Recapito>, unito_a: Option<SoggettoId>) -> Result<Soggetto, Rifiuto> {
        let nome = match (self.denominazione, self.nome, self.cognome) {
            (None, Some(nome), Some(cognome)) => NomeParte::Persona { nome: nome.parse()?, cognome: cognome.parse()? },
            (denominazione, ..) => NomeParte::Denominazione(denominazione.unwrap_or_default().parse()?),
        };
        let pec = recapiti.iter().rev().find_map(|r| match &r.indirizzo {
            Indirizzo::Pec(pec) => Some(pec.clone()),
            _ => None,
        });
        Ok(Soggetto {
            id: self.soggetto_id.parse()?,
            parte: Parte {
                tipo: self.tipo.parse()?,
                nome,
                codice_fiscale: self.codice_fiscale.map(|t| t.parse()).transpose()?,
                codice_ipa: self.codice_ipa.map(|t| t.parse()).transpose()?,
                codice_aoo: self.codice_aoo.map(|t| t.parse()).transpose()?,
                codice_uo: None,
                pec,
            },
            provenienza: Provenienza {
                fonte: self.fonte.parse()?,
                autore: self.autore,
                istante: Istante::from_utc(self.istante),
            },
            recapiti,
            unito_a,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("soggetto", &self.soggetto_id)
            .campo("aoo", &self.aoo_id)
            .campo("tipo", &self.tipo)
            .forse("denominazione", self.denominazione.as_ref())
            .forse("nome", self.nome.as_ref())
            .forse("cognome", self.cognome.as_ref())
            .forse("codice_fiscale", self.codice_fiscale.as_ref())
            .forse("codice_ipa", self.codice_ipa.as_ref())
            .forse("codice_aoo", self.codice_aoo.as_ref())
            .campo("fonte", &self.fonte)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(soggetti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = soggetti::table.filter(soggetti::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
