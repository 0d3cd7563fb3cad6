//! The amministratore changes the organigramma; no password passes through.

use super::{Banco, altrove, chi};
use crate::casa::{comando, entrata, leggi, registra, su_entrambi};
use crate::pagine::cliente::Cliente;
use serde_json::{Value, json};
use tabulario::utenti::Ruolo;

su_entrambi! {
    fn an_office_is_made_renamed_moved_and_closed(casa) {
        let banco = Banco::nuovo(casa);
        let (ugo, rosa, bruno) = (chi(casa, "ugo", Ruolo::Amministratore), chi(casa, "rosa", Ruolo::Rsp), altrove(casa));
        let nuovo = json!({ "codice": "SUAP", "denominazione": "Attività produttive", "sotto": "EDIL" });
        for (strada, corpo) in [
            ("/uffici", nuovo.clone()),
            ("/uffici/EDIL/denominazione", json!({ "denominazione": "Altro" })),
            ("/uffici/EDIL/spostamento", json!({ "sotto": null })),
            ("/uffici/EDIL/chiusura", json!({})),
        ] {
            banco.di_persona(strada, &corpo);
            // The RSP reads the organigramma and changes nothing of it.
            banco.assente(&rosa, strada, &corpo);
            if strada != "/uffici" {
                banco.assente(&bruno, strada, &corpo);
                banco.assente(&ugo, &strada.replace("EDIL", "NESSUNO"), &corpo);
            }
        }
        banco.campi(&ugo, "/uffici", &json!({ "codice": "à!", "sotto": 1 }), &["/codice", "/denominazione", "/sotto"]);
        banco.campi(&ugo, "/uffici", &json!({ "codice": "SUAP", "denominazione": "x", "sotto": "LA" }), &["/sotto"]);
        assert_eq!(banco.righe(["uffici", "variazioni_uffici"]), [2, 0], "the house's, and the one of elsewhere");
        let fatto = banco.fatto(&ugo, "/uffici", &nuovo);
        assert_eq!(fatto, json!({ "codice": "SUAP", "denominazione": "Attività produttive", "sotto": "EDIL", "chiuso": null }));
        banco.autore("ufficio", "ugo");
        banco.conflitto(&ugo, "/uffici", &nuovo, "gia-presente");
        let nome = json!({ "denominazione": "Sportello unico" });
        for _ in 0..2 {
            assert_eq!(banco.fatto(&ugo, "/uffici/SUAP/denominazione", &nome)["denominazione"], "Sportello unico");
        }
        banco.autore("variazione-ufficio", "ugo");
        assert_eq!(casa.conta("variazioni_uffici"), 1, "the same said again is no act");
        banco.conflitto(&ugo, "/uffici/EDIL/spostamento", &json!({ "sotto": "SUAP" }), "organigramma");
        banco.campi(&ugo, "/uffici/SUAP/spostamento", &json!({}), &["/sotto"]);
        banco.campi(&ugo, "/uffici/SUAP/spostamento", &json!({ "sotto": "LA" }), &["/sotto"]);
        // Closed only when nothing is left to do, there or below.
        banco.conflitto(&ugo, "/uffici/EDIL/chiusura", &json!({}), "organigramma");
        let su = |ufficio: &str| {
            let mut chiesta = entrata("Istanza");
            chiesta["ufficio"] = json!(ufficio);
            registra(&banco.server.url, &casa.gettone, ufficio, &chiesta, b"x").unwrap().json()["id"].as_str().unwrap().to_owned()
        };
        let registrata = su("SUAP");
        banco.conflitto(&ugo, "/uffici/SUAP/chiusura", &json!({}), "pratiche-aperte");
        banco.fatto(&casa.gettone, &format!("/registrazioni/{registrata}/assegnazioni"), &json!({ "ufficio": "EDIL" }));
        assert_eq!(banco.fatto(&ugo, "/uffici/SUAP/spostamento", &json!({ "sotto": null }))["sotto"], Value::Null);
        assert!(banco.fatto(&ugo, "/uffici/SUAP/chiusura", &json!({}))["chiuso"].is_string());
        for (atto, corpo) in [("chiusura", json!({})), ("denominazione", nome), ("spostamento", json!({ "sotto": null }))] {
            banco.conflitto(&ugo, &format!("/uffici/SUAP/{atto}"), &corpo, "ufficio-chiuso");
        }
        banco.campi(&ugo, "/uffici", &json!({ "codice": "ALTRO", "denominazione": "x", "sotto": "SUAP" }), &["/sotto"]);
        assert_eq!(banco.righe(["uffici", "variazioni_uffici"]), [3, 3]);
        banco.integra();
    }

    fn the_organigramma_is_read_as_it_was(casa) {
        let banco = Banco::nuovo(casa);
        let (ugo, anna, bruno) = (chi(casa, "ugo", Ruolo::Amministratore), chi(casa, "anna", Ruolo::Operatore), altrove(casa));
        banco.fatto(&ugo, "/uffici", &json!({ "codice": "SUAP", "denominazione": "Attività produttive", "sotto": "EDIL" }));
        let (oggi, strada) = (casa.db.orologio().adesso().giorno(), |al: &str| format!("{}/api/v1/uffici{al}", banco.server.url));
        let adesso = banco.legge(&ugo, "/uffici");
        let righe = adesso["risultati"].as_array().unwrap();
        let forma = |u: &Value| format!("{} {} {} {}", u["livello"], u["codice"], u["sotto"], u["persone"].as_array().unwrap().len());
        assert_eq!(righe.iter().map(forma).collect::<Vec<_>>(), [r#"0 "EDIL" null 2"#, r#"1 "SUAP" "EDIL" 0"#]);
        let incarichi: Vec<String> = righe[0]["persone"].as_array().unwrap().iter().map(|p| format!("{} {}", p["persona"]["nomeUtente"], p["ruolo"])).collect();
        assert_eq!(incarichi, [r#""ugo" "amministratore""#, r#""anna" "operatore""#]);
        assert_eq!(banco.legge(&ugo, &format!("/uffici?al={oggi}"))["risultati"], adesso["risultati"]);
        assert_eq!(banco.legge(&ugo, "/uffici?al=2020-01-01")["risultati"], json!([]));
        let loro = banco.legge(&bruno, "/uffici")["risultati"].to_string();
        assert!(loro.contains("bruno") && !loro.contains("EDIL") && !loro.contains("ugo"), "{loro}");
        // As the page: for who administers, reads or answers; an operator knows nothing of it.
        assert_eq!(leggi(&strada(""), &anna).stato, 404);
        let domani = oggi.succ_opt().unwrap();
        for cattivo in ["?al=ieri", "?al=22/11/2026", &format!("?al={domani}")] {
            assert_eq!(leggi(&strada(cattivo), &ugo).stato, 400, "{cattivo}");
        }
    }

    fn a_person_is_made_without_a_password_and_given_roles(casa) {
        let banco = Banco::nuovo(casa);
        let (ugo, rosa, bruno) = (chi(casa, "ugo", Ruolo::Amministratore), chi(casa, "rosa", Ruolo::Rsp), altrove(casa));
        let lucia = json!({ "nomeUtente": "L.Neri", "nome": "Lucia", "cognome": "Neri", "ufficio": "EDIL", "ruolo": "addetto" });
        let revisore = json!({ "ufficio": "EDIL", "ruolo": "revisore" });
        for (strada, corpo) in [("/persone", &lucia), ("/persone/rosa/ruoli", &revisore), ("/persone/rosa/ruoli-tolti", &json!({ "ufficio": "EDIL", "ruolo": "rsp" }))] {
            banco.di_persona(strada, corpo);
            banco.assente(&rosa, strada, corpo);
            if strada != "/persone" {
                banco.assente(&bruno, strada, corpo);
                banco.assente(&ugo, &strada.replace("rosa", "nessuno"), corpo);
                // Who works only elsewhere is nobody here.
                banco.assente(&ugo, &strada.replace("rosa", "bruno"), corpo);
            }
        }
        let prima = banco.righe(["utenti", "ruoli", "credenziali"]);
        for (campo, valore) in [("nomeUtente", json!("con spazi")), ("nome", json!("")), ("ruolo", json!("sindaco")), ("ufficio", json!("LA")), ("password", json!("corretta cavallo batteria"))] {
            let mut altra = lucia.clone();
            altra[campo] = valore;
            banco.campi(&ugo, "/persone", &altra, &[&format!("/{campo}")]);
        }
        assert_eq!(banco.righe(["utenti", "ruoli", "credenziali"]), prima, "nothing half-written");
        let fatta = banco.fatto(&ugo, "/persone", &lucia);
        let ruoli = json!([{ "ufficio": "EDIL", "ruolo": "addetto" }]);
        assert_eq!(fatta, json!({ "nomeUtente": "l.neri", "nome": "Lucia", "cognome": "Neri", "ruoli": ruoli }));
        for tipo in ["utente", "ruolo"] {
            banco.autore(tipo, "ugo");
        }
        banco.conflitto(&ugo, "/persone", &lucia, "gia-presente");
        assert_eq!(banco.righe(["utenti", "ruoli", "credenziali"]), [prima[0] + 1, prima[1] + 1, prima[2]]);
        // Nobody enters without a password, not even with none.
        for password in ["", "corretta cavallo batteria"] {
            assert_eq!(Cliente::nuovo(&banco.server).entra("l.neri", password, &[]).stato, 422);
        }
        let data = casa.dir.path().join("password");
        std::fs::write(&data, "una parola tutta sua").unwrap();
        let comanda = ["utente", "password", "--nome-utente", "l.neri", "--password-file", data.to_str().unwrap()];
        assert!(comando(casa, &comanda).status.success());
        assert_eq!(Cliente::nuovo(&banco.server).entra("l.neri", "una parola tutta sua", &[]).stato, 303);
        // A role is given once, and taken back once; a closed office or a foreign one takes none.
        let strada = "/persone/l.neri/ruoli";
        assert_eq!(banco.fatto(&ugo, strada, &revisore)["ruoli"].as_array().unwrap().len(), 2);
        banco.conflitto(&ugo, strada, &revisore, "gia-presente");
        banco.campi(&ugo, strada, &json!({ "ufficio": "LA", "ruolo": "revisore" }), &["/ufficio"]);
        let tolti = "/persone/l.neri/ruoli-tolti";
        assert_eq!(banco.fatto(&ugo, tolti, &revisore)["ruoli"], ruoli);
        banco.autore("ruolo-tolto", "ugo");
        banco.conflitto(&ugo, tolti, &revisore, "ruolo-assente");
        // Who had a role here may be given one again.
        banco.fatto(&ugo, tolti, &json!({ "ufficio": "EDIL", "ruolo": "addetto" }));
        assert_eq!(banco.fatto(&ugo, strada, &revisore)["ruoli"], json!([revisore]));
        // Nobody makes more of themselves than they are.
        banco.conflitto(&ugo, "/persone/ugo/ruoli", &json!({ "ufficio": "EDIL", "ruolo": "rsp" }), "ruolo-a-se");
        banco.integra();
    }
}
