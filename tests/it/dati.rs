//! One datum of a registration is annulled, and stays beside the one that took its place (DPR 445/2000 art. 54); who may see a
//! registration changes later.

use crate::casa::{Casa, chiama_json, comando, entrata, leggi, registra, su_entrambi, uscita};
use crate::posta;
use serde_json::{Value, json};
use tabulario::registro::{self, Registrazione};
use tabulario::ricerca::{self, Domanda};
use tabulario::storage::Operazione;
use tabulario::utenti::visibilita::Vista;
use tabulario::valori::Attore;
use tabulario::{conservazione, pec};

/// A registration made over the API.
fn una(casa: &Casa, url: &str, chiesta: &Value) -> String {
    let chiave = tabulario::valori::Impronta::of(chiesta.to_string().as_bytes()).to_string();
    let fatta = registra(url, &casa.gettone, &chiave, chiesta, b"atto").unwrap();
    assert_eq!(fatta.stato, 201, "{}", fatta.json());
    fatta.json()["id"].as_str().unwrap().to_owned()
}

fn allo_sportello(oggetto: &str) -> Value {
    let mut chiesta = entrata(oggetto);
    chiesta["mezzo"] = "sportello".into();
    chiesta["arrivo"] = "2026-01-05T09:00:00Z".into();
    chiesta["protocolloMittente"] = json!({ "numero": "45/A", "data": "2026-01-02" });
    chiesta
}

fn posta_a(casa: &Casa, url: &str, id: &str, che: &str, corpo: &Value) -> (u16, Value) {
    let risposta = chiama_json(&format!("{url}/api/v1/registrazioni/{id}/{che}"), &casa.gettone, &corpo.to_string());
    (risposta.stato, risposta.json())
}

fn annulla_dato(casa: &Casa, url: &str, id: &str, campo: &str, valore: &Value) -> (u16, Value) {
    let corpo = json!({ "motivo": "Scritto male", "dato": { "campo": campo, "valore": valore } });
    posta_a(casa, url, id, "annullamento", &corpo)
}

fn totale(casa: &Casa, url: &str, q: &str) -> u64 {
    leggi(&format!("{url}/api/v1/ricerca?q={q}"), &casa.gettone).json()["totale"].as_u64().unwrap()
}

fn letta(casa: &Casa, vista: &Vista, id: &str) -> Registrazione {
    casa.db.leggi(|conn| registro::per_id(conn, vista, id.parse().unwrap())).unwrap()
}

/// Whoever works in no office that has anything here, without what is riservato.
fn altri(casa: &Casa) -> Vista {
    Vista::SenzaRiservati(casa.aoo.id, vec![tabulario::valori::UfficioId::new()].into())
}

fn integra(casa: &Casa) {
    let esito = comando(casa, &["controlla"]);
    assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stdout));
}

