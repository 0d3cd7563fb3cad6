//! `GET /predisposti`: the registrations that are being prepared and have no number.

use super::gettone::{Chiamante, Legge, Uscita};
use crate::registro::{self, FilePredisposto, Flusso, Predisposto};
use crate::storage::Conn;
use crate::utenti;
use crate::utenti::politica::Azione;
use crate::valori::{Impronta, Istante, PredispostoId};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Serialize;
use std::collections::BTreeMap;

/// A file of a predisposto.
#[derive(Serialize, utoipa::ToSchema)]
struct FilePredispostoJson {
    nome: String,
    /// `principale` or `allegato`.
    ruolo: &'static str,
    #[schema(value_type = String)]
    sha256: Impronta,
}

/// A registration that is being prepared.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct PredispostoJson {
    #[schema(value_type = String, format = "uuid")]
    id: PredispostoId,
    flusso: &'static str,
    /// Code of the office that will write it or get it.
    ufficio: Option<String>,
    riservato: bool,
    /// The form as it was typed, by the names of its fields: it may still be wrong.
    #[schema(value_type = Object)]
    campi: BTreeMap<String, String>,
    file: Vec<FilePredispostoJson>,
    autore: String,
    /// How many times it was put away.
    versione: i64,
    #[schema(value_type = String, format = DateTime)]
    salvato: Istante,
}

/// The list, the last put away first.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct PredispostiJson {
    risultati: Vec<PredispostoJson>,
    cursore: Option<String>,
}

/// The predisposti that may be seen: for a person their own and those of their offices, for an application those of the AOO. The newest: at
/// most 500 of one's own and 200 of others. Their files are not served until they are registered.
#[utoipa::path(get, path = "/api/v1/predisposti", tag = "registrazioni",
    responses((status = 200, body = PredispostiJson), (status = 401)))]
pub(super) async fn elenca(stato: web::Data<Stato>, chi: Chiamante<Legge, Uscita>) -> Result<HttpResponse, Problema> {
    let leggi = move |stato: &Stato| {
        // Entrate are prepared where they are registered.
        let mut flussi = vec![Flusso::Uscita, Flusso::Interna];
        if chi.agisce(Azione::Entrata).is_ok() {
            flussi.push(Flusso::Entrata);
        }
        stato.db.leggi(|conn| {
            let trovati = registro::predisposti(conn, &chi.vista(), &chi.attore(), &flussi)?;
            trovati.into_iter().map(|p| in_json(conn, p)).collect::<Result<Vec<_>, _>>()
        })
    };
    Ok(HttpResponse::Ok().json(PredispostiJson { risultati: stato.blocca(leggi).await?, cursore: None }))
}

fn in_json(conn: &mut Conn, p: Predisposto) -> Result<PredispostoJson, Problema> {
    let ufficio = p.preparata.ufficio.map(|u| utenti::ufficio(conn, u)).transpose()?;
    let file = |f: FilePredisposto| FilePredispostoJson {
        nome: f.nome.to_string(),
        ruolo: f.ruolo.as_str(),
        sha256: f.impronta,
    };
    Ok(PredispostoJson {
        id: p.preparata.id,
        flusso: p.preparata.flusso.as_str(),
        ufficio: ufficio.map(|u| u.codice.to_string()),
        riservato: p.preparata.riservato,
        campi: p.preparata.campi,
        file: p.preparata.file.into_iter().map(file).collect(),
        autore: p.autore,
        versione: p.versione,
        salvato: p.salvato,
    })
}
