//! What a token may do: every road of the API, and every kind of token.

use crate::casa::{Casa, Risposta, chiama_json, comando, entrata, leggi, registra, su_entrambi};
use std::collections::BTreeSet;
use tabulario::utenti::PermessoGettone;

/// Every call of the API and the permesso it asks for.
const STRADE: [(&str, &str, &str); 108] = [
    ("post", "/api/v1/registrazioni", "registra"),
    ("get", "/api/v1/registrazioni", "legge"),
    ("get", "/api/v1/registrazioni/{id}", "legge"),
    ("get", "/api/v1/registrazioni/{id}/segnatura", "legge"),
    ("get", "/api/v1/registrazioni/{id}/etichetta", "legge"),
    ("get", "/api/v1/registrazioni/{id}/ricevuta", "legge"),
    ("get", "/api/v1/registrazioni/{id}/documenti/{sha256}/timbro", "legge"),
    ("get", "/api/v1/etichette", "legge"),
    ("get", "/api/v1/documenti/{sha256}/verifiche", "legge"),
    ("get", "/api/v1/documenti/{sha256}/verifiche/{id}", "legge"),
    ("post", "/api/v1/registrazioni/{id}/annullamento", "annulla"),
    ("post", "/api/v1/registrazioni/{id}/assegnazioni", "assegna"),
    ("post", "/api/v1/registrazioni/{id}/classificazione", "classifica"),
    ("get", "/api/v1/fascicoli", "legge"),
    ("post", "/api/v1/fascicoli", "fascicola"),
    ("get", "/api/v1/fascicoli/{id}", "legge"),
    ("post", "/api/v1/fascicoli/{id}/documenti", "fascicola"),
    ("get", "/api/v1/versamenti", "legge"),
    ("get", "/api/v1/documenti/{sha256}", "legge"),
    ("get", "/api/v1/pec/messaggi", "legge"),
    ("post", "/api/v1/pec/messaggi/{id}/protocollo", "registra"),
    ("get", "/api/v1/invii", "legge"),
    ("post", "/api/v1/invii", "spedisce"),
    ("get", "/api/v1/registrazioni/{id}/ritorni", "legge"),
    ("post", "/api/v1/registrazioni/{id}/ritorni", "spedisce"),
    ("get", "/api/v1/ricerca", "legge"),
    ("get", "/api/v1/eventi", "legge"),
    ("post", "/api/v1/registrazioni/{id}/riservatezza", "annulla"),
    ("post", "/api/v1/registrazioni/{id}/variazioni", "registra"),
    ("post", "/api/v1/registrazioni/{id}/annotazioni", "registra"),
    ("post", "/api/v1/registrazioni/{id}/indirizzi", "spedisce"),
    ("post", "/api/v1/registrazioni/{id}/presa-in-carico", "assegna"),
    ("post", "/api/v1/registrazioni/{id}/restituzione", "assegna"),
    ("post", "/api/v1/registrazioni/{id}/rifiuto", "assegna"),
    ("post", "/api/v1/registrazioni/{id}/conclusione", "assegna"),
    ("post", "/api/v1/registrazioni/{id}/lettura", "assegna"),
    ("post", "/api/v1/registrazioni/{id}/termine", "assegna"),
    ("post", "/api/v1/registrazioni/{id}/sospensione", "assegna"),
    ("post", "/api/v1/registrazioni/{id}/interruzione", "assegna"),
    ("post", "/api/v1/registrazioni/{id}/preavviso", "assegna"),
    ("post", "/api/v1/registrazioni/{id}/ripresa", "assegna"),
    ("get", "/api/v1/scrivania", "legge"),
    ("post", "/api/v1/registrazioni/{id}/acquisizioni", "registra"),
    ("post", "/api/v1/registrazioni/{id}/collegamenti", "registra"),
    ("post", "/api/v1/registrazioni/{id}/collegamenti/{collegamento}/scollegamento", "registra"),
    ("get", "/api/v1/differimenti", "legge"),
    ("get", "/api/v1/registrazioni/{id}/proposte", "legge"),
    ("post", "/api/v1/registrazioni/{id}/proposte", "assegna"),
    ("get", "/api/v1/rubrica", "legge"),
    ("post", "/api/v1/rubrica", "registra"),
    ("get", "/api/v1/rubrica/{id}", "legge"),
    ("get", "/api/v1/gruppi", "legge"),
    ("post", "/api/v1/gruppi", "registra"),
    ("get", "/api/v1/gruppi/{id}", "legge"),
    ("post", "/api/v1/gruppi/{id}/membri", "registra"),
    ("post", "/api/v1/gruppi/{id}/membri/{membro}/uscita", "registra"),
    ("post", "/api/v1/gruppi/{id}/chiusura", "registra"),
    ("get", "/api/v1/ipa/{genere}/{codice}", "legge"),
    ("get", "/api/v1/emergenze", "legge"),
    ("post", "/api/v1/emergenze", "annulla"),
    ("post", "/api/v1/emergenze/{id}/proroghe", "annulla"),
    ("post", "/api/v1/emergenze/{id}/ripristino", "annulla"),
    ("post", "/api/v1/emergenze/{id}/riapertura", "annulla"),
    ("post", "/api/v1/emergenze/{id}/anteprime", "registra"),
    ("get", "/api/v1/emergenze/{id}/righe", "legge"),
    ("post", "/api/v1/emergenze/{id}/righe", "registra"),
    ("post", "/api/v1/emergenze/{id}/righe/{riga}/ritiro", "registra"),
    ("post", "/api/v1/emergenze/{id}/recuperi", "registra"),
    ("post", "/api/v1/differimenti", "annulla"),
    ("post", "/api/v1/differimenti/{id}/chiusura", "annulla"),
    ("get", "/api/v1/proposte", "legge"),
    ("get", "/api/v1/registri", "legge"),
    ("get", "/api/v1/registri/{chiusura}/{forma}", "legge"),
    ("post", "/api/v1/proposte/{id}/decisione", "annulla"),
    ("post", "/api/v1/pec/messaggi/{id}/esclusione", "registra"),
    ("post", "/api/v1/pec/messaggi/{id}/ripristino", "registra"),
    ("get", "/api/v1/esclusi", "legge"),
    ("post", "/api/v1/esclusi", "annulla"),
    ("get", "/api/v1/regole", "legge"),
    ("post", "/api/v1/regole", "annulla"),
    ("get", "/api/v1/regole/{id}", "legge"),
    ("post", "/api/v1/regole/{id}", "annulla"),
    ("post", "/api/v1/regole/{id}/anteprima", "annulla"),
    ("post", "/api/v1/regole/{id}/stato", "annulla"),
    ("post", "/api/v1/regole/generi", "annulla"),
    ("get", "/api/v1/orologio", "legge"),
    ("post", "/api/v1/orologio/conferma", "annulla"),
    ("get", "/api/v1/sostituzioni", "legge"),
    ("post", "/api/v1/sostituzioni", "amministra"),
    ("post", "/api/v1/sostituzioni/{id}/revoca", "amministra"),
    ("get", "/api/v1/uffici", "legge"),
    ("post", "/api/v1/uffici", "amministra"),
    ("post", "/api/v1/uffici/{codice}/denominazione", "amministra"),
    ("post", "/api/v1/uffici/{codice}/spostamento", "amministra"),
    ("post", "/api/v1/uffici/{codice}/chiusura", "amministra"),
    ("post", "/api/v1/persone", "amministra"),
    ("post", "/api/v1/persone/{nomeUtente}/ruoli", "amministra"),
    ("post", "/api/v1/persone/{nomeUtente}/ruoli-tolti", "amministra"),
    ("post", "/api/v1/rubrica/{id}/dati", "registra"),
    ("post", "/api/v1/rubrica/{id}/recapiti", "registra"),
    ("post", "/api/v1/rubrica/{id}/recapiti/{recapito}/ritiro", "registra"),
    ("post", "/api/v1/rubrica/{id}/proposte/{proposta}/decisione", "registra"),
    ("post", "/api/v1/rubrica/{id}/unioni", "registra"),
    ("post", "/api/v1/rubrica/{id}/unioni/{unione}/scioglimento", "registra"),
    ("get", "/api/v1/predisposti", "legge"),
    ("get", "/api/v1/registrazioni/{id}/visioni", "legge"),
    ("post", "/api/v1/registrazioni/{id}/visioni", "annulla"),
    ("post", "/api/v1/registrazioni/{id}/visioni/{visione}/revoca", "annulla"),
];

