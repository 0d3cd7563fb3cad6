//! What a citizen sends.

use super::{CodiceIstanza, Procedimento};
use crate::documenti::Riposto;
use crate::valori::{CodiceFiscale, Denominazione, Impronta, IndirizzoMail, Istante, NomeFile, Oggetto, Rifiuto};
use std::fmt::{self, Write as _};
use std::str::FromStr;

/// Longest text of a request, in characters: beyond it, it is a file.
const MASSIMO_TESTO: usize = 10_000;

/// Who asks. Nobody has identified them: the portal takes their word and says so.
#[derive(Debug, Clone)]
pub struct Richiedente {
    /// First name.
    pub nome: Denominazione,
    /// Family name.
    pub cognome: Denominazione,
    /// Codice fiscale.
    pub codice_fiscale: CodiceFiscale,
    /// Where the answer goes: PEC or mail.
    pub indirizzo: IndirizzoMail,
}

/// What is asked, in lines of text without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestoRichiesta(String);

impl FromStr for TestoRichiesta {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let che = "testo della richiesta";
        let testo = testo.replace("\r\n", "\n").replace(['\r', '\t'], " ");
        let testo = testo.trim();
        if testo.is_empty() {
            return Err(Rifiuto { che, regola: "non può essere vuoto".to_owned() });
        }
        if testo.chars().count() > MASSIMO_TESTO {
            return Err(Rifiuto {
                che,
                regola: format!("al massimo {MASSIMO_TESTO} caratteri: il resto mettilo in un file"),
            });
        }
        if testo.chars().any(|c| c.is_control() && c != '\n') {
            return Err(Rifiuto { che, regola: "niente caratteri di controllo".to_owned() });
        }
        Ok(Self(testo.to_owned()))
    }
}

impl fmt::Display for TestoRichiesta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A file of the istanza, already in the store.
#[derive(Debug, Clone)]
pub struct Allegato {
    /// Its bytes.
    pub riposto: Riposto,
    /// Its name.
    pub nome: NomeFile,
}

/// An istanza that is being submitted.
#[derive(Debug, Clone)]
pub struct Presentazione {
    /// The code it will be followed with; the same code twice is the same istanza.
    pub codice: CodiceIstanza,
    /// What it is for.
    pub procedimento: Procedimento,
    /// When all of it had arrived: terms run from here.
    pub presentata: Istante,
    /// Who asks.
    pub richiedente: Richiedente,
    /// About what, in a line.
    pub oggetto: Oggetto,
    /// What is asked.
    pub testo: TestoRichiesta,
    /// What comes with it.
    pub allegati: Vec<Allegato>,
}

impl Presentazione {
    /// What it asks, whenever it arrives: the same content with the same code is the same istanza sent again.
    pub(super) fn contenuto(&self) -> Impronta {
        let r = &self.richiedente;
        let mut testo = format!(
            "{}\n{}\n{}\n{}\n{}\n{}\n{}\0",
            self.procedimento.id, r.nome, r.cognome, r.codice_fiscale, r.indirizzo, self.oggetto, self.testo
        );
        for a in &self.allegati {
            // Writing to a String does not fail.
            let _ = write!(testo, "{} {}\0", a.riposto.impronta, a.nome);
        }
        Impronta::of(testo.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_lines_and_nothing_hidden() {
        let testo: TestoRichiesta = " Chiedo\r\nl'occupazione\tdi\n\n10 m² ".parse().unwrap();
        assert_eq!(testo.to_string(), "Chiedo\nl'occupazione di\n\n10 m²");
        for cattivo in ["", " \r\n ", "a\u{0}b", "a\u{1b}[2J", &"è".repeat(10_001)] {
            assert!(cattivo.parse::<TestoRichiesta>().is_err(), "{cattivo:?}");
        }
    }
}
