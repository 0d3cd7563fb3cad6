//! `/fascicoli`: those that may be seen, newest first, and how a new one is opened.

mod apertura;
mod uno;

pub(super) use apertura::{apri, nuovo};
pub(super) use uno::{aggiungi, mostra};

use super::Errata;
use super::chi::Chi;
use super::formato;
use super::guscio::{Guscio, rendi};
use crate::registro;
use crate::storage::Conn;
use crate::titolario::{self, Fascicolo, TipoFascicolo};
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::visibilita::Vista;
use crate::valori::Istante;
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Rows of a page.
const PAGINA: usize = 50;

struct Riga {
    id: String,
    codice: String,
    oggetto: String,
    tipo: &'static str,
    documenti: String,
    istante: String,
    momento: String,
}

#[derive(Template)]
#[template(path = "fascicoli.html")]
struct Elenco {
    guscio: Guscio,
    testo: String,
    righe: Vec<Riga>,
    prima: bool,
    cursore: Option<String>,
    agisce: bool,
}

/// What is looked for, and where the page begins.
#[derive(Deserialize)]
pub(super) struct Filtro {
    #[serde(default)]
    q: String,
    prima: Option<String>,
}

/// The name of a kind (LLGG 2020, Allegato 5).
fn nome_tipo(tipo: TipoFascicolo) -> &'static str {
    match tipo {
        TipoFascicolo::Affare => "Affare",
        TipoFascicolo::Attivita => "Attività",
        TipoFascicolo::PersonaFisica => "Persona fisica",
        TipoFascicolo::PersonaGiuridica => "Persona giuridica",
        TipoFascicolo::Procedimento => "Procedimento amministrativo",
    }
}

pub(super) async fn elenco(
    stato: web::Data<Stato>,
    chi: Chi,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Fascicoli, Permesso::Legge)?;
    let Filtro { q: testo, prima } = filtro.into_inner();
    let prima = prima.map(|p| p.parse()).transpose().map_err(|_| Problema::non_trovato())?;
    let (vista, ora, cercato) = (chi.vista(), stato.db.orologio().adesso(), testo.clone());
    let (righe, cursore) = stato
        .blocca(move |stato| {
            stato.db.leggi(|conn| {
                let mut trovati = titolario::cerca(conn, &vista, &cercato, prima, PAGINA + 1)?;
                let altri = trovati.len() > PAGINA;
                trovati.truncate(PAGINA);
                let cursore = trovati.last().filter(|_| altri).map(|f| f.id.to_string());
                let righe = trovati.iter().map(|f| riga(conn, &vista, f, ora)).collect::<Result<Vec<_>, _>>()?;
                Ok::<_, Problema>((righe, cursore))
            })
        })
        .await?;
    let agisce = chi.permesso(Azione::Fascicoli) >= Permesso::Agisce;
    let guscio = Guscio::new(&chi, "/fascicoli");
    Ok(rendi(StatusCode::OK, &Elenco { guscio, testo, righe, prima: prima.is_none(), cursore, agisce })?)
}

fn riga(conn: &mut Conn, vista: &Vista, f: &Fascicolo, ora: Istante) -> Result<Riga, Problema> {
    let quanti = registro::quante_nel_fascicolo(conn, vista, f.id)?;
    Ok(Riga {
        id: f.id.to_string(),
        codice: f.codice.to_string(),
        oggetto: f.oggetto.to_string(),
        tipo: nome_tipo(f.tipo),
        documenti: formato::conta(quanti, "documento", "documenti"),
        istante: f.aperto.roma(),
        momento: formato::momento(f.aperto, ora),
    })
}
