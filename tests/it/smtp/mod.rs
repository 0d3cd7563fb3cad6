//! Sending by SMTP to a provider that answers, refuses, breaks off and lies low: every message once (law 3 of the house).

mod esiti;
mod giornata;
mod giro;
mod linea;
mod pagine;
mod risposte;
mod uccisione;

use crate::casa::{Casa, Dovecot, Gestore, UTENTE, leggi, registra};
use crate::posta::{fiduce, fixtures};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::park_timeout;
use std::time::Duration;
use tabulario::conservazione::messaggi_depositati;
use tabulario::pec::imap::{self, Accesso};
use tabulario::pec::smtp::{AccessoSmtp, Attrezzi, Limiti, Postino};
use tabulario::pec::{self, Invio, Modo, Officina, Posta};
use tabulario::storage::Db;
use tabulario::utenti::FileSegreto;
use tabulario::valori::{Attore, Impronta, RegistrazioneId};

fn maildir(casa: &Casa) -> PathBuf {
    casa.dir.path().join("posta")
}

fn accesso(gestore: &Gestore) -> AccessoSmtp {
    let segreto = FileSegreto::controlla(&gestore.segreto()).unwrap();
    let accesso = AccessoSmtp::new(gestore.url().parse().unwrap(), gestore.utente(), &segreto, 30).unwrap();
    accesso.con_ca(&gestore.ca()).unwrap()
}

/// The mailbox of the AOO: a Maildir that the provider puts receipts into, and mail that leaves by it.
fn con_casella(casa: &Casa, accesso: &AccessoSmtp) {
    casa.db
        .scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| {
            let casella = pec::aggiungi_casella(op, casa.aoo.pec.clone(), &maildir(casa))?;
            pec::cambia_casella_smtp(op, &casella.indirizzo, accesso)
        })
        .unwrap();
}

fn casa_e_gestore(casa: &Casa) -> Gestore {
    let gestore = Gestore::avvia(&maildir(casa));
    con_casella(casa, &accesso(&gestore));
    gestore
}

/// A mailbox on this server, into which the provider puts its receipts: what was taken is moved away, at every beat.
fn con_imap(casa: &Casa, dovecot: &Dovecot) -> Gestore {
    // The first message makes the mailbox.
    dovecot.imbuca("0", b"From: a@b.example\r\nSubject: Prima\r\n\r\nTesto\r\n");
    let gestore = Gestore::avvia(&dovecot.cartella("INBOX"));
    let segreto = FileSegreto::controlla(&dovecot.segreto()).unwrap();
    let imap = Accesso::new(dovecot.url().parse().unwrap(), UTENTE, &segreto).unwrap().con_ca(&dovecot.ca()).unwrap();
    let imap = imap.con_regole(&["INBOX".to_owned()], 10, "sposta:Presi".parse().unwrap()).unwrap();
    casa.db
        .scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| {
            let casella = pec::aggiungi_casella_imap(op, casa.aoo.pec.clone(), &imap)?;
            pec::cambia_casella_smtp(op, &casella.indirizzo, &accesso(&gestore))
        })
        .unwrap();
    let gestori = casa.dir.path().join("fiducia/gestori");
    fs::create_dir_all(&gestori).unwrap();
    fs::copy(fixtures().join("chiavi/ca-gestori.pem"), gestori.join("ca-gestori.pem")).unwrap();
    gestore
}

/// An uscita for these addresses, with this file.
fn uscita(casa: &Casa, nomi: &[&str], file: &[u8]) -> RegistrazioneId {
    let server = casa.server();
    let mut json = crate::casa::uscita("Comunicazione di avvio");
    json["corrispondenti"] = nomi
        .iter()
        .map(|nome| {
            json!({ "ruolo": "destinatario", "tipo": "persona-giuridica", "denominazione": nome, "pec": format!("{nome}@pec.example") })
        })
        .collect();
    let fatta = registra(&server.url, &casa.gettone, &Impronta::of(file).to_string(), &json, file).unwrap();
    assert_eq!(fatta.stato, 201, "{}", String::from_utf8_lossy(&fatta.corpo));
    fatta.json()["id"].as_str().unwrap().parse().unwrap()
}

fn invia(casa: &Casa, id: RegistrazioneId, modo: Modo<'_>) -> Result<Vec<Invio>, pec::Errore> {
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("prova"), |op| pec::invia(op, &casa.vista(), id, modo))
}

fn attrezzi(casa: &Casa, db: Arc<Db>) -> Attrezzi {
    let limiti = Limiti { comando: Duration::from_secs(60), presa: Duration::from_secs(60), ..Limiti::default() };
    Attrezzi { db, deposito: casa.deposito.clone(), fiduce: Box::new(|| Ok(Arc::new(fiduce()))), limiti }
}

/// Everything that may leave leaves, as the clock is so many minutes from now; then the mailbox is read.
fn fra_minuti(casa: &Casa, minuti: i64) {
    let ora = casa.db.orologio().adesso().date_time() + chrono::TimeDelta::minutes(minuti);
    let db = Arc::new(casa.con_orologio(&ora.to_rfc3339()));
    let mut postino = Postino::new(attrezzi(casa, Arc::clone(&db)));
    // The second beat takes note of the turns that the first one gave, and finds nothing left.
    for _ in 0..2 {
        postino.batti().unwrap();
        while !postino.riposa() {
            park_timeout(Duration::from_millis(5));
        }
    }
    postino.batti().unwrap();
    leggi_casella(casa, &db);
}

fn leggi_casella(casa: &Casa, db: &Db) {
    let fiduce = fiduce();
    let officina = Officina { db, deposito: &casa.deposito, fiduce: &fiduce };
    for casella in db.leggi(pec::caselle).unwrap() {
        match casella.posta {
            Posta::Maildir(_) => while pec::ricevi(&officina, &casella, 50).unwrap() > 0 {},
            Posta::Imap(_) => {
                imap::ricevi(&officina, &casella, imap::Limiti::default(), messaggi_depositati).unwrap();
            }
        }
    }
}

fn invii(casa: &Casa, id: RegistrazioneId) -> Vec<Invio> {
    casa.db.leggi(|conn| pec::invii(conn, &casa.vista(), Some(id))).unwrap()
}

/// Recipient (its first part) and state of each send.
fn stati(casa: &Casa, id: RegistrazioneId) -> Vec<(String, &'static str)> {
    let nome = |i: &Invio| i.destinatario.split('@').next().unwrap().to_owned();
    invii(casa, id).iter().map(|i| (nome(i), i.stato.as_str())).collect()
}

/// To whom the provider has delivered, in order.
fn presi_per(gestore: &Gestore) -> Vec<String> {
    let nome = |p: &Value| p["a"].as_str().unwrap().split('@').next().unwrap().to_owned();
    gestore.presi().iter().map(nome).collect()
}

fn coppie(attesi: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    attesi.iter().map(|(a, s)| ((*a).to_owned(), *s)).collect()
}

/// What the API says of the sends.
fn dalla_api(casa: &Casa) -> Vec<Value> {
    let server = casa.server();
    leggi(&format!("{}/api/v1/invii", server.url), &casa.gettone).json()["risultati"].as_array().unwrap().clone()
}
