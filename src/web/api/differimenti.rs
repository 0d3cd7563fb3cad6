//! `/differimenti`: by which acts what arrives on paper may be registered later. The RSP makes and ends them.

use super::corpo::Corpo;
use super::gettone::{Annulla, Chiamante, DiPersona, Legge, Registro};
use super::lettore::{Difetti, Oggetto};
use crate::registro::{self, Differimento, NuovoDifferimento};
use crate::valori::{DifferimentoId, Istante, Testo};
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

/// The body that makes one.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "causa": "Guasto della rete dell'ente", "documenti": "Domande del bando asili nido",
    "dal": "2026-12-01T08:00:00+01:00", "al": "2026-12-04T18:00:00+01:00" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct DifferimentoRichiesta {
    /// Why.
    causa: String,
    /// For which kinds of documents.
    documenti: String,
    /// From when what arrives is covered; not before the day of the act.
    #[schema(format = DateTime)]
    dal: String,
    /// Until when; 31 days at most.
    #[schema(format = DateTime)]
    al: String,
}

/// The acts of deferral of the AOO, newest first.
#[utoipa::path(get, path = "/api/v1/differimenti", tag = "registrazioni",
    responses((status = 200, body = DifferimentiJson), (status = 401)))]
pub(super) async fn elenca(stato: web::Data<Stato>, chi: Chiamante<Legge, Registro>) -> Result<HttpResponse, Problema> {
    let trovati =
        stato.blocca(move |stato| Ok(stato.db.leggi(|conn| registro::differimenti(conn, chi.0.aoo))?)).await?;
    let risultati = trovati.into_iter().map(DifferimentoJson::from).collect();
    Ok(HttpResponse::Ok().json(DifferimentiJson { risultati, cursore: None }))
}

/// The RSP decides that what arrives on paper may be registered later. The same said twice is one act.
#[utoipa::path(post, path = "/api/v1/differimenti", tag = "registrazioni", request_body = DifferimentoRichiesta,
    responses((status = 201, body = DifferimentoJson), (status = 400), (status = 401), (status = 404),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn differisci(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letto = Oggetto::new(&corpo.0, "", &["causa", "documenti", "dal", "al"], &mut difetti).and_then(|o| {
        let (causa, documenti) = (o.serve::<Testo>("causa", &mut difetti), o.serve::<Testo>("documenti", &mut difetti));
        let (dal, al) = (o.serve("dal", &mut difetti), o.serve("al", &mut difetti));
        Some(NuovoDifferimento { causa: causa?, documenti: documenti?, dal: dal?, al: al? })
    });
    let nuovo = difetti.esito(letto)?;
    let scrivi = move |stato: &Stato| {
        let id = stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| registro::differisci(op, &nuovo))?;
        Ok(stato.db.leggi(|conn| registro::differimento(conn, chi.0.aoo, id))?)
    };
    Ok(HttpResponse::Created().json(DifferimentoJson::from(stato.blocca(scrivi).await?)))
}

/// The RSP ends an act of deferral before its limit; what arrived until now stays covered. 409 if it is over.
#[utoipa::path(post, path = "/api/v1/differimenti/{id}/chiusura", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the act")),
    responses((status = 201, body = DifferimentoJson), (status = 401), (status = 404), (status = 409)))]
pub(super) async fn chiudi(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    let id: DifferimentoId = id.parse().map_err(|_| Problema::non_trovato())?;
    // Elsewhere an unknown one is a field that was refused; here it is the thing itself.
    let suo = |e| match e {
        registro::Errore::DifferimentoSconosciuto => Problema::non_trovato(),
        altro => altro.into(),
    };
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| registro::chiudi_differimento(op, id)).map_err(suo)?;
        Ok(stato.db.leggi(|conn| registro::differimento(conn, chi.0.aoo, id))?)
    };
    Ok(HttpResponse::Created().json(DifferimentoJson::from(stato.blocca(scrivi).await?)))
}
