//! The line to the server: encryption, password, size.

use super::*;
use crate::casa::{comando, su_entrambi};
use std::process::Output;
use tabulario::pec::{Intoppo, Verso};

/// How it went the last time, as the page of mailboxes says it.
fn errore(casa: &Casa) -> Option<String> {
    let contatti = casa.db.leggi(|conn| pec::contatti(conn, Verso::Partenza)).unwrap();
    contatti.into_values().next().and_then(|c| c.errore)
}

fn con_segreto(gestore: &Gestore, url: &str, segreto: &std::path::Path) -> AccessoSmtp {
    AccessoSmtp::new(url.parse().unwrap(), gestore.utente(), &FileSegreto::controlla(segreto).unwrap(), 30).unwrap()
}

fn cambia(casa: &Casa, accesso: &AccessoSmtp) {
    let io = Attore::Sistema("comando");
    casa.db.scrivi(casa.aoo.id, &io, |op| pec::cambia_casella_smtp(op, &casa.aoo.pec, accesso)).unwrap();
}

su_entrambi! {
    fn mail_leaves_by_starttls_too_and_never_in_clear_text(casa) {
        let gestore = Gestore::avvia(&maildir(casa));
        let url = format!("smtp://localhost:{}", gestore.porta_starttls);
        con_casella(casa, &con_segreto(&gestore, &url, &gestore.segreto()).con_ca(&gestore.ca()).unwrap());
        let id = uscita(casa, &["bene"], b"testo");
        invia(casa, id, Modo::default()).unwrap();
        fra_minuti(casa, 0);
        assert_eq!(stati(casa, id), coppie(&[("bene", "consegnato")]));
        assert_eq!((errore(casa), gestore.sessioni()), (None, vec![json!({ "meccanismo": "PLAIN", "entra": true, "cifrata": true })]));
    }

    fn a_wrong_password_is_not_insisted_on_and_what_waits_leaves_when_it_is_right(casa) {
        let gestore = Gestore::avvia(&maildir(casa));
        con_casella(casa, &con_segreto(&gestore, &gestore.url(), &gestore.segreto_sbagliato()).con_ca(&gestore.ca()).unwrap());
        let id = uscita(casa, &["bene"], b"testo");
        invia(casa, id, Modo::default()).unwrap();
        let mut postino = Postino::new(attrezzi(casa, Arc::clone(&casa.db)));
        let gira = |postino: &mut Postino| for _ in 0..5 {
            postino.batti().unwrap();
            while !postino.riposa() {
                park_timeout(Duration::from_millis(5));
            }
        };
        gira(&mut postino);
        assert_eq!(gestore.sessioni().len(), 1, "providers lock who insists");
        assert!(errore(casa).unwrap().contains("rifiuta utente o password"), "{:?}", errore(casa));
        assert_eq!(stati(casa, id), coppie(&[("bene", "in-coda")]));
        // Who puts it right sees at once that it goes.
        cambia(casa, &accesso(&gestore));
        gira(&mut postino);
        drop(postino);
        fra_minuti(casa, 0);
        assert_eq!((stati(casa, id), errore(casa)), (coppie(&[("bene", "consegnato")]), None));
    }

    fn a_server_that_nobody_guarantees_gets_nothing(casa) {
        let gestore = Gestore::avvia(&maildir(casa));
        con_casella(casa, &con_segreto(&gestore, &gestore.url(), &gestore.segreto()));
        let id = uscita(casa, &["bene"], b"testo");
        invia(casa, id, Modo::default()).unwrap();
        fra_minuti(casa, 0);
        assert!(gestore.sessioni().is_empty() && gestore.presi().is_empty());
        assert!(errore(casa).unwrap().contains("--ca"), "{:?}", errore(casa));
        // Nor one that is not there.
        let chiusa = crate::casa::libera();
        cambia(casa, &con_segreto(&gestore, &format!("smtps://127.0.0.1:{chiusa}"), &gestore.segreto()));
        fra_minuti(casa, 0);
        assert!(errore(casa).unwrap().contains("non si raggiunge"), "{:?}", errore(casa));
    }

    fn what_is_too_long_is_said_before_it_is_sent(casa) {
        let gestore = Gestore::avvia_con(&maildir(casa), Some(200_000));
        let mut accesso = accesso(&gestore);
        accesso.massimo_mib = 1;
        con_casella(casa, &accesso);
        let grande = uscita(casa, &["muta"], &vec![b'a'; 900_000]);
        assert!(matches!(invia(casa, grande, Modo::default()), Err(pec::Errore::TroppoGrande(1))), "nothing was queued");
        assert!(invii(casa, grande).is_empty());
        // What the server says of itself counts too, and holds up nobody.
        let lunga = uscita(casa, &["piena"], &vec![b'a'; 300_000]);
        let corta = uscita(casa, &["bene"], b"testo");
        for id in [lunga, corta] {
            invia(casa, id, Modo::default()).unwrap();
        }
        fra_minuti(casa, 0);
        assert_eq!((stati(casa, lunga), stati(casa, corta)), (coppie(&[("piena", "non-accettato")]), coppie(&[("bene", "consegnato")])));
        let intoppo = invii(casa, lunga).pop().unwrap().intoppo.unwrap();
        assert!(matches!(&intoppo, Intoppo::Rifiutato { detto } if detto.contains("MiB")), "{intoppo:?}");
    }

    fn a_mailbox_is_told_by_command_where_its_mail_leaves(casa) {
        let gestore = Gestore::avvia(&maildir(casa));
        let (segreto, ca, dove) = (gestore.segreto(), gestore.ca(), maildir(casa));
        let (segreto, ca, dove) = (segreto.to_str().unwrap(), ca.to_str().unwrap(), dove.to_str().unwrap());
        let quale = ["--aoo", "AX99Z01", "--indirizzo", casa.aoo.pec.as_str()];
        let url = gestore.url();
        let detto = |u: &Output| format!("{}{}", String::from_utf8_lossy(&u.stdout), String::from_utf8_lossy(&u.stderr));
        let chi = ["--utente", gestore.utente(), "--segreto-file", segreto, "--ca", ca];
        let aggiunta = comando(casa, &[&["casella", "aggiungi", "--maildir", dove, "--smtp", &url][..], &quale, &chi].concat());
        assert!(aggiunta.status.success(), "{}", detto(&aggiunta));
        let elenco = detto(&comando(casa, &["casella", "elenca"]));
        assert!(elenco.contains(&format!("{url}\tfino a 30 MiB")), "{elenco}");
        let cambiata = comando(casa, &[&["casella", "cambia", "--smtp", &url, "--massimo-mib", "50"][..], &quale, &chi].concat());
        assert!(cambiata.status.success() && detto(&cambiata).contains("da ora spedisce da smtps://"), "{}", detto(&cambiata));
        for (altri, frase) in [
            (["--smtp", "imaps://imap.example.it"], "smtps://smtp.gestore.example:465"),
            (["--massimo-mib", "0"], "--imap"),
            (["--imap", "imaps://imap.example.it"], "Maildir"),
        ] {
            let no = comando(casa, &[&["casella", "cambia"][..], &altri, &quale, &chi].concat());
            assert!(!no.status.success() && detto(&no).contains(frase), "{altri:?}: {}", detto(&no));
        }
        let id = uscita(casa, &["bene"], b"testo");
        invia(casa, id, Modo::default()).unwrap();
        fra_minuti(casa, 0);
        assert_eq!(stati(casa, id), coppie(&[("bene", "consegnato")]));
        assert!(comando(casa, &["controlla"]).status.success());
    }
}
