//! What may change of a registration changes by an act that keeps what it was; what people note on it stays (law 2 of the house).

use crate::casa::{Casa, Rotto, chiama_json, comando, entrata, leggi, registra, su_entrambi, uscita};
use crate::chiusura::{chiudi, tutte, xml, xml_valido};
use crate::posta;
use serde_json::{Value, json};
use tabulario::registro::chiusura::Regole;
use tabulario::valori::{Attore, Impronta};
use tabulario::{conservazione, pec};

/// A registration made over the API.
fn una(casa: &Casa, url: &str, chiesta: &Value) -> String {
    let chiave = Impronta::of(chiesta.to_string().as_bytes()).to_string();
    let fatta = registra(url, &casa.gettone, &chiave, chiesta, b"atto").unwrap();
    assert_eq!(fatta.stato, 201, "{}", fatta.json());
    fatta.json()["id"].as_str().unwrap().to_owned()
}

fn manda(casa: &Casa, url: &str, id: &str, che: &str, corpo: &Value) -> (u16, Value) {
    let risposta = chiama_json(&format!("{url}/api/v1/registrazioni/{id}/{che}"), &casa.gettone, &corpo.to_string());
    (risposta.stato, risposta.json())
}

fn varia(casa: &Casa, url: &str, id: &str, corpo: &Value) -> (u16, Value) {
    manda(casa, url, id, "variazioni", corpo)
}

fn allo_sportello(oggetto: &str) -> Value {
    let mut chiesta = entrata(oggetto);
    chiesta["mezzo"] = "sportello".into();
    chiesta["arrivo"] = "2026-01-05T09:00:00Z".into();
    chiesta
}

fn totale(casa: &Casa, url: &str, q: &str) -> u64 {
    leggi(&format!("{url}/api/v1/ricerca?q={q}"), &casa.gettone).json()["totale"].as_u64().unwrap()
}

fn integra(casa: &Casa) {
    let esito = comando(casa, &["controlla"]);
    assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stdout));
}

