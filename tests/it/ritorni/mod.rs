//! Answers about a registration: those that are owed and sent, each once, and those that other AOO send (issue 6).

mod annullate;
mod mandati;
mod pagine;
mod ricevuti;

use crate::casa::{Casa, registra};
use crate::posta::{casella, fiduce, ricevi};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tabulario::pec::ritorno::{self, Dovuto, Genere, Ritorno, RitornoRicevuto};
use tabulario::pec::{self, Casella, Decisione, Messaggio, Modo, Officina, Passo, Stato};
use tabulario::registro::{self, Registrazione};
use tabulario::segnatura::Identificatore;
use tabulario::valori::{Attore, MessaggioId, RegistrazioneId};

pub const PROVINCIA: &str = "protocollo@pec.provincia.collinaesempio.example";

pub fn io() -> Attore {
    Attore::Sistema("comando")
}

/// A mailbox with nothing in it.
fn vuota(casa: &Casa) -> Casella {
    casella(casa, &["nessuno"])
}

/// Puts a message into the mailbox: from whom, its number (below zero: ordinary mail), the files that it carries.
pub fn arriva(casa: &Casa, da: &str, numero: i32, file: &[&str]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gestore/busta.py");
    // The Python of Debian: another one on the path does not know its packages.
    let detto =
        Command::new("/usr/bin/python3").arg(script).arg(da).arg(numero.to_string()).args(file).output().unwrap();
    assert!(detto.status.success(), "{}", String::from_utf8_lossy(&detto.stderr));
    fs::write(casa.dir.path().join("posta/new").join(format!("m{numero}")), detto.stdout).unwrap();
}

/// A file to send, by its name.
fn file(casa: &Casa, nome: &str, testo: &str) -> String {
    let file: PathBuf = casa.dir.path().join(nome);
    fs::write(&file, testo).unwrap();
    file.to_str().unwrap().to_owned()
}

pub fn messaggi(casa: &Casa) -> Vec<Messaggio> {
    casa.db.leggi(|conn| pec::messaggi(conn, &casa.vista(), None, 100)).unwrap()
}

fn da_protocollare(casa: &Casa) -> usize {
    casa.db.leggi(|conn| pec::da_protocollare(conn, &casa.vista(), 100)).unwrap().len()
}

pub fn protocolla(casa: &Casa, m: MessaggioId) -> RegistrazioneId {
    let decisione = Decisione {
        voce: casa.voce.clone(),
        ufficio: casa.ufficio.clone(),
        oggetto: None,
        corrispondenti: Vec::new(),
        mezzo: None,
        protocollo_mittente: None,
        tipologia: None,
        data_documento: None,
        riservato: false,
        risponde_a: None,
        principale: None,
    };
    let fatta = casa.db.scrivi(casa.aoo.id, &io(), |op| pec::protocolla(op, &casa.aoo, &casa.vista(), m, decisione));
    fatta.unwrap().id
}

/// The message of the provincia that asks for a conferma, registered.
fn confermabile(casa: &Casa) -> RegistrazioneId {
    let casella = casella(casa, &["02"]);
    ricevi(casa, &casella);
    protocolla(casa, messaggi(casa)[0].id)
}

fn letta(casa: &Casa, id: RegistrazioneId) -> Registrazione {
    casa.db.leggi(|conn| registro::per_id(conn, &casa.vista(), id)).unwrap()
}

fn dovuti(casa: &Casa, id: RegistrazioneId) -> Vec<Dovuto> {
    casa.db.leggi(|conn| ritorno::dovuti(conn, &casa.vista(), id)).unwrap()
}

pub fn mandati(casa: &Casa, id: RegistrazioneId) -> Vec<Ritorno> {
    casa.db.leggi(|conn| ritorno::ritorni(conn, &casa.vista(), id)).unwrap()
}

fn ricevuti(casa: &Casa, id: RegistrazioneId) -> Vec<RitornoRicevuto> {
    casa.db.leggi(|conn| ritorno::ricevuti(conn, &casa.vista(), id)).unwrap()
}

fn accendi(casa: &Casa, genere: Genere) {
    casa.db.scrivi(casa.aoo.id, &io(), |op| ritorno::cambia_automatico(op, genere, true)).unwrap();
}

/// All that may be done by itself is done.
fn passi(casa: &Casa) {
    while ritorno::passo(&casa.db, &casa.deposito).unwrap() == Passo::Fatto {}
}

fn manda(casa: &Casa, id: RegistrazioneId, genere: Genere, motivo: Option<&str>) -> Result<(), pec::Errore> {
    let motivo = motivo.map(|m| m.parse().unwrap());
    ritorno::manda(&casa.db, &io(), &casa.vista(), id, (genere, motivo.as_ref()))
}

/// The messages that left, each whole.
fn partiti(casa: &Casa) -> Vec<String> {
    let fiduce = fiduce();
    let officina = Officina { db: &casa.db, deposito: &casa.deposito, fiduce: &fiduce };
    let fuori = casa.dir.path().join("uscita/pec");
    while pec::spedisci(&officina, &fuori).unwrap() == Passo::Fatto {}
    let Ok(file) = fs::read_dir(&fuori) else { return Vec::new() };
    file.map(|f| String::from_utf8(fs::read(f.unwrap().path()).unwrap()).unwrap()).collect()
}

/// An uscita for the provincia, a private person by PEC, and one on paper; sent.
fn spedita(casa: &Casa) -> RegistrazioneId {
    let server = casa.server();
    let mut chiesta = crate::casa::uscita("Comunicazione di avvio");
    chiesta["corrispondenti"] = json!([
        { "ruolo": "destinatario", "tipo": "amministrazione", "denominazione": "Provincia di Collina Esempio",
          "codiceIpa": "p_x998", "codiceAoo": "AX98Z02", "pec": PROVINCIA },
        { "ruolo": "destinatario", "tipo": "persona-giuridica", "denominazione": "Rossi srl", "pec": "rossi@pec.example" },
        { "ruolo": "destinatario", "tipo": "persona-fisica", "nome": "Elena", "cognome": "Tarsi" },
    ]);
    let fatta = registra(&server.url, &casa.gettone, "spedita", &chiesta, b"testo").unwrap();
    assert_eq!(fatta.stato, 201, "{}", String::from_utf8_lossy(&fatta.corpo));
    fatta.json()["id"].as_str().unwrap().parse().unwrap()
}

fn invia(casa: &Casa, id: RegistrazioneId) {
    casa.db.scrivi(casa.aoo.id, &io(), |op| pec::invia(op, &casa.vista(), id, Modo::default())).unwrap();
}

fn linea(testo: &str) -> Identificatore {
    testo.parse().unwrap()
}

fn stato_dell_ultimo(casa: &Casa) -> Stato {
    messaggi(casa).last().unwrap().stato
}
