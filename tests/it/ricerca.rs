//! What was registered is found, by whoever may see it and by nobody else (laws 5 and 9 of the house).

use crate::casa::{Casa, Rotto, Servizio, comando, entrata, leggi, registra, su_entrambi, uscita};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tabulario::documenti::testo::{self, Estrattore};
use tabulario::ricerca::{self, Domanda, Errore, Indice, Trovate};
use tabulario::scrivania::{self, Destinazione, Titolo};
use tabulario::utenti;
use tabulario::utenti::visibilita::Vista;
use tabulario::valori::{AooId, Attore, Impronta, UfficioId};

pub fn estrattore() -> Estrattore {
    Estrattore::new(PathBuf::from(env!("CARGO_BIN_EXE_tabulario")))
}

/// Calls the step of the texts until it has nothing to do, as the clock would.
pub fn leggi_tutti_i_testi(casa: &Casa, indice: &Indice) {
    while ricerca::avanza(indice, &casa.db).unwrap() {}
    while ricerca::leggi_testi(indice, &casa.db, &casa.deposito, &estrattore(), &|| false).unwrap() {}
}

fn cerca(casa: &Casa, indice: &Indice, vista: &Vista, q: &str) -> Trovate {
    let domanda = Domanda::leggi(q, casa.db.orologio().adesso().giorno()).unwrap();
    ricerca::cerca(indice, &casa.db, vista, &domanda, None).unwrap()
}

/// The subjects that a search finds.
fn oggetti(casa: &Casa, indice: &Indice, vista: &Vista, q: &str) -> Vec<String> {
    let trovate = cerca(casa, indice, vista, q);
    assert_eq!(trovate.totale, trovate.risultati.len(), "{q}");
    assert!(trovate.aggiornato);
    trovate.risultati.into_iter().map(|t| t.registrazione.oggetto.to_string()).collect()
}

fn check(casa: &Casa, indice: &Indice, q: &str, attesi: &[&str]) {
    assert_eq!(oggetti(casa, indice, &casa.vista(), q), attesi, "{q:?}");
}

/// The API, as an application uses it.
fn api(url: &str, gettone: &str, query: &str) -> Value {
    let risposta = leggi(&format!("{url}/api/v1/ricerca?{query}"), gettone);
    assert_eq!(risposta.stato, 200, "{query}: {}", String::from_utf8_lossy(&risposta.corpo));
    risposta.json()
}

fn crea(url: &str, gettone: &str, chiave: &str, json: &Value, file: &[u8]) -> Value {
    let risposta = registra(url, gettone, chiave, json, file).unwrap();
    assert_eq!(risposta.stato, 201, "{}", String::from_utf8_lossy(&risposta.corpo));
    risposta.json()
}

fn con_sezioni(base: Value, sezioni: &[(&str, Value)]) -> Value {
    let mut json = base;
    for (campo, valore) in sezioni {
        json[*campo] = valore.clone();
    }
    json
}

fn fixture(nome: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documenti").join(nome)).unwrap()
}

