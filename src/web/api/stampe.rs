//! What is printed of a registration: label, receipt, a copy with the segnatura.

use super::gettone::{ChiVede, Chiamante, Legge, Ricerca};
use crate::valori::{Impronta, RegistrazioneId};
use crate::web::stampe::{Carta, leggi_numeri, segnature, timbra};
use crate::web::{Problema, Stato};
use crate::{registro, scrivania};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// Which labels.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Scelta {
    /// Year of the register; the current one if absent.
    anno: Option<i32>,
    /// Numbers and ranges, as `12-20,25`: at most 500 labels.
    #[serde(default)]
    #[param(required = true)]
    numeri: String,
}

/// The label of a registration, with the segnatura in words, as bars and as QR.
#[utoipa::path(get, path = "/api/v1/registrazioni/{id}/etichetta", tag = "stampe",
    params(("id" = String, Path, description = "Id of the registration"), Carta),
    responses((status = 200, content_type = "application/pdf", description = "PDF/A-1b"), (status = 401), (status = 404),
        (status = 422, body = super::super::problema::Corpo<'static>)))]
pub(super) async fn etichetta(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, ChiVede>,
    id: web::Path<String>,
    carta: web::Query<Carta>,
) -> Result<HttpResponse, Problema> {
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let fatta = stato
        .blocca(move |stato| {
            let vista = chi.vista();
            let segnatura = stato.db.leggi(|conn| scrivania::segnatura(conn, &vista, id))?;
            carta.stampa(stato, &[segnatura])
        })
        .await?;
    Ok(pdf(fatta))
}

/// The labels of those of these registrations that may be seen, in the order of their numbers; 404 if none is.
#[utoipa::path(get, path = "/api/v1/etichette", tag = "stampe", params(Scelta, Carta),
    responses((status = 200, content_type = "application/pdf", description = "PDF/A-1b"), (status = 401), (status = 404),
        (status = 422, body = super::super::problema::Corpo<'static>)))]
pub(super) async fn etichette(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Ricerca>,
    scelta: web::Query<Scelta>,
    carta: web::Query<Carta>,
) -> Result<HttpResponse, Problema> {
    let fatte = stato
        .blocca(move |stato| {
            let numeri = leggi_numeri(&scelta.numeri)?;
            let anno = scelta.anno.unwrap_or_else(|| stato.db.orologio().adesso().anno());
            let trovate = segnature(stato, &chi.vista(), anno, &numeri)?;
            if trovate.is_empty() {
                return Err(Problema::non_trovato());
            }
            carta.stampa(stato, &trovate)
        })
        .await?;
    Ok(pdf(fatte))
}

/// The receipt of an entrata (L. 241/1990 art. 18-bis); 404 `ricevuta-non-prevista` for what did not arrive.
#[utoipa::path(get, path = "/api/v1/registrazioni/{id}/ricevuta", tag = "stampe",
    params(("id" = String, Path, description = "Id of the registration")),
    responses((status = 200, content_type = "application/pdf", description = "PDF/A-1b"), (status = 401), (status = 404)))]
pub(super) async fn ricevuta(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, ChiVede>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let fatta = stato
        .blocca(move |stato| {
            let ora = stato.db.orologio().adesso();
            let ricevuta = stato.db.leggi(|conn| scrivania::ricevuta(conn, &chi.vista(), id, ora))?;
            Ok(ricevuta.stampa().map_err(registro::Errore::Stampa)?)
        })
        .await?;
    Ok(pdf(fatta))
}

/// A copy of a PDF of a registration, or of the one inside the signatures of a file, with the segnatura in a band above its first page. It
/// is made for this answer and kept nowhere; the document stays as it is. 409 `timbro-impossibile` where that cannot be done soundly.
#[utoipa::path(get, path = "/api/v1/registrazioni/{id}/documenti/{sha256}/timbro", tag = "stampe",
    params(("id" = String, Path, description = "Id of the registration"),
        ("sha256" = String, Path, description = "SHA-256 of one of its files")),
    responses((status = 200, content_type = "application/pdf", description = "The copy"), (status = 401), (status = 404),
        (status = 409)))]
pub(super) async fn timbro(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, ChiVede>,
    dove: web::Path<(String, String)>,
) -> Result<HttpResponse, Problema> {
    let (id, sha256) = dove.into_inner();
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let impronta: Impronta = sha256.parse().map_err(|_| Problema::non_trovato())?;
    let fatta = stato
        .blocca(move |stato| {
            timbra(stato, &chi.vista(), id, |r| r.documenti.iter().find(|d| d.impronta == impronta).cloned())
        })
        .await?;
    Ok(pdf(fatta.0))
}

fn pdf(byte: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((header::CONTENT_DISPOSITION, "attachment"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(byte)
}