su_entrambi! {
    fn what_may_change_changes_and_keeps_what_it_was(casa) {
        let server = casa.server();
        let url = &server.url;
        let mut chiesta = allo_sportello("Istanza");
        chiesta["tipologia"] = "Domandina".into();
        chiesta["dataDocumento"] = "2026-01-02".into();
        chiesta["documenti"][0]["descrizione"] = "Foglio".into();
        let id = una(casa, url, &chiesta);
        let letta = leggi(&format!("{url}/api/v1/registrazioni/{id}"), &casa.gettone).json();
        assert_eq!((&letta["dataDocumento"], &letta["variazioni"]), (&json!("2026-01-02"), &json!([])), "{letta}");
        assert_eq!(totale(casa, url, "Domandina"), 1);

        let corpo = json!({
            "tipologia": "Istanza", "mezzo": "raccomandata", "dataDocumento": "2026-01-03",
            "descrizioni": [{ "documento": 1, "descrizione": "Planimetria catastale" }], "motivo": "Letti meglio",
        });
        let (stato, r) = varia(casa, url, &id, &corpo);
        assert_eq!(stato, 201, "{r}");
        assert_eq!((r["tipologia"].as_str(), r["mezzo"].as_str(), r["dataDocumento"].as_str()), (Some("Istanza"), Some("raccomandata"), Some("2026-01-03")));
        assert_eq!(r["documenti"][0]["descrizione"], "Planimetria catastale");
        let variazioni = r["variazioni"].as_array().unwrap();
        let dette: Vec<_> = variazioni.iter().map(|v| (v["campo"].as_str().unwrap(), v["documento"].as_i64(), v["prima"].as_str(), v["dopo"].as_str())).collect();
        assert_eq!(dette, [
            ("tipologia", None, Some("Domandina"), Some("Istanza")),
            ("mezzo", None, Some("sportello"), Some("raccomandata")),
            ("dataDocumento", None, Some("2026-01-02"), Some("2026-01-03")),
            ("descrizione", Some(1), Some("Foglio"), Some("Planimetria catastale")),
        ]);
        assert_eq!((variazioni[0]["autore"].as_str(), variazioni[3]["motivo"].as_str()), (Some("applicazione Prova"), Some("Letti meglio")));
        // The rows registered are as they were; what is found is what is in force.
        assert_eq!(casa.conta("registrazioni WHERE tipologia = 'Domandina' AND mezzo = 'sportello' AND data_documento = '2026-01-02'"), 1);
        assert_eq!(casa.conta("documenti_registrati WHERE descrizione = 'Foglio'"), 1);
        assert_eq!((totale(casa, url, "Domandina"), totale(casa, url, "Planimetria")), (0, 1));
        let elenco = leggi(&format!("{url}/api/v1/registrazioni"), &casa.gettone).json();
        assert_eq!(elenco["risultati"][0]["mezzo"], "raccomandata", "{elenco}");
        // The newest counts, a value may go away, and what is the same is no act.
        let (stato, r) = varia(casa, url, &id, &json!({ "tipologia": null, "mezzo": "raccomandata", "dataDocumento": null }));
        assert_eq!((stato, &r["tipologia"], &r["dataDocumento"], r["variazioni"].as_array().unwrap().len()), (201, &Value::Null, &Value::Null, 6), "{r}");
        let (stato, no) = varia(casa, url, &id, &json!({ "tipologia": null, "mezzo": "raccomandata" }));
        assert_eq!((stato, no["type"].as_str()), (409, Some("urn:tabulario:niente-da-variare")), "{no}");
        assert!(no["detail"].as_str().unwrap().contains("non c'è niente da modificare"), "{no}");
        assert_eq!(varia(casa, url, &id, &json!({})).0, 409);
        assert_eq!(casa.conta("eventi WHERE tipo = 'variazione-dato'"), 6);
        let eventi = leggi(&format!("{url}/api/v1/eventi?dopo=0"), &casa.gettone).json();
        assert!(eventi["risultati"].as_array().unwrap().iter().any(|e| e["tipo"] == "variazione-dato"), "{eventi}");
        assert!(casa.sql("UPDATE dati_variati SET dopo = 'x'").is_err() && casa.sql("DELETE FROM dati_variati").is_err());
        integra(casa);
    }

    fn what_may_not_change_so_is_refused_with_its_field(casa) {
        let server = casa.server();
        let url = &server.url;
        let id = una(casa, url, &allo_sportello("Istanza"));
        for (corpo, dove, frase) in [
            (json!({ "tipologia": "a\u{202e}b" }), "/tipologia", "invisibili"),
            (json!({ "mezzo": "piccione" }), "/mezzo", "vale uno di"),
            (json!({ "mezzo": null }), "/mezzo", "manca"),
            (json!({ "mezzo": "pec" }), "/mezzo", "annulla la registrazione e registra di nuovo"),
            (json!({ "dataDocumento": "2026-02-30" }), "/dataDocumento", "2026-11-22"),
            (json!({ "dataDocumento": "2199-01-01" }), "/dataDocumento", "la data del documento (01/01/2199) è dopo la registrazione"),
            (json!({ "descrizioni": [{ "documento": 2, "descrizione": "x" }] }), "/descrizioni", "non ha un documento n. 2"),
            (json!({ "descrizioni": [{ "documento": 0, "descrizione": "x" }] }), "/descrizioni/0/documento", "da 1"),
            (json!({ "descrizioni": [{ "documento": 1 }] }), "/descrizioni/0/descrizione", "null la toglie"),
            (json!({ "descrizioni": [{ "documento": 1, "descrizione": "x", "nome": "y" }] }), "/descrizioni/0/nome", "sconosciuto"),
            (json!({ "oggetto": "Altro" }), "/oggetto", "sconosciuto"),
        ] {
            let (stato, no) = varia(casa, url, &id, &corpo);
            let e = &no["errors"][0];
            assert_eq!((stato, e["pointer"].as_str()), (422, Some(dove)), "{corpo}: {no}");
            assert!(e["detail"].as_str().unwrap().contains(frase), "{corpo}: {no}");
        }
        // One that is refused takes the others with it.
        assert_eq!(varia(casa, url, &id, &json!({ "tipologia": "Istanza", "mezzo": "pec" })).0, 422);
        assert_eq!(varia(casa, url, "0192f0e4-0000-7000-8000-000000000000", &json!({ "tipologia": "x" })).0, 404);
        assert_eq!(casa.conta("dati_variati"), 0);
        // A date of the document to come uses no number.
        let mut futura = entrata("Dal futuro");
        futura["dataDocumento"] = "2199-01-01".into();
        let no = registra(url, &casa.gettone, "futura", &futura, b"x").unwrap();
        assert_eq!((no.stato, no.json()["errors"][0]["pointer"].as_str()), (422, Some("/dataDocumento")));
        // What is annulled stays as it is, and is still noted on.
        assert_eq!(manda(casa, url, &id, "annullamento", &json!({ "motivo": "Doppia" })).0, 201);
        let (stato, no) = varia(casa, url, &id, &json!({ "tipologia": "Istanza" }));
        assert_eq!((stato, no["type"].as_str()), (409, Some("urn:tabulario:gia-annullata")), "{no}");
        assert_eq!(manda(casa, url, &id, "annotazioni", &json!({ "testo": "Vedi la seguente" })).0, 201);
        integra(casa);
    }

    fn the_mezzo_changes_only_where_nothing_depends_on_it(casa) {
        let casella = posta::casella(casa, &["01"]);
        assert_eq!(posta::ricevi(casa, &casella), 1);
        let server = casa.server();
        let url = &server.url;
        let messaggio = posta::messaggi(casa, url).remove(0);
        let (stato, fatta) = posta::protocolla(casa, url, &messaggio["id"], "uno");
        assert_eq!(stato, 201, "{fatta}");
        let da_pec = fatta["id"].as_str().unwrap();
        let mezzo = |id: &str, mezzo: &str| {
            let (stato, r) = varia(casa, url, id, &json!({ "mezzo": mezzo }));
            (stato, r["detail"].as_str().unwrap_or_default().to_owned())
        };
        let certo = "il mezzo non si modifica: lo dicono il messaggio";
        for altro in ["email", "posta"] {
            let (stato, detto) = mezzo(da_pec, altro);
            assert!(stato == 422 && detto.starts_with(certo), "{detto}");
        }
        // The rest of what came with a message may change.
        assert_eq!(varia(casa, url, da_pec, &json!({ "tipologia": "Istanza" })).0, 201);
        // An entrata that a person typed: telematic stays telematic, paper stays paper.
        let digitata = una(casa, url, &entrata("Scritta a mano"));
        assert_eq!(mezzo(&digitata, "email").0, 201);
        let (stato, detto) = mezzo(&digitata, "sportello");
        assert!(stato == 422 && detto.contains("solo fra quelli su carta"), "{detto}");
        // Of an uscita it may, until it is sent.
        let mut chiesta = uscita("Risposta");
        let inviata = una(casa, url, &chiesta);
        assert_eq!((mezzo(&inviata, "raccomandata").0, mezzo(&inviata, "pec").0), (201, 201));
        casa.db.scrivi(casa.aoo.id, &Attore::Sistema("demo"), |op| {
            Ok::<_, Rotto>(pec::invia(op, &casa.vista(), inviata.parse().unwrap(), pec::Modo::default())?)
        }).unwrap();
        let (stato, detto) = mezzo(&inviata, "raccomandata");
        assert!(stato == 422 && detto.starts_with(certo), "{detto}");
        // Scans are of paper.
        chiesta["mezzo"] = "posta".into();
        let su_carta = una(casa, url, &chiesta);
        let parti = [
            crate::casa::Parte { nome: "acquisizione", file: None, bytes: br#"{ "confermataDa": "Luca Bianchi", "descrizione": "Scansione" }"# },
            crate::casa::Parte { nome: "doc", file: Some("scansione.txt"), bytes: b"scansione" },
        ];
        let acquisita = crate::casa::chiama("POST", &format!("{url}/api/v1/registrazioni/{su_carta}/acquisizioni"), &casa.gettone, Some("s"), Some(&parti)).unwrap();
        assert_eq!(acquisita.stato, 201, "{}", acquisita.json());
        let (stato, detto) = mezzo(&su_carta, "pec");
        assert!(stato == 422 && detto.contains("scansioni di un documento su carta"), "{detto}");
        assert_eq!(mezzo(&su_carta, "corriere").0, 201);
        // The scan is the last of the files, and is described anew like any other.
        let (stato, r) = varia(casa, url, &su_carta, &json!({ "descrizioni": [{ "documento": 2, "descrizione": "Avviso di ricevimento" }] }));
        assert_eq!((stato, &r["documenti"][1]["descrizione"]), (201, &json!("Avviso di ricevimento")), "{r}");
        integra(casa);
    }

    fn notes_are_added_and_stay(casa) {
        let server = casa.server();
        let url = &server.url;
        let id = una(casa, url, &uscita("Risposta"));
        let nota = |testo: &str| manda(casa, url, &id, "annotazioni", &json!({ "testo": testo }));
        let (stato, r) = nota("Il richiedente ha telefonato");
        assert_eq!((stato, &r["annotazioni"][0]["testo"], r["annotazioni"][0]["autore"].as_str()), (201, &json!("Il richiedente ha telefonato"), Some("applicazione Prova")), "{r}");
        let (stato, no) = nota("Il richiedente ha telefonato");
        assert_eq!((stato, no["type"].as_str()), (409, Some("urn:tabulario:annotazione-presente")), "{no}");
        assert!(no["detail"].as_str().unwrap().contains("c'è già"), "{no}");
        assert_eq!((nota("Richiamare lunedì").0, nota("Il richiedente ha telefonato").0), (201, 201));
        for (corpo, frase) in [(json!({}), "manca"), (json!({ "testo": " " }), "vuoto"), (json!({ "testo": "a\nb" }), "a capo")] {
            let (stato, no) = manda(casa, url, &id, "annotazioni", &corpo);
            assert_eq!((stato, no["errors"][0]["pointer"].as_str()), (422, Some("/testo")), "{no}");
            assert!(no["detail"].as_str().unwrap().contains(frase), "{no}");
        }
        let letta = leggi(&format!("{url}/api/v1/registrazioni/{id}"), &casa.gettone).json();
        assert_eq!(letta["annotazioni"].as_array().unwrap().len(), 3, "{letta}");
        // Not in lists, not in what leaves.
        assert_eq!(leggi(&format!("{url}/api/v1/registrazioni"), &casa.gettone).json()["risultati"][0].get("annotazioni"), None);
        let segnatura = leggi(&format!("{url}/api/v1/registrazioni/{id}/segnatura"), &casa.gettone);
        assert!(segnatura.stato == 200 && !String::from_utf8(segnatura.corpo).unwrap().contains("telefonato"));
        assert!(casa.sql("UPDATE annotazioni SET testo = 'x'").is_err() && casa.sql("DELETE FROM annotazioni").is_err());
        assert_eq!(casa.conta("eventi WHERE tipo = 'annotazione'"), 3);
        integra(casa);
    }

    fn the_register_of_the_day_tells_what_changed(casa) {
        let alle = |istante: &str| casa.server_alle(istante);
        let id = {
            let server = alle("2026-12-01T09:00:00Z");
            una(casa, &server.url, &allo_sportello("Istanza"))
        };
        {
            let server = alle("2026-12-02T09:00:00Z");
            let corpo = json!({ "tipologia": "Istanza & altro", "mezzo": "posta", "motivo": "Letta meglio" });
            assert_eq!(varia(casa, &server.url, &id, &corpo).0, 201);
            assert_eq!(manda(casa, &server.url, &id, "annotazioni", &json!({ "testo": "Nota" })).0, 201);
        }
        assert_eq!(chiudi(casa, "2026-12-03T09:00:00Z", Regole { giorni_vuoti: true }), 2);
        let secondo = &tutte(casa, "giorno")[1];
        xml_valido(casa, secondo);
        assert_eq!(secondo.sommario.modifiche, 2);
        let detto = xml(casa, secondo);
        for parte in ["<Tipo>variazione-dato</Tipo>", "<Campo>tipologia</Campo>", "<Valore>Istanza &amp; altro (prima: (niente))</Valore>",
            "<Valore>posta (prima: sportello)</Valore>", "<Motivo>Letta meglio</Motivo>"] {
            assert!(detto.contains(parte), "{parte} is not in {detto}");
        }
        integra(casa);
    }

    fn a_package_says_what_is_in_force(casa) {
        let server = casa.server();
        let id = una(casa, &server.url, &allo_sportello("Istanza"));
        assert_eq!(varia(casa, &server.url, &id, &json!({ "tipologia": "Istanza di accesso", "mezzo": "corriere" })).0, 201);
        crate::conservazione::finche(crate::conservazione::prepara, casa);
        let v = casa.db.leggi(|conn| conservazione::versamento(conn, &casa.vista(), id.parse().unwrap())).unwrap();
        assert!(v.is_some_and(|v| v.pacchetto.is_some()));
        let indice = String::from_utf8(indice(casa)).unwrap();
        for parte in ["Istanza di accesso", "CORRIERE"] {
            assert!(indice.contains(parte), "{parte} is not in {indice}");
        }
    }
}

fn indice(casa: &Casa) -> Vec<u8> {
    use diesel::prelude::*;
    use tabulario::storage::schema::pacchetti;
    let sha256: String = pacchetti::table.select(pacchetti::indice_sha256).first(&mut casa.grezza()).unwrap();
    std::fs::read(casa.documenti().join(&sha256[..2]).join(&sha256[2..4]).join(&sha256)).unwrap()
}
