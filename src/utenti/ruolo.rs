//! *Ruolo*: what a person is, for an office.

use super::{Errore, Persona, Ufficio};
use crate::audit::{self, Carico};
use crate::storage::schema::{ruoli, uffici};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, UfficioId, UtenteId};
use diesel::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

pub(super) const ATTO: &str = "ruolo";

/// The seven roles (UX.md 10.1, LLGG 3.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ruolo {
    /// Registers what arrives and leaves.
    Operatore,
    /// *Responsabile del servizio protocollo e della gestione documentale*.
    Rsp,
    /// Works in an office.
    Addetto,
    /// Answers for an office.
    ResponsabileUfficio,
    /// *Responsabile della conservazione*.
    ResponsabileConservazione,
    /// Keeps the machines; sees no documents.
    Amministratore,
    /// Reads everything, changes nothing.
    Revisore,
}

impl Ruolo {
    /// All of them, in the order of the law and of the menu.
    pub const TUTTI: [Self; 7] = [
        Self::Operatore,
        Self::Rsp,
        Self::Addetto,
        Self::ResponsabileUfficio,
        Self::ResponsabileConservazione,
        Self::Amministratore,
        Self::Revisore,
    ];

    /// The word kept in the database and given to commands.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operatore => "operatore",
            Self::Rsp => "rsp",
            Self::Addetto => "addetto",
            Self::ResponsabileUfficio => "responsabile-ufficio",
            Self::ResponsabileConservazione => "responsabile-conservazione",
            Self::Amministratore => "amministratore",
            Self::Revisore => "revisore",
        }
    }

    /// The role named by this word.
    #[must_use]
    pub fn parse(testo: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|r| r.as_str() == testo)
    }
}

/// Gives a person a role for an office.
///
/// # Errors
/// If the person already has it.
pub fn affida(op: &mut Operazione<'_>, persona: &Persona, ufficio: &Ufficio, ruolo: Ruolo) -> Result<(), Errore> {
    let (utente_id, ufficio_id) = (persona.id.to_string(), ufficio.id.to_string());
    let presente: i64 = ruoli::table
        .filter(ruoli::utente_id.eq(&utente_id).and(ruoli::ufficio_id.eq(&ufficio_id)))
        .filter(ruoli::ruolo.eq(ruolo.as_str()))
        .count()
        .get_result(op.conn)?;
    if presente > 0 {
        return Err(Errore::GiaPresente { che: "il ruolo", nome: ruolo.as_str().to_owned() });
    }
    let id = Uuid::now_v7().to_string();
    let riga = Riga { id, utente_id, ufficio_id, ruolo: ruolo.as_str().to_owned(), dal: op.ora.utc() };
    diesel::insert_into(ruoli::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "ruolo", &riga.id, &riga.carico())?;
    Ok(())
}

/// The roles of a person in an AOO, each with its office.
///
/// # Errors
/// Those of the database.
pub fn ruoli_di(conn: &mut Conn, utente: UtenteId, aoo: AooId) -> Result<Vec<(Ruolo, UfficioId)>, Errore> {
    let righe: Vec<(String, String)> = ruoli::table
        .inner_join(uffici::table.on(uffici::id.eq(ruoli::ufficio_id)))
        .filter(ruoli::utente_id.eq(utente.to_string()).and(uffici::aoo_id.eq(aoo.to_string())))
        .order(ruoli::id)
        .select((ruoli::ruolo, ruoli::ufficio_id))
        .load(conn)?;
    righe
        .into_iter()
        .map(|(ruolo, ufficio)| {
            let ruolo = Ruolo::parse(&ruolo).ok_or_else(|| storage::Errore::riga("ruoli", &ruolo))?;
            Ok((ruolo, ufficio.parse().map_err(|e| storage::Errore::riga("ruoli", e))?))
        })
        .collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = ruoli)]
struct Riga {
    id: String,
    utente_id: String,
    ufficio_id: String,
    ruolo: String,
    dal: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("utente", &self.utente_id)
            .campo("ufficio", &self.ufficio_id)
            .campo("ruolo", &self.ruolo)
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(ruoli::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = ruoli::table.filter(ruoli::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
