//! `/`: to the first page of whoever asks; `/benvenuto` for a role that has none yet.

use super::Errata;
use super::chi::Chi;
use super::guscio::{Guscio, prima_pagina, rendi};
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

#[derive(Template)]
#[template(path = "benvenuto.html")]
struct Benvenuto {
    guscio: Guscio,
}

pub(super) async fn inizio(chi: Chi) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, prima_pagina(&chi))).finish()
}

pub(super) async fn benvenuto(chi: Chi) -> Result<HttpResponse, Errata> {
    Ok(rendi(StatusCode::OK, &Benvenuto { guscio: Guscio::new(&chi, "/benvenuto") })?)
}
