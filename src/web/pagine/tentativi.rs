//! How often a password may be tried: counted in memory, per user name and per address.

use crate::valori::Istante;
use chrono::TimeDelta;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Tries for one user name in a [`FINESTRA`]; a right password clears them.
const PER_UTENTE: u32 = 10;

/// Tries from one address in a [`FINESTRA`]: a whole office may be behind one.
const PER_INDIRIZZO: u32 = 100;

/// How long tries count.
const FINESTRA: TimeDelta = TimeDelta::minutes(15);

/// Names and addresses that are remembered; beyond them, those whose window is over go first, then all.
const MASSIMO_CHIAVI: usize = 20_000;

#[derive(PartialEq, Eq, Hash)]
enum Chiave {
    Utente(String),
    Indirizzo(IpAddr),
}

/// The tries of the last minutes.
#[derive(Default)]
pub(super) struct Tentativi(Mutex<HashMap<Chiave, (u32, Istante)>>);

impl Tentativi {
    /// Counts a try and says whether it may be made. The name need not exist: the answer is the same.
    pub(super) fn ammette(&self, utente: &str, indirizzo: Option<IpAddr>, ora: Istante) -> bool {
        let mut visti = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if visti.len() >= MASSIMO_CHIAVI {
            visti.retain(|_, (_, inizio)| ora.dopo(*inizio) < FINESTRA);
            if visti.len() >= MASSIMO_CHIAVI {
                visti.clear();
            }
        }
        let mut conta = |chiave, massimo| {
            let (quanti, inizio) = visti.entry(chiave).or_insert((0, ora));
            if ora.dopo(*inizio) >= FINESTRA {
                (*quanti, *inizio) = (0, ora);
            }
            *quanti = quanti.saturating_add(1);
            *quanti <= massimo
        };
        let utente = conta(Chiave::Utente(utente.to_owned()), PER_UTENTE);
        indirizzo.is_none_or(|i| conta(Chiave::Indirizzo(i), PER_INDIRIZZO)) && utente
    }

    /// Forgets the tries of whoever entered.
    pub(super) fn riuscito(&self, utente: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&Chiave::Utente(utente.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alle(testo: &str) -> Istante {
        testo.parse().unwrap()
    }

    #[test]
    fn a_name_may_be_tried_ten_times_in_a_quarter_of_an_hour() {
        let (tentativi, ora) = (Tentativi::default(), alle("2026-11-22T08:00:00Z"));
        assert!((0..PER_UTENTE).all(|_| tentativi.ammette("anna", None, ora)));
        assert!(!tentativi.ammette("anna", None, ora));
        assert!(tentativi.ammette("luca", None, ora));
        assert!(tentativi.ammette("anna", None, alle("2026-11-22T08:15:00Z")));
        tentativi.riuscito("anna");
        assert!((0..PER_UTENTE).all(|_| tentativi.ammette("anna", None, ora)));
    }

    #[test]
    fn an_address_that_tries_many_names_is_stopped() {
        let (tentativi, ora) = (Tentativi::default(), alle("2026-11-22T08:00:00Z"));
        let da = Some(IpAddr::from([192, 0, 2, 1]));
        assert!((0..PER_INDIRIZZO).all(|i| tentativi.ammette(&format!("utente{i}"), da, ora)));
        assert!(!tentativi.ammette("altro", da, ora));
        assert!(tentativi.ammette("altro", Some(IpAddr::from([192, 0, 2, 2])), ora));
    }
}
