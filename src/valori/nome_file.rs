//! The name of a file as a sender gave it: never a path, never a trick.

use super::{Rifiuto, macro_testo::valore_testuale};
use std::str::FromStr;

/// Longest name in bytes: what common file systems accept.
const MASSIMO_BYTE: usize = 255;

/// A file name without folders, control characters or direction marks. It only labels a file: bytes are stored by their
/// impronta, so no name ever reaches the file system.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NomeFile(String);

impl NomeFile {
    /// The name of something that *arrived*: cleaned instead of refused. What is left empty takes `ripiego`.
    ///
    /// `../../etc/passwd` gives `passwd`, `C:\posta\atto.pdf` gives `atto.pdf`.
    #[must_use]
    pub fn da_arrivo(testo: &str, ripiego: &str) -> Self {
        let ultimo = testo.rsplit(['/', '\\']).next().unwrap_or("");
        let pulito: String = ultimo.chars().filter(|c| permesso(*c)).collect();
        // Dots and blanks alone name nothing, and what is kept must be read back.
        let pulito = pulito.trim().trim_start_matches("..").trim();
        let nome = if pulito.chars().all(|c| c == '.' || c.is_whitespace()) { ripiego } else { pulito };
        Self(accorcia(nome))
    }

    /// The part after the last full stop, lower case, without what wraps it: `atto.PDF` gives `pdf`.
    #[must_use]
    pub fn estensione(&self) -> String {
        self.0.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default()
    }
}

impl FromStr for NomeFile {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let testo = testo.trim();
        let regola = "serve un nome semplice, senza cartelle e senza caratteri di controllo, al massimo 255 byte";
        let cattivo = testo.is_empty() || testo.len() > MASSIMO_BYTE || matches!(testo, "." | "..");
        if cattivo || !testo.chars().all(permesso) || testo.contains(['/', '\\']) {
            return Err(Rifiuto::new("nome di file", regola));
        }
        Ok(Self(testo.to_owned()))
    }
}
valore_testuale!(NomeFile);

fn permesso(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Cuts in the middle of a too long name, so that its extensions stay.
fn accorcia(nome: &str) -> String {
    if nome.len() <= MASSIMO_BYTE {
        return nome.to_owned();
    }
    let coda: String = nome.chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
    let mut testa = String::new();
    for c in nome.chars() {
        if testa.len() + c.len_utf8() + coda.len() + 3 > MASSIMO_BYTE {
            break;
        }
        testa.push(c);
    }
    format!("{testa}…{coda}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_arrives_is_never_a_path() {
        let lungo = format!("{}.pdf.p7m", "à".repeat(300));
        for (testo, atteso) in [
            ("atto.pdf", "atto.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\posta\\atto.pdf", "atto.pdf"),
            ("..", "allegato"),
            (".. ..", "allegato"),
            (".. .", "allegato"),
            (".. a.txt", "a.txt"),
            (".htaccess", ".htaccess"),
            ("", "allegato"),
            ("a\u{0}\r\nb.txt", "ab.txt"),
            ("fattura\u{202e}fdp.exe", "fatturafdp.exe"),
        ] {
            assert_eq!(NomeFile::da_arrivo(testo, "allegato").as_str(), atteso, "{testo:?}");
        }
        let corto = NomeFile::da_arrivo(&lungo, "allegato");
        assert!(corto.as_str().len() <= 255 && corto.as_str().ends_with(".pdf.p7m"));
        assert_eq!(corto.estensione(), "p7m");
    }

    #[test]
    fn what_we_name_must_be_plain() {
        for cattivo in ["", "..", "a/b", "a\\b", "a\nb"] {
            assert!(cattivo.parse::<NomeFile>().is_err(), "{cattivo:?}");
        }
    }
}
