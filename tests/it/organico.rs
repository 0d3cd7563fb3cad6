//! Who is where: roles that are given and taken back, offices that change, people who stand in for others.

use crate::casa::{Casa, Rotto, chiama_json, comando, entrata, leggi, registra, su_entrambi};
use crate::pagine::cliente::{Cliente, assumi, assumi_in};
use serde_json::{Value, json};
use tabulario::storage::{Db, Operazione};
use tabulario::utenti::sostituzione;
use tabulario::utenti::{self, Errore, Persona, Ruolo, Ufficio};
use tabulario::valori::{Attore, Istante, UfficioId};

/// Runs a command that must go well and gives what it printed.
fn bene(casa: &Casa, argomenti: &[&str]) -> String {
    let uscita = comando(casa, argomenti);
    assert!(uscita.status.success(), "{argomenti:?}: {}", String::from_utf8_lossy(&uscita.stderr));
    String::from_utf8(uscita.stdout).unwrap()
}

/// Runs a command that must be refused and gives the reason.
fn male(casa: &Casa, argomenti: &[&str]) -> String {
    let uscita = comando(casa, argomenti);
    assert_eq!(uscita.status.code(), Some(2), "{argomenti:?}");
    String::from_utf8(uscita.stderr).unwrap()
}

fn crea(db: &Db, casa: &Casa, codice: &str, nome: &str, sotto: Option<&Ufficio>) -> Ufficio {
    scrivi(db, casa, |op| Ok(utenti::crea_ufficio(op, codice.parse()?, nome.parse()?, sotto)?))
}

fn scrivi<T>(db: &Db, casa: &Casa, f: impl FnOnce(&mut Operazione<'_>) -> Result<T, Rotto>) -> T {
    db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), f).unwrap()
}

fn persona(casa: &Casa, nome: &str) -> Persona {
    casa.db.leggi(|conn| utenti::utente_per_nome(conn, nome)).unwrap().unwrap()
}

fn ufficio(casa: &Casa, id: UfficioId) -> Ufficio {
    casa.db.leggi(|conn| utenti::ufficio(conn, id)).unwrap()
}

/// The tree at an instant: `livello codice denominazione [nome utente:ruolo]`.
fn albero(casa: &Casa, istante: &str) -> Vec<String> {
    let istante: Istante = istante.parse().unwrap();
    let posti = casa.db.leggi(|conn| utenti::organigramma(conn, casa.aoo.id, istante)).unwrap();
    posti
        .iter()
        .map(|p| {
            let persone: Vec<String> =
                p.persone.iter().map(|i| format!("{}:{}", i.persona.nome_utente, i.ruolo.as_str())).collect();
            format!("{} {} {} {persone:?}", p.livello, p.ufficio.codice, p.ufficio.denominazione)
        })
        .collect()
}

