//! `GET /ricerca`: any registration the caller may see, by what it says.

use super::gettone::{Chiamante, Legge, Ricerca};
use super::registrazioni::CorrispondenteJson;
use crate::ricerca::{self, Domanda, Termine, Trovata};
use crate::valori::{Istante, NumeroProtocollo, RegistrazioneId};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What is asked of the search.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Filtro {
    /// Words are prefixes; `"frase"`, `-escludi`, `oppure`; `n:12345/2025 da: a: ogg: voce: uo: tipo: dal: al:`.
    #[serde(default)]
    q: String,
    /// First day (`2026-11-22`), or words of a sender.
    da: Option<String>,
    /// Last day, or words of a recipient.
    a: Option<String>,
    /// `entrata`, `uscita` or `interna`.
    flusso: Option<String>,
    /// Code of the office in charge.
    ufficio: Option<String>,
    /// Code of a voce; those below it count.
    voce: Option<String>,
    /// As given by the page before.
    cursore: Option<String>,
}

/// A page of results, the newest first.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RisultatiJson {
    /// How many there are on all pages.
    totale: usize,
    risultati: Vec<TrovataJson>,
    cursore: Option<String>,
    /// False while the index is still reading older events: then something may be missing.
    aggiornato: bool,
    /// Registrations in whose files the text is still to be read.
    testi_mancanti: usize,
}

/// A registration that was found.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct TrovataJson {
    #[schema(value_type = String, format = "uuid")]
    id: RegistrazioneId,
    anno: i32,
    #[schema(value_type = String, example = "0000123")]
    numero: NumeroProtocollo,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    flusso: &'static str,
    oggetto: String,
    corrispondenti: Vec<CorrispondenteJson>,
    /// True if it was annulled: it is found all the same.
    annullata: bool,
    /// The passage of a file where what was asked stands.
    estratto: Option<String>,
}

impl From<Trovata> for TrovataJson {
    fn from(t: Trovata) -> Self {
        let r = t.registrazione;
        Self {
            id: r.id,
            anno: r.anno,
            numero: r.numero,
            istante: r.istante,
            flusso: r.flusso.as_str(),
            oggetto: r.oggetto.to_string(),
            annullata: r.annullamento.is_some(),
            corrispondenti: r.corrispondenti.into_iter().map(CorrispondenteJson::from).collect(),
            estratto: t.estratto.map(|e| e.testo),
        }
    }
}

/// Searches number, year, subject, parties, voce, office, text of every file. What was just registered is found.
#[utoipa::path(get, path = "/api/v1/ricerca", tag = "ricerca", params(Filtro),
    responses((status = 200, body = RisultatiJson), (status = 400), (status = 401)))]
pub(super) async fn cerca(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Ricerca>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Problema> {
    let filtro = filtro.into_inner();
    let json = stato
        .blocca(move |stato| {
            let domanda = domanda(&filtro, stato.db.orologio().adesso().giorno())?;
            let cursore = filtro.cursore.as_deref();
            let trovate = ricerca::cerca(&stato.indice, &stato.db, &chi.vista(), &domanda, cursore)?;
            Ok(RisultatiJson {
                totale: trovate.totale,
                risultati: trovate.risultati.into_iter().map(TrovataJson::from).collect(),
                cursore: trovate.cursore,
                aggiornato: trovate.aggiornato,
                testi_mancanti: trovate.testi_mancanti,
            })
        })
        .await?;
    Ok(HttpResponse::Ok().json(json))
}

/// The box, and the parameters beside it; an empty one asks for nothing.
fn domanda(filtro: &Filtro, oggi: NaiveDate) -> Result<Domanda, Problema> {
    let dato = |v: &Option<String>| v.as_deref().map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
    let estremo = |v: &Option<String>, giorno: fn(NaiveDate) -> Termine, parte: fn(String) -> Termine| {
        dato(v).map(|testo| ricerca::giorno(&testo, oggi).map_or_else(|| parte(testo.clone()), giorno))
    };
    let mut domanda = Domanda::leggi(&filtro.q, oggi)?;
    domanda.filtri.extend(estremo(&filtro.da, Termine::Dal, Termine::Mittente));
    domanda.filtri.extend(estremo(&filtro.a, Termine::Al, Termine::Destinatario));
    domanda.filtri.extend(dato(&filtro.flusso).map(|v| Termine::Flusso(v.to_lowercase())));
    domanda.filtri.extend(dato(&filtro.ufficio).map(|v| Termine::Ufficio(v.to_uppercase())));
    domanda.filtri.extend(dato(&filtro.voce).map(|v| Termine::Voce(v.to_uppercase())));
    Ok(domanda)
}
