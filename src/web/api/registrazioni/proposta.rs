//! `/registrazioni/{id}/proposte`: who may not annul proposes, the RSP decides (DPR 445/2000 art. 61 c. 3 g).

use super::annullamenti::ValoreJson;
use super::annullamento::{AnnullamentoRichiesta, al_valore, leggi};
use crate::registro::{self, Decisione, Proposta};
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, RegistrazioneId};
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Assegna, ChiVede, Chiamante, Legge, Scrivania};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// A proposal to annul a registration, or one datum of it.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct PropostaJson {
    id: String,
    #[schema(value_type = String, format = "uuid")]
    registrazione: RegistrazioneId,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    autore: String,
    motivo: String,
    /// The datum; null if the whole registration.
    dato: Option<DatoPropostoJson>,
    /// What the RSP decided; null while it waits.
    decisione: Option<DecisioneJson>,
}

/// A datum and the value proposed for it.
#[derive(Serialize, utoipa::ToSchema)]
struct DatoPropostoJson {
    /// `oggetto`, `corrispondenti`, `protocolloMittente` or `arrivo`.
    campo: &'static str,
    #[schema(value_type = Option<Value>)]
    valore: ValoreJson,
    /// True if the value in force should become riservato.
    riservato: bool,
}

/// What the RSP decided.
#[derive(Serialize, utoipa::ToSchema)]
struct DecisioneJson {
    accolta: bool,
    /// Why it was refused.
    motivo: Option<String>,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
}

impl From<Proposta> for PropostaJson {
    fn from(p: Proposta) -> Self {
        let decisione = |d: Decisione| DecisioneJson {
            accolta: d.accolta,
            motivo: d.motivo.map(|m| m.to_string()),
            autore: d.autore,
            istante: d.istante,
        };
        Self {
            id: p.id.to_string(),
            registrazione: p.registrazione,
            istante: p.istante,
            autore: p.autore,
            motivo: p.motivo.to_string(),
            dato: p.rettifica.map(|r| DatoPropostoJson {
                campo: r.valore.campo().as_str(),
                riservato: r.riservato,
                valore: r.valore.into(),
            }),
            decisione: p.decisione.map(decisione),
        }
    }
}

/// The list, oldest first.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct ProposteJson {
    risultati: Vec<PropostaJson>,
}

/// The proposals on a registration, and what was decided.
#[utoipa::path(get, path = "/api/v1/registrazioni/{id}/proposte", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    responses((status = 200, body = ProposteJson), (status = 401), (status = 404)))]
pub(in crate::web::api) async fn elenca_proposte(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, ChiVede>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let vista = chi.vista();
    let proposte = stato.blocca(move |stato| tutte(stato, &vista, id)).await?;
    Ok(HttpResponse::Ok().json(proposte))
}

/// Proposes to annul a registration, or one datum of it: the RSP decides in *Annullamenti*. The checks are those of the annulment.
/// 409 if the same waits already.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/proposte", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    request_body = AnnullamentoRichiesta,
    responses((status = 201, body = ProposteJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn proponi(
    stato: web::Data<Stato>,
    chi: Chiamante<Assegna, Scrivania>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let (motivo, rettifica) = leggi(&corpo, stato.limiti.corrispondenti)?;
    let vista = chi.vista();
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            if !registro::visibile(op.conn, &vista, id)? {
                return Err(Problema::non_trovato());
            }
            registro::proponi(op, &vista, id, rettifica.as_ref(), &motivo).map(drop).map_err(al_valore)
        })?;
        tutte(stato, &vista, id)
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

fn tutte(stato: &Stato, vista: &Vista, id: RegistrazioneId) -> Result<ProposteJson, Problema> {
    stato.db.leggi(|conn| {
        if !registro::visibile(conn, vista, id)? {
            return Err(Problema::non_trovato());
        }
        let risultati = registro::proposte(conn, vista, id)?.into_iter().map(PropostaJson::from).collect();
        Ok(ProposteJson { risultati })
    })
}
