//! What the RSP decides for the register: deferrals, proposals of annulment, what is not registered, the clock.

use super::{Banco, NESSUNO, altrove, chi};
use crate::casa::{Casa, chiama_json, entrata, leggi, registra, su_entrambi};
use crate::pagine::arriva;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tabulario::utenti::Ruolo;
use tabulario::valori::Istante;

/// So many hours from now.
fn fra(casa: &Casa, ore: i64) -> String {
    Istante::new(casa.db.orologio().adesso().date_time() + TimeDelta::hours(ore)).roma()
}

/// Registers an entrata and gives its id.
fn una(banco: &Banco<'_>, oggetto: &str) -> String {
    let fatta =
        registra(&banco.server.url, &banco.casa.gettone, oggetto, &entrata(oggetto), oggetto.as_bytes()).unwrap();
    fatta.json()["id"].as_str().unwrap().to_owned()
}

su_entrambi! {
    fn the_rsp_defers_and_ends_it(casa) {
        let banco = Banco::nuovo(casa);
        let (rosa, anna, bruno) = (chi(casa, "rosa", Ruolo::Rsp), chi(casa, "anna", Ruolo::Operatore), altrove(casa));
        let corpo = json!({ "causa": "Guasto di rete", "documenti": "Domande del bando", "dal": fra(casa, 0), "al": fra(casa, 48) });
        banco.di_persona("/differimenti", &corpo);
        banco.assente(&anna, "/differimenti", &corpo);
        banco.campi(&rosa, "/differimenti", &json!({ "dal": "ieri", "al": 7, "fino": "" }), &["/fino", "/causa", "/documenti", "/dal", "/al"]);
        for (campo, ore) in [("dal", -72), ("al", -1), ("al", 24 * 60)] {
            let mut altro = corpo.clone();
            altro[campo] = json!(fra(casa, ore));
            banco.campi(&rosa, "/differimenti", &altro, &[&format!("/{campo}")]);
        }
        assert_eq!(casa.conta("differimenti"), 0);
        let fatto = banco.fatto(&rosa, "/differimenti", &corpo);
        assert_eq!((&fatto["causa"], &fatto["chiuso"]), (&json!("Guasto di rete"), &Value::Null));
        assert_eq!(banco.fatto(&rosa, "/differimenti", &corpo)["id"], fatto["id"], "the same said twice is one act");
        banco.autore("differimento", "rosa");
        let chiusura = format!("/differimenti/{}/chiusura", fatto["id"].as_str().unwrap());
        banco.di_persona(&chiusura, &json!({}));
        for (gettone, strada) in [(&anna, chiusura.as_str()), (&bruno, &chiusura), (&rosa, &format!("/differimenti/{NESSUNO}/chiusura")), (&rosa, "/differimenti/x/chiusura")] {
            banco.assente(gettone, strada, &json!({}));
        }
        assert_eq!(casa.conta("chiusure_differimenti"), 0);
        assert!(banco.fatto(&rosa, &chiusura, &json!({}))["chiuso"].is_string());
        banco.autore("chiusura-differimento", "rosa");
        banco.conflitto(&rosa, &chiusura, &json!({}), "differimento-chiuso");
        assert_eq!(banco.righe(["differimenti", "chiusure_differimenti"]), [1, 1]);
        assert_eq!(banco.legge(&bruno, "/differimenti")["risultati"], json!([]));
        banco.integra();
    }

    fn the_rsp_decides_what_others_propose(casa) {
        let banco = Banco::nuovo(casa);
        let (rosa, anna, bruno) = (chi(casa, "rosa", Ruolo::Rsp), chi(casa, "anna", Ruolo::Operatore), altrove(casa));
        let (prima, seconda) = (una(&banco, "Istanza"), una(&banco, "Altra"));
        let proponi = |id: &str, corpo: &Value| banco.fatto(&anna, &format!("/registrazioni/{id}/proposte"), corpo);
        let oggetto = json!({ "motivo": "Refuso", "dato": { "campo": "oggetto", "valore": "Istanza di permesso" } });
        proponi(&prima, &oggetto);
        proponi(&seconda, &json!({ "motivo": "Registrata due volte" }));
        let attese = |gettone: &str| banco.legge(gettone, "/proposte")["risultati"].as_array().unwrap().clone();
        let trovate = attese(&casa.gettone);
        let registrazioni: Vec<&Value> = trovate.iter().map(|p| &p["registrazione"]).collect();
        assert_eq!(registrazioni, [&json!(prima), &json!(seconda)]);
        assert_eq!((attese(&anna).len(), attese(&bruno).len()), (2, 0));
        let cursore = format!("/proposte?cursore={}", trovate[0]["id"].as_str().unwrap());
        assert_eq!(banco.legge(&rosa, &cursore)["risultati"], json!([trovate[1]]));
        assert_eq!(leggi(&format!("{}/api/v1/proposte?cursore=x", banco.server.url), &rosa).stato, 400);
        let decisione = |p: &Value| format!("/proposte/{}/decisione", p["id"].as_str().unwrap());
        let (accolta, respinta) = (json!({ "esito": "accolta" }), json!({ "esito": "respinta", "motivo": "Vale questa" }));
        let strada = decisione(&trovate[0]);
        banco.di_persona(&strada, &accolta);
        for (gettone, strada) in [(&anna, strada.as_str()), (&bruno, &strada), (&rosa, &format!("/proposte/{NESSUNO}/decisione"))] {
            banco.assente(gettone, strada, &accolta);
        }
        for (corpo, pointer) in [(json!({}), "/esito"), (json!({ "esito": "sì" }), "/esito"), (json!({ "esito": "respinta" }), "/motivo"), (json!({ "esito": "accolta", "motivo": "x" }), "/motivo")] {
            banco.campi(&rosa, &strada, &corpo, &[pointer]);
        }
        assert_eq!(banco.righe(["decisioni_annullamento", "dati_annullati"]), [0, 0]);
        // What the RSP wrote in the meantime leaves nothing to accept: the proposal waits, and may be refused.
        let annullamento = format!("{}/api/v1/registrazioni/{prima}/annullamento", banco.server.url);
        assert_eq!(chiama_json(&annullamento, &rosa, &oggetto.to_string()).stato, 201);
        banco.conflitto(&rosa, &strada, &accolta, "proposta-superata");
        assert_eq!(attese(&rosa).len(), 2);
        let fatta = banco.fatto(&rosa, &strada, &respinta);
        assert_eq!((&fatta["decisione"]["accolta"], &fatta["decisione"]["motivo"]), (&json!(false), &json!("Vale questa")));
        banco.conflitto(&rosa, &strada, &respinta, "proposta-decisa");
        let fatta = banco.fatto(&rosa, &decisione(&trovate[1]), &accolta);
        assert_eq!(fatta["decisione"]["accolta"], json!(true));
        banco.autore("decisione-annullamento", "rosa");
        banco.autore("annullamento", "rosa");
        let annullata = banco.legge(&rosa, &format!("/registrazioni/{seconda}"));
        assert_eq!(annullata["annullamenti"][0]["motivo"], json!("Registrata due volte"));
        assert_eq!((attese(&rosa).len(), casa.conta("decisioni_annullamento")), (0, 2));
        banco.integra();
    }

    fn the_rsp_keeps_the_list_of_what_is_not_registered(casa) {
        let banco = Banco::nuovo(casa);
        let (rosa, anna, bruno) = (chi(casa, "rosa", Ruolo::Rsp), chi(casa, "anna", Ruolo::Operatore), altrove(casa));
        let nuovo = json!({ "genere": "Cataloghi dei fornitori" });
        banco.di_persona("/esclusi", &nuovo);
        banco.assente(&anna, "/esclusi", &nuovo);
        for corpo in [json!({}), json!({ "genere": "" }), json!({ "genere": "a\u{202e}b" })] {
            banco.campi(&rosa, "/esclusi", &corpo, &["/genere"]);
        }
        banco.campi(&rosa, "/esclusi", &json!({ "genere": "x", "ritira": "sì" }), &["/ritira"]);
        assert_eq!(casa.conta("generi_esclusi"), 0);
        let generi = |letti: &Value| letti["risultati"].as_array().unwrap().clone();
        let lista = generi(&banco.fatto(&rosa, "/esclusi", &nuovo));
        assert_eq!(lista.last().unwrap(), &json!({ "genere": "Cataloghi dei fornitori", "diLegge": false }));
        banco.autore("genere-escluso", "rosa");
        banco.conflitto(&rosa, "/esclusi", &json!({ "genere": "CATALOGHI dei fornitori" }), "genere-presente");
        banco.fatto(&rosa, "/esclusi", &json!({ "genere": "Libri", "ritira": true }));
        banco.conflitto(&rosa, "/esclusi", &json!({ "genere": "Libri", "ritira": true }), "genere-assente");
        let letti = generi(&banco.legge(&casa.gettone, "/esclusi"));
        assert!(letti.len() == 12 && letti.iter().all(|g| g["genere"] != "Libri"), "{letti:?}");
        assert_eq!((generi(&banco.legge(&anna, "/esclusi")), generi(&banco.legge(&bruno, "/esclusi")).len()), (letti, 12));
        assert_eq!(casa.conta("generi_esclusi"), 2);
        banco.integra();
    }

    fn an_operator_leaves_a_message_out_and_brings_it_back(casa) {
        let banco = Banco::nuovo(casa);
        let (anna, marta, bruno) = (chi(casa, "anna", Ruolo::Operatore), chi(casa, "marta", Ruolo::Addetto), altrove(casa));
        for nome in ["01-cittadina-istanza-permesso", "08-posta-ordinaria-pubblicita"] {
            arriva(casa, nome);
        }
        let messaggi = banco.legge(&anna, "/pec/messaggi")["risultati"].clone();
        let di = |genere: &str| {
            let trovato = messaggi.as_array().unwrap().iter().find(|m| m["kind"] == genere).unwrap();
            format!("/pec/messaggi/{}", trovato["id"].as_str().unwrap())
        };
        let (pec, ordinario) = (di("posta-certificata"), di("ordinaria"));
        let (escludi, ripristina) = (format!("{ordinario}/esclusione"), format!("{ordinario}/ripristino"));
        let pubblicita = json!({ "genere": "Materiali pubblicitari" });
        for strada in [&escludi, &ripristina] {
            banco.di_persona(strada, &pubblicita);
            banco.assente(&marta, strada, &pubblicita);
            banco.assente(&bruno, strada, &pubblicita);
        }
        banco.assente(&anna, &format!("/pec/messaggi/{NESSUNO}/esclusione"), &pubblicita);
        for (corpo, pointer) in [
            (json!({}), "/genere"),
            (json!({ "genere": "Inventato" }), "/genere"),
            (json!({ "genere": "Libri", "motivo": "x" }), "/motivo"),
            (json!({ "motivo": "a\u{0}b" }), "/motivo"),
        ] {
            banco.campi(&anna, &escludi, &corpo, &[pointer]);
        }
        // What comes from a domicilio digitale is always registered, whatever is said.
        banco.campi(&anna, &format!("{pec}/esclusione"), &json!({ "motivo": "Non serve" }), &["/motivo"]);
        banco.conflitto(&anna, &ripristina, &json!({}), "non-escluso");
        assert_eq!(banco.righe(["esclusioni", "ripristini"]), [0, 0]);
        let escluso = banco.fatto(&anna, &escludi, &pubblicita);
        assert_eq!((&escluso["stato"], &escluso["esclusione"]["motivo"]), (&json!("non-protocollato"), &json!("Materiali pubblicitari")));
        assert!(escluso["esclusione"]["autore"].as_str().unwrap().starts_with("Anna Verdi"), "{escluso}");
        banco.autore("esclusione", "anna");
        banco.conflitto(&anna, &escludi, &pubblicita, "gia-escluso");
        let tornato = banco.fatto(&anna, &ripristina, &json!({}));
        assert_eq!((&tornato["stato"], &tornato["esclusione"]), (&json!("da-protocollare"), &Value::Null));
        banco.autore("ripristino", "anna");
        banco.conflitto(&anna, &ripristina, &json!({}), "non-escluso");
        banco.fatto(&anna, &escludi, &json!({ "motivo": "Pubblicità senza seguito" }));
        assert_eq!(banco.righe(["esclusioni", "ripristini"]), [2, 1]);
        banco.integra();
    }

    fn the_rsp_answers_for_a_clock_that_jumped(casa) {
        let banco = Banco::nuovo(casa);
        let (rosa, anna, bruno) = (chi(casa, "rosa", Ruolo::Rsp), chi(casa, "anna", Ruolo::Operatore), altrove(casa));
        una(&banco, "Prima del salto");
        let detto = json!({ "motivo": "Confrontata con l'INRIM" });
        let ora = banco.legge(&anna, "/orologio");
        assert_eq!((&ora["stato"], &ora["ultima"], &ora["saltoMassimoGiorni"]), (&json!("regolare"), &Value::Null, &json!(90)));
        banco.conflitto(&rosa, "/orologio/conferma", &detto, "orologio-regolare");
        // The same house, with a clock that stands two hundred days ahead.
        let avanti = Banco { casa, server: casa.server_alle(&fra(casa, 200 * 24)) };
        assert_eq!(avanti.legge(&casa.gettone, "/orologio")["stato"], json!("avanti"));
        assert_eq!(avanti.legge(&bruno, "/orologio")["stato"], json!("regolare"), "another register is not concerned");
        let prova = |oggetto: &str| registra(&avanti.server.url, &casa.gettone, oggetto, &entrata(oggetto), b"x").unwrap();
        assert_eq!(prova("Durante").json()["type"], json!("urn:tabulario:orologio-avanti"));
        avanti.di_persona("/orologio/conferma", &detto);
        avanti.assente(&anna, "/orologio/conferma", &detto);
        avanti.conflitto(&bruno, "/orologio/conferma", &detto, "orologio-regolare");
        avanti.campi(&rosa, "/orologio/conferma", &json!({}), &["/motivo"]);
        assert_eq!(casa.conta("conferme_orologio"), 0);
        assert_eq!(avanti.fatto(&rosa, "/orologio/conferma", &detto)["stato"], json!("regolare"));
        avanti.autore("conferma-orologio", "rosa");
        avanti.conflitto(&rosa, "/orologio/conferma", &detto, "orologio-regolare");
        assert_eq!((prova("Dopo").stato, casa.conta("conferme_orologio")), (201, 1));
        banco.integra();
    }
}
