//! The register of emergenza (DPR 445/2000 art. 63): drills with interruptions, posts, kills, and files edited by hand.

use crate::casa::{Casa, Parte, Servizio, chiama, chiama_json, comando, entrata, leggi, registra, su_entrambi, uscita};
use crate::pagine::cliente::{Cliente, assumi};
use chrono::Duration;
use serde_json::{Value, json};
use tabulario::registro::emergenza::{self, Emergenza, Errore, Esito, NuovaEmergenza};
use tabulario::scrivania;
use tabulario::storage::Db;
use tabulario::utenti::Ruolo;
use tabulario::valori::{Attore, CodicePostazione, EmergenzaId, Istante};

const IO: Attore = Attore::Sistema("comando");
const TESTATA: &str = "numero;data;ora;oggetto;mittente;ufficio;voce;annullata";

fn t(istante: &str) -> Istante {
    istante.parse().unwrap()
}

fn pe(codice: &str) -> CodicePostazione {
    codice.parse().unwrap()
}

fn nuova(inizio: Istante, uffici: &[&str]) -> NuovaEmergenza {
    NuovaEmergenza {
        causa: "Guasto del server".parse().unwrap(),
        provvedimento: "Disposizione n. 4".parse().unwrap(),
        inizio,
        postazioni: vec![pe("PE1"), pe("PE2")],
        uffici: uffici.iter().map(|u| u.parse().unwrap()).collect(),
    }
}

fn autorizza(casa: &Casa, db: &Db, inizio: &str) -> EmergenzaId {
    db.scrivi(casa.aoo.id, &IO, |op| emergenza::autorizza(op, &nuova(t(inizio), &[]))).unwrap()
}

fn ripristina(casa: &Casa, db: &Db, id: EmergenzaId, fine: &str) -> Result<(), Errore> {
    db.scrivi(casa.aoo.id, &IO, |op| emergenza::ripristina(op, id, t(fine)))
}

fn proroga(casa: &Casa, db: &Db, id: EmergenzaId, fino: &str) -> Result<(), Errore> {
    let (causa, atto) = ("Continua".parse().unwrap(), "Disposizione n. 5".parse().unwrap());
    db.scrivi(casa.aoo.id, &IO, |op| emergenza::proroga(op, id, (&causa, &atto), t(fino)))
}

fn letta(casa: &Casa, db: &Db, id: EmergenzaId) -> Emergenza {
    db.leggi(|conn| emergenza::emergenza(conn, casa.aoo.id, id)).unwrap()
}

fn trascrivi(casa: &Casa, db: &Db, (id, postazione): (EmergenzaId, &str), csv: &str) -> (Vec<Esito>, bool) {
    let righe = emergenza::leggi_csv(csv).unwrap();
    let scrivi = |op: &mut tabulario::storage::Operazione<'_>| emergenza::trascrivi(op, id, &pe(postazione), &righe);
    let (esami, scritte) = db.scrivi(casa.aoo.id, &IO, scrivi).unwrap();
    (esami.into_iter().map(|e| e.esito).collect(), scritte)
}

/// Rows `numero;data;ora`, each a document for the office of the house.
fn righe(casa: &Casa, db: &Db, dove: (EmergenzaId, &str), righe: &[&str]) {
    // The subject holds the row, whose separators would be columns.
    let csv: Vec<String> =
        righe.iter().map(|r| format!("{r};Atto di {};Rossi srl;EDIL;VI.3;", r.replace(';', " "))).collect();
    let (esiti, scritte) = trascrivi(casa, db, dove, &format!("{TESTATA}\n{}", csv.join("\n")));
    assert!(scritte, "{esiti:?}");
}

fn recupera(casa: &Casa, db: &Db, id: EmergenzaId, postazione: &str) -> Result<usize, scrivania::Errore> {
    scrivania::recupera(db, (&casa.aoo, &IO), id, &pe(postazione), None)
}

fn ostacoli(casa: &Casa, db: &Db, id: EmergenzaId, postazione: &str) -> Vec<String> {
    let ora = db.orologio().adesso();
    let questa = letta(casa, db, id);
    db.leggi(|conn| emergenza::ostacoli(conn, &questa, (casa.aoo.id, ora), &pe(postazione))).unwrap()
}

/// Emergency number and ordinary number, as they stand in the register.
fn coppie(casa: &Casa, db: &Db, id: EmergenzaId) -> Vec<(String, Option<i64>)> {
    let questa = letta(casa, db, id);
    let trovate = db.leggi(|conn| emergenza::correlazioni(conn, &questa)).unwrap();
    trovate.iter().map(|c| (c.leggibile(), c.registrazione.as_ref().map(|(.., n)| n.valore()))).collect()
}

