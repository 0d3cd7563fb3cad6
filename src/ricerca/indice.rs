//! The folder of the index: which one is in use, opened, made anew, switched.
//!
//! `indice/attuale` names the folder in use, beside it; it is replaced by rename, so a reader sees the one before or the one after.
//! Whoever works on the index looks at it first, and so notices a switch, a deletion, an index of another format or of another
//! database (the commit carries position and link of the chain it reached): then an empty one takes its place and is filled.

use super::Errore;
use super::campi::{self, Campi};
use super::turno::Turno;
use crate::audit::Punta;
use crate::valori::nuovo_id;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyError, directory};
use uuid::Uuid;

/// File that names the folder in use.
const ATTUALE: &str = "attuale";
/// Memory of the writer, in bytes: a flush when it is full.
const MEMORIA: usize = 64 * 1024 * 1024;

/// The index of an installation, shared by all threads.
pub struct Indice {
    cartella: PathBuf,
    aperto: Mutex<Option<Arc<Aperto>>>,
    pub(super) turno: Turno,
}

impl Indice {
    /// The index in a folder, which need not be there; it is opened at its first use.
    #[must_use]
    pub fn new(cartella: PathBuf) -> Self {
        Self { cartella, aperto: Mutex::default(), turno: Turno::default() }
    }

    /// The folder.
    #[must_use]
    pub fn cartella(&self) -> &Path {
        &self.cartella
    }

    /// The index in use now.
    pub(super) fn aperto(&self) -> Result<Arc<Aperto>, Errore> {
        let mut aperto = self.aperto.lock().unwrap_or_else(PoisonError::into_inner);
        let nome = attuale(&self.cartella);
        if let Some(gia) = aperto.as_ref()
            && nome.as_ref() == Some(&gia.nome)
            && gia.esiste()
        {
            return Ok(Arc::clone(gia));
        }
        // The old writer goes before the new one comes: both may be after the same folder.
        *aperto = None;
        let esistente = nome.and_then(|nome| Aperto::apri(&self.cartella, nome));
        let nuovo = match esistente {
            Some(esistente) => esistente,
            None => self.vuoto()?,
        };
        Ok(Arc::clone(aperto.insert(Arc::new(nuovo))))
    }

    /// Forgets an index that failed or belongs to another history; the next use begins with an empty one.
    pub(super) fn ricomincia(&self) -> Result<(), Errore> {
        tracing::warn!("search index started anew");
        let mut aperto = self.aperto.lock().unwrap_or_else(PoisonError::into_inner);
        *aperto = None;
        *aperto = Some(Arc::new(self.vuoto()?));
        Ok(())
    }

    /// Closes what is open, so that it is opened again: after an error of the writer.
    pub(super) fn lascia(&self) {
        *self.aperto.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn vuoto(&self) -> Result<Aperto, Errore> {
        let nuovo = Aperto::crea(&self.cartella)?;
        sostituisci(&self.cartella, &nuovo.nome)?;
        Ok(nuovo)
    }
}

/// An index that is open.
pub(super) struct Aperto {
    pub nome: String,
    cartella: PathBuf,
    pub index: Index,
    pub campi: Campi,
    lettore: IndexReader,
    scrittore: Mutex<Option<IndexWriter>>,
    stato: Mutex<Stato>,
}

/// What every commit carries.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Stato {
    formato: u32,
    /// Position and link reached in the chain of each AOO.
    raggiunte: BTreeMap<String, (i64, String)>,
}

impl Aperto {
    /// Makes an empty index in a new folder inside `cartella`.
    pub(super) fn crea(cartella: &Path) -> Result<Self, Errore> {
        let nome = nuovo_id().to_string();
        let dove = cartella.join(&nome);
        fs::create_dir_all(&dove).map_err(della(cartella))?;
        let (schema, _) = Campi::schema();
        let index = Index::create_in_dir(&dove, schema)?;
        let stato = Stato { formato: campi::FORMATO, ..Stato::default() };
        let nuovo = Self::new(cartella, nome, index, stato)?;
        nuovo.scrivi(|_| Ok(()))?;
        Ok(nuovo)
    }

    /// Opens the index in this folder; `None` if there is none that can be used.
    fn apri(cartella: &Path, nome: String) -> Option<Self> {
        let prova = || -> Result<Self, Errore> {
            let index = Index::open_in_dir(cartella.join(&nome))?;
            let carico = index.load_metas()?.payload.unwrap_or_default();
            let stato: Stato = serde_json::from_str(&carico)
                .ok()
                .filter(|s: &Stato| s.formato == campi::FORMATO && index.schema() == Campi::schema().0)
                .ok_or_else(|| TantivyError::SchemaError("another format".to_owned()))?;
            Self::new(cartella, nome.clone(), index, stato)
        };
        prova().map_err(|e| tracing::warn!(causa = %e, "search index not usable")).ok()
    }

