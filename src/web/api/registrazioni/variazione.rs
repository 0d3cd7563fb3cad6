//! `POST /registrazioni/{id}/variazioni`: tipologia, mezzo, date of the document, descriptions of its files.

use super::atto;
use super::risposta::RegistrazioneJson;
use crate::registro::{DatoVariato, Mezzo, Variabile};
use crate::valori::{Istante, Testo};
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Chiamante, Registra, Variazioni};
use crate::web::api::lettore::{Difetti, Giorno, Oggetto};
use crate::web::{Problema, Stato, variazioni};
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// Most descriptions in one request.
const MASSIME_DESCRIZIONI: usize = 1_000;

/// The body: a member that is absent changes nothing, one that is null takes the value away.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "tipologia": "Istanza",
    "dataDocumento": "2026-01-02",
    "descrizioni": [{ "documento": 1, "descrizione": "Istanza firmata" }],
    "motivo": "Completati i dati",
}))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct VariazioneRichiesta {
    tipologia: Option<String>,
    /// As in POST /registrazioni. Never null; refused where a message, an istanza or a send says what it is, and, of an entrata, from paper
    /// to telematic or the other way round.
    mezzo: Option<String>,
    /// The date of the main document, `2026-01-02`: not after the registration.
    data_documento: Option<String>,
    descrizioni: Option<Vec<DescrizioneRichiesta>>,
    /// Why; it stays in the history.
    motivo: Option<String>,
}

#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct DescrizioneRichiesta {
    /// Place of the file among `documenti`, the first one 1.
    documento: i32,
    /// Null takes it away.
    descrizione: Option<String>,
}

/// A datum that was changed.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct VariazioneJson {
    /// `tipologia`, `mezzo`, `dataDocumento` or `descrizione`.
    campo: &'static str,
    /// Of a `descrizione`, the place of the file.
    documento: Option<i32>,
    prima: Option<String>,
    dopo: Option<String>,
    motivo: Option<String>,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
}

impl From<DatoVariato> for VariazioneJson {
    fn from(v: DatoVariato) -> Self {
        Self {
            campo: v.dopo.campo(),
            documento: v.dopo.documento(),
            prima: v.prima.testo(),
            dopo: v.dopo.testo(),
            motivo: v.motivo.map(|m| m.to_string()),
            autore: v.autore,
            istante: v.istante,
        }
    }
}

/// Changes data that may change; what they were before stays in `variazioni`. All of them or none; values in force already are passed
/// over, and 409 if there is nothing else.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/variazioni", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    request_body = VariazioneRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn varia(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Variazioni>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let campi = ["tipologia", "mezzo", "dataDocumento", "descrizioni", "motivo"];
    let letta = Oggetto::new(&corpo.0, "", &campi, &mut difetti).map(|o| leggi(&o, &mut difetti));
    let (valori, motivo) = difetti.esito(letta)?;
    atto(&stato, chi, &id, move |op, _, vista, id| variazioni::varia(op, vista, id, &valori, motivo.as_ref())).await
}

fn leggi(o: &Oggetto<'_>, difetti: &mut Difetti) -> (Vec<Variabile>, Option<Testo>) {
    let mut valori = Vec::new();
    if o.ha("tipologia") {
        valori.push(Variabile::Tipologia(o.forse("tipologia", difetti)));
    }
    if o.ha("mezzo") {
        valori.extend(o.serve::<Mezzo>("mezzo", difetti).map(Variabile::Mezzo));
    }
    if o.ha("dataDocumento") {
        valori.push(Variabile::DataDocumento(o.forse::<Giorno>("dataDocumento", difetti).map(|g| g.0)));
    }
    let descrizioni = o.lista("descrizioni", MASSIME_DESCRIZIONI, difetti).iter().enumerate();
    for (i, json) in descrizioni {
        let dove = format!("/descrizioni/{i}");
        let Some(d) = Oggetto::new(json, &dove, &["documento", "descrizione"], difetti) else { continue };
        let posizione = json.get("documento").and_then(serde_json::Value::as_i64);
        if !d.ha("descrizione") {
            difetti.aggiungi(d.dove("descrizione"), "manca: null la toglie");
        }
        match posizione.and_then(|p| i32::try_from(p).ok()).filter(|p| *p > 0) {
            None => difetti.aggiungi(d.dove("documento"), "serve la posizione del documento, da 1"),
            Some(p) => valori.push(Variabile::Descrizione(p, d.forse("descrizione", difetti))),
        }
    }
    (valori, o.forse("motivo", difetti))
}
