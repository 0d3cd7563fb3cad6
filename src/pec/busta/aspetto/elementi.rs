//! Which elements of HTML are shown, and how they end each other where the sender did not say so (HTML standard, 13.2.6).

/// The elements that are kept; of all others only the text.
pub const AMMESSI: [&str; 51] = [
    "a",
    "abbr",
    "address",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
];

/// Lists, kept too.
pub const LISTE: [&str; 1] = ["ul"];

/// Those without content.
const VUOTI: [&str; 4] = ["br", "hr", "img", "col"];

/// Those that a reader opens again in every block until they are closed: nested without bound they multiply.
const FORMATI: [&str; 11] = ["a", "b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong"];

/// An end inside one of these ends nothing outside it.
const CELLE: [&str; 4] = ["td", "th", "caption", "table"];

/// The parts of a table, which end what lies inside them.
const TABELLA: [&str; 8] = ["table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"];

pub fn vuoto(nome: &str) -> bool {
    VUOTI.contains(&nome)
}

pub fn formato(nome: &str) -> bool {
    FORMATI.contains(&nome) || nome == "u"
}

/// Where in `aperti` the element is that an end tag closes.
pub fn chiuso_da(aperti: &[&'static str], nome: &str) -> Option<usize> {
    let della_tabella = TABELLA.contains(&nome);
    for (i, aperto) in aperti.iter().enumerate().rev() {
        if *aperto == nome {
            return Some(i);
        }
        let fermo = if della_tabella { *aperto == "table" } else { CELLE.contains(aperto) };
        if fermo {
            return None;
        }
    }
    None
}

/// Where in `aperti` the element is that ends because this one begins.
pub fn finito_da(aperti: &[&'static str], nuovo: &str) -> Option<usize> {
    let (finiti, fermi): (&[&str], &[&str]) = match nuovo {
        "li" => (&["li"], &["ul", "ol", "td", "th", "caption", "table"]),
        "dd" | "dt" => (&["dd", "dt"], &["dl", "td", "th", "caption", "table"]),
        "td" | "th" => (&["td", "th"], &["tr", "table"]),
        "tr" => (&["tr"], &["table"]),
        "thead" | "tbody" | "tfoot" => (&["thead", "tbody", "tfoot"], &["table"]),
        "a" => (&["a"], &CELLE),
        "p" | "div" | "table" | "ul" | "ol" | "dl" | "blockquote" | "pre" | "center" | "address" | "hr" | "h1"
        | "h2" | "h3" | "h4" | "h5" | "h6" => {
            (&["p"], &["td", "th", "caption", "table", "li", "div", "blockquote", "center"])
        }
        _ => return None,
    };
    let dove = aperti.iter().rposition(|a| finiti.contains(a) || fermi.contains(a))?;
    aperti.get(dove).filter(|a| finiti.contains(a)).map(|_| dove)
}

/// The name as it is kept, if the element is.
pub fn nome(nome: &str) -> Option<&'static str> {
    AMMESSI.iter().chain(&LISTE).find(|n| **n == nome).copied()
}
