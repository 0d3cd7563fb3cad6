//! `POST /registrazioni/{id}/assegnazioni`: another office gets it, from now on.

use super::atto;
use super::risposta::RegistrazioneJson;
use crate::scrivania::Titolo;
use crate::valori::CodiceUfficio;
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Assegna, Chiamante};
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::{Problema, Stato};
use crate::{scrivania, utenti};
use actix_web::{HttpResponse, web};

/// The body.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "ufficio": "EDIL", "titolo": "conoscenza" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct AssegnazioneRichiesta {
    /// Code of an office of the AOO.
    #[schema(example = "EDIL")]
    ufficio: String,
    /// `competenza` (default: it has to deal with it) or `conoscenza` (it has to know of it).
    titolo: Option<String>,
}

/// Assigns a registration; the newest office per competenza has it, the earlier ones stay in the history.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/assegnazioni", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    request_body = AssegnazioneRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn assegna(
    stato: web::Data<Stato>,
    chi: Chiamante<Assegna>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letta = Oggetto::new(&corpo.0, "", &["ufficio", "titolo"], &mut difetti)
        .map(|o| (o.serve::<CodiceUfficio>("ufficio", &mut difetti), o.forse::<Titolo>("titolo", &mut difetti)));
    difetti.chiudi()?;
    atto(&stato, chi, &id, move |op, _, id| {
        let Some((Some(ufficio), titolo)) = letta else { return Err(Problema::campo("/ufficio", "manca")) };
        let ufficio = utenti::ufficio_per_codice(op.conn, op.aoo, &ufficio)?;
        let titolo = titolo.unwrap_or(Titolo::Competenza);
        let storia = scrivania::per_registrazione(op.conn, id)?;
        // A request that is repeated, or an office that has it already, is no act.
        if storia.iter().rev().find(|a| a.titolo == titolo).is_some_and(|a| a.ufficio == ufficio.codice) {
            return Ok(());
        }
        Ok(scrivania::assegna(op, id, &ufficio, titolo)?)
    })
    .await
}
