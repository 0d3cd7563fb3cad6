//! An answer leaves as a send does: by the server of the mailbox, once, and its receipts are joined to it.

use super::*;
use crate::casa::{comando, su_entrambi};
use crate::ritorni::{arriva, io, mandati, messaggi, protocolla};
use tabulario::pec::StatoInvio;
use tabulario::pec::ritorno::{self, Genere};

su_entrambi! {
    fn an_answer_leaves_by_smtp_once_whatever_the_line_does_and_its_receipts_are_joined(casa) {
        let gestore = casa_e_gestore(casa);
        let chi = ["bene@pec.example", "cade-persa@pec.example", "piena@pec.example"];
        for (numero, a) in chi.iter().enumerate() {
            let numero = i32::try_from(numero).unwrap() + 1;
            arriva(casa, a, numero, &[&format!("segnatura:{numero}")]);
        }
        leggi_casella(casa, &casa.db);
        let registrate: Vec<_> = messaggi(casa).iter().map(|m| protocolla(casa, m.id)).collect();
        for id in &registrate {
            ritorno::manda(&casa.db, &io(), &casa.vista(), *id, (Genere::Conferma, None)).unwrap();
        }
        for minuti in [0, 61, 122] {
            fra_minuti(casa, minuti);
        }
        let stati: Vec<_> = registrate.iter().map(|id| mandati(casa, *id).remove(0).invii.remove(0).stato).collect();
        assert_eq!(stati, [StatoInvio::Consegnato, StatoInvio::Consegnato, StatoInvio::NonConsegnato]);
        let mut presi: Vec<_> = gestore.presi().iter().map(|p| p["a"].as_str().unwrap().to_owned()).collect();
        presi.sort();
        assert_eq!(presi, ["bene@pec.example", "cade-persa@pec.example", "piena@pec.example"], "each once");
        let aperti = casa.db.leggi(|conn| pec::aperti(conn, &casa.vista())).unwrap();
        assert_eq!((aperti.len(), aperti[0].destinatario.as_str()), (1, "piena@pec.example"), "a person is told");
        assert!(comando(casa, &["controlla"]).status.success());
    }
}
