//! `/regole`: the rules over mail. The RSP writes them, looks at what they would have done, switches them; who reads the register reads them.

mod frasi;
mod modulo;
mod una;

pub(super) use frasi::proposta;
pub(super) use modulo::{crea, nuova};
pub(super) use una::{anteprima, cambia, mostra as una, stato};

use super::Errata;
use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use crate::pec::regole::{self, GENERI, Genere, Regola};
use crate::pec::{self, Casella};
use crate::utenti::politica::{Azione, Permesso};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

struct Riga {
    id: String,
    ordine: i32,
    nome: String,
    versione: i32,
    quando: Vec<String>,
    cosa: &'static str,
    come: Vec<String>,
    accesa: Option<String>,
}

struct Interruttore {
    genere: &'static str,
    nome: &'static str,
    acceso: bool,
}

#[derive(Template)]
#[template(path = "regole.html")]
struct Pagina {
    guscio: Guscio,
    agisce: bool,
    righe: Vec<Riga>,
    interruttori: Vec<Interruttore>,
}

/// The sentences of a rule.
fn riga(r: &Regola, caselle: &[Casella]) -> Riga {
    Riga {
        id: r.id.to_string(),
        ordine: r.contenuto.ordine,
        nome: r.contenuto.nome.to_string(),
        versione: r.versione,
        quando: frasi::quando(&r.contenuto, caselle),
        cosa: frasi::cosa(&r.contenuto),
        come: frasi::come(&r.contenuto),
        accesa: r.accesa.map(|i| i.leggibile()),
    }
}

pub(super) async fn elenco(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    let aoo = chi.aoo.id;
    let letti = stato.blocca(move |stato| {
        stato.db.leggi(|conn| {
            Ok::<_, Problema>((regole::regole(conn, aoo)?, regole::automatici(conn, aoo)?, pec::caselle(conn)?))
        })
    });
    let (trovate, accesi, caselle) = letti.await?;
    let interruttore = |g: Genere| Interruttore { genere: g.as_str(), nome: g.nome(), acceso: accesi.contains(&g) };
    let pagina = Pagina {
        guscio: Guscio::new(&chi, "/registro"),
        agisce: chi.permesso(Azione::Registro) >= Permesso::Agisce,
        righe: trovate.iter().map(|r| riga(r, &caselle)).collect(),
        interruttori: GENERI.into_iter().map(interruttore).collect(),
    };
    Ok(rendi(StatusCode::OK, &pagina)?)
}

/// The switch of a kind.
#[derive(Deserialize)]
pub(super) struct Generi {
    modulo: String,
    #[serde(default)]
    genere: String,
    accendi: Option<String>,
}

/// `POST /regole/generi`: the RSP says whether messages of a kind may be registered without a person.
pub(super) async fn generi(stato: web::Data<Stato>, chi: Chi, form: web::Form<Generi>) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let genere: Genere =
        form.genere.parse().map_err(|e: crate::valori::Rifiuto| Problema::campo("/genere", e.to_string()))?;
    let (aoo, attore, acceso) = (chi.aoo.id, chi.attore(), form.accendi.is_some());
    stato
        .blocca(move |stato| Ok(stato.db.scrivi(aoo, &attore, |op| regole::cambia_automatico(op, genere, acceso))?))
        .await?;
    Ok(vai("/regole".to_owned()))
}

fn vai(dove: String) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, dove)).finish()
}
