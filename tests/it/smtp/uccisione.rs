//! Killed while it sends: an audit of what the provider took finds every message, none twice.

use super::*;
use crate::casa::{Servizio, comando, su_entrambi};
use std::collections::BTreeMap;

/// Uscite, with three recipients each.
const USCITE: usize = 12;
const UCCISIONI: usize = 5;

su_entrambi! {
    fn nothing_is_lost_or_doubled_when_it_is_killed_while_it_sends(casa) {
        let gestore = casa_e_gestore(casa);
        let mut attesi = BTreeMap::new();
        for n in 0..USCITE {
            let id = uscita(casa, &["bene", "muta", "cade-persa"], format!("testo {n}").as_bytes());
            // The three addresses are the same for all: the names of the sends tell them apart.
            for invio in invia(casa, id, Modo::default()).unwrap() {
                attesi.insert(invio.message_id, invio.destinatario);
            }
        }
        for volta in 1..=UCCISIONI {
            let servizio = Servizio::avvia(casa);
            // Work decides when, not time.
            while gestore.presi().len() < attesi.len() * volta / (UCCISIONI + 2) {
                park_timeout(Duration::from_millis(1));
            }
            servizio.uccidi();
        }
        // What nobody knows is waited for; an hour later it is settled.
        leggi_casella(casa, &casa.db);
        for minuti in [0, 61, 122, 183] {
            fra_minuti(casa, minuti);
        }
        let presi: BTreeMap<String, String> = gestore
            .presi()
            .iter()
            .map(|p| (p["msgid"].as_str().unwrap().to_owned(), p["a"].as_str().unwrap().to_owned()))
            .collect();
        assert_eq!(presi, attesi, "none is lost");
        let doppi: Vec<&String> = presi.keys().filter(|m| gestore.presi().iter().filter(|p| p["msgid"] == m.as_str()).count() > 1).collect();
        // Of what the provider has and never speaks of, nobody can know that it has it.
        assert!(doppi.iter().all(|m| presi[*m].starts_with("muta")), "{doppi:?}");
        assert!(doppi.len() <= UCCISIONI, "at most the one that was under way at each kill: {doppi:?}");
        assert!(comando(casa, &["controlla"]).status.success());
    }
}
