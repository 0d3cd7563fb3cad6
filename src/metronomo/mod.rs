//! Which step runs how often: the beat of a running installation.
//!
//! A step does one unit of work and says whether there may be more; it is repeatable, in a transaction of its own, and the same
//! that the tests call. A step that fails waits longer and never stops the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How much longer than usual a step that failed waits.
const ATTESA_DOPO_ERRORE: u32 = 10;

/// Longest sleep: how late a stop can be noticed by a thread that missed its wake-up.
const SONNO: Duration = Duration::from_millis(250);

/// A step and its beat.
pub struct Battito {
    /// Its name, for the log.
    pub nome: &'static str,
    /// How long it rests when there was nothing to do.
    pub ogni: Duration,
    /// Does one unit of work: true if there may be more. The error is for the log.
    pub passo: Box<dyn FnMut() -> Result<bool, String> + Send>,
}

/// The running beat.
pub struct Metronomo {
    basta: Arc<AtomicBool>,
    filo: JoinHandle<()>,
}

impl Metronomo {
    /// Starts the beat on a thread of its own.
    #[must_use]
    pub fn avvia(battiti: Vec<Battito>) -> Self {
        let basta = Arc::new(AtomicBool::new(false));
        let fine = Arc::clone(&basta);
        let filo = thread::spawn(move || batti(battiti, &fine));
        Self { basta, filo }
    }

    /// Stops after the step that is under way.
    pub fn ferma(self) {
        self.basta.store(true, Ordering::Release);
        self.filo.thread().unpark();
        // A step that panicked has been logged by its own thread; there is nothing left to stop.
        let _ = self.filo.join();
    }
}

fn batti(battiti: Vec<Battito>, fine: &AtomicBool) {
    let ora = Instant::now();
    let mut agenda: Vec<(Instant, Battito)> = battiti.into_iter().map(|b| (ora, b)).collect();
    while !fine.load(Ordering::Acquire) {
        for (quando, battito) in &mut agenda {
            if fine.load(Ordering::Acquire) || *quando > Instant::now() {
                continue;
            }
            let riposo = match (battito.passo)() {
                Ok(true) => Duration::ZERO,
                Ok(false) => battito.ogni,
                Err(causa) => {
                    tracing::error!(passo = battito.nome, %causa, "step failed");
                    battito.ogni * ATTESA_DOPO_ERRORE
                }
            };
            *quando = Instant::now() + riposo;
        }
        let prossimo = agenda.iter().map(|(quando, _)| *quando).min();
        let attesa = prossimo.map_or(SONNO, |p| p.saturating_duration_since(Instant::now()).min(SONNO));
        thread::park_timeout(attesa);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_step_that_fails_does_not_stop_the_others() {
        let (manda, ricevi) = mpsc::channel();
        let rotto = Battito { nome: "rotto", ogni: Duration::ZERO, passo: Box::new(|| Err("sempre".to_owned())) };
        let mut volte = 0;
        let passo = move || {
            volte += 1;
            let _ = manda.send(volte);
            Ok(volte < 3)
        };
        let buono = Battito { nome: "buono", ogni: Duration::from_secs(3600), passo: Box::new(passo) };
        let metronomo = Metronomo::avvia(vec![rotto, buono]);
        assert_eq!(ricevi.iter().take(3).collect::<Vec<_>>(), [1, 2, 3]);
        metronomo.ferma();
        assert!(ricevi.try_recv().is_err(), "it went on without work");
    }
}
