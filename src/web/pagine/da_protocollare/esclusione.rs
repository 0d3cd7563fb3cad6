//! `Non protocollare`, the list of what was left out, and the way back.

use super::{PAGINA, genere, mostra, posta};
use crate::pec::regole::Scartato;
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
use std::collections::HashMap;

struct Riga {
    id: String,
    mittente: String,
    oggetto: String,
    genere: &'static str,
    motivo: String,
    autore: String,
    istante: String,
    momento: String,
    /// Until when it is kept for sure, if a rule put it here.
    fino_al: Option<String>,
}

#[derive(Template)]
#[template(path = "non-protocollati.html")]
struct Pagina {
    guscio: Guscio,
    righe: Vec<Riga>,
    /// Only those that rules put here.
    cestino: bool,
}

/// `?cestino=1` asks for what rules left out.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Filtro {
    cestino: Option<String>,
}

/// `/non-protocollati`, the newest first.
pub(in crate::web::pagine) async fn elenco(
    stato: web::Data<Stato>,
    chi: Chi,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    let posta = posta(&chi)?;
    let ora = stato.db.orologio().adesso();
    let cestino = filtro.cestino.is_some();
    let letti = stato.blocca(move |stato| {
        stato.db.leggi(|conn| {
            let esclusi = if cestino {
                pec::scartati_da_regole(conn, &posta, PAGINA)?
            } else {
                pec::non_protocollati(conn, &posta, PAGINA)?
            };
            let atti: Vec<&str> = esclusi.iter().filter_map(|m| Some(m.esclusione.as_ref()?.id.as_str())).collect();
            let scartati = pec::regole::scartati(conn, &atti)?;
            Ok::<_, Problema>((esclusi, scartati))
        })
    });
    let (esclusi, scartati) = letti.await?;
    let righe = esclusi.iter().filter_map(|m| riga(m, &scartati, ora)).collect();
    Ok(rendi(StatusCode::OK, &Pagina { guscio: Guscio::new(&chi, "/da-protocollare"), righe, cestino })?)
}

fn riga(m: &Messaggio, scartati: &HashMap<String, Scartato>, ora: Istante) -> Option<Riga> {
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
        fino_al: scartati.get(&e.id).map(|s| formato::data(s.fino_al)),
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
