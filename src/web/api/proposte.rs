//! `/proposte`: the proposals of annulment that wait for the RSP, and what the RSP decides (DPR 445/2000 art. 61 c. 3 g).

use super::corpo::Corpo;
use super::gettone::{Annulla, Chiamante, DiPersona, Legge, Registro};
use super::lettore::{Difetti, Oggetto};
use super::registrazioni::PropostaJson;
use crate::registro::{self, Errore};
use crate::valori::{PropostaId, Rifiuto, Testo};
use crate::web::{Problema, Stato};
use crate::{scrivania, utenti};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Proposals in one page.
const PAGINA: i64 = 100;

/// What is asked of the list.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Filtro {
    /// As given by the page before.
    cursore: Option<String>,
}

/// A page of proposals.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct AttesaJson {
    risultati: Vec<PropostaJson>,
    cursore: Option<String>,
}

/// The body of a decision.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "esito": "respinta", "motivo": "L'oggetto registrato è quello del documento" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct DecisioneRichiesta {
    /// `accolta` or `respinta`.
    esito: String,
    /// Why it is refused; only then, and then it must be there: who proposed reads it.
    motivo: Option<String>,
}

/// What may be decided.
enum Esito {
    Accolta,
    Respinta,
}

impl FromStr for Esito {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        match testo {
            "accolta" => Ok(Self::Accolta),
            "respinta" => Ok(Self::Respinta),
            _ => Err(Rifiuto { che: "esito", regola: "vale accolta oppure respinta".to_owned() }),
        }
    }
}

/// The proposals of the AOO that wait, oldest first. Those of one registration, decided ones too, are at
/// `/registrazioni/{id}/proposte`.
#[utoipa::path(get, path = "/api/v1/proposte", tag = "registrazioni", params(Filtro),
    responses((status = 200, body = AttesaJson), (status = 400), (status = 401)))]
pub(super) async fn elenca(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Registro>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Problema> {
    let dopo = filtro.into_inner().cursore.map(|c| c.parse::<PropostaId>());
    let dopo = dopo.transpose().map_err(|e| Problema::illeggibile(e.to_string()))?;
    let leggi =
        move |stato: &Stato| Ok(stato.db.leggi(|conn| registro::in_attesa(conn, &chi.vista(), dopo, PAGINA))?);
    let trovate = stato.blocca(leggi).await?;
    let piena = i64::try_from(trovate.len()).is_ok_and(|n| n == PAGINA);
    let cursore = trovate.last().filter(|_| piena).map(|p| p.id.to_string());
    Ok(HttpResponse::Ok().json(AttesaJson { risultati: trovate.into_iter().map(Into::into).collect(), cursore }))
}

/// The RSP accepts a proposal, which performs the annulment with its provvedimento, or refuses it. 409 if it was decided before, or if
/// what it proposes cannot be done any more: then it still waits.
#[utoipa::path(post, path = "/api/v1/proposte/{id}/decisione", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the proposal")), request_body = DecisioneRichiesta,
    responses((status = 201, body = PropostaJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn decidi(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id: PropostaId = id.parse().map_err(|_| Problema::non_trovato())?;
    let respinta = leggi(&corpo)?;
    let (deposito, calendario) = (stato.deposito.clone(), stato.calendario.clone());
    let scrivi = move |stato: &Stato| {
        let vista = chi.vista();
        let registrazione = stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            let aoo = utenti::aoo(op.conn, op.aoo)?;
            let registrazione = match &respinta {
                None => registro::accogli(op, &deposito, &aoo, &vista, id).map_err(superata)?,
                Some(motivo) => registro::respingi(op, &vista, id, motivo)?,
            };
            scrivania::segui_arrivo(op, &vista, registrazione, &calendario)?;
            Ok::<_, Problema>(registrazione)
        })?;
        let proposte = stato.db.leggi(|conn| registro::proposte(conn, &vista, registrazione))?;
        proposte.into_iter().find(|p| p.id == id).ok_or_else(Problema::non_trovato)
    };
    Ok(HttpResponse::Created().json(PropostaJson::from(stato.blocca(scrivi).await?)))
}

/// Why it is refused; none: it is accepted.
fn leggi(corpo: &Corpo) -> Result<Option<Testo>, Problema> {
    let mut difetti = Difetti::default();
    let letta = Oggetto::new(&corpo.0, "", &["esito", "motivo"], &mut difetti).and_then(|o| {
        match o.serve("esito", &mut difetti)? {
            Esito::Respinta => o.serve("motivo", &mut difetti).map(Some),
            Esito::Accolta if o.ha("motivo") => {
                difetti.aggiungi(
                    o.dove("motivo"),
                    "vale solo per respingere: il provvedimento porta quello della proposta",
                );
                None
            }
            Esito::Accolta => Some(None),
        }
    });
    difetti.esito(letta)
}

/// The proposed value was good when it was proposed: what speaks against it now is no field of this request.
fn superata(e: Errore) -> Problema {
    match e {
        Errore::ValoreUguale(_)
        | Errore::ArrivoFisso
        | Errore::CorrispondenteMancante(_)
        | Errore::ArrivoFuturo(_)
        | Errore::ProtocolloFuturo(_) => Problema::conflitto("proposta-superata", e.to_string()),
        altro => altro.into(),
    }
}
