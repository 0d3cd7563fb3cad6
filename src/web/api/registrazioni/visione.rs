//! `/registrazioni/{id}/visioni`: whom the RSP gives the sight of one registration, until when, and why.

use crate::registro;
use crate::storage::Conn;
use crate::utenti::visione::{self, Revoca, Visione};
use crate::utenti::{self, Errore};
use crate::valori::{AooId, Istante, RegistrazioneId, Testo, VisioneId};
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Annulla, Chiamante, DiPersona, Legge, Visioni};
use crate::web::api::lettore::{Difetti, Giorno, Oggetto};
use crate::web::api::uffici::PersonaJson;
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Those in one page of the list.
const PAGINA: i64 = 50;

/// The sight of a registration that a person was given.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct VisioneJson {
    #[schema(value_type = String, format = "uuid")]
    id: VisioneId,
    persona: PersonaJson,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    fino: NaiveDate,
    motivo: String,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    /// How it was taken back before its day; null if it was not.
    revoca: Option<RevocaJson>,
}

/// How it was taken back.
#[derive(Serialize, utoipa::ToSchema)]
struct RevocaJson {
    motivo: String,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
}

impl From<Visione> for VisioneJson {
    fn from(v: Visione) -> Self {
        let revoca = |r: Revoca| RevocaJson { motivo: r.motivo.to_string(), autore: r.autore, istante: r.istante };
        Self {
            id: v.id,
            fino: v.ultimo_giorno(),
            persona: v.persona.into(),
            motivo: v.motivo.to_string(),
            autore: v.autore,
            istante: v.istante,
            revoca: v.revoca.map(revoca),
        }
    }
}

/// The list.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct VisioniJson {
    risultati: Vec<VisioneJson>,
    cursore: Option<String>,
}

/// The body that gives it.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "persona": "anna", "fino": "2026-12-31", "motivo": "Accesso agli atti, istanza n. 123/2026" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct VisioneRichiesta {
    /// User name.
    persona: String,
    /// The last day.
    #[schema(format = Date)]
    fino: String,
    motivo: String,
}

/// The body that takes it back.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "motivo": "Accesso concluso" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct RevocaVisioneRichiesta {
    motivo: String,
}

/// Where the page begins.
#[derive(Deserialize, utoipa::IntoParams)]
pub(in crate::web::api) struct FiltroVisioni {
    /// As given by the page before.
    cursore: Option<String>,
}

/// Everybody who was given to look at a registration, also what is over, the last given first.
#[utoipa::path(get, path = "/api/v1/registrazioni/{id}/visioni", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration"), FiltroVisioni),
    responses((status = 200, body = VisioniJson), (status = 400), (status = 401), (status = 404)))]
pub(in crate::web::api) async fn elenca_visioni(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, DiPersona<Visioni>>,
    id: web::Path<String>,
    filtro: web::Query<FiltroVisioni>,
) -> Result<HttpResponse, Problema> {
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let cursore = filtro.into_inner().cursore.map(|c| c.parse::<VisioneId>()).transpose();
    let cursore = cursore.map_err(|e| Problema::illeggibile(e.to_string()))?;
    let elenco = stato
        .blocca(move |stato| {
            stato.db.leggi(|conn| {
                if !registro::visibile(conn, &chi.vista(), id)? {
                    return Err(Problema::non_trovato());
                }
                let trovate = visione::elenco(conn, chi.0.aoo, id, cursore, PAGINA)?;
                let piena = i64::try_from(trovate.len()).is_ok_and(|n| n == PAGINA);
                let cursore = trovate.last().filter(|_| piena).map(|v| v.id.to_string());
                Ok(VisioniJson { risultati: trovate.into_iter().map(VisioneJson::from).collect(), cursore })
            })
        })
        .await?;
    Ok(HttpResponse::Ok().json(elenco))
}

/// Gives a person of the AOO the full sight of a registration until a day, to look at it and nothing else. The same said twice is one
/// act; 409 if too many are in force for the person or on the registration.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/visioni", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    request_body = VisioneRichiesta,
    responses((status = 201, body = VisioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn concedi_visione(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Visioni>>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let mut difetti = Difetti::default();
    let letta = Oggetto::new(&corpo.0, "", &["persona", "fino", "motivo"], &mut difetti).and_then(|o| {
        let persona = o.serve::<Testo>("persona", &mut difetti);
        let fino = o.serve::<Giorno>("fino", &mut difetti);
        let motivo = o.serve::<Testo>("motivo", &mut difetti);
        Some((persona?, fino?.0, motivo?))
    });
    let (persona, fino, motivo) = difetti.esito(letta)?;
    let scrivi = move |stato: &Stato| {
        let aoo = chi.0.aoo;
        let fatta = stato.db.scrivi(aoo, &chi.attore(), |op| {
            if !registro::visibile(op.conn, &chi.vista(), id)? {
                return Err(Problema::non_trovato());
            }
            let ignota = || Errore::SenzaRuolo(persona.to_string());
            let persona = utenti::utente_dell_aoo(op.conn, op.aoo, persona.as_str())?.ok_or_else(ignota);
            let esito = persona.and_then(|p| visione::concedi(op, id, &p, fino, &motivo));
            esito.map_err(|e| match e {
                Errore::SenzaRuolo(_) => Problema::campo("/persona", e.to_string()),
                altro => altro.into(),
            })
        })?;
        stato.db.leggi(|conn| una(conn, aoo, id, fatta))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

/// Takes a sight back, from now; one that was taken back stays so. 409 if its day went by.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/visioni/{visione}/revoca", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration"),
        ("visione" = String, Path, description = "Id of the sight")),
    request_body = RevocaVisioneRichiesta,
    responses((status = 201, body = VisioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn revoca_visione(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Visioni>>,
    dove: web::Path<(String, String)>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let (id, quale) = dove.into_inner();
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let quale: VisioneId = quale.parse().map_err(|_| Problema::non_trovato())?;
    let mut difetti = Difetti::default();
    let letto =
        Oggetto::new(&corpo.0, "", &["motivo"], &mut difetti).and_then(|o| o.serve::<Testo>("motivo", &mut difetti));
    let motivo = difetti.esito(letto)?;
    let scrivi = move |stato: &Stato| {
        let aoo = chi.0.aoo;
        stato.db.scrivi(aoo, &chi.attore(), |op| {
            if !registro::visibile(op.conn, &chi.vista(), id)? {
                return Err(Problema::non_trovato());
            }
            Ok::<_, Problema>(visione::revoca(op, id, quale, &motivo)?)
        })?;
        stato.db.leggi(|conn| una(conn, aoo, id, quale))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

fn una(conn: &mut Conn, aoo: AooId, id: RegistrazioneId, quale: VisioneId) -> Result<VisioneJson, Problema> {
    Ok(visione::visione(conn, aoo, id, quale)?.into())
}
