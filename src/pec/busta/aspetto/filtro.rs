//! The HTML of a stranger, token by token, written again with few elements and in their order.
//!
//! A tree is not built here: formatting that is left open is opened again in every paragraph, and a few kilobytes of it become
//! gigabytes of tree. What is written is balanced, and bounded in number and depth.

use super::elementi::{chiuso_da, finito_da, formato, nome, vuoto};
use super::immagini::{Immagini, SPAZIO};
use super::legame::Legame;
use crate::pec::busta::limiti::{MASSIMA_PROFONDITA_HTML, MASSIMI_ELEMENTI_HTML, MASSIMI_FORMATI_HTML};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::cell::RefCell;

/// What was left out, over all the texts of a message.
pub struct Conto {
    elementi: usize,
    spazio: usize,
    esterne: usize,
    inganni: usize,
    troppo: bool,
}

impl Default for Conto {
    fn default() -> Self {
        Self { elementi: 0, spazio: SPAZIO, esterne: 0, inganni: 0, troppo: false }
    }
}

impl Conto {
    /// What a clerk should know.
    pub fn note(&self) -> Vec<String> {
        let immagini = match self.esterne {
            0 => None,
            1 => Some(
                "Un'immagine non è mostrata: sta fuori dal messaggio, o non è un'immagine che si possa mostrare."
                    .to_owned(),
            ),
            n => {
                Some(format!("{n} immagini non sono mostrate: stanno fuori dal messaggio, o non si possono mostrare."))
            }
        };
        let inganni = "C'è un collegamento che dice di portare a un sito e porta a un altro: non aprirlo.";
        let troppo = "Il testo è troppo complesso per essere mostrato tutto come l'ha scritto il mittente.";
        let altri = [(self.inganni > 0, inganni), (self.troppo, troppo)];
        immagini.into_iter().chain(altri.into_iter().filter(|(c, _)| *c).map(|(_, n)| n.to_owned())).collect()
    }
}

/// Writes one text again.
pub fn filtra(html: &str, immagini: &Immagini<'_>, conto: &mut Conto) -> String {
    let filtro = Filtro {
        html: String::with_capacity(html.len()),
        immagini,
        conto,
        aperti: Vec::new(),
        legami: Vec::new(),
        muto: None,
    };
    let coda = BufferQueue::default();
    coda.push_back(StrTendril::from_slice(html));
    let lettore = Tokenizer::new(Raccolta(RefCell::new(filtro)), TokenizerOpts::default());
    // No token of ours stops the tokenizer.
    let _ = lettore.feed(&coda);
    lettore.end();
    let mut filtro = lettore.sink.0.into_inner();
    filtro.chiudi_da(0);
    filtro.html
}

struct Raccolta<'x, 'a>(RefCell<Filtro<'x, 'a>>);

