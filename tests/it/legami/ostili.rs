//! Hostile data in every field of a registration, over the API and in the form: refused by name, no number used, nothing half-written.

use crate::casa::Parte;
use crate::casa::{Casa, Server, chiama, comando, entrata, registra, su_entrambi};
use crate::pagine::cliente::{Cliente, assumi};
use serde_json::{Value, json};
use tabulario::utenti::Ruolo;

/// Characters that turn the direction of a text, or are none.
const INVISIBILI: [char; 10] = [
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}', '\u{7}',
];

fn rifiutata(casa: &Casa, server: &Server, chiesta: &Value, puntatore: &str) {
    let risposta = registra(&server.url, &casa.gettone, "ostile", chiesta, b"x").unwrap();
    let corpo = risposta.json();
    let puntatori: Vec<_> = corpo["errors"]
        .as_array()
        .map(|e| e.iter().map(|e| e["pointer"].as_str().unwrap()).collect())
        .unwrap_or_default();
    assert!(risposta.stato == 422 && puntatori.contains(&puntatore), "{puntatore}: {} {corpo}", risposta.stato);
    for errore in corpo["errors"].as_array().unwrap() {
        assert!(errore["detail"].as_str().unwrap().chars().count() >= 5, "a rule is said: {corpo}");
    }
}

fn niente_scritto(casa: &Casa) {
    for tabella in [
        "registrazioni",
        "corrispondenti",
        "documenti_registrati",
        "contatori",
        "assegnazioni",
        "classificazioni",
        "risposte",
    ] {
        assert_eq!(casa.conta(tabella), 0, "{tabella}");
    }
}

