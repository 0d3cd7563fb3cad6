//! *Movimento*: what becomes of an assignment. Each is a row; how an assignment stands is read from them.

use super::Errore;
use super::assegnazione::Titolo;
use super::persona::Incaricato;
use crate::audit::{self, Carico};
use crate::storage::schema::movimenti;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AssegnazioneId, Attore, Istante, Rifiuto, Testo, UtenteId, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;
use std::str::FromStr;

pub(super) const ATTO: &str = "movimento";

/// What somebody of the office did with an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cosa {
    /// Took charge of it.
    PresaInCarico,
    /// Gave it back to the office.
    Restituzione,
    /// Said that it is not the office's: it goes back to the protocol office.
    Rifiuto,
    /// Dealt with it.
    Conclusione,
    /// Read what was sent per conoscenza.
    Lettura,
}

impl Cosa {
    /// The word of the database, of the chain and of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PresaInCarico => "presa-in-carico",
            Self::Restituzione => "restituzione",
            Self::Rifiuto => "rifiuto",
            Self::Conclusione => "conclusione",
            Self::Lettura => "lettura",
        }
    }
}

impl FromStr for Cosa {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let tutte = [Self::PresaInCarico, Self::Restituzione, Self::Rifiuto, Self::Conclusione, Self::Lettura];
        let trovata = tutte.into_iter().find(|c| c.as_str() == testo);
        trovata.ok_or(Rifiuto { che: "movimento", regola: "è uno dei cinque della scrivania".to_owned() })
    }
}

/// How an assignment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stato {
    /// Per competenza, and nobody took charge of it yet.
    DaPrendere,
    /// Somebody deals with it.
    InCarico,
    /// The office refused it: the protocol office is to assign it again.
    Rifiutata,
    /// It was dealt with.
    Conclusa,
    /// Per conoscenza, and nobody read it yet.
    DaLeggere,
    /// Per conoscenza, and read.
    Letta,
    /// Another office or person has it since.
    Superata,
    /// An uscita, with the office it comes from: nothing is asked of it.
    Propria,
}

impl Stato {
    /// The word of the API and of the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DaPrendere => "da-prendere",
            Self::InCarico => "in-carico",
            Self::Rifiutata => "rifiutata",
            Self::Conclusa => "conclusa",
            Self::DaLeggere => "da-leggere",
            Self::Letta => "letta",
            Self::Superata => "superata",
            Self::Propria => "propria",
        }
    }
}

/// One movement.
#[derive(Debug, Clone)]
pub struct Movimento {
    /// Its id, which the chain knows it by.
    pub id: String,
    /// What was done.
    pub cosa: Cosa,
    /// Who did it.
    pub attore: Attore,
    /// The reason of a refusal, the outcome of a conclusion.
    pub testo: Option<Testo>,
    /// When.
    pub istante: Istante,
}

/// How an assignment stands, and what brought it there.
#[derive(Debug, Clone)]
pub struct Situazione {
    /// The state.
    pub stato: Stato,
    /// Since when.
    pub dal: Istante,
    /// The person of the office it is for now; nobody: the whole office.
    pub persona: Option<Incaricato>,
    /// Who brought it there: of what is in carico, who has it.
    pub attore: Option<Attore>,
    /// The same, as people call them.
    pub nome: Option<String>,
    /// Every movement, oldest first.
    pub movimenti: Vec<Movimento>,
}

impl Situazione {
    /// An assignment of which nothing became yet.
    pub(super) fn nuova(titolo: Titolo, persona: Option<Incaricato>, dal: Istante) -> Self {
        let stato = if titolo == Titolo::Competenza { Stato::DaPrendere } else { Stato::DaLeggere };
        Self { stato, dal, persona, attore: None, nome: None, movimenti: Vec::new() }
    }

