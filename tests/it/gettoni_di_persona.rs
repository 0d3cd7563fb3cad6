//! Tokens of people: they do and see what their person may at that moment, and the acts are the person's.

use crate::casa::{Casa, Risposta, Rotto, Server, chiama_json, comando, entrata, leggi, registra, su_entrambi, uscita};
use crate::pagine::arriva;
use crate::pagine::cliente::tributi;
use crate::permessi_api::{affida, assunta, gettone_di, persona};
use serde_json::Value;
use tabulario::storage::Operazione;
use tabulario::utenti::{self, Persona, Ruolo};
use tabulario::valori::Attore;

fn scrivi(casa: &Casa, f: impl FnOnce(&mut Operazione<'_>) -> Result<(), Rotto>) {
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), f).unwrap();
}

fn apri(server: &Server, strada: &str, gettone: &str) -> Risposta {
    leggi(&format!("{}/api/v1{strada}", server.url), gettone)
}

fn manda(server: &Server, strada: &str, gettone: &str, corpo: &str) -> Risposta {
    chiama_json(&format!("{}/api/v1{strada}", server.url), gettone, corpo)
}

/// Registers what is right, for an office, and gives its id.
fn registrata(server: &Server, gettone: &str, chiave: &str, ufficio: &str, riservato: bool) -> String {
    let mut chiesta = entrata("Istanza");
    (chiesta["ufficio"], chiesta["riservato"]) = (ufficio.into(), riservato.into());
    let fatta = registra(&server.url, gettone, chiave, &chiesta, chiave.as_bytes()).unwrap();
    assert_eq!(fatta.stato, 201, "{}", fatta.json());
    fatta.json()["id"].as_str().unwrap().to_owned()
}

/// True if this actor is that person, with an application.
fn con_applicazione(attore: &Value, chi: &Persona) -> bool {
    let letto: Attore = attore.as_str().unwrap().parse().unwrap();
    matches!(letto, Attore::ConApplicazione { persona, .. } if persona == chi.id)
}

