//! `POST /registrazioni/{id}/annullamento`: the registration stays, marked (DPR 445/2000 art. 54).

use super::atto;
use super::risposta::RegistrazioneJson;
use crate::valori::Testo;
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Annulla, Chiamante};
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::{Problema, Stato};
use crate::{registro, utenti};
use actix_web::{HttpResponse, web};

/// The body.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "motivo": "Registrata due volte: vale la n. 0000122" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct AnnullamentoRichiesta {
    /// Why, as it will stand in the provvedimento.
    #[schema(example = "Registrata due volte: vale la n. 0000122")]
    motivo: String,
}

/// Annuls a registration, with a provvedimento that the system numbers. It keeps its number and its data; a second time: 409.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/annullamento", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    request_body = AnnullamentoRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn annulla(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let motivo: Option<Testo> =
        Oggetto::new(&corpo.0, "", &["motivo"], &mut difetti).and_then(|o| o.serve("motivo", &mut difetti));
    difetti.chiudi()?;
    atto(&stato, chi, &id, move |op, vista, id| {
        let motivo = motivo.ok_or_else(|| Problema::campo("/motivo", "manca"))?;
        let aoo = utenti::aoo(op.conn, op.aoo)?;
        registro::annulla(op, &aoo, vista, id, &motivo)?;
        Ok(())
    })
    .await
}
