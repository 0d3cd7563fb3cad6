//! What is taken, once, and what becomes of it on the server.

use super::{
    a_pezzi, accesso, campioni, casella, con_crlf, impronte, letterina, libro, presi, quanti, visita, visita_con,
};
use crate::casa::{Dovecot, comando, su_entrambi};
use std::fs;
use tabulario::pec::imap::Limiti;

su_entrambi! {
    fn every_sample_arrives_byte_by_byte_and_nothing_is_marked(casa) {
        let server = Dovecot::avvia();
        let campioni = campioni();
        for (nome, byte) in &campioni {
            server.imbuca(nome, byte);
        }
        let casella = casella(casa, &server, &["INBOX"], "lascia");
        let attesi = campioni.len() as u64;
        assert_eq!(quanti(casa, &casella), (attesi, 0, 0));
        assert_eq!(presi(casa), impronte(campioni.iter().map(|(_, b)| b)));
        assert_eq!(quanti(casa, &casella), (0, 0, 0), "nothing is taken twice");
        assert_eq!(libro(casa, "stato = 'preso' AND sul_server = 'presente' AND messaggio_id IS NOT NULL AND in_casella IS NOT NULL"), attesi as i64);
        let segnati = server.messaggi("INBOX").iter().filter(|m| m.to_str().unwrap().ends_with('S')).count();
        assert_eq!((server.messaggi("INBOX").len() as u64, segnati), (attesi, 0), "reading marks nothing");
        let uscita = comando(casa, &["controlla"]);
        assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stdout));
    }

    fn broken_messages_and_nul_do_not_stop_the_queue(casa) {
        let server = Dovecot::avvia();
        server.imbuca("1-vuoto", b"");
        server.imbuca("2-zeri", &vec![0; 100_000]);
        let caso: Vec<u8> = (0..100_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        server.imbuca("3-caso", &caso);
        server.imbuca("4-senza-corpo", b"Subject: =?utf-8?B?////?=\r\nContent-Type: multipart/mixed; boundary=\"");
        server.imbuca("5-buono", &letterina(5));
        let casella = casella(casa, &server, &["INBOX"], "segna");
        let (presi_ora, gia, lasciati) = quanti(casa, &casella);
        assert_eq!((presi_ora + gia, lasciati), (5, 0));
        assert!(presi(casa).is_superset(&impronte([&letterina(5)])));
        assert_eq!(libro(casa, "sul_server = 'segnato'"), 5);
    }

    fn a_long_message_comes_in_parts_and_one_that_is_too_long_stops_nobody(casa) {
        let server = Dovecot::avvia();
        let lungo = |byte: usize| con_crlf(format!("Subject: lungo\n\n{}", "riga di prova\n".repeat(byte / 14)).as_bytes());
        // One that ends with a part, to the byte.
        let mut preciso = lungo(20_000);
        preciso.resize(3 * 4_096, b'x');
        let messaggi = [letterina(1), lungo(50_000), preciso, lungo(70_000), letterina(2)];
        for (i, m) in messaggi.iter().enumerate() {
            server.imbuca(&format!("{i}"), m);
        }
        let casella = casella(casa, &server, &["INBOX"], "segna");
        let raccolto = visita_con(casa, &casa.db, &casella, a_pezzi(4_096, 60_000)).unwrap();
        assert_eq!((raccolto.presi, raccolto.lasciati), (4, 1));
        assert_eq!(presi(casa), impronte([&messaggi[0], &messaggi[1], &messaggi[2], &messaggi[4]]));
        assert_eq!(libro(casa, "stato = 'troppo-grande' AND sul_server = 'presente' AND motivo LIKE 'supera i%'"), 1);
        assert_eq!(libro(casa, "stato = 'preso' AND sul_server = 'segnato'"), 4);
        assert_eq!(quanti(casa, &casella), (0, 0, 0), "it is not fetched again at every visit");
    }

    fn a_new_uidvalidity_a_move_and_a_copy_are_the_same_messages(casa) {
        let server = Dovecot::avvia();
        for i in 0..5 {
            server.imbuca(&format!("{i}"), &letterina(i));
        }
        server.imbuca_in("Archivio", "a", &letterina(100));
        let casella = casella(casa, &server, &["INBOX", "Archivio"], "lascia");
        assert_eq!(quanti(casa, &casella), (6, 0, 0));
        // The same message delivered again, and one that another program of mail moved.
        server.imbuca("copia", &letterina(0));
        let da_spostare = server.messaggi("INBOX").into_iter().find(|m| m.to_str().unwrap().contains("/3")).unwrap();
        fs::rename(da_spostare, server.cartella("Archivio").join("cur/mosso:2,")).unwrap();
        assert_eq!(quanti(casa, &casella), (0, 2, 0));
        server.cambia_validita();
        server.imbuca("nuovo", &letterina(7));
        assert_eq!(quanti(casa, &casella), (1, 5, 0), "four and the copy are known by their bytes");
        assert_eq!(quanti(casa, &casella), (0, 0, 0));
        assert_eq!(presi(casa).len(), 7);
        assert_eq!(libro(casa, "sul_server = 'assente'"), 6, "the old names are no more: five, and the copy");
    }

    fn what_was_taken_is_marked_or_moved_after_the_commit(casa) {
        let server = Dovecot::avvia();
        for i in 0..3 {
            server.imbuca(&format!("{i}"), &letterina(i));
        }
        let casella = casella(casa, &server, &["INBOX"], "sposta:Già protocollati");
        assert_eq!(quanti(casa, &casella), (3, 0, 0));
        assert_eq!(server.messaggi("INBOX").len(), 0);
        assert_eq!(server.messaggi("Gi&AOA- protocollati").len(), 3, "the folder is made if it is not there");
        assert_eq!(libro(casa, "sul_server = 'spostato'"), 3);
        // As if the process had died after the commit and before the server was told: the next visit tells it.
        server.imbuca("9", &letterina(9));
        let senza = visita_con(casa, &casa.db, &pec_lascia(&casella), Limiti::default()).unwrap();
        assert_eq!((senza.presi, server.messaggi("INBOX").len()), (1, 1));
        assert_eq!(quanti(casa, &casella), (0, 0, 0));
        assert_eq!(server.messaggi("INBOX").len(), 0);
        assert_eq!(presi(casa).len(), 4);
    }

    fn a_server_without_move_copies_and_one_without_uidplus_is_told_so(casa) {
        let server = Dovecot::avvia_con("imap_capability = IMAP4rev1 IDLE UIDPLUS\n");
        server.imbuca("1", &letterina(1));
        let casella = casella(casa, &server, &["INBOX"], "sposta:Presi");
        assert_eq!(quanti(casa, &casella), (1, 0, 0));
        assert_eq!((server.messaggi("INBOX").len(), server.messaggi("Presi").len()), (0, 1));
        drop(server);
        let povero = Dovecot::avvia_con("imap_capability = IMAP4rev1\n");
        povero.imbuca("2", &letterina(2));
        let accesso = accesso(&povero, &povero.url());
        let accesso = accesso.con_regole(&["INBOX".to_owned()], 60, "sposta:Presi".parse().unwrap()).unwrap();
        let io = tabulario::valori::Attore::Sistema("comando");
        let casella = casa
            .db
            .scrivi(casa.aoo.id, &io, |op| tabulario::pec::cambia_casella_imap(op, &casa.aoo.pec, &accesso))
            .unwrap();
        let errore = visita(casa, &casella).unwrap_err().to_string();
        assert!(errore.contains("UIDPLUS"), "{errore}");
        assert_eq!((presi(casa).len(), povero.messaggi("INBOX").len()), (2, 1), "it is taken, and stays");
    }
}

/// The same mailbox as if nothing were to be done on the server.
fn pec_lascia(casella: &tabulario::pec::Casella) -> tabulario::pec::Casella {
    use tabulario::pec::Posta;
    let Posta::Imap(accesso) = &casella.posta else { panic!("a mailbox of a server") };
    let lascia = tabulario::pec::imap::Accesso { dopo: "lascia".parse().unwrap(), ..accesso.as_ref().clone() };
    tabulario::pec::Casella { posta: Posta::Imap(Box::new(lascia)), ..casella.clone() }
}
