//! What arrives on paper is registered later by an act that the RSP made before, and by no other way that leaves a trace.

use crate::casa::{Casa, Server, comando, entrata, leggi, registra as per_api, su_entrambi};
use crate::pagine::cliente::{Cliente, assumi};
use crate::pagine::registra;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use tabulario::utenti::Ruolo;
use tabulario::valori::ROMA;

/// Day and time as people type them.
fn scritto(istante: DateTime<Utc>) -> (String, String) {
    let locale = istante.with_timezone(&ROMA);
    (locale.format("%d/%m/%Y").to_string(), locale.format("%H:%M").to_string())
}

/// The RSP makes an act from the beginning of today to tomorrow; its id.
fn disponi(casa: &Casa, server: &Server, chi: &Cliente<'_>) -> String {
    let ora = casa.db.orologio().adesso().date_time();
    let ((oggi, _), (domani, orario)) = (scritto(ora), scritto(ora + Duration::days(1)));
    let modulo = chi.apri("/registro/differimenti").campo("modulo");
    let corpo = format!(
        "modulo={modulo}&causa=Guasto+di+rete&documenti=Domande+del+bando&dal={oggi}&dal-ora=0:00&al={domani}&al-ora={orario}"
    );
    // Sent twice, it is one act.
    for _ in 0..2 {
        let fatto = chi.modulo_semplice("/registro/differimenti", &corpo);
        assert_eq!(fatto.stato, 303, "{}", fatto.html);
    }
    assert_eq!(casa.conta("differimenti"), 1);
    let elenco = leggi(&format!("{}/api/v1/differimenti", server.url), &casa.gettone).json();
    assert_eq!(
        (&elenco["risultati"][0]["causa"], &elenco["risultati"][0]["chiuso"]),
        (&json!("Guasto di rete"), &Value::Null)
    );
    elenco["risultati"][0]["id"].as_str().unwrap().to_owned()
}