su_entrambi! {
    fn an_application_proposes_and_reads_what_was_decided(casa) {
        let server = casa.server();
        let id = una(casa, &server.url, &entrata("Istanza di permesso, via Garibldi 12"));
        let corpo = json!({ "motivo": "Scritto male", "dato": { "campo": "oggetto", "valore": "Istanza di permesso, via Garibaldi 12" } });
        let (stato, lista) = posta_a(casa, &server.url, &id, "proposte", &corpo);
        assert_eq!((stato, &lista["risultati"][0]["dato"]["valore"]), (201, &json!("Istanza di permesso, via Garibaldi 12")), "{lista}");
        assert_eq!(lista["risultati"][0]["decisione"], Value::Null);
        let (stato, no) = posta_a(casa, &server.url, &id, "proposte", &corpo);
        assert_eq!((stato, no["type"].as_str()), (409, Some("urn:tabulario:proposta-aperta")), "{no}");
        let uguale = json!({ "motivo": "x", "dato": { "campo": "oggetto", "valore": "Istanza di permesso, via Garibldi 12" } });
        assert_eq!(posta_a(casa, &server.url, &id, "proposte", &uguale).0, 422);
        assert_eq!(posta_a(casa, &server.url, &id, "proposte", &json!({ "dato": null })).0, 422);
        // The RSP refuses; the register is as it was.
        let vista = casa.vista();
        let proposta: Vec<_> = casa.db.leggi(|conn| registro::proposte(conn, &vista, id.parse().unwrap())).unwrap();
        let respingi = |op: &mut Operazione<'_>| registro::respingi(op, &vista, proposta[0].id, &"Va bene così".parse().unwrap());
        casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), respingi).unwrap();
        let lista = leggi(&format!("{}/api/v1/registrazioni/{id}/proposte", server.url), &casa.gettone).json();
        let decisione = &lista["risultati"][0]["decisione"];
        assert_eq!((&decisione["accolta"], &decisione["motivo"]), (&json!(false), &json!("Va bene così")), "{lista}");
        assert_eq!(letta(casa, &vista, &id).oggetto.as_str(), "Istanza di permesso, via Garibldi 12");
        assert_eq!(casa.conta("dati_annullati"), 0);
        integra(casa);
    }

    fn an_annulled_datum_stays_beside_the_new_one(casa) {
        let server = casa.server();
        let url = &server.url;
        let id = una(casa, url, &allo_sportello("Istanza di Garibldi"));
        let (stato, r) = annulla_dato(casa, url, &id, "oggetto", &json!("Istanza di Garibaldi"));
        assert_eq!(stato, 201, "{r}");
        assert_eq!(r["oggetto"], "Istanza di Garibaldi");
        let a = &r["annullamenti"][0];
        assert_eq!(a["dato"], json!({ "campo": "oggetto", "prima": "Istanza di Garibldi", "dopo": "Istanza di Garibaldi", "riservato": false }));
        let testo = a["testo"].as_str().unwrap();
        for parte in ["annullamento di un dato n. 1/", "0000001", "Garibldi", "Garibaldi", "Scritto male", "applicazione Prova"] {
            assert!(testo.contains(parte), "{parte} is not in {testo}");
        }
        // The provvedimento is filed: its file is that text.
        let sha256 = a["provvedimento"]["sha256"].as_str().unwrap();
        let filato = leggi(&format!("{url}/api/v1/documenti/{sha256}"), &casa.gettone);
        assert_eq!((filato.stato, String::from_utf8(filato.corpo).unwrap().as_str()), (200, testo));
        assert!(filato.tipo.starts_with("text/plain"), "{}", filato.tipo);

        assert_eq!(annulla_dato(casa, url, &id, "oggetto", &json!("Istanza di Anita")).0, 201);
        let parti = json!([{ "ruolo": "mittente", "tipo": "persona-fisica", "nome": "Ettore", "cognome": "Bianchi" }]);
        assert_eq!(annulla_dato(casa, url, &id, "corrispondenti", &parti).0, 201);
        assert_eq!(annulla_dato(casa, url, &id, "protocolloMittente", &Value::Null).0, 201);
        let (stato, r) = annulla_dato(casa, url, &id, "arrivo", &json!("2026-01-04T10:00:00Z"));
        assert_eq!(stato, 201, "{r}");
        assert_eq!((r["oggetto"].as_str(), r["corrispondenti"][0]["nome"].as_str()), (Some("Istanza di Anita"), Some("Ettore")));
        assert_eq!((&r["protocolloMittente"], r["arrivo"].as_str().unwrap().get(..10)), (&Value::Null, Some("2026-01-04")));
        let annullamenti = r["annullamenti"].as_array().unwrap();
        let dati: Vec<_> = annullamenti.iter().map(|a| (a["provvedimento"]["numero"].as_i64().unwrap(), a["dato"]["campo"].as_str().unwrap())).collect();
        assert_eq!(dati, [(1, "oggetto"), (2, "oggetto"), (3, "corrispondenti"), (4, "protocolloMittente"), (5, "arrivo")]);
        assert_eq!((&annullamenti[1]["dato"]["prima"], &annullamenti[3]["dato"]["prima"]["numero"]), (&json!("Istanza di Garibaldi"), &json!("45/A")));
        // Only what is in force is found, and the rows never changed.
        assert_eq!((totale(casa, url, "Anita"), totale(casa, url, "Ettore"), totale(casa, url, "Maria")), (1, 1, 0));
        assert_eq!(casa.conta("registrazioni WHERE oggetto = 'Istanza di Garibldi' AND protocollo_mittente_numero = '45/A'"), 1);
        assert_eq!(casa.conta("corrispondenti WHERE nome = 'Maria'"), 1);
        // A whole annulment goes on with the same numbers, and closes it.
        let (stato, r) = posta_a(casa, url, &id, "annullamento", &json!({ "motivo": "Doppia" }));
        assert_eq!((stato, &r["annullamenti"][5]["provvedimento"]["numero"], &r["annullamenti"][5]["dato"]), (201, &json!(6), &Value::Null), "{r}");
        let filato = r["annullamenti"][5]["provvedimento"]["sha256"].as_str().unwrap();
        assert_eq!(leggi(&format!("{url}/api/v1/documenti/{filato}"), &casa.gettone).stato, 200);
        assert_eq!(annulla_dato(casa, url, &id, "oggetto", &json!("Altro")).0, 409);
        assert!(casa.sql("UPDATE dati_annullati SET valore = 'x'").is_err() && casa.sql("DELETE FROM dati_annullati").is_err());
        integra(casa);
    }

    fn a_new_value_is_refused_where_a_registration_would_be(casa) {
        let server = casa.server();
        let url = &server.url;
        let (sportello, pec) = (una(casa, url, &allo_sportello("Istanza")), una(casa, url, &entrata("Da PEC")));
        let destinatario = json!([{ "ruolo": "destinatario", "tipo": "persona-giuridica", "denominazione": "Rossi srl" }]);
        let solo_nome = json!([{ "ruolo": "mittente", "tipo": "persona-fisica", "nome": "Mario" }]);
        let dato = |campo: &str, valore: Value| json!({ "motivo": "x", "dato": { "campo": campo, "valore": valore } });
        for (id, corpo, dove) in [
            (&sportello, dato("oggetto", json!("Istanza")), "/dato/valore"),
            (&sportello, dato("oggetto", json!(" ")), "/dato/valore"),
            (&sportello, dato("oggetto", json!("Istanza\u{202e}fdp")), "/dato/valore"),
            (&sportello, dato("oggetto", Value::Null), "/dato/valore"),
            (&sportello, dato("corrispondenti", destinatario), "/dato/valore"),
            (&sportello, dato("corrispondenti", json!([])), "/dato/valore"),
            (&sportello, dato("corrispondenti", solo_nome), "/dato/valore/0/denominazione"),
            (&sportello, dato("protocolloMittente", json!({ "data": "2026-01-02" })), "/dato/valore/numero"),
            (&sportello, dato("arrivo", json!("2199-01-01T00:00:00Z")), "/dato/valore"),
            (&sportello, dato("arrivo", json!("2026-01-05T09:00:00Z")), "/dato/valore"),
            (&sportello, dato("numero", json!("0000002")), "/dato/campo"),
            (&sportello, json!({ "motivo": "x", "dato": { "campo": "protocolloMittente" } }), "/dato/valore"),
            (&sportello, json!({ "motivo": "x", "dato": { "campo": "oggetto", "valore": "Y", "segreto": 1 } }), "/dato/segreto"),
            (&sportello, json!({ "dato": { "campo": "oggetto", "valore": "Y" } }), "/motivo"),
            (&pec, dato("arrivo", json!("2026-01-04T10:00:00Z")), "/dato/campo"),
        ] {
            let (stato, no) = posta_a(casa, url, id, "annullamento", &corpo);
            assert_eq!((stato, no["errors"][0]["pointer"].as_str()), (422, Some(dove)), "{corpo}: {no}");
        }
        let sconosciuta = "0192f0e4-0000-7000-8000-000000000000";
        assert_eq!(annulla_dato(casa, url, sconosciuta, "oggetto", &json!("Y")).0, 404);
        assert_eq!((casa.conta("dati_annullati"), casa.conta("contatori_provvedimenti")), (0, 0));
        integra(casa);
    }

    fn an_annulled_value_may_be_riservato(casa) {
        let server = casa.server();
        let url = &server.url;
        let mut chiesta = uscita("Sussidio a Zaccaria");
        chiesta["ufficio"] = "EDIL".into();
        let id = una(casa, url, &chiesta);
        let riservato = |valore: &str| json!({ "motivo": "Nome in chiaro", "dato": { "campo": "oggetto", "valore": valore, "riservato": true } });
        assert_eq!(annulla_dato(casa, url, &id, "oggetto", &json!("Sussidio a Zaccaria Neri")).0, 201);
        let aperta = letta(casa, &altri(casa), &id);
        assert!(aperta.dati_annullati[0].atto.is_some() && !aperta.ha_nascosti());
        assert_eq!(posta_a(casa, url, &id, "annullamento", &riservato("Sussidio")).0, 201);

        let id_ = id.parse().unwrap();
        let segnatura = |vista: &Vista| casa.db.leggi(|conn| registro::segnatura_xml(conn, vista, id_)).is_ok();
        let sua = Vista::SenzaRiservati(casa.aoo.id, vec![casa.ufficio.id].into());
        for (vista, svelata) in [(casa.vista(), true), (sua, true), (altri(casa), false)] {
            let r = letta(casa, &vista, &id);
            assert_eq!(r.oggetto.as_str(), "Sussidio");
            // The value that is riservato is what the first act gave, too.
            let (primo, secondo) = (&r.dati_annullati[0], &r.dati_annullati[1]);
            assert!(primo.prima.is_some() && secondo.dopo.is_some() && secondo.riservato);
            assert_eq!((primo.dopo.is_some(), primo.atto.is_some()), (svelata, svelata), "{vista:?}");
            assert_eq!((secondo.prima.is_some(), secondo.atto.is_some()), (svelata, svelata), "{vista:?}");
            assert_eq!(segnatura(&vista), svelata, "{vista:?}");
            for d in letta(casa, &casa.vista(), &id).dati_annullati {
                let impronta = d.atto.unwrap().impronta;
                let usa = casa.db.leggi(|conn| registro::e_provvedimento(conn, &vista, id_, &impronta)).unwrap();
                assert_eq!(usa, svelata, "{vista:?}");
                let estremi = (d.anno, d.numero);
                assert_eq!(casa.db.leggi(|conn| registro::provvedimento(conn, &vista, id_, estremi)).is_ok(), svelata, "{vista:?}");
            }
        }
        // Nobody finds it by what it said.
        let domanda = Domanda::leggi("Zaccaria", casa.db.orologio().adesso().giorno()).unwrap();
        let indice = casa.indice();
        for vista in [casa.vista(), altri(casa)] {
            assert_eq!(ricerca::cerca(&indice, &casa.db, &vista, &domanda, None).unwrap().totale, 0, "{vista:?}");
        }
        integra(casa);
    }

    fn a_registration_becomes_riservata_and_is_opened_again(casa) {
        let casella = posta::casella(casa, &["01"]);
        assert_eq!(posta::ricevi(casa, &casella), 1);
        let server = casa.server();
        let url = &server.url;
        let messaggio = posta::messaggi(casa, url).remove(0);
        let (stato, fatta) = posta::protocolla(casa, url, &messaggio["id"], "uno");
        assert_eq!(stato, 201, "{fatta}");
        let (id, messaggio) = (fatta["id"].as_str().unwrap(), messaggio["id"].as_str().unwrap().parse().unwrap());
        let domanda = Domanda::leggi(&format!("n:{}", fatta["numero"].as_str().unwrap()), casa.db.orologio().adesso().giorno()).unwrap();
        let indice = casa.indice();
        casa.db.scrivi(casa.aoo.id, &tabulario::valori::Attore::Sistema("demo"), |op| {
            let sql = format!("INSERT INTO versamenti (registrazione_id, aoo_id, stato, istante) VALUES ('{id}', '{}', 'da-preparare', '2026-01-01 00:00:00')", casa.aoo.id);
            diesel::RunQueryDsl::execute(diesel::sql_query(sql), op.conn).map_err(tabulario::storage::Errore::from)
        }).unwrap();
        let vede = |vista: &Vista| {
            let (primo, mail) = casa.db.leggi(|conn| {
                let primo = registro::ultime(conn, vista, None, 10)?;
                Ok::<_, pec::Errore>((primo, pec::messaggio(conn, vista, messaggio).is_ok()))
            }).unwrap();
            let versate: i64 = casa.db.leggi(|conn| conservazione::quadro(conn, vista)).unwrap().per_stato.iter().map(|(_, n)| n).sum();
            let elencate = casa.db.leggi(|conn| conservazione::elenco(conn, vista, &conservazione::Stato::TUTTI, None, 10)).unwrap().len();
            let trovate = ricerca::cerca(&indice, &casa.db, vista, &domanda, None).unwrap().totale;
            [primo.len(), usize::from(mail), usize::try_from(versate).unwrap(), elencate, trovate]
        };
        let sua = Vista::SenzaRiservati(casa.aoo.id, vec![casa.ufficio.id].into());
        assert_eq!(vede(&altri(casa)), [1; 5]);
        for (riservato, altrui) in [(true, 0), (false, 1), (true, 0)] {
            let corpo = json!({ "riservato": riservato, "motivo": "Dati sulla salute" });
            let (stato, r) = posta_a(casa, url, id, "riservatezza", &corpo);
            assert_eq!((stato, r["riservato"].as_bool()), (201, Some(riservato)), "{r}");
            assert_eq!((vede(&altri(casa)), vede(&sua), vede(&casa.vista())), ([altrui; 5], [1; 5], [1; 5]), "{riservato}");
            assert_eq!(posta_a(casa, url, id, "riservatezza", &corpo).0, 409);
        }
        for cattivo in [json!({ "riservato": true }), json!({ "motivo": "x" }), json!({ "riservato": "no", "motivo": "x" })] {
            assert_eq!(posta_a(casa, url, id, "riservatezza", &cattivo).0, 422, "{cattivo}");
        }
        // What was registered as riservato is opened, too.
        let mut chiesta = entrata("Esposto");
        chiesta["riservato"] = true.into();
        let esposto = una(casa, url, &chiesta);
        assert_eq!(posta_a(casa, url, &esposto, "riservatezza", &json!({ "riservato": false, "motivo": "Non serve più" })).0, 201);
        assert!(!letta(casa, &altri(casa), &esposto).riservato);
        assert!(casa.sql("UPDATE riservatezze SET riservato = NOT riservato").is_err());
        assert_eq!(casa.conta("riservatezze"), 4);
        integra(casa);
    }
}
