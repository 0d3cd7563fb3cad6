//! Reading: snapshots that see one instant of the database and never write.

use super::{Conn, Errore, Indirizzo};
use diesel::connection::SimpleConnection;
use std::sync::{Condvar, Mutex, PoisonError};

/// Reading connections open at the same time.
const MASSIMO_LETTORI: usize = 16;

#[derive(Default)]
struct Stato {
    libere: Vec<Conn>,
    aperte: usize,
}

/// The pool of reading connections.
#[derive(Default)]
pub(super) struct Lettori {
    stato: Mutex<Stato>,
    resa: Condvar,
}

impl Lettori {
    /// Runs `f` on a read-only snapshot and gives the connection back, unless it is broken.
    pub(super) fn leggi<T, E: From<Errore>>(
        &self,
        indirizzo: &Indirizzo,
        f: impl FnOnce(&mut Conn) -> Result<T, E>,
    ) -> Result<T, E> {
        let prestito = Prestito { lettori: self, conn: Some(self.prendi(indirizzo)?) };
        prestito.esegui(f)
    }

    fn prendi(&self, indirizzo: &Indirizzo) -> Result<Conn, Errore> {
        let mut stato = self.stato.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(conn) = stato.libere.pop() {
                return Ok(conn);
            }
            if stato.aperte < MASSIMO_LETTORI {
                break;
            }
            stato = self.resa.wait(stato).unwrap_or_else(PoisonError::into_inner);
        }
        stato.aperte += 1;
        drop(stato);
        indirizzo.apri_lettore().inspect_err(|_| self.rendi(None))
    }

    fn rendi(&self, conn: Option<Conn>) {
        let mut stato = self.stato.lock().unwrap_or_else(PoisonError::into_inner);
        match conn {
            Some(conn) => stato.libere.push(conn),
            None => stato.aperte = stato.aperte.saturating_sub(1),
        }
        self.resa.notify_one();
    }
}

/// A connection on loan; given back (or given up) when dropped, also by a panic.
struct Prestito<'a> {
    lettori: &'a Lettori,
    conn: Option<Conn>,
}

impl Prestito<'_> {
    fn esegui<T, E: From<Errore>>(mut self, f: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let Some(mut conn) = self.conn.take() else { return Err(Errore::Interrotta.into()) };
        esegui(&mut conn, "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        let esito = f(&mut conn);
        if esegui(&mut conn, "COMMIT", "COMMIT").is_ok() {
            self.conn = Some(conn);
        }
        esito
    }
}

impl Drop for Prestito<'_> {
    fn drop(&mut self) {
        self.lettori.rendi(self.conn.take());
    }
}

/// Outside diesel's bookkeeping on purpose: nothing above may nest a transaction in a snapshot.
fn esegui(conn: &mut Conn, sqlite: &str, postgres: &str) -> Result<(), Errore> {
    match conn {
        Conn::Sqlite(c) => c.batch_execute(sqlite)?,
        Conn::Postgres(c) => c.batch_execute(postgres)?,
    }
    Ok(())
}
