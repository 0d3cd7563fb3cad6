//! Who works where, as the desk needs to know it.

use super::{Assegnazione, Errore};
use crate::storage::schema::{ruoli, utenti as persone};
use crate::storage::{self, Conn};
use crate::utenti::politica::{self, Azione, Permesso};
use crate::utenti::{self, Ruolo, Ufficio};
use crate::valori::{AooId, Attore, UfficioId, UtenteId};
use diesel::prelude::*;

/// A person of an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incaricato {
    /// Who.
    pub id: UtenteId,
    /// The name typed at the door, which the API calls people by.
    pub nome_utente: String,
    /// First and family name.
    pub nome: String,
}

/// Whoever acts on the desk: their roles say of which offices they are.
#[derive(Debug, Clone, Copy)]
pub struct Addetto<'a> {
    /// Who.
    pub attore: &'a Attore,
    /// Their roles, each with its office. An application is an addetto of the office it names.
    pub ruoli: &'a [(Ruolo, UfficioId)],
}

impl Addetto<'_> {
    /// True for whoever works in this office.
    #[must_use]
    pub fn di(&self, ufficio: UfficioId) -> bool {
        self.ruoli.iter().any(|(r, u)| *u == ufficio && lavora(*r))
    }

    /// True for whoever answers for this office.
    #[must_use]
    pub fn responsabile(&self, ufficio: UfficioId) -> bool {
        let risponde = |r| matches!(r, Ruolo::ResponsabileUfficio | Ruolo::Rsp);
        self.ruoli.iter().any(|(r, u)| *u == ufficio && risponde(*r))
    }

    /// True for the protocol office, which assigns what arrives.
    #[must_use]
    pub fn protocollo(&self) -> bool {
        self.ruoli.iter().any(|(r, _)| politica::permesso(*r, Azione::Entrata) >= Permesso::Agisce)
    }

    /// True if an assignment is for their office as a whole, or for them.
    #[must_use]
    pub fn riguarda(&self, a: &Assegnazione) -> bool {
        let per_lui = a.situazione.persona.as_ref().is_none_or(|p| self.attore.per_chi() == Attore::Utente(p.id));
        self.di(a.ufficio_id) && per_lui
    }

    /// The id of the person, as the database writes it; of an application none.
    #[must_use]
    pub(super) fn persona(&self) -> Option<String> {
        match self.attore.per_chi() {
            Attore::Utente(id) => Some(id.to_string()),
            _ => None,
        }
    }

    /// The offices where they work.
    #[must_use]
    pub fn uffici(&self) -> Vec<UfficioId> {
        let mut uffici: Vec<UfficioId> = self.ruoli.iter().filter(|(r, _)| lavora(*r)).map(|(_, u)| *u).collect();
        uffici.sort_unstable();
        uffici.dedup();
        uffici
    }
}

/// A role that has a desk.
fn lavora(ruolo: Ruolo) -> bool {
    politica::permesso(ruolo, Azione::Scrivania) >= Permesso::Agisce
}

/// The people who work in these offices now, by office and name: whom a document may be given to.
///
/// # Errors
/// Those of the database.
pub fn persone(conn: &mut Conn, aoo: AooId, uffici: &[UfficioId]) -> Result<Vec<(UfficioId, Incaricato)>, Errore> {
    let testuali: Vec<String> = uffici.iter().map(ToString::to_string).collect();
    let righe: Vec<(String, String, String, String)> = ruoli::table
        .inner_join(persone::table.on(persone::id.eq(ruoli::utente_id)))
        .filter(ruoli::ufficio_id.eq_any(testuali))
        .order((persone::cognome, persone::nome, persone::id))
        .select((persone::id, persone::nome_utente, persone::nome, persone::cognome))
        .distinct()
        .load(conn)?;
    let mut trovate = Vec::new();
    for (id, nome_utente, nome, cognome) in righe {
        let id: UtenteId = id.parse().map_err(|e| storage::Errore::riga("utenti", e))?;
        // The policy of who is where now has one place.
        if utenti::escluso(conn, id)? {
            continue;
        }
        let nome = format!("{nome} {cognome}");
        let attore = Attore::Utente(id);
        let ruoli = utenti::ruoli_di(conn, id, aoo)?;
        let sua = Addetto { attore: &attore, ruoli: &ruoli };
        let incaricato = Incaricato { id, nome_utente, nome };
        let chiesti = sua.uffici().into_iter().filter(|u| uffici.contains(u));
        trovate.extend(chiesti.map(|u| (u, incaricato.clone())));
    }
    Ok(trovate)
}

/// The person with this user name, if they have a role in the AOO: of others nothing is said.
///
/// # Errors
/// Those of the database.
pub fn persona_dell_aoo(conn: &mut Conn, aoo: AooId, nome: &str) -> Result<Option<UtenteId>, Errore> {
    let Some(persona) = utenti::utente_per_nome(conn, nome)? else { return Ok(None) };
    let qui = !utenti::ruoli_di(conn, persona.id, aoo)?.is_empty();
    Ok(qui.then_some(persona.id))
}

/// Refuses a person who has no working role in the office now.
pub(super) fn serve_un_ruolo(conn: &mut Conn, aoo: AooId, persona: UtenteId, ufficio: &Ufficio) -> Result<(), Errore> {
    let attore = Attore::Utente(persona);
    let ruoli = utenti::ruoli_di(conn, persona, aoo)?;
    let qui = Addetto { attore: &attore, ruoli: &ruoli }.di(ufficio.id);
    if qui && !utenti::escluso(conn, persona)? {
        return Ok(());
    }
    let nome = utenti::nome_autore(conn, &attore)?;
    Err(Errore::NonDellUfficio { nome, ufficio: ufficio.denominazione.to_string() })
}