impl TokenSink for Raccolta<'_, '_> {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut filtro = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(testo) => filtro.testo(&testo),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return filtro.apri(&tag),
            Token::TagToken(tag) => filtro.chiudi(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

struct Filtro<'x, 'a> {
    html: String,
    immagini: &'x Immagini<'a>,
    conto: &'x mut Conto,
    aperti: Vec<&'static str>,
    /// The links that are open, innermost last.
    legami: Vec<Option<Legame>>,
    /// An element whose text is no text for people is open.
    muto: Option<String>,
}

impl Filtro<'_, '_> {
    fn testo(&mut self, testo: &str) {
        if self.muto.is_some() {
            return;
        }
        if let Some(Some(legame)) = self.legami.last_mut() {
            legame.aggiungi(testo);
        }
        scrivi(&mut self.html, testo);
    }

    fn apri(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let detto: &str = &tag.name;
        if let Some(grezzo) = grezzo(detto) {
            self.muto = Some(detto.to_owned());
            return TokenSinkResult::RawData(grezzo);
        }
        let Some(elemento) = nome(detto) else { return TokenSinkResult::Continue };
        self.conto.elementi += 1;
        if self.conto.elementi > MASSIMI_ELEMENTI_HTML {
            self.conto.troppo = true;
            return TokenSinkResult::Continue;
        }
        if let Some(dove) = finito_da(&self.aperti, elemento) {
            self.chiudi_da(dove);
        }
        match elemento {
            "img" => self.immagine(tag),
            _ if vuoto(elemento) => self.scrivi_tag(elemento, tag),
            _ if !self.c_e_posto(elemento) => self.conto.troppo = true,
            "a" => self.apri_legame(tag),
            _ => {
                self.scrivi_tag(elemento, tag);
                self.aperti.push(elemento);
            }
        }
        TokenSinkResult::Continue
    }

    fn c_e_posto(&self, elemento: &str) -> bool {
        let formati = || self.aperti.iter().filter(|a| formato(a)).count();
        self.aperti.len() < MASSIMA_PROFONDITA_HTML && (!formato(elemento) || formati() < MASSIMI_FORMATI_HTML)
    }

    fn apri_legame(&mut self, tag: &Tag) {
        let legame = attributo(tag, "href").and_then(Legame::new);
        self.html.push_str("<a");
        if let Some(legame) = &legame {
            scrivi_attributo(&mut self.html, "href", &legame.href);
            scrivi_attributo(&mut self.html, "title", &legame.href);
        }
        self.html.push('>');
        self.aperti.push("a");
        self.legami.push(legame);
    }

    fn immagine(&mut self, tag: &Tag) {
        let alt = attributo(tag, "alt").unwrap_or_default();
        let Some(src) = attributo(tag, "src").and_then(|s| self.immagini.mostra(s, &mut self.conto.spazio)) else {
            self.conto.esterne += 1;
            if !alt.trim().is_empty() {
                self.html.push_str("<span class=\"immagine\">");
                scrivi(&mut self.html, alt.trim());
                self.html.push_str("</span>");
            }
            return;
        };
        self.html.push_str("<img");
        scrivi_attributo(&mut self.html, "src", &src);
        for nome in ["alt", "width", "height"] {
            if let Some(valore) = attributo(tag, nome) {
                scrivi_attributo(&mut self.html, nome, valore);
            }
        }
        self.html.push('>');
    }

    fn scrivi_tag(&mut self, elemento: &str, tag: &Tag) {
        self.html.push('<');
        self.html.push_str(elemento);
        for a in &tag.attrs {
            let nome: &str = &a.name.local;
            // The classes of what is shown are ours; the addresses are those of links and pictures.
            if !matches!(nome, "class" | "id" | "name" | "href" | "src") && nome.bytes().all(|b| b.is_ascii_lowercase())
            {
                scrivi_attributo(&mut self.html, nome, &a.value);
            }
        }
        self.html.push('>');
    }

    fn chiudi(&mut self, nome: &str) {
        if self.muto.as_deref() == Some(nome) {
            self.muto = None;
        } else if let Some(dove) = chiuso_da(&self.aperti, nome) {
            self.chiudi_da(dove);
        }
    }

    /// Ends all that was opened from here on.
    fn chiudi_da(&mut self, dove: usize) {
        for elemento in self.aperti.split_off(dove).into_iter().rev() {
            self.html.push_str("</");
            self.html.push_str(elemento);
            self.html.push('>');
            if elemento == "a"
                && let Some(legame) = self.legami.pop().flatten()
            {
                self.dove_porta(&legame);
            }
        }
    }

    fn dove_porta(&mut self, legame: &Legame) {
        if legame.inganna() {
            self.conto.inganni += 1;
            self.html.push_str("<span class=\"inganno\"> (attenzione: porta a ");
        } else {
            self.html.push_str("<span class=\"dove\"> (");
        }
        scrivi(&mut self.html, &legame.dove);
        self.html.push_str(")</span>");
    }
}

/// Elements whose content is not HTML: how far it goes must be said to the tokenizer.
fn grezzo(nome: &str) -> Option<RawKind> {
    match nome {
        "script" | "style" | "iframe" | "noembed" | "noframes" | "xmp" => Some(RawKind::Rawtext),
        "title" | "textarea" => Some(RawKind::Rcdata),
        _ => None,
    }
}

fn attributo<'t>(tag: &'t Tag, nome: &str) -> Option<&'t str> {
    tag.attrs.iter().find(|a| &*a.name.local == nome).map(|a| &*a.value)
}

