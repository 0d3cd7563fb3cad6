//! What becomes of a message that was handed over.

use super::*;
use crate::casa::{comando, su_entrambi};
use std::collections::BTreeSet;
use tabulario::pec::{Intoppo, TipoRicevuta};

su_entrambi! {
    fn each_recipient_gets_it_once_and_receipts_say_what_became_of_it(casa) {
        let gestore = casa_e_gestore(casa);
        // Lines that begin with a dot, and a file of many lines, arrive as they were stored.
        let file = b".\r\n..\r\nriga\r\n.".repeat(2_000);
        let nomi = ["bene", "piena", "rifiutata", "inesistente", "vietata", "rovescia", "muta"];
        let id = uscita(casa, &nomi, &file);
        invia(casa, id, Modo { ricevuta: TipoRicevuta::Breve, ..Modo::default() }).unwrap();
        fra_minuti(casa, 0);
        assert_eq!(
            stati(casa, id),
            coppie(&[
                ("bene", "consegnato"), ("piena", "non-consegnato"), ("rifiutata", "non-accettato"),
                ("inesistente", "non-accettato"), ("vietata", "non-accettato"), ("rovescia", "consegnato"), ("muta", "inviato"),
            ])
        );
        assert_eq!(presi_per(&gestore), ["bene", "piena", "rifiutata", "rovescia", "muta"], "once each, in order");
        let presi = gestore.presi();
        for (preso, invio) in presi.iter().zip(invii(casa, id).iter().filter(|i| presi_per(&gestore).iter().any(|p| i.destinatario.starts_with(p.as_str())))) {
            assert_eq!(preso["msgid"], invio.message_id.as_str());
            assert_eq!((&preso["da"], &preso["tipoRicevuta"]), (&json!(casa.aoo.pec.as_str()), &json!("breve")));
            let impronta: Impronta = preso["sha256"].as_str().unwrap().parse().unwrap();
            assert!(casa.deposito.integro(&impronta).unwrap(), "the bytes that arrived are those that are kept");
        }
        let detti: Vec<Value> = dalla_api(casa).iter().map(|i| i["intoppo"].clone()).filter(|i| !i.is_null()).collect();
        let attesi = ["5.2.2 casella piena", "formato non ammesso", "550 5.1.1 casella inesistente", "554 5.7.1 contenuto vietato"];
        for (detto, parole) in detti.iter().zip(attesi) {
            assert!(detto.as_str().unwrap().contains(parole), "{detto}");
        }
        assert_eq!(detti.len(), attesi.len());
        // Later nothing more leaves, whatever its receipts say.
        fra_minuti(casa, 24 * 60);
        assert_eq!(presi_per(&gestore).len(), 5);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn to_be_accepted_is_as_far_as_it_comes_with_an_address_of_ordinary_mail(casa) {
        let gestore = casa_e_gestore(casa);
        let id = uscita(casa, &["esterna", "muta"], b"testo");
        invia(casa, id, Modo::default()).unwrap();
        fra_minuti(casa, 0);
        assert_eq!(stati(casa, id), coppie(&[("esterna", "accettato"), ("muta", "inviato")]));
        let domani = casa.db.orologio().adesso().date_time() + chrono::TimeDelta::hours(25);
        let domani = casa.con_orologio(&domani.to_rfc3339());
        let ora = domani.orologio().adesso();
        let ritardi: Vec<(bool, bool)> = invii(casa, id).iter().map(|i| (i.concluso(), i.in_ritardo(ora))).collect();
        assert_eq!(ritardi, [(true, false), (false, true)]);
        let aperti: Vec<String> = casa.db.leggi(|conn| pec::aperti(conn, &casa.vista())).unwrap().into_iter().map(|i| i.destinatario).collect();
        assert_eq!(aperti, ["muta@pec.example"]);
        assert_eq!((casa.conta("partenze WHERE aperta"), presi_per(&gestore).len()), (1, 2));
    }

    fn what_the_server_puts_off_leaves_later_and_once(casa) {
        let gestore = casa_e_gestore(casa);
        let nomi = ["occupata", "ingombra", "cade-prima", "bene"];
        let id = uscita(casa, &nomi, b"testo");
        invia(casa, id, Modo::default()).unwrap();
        fra_minuti(casa, 0);
        assert_eq!(presi_per(&gestore), ["bene"], "the others do not hold it up");
        let intoppi: Vec<Intoppo> = invii(casa, id).into_iter().filter_map(|i| i.intoppo).collect();
        assert_eq!(intoppi.len(), 3);
        for (intoppo, parole) in intoppi.iter().zip(["451 4.3.2", "452 4.2.2", "caduta"]) {
            let Intoppo::Riprova { detto, .. } = intoppo else { panic!("{intoppo:?}") };
            assert!(detto.contains(parole), "{detto}");
        }
        fra_minuti(casa, 2);
        assert_eq!(presi_per(&gestore), ["bene", "occupata", "ingombra", "cade-prima"]);
        fra_minuti(casa, 240);
        assert_eq!(presi_per(&gestore).len(), 4);
        assert!(stati(casa, id).iter().all(|(_, s)| *s == "consegnato"));
    }

    fn where_the_line_breaks_after_the_bytes_receipts_decide(casa) {
        let gestore = casa_e_gestore(casa);
        let id = uscita(casa, &["cade-presa", "cade-persa"], b"testo");
        invia(casa, id, Modo::default()).unwrap();
        fra_minuti(casa, 0);
        assert_eq!(presi_per(&gestore), ["cade-presa"]);
        // One has its receipts by now; of the other nothing is known, and that is what is said.
        assert_eq!(stati(casa, id), coppie(&[("cade-presa", "consegnato"), ("cade-persa", "in-coda")]));
        let intoppi: Vec<Option<Intoppo>> = invii(casa, id).into_iter().map(|i| i.intoppo).collect();
        assert!(matches!(intoppi.as_slice(), [None, Some(Intoppo::Ignoto { .. })]), "{intoppi:?}");
        fra_minuti(casa, 29);
        assert_eq!(presi_per(&gestore).len(), 1, "receipts are waited for");
        fra_minuti(casa, 31);
        assert_eq!(presi_per(&gestore), ["cade-presa", "cade-persa"]);
        let presi = gestore.presi();
        assert_eq!(presi[1]["msgid"], invii(casa, id)[1].message_id.as_str(), "under the same Message-ID");
        fra_minuti(casa, 300);
        assert_eq!(presi_per(&gestore).len(), 2);
        assert!(stati(casa, id).iter().all(|(_, s)| *s == "consegnato"));
    }

    fn receipts_that_wait_in_the_mailbox_are_read_before_anything_is_sent_again(casa) {
        let gestore = casa_e_gestore(casa);
        let id = uscita(casa, &["cade-presa"], b"testo");
        invia(casa, id, Modo::default()).unwrap();
        let db = Arc::clone(&casa.db);
        let mut postino = Postino::new(attrezzi(casa, db));
        postino.batti().unwrap();
        while !postino.riposa() {
            park_timeout(Duration::from_millis(5));
        }
        drop(postino);
        // Nobody has read the mailbox: the whole installation was down for an hour.
        assert_eq!(stati(casa, id), coppie(&[("cade-presa", "in-coda")]));
        fra_minuti(casa, 60);
        assert_eq!(presi_per(&gestore), ["cade-presa"]);
        assert_eq!(stati(casa, id), coppie(&[("cade-presa", "consegnato")]));
    }

    fn who_was_not_reached_is_sent_it_again_and_nobody_else(casa) {
        let gestore = casa_e_gestore(casa);
        let id = uscita(casa, &["bene", "piena", "inesistente", "muta"], b"testo");
        let rispedisci = |db: &Db| {
            db.scrivi(casa.aoo.id, &Attore::Sistema("prova"), |op| {
                pec::rispedisci(op, &casa.vista(), id, Modo::default())
            })
        };
        assert!(matches!(rispedisci(&casa.db), Err(pec::Errore::NienteDaRispedire)));
        invia(casa, id, Modo::default()).unwrap();
        assert!(matches!(rispedisci(&casa.db), Err(pec::Errore::NienteDaRispedire)), "it has not even left");
        fra_minuti(casa, 0);
        let nuovi: Vec<Invio> = rispedisci(&casa.db).unwrap().into_iter().filter(|i| i.rispedisce.is_some()).collect();
        let per: Vec<&str> = nuovi.iter().map(|i| i.destinatario.split('@').next().unwrap()).collect();
        assert_eq!(per, ["piena", "inesistente"], "of the mute one a day has not passed");
        fra_minuti(casa, 1);
        assert_eq!(presi_per(&gestore), ["bene", "piena", "muta", "piena"]);
        let domani = casa.db.orologio().adesso().date_time() + chrono::TimeDelta::hours(25);
        let domani = casa.con_orologio(&domani.to_rfc3339());
        let ancora: BTreeSet<String> =
            rispedisci(&domani).unwrap().iter().skip(6).map(|i| i.destinatario.clone()).collect();
        assert_eq!(ancora, ["inesistente@pec.example", "muta@pec.example", "piena@pec.example"].map(str::to_owned).into());
        let nomi: BTreeSet<String> = invii(casa, id).iter().map(|i| i.message_id.clone()).collect();
        assert_eq!(nomi.len(), 9, "every send has a name of its own");
        assert!(comando(casa, &["controlla"]).status.success());
    }
}