su_entrambi! {
    fn what_was_just_registered_is_found_in_the_next_request(casa) {
        let server = casa.server();
        let prima = crea(&server.url, &casa.gettone, "1", &entrata("Richiesta di accesso agli atti"), b"x");
        let cercata = api(&server.url, &casa.gettone, "q=accesso");
        assert_eq!(cercata["totale"], 1);
        let trovata = &cercata["risultati"][0];
        for campo in ["id", "anno", "numero", "istante", "flusso", "oggetto", "corrispondenti"] {
            assert_eq!(trovata[campo], prima[campo], "{campo}");
        }
        assert_eq!((&trovata["estratto"], &cercata["cursore"]), (&Value::Null, &Value::Null));
        let seconda = crea(&server.url, &casa.gettone, "2", &uscita("Risposta"), b"y");
        let anno = prima["anno"].as_i64().unwrap();
        for (query, attese) in [
            ("q=1", vec![&prima]),
            ("q=0000001", vec![&prima]),
            ("q=n:1", vec![&prima]),
            (&format!("q=n:2/{anno}"), vec![&seconda]),
            ("q=n:2/1999", vec![]),
            ("q=bianchi", vec![&prima]),
            ("q=da:bianchi", vec![&prima]),
            ("q=a:bianchi", vec![]),
            ("q=rossi@pec.example", vec![&seconda]),
            ("da=Maria", vec![&prima]),
            ("a=rossi", vec![&seconda]),
            ("da=2020-01-01&a=2199-12-31", vec![&seconda, &prima]),
            ("a=2020-01-01", vec![]),
            ("da=oggi&a=oggi", vec![&seconda, &prima]),
            ("flusso=uscita", vec![&seconda]),
            ("ufficio=edil", vec![&prima]),
            ("voce=VI", vec![&seconda, &prima]),
            ("voce=VI.3&q=risposta", vec![&seconda]),
            ("voce=I", vec![]),
            ("q=sportello", vec![&prima]),
            ("", vec![&seconda, &prima]),
        ] {
            let ids = |v: &Value| v["risultati"].as_array().unwrap().iter().map(|r| r["id"].clone()).collect::<Vec<_>>();
            let attesi: Vec<Value> = attese.iter().map(|a| a["id"].clone()).collect();
            assert_eq!(ids(&api(&server.url, &casa.gettone, query)), attesi, "{query}");
        }
        let lunga = format!("{}/api/v1/ricerca?q={}", server.url, "a".repeat(501));
        assert_eq!(leggi(&lunga, &casa.gettone).stato, 400);
        assert_eq!(leggi(&format!("{}/api/v1/ricerca?cursore=x", server.url), &casa.gettone).stato, 400);
        assert_eq!(leggi(&format!("{}/api/v1/ricerca", server.url), "tab_finto").stato, 401);
    }

    fn words_are_found_without_accents_in_the_plural_in_a_phrase_and_left_out(casa) {
        let server = casa.server();
        for (i, oggetto) in [
            "Attività commerciale in città",
            "Determine dirigenziali e autorizzazioni",
            "Accesso agli atti di gara",
            "L'istanza della società Perché Sì",
        ].iter().enumerate() {
            crea(&server.url, &casa.gettone, &i.to_string(), &entrata(oggetto), b"x");
        }
        let indice = &casa.indice();
        drop(server);
        let [attivita, determine, accesso, istanza] = ["Attività commerciale in città",
            "Determine dirigenziali e autorizzazioni", "Accesso agli atti di gara", "L'istanza della società Perché Sì"];
        for (q, attesi) in [
            ("citta", vec![attivita]),
            ("CITTÀ attivita", vec![attivita]),
            ("\"attivita commerciali\"", vec![attivita]),
            ("determina dirigenziale", vec![determine]),
            ("autorizzazione", vec![determine]),
            ("autorizz", vec![determine]),
            ("autorizzazi", vec![determine]),
            ("ogg:determ", vec![determine]),
            ("\"accesso agli atti\"", vec![accesso]),
            ("\"atti accesso\"", vec![]),
            ("accesso atti", vec![accesso]),
            ("gare", vec![accesso]),
            ("istanze", vec![istanza]),
            ("perche si", vec![istanza]),
            ("citta oppure gara", vec![accesso, attivita]),
            ("maria -citta", vec![istanza, accesso, determine]),
            ("-bianchi", vec![]),
            ("-\"accesso agli atti\" -citta", vec![istanza, determine]),
            ("-det", vec![istanza, accesso, determine, attivita]),
            ("inesistente", vec![]),
        ] {
            check(casa, indice, q, &attesi);
        }
    }

    fn the_text_of_files_is_found_when_it_was_read(casa) {
        let server = casa.server();
        let nota = "Si comunica che le palafitte del molo vecchio sono pericolanti.".as_bytes();
        crea(&server.url, &casa.gettone, "1", &entrata("Nota"), nota);
        crea(&server.url, &casa.gettone, "2", &entrata("Allegato pdf"), &fixture("delibera-87-2026.pdf"));
        crea(&server.url, &casa.gettone, "3", &entrata("Allegato html"), &fixture("manifestazione-di-interesse.html"));
        let prima = api(&server.url, &casa.gettone, "q=palafitta");
        assert_eq!((&prima["totale"], &prima["testiMancanti"]), (&json!(0), &json!(3)));
        drop(server);
        let indice = &casa.indice();
        leggi_tutti_i_testi(casa, indice);
        check(casa, indice, "palafitta", &["Nota"]);
        check(casa, indice, "\"molo vecchio\"", &["Nota"]);
        let estratto = cerca(casa, indice, &casa.vista(), "palafitt").risultati.remove(0).estratto.unwrap();
        assert_eq!(&estratto.testo[estratto.evidenze[0].clone()], "palafitte");
        for (file, oggetto) in
            [("delibera-87-2026.pdf", "Allegato pdf"), ("manifestazione-di-interesse.html", "Allegato html")]
        {
            let impronta = Impronta::of(&fixture(file));
            let letto = casa.db.leggi(|conn| testo::letto(conn, &impronta)).unwrap().unwrap();
            assert_eq!((letto.esito, letto.rilievo), (testo::Esito::Estratto, None), "{file}");
            let lunga = letto.testo.split(' ').filter(|p| p.chars().all(char::is_alphabetic)).max_by_key(|p| p.len());
            check(casa, indice, lunga.unwrap(), &[oggetto]);
        }
        assert_eq!(cerca(casa, indice, &casa.vista(), "").testi_mancanti, 0);
    }

    fn a_hostile_file_is_a_finding_and_stops_nothing(casa) {
        let server = casa.server();
        let mut bomba = b"%PDF-1.7\n".to_vec();
        bomba.extend((0..200_000_u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()));
        crea(&server.url, &casa.gettone, "1", &entrata("Bomba"), &bomba);
        crea(&server.url, &casa.gettone, "2", &entrata("Scomparso"), b"testo che non si trova mai");
        crea(&server.url, &casa.gettone, "3", &entrata("Buono"), "le rondini".as_bytes());
        let scomparso = Impronta::of("testo che non si trova mai".as_bytes());
        let nome = scomparso.to_string();
        std::fs::remove_file(casa.documenti().join(&nome[..2]).join(&nome[2..4]).join(&nome)).unwrap();
        drop(server);
        let indice = &casa.indice();
        leggi_tutti_i_testi(casa, indice);
        check(casa, indice, "rondine", &["Buono"]);
        check(casa, indice, "bomba", &["Bomba"]);
        for impronta in [Impronta::of(&bomba), scomparso] {
            let letto = casa.db.leggi(|conn| testo::letto(conn, &impronta)).unwrap().unwrap();
            assert!(letto.rilievo.unwrap().starts_with("testo non estratto: "));
        }
        // Read badly is read: nobody tries again for ever.
        assert!(!ricerca::leggi_testi(indice, &casa.db, &casa.deposito, &estrattore(), &|| false).unwrap());
    }

    fn what_may_not_be_seen_is_neither_found_nor_counted(casa) {
        let io = Attore::Sistema("comando");
        let (altra, tributi, altro_gettone) = altra_aoo(casa, &io);
        let server = casa.server();
        let riservata = |oggetto: &str, ufficio: &str| {
            con_sezioni(entrata(oggetto), &[("riservato", json!(true)), ("ufficio", json!(ufficio))])
        };
        crea(&server.url, &casa.gettone, "1", &entrata("Parola libera"), b"x");
        crea(&server.url, &casa.gettone, "2", &riservata("Parola riservata", "EDIL"), "parola del file".as_bytes());
        crea(&server.url, &casa.gettone, "3", &con_sezioni(entrata("Parola tributi"), &[("ufficio", json!("TRIB"))]), b"z");
        let altrui = crea(&server.url, &altro_gettone, "1", &entrata("Parola altrui"), b"w");
        assert_eq!(altrui["aoo"], "BX00001");
        assert_eq!(api(&server.url, &altro_gettone, "q=parola")["totale"], 1);
        drop(server);
        let indice = &casa.indice();
        leggi_tutti_i_testi(casa, indice);
        let (aoo, edil) = (casa.aoo.id, casa.ufficio.id);
        for (vista, attesi) in [
            (Vista::Intera(aoo), vec!["Parola tributi", "Parola riservata", "Parola libera"]),
            (Vista::SenzaRiservati(aoo, vec![].into()), vec!["Parola tributi", "Parola libera"]),
            (Vista::SenzaRiservati(aoo, vec![tributi].into()), vec!["Parola tributi", "Parola libera"]),
            (Vista::SenzaRiservati(aoo, vec![edil].into()), vec!["Parola tributi", "Parola riservata", "Parola libera"]),
            (Vista::Uffici(aoo, vec![].into()), vec![]),
            (Vista::Uffici(aoo, vec![tributi].into()), vec!["Parola tributi"]),
            (Vista::Uffici(aoo, vec![edil].into()), vec!["Parola riservata", "Parola libera"]),
            (Vista::Uffici(aoo, vec![edil, tributi].into()), vec!["Parola tributi", "Parola riservata", "Parola libera"]),
            (Vista::Intera(altra), vec!["Parola altrui"]),
            (Vista::Uffici(altra, vec![edil, tributi].into()), vec![]),
        ] {
            for q in ["parola", "", "par", "-nessuna", "n:1 oppure n:2 oppure n:3"] {
                assert_eq!(oggetti(casa, indice, &vista, q), attesi, "{vista:?} {q:?}");
            }
        }
        assert_eq!(oggetti(casa, indice, &Vista::SenzaRiservati(aoo, vec![].into()), "file"), Vec::<String>::new());
    }

    fn a_new_assignment_lets_the_office_find_it_at_once(casa) {
        let io = Attore::Sistema("comando");
        let (_, tributi, _) = altra_aoo(casa, &io);
        let server = casa.server();
        let nata = crea(&server.url, &casa.gettone, "1", &entrata("Smistata"), b"x");
        drop(server);
        let indice = &casa.indice();
        let vista = Vista::Uffici(casa.aoo.id, vec![tributi].into());
        assert!(oggetti(casa, indice, &vista, "smistata").is_empty());
        let id = nata["id"].as_str().unwrap().parse().unwrap();
        casa.db.scrivi(casa.aoo.id, &io, |op| {
            let ufficio = utenti::ufficio(op.conn, tributi)?;
            Ok::<_, Rotto>(scrivania::assegna(op, id, &Destinazione::ufficio(&ufficio), Titolo::Conoscenza)?)
        }).unwrap();
        assert_eq!(oggetti(casa, indice, &vista, "smistata"), ["Smistata"]);
    }

    fn pages_hold_every_result_once_newest_first(casa) {
        let server = casa.server();
        for i in 0..120 {
            crea(&server.url, &casa.gettone, &i.to_string(), &entrata("Pratica"), b"x");
        }
        let (mut numeri, mut cursore) = (Vec::new(), String::new());
        loop {
            let pagina = api(&server.url, &casa.gettone, &format!("q=pratiche{cursore}"));
            assert_eq!(pagina["totale"], 120);
            numeri.extend(pagina["risultati"].as_array().unwrap().iter().map(|r| r["numero"].as_str().unwrap().to_owned()));
            match pagina["cursore"].as_str() {
                Some(c) => cursore = format!("&cursore={c}"),
                None => break,
            }
        }
        let attesi: Vec<String> = (1..=120).rev().map(|n| format!("{n:07}")).collect();
        assert_eq!(numeri, attesi);
    }

    fn an_index_that_was_deleted_or_damaged_is_made_again(casa) {
        let server = casa.server();
        crea(&server.url, &casa.gettone, "1", &entrata("Prima"), b"x");
        assert_eq!(api(&server.url, &casa.gettone, "q=prima")["totale"], 1);
        // Under a running server.
        std::fs::remove_dir_all(casa.dir.path().join("indice")).unwrap();
        assert_eq!(api(&server.url, &casa.gettone, "q=prima")["totale"], 1);
        drop(server);
        // Under a stopped one.
        std::fs::remove_dir_all(casa.dir.path().join("indice")).unwrap();
        check(casa, &casa.indice(), "prima", &["Prima"]);
        // Damaged.
        let attuale = std::fs::read_to_string(casa.dir.path().join("indice/attuale")).unwrap();
        std::fs::write(casa.dir.path().join("indice").join(attuale).join("meta.json"), b"{").unwrap();
        check(casa, &casa.indice(), "prima", &["Prima"]);
    }

    fn the_index_is_made_again_while_people_register_and_search(casa) {
        let servizio = Servizio::avvia(casa);
        for i in 0..20 {
            crea(&servizio.url, &casa.gettone, &format!("a{i}"), &entrata("Pratica"), b"x");
        }
        let prima = std::fs::read_to_string(casa.dir.path().join("indice/attuale")).unwrap();
        std::thread::scope(|s| {
            let scrive = s.spawn(|| {
                for i in 0..20 {
                    crea(&servizio.url, &casa.gettone, &format!("b{i}"), &entrata("Pratica"), b"x");
                    assert_eq!(api(&servizio.url, &casa.gettone, "q=pratica")["totale"], 21 + i);
                }
            });
            for _ in 0..2 {
                let esito = comando(casa, &["reindicizza"]);
                assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stderr));
            }
            scrive.join().unwrap();
        });
        let dopo = std::fs::read_to_string(casa.dir.path().join("indice/attuale")).unwrap();
        assert_ne!(prima, dopo);
        crea(&servizio.url, &casa.gettone, "c", &entrata("Pratica"), b"x");
        assert_eq!(api(&servizio.url, &casa.gettone, "q=pratica")["totale"], 41);
    }

    fn the_server_reads_the_texts_by_itself(casa) {
        let servizio = Servizio::avvia(casa);
        let bytes = fixture("istanza-permesso-di-costruire.pdf");
        crea(&servizio.url, &casa.gettone, "1", &entrata("Pratica"), &bytes);
        let limite = Instant::now() + Duration::from_secs(60);
        loop {
            let trovata = api(&servizio.url, &casa.gettone, "q=permesso");
            if trovata["totale"] == 1 {
                assert!(trovata["risultati"][0]["estratto"].as_str().unwrap().to_lowercase().contains("permesso"));
                break;
            }
            assert!(Instant::now() < limite, "the text never came: {trovata}");
            std::thread::yield_now();
        }
    }

    fn one_process_writes_an_index_and_the_other_says_so(casa) {
        let server = casa.server();
        crea(&server.url, &casa.gettone, "1", &entrata("Prima"), b"x");
        let (uno, due) = (casa.indice(), casa.indice());
        check(casa, &uno, "prima", &["Prima"]);
        crea(&server.url, &casa.gettone, "2", &entrata("Seconda"), b"x");
        assert!(matches!(ricerca::avanza(&due, &casa.db), Err(Errore::Occupato(_))));
        // It still reads what the other wrote.
        let vista = casa.vista();
        assert_eq!(cerca(casa, &due, &vista, "prima").totale, 1);
        check(casa, &uno, "seconda", &["Seconda"]);
        assert_eq!(cerca(casa, &due, &vista, "seconda").totale, 1);
    }
}

