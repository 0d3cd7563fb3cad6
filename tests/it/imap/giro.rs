//! The round of the day: space, what may be removed, the reconciliation; and the page that shows them.

use super::{accesso, aggiungi, casella, letterina, libro, presi, quanti, visita, visita_con};
use crate::casa::{Casa, Dovecot, comando, segreto, su_entrambi};
use crate::pagine::cliente::{Cliente, assumi};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use tabulario::conservazione::{self, Accordo, FileSegreto, Mappa, Passo, Tipo};
use tabulario::pec::imap::Limiti;
use tabulario::pec::{self, Decisione};
use tabulario::storage::Db;
use tabulario::utenti::Ruolo;
use tabulario::valori::{Attore, MessaggioId};

/// Gives a message a number.
fn protocolla(casa: &Casa, db: &Db, id: MessaggioId) {
    let decisione = Decisione {
        voce: casa.voce.clone(),
        ufficio: casa.ufficio.clone(),
        oggetto: None,
        corrispondenti: Vec::new(),
        mezzo: None,
        protocollo_mittente: None,
        data_documento: None,
        tipologia: None,
        riservato: false,
        risponde_a: None,
        principale: None,
    };
    let io = Attore::Sistema("comando");
    db.scrivi(casa.aoo.id, &io, |op| pec::protocolla(op, &casa.aoo, &casa.vista(), id, decisione)).unwrap();
}

fn deposita(casa: &Casa, db: &Db) {
    let accordo = Accordo {
        tipo: Tipo::Sacer,
        url: "https://conservatore.example".parse().unwrap(),
        segreto: FileSegreto::controlla(&segreto(casa)).unwrap(),
        mappa: Mappa::predefinita().unwrap(),
    };
    let io = Attore::Sistema("comando");
    let conservatore = db.scrivi(casa.aoo.id, &io, |op| conservazione::aggiungi(op, &casa.aoo, &accordo)).unwrap();
    while conservazione::prepara(db, &casa.deposito, &conservatore).unwrap() == Passo::Fatto {}
    let uscita = casa.dir.path().join("uscita");
    while conservazione::consegna(db, &casa.deposito, &uscita, casa.aoo.id).unwrap() == Passo::Fatto {}
}

/// One row of the chain's register of reconciliations, read as `presi|in_attesa|…`.
fn conto(casa: &Casa, condizione: &str) -> i64 {
    casa.conta(&format!("riconciliazioni WHERE {condizione}"))
}

