//! `/amministrazione/organigramma`: the offices of the AOO with who is there, now or on a day of the past.

use super::Errata;
use super::chi::Chi;
use super::formato;
use super::guscio::{Guscio, nome_ruolo, rendi};
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::{self, Incaricato, Posto};
use crate::valori::Istante;
use crate::web::Stato;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::TimeDelta;
use serde::Deserialize;

struct PersonaVista {
    nome: String,
    nome_utente: String,
    ruolo: &'static str,
    dal: String,
    escluso: bool,
}

/// An office, and the lists to open or to close before it.
struct PostoVisto {
    apre: bool,
    chiude: usize,
    codice: String,
    nome: String,
    chiuso: Option<String>,
    persone: Vec<PersonaVista>,
}

#[derive(Template)]
#[template(path = "organigramma.html")]
struct Pagina {
    guscio: Guscio,
    /// What was typed.
    il: String,
    errore: Option<String>,
    /// The day it is about, if not now.
    giorno: Option<String>,
    posti: Vec<PostoVisto>,
    /// Lists still open after the last office.
    aperte: usize,
}

/// The day that is asked for.
#[derive(Deserialize)]
pub(super) struct Filtro {
    #[serde(default)]
    il: String,
}

pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chi,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Amministrazione, Permesso::Legge)?;
    let il = filtro.into_inner().il;
    let (aoo, ora) = (chi.aoo.id, stato.db.orologio().adesso());
    let (giorno, errore) = match quando(&il, ora) {
        Ok(giorno) => (giorno, None),
        Err(errore) => (None, Some(errore)),
    };
    let istante = giorno.as_ref().map_or(ora, |(_, istante)| *istante);
    let posti = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| utenti::organigramma(conn, aoo, istante))?)).await?;
    let aperte = posti.last().map_or(0, |p| p.livello);
    let codice = if errore.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let guscio = Guscio::new(&chi, "/amministrazione/organigramma");
    let giorno = giorno.map(|(giorno, _)| giorno);
    Ok(rendi(codice, &Pagina { guscio, il, errore, giorno, posti: disponi(posti), aperte })?)
}

/// The day that was typed, and its last millisecond; none for today and for nothing.
fn quando(il: &str, ora: Istante) -> Result<Option<(String, Istante)>, String> {
    if il.trim().is_empty() {
        return Ok(None);
    }
    let giorno = formato::leggi_data(il, ora.giorno()).map_err(|e| e.to_string())?;
    if giorno > ora.giorno() {
        return Err(format!("Il {} deve ancora venire: scegli un giorno passato.", formato::data(giorno)));
    }
    let fine = Istante::new(Istante::fine(giorno).date_time() - TimeDelta::milliseconds(1));
    Ok((giorno < ora.giorno()).then(|| (formato::data(giorno), fine)))
}

fn disponi(posti: Vec<Posto>) -> Vec<PostoVisto> {
    let mut livello = 0;
    posti
        .into_iter()
        .map(|p| {
            let (apre, chiude) = (p.livello > livello, livello.saturating_sub(p.livello));
            livello = p.livello;
            PostoVisto {
                apre,
                chiude,
                codice: p.ufficio.codice.to_string(),
                nome: p.ufficio.denominazione.to_string(),
                chiuso: p.ufficio.chiuso.map(|il| formato::data(il.giorno())),
                persone: p.persone.into_iter().map(persona).collect(),
            }
        })
        .collect()
}

fn persona(i: Incaricato) -> PersonaVista {
    PersonaVista {
        nome: i.persona.nome_e_cognome(),
        nome_utente: i.persona.nome_utente,
        ruolo: nome_ruolo(i.ruolo),
        dal: formato::data(i.dal.giorno()),
        escluso: i.escluso,
    }
}
