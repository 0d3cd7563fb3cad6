//! Who did a thing, as people call them.

use super::{Errore, persona};
use crate::storage::Conn;
use crate::storage::schema::applicazioni;
use crate::valori::{ApplicazioneId, Attore};
use diesel::prelude::*;

/// The name of whoever performed an act: a person's (and for whom, or with what, they acted), an application's, or Tabulario's with its step.
///
/// # Errors
/// Those of the database.
pub fn nome(conn: &mut Conn, attore: &Attore) -> Result<String, Errore> {
    let trovato = match attore {
        Attore::Utente(id) => persona::per_id(conn, *id)?.map(|p| p.nome_e_cognome()),
        Attore::PerConto { sostituto, titolare } => {
            match (persona::per_id(conn, *sostituto)?, persona::per_id(conn, *titolare)?) {
                (Some(s), Some(t)) => Some(format!("{} per conto di {}", s.nome_e_cognome(), t.nome_e_cognome())),
                _ => None,
            }
        }
        Attore::ConApplicazione { persona: chi, applicazione } => {
            match (persona::per_id(conn, *chi)?, applicazione_di(conn, *applicazione)?) {
                (Some(p), Some(nome)) => Some(format!("{} con l'applicazione {nome}", p.nome_e_cognome())),
                _ => None,
            }
        }
        Attore::Applicazione(id) => applicazione_di(conn, *id)?.map(|nome| format!("applicazione {nome}")),
        Attore::Sistema(passo) => Some(format!("Tabulario ({passo})")),
    };
    Ok(trovato.unwrap_or_else(|| attore.to_string()))
}

fn applicazione_di(conn: &mut Conn, id: ApplicazioneId) -> Result<Option<String>, Errore> {
    let nome = applicazioni::table.filter(applicazioni::id.eq(id.to_string())).select(applicazioni::nome);
    Ok(nome.first(conn).optional()?)
}
