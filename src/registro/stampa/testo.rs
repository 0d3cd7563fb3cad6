//! Text that goes on in the next line.

/// Divides a text into lines no wider than `larghezza`, between words where it can and inside a word where it must. `misura` says
/// how wide a character is. A line break of the text is one here too; an empty text has no lines.
pub fn a_capo(testo: &str, larghezza: f32, mut misura: impl FnMut(char) -> f32) -> Vec<String> {
    let mut righe = Vec::new();
    for paragrafo in testo.lines() {
        let (mut riga, mut lunga) = (String::new(), 0.0);
        for parola in paragrafo.split_whitespace() {
            let larga: f32 = parola.chars().map(&mut misura).sum();
            let spazio = if riga.is_empty() { 0.0 } else { misura(' ') };
            if lunga + spazio + larga <= larghezza {
                if !riga.is_empty() {
                    riga.push(' ');
                }
                riga.push_str(parola);
                lunga += spazio + larga;
                continue;
            }
            if !riga.is_empty() {
                righe.push(std::mem::take(&mut riga));
                lunga = 0.0;
            }
            for c in parola.chars() {
                let larga = misura(c);
                if lunga + larga > larghezza && !riga.is_empty() {
                    righe.push(std::mem::take(&mut riga));
                    lunga = 0.0;
                }
                riga.push(c);
                lunga += larga;
            }
        }
        if !riga.is_empty() {
            righe.push(riga);
        }
    }
    righe
}

/// What stands for the rest of a text that was cut.
pub(super) const ELLISSI: char = '…';

/// What may be printed of a text: blanks are one space, and the marks that would turn the order of letters are left out.
pub fn pulito(testo: &str) -> String {
    let mut pulito = String::new();
    let mut spazio = false;
    for c in testo.chars() {
        match c {
            // Marks of direction (Unicode bidirectional algorithm), and those that join or hide nothing that is seen.
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fe00}'..='\u{fe0f}' => {}
            c if c.is_whitespace() || c.is_control() => spazio = !pulito.is_empty(),
            c => {
                if std::mem::take(&mut spazio) {
                    pulito.push(' ');
                }
                pulito.push(c);
            }
        }
    }
    pulito
}

/// The beginning of a text that is no wider than this, with [`ELLISSI`] if there is more of it.
pub(super) fn accorcia(testo: &str, larghezza: f32, misura: &mut dyn FnMut(char) -> f32) -> String {
    let pulito = pulito(testo);
    let coda = misura(ELLISSI);
    // As far as there is room for the ellipsis too.
    let (mut lunga, mut sicuri) = (0.0, 0);
    for (dove, c) in pulito.char_indices() {
        if lunga + coda <= larghezza {
            sicuri = dove;
        }
        lunga += misura(c);
        if lunga > larghezza {
            let inizio = pulito.get(..sicuri).unwrap_or_default().trim_end();
            return format!("{inizio}{ELLISSI}");
        }
    }
    pulito
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_ends_with_an_ellipsis() {
        let check = |testo: &str, atteso: &str| assert_eq!(accorcia(testo, 10.0, &mut |_| 1.0), atteso, "{testo:?}");
        check("", "");
        check("dieci12345", "dieci12345");
        check("dieci123456", "dieci1234…");
        check("sono otto e più", "sono otto…");
        check(" a\n\t b \u{7}", "a b");
        check("Rossi\u{202e}issoR", "RossiissoR");
        check(&"x".repeat(1_000_000), "xxxxxxxxx…");
        check("\u{feff}\u{200b}", "");
    }

    #[test]
    fn lines_break_between_words_and_inside_those_that_are_too_long() {
        let check = |testo: &str, atteso: &[&str]| assert_eq!(a_capo(testo, 10.0, |_| 1.0), atteso, "{testo}");
        check("", &[]);
        check("   ", &[]);
        check("uno due", &["uno due"]);
        check("uno  due\ttre quattro", &["uno due", "tre", "quattro"]);
        check("dieci12345", &["dieci12345"]);
        check("dieci123456 e", &["dieci12345", "6 e"]);
        check("a\nb", &["a", "b"]);
        check("è perché così", &["è perché", "così"]);
    }
}
