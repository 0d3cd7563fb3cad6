//! The configured time source: it may answer for a clock that is far ahead of the last registration.

use super::Errore;
use crate::registro;
use crate::registro::orologio::{self, Andamento};
use crate::storage::Db;
use crate::utenti;
use crate::valori::{Attore, Istante};
use chrono::TimeDelta;
use rsntp::{Config, SntpClient};
use std::time::Duration;

/// How much source and clock may differ and still agree.
const ACCORDO: TimeDelta = TimeDelta::seconds(2);

/// How long the source may take to answer.
const ATTESA: Duration = Duration::from_secs(5);

/// Where an office could not register because the clock is far ahead, asks the source (SNTP, RFC 5905) and confirms if they agree.
///
/// A clock that is *behind* the last registration is left to the RSP: one of the two is wrong, and the source cannot say which
/// registrations were.
pub(super) fn conferma(db: &Db, fonte: &str) -> Result<(), Errore> {
    let ora = db.orologio().adesso();
    let ferme = db.leggi(|conn| {
        let mut ferme = Vec::new();
        for aoo in utenti::tutte_le_aoo(conn)? {
            if matches!(orologio::andamento(conn, &aoo, ora)?, Andamento::Avanti(_)) {
                ferme.push(aoo);
            }
        }
        Ok::<_, registro::Errore>(ferme)
    })?;
    if ferme.is_empty() {
        return Ok(());
    }
    let client = SntpClient::with_config(Config::default().timeout(ATTESA));
    let risposta =
        client.synchronize(fonte).map_err(|e| Errore::FonteOraria { fonte: fonte.to_owned(), causa: e.to_string() })?;
    let vera = risposta.datetime().into_chrono_datetime();
    let vera = vera.map_err(|e| Errore::FonteOraria { fonte: fonte.to_owned(), causa: e.to_string() })?;
    let scarto = Istante::new(vera).dopo(db.orologio().adesso());
    if scarto.abs() > ACCORDO {
        return Err(Errore::OrologioErrato { fonte: fonte.to_owned(), secondi: scarto.num_seconds() });
    }
    let motivo = format!(
        "La fonte oraria {fonte} concorda con l'orologio del server (scarto di {} ms)",
        scarto.num_milliseconds()
    );
    let motivo = motivo.parse()?;
    for aoo in ferme {
        match db.scrivi(aoo.id, &Attore::Sistema("orologio"), |op| orologio::conferma(op, &aoo, &motivo)) {
            // Somebody was quicker.
            Ok(()) | Err(registro::Errore::OrologioRegolare) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(())
}
