//! `GET /eventi?dopo=`: the chain as a feed for other applications.

use super::gettone::{Chiamante, Eventi, Legge};
use crate::audit::Evento;
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, RegistrazioneId};
use crate::web::{Problema, Stato};
use crate::{audit, registro, scrivania, titolario, utenti};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

/// Events in one answer.
const PAGINA: i64 = 500;

/// What is asked of the feed.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Filtro {
    /// The last position already read; 0 or absent from the beginning.
    #[serde(default)]
    dopo: i64,
}

/// An event of the chain.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct EventoJson {
    posizione: i64,
    aoo: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    tipo: String,
    oggetto: OggettoJson,
    attore: String,
}

/// What an event was done to.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct OggettoJson {
    tipo: String,
    id: String,
}

/// A page of events.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct EventiJson {
    risultati: Vec<EventoJson>,
    /// The value of `dopo` for the next page; null when there is none yet.
    cursore: Option<String>,
}

/// The events of the AOO after a position, oldest first. A person is told of the registrations that they see, with what is done to them
/// (assignments, terms, classification, filing, annulments), of the fascicoli that they see and, if they look at the organigramma, of people
/// and offices; the RSP and applications of everything.
#[utoipa::path(get, path = "/api/v1/eventi", tag = "eventi", params(Filtro),
    responses((status = 200, body = EventiJson), (status = 401)))]
pub(super) async fn elenca(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Eventi>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Problema> {
    let aoo = chi.0.aoo;
    let (codice, cursore, eventi) = stato
        .blocca(move |stato| {
            stato.db.leggi(|conn| {
                let codice = utenti::aoo(conn, aoo)?.codice.to_string();
                let eventi = audit::dopo(conn, aoo, filtro.dopo, PAGINA)?;
                let piena = i64::try_from(eventi.len()).is_ok_and(|n| n == PAGINA);
                let cursore = eventi.last().filter(|_| piena).map(|e| e.posizione.to_string());
                Ok::<_, Problema>((codice, cursore, visibili(conn, &chi, eventi)?))
            })
        })
        .await?;
    let risultati = eventi
        .into_iter()
        .map(|e| EventoJson {
            posizione: e.posizione,
            aoo: codice.clone(),
            istante: e.istante,
            tipo: e.tipo,
            oggetto: OggettoJson { tipo: e.oggetto_tipo, id: e.oggetto_id },
            attore: e.attore,
        })
        .collect();
    Ok(HttpResponse::Ok().json(EventiJson { risultati, cursore }))
}

/// Those that are for whoever asks. An event names its thing: what may not be seen is not named.
fn visibili(conn: &mut Conn, chi: &Chiamante<Legge, Eventi>, eventi: Vec<Evento>) -> Result<Vec<Evento>, Problema> {
    let vista = chi.vista();
    if matches!(vista, Vista::Intera(_)) {
        return Ok(eventi);
    }
    let materia = scrivania::materia(conn, &eventi)?;
    let ids: Vec<RegistrazioneId> = materia.values().filter_map(|id| id.parse().ok()).collect();
    let viste = registro::visibili(conn, &vista, &ids)?;
    let fascicoli = eventi.iter().filter(|e| e.oggetto_tipo == "fascicolo").map(|e| e.oggetto_id.clone());
    let fascicoli = titolario::fascicoli_tra(conn, &vista, &fascicoli.collect::<Vec<_>>())?;
    let organigramma = chi.permesso(Azione::Amministrazione) >= Permesso::Legge;
    let si_vede = |e: &Evento| match materia.get(&e.oggetto_id) {
        Some(registrazione) => viste.contains(registrazione),
        None if e.oggetto_tipo == "fascicolo" => fascicoli.contains_key(&e.oggetto_id),
        // Who may look at what is for who gives it.
        None if e.oggetto_tipo == "visione" => false,
        None => organigramma && utenti::ATTI.iter().any(|a| a.tipo == e.tipo),
    };
    Ok(eventi.into_iter().filter(si_vede).collect())
}
