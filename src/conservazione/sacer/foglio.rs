//! XML written in canonical form (Exclusive XML Canonicalization 1.0, without comments), for a document that has neither
//! namespaces nor attributes: no declaration, no white space between elements, no empty-element tags.

/// XML being written.
#[derive(Default)]
pub(super) struct Foglio(String);

impl Foglio {
    /// An element with what `dentro` writes inside it.
    pub(super) fn elemento(&mut self, nome: &str, dentro: impl FnOnce(&mut Self)) {
        self.0.extend(["<", nome, ">"]);
        dentro(self);
        self.0.extend(["</", nome, ">"]);
    }

    /// An element with text only.
    pub(super) fn testo(&mut self, nome: &str, testo: &str) {
        self.elemento(nome, |f| f.scrivi(testo));
    }

    /// The document, without a final line break: canonical form has none.
    pub(super) fn finito(self) -> String {
        self.0
    }

    /// Escapes as canonical form does, and leaves out the characters that XML 1.0 cannot carry.
    fn scrivi(&mut self, testo: &str) {
        for c in testo.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '\r' => self.0.push_str("&#xD;"),
                '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => self.0.push(c),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_canonical_form_does() {
        let mut foglio = Foglio::default();
        foglio.elemento("A", |f| {
            f.testo("B", "x & <y> \"z\" à\r\u{0}\u{fffe}");
            f.testo("C", "");
        });
        assert_eq!(foglio.finito(), "<A><B>x &amp; &lt;y&gt; \"z\" à&#xD;</B><C></C></A>");
    }
}
