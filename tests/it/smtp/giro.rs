//! The whole walk: an application asks, the server sends, the provider delivers, and its receipts come back over IMAP.

use super::*;
use crate::casa::{Servizio, chiama_con, comando, su_entrambi};
use std::time::Instant;

su_entrambi! {
    fn what_an_application_sends_comes_back_delivered_over_imap(casa) {
        let dovecot = Dovecot::avvia();
        let gestore = con_imap(casa, &dovecot);
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
