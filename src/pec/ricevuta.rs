//! *Ricevute*: the receipts of what a registration sent, which are documents of it, and those that speak of nothing that we sent.
//!
//! Nothing is marked: which is which is read from Message-IDs, whatever the order in which receipts and sends were written.

use super::messaggio::{DA_PROTOCOLLARE, INDETERMINATA, PROVATA, in_vigore};
use super::veduta::{Boxed, vede};
use super::{Errore, esclusione};
use crate::registro;
use crate::storage::schema::{esclusioni, invii, messaggi as tabella, protocolli_messaggi};
use crate::storage::{self, Conn};
use crate::utenti::visibilita::Vista;
use crate::valori::{Impronta, Istante, MessaggioId, RegistrazioneId, Rifiuto};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

/// A receipt of a send of a registration.
#[derive(Debug, Clone)]
pub struct Ricevuta {
    /// The message that it is.
    pub id: MessaggioId,
    /// Its kind, in the words of the law: `avvenuta-consegna`.
    pub genere: String,
    /// The recipient of the send that it speaks of.
    pub destinatario: String,
    /// When the provider gave it, as it says; else when it arrived.
    pub istante: Istante,
    /// The whole message in the store.
    pub impronta: Impronta,
    /// A provider that we know signed it: only then it proves anything.
    pub provata: bool,
}

/// A receipt that no send of ours explains.
#[derive(Debug, Clone)]
pub struct Orfana {
    /// The message that it is.
    pub id: MessaggioId,
    /// Its kind.
    pub genere: String,
    /// Its subject.
    pub oggetto: String,
    /// When the provider gave it.
    pub istante: Istante,
    /// The whole message in the store.
    pub impronta: Impronta,
    /// Why it is nobody's, in Italian.
    pub motivo: &'static str,
}

/// Receipts without a send that are listed at once.
pub const MASSIME_ORFANE: i64 = 200;

/// The verdicts on the provider's signature with which it is a receipt: what nobody signed, or somebody changed, waits for a person
/// among the messages.
const FIRME: [&str; 2] = [PROVATA, INDETERMINATA];

/// The receipts of what a registration sent, oldest first; none where it may not be seen.
///
/// # Errors
/// Those of the database.
pub fn ricevute(conn: &mut Conn, vista: &Vista, registrazione: RegistrazioneId) -> Result<Vec<Ricevuta>, Errore> {
    type Riga = (String, String, String, Option<chrono::NaiveDateTime>, chrono::NaiveDateTime, String, Option<String>);
    if !registro::visibile(conn, vista, registrazione)? {
        return Ok(Vec::new());
    }
    let righe: Vec<Riga> = invii::table
        .inner_join(
            tabella::table
                .on(tabella::riferito.eq(invii::message_id.nullable()).and(tabella::aoo_id.eq(invii::aoo_id))),
        )
        .filter(invii::registrazione_id.eq(registrazione.to_string()))
        .filter(not(tabella::genere.eq_any(DA_PROTOCOLLARE)).and(tabella::firma_gestore.eq_any(FIRME)))
        .order(tabella::id)
        .select((
            tabella::id,
            tabella::genere,
            invii::destinatario,
            tabella::consegnato,
            tabella::ricevuto,
            tabella::sha256,
            tabella::firma_gestore,
        ))
        .load(conn)?;
    let valore = |(id, genere, destinatario, quando, arrivata, sha256, firma): Riga| {
        Ok(Ricevuta {
            id: id.parse()?,
            genere,
            destinatario,
            istante: Istante::from_utc(quando.unwrap_or(arrivata)),
            impronta: sha256.parse()?,
            provata: firma.as_deref() == Some(PROVATA),
        })
    };
    let lette: Result<_, Rifiuto> = righe.into_iter().map(valore).collect();
    Ok(lette.map_err(|e| storage::Errore::riga("messaggi", e))?)
}

/// The receipts of no send of ours that may be seen, newest first; of one message alone, if it is named.
///
/// # Errors
/// Those of the database.
pub fn orfane(conn: &mut Conn, vista: &Vista, sola: Option<MessaggioId>) -> Result<Vec<Orfana>, Errore> {
    type Riga = (
        String,
        String,
        String,
        Option<chrono::NaiveDateTime>,
        chrono::NaiveDateTime,
        String,
        Option<String>,
        Option<String>,
    );
    let mut query = solo_orfane(vede(vista));
    if let Some(id) = sola {
        query = query.filter(tabella::id.eq(id.to_string()));
    }
    let righe: Vec<Riga> = query
        .order(tabella::id.desc())
        .limit(MASSIME_ORFANE)
        .select((
            tabella::id,
            tabella::genere,
            tabella::oggetto,
            tabella::consegnato,
            tabella::ricevuto,
            tabella::sha256,
            tabella::riferito,
            tabella::firma_gestore,
        ))
        .load(conn)?;
    let nostri: Vec<&String> = righe.iter().filter_map(|r| r.6.as_ref()).collect();
    let noti: Vec<String> =
        invii::table.filter(invii::message_id.eq_any(nostri)).select(invii::message_id).load(conn)?;
    let valore = |(id, genere, oggetto, quando, arrivata, sha256, riferito, firma): Riga| {
        let motivo = match riferito {
            None => "Non dice di quale messaggio parla.",
            Some(_) if firma.as_deref() != Some(PROVATA) => {
                "La firma del gestore non è confermata: non fa prova di nessun invio."
            }
            Some(m) if noti.contains(&m) => "Parla di un messaggio che è partito da un'altra AOO.",
            Some(_) => "Parla di un messaggio che non è partito da questo protocollo.",
        };
        Ok(Orfana {
            id: id.parse()?,
            genere,
            oggetto,
            istante: Istante::from_utc(quando.unwrap_or(arrivata)),
            impronta: sha256.parse()?,
            motivo,
        })
    };
    let lette: Result<_, Rifiuto> = righe.into_iter().map(valore).collect();
    Ok(lette.map_err(|e| storage::Errore::riga("messaggi", e))?)
}

/// How many receipts of all AOO have no send.
///
/// # Errors
/// Those of the database.
pub fn conta_orfane(conn: &mut Conn) -> Result<i64, Errore> {
    Ok(solo_orfane(tabella::table.into_boxed()).count().get_result(conn)?)
}

/// No send of the same AOO bears the Message-ID, or the signature proves nothing; and nobody made something else of it.
fn solo_orfane(query: Boxed<'static>) -> Boxed<'static> {
    let suo = exists(
        invii::table
            .filter(invii::message_id.nullable().eq(tabella::riferito))
            .filter(invii::aoo_id.eq(tabella::aoo_id))
            .filter(tabella::firma_gestore.eq(PROVATA)),
    );
    query
        .filter(not(tabella::genere.eq_any(DA_PROTOCOLLARE)))
        .filter(tabella::firma_gestore.eq_any(FIRME))
        .filter(not(suo))
        .filter(not(tabella::id.eq_any(in_vigore().select(protocolli_messaggi::messaggio_id))))
        .filter(not(tabella::id.eq_any(esclusione::in_vigore().select(esclusioni::messaggio_id))))
}
