//! From bytes to text: the encodings in which a segnatura arrives.

use super::Rilievi;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// Where the XML declaration must be, in bytes from the start.
const MASSIMA_DICHIARAZIONE: usize = 256;

/// The text of an XML document: by its byte order mark, else by its shape, else as declared; never refused.
///
/// Encodings: UTF-8, UTF-16, ISO-8859-1, ISO-8859-15 and windows-1252. ISO-8859-1 is read as windows-1252, of which it is
/// a part but for control characters.
pub(super) fn decodifica<'a>(bytes: &'a [u8], rilievi: &mut Rilievi) -> Cow<'a, str> {
    let (codifica, bytes) = match Encoding::for_bom(bytes) {
        Some((codifica, lunghezza)) => (codifica, bytes.get(lunghezza..).unwrap_or_default()),
        None => (codifica_senza_bom(bytes, rilievi), bytes),
    };
    let (testo, rotto) = codifica.decode_without_bom_handling(bytes);
    if !rotto {
        return testo;
    }
    if codifica != UTF_8 {
        rilievi
            .push(format!("Il testo non rispetta la codifica {}: qualche carattere è andato perso.", codifica.name()));
        return testo;
    }
    rilievi.push("Il testo non è UTF-8 come dichiara: è stato letto come windows-1252.");
    WINDOWS_1252.decode_without_bom_handling(bytes).0
}

fn codifica_senza_bom(bytes: &[u8], rilievi: &mut Rilievi) -> &'static Encoding {
    // XML 1.0, appendix F: the shape of the first characters.
    match bytes {
        [0, b'<', ..] => return UTF_16BE,
        [b'<', 0, ..] => return UTF_16LE,
        _ => {}
    }
    let Some(nome) = dichiarata(bytes) else { return UTF_8 };
    match Encoding::for_label(nome) {
        Some(codifica) if [UTF_8, WINDOWS_1252, encoding_rs::ISO_8859_15].contains(&codifica) => codifica,
        Some(codifica) if [UTF_16BE, UTF_16LE].contains(&codifica) => {
            rilievi.push("Il testo dichiara UTF-16 ma non lo è: è stato letto come UTF-8.");
            UTF_8
        }
        _ => {
            let nome = String::from_utf8_lossy(nome);
            rilievi
                .push(format!("La codifica dichiarata, «{nome}», non è ammessa: il testo è stato letto come UTF-8."));
            UTF_8
        }
    }
}

/// The value of `encoding` in the XML declaration.
fn dichiarata(bytes: &[u8]) -> Option<&[u8]> {
    let testa = bytes.get(..MASSIMA_DICHIARAZIONE.min(bytes.len()))?;
    let inizio = testa.iter().position(|b| !b.is_ascii_whitespace())?;
    let testa = testa.get(inizio..)?.strip_prefix(b"<?xml")?;
    let testa = testa.get(..testa.windows(2).position(|w| w == b"?>")?)?;
    let dopo = testa.windows(8).position(|w| w == b"encoding")?.checked_add(8)?;
    let mut pezzi = testa.get(dopo..)?.split(|b| matches!(b, b'"' | b'\''));
    pezzi.next()?;
    pezzi.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_of_the_wire_gives_the_same_text() {
        let utf16 =
            |ordine: fn(u16) -> [u8; 2], testo: &str| testo.encode_utf16().flat_map(ordine).collect::<Vec<u8>>();
        let check = |bytes: &[u8], atteso: &str, rilievi: usize| {
            let mut trovati = Rilievi::default();
            assert_eq!(decodifica(bytes, &mut trovati), atteso);
            assert_eq!(trovati.into_vec().len(), rilievi, "{atteso}");
        };
        check("<a>città</a>".as_bytes(), "<a>città</a>", 0);
        check("\u{feff}<a>città</a>".as_bytes(), "<a>città</a>", 0);
        check(&utf16(u16::to_le_bytes, "\u{feff}<a>città</a>"), "<a>città</a>", 0);
        check(&utf16(u16::to_be_bytes, "\u{feff}<a>città</a>"), "<a>città</a>", 0);
        check(&utf16(u16::to_be_bytes, "<a>città</a>"), "<a>città</a>", 0);
        check(&utf16(u16::to_le_bytes, "<a>città</a>"), "<a>città</a>", 0);
        check(
            b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe0</a>",
            "<?xml version='1.0' encoding='ISO-8859-1'?><a>à</a>",
            0,
        );
        check(
            b"<?xml version=\"1.0\" encoding=\"windows-1252\"?>\x80",
            "<?xml version=\"1.0\" encoding=\"windows-1252\"?>€",
            0,
        );
        check(b"<a>\xe0</a>", "<a>à</a>", 1);
        check(b"<?xml version='1.0' encoding='UTF-16'?><a/>", "<?xml version='1.0' encoding='UTF-16'?><a/>", 1);
        check(b"<?xml version='1.0' encoding='ebcdic'?><a/>", "<?xml version='1.0' encoding='ebcdic'?><a/>", 1);
        check(&[0xff, 0xfe, 0x00, 0xd8], "\u{fffd}", 1);
    }
}
