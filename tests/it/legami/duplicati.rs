//! Duplicates are recognised, shown to who may see them, and stop nobody.

use super::con;
use crate::casa::{Casa, Server, chiama_json, entrata, leggi, registra, su_entrambi, uscita};
use crate::pagine::cliente::{Cliente, Pagina, assumi, tributi};
use crate::pagine::{arriva, compila};
use crate::posta;
use serde_json::{Value, json};
use tabulario::utenti::Ruolo;

fn duplicati(fatta: &Value) -> Vec<&str> {
    fatta["duplicati"].as_array().unwrap().iter().map(|d| d.as_str().unwrap()).collect()
}

/// The form of a new entrata with one file, sent; `altri` over its fields.
fn manda(chi: &Cliente<'_>, pagina: &Pagina, altri: &[(&str, &str)]) -> Pagina {
    compila(chi, pagina, "Istanza di Rossi", altri)
}

fn del_mittente(oggetto: &str, nome: &str, numero: &str, data: Option<&str>) -> Value {
    let mut chiesta = entrata(oggetto);
    chiesta["corrispondenti"] = json!([{ "ruolo": "mittente", "tipo": "amministrazione", "denominazione": nome }]);
    chiesta["protocolloMittente"] = json!({ "numero": numero, "data": data });
    chiesta
}

fn annulla(casa: &Casa, server: &Server, id: &str) {
    let strada = format!("{}/api/v1/registrazioni/{id}/annullamento", server.url);
    assert_eq!(chiama_json(&strada, &casa.gettone, "{ \"motivo\": \"Doppia\" }").stato, 201);
}

