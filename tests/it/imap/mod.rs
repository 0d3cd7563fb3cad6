//! Receiving over IMAP, from a real Dovecot (laws 3 and 4 of the house): every message once, whatever happens on the way.

mod giro;
mod linea;
mod presa;
mod server;

use crate::casa::{Casa, Dovecot, UTENTE};
use crate::posta::fixtures;
use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;
use tabulario::conservazione::messaggi_depositati;
use tabulario::documenti::Fiduce;
use tabulario::pec::imap::{Accesso, Dopo, Limiti, Raccolto};
use tabulario::pec::{self, Casella, Officina};
use tabulario::storage::Db;
use tabulario::utenti::FileSegreto;
use tabulario::valori::{Attore, Impronta};

/// How the tests read a mailbox of a server, at this address.
fn accesso(server: &Dovecot, url: &str) -> Accesso {
    let segreto = FileSegreto::controlla(&server.segreto()).unwrap();
    Accesso::new(url.parse().unwrap(), UTENTE, &segreto).unwrap().con_ca(&server.ca()).unwrap()
}

/// A mailbox on this server, which does this with what was taken.
fn casella(casa: &Casa, server: &Dovecot, cartelle: &[&str], dopo: &str) -> Casella {
    let cartelle: Vec<String> = cartelle.iter().map(|c| (*c).to_owned()).collect();
    let dopo: Dopo = dopo.parse().unwrap();
    aggiungi(casa, &accesso(server, &server.url()).con_regole(&cartelle, 1_500, dopo).unwrap())
}

fn aggiungi(casa: &Casa, accesso: &Accesso) -> Casella {
    let io = Attore::Sistema("comando");
    casa.db.scrivi(casa.aoo.id, &io, |op| pec::aggiungi_casella_imap(op, casa.aoo.pec.clone(), accesso)).unwrap()
}

fn visita_con(casa: &Casa, db: &Db, casella: &Casella, limiti: Limiti) -> Result<Raccolto, pec::Errore> {
    let fiduce = Fiduce::default();
    let officina = Officina { db, deposito: &casa.deposito, fiduce: &fiduce };
    pec::imap::ricevi(&officina, casella, limiti, messaggi_depositati)
}

fn visita(casa: &Casa, casella: &Casella) -> Result<Raccolto, pec::Errore> {
    visita_con(casa, &casa.db, casella, Limiti::default())
}

/// What a visit took, was known already and left.
fn quanti(casa: &Casa, casella: &Casella) -> (u64, u64, u64) {
    let Raccolto { presi, gia_presi, lasciati } = visita(casa, casella).unwrap();
    (presi, gia_presi, lasciati)
}

/// Limits that make every message a long one.
fn a_pezzi(parte_byte: u32, massimo_byte: u64) -> Limiti {
    Limiti { parte_byte, massimo_byte, comando: Duration::from_secs(60), ..Limiti::default() }
}

/// The messages of the samples as a server gives them: lines that end in CRLF.
fn campioni() -> Vec<(String, Vec<u8>)> {
    let mut campioni = Vec::new();
    for voce in fs::read_dir(fixtures().join("posta")).unwrap() {
        let file = voce.unwrap().path();
        let nome = file.file_name().unwrap().to_str().unwrap().to_owned();
        if nome.ends_with(".eml") {
            campioni.push((nome, con_crlf(&fs::read(file).unwrap())));
        }
    }
    campioni.sort();
    assert!(campioni.len() >= 15);
    campioni
}

pub fn con_crlf(byte: &[u8]) -> Vec<u8> {
    let mut scritti = Vec::new();
    for b in byte.iter().filter(|b| **b != b'\r') {
        if *b == b'\n' {
            scritti.push(b'\r');
        }
        scritti.push(*b);
    }
    scritti
}

/// A small message that no other is equal to.
fn letterina(numero: usize) -> Vec<u8> {
    format!(
        "From: Maria Bianchi <maria@example.it>\r\nTo: protocollo@pec.example.it\r\nSubject: Richiesta {numero}\r\n\
         Message-ID: <richiesta-{numero}@example.it>\r\nDate: Mon, 16 Nov 2026 09:12:40 +0100\r\n\r\nBuongiorno, {numero}.\r\n"
    )
    .into_bytes()
}

/// SHA-256 of every message that was taken; each must be there once.
pub fn presi(casa: &Casa) -> BTreeSet<String> {
    let vista = casa.vista();
    let mut presi = BTreeSet::new();
    let mut dopo = None;
    loop {
        let pagina = casa.db.leggi(|conn| pec::messaggi(conn, &vista, dopo, 200)).unwrap();
        let Some(ultimo) = pagina.last() else { return presi };
        dopo = Some(ultimo.id);
        for m in &pagina {
            assert!(presi.insert(m.impronta.to_string()), "a message was taken twice");
            assert!(casa.deposito.integro(&m.impronta).unwrap(), "the bytes are in the store");
        }
    }
}

fn impronte<'a>(messaggi: impl IntoIterator<Item = &'a Vec<u8>>) -> BTreeSet<String> {
    messaggi.into_iter().map(|m| Impronta::of(m).to_string()).collect()
}

/// How many rows of the ledger say this.
fn libro(casa: &Casa, condizione: &str) -> i64 {
    casa.conta(&format!("visti_imap WHERE {condizione}"))
}