fn gettone(casa: &Casa, permessi: &str) -> (String, String) {
    let uscita = comando(casa, &["token", "crea", "--aoo", "AX99Z01", "--nome", "Ristretta", "--permessi", permessi]);
    assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stderr));
    let detto = String::from_utf8(uscita.stderr).unwrap();
    let id = detto.split("Applicazione ").nth(1).unwrap().split('.').next().unwrap().to_owned();
    (String::from_utf8(uscita.stdout).unwrap().trim().to_owned(), id)
}

fn chiama(url: &str, gettone: &str, metodo: &str, strada: &str) -> Risposta {
    let mut quale = strada.replace("{sha256}", &"ab".repeat(32)).replace("{codice}", "NESSUNO");
    for nome in
        ["{id}", "{collegamento}", "{recapito}", "{proposta}", "{unione}", "{nomeUtente}", "{visione}", "{chiusura}"]
    {
        quale = quale.replace(nome, "0192f0e4-0000-7000-8000-000000000000");
    }
    match (metodo, strada) {
        ("get", _) => leggi(&format!("{url}{quale}"), gettone),
        (_, "/api/v1/registrazioni") => registra(url, gettone, gettone, &entrata("Istanza"), b"x").unwrap(),
        _ => chiama_json(&format!("{url}{quale}"), gettone, "{}"),
    }
}

