//! What a reader has to say about what it reads.

/// Findings after which the rest is not listed.
const MASSIMI_RILIEVI: usize = 100;

/// Longest sentence, in characters: what the document says in it may be cut.
const MASSIMA_FRASE: usize = 500;

/// Longest piece of the document inside a sentence, in characters.
const MASSIMA_CITAZIONE: usize = 80;

/// What a document says, in quotes; what is too long is cut, and how long it is is said.
pub(super) fn cita(testo: &str) -> String {
    let lungo = testo.chars().count();
    if lungo <= MASSIMA_CITAZIONE {
        return format!("«{testo}»");
    }
    let inizio: String = testo.chars().take(MASSIMA_CITAZIONE).collect();
    format!("«{inizio}…» ({lungo} caratteri)")
}

/// Sentences in Italian, each once, at most 100.
#[derive(Debug, Default)]
pub(super) struct Rilievi(Vec<String>);

impl Rilievi {
    /// Adds a sentence, unless it was said. What the document says in it is of one line, whatever the document did.
    pub(super) fn push(&mut self, frase: impl Into<String>) {
        let su_una_riga = |c: char| if c.is_control() { ' ' } else { c };
        let frase: String = frase.into().chars().take(MASSIMA_FRASE).map(su_una_riga).collect();
        match self.0.len().cmp(&MASSIMI_RILIEVI) {
            std::cmp::Ordering::Less if !self.0.contains(&frase) => self.0.push(frase),
            std::cmp::Ordering::Equal => self.0.push("Ci sono altri rilievi, non elencati.".to_owned()),
            _ => {}
        }
    }

    /// The sentences, in the order in which they were said.
    pub(super) fn into_vec(self) -> Vec<String> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    /// Found by fuzzing: a line feed in the address of a DTD made two lines of one finding.
    #[test]
    fn what_a_document_says_in_a_finding_forges_no_line() {
        let letta = crate::segnatura::leggi(b"<!DOCTYPE Segnatura SYSTEM \"a\nEsito: \x1bvalida\"><Segnatura/>");
        assert!(letta.rilievi.iter().any(|r| r.contains("\u{ab}a Esito")), "{:?}", letta.rilievi);
        assert!(!letta.rilievi.iter().any(|r| r.chars().any(char::is_control)), "{:?}", letta.rilievi);
    }
}
