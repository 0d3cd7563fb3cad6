//! *Postino*: who hands the mail of all mailboxes over to their servers, each in a thread of its own for as long as it has something
//! to send. A mailbox in trouble waits longer every time, and no other waits for it.

use super::super::contatto::{self, Verso};
use super::super::partenza::{self, Partenza};
use super::super::spedisci::pronta;
use super::super::{Casella, Errore, Officina, Posta, casella, ricevi};
use super::sessione::{Esito, Sessione};
use super::{AccessoSmtp, Limiti};
use crate::documenti::{self, Deposito, Fiduce};
use crate::storage::Db;
use crate::valori::{Attore, CasellaId};
use lettre::Address;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Mailboxes that send at the same moment.
const MASSIMI_FILI: usize = 16;
/// Messages of a mailbox before the others have their turn.
const PER_GIRO: usize = 200;
/// The pause after the first error of a server, and the longest.
const PRIMA_PAUSA: Duration = Duration::from_secs(5);
const MASSIMA_PAUSA: Duration = Duration::from_secs(15 * 60);
/// The same where user or password are refused: providers lock who insists.
const PRIMA_PAUSA_CREDENZIALI: Duration = Duration::from_secs(5 * 60);
const MASSIMA_PAUSA_CREDENZIALI: Duration = Duration::from_secs(60 * 60);
/// How long the end of the program waits for what is being sent.
const FINE: Duration = Duration::from_secs(10);

/// What sending needs.
pub struct Attrezzi {
    /// The database.
    pub db: Arc<Db>,
    /// The store.
    pub deposito: Deposito,
    /// Whom signatures are trusted from: receipts are read before a message is sent again.
    pub fiduce: Box<dyn Fn() -> Result<Arc<Fiduce>, documenti::Errore> + Send + Sync>,
    /// How long servers are waited for.
    pub limiti: Limiti,
}

/// What is known of a mailbox between one turn and the next.
struct Turno {
    accesso: AccessoSmtp,
    filo: Option<JoinHandle<Result<(), Errore>>>,
    errori: u32,
    non_prima: Instant,
}

/// The postman. He ends when he is dropped.
pub struct Postino {
    attrezzi: Arc<Attrezzi>,
    turni: HashMap<CasellaId, Turno>,
    fine: Arc<AtomicBool>,
}

impl Postino {
    /// Nothing leaves until the first [`Postino::batti`].
    #[must_use]
    pub fn new(attrezzi: Attrezzi) -> Self {
        Self { attrezzi: Arc::new(attrezzi), turni: HashMap::new(), fine: Arc::default() }
    }

    /// Takes note of the turns that ended, and gives one to each mailbox that has something to send. Never waits for a server.
    ///
    /// # Errors
    /// Those of the database.
    pub fn batti(&mut self) -> Result<(), Errore> {
        self.raccogli()?;
        let ora = self.attrezzi.db.orologio().adesso();
        let (caselle, piene) = self.attrezzi.db.leggi(|conn| {
            let piene = partenza::caselle_in_partenza(conn, ora)?;
            Ok::<_, Errore>((if piene.is_empty() { Vec::new() } else { casella::caselle(conn)? }, piene))
        })?;
        let mut liberi = MASSIMI_FILI.saturating_sub(self.turni.values().filter(|t| t.filo.is_some()).count());
        for casella in caselle.into_iter().filter(|c| piene.contains(&c.id)) {
            let Some(accesso) = casella.smtp.as_deref().cloned() else { continue };
            let nuovo = || Turno { accesso: accesso.clone(), filo: None, errori: 0, non_prima: Instant::now() };
            let turno = self.turni.entry(casella.id).or_insert_with(nuovo);
            if turno.filo.is_some() || liberi == 0 {
                continue;
            }
            // Who changed the server or the user wants to see now whether it goes.
            if turno.accesso != accesso {
                *turno = nuovo();
            }
            if turno.non_prima > Instant::now() {
                continue;
            }
            liberi = liberi.saturating_sub(1);
            let (attrezzi, fine) = (Arc::clone(&self.attrezzi), Arc::clone(&self.fine));
            let filo = thread::Builder::new().name("smtp".to_owned());
            let filo = filo.spawn(move || giro(&attrezzi, &casella, &accesso, &fine));
            turno.filo = Some(filo.map_err(|causa| Errore::Casella { dove: "SMTP".into(), causa })?);
        }
        Ok(())
    }

    /// True if nobody is sending.
    #[must_use]
    pub fn riposa(&self) -> bool {
        self.turni.values().all(|t| t.filo.as_ref().is_none_or(JoinHandle::is_finished))
    }

    fn raccogli(&mut self) -> Result<(), Errore> {
        let mut rotto = None;
        for (casella, turno) in &mut self.turni {
            let Some(filo) = turno.filo.take_if(|f| f.is_finished()) else { continue };
            let Err(errore) = filo.join().unwrap_or(Err(Errore::Composizione("sending stopped".to_owned()))) else {
                turno.errori = 0;
                continue;
            };
            let credenziali = matches!(&errore, Errore::Server(g) if g.di_credenziali());
            let fra = pausa(turno.errori, credenziali);
            turno.errori = turno.errori.saturating_add(1);
            turno.non_prima = Instant::now() + fra;
            tracing::warn!(%casella, %errore, fra_secondi = fra.as_secs(), "mail does not leave, will be tried again");
            let casella = self.attrezzi.db.leggi(casella::caselle)?.into_iter().find(|c| c.id == *casella);
            if let Some(casella) = casella {
                let scritto =
                    contatto::scrivi(&self.attrezzi.db, (&casella, Verso::Partenza), Some(&errore), Some(fra));
                rotto = rotto.or(scritto.err());
            }
        }
        rotto.map_or(Ok(()), Err)
    }
}

