//! What arrives by mail, from the Maildir to a number and back out (laws 3 and 4 of the house).

use crate::casa::{Casa, chiama, comando, leggi, registra, segreto, su_entrambi, uscita};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tabulario::conservazione::{self, Accordo, FileSegreto, Mappa, Tipo, sacer};
use tabulario::documenti::{Fiduce, carica_fiduce};
use tabulario::pec::{self, Casella, Decisione, Modo, Officina, Passo};
use tabulario::storage::{Db, Indirizzo};
use tabulario::valori::Attore;

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A mailbox with these messages (all of ours, if none is named).
pub fn casella(casa: &Casa, nomi: &[&str]) -> Casella {
    let maildir = casa.dir.path().join("posta");
    for ramo in ["new", "cur", "tmp"] {
        fs::create_dir_all(maildir.join(ramo)).unwrap();
    }
    for voce in fs::read_dir(fixtures().join("posta")).unwrap() {
        let file = voce.unwrap().path();
        let nome = file.file_name().unwrap().to_str().unwrap().to_owned();
        if nome.ends_with(".eml") && (nomi.is_empty() || nomi.iter().any(|n| nome.starts_with(n))) {
            fs::copy(&file, maildir.join("new").join(nome)).unwrap();
        }
    }
    casa.db
        .scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| {
            pec::aggiungi_casella(op, casa.aoo.pec.clone(), &maildir)
        })
        .unwrap()
}

pub fn fiduce() -> Fiduce {
    let dir = tempfile::tempdir().unwrap();
    for (ramo, file) in [("firme", "ca-firma.pem"), ("gestori", "ca-gestori.pem")] {
        fs::create_dir_all(dir.path().join(ramo)).unwrap();
        fs::copy(fixtures().join("chiavi").join(file), dir.path().join(ramo).join(file)).unwrap();
    }
    carica_fiduce(dir.path()).unwrap()
}

pub fn ricevi(casa: &Casa, casella: &Casella) -> usize {
    let fiduce = fiduce();
    let officina = Officina { db: &casa.db, deposito: &casa.deposito, fiduce: &fiduce };
    let mut quanti = 0;
    // By threes: what is left over has its turn too.
    while let presi @ 1.. = pec::ricevi(&officina, casella, 3).unwrap() {
        quanti += presi;
    }
    quanti
}

pub fn messaggi(casa: &Casa, url: &str) -> Vec<Value> {
    leggi(&format!("{url}/api/v1/pec/messaggi"), &casa.gettone).json()["risultati"].as_array().unwrap().clone()
}

pub fn protocolla(casa: &Casa, url: &str, id: &Value, chiave: &str) -> (u16, Value) {
    let strada = format!("{url}/api/v1/pec/messaggi/{}/protocollo", id.as_str().unwrap());
    let risposta = chiama("POST", &strada, &casa.gettone, Some(chiave), None).unwrap();
    (risposta.stato, risposta.json())
}

