//! Fascicoli and classification over the API: acts that never undo each other, and a chain that knows them all.

use crate::casa::{Casa, chiama_json, comando, entrata, leggi, registra, su_entrambi};
use serde_json::{Value, json};
use tabulario::titolario::{self, TipoFascicolo};
use tabulario::utenti::visibilita::{Vista, concedi};
use tabulario::valori::Attore;

const NESSUNO: &str = "01a20113-bd15-70bc-a607-496733b59f69";

fn fascicolo(casa: &Casa, base: &str, voce: &str, oggetto: &str) -> Value {
    let corpo = json!({ "voce": voce, "oggetto": oggetto });
    let risposta = chiama_json(&format!("{base}/api/v1/fascicoli"), &casa.gettone, &corpo.to_string());
    assert_eq!(risposta.stato, 201, "{}", risposta.json());
    risposta.json()
}

fn pulito(casa: &Casa) {
    let esito = comando(casa, &["controlla"]);
    assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stdout));
}

su_entrambi! {
    fn fascicoli_are_numbered_by_voce_and_year(casa) {
        let server = casa.server();
        let uno = fascicolo(casa, &server.url, "VI.3", "Permessi di costruire, «via Garibaldi»");
        let due = fascicolo(casa, &server.url, "VI.3", "Altro");
        let altra = fascicolo(casa, &server.url, "I.1", "Leggi");
        let anno = uno["anno"].as_i64().unwrap();
        let codici = [&uno, &due, &altra].map(|f| f["codice"].as_str().unwrap().to_owned());
        assert_eq!(codici, [format!("{anno}/VI.3/1"), format!("{anno}/VI.3/2"), format!("{anno}/I.1/1")]);
        assert_eq!((&uno["tipo"], &uno["oggetto"]), (&json!("affare"), &json!("Permessi di costruire, «via Garibaldi»")));
        let elenco = leggi(&format!("{}/api/v1/fascicoli", server.url), &casa.gettone).json();
        assert_eq!(elenco, json!({ "risultati": [altra, due, uno], "cursore": null }));
        pulito(casa);
    }

    fn a_registration_is_filed_when_it_is_made_and_later_again(casa) {
        let server = casa.server();
        let (uno, due) = (fascicolo(casa, &server.url, "I.1", "Uno"), fascicolo(casa, &server.url, "VI.3", "Due"));
        let mut chiesta = entrata("Istanza");
        chiesta["fascicolo"] = uno["id"].clone();
        let fatta = registra(&server.url, &casa.gettone, "k", &chiesta, b"x").unwrap().json();
        // Without a voce of its own it takes that of the fascicolo, before the default of the token.
        assert_eq!((&fatta["fascicolo"], &fatta["voce"]), (&uno["id"], &json!("I.1")), "{fatta}");
        let archivia = |f: &Value, corpo: &Value| {
            let url = format!("{}/api/v1/fascicoli/{}/documenti", server.url, f["id"].as_str().unwrap());
            chiama_json(&url, &casa.gettone, &corpo.to_string())
        };
        let corpo = json!({ "registrazione": fatta["id"] });
        let dentro = archivia(&due, &corpo);
        assert_eq!((dentro.stato, &dentro.json()["documenti"]["risultati"][0]["id"]), (201, &fatta["id"]));
        assert_eq!(archivia(&due, &corpo).stato, 201);
        assert_eq!(casa.conta("fascicolazioni"), 2, "filed twice in the same place is once");
        let letta = leggi(&format!("{}/api/v1/registrazioni/{}", server.url, fatta["id"].as_str().unwrap()), &casa.gettone).json();
        assert_eq!((&letta["fascicolo"], &letta["fascicoli"]), (&due["id"], &json!([due, uno])));
        for (f, corpo, stato) in [
            (&json!({ "id": NESSUNO }), corpo.clone(), 404),
            (&due, json!({ "registrazione": NESSUNO }), 404),
            (&due, json!({ "registrazione": "niente" }), 422),
            (&due, json!({}), 422),
        ] {
            assert_eq!(archivia(f, &corpo).stato, stato, "{corpo}");
        }
        pulito(casa);
    }

    fn a_new_voce_takes_the_place_of_the_old_one_which_stays(casa) {
        let server = casa.server();
        let fatta = registra(&server.url, &casa.gettone, "k", &entrata("Istanza"), b"x").unwrap().json();
        let id = fatta["id"].as_str().unwrap();
        let classifica = |id: &str, corpo: &str| {
            chiama_json(&format!("{}/api/v1/registrazioni/{id}/classificazione", server.url), &casa.gettone, corpo)
        };
        let nuova = classifica(id, r#"{ "voce": "I.1" }"#);
        assert_eq!((nuova.stato, &nuova.json()["voce"]), (201, &json!("I.1")));
        assert_eq!(casa.conta("classificazioni"), 2);
        for (id, corpo, stato) in [
            (NESSUNO, r#"{ "voce": "I.1" }"#, 404),
            ("niente", r#"{ "voce": "I.1" }"#, 404),
            (id, r#"{ "voce": "XV.99" }"#, 422),
            (id, r#"{ "voce": 7 }"#, 422),
            (id, "{}", 422),
            (id, r#"{ "voce": "I.1", "altro": 1 }"#, 422),
            (id, "non json", 400),
        ] {
            let risposta = classifica(id, corpo);
            assert_eq!((risposta.stato, risposta.tipo.as_str()), (stato, "application/problem+json"), "{corpo}");
        }
        pulito(casa);
    }

    fn what_is_wrong_or_not_there_is_refused(casa) {
        let server = casa.server();
        let url = format!("{}/api/v1/fascicoli", server.url);
        for (corpo, stato) in [
            (r#"{ "voce": "XV.99", "oggetto": "x" }"#, 422),
            (r#"{ "voce": "VI.3" }"#, 422),
            (r#"{ "voce": "VI.3", "oggetto": "x", "tipo": "pratica" }"#, 422),
            (r#"{ "voce": "VI.3", "oggetto": "x", "numero": 7 }"#, 422),
            ("[]", 422),
            ("", 400),
        ] {
            assert_eq!(chiama_json(&url, &casa.gettone, corpo).stato, stato, "{corpo}");
        }
        assert_eq!(chiama_json(&url, &casa.gettone, &"9".repeat(300_000)).stato, 413);
        assert_eq!(chiama_json(&url, "tab_sbagliato", r#"{ "voce": "VI.3", "oggetto": "x" }"#).stato, 401);
        assert_eq!(leggi(&format!("{url}/{NESSUNO}"), &casa.gettone).stato, 404);
        assert_eq!(leggi(&format!("{url}/niente"), &casa.gettone).stato, 404);
        let mut chiesta = entrata("Istanza");
        chiesta["fascicolo"] = json!(NESSUNO);
        let rifiuto = registra(&server.url, &casa.gettone, "k", &chiesta, b"x").unwrap();
        assert_eq!((rifiuto.stato, &rifiuto.json()["errors"][0]["pointer"]), (422, &json!("/fascicolo")));
        assert_eq!((casa.conta("fascicoli"), casa.conta("registrazioni")), (0, 0));
    }

    fn an_office_sees_only_the_fascicoli_it_was_granted(casa) {
        let io = Attore::Sistema("comando");
        let apri = |oggetto: &str| {
            casa.db.scrivi(casa.aoo.id, &io, |op| {
                titolario::apri_fascicolo(op, &casa.voce, oggetto.parse().unwrap(), TipoFascicolo::Procedimento)
            }).unwrap()
        };
        let (suo, altrui) = (apri("Suo"), apri("Altrui"));
        casa.db.scrivi(casa.aoo.id, &io, |op| concedi(op, suo.id, casa.ufficio.id, "apertura")).unwrap();
        let vista = Vista::Uffici(casa.aoo.id, vec![casa.ufficio.id].into());
        let visti = casa.db.leggi(|conn| titolario::fascicoli(conn, &vista, None, 10)).unwrap();
        assert_eq!(visti, std::slice::from_ref(&suo));
        assert_eq!(casa.db.leggi(|conn| titolario::fascicolo(conn, &vista, suo.id)).unwrap(), suo);
        assert!(casa.db.leggi(|conn| titolario::fascicolo(conn, &vista, altrui.id)).is_err());
    }

    fn the_acts_of_a_fascicolo_are_guarded(casa) {
        let server = casa.server();
        let f = fascicolo(casa, &server.url, "VI.3", "Uno");
        let mut chiesta = entrata("Istanza");
        chiesta["fascicolo"] = f["id"].clone();
        registra(&server.url, &casa.gettone, "k", &chiesta, b"x").unwrap();
        for sql in [
            "UPDATE fascicoli SET oggetto = 'x'",
            "DELETE FROM fascicolazioni",
            "UPDATE contatori_fascicoli SET ultimo = ultimo + 2",
            "DELETE FROM contatori_fascicoli",
        ] {
            assert!(casa.sql(sql).is_err_and(|e| e.contains("tabulario")), "{sql}");
        }
    }
}