    /// The same after these movements.
    pub(super) fn segui(&mut self, movimenti: Vec<Movimento>) {
        for m in &movimenti {
            (self.dal, self.attore) = (m.istante, Some(m.attore.clone()));
            self.stato = match m.cosa {
                Cosa::PresaInCarico => Stato::InCarico,
                Cosa::Restituzione => {
                    self.persona = None;
                    Stato::DaPrendere
                }
                Cosa::Rifiuto => Stato::Rifiutata,
                Cosa::Conclusione => Stato::Conclusa,
                Cosa::Lettura => Stato::Letta,
            };
        }
        self.movimenti = movimenti;
    }

    /// Another assignment took its place. What was refused stays refused, and an office's own uscita its own.
    pub(super) fn supera(&mut self) {
        if !matches!(self.stato, Stato::Rifiutata | Stato::Propria) {
            self.stato = Stato::Superata;
        }
    }

    /// True if the office has it and the last word is not said.
    #[must_use]
    pub fn in_piedi(&self) -> bool {
        matches!(self.stato, Stato::DaPrendere | Stato::InCarico | Stato::DaLeggere | Stato::Letta | Stato::Propria)
    }

    /// The person in whose hands it is: who took charge of it, or else whom it was given to.
    #[must_use]
    pub fn mano(&self) -> Option<UtenteId> {
        match (self.attore.as_ref().map(Attore::per_chi), self.stato) {
            (Some(Attore::Utente(id)), Stato::InCarico) => Some(id),
            _ => self.persona.as_ref().map(|p| p.id),
        }
    }

    /// True if somebody of the office ever took charge of it.
    #[must_use]
    pub fn fu_presa(&self) -> bool {
        self.movimenti.iter().any(|m| m.cosa == Cosa::PresaInCarico)
    }

    /// True if the office refused it.
    #[must_use]
    pub fn fu_rifiutata(&self) -> bool {
        self.movimenti.last().is_some_and(|m| m.cosa == Cosa::Rifiuto)
    }
}

/// Writes one movement after those that are there.
pub(super) fn scrivi(
    op: &mut Operazione<'_>,
    assegnazione: AssegnazioneId,
    dopo: usize,
    cosa: Cosa,
    testo: Option<&Testo>,
) -> Result<(), Errore> {
    let riga = Riga {
        id: nuovo_id().to_string(),
        assegnazione_id: assegnazione.to_string(),
        posizione: i32::try_from(dopo).unwrap_or(i32::MAX).saturating_add(1),
        cosa: cosa.as_str().to_owned(),
        attore: op.attore.to_string(),
        testo: testo.map(ToString::to_string),
        istante: op.ora.utc(),
    };
    diesel::insert_into(movimenti::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "movimento", &riga.id, &riga.carico())?;
    Ok(())
}

/// The movements of these assignments, oldest first.
pub(super) fn di(conn: &mut Conn, assegnazioni: &[&str]) -> Result<HashMap<String, Vec<Movimento>>, Errore> {
    let righe: Vec<Riga> = movimenti::table
        .filter(movimenti::assegnazione_id.eq_any(assegnazioni))
        .order((movimenti::assegnazione_id, movimenti::posizione))
        .select(Riga::as_select())
        .load(conn)?;
    let mut trovati: HashMap<String, Vec<Movimento>> = HashMap::new();
    for r in righe {
        let movimento = r.valore().map_err(|e| storage::Errore::riga("movimenti", e))?;
        trovati.entry(r.assegnazione_id).or_default().push(movimento);
    }
    Ok(trovati)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = movimenti, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    assegnazione_id: String,
    posizione: i32,
    cosa: String,
    attore: String,
    testo: Option<String>,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(&self) -> Result<Movimento, Rifiuto> {
        Ok(Movimento {
            id: self.id.clone(),
            cosa: self.cosa.parse()?,
            attore: self.attore.parse()?,
            testo: self.testo.as_ref().map(|t| t.parse()).transpose()?,
            istante: Istante::from_utc(self.istante),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("assegnazione", &self.assegnazione_id)
            .campo("posizione", self.posizione)
            .campo("cosa", &self.cosa)
            .campo("attore", &self.attore)
            .forse("testo", self.testo.as_ref())
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(movimenti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = movimenti::table.filter(movimenti::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
