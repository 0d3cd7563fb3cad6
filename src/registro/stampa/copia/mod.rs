//! A copy of a PDF with a band of ours above its first page.
//!
//! The page grows by the band, so that nothing of it is covered; what is drawn on it is confined to where it could be seen before. The copy is
//! the bytes of the original with an update after them (ISO 32000-1 clause 7.5.6): nothing is written anew that we would have to understand
//! first. The signatures of the original would not hold over the copy, and their fields are emptied: it does not pass for signed. What cannot
//! be done soundly is refused.

mod firme;
mod pagina;
mod scrittura;

use super::Pagina;
use super::oggetti::{Oggetti, righe, risorse};
use crate::firma::pdf::{Difetto, Dizionario, Id, Pdf, Revisione, albero, ha_firme};
use crate::valori::Impronta;
use pagina::Foglio;
use scrittura::{Campi, oggetto};
use std::io;

/// Largest object number (ISO 32000-1 annex C), with room for ours.
const MAX_OGGETTO: u32 = 8_388_000;
/// Narrowest page, in points: on less the text cannot be read.
const LARGHEZZA_MINIMA: f32 = 140.0;

/// Why a copy cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum RifiutoCopia {
    /// It is something else.
    #[error("la copia con la segnatura si fa dei PDF, e questo file non lo è")]
    NonPdf,
    /// It has a password, or rules of its own.
    #[error("il PDF è cifrato: senza togliere la cifratura non se ne può fare una copia con la segnatura")]
    Cifrato,
    /// It breaks the rules of the format.
    #[error(
        "il PDF non è scritto a norma ({0}): una copia con la segnatura potrebbe non mostrare quello che mostra l'originale"
    )]
    Irregolare(Difetto),
    /// What is seen is not in its pages.
    #[error(
        "il PDF è un modulo XFA, che mostra altro da quello che ha nelle pagine: non se ne può fare una copia con la segnatura"
    )]
    Xfa,
    /// There is no room.
    #[error("la prima pagina del PDF è troppo stretta per la segnatura: servono almeno 5 cm")]
    Stretta,
    /// It is too long to be held in memory.
    #[error("il PDF è troppo grande per farne una copia con la segnatura: al massimo {} MB", .0 / 1_000_000)]
    Grande(usize),
    /// The font: a mistake of ours.
    #[error("la copia non si è potuta scrivere: {0}")]
    Scrittura(#[from] io::Error),
}

impl From<Difetto> for RifiutoCopia {
    fn from(difetto: Difetto) -> Self {
        Self::Irregolare(difetto)
    }
}

/// A copy with a band of this height, in points, above the first page. `disegna` is given the page, how wide the band is and whether the
/// original is signed.
///
/// # Errors
/// As above; the original is never changed.
pub fn copia(
    originale: &[u8],
    altezza: f32,
    disegna: impl FnOnce(&mut Pagina, f32, bool),
) -> Result<Vec<u8>, RifiutoCopia> {
    let dove = originale.len().min(1024);
    if !originale.get(..dove).unwrap_or_default().windows(5).any(|f| f == b"%PDF-") {
        return Err(RifiutoCopia::NonPdf);
    }
    let pdf = Pdf::new(originale);
    let revisione = Revisione::leggi(&pdf, originale.len())?;
    if revisione.tabella.coda.ha(b"Encrypt") {
        return Err(RifiutoCopia::Cifrato);
    }
    let firmato = ha_firme(&revisione);
    let foglio = Foglio::primo(&revisione)?;
    if foglio.larghezza() < LARGHEZZA_MINIMA {
        return Err(RifiutoCopia::Stretta);
    }
    let massimo = revisione.tabella.voci.keys().next_back().copied().unwrap_or(0);
    let dichiarato = revisione.tabella.coda.campo(b"Size").misura().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    let prossimo = dichiarato.max(massimo + 1);
    if prossimo > MAX_OGGETTO {
        return Err(Difetto("i suoi oggetti hanno numeri troppo alti").into());
    }
    let mut byte = originale.to_vec();
    byte.push(b'\n');
    let scritti = u64::try_from(byte.len()).unwrap_or(u64::MAX);
    let mut oggetti = Oggetti::new(byte, scritti, prossimo);
    let fascia = fascia(&mut oggetti, (foglio.larghezza(), altezza), |p, larga| disegna(p, larga, firmato))?;
    foglio.scrivi(&revisione, &mut oggetti, altezza, fascia)?;
    firme::togli(&revisione, &mut oggetti)?;
    indice(&revisione, &mut oggetti)?;
    let copia = oggetti.finisci()?;
    rileggi(&copia, &foglio, altezza)?;
    Ok(copia)
}

