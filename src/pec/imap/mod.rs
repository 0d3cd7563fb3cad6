//! *IMAP*: mailboxes that lie on the server of a provider.
//!
//! A visit opens each folder, writes a row of the ledger for every UID that was never seen, takes the messages in by the same way as
//! those of a Maildir, and only then does on the server what the mailbox asks for. Every line of it can be the last one of a killed
//! process: what was not committed is taken again, what was committed is known by its bytes, what was not marked is marked.
//! Two processes on one mailbox do the same work twice and write it once.
//!
//! The few files here that speak to a network are async; the domain below them is not. It never talks in clear text, never marks
//! anything by reading (BODY.PEEK), never holds more of a long message than a part, and never removes what the conservator does
//! not have.

pub(super) mod accesso;
mod canale;
mod cartella;
mod dopo;
mod giro;
mod guardia;
pub(super) mod libro;
mod parti;
mod quadro;
pub(super) mod riconciliazione;
mod sessione;
mod spazio;
mod visita;

pub use accesso::{Accesso, CADENZA_SECONDI, Dopo, INBOX};
pub use guardia::{Attrezzi, Guardia};
pub use libro::Visti;
pub use quadro::{Quadro, quadri};
pub use riconciliazione::{Conto, Riconciliazione};
pub use spazio::{Spazio, piena_tra};
pub use visita::Raccolto;

use super::contatto::{self, Verso};
use super::{Casella, Errore, Officina, Posta};
use crate::storage::{self, Conn};
use crate::valori::MessaggioId;
use std::collections::HashSet;
use std::time::Duration;

/// Says which of these messages the conservator has: every registration that came of them, and at least one. `pec` stands below
/// `conservazione` and asks nobody: it is told.
pub type Depositati = fn(&mut Conn, &[MessaggioId]) -> Result<HashSet<MessaggioId>, storage::Errore>;

/// How long a server is waited for, and how much is taken from it.
#[derive(Debug, Clone, Copy)]
pub struct Limiti {
    /// For the connection, and again for its encryption.
    pub connessione: Duration,
    /// For each command.
    pub comando: Duration,
    /// Of a message at a time, in bytes: what is longer comes in parts.
    pub parte_byte: u32,
    /// Longest message that is taken, in bytes. What is longer stays on the server and is shown.
    pub massimo_byte: u64,
}

impl Default for Limiti {
    fn default() -> Self {
        Self {
            connessione: Duration::from_secs(20),
            comando: Duration::from_secs(120),
            parte_byte: 1024 * 1024,
            massimo_byte: 512 * 1024 * 1024,
        }
    }
}

/// Visits a mailbox once and waits until everything there was taken. The server of an installation does this through [`Guardia`].
///
/// # Errors
/// Of the network, the mailbox's server, the store or the database; never of what is in a message.
pub fn ricevi(
    officina: &Officina<'_>,
    casella: &Casella,
    limiti: Limiti,
    depositati: Depositati,
) -> Result<Raccolto, Errore> {
    let Posta::Imap(accesso) = &casella.posta else { return Ok(Raccolto::default()) };
    let filo = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let filo = filo.map_err(|causa| Errore::Casella { dove: casella.indirizzo.to_string().into(), causa })?;
    let esito = filo.block_on(async {
        let garanzie = canale::Garanzie::default();
        let mut sessione = sessione::Sessione::apri(accesso, &accesso.parola()?, &garanzie, limiti).await?;
        let al_lavoro = tokio::sync::Semaphore::new(1);
        let visita = visita::Visita { officina, casella, accesso, limiti, depositati, al_lavoro: &al_lavoro };
        let raccolto = visita.fai(&mut sessione).await?;
        sessione.chiudi().await;
        Ok(raccolto)
    });
    contatto::scrivi(officina.db, (casella, Verso::Arrivo), esito.as_ref().err(), None)?;
    esito
}
