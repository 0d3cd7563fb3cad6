//! Killed at any line, nothing acknowledged is lost and nothing is doubled (law 3 of the house).

use crate::casa::{Casa, Servizio, comando, entrata, leggi, registra, su_entrambi};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const CLIENTI: usize = 16;
const CIASCUNO: usize = 6;
const UCCISIONI: usize = 3;

/// Registers until it is acknowledged, repeating the same request with the same key as a careful client does.
fn insisti(url: &Mutex<String>, gettone: &str, chiave: &str) -> String {
    let json = entrata(&format!("Atto {chiave}"));
    loop {
        let base = url.lock().unwrap().clone();
        match registra(&base, gettone, chiave, &json, chiave.as_bytes()) {
            Some(r) if r.stato == 201 => return r.json()["numero"].as_str().unwrap().to_owned(),
            Some(r) if r.stato == 503 => {}
            Some(r) => panic!("{} {}", r.stato, String::from_utf8_lossy(&r.corpo)),
            None => std::thread::yield_now(),
        }
    }
}

fn lavora(casa: &Casa) -> BTreeMap<String, String> {
    let servizio = Mutex::new(Some(Servizio::avvia(casa)));
    let url = Mutex::new(servizio.lock().unwrap().as_ref().unwrap().url.clone());
    let numeri = Mutex::new(BTreeMap::new());
    let fatte = AtomicUsize::new(0);
    std::thread::scope(|s| {
        for cliente in 0..CLIENTI {
            let (url, numeri, fatte) = (&url, &numeri, &fatte);
            s.spawn(move || {
                for i in 0..CIASCUNO {
                    let chiave = format!("c{cliente}-{i}");
                    let numero = insisti(url, &casa.gettone, &chiave);
                    numeri.lock().unwrap().insert(chiave, numero);
                    fatte.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        for volta in 1..=UCCISIONI {
            // Work decides when, not time: after each quarter of the registrations.
            while fatte.load(Ordering::SeqCst) < CLIENTI * CIASCUNO * volta / (UCCISIONI + 1) {
                std::thread::park_timeout(std::time::Duration::from_millis(10));
            }
            servizio.lock().unwrap().take().unwrap().uccidi();
            let nuovo = Servizio::avvia(casa);
            *url.lock().unwrap() = nuovo.url.clone();
            *servizio.lock().unwrap() = Some(nuovo);
        }
    });
    let vivo = servizio.into_inner().unwrap().unwrap();
    assert!(vivo.vive());
    for numero in numeri.lock().unwrap().values() {
        let trovate = leggi(&format!("{}/api/v1/registrazioni?numero={numero}", vivo.url), &casa.gettone).json();
        assert_eq!(trovate["risultati"].as_array().unwrap().len(), 1, "{numero} was acknowledged and is not there");
    }
    numeri.into_inner().unwrap()
}

su_entrambi! {
    fn sixteen_clients_and_three_kills(casa) {
        let numeri = lavora(casa);
        let mut presi: Vec<&String> = numeri.values().collect();
        presi.sort();
        presi.dedup();
        assert_eq!(presi.len(), CLIENTI * CIASCUNO, "a number was given twice");
        // Repeated requests made nothing twice.
        assert_eq!(casa.conta("registrazioni"), (CLIENTI * CIASCUNO) as i64);
        let uscita = comando(casa, &["controlla", "--json"]);
        assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stdout));
    }
}
