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

#[cfg(test)]
mod tests {
    use super::*;

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
