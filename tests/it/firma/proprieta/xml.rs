//! Signed XML and trusted lists, compared with what another parser (quick-xml) sees in them.

use super::{ANCORE, e_di, file_in, fixtures, giudica, istante, passa_solo_il_firmato};
use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use tabulario::firma::{Fiducia, Firmatari, Lista};

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";

/// What a person sees in the XML files of the fixtures.
static FORME: LazyLock<BTreeSet<String>> = LazyLock::new(|| forme("xades"));
/// What the lists of the fixtures say.
static LISTE: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let liste = file_in("fiducia").into_iter().filter(|p| e_di(p, "xml"));
    liste.map(|p| detto(&Lista::leggi(&std::fs::read(p).unwrap()).unwrap())).collect()
});
/// The document outside of the one signature that has it there.
static NOTA: LazyLock<Vec<u8>> = LazyLock::new(|| std::fs::read(fixtures().join("xades/nota.txt")).unwrap());

fn forme(cartella: &str) -> BTreeSet<String> {
    let file = file_in(cartella).into_iter().filter(|p| e_di(p, "xml"));
    file.filter_map(|p| forma(&std::fs::read(p).unwrap())).collect()
}

/// A signed document.
pub fn xades(byte: &[u8]) {
    passa_solo_il_firmato(&giudica(byte, Some(&NOTA), Some("prova.xml"), &ANCORE));
}

/// A trusted list: one that is believed says what those of the fixtures say.
pub fn lista(byte: &[u8]) {
    let (una, altra) = (Lista::leggi(byte), Lista::leggi(byte));
    assert_eq!(format!("{una:?}"), format!("{altra:?}"), "a list is read in two ways");
    let Ok(lista) = una else { return };
    let dice = detto(&lista);
    if let Ok(accettata) = lista.accetta(Firmatari::Chiunque, istante()) {
        assert!(LISTE.contains(&dice), "this was never signed, and is believed: {dice}");
        let mut fiducia = Fiducia::vuota();
        let quanti = fiducia.aggiungi_lista(&accettata).unwrap();
        assert_eq!(quanti, fiducia.quante());
    }
}

fn detto(lista: &Lista) -> String {
    let Lista { versione, sequenza, tipo, territorio, emessa, prossima, puntatori, prestatori, servizi, .. } = lista;
    format!("{versione} {sequenza} {tipo} {territorio} {emessa:?} {prossima:?} {puntatori:?} {prestatori} {servizi:?}")
}

/// Whether XML shows what one of the signed files of the fixtures shows.
pub fn noto(xml: &[u8]) -> bool {
    forma(xml).is_some_and(|forma| FORME.contains(&forma))
}

/// Names, attributes and text as they are seen, whatever the way of writing them; of signatures, only the documents that they
/// envelop. `None`: this parser does not read it.
fn forma(xml: &[u8]) -> Option<String> {
    let (testo, _, _) = encoding(xml).decode(xml);
    let mut lettore = NsReader::from_str(&testo);
    lettore.config_mut().expand_empty_elements = true;
    let (mut forma, mut aperti) = (String::new(), Vec::new());
    loop {
        let (spazio, evento) = lettore.read_resolved_event().ok()?;
        let spazio = if let ResolveResult::Bound(spazio) = spazio { spazio.as_ref().to_owned() } else { String::new() };
        match evento {
            Event::Eof => return Some(forma),
            Event::Start(inizio) => {
                let luogo = luogo(aperti.last(), &spazio, inizio.local_name().as_ref());
                aperti.push(luogo);
                if luogo == Luogo::Visto {
                    forma.push_str(&format!("<{{{spazio}}}{}", inizio.local_name().as_ref()));
                    forma.extend(attributi(&lettore, &inizio)?);
                    forma.push('>');
                }
            }
            Event::End(_) => {
                let chiuso = aperti.pop();
                if chiuso == Some(Luogo::Visto) {
                    forma.push_str("</>");
                }
            }
            Event::Text(testo) if aperti.last().is_some_and(|l| l.mostra()) => {
                forma.push_str(&testo.as_ref().replace("\r\n", "\n").replace('\r', "\n"));
            }
            Event::CData(testo) if aperti.last().is_some_and(|l| l.mostra()) => {
                forma.push_str(&testo.as_ref().replace("\r\n", "\n").replace('\r', "\n"));
            }
            Event::GeneralRef(riferimento) if aperti.last().is_some_and(|l| l.mostra()) => {
                forma.push_str(&quick_xml::escape::unescape(&format!("&{};", riferimento.as_ref())).ok()?);
            }
            Event::PI(istruzione) => forma.push_str(&format!("<?{}?>", istruzione.as_ref())),
            _ => {}
        }
    }
}

/// Where an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Luogo {
    /// In the document.
    Visto,
    /// `Signature` itself or one of its parts.
    Firma,
    /// `Object`, which envelops a document.
    Oggetto,
}

impl Luogo {
    fn mostra(self) -> bool {
        self != Self::Firma
    }
}

fn luogo(fuori: Option<&Luogo>, spazio: &str, nome: &str) -> Luogo {
    match fuori {
        None | Some(Luogo::Visto) if spazio == DS && nome == "Signature" => Luogo::Firma,
        Some(Luogo::Firma) if spazio == DS && nome == "Object" => Luogo::Oggetto,
        Some(Luogo::Firma) => Luogo::Firma,
        Some(Luogo::Oggetto) if nome == "QualifyingProperties" => Luogo::Firma,
        _ => Luogo::Visto,
    }
}

/// The attributes in order of name, namespaces apart.
fn attributi(lettore: &NsReader<&[u8]>, inizio: &BytesStart<'_>) -> Option<BTreeSet<String>> {
    let mut scritti = BTreeSet::new();
    for attributo in inizio.attributes() {
        let attributo = attributo.ok()?;
        if attributo.key.as_namespace_binding().is_some() {
            continue;
        }
        let (spazio, nome) = lettore.resolver().resolve_attribute(attributo.key);
        let valore = attributo.value.replace(['\t', '\n', '\r'], " ");
        let valore = quick_xml::escape::unescape(&valore).ok()?.into_owned();
        scritti.insert(format!(" {spazio:?}{}={valore:?}", nome.as_ref()));
    }
    Some(scritti)
}

fn encoding(xml: &[u8]) -> &'static encoding_rs::Encoding {
    let inizio = String::from_utf8_lossy(xml.get(..100).unwrap_or(xml)).to_lowercase();
    match () {
        () if xml.starts_with(b"\xff\xfe") || xml.starts_with(b"<\0") => encoding_rs::UTF_16LE,
        () if xml.starts_with(b"\xfe\xff") || xml.starts_with(b"\0<") => encoding_rs::UTF_16BE,
        () if inizio.contains("iso-8859-1") || inizio.contains("windows-1252") => encoding_rs::WINDOWS_1252,
        () => encoding_rs::UTF_8,
    }
}
