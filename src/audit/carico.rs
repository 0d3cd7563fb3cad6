//! The canonical text of an act.

use sha2::{Digest, Sha256};
use std::fmt::{Display, Write as _};

/// The text by which an act enters the chain: a line per datum, `nome=valore`, in an order that never changes.
///
/// Values are escaped (`\` as `\\`, line feed as `\n`, carriage return as `\r`), so a text says one thing only. What is absent
/// has no line. The same function makes it when the act is performed and when the chain is verified, from the same rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carico(String);

impl Carico {
    /// Begins the text of an act of this kind; `versione` rises if the list of data ever changes.
    #[must_use]
    pub fn new(tipo: &str, versione: u32) -> Self {
        Self(format!("{tipo}/{versione}\n"))
    }

    /// Adds a datum.
    #[must_use]
    pub fn campo(mut self, nome: &str, valore: impl Display) -> Self {
        let valore = valore.to_string().replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        // Writing to a String does not fail.
        let _ = writeln!(self.0, "{nome}={valore}");
        self
    }

    /// Adds a datum that may be absent.
    #[must_use]
    pub fn forse(self, nome: &str, valore: Option<impl Display>) -> Self {
        match valore {
            Some(valore) => self.campo(nome, valore),
            None => self,
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the text, 64 hexadecimal digits.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex::encode(Sha256::digest(self.0.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_pretend_to_be_another_line() {
        let finto = Carico::new("prova", 1).campo("a", "1\nb=2");
        let vero = Carico::new("prova", 1).campo("a", "1").campo("b", "2");
        assert_eq!(finto.as_str(), "prova/1\na=1\\nb=2\n");
        assert_ne!(finto.sha256(), vero.sha256());
        assert_ne!(Carico::new("p", 1).campo("a", "\\n"), Carico::new("p", 1).campo("a", "\n"));
    }

    #[test]
    fn what_is_absent_has_no_line() {
        assert_eq!(Carico::new("p", 1).forse("a", None::<&str>).as_str(), "p/1\n");
        assert_eq!(Carico::new("p", 1).forse("a", Some("")).as_str(), "p/1\na=\n");
    }
}
