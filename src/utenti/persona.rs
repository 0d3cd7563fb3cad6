//! *Utente*: a person who can log in.

use super::{Errore, ruolo};
use crate::audit::{self, Carico};
use crate::storage::schema::{credenziali, utenti};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, Denominazione, UtenteId};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "utente";

/// Longest user name, in characters.
const MASSIMO_NOME_UTENTE: usize = 100;

/// A person who can log in.
#[derive(Debug, Clone)]
pub struct Persona {
    /// Its id.
    pub id: UtenteId,
    /// The name typed at the door.
    pub nome_utente: String,
    /// First name.
    pub nome: Denominazione,
    /// Family name.
    pub cognome: Denominazione,
}

impl Persona {
    /// As people call them.
    #[must_use]
    pub fn nome_e_cognome(&self) -> String {
        format!("{} {}", self.nome, self.cognome)
    }
}

/// Creates a person with a password already protected ([`super::Parola::protetta`]).
///
/// # Errors
/// If the user name is none, or somebody already has it.
pub fn crea(
    op: &mut Operazione<'_>,
    nome_utente: &str,
    nome: Denominazione,
    cognome: Denominazione,
    protetta: &str,
) -> Result<Persona, Errore> {
    let nuova = crea_senza_parola(op, nome_utente, nome, cognome)?;
    scrivi_parola(op, nuova.id, protetta)?;
    Ok(nuova)
}

/// Creates a person who cannot get in until a password is given to them.
///
/// # Errors
/// If the user name is none, or somebody already has it.
pub fn crea_senza_parola(
    op: &mut Operazione<'_>,
    nome_utente: &str,
    nome: Denominazione,
    cognome: Denominazione,
) -> Result<Persona, Errore> {
    let nome_utente = nome_utente.trim().to_lowercase();
    let lettere = |c: char| c.is_alphanumeric() || ".-_@+'".contains(c);
    if !(1..=MASSIMO_NOME_UTENTE).contains(&nome_utente.chars().count()) || !nome_utente.chars().all(lettere) {
        return Err(Errore::NomeUtente);
    }
    if per_nome(op.conn, &nome_utente)?.is_some() {
        return Err(Errore::GiaPresente { che: "l'utente", nome: nome_utente });
    }
    let nuova = Persona { id: UtenteId::new(), nome_utente, nome, cognome };
    let riga = Riga {
        id: nuova.id.to_string(),
        nome_utente: nuova.nome_utente.clone(),
        nome: nuova.nome.to_string(),
        cognome: nuova.cognome.to_string(),
        creato: op.ora.utc(),
    };
    diesel::insert_into(utenti::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "utente", nuova.id, &riga.carico())?;
    Ok(nuova)
}

/// The person with this user name.
///
/// # Errors
/// Those of the database.
pub fn per_nome(conn: &mut Conn, nome_utente: &str) -> Result<Option<Persona>, Errore> {
    let riga: Option<Riga> = utenti::table
        .filter(utenti::nome_utente.eq(nome_utente.trim().to_lowercase()))
        .select(Riga::as_select())
        .first(conn)
        .optional()?;
    Ok(riga.map(Riga::valore).transpose()?)
}

/// The person with this user name, if they have or had a role in the AOO: those of others are nobody there.
///
/// # Errors
/// Those of the database.
pub fn dell_aoo(conn: &mut Conn, aoo: AooId, nome_utente: &str) -> Result<Option<Persona>, Errore> {
    let Some(persona) = per_nome(conn, nome_utente)? else { return Ok(None) };
    Ok(ruolo::ha_avuto(conn, persona.id, aoo)?.then_some(persona))
}

/// The password of a person as it is kept, if they have one.
///
/// # Errors
/// Those of the database.
pub fn parola(conn: &mut Conn, id: UtenteId) -> Result<Option<String>, Errore> {
    Ok(credenziali::table.find(id.to_string()).select(credenziali::parola).first(conn).optional()?)
}

/// All people of the installation, by user name.
///
/// # Errors
/// Those of the database.
pub fn tutte(conn: &mut Conn) -> Result<Vec<Persona>, Errore> {
    let righe: Vec<Riga> = utenti::table.order(utenti::nome_utente).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(Riga::valore).collect::<Result<_, _>>()?)
}

/// The person with this id.
///
/// # Errors
/// Those of the database.
pub fn per_id(conn: &mut Conn, id: UtenteId) -> Result<Option<Persona>, Errore> {
    let riga: Option<Riga> =
        utenti::table.filter(utenti::id.eq(id.to_string())).select(Riga::as_select()).first(conn).optional()?;
    Ok(riga.map(Riga::valore).transpose()?)
}

/// The people with these ids.
pub(super) fn per_ids(conn: &mut Conn, ids: &[UtenteId]) -> Result<HashMap<UtenteId, Persona>, Errore> {
    let righe: Vec<Riga> = utenti::table
        .filter(utenti::id.eq_any(ids.iter().map(ToString::to_string)))
        .select(Riga::as_select())
        .load(conn)?;
    let coppia = |r: Riga| r.valore().map(|p| (p.id, p));
    Ok(righe.into_iter().map(coppia).collect::<Result<_, _>>()?)
}

/// Writes a password, already protected, in the place of the one that was.
pub(super) fn scrivi_parola(op: &mut Operazione<'_>, id: UtenteId, protetta: &str) -> Result<(), Errore> {
    let testo = id.to_string();
    let cambiate = diesel::update(credenziali::table.filter(credenziali::utente_id.eq(&testo)))
        .set(credenziali::parola.eq(protetta))
        .execute(op.conn)?;
    if cambiate == 0 {
        diesel::insert_into(credenziali::table)
            .values((credenziali::utente_id.eq(testo), credenziali::parola.eq(protetta)))
            .execute(op.conn)?;
    }
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = utenti)]
struct Riga {
    id: String,
    nome_utente: String,
    nome: String,
    cognome: String,
    creato: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(self) -> Result<Persona, storage::Errore> {
        let no = |e| storage::Errore::riga("utenti", e);
        Ok(Persona {
            id: self.id.parse().map_err(no)?,
            nome_utente: self.nome_utente,
            nome: self.nome.parse().map_err(no)?,
            cognome: self.cognome.parse().map_err(no)?,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("nome_utente", &self.nome_utente)
            .campo("nome", &self.nome)
            .campo("cognome", &self.cognome)
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(utenti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = utenti::table.filter(utenti::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
