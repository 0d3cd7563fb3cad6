//! When the clock is believed, and the way back from a wrong year (DPR 445/2000 art. 53 c. 1 b).

use super::{entrata, protocolla};
use crate::casa::{self as http, Casa, Servizio, comando, su_entrambi};
use crate::pagine::cliente::{Cliente, assumi};
use chrono::TimeDelta;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tabulario::registro::orologio::{self, Andamento};
use tabulario::registro::{self, Errore, Registrata};
use tabulario::scrivania;
use tabulario::utenti::{self, Ruolo};
use tabulario::valori::Attore;

const PAGINA: &str = "/registro/orologio";

/// More than three months before any day on which these tests are run.
const LONTANO: &str = "2026-03-01T09:00:00Z";

fn al(casa: &Casa, istante: &str) -> Result<Registrata, Errore> {
    match protocolla(casa, &casa.con_orologio(istante), &entrata(casa, &format!("Atto delle {istante}"))) {
        Ok(fatta) => Ok(fatta),
        Err(scrivania::Errore::Registro(e)) => Err(e),
        Err(altro) => panic!("{altro}"),
    }
}

fn conferma(casa: &Casa, istante: &str) -> Result<(), Errore> {
    let motivo = "Confrontato con l'ora dell'INRIM".parse().unwrap();
    casa.con_orologio(istante)
        .scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| orologio::conferma(op, &casa.aoo, &motivo))
}

fn andamento(casa: &Casa, istante: &str) -> Andamento {
    casa.db.leggi(|conn| orologio::andamento(conn, &casa.aoo, istante.parse().unwrap())).unwrap()
}

/// No hole, no break in the chain, no row without its act.
fn intero(casa: &Casa) {
    let uscita = comando(casa, &["controlla"]);
    assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stdout));
}

