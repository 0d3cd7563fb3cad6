//! The whole walk: an application asks, the server sends, the provider delivers, and its receipts come back over IMAP.

use super::*;
use crate::casa::{Dovecot, Servizio, chiama_con, comando, su_entrambi};
use crate::posta::fixtures;
use std::fs;
use std::time::Instant;
use tabulario::pec::imap::Accesso;

su_entrambi! {
    fn what_an_application_sends_comes_back_delivered_over_imap(casa) {
        let dovecot = Dovecot::avvia();
        // The first message makes the mailbox.
        dovecot.imbuca("0", b"From: a@b.example\r\nSubject: Prima\r\n\r\nTesto\r\n");
        let gestore = Gestore::avvia(&dovecot.cartella("INBOX"));
        let segreto = FileSegreto::controlla(&dovecot.segreto()).unwrap();
        let imap = Accesso::new(dovecot.url().parse().unwrap(), crate::casa::UTENTE, &segreto).unwrap().con_ca(&dovecot.ca()).unwrap();
        casa.db
            .scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| {
                let casella = pec::aggiungi_casella_imap(op, casa.aoo.pec.clone(), &imap)?;
                pec::cambia_casella_smtp(op, &casella.indirizzo, &accesso(&gestore))
            })
            .unwrap();
        let gestori = casa.dir.path().join("fiducia/gestori");
        fs::create_dir_all(&gestori).unwrap();
        fs::copy(fixtures().join("chiavi/ca-gestori.pem"), gestori.join("ca-gestori.pem")).unwrap();
        let servizio = Servizio::avvia(casa);
        let json = json!({ "registrazione": uscita(casa, &["bene", "piena", "rovescia"], b"testo").to_string() });
        let risposta = chiama_con("POST", &format!("{}/api/v1/invii", servizio.url), &casa.gettone, "k", &json.to_string());
        assert_eq!(risposta.stato, 201);
        let limite = Instant::now() + Duration::from_secs(120);
        let stati = || -> Vec<String> {
            let invii = leggi(&format!("{}/api/v1/invii", servizio.url), &casa.gettone).json();
            invii["risultati"].as_array().unwrap().iter().map(|i| i["stato"].as_str().unwrap().to_owned()).collect()
        };
        while stati() != ["consegnato", "non-consegnato", "consegnato"] {
            assert!(Instant::now() < limite, "{:?} {:?}", stati(), gestore.presi());
            park_timeout(Duration::from_millis(20));
        }
        let misure = String::from_utf8(leggi(&format!("{}/metriche", servizio.url), "").corpo).unwrap();
        for riga in ["tabulario_caselle_smtp 1", "tabulario_caselle_smtp_guaste 0", "tabulario_invii_in_coda 0"] {
            assert!(misure.contains(riga), "{riga}: {misure}");
        }
        assert_eq!(presi_per(&gestore), ["bene", "piena", "rovescia"]);
        assert!(servizio.ferma());
        assert!(comando(casa, &["controlla"]).status.success());
    }
}
