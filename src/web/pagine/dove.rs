//! `/dove`: is it here, who has it. Of a document that is not riservato every employee may know number, instant, flow and office;
//! its subject, parties and files stay with who may see it (the sight called *minima*).

use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::{Errata, formato};
use crate::registro;
use crate::scrivania;
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::visibilita::Vista;
use crate::valori::Istante;
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Which one.
#[derive(Deserialize)]
pub(super) struct Chiesto {
    #[serde(default)]
    numero: String,
}

/// What everybody may know of it.
struct Minima {
    numero: String,
    quando: String,
    flusso: &'static str,
    annullata: bool,
    /// The office that deals with it, and since when.
    ufficio: Option<(String, String)>,
    /// Its page, for who may see more.
    pagina: Option<String>,
}

#[derive(Template)]
#[template(path = "dove.html")]
struct Pagina {
    guscio: Guscio,
    scritto: String,
    /// What was typed is no number.
    errore: bool,
    trovata: Option<Minima>,
}

pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chi,
    chiesto: web::Query<Chiesto>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Ricerca, Permesso::Legge)?;
    let scritto = chiesto.into_inner().numero.trim().to_owned();
    let letto = formato::leggi_numero(&scritto, stato.db.orologio().adesso().anno());
    let (errore, vista) = (letto.is_none() && !scritto.is_empty(), chi.vista());
    let cerca = move |stato: &Stato| {
        let Some((numero, anno)) = letto else { return Ok(None) };
        stato.db.leggi(|conn| {
            let aperte = Vista::SenzaRiservati(vista.aoo(), Vec::new());
            let Some(r) = registro::per_numero(conn, &aperte, anno, numero)? else { return Ok::<_, Problema>(None) };
            let storia = scrivania::per_registrazione(conn, r.id)?;
            let dal = |istante: Istante| istante.leggibile();
            Ok(Some(Minima {
                numero: format!("{}/{}", r.numero, r.anno),
                quando: r.istante.leggibile(),
                flusso: formato::flusso(r.flusso).0,
                annullata: r.annullamento.is_some(),
                ufficio: scrivania::corrente(&storia).map(|a| (a.denominazione.clone(), dal(a.istante))),
                pagina: registro::visibile(conn, &vista, r.id)?.then(|| format!("/registrazioni/{}", r.id)),
            }))
        })
    };
    let trovata = stato.blocca(cerca).await?;
    let pagina = Pagina { guscio: Guscio::new(&chi, "/dove"), scritto, errore, trovata };
    Ok(rendi(if errore { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &pagina)?)
}
