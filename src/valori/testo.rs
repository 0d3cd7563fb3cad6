//! Texts that people write: bounded, without control characters, in Unicode's composed form as typed.

use super::{Rifiuto, macro_testo::valore_testuale};
use std::str::FromStr;

/// Longest *oggetto* in characters: a page of text; longer ones are the document, not its subject.
const MASSIMO_OGGETTO: usize = 4_000;
/// Longest name of a party in characters.
const MASSIMO_DENOMINAZIONE: usize = 500;
/// Longest free text (description, reason, note) in characters.
const MASSIMO_TESTO: usize = 4_000;

/// What a document is about, in one line of the register (DPR 445/2000 art. 53 c.1 d). Fixed once registered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Oggetto(String);

impl FromStr for Oggetto {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        riga(testo, MASSIMO_OGGETTO, "oggetto").map(Self)
    }
}
valore_testuale!(Oggetto);

/// The name of a person, company, body or office.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Denominazione(String);

impl FromStr for Denominazione {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        riga(testo, MASSIMO_DENOMINAZIONE, "denominazione").map(Self)
    }
}
valore_testuale!(Denominazione);

/// A short free text: a description, a reason, a sender's number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Testo(String);

impl FromStr for Testo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        riga(testo, MASSIMO_TESTO, "testo").map(Self)
    }
}
valore_testuale!(Testo);

impl Denominazione {
    /// The name of a sender that says none.
    #[must_use]
    pub fn sconosciuta() -> Self {
        Self("(mittente sconosciuto)".to_owned())
    }
}

impl Oggetto {
    /// The oggetto of something that *arrived*: cleaned instead of refused, with `true` if anything had to be changed.
    ///
    /// Nothing that arrives may stop a registration; what nobody wrote becomes `(senza oggetto)`.
    #[must_use]
    pub fn da_arrivo(testo: &str) -> (Self, bool) {
        let pulito: String = testo
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .filter(|c| !is_direzione(*c) && !fuori_da_xml(*c))
            .collect::<String>()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let corto: String = pulito.chars().take(MASSIMO_OGGETTO).collect();
        let cambiato = corto != testo.trim();
        if si_vede(&corto) { (Self(corto), cambiato) } else { (Self("(senza oggetto)".to_owned()), true) }
    }
}

/// Characters that turn the direction of the text around them and so can disguise what a line says (Trojan Source).
pub(super) fn is_direzione(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The two that no XML 1.0 document can hold, so no segnatura and no package, besides control characters.
fn fuori_da_xml(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// True if somebody who reads the text sees anything: characters that Unicode says to ignore where they are not understood
/// (`Default_Ignorable_Code_Point`) and the blank of Braille show nothing, and a line of the register made of them alone would be empty.
fn si_vede(testo: &str) -> bool {
    let invisibile = |c: char| {
        matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
    };
    testo.chars().any(|c| !c.is_whitespace() && !invisibile(c))
}

fn riga(testo: &str, massimo: usize, che: &'static str) -> Result<String, Rifiuto> {
    let testo = testo.trim();
    if testo.is_empty() {
        return Err(Rifiuto::new(che, "non può essere vuoto"));
    }
    if !si_vede(testo) {
        return Err(Rifiuto::new(che, "contiene solo caratteri che non si vedono"));
    }
    if testo.chars().count() > massimo {
        return Err(Rifiuto::new(che, format!("al massimo {massimo} caratteri")));
    }
    if testo.chars().any(|c| c.is_control() || fuori_da_xml(c)) {
        return Err(Rifiuto::new(che, "niente a capo, tabulazioni o caratteri di controllo"));
    }
    if testo.chars().any(is_direzione) {
        return Err(Rifiuto::new(che, "niente caratteri invisibili che cambiano il verso della scrittura"));
    }
    Ok(testo.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_type_is_refused_with_the_rule() {
        let lungo = "a".repeat(4_001);
        for cattivo in [
            "",
            "  ",
            "a\nb",
            "a\u{0}b",
            "fattura\u{202e}fdp.exe",
            "\u{200b}\u{feff}",
            "\u{2800} \u{ad}",
            "a\u{ffff}",
            lungo.as_str(),
        ] {
            assert!(cattivo.parse::<Oggetto>().is_err(), "{cattivo:?}");
        }
        assert_eq!(" Istanza di permesso «A» ".parse::<Oggetto>().unwrap().as_str(), "Istanza di permesso «A»");
    }

    #[test]
    fn what_arrives_is_cleaned_and_says_so() {
        let check = |testo: &str, atteso: &str, cambiato: bool| {
            let (oggetto, e) = Oggetto::da_arrivo(testo);
            assert_eq!((oggetto.as_str(), e), (atteso, cambiato), "{testo:?}");
        };
        check("Istanza", "Istanza", false);
        check("a\r\n b\tc", "a b c", true);
        check("fattura\u{202e}fdp", "fatturafdp", true);
        check("", "(senza oggetto)", true);
        check("\u{0}", "(senza oggetto)", true);
        check("\u{200b} \u{3164}", "(senza oggetto)", true);
        check("fattura\u{fffe}", "fattura", true);
        // What joins the letters of other scripts, and the face of an emoji, stays.
        check("क्\u{200d}ष e ✉\u{fe0f}", "क्\u{200d}ष e ✉\u{fe0f}", false);
    }
}
