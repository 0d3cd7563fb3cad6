//! The database: one schema on SQLite and PostgreSQL, and the only two ways in.
//!
//! [`Db::leggi`] gives a read-only snapshot, [`Db::scrivi`] an [`Operazione`] inside a transaction; nothing else in the program
//! opens one (a lint says so). Writers queue in *lanes* and share commits; a caller is answered only after the commit that
//! holds what it wrote. The module knows tables by name for its guards and nothing of what they mean.

mod comando;
mod conn;
mod corsia;
mod errore;
mod guardie;
mod indirizzo;
mod lettura;
mod migrazioni;
mod operazione;
mod orologio;
pub mod schema;

pub use comando::{Comando, Valore};
pub use conn::Conn;
pub(crate) use conn::per_entrambi;
pub use errore::Errore;
pub use guardie::{GUARDATE, mancanti as guardie_mancanti};
pub use indirizzo::Indirizzo;
pub use operazione::{Operazione, Punta};
pub use orologio::Orologio;

use crate::valori::{AooId, Attore};
use corsia::{Contesto, Corsia, Scorta};
use lettura::Lettori;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The database of an installation. Shared by all threads.
pub struct Db {
    indirizzo: Indirizzo,
    orologio: Orologio,
    corsie: Mutex<HashMap<AooId, Arc<Corsia>>>,
    scorta: Scorta,
    lettori: Lettori,
    ferme: RwLock<HashSet<AooId>>,
}

impl Db {
    /// Opens the database for work: creates what is missing, brings the schema up to date, makes the guards again.
    ///
    /// # Errors
    /// If it cannot be reached, or belongs to a newer version of the program.
    pub fn apri(indirizzo: Indirizzo, orologio: Orologio) -> Result<Self, Errore> {
        let mut conn = indirizzo.apri_scrittore()?;
        migrazioni::applica(&mut conn)?;
        migrazioni::riprendi_gli_id(&mut conn)?;
        Ok(Self::nuovo(indirizzo, orologio))
    }

    /// Opens the database for a look, changing nothing: neither schema nor guards.
    ///
    /// # Errors
    /// If it cannot be reached, or its schema is not that of this version.
    pub fn apri_per_controllo(indirizzo: Indirizzo, orologio: Orologio) -> Result<Self, Errore> {
        let db = Self::nuovo(indirizzo, orologio);
        db.leggi(migrazioni::attuale)?;
        Ok(db)
    }

    fn nuovo(indirizzo: Indirizzo, orologio: Orologio) -> Self {
        let (corsie, scorta, lettori) = (Mutex::default(), Scorta::default(), Lettori::default());
        Self { indirizzo, orologio, corsie, scorta, lettori, ferme: RwLock::default() }
    }

    /// From now on the chains of these AOO, and of no others, take no act: the database lost what they had acknowledged.
    pub fn ferma(&self, aoo: HashSet<AooId>) {
        *self.ferme.write().unwrap_or_else(PoisonError::into_inner) = aoo;
    }

    /// True if the chain of any AOO takes no act.
    #[must_use]
    pub fn ha_ferme(&self) -> bool {
        !self.ferme.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// True if the chain of the AOO takes no act.
    #[must_use]
    pub fn e_ferma(&self, aoo: AooId) -> bool {
        self.ferme.read().unwrap_or_else(PoisonError::into_inner).contains(&aoo)
    }

    /// The clock by which this database is written.
    #[must_use]
    pub fn orologio(&self) -> Orologio {
        self.orologio
    }

    /// Reads from one consistent snapshot. Long reads go in chunks, one `leggi` each.
    ///
    /// # Errors
    /// What `f` refuses, or the database.
    pub fn leggi<T, E: From<Errore>>(&self, f: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        self.lettori.leggi(&self.indirizzo, f)
    }

    /// Writes: `f` runs inside a transaction that holds the lane of `aoo`, and this returns after its commit.
    ///
    /// An `Err` of `f` undoes all that `f` wrote and nothing else. No network, no waiting, no second `scrivi` inside.
    ///
    /// # Errors
    /// What `f` refuses; `Errore::Incerto` if the outcome of the commit is not known; other refusals of the database.
    pub fn scrivi<T, E: From<Errore>>(
        &self,
        aoo: AooId,
        attore: &Attore,
        f: impl FnOnce(&mut Operazione<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (indirizzo, scorta) = (&self.indirizzo, &self.scorta);
        let cx = Contesto { indirizzo, scorta, orologio: self.orologio, aoo, attore, ferma: self.e_ferma(aoo) };
        self.corsia(aoo).scrivi(&cx, f)
    }

    /// The lane of an AOO; on SQLite there is one writer, so one lane for all.
    fn corsia(&self, aoo: AooId) -> Arc<Corsia> {
        let chiave = if self.indirizzo.e_postgres() { aoo } else { AooId::INSTALLAZIONE };
        let mut corsie = self.corsie.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(corsie.entry(chiave).or_default())
    }
}
