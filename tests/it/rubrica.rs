//! The rubrica: nothing is overwritten, every datum has its source, and a registration keeps its parties.

use crate::casa::{Casa, chiama_json, comando, entrata, leggi, registra, su_entrambi};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tabulario::registro::rubrica::{self, Decisione, Errore, Fonte, Indirizzo, Somiglianza};
use tabulario::segnatura::{NomeParte, Parte, TipoParte};
use tabulario::storage::Operazione;
use tabulario::valori::{Attore, SoggettoId};

fn ditta(nome: &str, cf: &str) -> Parte {
    Parte {
        tipo: TipoParte::PersonaGiuridica,
        nome: NomeParte::Denominazione(nome.parse().unwrap()),
        codice_fiscale: cf.parse().ok(),
        codice_ipa: None,
        codice_aoo: None,
        codice_uo: None,
        pec: None,
    }
}

fn persona(nome: &str, cognome: &str, cf: &str) -> Parte {
    let (nome, cognome) = (nome.parse().unwrap(), cognome.parse().unwrap());
    Parte { tipo: TipoParte::PersonaFisica, nome: NomeParte::Persona { nome, cognome }, ..ditta("x", cf) }
}

fn pec(indirizzo: &str) -> Indirizzo {
    Indirizzo::leggi("pec", indirizzo).unwrap()
}

fn atto<T>(casa: &Casa, f: impl FnOnce(&mut Operazione<'_>) -> Result<T, Errore>) -> Result<T, Errore> {
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), f)
}

fn crea(casa: &Casa, parte: &Parte, indirizzi: &[Indirizzo]) -> SoggettoId {
    atto(casa, |op| rubrica::crea(op, parte, indirizzi, Fonte::Scritto)).unwrap()
}

fn nomi(casa: &Casa, testo: &str) -> BTreeSet<String> {
    casa.db
        .leggi(|conn| rubrica::cerca(conn, casa.aoo.id, testo))
        .unwrap()
        .iter()
        .map(rubrica::Soggetto::nome)
        .collect()
}

fn in_vigore(casa: &Casa, id: SoggettoId) -> Vec<String> {
    let s = casa.db.leggi(|conn| rubrica::per_id(conn, casa.aoo.id, id)).unwrap();
    s.recapiti.iter().map(|r| r.indirizzo.valore().to_owned()).collect()
}

fn integra(casa: &Casa) {
    let esito = comando(casa, &["controlla"]);
    assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stdout));
}

fn importa(casa: &Casa, file: &str, altri: &[&str]) -> (Option<i32>, String) {
    let strada = casa.dir.path().join("rubrica.csv");
    std::fs::write(&strada, file).unwrap();
    let mut argomenti = vec!["importa", "rubrica", "--aoo", "AX99Z01", strada.to_str().unwrap()];
    argomenti.extend(altri);
    let esito = comando(casa, &argomenti);
    (esito.status.code(), [esito.stdout, esito.stderr].map(|b| String::from_utf8(b).unwrap()).concat())
}