su_entrambi! {
    fn a_wrong_year_ahead_registers_nothing_until_somebody_answers_for_it(casa) {
        al(casa, "2026-11-20T09:00:00Z").unwrap();
        // An office may be closed for the summer.
        al(casa, "2027-02-10T09:00:00Z").unwrap();
        let esito = al(casa, "2036-02-11T09:00:00Z");
        assert!(matches!(esito, Err(Errore::OrologioAvanti { .. })), "{esito:?}");
        assert!(matches!(andamento(casa, "2036-02-11T09:00:00Z"), Andamento::Avanti(_)));
        assert_eq!(casa.conta("registrazioni"), 2);
        // The clock was mended: nothing to confirm, and the numbers go on.
        assert!(matches!(conferma(casa, "2027-02-11T09:00:00Z"), Err(Errore::OrologioRegolare)));
        assert_eq!(al(casa, "2027-02-11T09:00:00Z").unwrap().numero.valore(), 2);
        // Closed for a year, and the RSP says that the time is right: it holds for that gap.
        conferma(casa, "2028-03-01T08:00:00Z").unwrap();
        let esito = al(casa, "2030-03-01T08:00:00Z");
        assert!(matches!(esito, Err(Errore::OrologioAvanti { .. })), "{esito:?}");
        let fatta = al(casa, "2028-03-01T08:05:00Z").unwrap();
        assert_eq!((fatta.anno, fatta.numero.valore()), (2028, 1));
        let esito = al(casa, "2029-03-01T08:00:00Z");
        assert!(matches!(esito, Err(Errore::OrologioAvanti { .. })), "{esito:?}");
        intero(casa);
    }

    fn the_way_back_from_a_wrong_year_goes_on_where_the_true_one_was(casa) {
        al(casa, "2026-11-20T09:00:00Z").unwrap();
        al(casa, "2026-11-20T09:10:00Z").unwrap();
        // Somebody answered for a clock that was wrong by ten years.
        conferma(casa, "2036-11-20T10:00:00Z").unwrap();
        let sbagliata = al(casa, "2036-11-20T10:01:00Z").unwrap();
        assert_eq!((sbagliata.anno, sbagliata.numero.valore()), (2036, 1));
        // The clock is right again, and the office would be shut for ten years.
        assert!(matches!(al(casa, "2026-11-20T11:00:00Z"), Err(Errore::OrologioIndietro { .. })));
        assert!(matches!(andamento(casa, "2026-11-20T11:00:00Z"), Andamento::Indietro(_)));
        conferma(casa, "2026-11-20T11:00:00Z").unwrap();
        assert!(matches!(al(casa, "2026-11-20T10:59:00Z"), Err(Errore::OrologioIndietro { .. })), "before the confirmation");
        let fatta = al(casa, "2026-11-20T11:02:00Z").unwrap();
        assert_eq!((fatta.anno, fatta.numero.valore()), (2026, 3));
        assert_eq!(al(casa, "2026-11-20T11:03:00Z").unwrap().numero.valore(), 4);
        assert_eq!(al(casa, "2027-01-02T08:00:00Z").unwrap().numero.valore(), 1);
        // The wrong one is still there, with its number; when its year comes, its number is not given twice.
        let trovata = casa.db.leggi(|c| registro::per_numero(c, &casa.vista(), 2036, "1".parse().unwrap())).unwrap();
        assert_eq!(trovata.unwrap().istante, sbagliata.istante);
        conferma(casa, "2036-11-21T08:00:00Z").unwrap();
        let dopo = al(casa, "2036-11-21T08:00:01Z").unwrap();
        assert_eq!((dopo.anno, dopo.numero.valore()), (2036, 2));
        intero(casa);
    }

    fn a_confirmation_of_a_wrong_clock_that_registered_nothing_does_no_harm(casa) {
        al(casa, "2026-11-20T09:00:00Z").unwrap();
        conferma(casa, "2036-11-20T10:00:00Z").unwrap();
        assert_eq!(al(casa, "2026-11-20T09:30:00Z").unwrap().numero.valore(), 2);
    }

    fn what_follows_a_wrong_clock_is_still_the_newest(casa) {
        // Made by a process whose computer was in the year 2527.
        let sbagliato = "0fffffff-ffff-7fff-bfff-ffffffffffff";
        casa.sql(&format!("INSERT INTO enti VALUES ('{sbagliato}', 'c_y999', 'Ente', '2527-01-01 00:00:00')")).unwrap();
        let uscita = comando(casa, &["ufficio", "crea", "--aoo", "AX99Z01", "--codice", "CAT", "--nome", "Catasto"]);
        assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stderr));
        let catasto = casa.db.leggi(|c| utenti::ufficio_per_codice(c, casa.aoo.id, &"CAT".parse().unwrap())).unwrap();
        assert!(catasto.id.to_string().as_str() > sbagliato, "{}", catasto.id);
    }
    fn the_counter_goes_back_for_nobody_else(casa) {
        al(casa, "2026-11-20T09:00:00Z").unwrap();
        conferma(casa, "2036-11-20T10:00:00Z").unwrap();
        al(casa, "2036-11-20T10:01:00Z").unwrap();
        for (sql, perche) in [
            ("UPDATE contatori SET anno = 2026, ultimo = 2, ultimo_istante = '2026-11-20 09:00:00'", "nobody confirmed"),
            ("UPDATE contatori SET anno = 2037, ultimo = 2, ultimo_istante = '2037-01-01 09:00:00'", "a year that begins at 2"),
            ("UPDATE contatori SET ultimo = ultimo + 1, ultimo_istante = '2036-01-01 09:00:00'", "an instant that goes back"),
        ] {
            assert!(casa.sql(sql).is_err(), "{perche}: {sql}");
        }
        conferma(casa, "2026-11-20T11:00:00Z").unwrap();
        let sql = "UPDATE contatori SET anno = 2026, ultimo = 1, ultimo_istante = '2026-11-20 11:00:00'";
        assert!(casa.sql(sql).is_err(), "a number given twice, after a confirmation");
    }

    fn the_rsp_answers_for_the_clock_on_its_page(casa) {
        al(casa, LONTANO).unwrap();
        let server = casa.server();
        for (nome, ruolo) in [("anna", Ruolo::Operatore), ("marta", Ruolo::Addetto), ("giorgio", Ruolo::Rsp)] {
            assumi(casa, nome, ruolo);
        }
        let json = http::entrata("Istanza");
        let rifiutata = http::registra(&server.url, &casa.gettone, "k", &json, b"atto").unwrap();
        assert_eq!((rifiutata.stato, rifiutata.json()["type"].as_str()), (409, Some("urn:tabulario:orologio-avanti")));
        let [anna, marta, giorgio] = ["anna", "marta", "giorgio"].map(|nome| Cliente::dentro(&server, nome));
        assert_eq!(marta.apri(PAGINA).stato, 404);
        let letta = anna.apri(PAGINA);
        assert!(letta.html.contains("avanti di oltre 90 giorni") && !letta.html.contains("Confermo"), "{}", letta.html);
        let pagina = giorgio.apri(PAGINA);
        assert!(pagina.html.contains("Confermo che"), "{}", pagina.html);
        let modulo = pagina.campo("modulo");
        let anna_modulo = anna.apri("/registro").campo("modulo");
        assert_eq!(anna.modulo_semplice(PAGINA, &format!("modulo={anna_modulo}&motivo=Di+fretta")).stato, 404);
        assert_eq!(marta.modulo_semplice(PAGINA, "modulo=x&motivo=Di+fretta").stato, 404);
        let conferma = |motivo: &str| giorgio.modulo_semplice(PAGINA, &format!("modulo={modulo}&motivo={motivo}"));
        let vuota = conferma("+");
        assert!(vuota.stato == 422 && vuota.html.contains("resta agli atti"), "{}", vuota.html);
        assert_eq!(http::registra(&server.url, &casa.gettone, "k", &json, b"atto").unwrap().stato, 409);
        assert_eq!(conferma("Confrontata+con+INRIM").stato, 303);
        assert!(giorgio.apri(PAGINA).html.contains("si può protocollare"));
        let fatta = http::registra(&server.url, &casa.gettone, "k2", &json, b"atto").unwrap();
        assert_eq!(fatta.stato, 201, "{}", fatta.json());
        assert_eq!(conferma("Di+nuovo").stato, 409);
        intero(casa);
    }

    fn the_command_says_how_the_clock_is_and_confirms_it(casa) {
        al(casa, LONTANO).unwrap();
        let stato = |argomenti: &[&str]| comando(casa, &[&["aoo", "orologio", "--aoo", "AX99Z01"], argomenti].concat());
        let prima = stato(&[]);
        assert_eq!(prima.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&prima.stdout).contains("avanti di oltre 90 giorni"));
        assert!(stato(&["--conferma", "Ufficio chiuso per lavori"]).status.success());
        assert!(stato(&[]).status.success());
        assert_eq!(stato(&["--conferma", "Ancora"]).status.code(), Some(2));
    }

    fn the_time_source_confirms_a_clock_that_it_agrees_with(casa) {
        al(casa, LONTANO).unwrap();
        let fonte = Fonte::avvia(casa, TimeDelta::zero());
        let servizio = Servizio::avvia_con(casa, &[("TABULARIO_OROLOGIO__FONTE", &fonte.indirizzo)]);
        let limite = Instant::now() + Duration::from_secs(60);
        while andamento(casa, &casa.db.orologio().adesso().to_string()) != Andamento::Regolare {
            assert!(Instant::now() < limite, "the source was asked {} times", fonte.domande());
            std::thread::park_timeout(Duration::from_millis(10));
        }
        let fatta = http::registra(&servizio.url, &casa.gettone, "k", &http::entrata("Istanza"), b"atto").unwrap();
        assert_eq!(fatta.stato, 201, "{}", fatta.json());
        intero(casa);
    }

    fn the_time_source_does_not_confirm_a_clock_that_is_wrong(casa) {
        al(casa, LONTANO).unwrap();
        let fonte = Fonte::avvia(casa, TimeDelta::days(-365));
        let servizio = Servizio::avvia_con(casa, &[("TABULARIO_OROLOGIO__FONTE", &fonte.indirizzo)]);
        let limite = Instant::now() + Duration::from_secs(60);
        while fonte.domande() == 0 {
            assert!(Instant::now() < limite, "the source was never asked");
            std::thread::park_timeout(Duration::from_millis(10));
        }
        let fatta = http::registra(&servizio.url, &casa.gettone, "k", &http::entrata("Istanza"), b"atto").unwrap();
        assert_eq!(fatta.stato, 409, "{}", fatta.json());
        drop(servizio);
        assert_eq!(casa.conta("conferme_orologio"), 0);
    }
}

