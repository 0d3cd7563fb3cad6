//! What stands between a registration and the others: links, duplicates, deferral, scans, what is not registered.

mod acquisizioni;
mod collegamenti;
mod differimento;
mod duplicati;
mod esclusi;
mod ostili;

use crate::casa::{Casa, Server, entrata, registra};
use serde_json::Value;

/// Registers and gives the id.
fn una(casa: &Casa, server: &Server, oggetto: &str) -> String {
    con(casa, server, &entrata(oggetto), oggetto.as_bytes())["id"].as_str().unwrap().to_owned()
}

/// Registers this, with these bytes.
fn con(casa: &Casa, server: &Server, chiesta: &Value, file: &[u8]) -> Value {
    let chiave = tabulario::valori::Impronta::of(format!("{chiesta}{}", hex::encode(file)).as_bytes()).to_string();
    let risposta = registra(&server.url, &casa.gettone, &chiave, chiesta, file).unwrap();
    assert_eq!(risposta.stato, 201, "{}", risposta.json());
    risposta.json()
}
