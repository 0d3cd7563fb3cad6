//! Lanes: how many callers share one commit without ever sharing a refusal.
//!
//! A *batch* is one transaction of one lane. Callers enter it one after the other, each inside a savepoint; whoever finds
//! nobody behind commits for all, and everybody is answered only after that commit. A refused operation rolls back to its own
//! savepoint and leaves the others alone; anything that breaks the transaction itself loses the whole batch, and every caller
//! is told so.
//!
//! Liveness: `in_attesa` rises before the mutex is asked for, so whoever leaves a batch open has somebody behind who will
//! close it.

use super::{Comando, Conn, Errore, Indirizzo, Operazione, Orologio, Punta, Valore};
use crate::valori::{AooId, Attore};
use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};
use diesel::{PgConnection, RunQueryDsl, SqliteConnection};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Operations in one batch: enough to share a sync, few enough that the first caller does not wait long for the last.
const MASSIMO_LOTTO: usize = 48;
/// Idle writing connections kept open (PostgreSQL: one per AOO that is writing right now).
const MASSIMO_SCORTA: usize = 16;

type Transazioni = <Conn as Connection>::TransactionManager;

thread_local! {
    /// True while this thread is inside an operation: a second one would wait for itself.
    static SCRIVO: Cell<bool> = const { Cell::new(false) };
}

/// The outcome of a batch, awaited by all its callers.
#[derive(Default)]
struct Lotto {
    esito: Mutex<Option<Result<(), Errore>>>,
    chiuso: Condvar,
}

impl Lotto {
    fn chiudi(&self, esito: Result<(), Errore>) {
        *self.esito.lock().unwrap_or_else(PoisonError::into_inner) = Some(esito);
        self.chiuso.notify_all();
    }

