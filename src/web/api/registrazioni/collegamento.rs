//! `POST /registrazioni/{id}/collegamenti`: a registration answers another, or belongs with it; and the way back.

use super::atto;
use super::risposta::RegistrazioneJson;
use crate::registro::{self, Specie};
use crate::valori::{CollegamentoId, RegistrazioneId, Testo};
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Chiamante, Fascicoli, Registra};
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};

/// The body.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct CollegamentoRichiesta {
    /// `risponde-a` (this one answers the other) or `collegato-a` (they belong together).
    #[schema(example = "risponde-a")]
    specie: String,
    /// Id of the other registration.
    #[schema(example = "0192f0e4-0000-7000-8000-000000000004")]
    registrazione: String,
    nota: Option<String>,
}

/// Links a registration to another. It is read from both sides; the same link a second time: 409.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/collegamenti", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    request_body = CollegamentoRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn collega(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Fascicoli>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letta = Oggetto::new(&corpo.0, "", &["specie", "registrazione", "nota"], &mut difetti).and_then(|o| {
        let specie = o.serve::<Specie>("specie", &mut difetti);
        let altra = o.serve::<RegistrazioneId>("registrazione", &mut difetti);
        let nota = o.forse::<Testo>("nota", &mut difetti);
        Some((specie?, altra?, nota))
    });
    difetti.chiudi()?;
    let (specie, altra, nota) = letta.ok_or_else(|| Problema::interno("a field was refused without a reason"))?;
    atto(&stato, chi, &id, move |op, _, vista, id| {
        registro::collega(op, vista, (id, altra), specie, nota.as_ref())?;
        Ok(())
    })
    .await
}

/// Takes a link away, which stays in the history; from either of its two registrations.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/collegamenti/{collegamento}/scollegamento", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration"),
        ("collegamento" = String, Path, description = "Id of the link")),
    responses((status = 201, body = RegistrazioneJson), (status = 401), (status = 404), (status = 409)))]
pub(in crate::web::api) async fn scollega(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Fascicoli>,
    dove: web::Path<(String, String)>,
) -> Result<HttpResponse, Problema> {
    let (id, collegamento) = dove.into_inner();
    let collegamento: CollegamentoId = collegamento.parse().map_err(|_| Problema::non_trovato())?;
    atto(&stato, chi, &id, move |op, _, vista, id| Ok(registro::scollega(op, vista, id, collegamento)?)).await
}
