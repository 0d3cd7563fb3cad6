//! `Idempotency-Key`: a request that may be repeated names itself.

use super::multipart::FileArrivato;
use crate::utenti::risposta::Richiesta;
use crate::web::Problema;
use actix_web::HttpRequest;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Display;

/// Longest key, in bytes.
const MASSIMO: usize = 200;

/// The key of a request.
///
/// # Errors
/// 400 if it is missing or is not from 1 to 200 printable ASCII characters.
pub(super) fn chiave(richiesta: &HttpRequest) -> Result<String, Problema> {
    let chiave = richiesta.headers().get("Idempotency-Key").and_then(|v| v.to_str().ok()).unwrap_or("").trim();
    if chiave.is_empty() || chiave.len() > MASSIMO || !chiave.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        let detail = "Serve l'intestazione Idempotency-Key, da 1 a 200 caratteri ASCII, una per ogni richiesta nuova.";
        return Err(Problema::illeggibile(detail));
    }
    Ok(chiave.to_owned())
}

/// What a request asks: the same parsed JSON and the same list of part, file name and sha256 are the same request, whatever the
/// multipart bytes.
pub(super) fn richiesta(
    chi: impl Display,
    dove: &str,
    chiave: String,
    json: &Value,
    file: &[FileArrivato],
) -> Richiesta {
    let mut hasher = Sha256::new();
    canonico(json, &mut hasher);
    let mut file: Vec<_> = file.iter().map(|f| (&f.parte, f.nome.as_str(), f.riposto.impronta.to_string())).collect();
    file.sort();
    for (parte, nome, sha256) in file {
        hasher.update(Value::from(vec![parte.as_str(), nome, &sha256]).to_string().as_bytes());
    }
    Richiesta { ambito: format!("{chi} {dove}"), chiave, corpo_sha256: hex::encode(hasher.finalize()) }
}

/// JSON with the members of each object in order of name. Depth is bounded by the parser (128).
fn canonico(json: &Value, hasher: &mut Sha256) {
    match json {
        Value::Array(valori) => {
            hasher.update(b"[");
            for valore in valori {
                canonico(valore, hasher);
                hasher.update(b",");
            }
            hasher.update(b"]");
        }
        Value::Object(membri) => {
            let mut membri: Vec<_> = membri.iter().collect();
            membri.sort_by_key(|(nome, _)| nome.as_str());
            hasher.update(b"{");
            for (nome, valore) in membri {
                hasher.update(Value::from(nome.as_str()).to_string().as_bytes());
                hasher.update(b":");
                canonico(valore, hasher);
                hasher.update(b",");
            }
            hasher.update(b"}");
        }
        semplice => hasher.update(semplice.to_string().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpo(json: &str) -> String {
        richiesta("a", "/x", "k".to_owned(), &serde_json::from_str(json).unwrap(), &[]).corpo_sha256
    }

    #[test]
    fn the_same_json_is_the_same_request_however_it_is_written() {
        assert_eq!(corpo(r#"{"a":1,"b":[true,"x"]}"#), corpo("{ \"b\" : [ true, \"\\u0078\" ],\n\"a\": 1 }"));
        for altro in [r#"{"a":1,"b":["x",true]}"#, r#"{"a":"1","b":[true,"x"]}"#, r#"{"a":1}"#] {
            assert_ne!(corpo(r#"{"a":1,"b":[true,"x"]}"#), corpo(altro), "{altro}");
        }
    }
}
