//! `GET /scrivania`: what lies on the desk of an office.

use super::gettone::{Chiamante, Legge, Scrivania};
use super::registrazioni::AssegnazioneJson;
use crate::registro::{self, Registrazione};
use crate::scrivania::{self, Addetto, Cursore, Gruppo, Pratica};
use crate::storage::Conn;
use crate::utenti::visibilita::Vista;
use crate::valori::{CodiceUfficio, Istante, NumeroProtocollo, RegistrazioneId, Rifiuto};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Rows in one page.
const PAGINA: i64 = 50;

/// What is asked of the desk.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Filtro {
    /// Code of an office of the AOO, of a person one where they work; it must be there.
    ufficio: Option<String>,
    /// `in-scadenza`, `da-prendere` (default), `in-carico-a-me`, `in-carico-all-ufficio`, `per-conoscenza` or `concluse`.
    gruppo: Option<String>,
    /// As given by the page before.
    cursore: Option<String>,
}

/// How many documents a group has.
#[derive(Serialize, utoipa::ToSchema)]
struct ConteggioJson {
    gruppo: &'static str,
    quante: usize,
}

/// A document on the desk.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct PraticaJson {
    #[schema(value_type = String, format = "uuid")]
    registrazione: RegistrazioneId,
    anno: i32,
    #[schema(value_type = String, example = "0000123")]
    numero: NumeroProtocollo,
    flusso: &'static str,
    oggetto: String,
    riservato: bool,
    /// The assignment by which it is there.
    assegnazione: AssegnazioneJson,
    /// Since when it stands as it does.
    #[schema(value_type = String, format = DateTime)]
    dal: Istante,
    /// The last day of its term.
    #[schema(value_type = Option<String>, format = Date)]
    scade: Option<NaiveDate>,
}

/// A page of the desk.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ScrivaniaJson {
    conteggi: Vec<ConteggioJson>,
    risultati: Vec<PraticaJson>,
    cursore: Option<String>,
}

/// What lies on the desk of an office, in groups; each document stands in the first that fits.
#[utoipa::path(get, path = "/api/v1/scrivania", tag = "scrivania", params(Filtro),
    responses((status = 200, body = ScrivaniaJson), (status = 400), (status = 401), (status = 404), (status = 422)))]
pub(super) async fn elenca(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Scrivania>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Problema> {
    let illeggibile = |e: Rifiuto| Problema::illeggibile(e.to_string());
    let filtro = filtro.into_inner();
    // Said here and not by the extractor, which would answer before the token is looked at.
    let ufficio = filtro.ufficio.ok_or_else(|| Problema::illeggibile("manca ufficio"))?;
    let ufficio: CodiceUfficio = ufficio.parse().map_err(illeggibile)?;
    let gruppo = filtro.gruppo.map(|g| g.parse()).transpose().map_err(illeggibile)?.unwrap_or(Gruppo::DaPrendere);
    let dopo: Option<Cursore> = filtro.cursore.map(|c| c.parse()).transpose().map_err(illeggibile)?;
    let json = stato
        .blocca(move |stato| {
            let (vista, attore, ora) = (chi.vista(), chi.attore(), stato.db.orologio().adesso());
            stato.db.leggi(|conn| {
                let ruoli = chi.alla_scrivania(conn, &ufficio)?;
                let addetto = Addetto { attore: &attore, ruoli: &ruoli };
                let mut conteggi = Vec::new();
                // What was refused belongs to no office.
                for gruppo in Gruppo::TUTTI.into_iter().filter(|g| *g != Gruppo::Rifiutate) {
                    let quante = scrivania::quante(conn, &vista, &addetto, (gruppo, ora))?;
                    conteggi.push(ConteggioJson { gruppo: gruppo.as_str(), quante });
                }
                let pratiche = scrivania::elenco(conn, (&vista, &addetto), (gruppo, ora), dopo.as_ref(), PAGINA)?;
                let piena = i64::try_from(pratiche.len()).is_ok_and(|n| n == PAGINA);
                let cursore = pratiche.last().filter(|_| piena).map(|p| Cursore::from(p).to_string());
                let risultati = righe(conn, &vista, &pratiche)?;
                Ok::<_, Problema>(ScrivaniaJson { conteggi, risultati, cursore })
            })
        })
        .await?;
    Ok(HttpResponse::Ok().json(json))
}

fn righe(conn: &mut Conn, vista: &Vista, pratiche: &[Pratica]) -> Result<Vec<PraticaJson>, Problema> {
    let ids: Vec<RegistrazioneId> = pratiche.iter().map(|p| p.registrazione).collect();
    let registrazioni = registro::per_ids(conn, vista, &ids)?;
    let testuali: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let storie = scrivania::di(conn, &testuali)?;
    let riga = |p: &Pratica| {
        let r: &Registrazione = registrazioni.iter().find(|r| r.id == p.registrazione)?;
        let a = storie.get(&p.registrazione.to_string())?.iter().find(|a| a.id == p.assegnazione)?;
        Some(PraticaJson {
            registrazione: r.id,
            anno: r.anno,
            numero: r.numero,
            flusso: r.flusso.as_str(),
            oggetto: r.oggetto.to_string(),
            riservato: r.riservato,
            assegnazione: a.into(),
            dal: p.dal,
            scade: p.scade,
        })
    };
    Ok(pratiche.iter().filter_map(riga).collect())
}