su_entrambi! {
    fn a_role_taken_back_is_none_from_the_next_call_on(casa) {
        let server = casa.server();
        let (marta, gettone) = assunta(casa, "marta", Ruolo::Operatore, &casa.ufficio);
        let id = registrata(&server, &gettone, "k", "EDIL", false);
        let stati = || [apri(&server, "/differimenti", &gettone), apri(&server, &format!("/registrazioni/{id}"), &gettone)].map(|r| r.stato);
        assert_eq!(stati(), [200, 200]);
        scrivi(casa, |op| Ok(utenti::togli_ruolo(op, &marta, &casa.ufficio, Ruolo::Operatore)?));
        assert_eq!(stati(), [404, 404]);
        affida(casa, casa.aoo.id, &marta, (&casa.ufficio, Ruolo::Addetto));
        assert_eq!(stati(), [404, 200], "an addetto has no register, and sees what the office has");
        scrivi(casa, |op| Ok(utenti::escludi(op, &marta)?));
        assert_eq!(stati(), [401, 401]);
        scrivi(casa, |op| Ok(utenti::riammetti(op, &marta)?));
        assert_eq!(stati(), [401, 401], "a token that was taken away with its person does not come back with them");
        let nuovo = gettone_di(casa, casa.aoo.id, &marta);
        assert_eq!(apri(&server, &format!("/registrazioni/{id}"), &nuovo).stato, 200);
    }

    fn a_token_of_a_person_is_made_by_command_and_restricted_like_any_other(casa) {
        let server = casa.server();
        let crea = |permessi: &[&str]| {
            let comune = ["token", "crea", "--aoo", "AX99Z01", "--nome", "Penna", "--utente", "marta"];
            comando(casa, &[&comune, permessi].concat())
        };
        let ignota = crea(&[]);
        assert_eq!(ignota.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&ignota.stderr).contains("l'utente «marta» non esiste"));
        let marta = persona(casa, "marta");
        let senza = crea(&[]);
        assert_eq!(senza.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&senza.stderr).contains("marta non ha ruoli in questa AOO"));
        affida(casa, casa.aoo.id, &marta, (&casa.ufficio, Ruolo::Revisore));
        let uscita = crea(&["--permessi", "legge,classifica"]);
        assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stderr));
        let gettone = String::from_utf8(uscita.stdout).unwrap().trim().to_owned();
        let id = registrata(&server, &casa.gettone, "k", "EDIL", false);
        assert_eq!(apri(&server, &format!("/registrazioni/{id}"), &gettone).stato, 200);
        // The token is asked before the person, and the person before anything is looked for.
        let negata = manda(&server, "/fascicoli", &gettone, "{}");
        assert_eq!((negata.stato, negata.json()["type"].as_str()), (403, Some("urn:tabulario:permesso-mancante")));
        let strada = |id: &str| format!("/registrazioni/{id}/classificazione");
        let [c_e, non_c_e] = [id.as_str(), "0192f0e4-0000-7000-8000-000000000000"].map(|id| manda(&server, &strada(id), &gettone, r#"{ "voce": "VI.3" }"#));
        assert_eq!((c_e.stato, c_e.json()), (404, non_c_e.json()));
        assert!(casa.sql("UPDATE applicazioni SET persona_id = NULL").is_err());
        assert!(comando(casa, &["controlla"]).status.success());
        let detto = String::from_utf8(uscita.stderr).unwrap();
        let applicazione = detto.split("Applicazione ").nth(1).unwrap().split('.').next().unwrap();
        assert!(comando(casa, &["token", "revoca", "--aoo", "AX99Z01", applicazione]).status.success());
        assert_eq!(apri(&server, &format!("/registrazioni/{id}"), &gettone).stato, 401);
    }

    fn an_act_is_the_person_s_and_its_application_is_told(casa) {
        let server = casa.server();
        let (luca, gettone) = assunta(casa, "luca", Ruolo::Operatore, &casa.ufficio);
        let id = registrata(&server, &gettone, "k", "EDIL", false);
        let eventi = apri(&server, "/eventi", &casa.gettone).json();
        let fatto = eventi["risultati"].as_array().unwrap().iter().find(|e| e["oggetto"]["id"] == id.as_str()).unwrap().clone();
        assert!(con_applicazione(&fatto["attore"], &luca), "{fatto}");
        let presa = manda(&server, &format!("/registrazioni/{id}/presa-in-carico"), &gettone, r#"{ "ufficio": "EDIL" }"#).json();
        let assegnazione = &presa["assegnazioni"][0];
        assert_eq!(assegnazione["autore"], "Anna Verdi con l'applicazione Mano", "{presa}");
        assert!(con_applicazione(&assegnazione["movimenti"][0]["attore"], &luca), "{presa}");
        // What one took charge of is one's own with whatever program.
        let (altro, applicazione) = (gettone_di(casa, casa.aoo.id, &luca), casa.gettone.clone());
        for (gettone, quante) in [(altro, 1), (applicazione, 0)] {
            let sue = apri(&server, "/scrivania?ufficio=EDIL&gruppo=in-carico-a-me", &gettone).json();
            assert_eq!(sue["risultati"].as_array().unwrap().len(), quante, "{sue}");
        }
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn at_the_desk_a_person_is_of_their_own_offices_alone(casa) {
        let server = casa.server();
        let tributi = tributi(casa);
        let (_, luca) = assunta(casa, "luca", Ruolo::Addetto, &casa.ufficio);
        let (_, rita) = assunta(casa, "rita", Ruolo::Addetto, &tributi);
        let id = registrata(&server, &casa.gettone, "k", "EDIL", false);
        let fai = |gettone: &str, cosa: &str, corpo: &str| manda(&server, &format!("/registrazioni/{id}/{cosa}"), gettone, corpo);
        let (edil, trib) = (r#"{ "ufficio": "EDIL" }"#, r#"{ "ufficio": "TRIB" }"#);
        assert_eq!(fai(&rita, "presa-in-carico", trib).stato, 404, "not seen");
        assert_eq!(fai(&luca, "presa-in-carico", trib).stato, 404, "not his desk");
        assert_eq!(apri(&server, "/scrivania?ufficio=TRIB", &luca).stato, 404);
        assert_eq!(apri(&server, "/scrivania?ufficio=EDIL", &luca).stato, 200);
        assert_eq!(fai(&luca, "presa-in-carico", edil).stato, 201);
        // Whoever has it sends it on, once; it is no more theirs to send.
        assert_eq!(fai(&luca, "assegnazioni", trib).stato, 201);
        let di_altri = fai(&luca, "assegnazioni", edil);
        assert_eq!((di_altri.stato, di_altri.json()["type"].as_str()), (409, Some("urn:tabulario:di-altro-ufficio")));
        assert_eq!(fai(&luca, "termine", r#"{ "giorni": "30" }"#).stato, 409);
        // What is refused leaves the sight of who refused it: they are told its number, and no more.
        let rifiutata = fai(&rita, "rifiuto", r#"{ "ufficio": "TRIB", "motivo": "Non è nostra" }"#);
        let (detta, vista) = (rifiutata.json(), apri(&server, &format!("/registrazioni/{id}"), &casa.gettone).json());
        assert_eq!((rifiutata.stato, &detta["numero"], &detta["oggetto"]), (201, &vista["numero"], &Value::Null), "{detta}");
        assert_eq!(apri(&server, &format!("/registrazioni/{id}"), &rita).stato, 404);
        assert_eq!(vista["assegnazioni"][1]["stato"], "rifiutata", "{vista}");
    }

    fn who_registers_what_they_may_not_see_is_told_its_number(casa) {
        let server = casa.server();
        tributi(casa);
        let (_, luca) = assunta(casa, "luca", Ruolo::Operatore, &casa.ufficio);
        let mut chiesta = entrata("Segnalazione");
        (chiesta["ufficio"], chiesta["riservato"]) = ("TRIB".into(), true.into());
        let [prima, poi] = [0, 1].map(|_| registra(&server.url, &luca, "k", &chiesta, b"x").unwrap());
        assert_eq!((prima.stato, prima.json()), (201, poi.json()), "the same key finds the same number");
        let detta = prima.json();
        let campi: Vec<&str> = detta.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(campi, ["id", "aoo", "registro", "anno", "numero", "istante", "segnatura"]);
        let strada = format!("/registrazioni/{}", detta["id"].as_str().unwrap());
        assert_eq!((apri(&server, &strada, &luca).stato, apri(&server, &strada, &casa.gettone).stato), (404, 200));
        // An addetto registers what leaves, and not what arrives, whatever else is wrong with it.
        let (_, rita) = assunta(casa, "rita", Ruolo::Addetto, &casa.ufficio);
        chiesta["mezzo"] = "piccione".into();
        assert_eq!(registra(&server.url, &rita, "k", &chiesta, b"x").unwrap().stato, 404);
        let mut risposta = uscita("Risposta");
        (risposta["ufficio"], risposta["rispondeA"]) = ("EDIL".into(), detta["id"].clone());
        assert_eq!(registra(&server.url, &rita, "u", &risposta, b"x").unwrap().stato, 422, "what she answers does not exist for her");
        let sua = registra(&server.url, &casa.gettone, "u", &risposta, b"x").unwrap().json();
        let strada = format!("/registrazioni/{}", sua["id"].as_str().unwrap());
        assert_eq!(apri(&server, &strada, &rita).json()["rispondeA"], Value::Null, "nor is it named");
        assert_eq!(apri(&server, &strada, &casa.gettone).json()["rispondeA"], detta["id"]);
        assert_eq!(casa.conta("registrazioni"), 2);
    }

    fn the_feed_names_only_what_may_be_seen(casa) {
        let server = casa.server();
        tributi(casa);
        let gettoni = [Ruolo::Rsp, Ruolo::ResponsabileUfficio, Ruolo::Amministratore, Ruolo::Revisore]
            .map(|r| assunta(casa, r.as_str(), r, &casa.ufficio).1);
        let (aperta, segreta) = (registrata(&server, &casa.gettone, "a", "EDIL", false), registrata(&server, &casa.gettone, "s", "TRIB", true));
        let letti = |gettone: &str| apri(&server, "/eventi", gettone).json()["risultati"].as_array().unwrap().clone();
        for id in [&aperta, &segreta] {
            let presa = manda(&server, &format!("/registrazioni/{id}/termine"), &casa.gettone, r#"{ "giorni": "30" }"#);
            assert_eq!(presa.stato, 201, "{}", presa.json());
        }
        let fascicolo = manda(&server, "/fascicoli", &casa.gettone, r#"{ "voce": "VI.3", "oggetto": "Bianchi" }"#).json();
        let dentro = format!("/fascicoli/{}/documenti", fascicolo["id"].as_str().unwrap());
        assert_eq!(manda(&server, &dentro, &casa.gettone, &format!(r#"{{ "registrazione": "{aperta}" }}"#)).stato, 201);
        let tutti = letti(&casa.gettone);
        let mut detto = Vec::new();
        for gettone in &gettoni {
            let eventi = letti(gettone);
            assert!(eventi.iter().all(|e| tutti.contains(e)));
            let nomina = |id: &str| eventi.iter().any(|e| e["oggetto"]["id"] == id);
            detto.push((nomina(&aperta), nomina(&segreta), eventi.iter().any(|e| e["tipo"] == "ruolo"), eventi.len() == tutti.len()));
        }
        let (rsp, responsabile) = ((true, true, true, true), (true, false, false, false));
        assert_eq!(detto, [rsp, responsabile, (false, false, true, false), (true, false, true, false)]);
        // What is done to a registration is told with it, and fascicoli to who sees them.
        let quante = |gettone: &str| {
            let eventi = letti(gettone);
            ["classificazione", "assegnazione", "termine", "fascicolazione", "apertura-fascicolo"].map(|t| eventi.iter().filter(|e| e["tipo"] == t).count())
        };
        assert_eq!(gettoni.each_ref().map(|g| quante(g)), [[2, 2, 2, 1, 1], [1, 1, 1, 1, 0], [0; 5], [1, 1, 1, 1, 1]]);
    }

    fn a_message_without_a_number_is_for_who_registers(casa) {
        let server = casa.server();
        let (_, luca) = assunta(casa, "luca", Ruolo::Operatore, &casa.ufficio);
        let (_, rita) = assunta(casa, "rita", Ruolo::Revisore, &casa.ufficio);
        arriva(casa, "01-cittadina-istanza-permesso");
        let messaggi = apri(&server, "/pec/messaggi", &luca).json();
        let (id, sha256) = (messaggi["risultati"][0]["id"].as_str().unwrap(), messaggi["risultati"][0]["sha256"].as_str().unwrap());
        let file = format!("/documenti/{sha256}");
        assert_eq!((apri(&server, &file, &luca).stato, apri(&server, &file, &rita).stato), (200, 404));
        let url = format!("{}/api/v1/pec/messaggi/{id}/protocollo", server.url);
        assert_eq!(crate::casa::chiama_con("POST", &url, &rita, "k", "{}").stato, 404);
        assert_eq!(crate::casa::chiama_con("POST", &url, &luca, "k", "{}").stato, 201);
        assert_eq!(apri(&server, &file, &rita).stato, 200);
    }
}
