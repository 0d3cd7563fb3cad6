//! `/dove`: is it here, who has it. Of a document that is not riservato every employee may know number, instant, flow and office;
//! its subject, parties and files stay with who may see it (the sight called *minima*).

use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::{Errata, formato};
use crate::registro;
use crate::scrivania::{self, Assegnazione};
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::visibilita::Vista;
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
    /// What became of it: words, office, since when.
    situazione: Option<(&'static str, String, String)>,
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
            let aperte = Vista::SenzaRiservati(vista.aoo(), Vec::new().into());
            let vede = registro::per_numero(conn, &vista, anno, numero)?;
            let trovata = if vede.is_some() { vede } else { registro::per_numero(conn, &aperte, anno, numero)? };
            let Some(r) = trovata else { return Ok::<_, Problema>(None) };
            let storia = scrivania::per_registrazione(conn, r.id)?;
            Ok(Some(Minima {
                numero: format!("{}/{}", r.numero, r.anno),
                quando: r.istante.leggibile(),
                flusso: formato::flusso(r.flusso).0,
                annullata: r.annullamento.is_some(),
                situazione: scrivania::corrente(&storia).map(situazione),
                pagina: registro::visibile(conn, &vista, r.id)?.then(|| format!("/registrazioni/{}", r.id)),
            }))
        })
    };
    let trovata = stato.blocca(cerca).await?;
    let pagina = Pagina { guscio: Guscio::new(&chi, "/dove"), scritto, errore, trovata };
    Ok(rendi(if errore { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &pagina)?)
}

/// What the office did with it, in words; its state has its own instant.
fn situazione(a: &Assegnazione) -> (&'static str, String, String) {
    let parole = match a.situazione.stato {
        scrivania::Stato::Rifiutata => "La riassegna il protocollo; l'ha rifiutata",
        scrivania::Stato::Conclusa => "L'ha conclusa",
        scrivania::Stato::Propria => "L'ha scritta",
        _ => "Se ne occupa",
    };
    (parole, a.denominazione.clone(), a.situazione.dal.leggibile())
}
