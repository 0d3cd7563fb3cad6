//! A message as its sender laid it out: HTML of which nothing runs, nothing asks, nothing hides where it leads.
//!
//! Three walls, each enough by itself. [`filtro`] goes through the tokens once and writes HTML of few elements, bounded in number
//! and depth, so that no tree of it can fill the memory; [`pulizia`] (ammonia) builds that tree and lets through known attributes
//! alone; the answer that shows it (`web`) forbids the browser every script and every address. Pictures are those of the message.

mod elementi;
mod filtro;
mod immagini;
mod legame;
mod pulizia;

use super::albero::Parte;
use super::limiti::MASSIMO_HTML_BYTE;
use super::messaggio::{self, Messaggio};
use super::{corpo, lettere};
use immagini::Immagini;
use std::borrow::Cow;

/// The text of a message with its layout.
#[derive(Debug)]
pub struct Aspetto {
    /// HTML for the body of a page that allows no script and loads nothing.
    pub html: String,
    /// What is not shown as the sender meant it, in Italian.
    pub note: Vec<String>,
}

/// The look of a message; none if its sender wrote no HTML.
#[must_use]
pub fn aspetto(eml: &[u8]) -> Option<Aspetto> {
    let esterno = messaggio::leggi(eml);
    // What was wrong with the envelope was said when it arrived.
    let mut gia_detti = Vec::new();
    let certificazione = super::certificazione(&esterno, &mut gia_detti);
    let kind = super::tipo(&esterno, certificazione.as_ref(), &mut gia_detti);
    match super::allegato_interno(&esterno, kind).map(|a| Cow::clone(&a.bytes)) {
        Some(interno) => di(&interno, &messaggio::leggi(&interno)),
        None => di(eml, &esterno),
    }
}

fn di(dati: &[u8], messaggio: &Messaggio<'_>) -> Option<Aspetto> {
    let testi: Vec<&Parte> = messaggio.parti.iter().filter(|p| !p.contenitore && corpo::e_testo(p)).collect();
    if !testi.iter().any(|p| e_html(p)) {
        return None;
    }
    let immagini = Immagini::new(dati, &messaggio.parti);
    let (mut html, mut conto) = (String::new(), filtro::Conto::default());
    let mut tagliato = false;
    for parte in &testi {
        let (bytes, _) = parte.campi.codifica().decodifica(dati.get(parte.corpo.clone()).unwrap_or_default());
        let resto = MASSIMO_HTML_BYTE.saturating_sub(html.len());
        let letti = bytes.get(..resto).unwrap_or(&bytes);
        tagliato |= letti.len() < bytes.len();
        let (testo, _) = lettere::leggi(letti, parte.campi.charset.as_deref());
        if e_html(parte) {
            html.push_str(&filtro::filtra(&testo, &immagini, &mut conto));
        } else if !detto_in_html(&messaggio.parti, parte, &testi) {
            html.push_str("<pre>");
            html.push_str(&ammonia::clean_text(&testo));
            html.push_str("</pre>");
        }
    }
    let mut note = conto.note();
    if tagliato {
        note.push(format!("Il testo supera {} MiB: ne è mostrato l'inizio.", MASSIMO_HTML_BYTE / 1024 / 1024));
    }
    Some(Aspetto { html: pulizia::pulisci(&html), note })
}

fn e_html(parte: &Parte) -> bool {
    parte.campi.tipo == "text/html"
}

/// True for the plain twin of an HTML text.
fn detto_in_html(parti: &[Parte], parte: &Parte, testi: &[&Parte]) -> bool {
    let scelta = messaggio::alternativa(parti, parte);
    scelta.is_some() && testi.iter().any(|t| e_html(t) && messaggio::alternativa(parti, t) == scelta)
}

/// Whether there is HTML at all, for who has read the parts already.
pub(super) fn c_e(messaggio: &Messaggio<'_>) -> bool {
    messaggio.parti.iter().any(|p| !p.contenitore && corpo::e_testo(p) && e_html(p))
}
