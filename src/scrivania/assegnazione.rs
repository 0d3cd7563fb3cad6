//! *Assegnazione*: an office, or a person of it, gets a document, to deal with it or to know of it.

use super::movimento::{self, Situazione, Stato};
use super::persona::{self, Incaricato};
use super::{Errore, pratica};
use crate::audit::{self, Carico};
use crate::registro::Flusso;
use crate::storage::schema::{assegnazioni, eventi, registrazioni, uffici, utenti as persone};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::{self, Ufficio, visibilita};
use crate::valori::{
    AssegnazioneId, Attore, CodiceUfficio, Istante, RegistrazioneId, Rifiuto, Testo, UfficioId, UtenteId,
};
use diesel::prelude::*;
use std::collections::HashMap;
use std::str::FromStr;

pub(super) const ATTO: &str = "assegnazione";

/// Why an office has a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Titolo {
    /// It has to deal with it.
    Competenza,
    /// It has to know of it.
    Conoscenza,
}

impl Titolo {
    /// The word of the API, of the database and of the chain.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Competenza => "competenza",
            Self::Conoscenza => "conoscenza",
        }
    }
}

impl FromStr for Titolo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        match testo {
            "competenza" => Ok(Self::Competenza),
            "conoscenza" => Ok(Self::Conoscenza),
            _ => Err(Rifiuto { che: "titolo", regola: "vale competenza oppure conoscenza".to_owned() }),
        }
    }
}

/// To whom a document goes, and with which words.
#[derive(Debug, Clone, Copy)]
pub struct Destinazione<'a> {
    /// The office.
    pub ufficio: &'a Ufficio,
    /// One person of it, who must have a role there now; nobody: whoever of the office takes it.
    pub persona: Option<UtenteId>,
    /// What whoever assigns has to say.
    pub nota: Option<&'a Testo>,
}

impl<'a> Destinazione<'a> {
    /// The office as a whole, without a word.
    #[must_use]
    pub fn ufficio(ufficio: &'a Ufficio) -> Self {
        Self { ufficio, persona: None, nota: None }
    }
}

/// An assignment, with the names of whom it speaks of, and what became of it.
#[derive(Debug, Clone)]
pub struct Assegnazione {
    /// Its id.
    pub id: AssegnazioneId,
    /// The office.
    pub ufficio_id: UfficioId,
    /// The office's code.
    pub ufficio: CodiceUfficio,
    /// The office's name.
    pub denominazione: String,
    /// The person of the office it was given to.
    pub persona: Option<Incaricato>,
    /// Why it has the document.
    pub titolo: Titolo,
    /// What whoever assigned had to say.
    pub nota: Option<Testo>,
    /// Since when.
    pub istante: Istante,
    /// Who assigned, as people call them.
    pub autore: String,
    /// How it stands now.
    pub situazione: Situazione,
}

/// Writes the first assignment of a registration that is being made: to deal with it, or, of an uscita, because it comes from there.
pub(super) fn apri(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    ufficio: &Ufficio,
    sulla_scrivania: bool,
) -> Result<(), Errore> {
    let riga = scrivi(op, registrazione, &Destinazione::ufficio(ufficio), Titolo::Competenza)?;
    if sulla_scrivania {
        pratica::apri(op, registrazione, &riga.id, ufficio.id)?;
    }
    Ok(())
}

/// Assigns a registration, which the office may see from now on; the newest per competenza has it, the earlier ones stay in the
/// history. What says nothing new is no act.
///
/// An office that had it per competenza loses sight of it if it refused it, or if nobody there had taken charge of it: it was sent to the
/// wrong place.
///
/// # Errors
/// If the office is closed; `NonDellUfficio` for a person without a role there now.
pub fn assegna(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    a: &Destinazione<'_>,
    titolo: Titolo,
) -> Result<(), Errore> {
    if let Some(persona) = a.persona {
        persona::serve_un_ruolo(op.conn, op.aoo, persona, a.ufficio)?;
    }
    let storia = per_registrazione(op.conn, registrazione)?;
    if storia.iter().any(|s| s.titolo == titolo && s.gia_detta(a)) {
        return Ok(());
    }
    scrivi(op, registrazione, a, titolo)?;
    pratica::riscrivi(op, registrazione)
}

impl Assegnazione {
    /// True if assigning like this would repeat this assignment, which still stands.
    fn gia_detta(&self, a: &Destinazione<'_>) -> bool {
        // Who only names the office again asks for nothing that is not there.
        let stessa = a.persona.is_none() || self.situazione.mano() == a.persona;
        let nota = a.nota.is_none() || self.nota.as_ref() == a.nota;
        self.situazione.in_piedi() && self.ufficio_id == a.ufficio.id && stessa && nota
    }
}

fn scrivi(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    a: &Destinazione<'_>,
    titolo: Titolo,
) -> Result<Riga, Errore> {
    a.ufficio.aperto()?;
    let riga = Riga {
        id: AssegnazioneId::new().to_string(),
        registrazione_id: registrazione.to_string(),
        ufficio_id: a.ufficio.id.to_string(),
        titolo: titolo.as_str().to_owned(),
        istante: op.ora.utc(),
        persona_id: a.persona.map(|p| p.to_string()),
        nota: a.nota.map(ToString::to_string),
    };
    diesel::insert_into(assegnazioni::table).values(&riga).execute(op.conn)?;
    visibilita::concedi(op, registrazione, a.ufficio.id, titolo.as_str())?;
    audit::annota(op, ATTO, "assegnazione", &riga.id, &riga.carico())?;
    Ok(riga)
}

