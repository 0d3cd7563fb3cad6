//! `GET /versamenti`: where each registration stands on its way to the conservator.

use super::gettone::{Chiamante, Conservazione, Legge};
use crate::conservazione::{self, Versamento};
use crate::valori::{Impronta, Istante, NumeroProtocollo, RegistrazioneId, Rifiuto};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

/// Rows in one page.
const PAGINA: i64 = 200;

/// What is asked of the list.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Filtro {
    /// As given by the page before.
    cursore: Option<String>,
}

/// A registration on its way.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct VersamentoJson {
    #[schema(value_type = String, format = "uuid")]
    registrazione: RegistrazioneId,
    anno: i32,
    #[schema(value_type = String, example = "0000123")]
    numero: NumeroProtocollo,
    /// `da-preparare`, `preparato`, `consegnato` or `da-correggere`.
    stato: &'static str,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    /// Name of the package, as in the outbox folder; null if there is none.
    #[schema(example = "c_x999-AX99Z01-PG-2026-0000123")]
    pacchetto: Option<String>,
    /// SHA-256 of its index, which is in canonical form.
    #[schema(value_type = Option<String>)]
    sha256: Option<Impronta>,
    /// Why a person has to look.
    motivo: Option<String>,
}

impl From<Versamento> for VersamentoJson {
    fn from(v: Versamento) -> Self {
        let (pacchetto, sha256) = v.pacchetto.unzip();
        Self {
            registrazione: v.registrazione,
            anno: v.anno,
            numero: v.numero,
            stato: v.stato.as_str(),
            istante: v.istante,
            pacchetto,
            sha256,
            motivo: v.motivo,
        }
    }
}

/// A page of the list.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct VersamentiJson {
    risultati: Vec<VersamentoJson>,
    cursore: Option<String>,
}

/// The newest registrations that are on their way to the conservator.
#[utoipa::path(get, path = "/api/v1/versamenti", tag = "versamenti", params(Filtro),
    responses((status = 200, body = VersamentiJson), (status = 400), (status = 401)))]
pub(super) async fn elenca(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Conservazione>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Problema> {
    let illeggibile = |e: Rifiuto| Problema::illeggibile(e.to_string());
    let prima = filtro.into_inner().cursore.map(|c| c.parse()).transpose().map_err(illeggibile)?;
    let leggi = move |stato: &Stato| {
        Ok(stato
            .db
            .leggi(|conn| conservazione::elenco(conn, &chi.vista(), &conservazione::Stato::TUTTI, prima, PAGINA))?)
    };
    let trovati = stato.blocca(leggi).await?;
    let piena = i64::try_from(trovati.len()).is_ok_and(|n| n == PAGINA);
    let cursore = trovati.last().filter(|_| piena).map(|v| v.registrazione.to_string());
    Ok(HttpResponse::Ok().json(VersamentiJson { risultati: trovati.into_iter().map(Into::into).collect(), cursore }))
}
