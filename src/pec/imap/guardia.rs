//! *Guardia*: who watches the mailboxes. Each has a task of its own that waits for its server to speak (IDLE), or for its cadence; a
//! few at a time work. A mailbox in trouble waits longer every time, and no other waits for it.

use super::super::contatto::{self, Verso};
use super::super::{Casella, Errore, Officina, Posta, casella};
use super::accesso::Accesso;
use super::canale::Garanzie;
use super::sessione::Sessione;
use super::visita::{Visita, fermo};
use super::{Depositati, Limiti};
use crate::documenti::{self, Deposito, Fiduce};
use crate::storage::Db;
use crate::valori::CasellaId;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// Messages that are read and written at the same moment.
const AL_LAVORO: usize = 4;
/// Mailboxes that connect at the same moment: most of the time they wait for their servers, and some wait in vain.
const SI_COLLEGANO: usize = 64;
/// Mailboxes that are visited at the same moment; each holds a few megabytes.
const IN_VISITA: usize = 32;
/// The pause after the first error, and the longest.
const PRIMA_PAUSA: Duration = Duration::from_secs(5);
const MASSIMA_PAUSA: Duration = Duration::from_secs(15 * 60);
/// The same where user or password are refused: providers lock who insists.
const PRIMA_PAUSA_CREDENZIALI: Duration = Duration::from_secs(5 * 60);
const MASSIMA_PAUSA_CREDENZIALI: Duration = Duration::from_secs(60 * 60);
/// How long the end of the program waits for what is being written.
const FINE: Duration = Duration::from_secs(10);

/// What the watch needs for as long as it lives.
pub struct Attrezzi {
    /// The database.
    pub db: Arc<Db>,
    /// The store.
    pub deposito: Deposito,
    /// Whom signatures are trusted from, asked at every visit.
    pub fiduce: Box<dyn Fn() -> Result<Arc<Fiduce>, documenti::Errore> + Send + Sync>,
    /// What the conservator has.
    pub depositati: Depositati,
    /// How long servers are waited for.
    pub limiti: Limiti,
}

/// What all the tasks share.
struct Comune {
    attrezzi: Attrezzi,
    garanzie: Garanzie,
    al_lavoro: Semaphore,
    si_collegano: Semaphore,
    in_visita: Semaphore,
}

/// The watch over all mailboxes that lie on servers. It ends when it is dropped.
pub struct Guardia {
    filo: Option<Runtime>,
    comune: Arc<Comune>,
    compiti: HashMap<CasellaId, (Accesso, JoinHandle<()>)>,
}

impl Guardia {
    /// Nobody is watched until the first [`Guardia::batti`].
    ///
    /// # Errors
    /// If the system gives no threads.
    pub fn new(attrezzi: Attrezzi) -> Result<Self, Errore> {
        let filo =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("imap").enable_all().build();
        let filo = filo.map_err(|causa| Errore::Casella { dove: "IMAP".into(), causa })?;
        let comune = Comune {
            attrezzi,
            garanzie: Garanzie::default(),
            al_lavoro: Semaphore::new(AL_LAVORO),
            si_collegano: Semaphore::new(SI_COLLEGANO),
            in_visita: Semaphore::new(IN_VISITA),
        };
        Ok(Self { filo: Some(filo), comune: Arc::new(comune), compiti: HashMap::new() })
    }

    /// Looks which mailboxes there are: a new one gets its task, one that is read in another way from now on gets another, and a task
    /// that died is made again.
    ///
    /// # Errors
    /// Those of the database.
    pub fn batti(&mut self) -> Result<(), Errore> {
        let Some(filo) = &self.filo else { return Ok(()) };
        for casella in self.comune.attrezzi.db.leggi(casella::caselle)? {
            let Posta::Imap(accesso) = &casella.posta else { continue };
            if let Some((suo, compito)) = self.compiti.get(&casella.id) {
                if suo == accesso.as_ref() && !compito.is_finished() {
                    continue;
                }
                compito.abort();
            }
            let (id, accesso) = (casella.id, accesso.as_ref().clone());
            let compito = filo.spawn(sorveglia(Arc::clone(&self.comune), casella, accesso.clone()));
            self.compiti.insert(id, (accesso, compito));
        }
        Ok(())
    }
}

