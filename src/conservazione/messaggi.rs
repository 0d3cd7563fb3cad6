//! What the conservator has of a message: before that, nobody removes it from where it arrived.

use super::Stato;
use crate::storage::schema::{protocolli_messaggi, versamenti};
use crate::storage::{self, Conn};
use crate::valori::MessaggioId;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// Which of these messages are deposited: the package of every registration that came of them, annulled ones too, was delivered, and
/// there is at least one. A receipt, or a message that was left out, has no registration and is never deposited; nor is one whose
/// package a person has to correct.
///
/// # Errors
/// Those of the database.
pub fn messaggi_depositati(conn: &mut Conn, messaggi: &[MessaggioId]) -> Result<HashSet<MessaggioId>, storage::Errore> {
    let ids: Vec<String> = messaggi.iter().map(ToString::to_string).collect();
    let righe: Vec<(String, Option<String>)> = protocolli_messaggi::table
        .left_join(versamenti::table.on(versamenti::registrazione_id.eq(protocolli_messaggi::registrazione_id)))
        .filter(protocolli_messaggi::messaggio_id.eq_any(ids))
        .select((protocolli_messaggi::messaggio_id, versamenti::stato.nullable()))
        .load(conn)?;
    let mut tutte: HashMap<String, bool> = HashMap::new();
    for (messaggio, stato) in righe {
        let consegnata = stato.as_deref() == Some(Stato::Consegnato.as_str());
        *tutte.entry(messaggio).or_insert(true) &= consegnata;
    }
    let depositati = tutte.into_iter().filter(|(_, tutte)| *tutte);
    depositati.map(|(id, _)| id.parse().map_err(|e| storage::Errore::riga("protocolli_messaggi", e))).collect()
}