su_entrambi! {
    fn the_rsp_makes_it_before_and_ends_it(casa) {
        let server = casa.server();
        for (nome, ruolo) in [("rosa", Ruolo::Rsp), ("anna", Ruolo::Operatore), ("vera", Ruolo::Revisore), ("marta", Ruolo::Addetto)] {
            assumi(casa, nome, ruolo);
        }
        let dentro = |nome| Cliente::dentro(&server, nome);
        let (rosa, anna, vera, marta) = (dentro("rosa"), dentro("anna"), dentro("vera"), dentro("marta"));
        let strada = "/registro/differimenti";
        let modulo = rosa.apri(strada).campo("modulo");
        let ora = casa.db.orologio().adesso().date_time();
        let giorno = |giorni: i64| scritto(ora + Duration::days(giorni)).0;
        for (dal, al, frase) in [
            (giorno(-2), giorno(1), "si dispone prima"),
            (giorno(3), giorno(2), "dopo l&#39;inizio"),
            (giorno(1), giorno(60), "al massimo 31 giorni"),
            ("31/02/2027".to_owned(), giorno(2), "giorno, mese e anno"),
        ] {
            let corpo = format!("modulo={modulo}&causa=Guasto&documenti=Posta&dal={dal}&dal-ora=8&al={al}&al-ora=8");
            let rifiutato = rosa.modulo_semplice(strada, &corpo);
            assert!(rifiutato.stato == 422 && rifiutato.html.contains(frase), "{dal} {al}: {}", rifiutato.html);
            assert!(rifiutato.html.contains("value=\"Guasto\""), "what was typed is kept");
        }
        let senza = rosa.modulo_semplice(strada, &format!("modulo={modulo}&dal={}&al={}&dal-ora=8&al-ora=9", giorno(1), giorno(2)));
        assert!(senza.stato == 422 && senza.html.contains("Scrivi la causa"));
        assert_eq!(casa.conta("differimenti"), 0);
        let id = disponi(casa, &server, &rosa);
        // Who reads the register reads it, and cannot touch it; who does not read the register knows nothing of it.
        for chi in [&anna, &vera] {
            let pagina = chi.apri(strada);
            assert!(pagina.stato == 200 && pagina.html.contains("Guasto di rete") && !pagina.html.contains("<form action=\"/registro"));
            let modulo = pagina.campo("modulo");
            assert_eq!(chi.modulo_semplice(strada, &format!("modulo={modulo}&causa=x&documenti=x")).stato, 404);
            assert_eq!(chi.modulo_semplice(&format!("{strada}/{id}/chiusura"), &format!("modulo={modulo}")).stato, 404);
        }
        assert_eq!(marta.apri(strada).stato, 404);
        assert_eq!(leggi(&format!("{}/api/v1/differimenti", server.url), "").stato, 401);
        let chiudi = |id: &str| rosa.modulo_semplice(&format!("{strada}/{id}/chiusura"), &format!("modulo={modulo}")).stato;
        assert_eq!((chiudi("x"), chiudi("01a20113-bd15-70bc-a607-496733b59f69")), (404, 404));
        assert_eq!((chiudi(&id), chiudi(&id)), (303, 409));
        assert!(rosa.apri(strada).html.contains("finito, chiuso il"));
        assert!(comando(casa, &["controlla"]).status.success());
        for sql in ["UPDATE differimenti SET al = dal", "DELETE FROM chiusure_differimenti"] {
            assert!(casa.sql(sql).is_err(), "{sql}");
        }
    }

    fn a_paper_entrata_names_the_one_that_covers_its_arrival(casa) {
        let server = casa.server();
        assumi(casa, "rosa", Ruolo::Rsp);
        assumi(casa, "anna", Ruolo::Operatore);
        let rosa = Cliente::dentro(&server, "rosa");
        let id = disponi(casa, &server, &rosa);
        let ora = casa.db.orologio().adesso();
        let mut chiesta = entrata("Domanda del bando");
        chiesta["mezzo"] = json!("sportello");
        chiesta["arrivo"] = json!(ora.roma());
        chiesta["differimento"] = json!(id);
        for (campo, valore) in [
            ("mezzo", json!("pec")),
            ("arrivo", json!("2026-01-02T10:00:00+01:00")),
            ("differimento", json!("01a20113-bd15-70bc-a607-496733b59f69")),
            ("differimento", json!(7)),
        ] {
            let mut altra = chiesta.clone();
            altra[campo] = valore;
            let rifiuto = per_api(&server.url, &casa.gettone, &altra.to_string()[..100], &altra, b"x").unwrap();
            assert_eq!((rifiuto.stato, &rifiuto.json()["errors"][0]["pointer"]), (422, &json!("/differimento")), "{altra}");
        }
        assert_eq!((casa.conta("registrazioni"), casa.conta("registrazioni_differite")), (0, 0));
        let fatta = per_api(&server.url, &casa.gettone, "k", &chiesta, b"x").unwrap().json();
        assert_eq!((&fatta["numero"], &fatta["differimento"]), (&json!("0000001"), &json!(id)));
        let html = rosa.apri(&format!("/registrazioni/{}", fatta["id"].as_str().unwrap())).html;
        assert!(html.contains("Registrata in differimento") && html.contains("Guasto di rete"), "{html}");
        // In the form: chosen from the list; an arrival that it does not cover is refused there; a past arrival alone asks nothing.
        let anna = Cliente::dentro(&server, "anna");
        let (oggi, orario) = scritto(ora.date_time());
        let carta = |arrivo: (&str, &str), differimento: &str| {
            registra(&anna, "entrata", "Domanda a mano", &[("arrivo", arrivo.0), ("arrivo-ora", arrivo.1), ("differimento", differimento)])
        };
        let fuori = carta(("02/01/2026", "10:00"), &id);
        assert!(fuori.stato == 422 && fuori.html.contains("non copre l&#39;arrivo") && fuori.html.contains("href=\"#differimento\""), "{}", fuori.html);
        for cattivo in [("02/01/2199", "10:00"), ("30/02/2026", "10:00"), ("02/01/2026", "25:00"), ("", "10:00"), ("02/01/2026", "")] {
            let rifiutato = carta(cattivo, "");
            assert!(rifiutato.stato == 422 && rifiutato.html.contains("href=\"#arrivo\""), "{cattivo:?}: {}", rifiutato.html);
        }
        assert_eq!(casa.conta("registrazioni"), 1);
        assert_eq!(carta((&oggi, &orario), &id).stato, 303);
        let passata = carta(("02/01/2026", "10:00"), "");
        assert_eq!(passata.stato, 303, "{}", passata.html);
        assert!(anna.apri(passata.testata("location")).html.contains("02/01/2026 10:00:00"));
        assert_eq!(casa.conta("registrazioni_differite"), 2);
        // What arrives after its end is not covered; what arrived before still is.
        let modulo = rosa.apri("/registro/differimenti").campo("modulo");
        assert_eq!(rosa.modulo_semplice(&format!("/registro/differimenti/{id}/chiusura"), &format!("modulo={modulo}")).stato, 303);
        let mut ancora = chiesta.clone();
        ancora["oggetto"] = json!("Dopo la chiusura, arrivata prima");
        assert_eq!(per_api(&server.url, &casa.gettone, "k2", &ancora, b"y").unwrap().stato, 201);
        ancora["arrivo"] = Value::Null;
        assert_eq!(per_api(&server.url, &casa.gettone, "k3", &ancora, b"y").unwrap().stato, 422);
        assert!(comando(casa, &["controlla"]).status.success());
        assert!(casa.sql("DELETE FROM registrazioni_differite").is_err());
    }
}