fn scrivi_attributo(html: &mut String, nome: &str, valore: &str) {
    html.push(' ');
    html.push_str(nome);
    html.push_str("=\"");
    scrivi(html, valore);
    html.push('"');
}

fn scrivi(html: &mut String, testo: &str) {
    for c in testo.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\0' => {}
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rifatto(html: &str) -> (String, Vec<String>) {
        let mut conto = Conto::default();
        let html = filtra(html, &Immagini::new(b"", &[]), &mut conto);
        (html, conto.note())
    }

    #[test]
    fn what_is_left_is_balanced_and_says_what_it_said() {
        for (html, atteso) in [
            ("<p>uno<p>due", "<p>uno</p><p>due</p>"),
            ("<ul><li>a<li>b</ul>c", "<ul><li>a</li><li>b</li></ul>c"),
            (
                "<table><tr><td>a<td>b<tr><td>c</table>d",
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>d",
            ),
            ("<div><table><td>a</div>b</table>c</div>", "<div><table><td>ab</td></table>c</div>"),
            ("<p><b>a</p>b</b>", "<p><b>a</b></p>b"),
            ("a<script>x('</b>')</script>b<style>p{}</style>c<title>t</title>d", "abcd"),
            ("<svg><circle/><text>a</text></svg><object data=x>b</object><video poster=y>c</video>", "abc"),
            ("<form action=x><input name=a value=v><button>Invia</button></form>", "Invia"),
            ("<!-- x --><![CDATA[y]]><?z?>a &lt; b &amp; c", "a &lt; b &amp; c"),
            ("<base href=x><meta http-equiv=refresh content=0><link rel=preload href=y>a", "a"),
            ("<script>mai chiuso", ""),
            ("<p onclick=\"x\" style='a:\"b\"'>a</p>", "<p onclick=\"x\" style=\"a:&quot;b&quot;\">a</p>"),
        ] {
            assert_eq!(rifatto(html).0, atteso, "{html}");
        }
    }

    #[test]
    fn a_link_says_where_it_leads_and_a_picture_outside_is_not_there() {
        let (html, note) = rifatto(
            "<a href=https://x.it/a?b>Paga</a> <a href=http://y.it>www.banca.it</a> <a href='javascript:x'>z</a>",
        );
        assert!(html.contains("<span class=\"dove\"> (x.it)</span>"), "{html}");
        assert!(html.contains("attenzione: porta a y.it") && html.contains("<a>z</a>"), "{html}");
        assert!(note.iter().any(|n| n.contains("non aprirlo")));
        let (html, note) = rifatto("<img src=https://x.it/a.png alt='Il logo'><img src=//x.it/pixel.gif>");
        assert_eq!(html, "<span class=\"immagine\">Il logo</span>");
        assert!(note.iter().any(|n| n.contains("2 immagini")), "{note:?}");
    }

    #[test]
    fn what_would_grow_without_bound_is_bounded() {
        let formati = format!("{}{}", "<font size=1>".repeat(100_000), "<p>x".repeat(100_000));
        let (html, note) = rifatto(&formati);
        assert!(html.matches("<font").count() <= MASSIMI_FORMATI_HTML && html.len() < 2_000_000, "{}", html.len());
        assert!(note.iter().any(|n| n.contains("troppo complesso")));
        let (html, _) = rifatto(&"<div>".repeat(500_000));
        assert!(html.matches("<div>").count() <= MASSIMA_PROFONDITA_HTML);
        let pulito = super::super::pulizia::pulisci(&rifatto(&formati).0);
        assert!(pulito.len() < 40_000_000, "{}", pulito.len());
    }
}
