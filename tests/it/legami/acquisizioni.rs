//! The scan of a paper document comes after its number, with an author, and takes nobody's place.

use super::con;
use crate::casa::{Casa, Parte, Risposta, Server, chiama, chiama_json, comando, entrata, leggi, registra, su_entrambi};
use crate::conservazione::{finche, prepara};
use crate::pagine::cliente::{Cliente, assumi, assumi_in, tributi};
use serde_json::{Value, json};
use tabulario::utenti::Ruolo;

/// A registration of paper without any file.
fn senza_file(casa: &Casa, server: &Server, oggetto: &str, mezzo: &str) -> String {
    let mut chiesta = entrata(oggetto);
    chiesta["mezzo"] = json!(mezzo);
    chiesta["documenti"] = json!([]);
    let testo = chiesta.to_string();
    let parti = [Parte { nome: "registrazione", file: None, bytes: testo.as_bytes() }];
    let url = format!("{}/api/v1/registrazioni", server.url);
    let fatta = chiama("POST", &url, &casa.gettone, Some(oggetto), Some(&parti)).unwrap();
    assert_eq!(fatta.stato, 201, "{}", fatta.json());
    fatta.json()["id"].as_str().unwrap().to_owned()
}

fn acquisisci(casa: &Casa, server: &Server, id: &str, json: &Value, file: &[(&str, &[u8])]) -> Risposta {
    let testo = json.to_string();
    let mut parti = vec![Parte { nome: "acquisizione", file: None, bytes: testo.as_bytes() }];
    parti.extend(file.iter().map(|(nome, bytes)| Parte { nome: "file", file: Some(nome), bytes }));
    let url = format!("{}/api/v1/registrazioni/{id}/acquisizioni", server.url);
    chiama("POST", &url, &casa.gettone, None, Some(&parti)).unwrap()
}

