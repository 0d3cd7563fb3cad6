//! `/spedizioni`: what was sent and has not arrived. What arrived is on the page of its registration.

use super::Errata;
use super::chi::Chi;
use super::formato;
use super::guscio::{Guscio, rendi};
use super::registrazione::{nota_invio, parola_invio};
use crate::pec::{self, Invio, MASSIMI_APERTI, StatoInvio};
use crate::registro::{self, Registrazione};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{Istante, RegistrazioneId};
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use std::collections::HashMap;

/// The groups, in the order in which a person looks at them.
const GRUPPI: [(&str, &str); 3] = [
    ("non-arrivate", "Non arrivate, o senza ricevute da 24 ore"),
    ("in-partenza", "In partenza"),
    ("in-attesa", "In attesa di ricevute"),
];

struct Riga {
    registrazione: String,
    numero: String,
    oggetto: String,
    destinatario: String,
    stato: &'static str,
    icona: &'static str,
    esito: &'static str,
    dal: String,
    nota: Option<String>,
}

struct Gruppo {
    id: &'static str,
    titolo: &'static str,
    righe: Vec<Riga>,
}

#[derive(Template)]
#[template(path = "spedizioni.html")]
struct Pagina {
    guscio: Guscio,
    gruppi: Vec<Gruppo>,
    vuota: bool,
    /// There may be more.
    troppe: bool,
}

pub(super) async fn mostra(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Uscita, Permesso::Legge)?;
    let (vista, ora) = (chi.vista(), stato.db.orologio().adesso());
    let (aperti, registrazioni) = stato
        .blocca(move |stato| {
            stato.db.leggi(|conn| {
                let aperti = pec::aperti(conn, &vista)?;
                let mut ids: Vec<RegistrazioneId> = aperti.iter().map(|i| i.registrazione).collect();
                ids.sort_unstable();
                ids.dedup();
                Ok::<_, Problema>((aperti, registro::per_ids(conn, &vista, &ids)?))
            })
        })
        .await?;
    let troppe = i64::try_from(aperti.len()).unwrap_or(i64::MAX) >= MASSIMI_APERTI;
    let per_id: HashMap<RegistrazioneId, Registrazione> = registrazioni.into_iter().map(|r| (r.id, r)).collect();
    let mut gruppi: Vec<Gruppo> =
        GRUPPI.into_iter().map(|(id, titolo)| Gruppo { id, titolo, righe: Vec::new() }).collect();
    for invio in &aperti {
        let (Some(r), Some(gruppo)) = (per_id.get(&invio.registrazione), gruppi.get_mut(quale(invio, ora))) else {
            continue;
        };
        gruppo.righe.push(riga(invio, r, ora));
    }
    gruppi.retain(|g| !g.righe.is_empty());
    let pagina = Pagina { guscio: Guscio::new(&chi, "/spedizioni"), vuota: gruppi.is_empty(), gruppi, troppe };
    Ok(rendi(StatusCode::OK, &pagina)?)
}

/// The place in [`GRUPPI`].
fn quale(invio: &Invio, ora: Istante) -> usize {
    match invio.stato {
        _ if invio.fallito() || invio.in_ritardo(ora) => 0,
        StatoInvio::InCoda => 1,
        _ => 2,
    }
}

fn riga(invio: &Invio, r: &Registrazione, ora: Istante) -> Riga {
    let (stato, icona, esito) = parola_invio(invio.stato);
    Riga {
        registrazione: r.id.to_string(),
        numero: format!("{}/{}", r.numero, r.anno),
        oggetto: r.oggetto.to_string(),
        destinatario: invio.destinatario.clone(),
        stato,
        icona,
        esito,
        dal: invio.tappe.iter().map(|t| t.istante).max().map(|i| formato::momento(i, ora)).unwrap_or_default(),
        nota: nota_invio(invio, ora),
    }
}
