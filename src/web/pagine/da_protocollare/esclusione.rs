//! `Non protocollare`, the list of what was left out, and the way back.

use super::{PAGINA, genere, mostra, posta};
use crate::pec::{self, Messaggio, MotivoEsclusione};
use crate::valori::{Istante, MessaggioId, Rifiuto, Testo};
use crate::web::pagine::campi::frase;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::guscio::{Guscio, rendi};
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;

struct Riga {
    id: String,
    mittente: String,
    oggetto: String,
    genere: &'static str,
    motivo: String,
    autore: String,
    istante: String,
    momento: String,
}

#[derive(Template)]
#[template(path = "non-protocollati.html")]
struct Pagina {
    guscio: Guscio,
    righe: Vec<Riga>,
}

/// `/non-protocollati`, the newest first.
pub(in crate::web::pagine) async fn elenco(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    let posta = posta(&chi)?;
    let ora = stato.db.orologio().adesso();
    let esclusi =
        stato.blocca(move |stato| Ok(stato.db.leggi(|conn| pec::non_protocollati(conn, &posta, PAGINA))?)).await?;
    let righe = esclusi.iter().filter_map(|m| riga(m, ora)).collect();
    Ok(rendi(StatusCode::OK, &Pagina { guscio: Guscio::new(&chi, "/da-protocollare"), righe })?)
}

fn riga(m: &Messaggio, ora: Istante) -> Option<Riga> {
    let e = m.esclusione.as_ref()?;
    let proposta = pec::proponi(m);
    Some(Riga {
        id: m.id.to_string(),
        mittente: formato::nome(&proposta.mittente.parte),
        oggetto: proposta.oggetto.to_string(),
        genere: genere(&m.genere),
        motivo: e.motivo.clone(),
        autore: e.autore.clone(),
        istante: e.istante.roma(),
        momento: formato::momento(e.istante, ora),
    })
}

/// The form that leaves a message out.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Escludi {
    modulo: String,
    #[serde(default)]
    genere: String,
    #[serde(default)]
    motivo: String,
}

/// `POST /da-protocollare/{id}/esclusione`.
pub(in crate::web::pagine) async fn escludi(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Escludi>,
) -> Result<HttpResponse, Errata> {
    let vista = posta(&chi)?;
    chi.modulo(&form.modulo)?;
    let id: MessaggioId = id.parse().map_err(|_| Problema::non_trovato())?;
    let (attore, aoo, letto) = (chi.attore(), chi.aoo.id, motivo(&form));
    let esito = match letto {
        Err(testo) => Err(Problema::campo("/motivo", testo)),
        Ok(motivo) => {
            stato
                .blocca(move |stato| {
                    let esito = stato.db.scrivi(aoo, &attore, |op| pec::escludi(op, &vista, id, &motivo));
                    esito.map_err(Problema::from)
                })
                .await
        }
    };
    match esito {
        Ok(()) => Ok(vai("/da-protocollare")),
        Err(p) if matches!(p.status_code(), StatusCode::UNPROCESSABLE_ENTITY) => {
            let rifiuto = (frase(&p.to_string()), form.motivo.clone());
            mostra(&stato, &chi, id, None, None, Some(rifiuto), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(problema) => Err(problema.into()),
    }
}

/// A reason that was written counts before one that was picked.
fn motivo(form: &Escludi) -> Result<MotivoEsclusione, String> {
    let valore = |testo: &str| testo.parse::<Testo>().map_err(|e: Rifiuto| e.to_string());
    match (form.motivo.trim(), form.genere.trim()) {
        ("", "") => Err("Scegli il genere dall'elenco, o scrivi il motivo.".to_owned()),
        ("", genere) => Ok(MotivoEsclusione::Genere(valore(genere)?)),
        (motivo, _) => Ok(MotivoEsclusione::Scritto(valore(motivo)?)),
    }
}

/// The form that brings a message back.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Ripristina {
    modulo: String,
}

/// `POST /da-protocollare/{id}/ripristino`.
pub(in crate::web::pagine) async fn ripristina(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Ripristina>,
) -> Result<HttpResponse, Errata> {
    let vista = posta(&chi)?;
    chi.modulo(&form.modulo)?;
    let id: MessaggioId = id.parse().map_err(|_| Problema::non_trovato())?;
    let (attore, aoo) = (chi.attore(), chi.aoo.id);
    stato.blocca(move |stato| Ok(stato.db.scrivi(aoo, &attore, |op| pec::ripristina(op, &vista, id))?)).await?;
    Ok(vai(&format!("/da-protocollare/{id}")))
}

fn vai(dove: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, dove)).finish()
}
