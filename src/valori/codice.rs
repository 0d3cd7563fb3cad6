//! The codes by which Italian bodies and their parts are known.

use super::{Rifiuto, macro_testo::valore_testuale};
use std::str::FromStr;

/// Longest code of an AOO or of a register (Circolare AgID 60/2013; Allegato 6, `CodiceRegistro`).
const MASSIMO_CODICE: usize = 16;
/// Longest IPA code of a body seen in IndicePA.
const MASSIMO_IPA: usize = 32;
/// Longest code of a procedimento: it stands in an address.
const MASSIMO_PROCEDIMENTO: usize = 60;
/// Levels of a `titolario`: titolo, classe, sottoclasse, categoria, sottocategoria.
const MASSIMO_LIVELLI: usize = 5;

/// IPA code of a body, e.g. `c_x999`: kept as written, compared without case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodiceIpa(String);

impl FromStr for CodiceIpa {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        codice(testo, MASSIMO_IPA, "codice IPA").map(Self)
    }
}
valore_testuale!(CodiceIpa);

/// Code of an *area organizzativa omogenea*: the IPA `Codice_uni_aoo` (7 characters, first `A`) since 2022, an older local
/// code before: at most 16 of `A-Z a-z 0-9 . _ -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodiceAoo(String);

impl FromStr for CodiceAoo {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        codice(testo, MASSIMO_CODICE, "codice AOO").map(Self)
    }
}
valore_testuale!(CodiceAoo);

/// Code of a register of protocol (Allegato 6: `[A-Za-z0-9_.-]{1,16}`), e.g. `PG`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodiceRegistro(String);

impl CodiceRegistro {
    /// The register of a trial AOO: its numbers have no legal value and it is never deposited.
    pub const PROVA: &'static str = "PROVA";
}

impl FromStr for CodiceRegistro {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        codice(testo, MASSIMO_CODICE, "codice di registro").map(Self)
    }
}
valore_testuale!(CodiceRegistro);

/// Code of a post that keeps a register of emergenza, e.g. `PE1`: always in capitals, as people write it on paper either way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodicePostazione(String);

impl FromStr for CodicePostazione {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        codice(testo, MASSIMO_CODICE, "codice di postazione").map(|c| Self(c.to_ascii_uppercase()))
    }
}
valore_testuale!(CodicePostazione);

/// Code of an office (UO): the IPA `Codice_uni_uo` or a local one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodiceUfficio(String);

impl FromStr for CodiceUfficio {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        codice(testo, MASSIMO_CODICE, "codice di ufficio").map(Self)
    }
}
valore_testuale!(CodiceUfficio);

/// Code of a *voce* of the titolario, levels separated by a full stop: `VI`, `VI.3`, `VI.3.1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodiceVoce(String);

impl CodiceVoce {
    /// The levels, outermost first: `VI.3` gives `VI`, `3`.
    pub fn livelli(&self) -> impl Iterator<Item = &str> {
        self.0.split('.')
    }
}

impl FromStr for CodiceVoce {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let testo = testo.trim();
        let livelli: Vec<&str> = testo.split('.').collect();
        let buono = |l: &&str| (1..=8).contains(&l.len()) && l.chars().all(|c| c.is_ascii_alphanumeric());
        if livelli.len() > MASSIMO_LIVELLI || !livelli.iter().all(buono) {
            let regola = format!("servono da 1 a {MASSIMO_LIVELLI} livelli separati da un punto, come VI.3");
            return Err(Rifiuto::new("codice di voce", regola));
        }
        Ok(Self(testo.to_owned()))
    }
}
valore_testuale!(CodiceVoce);

/// Code of a procedimento of the portal, as it stands in its address: `occupazione-suolo-pubblico`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodiceProcedimento(String);

impl FromStr for CodiceProcedimento {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let testo = testo.trim();
        let parola = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if testo.len() > MASSIMO_PROCEDIMENTO || !testo.split('-').all(parola) {
            let regola =
                format!("servono da 1 a {MASSIMO_PROCEDIMENTO} lettere minuscole e cifre, parole unite da trattini");
            return Err(Rifiuto::new("codice di procedimento", regola));
        }
        Ok(Self(testo.to_owned()))
    }
}
valore_testuale!(CodiceProcedimento);

fn codice(testo: &str, massimo: usize, che: &'static str) -> Result<String, Rifiuto> {
    let testo = testo.trim();
    let lettere = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if testo.is_empty() || testo.len() > massimo || !testo.chars().all(lettere) {
        let regola = format!("servono da 1 a {massimo} caratteri fra lettere, cifre, punto, trattino e trattino basso");
        return Err(Rifiuto::new(che, regola));
    }
    // `.` and `..` would be folder names wherever a code becomes part of a path.
    if testo.chars().all(|c| c == '.') {
        return Err(Rifiuto::new(che, "non può essere fatto di soli punti"));
    }
    Ok(testo.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_accept_what_ipa_writes_and_refuse_the_rest() {
        for buono in ["c_x999", "AX99Z01", "PG", "a", "1234567890.-_ABC"] {
            assert!(buono.parse::<CodiceAoo>().is_ok(), "{buono}");
        }
        for cattivo in ["", " ", "..", "a/b", "città", "12345678901234567", "a b", "a\u{0}"] {
            assert!(cattivo.parse::<CodiceAoo>().is_err(), "{cattivo:?}");
        }
    }

    #[test]
    fn the_code_of_a_procedimento_can_stand_in_an_address() {
        assert!("accesso-civico-2".parse::<CodiceProcedimento>().is_ok());
        for cattivo in ["", "-", "a--b", "Accesso", "a b", "a/b", "../a", "à", &"a".repeat(61)] {
            assert!(cattivo.parse::<CodiceProcedimento>().is_err(), "{cattivo:?}");
        }
    }

    #[test]
    fn a_voce_has_levels() {
        let voce: CodiceVoce = "VI.3".parse().unwrap();
        assert_eq!(voce.livelli().collect::<Vec<_>>(), ["VI", "3"]);
        for cattivo in ["", ".", "VI.", ".3", "VI..3", "1.2.3.4.5.6", "VI/3", "VI.123456789"] {
            assert!(cattivo.parse::<CodiceVoce>().is_err(), "{cattivo:?}");
        }
    }
}