su_entrambi! {
    fn a_role_is_taken_back_and_given_again(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        assert_eq!(anna.apri("/registro").stato, 200);
        let ruolo = ["utente", "ruolo", "--nome-utente", "anna", "--aoo", "AX99Z01", "--ufficio", "EDIL", "--ruolo", "operatore"];
        let togli = [&ruolo[..], &["--togli"]].concat();
        assert!(male(casa, &ruolo).contains("c'è già"));
        bene(casa, &togli);
        for strada in ["/registro", "/da-protocollare", "/registrazioni/nuova", "/fascicoli", "/ricerca?q=x", "/preferenze"] {
            assert_eq!(anna.apri(strada).stato, 404, "{strada}");
        }
        assert!(male(casa, &togli).contains("non ha il ruolo operatore nell'ufficio EDIL"));
        assert_eq!(Cliente::nuovo(&server).entra("anna", crate::pagine::cliente::PASSWORD, &[]).stato, 422);
        bene(casa, &ruolo);
        assert_eq!(anna.apri("/registro").stato, 200);
        assert!(male(casa, &ruolo).contains("c'è già"));
        assert_eq!((casa.conta("ruoli"), casa.conta("ruoli_tolti")), (2, 1));
        assert!(casa.sql("DELETE FROM ruoli_tolti").is_err());
        bene(casa, &["controlla"]);
    }

    fn the_organigramma_tells_who_was_where_on_a_day(casa) {
        assumi(casa, "anna", Ruolo::Addetto);
        let (marzo, giugno) = (casa.con_orologio("2027-03-01T10:00:00Z"), casa.con_orologio("2027-06-01T10:00:00Z"));
        let area = crea(&marzo, casa, "AREA", "Area tecnica", None);
        let anna = persona(casa, "anna");
        scrivi(&marzo, casa, |op| {
            utenti::sposta_ufficio(op, &casa.ufficio, Some(&area))?;
            Ok(utenti::affida(op, &anna, &area, Ruolo::ResponsabileUfficio)?)
        });
        let edilizia = ufficio(casa, casa.ufficio.id);
        assert_eq!(edilizia.padre, Some(area.id));
        scrivi(&giugno, casa, |op| {
            utenti::rinomina_ufficio(op, &edilizia, &"Sportello unico".parse()?)?;
            utenti::togli_ruolo(op, &anna, &edilizia, Ruolo::Addetto)?;
            let rinominato = utenti::ufficio(op.conn, edilizia.id)?;
            Ok(utenti::chiudi_ufficio(op, &rinominato)?)
        });
        assert_eq!(albero(casa, "2020-01-01T00:00:00Z"), Vec::<String>::new());
        assert_eq!(albero(casa, "2027-02-01T00:00:00Z"), [r#"0 EDIL Sportello edilizia ["anna:addetto"]"#]);
        assert_eq!(albero(casa, "2027-05-01T00:00:00Z"), [
            r#"0 AREA Area tecnica ["anna:responsabile-ufficio"]"#,
            r#"1 EDIL Sportello edilizia ["anna:addetto"]"#,
        ]);
        assert_eq!(albero(casa, "2027-07-01T00:00:00Z"), [r#"0 AREA Area tecnica ["anna:responsabile-ufficio"]"#]);
        let chiuso = ufficio(casa, edilizia.id);
        assert_eq!((chiuso.denominazione.as_str(), chiuso.padre, chiuso.chiuso.is_some()), ("Sportello unico", Some(area.id), true));
        assert!(casa.sql("UPDATE variazioni_uffici SET denominazione = 'altro'").is_err());
        bene(casa, &["controlla"]);
    }

    fn an_office_never_stands_below_itself_and_closes_after_those_below(casa) {
        let ufficio = |altri: &[&'static str]| -> Vec<&'static str> { [&["ufficio"], altri, &["--aoo", "AX99Z01"]].concat() };
        for (codice, sotto) in [("A", None), ("B", Some("A")), ("C", Some("B"))] {
            let base = ufficio(&["crea", "--codice", codice, "--nome", "Ufficio"]);
            bene(casa, &[&base[..], &sotto.map_or(vec![], |s| vec!["--sotto", s])].concat());
        }
        for sotto in ["A", "B", "C"] {
            let rifiuto = male(casa, &ufficio(&["sposta", "--codice", "A", "--sotto", sotto]));
            assert!(rifiuto.contains("non può stare sotto"), "{sotto}: {rifiuto}");
        }
        assert!(male(casa, &ufficio(&["sposta", "--codice", "A"])).contains("manca"));
        bene(casa, &ufficio(&["sposta", "--codice", "C", "--in-cima"]));
        bene(casa, &ufficio(&["sposta", "--codice", "A", "--sotto", "C"]));
        assert!(male(casa, &ufficio(&["sposta", "--codice", "C", "--sotto", "B"])).contains("non può stare sotto"));
        assert!(male(casa, &ufficio(&["chiudi", "--codice", "A"])).contains("uffici aperti (B)"));
        bene(casa, &ufficio(&["chiudi", "--codice", "B"]));
        bene(casa, &ufficio(&["rinomina", "--codice", "A", "--nome", "Area"]));
        for rifiutato in [
            vec!["chiudi", "--codice", "B"],
            vec!["rinomina", "--codice", "B", "--nome", "Altro"],
            vec!["sposta", "--codice", "A", "--sotto", "B"],
            vec!["crea", "--codice", "D", "--nome", "Nuovo", "--sotto", "B"],
        ] {
            assert!(male(casa, &ufficio(&rifiutato)).contains("l'ufficio B è chiuso dal"), "{rifiutato:?}");
        }
        assert!(male(casa, &ufficio(&["crea", "--codice", "B", "--nome", "Di nuovo"])).contains("c'è già"));
        assert_eq!(bene(casa, &ufficio(&["elenca"])), "EDIL\tSportello edilizia\t\nA\tArea\tC\nC\tUfficio\t\n");
        assert!(bene(casa, &ufficio(&["elenca", "--tutti"])).contains("B\tUfficio\tA\tchiuso dal "));
        bene(casa, &["controlla"]);
    }

    fn a_closed_office_takes_nothing_new_and_keeps_the_name_it_had(casa) {
        let server = casa.server();
        assumi(casa, "ugo", Ruolo::Addetto);
        assumi(casa, "anna", Ruolo::Operatore);
        let tributi = crea(&casa.db, casa, "TRIB", "Tributi", None);
        let (ugo, anna) = (Cliente::dentro(&server, "ugo"), Cliente::dentro(&server, "anna"));
        let fatta = registra(&server.url, &casa.gettone, "k", &entrata("Istanza"), b"x").unwrap().json();
        let id = fatta["id"].as_str().unwrap();
        let ufficio = |altri: &[&str]| bene(casa, &[&["ufficio"], altri, &["--aoo", "AX99Z01", "--codice", "EDIL"]].concat());
        ufficio(&["rinomina", "--nome", "Sportello nuovo"]);
        let chiudi = ["ufficio", "chiudi", "--aoo", "AX99Z01", "--codice", "EDIL"];
        let aperta = comando(casa, &chiudi);
        assert!(aperta.status.code() == Some(2) && String::from_utf8_lossy(&aperta.stderr).contains("una pratica aperta"), "work is open");
        for (atto, corpo) in [("presa-in-carico", json!({ "ufficio": "EDIL" })), ("conclusione", json!({ "ufficio": "EDIL", "esito": "Fatto" }))] {
            let fatto = chiama_json(&format!("{}/api/v1/registrazioni/{id}/{atto}", server.url), &casa.gettone, &corpo.to_string());
            assert_eq!(fatto.stato, 201, "{}", fatto.json());
        }
        ufficio(&["chiudi"]);
        // What it had stays visible to who was there, under the name of then.
        let pagina = ugo.apri(&format!("/registrazioni/{id}"));
        assert!(pagina.stato == 200 && pagina.html.contains("Sportello edilizia") && !pagina.html.contains("Sportello nuovo"), "{}", pagina.html);
        let nuova = anna.apri("/registrazioni/nuova?flusso=entrata").html;
        assert!(nuova.contains("value=\"TRIB\"") && !nuova.contains("value=\"EDIL\""), "{nuova}");
        let assegna = |codice: &str| {
            let strada = format!("{}/api/v1/registrazioni/{id}/assegnazioni", server.url);
            chiama_json(&strada, &casa.gettone, &json!({ "ufficio": codice, "titolo": "conoscenza" }).to_string())
        };
        let rifiutata = assegna("EDIL");
        assert_eq!((rifiutata.stato, &rifiutata.json()["errors"][0]["pointer"]), (422, &json!("/ufficio")));
        assert_eq!(assegna("TRIB").stato, 201);
        // The default office of the token is closed: the answer says so, and no number is used.
        let senza = registra(&server.url, &casa.gettone, "k2", &entrata("Altra"), b"x").unwrap();
        assert!(senza.stato == 422 && senza.json()["detail"].as_str().unwrap().contains("chiuso dal"), "{}", senza.json());
        assert_eq!(casa.conta("registrazioni"), 1);
        let chiuso = self::ufficio(casa, casa.ufficio.id);
        let esito: Result<(), Errore> =
            casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| utenti::affida(op, &persona(casa, "anna"), &chiuso, Ruolo::Rsp));
        assert!(matches!(esito, Err(Errore::UfficioChiuso { .. })), "{esito:?}");
        // A role there can still be taken back.
        bene(casa, &["utente", "ruolo", "--nome-utente", "ugo", "--aoo", "AX99Z01", "--ufficio", "EDIL", "--ruolo", "addetto", "--togli"]);
        assert_eq!(ugo.apri(&format!("/registrazioni/{id}")).stato, 404);
        assert_eq!(tributi.chiuso, None);
    }

    fn who_answers_for_an_office_sees_what_those_below_have(casa) {
        let server = casa.server();
        let area = crea(&casa.db, casa, "AREA", "Area tecnica", None);
        let altra = crea(&casa.db, casa, "ALTRA", "Altra area", None);
        scrivi(&casa.db, casa, |op| Ok(utenti::sposta_ufficio(op, &casa.ufficio, Some(&area))?));
        assumi_in(casa, "dario", Ruolo::ResponsabileUfficio, &area);
        assumi_in(casa, "ugo", Ruolo::Addetto, &area);
        assumi_in(casa, "olga", Ruolo::ResponsabileUfficio, &altra);
        assumi_in(casa, "edo", Ruolo::Addetto, &casa.ufficio);
        let mut segreta = entrata("Segreta e introvabile");
        segreta["riservato"] = json!(true);
        let fatta = registra(&server.url, &casa.gettone, "k", &segreta, b"x").unwrap().json();
        let strada = format!("/registrazioni/{}", fatta["id"].as_str().unwrap());
        let chi = |nome| Cliente::dentro(&server, nome);
        let (dario, ugo, olga, edo) = (chi("dario"), chi("ugo"), chi("olga"), chi("edo"));
        let vedono = || [&dario, &ugo, &olga, &edo].map(|c| c.apri(&strada).stato);
        assert_eq!(vedono(), [200, 404, 404, 200]);
        let trovate = |c: &Cliente<'_>| c.apri("/ricerca?q=introvabile").html.contains("1 registrazione");
        assert_eq!([&dario, &ugo, &olga, &edo].map(trovate), [true, false, false, true]);
        // Through more levels, and by the tree of this moment.
        scrivi(&casa.db, casa, |op| Ok(utenti::sposta_ufficio(op, &area, Some(&altra))?));
        assert_eq!(vedono(), [200, 404, 200, 200]);
        let area_ora = ufficio(casa, area.id);
        scrivi(&casa.db, casa, |op| Ok(utenti::sposta_ufficio(op, &area_ora, None)?));
        assert_eq!(vedono(), [200, 404, 404, 200]);
    }

    fn a_substitution_is_recorded_only_between_people_who_are_there(casa) {
        for nome in ["mario", "anna", "rosa"] {
            assumi(casa, nome, Ruolo::Addetto);
        }
        let io = Attore::Sistema("comando");
        let (mario, anna, rosa) = (persona(casa, "mario"), persona(casa, "anna"), persona(casa, "rosa"));
        let ora = casa.db.orologio().adesso();
        let giorni = |da: i64, a: i64| {
            let sposta = |g: i64| Istante::new(ora.date_time() + chrono::TimeDelta::days(g));
            (sposta(da), sposta(a))
        };
        let registra = |attore: &Attore, titolare: &Persona, sostituto: &Persona, periodo| {
            let motivo = "Ferie".parse().unwrap();
            casa.db.scrivi(casa.aoo.id, attore, |op| sostituzione::registra(op, titolare, sostituto, periodo, &motivo))
        };
        let buono = giorni(-1, 5);
        assert!(matches!(registra(&io, &mario, &mario, buono), Err(Errore::SostitutoDiSe)));
        for periodo in [giorni(5, 5), giorni(5, 4), giorni(-5, -1)] {
            assert!(matches!(registra(&io, &mario, &anna, periodo), Err(Errore::Periodo)), "{periodo:?}");
        }
        let anna_per_mario = Attore::PerConto { sostituto: anna.id, titolare: mario.id };
        assert!(matches!(registra(&anna_per_mario, &mario, &rosa, buono), Err(Errore::SostitutoNonDelega)));
        assert!(matches!(registra(&Attore::Utente(anna.id), &mario, &anna, buono), Err(Errore::SostitutoDaSe)));
        let id = registra(&Attore::Utente(mario.id), &mario, &anna, buono).unwrap();
        let domani = registra(&io, &rosa, &anna, giorni(1, 5)).unwrap();
        let disponibili = |chi: &Persona| -> Vec<_> {
            let ora = casa.db.orologio().adesso();
            let trovate = casa.db.leggi(|conn| sostituzione::disponibili(conn, chi.id, casa.aoo.id, ora)).unwrap();
            trovate.into_iter().map(|s| s.id).collect()
        };
        assert_eq!((disponibili(&anna), disponibili(&mario)), (vec![id], vec![]));
        // Who is kept out neither acts nor is acted for; being let in again is enough.
        for chi in ["mario", "anna"] {
            bene(casa, &["utente", "escludi", "--nome-utente", chi]);
            assert_eq!(disponibili(&anna), [], "{chi}");
            assert!(matches!(registra(&io, &mario, &anna, buono), Err(Errore::SenzaRuolo(_))), "{chi}");
            bene(casa, &["utente", "riammetti", "--nome-utente", chi]);
            assert_eq!(disponibili(&anna), [id], "{chi}");
        }
        let comuni = ["--aoo", "AX99Z01"];
        let elenco = bene(casa, &[&["utente", "sostituzione", "elenca"], &comuni[..]].concat());
        assert!(elenco.lines().count() == 2 && elenco.contains(&format!("{domani}\tanna\tper rosa\t")), "{elenco}");
        for _ in 0..2 {
            bene(casa, &["utente", "sostituzione", "revoca", "--aoo", "AX99Z01", &id.to_string()]);
        }
        assert_eq!(disponibili(&anna), []);
        assert_eq!((casa.conta("sostituzioni"), casa.conta("revoche_sostituzioni")), (2, 1));
        let registra = |sostituto: &'static str| -> Vec<&'static str> {
            let base = ["utente", "sostituzione", "registra", "--titolare", "mario", "--sostituto", sostituto];
            [&base[..], &["--dal", "2026-01-01", "--al", "2099-12-31", "--motivo", "Maternità"], &comuni[..]].concat()
        };
        let fatta = bene(casa, &registra("rosa"));
        assert!(disponibili(&rosa).iter().any(|s| fatta.trim() == s.to_string()), "{fatta}");
        assert!(male(casa, &registra("nessuno")).contains("nessuno"));
        assert!(casa.sql("UPDATE sostituzioni SET motivo = 'x'").is_err());
        assert!(casa.sql("DELETE FROM revoche_sostituzioni").is_err());
        bene(casa, &["controlla"]);
    }

    fn two_bodies_in_one_installation_know_nothing_of_each_other(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Rsp);
        bene(casa, &["aoo", "crea", "--ente", "c_y888", "--nome-ente", "Comune di Altrove", "--codice", "AY88Z02", "--nome", "Altrove",
            "--pec", "protocollo@pec.altrove.example"]);
        bene(casa, &["ufficio", "crea", "--aoo", "AY88Z02", "--codice", "EDIL", "--nome", "Edilizia di Altrove"]);
        bene(casa, &["importa", "titolario", "--aoo", "AY88Z02", "--nome", "Comuni", "fixtures/titolario-comuni.csv"]);
        let password = casa.dir.path().join("password");
        std::fs::write(&password, crate::pagine::cliente::PASSWORD).unwrap();
        bene(casa, &["utente", "crea", "--nome-utente", "bruno", "--nome", "Bruno", "--cognome", "Rossi", "--password-file", password.to_str().unwrap()]);
        bene(casa, &["utente", "ruolo", "--nome-utente", "bruno", "--aoo", "AY88Z02", "--ufficio", "EDIL", "--ruolo", "rsp"]);
        let altrove = bene(casa, &["token", "crea", "--aoo", "AY88Z02", "--nome", "Altrove", "--voce", "VI.3", "--ufficio", "EDIL"]);
        let gettoni = [casa.gettone.as_str(), altrove.trim()];
        let mut ids = Vec::new();
        for (i, gettone) in gettoni.iter().enumerate() {
            let fatta = registra(&server.url, gettone, "k", &entrata(&format!("Faccenda{i}")), format!("file{i}").as_bytes()).unwrap().json();
            // Each register starts from one, and the same key is another request.
            assert_eq!(fatta["numero"], "0000001", "{fatta}");
            ids.push((fatta["id"].as_str().unwrap().to_owned(), fatta["documenti"][0]["sha256"].as_str().unwrap().to_owned()));
        }
        let persone = [Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "bruno")];
        for (mio, suo) in [(0, 1), (1, 0)] {
            let api = |strada: &str| leggi(&format!("{}/api/v1/{strada}", server.url), gettoni[mio]);
            assert_eq!(api(&format!("registrazioni/{}", ids[mio].0)).stato, 200);
            assert_eq!(api(&format!("documenti/{}", ids[mio].1)).stato, 200);
            assert_eq!(api(&format!("registrazioni/{}", ids[suo].0)).stato, 404);
            assert_eq!(api(&format!("registrazioni/{}/segnatura", ids[suo].0)).stato, 404);
            assert_eq!(api(&format!("documenti/{}", ids[suo].1)).stato, 404);
            assert_eq!(api("registrazioni").json()["risultati"].as_array().unwrap().len(), 1);
            assert_eq!(api(&format!("ricerca?q=Faccenda{mio}")).json()["totale"], 1);
            assert_eq!(api(&format!("ricerca?q=Faccenda{suo}")).json()["totale"], 0);
            let eventi = api("eventi").json();
            assert!(!eventi.to_string().contains(&ids[suo].0) && eventi.to_string().contains(&ids[mio].0));
            for (atto, corpo) in [("annullamento", json!({ "motivo": "x" })), ("assegnazioni", json!({ "ufficio": "EDIL" })), ("classificazione", json!({ "voce": "VI.3" }))] {
                let strada = format!("{}/api/v1/registrazioni/{}/{atto}", server.url, ids[suo].0);
                assert_eq!(chiama_json(&strada, gettoni[mio], &corpo.to_string()).stato, 404, "{atto}");
            }
            assert_eq!(persone[mio].apri(&format!("/registrazioni/{}", ids[mio].0)).stato, 200);
            assert_eq!(persone[mio].apri(&format!("/registrazioni/{}", ids[suo].0)).stato, 404);
            let organigramma = persone[mio].apri("/amministrazione/organigramma").html;
            let (nostro, loro) = if mio == 0 { ("Sportello edilizia", "Edilizia di Altrove") } else { ("Edilizia di Altrove", "Sportello edilizia") };
            assert!(organigramma.contains(nostro) && !organigramma.contains(loro), "{organigramma}");
        }
        // Nobody stands in across the border of an AOO.
        assert!(male(casa, &["utente", "sostituzione", "registra", "--aoo", "AX99Z01", "--titolare", "anna", "--sostituto", "bruno",
            "--dal", "2026-01-01", "--al", "2099-12-31", "--motivo", "x"]).contains("bruno"));
        let elenco = bene(casa, &["aoo", "elenca"]);
        assert!(elenco.contains("c_x999/AX99Z01\tPG\t") && elenco.contains("c_y888/AY88Z02\tPG\tComune di Altrove\t"), "{elenco}");
        let persone = bene(casa, &["utente", "elenca"]);
        assert!(persone.contains("bruno\tBruno Rossi\tpuò entrare\trsp AY88Z02/EDIL\n") && !persone.contains("argon2"), "{persone}");
        bene(casa, &["controlla"]);
    }
}

/// What the feed says of the newest act of a kind.
pub fn attore_dell_ultimo(url: &str, gettone: &str, tipo: &str) -> String {
    let eventi = leggi(&format!("{url}/api/v1/eventi"), gettone).json();
    let tutti: &Vec<Value> = eventi["risultati"].as_array().unwrap();
    tutti.iter().rev().find(|e| e["tipo"] == tipo).unwrap()["attore"].as_str().unwrap().to_owned()
}
