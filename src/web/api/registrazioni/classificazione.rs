//! `POST /registrazioni/{id}/classificazione`: another voce, from now on.

use super::atto;
use super::risposta::RegistrazioneJson;
use crate::titolario;
use crate::valori::CodiceVoce;
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Chiamante, Classifica, Fascicoli};
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};

/// The body.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "voce": "VI.3" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct ClassificazioneRichiesta {
    /// Code of a voce in force.
    #[schema(example = "VI.3")]
    voce: String,
}

/// Classifies a registration; what stood before stays in the history.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/classificazione", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    request_body = ClassificazioneRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn classifica(
    stato: web::Data<Stato>,
    chi: Chiamante<Classifica, Fascicoli>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let voce: Option<CodiceVoce> =
        Oggetto::new(&corpo.0, "", &["voce"], &mut difetti).and_then(|o| o.serve("voce", &mut difetti));
    difetti.chiudi()?;
    atto(&stato, chi, &id, move |op, _, _, id| {
        let codice = voce.ok_or_else(|| Problema::campo("/voce", "manca"))?;
        let voce = titolario::voce(op.conn, op.aoo, &codice)?;
        Ok(titolario::classifica(op, id, &voce)?)
    })
    .await
}