su_entrambi! {
    fn a_mailbox_is_added_by_command_and_what_cannot_be_done_is_said(casa) {
        let maildir = casa.dir.path().join("posta");
        for ramo in ["new", "cur"] {
            fs::create_dir_all(maildir.join(ramo)).unwrap();
        }
        let aggiungi = |altri: &[&str]| {
            let base = ["casella", "aggiungi", "--aoo", "AX99Z01", "--indirizzo", "protocollo@pec.example.it"];
            let uscita = comando(casa, &[&base, altri].concat());
            (uscita.status.code(), String::from_utf8(uscita.stderr).unwrap())
        };
        let (dove, file) = (maildir.to_str().unwrap(), segreto(casa));
        let file = file.to_str().unwrap();
        for (altri, frase) in [
            (vec!["--maildir", dove, "--smtp", "smtps://smtp.example.it:465"], "servono --utente e --segreto-file"),
            (vec!["--maildir", dove, "--smtp", "imaps://a.b", "--utente", "u", "--segreto-file", file], "smtps://"),
            (vec!["--imap", "imaps://imap.example.it:993"], "servono --utente e --segreto-file"),
            (vec![], "serve --maildir o --imap"),
        ] {
            let (stato, errore) = aggiungi(&altri);
            assert!(stato == Some(2) && errore.contains(frase), "{altri:?}: {errore}");
        }
        let (stato, detto) = aggiungi(&["--maildir", dove, "--utente", "u", "--segreto-file", "/dev/null"]);
        assert!(stato == Some(0) && detto.contains("non servono"), "{detto}");
        assert_eq!(casa.conta("caselle"), 1);
    }

    fn every_message_is_kept_told_apart_and_marked(casa) {
        let casella = casella(casa, &[]);
        let server = casa.server();
        let quanti = ricevi(casa, &casella);
        let messaggi = messaggi(casa, &server.url);
        assert!(quanti >= 15 && messaggi.len() == quanti, "{quanti}");
        let mut generi = BTreeMap::new();
        for m in &messaggi {
            *generi.entry(m["kind"].as_str().unwrap().to_owned()).or_insert(0) += 1;
            let sha256 = m["sha256"].as_str().unwrap();
            let intero = leggi(&format!("{}/api/v1/documenti/{sha256}", server.url), &casa.gettone);
            assert_eq!(intero.stato, 200, "the whole message is given back");
        }
        assert!(generi.len() >= 9, "{generi:?}");
        let maildir = casa.dir.path().join("posta");
        assert_eq!(fs::read_dir(maildir.join("new")).unwrap().count(), 0);
        assert_eq!(fs::read_dir(maildir.join("cur")).unwrap().count(), quanti);
        assert_eq!(ricevi(casa, &casella), 0, "nothing is taken twice");
        let doppi: Vec<_> = messaggi.iter().filter(|m| !m["duplicate"].is_null()).collect();
        assert_eq!(doppi.len(), 1, "the same PEC in another box is recognised");
        let gestore: Vec<_> = messaggi.iter().filter(|m| m["kind"] == "posta-certificata").collect();
        assert!(gestore.iter().all(|m| m["signature"]["indication"] == "TOTAL-PASSED"), "{gestore:#?}");
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn a_kill_between_commit_and_mark_doubles_nothing(casa) {
        let casella = casella(casa, &["01"]);
        assert_eq!(ricevi(casa, &casella), 1);
        // As if the process had died before the mailbox was marked.
        let maildir = casa.dir.path().join("posta");
        let cur = fs::read_dir(maildir.join("cur")).unwrap().next().unwrap().unwrap();
        let nome = cur.file_name().to_str().unwrap().split(":2,").next().unwrap().to_owned();
        fs::rename(cur.path(), maildir.join("new").join(nome)).unwrap();
        assert_eq!(ricevi(casa, &casella), 0);
        assert_eq!((casa.conta("messaggi"), casa.conta("visti")), (1, 1));
        assert_eq!(fs::read_dir(maildir.join("new")).unwrap().count(), 0);
    }

    fn a_message_becomes_a_registration_once(casa) {
        let casella = casella(casa, &["01", "02", "03"]);
        ricevi(casa, &casella);
        let server = casa.server();
        let arrivati = messaggi(casa, &server.url);
        let (stato, fatta) = protocolla(casa, &server.url, &arrivati[0]["id"], "k1");
        assert_eq!(stato, 201, "{fatta}");
        assert_eq!(fatta["corrispondenti"][0]["pec"], "elena.tarsi@pec.cittadini.example");
        assert_eq!(fatta["oggetto"], "Istanza di permesso di costruire - via dei Tigli 14");
        assert_eq!((&fatta["mezzo"], &fatta["flusso"]), (&json!("pec"), &json!("entrata")));
        let documenti = fatta["documenti"].as_array().unwrap();
        assert_eq!((documenti.len(), &documenti[0]["ruolo"]), (3, &json!("principale")));
        assert_eq!(documenti[0]["nome"], "istanza-permesso-di-costruire.pdf.p7m");
        assert_eq!(documenti[0]["firma"]["indication"], "TOTAL-PASSED");
        assert_eq!(documenti[2]["nome"], "messaggio.eml");
        assert_eq!(protocolla(casa, &server.url, &arrivati[0]["id"], "k1"), (201, fatta.clone()), "the same key");
        let (stato, ancora) = protocolla(casa, &server.url, &arrivati[0]["id"], "k2");
        assert_eq!((stato, &ancora["type"]), (409, &json!("urn:tabulario:gia-protocollato")));
        let (_, aoo) = protocolla(casa, &server.url, &arrivati[1]["id"], "k3");
        assert!(aoo["protocolloMittente"]["numero"].is_string(), "the number of the sender's segnatura: {aoo:#}");
        assert_eq!(aoo["corrispondenti"][0]["tipo"], "amministrazione");
        let (_, rotta) = protocolla(casa, &server.url, &arrivati[2]["id"], "k4");
        assert_eq!(rotta["documenti"][0]["firma"]["indication"], "TOTAL-FAILED", "a bad signature does not stop: {rotta:#}");
        assert_eq!(casa.conta("registrazioni"), 3);
    }

    fn the_package_of_what_came_by_pec_judges_signatures_as_of_the_provider_s_instant(casa) {
        // A year in which all of the samples have been sent.
        let db = casa.con_orologio("2027-01-15T09:00:00+01:00");
        let (casella, fiduce) = (casella(casa, &["01", "08"]), fiduce());
        let officina = Officina { db: &db, deposito: &casa.deposito, fiduce: &fiduce };
        while pec::ricevi(&officina, &casella, 50).unwrap() > 0 {}
        let io = Attore::Sistema("comando");
        for m in db.leggi(|conn| pec::da_protocollare(conn, &casa.vista(), 10)).unwrap() {
            let decisione = Decisione {
                voce: casa.voce.clone(),
                ufficio: casa.ufficio.clone(),
                oggetto: None,
                corrispondenti: Vec::new(),
                mezzo: None,
                protocollo_mittente: None,
                tipologia: None,
                data_documento: None,
                riservato: false,
                risponde_a: None,
                principale: None,
            };
            db.scrivi(casa.aoo.id, &io, |op| pec::protocolla(op, &casa.aoo, &casa.vista(), m.id, decisione)).unwrap();
        }
        let accordo = Accordo {
            tipo: Tipo::Sacer,
            url: "https://conservatore.example".parse().unwrap(),
            segreto: FileSegreto::controlla(&segreto(casa)).unwrap(),
            mappa: Mappa::predefinita().unwrap(),
        };
        let conservatore = db.scrivi(casa.aoo.id, &io, |op| conservazione::aggiungi(op, &casa.aoo, &accordo)).unwrap();
        while conservazione::prepara(&db, &casa.deposito, &conservatore).unwrap() == Passo::Fatto {}
        let versamenti = db.leggi(|conn| conservazione::elenco(conn, &casa.vista(), &conservazione::Stato::TUTTI, None, 10)).unwrap();
        assert_eq!(versamenti.len(), 2);
        for v in versamenti {
            let (_, indice) = v.pacchetto.unwrap();
            let xml = String::from_utf8(casa.deposito.leggi(&indice, 1_000_000).unwrap()).unwrap();
            sacer::schema().unwrap().valida(xml.as_bytes()).unwrap();
            let (istante, descrizione) = if xml.contains("<Mezzo>PEC</Mezzo>") {
                ("2026-11-16T09:12:40.000+01:00", "DATA_DI_ACCETTAZIONE_PEC")
            } else {
                // The date of ordinary mail is what its sender wrote.
                ("2027-01-15T09:0", "DATA_DI_PROTOCOLLAZIONE")
            };
            let quanti = xml.matches("<Componente>").count();
            assert_eq!(xml.matches(&format!("<RiferimentoTemporale>{istante}")).count(), quanti, "{xml}");
            assert_eq!(xml.matches(&format!("Temporale>{descrizione}<")).count(), quanti, "{xml}");
        }
    }

    fn one_bad_message_never_stops_the_others(casa) {
        let casella = casella(casa, &["01", "07"]);
        let maildir = casa.dir.path().join("posta/new");
        fs::write(maildir.join("00-vuoto"), b"").unwrap();
        fs::write(maildir.join("00-zeri"), vec![0_u8; 100_000]).unwrap();
        fs::write(maildir.join("00-caso"), (0..100_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect::<Vec<_>>()).unwrap();
        assert_eq!(ricevi(casa, &casella), 5);
        let server = casa.server();
        for m in messaggi(casa, &server.url) {
            let (stato, fatta) = protocolla(casa, &server.url, &m["id"], m["id"].as_str().unwrap());
            assert_eq!(stato, 201, "{fatta}");
        }
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn of_many_that_are_taken_together_each_is_taken_or_refused_by_itself(casa) {
        let casella = casella(casa, &[]);
        let new = casa.dir.path().join("posta/new");
        let (altre, doppia) = (fs::read_dir(&new).unwrap().count(), "doppia.txt");
        for i in 0..60 {
            // Two carry a file whose row the database will take only once; one is longer than what is taken with others.
            let (nome, righe) = (if i % 20 == 7 && i < 40 { doppia } else { "altra.txt" }, if i == 30 { 60_000 } else { i });
            let eml = format!("From: a@b.example\r\nSubject: {i}\r\nContent-Type: text/plain\r\n\
                Content-Disposition: attachment; filename={nome}\r\n\r\n{}", "Le si scrive per la pratica n. 12345 in attesa di un Vostro riscontro.\r\n".repeat(righe));
            fs::write(new.join(format!("{i:03}-insieme")), eml).unwrap();
        }
        casa.sql(&format!("CREATE UNIQUE INDEX prova_una ON allegati(nome) WHERE nome = '{doppia}'")).unwrap();
        let fiduce = fiduce();
        let officina = Officina { db: &casa.db, deposito: &casa.deposito, fiduce: &fiduce };
        assert_eq!(pec::ricevi(&officina, &casella, 500).unwrap(), 59 + altre);
        assert!(pec::ricevi(&officina, &casella, 500).is_err(), "what is left is said when there is nothing else");
        assert_eq!(fs::read_dir(&new).unwrap().count(), 1);
        casa.sql("DROP INDEX prova_una").unwrap();
        assert_eq!(pec::ricevi(&officina, &casella, 500).unwrap(), 1);
        assert_eq!(casa.conta("messaggi"), i64::try_from(60 + altre).unwrap());
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn two_that_empty_one_mailbox_at_once_take_each_message_once(casa) {
        let casella = casella(casa, &[]);
        let new = casa.dir.path().join("posta/new");
        for i in 0..150 {
            fs::write(new.join(format!("{i:03}-due")), format!("From: a@b.example\r\nSubject: {i}\r\n\r\nTesto {i}\r\n")).unwrap();
        }
        let tutte = fs::read_dir(&new).unwrap().count();
        let altro = Db::apri(Indirizzo::parse(&casa.indirizzo).unwrap(), casa.db.orologio()).unwrap();
        let fiduce = fiduce();
        let svuota = |db: &Db| {
            let officina = Officina { db, deposito: &casa.deposito, fiduce: &fiduce };
            // Each finds files that the other has just moved: that is nobody's fault, and the next look tells.
            for _ in 0..100 {
                if matches!(pec::ricevi(&officina, &casella, 40), Ok(0)) {
                    return;
                }
            }
            panic!("the mailbox is never empty");
        };
        std::thread::scope(|s| {
            s.spawn(|| svuota(&altro));
            svuota(&casa.db);
        });
        assert_eq!((casa.conta("messaggi"), casa.conta("visti")), (i64::try_from(tutte).unwrap(), i64::try_from(tutte).unwrap()));
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn an_uscita_leaves_once_and_its_receipts_find_it(casa) {
        let casella = casella(casa, &["04", "05", "11"]);
        let server = casa.server();
        let fatta = registra(&server.url, &casa.gettone, "u", &uscita("Risposta"), b"testo").unwrap().json();
        let id = fatta["id"].as_str().unwrap();
        // The receipts of the samples speak of this Message-ID; they may come before or after: here before.
        assert_eq!(ricevi(casa, &casella), 3);
        let orfane = messaggi(casa, &server.url);
        assert!(orfane.iter().all(|m| m["stato"] == "ricevuta-senza-invio"), "{orfane:#?}");
        let nome = "<uscita-di-esempio-1@pec.comune.borgoesempio.example>";
        casa.db.scrivi(casa.aoo.id, &Attore::Sistema("demo"), |op| {
            pec::invia(op, &casa.vista(), id.parse().unwrap(), Modo { message_id: Some(nome), ..Modo::default() })
        }).unwrap();
        let fiduce = fiduce();
        let officina = Officina { db: &casa.db, deposito: &casa.deposito, fiduce: &fiduce };
        let fuori = casa.dir.path().join("uscita/pec");
        assert_eq!(pec::spedisci(&officina, &fuori).unwrap(), Passo::Fatto);
        assert_eq!(pec::spedisci(&officina, &fuori).unwrap(), Passo::Niente, "it leaves once");
        let lettera = fs::read(fs::read_dir(&fuori).unwrap().next().unwrap().unwrap().path()).unwrap();
        let testo = String::from_utf8_lossy(&lettera);
        assert!(testo.contains(nome) && testo.contains("Segnatura.xml"), "{testo}");
        let invii = leggi(&format!("{}/api/v1/invii", server.url), &casa.gettone).json();
        let invio = &invii["risultati"][0];
        assert_eq!((&invio["messageId"], &invio["destinatario"]), (&json!(nome), &json!("rossi@pec.example")));
        assert_eq!(invio["stato"], "non-consegnato", "the worst word of its receipts counts: {invio:#}");
        assert!(invio["istanti"]["accettato"].is_string() && invio["istanti"]["consegnato"].is_string(), "{invio:#}");
        assert!(messaggi(casa, &server.url).iter().all(|m| m["stato"] == "ricevuta"));
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn a_receipt_that_nobody_signed_is_believed_by_nobody(casa) {
        let casella = casella(casa, &["04"]);
        let server = casa.server();
        let fatta = registra(&server.url, &casa.gettone, "u", &uscita("Risposta"), b"testo").unwrap().json();
        let id = fatta["id"].as_str().unwrap();
        let nome = "<uscita-di-esempio-1@pec.comune.borgoesempio.example>";
        casa.db.scrivi(casa.aoo.id, &Attore::Sistema("demo"), |op| {
            pec::invia(op, &casa.vista(), id.parse().unwrap(), Modo { message_id: Some(nome), ..Modo::default() })
        }).unwrap();
        let falsa = format!("From: a@b.it\r\nSubject: CONSEGNA: x\r\nX-Ricevuta: avvenuta-consegna\r\n\
            X-Riferimento-Message-ID: {nome}\r\n\r\nConsegnato\r\n");
        fs::write(casa.dir.path().join("posta/new/99-falsa"), falsa).unwrap();
        assert_eq!(ricevi(casa, &casella), 2);
        let invii = leggi(&format!("{}/api/v1/invii", server.url), &casa.gettone).json();
        assert_eq!(invii["risultati"][0]["stato"], "accettato", "the true one counts, the forged one does not: {invii:#}");
        let falsa = messaggi(casa, &server.url).into_iter().find(|m| m["kind"] == "avvenuta-consegna").unwrap();
        assert_eq!(falsa["stato"], "da-protocollare", "a person sees it: {falsa:#}");
        assert_eq!(protocolla(casa, &server.url, &falsa["id"], "k").0, 201);
    }

    fn a_receipt_is_not_registered(casa) {
        let casella = casella(casa, &["04"]);
        ricevi(casa, &casella);
        let server = casa.server();
        let (stato, problema) = protocolla(casa, &server.url, &messaggi(casa, &server.url)[0]["id"], "k");
        assert_eq!((stato, &problema["type"]), (409, &json!("urn:tabulario:ricevuta")));
        assert_eq!(casa.conta("registrazioni"), 0);
    }
}
