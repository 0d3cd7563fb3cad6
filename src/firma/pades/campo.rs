//! The fields of the form of a PDF (ISO 32000-2 clause 12.7), which is where its signatures stand.

use super::super::difetto::Difetto;
use super::oggetto::{Dizionario, Id, Oggetto};
use super::struttura::Revisione;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Fields and widgets of one form.
const MAX_CAMPI: usize = 100_000;
/// The longest full name of a field.
const MAX_NOME_BYTE: usize = 512;

/// A field, or the widget of one.
pub struct Campo {
    /// The object that it is, if it is one by itself.
    pub id: Option<Id>,
    /// Its full name: those of the fields above it, joined by dots.
    pub nome: Rc<Vec<u8>>,
    /// `Sig`, `Tx`, `Btn`, `Ch`: its own or that of a field above.
    pub tipo: Rc<Vec<u8>>,
    /// `/V`, as it is written: its own or that of a field above.
    pub valore: Rc<Oggetto>,
    /// Its dictionary.
    pub oggetto: Rc<Oggetto>,
}

impl Campo {
    /// Whether it is there for a signature.
    pub fn di_firma(&self) -> bool {
        *self.tipo == b"Sig"
    }
}

/// Whether a widget shows something: it has an area, and an appearance in which something is drawn.
pub fn mostra(revisione: &Revisione<'_>, widget: &Dizionario) -> Result<bool, Difetto> {
    let area = match &*revisione.campo(widget, b"Rect")? {
        Oggetto::Nullo => false,
        Oggetto::Elenco(lati) => !matches!(lati.as_slice(), [x, y, z, t] if x == z || y == t),
        _ => true,
    };
    let aspetto = revisione.campo(widget, b"AP")?;
    let Some(aspetto) = aspetto.dizionario().filter(|_| area) else { return Ok(false) };
    for (_, stato) in aspetto.campi() {
        match &*revisione.segui(stato)? {
            Oggetto::Nullo => {}
            Oggetto::Flusso(dizionario, inizio) => {
                if !revisione.grezzi(dizionario, *inizio)?.trim_ascii().is_empty() {
                    return Ok(true);
                }
            }
            // Appearances by state, or what a reader may take for some.
            _ => return Ok(true),
        }
    }
    Ok(false)
}

/// All fields of a revision.
pub fn campi(revisione: &Revisione<'_>) -> Result<Vec<Campo>, Difetto> {
    let radice = revisione.radice()?;
    let Some(radice) = radice.dizionario() else { return Ok(Vec::new()) };
    let modulo = revisione.campo(radice, b"AcroForm")?;
    let Some(modulo) = modulo.dizionario() else { return Ok(Vec::new()) };
    let primi = revisione.campo(modulo, b"Fields")?;
    let senza_nome = (Rc::new(Vec::new()), Rc::new(Vec::new()), Rc::new(Oggetto::Nullo));
    let primi = primi.elenco().unwrap_or_default().iter();
    let mut attesi: Vec<_> = primi.map(|campo| (campo.clone(), senza_nome.clone())).collect();
    let (mut campi, mut visti) = (Vec::new(), BTreeSet::new());
    while let Some((scritto, (mut nome, mut tipo, mut valore))) = attesi.pop() {
        let id = scritto.rinvio();
        if id.is_some_and(|id| !visti.insert(id)) {
            continue;
        }
        if campi.len() + attesi.len() >= MAX_CAMPI {
            return Err(Difetto("il modulo del PDF ha troppi campi"));
        }
        let oggetto = revisione.segui(&scritto)?;
        let Some(dizionario) = oggetto.dizionario() else { continue };
        if let Oggetto::Stringa(parte, _) = &*revisione.campo(dizionario, b"T")? {
            let punto: &[u8] = if nome.is_empty() { b"" } else { b"." };
            let mut intero = [&nome, punto, parte].concat();
            intero.truncate(MAX_NOME_BYTE);
            nome = Rc::new(intero);
        }
        if let Some(proprio) = revisione.campo(dizionario, b"FT")?.nome() {
            tipo = Rc::new(proprio.to_vec());
        }
        if dizionario.ha(b"V") {
            valore = Rc::new(dizionario.campo(b"V").clone());
        }
        let figli = revisione.campo(dizionario, b"Kids")?;
        let figli = figli.elenco().unwrap_or_default().iter();
        let ereditati = || (Rc::clone(&nome), Rc::clone(&tipo), Rc::clone(&valore));
        attesi.extend(figli.map(|figlio| (figlio.clone(), ereditati())));
        campi.push(Campo { id, nome, tipo, valore, oggetto: Rc::clone(&oggetto) });
    }
    Ok(campi)
}

/// The text of a PDF string: UTF-16 or UTF-8 with their mark, or Latin letters; control characters become spaces.
pub fn testo(byte: &[u8]) -> String {
    let testo = match byte {
        [0xfe, 0xff, resto @ ..] => {
            let unita = resto.chunks_exact(2).map(|due| due.iter().fold(0_u16, |n, b| n << 8 | u16::from(*b)));
            char::decode_utf16(unita).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        [0xef, 0xbb, 0xbf, resto @ ..] => String::from_utf8_lossy(resto).into_owned(),
        byte => byte.iter().map(|b| char::from(*b)).collect::<String>(),
    };
    testo.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