impl Drop for Postino {
    fn drop(&mut self) {
        self.fine.store(true, Relaxed);
        let termine = Instant::now() + FINE;
        // A thread that still waits for its server ends with the process, as if it were killed: that is provided for.
        while !self.riposa() && Instant::now() < termine {
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The turn of a mailbox: everything that may leave now, up to a limit.
fn giro(a: &Attrezzi, casella: &Casella, accesso: &AccessoSmtp, fine: &AtomicBool) -> Result<(), Errore> {
    let fiduce = (a.fiduce)()?;
    let officina = Officina { db: &a.db, deposito: &a.deposito, fiduce: &fiduce };
    let mut sessione: Option<Sessione> = None;
    for _ in 0..PER_GIRO {
        let ora = a.db.orologio().adesso();
        let prossima = a.db.leggi(|conn| partenza::prossima(conn, &[casella.id], ora))?;
        let Some(partenza) = prossima.filter(|_| !fine.load(Relaxed)) else { break };
        if partenza.tentata && !da_ritentare(&officina, casella, &partenza)? {
            continue;
        }
        let Some(bytes) = pronta(&officina, &partenza)? else { continue };
        let mut aperta = match sessione.take().filter(|s| !s.rotta()) {
            Some(aperta) => aperta,
            None => {
                let aperta = Sessione::apri(accesso, a.limiti)?;
                contatto::scrivi(&a.db, (casella, Verso::Partenza), None, None)?;
                aperta
            }
        };
        consegna(&officina, casella, &partenza, (&mut aperta, a.limiti), &bytes)?;
        sessione = Some(aperta);
    }
    if let Some(sessione) = sessione {
        sessione.chiudi();
    }
    Ok(())
}

/// One attempt: committed before the server hears of it, and again when its outcome is known.
fn consegna(
    officina: &Officina<'_>,
    casella: &Casella,
    partenza: &Partenza,
    (sessione, limiti): (&mut Sessione, Limiti),
    bytes: &[u8],
) -> Result<(), Errore> {
    let io = Attore::Sistema("pec");
    let scrivi = |f: &dyn Fn(&mut crate::storage::Operazione<'_>) -> Result<(), Errore>| {
        officina.db.scrivi(partenza.aoo, &io, |op| f(op))
    };
    let indirizzi = (casella.indirizzo.as_str().parse::<Address>(), partenza.invio.destinatario.parse::<Address>());
    let (Ok(da), Ok(a)) = indirizzi else {
        return scrivi(&|op| partenza::rifiutata(op, partenza, "l'indirizzo non è di quelli che si possono spedire"));
    };
    if !officina.db.scrivi(partenza.aoo, &io, |op| partenza::tentata(op, partenza, limiti.ricevute))? {
        // Another process is sending it.
        return Ok(());
    }
    let invio = partenza.invio.id;
    match sessione.consegna(&da, &a, bytes) {
        Ok(Esito::Preso) => {
            scrivi(&|op| partenza::partita(op, invio))?;
            tracing::info!(%invio, "message handed over");
        }
        Ok(Esito::Rifiutato(detto)) => {
            scrivi(&|op| partenza::rifiutata(op, partenza, &detto))?;
            tracing::warn!(%invio, "message refused by the server");
        }
        Ok(Esito::Rimandato(detto)) => {
            scrivi(&|op| partenza::rimandata(op, partenza, &detto))?;
            tracing::info!(%invio, "message put off by the server");
        }
        Ok(Esito::Ignoto) => tracing::warn!(%invio, "the line broke after the bytes: receipts are waited for"),
        Err(guasto) => {
            scrivi(&|op| partenza::rimandata(op, partenza, &guasto.to_string()))?;
            return Err(guasto.into());
        }
    }
    Ok(())
}

/// Before a message whose outcome is not known is sent again, its receipts are looked for. False if it left, or if the mailbox could
/// not be read since.
fn da_ritentare(officina: &Officina<'_>, casella: &Casella, partenza: &Partenza) -> Result<bool, Errore> {
    let io = Attore::Sistema("pec");
    match &casella.posta {
        Posta::Maildir(_) => while ricevi(officina, casella, PER_GIRO)? > 0 {},
        Posta::Imap(_) => {
            let contatti = officina.db.leggi(|conn| contatto::contatti(conn, Verso::Arrivo))?;
            let riuscito = contatti.get(&casella.id).and_then(|c| c.riuscito);
            if partenza.prossimo.is_none_or(|p| riuscito.is_none_or(|r| r < p)) {
                officina.db.scrivi(partenza.aoo, &io, |op| partenza::aspetta(op, partenza))?;
                return Ok(false);
            }
        }
    }
    let id = partenza.invio.id;
    officina.db.scrivi(partenza.aoo, &io, |op| {
        let ha_ricevute = partenza::ha_ricevute(op.conn, partenza)?;
        if ha_ricevute {
            partenza::partita(op, id)?;
        }
        Ok(!ha_ricevute)
    })
}

/// How long a mailbox is left alone after so many errors in a row: twice as long every time, up to a limit.
fn pausa(errori: u32, credenziali: bool) -> Duration {
    let (prima, massima) =
        if credenziali { (PRIMA_PAUSA_CREDENZIALI, MASSIMA_PAUSA_CREDENZIALI) } else { (PRIMA_PAUSA, MASSIMA_PAUSA) };
    prima.saturating_mul(2_u32.saturating_pow(errori)).min(massima)
}
