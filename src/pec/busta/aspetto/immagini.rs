//! The pictures that a message brings for its own text (RFC 2392, `cid:`), as addresses that hold their bytes.

use crate::pec::busta::albero::Parte;
use crate::pec::busta::limiti::{MASSIMA_IMMAGINE_BYTE, MASSIME_IMMAGINI_BYTE};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::HashMap;

/// The parts of a message by their `Content-ID`.
pub struct Immagini<'a> {
    dati: &'a [u8],
    per_id: HashMap<&'a str, &'a Parte>,
}

impl<'a> Immagini<'a> {
    pub fn new(dati: &'a [u8], parti: &'a [Parte]) -> Self {
        let foglie = parti.iter().filter(|p| !p.contenitore);
        let per_id = foglie.filter_map(|p| Some((nudo(p.campi.content_id.as_deref()?), p))).collect();
        Self { dati, per_id }
    }

    /// What stands for the address of a picture: the bytes of a part of the message, or those written in the address itself. `spazio`
    /// is what is left for the pictures of this message.
    pub fn mostra(&self, src: &str, spazio: &mut usize) -> Option<String> {
        let src = src.trim();
        let indirizzo = match src.split_once(':') {
            Some((schema, id)) if schema.eq_ignore_ascii_case("cid") => self.della_parte(id)?,
            Some((schema, dentro)) if schema.eq_ignore_ascii_case("data") => scritta(dentro)?,
            _ => return None,
        };
        *spazio = spazio.checked_sub(indirizzo.len())?;
        Some(indirizzo)
    }

    fn della_parte(&self, id: &str) -> Option<String> {
        let id = percent_decodifica(id);
        let parte = self.per_id.get(nudo(&id))?;
        let grezzi = self.dati.get(parte.corpo.clone()).filter(|g| g.len() <= 2 * MASSIMA_IMMAGINE_BYTE)?;
        let (bytes, _) = parte.campi.codifica().decodifica(grezzi);
        componi(&bytes)
    }
}

/// All the pictures of one message.
pub const SPAZIO: usize = MASSIME_IMMAGINI_BYTE;

/// `image/png;base64,…`: decoded and written again, so that it is what its first bytes say.
fn scritta(dentro: &str) -> Option<String> {
    let (testa, corpo) = dentro.split_once(',').filter(|(_, c)| c.len() <= 2 * MASSIMA_IMMAGINE_BYTE)?;
    let base64 = testa.to_ascii_lowercase().ends_with(";base64");
    let pulito: String = corpo.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = base64.then(|| STANDARD.decode(pulito).ok()).flatten()?;
    componi(&bytes)
}

fn componi(bytes: &[u8]) -> Option<String> {
    let tipo = tipo(bytes).filter(|_| bytes.len() <= MASSIMA_IMMAGINE_BYTE)?;
    Some(format!("data:{tipo};base64,{}", STANDARD.encode(bytes)))
}

/// By its first bytes: what it says of itself is the sender's. No SVG, which is a document that may do things.
fn tipo(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [b'B', b'M', ..] => Some("image/bmp"),
        _ => None,
    }
}

fn nudo(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

fn percent_decodifica(id: &str) -> String {
    let finto = format!("{}={}", "id", id.replace('+', "%2B"));
    url::form_urlencoded::parse(finto.as_bytes()).next().map_or_else(String::new, |(_, v)| v.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_what_its_bytes_are() {
        let gif = "R0lGODlhAQABAAAAACw=";
        for (src, mostrata) in [
            (format!("data:image/gif;base64,{gif}"), true),
            (format!("DATA:text/html;base64,{gif}"), true),
            ("data:image/svg+xml;base64,PHN2Zy8+".to_owned(), false),
            ("data:image/png,abc".to_owned(), false),
            ("https://x.it/a.gif".to_owned(), false),
            ("//x.it/a.gif".to_owned(), false),
            ("cid:ignota".to_owned(), false),
            ("a.gif".to_owned(), false),
        ] {
            let vista = Immagini::new(b"", &[]).mostra(&src, &mut SPAZIO.clone());
            assert_eq!(vista.is_some(), mostrata, "{src}");
            assert!(vista.is_none_or(|v| v.starts_with("data:image/gif;base64,")));
        }
        assert!(Immagini::new(b"", &[]).mostra(&format!("data:image/gif;base64,{gif}"), &mut 3).is_none(), "no room");
    }
}
