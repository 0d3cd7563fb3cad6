//! `POST /pec/messaggi/{id}/esclusione` and `…/ripristino`: a person leaves a message out of what waits for a number, or brings it
//! back.

use super::corpo::Corpo;
use super::gettone::{Chiamante, DiPersona, Entrata, Registra};
use super::lettore::{Difetti, Oggetto};
use super::pec::MessaggioJson;
use crate::pec::{self, Errore, MotivoEsclusione};
use crate::storage::Conn;
use crate::utenti::visibilita::Vista;
use crate::valori::{MessaggioId, Testo};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};

/// The body: one of the two.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "genere": "Materiali pubblicitari" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct EsclusioneRichiesta {
    /// A kind of `/esclusi`.
    genere: Option<String>,
    /// Another reason.
    motivo: Option<String>,
}

/// A person leaves a message out: it stays where it can be found and gets no number. What comes from a domicilio digitale (PEC) is
/// registered in any case, but for a second copy of what has a number: 422.
#[utoipa::path(post, path = "/api/v1/pec/messaggi/{id}/esclusione", tag = "pec",
    params(("id" = String, Path, description = "Id of the message")), request_body = EsclusioneRichiesta,
    responses((status = 201, body = MessaggioJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn escludi(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, DiPersona<Entrata>>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id: MessaggioId = id.parse().map_err(|_| Problema::non_trovato())?;
    let motivo = leggi(&corpo)?;
    let dove = if matches!(motivo, MotivoEsclusione::Genere(_)) { "/genere" } else { "/motivo" };
    let no = move |e: Errore| match e {
        Errore::DomicilioDigitale => Problema::campo(dove, e.to_string()),
        altro => altro.into(),
    };
    let scrivi = move |stato: &Stato| {
        let vista = chi.vista();
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| pec::escludi(op, &vista, id, &motivo)).map_err(no)?;
        stato.db.leggi(|conn| uno(conn, &vista, id))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

fn leggi(corpo: &Corpo) -> Result<MotivoEsclusione, Problema> {
    let mut difetti = Difetti::default();
    let letti = Oggetto::new(&corpo.0, "", &["genere", "motivo"], &mut difetti)
        .map(|o| (o.forse::<Testo>("genere", &mut difetti), o.forse::<Testo>("motivo", &mut difetti)));
    difetti.chiudi()?;
    match letti {
        Some((Some(genere), None)) => Ok(MotivoEsclusione::Genere(genere)),
        Some((None, Some(motivo))) => Ok(MotivoEsclusione::Scritto(motivo)),
        Some((Some(_), Some(_))) => Err(Problema::campo("/motivo", "vale il genere oppure il motivo, non tutti e due")),
        _ => Err(Problema::campo("/genere", "serve un genere dell'elenco, oppure un motivo")),
    }
}

/// A person brings a message that was left out back among those that wait for a number. 409 if it was not left out.
#[utoipa::path(post, path = "/api/v1/pec/messaggi/{id}/ripristino", tag = "pec",
    params(("id" = String, Path, description = "Id of the message")),
    responses((status = 201, body = MessaggioJson), (status = 401), (status = 404), (status = 409)))]
pub(super) async fn ripristina(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, DiPersona<Entrata>>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    let id: MessaggioId = id.parse().map_err(|_| Problema::non_trovato())?;
    let scrivi = move |stato: &Stato| {
        let vista = chi.vista();
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| pec::ripristina(op, &vista, id))?;
        stato.db.leggi(|conn| uno(conn, &vista, id))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

fn uno(conn: &mut Conn, vista: &Vista, id: MessaggioId) -> Result<MessaggioJson, Problema> {
    let messaggio = pec::messaggio(conn, vista, id)?;
    let caselle = pec::caselle(conn)?;
    Ok(MessaggioJson::new(&messaggio, &caselle))
}
