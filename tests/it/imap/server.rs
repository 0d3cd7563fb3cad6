//! The whole server: it watches, is killed, and goes on.

use super::{accesso, aggiungi, casella, impronte, letterina, libro, presi};
use crate::casa::{Dovecot, Servizio, comando, libera, su_entrambi};
use std::time::{Duration, Instant};

/// Messages of the trial with kills, unless `TABULARIO_UCCISIONE_LETTERE` says another number.
const LETTERE: usize = 240;
const UCCISIONI: usize = 6;

/// Waits until the condition holds.
fn finche(cosa: &str, vera: impl Fn() -> bool) {
    let limite = Instant::now() + Duration::from_secs(120);
    while !vera() {
        assert!(Instant::now() < limite, "waited too long: {cosa}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

su_entrambi! {
    fn the_server_is_woken_by_its_mailbox_and_one_in_trouble_stops_no_other(casa) {
        let server = Dovecot::avvia();
        server.imbuca("1", &letterina(1));
        let buona = casella(casa, &server, &["INBOX"], "segna:Protocollo");
        let guasta = accesso(&server, &format!("imaps://127.0.0.1:{}", libera()));
        let io = tabulario::valori::Attore::Sistema("comando");
        casa.db
            .scrivi(casa.aoo.id, &io, |op| {
                tabulario::pec::aggiungi_casella_imap(op, "altra@pec.example.it".parse().unwrap(), &guasta)
            })
            .unwrap();
        let mut servizio = Servizio::avvia(casa);
        finche("the first message", || casa.conta("messaggi") == 1 && libro(casa, "sul_server = 'segnato'") == 1);
        // The cadence is of 25 minutes: the server itself says that something came.
        finche("the visit is over", || casa.conta(&format!("contatti WHERE casella_id = '{}'", buona.id)) == 1);
        server.imbuca("2", &letterina(2));
        finche("the second message", || casa.conta("messaggi") == 2);
        finche("the trouble is written", || casa.conta("contatti WHERE errore LIKE '%non si raggiunge%'") == 1);
        // A mailbox that is added meanwhile is watched too.
        drop(servizio);
        servizio = Servizio::avvia(casa);
        server.imbuca("3", &letterina(3));
        finche("the third message", || casa.conta("messaggi") == 3);
        assert!(servizio.vive() && servizio.ferma());
        assert_eq!(presi(casa).len(), 3);
    }

    fn killed_again_and_again_the_server_takes_every_message_once(casa) {
        let lettere = crate::casa::ambiente("TABULARIO_UCCISIONE_LETTERE").map_or(LETTERE, |n| n.parse().unwrap());
        let server = Dovecot::avvia();
        let messaggi: Vec<Vec<u8>> = (0..lettere).map(letterina).collect();
        for (i, m) in messaggi.iter().enumerate() {
            server.imbuca(&format!("{i:05}"), m);
        }
        aggiungi(casa, &accesso(&server, &server.url()).con_regole(&["INBOX".to_owned()], 10, "sposta:Presi".parse().unwrap()).unwrap());
        let mut servizio = Servizio::avvia(casa);
        for volta in 1..=UCCISIONI {
            // Work decides when, not time: after each seventh of the messages.
            let soglia = (lettere * volta / (UCCISIONI + 1)) as i64;
            finche("some more are taken", || casa.conta("messaggi") >= soglia);
            servizio.uccidi();
            servizio = Servizio::avvia(casa);
        }
        finche("all are taken", || casa.conta("messaggi") == lettere as i64);
        finche("all are moved", || libro(casa, "sul_server = 'presente'") == 0);
        assert_eq!(presi(casa), impronte(&messaggi));
        assert_eq!((server.messaggi("INBOX").len(), server.messaggi("Presi").len()), (0, lettere));
        assert_eq!(libro(casa, "stato IN ('preso', 'gia-preso')"), lettere as i64);
        assert!(servizio.ferma());
        let uscita = comando(casa, &["controlla", "--json"]);
        assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stdout));
    }
}