su_entrambi! {
    fn every_text_refuses_what_disguises_it(casa) {
        let server = casa.server();
        for c in INVISIBILI {
            let testo = json!(format!("fattura{c}fdp.exe"));
            for puntatore in ["/oggetto", "/tipologia", "/protocolloMittente/numero", "/documenti/0/descrizione", "/corrispondenti/0/nome",
                "/corrispondenti/0/cognome", "/corrispondenti/1/denominazione"] {
                let mut chiesta = entrata("Istanza");
                chiesta["protocolloMittente"] = json!({ "numero": "1" });
                let ditta = json!({ "ruolo": "mittente", "tipo": "persona-giuridica", "denominazione": "Ditta" });
                chiesta["corrispondenti"].as_array_mut().unwrap().push(ditta);
                let dove = puntatore.rsplit_once('/').unwrap();
                let padre = if dove.0.is_empty() { &mut chiesta } else { chiesta.pointer_mut(dove.0).unwrap() };
                padre[dove.1] = testo.clone();
                rifiutata(casa, &server, &chiesta, puntatore);
            }
            let json = entrata("File").to_string();
            let nome = format!("fattura{c}fdp.exe");
            let parti = [
                Parte { nome: "registrazione", file: None, bytes: json.as_bytes() },
                Parte { nome: "doc", file: Some(&nome), bytes: b"x" },
            ];
            let risposta = chiama("POST", &format!("{}/api/v1/registrazioni", server.url), &casa.gettone, Some("k"), Some(&parti)).unwrap();
            // Over the wire a control character may already break the header of the part.
            assert!(matches!(risposta.stato, 400 | 422), "{c:?}: {}", risposta.json());
        }
        niente_scritto(casa);
    }

    fn codes_and_dates_that_are_none_are_refused_by_name(casa) {
        let server = casa.server();
        let parte = |campo: &str, valore: &str| json!([{ "ruolo": "mittente", "tipo": "amministrazione", "denominazione": "Ente", campo: valore }]);
        for (campo, valore, puntatore) in [
            ("arrivo", json!("ieri"), "/arrivo"),
            ("arrivo", json!("2026-02-29T00:00:00Z"), "/arrivo"),
            ("arrivo", json!("0001-01-01T00:00:00Z"), "/arrivo"),
            ("arrivo", json!("2199-01-01T00:00:00Z"), "/arrivo"),
            ("protocolloMittente", json!({ "numero": "1", "data": "2026-02-30" }), "/protocolloMittente/data"),
            ("protocolloMittente", json!({ "data": "2026-02-20" }), "/protocolloMittente/numero"),
            ("protocolloMittente", json!({ "numero": "1", "anno": 2020 }), "/protocolloMittente/anno"),
            ("voce", json!("'; DROP TABLE registrazioni; --"), "/voce"),
            ("ufficio", json!("\u{0}"), "/ufficio"),
            ("fascicolo", json!("x"), "/fascicolo"),
            ("fascicolo", json!("01a20113-bd15-70bc-a607-496733b59f69"), "/fascicolo"),
            ("differimento", json!("x"), "/differimento"),
            ("rispondeA", json!("0000001"), "/rispondeA"),
            ("registro", json!("PG"), "/registro"),
            ("segnatura", json!("x"), "/segnatura"),
            ("istante", json!("2020-01-01T00:00:00Z"), "/istante"),
            ("corrispondenti", json!("Rossi"), "/corrispondenti"),
            ("corrispondenti", parte("codiceIpa", "non è un codice"), "/corrispondenti/0/codiceIpa"),
            ("corrispondenti", parte("codiceAoo", "???"), "/corrispondenti/0/codiceAoo"),
            ("corrispondenti", parte("pec", "a b@c"), "/corrispondenti/0/pec"),
            ("corrispondenti", parte("pec", "a\u{202e}@pec.it"), "/corrispondenti/0/pec"),
            ("corrispondenti", parte("codiceFiscale", "123"), "/corrispondenti/0/codiceFiscale"),
        ] {
            let mut chiesta = entrata("Istanza");
            chiesta[campo] = valore;
            rifiutata(casa, &server, &chiesta, puntatore);
        }
        niente_scritto(casa);
    }

    fn as_many_parties_as_the_limit_and_not_one_more(casa) {
        let server = casa.server();
        let con = |quanti: usize| {
            let parti: Vec<Value> = (0..quanti)
                .map(|i| json!({ "ruolo": "mittente", "tipo": "persona-giuridica", "denominazione": format!("Ditta {i}") }))
                .collect();
            let mut chiesta = entrata("Circolare");
            chiesta["corrispondenti"] = json!(parti);
            chiesta
        };
        for quanti in [1_001, 5_000] {
            rifiutata(casa, &server, &con(quanti), "/corrispondenti");
        }
        niente_scritto(casa);
        let fatta = registra(&server.url, &casa.gettone, "k", &con(1_000), b"x").unwrap();
        assert_eq!((fatta.stato, fatta.json()["corrispondenti"].as_array().unwrap().len()), (201, 1_000));
        assert_eq!(fatta.json()["numero"], "0000001");
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn the_form_refuses_the_same_and_keeps_what_was_typed(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let lungo = "a".repeat(4_001);
        for (campo, valore, errore) in [
            ("oggetto", "fattura\u{202e}fdp.exe", "oggetto"),
            ("oggetto", "a\u{2066}b", "oggetto"),
            ("oggetto", "a\u{0}b", "oggetto"),
            ("oggetto", lungo.as_str(), "oggetto"),
            ("mezzo", "piccione", "mezzo"),
            ("voce", "XV.99", "voce"),
            ("ufficio", "NESSUNO", "ufficio"),
            ("mittente-numero", "1\u{202d}2", "mittente-numero"),
            ("mittente-data", "30/02/2026", "mittente-numero"),
            ("parte-0-cognome", "Ros\u{202e}si", "parte-0-cognome"),
            ("parte-0-cf", "RSSMRA80A01H501X", "parte-0-cf"),
            ("parte-0-pec", "a b", "parte-0-pec"),
            ("differimento", "x", "differimento"),
            ("arrivo", "31/11/2026", "arrivo"),
        ] {
            let esito = crate::pagine::registra(&anna, "entrata", "Istanza tenuta", &[(campo, valore), ("file:principale", "atto")]);
            let mostrata = esito.html.contains(&format!("href=\"#{errore}\"")) || (campo == "mittente-data" && esito.html.contains("href=\"#mittente-data\""));
            assert!(esito.stato == 422 && mostrata, "{campo} {valore:?}: {} {}", esito.stato, esito.html);
            assert!(campo == "oggetto" || esito.html.contains("Istanza tenuta"), "{campo}: what was typed is kept");
        }
        let enorme = "a".repeat(1_000_000);
        let esito = crate::pagine::registra(&anna, "entrata", &enorme, &[]);
        assert_eq!(esito.stato, 413, "a field of 1 MB is not even read");
        niente_scritto(casa);
        // A name of a file that arrives with a form is cleaned, since nobody typed it.
        let fatta = crate::pagine::registra(&anna, "entrata", "Nome strano", &[("file:principale", "atto")]);
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        assert_eq!(casa.conta("registrazioni"), 1);
    }
}
