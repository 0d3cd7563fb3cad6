//! Where a link leads, said beside it: the words of a link are the sender's, the place is not.

use url::Url;

/// The address of a link and the place that it leads to.
pub struct Legame {
    pub href: String,
    pub dove: String,
    /// The words of the link, as far as a place is read in them.
    pub parole: String,
}

/// How much of the words of a link is looked at.
const MASSIME_PAROLE: usize = 300;

impl Legame {
    /// Only what a browser opens as a page, or a mail program as an address.
    pub fn new(href: &str) -> Option<Self> {
        let url = Url::parse(href.trim()).ok()?;
        let dove = match url.scheme() {
            "http" | "https" => url.host_str()?.to_owned(),
            "mailto" => url.path().chars().take(MASSIME_PAROLE).collect(),
            _ => return None,
        };
        Some(Self { href: url.into(), dove, parole: String::new() })
    }

    pub fn aggiungi(&mut self, testo: &str) {
        let resto = MASSIME_PAROLE.saturating_sub(self.parole.len());
        self.parole.extend(testo.chars().take(resto));
    }

    /// True if its words are the name of another place.
    pub fn inganna(&self) -> bool {
        let parole = self.parole.trim().to_lowercase();
        if parole.contains(char::is_whitespace) || parole.contains('@') {
            return false;
        }
        let con_schema = if parole.contains("://") { parole.clone() } else { format!("https://{parole}") };
        let detto = Url::parse(&con_schema).ok();
        let nudo = |nome: &str| nome.trim_start_matches("www.").to_owned();
        let Some(detto) = detto.as_ref().and_then(Url::host_str).filter(|h| sembra_un_luogo(h)) else { return false };
        nudo(detto) != nudo(&self.dove)
    }
}

/// A name with a dot and a last part of letters: not `3.5`, nor `modulo`.
fn sembra_un_luogo(nome: &str) -> bool {
    nome.rsplit_once('.').is_some_and(|(prima, coda)| {
        !prima.is_empty() && coda.len() >= 2 && coda.chars().all(|c| c.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_name_another_place_deceive() {
        for (parole, href, inganna) in [
            ("www.banca.it", "https://banca.it/conto", false),
            ("https://www.banca.it/conto", "http://ladri.example/x", true),
            ("banca.it", "https://banca.it.ladri.example/", true),
            ("Paga qui", "https://ladri.example/", false),
            ("scrivi@comune.it", "mailto:altro@x.it", false),
            ("versione 3.5", "https://a.it", false),
            ("3.5", "https://a.it", false),
        ] {
            let mut legame = Legame::new(href).unwrap();
            legame.aggiungi(parole);
            assert_eq!(legame.inganna(), inganna, "{parole} -> {href}");
        }
        for no in [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "/relativo",
            "#qui",
            " vbscript:x",
            "cid:a",
        ] {
            assert!(Legame::new(no).is_none(), "{no}");
        }
        assert_eq!(Legame::new("https://bànca.it/").unwrap().dove, "xn--bnca-0na.it");
    }
}
