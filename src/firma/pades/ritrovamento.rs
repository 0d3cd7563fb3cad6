//! Where the signatures of a PDF are: every dictionary of every revision that covers bytes, and every signed field.
//!
//! The bytes are searched, so that a signature that a later revision removed is found; and the form is walked, so that one
//! that was written to escape a search is found too.

use super::super::difetto::Difetto;
use super::campo::campi;
use super::oggetto::{Dizionario, Oggetto};
use super::struttura::{Luogo, Pdf, Revisione, trova};
use super::tabella::Tabella;
use std::collections::{BTreeMap, BTreeSet};

/// Signatures of one file that are judged.
pub const MAX_FIRME: usize = 256;
/// Occurrences of `/ByteRange` that are looked at: embedded PDFs have them too.
const MAX_TRACCE: usize = 10_000;
/// Dictionaries inside the object in which a signature is written.
const MAX_ANNIDATI: usize = 8;

/// A signature dictionary.
#[derive(Debug, Clone, PartialEq)]
pub struct Trovata {
    /// Where its object is written; `None` if that is inside an object stream, where a signature cannot be.
    pub posto: Option<usize>,
    /// What it says.
    pub dizionario: Dizionario,
}

/// Everything that was found.
#[derive(Default)]
pub struct Ritrovamento {
    /// The signatures, in the order in which they are written.
    pub firme: Vec<Trovata>,
    /// Whether there are more than [`MAX_FIRME`].
    pub eccede: bool,
    /// Whether there are signs of a signature that is not among them.
    pub tracce_ignote: bool,
    /// Whether a field says that it is signed, and its signature cannot be read.
    pub illeggibili: bool,
    /// Why the form could not be read.
    pub difetto: Option<Difetto>,
}

/// Looks for all signatures of a file.
///
/// What the structure does not lead to is looked for byte by byte: a file cut or damaged after it was signed must not pass
/// for one that was never signed.
pub fn ritrova(revisione: &Revisione<'_>) -> Ritrovamento {
    let mut ritrovamento = Ritrovamento::default();
    let (mut posti, mut sparse) = (BTreeSet::new(), Vec::new());
    let (pdf, mut fini) = (revisione.pdf, BTreeMap::new());
    for traccia in tracce(pdf.byte) {
        match oggetto_che_contiene(pdf, &revisione.tabella.posti, traccia, &mut fini) {
            Some(posto) => _ = posti.insert(posto),
            None => sparse.push(traccia),
        }
    }
    if !sparse.is_empty() {
        let ovunque = Tabella::ricostruisci(pdf, pdf.byte.len()).unwrap_or_default().posti;
        for traccia in sparse {
            match oggetto_che_contiene(pdf, &ovunque, traccia, &mut fini) {
                Some(posto) => _ = posti.insert(posto),
                None => ritrovamento.tracce_ignote = true,
            }
        }
    }
    let mut firme: Vec<Trovata> = posti.into_iter().flat_map(|posto| scritte_in(pdf, posto)).collect();
    match firmati(revisione, &mut ritrovamento.illeggibili) {
        Ok(firmati) => firme.extend(firmati.into_iter().filter(|firmata| !firme.contains(firmata)).collect::<Vec<_>>()),
        Err(difetto) => {
            // The form may hold empty fields for signatures; the name of a kind of signature means one.
            let nomi: [&[u8]; 2] = [b"/adbe.", b"/ETSI."];
            ritrovamento.tracce_ignote |= nomi.iter().any(|nome| trova(pdf.byte, nome).is_some());
            ritrovamento.difetto = Some(difetto);
        }
    }
    ritrovamento.firme = firme;
    ritrovamento.eccede = ritrovamento.firme.len() > MAX_FIRME;
    ritrovamento.firme.truncate(MAX_FIRME);
    ritrovamento
}

/// Where `/ByteRange` is written.
fn tracce(byte: &[u8]) -> Vec<usize> {
    let (mut tracce, mut da) = (Vec::new(), 0);
    while let Some(salto) = byte.get(da..).and_then(|resto| trova(resto, b"/ByteRange")) {
        tracce.push(da + salto);
        da += salto + 1;
        if tracce.len() >= MAX_TRACCE {
            break;
        }
    }
    tracce
}

/// The object, among those that begin at `posti`, that contains a byte; streams contain their data, which are not looked into.
/// `fini` remembers where objects end: a stream may hold thousands of traces.
fn oggetto_che_contiene(
    pdf: &Pdf<'_>,
    posti: &BTreeSet<usize>,
    byte: usize,
    fini: &mut BTreeMap<usize, Option<usize>>,
) -> Option<usize> {
    let posto = *posti.range(..=byte).next_back()?;
    let fine = *fini.entry(posto).or_insert_with(|| fine_di(pdf, posto));
    fine.is_some_and(|fine| byte < fine).then_some(posto)
}

fn fine_di(pdf: &Pdf<'_>, posto: usize) -> Option<usize> {
    let (_, oggetto, fine) = pdf.indiretto_e_fine(posto).ok()?;
    match oggetto {
        Oggetto::Flusso(dizionario, inizio) => {
            Some(inizio + pdf.grezzi(inizio, dizionario.campo(b"Length").misura()).ok()?.len())
        }
        _ => Some(fine),
    }
}

/// The values of the fields for signatures that have one; `illeggibili` becomes true if one cannot be read.
fn firmati(revisione: &Revisione<'_>, illeggibili: &mut bool) -> Result<Vec<Trovata>, Difetto> {
    let mut firmati = Vec::new();
    for campo in campi(revisione)?.iter().filter(|campo| campo.di_firma()) {
        let Some(dizionario) = campo.oggetto.dizionario() else { continue };
        let scritto = dizionario.campo(b"V");
        let Ok(valore) = revisione.segui(scritto) else {
            *illeggibili = true;
            continue;
        };
        if let Some(valore) = valore.dizionario() {
            let id = scritto.rinvio().or(campo.id);
            let posto = id.and_then(|id| revisione.luogo(id)).and_then(Luogo::posto);
            firmati.push(Trovata { posto, dizionario: valore.clone() });
        }
        if firmati.len() > MAX_FIRME {
            break;
        }
    }
    Ok(firmati)
}

/// The signature dictionaries written in one object: itself, or the value of the field that it is.
fn scritte_in(pdf: &Pdf<'_>, posto: usize) -> Vec<Trovata> {
    let mut trovate = Vec::new();
    if let Ok((_, oggetto)) = pdf.indiretto(posto) {
        raccogli(&oggetto, 0, &mut trovate);
    }
    trovate.into_iter().map(|dizionario| Trovata { posto: Some(posto), dizionario }).collect()
}

/// Recursive, at most [`MAX_ANNIDATI`] deep.
fn raccogli(oggetto: &Oggetto, livello: usize, trovate: &mut Vec<Dizionario>) {
    let Oggetto::Dizionario(dizionario) = oggetto else { return };
    let tipo = dizionario.campo(b"Type").nome();
    if dizionario.ha(b"ByteRange") || matches!(tipo, Some(b"Sig" | b"DocTimeStamp")) {
        trovate.push(dizionario.clone());
    } else if livello < MAX_ANNIDATI {
        dizionario.campi().for_each(|(_, valore)| raccogli(valore, livello + 1, trovate));
    }
}
