//! *SMTP*: mail leaves by the server of a provider, each message to one recipient.
//!
//! A send leaves once. Its Message-ID is decided and its bytes are stored before the first attempt, and the attempt is committed
//! before the server hears of it. While the outcome of an attempt is not known (the line broke after the bytes, or the process was
//! killed), nothing is sent again: for as long as a provider may take, its receipts are waited for, and before another attempt they
//! are looked for in the mailbox. What is then sent again is the same message, under the same Message-ID.

pub(super) mod accesso;
mod postino;
mod sessione;

pub use accesso::{AccessoSmtp, MASSIMO_MIB};
pub use postino::{Attrezzi, Postino};

use std::time::Duration;

/// How long a server is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Limiti {
    /// For the connection and its encryption.
    pub connessione: Duration,
    /// For each command.
    pub comando: Duration,
    /// For the last answer, after the bytes of a message: ten minutes (RFC 5321, 4.5.3.2.6).
    pub presa: Duration,
    /// For the receipts of an attempt whose outcome is not known, before the next one.
    pub ricevute: Duration,
}

impl Default for Limiti {
    fn default() -> Self {
        Self {
            connessione: Duration::from_secs(20),
            comando: Duration::from_secs(120),
            presa: Duration::from_secs(600),
            ricevute: Duration::from_secs(30 * 60),
        }
    }
}
