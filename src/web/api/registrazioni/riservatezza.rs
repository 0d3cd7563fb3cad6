//! `POST /registrazioni/{id}/riservatezza`: who may see it, from now on.

use super::atto;
use super::risposta::RegistrazioneJson;
use crate::registro;
use crate::valori::Testo;
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Annulla, Chiamante, Registro};
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};

/// The body.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "riservato": true, "motivo": "Contiene dati sulla salute" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct RiservatezzaRichiesta {
    /// True: only the RSP and the offices that have it see it. False: whoever sees the register.
    #[schema(example = true)]
    riservato: bool,
    /// Why; it stays in the history.
    #[schema(example = "Contiene dati sulla salute")]
    motivo: String,
}

/// Makes a registration riservata or opens it; what it was before stays in the history. 409 if it is so already.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/riservatezza", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    request_body = RiservatezzaRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn riserva(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, Registro>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letta = Oggetto::new(&corpo.0, "", &["riservato", "motivo"], &mut difetti).map(|o| {
        if !o.ha("riservato") {
            difetti.aggiungi(o.dove("riservato"), "manca");
        }
        (o.vero("riservato", &mut difetti), o.serve::<Testo>("motivo", &mut difetti))
    });
    difetti.chiudi()?;
    atto(&stato, chi, &id, move |op, _, vista, id| {
        let Some((riservato, Some(motivo))) = letta else { return Err(Problema::campo("/motivo", "manca")) };
        Ok(registro::riserva(op, vista, id, riservato, &motivo)?)
    })
    .await
}
