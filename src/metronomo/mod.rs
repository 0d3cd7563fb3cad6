//! *Metronomo*: which step runs how often.
//!
//! A step does one unit of work and says whether there may be more. Each has a thread of its own, so that one that waits (a file
//! that is hard to read) never delays another (the tips of the chain, every half second). It knows no domain: the steps are
//! handed to it, the tests call the same ones. A step that fails is said in the log and tried again at its next beat.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What a step found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Esito {
    /// It did something: it is called again at once.
    Fatto,
    /// There was nothing to do: it is called again at its next beat.
    Niente,
}

/// Says whether the program is stopping: a step that takes more than a moment asks it now and then.
#[derive(Debug, Clone, Default)]
pub struct Fine(Arc<AtomicBool>);

impl Fine {
    /// True if the step should stop where it can.
    #[must_use]
    pub fn e_ora(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// What a step does; the error is for the log.
type Esegui = Box<dyn FnMut(&Fine) -> Result<Esito, String> + Send>;

/// A step, its name for the log, and how often it is called when there is nothing to do.
pub struct Passo {
    nome: &'static str,
    ogni: Duration,
    esegui: Esegui,
}

impl Passo {
    /// A step.
    pub fn new<E: Display>(
        nome: &'static str,
        ogni: Duration,
        mut esegui: impl FnMut(&Fine) -> Result<Esito, E> + Send + 'static,
    ) -> Self {
        Self { nome, ogni, esegui: Box::new(move |fine| esegui(fine).map_err(|e| e.to_string())) }
    }

    fn batti(&mut self, fine: &Fine) {
        while !fine.e_ora() {
            // A step that panics is a mistake of ours; that it never runs again until somebody notices would be a worse one.
            match catch_unwind(AssertUnwindSafe(|| (self.esegui)(fine))) {
                Ok(Ok(Esito::Fatto)) => continue,
                Ok(Ok(Esito::Niente)) => {}
                Ok(Err(causa)) => tracing::error!(passo = self.nome, causa, "step failed, will be tried again"),
                Err(_) => tracing::error!(passo = self.nome, "step panicked, will be tried again"),
            }
            // Woken by `ferma`; a wake-up for nothing costs one look.
            if !fine.e_ora() {
                thread::park_timeout(self.ogni);
            }
        }
    }
}

/// The steps that are running. Stopped when dropped.
pub struct Metronomo {
    fine: Fine,
    fili: Vec<JoinHandle<()>>,
}

impl Metronomo {
    /// Starts every step in its thread.
    #[must_use]
    pub fn avvia(passi: Vec<Passo>) -> Self {
        let fine = Fine::default();
        let avvia = |mut passo: Passo| {
            let fine = fine.clone();
            thread::spawn(move || passo.batti(&fine))
        };
        let fili = passi.into_iter().map(avvia).collect();
        Self { fine, fili }
    }

    /// Tells every step to stop and waits until it has. False if one had died of a mistake of the program.
    #[must_use]
    pub fn ferma(mut self) -> bool {
        self.chiudi()
    }

    fn chiudi(&mut self) -> bool {
        self.fine.0.store(true, Ordering::Release);
        let mut vivi = true;
        for filo in self.fili.drain(..) {
            filo.thread().unpark();
            if filo.join().is_err() {
                tracing::error!("a step had died");
                vivi = false;
            }
        }
        vivi
    }
}

impl Drop for Metronomo {
    fn drop(&mut self) {
        self.chiudi();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_step_goes_on_while_there_is_work_also_after_a_failure_and_stops_when_told() {
        let (manda, ricevi) = mpsc::channel();
        let mut volte = 0;
        let passo = Passo::new("prova", Duration::from_millis(1), move |_| {
            volte += 1;
            manda.send(volte).unwrap();
            match volte {
                1 => Ok(Esito::Fatto),
                2 => Err("una volta va male"),
                3 => panic!("una volta va malissimo"),
                _ => Ok(Esito::Niente),
            }
        });
        let metronomo = Metronomo::avvia(vec![passo]);
        assert_eq!(ricevi.iter().take(4).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert!(metronomo.ferma());
        // The step is gone, and its sender with it.
        assert!(ricevi.iter().count() < 1_000_000);
    }

    #[test]
    fn a_step_that_waits_delays_no_other_and_is_told_to_stop() {
        let (manda, ricevi) = mpsc::channel();
        let lento = Passo::new("lento", Duration::from_secs(3_600), |fine: &Fine| {
            while !fine.e_ora() {
                thread::yield_now();
            }
            Ok::<_, String>(Esito::Fatto)
        });
        let svelto = Passo::new("svelto", Duration::from_secs(3_600), move |_: &Fine| {
            manda.send(()).unwrap();
            Ok::<_, String>(Esito::Niente)
        });
        let metronomo = Metronomo::avvia(vec![lento, svelto]);
        ricevi.recv().unwrap();
        assert!(metronomo.ferma());
    }
}
