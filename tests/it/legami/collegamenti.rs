//! Links between registrations: seen from both sides by who sees both, taken away by another act.

use super::{con, una};
use crate::casa::{Casa, Server, chiama_json, comando, entrata, leggi, su_entrambi};
use crate::pagine::cliente::{Cliente, assumi, assumi_in, tributi};
use serde_json::{Value, json};
use tabulario::utenti::Ruolo;

fn collega(casa: &Casa, server: &Server, da: &str, corpo: &Value) -> (u16, Value) {
    let strada = format!("{}/api/v1/registrazioni/{da}/collegamenti", server.url);
    let risposta = chiama_json(&strada, &casa.gettone, &corpo.to_string());
    (risposta.stato, risposta.json())
}

fn legami(casa: &Casa, server: &Server, id: &str) -> Vec<(String, String, bool)> {
    let letta = leggi(&format!("{}/api/v1/registrazioni/{id}", server.url), &casa.gettone).json();
    let testo = |v: &Value| v.as_str().unwrap().to_owned();
    let legame = |c: &Value| (testo(&c["relazione"]), testo(&c["registrazione"]["numero"]), c["tolto"].is_null());
    letta["collegamenti"].as_array().unwrap().iter().map(legame).collect()
}

fn legame(relazione: &str, numero: &str, in_vigore: bool) -> (String, String, bool) {
    (relazione.to_owned(), numero.to_owned(), in_vigore)
}

