//! The address of a send corrected with source and reason; what is registered stays.

use crate::casa::{Casa, chiama_con, comando, leggi, registra, su_entrambi, uscita};
use crate::posta::{casella, fiduce, ricevi};
use serde_json::{Value, json};
use tabulario::pec::{self, Modo, Officina, Passo};
use tabulario::valori::Attore;

/// The receipts of the samples speak of this Message-ID.
const NOME: &str = "<uscita-di-esempio-1@pec.comune.borgoesempio.example>";

fn correggi(casa: &Casa, url: &str, id: &str, corpo: &Value) -> (u16, Value) {
    let strada = format!("{url}/api/v1/registrazioni/{id}/indirizzi");
    let risposta = chiama_con("POST", &strada, &casa.gettone, "", &corpo.to_string());
    (risposta.stato, risposta.json())
}

fn nuovo(indirizzo: &str) -> Value {
    json!({ "destinatario": "Mario Rossi", "indirizzo": indirizzo, "fonte": "inipec", "motivo": "La casella è stata chiusa" })
}

fn spedisci(casa: &Casa) {
    let fiduce = fiduce();
    let officina = Officina { db: &casa.db, deposito: &casa.deposito, fiduce: &fiduce };
    while pec::spedisci(&officina, &casa.dir.path().join("uscita/pec")).unwrap() == Passo::Fatto {}
}

su_entrambi! {
    fn whoever_was_not_reached_is_reached_at_another_address(casa) {
        let casella = casella(casa, &["11"]);
        let server = casa.server();
        let url = &server.url;
        let fatta = registra(url, &casa.gettone, "u", &uscita("Risposta"), b"testo").unwrap().json();
        let id = fatta["id"].as_str().unwrap();
        let a_chi = &fatta["corrispondenti"][0];
        let nome = a_chi["denominazione"].as_str().map_or_else(
            || format!("{} {}", a_chi["nome"].as_str().unwrap(), a_chi["cognome"].as_str().unwrap()), str::to_owned);
        let nuovo = |indirizzo: &str| { let mut n = nuovo(indirizzo); n["destinatario"] = nome.as_str().into(); n };
        casa.db.scrivi(casa.aoo.id, &Attore::Sistema("demo"), |op| {
            pec::invia(op, &casa.vista(), id.parse().unwrap(), Modo { message_id: Some(NOME), ..Modo::default() })
        }).unwrap();
        let (stato, no) = correggi(casa, url, id, &nuovo("altro@pec.example"));
        assert_eq!((stato, &no["type"]), (409, &json!("urn:tabulario:indirizzo-non-correggibile")), "it is still to leave: {no}");
        spedisci(casa);
        assert_eq!(correggi(casa, url, id, &nuovo("altro@pec.example")).0, 409, "it has left, and nothing was heard");
        ricevi(casa, &casella);
        for (campo, valore, puntatore) in [
            ("destinatario", json!("Nessuno"), "/destinatario"),
            ("indirizzo", json!("rossi@pec.example"), "/indirizzo"),
            ("indirizzo", json!("non un indirizzo"), "/indirizzo"),
            ("fonte", json!("sentito dire"), "/fonte"),
            ("motivo", json!(" "), "/motivo"),
        ] {
            let mut sbagliato = nuovo("altro@pec.example");
            sbagliato[campo] = valore;
            let (stato, no) = correggi(casa, url, id, &sbagliato);
            assert_eq!((stato, &no["errors"][0]["pointer"]), (422, &json!(puntatore)), "{no}");
        }
        let (stato, r) = correggi(casa, url, id, &nuovo("altro@pec.example"));
        assert_eq!(stato, 201, "{r}");
        assert_eq!(r["corrispondenti"], fatta["corrispondenti"], "what is registered stays");
        let corretto = &r["indirizziCorretti"][0];
        assert_eq!((&corretto["registrato"], &corretto["indirizzo"], &corretto["fonte"]), (&json!("rossi@pec.example"), &json!("altro@pec.example"), &json!("inipec")));
        assert_eq!(r["invii"].as_array().unwrap().len(), 1, "nothing leaves by itself");
        // Who corrects twice before sending says the last word.
        assert_eq!(correggi(casa, url, id, &nuovo("nuovo@pec.example")).0, 201);
        let ancora = json!({ "registrazione": id, "rispedisci": true }).to_string();
        let risposta = chiama_con("POST", &format!("{url}/api/v1/invii"), &casa.gettone, "k", &ancora);
        let invii = risposta.json();
        assert_eq!((risposta.stato, &invii["risultati"][1]["destinatario"]), (201, &json!("nuovo@pec.example")), "{invii}");
        assert_eq!(invii["risultati"][1]["rispedisce"], invii["risultati"][0]["id"]);
        assert_eq!(correggi(casa, url, id, &nuovo("terzo@pec.example")).0, 409, "the new one is on its way");
        spedisci(casa);
        assert_eq!(leggi(&format!("{url}/api/v1/invii"), &casa.gettone).json()["risultati"].as_array().unwrap().len(), 2);
        assert!(comando(casa, &["controlla"]).status.success());
        assert!(casa.sql("UPDATE correzioni_indirizzi SET indirizzo = 'x'").is_err());
    }

    fn whoever_was_registered_without_an_address_gets_one(casa) {
        let server = casa.server();
        casella(casa, &[]);
        let mut chiesta = uscita("Risposta su carta");
        chiesta["corrispondenti"] = json!([{ "ruolo": "destinatario", "tipo": "persona-fisica", "nome": "Ada", "cognome": "Neri" }]);
        let fatta = registra(&server.url, &casa.gettone, "u", &chiesta, b"testo").unwrap().json();
        let id = fatta["id"].as_str().unwrap();
        let invia = |chiave: &str| {
            let corpo = json!({ "registrazione": id }).to_string();
            chiama_con("POST", &format!("{}/api/v1/invii", server.url), &casa.gettone, chiave, &corpo)
        };
        assert_eq!(invia("a").json()["type"], "urn:tabulario:senza-indirizzo");
        let corpo = json!({ "destinatario": "Ada Neri", "indirizzo": "ada@pec.example", "fonte": "destinatario", "motivo": "L'ha detto al telefono" });
        let (stato, r) = correggi(casa, &server.url, id, &corpo);
        assert_eq!((stato, &r["indirizziCorretti"][0]["registrato"]), (201, &Value::Null), "{r}");
        let invii = invia("b").json();
        assert_eq!(invii["risultati"][0]["destinatario"], "ada@pec.example", "{invii}");
        // An entrata is sent to nobody.
        let entrata = registra(&server.url, &casa.gettone, "e", &crate::casa::entrata("Istanza"), b"x").unwrap().json();
        assert_eq!(correggi(casa, &server.url, entrata["id"].as_str().unwrap(), &corpo).1["type"], "urn:tabulario:non-uscita");
        assert!(comando(casa, &["controlla"]).status.success());
    }
}
