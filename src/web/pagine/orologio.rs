//! `/registro/orologio`: whether the server's clock may date the next registration, and the RSP's word that it may.

use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::{Errata, campi};
use crate::registro::orologio::{self, Andamento, SALTO_MASSIMO};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::Testo;
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "orologio.html")]
struct Pagina {
    guscio: Guscio,
    ora: String,
    /// What is wrong with it, if anything.
    guasto: Option<Guasto>,
    /// This person may confirm it.
    agisce: bool,
    motivo: String,
    difetto: Option<String>,
}

struct Guasto {
    avanti: bool,
    ultima: String,
    giorni: i64,
}

/// The form that confirms the clock.
#[derive(Deserialize)]
pub(super) struct Conferma {
    modulo: String,
    #[serde(default)]
    motivo: String,
}

pub(super) async fn mostra(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    pagina(&stato, &chi, StatusCode::OK, String::new(), None).await
}

/// `POST /registro/orologio`.
pub(super) async fn conferma(
    stato: web::Data<Stato>,
    chi: Chi,
    form: web::Form<Conferma>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let mut difetti = Vec::new();
    let manca = "Scrivi come hai controllato l'ora: resta agli atti.";
    let Some(motivo) = campi::serve::<Testo>("motivo", &form.motivo, manca, &mut difetti) else {
        let difetto = difetti.pop().map(|d| d.testo);
        return pagina(&stato, &chi, StatusCode::UNPROCESSABLE_ENTITY, form.into_inner().motivo, difetto).await;
    };
    let (aoo, attore) = (chi.aoo.clone(), chi.attore());
    stato
        .blocca(move |stato| Ok(stato.db.scrivi(aoo.id, &attore, |op| orologio::conferma(op, &aoo, &motivo))?))
        .await?;
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/registro/orologio")).finish())
}

async fn pagina(
    stato: &web::Data<Stato>,
    chi: &Chi,
    esito: StatusCode,
    motivo: String,
    difetto: Option<String>,
) -> Result<HttpResponse, Errata> {
    let (aoo, ora) = (chi.aoo.clone(), stato.db.orologio().adesso());
    let andamento = stato
        .blocca(move |stato| Ok::<_, Problema>(stato.db.leggi(|conn| orologio::andamento(conn, &aoo, ora))?))
        .await?;
    let giorni = SALTO_MASSIMO.num_days();
    let guasto = match andamento {
        Andamento::Regolare => None,
        Andamento::Indietro(ultima) => Some(Guasto { avanti: false, ultima: ultima.leggibile(), giorni }),
        Andamento::Avanti(ultima) => Some(Guasto { avanti: true, ultima: ultima.leggibile(), giorni }),
    };
    let agisce = chi.permesso(Azione::Registro) >= Permesso::Agisce;
    let guscio = Guscio::new(chi, "/registro/orologio");
    Ok(rendi(esito, &Pagina { guscio, ora: ora.leggibile(), guasto, agisce, motivo, difetto })?)
}
