//! Who did a thing, as people call them.

use super::{Errore, persona};
use crate::storage::Conn;
use crate::storage::schema::applicazioni;
use crate::valori::Attore;
use diesel::prelude::*;

/// The name of whoever performed an act: a person's, an application's, or Tabulario's with its step.
///
/// # Errors
/// Those of the database.
pub fn nome(conn: &mut Conn, attore: &Attore) -> Result<String, Errore> {
    let trovato = match attore {
        Attore::Utente(id) => persona::per_id(conn, *id)?.map(|p| format!("{} {}", p.nome, p.cognome)),
        Attore::Applicazione(id) => applicazioni::table
            .filter(applicazioni::id.eq(id.to_string()))
            .select(applicazioni::nome)
            .first::<String>(conn)
            .optional()?
            .map(|nome| format!("applicazione {nome}")),
        Attore::Sistema(passo) => Some(format!("Tabulario ({passo})")),
    };
    Ok(trovato.unwrap_or_else(|| attore.to_string()))
}