su_entrambi! {
    fn a_scan_is_added_and_reached_by_every_road(casa) {
        let server = casa.server();
        let id = senza_file(casa, &server, "Istanza a mano", "sportello");
        let chi = json!({ "confermataDa": "Luca Bianchi", "descrizione": "3 fogli" });
        let scansione = b"carrabile: il testo della scansione";
        let fatta = acquisisci(casa, &server, &id, &chi, &[("istanza.txt", scansione)]);
        assert_eq!(fatta.stato, 201, "{}", fatta.json());
        let documento = fatta.json()["documenti"][0].clone();
        assert_eq!((&documento["ruolo"], &documento["acquisita"]["confermataDa"]), (&json!("principale"), &json!("Luca Bianchi")));
        // A second one is added beside it, whatever it is; the same again is no other.
        let seconda = acquisisci(casa, &server, &id, &chi, &[("retro.txt", b"il retro")]).json();
        let ruoli: Vec<_> = seconda["documenti"].as_array().unwrap().iter().map(|d| d["ruolo"].as_str().unwrap()).collect();
        assert_eq!(ruoli, ["principale", "allegato"]);
        assert_eq!(acquisisci(casa, &server, &id, &chi, &[("altro.txt", scansione)]).stato, 409);
        let sha256 = documento["sha256"].as_str().unwrap();
        assert_eq!(leggi(&format!("{}/api/v1/documenti/{sha256}", server.url), &casa.gettone).corpo, scansione);
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let html = anna.apri(&format!("/registrazioni/{id}")).html;
        assert!(html.contains("acquisita il") && html.contains("confermata da Luca Bianchi") && html.contains("Aggiunta la scansione"), "{html}");
        assert_eq!(anna.apri(&format!("/registrazioni/{id}/documenti/2")).html, "il retro");
        assert_eq!(anna.apri(&format!("/registrazioni/{id}/documenti/3")).stato, 404);
        // The index knows that the registration changed and that its text is missing.
        let trovata = leggi(&format!("{}/api/v1/ricerca?q=retro.txt", server.url), &casa.gettone).json();
        assert_eq!(trovata["totale"], 1, "{trovata}");
        // The package that is built afterwards holds it.
        finche(prepara, casa);
        let versamenti = leggi(&format!("{}/api/v1/versamenti", server.url), &casa.gettone).json();
        assert_eq!(versamenti["risultati"][0]["stato"], "preparato", "{versamenti}");
        let pagina = anna.apri(&format!("/registrazioni/{id}")).html;
        assert!(pagina.contains("pacchetto per il conservatore è già fatto"), "{pagina}");
        let indice = anna.apri(&format!("/registrazioni/{id}/pacchetto.xml")).html;
        assert!(indice.contains("istanza.txt") && indice.contains("retro.txt"), "{indice}");
        assert!(comando(casa, &["controlla"]).status.success());
        assert!(casa.sql("UPDATE acquisizioni SET sha256 = 'x'").is_err());
        let file = casa.documenti().join(&sha256[..2]).join(&sha256[2..4]).join(sha256);
        std::fs::remove_file(file).unwrap();
        let detto = String::from_utf8(comando(casa, &["controlla", "--json"]).stdout).unwrap();
        assert!(detto.contains("file-missing") && detto.contains("\"numero\""), "the registration of a lost scan is named: {detto}");
    }

    fn what_waits_for_no_scan_is_refused_and_leaves_nothing(casa) {
        let server = casa.server();
        let id = senza_file(casa, &server, "Istanza", "posta");
        let pec = registra(&server.url, &casa.gettone, "k", &entrata("Per PEC"), b"atto").unwrap().json()["id"].as_str().unwrap().to_owned();
        let chi = json!({ "confermataDa": "Luca Bianchi" });
        let file: &[(&str, &[u8])] = &[("a.pdf", b"a")];
        let doppio: &[(&str, &[u8])] = &[("a.pdf", b"a"), ("b.pdf", b"b")];
        for (id, json, file, atteso) in [
            (&id, json!({}), file, 422),
            (&id, json!({ "confermataDa": "Luca", "ruolo": "principale" }), file, 422),
            (&id, json!({ "confermataDa": "Lu\u{202e}ca" }), file, 422),
            (&id, json!({ "confermataDa": "Luca", "sha256": "ab".repeat(32) }), file, 422),
            (&id, chi.clone(), &[], 422),
            (&id, chi.clone(), doppio, 422),
            (&id, chi.clone(), &[("vuoto.pdf", b"")], 422),
            (&id, chi.clone(), &[("../../a.pdf", b"a")], 422),
            (&pec, chi.clone(), file, 409),
            (&"01a20113-bd15-70bc-a607-496733b59f69".to_owned(), chi.clone(), file, 404),
            (&"x".to_owned(), chi.clone(), file, 404),
        ] {
            let risposta = acquisisci(casa, &server, id, &json, file);
            assert_eq!(risposta.stato, atteso, "{json} {}", risposta.json());
        }
        let annulla = format!("{}/api/v1/registrazioni/{id}/annullamento", server.url);
        assert_eq!(chiama_json(&annulla, &casa.gettone, "{ \"motivo\": \"Doppia\" }").stato, 201);
        assert_eq!(acquisisci(casa, &server, &id, &chi, file).stato, 409);
        assert_eq!(casa.conta("acquisizioni"), 0);
    }

    fn who_registers_adds_it_and_answers_for_it(casa) {
        let server = casa.server();
        let fuori = tributi(casa);
        for (nome, ruolo) in [("anna", Ruolo::Operatore), ("marta", Ruolo::Addetto), ("vera", Ruolo::Revisore)] {
            assumi(casa, nome, ruolo);
        }
        assumi_in(casa, "ugo", Ruolo::Operatore, &fuori);
        let id = senza_file(casa, &server, "Istanza a mano", "raccomandata");
        let strada = format!("/registrazioni/{id}");
        let manda = |chi: &Cliente<'_>, conferma: &str, file: (&str, &[u8])| {
            let modulo = chi.apri("/fascicoli").campo("modulo");
            let campi = [("modulo", modulo), ("descrizione", "3 fogli".to_owned()), ("conferma", conferma.to_owned())];
            chi.modulo_con_file(&format!("{strada}/acquisizioni"), &campi, file)
        };
        let anna = Cliente::dentro(&server, "anna");
        assert!(anna.apri(&strada).html.contains("Aggiungi la scansione"));
        for nome in ["marta", "vera"] {
            let chi = Cliente::dentro(&server, nome);
            assert!(!chi.apri(&strada).html.contains("Aggiungi la scansione"), "{nome}");
        }
        assert_eq!(manda(&Cliente::dentro(&server, "marta"), "1", ("a.txt", b"a")).stato, 404);
        for (conferma, file, frase) in [("", ("a.txt", &b"a"[..]), "Metti la spunta"), ("1", ("", &b""[..]), "Scegli il file"), ("1", ("a.txt", &b""[..]), "vuoto")] {
            let rifiutata = manda(&anna, conferma, file);
            assert!(rifiutata.stato == 422 && rifiutata.html.contains(frase) && rifiutata.html.contains("value=\"3 fogli\""), "{}", rifiutata.html);
        }
        assert_eq!(casa.conta("acquisizioni"), 0);
        assert_eq!(manda(&anna, "1", ("a.txt", b"a")).stato, 303);
        assert_eq!(manda(&anna, "1", ("a.txt", b"a")).stato, 409, "the same scan twice");
        let html = anna.apri(&strada).html;
        assert!(html.contains("acquisita il") && html.contains("da Anna Verdi") && html.contains("Documento principale"), "{html}");
        // What is riservato to others is not there for scans either.
        let mut segreta = entrata("Riservatissima");
        segreta["riservato"] = json!(true);
        segreta["mezzo"] = json!("sportello");
        let segreta = con(casa, &server, &segreta, b"x")["id"].as_str().unwrap().to_owned();
        let ugo = Cliente::dentro(&server, "ugo");
        let modulo = ugo.apri("/fascicoli").campo("modulo");
        let campi = [("modulo", modulo), ("conferma", "1".to_owned())];
        assert_eq!(ugo.modulo_con_file(&format!("/registrazioni/{segreta}/acquisizioni"), &campi, ("a.txt", b"a")).stato, 404);
        assert_eq!(casa.conta("acquisizioni"), 1);
    }
}
