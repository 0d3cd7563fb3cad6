//! The tree of what the filter let through, and the attributes that are kept.

use super::elementi::{AMMESSI, LISTE};
use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Properties of `style`: none that can take an address, leave its place or hide what is there.
const STILE: [&str; 37] = [
    "background-color",
    "border",
    "border-bottom",
    "border-collapse",
    "border-color",
    "border-left",
    "border-right",
    "border-spacing",
    "border-style",
    "border-top",
    "border-width",
    "color",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-width",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "text-indent",
    "vertical-align",
    "white-space",
    "width",
];

const DI_TUTTI: [&str; 7] = ["align", "bgcolor", "dir", "lang", "style", "title", "width"];

static PULITORE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut pulitore = Builder::empty();
    let attributi: HashMap<&str, HashSet<&str>> = [
        ("a", vec!["href"]),
        ("img", vec!["src", "alt", "height"]),
        ("font", vec!["color", "face", "size"]),
        ("table", vec!["border", "cellpadding", "cellspacing", "height"]),
        ("tr", vec!["valign", "height"]),
        ("td", vec!["colspan", "rowspan", "valign", "height"]),
        ("th", vec!["colspan", "rowspan", "valign", "height", "scope"]),
        ("col", vec!["span"]),
        ("colgroup", vec!["span"]),
        ("ol", vec!["start", "type"]),
        ("li", vec!["value"]),
    ]
    .map(|(nome, suoi)| (nome, HashSet::from_iter(suoi)))
    .into();
    pulitore
        .tags(AMMESSI.into_iter().chain(LISTE).collect())
        .generic_attributes(HashSet::from(DI_TUTTI))
        .tag_attributes(attributi)
        .allowed_classes(HashMap::from([("span", HashSet::from(["dove", "inganno", "immagine"]))]))
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some("noopener noreferrer"))
        .url_schemes(HashSet::from(["http", "https", "mailto", "data"]))
        .url_relative(UrlRelative::Deny)
        .filter_style_properties(HashSet::from(STILE))
        .attribute_filter(indirizzo);
    pulitore
});

/// A link leads to a page or a mailbox; a picture is in its own address.
fn indirizzo<'u>(elemento: &str, attributo: &str, valore: &'u str) -> Option<Cow<'u, str>> {
    let ammesso = match (elemento, attributo) {
        ("a", "href") => ["http://", "https://", "mailto:"].iter().any(|s| valore.starts_with(s)),
        ("img", "src") => valore.starts_with("data:image/"),
        (_, "href" | "src") => false,
        // No image-set, no url, no expression of old, however it is written.
        (_, "style") => !valore.contains(['\\', '@']) && !valore.to_ascii_lowercase().contains("url"),
        _ => true,
    };
    ammesso.then_some(Cow::Borrowed(valore))
}

/// HTML of which every element and attribute is known.
pub fn pulisci(html: &str) -> String {
    PULITORE.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_does_not_pass() {
        for (html, atteso) in [
            (
                "<p onclick=x() id=a class=b style=\"color:red;position:fixed\">ciao</p>",
                "<p style=\"color:red\">ciao</p>",
            ),
            ("<a href=\"javascript:x()\">a</a>", "<a target=\"_blank\" rel=\"noopener noreferrer\">a</a>"),
            ("<img src=\"https://x.it/a.png\" alt=a>", "<img alt=\"a\">"),
            ("<img src=\"data:text/html,x\" srcset=\"https://x.it/a 2x\">", "<img>"),
            ("<b style=\"color: u\\72l(x)\">a</b>", "<b>a</b>"),
            ("<td background=\"https://x.it/a.png\">a</td>", "a"),
        ] {
            assert_eq!(pulisci(html), atteso);
        }
    }
}
