//! From the bytes of a part to what was sent: transfer encodings (RFC 2045).
//!
//! Lenient: what is wrong is passed over, and the caller is told.

use std::borrow::Cow;

/// `Content-Transfer-Encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codifica {
    /// 7bit, 8bit, binary, or nothing said.
    Identita,
    /// base64.
    Base64,
    /// quoted-printable.
    QuotedPrintable,
    /// A name that no standard knows: the bytes are taken as they are.
    Ignota,
}

impl Codifica {
    /// By its name in the header.
    pub fn da_nome(nome: &str) -> Self {
        match nome.split(';').next().unwrap_or("").trim().to_ascii_lowercase().as_str() {
            "" | "7bit" | "8bit" | "binary" => Self::Identita,
            "base64" => Self::Base64,
            "quoted-printable" => Self::QuotedPrintable,
            _ => Self::Ignota,
        }
    }

    /// The decoded bytes, and whether they were written as the standard wants.
    pub fn decodifica(self, grezzi: &[u8]) -> (Cow<'_, [u8]>, bool) {
        match self {
            Self::Identita => (Cow::Borrowed(grezzi), true),
            Self::Ignota => (Cow::Borrowed(grezzi), false),
            Self::Base64 => owned(base64(grezzi)),
            Self::QuotedPrintable => owned(quoted_printable(grezzi)),
        }
    }
}

fn owned((dati, buono): (Vec<u8>, bool)) -> (Cow<'static, [u8]>, bool) {
    (Cow::Owned(dati), buono)
}

/// What stands for no digit of base64.
const NESSUNA: u8 = u8::MAX;

/// Skips what is not of the alphabet; stops at the padding; whole bytes only.
fn base64(grezzi: &[u8]) -> (Vec<u8>, bool) {
    let mut dati = Vec::with_capacity(grezzi.len() / 4 * 3 + 3);
    let (mut gruppo, mut cifre, mut buono) = (0_u32, 0_u8, true);
    let (mut resto, valori) = (grezzi, cifre_base64());
    let cifra_base64 = |byte: u8| valori.get(usize::from(byte)).copied().unwrap_or(NESSUNA);
    loop {
        // Nearly all of it is lines of whole groups.
        while cifre == 0
            && let [a, b, c, d, oltre @ ..] = resto
            && let quattro = [a, b, c, d].map(|byte| cifra_base64(*byte))
            && quattro.iter().fold(0, |insieme, cifra| insieme | cifra) != NESSUNA
        {
            let gruppo = quattro.iter().fold(0_u32, |gruppo, cifra| gruppo << 6 | u32::from(*cifra));
            let [_, interi @ ..] = gruppo.to_be_bytes();
            dati.extend_from_slice(&interi);
            resto = oltre;
        }
        let Some((byte, oltre)) = resto.split_first() else { break };
        resto = oltre;
        let cifra = cifra_base64(*byte);
        if cifra == NESSUNA {
            if *byte == b'=' && cifre >= 2 {
                break;
            }
            buono &= byte.is_ascii_whitespace();
            continue;
        }
        gruppo = gruppo << 6 | u32::from(cifra);
        cifre += 1;
        if cifre == 4 {
            dati.extend(gruppo.to_be_bytes().into_iter().skip(1));
            (gruppo, cifre) = (0, 0);
        }
    }
    let byte_interi = usize::from(cifre).saturating_sub(1);
    let coda = gruppo << (6 * (4 - u32::from(cifre)));
    dati.extend(coda.to_be_bytes().into_iter().skip(1).take(byte_interi));
    (dati, buono && cifre != 1)
}

/// The digit that each byte stands for.
fn cifre_base64() -> [u8; 256] {
    let mut valori = [NESSUNA; 256];
    for (byte, cifra) in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".iter().zip(0..) {
        if let Some(valore) = valori.get_mut(usize::from(*byte)) {
            *valore = cifra;
        }
    }
    valori
}

/// An `=` that starts no escape stays as it is.
fn quoted_printable(grezzi: &[u8]) -> (Vec<u8>, bool) {
    let mut dati = Vec::with_capacity(grezzi.len());
    let (mut resto, mut buono) = (grezzi, true);
    while let Some((byte, dopo)) = resto.split_first() {
        resto = dopo;
        if *byte != b'=' {
            dati.push(*byte);
            continue;
        }
        if let [alta, bassa, oltre @ ..] = dopo
            && let (Some(alta), Some(bassa)) = (cifra_esadecimale(*alta), cifra_esadecimale(*bassa))
        {
            dati.push(alta << 4 | bassa);
            resto = oltre;
        } else if let Some(oltre) = dopo_a_capo(dopo) {
            resto = oltre;
        } else {
            dati.push(b'=');
            buono = false;
        }
    }
    (dati, buono)
}

fn cifra_esadecimale(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|c| u8::try_from(c).ok())
}

/// Behind a soft line break: blanks, then the end of the line or of the text.
fn dopo_a_capo(resto: &[u8]) -> Option<&[u8]> {
    let bianchi = resto.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    match resto.get(bianchi..)? {
        [] => Some(&[]),
        [b'\r', b'\n', oltre @ ..] | [b'\n', oltre @ ..] => Some(oltre),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_through_dirt_and_to_where_it_is_cut() {
        for (grezzi, dati, buono) in [
            ("TWFu", "Man", true),
            ("TW Fu\r\nTWE=\r\n", "ManMa", true),
            ("TQ==spazzatura", "M", true),
            ("T!WFu", "Man", false),
            ("TWFuTWE", "ManMa", true),
            ("TWFuT", "Man", false),
            ("=", "", false),
            ("", "", true),
        ] {
            let atteso = (Cow::Borrowed(dati.as_bytes()), buono);
            assert_eq!(Codifica::Base64.decodifica(grezzi.as_bytes()), atteso, "{grezzi:?}");
        }
    }

    #[test]
    fn quoted_printable_keeps_what_it_cannot_read() {
        for (grezzi, dati, buono) in [
            ("perch=C3=a9", "perché", true),
            ("lunga =\r\nriga=", "lunga riga", true),
            ("sof=  \nfice", "soffice", true),
            ("1=2", "1=2", false),
            ("a=Z9", "a=Z9", false),
        ] {
            let atteso = (Cow::Borrowed(dati.as_bytes()), buono);
            assert_eq!(Codifica::QuotedPrintable.decodifica(grezzi.as_bytes()), atteso, "{grezzi:?}");
        }
    }
}
