//! `POST /registrazioni/{id}/annotazioni`: a note, which stays.

use super::atto;
use super::risposta::RegistrazioneJson;
use crate::registro::{self, Annotazione};
use crate::valori::{Istante, Testo};
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Chiamante, Fascicoli, Registra};
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// The body.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct AnnotazioneRichiesta {
    /// What it says; nobody changes it afterwards.
    #[schema(example = "Il richiedente ha telefonato: porta la planimetria lunedì")]
    testo: String,
}

/// A note on a registration.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct AnnotazioneJson {
    id: String,
    testo: String,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
}

impl From<Annotazione> for AnnotazioneJson {
    fn from(a: Annotazione) -> Self {
        Self { id: a.id, testo: a.testo.to_string(), autore: a.autore, istante: a.istante }
    }
}

/// Adds a note, also to an annulled registration. Whoever sees the registration reads it; it is no part of the segnatura. The same text
/// again, right after, by the same author: 409.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/annotazioni", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    request_body = AnnotazioneRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn annota(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Fascicoli>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letto =
        Oggetto::new(&corpo.0, "", &["testo"], &mut difetti).and_then(|o| o.serve::<Testo>("testo", &mut difetti));
    let testo = difetti.esito(letto)?;
    atto(&stato, chi, &id, move |op, _, vista, id| Ok(registro::annota(op, vista, id, &testo)?)).await
}