/// A server of time (SNTP, RFC 5905) on a port of its own, whose time differs from ours by `scarto`.
struct Fonte {
    indirizzo: String,
    domande: Arc<AtomicUsize>,
}

impl Fonte {
    fn avvia(casa: &Casa, scarto: TimeDelta) -> Self {
        let presa = UdpSocket::bind("127.0.0.1:0").unwrap();
        let indirizzo = presa.local_addr().unwrap().to_string();
        let domande = Arc::new(AtomicUsize::new(0));
        let (orologio, contate) = (casa.db.orologio(), Arc::clone(&domande));
        // Ends with the test's process: nobody asks it any more.
        std::thread::spawn(move || {
            let mut domanda = [0_u8; 48];
            while let Ok((48, chi)) = presa.recv_from(&mut domanda) {
                let ora = orologio.adesso().date_time() + scarto;
                // From 1900, and in 1/2^32 of a second.
                let secondi = u32::try_from(ora.timestamp() + 2_208_988_800).unwrap();
                let frazione = (u64::from(ora.timestamp_subsec_millis()) << 32) / 1_000;
                let adesso = (u64::from(secondi) << 32 | frazione).to_be_bytes();
                let mut risposta = [0_u8; 48];
                // No leap second, version 4, server; stratum 1.
                (risposta[0], risposta[1]) = (0x24, 1);
                risposta[16..24].copy_from_slice(&adesso);
                risposta[24..32].copy_from_slice(&domanda[40..48]);
                risposta[32..40].copy_from_slice(&adesso);
                risposta[40..48].copy_from_slice(&adesso);
                presa.send_to(&risposta, chi).unwrap();
                contate.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { indirizzo, domande }
    }

    fn domande(&self) -> usize {
        self.domande.load(Ordering::SeqCst)
    }
}
