//! Killed at any line, nothing acknowledged is lost and nothing is doubled (law 3 of the house).

use crate::casa::{Casa, Servizio, ambiente, comando, entrata, leggi, registra, su_entrambi};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const CLIENTI: usize = 16;
/// Registrations of each client, unless `TABULARIO_UCCISIONE_CIASCUNO` says another number; 125 make the two thousand of a full trial.
const CIASCUNO: usize = 20;
const UCCISIONI: usize = 6;

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

fn lavora(casa: &Casa, ciascuno: usize) -> BTreeMap<String, String> {
    let servizio = Mutex::new(Some(Servizio::avvia(casa)));
    let url = Mutex::new(servizio.lock().unwrap().as_ref().unwrap().url.clone());
    let numeri = Mutex::new(BTreeMap::new());
    let fatte = AtomicUsize::new(0);
    std::thread::scope(|s| {
        for cliente in 0..CLIENTI {
            let (url, numeri, fatte) = (&url, &numeri, &fatte);
            s.spawn(move || {
                for i in 0..ciascuno {
                    let chiave = format!("c{cliente}-{i}");
                    let numero = insisti(url, &casa.gettone, &chiave);
                    numeri.lock().unwrap().insert(chiave, numero);
                    fatte.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        for volta in 1..=UCCISIONI {
            // Work decides when, not time: after each seventh of the registrations.
            while fatte.load(Ordering::SeqCst) < CLIENTI * ciascuno * volta / (UCCISIONI + 1) {
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
    let presenti = presenti(&vivo.url, &casa.gettone);
    let numeri = numeri.into_inner().unwrap();
    for (chiave, numero) in &numeri {
        let oggetto = presenti.get(numero).map(String::as_str);
        assert_eq!(oggetto, Some(format!("Atto {chiave}").as_str()), "{numero} was acknowledged for {chiave}");
    }
    numeri
}

/// Every registration that the API shows: number and subject.
fn presenti(url: &str, gettone: &str) -> BTreeMap<String, String> {
    let (mut tutte, mut cursore) = (BTreeMap::new(), String::new());
    loop {
        let pagina = leggi(&format!("{url}/api/v1/registrazioni{cursore}"), gettone).json();
        for r in pagina["risultati"].as_array().unwrap() {
            tutte.insert(r["numero"].as_str().unwrap().to_owned(), r["oggetto"].as_str().unwrap().to_owned());
        }
        match pagina["cursore"].as_str() {
            Some(dopo) => cursore = format!("?cursore={dopo}"),
            None => return tutte,
        }
    }
}

su_entrambi! {
    fn sixteen_clients_and_six_kills(casa) {
        let ciascuno = ambiente("TABULARIO_UCCISIONE_CIASCUNO").map_or(CIASCUNO, |n| n.parse().unwrap());
        let numeri = lavora(casa, ciascuno);
        let mut presi: Vec<&String> = numeri.values().collect();
        presi.sort();
        let attesi: Vec<String> = (1..=CLIENTI * ciascuno).map(|n| format!("{n:07}")).collect();
        assert!(presi.into_iter().eq(&attesi), "a gap, or a number given twice");
        // Repeated requests made nothing twice.
        assert_eq!(casa.conta("registrazioni"), (CLIENTI * ciascuno) as i64);
        let uscita = comando(casa, &["controlla", "--json"]);
        assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stdout));
    }
}
