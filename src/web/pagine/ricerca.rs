//! `/ricerca`: a number or a line of segnatura (typed, or read from a label) leads to its registration, words to those that say them.

use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::registro::{Riga, righe};
use super::{Errata, formato};
use crate::registro;
use crate::ricerca::{self, Domanda};
use crate::segnatura::Identificatore;
use crate::utenti::politica::{Azione, Permesso};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::Datelike;
use serde::Deserialize;

/// What is looked for.
#[derive(Deserialize)]
pub(super) struct Cerca {
    #[serde(default)]
    q: String,
    cursore: Option<String>,
}

/// A row and the passage of a file where the words stand.
struct Risultato {
    riga: Riga,
    estratto: Option<String>,
}

/// What was found.
#[derive(Default)]
struct Trovate {
    totale: String,
    risultati: Vec<Risultato>,
    cursore: Option<String>,
    aggiornato: bool,
    testi_mancanti: usize,
}

#[derive(Template)]
#[template(path = "ricerca.html")]
struct Pagina {
    guscio: Guscio,
    testo: String,
    /// A number, that somebody else may have.
    e_numero: bool,
    trovate: Trovate,
}

pub(super) async fn cerca(stato: web::Data<Stato>, chi: Chi, cerca: web::Query<Cerca>) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Ricerca, Permesso::Legge)?;
    let Cerca { q: testo, cursore } = cerca.into_inner();
    let (vista, ora, domanda) = (chi.vista(), stato.db.orologio().adesso(), testo.clone());
    let esito = stato
        .blocca(move |stato| {
            if let Some((numero, anno)) = formato::leggi_numero(&domanda, ora.anno()) {
                let trovata = stato.db.leggi(|conn| registro::per_numero(conn, &vista, anno, numero))?;
                return Ok(trovata.map(|r| r.id).ok_or_else(Trovate::default));
            }
            if let Ok(linea) = domanda.trim().parse::<Identificatore>() {
                let anno = linea.data.year();
                let trovata = stato.db.leggi(|conn| registro::per_numero(conn, &vista, anno, linea.numero))?;
                return Ok(trovata.filter(|r| r.segnatura == linea).map(|r| r.id).ok_or_else(Trovate::default));
            }
            if domanda.trim().is_empty() {
                return Ok(Err(Trovate::default()));
            }
            let domanda = Domanda::leggi(&domanda, ora.giorno())?;
            let trovate = ricerca::cerca(&stato.indice, &stato.db, &vista, &domanda, cursore.as_deref())?;
            let estratti: Vec<_> =
                trovate.risultati.iter().map(|t| t.estratto.as_ref().map(|e| e.testo.clone())).collect();
            let registrazioni = trovate.risultati.into_iter().map(|t| t.registrazione).collect();
            let righe = stato.db.leggi(|conn| righe(conn, registrazioni, ora))?;
            Ok::<_, Problema>(Err(Trovate {
                totale: formato::quante(trovate.totale),
                risultati: righe
                    .into_iter()
                    .zip(estratti)
                    .map(|(riga, estratto)| Risultato { riga, estratto })
                    .collect(),
                cursore: trovate.cursore,
                aggiornato: trovate.aggiornato,
                testi_mancanti: trovate.testi_mancanti,
            }))
        })
        .await?;
    match esito {
        Ok(id) => {
            let luogo = format!("/registrazioni/{id}");
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
        }
        Err(trovate) => {
            let e_numero = formato::leggi_numero(&testo, ora.anno()).is_some();
            Ok(rendi(StatusCode::OK, &Pagina { guscio: Guscio::new(&chi, "/ricerca"), testo, e_numero, trovate })?)
        }
    }
}
