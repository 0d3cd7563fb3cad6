//! `/registro`: the newest registrations, in the order of the register and without gaps: of what is riservato to others there are number, time
//! and flow. The page takes no filter but where it begins, so that it answers no question about them.

use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::{Errata, formato, visioni};
use crate::registro::{self, Registrazione, VoceRegistro};
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::Istante;
use crate::web::{Problema, Stato};
use crate::{scrivania, titolario};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Rows of a page.
const PAGINA: i64 = 50;

/// A row of the register.
pub(super) struct Riga {
    pub(super) id: String,
    pub(super) numero: String,
    pub(super) istante: String,
    pub(super) momento: String,
    pub(super) flusso: &'static str,
    pub(super) icona: &'static str,
    pub(super) parti: String,
    pub(super) oggetto: String,
    pub(super) riservato: bool,
    /// The provvedimento that annulled it.
    pub(super) annullata: Option<String>,
    /// The data of it that were annulled.
    pub(super) rettificata: Option<String>,
    pub(super) voce: String,
    pub(super) ufficio: String,
}

/// What stands in a place of the register.
enum Posto {
    Aperto(Riga),
    /// Only that there is one.
    Riservato(Velata),
}

/// A registration that is riservata to others.
struct Velata {
    numero: String,
    istante: String,
    momento: String,
    flusso: &'static str,
    icona: &'static str,
}

#[derive(Template)]
#[template(path = "registro.html")]
struct Elenco {
    guscio: Guscio,
    visioni: Vec<visioni::Data>,
    posti: Vec<Posto>,
    prima: bool,
    cursore: Option<String>,
}

/// Where the page begins.
#[derive(Deserialize)]
pub(super) struct Filtro {
    prima: Option<String>,
}

pub(super) async fn elenco(
    stato: web::Data<Stato>,
    chi: Chi,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    let prima = filtro.into_inner().prima.map(|p| p.parse()).transpose().map_err(|_| Problema::non_trovato())?;
    let guscio = Guscio::new(&chi, "/registro");
    let ora = stato.db.orologio().adesso();
    let (vista, titolare) = (chi.vista(), chi.sessione.titolare().id);
    let (posti, cursore, visioni) = stato
        .blocca(move |stato| {
            stato.db.leggi(|conn| {
                let (voci, cursore) = registro::pagina_di_registro(conn, &vista, prima, PAGINA)?;
                let cursore = cursore.map(|id| id.to_string());
                let visioni = if prima.is_none() { visioni::date(conn, &vista, titolare, ora)? } else { Vec::new() };
                Ok::<_, Problema>((posti(conn, voci, ora)?, cursore, visioni))
            })
        })
        .await?;
    Ok(rendi(StatusCode::OK, &Elenco { guscio, visioni, posti, prima: prima.is_none(), cursore })?)
}

/// Each entry in its place.
fn posti(conn: &mut Conn, voci: Vec<VoceRegistro>, ora: Istante) -> Result<Vec<Posto>, Problema> {
    let mut aperte = Vec::new();
    // Where one stands that is seen, and what is told of the others.
    let mut velate: Vec<Option<Velata>> = Vec::with_capacity(voci.len());
    for voce in voci {
        match voce {
            VoceRegistro::Aperta(r) => {
                aperte.push(*r);
                velate.push(None);
            }
            VoceRegistro::Riservata { numero, istante, flusso, .. } => {
                let (flusso, icona) = formato::flusso(flusso);
                let (numero, momento) = (numero.to_string(), formato::momento(istante, ora));
                velate.push(Some(Velata { numero, istante: istante.roma(), momento, flusso, icona }));
            }
        }
    }
    let mut righe = righe(conn, aperte, ora)?.into_iter();
    let posto = |v: Option<Velata>| v.map(Posto::Riservato).or_else(|| righe.next().map(Posto::Aperto));
    Ok(velate.into_iter().filter_map(posto).collect())
}

/// `oggetto, arrivo`: the data that were annulled, once each.
fn rettificata(r: &Registrazione) -> Option<String> {
    let campi = registro::Campo::TUTTI.into_iter().filter(|c| r.dati_annullati.iter().any(|d| d.campo == *c));
    let nomi: Vec<&str> = campi.map(registro::Campo::nome).collect();
    (!nomi.is_empty()).then(|| nomi.join(", "))
}

/// The rows of these registrations, with what other modules know of them.
pub(super) fn righe(conn: &mut Conn, registrazioni: Vec<Registrazione>, ora: Istante) -> Result<Vec<Riga>, Problema> {
    let ids: Vec<String> = registrazioni.iter().map(|r| r.id.to_string()).collect();
    let mut classificazioni = titolario::correnti(conn, &ids)?;
    let assegnazioni = scrivania::di(conn, &ids)?;
    let mut righe = Vec::with_capacity(ids.len());
    for (r, id) in registrazioni.into_iter().zip(ids) {
        let competenza = assegnazioni.get(&id).and_then(|storia| scrivania::corrente(storia));
        let (flusso, icona) = formato::flusso(r.flusso);
        let parti: Vec<String> = r.corrispondenti.iter().map(|c| formato::nome(&c.parte)).collect();
        righe.push(Riga {
            numero: r.numero.to_string(),
            istante: r.istante.roma(),
            momento: formato::momento(r.istante, ora),
            flusso,
            icona,
            parti: parti.join("; "),
            oggetto: r.oggetto.to_string(),
            riservato: r.riservato,
            annullata: r.annullamento.as_ref().map(registro::Annullamento::provvedimento),
            rettificata: rettificata(&r),
            voce: classificazioni.remove(&id).map(|c| format!("{} {}", c.voce, c.denominazione)).unwrap_or_default(),
            ufficio: competenza.map(|a| a.denominazione.clone()).unwrap_or_default(),
            id,
        });
    }
    Ok(righe)
}
