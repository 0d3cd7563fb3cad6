//! A workaround for wrapped base64.

use std::borrow::Cow;

/// Shortest base64 text worth looking at: what is wrapped in lines is longer.
const MINIMO_BASE64: usize = 64;
/// Shortest line of wrapped base64: shorter ones could be words.
const MINIMA_RIGA: usize = 16;
/// How writers that keep a carriage return end a line.
const RITORNI: [&[u8]; 2] = [b"&#13;", b"&#xD;"];

/// `xsd-schema` 0.3 refuses `xs:base64Binary` with blanks inside, which the norm allows and every wrapped certificate
/// has. In a copy for the engine, the line breaks of such a text are moved behind it: length and lines stay.
///
/// Only text that is nothing but base64 in lines of equal length counts, so that no ordinary text is touched.
pub(super) fn unwrap_base64(xml: &[u8]) -> Cow<'_, [u8]> {
    let mut copia: Option<Vec<u8>> = None;
    let mut inizio = 0;
    for pezzo in xml.split(|b| *b == b'<') {
        let testo = pezzo.iter().position(|b| *b == b'>').and_then(|p| pezzo.get(p + 1..)).unwrap_or_default();
        if let Some(mut intero) = unwrap(testo) {
            let fine = inizio + pezzo.len();
            let a_capo = testo.iter().filter(|b| **b == b'\n').count();
            intero.resize(intero.len() + a_capo, b'\n');
            intero.resize(testo.len(), b' ');
            let copia = copia.get_or_insert_with(|| xml.to_vec());
            if let Some(dove) = copia.get_mut(fine - testo.len()..fine) {
                dove.copy_from_slice(&intero);
            }
        }
        inizio += pezzo.len() + 1;
    }
    copia.map_or(Cow::Borrowed(xml), Cow::Owned)
}

/// The base64 of `testo` in one piece, if it is wrapped base64.
fn unwrap(testo: &[u8]) -> Option<Vec<u8>> {
    if testo.len() < MINIMO_BASE64 || !testo.contains(&b'\n') {
        return None;
    }
    let righe: Vec<&[u8]> = testo.split(|b| *b == b'\n').map(nuda).filter(|r| !r.is_empty()).collect();
    let (ultima, intere) = righe.split_last()?;
    let lunghezza = intere.first().map_or(ultima.len(), |r| r.len());
    let pari = ultima.len() <= lunghezza && intere.iter().all(|r| r.len() == lunghezza);
    let intero = righe.concat();
    let alfabeto = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    (lunghezza >= MINIMA_RIGA && pari && intero.iter().all(alfabeto) && intero.len().is_multiple_of(4))
        .then_some(intero)
}

fn nuda(riga: &[u8]) -> &[u8] {
    let riga = riga.trim_ascii();
    RITORNI.iter().find_map(|r| riga.strip_suffix(*r)).unwrap_or(riga)
}
