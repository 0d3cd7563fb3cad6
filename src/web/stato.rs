//! What every handler is given.

use super::Problema;
use super::misure::Misure;
use crate::config::{Etichette, Fiducia, Limiti, Portale, RegistroGiornaliero};
use crate::documenti::fiducia::Custodia;
use crate::documenti::{self, Deposito, Fiduce};
use crate::ricerca::Indice;
use crate::storage::Db;
use crate::valori::Calendario;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The running installation, shared by all handlers.
#[derive(Clone)]
pub struct Stato {
    /// The database.
    pub db: Arc<Db>,
    /// The store.
    pub deposito: Deposito,
    /// The index of the search.
    pub indice: Arc<Indice>,
    /// Limits on what comes in.
    pub limiti: Limiti,
    /// By what trusted lists are judged.
    pub fiducia: Arc<Fiducia>,
    /// What strangers may send.
    pub portale: Portale,
    /// By which days terms end.
    pub calendario: Arc<Calendario>,
    /// When a day has its register.
    pub registro_giornaliero: Arc<RegistroGiornaliero>,
    /// On which sheets labels are printed.
    pub etichette: Etichette,
    punte: Arc<PathBuf>,
    custodia: Arc<Custodia>,
    pronto: Arc<AtomicBool>,
    pub(super) misure: Arc<Misure>,
}

impl Stato {
    /// An installation that is not ready yet.
    #[must_use]
    pub fn new(db: Arc<Db>, deposito: Deposito, indice: Arc<Indice>, limiti: Limiti) -> Self {
        Self {
            db,
            deposito,
            indice,
            limiti,
            fiducia: Arc::default(),
            custodia: Arc::new(Custodia::new(Fiduce::default(), &Fiducia::default().paesi)),
            portale: Portale::default(),
            calendario: Arc::default(),
            registro_giornaliero: Arc::default(),
            etichette: Etichette::default(),
            punte: Arc::default(),
            pronto: Arc::default(),
            misure: Arc::default(),
        }
    }

    /// The same, trusting these authorities besides those that are imported, by these rules.
    #[must_use]
    pub fn con_fiduce(self, cartella: Fiduce, fiducia: Fiducia) -> Self {
        Self { custodia: Arc::new(Custodia::new(cartella, &fiducia.paesi)), fiducia: Arc::new(fiducia), ..self }
    }

    /// Whom signatures are trusted from, now.
    ///
    /// # Errors
    /// Those of [`Custodia::correnti`].
    pub fn fiduce(&self) -> Result<Arc<Fiduce>, documenti::Errore> {
        self.custodia.correnti(&self.db, &self.deposito)
    }

    /// The same, with this portal and these holidays.
    #[must_use]
    pub fn con_portale(self, portale: Portale, calendario: Arc<Calendario>) -> Self {
        Self { portale, calendario, ..self }
    }

    /// The same, with these rules for the register of each day.
    #[must_use]
    pub fn con_registro_giornaliero(self, regole: RegistroGiornaliero) -> Self {
        Self { registro_giornaliero: Arc::new(regole), ..self }
    }

    /// The same, with these sheets of labels.
    #[must_use]
    pub fn con_etichette(self, etichette: Etichette) -> Self {
        Self { etichette, ..self }
    }

    /// The same, with the folder where the last links of the chains are kept apart.
    #[must_use]
    pub fn con_punte(self, cartella: PathBuf) -> Self {
        Self { punte: Arc::new(cartella), ..self }
    }

    /// Where the last links of the chains are kept apart.
    pub(super) fn punte(&self) -> &Path {
        &self.punte
    }

    /// From now on `/pronto` says yes.
    pub fn dichiara_pronto(&self) {
        self.pronto.store(true, Ordering::Release);
    }

    pub(super) fn e_pronto(&self) -> bool {
        self.pronto.load(Ordering::Acquire)
    }

    /// Runs the blocking domain on a thread where it may block.
    pub(super) async fn blocca<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Self) -> Result<T, Problema> + Send + 'static,
    ) -> Result<T, Problema> {
        let stato = self.clone();
        match actix_web::web::block(move || f(&stato)).await {
            Ok(esito) => esito,
            Err(_) => Err(Problema::interno("a blocking task was dropped")),
        }
    }
}
