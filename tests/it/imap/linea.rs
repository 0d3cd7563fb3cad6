//! The line to the server: who is refused, and what breaks in the middle.

use super::{
    a_pezzi, accesso, aggiungi, campioni, casella, impronte, letterina, libro, presi, quanti, visita, visita_con,
};
use crate::casa::{Casa, Dovecot, comando, su_entrambi};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tabulario::pec::imap::Limiti;

/// Stands between us and a server, and cuts each connection after this many bytes of the server; then it listens for the next one.
fn taglia(porta: u16, dopo: Arc<AtomicUsize>) -> u16 {
    let ascolto = TcpListener::bind("127.0.0.1:0").unwrap();
    let mia = ascolto.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for cliente in ascolto.incoming() {
            let (Ok(mut cliente), Ok(mut server)) = (cliente, TcpStream::connect(("127.0.0.1", porta))) else { return };
            let (mut da_cliente, mut a_server) = (cliente.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut da_cliente, &mut a_server);
            });
            let mut ancora = dopo.load(Ordering::SeqCst);
            let mut blocco = [0; 1_024];
            while ancora > 0 {
                let quanti = ancora.min(blocco.len());
                match server.read(&mut blocco[..quanti]) {
                    Ok(letti) if letti > 0 && cliente.write_all(&blocco[..letti]).is_ok() => ancora -= letti,
                    _ => break,
                }
            }
            let _ = cliente.shutdown(std::net::Shutdown::Both);
            let _ = server.shutdown(std::net::Shutdown::Both);
        }
    });
    mia
}

su_entrambi! {
    fn wherever_the_connection_is_cut_every_message_arrives_once(casa) {
        let server = Dovecot::avvia();
        let campioni = campioni();
        for (nome, byte) in &campioni {
            server.imbuca(nome, byte);
        }
        let dopo = Arc::new(AtomicUsize::new(1_500));
        let porta = taglia(server.porta_tls, Arc::clone(&dopo));
        let casella = aggiungi(casa, &accesso(&server, &format!("imaps://127.0.0.1:{porta}")));
        // Parts of 4 KiB: the cut falls inside lists, inside a batch and between two parts.
        let limiti = a_pezzi(4_096, u64::MAX);
        let mut tagli = 0;
        while visita_con(casa, &casa.db, &casella, limiti).is_err() {
            tagli += 1;
            assert!(tagli < 1_000, "it never gets to the end");
            dopo.fetch_add(3_001, Ordering::SeqCst);
            // Whoever was cut more than once rests a while: here nobody waits.
            casa.sql("UPDATE visti_imap SET riprova = NULL").unwrap();
        }
        assert!(tagli >= 5, "{tagli}");
        assert_eq!(presi(casa), impronte(campioni.iter().map(|(_, b)| b)));
        assert_eq!(libro(casa, "stato = 'preso'"), campioni.len() as i64);
        assert_eq!(casa.conta("contatti WHERE errore IS NULL AND riuscito IS NOT NULL"), 1);
    }

    fn two_processes_on_one_mailbox_take_every_message_once(casa) {
        let server = Dovecot::avvia();
        for i in 0..60 {
            server.imbuca(&format!("{i:03}"), &letterina(i));
        }
        let casella = casella(casa, &server, &["INBOX"], "segna");
        let altro = casa.con_orologio("2026-11-23T09:00:00+01:00");
        let presi_da = std::thread::scope(|s| {
            let fili = [&*casa.db, &altro].map(|db| s.spawn(|| visita_con(casa, db, &casella, Limiti::default()).unwrap().presi));
            fili.map(|f| f.join().unwrap())
        });
        assert_eq!(presi_da.iter().sum::<u64>(), 60, "{presi_da:?}");
        assert_eq!(presi(casa).len(), 60);
        assert_eq!((libro(casa, "stato = 'preso'"), libro(casa, "1 = 1")), (60, 60));
        assert_eq!(quanti(casa, &casella), (0, 0, 0));
    }
}

fn errore(casa: &Casa, url: &str, server: &Dovecot, cambia: impl FnOnce(&mut tabulario::pec::imap::Accesso)) -> String {
    let mut accesso = accesso(server, url);
    cambia(&mut accesso);
    let mut casella = tabulario::pec::Casella {
        id: tabulario::valori::CasellaId::new(),
        aoo: casa.aoo.id,
        indirizzo: format!("c{}@pec.example.it", casa.conta("caselle")).parse().unwrap(),
        posta: tabulario::pec::Posta::Imap(Box::new(accesso.clone())),
        smtp: None,
    };
    let io = tabulario::valori::Attore::Sistema("comando");
    let indirizzo = casella.indirizzo.clone();
    casella = casa
        .db
        .scrivi(casa.aoo.id, &io, |op| tabulario::pec::aggiungi_casella_imap(op, indirizzo, &accesso))
        .map(|c| tabulario::pec::Casella { posta: casella.posta.clone(), ..c })
        .unwrap();
    let detto = visita(casa, &casella).unwrap_err().to_string();
    assert_eq!(
        casa.conta(&format!("contatti WHERE casella_id = '{}' AND errori = 1", casella.id)),
        1,
        "it is shown: {detto}"
    );
    detto
}