su_entrambi! {
    fn nothing_leaves_the_server_before_its_days_are_over_and_the_conservator_has_it(casa) {
        let server = Dovecot::avvia();
        for i in 0..4 {
            server.imbuca(&format!("{i}"), &letterina(i));
        }
        let casella = casella(casa, &server, &["INBOX"], "cancella:30");
        let alle = |istante: &str| casa.con_orologio(istante);
        let giro = |db: &Db| visita_con(casa, db, &casella, Limiti::default()).unwrap();
        let primo = alle("2027-03-01T09:00:00+01:00");
        assert_eq!(giro(&primo).presi, 4);
        let messaggi = primo.leggi(|conn| pec::da_protocollare(conn, &casa.vista(), 10)).unwrap();
        // Two get a number, and only what is registered by then is delivered.
        protocolla(casa, &primo, messaggi[0].id);
        protocolla(casa, &primo, messaggi[1].id);
        giro(&alle("2027-04-15T09:00:00+02:00"));
        assert_eq!(server.messaggi("INBOX").len(), 4, "the days are over, the conservator has nothing");
        deposita(casa, &primo);
        protocolla(casa, &primo, messaggi[2].id);
        let presto = alle("2027-03-20T09:00:00+01:00");
        giro(&presto);
        assert_eq!(server.messaggi("INBOX").len(), 4, "the conservator has two, their days are not over");
        giro(&alle("2027-04-16T09:00:00+02:00"));
        assert_eq!(server.messaggi("INBOX").len(), 2, "one without a number stays, and one that is registered only");
        assert_eq!((libro(casa, "sul_server = 'cancellato'"), libro(casa, "sul_server = 'presente'")), (2, 2));
        assert_eq!(presi(casa).len(), 4, "here they all are");
        giro(&alle("2027-04-17T09:00:00+02:00"));
        assert_eq!(server.messaggi("INBOX").len(), 2);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn once_a_day_mailbox_and_ledger_are_put_side_by_side_in_the_chain(casa) {
        let server = Dovecot::avvia();
        for i in 0..5 {
            server.imbuca(&format!("{i}"), &letterina(i));
        }
        let casella = casella(casa, &server, &["INBOX"], "segna");
        let giorno = |g: u32| casa.con_orologio(&format!("2027-03-{g:02}T09:00:00+01:00"));
        let giro = |g: u32| visita_con(casa, &giorno(g), &casella, Limiti { massimo_byte: 1_000, ..Limiti::default() }).unwrap();
        giro(1);
        giro(1);
        assert_eq!(casa.conta("riconciliazioni"), 1, "once a day");
        assert_eq!(conto(casa, "sul_server = 5 AND presi = 5 AND differenze = ''"), 1);
        // Somebody removes one that was taken; one is too long; the ledger forgets one; the store loses one.
        fs::remove_file(&server.messaggi("INBOX")[0]).unwrap();
        server.imbuca("lungo", &[letterina(9), vec![b'x'; 5_000]].concat());
        casa.sql("DELETE FROM visti_imap WHERE uid = 3").unwrap();
        let perso = casa.db.leggi(|conn| pec::messaggi(conn, &casa.vista(), None, 10)).unwrap()[3].impronta.to_string();
        fs::remove_file(casa.documenti().join(&perso[..2]).join(&perso[2..4]).join(&perso)).unwrap();
        giro(2);
        let atteso = "giorno = '2027-03-02' AND sul_server = 5 AND presi = 3 AND sconosciuti = 1 AND troppo_grandi = 1 AND assenti = 1 \
                      AND senza_file = 1 AND spariti = 0";
        assert_eq!(conto(casa, atteso), 1, "{}", dump(casa));
        assert_eq!(conto(casa, "differenze LIKE '%UID 3: sul server, non nel libro%'"), 1, "{}", dump(casa));
        giro(3);
        assert_eq!(conto(casa, "giorno = '2027-03-03' AND assenti = 0"), 1, "what went away is counted once");
        // It is an act: what it says cannot be changed unnoticed.
        let dove = if casa.indirizzo.starts_with("postgres") { " ON riconciliazioni" } else { "" };
        casa.sql(&format!("DROP TRIGGER guardia_riconciliazioni_update{dove}")).unwrap();
        casa.sql("UPDATE riconciliazioni SET spariti = 0, presi = 5").unwrap();
        assert!(!comando(casa, &["controlla"]).status.success());
    }

    fn what_somebody_removes_before_it_is_taken_is_said(casa) {
        let server = Dovecot::avvia();
        server.imbuca("1", &letterina(1));
        server.imbuca("2", &letterina(2));
        let casella = casella(casa, &server, &["INBOX"], "lascia");
        visita_con(casa, &casa.con_orologio("2027-03-01T09:00:00+01:00"), &casella, Limiti::default()).unwrap();
        // As if the second had been seen, and not taken yet.
        casa.sql("UPDATE visti_imap SET stato = 'da-prendere', messaggio_id = NULL, riprova = '2030-01-01 00:00:00' WHERE uid = 2").unwrap();
        fs::remove_file(&server.messaggi("INBOX")[1]).unwrap();
        visita_con(casa, &casa.con_orologio("2027-03-02T09:00:00+01:00"), &casella, Limiti::default()).unwrap();
        assert_eq!((conto(casa, "spariti = 1"), libro(casa, "stato = 'sparito'")), (1, 1));
    }

    fn the_page_says_how_the_mailboxes_are(casa) {
        let server = Dovecot::avvia();
        for i in 0..3 {
            server.imbuca(&format!("{i}"), &letterina(i));
        }
        let casella = casella(casa, &server, &["INBOX"], "segna:Protocollo");
        assert_eq!(quanti(casa, &casella), (3, 0, 0));
        assert_eq!(casa.conta("spazi_caselle WHERE limite_kib = 102400"), 1);
        // Twenty days ago there was more room by a sixth of what is left now.
        let oggi = casa.db.orologio().adesso().giorno();
        let allora = oggi - chrono::Days::new(20);
        casa.sql(&format!("UPDATE spazi_caselle SET usati_kib = 84400, giorno = '{oggi}'")).unwrap();
        casa.sql(&format!("INSERT INTO spazi_caselle (casella_id, giorno, usati_kib, limite_kib) VALUES ('{}', '{allora}', 54400, 102400)", casella.id)).unwrap();
        let falso = casa.dir.path().join("falso");
        fs::write(&falso, "sbagliata").unwrap();
        let mut guasta = accesso(&server, &server.url());
        guasta.segreto_file = falso.to_str().unwrap().to_owned();
        fs::set_permissions(&falso, fs::Permissions::from_mode(0o600)).unwrap();
        let io = Attore::Sistema("comando");
        let altra = casa
            .db
            .scrivi(casa.aoo.id, &io, |op| pec::aggiungi_casella_imap(op, "altra@pec.example.it".parse().unwrap(), &guasta))
            .unwrap();
        visita(casa, &altra).unwrap_err();
        let sito = casa.server();
        for ruolo in [Ruolo::Operatore, Ruolo::Rsp, Ruolo::Amministratore] {
            let nome = format!("chi-{}", ruolo.as_str());
            assumi(casa, &nome, ruolo);
            let pagina = Cliente::dentro(&sito, &nome).apri("/caselle");
            assert_eq!(pagina.stato, 200);
            for detto in [
                casa.aoo.pec.as_str(), "altra@pec.example.it", "3 presi", "piena tra 12 giorni", "82 %", "si segnano con «Protocollo»",
                "utente o password", "Non si legge", "Tornano",
            ] {
                assert!(pagina.html.contains(detto), "{detto} is not there for {nome}: {}", pagina.html);
            }
            assert!(!pagina.html.contains("Richiesta"), "no subject is shown");
        }
        let metriche = crate::casa::leggi(&format!("{}/metriche", sito.url), "");
        let testo = String::from_utf8(metriche.corpo).unwrap();
        assert!(testo.contains("tabulario_caselle_imap 2") && testo.contains("tabulario_caselle_imap_guaste 1"), "{testo}");
    }
}

fn dump(casa: &Casa) -> String {
    let quadri = casa.db.leggi(|conn| pec::imap::quadri(conn, casa.aoo.id, casa.db.orologio().adesso())).unwrap();
    format!("{:#?}", quadri[0].riconciliazioni)
}

#[test]
fn a_mailbox_that_nobody_has_read_yet_says_so() {
    let casa = &Casa::sqlite();
    let server = Dovecot::avvia();
    aggiungi(casa, &accesso(&server, &server.url()));
    let sito = casa.server();
    assumi(casa, "rsp", Ruolo::Rsp);
    let pagina = Cliente::dentro(&sito, "rsp").apri("/caselle");
    assert!(pagina.html.contains("Mai letta finora") && pagina.html.contains("Non ancora fatto"), "{}", pagina.html);
}