fn coppia(emergenza: &str, numero: i64) -> (String, Option<i64>) {
    (emergenza.to_owned(), Some(numero))
}

fn integra(casa: &Casa) {
    let uscita = comando(casa, &["controlla"]);
    assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stdout));
}

su_entrambi! {
    fn three_interruptions_two_posts_and_a_new_year(casa) {
        // The first: the act is recorded after it is over.
        let db = casa.con_orologio("2026-11-20T13:00:00Z");
        let prima = autorizza(casa, &db, "2026-11-20T07:00:00Z");
        assert_eq!(autorizza(casa, &db, "2026-11-20T07:00:00Z"), prima, "the same said twice is one act");
        ripristina(casa, &db, prima, "2026-11-20T12:00:00Z").unwrap();
        righe(casa, &db, (prima, "PE2"), &["1;20/11/2026;9:30", "2;20/11/2026;9:40"]);
        righe(casa, &db, (prima, "PE1"), &["3;20/11/2026;10:05", "1;20/11/2026;9:15", "2;20/11/2026;9:15"]);
        assert_eq!((recupera(casa, &db, prima, "PE1").unwrap(), recupera(casa, &db, prima, "PE1").unwrap()), (3, 0));
        assert_eq!(recupera(casa, &db, prima, "PE2").unwrap(), 2);
        assert_eq!(coppie(casa, &db, prima), [
            coppia("PE1/2026/0000001", 1), coppia("PE1/2026/0000002", 2), coppia("PE1/2026/0000003", 3),
            coppia("PE2/2026/0000001", 4), coppia("PE2/2026/0000002", 5),
        ]);
        // The second, over the end of the year: the sequence goes on in December and begins again in January.
        let db = casa.con_orologio("2027-01-03T10:00:00Z");
        let seconda = autorizza(casa, &db, "2026-12-30T07:00:00Z");
        proroga(casa, &db, seconda, "2027-01-05T07:00:00Z").unwrap();
        ripristina(casa, &db, seconda, "2027-01-03T09:00:00Z").unwrap();
        righe(casa, &db, (seconda, "PE1"), &["4;30/12/2026;9:00", "5;31/12/2026;23:59", "1;1/1/2027;0:00", "2;2/1/2027;9:00"]);
        recupera(casa, &db, seconda, "PE1").unwrap();
        recupera(casa, &db, seconda, "PE2").unwrap();
        assert_eq!(coppie(casa, &db, seconda), [
            coppia("PE1/2026/0000004", 1), coppia("PE1/2026/0000005", 2), coppia("PE1/2027/0000001", 3), coppia("PE1/2027/0000002", 4),
        ]);
        // The third: a number annulled on paper has no document, and the next one follows it.
        let db = casa.con_orologio("2027-01-20T13:00:00Z");
        let terza = autorizza(casa, &db, "2027-01-20T07:00:00Z");
        ripristina(casa, &db, terza, "2027-01-20T12:00:00Z").unwrap();
        let (_, scritte) = trascrivi(casa, &db, (terza, "PE1"),
            &format!("{TESTATA}\n3;20/1/2027;9:00;;;;;Macchiata\n4;20/1/2027;9:10;Atto;Rossi srl;EDIL;VI.3;"));
        assert!(scritte);
        recupera(casa, &db, terza, "PE1").unwrap();
        recupera(casa, &db, terza, "PE2").unwrap();
        assert_eq!(coppie(casa, &db, terza), [("PE1/2027/0000003".to_owned(), None), coppia("PE1/2027/0000004", 5)]);
        let questa = letta(casa, &db, terza);
        let totali = db.leggi(|conn| emergenza::totali(conn, &questa, &pe("PE1"))).unwrap();
        assert_eq!(totali.into_values().collect::<Vec<_>>(), [2], "the annulled number counts");
        // Terms run from the emergency entry, and the pair stands on both sides.
        let server = casa.server();
        let una = leggi(&format!("{}/api/v1/registrazioni?anno=2027&numero=3", server.url), &casa.gettone).json();
        let una = &una["risultati"][0];
        assert_eq!((&una["emergenza"], &una["arrivo"]), (&json!("PE1/2027/0000001"), &json!("2027-01-01T00:00:00.000+01:00")));
        assert_eq!((casa.conta("registrazioni"), casa.conta("registrazioni_emergenza"), casa.conta("trascrizioni_emergenza")), (10, 11, 0));
        integra(casa);
        for sql in ["UPDATE registrazioni_emergenza SET numero = 9", "DELETE FROM recuperi_emergenza", "DELETE FROM emergenze",
            "UPDATE proroghe_emergenza SET fino = istante", "DELETE FROM ripristini_emergenza"] {
            assert!(casa.sql(sql).is_err(), "{sql}");
        }
    }

    fn paper_that_left_gets_its_number_and_its_copy_later(casa) {
        let db = casa.con_orologio("2026-11-20T13:00:00Z");
        let id = autorizza(casa, &db, "2026-11-20T07:00:00Z");
        ripristina(casa, &db, id, "2026-11-20T12:00:00Z").unwrap();
        let testata = "numero;data;ora;oggetto;mittente;destinatario;ufficio;voce;flusso;mezzo";
        let (esiti, scritte) = trascrivi(casa, &db, (id, "PE1"), &format!("{testata}\n\
            1;20/11/2026;9:15;Domanda;Rossi srl;;EDIL;VI.3;entrata;sportello\n\
            2;20/11/2026;9:40;Diffida;;Bianchi srl;EDIL;VI.3;uscita;raccomandata"));
        assert!(scritte, "{esiti:?}");
        for (riga, colonna) in [
            ("3;20/11/2026;9:50;Diffida;Ente;;EDIL;VI.3;uscita;posta", "mittente: non è"),
            ("3;20/11/2026;9:50;Diffida;;Ente;EDIL;VI.3;uscita;pec", "mezzo:"),
            ("3;20/11/2026;9:50;Domanda;;Ente;EDIL;VI.3;entrata;posta", "destinatario: non è"),
        ] {
            let (esiti, scritte) = trascrivi(casa, &db, (id, "PE1"), &format!("{testata}\n{riga}"));
            assert!(!scritte && matches!(&esiti[..], [Esito::Rifiutata(causa)] if causa.starts_with(colonna)), "{esiti:?}");
        }
        assert_eq!(recupera(casa, &db, id, "PE1").unwrap(), 2);
        assert_eq!(coppie(casa, &db, id), [coppia("PE1/2026/0000001", 1), coppia("PE1/2026/0000002", 2)]);
        let server = casa.server_alle("2026-11-20T14:00:00Z");
        let url = |che: &str| format!("{}/api/v1/registrazioni{che}", server.url);
        let letta = leggi(&url("?anno=2026&numero=2"), &casa.gettone).json()["risultati"][0].clone();
        assert_eq!((&letta["flusso"], &letta["emergenza"], &letta["arrivo"]), (&json!("uscita"), &json!("PE1/2026/0000002"), &Value::Null));
        assert_eq!(letta["corrispondenti"][0]["denominazione"], "Bianchi srl");
        assert_eq!((&letta["corrispondenti"][0]["ruolo"], &letta["documenti"]), (&json!("destinatario"), &json!([])));
        let uscita = format!("/{}", letta["id"].as_str().unwrap());
        let trovate = leggi(&format!("{}/api/v1/ricerca?q=PE1/2026/0000002", server.url), &casa.gettone).json();
        assert_eq!((&trovate["totale"], &trovate["risultati"][0]["id"]), (&json!(1), &letta["id"]), "{trovate}");
        // No document, no segnatura: the line is there.
        assert_eq!(leggi(&url(&format!("{uscita}/segnatura?dialetto=60-2013")), &casa.gettone).stato, 404);
        let chi = json!({ "confermataDa": "Luca Bianchi" }).to_string();
        let parti = [Parte { nome: "acquisizione", file: None, bytes: chi.as_bytes() }, Parte { nome: "file", file: Some("diffida.pdf"), bytes: b"diffida" }];
        let acquisita = chiama("POST", &url(&format!("{uscita}/acquisizioni")), &casa.gettone, None, Some(&parti)).unwrap();
        assert_eq!(acquisita.stato, 201, "{}", acquisita.json());
        recupera(casa, &db, id, "PE2").unwrap();
        integra(casa);
    }

    fn beyond_a_day_it_is_extended_by_a_week_at_most(casa) {
        let db = casa.con_orologio("2026-12-20T10:00:00Z");
        let futura = db.scrivi(casa.aoo.id, &IO, |op| emergenza::autorizza(op, &nuova(t("2026-12-21T10:00:00Z"), &[])));
        assert!(matches!(futura, Err(Errore::InizioFuturo(_))));
        let id = autorizza(casa, &db, "2026-12-01T08:00:00Z");
        assert_eq!(letta(casa, &db, id).autorizzata_fino(), t("2026-12-02T08:00:00Z"));
        assert!(matches!(ripristina(casa, &db, id, "2026-12-02T08:00:01Z"), Err(Errore::OltreAutorizzazione(_))));
        assert!(matches!(proroga(casa, &db, id, "2026-12-02T08:00:00Z"), Err(Errore::ProrogaInutile(_))));
        assert!(matches!(proroga(casa, &db, id, "2026-12-09T08:00:00.001Z"), Err(Errore::ProrogaLunga(_))));
        for _ in 0..2 {
            proroga(casa, &db, id, "2026-12-09T08:00:00Z").unwrap();
        }
        proroga(casa, &db, id, "2026-12-16T08:00:00Z").unwrap();
        assert_eq!(casa.conta("proroghe_emergenza"), 2);
        assert!(matches!(recupera(casa, &db, id, "PE1"), Err(scrivania::Errore::Emergenza(Errore::NonRipristinata))));
        assert!(matches!(ripristina(casa, &db, id, "2026-12-20T10:00:01Z"), Err(Errore::RipristinoFuori(_))));
        ripristina(casa, &db, id, "2026-12-15T08:00:00Z").unwrap();
        assert!(matches!(ripristina(casa, &db, id, "2026-12-14T08:00:00Z"), Err(Errore::GiaRipristinata(_))));
        assert!(matches!(proroga(casa, &db, id, "2026-12-17T08:00:00Z"), Err(Errore::GiaRipristinata(_))));
        integra(casa);
    }

    fn a_file_edited_by_hand_is_refused_row_by_row_and_twice_changes_nothing(casa) {
        let db = casa.con_orologio("2026-11-20T13:00:00Z");
        let id = autorizza(casa, &db, "2026-11-20T07:00:00Z");
        ripristina(casa, &db, id, "2026-11-20T12:00:00Z").unwrap();
        let riga = |n: &str, ora: &str, ufficio: &str, voce: &str| format!("{n};20/11/2026;{ora};Atto;Rossi srl;{ufficio};{voce};\n");
        let cattive = [
            (format!("{}{}", riga("1", "9:00", "EDIL", "VI.3"), riga("1", "9:01", "EDIL", "VI.3")), "è anche alla riga 2"),
            (riga("1", "7:59", "EDIL", "VI.3"), "prima dell'inizio"),
            (riga("1", "13:01", "EDIL", "VI.3"), "dopo la data del ripristino"),
            (riga("1", "9:00", "BOH", "VI.3"), "ufficio: "),
            (riga("1", "9:00", "EDIL", "IX.99"), "voce: "),
            (riga("uno", "9:00", "EDIL", "VI.3"), "numero: "),
            (riga("99999999999999999999", "9:00", "EDIL", "VI.3"), "numero: "),
        ];
        for (corpo, frase) in cattive {
            let (esiti, scritte) = trascrivi(casa, &db, (id, "PE1"), &format!("{TESTATA}\n{corpo}"));
            let detta = esiti.iter().any(|e| matches!(e, Esito::Rifiutata(causa) if causa.contains(frase)));
            assert!(!scritte && detta, "{frase}: {esiti:?}");
        }
        assert_eq!(casa.conta("trascrizioni_emergenza"), 0);
        // Missing numbers and a clock that goes back are told, and stop the recupero before any number is given.
        righe(casa, &db, (id, "PE1"), &["2;20/11/2026;9:20", "3;20/11/2026;9:10", "6;20/11/2026;9:30"]);
        let detti = ostacoli(casa, &db, id, "PE1");
        for frase in ["manca il n. 0000001 del 2026", "il n. 0000003 del 2026", "mancano i numeri da 0000004 a 0000005"] {
            assert!(detti.iter().any(|d| d.contains(frase)), "{frase}: {detti:?}");
        }
        assert!(matches!(recupera(casa, &db, id, "PE1"), Err(scrivania::Errore::Emergenza(Errore::Ostacoli(_)))));
        assert_eq!(casa.conta("registrazioni"), 0);
        // A row is taken away and written again as the paper says it.
        let questa = letta(casa, &db, id);
        for riga in db.leggi(|conn| emergenza::trascritte(conn, &questa, &pe("PE1"))).unwrap() {
            db.scrivi(casa.aoo.id, &IO, |op| emergenza::togli(op, id, riga.id)).unwrap();
        }
        let file = format!("{TESTATA}\n{}{}", riga("1", "9:00", "EDIL", "VI.3"), riga("2", "9:10", "EDIL", "VI.3"));
        for atteso in [Esito::Nuova, Esito::Presente] {
            let (esiti, scritte) = trascrivi(casa, &db, (id, "PE1"), &file);
            assert!(scritte && esiti.iter().all(|e| *e == atteso), "{esiti:?}");
        }
        assert_eq!(recupera(casa, &db, id, "PE1").unwrap(), 2);
        let (esiti, scritte) = trascrivi(casa, &db, (id, "PE1"), &file);
        assert!(scritte && esiti.iter().all(|e| *e == Esito::Recuperata), "{esiti:?}");
        let altra = format!("{TESTATA}\n{}", riga("2", "9:11", "EDIL", "VI.3"));
        let (esiti, _) = trascrivi(casa, &db, (id, "PE1"), &altra);
        assert!(matches!(&esiti[0], Esito::Rifiutata(causa) if causa.contains("già stato usato")), "{esiti:?}");
        let altro_atto = format!("{TESTATA}\n2;20/11/2026;9:10;Corretta a mano;Rossi srl;EDIL;VI.3;\n");
        let (esiti, scritte) = trascrivi(casa, &db, (id, "PE1"), &altro_atto);
        assert!(!scritte && matches!(&esiti[0], Esito::Rifiutata(causa) if causa.contains("con altri dati")), "{esiti:?}");
        let nuova = emergenza::leggi_csv(&format!("{TESTATA}\n{}", riga("3", "9:20", "EDIL", "VI.3"))).unwrap();
        let estranea = db.scrivi(casa.aoo.id, &IO, |op| emergenza::trascrivi(op, id, &pe("PE9"), &nuova));
        assert!(matches!(estranea, Err(Errore::PostazioneEstranea(_))));
        assert_eq!(casa.conta("registrazioni"), 2);
        integra(casa);
    }

    fn a_row_that_was_forgotten_is_recovered_later_and_the_paper_says_how_many_there_are(casa) {
        let db = casa.con_orologio("2026-11-20T13:00:00Z");
        let id = autorizza(casa, &db, "2026-11-20T07:00:00Z");
        ripristina(casa, &db, id, "2026-11-20T12:00:00Z").unwrap();
        let con_la_carta = |id, ultimo| scrivania::recupera(&db, (&casa.aoo, &IO), id, &pe("PE1"), Some(ultimo));
        righe(casa, &db, (id, "PE1"), &["1;20/11/2026;9:00", "2;20/11/2026;9:10"]);
        let manca = con_la_carta(id, 3);
        assert!(matches!(manca, Err(scrivania::Errore::Emergenza(Errore::UltimoDiverso { detto: 3, trovato: 2, .. }))), "{manca:?}");
        assert_eq!(casa.conta("registrazioni"), 0);
        assert_eq!(con_la_carta(id, 2).unwrap(), 2);
        // The third was on another sheet; said again, it changes nothing.
        righe(casa, &db, (id, "PE1"), &["3;20/11/2026;9:20"]);
        assert_eq!((con_la_carta(id, 3).unwrap(), con_la_carta(id, 3).unwrap()), (1, 0));
        assert_eq!((casa.conta("registrazioni"), casa.conta("recuperi_emergenza")), (3, 1));
        // In the next one the fourth never came to light, and the fifth is the first of that day: the fourth is said to be lost.
        let db = casa.con_orologio("2026-12-01T13:00:00Z");
        let dopo = autorizza(casa, &db, "2026-12-01T07:00:00Z");
        ripristina(casa, &db, dopo, "2026-12-01T12:00:00Z").unwrap();
        righe(casa, &db, (dopo, "PE1"), &["5;01/12/2026;9:00"]);
        assert!(ostacoli(casa, &db, dopo, "PE1")[0].contains("manca il n. 0000004"));
        let smarrita = format!("{TESTATA}\n4;20/11/2026;9:30;;;;;Foglio smarrito\n");
        let (esiti, scritte) = trascrivi(casa, &db, (dopo, "PE1"), &smarrita);
        assert!(scritte, "{esiti:?}");
        assert_eq!(recupera(casa, &db, dopo, "PE1").unwrap(), 2);
        assert_eq!(recupera(casa, &db, dopo, "PE2").unwrap(), 0);
        integra(casa);
    }

    fn what_arrives_waits_for_the_recupero_or_for_the_rsp(casa) {
        let server = casa.server();
        let arriva = |chiave: &str| registra(&server.url, &casa.gettone, chiave, &entrata(chiave), b"x").unwrap();
        let ora = casa.db.orologio().adesso();
        let inizio = Istante::new(ora.date_time() - Duration::hours(2));
        let altrove = casa.db.scrivi(casa.aoo.id, &IO, |op| {
            tabulario::utenti::crea_ufficio(op, "ALTRO".parse().unwrap(), "Altro".parse().unwrap(), None)
        });
        assert!(altrove.is_ok());
        // Of other offices it stops nothing.
        casa.db.scrivi(casa.aoo.id, &IO, |op| emergenza::autorizza(op, &nuova(inizio, &["ALTRO"]))).unwrap();
        assert_eq!(arriva("prima").stato, 201);
        let id = casa.db.scrivi(casa.aoo.id, &IO, |op| emergenza::autorizza(op, &nuova(inizio, &["EDIL"]))).unwrap();
        let ferma = arriva("seconda");
        let mut interna = entrata("Interna");
        interna["flusso"] = "interna".into();
        interna["ufficio"] = "EDIL".into();
        let ferma_anche = registra(&server.url, &casa.gettone, "interna", &interna, b"x").unwrap();
        assert_eq!(ferma_anche.stato, 409, "{}", ferma_anche.json());
        let mut parte = uscita("Uscita");
        parte["ufficio"] = "EDIL".into();
        let ferma_anche = registra(&server.url, &casa.gettone, "uscita", &parte, b"x").unwrap();
        assert_eq!(ferma_anche.stato, 409, "{}", ferma_anche.json());
        assert_eq!((ferma.stato, &ferma.json()["type"]), (409, &json!("urn:tabulario:emergenza-da-recuperare")), "{}", ferma.json());
        assert!(ferma.json()["detail"].as_str().unwrap().contains("PE1, PE2"));
        let fine = Istante::new(ora.date_time() - Duration::hours(1));
        casa.db.scrivi(casa.aoo.id, &IO, |op| emergenza::ripristina(op, id, fine)).unwrap();
        recupera(casa, &casa.db, id, "PE1").unwrap();
        assert_eq!(arriva("seconda").stato, 409, "the other post is still missing");
        recupera(casa, &casa.db, id, "PE2").unwrap();
        assert_eq!(arriva("seconda").stato, 201);
        // Another one, and the RSP reopens.
        let inizio = Istante::new(ora.date_time() - Duration::minutes(30));
        let id = casa.db.scrivi(casa.aoo.id, &IO, |op| emergenza::autorizza(op, &nuova(inizio, &[]))).unwrap();
        assert_eq!(arriva("terza").stato, 409);
        let motivo = "PE2 è lontana".parse().unwrap();
        casa.db.scrivi(casa.aoo.id, &IO, |op| emergenza::riapri(op, id, &motivo)).unwrap();
        assert_eq!(arriva("terza").stato, 201);
        let ancora = casa.db.scrivi(casa.aoo.id, &IO, |op| emergenza::riapri(op, id, &motivo));
        assert!(matches!(ancora, Err(Errore::GiaAperta)));
        assert_eq!(casa.conta("registrazioni"), 3);
        integra(casa);
    }

    fn killed_three_times_in_the_recupero_it_gives_no_number_twice(casa) {
        const RIGHE: i64 = 240;
        let ora = casa.db.orologio().adesso();
        let inizio = Istante::new(ora.date_time() - Duration::hours(20));
        let id = casa.db.scrivi(casa.aoo.id, &IO, |op| emergenza::autorizza(op, &nuova(inizio, &[]))).unwrap();
        casa.db.scrivi(casa.aoo.id, &IO, |op| emergenza::ripristina(op, id, ora)).unwrap();
        let locale = |minuti: i64| {
            let quando = (inizio.date_time() + Duration::minutes(minuti)).with_timezone(&tabulario::valori::ROMA);
            quando.format("%d/%m/%Y;%H:%M").to_string()
        };
        for postazione in ["PE1", "PE2"] {
            let csv: String = (1..=RIGHE / 2)
                .map(|n| format!("\n{n};{};{postazione} {n};Rossi srl;EDIL;VI.3;", locale(n)))
                .collect();
            assert!(trascrivi(casa, &casa.db, (id, postazione), &format!("{TESTATA}{csv}")).1);
        }
        for volta in 1..=4 {
            let servizio = Servizio::avvia(casa);
            let strada = format!("{}/api/v1/emergenze/{id}/recuperi", servizio.url);
            std::thread::scope(|s| {
                // Two posts, and one of them twice at the same time.
                let fili: Vec<_> = ["PE1", "PE2", "PE2"].map(|p| {
                    let (strada, gettone) = (strada.clone(), casa.gettone.clone());
                    s.spawn(move || chiedi(&strada, &gettone, p))
                }).into_iter().collect();
                if volta < 4 {
                    // Work decides when, not time.
                    while casa.conta("registrazioni") < RIGHE * volta / 4 {
                        std::thread::park_timeout(std::time::Duration::from_millis(5));
                    }
                    servizio.uccidi();
                    for filo in fili {
                        let _ = filo.join().unwrap();
                    }
                } else {
                    for filo in fili {
                        assert_eq!(filo.join().unwrap(), Some(201));
                    }
                }
            });
        }
        let coppie = coppie(casa, &casa.db, id);
        let mut numeri: Vec<i64> = coppie.iter().map(|(_, n)| n.unwrap()).collect();
        for di_una in numeri.chunks(numeri.len() / 2) {
            assert!(di_una.is_sorted(), "a post's numbers are out of order");
        }
        numeri.sort_unstable();
        assert!(numeri.into_iter().eq(1..=RIGHE), "a gap, or a number given twice");
        assert_eq!((casa.conta("registrazioni"), casa.conta("recuperi_emergenza")), (RIGHE, 2));
        integra(casa);
    }

    fn the_rsp_authorises_and_a_clerk_types_previews_and_recovers(casa) {
        let server = casa.server();
        for (nome, ruolo) in [("rosa", Ruolo::Rsp), ("anna", Ruolo::Operatore), ("vera", Ruolo::Revisore)] {
            assumi(casa, nome, ruolo);
        }
        let (rosa, anna, vera) = (Cliente::dentro(&server, "rosa"), Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "vera"));
        let modulo = rosa.apri("/registro/emergenza").campo("modulo");
        let scritto = |minuti: i64| {
            let quando = (casa.db.orologio().adesso().date_time() - Duration::minutes(minuti)).with_timezone(&tabulario::valori::ROMA);
            (quando.format("%d/%m/%Y").to_string(), quando.format("%H:%M").to_string())
        };
        let (dal, ore) = scritto(120);
        let vuoto = rosa.modulo_semplice("/registro/emergenza", &format!("modulo={modulo}&dal={dal}&dal-ora={ore}&postazioni=PE1"));
        assert!(vuoto.stato == 422 && vuoto.html.contains("Scrivi la causa") && vuoto.html.contains("value=\"PE1\""), "{}", vuoto.html);
        let corpo = format!("modulo={modulo}&causa=Guasto&provvedimento=n.+4&dal={dal}&dal-ora={ore}&postazioni=PE1&uffici=");
        let fatta = rosa.modulo_semplice("/registro/emergenza", &corpo);
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        let pagina = fatta.testata("location").to_owned();
        // The clerk types a row that is wrong, then right; a table is only looked at.
        let modulo_anna = anna.apri(&pagina).campo("modulo");
        let ((data, ora), riga) = (scritto(60), format!("{pagina}/righe"));
        let corpo = |ufficio: &str| format!("modulo={modulo_anna}&postazione=PE1&numero=1&data={data}&ora={ora}&oggetto=Domanda&cognome=Rossi&nome=Anna&ufficio={ufficio}&voce=VI.3");
        let male = anna.modulo_semplice(&riga, &corpo("BOH"));
        assert!(male.stato == 422 && male.html.contains("non va bene: ufficio") && male.html.contains("value=\"Domanda\""), "{}", male.html);
        assert_eq!(anna.modulo_semplice(&riga, &corpo("EDIL")).stato, 303);
        let csv = format!("numero;data;ora;oggetto;mittente;ufficio;voce%0A2;{data};{ora};Altra;Ditta;EDIL;VI.3");
        let vista = anna.modulo_semplice(&riga, &format!("modulo={modulo_anna}&postazione=PE1&anteprima=1&csv={csv}"));
        assert!(vista.stato == 200 && vista.html.contains("si può trascrivere"), "{}", vista.html);
        assert_eq!(casa.conta("trascrizioni_emergenza"), 1);
        // The same from the file of a spreadsheet that was not asked for UTF-8: looked at, then imported from the form that shows it.
        let mut file = format!("numero;data;ora;oggetto;mittente;ufficio;voce\n2;{data};{ora};Citt").into_bytes();
        file.extend_from_slice(b"\xe0;Ditta;EDIL;VI.3\n");
        let campi = [("modulo", modulo_anna.clone()), ("postazione", "PE1".to_owned())];
        let tabelle = format!("{pagina}/tabelle");
        let vista = anna.modulo_con_file(&tabelle, &campi, ("carta.csv", &file));
        assert!(vista.stato == 200 && vista.html.contains("Città;Ditta") && vista.html.contains("Windows-1252") && vista.html.contains("si può trascrivere"), "{}", vista.html);
        let foglio = anna.modulo_con_file(&tabelle, &campi, ("carta.xlsx", b"PK\x03\x04"));
        assert!(foglio.stato == 422 && foglio.html.contains("salvala come CSV"), "{}", foglio.html);
        assert_eq!(anna.modulo_con_file(&tabelle, &[], ("carta.csv", &file)).stato, 403);
        assert_eq!(anna.modulo_con_file(&tabelle, &campi, ("carta.csv", &vec![b'x'; 400 * 1024])).stato, 413);
        assert_eq!(casa.conta("trascrizioni_emergenza"), 1);
        // Everybody is told on every page, for how long too.
        let striscia = anna.apri("/da-protocollare").html;
        assert!(striscia.contains("Registro di emergenza attivo dal") && striscia.contains("mancano 21 ore e ") && striscia.contains(&format!("href=\"{pagina}\"")), "{striscia}");
        // Who audits sees the act and no row; the form can be printed by who registers.
        let di_vera = vera.apri(&pagina);
        assert!(di_vera.stato == 200 && di_vera.html.contains("Guasto") && !di_vera.html.contains("Domanda") && !di_vera.html.contains("<form action=\"/registro"));
        assert_eq!(vera.apri(&format!("{pagina}/stampa/PE1")).stato, 404);
        assert!(anna.apri(&format!("{pagina}/stampa/PE1")).html.contains("Rossi Anna"));
        assert_eq!(anna.apri(&format!("{pagina}/stampa/PE2")).stato, 404);
        // Before the end there is no recupero; the RSP says when, and not in the future.
        let presto = anna.modulo_semplice(&format!("{pagina}/recuperi"), &format!("modulo={modulo_anna}&postazione=PE1&ultimo=1"));
        assert!(presto.stato == 422 && presto.html.contains("a sistema ripristinato"), "{}", presto.html);
        let (giorno, alle) = scritto(5);
        assert_eq!(anna.modulo_semplice(&format!("{pagina}/ripristino"), &format!("modulo={modulo_anna}&giorno={giorno}&giorno-ora={alle}")).stato, 404);
        let tardi = rosa.modulo_semplice(&format!("{pagina}/ripristino"), &format!("modulo={modulo}&giorno=1/1/2199&giorno-ora=8"));
        assert!(tardi.stato == 422 && tardi.html.contains("non nel futuro"), "{}", tardi.html);
        assert_eq!(rosa.modulo_semplice(&format!("{pagina}/ripristino"), &format!("modulo={modulo}&giorno={giorno}&giorno-ora={alle}")).stato, 303);
        let recuperi = |ultimo: &str| anna.modulo_semplice(&format!("{pagina}/recuperi"), &format!("modulo={modulo_anna}&postazione=PE1&ultimo={ultimo}"));
        let senza = recuperi("");
        assert!(senza.stato == 422 && senza.html.contains("registro di carta; 0 se"), "{}", senza.html);
        let diverso = recuperi("2");
        assert!(diverso.stato == 422 && diverso.html.contains("PE1 è 2, ma tra le righe trascritte è 1"), "{}", diverso.html);
        assert_eq!(recuperi("1").stato, 303);
        let anno = casa.db.orologio().adesso().anno();
        let dopo = anna.apri(&pagina).html;
        let breve = format!("PE1/{anno}/0000001");
        assert!(dopo.contains(&breve) && dopo.contains("0000001/") && dopo.contains("Recupero concluso"), "{dopo}");
        let id = leggi(&format!("{}/api/v1/registrazioni", server.url), &casa.gettone).json()["risultati"][0]["id"].as_str().unwrap().to_owned();
        assert!(anna.apri(&format!("/registrazioni/{id}")).html.contains(&breve));
        integra(casa);
    }
}

/// Asks for the recupero; nothing if no answer came.
fn chiedi(strada: &str, gettone: &str, postazione: &str) -> Option<u16> {
    let corpo: Value = json!({ "postazione": postazione });
    std::panic::catch_unwind(|| chiama_json(strada, gettone, &corpo.to_string()).stato).ok()
}
