//! `/registro`: the newest registrations. `/ricerca`: a number leads to its registration.

use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::{Errata, formato};
use crate::registro::{self, Registrazione};
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{Istante, NumeroProtocollo};
use crate::web::{Problema, Stato};
use crate::{scrivania, titolario};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Rows of a page.
const PAGINA: i64 = 50;

/// A row of the register.
pub(super) struct Riga {
    id: String,
    numero: String,
    istante: String,
    momento: String,
    flusso: &'static str,
    icona: &'static str,
    parti: String,
    oggetto: String,
    riservato: bool,
    voce: String,
    ufficio: String,
}

#[derive(Template)]
#[template(path = "registro.html")]
struct Elenco {
    guscio: Guscio,
    righe: Vec<Riga>,
    prima: bool,
    cursore: Option<String>,
}

#[derive(Template)]
#[template(path = "ricerca.html")]
struct Ricerca {
    guscio: Guscio,
    testo: String,
}

/// Where the page begins.
#[derive(Deserialize)]
pub(super) struct Filtro {
    prima: Option<String>,
}

/// What is looked for.
#[derive(Deserialize)]
pub(super) struct Cerca {
    #[serde(default)]
    q: String,
}

pub(super) async fn elenco(
    stato: web::Data<Stato>,
    chi: Chi,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    let prima = filtro.into_inner().prima.map(|p| p.parse()).transpose().map_err(|_| Problema::non_trovato())?;
    let guscio = Guscio::new(&chi, "/registro");
    let ora = stato.db.orologio().adesso();
    let vista = chi.vista();
    let (righe, cursore) = stato
        .blocca(move |stato| {
            stato.db.leggi(|conn| {
                let mut trovate = registro::ultime(conn, &vista, prima, PAGINA + 1)?;
                let altre = i64::try_from(trovate.len()).is_ok_and(|n| n > PAGINA);
                if altre {
                    trovate.pop();
                }
                let cursore = trovate.last().filter(|_| altre).map(|r| r.id.to_string());
                Ok::<_, Problema>((righe(conn, trovate, ora)?, cursore))
            })
        })
        .await?;
    Ok(rendi(StatusCode::OK, &Elenco { guscio, righe, prima: prima.is_none(), cursore })?)
}

fn righe(conn: &mut Conn, registrazioni: Vec<Registrazione>, ora: Istante) -> Result<Vec<Riga>, Problema> {
    let ids: Vec<String> = registrazioni.iter().map(|r| r.id.to_string()).collect();
    let mut classificazioni = titolario::correnti(conn, &ids)?;
    let mut righe = Vec::with_capacity(ids.len());
    for (r, id) in registrazioni.into_iter().zip(ids) {
        let assegnazioni = scrivania::per_registrazione(conn, r.id)?;
        let competenza = assegnazioni.iter().rev().find(|a| a.titolo == scrivania::Titolo::Competenza);
        let (flusso, icona) = formato::flusso(r.flusso);
        let parti: Vec<String> = r.corrispondenti.iter().map(|c| formato::nome(&c.parte)).collect();
        righe.push(Riga {
            numero: r.numero.to_string(),
            istante: r.istante.roma(),
            momento: formato::momento(r.istante, ora),
            flusso,
            icona,
            parti: parti.join("; "),
            oggetto: r.oggetto.to_string(),
            riservato: r.riservato,
            voce: classificazioni.remove(&id).map(|c| format!("{} {}", c.voce, c.denominazione)).unwrap_or_default(),
            ufficio: competenza.map(|a| a.denominazione.clone()).unwrap_or_default(),
            id,
        });
    }
    Ok(righe)
}

/// `12345` and `12345/2025` lead to the registration.
pub(super) async fn vai(stato: web::Data<Stato>, chi: Chi, cerca: web::Query<Cerca>) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Ricerca, Permesso::Legge)?;
    let testo = cerca.into_inner().q;
    let (vista, oggi) = (chi.vista(), stato.db.orologio().adesso().anno());
    let trovata = match numero(&testo, oggi) {
        Some((numero, anno)) => {
            let leggi =
                move |stato: &Stato| Ok(stato.db.leggi(|conn| registro::per_numero(conn, &vista, anno, numero))?);
            stato.blocca(leggi).await?
        }
        None => None,
    };
    match trovata {
        Some(r) => {
            let luogo = format!("/registrazioni/{}", r.id);
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
        }
        None => Ok(rendi(StatusCode::OK, &Ricerca { guscio: Guscio::new(&chi, "/ricerca"), testo })?),
    }
}

/// A number and its year, the current one if it is not written; two digits are of this century.
fn numero(testo: &str, oggi: i32) -> Option<(NumeroProtocollo, i32)> {
    let (numero, anno) = testo.trim().split_once('/').unwrap_or((testo, ""));
    let anno = match (anno.trim(), anno.trim().parse::<i32>()) {
        ("", _) => oggi,
        (_, Ok(anno @ 0..=99)) => anno + 2000,
        (_, Ok(anno)) => anno,
        (_, Err(_)) => return None,
    };
    Some((numero.parse().ok()?, anno))
}
