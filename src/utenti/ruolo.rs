//! *Ruolo*: what a person is, for an office, until it is taken back.

use super::{Errore, Persona, Ufficio, sostituzione};
use crate::audit::{self, Carico};
use crate::storage::schema::{ruoli, ruoli_tolti, uffici};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, Istante, Rifiuto, UfficioId, UtenteId, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;
use std::str::FromStr;

pub(super) const ATTO: &str = "ruolo";
pub(super) const TOLTO: &str = "ruolo-tolto";

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
}

impl FromStr for Ruolo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let trovato = Self::TUTTI.into_iter().find(|r| r.as_str() == testo.trim());
        trovato.ok_or_else(|| {
            let ammessi = Self::TUTTI.map(Self::as_str).join(", ");
            Rifiuto { che: "ruolo", regola: format!("vale uno di {ammessi}") }
        })
    }
}

/// Gives a person a role for an office.
///
/// # Errors
/// If the person already has it, gives it to themselves or to whom they stand in for, or the office is closed.
pub fn affida(op: &mut Operazione<'_>, persona: &Persona, ufficio: &Ufficio, ruolo: Ruolo) -> Result<(), Errore> {
    ufficio.aperto()?;
    // Who keeps the machines sees no document, and would by a role of their own giving, or by one given to somebody for whom they act.
    if let Some(chi) = op.attore.persona()
        && (chi == persona.id || sostituzione::e_o_sara_sostituto(op, chi, persona.id)?)
    {
        return Err(Errore::RuoloASe);
    }
    if in_vigore(op.conn, persona.id, ufficio.id, ruolo)?.is_some() {
        return Err(Errore::GiaPresente { che: "il ruolo", nome: ruolo.as_str().to_owned() });
    }
    let riga = Riga {
        id: nuovo_id().to_string(),
        utente_id: persona.id.to_string(),
        ufficio_id: ufficio.id.to_string(),
        ruolo: ruolo.as_str().to_owned(),
        dal: op.ora.utc(),
    };
    diesel::insert_into(ruoli::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "ruolo", &riga.id, &riga.carico())?;
    Ok(())
}

/// Takes a role back from a person, from now; it may be given again.
///
/// # Errors
/// If the person does not have it.
pub fn togli(op: &mut Operazione<'_>, persona: &Persona, ufficio: &Ufficio, ruolo: Ruolo) -> Result<(), Errore> {
    let id = in_vigore(op.conn, persona.id, ufficio.id, ruolo)?;
    let id = id.ok_or(Errore::RuoloAssente { ruolo: ruolo.as_str(), ufficio: ufficio.codice.to_string() })?;
    diesel::insert_into(ruoli_tolti::table)
        .values((ruoli_tolti::ruolo_id.eq(&id), ruoli_tolti::istante.eq(op.ora.utc())))
        .execute(op.conn)?;
    audit::annota(op, TOLTO, "ruolo", &id, &carico_tolto(&id, op.ora))?;
    Ok(())
}

/// True if a person has this role for this office now.
pub(super) fn ha(conn: &mut Conn, utente: UtenteId, ufficio: UfficioId, ruolo: Ruolo) -> Result<bool, Errore> {
    Ok(in_vigore(conn, utente, ufficio, ruolo)?.is_some())
}

/// True if a person has a role in this AOO, or had one.
pub(super) fn ha_avuto(conn: &mut Conn, utente: UtenteId, aoo: AooId) -> Result<bool, Errore> {
    let suoi = ruoli::table
        .inner_join(uffici::table.on(uffici::id.eq(ruoli::ufficio_id)))
        .filter(ruoli::utente_id.eq(utente.to_string()).and(uffici::aoo_id.eq(aoo.to_string())));
    let primo: Option<String> = suoi.select(ruoli::id).first(conn).optional()?;
    Ok(primo.is_some())
}

fn in_vigore(
    conn: &mut Conn,
    utente: UtenteId,
    ufficio: UfficioId,
    ruolo: Ruolo,
) -> Result<Option<String>, storage::Errore> {
    Ok(ruoli::table
        .left_join(ruoli_tolti::table.on(ruoli_tolti::ruolo_id.eq(ruoli::id)))
        .filter(ruoli::utente_id.eq(utente.to_string()).and(ruoli::ufficio_id.eq(ufficio.to_string())))
        .filter(ruoli::ruolo.eq(ruolo.as_str()).and(ruoli_tolti::ruolo_id.is_null()))
        .select(ruoli::id)
        .first(conn)
        .optional()?)
}