/// Another AOO with an application of its own, and a second office in the first one.
fn altra_aoo(casa: &Casa, io: &Attore) -> (AooId, UfficioId, String) {
    let tributi = casa
        .db
        .scrivi(casa.aoo.id, io, |op| {
            Ok::<_, Rotto>(utenti::crea_ufficio(op, "TRIB".parse()?, "Tributi".parse()?, None)?.id)
        })
        .unwrap();
    let altra = casa
        .db
        .scrivi(AooId::INSTALLAZIONE, io, |op| {
            let ente = utenti::crea_ente(op, "c_y888".parse()?, "Comune di Altrove".parse()?)?;
            let pec = "protocollo@pec.altrove.example".parse()?;
            Ok::<_, Rotto>(utenti::crea_aoo(op, &ente, "BX00001".parse()?, "Altrove".parse()?, "PG".parse()?, pec)?)
        })
        .unwrap();
    let righe = tabulario::titolario::leggi_csv(include_str!("../../fixtures/titolario-comuni.csv")).unwrap();
    let gettone = casa
        .db
        .scrivi(altra.id, io, |op| {
            utenti::crea_ufficio(op, "UFF".parse()?, "Ufficio unico".parse()?, None)?;
            tabulario::titolario::crea(op, &"Comuni 2005".parse()?, &righe)?;
            let (voce, ufficio) = (Some("VI.3".parse()?), Some("UFF".parse()?));
            Ok::<_, Rotto>(utenti::crea_applicazione(op, &"Prova".parse()?, voce, ufficio)?.1)
        })
        .unwrap();
    (altra.id, tributi, gettone)
}

