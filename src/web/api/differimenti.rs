//! `GET /differimenti`: by which acts what arrives on paper may be registered later.

use super::gettone::{Chiamante, Legge, Registro};
use crate::registro::{self, Differimento};
use crate::valori::Istante;
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// An act of deferral.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct DifferimentoJson {
    id: String,
    causa: String,
    /// For which kinds of documents.
    documenti: String,
    #[schema(value_type = String, format = DateTime)]
    dal: Istante,
    #[schema(value_type = String, format = DateTime)]
    al: Istante,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    /// When it was ended before its limit.
    #[schema(value_type = Option<String>, format = DateTime)]
    chiuso: Option<Istante>,
}

impl From<Differimento> for DifferimentoJson {
    fn from(d: Differimento) -> Self {
        Self {
            id: d.id.to_string(),
            causa: d.causa.to_string(),
            documenti: d.documenti.to_string(),
            dal: d.dal,
            al: d.al,
            autore: d.autore,
            istante: d.istante,
            chiuso: d.chiuso,
        }
    }
}

/// The list, newest first.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct DifferimentiJson {
    risultati: Vec<DifferimentoJson>,
    cursore: Option<String>,
}

/// The acts of deferral of the AOO, newest first. The RSP makes and ends them in the pages.
#[utoipa::path(get, path = "/api/v1/differimenti", tag = "registrazioni",
    responses((status = 200, body = DifferimentiJson), (status = 401)))]
pub(super) async fn elenca(stato: web::Data<Stato>, chi: Chiamante<Legge, Registro>) -> Result<HttpResponse, Problema> {
    let trovati =
        stato.blocca(move |stato| Ok(stato.db.leggi(|conn| registro::differimenti(conn, chi.0.aoo))?)).await?;
    let risultati = trovati.into_iter().map(DifferimentoJson::from).collect();
    Ok(HttpResponse::Ok().json(DifferimentiJson { risultati, cursore: None }))
}