/// True if the token was not for this call. One that is may still need a person.
fn negata(risposta: &Risposta) -> bool {
    risposta.stato == 403 && risposta.json()["type"] == "urn:tabulario:permesso-mancante"
}

su_entrambi! {
    fn a_token_makes_only_the_calls_it_was_given(casa) {
        let server = casa.server();
        for permesso in PermessoGettone::TUTTI.map(PermessoGettone::as_str) {
            let (gettone, _) = gettone(casa, permesso);
            for (metodo, strada, serve) in STRADE {
                let risposta = chiama(&server.url, &gettone, metodo, strada);
                assert_eq!(negata(&risposta), serve != permesso, "{metodo} {strada} with {permesso}: {}", risposta.stato);
                assert_ne!(risposta.stato, 401, "{metodo} {strada}");
            }
        }
        // One without a list makes them all.
        for (metodo, strada, _) in STRADE {
            let risposta = chiama(&server.url, &casa.gettone, metodo, strada);
            assert!(!negata(&risposta) && risposta.stato != 401, "{metodo} {strada}: {}", risposta.stato);
            assert_eq!(chiama(&server.url, "tab_sbagliato", metodo, strada).stato, 401, "{metodo} {strada}");
        }
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn a_refusal_says_which_permesso_is_missing_and_nothing_else(casa) {
        let server = casa.server();
        let fatta = registra(&server.url, &casa.gettone, "k", &entrata("Istanza"), b"x").unwrap().json();
        let (gettone, id) = gettone(casa, "spedisce, registra");
        let strada = |id: &str| format!("{}/api/v1/registrazioni/{id}", server.url);
        let [c_e, non_c_e] = [fatta["id"].as_str().unwrap(), "0192f0e4-0000-7000-8000-000000000000"].map(|id| leggi(&strada(id), &gettone));
        assert_eq!((c_e.stato, c_e.json()), (403, non_c_e.json()));
        assert_eq!((c_e.tipo.as_str(), c_e.json()["type"].as_str()), ("application/problem+json", Some("urn:tabulario:permesso-mancante")));
        assert!(c_e.json()["detail"].as_str().unwrap().contains("«legge»"), "{}", c_e.json());
        // What it may do answers with what it made.
        let mut altra = entrata("Altra");
        altra["voce"] = "VI.3".into();
        altra["ufficio"] = "EDIL".into();
        assert_eq!(registra(&server.url, &gettone, "k", &altra, b"x").unwrap().stato, 201);
        assert!(comando(casa, &["token", "revoca", "--aoo", "AX99Z01", &id]).status.success());
        assert_eq!(registra(&server.url, &gettone, "k", &altra, b"x").unwrap().stato, 401);
        for cattivo in ["", "tutto", "legge,", "comanda"] {
            let no = comando(casa, &["token", "crea", "--aoo", "AX99Z01", "--nome", "x", "--permessi", cattivo]);
            assert_eq!(no.status.code(), Some(2), "{cattivo:?}");
            assert!(String::from_utf8_lossy(&no.stderr).contains("legge, registra, assegna"), "{cattivo:?}");
        }
        assert!(casa.sql("UPDATE applicazioni SET permessi = NULL").is_err());
    }
}

#[test]
fn every_road_of_the_api_is_in_the_table_and_says_its_refusal() {
    let casa = Casa::sqlite();
    let server = casa.server();
    let openapi = leggi(&format!("{}/api/v1/openapi.json", server.url), "").json();
    let mut descritte = BTreeSet::new();
    for (strada, metodi) in openapi["paths"].as_object().unwrap() {
        for (metodo, operazione) in metodi.as_object().unwrap().iter().filter(|(m, _)| *m != "parameters") {
            assert!(operazione["responses"]["403"].is_object(), "{metodo} {strada}");
            descritte.insert((metodo.clone(), strada.clone()));
        }
    }
    let nella_tabella: BTreeSet<_> = STRADE.iter().map(|(m, s, _)| ((*m).to_owned(), (*s).to_owned())).collect();
    assert_eq!(descritte, nella_tabella);
    // And what is described is what is served, with the description itself and the answer for the rest.
    let servite = include_str!("../../src/web/api/mod.rs").matches("web::get().to(").count()
        + include_str!("../../src/web/api/mod.rs").matches("web::post().to(").count();
    assert_eq!(servite, STRADE.len() + 1);
}