#[test]
fn a_child_that_never_ends_is_ended() {
    let casa = Casa::sqlite();
    let riposto = casa.deposito.riponi(&mut &b"x"[..], 10).unwrap();
    // `yes` never ends and ignores what it is given: the pipe's limit ends it; `sleep` says nothing: the time does.
    let rumoroso = Estrattore::new(PathBuf::from("/usr/bin/yes")).con_attesa(Duration::from_secs(30));
    let letto = rumoroso.estrai(&casa.deposito, &riposto.impronta, &|| false).unwrap().unwrap();
    assert!(letto.testo.len() <= testo::MASSIMO_TESTO);
    assert_eq!(letto.esito, testo::Esito::Parziale);
    let muto = Estrattore::new(PathBuf::from("/usr/bin/yes")).con_attesa(Duration::ZERO);
    let letto = muto.estrai(&casa.deposito, &riposto.impronta, &|| false).unwrap().unwrap();
    assert_ne!(letto.esito, testo::Esito::Estratto);
    let fermato = Estrattore::new(PathBuf::from("/bin/cat"));
    assert!(fermato.estrai(&casa.deposito, &riposto.impronta, &|| true).is_ok());
    let assente = Estrattore::new(PathBuf::from("/non/esiste"));
    assert!(assente.estrai(&casa.deposito, &riposto.impronta, &|| false).is_err());
}

/// Not a check of time: prints what it measured, for the report (`--nocapture`).
#[test]
fn rate_of_index_and_time_of_queries() {
    let casa = Casa::sqlite();
    let quante = crate::casa::ambiente("TABULARIO_MISURA").map_or(50, |n| n.parse().unwrap());
    let server = casa.server();
    for i in 0..quante {
        let oggetto =
            format!("Istanza {i} di permesso di costruire in via Garibaldi, pratica edilizia del settore {}", i % 97);
        crea(&server.url, &casa.gettone, &i.to_string(), &entrata(&oggetto), b"x");
    }
    drop(server);
    std::fs::remove_dir_all(casa.dir.path().join("indice")).ok();
    let inizio = Instant::now();
    let indice = casa.indice();
    while ricerca::avanza(&indice, &casa.db).unwrap() {}
    println!("{quante} registrations indexed in {:?}", inizio.elapsed());
    for q in ["permessi", "\"permesso di costruire\"", "settore 42", "bianchi -42", "n:7", ""] {
        let inizio = Instant::now();
        let totale = cerca(&casa, &indice, &casa.vista(), q).totale;
        println!("{q:?}: {totale} in {:?}", inizio.elapsed());
        assert!(totale > 0);
    }
}