su_entrambi! {
    fn a_link_is_read_from_both_sides_and_its_end_is_an_act(casa) {
        let server = casa.server();
        let (prima, seconda) = (una(casa, &server, "Prima"), una(casa, &server, "Seconda"));
        let mut terza = entrata("Terza");
        terza["rispondeA"] = json!(prima);
        let terza = con(casa, &server, &terza, b"terza")["id"].as_str().unwrap().to_owned();
        let (stato, fatta) = collega(casa, &server, &seconda, &json!({ "specie": "risponde-a", "registrazione": prima, "nota": "per telefono" }));
        assert_eq!((stato, &fatta["collegamenti"][0]["nota"]), (201, &json!("per telefono")), "{fatta}");
        assert_eq!(collega(casa, &server, &seconda, &json!({ "specie": "collegato-a", "registrazione": terza })).0, 201);
        assert_eq!(legami(casa, &server, &prima), [legame("risposta", "0000003", true), legame("risposta", "0000002", true)]);
        assert_eq!(legami(casa, &server, &seconda), [legame("risponde-a", "0000001", true), legame("collegata-a", "0000003", true)]);
        assert_eq!(legami(casa, &server, &terza), [legame("risponde-a", "0000001", true), legame("collegata-a", "0000002", true)]);
        // The same link is not made twice, from neither side.
        for (da, a, specie) in [(&seconda, &prima, "risponde-a"), (&prima, &seconda, "risponde-a"), (&terza, &prima, "risponde-a"),
            (&terza, &seconda, "collegato-a")] {
            let (stato, rifiuto) = collega(casa, &server, da, &json!({ "specie": specie, "registrazione": a }));
            assert_eq!((stato, &rifiuto["type"]), (409, &json!("urn:tabulario:gia-collegata")));
        }
        let togli = |chi: &str, collegamento: &str| {
            let strada = format!("{}/api/v1/registrazioni/{chi}/collegamenti/{collegamento}/scollegamento", server.url);
            chiama_json(&strada, &casa.gettone, "").stato
        };
        let questo = fatta["collegamenti"][0]["id"].as_str().unwrap();
        assert_eq!(togli(&terza, questo), 404, "a link is reached through its own registrations");
        assert_eq!((togli(&prima, questo), togli(&seconda, questo)), (201, 409));
        assert_eq!(legami(casa, &server, &prima)[1], legame("risposta", "0000002", false));
        // What was taken away may be said again.
        assert_eq!(collega(casa, &server, &seconda, &json!({ "specie": "risponde-a", "registrazione": prima })).0, 201);
        let eventi = leggi(&format!("{}/api/v1/eventi", server.url), &casa.gettone).json();
        let tipi: Vec<_> = eventi["risultati"].as_array().unwrap().iter().map(|e| e["tipo"].as_str().unwrap()).collect();
        assert_eq!(tipi.iter().filter(|t| **t == "collegamento").count(), 3);
        assert_eq!(tipi.iter().filter(|t| **t == "scollegamento").count(), 1);
        assert!(comando(casa, &["controlla"]).status.success());
        for sql in ["UPDATE collegamenti SET nota = 'x'", "DELETE FROM scollegamenti"] {
            assert!(casa.sql(sql).is_err(), "{sql}");
        }
    }

    fn a_link_tells_the_subject_in_force(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let (prima, seconda) = (una(casa, &server, "Sussidio a Zaccaria"), una(casa, &server, "Seconda"));
        let mut terza = entrata("Terza");
        terza["rispondeA"] = json!(prima);
        let terza = con(casa, &server, &terza, b"terza")["id"].as_str().unwrap().to_owned();
        assert_eq!(collega(casa, &server, &seconda, &json!({ "specie": "collegato-a", "registrazione": prima })).0, 201);
        let strada = format!("{}/api/v1/registrazioni/{prima}/annullamento", server.url);
        let corpo = json!({ "motivo": "Nome in chiaro", "dato": { "campo": "oggetto", "valore": "Sussidio", "riservato": true } });
        assert_eq!(chiama_json(&strada, &casa.gettone, &corpo.to_string()).stato, 201);
        let anna = Cliente::dentro(&server, "anna");
        for id in [&seconda, &terza] {
            let letta = leggi(&format!("{}/api/v1/registrazioni/{id}", server.url), &casa.gettone).json();
            assert_eq!(letta["collegamenti"][0]["registrazione"]["oggetto"], "Sussidio", "{letta}");
            let html = anna.apri(&format!("/registrazioni/{id}")).html;
            assert!(html.contains("Sussidio") && !html.contains("Zaccaria"), "{html}");
        }
    }

    fn what_cannot_be_linked_is_refused_and_leaves_nothing(casa) {
        let server = casa.server();
        let (prima, seconda) = (una(casa, &server, "Prima"), una(casa, &server, "Seconda"));
        let nessuna = "01a20113-bd15-70bc-a607-496733b59f69";
        for (corpo, atteso) in [
            (json!({ "specie": "risponde-a", "registrazione": prima }), 422),
            (json!({ "specie": "cugina-di", "registrazione": seconda }), 422),
            (json!({ "specie": "risponde-a" }), 422),
            (json!({ "specie": "risponde-a", "registrazione": seconda, "nota": "a\u{202e}b" }), 422),
            (json!({ "specie": "risponde-a", "registrazione": seconda, "altro": 1 }), 422),
            (json!({ "specie": "risponde-a", "registrazione": nessuna }), 404),
        ] {
            assert_eq!(collega(casa, &server, &prima, &corpo).0, atteso, "{corpo}");
        }
        assert_eq!(collega(casa, &server, nessuna, &json!({ "specie": "collegato-a", "registrazione": prima })).0, 404);
        let annulla = format!("{}/api/v1/registrazioni/{seconda}/annullamento", server.url);
        assert_eq!(chiama_json(&annulla, &casa.gettone, "{ \"motivo\": \"Doppia\" }").stato, 201);
        // Nobody answers what is annulled; that it belongs together with what takes its place is said.
        assert_eq!(collega(casa, &server, &prima, &json!({ "specie": "risponde-a", "registrazione": seconda })).0, 422);
        let mut risposta = entrata("Risposta");
        risposta["rispondeA"] = json!(seconda);
        let rifiuto = crate::casa::registra(&server.url, &casa.gettone, "r", &risposta, b"x").unwrap();
        assert_eq!((rifiuto.stato, &rifiuto.json()["errors"][0]["pointer"]), (422, &json!("/rispondeA")));
        assert_eq!(casa.conta("collegamenti"), 0);
        assert_eq!(collega(casa, &server, &prima, &json!({ "specie": "collegato-a", "registrazione": seconda })).0, 201);
    }

    fn whoever_does_not_see_the_other_side_sees_no_link(casa) {
        let server = casa.server();
        let fuori = tributi(casa);
        assumi(casa, "anna", Ruolo::Operatore);
        assumi(casa, "rosa", Ruolo::Rsp);
        assumi(casa, "vera", Ruolo::Revisore);
        assumi_in(casa, "ugo", Ruolo::Addetto, &fuori);
        let aperta = una(casa, &server, "Aperta");
        let mut segreta = entrata("Riservatissima");
        segreta["riservato"] = json!(true);
        segreta["ufficio"] = json!("TRIB");
        segreta["rispondeA"] = json!(aperta);
        let segreta = con(casa, &server, &segreta, b"segreta")["id"].as_str().unwrap().to_owned();
        let altra = una(casa, &server, "Altra");
        for da in [&altra, &aperta] {
            assert_eq!(collega(casa, &server, da, &json!({ "specie": "collegato-a", "registrazione": segreta })).0, 201);
        }
        let (anna, rosa, ugo) = (Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "rosa"), Cliente::dentro(&server, "ugo"));
        let vera = Cliente::dentro(&server, "vera");
        for strada in [&aperta, &altra].map(|id| format!("/registrazioni/{id}")) {
            let html = anna.apri(&strada).html;
            assert!(!html.contains("0000002") && !html.contains("Riservatissima") && !html.contains(&segreta), "{html}");
            assert!(html.contains("Nessuno."), "{html}");
            assert!(rosa.apri(&strada).html.contains("0000002"));
        }
        assert!(rosa.apri(&format!("/registrazioni/{aperta}")).html.contains("Risposta n."));
        // The office of the riservata sees it, and neither of the others.
        let html = ugo.apri(&format!("/registrazioni/{segreta}")).html;
        assert!(html.contains("Riservatissima") && !html.contains("0000001") && !html.contains("0000003"), "{html}");
        // To find it, to link it, to take its link away: all as if it were not there.
        let strada = format!("/registrazioni/{aperta}");
        let cercata = anna.apri(&format!("{strada}?collega=2"));
        assert!(cercata.html.contains("non esiste o non è tra quelle che puoi vedere"), "{}", cercata.html);
        let modulo = cercata.campo("modulo");
        let corpo = format!("modulo={modulo}&collega=2&registrazione={segreta}&specie=collegato-a");
        assert_eq!(anna.modulo_semplice(&format!("{strada}/collegamenti"), &corpo).stato, 404);
        let suo = leggi(&format!("{}/api/v1/registrazioni/{altra}", server.url), &casa.gettone).json();
        let suo = suo["collegamenti"][0]["id"].as_str().unwrap().to_owned();
        let togli = format!("/registrazioni/{altra}/collegamenti/{suo}/scollegamento");
        assert_eq!(anna.modulo_semplice(&togli, &format!("modulo={modulo}")).stato, 404);
        // Who only reads finds no button, and no road.
        assert!(!vera.apri(&strada).html.contains("Collega a un'altra"));
        let modulo = vera.apri(&strada).campo("modulo");
        let corpo = format!("modulo={modulo}&registrazione={altra}&specie=collegato-a");
        assert_eq!(vera.modulo_semplice(&format!("{strada}/collegamenti"), &corpo).stato, 404);
        assert_eq!(vera.modulo_semplice(&togli, &format!("modulo={modulo}")).stato, 404);
        assert_eq!(casa.conta("scollegamenti"), 0);
    }

    fn a_clerk_links_by_number_or_by_words_and_takes_it_away(casa) {
        let server = casa.server();
        assumi(casa, "marta", Ruolo::Addetto);
        let (prima, seconda) = (una(casa, &server, "Istanza di passo carrabile"), una(casa, &server, "Sollecito"));
        let marta = Cliente::dentro(&server, "marta");
        let strada = format!("/registrazioni/{seconda}");
        for cercato in ["1", "carrabile"] {
            let trovata = marta.apri(&format!("{strada}?collega={cercato}")).html;
            assert!(trovata.contains("passo carrabile") && trovata.contains(&format!("value=\"{prima}\"")), "{cercato}: {trovata}");
        }
        let modulo = marta.apri(&strada).campo("modulo");
        let manda = |altro: &str| marta.modulo_semplice(&format!("{strada}/collegamenti"), &format!("modulo={modulo}&collega=1{altro}"));
        let rifiutata = manda("&specie=risponde-a&nota=parole+mie");
        assert!(rifiutata.stato == 422 && rifiutata.html.contains("Scegli la registrazione") && rifiutata.html.contains("parole mie"));
        assert_eq!(manda(&format!("&specie=risponde-a&registrazione={prima}")).stato, 303);
        let doppia = manda(&format!("&specie=risponde-a&registrazione={prima}"));
        assert!(doppia.stato == 422 && doppia.html.contains("già"), "{}", doppia.html);
        let html = marta.apri(&format!("/registrazioni/{prima}")).html;
        assert!(html.contains("Risposta n. <a class=\"cifre\"") && html.contains("Aggiunto il collegamento"), "{html}");
        let togli = html.split("/scollegamento\"").next().unwrap().rsplit("action=\"").next().unwrap().to_owned() + "/scollegamento";
        assert_eq!(marta.modulo_semplice(&togli, "modulo=altro").stato, 403);
        assert_eq!(marta.modulo_semplice(&togli, &format!("modulo={modulo}")).stato, 303);
        let html = marta.apri(&strada).html;
        assert!(html.contains("Tolto il collegamento «Risponde a n. 0000001") && html.contains("Nessuno."), "{html}");
    }

    fn the_form_says_what_is_answered_and_shows_it_first(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let prima = una(casa, &server, "Istanza di passo carrabile");
        let anna = Cliente::dentro(&server, "anna");
        let pronta = anna.apri("/registrazioni/nuova?flusso=uscita&risponde-a=1");
        assert!(pronta.html.contains("passo carrabile") && pronta.html.contains("checked"), "{}", pronta.html);
        let manda = |altri: &[(&str, &str)]| crate::pagine::registra(&anna, "entrata", "Sollecito", altri);
        let trovata = manda(&[("risponde-a", "carrabile"), ("trova", "1")]);
        assert!(trovata.stato == 200 && trovata.html.contains("passo carrabile") && trovata.html.contains("Sollecito"));
        for scritto in ["carrabile", "99", "99/1999", "parolamaiscritta"] {
            let rifiutata = manda(&[("risponde-a", scritto)]);
            assert!(rifiutata.stato == 422 && rifiutata.html.contains("href=\"#risponde-a\""), "{scritto}: {}", rifiutata.html);
        }
        assert_eq!(casa.conta("registrazioni"), 1);
        for altri in [&[("risponde-a", "1")][..], &[("risponde-a", "carrabile"), ("risponde-scelta", &prima)][..]] {
            let fatta = manda(altri);
            assert_eq!(fatta.stato, 303, "{}", fatta.html);
            assert!(anna.apri(fatta.testata("location")).html.contains("Risponde a n."));
        }
    }
}