impl Drop for Guardia {
    fn drop(&mut self) {
        let Some(filo) = self.filo.take() else { return };
        let compiti: Vec<JoinHandle<()>> = self.compiti.drain().map(|(_, (_, compito))| compito).collect();
        compiti.iter().for_each(JoinHandle::abort);
        // Whoever is writing ends that first: a task that lives longer than its timers has nothing to wait with.
        filo.block_on(async {
            let fermi = async {
                for compito in compiti {
                    drop(compito.await);
                }
            };
            drop(tokio::time::timeout(FINE, fermi).await);
        });
        filo.shutdown_timeout(FINE);
    }
}

/// Watches one mailbox for ever.
async fn sorveglia(comune: Arc<Comune>, casella: Casella, accesso: Accesso) {
    let mut errori = 0_u32;
    loop {
        let Err(errore) = veglia(&comune, &casella, &accesso, &mut errori).await;
        let credenziali = matches!(&errore, Errore::Server(g) if g.di_credenziali());
        let fra = pausa(errori, credenziali);
        errori = errori.saturating_add(1);
        tracing::warn!(casella = %casella.id, %errore, fra_secondi = fra.as_secs(), "mailbox in trouble, will be tried again");
        let scritto =
            fermo(|| contatto::scrivi(&comune.attrezzi.db, (&casella, Verso::Arrivo), Some(&errore), Some(fra)));
        if let Err(causa) = scritto {
            tracing::error!(casella = %casella.id, %causa, "how a mailbox is could not be written");
        }
        tokio::time::sleep(fra).await;
    }
}

/// Connects, and visits the mailbox every time that its server speaks or its cadence is over; ends only with an error.
async fn veglia(
    comune: &Comune,
    casella: &Casella,
    accesso: &Accesso,
    errori: &mut u32,
) -> Result<std::convert::Infallible, Errore> {
    let Attrezzi { limiti, .. } = comune.attrezzi;
    let parola = fermo(|| accesso.parola())?;
    let mut sessione = {
        let _posto = comune.si_collegano.acquire().await;
        // What is only needed for a moment lives apart: thousands of mailboxes wait here at once.
        Box::pin(Sessione::apri(accesso, &parola, &comune.garanzie, limiti)).await?
    };
    drop(parola);
    loop {
        {
            let _posto = comune.in_visita.acquire().await;
            Box::pin(visita(comune, casella, accesso, &mut sessione)).await?;
        }
        *errori = 0;
        fermo(|| contatto::scrivi(&comune.attrezzi.db, (casella, Verso::Arrivo), None, None))?;
        // IDLE watches the folder that is open: the first one, where mail is delivered. The others are looked at with the cadence.
        sessione = if sessione.capacita.idle {
            sessione.aspetta(accesso.cadenza).await?
        } else {
            tokio::time::sleep(accesso.cadenza).await;
            sessione
        };
    }
}

async fn visita(comune: &Comune, casella: &Casella, accesso: &Accesso, sessione: &mut Sessione) -> Result<(), Errore> {
    let Attrezzi { db, deposito, fiduce, depositati, limiti } = &comune.attrezzi;
    let fiduce = fermo(fiduce)?;
    let officina = Officina { db, deposito, fiduce: &fiduce };
    let (limiti, depositati, al_lavoro) = (*limiti, *depositati, &comune.al_lavoro);
    let visita = Visita { officina: &officina, casella, accesso, limiti, depositati, al_lavoro };
    visita.fai(sessione).await?;
    Ok(())
}

/// How long a mailbox is left alone after so many errors in a row: twice as long every time, up to a limit.
fn pausa(errori: u32, credenziali: bool) -> Duration {
    let (prima, massima) =
        if credenziali { (PRIMA_PAUSA_CREDENZIALI, MASSIMA_PAUSA_CREDENZIALI) } else { (PRIMA_PAUSA, MASSIMA_PAUSA) };
    prima.saturating_mul(2_u32.saturating_pow(errori)).min(massima)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_limit_and_a_refused_password_is_not_insisted_on() {
        let secondi = |errori, credenziali| pausa(errori, credenziali).as_secs();
        assert_eq!([0, 1, 2, 7, 8, u32::MAX].map(|e| secondi(e, false)), [5, 10, 20, 640, 900, 900]);
        assert_eq!([0, 1, 4, u32::MAX].map(|e| secondi(e, true)), [300, 600, 3_600, 3_600]);
    }
}