/// The assignments of a registration, oldest first.
///
/// # Errors
/// Those of the database.
pub fn per_registrazione(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Vec<Assegnazione>, Errore> {
    let id = registrazione.to_string();
    Ok(di(conn, std::slice::from_ref(&id))?.remove(&id).unwrap_or_default())
}

/// The assignments of these registrations, oldest first, in a few queries for all of them.
///
/// # Errors
/// Those of the database.
pub fn di(conn: &mut Conn, registrazioni: &[String]) -> Result<HashMap<String, Vec<Assegnazione>>, Errore> {
    let righe: Vec<Letta> = assegnazioni::table
        .inner_join(uffici::table.on(uffici::id.eq(assegnazioni::ufficio_id)))
        .inner_join(registrazioni::table.on(registrazioni::id.eq(assegnazioni::registrazione_id)))
        .left_join(persone::table.on(persone::id.nullable().eq(assegnazioni::persona_id)))
        .filter(assegnazioni::registrazione_id.eq_any(registrazioni))
        .order(assegnazioni::id)
        .select((
            Riga::as_select(),
            uffici::codice,
            uffici::denominazione,
            (persone::nome_utente, persone::nome, persone::cognome).nullable(),
            registrazioni::flusso,
        ))
        .load(conn)?;
    let ids: Vec<&str> = righe.iter().map(|(r, ..)| r.id.as_str()).collect();
    let mut movimenti = movimento::di(conn, &ids)?;
    let mut autori = Autori::leggi(conn, &ids)?;
    let uffici: Vec<&str> = righe.iter().map(|(r, ..)| r.ufficio_id.as_str()).collect();
    let nomi = utenti::nomi_uffici(conn, &uffici)?;
    let mut trovate: HashMap<String, Vec<Assegnazione>> = HashMap::new();
    for letta in righe {
        let movimenti = movimenti.remove(&letta.0.id).unwrap_or_default();
        let autore = autori.di(conn, &letta.0.id)?;
        let (registrazione, esce) = (letta.0.registrazione_id.clone(), letta.4 == Flusso::Uscita.as_str());
        let mut fatta = valore(letta, autore).map_err(|e| storage::Errore::riga("assegnazioni", e))?;
        // As it was called then.
        if let Some(allora) = nomi.al(&fatta.ufficio_id.to_string(), fatta.istante) {
            allora.clone_into(&mut fatta.denominazione);
        }
        fatta.situazione.segui(movimenti);
        if let Some(attore) = &fatta.situazione.attore {
            fatta.situazione.nome = Some(autori.nome(conn, attore)?);
        }
        let storia = trovate.entry(registrazione).or_default();
        if fatta.titolo == Titolo::Competenza {
            if esce && storia.iter().all(|p| p.titolo != Titolo::Competenza) {
                fatta.situazione.stato = Stato::Propria;
            }
            storia.iter_mut().filter(|p| p.titolo == Titolo::Competenza).for_each(|p| p.situazione.supera());
        }
        storia.push(fatta);
    }
    Ok(trovate)
}

type Letta = (Riga, String, String, Option<(String, String, String)>, String);

fn valore((r, codice, denominazione, persona, _): Letta, autore: String) -> Result<Assegnazione, Rifiuto> {
    let (titolo, istante): (Titolo, _) = (r.titolo.parse()?, Istante::from_utc(r.istante));
    let id: Option<UtenteId> = r.persona_id.map(|p| p.parse()).transpose()?;
    let persona = id.zip(persona).map(|(id, (nome_utente, nome, cognome))| Incaricato {
        id,
        nome_utente,
        nome: format!("{nome} {cognome}"),
    });
    Ok(Assegnazione {
        id: r.id.parse()?,
        ufficio_id: r.ufficio_id.parse()?,
        ufficio: codice.parse()?,
        denominazione,
        situazione: Situazione::nuova(titolo, persona.clone(), istante),
        persona,
        titolo,
        nota: r.nota.map(|n| n.parse()).transpose()?,
        istante,
        autore,
    })
}

/// Who did what, by name: the same few people all over.
struct Autori {
    /// By the id of the assignment.
    attori: HashMap<String, String>,
    nomi: HashMap<String, String>,
}

impl Autori {
    /// Who made these assignments: the chain says it.
    fn leggi(conn: &mut Conn, ids: &[&str]) -> Result<Self, Errore> {
        let righe: Vec<(String, String)> = eventi::table
            .filter(eventi::oggetto_id.eq_any(ids).and(eventi::tipo.eq(ATTO)))
            .select((eventi::oggetto_id, eventi::attore))
            .load(conn)?;
        Ok(Self { attori: righe.into_iter().collect(), nomi: HashMap::new() })
    }

    fn di(&mut self, conn: &mut Conn, id: &str) -> Result<String, Errore> {
        let Some(attore) = self.attori.get(id) else { return Ok(String::new()) };
        let attore: Attore = attore.parse().map_err(|e| storage::Errore::riga("eventi", e))?;
        self.nome(conn, &attore)
    }

    fn nome(&mut self, conn: &mut Conn, attore: &Attore) -> Result<String, Errore> {
        let chiave = attore.to_string();
        if let Some(nome) = self.nomi.get(&chiave) {
            return Ok(nome.clone());
        }
        let nome = utenti::nome_autore(conn, attore)?;
        self.nomi.insert(chiave, nome.clone());
        Ok(nome)
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = assegnazioni, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    registrazione_id: String,
    ufficio_id: String,
    titolo: String,
    istante: chrono::NaiveDateTime,
    persona_id: Option<String>,
    nota: Option<String>,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("registrazione", &self.registrazione_id)
            .campo("ufficio", &self.ufficio_id)
            .campo("titolo", &self.titolo)
            .campo("istante", Istante::from_utc(self.istante))
            .forse("persona", self.persona_id.as_ref())
            .forse("nota", self.nota.as_ref())
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(assegnazioni::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        assegnazioni::table.filter(assegnazioni::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
