//! One at a time, but nobody waits for ever.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The turn of whoever writes the index.
#[derive(Default)]
pub(super) struct Turno {
    preso: Mutex<bool>,
    libero: Condvar,
}

impl Turno {
    /// Takes the turn, waiting at most this long; it is given back when dropped.
    pub(super) fn prendi(&self, entro: Duration) -> Option<Preso<'_>> {
        let preso = self.preso.lock().unwrap_or_else(PoisonError::into_inner);
        let attesa = self.libero.wait_timeout_while(preso, entro, |preso| *preso);
        let (mut preso, _) = attesa.unwrap_or_else(PoisonError::into_inner);
        if *preso {
            return None;
        }
        *preso = true;
        Some(Preso(self))
    }
}

/// The turn, taken.
pub(super) struct Preso<'a>(&'a Turno);

impl Drop for Preso<'_> {
    fn drop(&mut self) {
        *self.0.preso.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.libero.notify_one();
    }
}