    fn new(cartella: &Path, nome: String, index: Index, stato: Stato) -> Result<Self, Errore> {
        campi::prepara(&index);
        let lettore = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let (_, campi) = Campi::schema();
        let (scrittore, stato) = (Mutex::default(), Mutex::new(stato));
        Ok(Self { nome, cartella: cartella.to_owned(), index, campi, lettore, scrittore, stato })
    }

    fn esiste(&self) -> bool {
        self.cartella.join(&self.nome).join("meta.json").is_file()
    }

    /// A reader of what was committed last, by whomever.
    pub(super) fn lettore(&self) -> Result<tantivy::Searcher, Errore> {
        self.lettore.reload()?;
        Ok(self.lettore.searcher())
    }

    /// The position reached in the chain of an AOO; 0 if none.
    pub(super) fn raggiunta(&self, aoo: &str) -> i64 {
        let stato = self.stato.lock().unwrap_or_else(PoisonError::into_inner);
        stato.raggiunte.get(aoo).map_or(0, |(posizione, _)| *posizione)
    }

    /// The links reached, to see whether the chains still hold them.
    pub(super) fn punte(&self) -> Vec<Punta> {
        let stato = self.stato.lock().unwrap_or_else(PoisonError::into_inner);
        let punta = |(aoo, (posizione, anello)): (&String, &(i64, String))| {
            Some(Punta { aoo: aoo.parse().ok()?, posizione: *posizione, anello: anello.clone(), ultimo: None })
        };
        stato.raggiunte.iter().filter_map(punta).collect()
    }

    /// Writes and commits, all or nothing; the commit says how far the index has come: `f` gives what it reached.
    pub(super) fn scrivi<T>(&self, f: impl FnOnce(&mut Scrittura<'_>) -> Result<T, Errore>) -> Result<T, Errore> {
        let mut scrittore = self.scrittore.lock().unwrap_or_else(PoisonError::into_inner);
        let aperto = match scrittore.take() {
            Some(aperto) => aperto,
            None => self.index.writer_with_num_threads(1, MEMORIA).map_err(|e| self.occupato(e))?,
        };
        // Kept again only if all goes well: a writer that failed is not to be trusted.
        let mut aperto = aperto;
        let mut stato = self.stato.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut scrittura = Scrittura { scrittore: &mut aperto, campi: &self.campi, stato: &mut stato };
        let valore = f(&mut scrittura)?;
        let mut pronta = aperto.prepare_commit()?;
        pronta.set_payload(&serde_json::to_string(&stato).unwrap_or_default());
        pronta.commit()?;
        *self.stato.lock().unwrap_or_else(PoisonError::into_inner) = stato;
        *scrittore = Some(aperto);
        Ok(valore)
    }

    fn occupato(&self, e: TantivyError) -> Errore {
        match e {
            TantivyError::LockFailure(directory::error::LockError::LockBusy, _) => {
                Errore::Occupato(self.cartella.clone())
            }
            altro => altro.into(),
        }
    }
}

/// A write that is under way.
pub(super) struct Scrittura<'a> {
    pub scrittore: &'a mut IndexWriter,
    pub campi: &'a Campi,
    stato: &'a mut Stato,
}

impl Scrittura<'_> {
    /// Says that the chain of an AOO was read up to here.
    pub(super) fn raggiunge(&mut self, aoo: &str, posizione: i64, anello: String) {
        self.stato.raggiunte.insert(aoo.to_owned(), (posizione, anello));
    }
}

/// The name of the folder in use.
pub(super) fn attuale(cartella: &Path) -> Option<String> {
    let nome = fs::read_to_string(cartella.join(ATTUALE)).ok()?;
    // A name of ours, never a path.
    nome.trim().parse::<Uuid>().ok().map(|nome| nome.to_string())
}

/// Puts another folder in use, by rename.
pub(super) fn sostituisci(cartella: &Path, nome: &str) -> Result<(), Errore> {
    let nuovo = cartella.join(format!("{ATTUALE}.{nome}"));
    fs::write(&nuovo, nome).and_then(|()| fs::rename(&nuovo, cartella.join(ATTUALE))).map_err(della(cartella))
}

pub(super) fn della(cartella: &Path) -> impl FnOnce(io::Error) -> Errore {
    let cartella = cartella.to_owned();
    move |causa| Errore::Cartella { cartella, causa }
}
