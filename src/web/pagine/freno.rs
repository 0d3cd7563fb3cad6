//! A brake: how often a thing may be done in a while, counted in memory per key.

use crate::valori::Istante;
use chrono::TimeDelta;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Keys that are remembered; beyond them, those whose window is over go first, then the older half.
const MASSIMO_CHIAVI: usize = 20_000;

/// Counts what each key did in its window.
pub(super) struct Freno<K> {
    massimo: u32,
    finestra: TimeDelta,
    visti: Mutex<HashMap<K, (u32, Istante)>>,
}

impl<K: Hash + Eq> Freno<K> {
    /// A brake that lets `massimo` pass in a `finestra`.
    pub(super) fn new(massimo: u32, finestra: TimeDelta) -> Self {
        Self { massimo, finestra, visti: Mutex::default() }
    }

    /// Counts once more and says whether it may pass.
    pub(super) fn ammette(&self, chiave: K, ora: Istante) -> bool {
        let mut visti = self.visti.lock().unwrap_or_else(PoisonError::into_inner);
        if visti.len() >= MASSIMO_CHIAVI {
            visti.retain(|_, (_, inizio)| ora.dopo(*inizio) < self.finestra);
            if visti.len() >= MASSIMO_CHIAVI {
                let mut inizi: Vec<Istante> = visti.values().map(|(_, inizio)| *inizio).collect();
                let meta = inizi.len() / 2;
                let meta = *inizi.select_nth_unstable(meta).1;
                visti.retain(|_, (_, inizio)| *inizio > meta);
            }
        }
        let (quanti, inizio) = visti.entry(chiave).or_insert((0, ora));
        if ora.dopo(*inizio) >= self.finestra {
            (*quanti, *inizio) = (0, ora);
        }
        *quanti = quanti.saturating_add(1);
        *quanti <= self.massimo
    }

    /// Forgets what a key did.
    pub(super) fn dimentica(&self, chiave: &K) {
        self.visti.lock().unwrap_or_else(PoisonError::into_inner).remove(chiave);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alle(testo: &str) -> Istante {
        testo.parse().unwrap()
    }

    #[test]
    fn a_key_passes_so_often_in_its_window_and_does_not_slow_another() {
        let (freno, ora) = (Freno::new(10, TimeDelta::minutes(15)), alle("2026-11-22T08:00:00Z"));
        assert!((0..10).all(|_| freno.ammette("anna", ora)));
        assert!(!freno.ammette("anna", ora));
        assert!(freno.ammette("luca", ora));
        assert!(freno.ammette("anna", alle("2026-11-22T08:15:00Z")));
        freno.dimentica(&"anna");
        assert!((0..10).all(|_| freno.ammette("anna", ora)));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (freno, ora) = (Freno::new(1, TimeDelta::minutes(15)), alle("2026-11-22T08:00:00Z"));
        (0..=MASSIMO_CHIAVI).for_each(|i| assert!(freno.ammette(i, ora)));
        assert!(freno.visti.lock().unwrap().len() <= MASSIMO_CHIAVI);
    }
}