/// Draws the band, as a form that the page calls by name.
fn fascia(
    oggetti: &mut Oggetti<Vec<u8>>,
    (larghezza, altezza): (f32, f32),
    disegna: impl FnOnce(&mut Pagina, f32),
) -> io::Result<u32> {
    let [forma, normale, grassetto] = [(); 3].map(|()| oggetti.riserva());
    let mut pagina = Pagina::new(altezza)?;
    pagina.inizia();
    disegna(&mut pagina, larghezza);
    let [n, g] = &pagina.caratteri;
    oggetti.carattere(normale, &n.parti()?)?;
    oggetti.carattere(grassetto, &g.parti()?)?;
    let testa = format!(
        " /Type /XObject /Subtype /Form /BBox [0 0 {larghezza:.3} {altezza:.3}] /Resources << {} >>",
        risorse(normale, grassetto)
    );
    oggetti.flusso(forma, &testa, &pagina.disegno)?;
    Ok(forma)
}

/// Where the new objects are, in the form in which the original says it of its own.
fn indice(revisione: &Revisione<'_>, oggetti: &mut Oggetti<Vec<u8>>) -> Result<(), RifiutoCopia> {
    let coda = &revisione.tabella.coda;
    let prima = revisione.tabella.inizio.ok_or(Difetto("manca l'indice del PDF"))?;
    let a_flusso = coda.dice(b"Type", b"XRef");
    let numero = a_flusso.then(|| oggetti.riserva());
    let mut campi = Campi::new();
    for nome in [&b"Root"[..], b"Info"] {
        if coda.ha(nome) {
            campi.metti(nome, oggetto(coda.campo(nome)));
        }
    }
    campi.metti(b"Prev", prima.to_string().into_bytes());
    campi.metti(b"Size", oggetti.prossimo().to_string().into_bytes());
    campi.metti(b"ID", identita(coda, revisione.pdf.byte));
    let inizio = oggetti.scritti();
    match numero {
        None => {
            let mut testo = String::from("xref\n");
            for tratto in oggetti.posti()?.chunk_by(|a, b| a.0 + 1 == b.0) {
                let primo = tratto.first().map_or(0, |(numero, ..)| *numero);
                testo.push_str(&format!("{primo} {}\n{}", tratto.len(), righe(tratto)));
            }
            oggetti.manda(testo.as_bytes())?;
            oggetti.manda(&[b"trailer\n", campi.dizionario().as_slice(), b"\n"].concat())?;
        }
        Some(numero) => {
            oggetti.segna(numero);
            let (mut tratti, mut dati) = (String::new(), Vec::new());
            for tratto in oggetti.posti()?.chunk_by(|a, b| a.0 + 1 == b.0) {
                let primo = tratto.first().map_or(0, |(numero, ..)| *numero);
                tratti.push_str(&format!("{primo} {} ", tratto.len()));
                for (_, byte, generazione) in tratto {
                    dati.push(1);
                    dati.extend_from_slice(&byte.to_be_bytes());
                    dati.extend_from_slice(&generazione.to_be_bytes());
                }
            }
            campi.metti(b"Type", b"/XRef".to_vec());
            campi.metti(b"W", b"[1 8 4]".to_vec());
            campi.metti(b"Index", format!("[{}]", tratti.trim_end()).into_bytes());
            let testa = format!(" {}", String::from_utf8_lossy(&campi.righe()));
            oggetti.grezzo(numero, &testa, &dati)?;
        }
    }
    oggetti.manda(format!("startxref\n{inizio}\n%%EOF\n").as_bytes())?;
    Ok(())
}

/// The identifier of the original, and one that tells the copy from it.
fn identita(coda: &Dizionario, originale: &[u8]) -> Vec<u8> {
    let sua = Impronta::of(originale).to_string();
    let nuova = format!("<{}>", sua.get(..32).unwrap_or_default());
    let prima = coda.campo(b"ID").elenco().and_then(|ids| ids.first()).map(oggetto);
    [b"[".as_slice(), &prima.unwrap_or_else(|| nuova.clone().into_bytes()), b" ", nuova.as_bytes(), b"]"].concat()
}

/// The copy must be what we meant it to be.
fn rileggi(copia: &[u8], foglio: &Foglio, altezza: f32) -> Result<(), RifiutoCopia> {
    let pdf = Pdf::new(copia);
    let riletta = Foglio::primo(&Revisione::leggi(&pdf, copia.len())?)?;
    if riletta.e_cresciuto(foglio, altezza) {
        return Ok(());
    }
    Err(Difetto("la copia non si rilegge come dovrebbe").into())
}

/// The first page, by its number, and how many there are.
fn prima_pagina(revisione: &Revisione<'_>) -> Result<(Id, crate::firma::pdf::Pagina), Difetto> {
    use crate::firma::pdf::Cardine;
    let albero = albero(revisione)?;
    let id = albero.cardini.iter().find(|(_, c)| **c == Cardine::Pagina(0)).map(|(id, _)| *id);
    let pagina = albero.pagine.into_iter().next().ok_or(Difetto("non ha pagine"))?;
    Ok((id.ok_or(Difetto("la prima pagina non è un oggetto a sé"))?, pagina))
}
