//! `/etichette`: many labels at once, on the roll or on what is left of a sheet.

use super::campi::{Difetto, rifiuta};
use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::{Errata, formato};
use crate::registro::SegnaturaLeggibile;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::NumeroProtocollo;
use crate::web::stampe::{Carta, leggi_numeri, segnature};
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// What was typed.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Scelta {
    #[serde(default)]
    numeri: String,
    #[serde(default)]
    anno: String,
}

/// A label that will be printed.
struct Riga {
    codice: String,
    quando: String,
    flusso: &'static str,
    nota: &'static str,
}

impl Riga {
    fn new(s: &SegnaturaLeggibile) -> Self {
        let nota = match (&s.annullata, s.riservata) {
            (Some(_), _) => "Annullata",
            (None, true) => "Riservata",
            (None, false) => "",
        };
        Self { codice: s.codice(), quando: s.istante.leggibile(), flusso: s.flusso(), nota }
    }
}

#[derive(Template)]
#[template(path = "etichette.html")]
struct Pagina {
    guscio: Guscio,
    scelta: Scelta,
    carta: Carta,
    /// What an A4 sheet of the office is.
    foglio: String,
    quante: u32,
    colonne: u32,
    righe: Vec<Riga>,
    /// Numbers that nobody has, or that are not for whoever asks.
    mancano: String,
    errori: Vec<Difetto>,
}

impl Pagina {
    /// What was refused in a field.
    fn errore(&self, campo: &str) -> Option<&str> {
        self.errori.iter().find(|d| d.campo == campo).map(|d| d.testo.as_str())
    }

    /// The query that prints what is shown.
    fn domanda(&self) -> String {
        let mut domanda = url::form_urlencoded::Serializer::new(String::new());
        let Self { scelta, carta, .. } = self;
        let campi =
            [("numeri", &scelta.numeri), ("anno", &scelta.anno), ("su", &carta.su), ("posizione", &carta.posizione)];
        campi.iter().for_each(|(nome, valore)| _ = domanda.append_pair(nome, valore));
        domanda.finish()
    }
}

/// Numbers and year of what was typed.
fn leggi(stato: &Stato, scelta: &Scelta) -> Result<(Vec<NumeroProtocollo>, i32), Problema> {
    let corrente = stato.db.orologio().adesso().anno();
    let anno = match scelta.anno.trim() {
        "" => corrente,
        scritto => scritto.parse().map_err(|_| Problema::campo("/anno", "scrivi l'anno, come 2026"))?,
    };
    Ok((leggi_numeri(&scelta.numeri)?, anno))
}

/// The form; with the labels that would be printed, if some were asked for.
pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chi,
    scelta: web::Query<Scelta>,
    carta: web::Query<Carta>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Ricerca, Permesso::Legge)?;
    let foglio = stato.etichette.foglio;
    let mut pagina = Pagina {
        guscio: Guscio::new(&chi, "/registro"),
        scelta: scelta.into_inner(),
        carta: carta.into_inner(),
        foglio: foglio.to_string(),
        quante: foglio.quante(),
        colonne: foglio.colonne(),
        righe: Vec::new(),
        mancano: String::new(),
        errori: Vec::new(),
    };
    if pagina.scelta.numeri.is_empty() {
        return Ok(rendi(StatusCode::OK, &pagina)?);
    }
    if let Err(e) = pagina.carta.prima(&stato) {
        rifiuta_tutti(&e, &mut pagina.errori);
    }
    match leggi(&stato, &pagina.scelta) {
        Ok((numeri, anno)) => {
            let vista = chi.vista();
            let chiesti = numeri.clone();
            let trovate = stato.blocca(move |stato| segnature(stato, &vista, anno, &chiesti)).await?;
            let trovato = |n: &&NumeroProtocollo| !trovate.iter().any(|s| s.numero == **n);
            pagina.mancano = elenco(numeri.iter().filter(trovato).copied());
            pagina.righe = trovate.iter().map(Riga::new).collect();
        }
        Err(e) => rifiuta_tutti(&e, &mut pagina.errori),
    }
    let stato = if pagina.errori.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(rendi(stato, &pagina)?)
}

fn rifiuta_tutti(problema: &Problema, errori: &mut Vec<Difetto>) {
    problema.difetti().iter().for_each(|d| rifiuta(d.pointer.trim_start_matches('/'), &d.detail, errori));
}

/// The labels.
pub(super) async fn stampa(
    stato: web::Data<Stato>,
    chi: Chi,
    scelta: web::Query<Scelta>,
    carta: web::Query<Carta>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Ricerca, Permesso::Legge)?;
    let fatte = stato.blocca(move |stato| {
        let (numeri, anno) = leggi(stato, &scelta)?;
        let trovate = segnature(stato, &chi.vista(), anno, &numeri)?;
        if trovate.is_empty() {
            return Err(Problema::non_trovato());
        }
        carta.stampa(stato, &trovate)
    });
    formato::pdf(fatte.await?)
}

/// `12-14, 20`: numbers in order, those that follow each other as one range.
fn elenco(numeri: impl Iterator<Item = NumeroProtocollo>) -> String {
    let numeri: Vec<NumeroProtocollo> = numeri.collect();
    let tratti = numeri.chunk_by(|a, b| a.valore() + 1 == b.valore()).filter_map(|tratto| {
        let (primo, ultimo) = (tratto.first()?, tratto.last()?);
        Some(if primo == ultimo { primo.to_string() } else { format!("{primo}-{ultimo}") })
    });
    tratti.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_follow_each_other_are_one_range() {
        let check = |numeri: &[i64], atteso: &str| {
            assert_eq!(elenco(numeri.iter().map(|n| NumeroProtocollo::new(*n).unwrap())), atteso);
        };
        check(&[], "");
        check(&[3], "0000003");
        check(&[1, 2, 3, 7, 9, 10], "0000001-0000003, 0000007, 0000009-0000010");
    }
}