#[test]
fn what_is_wrong_with_a_line_is_said_with_what_to_do() {
    let casa = &Casa::sqlite();
    let server = Dovecot::avvia();
    let url = server.url();
    let falsa = casa.dir.path().join("password-falsa");
    fs::write(&falsa, "sbagliata").unwrap();
    fs::set_permissions(&falsa, fs::Permissions::from_mode(0o600)).unwrap();
    let detto = errore(casa, &url, &server, |a| a.segreto_file = falsa.to_str().unwrap().to_owned());
    assert!(
        detto.contains("utente o password") && detto.contains("file del segreto") && !detto.contains("sbagliata"),
        "{detto}"
    );
    let detto = errore(casa, &url, &server, |a| a.ca = None);
    assert!(detto.contains("--ca") && detto.contains("autorità"), "an authority that nobody knows: {detto}");
    let altra = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/chiavi/ca-firma.pem").to_owned();
    let detto = errore(casa, &url, &server, |a| a.ca = Some(altra));
    assert!(detto.contains("--ca"), "another authority: {detto}");
    let detto = errore(casa, &url, &server, |a| a.ca = Some("/non/ci/sono.pem".to_owned()));
    assert!(detto.contains("/non/ci/sono.pem"), "{detto}");
    let detto = errore(casa, &format!("imaps://127.0.0.1:{}", crate::casa::libera()), &server, |_| {});
    assert!(detto.contains("non si raggiunge"), "{detto}");
    let detto = errore(casa, &url, &server, |a| a.cartelle = vec!["Non c'è".to_owned()]);
    assert!(detto.contains("SELECT"), "{detto}");
    let detto = errore(casa, &url, &server, |a| a.segreto_file = "/non/c/e".to_owned());
    assert!(detto.contains("/non/c/e"), "{detto}");
    assert_eq!(casa.conta("messaggi"), 0);
}

#[test]
fn starttls_is_asked_for_and_nothing_is_said_where_it_is_not_offered() {
    let casa = &Casa::sqlite();
    let server = Dovecot::avvia();
    server.imbuca("1", &letterina(1));
    let url = format!("imap://127.0.0.1:{}", server.porta_starttls);
    let casella = aggiungi(casa, &accesso(&server, &url));
    assert_eq!(quanti(casa, &casella), (1, 0, 0));
    drop(server);
    let in_chiaro = Dovecot::avvia_con("ssl = no\n");
    let url = format!("imap://127.0.0.1:{}", in_chiaro.porta_starttls);
    let detto = errore(casa, &url, &in_chiaro, |_| {});
    assert!(detto.contains("STARTTLS") && detto.contains("in chiaro"), "{detto}");
}

#[test]
fn a_server_that_talks_without_end_or_not_at_all_is_let_go() {
    let casa = &Casa::sqlite();
    let server = Dovecot::avvia();
    let infinito = TcpListener::bind("127.0.0.1:0").unwrap();
    let porta = infinito.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for cliente in infinito.incoming() {
            let mut cliente = cliente.unwrap();
            while cliente.write_all(&[b'x'; 4_096]).is_ok() {}
        }
    });
    let detto = errore(casa, &format!("imap://127.0.0.1:{porta}"), &server, |_| {});
    assert!(detto.contains("non si capisce"), "{detto}");
}

#[test]
fn a_mailbox_of_a_server_is_added_changed_and_listed_by_command() {
    let casa = &Casa::sqlite();
    let server = Dovecot::avvia();
    let (segreto, ca, url) = (server.segreto(), server.ca(), server.url());
    let (segreto, ca) = (segreto.to_str().unwrap(), ca.to_str().unwrap());
    let casella = |comando_: &str, altri: &[&str]| {
        let base = ["casella", comando_, "--aoo", "AX99Z01", "--indirizzo", "protocollo@pec.example.it", "--imap"];
        let uscita = comando(casa, &[&base[..], altri].concat());
        (uscita.status.code(), String::from_utf8([uscita.stdout, uscita.stderr].concat()).unwrap())
    };
    let di_tutti = casa.dir.path().join("di-tutti");
    fs::write(&di_tutti, "x").unwrap();
    fs::set_permissions(&di_tutti, fs::Permissions::from_mode(0o644)).unwrap();
    let con = ["--utente", "u", "--segreto-file", segreto];
    for (altri, frase) in [
        (vec![url.as_str()], "servono --utente e --segreto-file"),
        (vec![url.as_str(), "--utente", "u", "--segreto-file", di_tutti.to_str().unwrap()], "chmod"),
        ([&["pop3://x"][..], &con].concat(), "imaps://"),
        ([&[url.as_str()][..], &con, &["--dopo", "butta"]].concat(), "cancella:GIORNI"),
        ([&[url.as_str()][..], &con, &["--dopo", "sposta:INBOX"]].concat(), "non può essere"),
        ([&[url.as_str()][..], &con, &["--cadenza", "1"]].concat(), "1500"),
        ([&[url.as_str()][..], &con, &["--ca", "/non/c/e.pem"]].concat(), "non si trova"),
    ] {
        let (stato, detto) = casella("aggiungi", &altri);
        assert!(stato == Some(2) && detto.contains(frase), "{altri:?}: {stato:?} {detto}");
    }
    let (stato, detto) = casella("cambia", &[&[url.as_str()][..], &con].concat());
    assert!(stato == Some(2) && detto.contains("casella aggiungi"), "{detto}");
    let (stato, detto) = casella(
        "aggiungi",
        &[&[url.as_str()][..], &con, &["--ca", ca, "--cartella", "INBOX", "--cartella", "Altra"]].concat(),
    );
    assert_eq!((stato, casa.conta("caselle"), casa.conta("accessi_imap")), (Some(0), 1, 1), "{detto}");
    let (stato, detto) = casella("cambia", &[&[url.as_str()][..], &con, &["--dopo", "cancella:30"]].concat());
    assert_eq!((stato, casa.conta("caselle"), casa.conta("accessi_imap")), (Some(0), 1, 2), "{detto}");
    let elenco = String::from_utf8(comando(casa, &["casella", "elenca"]).stdout).unwrap();
    assert_eq!(elenco, format!("protocollo@pec.example.it\t{url}\tu\tcancella:30\n"));
    assert!(comando(casa, &["controlla"]).status.success());
}
