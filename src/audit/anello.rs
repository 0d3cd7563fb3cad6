//! One link of the chain.

use crate::valori::Istante;
use sha2::{Digest, Sha256};

/// What stands before the first link of a chain.
pub const ORIGINE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// All that a link is made of.
pub struct Anello<'a> {
    /// The link before, 64 hexadecimal digits; [`ORIGINE`] for the first.
    pub precedente: &'a str,
    /// The AOO whose chain it is.
    pub aoo: &'a str,
    /// Its place, from 1, without gaps.
    pub posizione: i64,
    /// When the act was performed.
    pub istante: Istante,
    /// Who performed it.
    pub attore: &'a str,
    /// What was done: `registrazione`, `assegnazione`…
    pub tipo: &'a str,
    /// To what: kind and id.
    pub oggetto: (&'a str, &'a str),
    /// SHA-256 of the act's canonical text, hexadecimal.
    pub carico_sha256: &'a str,
}

impl Anello<'_> {
    /// The link itself, 64 hexadecimal digits. None of the parts can hold a line break, so the text below says one thing only.
    #[must_use]
    pub fn sha256(&self) -> String {
        let (oggetto_tipo, oggetto_id) = self.oggetto;
        let testo = format!(
            "tabulario-anello-1\n{}\n{}\n{}\n{}\n{}\n{}\n{oggetto_tipo}\n{oggetto_id}\n{}\n",
            self.precedente, self.aoo, self.posizione, self.istante, self.attore, self.tipo, self.carico_sha256
        );
        hex::encode(Sha256::digest(testo.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_changes_the_link() {
        let istante = "2026-11-22T08:42:07.123Z".parse().unwrap();
        let base = || Anello {
            precedente: ORIGINE,
            aoo: "a",
            posizione: 1,
            istante,
            attore: "sistema:demo",
            tipo: "registrazione",
            oggetto: ("registrazione", "x"),
            carico_sha256: "ff",
        };
        let uno = base().sha256();
        let altri = [
            Anello { precedente: "11", ..base() }.sha256(),
            Anello { aoo: "b", ..base() }.sha256(),
            Anello { posizione: 2, ..base() }.sha256(),
            Anello { istante: "2026-11-22T08:42:07.124Z".parse().unwrap(), ..base() }.sha256(),
            Anello { attore: "sistema:pec", ..base() }.sha256(),
            Anello { tipo: "annullamento", ..base() }.sha256(),
            Anello { oggetto: ("registrazione", "y"), ..base() }.sha256(),
            Anello { carico_sha256: "fe", ..base() }.sha256(),
        ];
        assert!(altri.iter().all(|a| *a != uno));
        // Fixed for ever: an auditor's own program must find the same.
        assert_eq!(
            uno, "b328ed725028c333f243d216c3b5988b7709b2062bce6f8657685e1302b69cdd",
            "computed apart, in Python"
        );
    }
}
