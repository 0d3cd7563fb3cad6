//! What every command that touches data needs: configuration, logs, database, store.

use super::Errore;
use crate::config::{self, Configurazione, FormatoLog, Livello};
use crate::documenti::{self, Deposito, Fiduce};
use crate::registro::ripristino;
use crate::ricerca::Indice;
use crate::storage::{self, Db};
use crate::{audit, utenti};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the data are.
#[derive(clap::Args)]
pub struct Dove {
    /// Cartella dei dati (predefinita: ./dati), con il suo tabulario.toml se c'è.
    #[arg(long, global = true, value_name = "CARTELLA")]
    pub dir: Option<PathBuf>,
    /// File di configurazione.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// A data folder that is open for work.
pub(super) struct Ambiente {
    pub config: Configurazione,
    pub db: Arc<Db>,
}

impl Dove {
    /// The configuration, with logs already going to stderr.
    pub(super) fn configura(&self) -> Result<Configurazione, Errore> {
        let config = config::leggi(self.dir.as_deref(), self.config.as_deref())?;
        accendi_log(&config);
        Ok(config)
    }

    /// Opens the data for work, making the folder if it is not there.
    pub(super) fn apri(&self) -> Result<Ambiente, Errore> {
        let config = self.configura()?;
        std::fs::create_dir_all(&config.dir).map_err(Errore::file(&config.dir))?;
        let db = Arc::new(Db::apri(config.database.clone(), config.orologio())?);
        let ambiente = Ambiente { config, db };
        ambiente.controlla_orologio()?;
        ambiente.controlla_punte()?;
        Ok(ambiente)
    }
}

impl Ambiente {
    /// The store.
    pub(super) fn deposito(&self) -> Result<Deposito, Errore> {
        Ok(Deposito::disco(cartella_documenti(&self.config.dir))?)
    }

    /// The index of the search.
    pub(super) fn indice(&self) -> Indice {
        Indice::new(cartella_indice(&self.config.dir))
    }

    /// The outbox folder: messages in `pec`, packages in `conservazione`.
    pub(super) fn uscita(&self) -> PathBuf {
        self.config.dir.join("uscita")
    }

    /// Whom signatures are trusted from: the certificates of `fiducia/firme` and `fiducia/gestori` in the data folder.
    pub(super) fn fiduce(&self) -> Result<Fiduce, Errore> {
        Ok(documenti::carica_fiduce(&self.config.dir.join("fiducia"))?)
    }

    /// Where the last links of the chains are kept apart.
    pub(super) fn punte(&self) -> PathBuf {
        cartella_punte(&self.config.dir)
    }

    /// Stops the chains that have forgotten what was acknowledged, until somebody recognises it.
    fn controlla_punte(&self) -> Result<(), Errore> {
        for punta in ripristino::riesamina(&self.db, &self.punte())? {
            tracing::error!(aoo = %punta.aoo, posizione = punta.posizione, "the chain lost links that were acknowledged: an older copy");
        }
        Ok(())
    }

    /// Writes the last links apart, but for the chains that have lost one: what was written of those stays, until it is recognised.
    pub(super) fn scrivi_punte(&self) -> Result<(), Errore> {
        let (mut punte, mut ultimi) =
            self.db.leggi(|conn| Ok::<_, storage::Errore>((audit::punte(conn)?, ripristino::ultimi_numeri(conn)?)))?;
        punte.retain(|punta| !self.db.e_ferma(punta.aoo));
        for punta in &mut punte {
            punta.ultimo = ultimi.remove(&punta.aoo.to_string());
        }
        let cartella = self.punte();
        audit::scrivi_punte(&cartella, &punte).map_err(Errore::file(&cartella))
    }

    /// A clock that starts elsewhere is for trials only.
    fn controlla_orologio(&self) -> Result<(), Errore> {
        if self.config.orologio.is_none() || self.config.dir.join("demo.json").exists() {
            return Ok(());
        }
        let aoo = self.db.leggi(utenti::tutte_le_aoo)?;
        if aoo.iter().all(utenti::Aoo::di_prova) { Ok(()) } else { Err(Errore::OrologioDiProva) }
    }
}

pub(super) fn cartella_documenti(dir: &Path) -> PathBuf {
    dir.join("documenti")
}

pub(super) fn cartella_punte(dir: &Path) -> PathBuf {
    dir.join("punte")
}

pub(super) fn cartella_indice(dir: &Path) -> PathBuf {
    dir.join("indice")
}

fn accendi_log(config: &Configurazione) {
    let livello = match config.log.livello {
        Livello::Error => tracing::Level::ERROR,
        Livello::Warn => tracing::Level::WARN,
        Livello::Info => tracing::Level::INFO,
        Livello::Debug => tracing::Level::DEBUG,
    };
    let log = tracing_subscriber::fmt().with_writer(io::stderr).with_max_level(livello).with_target(false);
    // A second call (a command run inside a test) keeps the first log.
    let _ = match config.log.formato {
        FormatoLog::Testo => log.with_ansi(io::stderr().is_terminal()).try_init(),
        FormatoLog::Json => log.json().try_init(),
    };
}
