//! `/regole`: the rules over mail. The RSP writes them, looks at what they would have done, switches them.

mod json;

use super::corpo::Corpo;
use super::gettone::{Annulla, Chiamante, DiPersona, Legge, Registro};
use super::lettore::{Difetti, Oggetto};
use crate::pec::regole::{self, Genere};
use crate::valori::RegolaId;
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use json::{AnteprimaJson, RegolaJson, RegolaRichiesta, RegoleJson};

/// A switch.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "accesa": true }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct StatoRichiesta {
    accesa: bool,
}

/// The switch of a kind.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "genere": "ordinaria", "acceso": true }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct GenereRichiesto {
    /// `posta-certificata`, `anomalia`, `ordinaria`.
    genere: String,
    acceso: bool,
}

fn id(testo: &str) -> Result<RegolaId, Problema> {
    testo.parse().map_err(|_| Problema::non_trovato())
}

fn tutte(stato: &Stato, aoo: crate::valori::AooId) -> Result<RegoleJson, Problema> {
    stato.db.leggi(|conn| {
        let risultati = regole::regole(conn, aoo)?.into_iter().map(RegolaJson::from).collect();
        let automatici = regole::automatici(conn, aoo)?.into_iter().map(Genere::as_str).collect();
        Ok(RegoleJson { risultati, automatici })
    })
}

fn una(stato: &Stato, aoo: crate::valori::AooId, id: RegolaId) -> Result<RegolaJson, Problema> {
    Ok(stato.db.leggi(|conn| regole::regola(conn, aoo, id))?.into())
}

/// The rules in their order, on or off, and the kinds of message that they may register without a person.
#[utoipa::path(get, path = "/api/v1/regole", tag = "pec", responses((status = 200, body = RegoleJson), (status = 401)))]
pub(super) async fn elenca(stato: web::Data<Stato>, chi: Chiamante<Legge, Registro>) -> Result<HttpResponse, Problema> {
    Ok(HttpResponse::Ok().json(stato.blocca(move |stato| tutte(stato, chi.0.aoo)).await?))
}

/// One rule.
#[utoipa::path(get, path = "/api/v1/regole/{id}", tag = "pec", params(("id" = String, Path, description = "Id of the rule")),
    responses((status = 200, body = RegolaJson), (status = 401), (status = 404)))]
pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Registro>,
    quale: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    let id = id(&quale)?;
    Ok(HttpResponse::Ok().json(stato.blocca(move |stato| una(stato, chi.0.aoo, id)).await?))
}

/// The RSP writes a rule, which is off.
#[utoipa::path(post, path = "/api/v1/regole", tag = "pec", request_body = RegolaRichiesta,
    responses((status = 201, body = RegolaJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn crea(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let (contenuto, _) = json::leggi(&corpo)?;
    let scrivi = move |stato: &Stato| {
        let id = stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| regole::crea(op, &contenuto))?;
        una(stato, chi.0.aoo, id)
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

/// The RSP writes the version that follows `versione`; it is off. 409 if somebody wrote another meanwhile.
#[utoipa::path(post, path = "/api/v1/regole/{id}", tag = "pec", params(("id" = String, Path, description = "Id of the rule")),
    request_body = RegolaRichiesta,
    responses((status = 201, body = RegolaJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn cambia(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    quale: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id = id(&quale)?;
    let (contenuto, da) = json::leggi(&corpo)?;
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| regole::cambia(op, id, da, &contenuto))?;
        una(stato, chi.0.aoo, id)
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

/// The RSP looks at what a rule would have done with the last 500 messages: from then on this version may be switched on.
#[utoipa::path(post, path = "/api/v1/regole/{id}/anteprima", tag = "pec",
    params(("id" = String, Path, description = "Id of the rule")),
    responses((status = 201, body = AnteprimaJson), (status = 401), (status = 404)))]
pub(super) async fn anteprima(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    quale: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    let id = id(&quale)?;
    let guarda = move |stato: &Stato| {
        let vista = chi.vista();
        regole::guarda(&stato.db, &chi.attore(), &vista, id)?;
        let letta = stato.db.leggi(|conn| {
            let regola = regole::regola(conn, chi.0.aoo, id)?;
            regole::anteprima(conn, &vista, &regola)
        });
        Ok(AnteprimaJson::from(letta?))
    };
    Ok(HttpResponse::Created().json(stato.blocca(guarda).await?))
}

/// The RSP switches a rule on or off. 409 if it is so already, or if nobody looked at what its current version would have done.
#[utoipa::path(post, path = "/api/v1/regole/{id}/stato", tag = "pec", params(("id" = String, Path, description = "Id of the rule")),
    request_body = StatoRichiesta,
    responses((status = 201, body = RegolaJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn stato(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    quale: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id = id(&quale)?;
    let mut difetti = Difetti::default();
    let letta = Oggetto::new(&corpo.0, "", &["accesa"], &mut difetti).map(|o| o.vero("accesa", &mut difetti));
    let accesa = difetti.esito(letta)?;
    let scrivi = move |stato: &Stato| {
        let cambia = |op: &mut crate::storage::Operazione<'_>| {
            if accesa { regole::accendi(op, id) } else { regole::spegni(op, id) }
        };
        stato.db.scrivi(chi.0.aoo, &chi.attore(), cambia)?;
        una(stato, chi.0.aoo, id)
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

/// The RSP says whether messages of a kind may be registered by rules without a person. 409 if it is so already.
#[utoipa::path(post, path = "/api/v1/regole/generi", tag = "pec", request_body = GenereRichiesto,
    responses((status = 201, body = RegoleJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn generi(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letto = Oggetto::new(&corpo.0, "", &["genere", "acceso"], &mut difetti)
        .and_then(|o| Some((o.vero("acceso", &mut difetti), o.serve::<Genere>("genere", &mut difetti)?)));
    let (acceso, genere) = difetti.esito(letto)?;
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| regole::cambia_automatico(op, genere, acceso))?;
        tutte(stato, chi.0.aoo)
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}