/// The roles that a person has now in an AOO, each with its office. One that was taken back is none from the next request on,
/// whatever the clocks say.
///
/// # Errors
/// Those of the database.
pub fn ruoli_di(conn: &mut Conn, utente: UtenteId, aoo: AooId) -> Result<Vec<(Ruolo, UfficioId)>, Errore> {
    let righe: Vec<(String, String)> = ruoli::table
        .inner_join(uffici::table.on(uffici::id.eq(ruoli::ufficio_id)))
        .left_join(ruoli_tolti::table.on(ruoli_tolti::ruolo_id.eq(ruoli::id)))
        .filter(ruoli::utente_id.eq(utente.to_string()).and(uffici::aoo_id.eq(aoo.to_string())))
        .filter(ruoli_tolti::ruolo_id.is_null())
        .order(ruoli::id)
        .select((ruoli::ruolo, ruoli::ufficio_id))
        .load(conn)?;
    righe
        .into_iter()
        .map(|(ruolo, ufficio)| Ok((da_riga(&ruolo)?, ufficio.parse().map_err(|e| storage::Errore::riga("ruoli", e))?)))
        .collect()
}

/// The acts that gave a person the roles that they have now in an AOO.
pub(super) fn atti_di(conn: &mut Conn, utente: UtenteId, aoo: AooId) -> Result<Vec<String>, Errore> {
    Ok(ruoli::table
        .inner_join(uffici::table.on(uffici::id.eq(ruoli::ufficio_id)))
        .left_join(ruoli_tolti::table.on(ruoli_tolti::ruolo_id.eq(ruoli::id)))
        .filter(ruoli::utente_id.eq(utente.to_string()).and(uffici::aoo_id.eq(aoo.to_string())))
        .filter(ruoli_tolti::ruolo_id.is_null())
        .select(ruoli::id)
        .load(conn)?)
}

/// A role that was given, with the instants between which it is in force.
pub(super) struct Affidato {
    pub utente: UtenteId,
    pub ufficio: UfficioId,
    pub ruolo: Ruolo,
    pub dal: Istante,
}

/// The roles in force in an AOO at an instant, oldest first.
pub(super) fn al(conn: &mut Conn, aoo: AooId, istante: Istante) -> Result<Vec<Affidato>, Errore> {
    let righe: Vec<Riga> = ruoli::table
        .inner_join(uffici::table.on(uffici::id.eq(ruoli::ufficio_id)))
        .left_join(ruoli_tolti::table.on(ruoli_tolti::ruolo_id.eq(ruoli::id)))
        .filter(uffici::aoo_id.eq(aoo.to_string()).and(ruoli::dal.le(istante.utc())))
        .filter(ruoli_tolti::ruolo_id.is_null().or(ruoli_tolti::istante.gt(istante.utc())))
        .order(ruoli::id)
        .select(Riga::as_select())
        .load(conn)?;
    let no = |e| storage::Errore::riga("ruoli", e);
    righe
        .into_iter()
        .map(|r| {
            let (utente, ufficio) = (r.utente_id.parse().map_err(no)?, r.ufficio_id.parse().map_err(no)?);
            Ok(Affidato { utente, ufficio, ruolo: da_riga(&r.ruolo)?, dal: Istante::from_utc(r.dal) })
        })
        .collect()
}

fn da_riga(ruolo: &str) -> Result<Ruolo, storage::Errore> {
    ruolo.parse().map_err(|e| storage::Errore::riga("ruoli", e))
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

fn carico_tolto(id: &str, istante: Istante) -> Carico {
    Carico::new(TOLTO, 1).campo("ruolo", id).campo("istante", istante)
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(ruoli::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = ruoli::table.filter(ruoli::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

pub(super) fn conta_tolti(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(ruoli_tolti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola_tolto(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<(String, chrono::NaiveDateTime)> = ruoli_tolti::table
        .filter(ruoli_tolti::ruolo_id.eq_any(ids))
        .select((ruoli_tolti::ruolo_id, ruoli_tolti::istante))
        .load(conn)?;
    Ok(righe.into_iter().map(|(id, il)| (id.clone(), carico_tolto(&id, Istante::from_utc(il)))).collect())
}