    fn attendi(&self) -> Result<(), Errore> {
        let mut esito = self.esito.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*esito {
                Some(Ok(())) => return Ok(()),
                Some(Err(e)) => return Err(e.copia()),
                None => esito = self.chiuso.wait(esito).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// How one operation inside a batch ended.
enum Esito<T, E> {
    Fatto(T),
    Rifiuto(E),
    Panico,
    /// The transaction itself is broken: the batch is lost.
    Rotto(Errore),
}

#[derive(Default)]
struct Aperto {
    conn: Option<Conn>,
    lotto: Option<Arc<Lotto>>,
    operazioni: usize,
    /// The last link added in this batch, and to which chain: a refused operation has not moved it.
    punta: Option<(AooId, Punta)>,
}

/// A lane: one on SQLite, one per AOO on PostgreSQL.
#[derive(Default)]
pub(super) struct Corsia {
    in_attesa: AtomicUsize,
    stato: Mutex<Aperto>,
}

/// Writing connections that no batch is using.
#[derive(Default)]
pub(super) struct Scorta(Mutex<Vec<Conn>>);

impl Scorta {
    fn prendi(&self) -> Option<Conn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn rendi(&self, conn: Conn) {
        let mut libere = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if libere.len() < MASSIMO_SCORTA {
            libere.push(conn);
        }
    }
}

/// What an operation needs to know of the database it runs on.
pub(super) struct Contesto<'a> {
    pub indirizzo: &'a Indirizzo,
    pub scorta: &'a Scorta,
    pub orologio: Orologio,
    pub aoo: AooId,
    pub attore: &'a Attore,
    /// See [`Operazione::ferma`].
    pub ferma: bool,
}

impl Corsia {
    pub(super) fn scrivi<T, E: From<Errore>>(
        &self,
        cx: &Contesto<'_>,
        f: impl FnOnce(&mut Operazione<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if SCRIVO.get() {
            return Err(Errore::Annidata.into());
        }
        self.in_attesa.fetch_add(1, SeqCst);
        let mut aperto = self.stato.lock().unwrap_or_else(PoisonError::into_inner);
        self.in_attesa.fetch_sub(1, SeqCst);

        let lotto = match aperto.lotto.clone() {
            Some(lotto) => lotto,
            None => aperto.apri(cx)?,
        };
        let esito = aperto.esegui(cx, f);
        aperto.operazioni += 1;
        let rotto = match &esito {
            Esito::Rotto(e) => Some(e.copia()),
            _ => None,
        };
        if rotto.is_some() || aperto.operazioni >= MASSIMO_LOTTO || self.in_attesa.load(SeqCst) == 0 {
            aperto.chiudi(cx, rotto);
        }
        drop(aperto);

        // A refusal waits too: it may rest on what another operation of the batch wrote.
        lotto.attendi()?;
        match esito {
            Esito::Fatto(valore) => Ok(valore),
            Esito::Rifiuto(e) => Err(e),
            Esito::Panico => Err(Errore::Interrotta.into()),
            Esito::Rotto(e) => Err(e.into()),
        }
    }
}

impl Aperto {
    /// Begins a transaction and takes the AOO's lock before anything else.
    fn apri(&mut self, cx: &Contesto<'_>) -> Result<Arc<Lotto>, Errore> {
        let conn = match cx.scorta.prendi() {
            // One that waited may have died meanwhile (the server was restarted): then a new one is opened.
            Some(mut conn) => inizia(&mut conn, cx.aoo).ok().map(|()| conn),
            None => None,
        };
        let conn = match conn {
            Some(conn) => conn,
            None => {
                let mut conn = cx.indirizzo.apri_scrittore()?;
                inizia(&mut conn, cx.aoo)?;
                conn
            }
        };
        let lotto = Arc::new(Lotto::default());
        *self = Self { conn: Some(conn), lotto: Some(Arc::clone(&lotto)), operazioni: 0, punta: None };
        Ok(lotto)
    }

    fn esegui<T, E>(&mut self, cx: &Contesto<'_>, f: impl FnOnce(&mut Operazione<'_>) -> Result<T, E>) -> Esito<T, E> {
        // Another chain: the row of this one is written before it is forgotten.
        if self.punta.as_ref().is_some_and(|(di, _)| *di != cx.aoo)
            && let Err(e) = self.salva_punta()
        {
            return Esito::Rotto(e);
        }
        let Some(conn) = self.conn.as_mut() else { return Esito::Rotto(Errore::Interrotta) };
        if let Err(e) = Transazioni::begin_transaction(conn) {
            return Esito::Rotto(e.into());
        }
        let (aoo, attore, ora) = (cx.aoo, cx.attore.clone(), cx.orologio.adesso());
        let punta = self.punta.as_ref().map(|(_, punta)| punta.clone());
        let mut op = Operazione { conn, aoo, attore, ora, punta, ferma: cx.ferma };
        SCRIVO.set(true);
        let esito = catch_unwind(AssertUnwindSafe(|| f(&mut op)));
        SCRIVO.set(false);
        let Operazione { conn, punta, .. } = op;
        let fine = match &esito {
            Ok(Ok(_)) => {
                self.punta = punta.map(|punta| (aoo, punta));
                Transazioni::commit_transaction(conn)
            }
            _ => Transazioni::rollback_transaction(conn),
        };
        match (esito, fine) {
            (_, Err(e)) => Esito::Rotto(e.into()),
            (Ok(Ok(valore)), Ok(())) => Esito::Fatto(valore),
            (Ok(Err(e)), Ok(())) => Esito::Rifiuto(e),
            (Err(_), Ok(())) => Esito::Panico,
        }
    }

    /// Writes where the chain of this batch has come to, and forgets it.
    fn salva_punta(&mut self) -> Result<(), Errore> {
        match (self.conn.as_mut(), self.punta.take()) {
            (Some(conn), Some((aoo, punta))) => punta.salva(conn, aoo),
            _ => Ok(()),
        }
    }

    /// Commits for everybody in the batch, or gives it up, and tells them.
    fn chiudi(&mut self, cx: &Contesto<'_>, rotto: Option<Errore>) {
        let rotto = rotto.or_else(|| self.salva_punta().err());
        let (conn, lotto) = (self.conn.take(), self.lotto.take());
        let esito = match (conn, rotto) {
            (_, Some(e)) => Err(e),
            (None, None) => Err(Errore::Interrotta),
            (Some(mut conn), None) => match Transazioni::commit_transaction(&mut conn) {
                Ok(()) => {
                    cx.scorta.rendi(conn);
                    Ok(())
                }
                // A connection whose transaction failed is dropped: its state is nobody's business any more.
                Err(e) => {
                    tracing::error!(causa = %e, "commit failed, its outcome is unknown");
                    Err(Errore::Incerto)
                }
            },
        };
        if let Some(lotto) = lotto {
            lotto.chiudi(esito);
        }
    }
}

/// Depth 0 to 1. On SQLite the write lock is taken at once (a transaction that upgrades later can fail half-way); on PostgreSQL
/// an advisory lock of the AOO, held to the end of the transaction.
fn inizia(conn: &mut Conn, aoo: AooId) -> Result<(), Errore> {
    match conn {
        Conn::Sqlite(c) => {
            <SqliteConnection as Connection>::TransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?;
        }
        Conn::Postgres(c) => {
            <AnsiTransactionManager as TransactionManager<PgConnection>>::begin_transaction(c)?;
            let chiave = aoo.to_string();
            let chiudi = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))";
            Comando::<()>::new(chiudi, vec![Valore::Testo(&chiave)]).execute(c)?;
        }
    }
    Ok(())
}
