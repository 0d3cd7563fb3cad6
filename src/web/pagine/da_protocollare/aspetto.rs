//! A message as its sender laid it out, in a frame of its own where nothing runs and nothing is asked of anybody.

use super::posta;
use crate::pec::{self, busta};
use crate::valori::MessaggioId;
use crate::web::pagine::Errata;
use crate::web::pagine::chi::Chi;
use crate::web::{Problema, Stato};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Largest message that is shown with its layout, in bytes: it is held whole.
const MASSIMO_MOSTRATO: u64 = 64 * 1024 * 1024;

/// No script, no form, no address but those that hold their own bytes; a link opens a page that knows nothing of this one.
const CSP: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; \
                   frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

#[derive(Template)]
#[template(path = "aspetto.html")]
struct Foglio {
    mittente: String,
    oggetto: String,
    momento: String,
    note: Vec<String>,
    /// Cleaned by [`busta::aspetto`]: the only text of a stranger that a template writes as it is.
    corpo: String,
    /// A page by itself, to be printed.
    intero: bool,
}

#[derive(Deserialize)]
pub(in crate::web::pagine) struct Modo {
    intero: Option<String>,
}

/// `GET /da-protocollare/{id}/aspetto`.
pub(in crate::web::pagine) async fn aspetto(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    modo: web::Query<Modo>,
) -> Result<HttpResponse, Errata> {
    let posta = posta(&chi)?;
    let id: MessaggioId = id.parse().map_err(|_| Problema::non_trovato())?;
    let intero = modo.intero.is_some();
    let foglio = stato
        .blocca(move |stato| {
            let m = stato.db.leggi(|conn| pec::messaggio(conn, &posta, id))?;
            let eml = stato.deposito.leggi(&m.impronta, MASSIMO_MOSTRATO)?;
            let aspetto = busta::aspetto(&eml).ok_or_else(Problema::non_trovato)?;
            Ok(Foglio {
                mittente: m.da_chi(),
                oggetto: m.oggetto.clone(),
                momento: m.consegnato.unwrap_or(m.ricevuto).leggibile(),
                note: aspetto.note,
                corpo: aspetto.html,
                intero,
            })
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, CSP))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-DNS-Prefetch-Control", "off"))
        .body(foglio.render().map_err(Problema::interno)?))
}
