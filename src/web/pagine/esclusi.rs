//! `/registro/esclusi`: the kinds that need not be registered. The RSP adds and withdraws them; who reads the register reads them.

use super::Errata;
use super::campi::{Difetto, frase, serve};
use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use crate::registro::{self, GenereEscluso};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::Testo;
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "esclusi.html")]
struct Pagina {
    guscio: Guscio,
    agisce: bool,
    generi: Vec<GenereEscluso>,
    scritto: String,
    errore: Option<String>,
}

pub(super) async fn elenco(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    mostra(&stato, &chi, String::new(), None).await
}

async fn mostra(stato: &Stato, chi: &Chi, scritto: String, errore: Option<String>) -> Result<HttpResponse, Errata> {
    let aoo = chi.aoo.id;
    let generi = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| registro::generi_esclusi(conn, aoo))?)).await?;
    let codice = if errore.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let agisce = chi.permesso(Azione::Registro) >= Permesso::Agisce;
    Ok(rendi(codice, &Pagina { guscio: Guscio::new(chi, "/registro"), agisce, generi, scritto, errore })?)
}

/// The form that adds or withdraws a kind.
#[derive(Deserialize)]
pub(super) struct Cambia {
    modulo: String,
    #[serde(default)]
    genere: String,
    ritira: Option<String>,
}

/// `POST /registro/esclusi`: the RSP decides.
pub(super) async fn cambia(stato: web::Data<Stato>, chi: Chi, form: web::Form<Cambia>) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let form = form.into_inner();
    let mut difetti: Vec<Difetto> = Vec::new();
    let Some(genere) = serve::<Testo>("genere", &form.genere, "Scrivi il genere dei documenti.", &mut difetti) else {
        let errore = difetti.pop().map(|d| d.testo);
        return mostra(&stato, &chi, form.genere, errore).await;
    };
    let (aoo, attore, escluso) = (chi.aoo.id, chi.attore(), form.ritira.is_none());
    let esito = stato.blocca(move |stato| {
        let esito = stato.db.scrivi(aoo, &attore, |op| registro::cambia_genere_escluso(op, &genere, escluso));
        esito.map_err(Problema::from)
    });
    match esito.await {
        Ok(()) => Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/registro/esclusi")).finish()),
        Err(p) if p.status_code() == StatusCode::UNPROCESSABLE_ENTITY => {
            mostra(&stato, &chi, form.genere, Some(frase(&p.to_string()))).await
        }
        Err(problema) => Err(problema.into()),
    }
}
