//! A JSON body, whose refusals are problems like all others.

use super::json;
use crate::web::Problema;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;

/// Longest JSON body, in bytes.
const MASSIMO: usize = 256 * 1024;

/// The JSON of a request that carries no files.
pub(super) struct Corpo(pub Value);

impl FromRequest for Corpo {
    type Error = Problema;
    type Future = LocalBoxFuture<'static, Result<Self, Problema>>;

    fn from_request(_: &HttpRequest, carico: &mut Payload) -> Self::Future {
        let mut pezzi = carico.take();
        Box::pin(async move {
            let mut testo = Vec::new();
            while let Some(pezzo) = pezzi.next().await {
                testo.extend_from_slice(&pezzo.map_err(|e| Problema::illeggibile(e.to_string()))?);
                if testo.len() > MASSIMO {
                    let detail = format!("Il corpo della richiesta supera {} KiB.", MASSIMO / 1024);
                    return Err(Problema::troppo_grande(detail));
                }
            }
            let json = json::leggi(&testo);
            json.map(Self).map_err(|e| Problema::illeggibile(format!("Il corpo della richiesta {e}")))
        })
    }
}
