//! A registration is annulled, and stays (DPR 445/2000 art. 54).

use crate::casa::{Casa, chiama_json, comando, entrata, leggi, registra, su_entrambi};
use crate::pagine::cliente::{Cliente, assumi};
use crate::posta;
use serde_json::{Value, json};
use tabulario::utenti::Ruolo;

fn annulla(casa: &Casa, url: &str, id: &str, corpo: &Value) -> (u16, Value) {
    let strada = format!("{url}/api/v1/registrazioni/{id}/annullamento");
    let risposta = chiama_json(&strada, &casa.gettone, &corpo.to_string());
    (risposta.stato, risposta.json())
}

fn una(casa: &Casa, url: &str, oggetto: &str) -> String {
    registra(url, &casa.gettone, oggetto, &entrata(oggetto), b"atto").unwrap().json()["id"].as_str().unwrap().to_owned()
}

su_entrambi! {
    fn an_annulled_registration_keeps_its_number_and_says_why(casa) {
        let server = casa.server();
        let (prima, seconda) = (una(casa, &server.url, "Prima"), una(casa, &server.url, "Seconda"));
        let motivo = json!({ "motivo": "Registrata due volte" });
        let (stato, annullata) = annulla(casa, &server.url, &seconda, &motivo);
        assert_eq!(stato, 201, "{annullata}");
        let a = &annullata["annullamenti"][0];
        assert_eq!((a["provvedimento"]["numero"].as_i64(), a["motivo"].as_str()), (Some(1), Some("Registrata due volte")));
        for parte in ["0000002", "Registrata due volte", "Provvedimento di annullamento n. 1/", "applicazione Prova"] {
            assert!(a["testo"].as_str().unwrap().contains(parte), "{parte} is not in {a}");
        }
        assert_eq!((annullata["numero"].as_str(), annullata["oggetto"].as_str()), (Some("0000002"), Some("Seconda")));
        let (stato, ancora) = annulla(casa, &server.url, &seconda, &motivo);
        assert_eq!((stato, ancora["type"].as_str()), (409, Some("urn:tabulario:gia-annullata")));
        for cattivo in [json!({}), json!({ "motivo": " " }), json!({ "motivo": "x", "altro": 1 }), json!([])] {
            assert_eq!(annulla(casa, &server.url, &prima, &cattivo).0, 422, "{cattivo}");
        }
        assert_eq!(annulla(casa, &server.url, "0192f0e4-0000-7000-8000-000000000000", &motivo).0, 404);
        assert_eq!(annulla(casa, &server.url, &prima, &motivo).1["annullamenti"][0]["provvedimento"]["numero"], 2);
        // The next number goes on, and the list still holds both.
        una(casa, &server.url, "Terza");
        let elenco = leggi(&format!("{}/api/v1/registrazioni", server.url), &casa.gettone).json();
        let numeri: Vec<_> = elenco["risultati"].as_array().unwrap().iter().map(|r| r["numero"].as_str().unwrap()).collect();
        assert_eq!(numeri, ["0000003", "0000002", "0000001"]);
        let trovata = leggi(&format!("{}/api/v1/ricerca?q=Seconda", server.url), &casa.gettone).json();
        assert_eq!((trovata["totale"].as_u64(), trovata["risultati"][0]["annullata"].as_bool()), (Some(1), Some(true)), "{trovata}");
        assert!(comando(casa, &["controlla"]).status.success());
        assert!(casa.sql("UPDATE contatori_provvedimenti SET ultimo = ultimo + 2").is_err());
        assert!(casa.sql("UPDATE annullamenti SET motivo = 'altro'").is_err());
    }

    fn the_message_of_an_annulled_registration_waits_again(casa) {
        let casella = posta::casella(casa, &["01"]);
        assert_eq!(posta::ricevi(casa, &casella), 1);
        let server = casa.server();
        let messaggio = || posta::messaggi(casa, &server.url).pop().unwrap();
        let (stato, fatta) = posta::protocolla(casa, &server.url, &messaggio()["id"], "uno");
        assert_eq!((stato, messaggio()["stato"].as_str()), (201, Some("protocollato")));
        assert_eq!(posta::protocolla(casa, &server.url, &messaggio()["id"], "due").0, 409);
        annulla(casa, &server.url, fatta["id"].as_str().unwrap(), &json!({ "motivo": "Mittente sbagliato" }));
        assert_eq!(messaggio()["stato"], "da-protocollare");
        let (stato, rifatta) = posta::protocolla(casa, &server.url, &messaggio()["id"], "tre");
        assert_eq!((stato, rifatta["numero"].as_str()), (201, Some("0000002")), "{rifatta}");
        assert_eq!(messaggio()["registrazione"], rifatta["id"]);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn only_the_rsp_annuls_and_everybody_sees_it(casa) {
        let server = casa.server();
        let id = una(casa, &server.url, "Istanza");
        for (nome, ruolo) in [("anna", Ruolo::Operatore), ("marta", Ruolo::Addetto), ("giorgio", Ruolo::Rsp)] {
            assumi(casa, nome, ruolo);
        }
        let strada = format!("/registrazioni/{id}");
        let annulla = |chi: &Cliente<'_>, altro: &str| {
            let modulo = chi.apri(&strada).campo("modulo");
            chi.modulo_semplice(&format!("{strada}/annullamento"), &format!("modulo={modulo}{altro}"))
        };
        for nome in ["anna", "marta"] {
            let chi = Cliente::dentro(&server, nome);
            assert!(!chi.apri(&strada).html.contains("Annulla la registrazione"), "{nome}");
            assert_eq!(annulla(&chi, "&motivo=x&conferma=1").stato, 404, "{nome}");
        }
        let giorgio = Cliente::dentro(&server, "giorgio");
        assert!(giorgio.apri(&strada).html.contains("Annulla la registrazione"));
        for (altro, frase) in [("&motivo=+&conferma=1", "Scrivi il motivo"), ("&motivo=Doppia", "Metti la spunta")] {
            let rifiutata = annulla(&giorgio, altro);
            assert!(rifiutata.stato == 422 && rifiutata.html.contains(frase), "{}", rifiutata.html);
        }
        assert_eq!(casa.conta("annullamenti"), 0);
        assert_eq!(annulla(&giorgio, "&motivo=Doppia+%3Cb%3E&conferma=1").stato, 303);
        let anna = Cliente::dentro(&server, "anna");
        for (dove, parti) in [(strada.as_str(), ["Annullata", "Doppia &#60;b&#62;"]), ("/registro", ["annullata", "provvedimento n. 1/"])] {
            let html = anna.apri(dove).html;
            assert!(parti.iter().all(|p| html.contains(p)), "{dove}: {html}");
        }
        assert!(!giorgio.apri(&strada).html.contains("Annulla la registrazione"));
    }

    fn an_assignment_over_the_api_gives_sight_and_stays_in_the_history(casa) {
        let server = casa.server();
        let id = una(casa, &server.url, "Istanza");
        let crea = comando(casa, &["ufficio", "crea", "--aoo", "AX99Z01", "--codice", "SUAP", "--nome", "Attività produttive"]);
        assert!(crea.status.success());
        let strada = format!("{}/api/v1/registrazioni/{id}/assegnazioni", server.url);
        let assegna = |corpo: &Value| chiama_json(&strada, &casa.gettone, &corpo.to_string());
        let fatta = assegna(&json!({ "ufficio": "SUAP" }));
        assert_eq!(fatta.stato, 201);
        assert_eq!((fatta.json()["ufficio"].as_str(), fatta.json()["assegnazioni"].as_array().map(Vec::len)), (Some("SUAP"), Some(2)));
        assert_eq!(assegna(&json!({ "ufficio": "EDIL", "titolo": "conoscenza" })).json()["ufficio"], "SUAP");
        for cattivo in [json!({}), json!({ "ufficio": "NIENTE" }), json!({ "ufficio": "SUAP", "titolo": "boh" })] {
            assert_eq!(assegna(&cattivo).stato, 422, "{cattivo}");
        }
        assert!(comando(casa, &["controlla"]).status.success());
    }
}
