//! Duplicates of a message: registrations of the same message, or of what looks the same (`registro::duplicati`).

use super::{Errore, Messaggio, Proposta, origine};
use crate::registro::{self, Duplicato, Flusso, Indizi, Registrazione};
use crate::storage::Conn;
use crate::storage::schema::{messaggi, protocolli_messaggi};
use crate::utenti::visibilita::Vista;
use crate::valori::{MessaggioId, RegistrazioneId};
use diesel::prelude::*;

/// Messages that are compared for each thing that two of them may have in common.
const CONFRONTATI: i64 = 100;

/// What was registered before and looks like this message as it would be registered now, newest first, among what may be seen.
///
/// # Errors
/// Those of the database.
pub fn duplicati(
    conn: &mut Conn,
    vista: &Vista,
    m: &Messaggio,
    proposta: &Proposta,
    anno: i32,
) -> Result<Vec<Duplicato>, Errore> {
    let principale = m.allegati.iter().find(|a| Some(a.riposto.impronta) == proposta.principale);
    let mut impronte = vec![m.impronta];
    impronte.extend(principale.filter(|a| a.riposto.dimensione > 0).map(|a| a.riposto.impronta));
    let indizi = Indizi {
        flusso: Flusso::Entrata,
        impronte,
        protocollo_mittente: proposta.protocollo_mittente.clone(),
        mittenti: vec![proposta.mittente.parte.clone()],
        anno,
        prima_di: None,
    };
    let stesse = dello_stesso_messaggio(conn, vista, m.id)?;
    Ok(registro::duplicati(conn, vista, &indizi, &stesse)?)
}

/// The registrations that this one may be a duplicate of, newest first, among what may be seen.
///
/// # Errors
/// Those of the database.
pub fn duplicati_di(conn: &mut Conn, vista: &Vista, r: &Registrazione) -> Result<Vec<RegistrazioneId>, Errore> {
    let stesse = match origine(conn, r.id)? {
        Some(messaggio) => dello_stesso_messaggio(conn, vista, messaggio)?,
        None => Vec::new(),
    };
    let trovati = registro::duplicati(conn, vista, &Indizi::registrata(r), &stesse)?;
    Ok(trovati.into_iter().map(|d| d.registrazione.id).collect())
}

/// The registrations of messages that are this one: the same PEC (identificativo), the same Message-ID, the same bytes.
pub(super) fn dello_stesso_messaggio(
    conn: &mut Conn,
    vista: &Vista,
    id: MessaggioId,
) -> Result<Vec<RegistrazioneId>, Errore> {
    let aoo = vista.aoo().to_string();
    let questo: Option<(String, Option<String>, Option<String>)> = messaggi::table
        .filter(messaggi::id.eq(id.to_string()).and(messaggi::aoo_id.eq(&aoo)))
        .select((messaggi::sha256, messaggi::identificativo, messaggi::message_id))
        .first(conn)
        .optional()?;
    let Some((sha256, identificativo, message_id)) = questo else { return Ok(Vec::new()) };
    let della = || messaggi::table.filter(messaggi::aoo_id.eq(&aoo)).order(messaggi::id.desc()).limit(CONFRONTATI);
    let mut stessi: Vec<String> = della().filter(messaggi::sha256.eq(sha256)).select(messaggi::id).load(conn)?;
    if let Some(identificativo) = identificativo {
        stessi.extend(
            della().filter(messaggi::identificativo.eq(identificativo)).select(messaggi::id).load::<String>(conn)?,
        );
    }
    if let Some(message_id) = message_id {
        stessi.extend(della().filter(messaggi::message_id.eq(message_id)).select(messaggi::id).load::<String>(conn)?);
    }
    let registrate: Vec<String> = protocolli_messaggi::table
        .filter(protocolli_messaggi::messaggio_id.eq_any(stessi))
        .select(protocolli_messaggi::registrazione_id)
        .load(conn)?;
    Ok(registrate.iter().filter_map(|id| id.parse().ok()).collect())
}
