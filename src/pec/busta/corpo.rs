//! The text of a message, as a person reads it.

use super::albero::Parte;
use super::lettere;
use super::limiti::MASSIMO_CORPO_BYTE;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// One text of a message: a leaf without name that is not meant as attachment.
pub struct Brano<'a> {
    parte: &'a Parte,
    /// Its bytes, transfer encoding undone.
    bytes: Cow<'a, [u8]>,
    /// The `multipart/alternative` in which it stands, if any.
    alternativa: Option<usize>,
    vuoto: bool,
}

impl<'a> Brano<'a> {
    /// A text with its decoded bytes and the `multipart/alternative` in which it stands.
    pub fn new(parte: &'a Parte, bytes: Cow<'a, [u8]>, alternativa: Option<usize>) -> Self {
        let vuoto = bytes.trim_ascii().is_empty();
        Self { parte, bytes, alternativa, vuoto }
    }

    fn html(&self) -> bool {
        self.parte.campi.tipo == "text/html"
    }
}

/// True if a leaf is text of the message and not a file.
pub fn e_testo(parte: &Parte) -> bool {
    let campi = &parte.campi;
    matches!(campi.tipo.as_str(), "text/plain" | "text/html") && campi.nome.is_none() && !campi.da_allegare
}

/// The texts one after the other; of alternatives the plain one, unless only the HTML says something. With it, what was wrong.
pub fn componi(brani: &[Brano<'_>]) -> (String, Vec<String>) {
    let (mut corpo, mut rilievi) = (String::new(), Vec::new());
    let in_chiaro: BTreeSet<_> = brani.iter().filter(|b| !b.html() && !b.vuoto).filter_map(|b| b.alternativa).collect();
    let detto_altrove = |b: &Brano<'_>| b.html() && b.alternativa.is_some_and(|a| in_chiaro.contains(&a));
    for brano in brani.iter().filter(|b| !b.vuoto && !detto_altrove(b)) {
        let resto = MASSIMO_CORPO_BYTE.saturating_sub(corpo.len());
        let bytes = brano.bytes.get(..resto).unwrap_or(&brano.bytes);
        if bytes.len() < brano.bytes.len() {
            rilievi.push(format!("Il testo supera {} MiB: ne è letto l'inizio.", MASSIMO_CORPO_BYTE / 1024 / 1024));
        }
        let (testo, come) = lettere::leggi(bytes, brano.parte.campi.charset.as_deref());
        if bytes.len() == brano.bytes.len() {
            rilievi.extend(come.frase("Il testo"));
        }
        if testo.contains('\0') {
            rilievi.push("Il testo contiene byte nulli: sono tolti.".to_owned());
        }
        let testo = if brano.html() { da_html(&testo) } else { testo.into_owned() };
        if !corpo.is_empty() {
            corpo.push_str("\n\n");
        }
        corpo.push_str(testo.replace("\r\n", "\n").replace('\0', "").trim_end());
    }
    (corpo, rilievi)
}

/// HTML as plain text: words, and a line for every block. It is stripped, not laid out: layout engines take minutes over a table
/// that says it has ten million columns.
fn da_html(html: &str) -> String {
    let mut spaziato = String::with_capacity(html.len() + html.len() / 8);
    for (i, pezzo) in html.split('<').enumerate() {
        if i > 0 && pezzo.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) {
            spaziato.push_str(stacco(pezzo));
            spaziato.push('<');
        } else if i > 0 {
            spaziato.push_str("&lt;");
        }
        spaziato.push_str(pezzo);
    }
    mail_parser::decoders::html::html_to_text(&spaziato)
}

/// What keeps the words of two elements apart, by the tag that begins here.
fn stacco(da_tag: &str) -> &'static str {
    let nome: String = da_tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').take(12).collect();
    match nome.to_ascii_lowercase().as_str() {
        "/div" | "/li" | "/tr" | "/h1" | "/h2" | "/h3" | "/h4" | "/h5" | "/h6" | "/blockquote" | "/pre" | "ul"
        | "ol" | "table" | "hr" => "<br>",
        "td" | "th" => " ",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_read_with_its_words_apart() {
        for (html, testo) in [
            ("<h1>Città</h1><ul><li>uno &amp; due</li><li>tre</li></ul>", "Città\n\nuno & due\ntre"),
            ("<p>gr<b>as</b>so</p><p>altro<br>ancora", "grasso\naltro\nancora"),
            ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
            ("<style>p{}</style><script>x()</script><!-- no -->sì", "sì"),
            ("1 < 2", "1 < 2"),
        ] {
            assert_eq!(da_html(html).trim(), testo, "{html}");
        }
    }

    #[test]
    fn html_that_would_cost_minutes_is_read_at_once() {
        let testo = da_html(&format!("{}parola <td colspan=9999999>altra", "<div>".repeat(100_000)));
        assert_eq!(testo.trim(), "parola altra");
    }
}
