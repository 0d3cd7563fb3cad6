//! `GET /documenti/{sha256}/verifiche`: the verdicts on the signatures of a file, and what each rests on.

use super::documenti::visto;
use super::gettone::{ChiVede, Chiamante, Legge};
use crate::documenti::{self, RapportoConservato};
use crate::valori::{Impronta, Istante, VerificaId};
use crate::web::{Problema, Stato};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// The verdicts on a file, the first one first.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct VerificheJson {
    risultati: Vec<VerificaJson>,
    cursore: Option<String>,
}

/// A verdict.
#[derive(Serialize, utoipa::ToSchema)]
struct VerificaJson {
    #[schema(value_type = String, format = "uuid")]
    id: VerificaId,
    /// When it was given.
    #[schema(value_type = String, format = DateTime)]
    eseguita: Istante,
    /// When the certificates had to be valid.
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    /// The worst of the signatures, in the words of ETSI EN 319 102-1; null if none was recognised.
    indication: Option<String>,
}

impl From<RapportoConservato> for VerificaJson {
    fn from(r: RapportoConservato) -> Self {
        let RapportoConservato { id, eseguita, istante, indicazione: indication, .. } = r;
        Self { id, eseguita, istante, indication }
    }
}

/// The verdicts of this AOO on the signatures of a file: the first 50.
#[utoipa::path(get, path = "/api/v1/documenti/{sha256}/verifiche", tag = "documenti",
    params(("sha256" = String, Path, description = "SHA-256 of the file, 64 hexadecimal digits")),
    responses((status = 200, body = VerificheJson), (status = 401), (status = 404)))]
pub(super) async fn elenca(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, ChiVede>,
    sha256: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    let impronta: Impronta = sha256.parse().map_err(|_| Problema::non_trovato())?;
    let elenco = stato.blocca(move |stato| {
        stato.db.leggi(|conn| {
            visto(conn, &chi, &impronta)?;
            let sue = documenti::verifiche_di(conn, chi.0.aoo, &[impronta.to_string()])?;
            let risultati = sue.into_values().flatten().map(VerificaJson::from).collect();
            Ok::<_, Problema>(VerificheJson { risultati, cursore: None })
        })
    });
    Ok(HttpResponse::Ok().json(elenco.await?))
}

/// What a verdict rests on, as it was kept: for `tabulario verifica FILE --prova`.
#[utoipa::path(get, path = "/api/v1/documenti/{sha256}/verifiche/{id}", tag = "documenti",
    params(("sha256" = String, Path, description = "SHA-256 of the file, 64 hexadecimal digits"),
        ("id" = String, Path, description = "Id of the verdict")),
    responses((status = 200, description = "Report, chains, anchors, lists and instant", content_type = "application/json"),
        (status = 401), (status = 404)))]
pub(super) async fn prova(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, ChiVede>,
    dove: web::Path<(String, String)>,
) -> Result<HttpResponse, Problema> {
    let (sha256, id) = dove.into_inner();
    let impronta: Impronta = sha256.parse().map_err(|_| Problema::non_trovato())?;
    let id: VerificaId = id.parse().map_err(|_| Problema::non_trovato())?;
    let testo = stato.blocca(move |stato| {
        stato.db.leggi(|conn| {
            visto(conn, &chi, &impronta)?;
            Ok::<_, Problema>(documenti::testo_della_prova(conn, chi.0.aoo, &impronta, id)?)
        })
    });
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json")).body(testo.await?))
}
