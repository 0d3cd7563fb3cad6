//! A sheet on which XML is written: an element at a time, indented, always well formed.

use quick_xml::escape::{escape, partial_escape};

/// XML being written. Text is escaped; characters that XML 1.0 cannot carry are left out.
pub(super) struct Foglio {
    xml: String,
    aperti: Vec<&'static str>,
}

impl Foglio {
    /// A sheet with the declaration; `capienza` bytes are set aside.
    pub(super) fn new(capienza: usize) -> Self {
        let mut xml = String::with_capacity(capienza);
        xml.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        Self { xml, aperti: Vec::new() }
    }

    /// An element with what `dentro` writes inside it.
    pub(super) fn elemento(&mut self, nome: &'static str, attributi: &[(&str, &str)], dentro: impl FnOnce(&mut Self)) {
        self.apri(nome, attributi);
        self.aperti.push(nome);
        let prima = self.xml.len();
        self.xml.push('>');
        dentro(self);
        self.aperti.pop();
        if self.xml.len() == prima + 1 {
            self.xml.truncate(prima);
            self.xml.push_str("/>");
        } else {
            self.a_capo();
            self.chiudi(nome);
        }
    }

    /// An element with text only.
    pub(super) fn testo(&mut self, nome: &'static str, attributi: &[(&str, &str)], testo: &str) {
        self.apri(nome, attributi);
        if testo.is_empty() {
            self.xml.push_str("/>");
        } else {
            self.xml.push('>');
            self.xml.push_str(&partial_escape(legale(testo)));
            self.chiudi(nome);
        }
    }

    /// The document.
    pub(super) fn finito(mut self) -> String {
        self.xml.push('\n');
        self.xml
    }

    fn apri(&mut self, nome: &str, attributi: &[(&str, &str)]) {
        self.a_capo();
        self.xml.push('<');
        self.xml.push_str(nome);
        for (chiave, valore) in attributi {
            self.xml.push(' ');
            self.xml.push_str(chiave);
            self.xml.push_str("=\"");
            self.xml.push_str(&escape(legale(valore)));
            self.xml.push('"');
        }
    }

    fn chiudi(&mut self, nome: &str) {
        self.xml.push_str("</");
        self.xml.push_str(nome);
        self.xml.push('>');
    }

    fn a_capo(&mut self) {
        self.xml.push('\n');
        for _ in &self.aperti {
            self.xml.push(' ');
        }
    }
}

/// Without the characters that XML 1.0 (production 2, `Char`) excludes.
fn legale(testo: &str) -> std::borrow::Cow<'_, str> {
    let lecito = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if testo.chars().all(lecito) {
        testo.into()
    } else {
        testo.chars().filter(|c| lecito(*c)).collect::<String>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_characters_xml_cannot_carry_are_dropped() {
        let mut foglio = Foglio::new(0);
        foglio.elemento("A", &[("b", "\"<&'\u{1}>")], |f| {
            f.testo("C", &[], "x\u{0} & <y>\u{fffe}\u{1f600}");
            f.testo("D", &[], "");
            f.elemento("E", &[], |_| {});
        });
        let atteso = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<A b=\"&quot;&lt;&amp;&apos;&gt;\">\n <C>x &amp; &lt;y&gt;\u{1f600}</C>\n <D/>\n <E/>\n</A>\n";
        assert_eq!(foglio.finito(), atteso);
    }
}