su_entrambi! {
    fn over_the_api_a_duplicate_is_told_and_never_refused(casa) {
        let server = casa.server();
        let prima = con(casa, &server, &entrata("Prima"), b"lo stesso atto");
        assert!(duplicati(&prima).is_empty(), "{prima}");
        let id = prima["id"].as_str().unwrap();
        let seconda = con(casa, &server, &entrata("Seconda"), b"lo stesso atto");
        assert_eq!((duplicati(&seconda), &seconda["numero"]), (vec![id], &json!("0000002")));
        // Read again it says the same, and the first one is nobody's duplicate.
        let letta = |id: &str| leggi(&format!("{}/api/v1/registrazioni/{id}", server.url), &casa.gettone).json();
        assert_eq!(letta(seconda["id"].as_str().unwrap()), seconda);
        assert!(duplicati(&letta(id)).is_empty());
        // The answer that carries what it answers, another file and two empty files are none.
        assert!(duplicati(&con(casa, &server, &uscita("Risposta"), b"lo stesso atto")).is_empty());
        assert!(duplicati(&con(casa, &server, &entrata("Altro"), b"un altro atto")).is_empty());
        con(casa, &server, &entrata("Vuota"), b"");
        assert!(duplicati(&con(casa, &server, &entrata("Vuota anche questa"), b"")).is_empty());
        // What was annulled is registered again on purpose.
        annulla(casa, &server, id);
        annulla(casa, &server, seconda["id"].as_str().unwrap());
        assert!(duplicati(&con(casa, &server, &entrata("Rifatta"), b"lo stesso atto")).is_empty());
    }

    fn the_same_number_of_the_same_sender_in_the_same_year_is_told(casa) {
        let server = casa.server();
        let anno = con(casa, &server, &entrata("x"), b"x")["anno"].as_i64().unwrap();
        let quest_anno = format!("{anno}-01-15");
        let prima = con(casa, &server, &del_mittente("Nota", "Provincia di Esempio", "77/A", Some(&quest_anno)), b"1");
        let id = prima["id"].as_str().unwrap();
        for (nome, numero, data, doppia) in [
            ("PROVINCIA di esempio", "77/A", Some(quest_anno.as_str()), true),
            ("Provincia di Esempio", "77/A", None, true),
            ("Provincia di Esempio", "78/A", None, false),
            ("Regione Esempio", "77/A", None, false),
            ("Provincia di Esempio", "77/A", Some("1999-01-15"), false),
        ] {
            let fatta = con(casa, &server, &del_mittente(&format!("{nome} {numero} {data:?}"), nome, numero, data), nome.as_bytes());
            assert_eq!(duplicati(&fatta).contains(&id), doppia, "{nome} {numero} {data:?}: {fatta}");
        }
    }

    fn an_annulled_number_is_no_duplicate(casa) {
        let server = casa.server();
        let prima = con(casa, &server, &del_mittente("Prima", "Provincia", "77/A", None), b"1");
        let strada = format!("{}/api/v1/registrazioni/{}/annullamento", server.url, prima["id"].as_str().unwrap());
        let dato = json!({ "campo": "protocolloMittente", "valore": { "numero": "78/A" }, "riservato": true });
        let corpo = json!({ "motivo": "Scritto male", "dato": dato }).to_string();
        let annullata = chiama_json(&strada, &casa.gettone, &corpo);
        assert_eq!(annullata.stato, 201, "{}", annullata.json());
        let seconda = con(casa, &server, &del_mittente("Seconda", "Provincia", "77/A", None), b"2");
        assert!(duplicati(&seconda).is_empty(), "{seconda}");
        let terza = con(casa, &server, &del_mittente("Terza", "Provincia", "77/A", None), b"3");
        assert_eq!(duplicati(&terza), [seconda["id"].as_str().unwrap()]);
    }

    fn a_list_tells_neither_duplicates_nor_links(casa) {
        let server = casa.server();
        let prima = con(casa, &server, &entrata("Prima"), b"lo stesso atto");
        let seconda = con(casa, &server, &entrata("Seconda"), b"lo stesso atto");
        let elenco = |domanda: &str| {
            let strada = format!("{}/api/v1/registrazioni{domanda}", server.url);
            leggi(&strada, &casa.gettone).json()["risultati"].as_array().unwrap().clone()
        };
        let tutte = elenco("");
        assert_eq!(tutte.len(), 2);
        for r in &tutte {
            assert!(r.get("duplicati").is_none() && r.get("collegamenti").is_none(), "{r}");
        }
        // Asked by its number it is read alone.
        assert_eq!(elenco("?numero=2"), [seconda]);
        assert_eq!(elenco("?numero=1"), [prima]);
    }

    fn the_form_shows_the_earlier_one_and_goes_on_when_told(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let nuova = || anna.apri("/registrazioni/nuova?flusso=entrata");
        let file = [("file:principale", "un atto")];
        assert_eq!(manda(&anna, &nuova(), &file).stato, 303);
        let modulo = nuova();
        let mostrata = manda(&anna, &modulo, &[&file[..], &[("mittente-numero", "12")]].concat());
        assert_eq!(mostrata.stato, 200, "{}", mostrata.html);
        for parte in ["Forse già protocollato", "0000001/", "stesso file", "Bianchi Maria", "Nessun numero è stato usato", "value=\"12\""] {
            assert!(mostrata.html.contains(parte), "{parte} is not in {}", mostrata.html);
        }
        assert_eq!(casa.conta("registrazioni"), 1);
        // Only who was shown this one goes on; the file is not sent again.
        let tenuto = mostrata.campo("tenuto");
        let comunque = mostrata.campo("comunque");
        let ancora = |comunque: &str| {
            let altri = [("tenuto", tenuto.as_str()), ("mittente-numero", "12"), ("comunque", comunque)];
            manda(&anna, &modulo, &altri)
        };
        assert_eq!(ancora("1").stato, 200);
        assert_eq!(casa.conta("registrazioni"), 1);
        let fatta = ancora(&comunque);
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        assert_eq!(ancora(&comunque).testata("location"), fatta.testata("location"), "the same form twice is one number");
        assert_eq!(casa.conta("registrazioni"), 2);
        assert!(anna.apri(fatta.testata("location")).html.contains("12"));
    }

    fn a_hash_is_no_oracle(casa) {
        let server = casa.server();
        tributi(casa);
        assumi(casa, "anna", Ruolo::Operatore);
        assumi(casa, "rosa", Ruolo::Rsp);
        let mut segreta = del_mittente("Riservatissima", "Provincia", "5", None);
        segreta["riservato"] = json!(true);
        segreta["ufficio"] = json!("TRIB");
        con(casa, &server, &segreta, b"un atto segreto");
        for (nome, stato) in [("anna", 303), ("rosa", 200)] {
            let chi = Cliente::dentro(&server, nome);
            let altri = [
                ("file:principale", "un atto segreto"),
                ("mittente-numero", "5"),
                ("parte-0-tipo", "amministrazione"),
                ("parte-0-cognome", "Provincia"),
                ("parte-0-nome", ""),
            ];
            let esito = manda(&chi, &chi.apri("/registrazioni/nuova?flusso=entrata"), &altri);
            assert_eq!(esito.stato, stato, "{nome}: {}", esito.html);
            assert_eq!(esito.html.contains("Riservatissima"), nome == "rosa");
        }
    }

    fn a_message_that_came_twice_is_told_before_and_when_it_is_registered(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        for nome in ["01-cittadina-istanza-permesso", "15-doppione-in-altra-casella"] {
            arriva(casa, nome);
        }
        let anna = Cliente::dentro(&server, "anna");
        let strada = |n: usize| {
            let messaggi = posta::messaggi(casa, &server.url);
            format!("/da-protocollare/{}", messaggi[n]["id"].as_str().unwrap())
        };
        let pagina = anna.apri(&strada(0));
        assert!(!pagina.html.contains("Protocolla lo stesso"));
        let invia = |strada: &str, pagina: &Pagina, altro: &str| {
            let corpo = format!(
                "modulo={}&chiave={}&mittente=Elena+Tarsi&oggetto=Oggetto+corretto&voce=VI.3&ufficio=EDIL{altro}",
                pagina.campo("modulo"), pagina.campo("chiave")
            );
            anna.modulo_semplice(&format!("{strada}/protocollo"), &corpo)
        };
        assert_eq!(invia(&strada(0), &pagina, "").stato, 303);
        let doppia = anna.apri(&strada(1));
        for parte in ["Forse già protocollato", "0000001/", "stesso messaggio", "Protocolla lo stesso"] {
            assert!(doppia.html.contains(parte), "{parte} is not in {}", doppia.html);
        }
        let fermata = invia(&strada(1), &doppia, "");
        assert!(fermata.stato == 200 && fermata.html.contains("Oggetto corretto"), "what was typed is kept: {}", fermata.html);
        assert_eq!(casa.conta("registrazioni"), 1);
        let comunque = format!("&comunque={}", fermata.campo("comunque"));
        assert_eq!(invia(&strada(1), &fermata, &comunque).stato, 303);
        assert_eq!(casa.conta("registrazioni"), 2);
        // Over the API the same is told in the answer.
        arriva(casa, "02-altra-aoo-segnatura-60-2013");
        let messaggi = posta::messaggi(casa, &server.url);
        let (stato, fatta) = posta::protocolla(casa, &server.url, &messaggi[2]["id"], "k");
        assert!(stato == 201 && duplicati(&fatta).is_empty(), "{fatta}");
        let elenco = leggi(&format!("{}/api/v1/registrazioni", server.url), &casa.gettone).json();
        let di = |numero: &str| elenco["risultati"].as_array().unwrap().iter().find(|r| r["numero"] == numero).unwrap();
        let strada = format!("{}/api/v1/registrazioni/{}", server.url, di("0000002")["id"].as_str().unwrap());
        assert_eq!(duplicati(&leggi(&strada, &casa.gettone).json()), [di("0000001")["id"].as_str().unwrap()]);
        // The same key gets the same answer.
        assert_eq!(posta::protocolla(casa, &server.url, &messaggi[2]["id"], "k"), (201, fatta));
    }

    fn a_refused_duplicate_is_still_refused(casa) {
        let server = casa.server();
        con(casa, &server, &entrata("Prima"), b"un atto");
        let mut senza = entrata("Senza voce buona");
        senza["voce"] = json!("XV.99");
        assert_eq!(registra(&server.url, &casa.gettone, "k", &senza, b"un atto").unwrap().stato, 422);
        assert_eq!(casa.conta("registrazioni"), 1);
    }
}
