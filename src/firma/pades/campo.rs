//! The fields of the form of a PDF (ISO 32000-2 clause 12.7), which is where its signatures stand.

use super::super::difetto::Difetto;
use super::oggetto::{Id, Oggetto};
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
    /// Its dictionary.
    pub oggetto: Rc<Oggetto>,
}

impl Campo {
    /// Whether it is there for a signature.
    pub fn di_firma(&self) -> bool {
        *self.tipo == b"Sig"
    }
}

/// All fields of a revision.
pub fn campi(revisione: &Revisione<'_>) -> Result<Vec<Campo>, Difetto> {
    let radice = revisione.radice()?;
    let Some(radice) = radice.dizionario() else { return Ok(Vec::new()) };
    let modulo = revisione.campo(radice, b"AcroForm")?;
    let Some(modulo) = modulo.dizionario() else { return Ok(Vec::new()) };
    let primi = revisione.campo(modulo, b"Fields")?;
    let senza_nome = (Rc::new(Vec::new()), Rc::new(Vec::new()));
    let primi = primi.elenco().unwrap_or_default().iter();
    let mut attesi: Vec<_> = primi.map(|campo| (campo.clone(), senza_nome.clone())).collect();
    let (mut campi, mut visti) = (Vec::new(), BTreeSet::new());
    while let Some((scritto, (mut nome, mut tipo))) = attesi.pop() {
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
        let figli = revisione.campo(dizionario, b"Kids")?;
        let figli = figli.elenco().unwrap_or_default().iter();
        attesi.extend(figli.map(|figlio| (figlio.clone(), (Rc::clone(&nome), Rc::clone(&tipo)))));
        campi.push(Campo { id, nome, tipo, oggetto: Rc::clone(&oggetto) });
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