su_entrambi! {
    fn what_was_known_before_stays_beside_what_is_known_now(casa) {
        let id = crea(casa, &ditta("Rossi srl", "12345678903"), &[pec("rossi@pec.example")]);
        atto(casa, |op| rubrica::cambia(op, id, &ditta("Rossi Costruzioni srl", "12345678903"), Fonte::Inipec)).unwrap();
        atto(casa, |op| rubrica::cambia(op, id, &ditta("Rossi Costruzioni srl", "12345678903"), Fonte::Ipa)).unwrap();
        assert_eq!(casa.conta("soggetti"), 2, "the same said again is no act");
        let storia = casa.db.leggi(|conn| rubrica::storia(conn, casa.aoo.id, id)).unwrap();
        assert_eq!(storia.iter().map(|(_, p)| p.fonte).collect::<Vec<_>>(), [Fonte::Inipec, Fonte::Scritto]);
        assert!(storia.iter().all(|(_, p)| p.autore == "Tabulario (comando)"), "{storia:?}");
        let nuovo = atto(casa, |op| rubrica::aggiungi(op, id, &pec("nuova@pec.example"), Fonte::Inipec)).unwrap();
        let ancora = atto(casa, |op| rubrica::aggiungi(op, id, &pec("NUOVA@pec.example"), Fonte::Scritto));
        assert!(matches!(ancora, Err(Errore::RecapitoPresente(_))), "{ancora:?}");
        atto(casa, |op| rubrica::ritira(op, id, nuovo)).unwrap();
        assert!(matches!(atto(casa, |op| rubrica::ritira(op, id, nuovo)), Err(Errore::GiaRitirato)));
        assert_eq!(in_vigore(casa, id), ["rossi@pec.example"]);
        let tutti = casa.db.leggi(|conn| rubrica::recapiti(conn, casa.aoo.id, id)).unwrap();
        assert_eq!(tutti.iter().map(|r| r.ritirato.is_some()).collect::<Vec<_>>(), [true, false]);
        assert!(nomi(casa, "nuova@pec").is_empty() && nomi(casa, "rossi@pec").len() == 1);
        for sql in ["UPDATE soggetti SET denominazione = 'x'", "DELETE FROM recapiti", "DELETE FROM ritiri_recapiti"] {
            assert!(casa.sql(sql).is_err(), "{sql}");
        }
        integra(casa);
    }

    fn three_letters_find_by_name_code_and_address(casa) {
        crea(casa, &persona("Niccolò", "D'Amico", "RSSMRA80A01H501U"), &[pec("studio.legale@pec.example")]);
        crea(casa, &ditta("Rossi Costruzioni", "12345678903"), &[]);
        crea(casa, &ditta("Rosati Mario", ""), &[]);
        let ente = Parte { tipo: TipoParte::Amministrazione, codice_ipa: Some("c_h501".parse().unwrap()), ..ditta("Comune di Roma", "") };
        crea(casa, &ente, &[pec("protocollo@pec.comune.roma.example")]);
        let check = |testo: &str, attesi: &[&str]| {
            assert_eq!(nomi(casa, testo), attesi.iter().map(|n| (*n).to_owned()).collect(), "{testo}");
        };
        check("ros", &["Rossi Costruzioni", "Rosati Mario"]);
        check("ROS mar", &["Rosati Mario"]);
        check("niccolo", &["D'Amico Niccolò"]);
        check("d'ami", &["D'Amico Niccolò"]);
        check("rssmra", &["D'Amico Niccolò"]);
        check("studio.leg", &["D'Amico Niccolò"]);
        check("studio.legale@pec", &["D'Amico Niccolò"]);
        check("123", &["Rossi Costruzioni"]);
        check("c_h5", &["Comune di Roma"]);
        check("prot", &["Comune di Roma"]);
        for niente in ["", "r", "ossi", "rosz", "ros verdi", "%ossi", "_os"] {
            check(niente, &[]);
        }
        for i in 0..30 {
            crea(casa, &ditta(&format!("Zeta {i}"), ""), &[]);
        }
        assert_eq!(nomi(casa, "zet").len(), rubrica::MASSIMO);
        let elenco = |dopo| casa.db.leggi(|conn| rubrica::elenco(conn, casa.aoo.id, dopo, 20)).unwrap();
        let prima = elenco(None);
        let seconda = elenco(prima.last().map(|s| s.id));
        let tutti: BTreeSet<String> = prima.iter().chain(&seconda).map(rubrica::Soggetto::nome).collect();
        assert_eq!((prima.len(), seconda.len(), tutti.len()), (20, 14, 34));
        assert_eq!(prima[0].nome(), "Comune di Roma");
    }

    fn a_second_source_proposes_and_overwrites_nothing(casa) {
        let id = crea(casa, &ditta("Rossi srl", ""), &[pec("vecchia@pec.example")]);
        let detto = [pec("nuova@pec.example")];
        let proponi = || atto(casa, |op| rubrica::proponi(op, id, &ditta("ROSSI SRL", "12345678903"), &detto, Fonte::Inipec)).unwrap();
        assert_eq!(proponi(), 2, "case is no difference");
        assert_eq!(proponi(), 0, "proposed once");
        assert_eq!(in_vigore(casa, id), ["vecchia@pec.example"]);
        let proposte = casa.db.leggi(|conn| rubrica::proposte(conn, casa.aoo.id, id)).unwrap();
        let dati: Vec<_> = proposte.iter().map(|p| (p.differenza.dato, p.differenza.attuale.as_deref())).collect();
        assert_eq!(dati, [("codice-fiscale", None), ("pec", Some("vecchia@pec.example"))]);
        let decidi = |i: usize, d| atto(casa, |op| rubrica::decidi(op, id, proposte[i].id, d));
        decidi(0, Decisione::Lascia).unwrap();
        assert!(matches!(decidi(0, Decisione::Aggiorna), Err(Errore::GiaDecisa)));
        decidi(1, Decisione::Aggiorna).unwrap();
        assert_eq!(in_vigore(casa, id), ["nuova@pec.example"]);
        let recapiti = casa.db.leggi(|conn| rubrica::recapiti(conn, casa.aoo.id, id)).unwrap();
        assert_eq!((recapiti.len(), recapiti[0].provenienza.fonte), (2, Fonte::Inipec));
        assert_eq!(proponi(), 0, "what was left stays left");
        let altra = atto(casa, |op| rubrica::proponi(op, id, &ditta("Rossi srl", "12345678903"), &[], Fonte::Csv)).unwrap();
        assert_eq!(altra, 1, "another source may say it");
        assert_eq!(casa.db.leggi(|conn| rubrica::con_proposte(conn, casa.aoo.id, 10)).unwrap().len(), 1);
        let ultima = casa.db.leggi(|conn| rubrica::proposte(conn, casa.aoo.id, id)).unwrap().remove(0);
        atto(casa, |op| rubrica::decidi(op, id, ultima.id, Decisione::Aggiorna)).unwrap();
        assert!(casa.db.leggi(|conn| rubrica::con_proposte(conn, casa.aoo.id, 10)).unwrap().is_empty());
        assert_eq!(nomi(casa, "12345678903").len(), 1);
        integra(casa);
    }

    fn look_alikes_are_refused_or_asked_about_and_a_union_is_undone(casa) {
        let uno = crea(casa, &ditta("Rossi srl", "12345678903"), &[pec("rossi@pec.example")]);
        let no = |parte: &Parte, i: &[Indirizzo]| atto(casa, |op| rubrica::crea(op, parte, i, Fonte::Scritto)).unwrap_err();
        let uguale = ditta("Tutt'altro nome", "12345678903");
        assert!(matches!(no(&uguale, &[]), Errore::GiaPresente { id, per: Somiglianza::CodiceFiscale, .. } if id == uno));
        let comunque = atto(casa, |op| rubrica::crea_comunque(op, &uguale, &[], Fonte::Scritto));
        assert!(matches!(comunque, Err(Errore::GiaPresente { .. })), "{comunque:?}");
        assert!(matches!(no(&ditta("SRL Rossi", ""), &[]), Errore::Somiglia { per: Somiglianza::Nome, .. }));
        assert!(matches!(no(&ditta("Altra", ""), &[pec("ROSSI@pec.example")]), Errore::Somiglia { per: Somiglianza::Pec, .. }));
        crea(casa, &ditta("Rossi srl", "00000000000"), &[pec("rossi@pec.example")]);
        let due = atto(casa, |op| rubrica::crea_comunque(op, &ditta("Rossi s.r.l. unipersonale", ""), &[pec("rossi@pec.example"), pec("due@pec.example")], Fonte::Scritto)).unwrap();
        let tre = crea(casa, &ditta("Rossi in liquidazione", ""), &[pec("tre@pec.example")]);
        assert!(matches!(atto(casa, |op| rubrica::unisci(op, uno, uno)), Err(Errore::Stesso)));
        atto(casa, |op| rubrica::unisci(op, due, tre)).unwrap();
        let unione = atto(casa, |op| rubrica::unisci(op, uno, due)).unwrap();
        for (a, b) in [(due, uno), (uno, tre), (uno, due)] {
            assert!(matches!(atto(casa, |op| rubrica::unisci(op, a, b)), Err(Errore::Unito)), "a ring");
        }
        assert!(matches!(atto(casa, |op| rubrica::aggiungi(op, due, &pec("x@pec.example"), Fonte::Scritto)), Err(Errore::Unito)));
        assert_eq!(nomi(casa, "unipersonale"), BTreeSet::from(["Rossi srl".to_owned()]), "found by the other's name");
        assert_eq!(nomi(casa, "tre@pec"), BTreeSet::from(["Rossi srl".to_owned()]));
        assert_eq!(in_vigore(casa, uno).len(), 4);
        atto(casa, |op| rubrica::sciogli(op, uno, unione)).unwrap();
        assert!(matches!(atto(casa, |op| rubrica::sciogli(op, uno, unione)), Err(Errore::GiaSciolta)));
        assert_eq!(in_vigore(casa, uno), ["rossi@pec.example"]);
        assert_eq!(nomi(casa, "tre@pec"), BTreeSet::from(["Rossi s.r.l. unipersonale".to_owned()]));
        integra(casa);
    }

    fn a_file_is_tried_then_brought_in_once(casa) {
        crea(casa, &ditta("Verdi srl", "12345678903"), &[pec("verdi@pec.example")]);
        crea(casa, &persona("Maria", "Bianchi", ""), &[]);
        let file = "\u{feff}denominazione;cognome;nome;codice_fiscale;codice_ipa;pec;indirizzo\r\n\
            Verdi srl;;;12345678903;;nuova@pec.example;\r\n;Bianchi;Maria;;;;\r\n\"Comune di; Prova\";;;;c_p000;p@pec.example;Piazza 1\r\n";
        let (esito, detto) = importa(casa, file, &["--anteprima"]);
        for parte in [
            "riga 2: diverso: Verdi srl: pec «verdi@pec.example» -> «nuova@pec.example»",
            "riga 3: già in rubrica: Bianchi Maria",
            "riga 4: nuovo: Comune di; Prova",
            "1 nuovo, 1 già presente, 1 diverso (proposto), 0 rifiutati. Niente è stato scritto.",
        ] {
            assert!(esito == Some(0) && detto.contains(parte), "{parte} is not in {detto}");
        }
        assert_eq!((casa.conta("soggetti"), casa.conta("proposte_rubrica")), (2, 0));
        assert_eq!(importa(casa, file, &[]).0, Some(0));
        let conta = || ["soggetti", "recapiti", "proposte_rubrica", "eventi"].map(|t| casa.conta(t));
        let dopo = conta();
        assert_eq!(dopo[..3], [3, 3, 1]);
        let (esito, detto) = importa(casa, file, &[]);
        assert!(esito == Some(0) && detto.contains("0 nuovi, 3 già presenti, 0 diversi"), "{detto}");
        assert_eq!(conta(), dopo, "the same file changes nothing");
        let s = casa.db.leggi(|conn| rubrica::cerca(conn, casa.aoo.id, "c_p000")).unwrap().remove(0);
        assert_eq!((s.parte.tipo, s.provenienza.fonte, s.recapiti.len()), (TipoParte::Amministrazione, Fonte::Csv, 2));
        let (esito, detto) = importa(casa, "denominazione;codice_ipa;pec\nComune di; Prova\n", &[]);
        assert!(esito == Some(0) && detto.contains("nuovo: Comune di"), "a line without all its fields is short, not wrong: {detto}");
        assert_eq!(importa(casa, "denominazione,codice_ipa,pec\n\"Comune di; Prova\",c_p000,q@pec.example\n", &["--fonte", "ipa"]).0, Some(0));
        let dette = casa.db.leggi(|conn| rubrica::proposte(conn, casa.aoo.id, s.id)).unwrap();
        assert_eq!(dette.iter().map(|p| p.provenienza.fonte).collect::<Vec<_>>(), [Fonte::Ipa]);
        // The file of the README.
        let (esito, detto) = importa(casa, include_str!("../../fixtures/rubrica.csv"), &[]);
        assert!(esito == Some(0) && detto.contains("3 nuovi, 0 già presenti"), "{detto}");
        integra(casa);
    }

    fn a_file_with_one_refused_row_brings_nothing_in(casa) {
        crea(casa, &ditta("Verdi srl", "12345678903"), &[]);
        for nome in ["Neri Ugo", "NERI ugo"] {
            atto(casa, |op| rubrica::crea_comunque(op, &ditta(nome, ""), &[], Fonte::Scritto)).unwrap();
        }
        let file = "denominazione;codice_fiscale;cognome;nome\nBuona;;;\nCattiva;123;;\nBUONA;;;\n;12345678903;Verdi;Anna\nUgo Neri;;;\n";
        for altri in [&["--prova"][..], &[]] {
            let (esito, detto) = importa(casa, file, altri);
            for parte in [
                "riga 2: nuovo: Buona",
                "riga 3: RIFIUTATA: codice_fiscale: servono",
                "riga 4: RIFIUTATA: BUONA: parla dello stesso soggetto della riga 2 (stesso nome)",
                "riga 5: RIFIUTATA: Verdi Anna: tipo: in rubrica Verdi srl è persona-giuridica",
                "riga 6: RIFIUTATA: Ugo Neri: somiglia a più soggetti",
            ] {
                assert!(esito == Some(1) && detto.contains(parte), "{parte} is not in {detto}");
            }
            assert_eq!(casa.conta("soggetti"), 3);
        }
        let (esito, detto) = importa(casa, "denominazione;telefono\na;1\n", &[]);
        assert!(esito == Some(2) && detto.contains("colonna sconosciuta «telefono»"), "{detto}");
    }

    fn a_registration_keeps_its_party_and_teaches_the_rubrica_nothing(casa) {
        let server = casa.server();
        let id = crea(casa, &ditta("Rossi srl", "12345678903"), &[]);
        let mut chiesta = entrata("Esposto");
        chiesta["riservato"] = true.into();
        chiesta["corrispondenti"] = json!([
            { "ruolo": "mittente", "tipo": "persona-giuridica", "denominazione": "Rossi srl", "codiceFiscale": "12345678903" },
            { "ruolo": "mittente", "tipo": "persona-fisica", "nome": "Segreta", "cognome": "Testimone", "pec": "segreta@pec.example" },
        ]);
        let fatta = registra(&server.url, &casa.gettone, "s", &chiesta, b"x").unwrap().json();
        for testo in ["testimone", "segreta", "segreta@pec"] {
            assert!(nomi(casa, testo).is_empty(), "{testo}");
        }
        atto(casa, |op| rubrica::cambia(op, id, &ditta("Rossi spa", "12345678903"), Fonte::Scritto)).unwrap();
        let strada = format!("{}/api/v1/registrazioni/{}", server.url, fatta["id"].as_str().unwrap());
        assert_eq!(leggi(&strada, &casa.gettone).json(), fatta);
    }

    fn an_application_writes_finds_and_is_refused(casa) {
        let server = casa.server();
        let url = format!("{}/api/v1/rubrica", server.url);
        let scrivi = |corpo: &Value| chiama_json(&url, &casa.gettone, &corpo.to_string());
        let rossi = json!({ "tipo": "persona-giuridica", "denominazione": "Rossi srl", "codiceFiscale": "12345678903",
            "recapiti": [{ "tipo": "pec", "valore": "rossi@pec.example" }], "fonte": "inipec" });
        let fatto = scrivi(&rossi);
        let creato = fatto.json();
        assert_eq!((fatto.stato, &creato["fonte"], &creato["recapiti"][0]["valore"]), (201, &json!("inipec"), &json!("rossi@pec.example")), "{creato}");
        assert_eq!(creato["autore"], "applicazione Prova");
        let una = leggi(&format!("{url}/{}", creato["id"].as_str().unwrap()), &casa.gettone);
        let (stato, mut una) = (una.stato, una.json());
        for (storia, valore) in ["prima", "proposte", "unioni"].map(|nome| (nome, una.as_object_mut().unwrap().remove(nome))) {
            assert_eq!(valore, Some(json!([])), "{storia}");
        }
        assert_eq!((stato, una), (200, creato.clone()));
        for q in ["", "ros", "12345678903"] {
            let trovati = leggi(&format!("{url}?q={q}"), &casa.gettone).json();
            assert_eq!((&trovati["risultati"], &trovati["cursore"]), (&json!([creato]), &Value::Null), "{q}");
        }
        let ancora = scrivi(&rossi);
        assert_eq!((ancora.stato, &ancora.json()["type"]), (409, &json!("urn:tabulario:gia-in-rubrica")));
        let mut omonima = json!({ "tipo": "persona-giuridica", "denominazione": "ROSSI SRL" });
        assert_eq!((scrivi(&omonima).stato, &scrivi(&omonima).json()["type"]), (409, &json!("urn:tabulario:somiglia")));
        omonima["comunque"] = true.into();
        assert_eq!(scrivi(&omonima).stato, 201);
        for (corpo, puntatore) in [
            (json!({}), "/tipo"),
            (json!({ "tipo": "persona-fisica", "denominazione": "x" }), "/cognome"),
            (json!({ "tipo": "persona-giuridica", "denominazione": "x", "nome": "y" }), "/nome"),
            (json!({ "tipo": "persona-giuridica", "denominazione": "x", "recapiti": [{ "tipo": "pec", "valore": "y" }] }), "/recapiti/0/valore"),
            (json!({ "tipo": "persona-giuridica", "denominazione": "x", "recapiti": [{ "tipo": "fax", "valore": "y" }] }), "/recapiti/0/tipo"),
            (json!({ "tipo": "persona-giuridica", "denominazione": "x", "fonte": "voce" }), "/fonte"),
        ] {
            let no = scrivi(&corpo);
            let errori = no.json()["errors"].to_string();
            assert!(no.stato == 422 && errori.contains(&format!("\"{puntatore}\"")), "{corpo}: {errori}");
        }
        assert_eq!(leggi(&format!("{url}/0192f0e4-0000-7000-8000-000000000000"), &casa.gettone).stato, 404);
        assert_eq!(leggi(&format!("{url}?cursore=x"), &casa.gettone).stato, 400);
    }
}
