//! Which letters bytes stand for, where what they say of themselves is wrong or missing.
//!
//! What is certain is mended, and said: bytes that are UTF-8 under another name, letters that went twice through UTF-8 (`Ã¨` for `è`)
//! and come back whole. What is not certain stays as it came.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// How a text was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Come {
    /// As it says.
    Detto,
    /// It says ISO-8859-1 or ASCII, and has signs that only Windows-1252 has.
    Windows,
    /// It is UTF-8 and says something else.
    Utf8,
    /// It went through UTF-8 twice.
    Doppio,
    /// It says nothing, and is no UTF-8.
    Supposto,
    /// UTF-8 that is broken here and there.
    Guasto,
    /// It is not what it says, nor UTF-8.
    Falso,
    /// It says a name that nobody knows.
    Ignoto,
}

impl Come {
    /// What a clerk should know of `che`, which is a masculine subject with its article.
    pub fn frase(self, che: &str) -> Option<String> {
        let detto = match self {
            Self::Detto => return None,
            Self::Windows => "dichiara ISO-8859-1 ma ha segni di Windows-1252: è letto come Windows-1252.",
            Self::Utf8 => "è scritto in UTF-8 ma dichiara un altro codice di caratteri: è letto come UTF-8.",
            Self::Doppio => "è arrivato con le lettere accentate guaste («Ã¨» per «è»): sono state ricomposte.",
            Self::Supposto => "non dice in quale codice di caratteri è scritto: è letto come Windows-1252.",
            Self::Guasto => "ha lettere che non si leggono: al loro posto c'è «\u{fffd}».",
            Self::Falso => "non è scritto nel codice di caratteri che dichiara: può contenere segni errati.",
            Self::Ignoto => "dichiara un codice di caratteri sconosciuto: può contenere segni errati.",
        };
        Some(format!("{che} {detto}"))
    }
}

/// The text of a part, by the charset that it declares.
pub fn leggi<'a>(dati: &'a [u8], charset: Option<&str>) -> (Cow<'a, str>, Come) {
    let Some(detto) = charset.map(str::trim).filter(|c| !c.is_empty()) else {
        return in_utf8(dati, Come::Supposto);
    };
    let Some(noto) = Encoding::for_label(detto.as_bytes()) else {
        return (in_utf8(dati, Come::Ignoto).0, Come::Ignoto);
    };
    if noto == UTF_8 {
        return in_utf8(dati, Come::Falso);
    }
    let (testo, usato, rotto) = noto.decode(dati);
    if (rotto || usato.is_single_byte())
        && let Ok(vero) = std::str::from_utf8(dati)
        && europeo(vero)
    {
        return (Cow::Borrowed(vero), Come::Utf8);
    }
    if rotto {
        return (WINDOWS_1252.decode(dati).0, Come::Falso);
    }
    let senza_segni = !detto.to_ascii_lowercase().contains("1252");
    let come = if usato == WINDOWS_1252 && senza_segni && dati.iter().any(|b| (0x80..0xA0).contains(b)) {
        Come::Windows
    } else {
        Come::Detto
    };
    (testo, come)
}

/// UTF-8, twice or once; `altrimenti` if it is not.
fn in_utf8(dati: &[u8], altrimenti: Come) -> (Cow<'_, str>, Come) {
    let (testo, _, rotto) = UTF_8.decode(dati);
    if !rotto {
        return match ricomponi(&testo) {
            Some(vero) => (Cow::Owned(vero), Come::Doppio),
            None => (testo, Come::Detto),
        };
    }
    // A few bad bytes in a text that is UTF-8 elsewhere: as Windows-1252 its good letters would be lost too.
    let contati = |pari: fn(char) -> bool| testo.chars().filter(|c| pari(*c)).count();
    let (buoni, guasti) = (contati(|c| !c.is_ascii() && c != '\u{fffd}'), contati(|c| c == '\u{fffd}'));
    if buoni >= 3 && guasti.saturating_mul(4) <= buoni {
        return (testo, Come::Guasto);
    }
    (WINDOWS_1252.decode(dati).0, altrimenti)
}

/// The text that was taken for Windows-1252 and written in UTF-8 again: only if every letter goes back to a byte, the bytes are
/// UTF-8, and what they say is a text of Europe.
pub fn ricomponi(testo: &str) -> Option<String> {
    if testo.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = testo.chars().map(byte).collect();
    String::from_utf8(bytes?).ok().filter(|vero| europeo(vero))
}

/// The byte that Windows-1252 reads as this letter; the controls that it leaves out stand for themselves.
fn byte(lettera: char) -> Option<u8> {
    let mut scritto = [0; 4];
    let (bytes, _, fuori) = WINDOWS_1252.encode(lettera.encode_utf8(&mut scritto));
    match (&*bytes, fuori) {
        ([uno], false) => Some(*uno),
        _ => u8::try_from(u32::from(lettera)).ok(),
    }
}

/// Letters with accents and the signs of print, at least one, and no other beyond ASCII.
fn europeo(testo: &str) -> bool {
    let segno = |c: char| matches!(c, '\u{a0}'..='\u{17f}' | '\u{2010}'..='\u{2026}' | '\u{2030}' | '\u{2039}' | '\u{203a}' | '€' | '™' | '\u{feff}');
    !testo.is_ascii() && testo.chars().filter(|c| !c.is_ascii()).all(segno)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_certain_is_mended_and_said() {
        for (dati, charset, testo, come) in [
            (&b"citt\xe0"[..], Some("iso-8859-1"), "città", Come::Detto),
            (b"l\x92atto", Some("iso-8859-1"), "l’atto", Come::Windows),
            (b"l\x92atto", Some("windows-1252"), "l’atto", Come::Detto),
            ("città".as_bytes(), Some("iso-8859-1"), "città", Come::Utf8),
            ("perché €".as_bytes(), Some("us-ascii"), "perché €", Come::Utf8),
            ("cittÃ\u{a0} e perchÃ©".as_bytes(), Some("utf-8"), "città e perché", Come::Doppio),
            ("lâ€™atto".as_bytes(), None, "l’atto", Come::Doppio),
            ("città".as_bytes(), None, "città", Come::Detto),
            (b"citt\xe0", None, "città", Come::Supposto),
            (b"citt\xe0", Some("utf-8"), "città", Come::Falso),
            ("città".as_bytes(), Some("x-marziano"), "città", Come::Ignoto),
            (b"\xc3\xa0\xc3\xa8\xc3\xac\xc3\xb2 \xc3", Some("utf-8"), "àèìò \u{fffd}", Come::Guasto),
        ] {
            assert_eq!(leggi(dati, charset), (testo.into(), come), "{testo} {charset:?}");
        }
    }

    #[test]
    fn what_is_not_certain_stays_as_it_came() {
        for testo in ["città", "SÃO PAULO", "cittÃ e perchÃ©", "però è Ã¨", "Привет", "日本", "plain", "Ð¿Ñ€Ð¸"]
        {
            assert_eq!(ricomponi(testo), None, "{testo}");
        }
        // Bytes that are UTF-8 by chance only, and letters of elsewhere.
        assert_eq!(leggi("日本".as_bytes(), Some("iso-8859-1")).1, Come::Windows);
        assert_eq!(leggi(b"\xcf\xf0\xe8", Some("windows-1251")), ("При".into(), Come::Detto));
    }
}
