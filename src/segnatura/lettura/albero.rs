//! The elements of a document as a flat list in document order: no recursion, everything bounded, nothing resolved.

use super::Rilievi;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Deepest nesting that is read.
const MASSIMA_PROFONDITA: usize = 64;
/// Most elements.
const MASSIMI_NODI: usize = 100_000;
/// Most attributes of one element.
const MASSIMI_ATTRIBUTI: usize = 64;
/// Most namespace declarations in force at one point.
const MASSIMI_PREFISSI: usize = 64;
/// Longest text of an element or value of an attribute, in bytes.
const MASSIMO_TESTO: usize = 64 * 1024;
/// Longest name of an element, attribute or entity, in bytes.
const MASSIMO_NOME: usize = 128;

/// Namespaces that tell the dialects apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spazio {
    /// No namespace.
    Nessuno,
    /// Circolare 60/2013.
    DigitPa,
    /// Allegato 6, 3.0.0.
    Agid,
    /// Allegato 6, return messages by PEC.
    AgidPec,
    /// W3C XML Signature.
    Firma,
    /// Any other.
    Altro,
}

/// The document type declaration, of which nothing is ever opened.
#[derive(Debug)]
pub(super) struct Doctype {
    /// Where it stands in the text, as byte offsets.
    pub(super) estensione: (usize, usize),
}

#[derive(Debug)]
struct Elemento {
    nome: String,
    spazio: Spazio,
    attributi: Vec<(String, String)>,
    testo: String,
    figli: Vec<usize>,
    /// One past its last descendant.
    fine: usize,
}

/// A document that was read, wholly or until it broke.
#[derive(Debug, Default)]
pub(super) struct Albero {
    elementi: Vec<Elemento>,
    /// Its DOCTYPE.
    pub(super) doctype: Option<Doctype>,
    /// False if the reading had to stop before the end.
    pub(super) intero: bool,
}

/// An element of an [`Albero`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Nodo<'a> {
    albero: &'a Albero,
    elemento: &'a Elemento,
    indice: usize,
}

impl Albero {
    /// Reads what can be read of `xml`.
    pub(super) fn new(xml: &str, rilievi: &mut Rilievi) -> Self {
        let mut lettore = Lettore::default();
        let motivo = lettore.leggi(xml, rilievi);
        if let Some(motivo) = &motivo {
            rilievi.push(motivo.as_str());
        }
        lettore.chiudi_tutto();
        Self { elementi: lettore.elementi, doctype: lettore.doctype, intero: motivo.is_none() }
    }

    /// The root.
    pub(super) fn radice(&self) -> Option<Nodo<'_>> {
        self.nodo(0)
    }

    fn nodo(&self, indice: usize) -> Option<Nodo<'_>> {
        Some(Nodo { albero: self, elemento: self.elementi.get(indice)?, indice })
    }
}

impl<'a> Nodo<'a> {
    /// Local name.
    pub(super) fn nome(self) -> &'a str {
        &self.elemento.nome
    }

    /// Namespace.
    pub(super) fn spazio(self) -> Spazio {
        self.elemento.spazio
    }

    /// Children, in order.
    pub(super) fn figli(self) -> impl DoubleEndedIterator<Item = Nodo<'a>> {
        self.elemento.figli.iter().filter_map(move |i| self.albero.nodo(*i))
    }

    /// Children of that name.
    pub(super) fn figli_di(self, nome: &'a str) -> impl Iterator<Item = Nodo<'a>> {
        self.figli().filter(move |f| f.nome() == nome)
    }

    /// First child of that name.
    pub(super) fn figlio(self, nome: &str) -> Option<Nodo<'a>> {
        self.figli().find(|f| f.nome() == nome)
    }

    /// The element itself and all below it, in document order.
    pub(super) fn discendenti(self) -> impl Iterator<Item = Nodo<'a>> {
        (self.indice..self.elemento.fine).filter_map(move |i| self.albero.nodo(i))
    }

    /// Value of an attribute, by local name.
    pub(super) fn attributo(self, nome: &str) -> Option<&'a str> {
        self.elemento.attributi.iter().find(|(n, _)| n == nome).map(|(_, v)| v.as_str())
    }

    /// Its own text, blanks collapsed; `None` if there is none.
    pub(super) fn testo(self) -> Option<String> {
        let testo = self.elemento.testo.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(testo).filter(|t| !t.is_empty())
    }

    /// Text of the first child of that name.
    pub(super) fn valore(self, nome: &str) -> Option<String> {
        self.figlio(nome)?.testo()
    }
}

#[derive(Default)]
struct Lettore {
    elementi: Vec<Elemento>,
    aperti: Vec<usize>,
    /// Namespace declarations in force: depth at which they were made, prefix, namespace.
    prefissi: Vec<(usize, String, Spazio)>,
    doctype: Option<Doctype>,
}

impl Lettore {
    /// Reads to the end, or until something stops it: then the sentence that says what.
    fn leggi(&mut self, xml: &str, rilievi: &mut Rilievi) -> Option<String> {
        let mut lettore = Reader::from_str(xml);
        lettore.config_mut().expand_empty_elements = true;
        loop {
            let inizio = offset(lettore.buffer_position());
            let evento = lettore.read_event();
            let fine = offset(lettore.buffer_position());
            match evento {
                Ok(Event::Start(tag)) => {
                    if let Some(motivo) = self.apri(&tag, rilievi) {
                        return Some(motivo);
                    }
                }
                Ok(Event::End(_)) => self.chiudi(),
                Ok(Event::Text(testo)) => self.testo(&testo, rilievi),
                Ok(Event::CData(testo)) => self.testo(&testo, rilievi),
                Ok(Event::GeneralRef(riferimento)) => self.riferimento(&riferimento, rilievi),
                Ok(Event::DocType(testo)) => {
                    esamina_doctype(&testo, rilievi);
                    self.doctype.get_or_insert(Doctype { estensione: (inizio, fine) });
                }
                Ok(Event::Eof) if self.aperti.is_empty() => return None,
                Ok(Event::Eof) => return Some("Il documento è troncato: è stato letto fin dove arriva.".to_owned()),
                Ok(_) => {}
                Err(_) => {
                    let prima = xml.get(..offset(lettore.error_position()).min(xml.len())).unwrap_or(xml);
                    let riga = prima.bytes().filter(|b| *b == b'\n').count() + 1;
                    return Some(format!("L'XML è rotto alla riga {riga}: è stato letto fin lì."));
                }
            }
        }
    }

    fn apri(&mut self, tag: &BytesStart<'_>, rilievi: &mut Rilievi) -> Option<String> {
        if self.aperti.len() >= MASSIMA_PROFONDITA {
            return Some(format!(
                "Gli elementi sono annidati oltre {MASSIMA_PROFONDITA} livelli: il resto non è stato letto."
            ));
        }
        if self.elementi.len() >= MASSIMI_NODI {
            return Some(format!("Gli elementi sono più di {MASSIMI_NODI}: il resto non è stato letto."));
        }
        if self.aperti.is_empty() && !self.elementi.is_empty() {
            return Some("C'è altro dopo la fine del documento: non è stato letto.".to_owned());
        }
        let attributi = self.attributi(tag, rilievi);
        let nome_intero = tag.name();
        let (prefisso, nome) = nome_intero.0.split_once(':').unwrap_or(("", nome_intero.0));
        let indice = self.elementi.len();
        let spazio = self.spazio(prefisso);
        if let Some(genitore) = self.aperti.last().and_then(|g| self.elementi.get_mut(*g)) {
            genitore.figli.push(indice);
        }
        let nome = taglia(nome, MASSIMO_NOME).to_owned();
        self.elementi.push(Elemento { nome, spazio, attributi, testo: String::new(), figli: Vec::new(), fine: indice });
        self.aperti.push(indice);
        None
    }

    /// The attributes but for namespace declarations, which are put in force for the element now opening.
    fn attributi(&mut self, tag: &BytesStart<'_>, rilievi: &mut Rilievi) -> Vec<(String, String)> {
        let mut attributi = Vec::new();
        // Without checks: finding duplicates costs the square of their number.
        for (contati, attributo) in tag.attributes().with_checks(false).enumerate() {
            let Ok(attributo) = attributo else {
                rilievi.push("Un attributo è scritto male e non è stato letto.");
                break;
            };
            if contati >= MASSIMI_ATTRIBUTI {
                rilievi.push(format!(
                    "Un elemento ha più di {MASSIMI_ATTRIBUTI} attributi: gli altri non sono stati letti."
                ));
                break;
            }
            let valore = attributo.value.as_ref();
            let chiave = attributo.key.0;
            let (prefisso, nome) = chiave.split_once(':').unwrap_or(("", chiave));
            if chiave == "xmlns" || prefisso == "xmlns" {
                if self.prefissi.len() < MASSIMI_PREFISSI {
                    let dichiarato = if prefisso.is_empty() { "" } else { nome };
                    let dichiarato = taglia(dichiarato, MASSIMO_NOME).to_owned();
                    self.prefissi.push((self.aperti.len(), dichiarato, spazio_di(valore)));
                }
            } else {
                let nome = taglia(nome, MASSIMO_NOME).to_owned();
                attributi.push((nome, senza_riferimenti(taglia(valore, MASSIMO_TESTO), rilievi)));
            }
        }
        attributi
    }

    fn spazio(&self, prefisso: &str) -> Spazio {
        let dichiarato = self.prefissi.iter().rev().find(|(_, p, _)| p == prefisso).map(|(_, _, s)| *s);
        dichiarato.unwrap_or(if prefisso.is_empty() { Spazio::Nessuno } else { Spazio::Altro })
    }

    fn chiudi(&mut self) {
        let fine = self.elementi.len();
        if let Some(elemento) = self.aperti.pop().and_then(|i| self.elementi.get_mut(i)) {
            elemento.fine = fine;
        }
        let profondita = self.aperti.len();
        while self.prefissi.last().is_some_and(|(p, _, _)| *p >= profondita) {
            self.prefissi.pop();
        }
    }

    fn chiudi_tutto(&mut self) {
        while !self.aperti.is_empty() {
            self.chiudi();
        }
    }

    fn testo(&mut self, testo: &str, rilievi: &mut Rilievi) {
        let Some(elemento) = self.aperti.last().and_then(|i| self.elementi.get_mut(*i)) else { return };
        let libero = MASSIMO_TESTO.saturating_sub(elemento.testo.len());
        let preso = taglia(testo, libero);
        if preso.len() < testo.len() {
            rilievi.push(format!("Un testo supera {} KB ed è stato tagliato.", MASSIMO_TESTO / 1024));
        }
        elemento.testo.extend(preso.chars().filter(|c| !c.is_control() || c.is_whitespace()));
    }

    fn riferimento(&mut self, riferimento: &BytesRef<'_>, rilievi: &mut Rilievi) {
        let nome: &str = riferimento;
        let testo = risolvi(nome, rilievi);
        self.testo(&testo, rilievi);
    }
}

/// A reference without `&` and `;`: characters and the five names of XML; any other stays as it is written.
fn risolvi(nome: &str, rilievi: &mut Rilievi) -> String {
    let carattere = match nome {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => nome.strip_prefix('#').and_then(numerico),
    };
    carattere.map_or_else(
        || {
            let nome = taglia(nome, MASSIMO_NOME);
            rilievi.push(format!("Il riferimento «&{nome};» non è stato risolto: è rimasto scritto così."));
            format!("&{nome};")
        },
        String::from,
    )
}

fn numerico(cifre: &str) -> Option<char> {
    let codice = match cifre.strip_prefix('x') {
        Some(esadecimali) => u32::from_str_radix(esadecimali, 16),
        None => cifre.parse(),
    };
    codice.ok().and_then(char::from_u32).filter(|c| !c.is_control() || c.is_whitespace())
}

fn senza_riferimenti(valore: &str, rilievi: &mut Rilievi) -> String {
    let mut pezzi = valore.split('&');
    let mut testo = pezzi.next().unwrap_or("").to_owned();
    for pezzo in pezzi {
        match pezzo.split_once(';') {
            Some((nome, resto)) => {
                testo.push_str(&risolvi(nome, rilievi));
                testo.push_str(resto);
            }
            None => {
                testo.push('&');
                testo.push_str(pezzo);
            }
        }
    }
    testo.retain(|c| !c.is_control());
    testo
}

fn esamina_doctype(testo: &str, rilievi: &mut Rilievi) {
    let (esterno, interno) = testo.split_once('[').map_or((testo, None), |(e, i)| (e, Some(i)));
    if interno.is_some_and(|i| i.contains("<!ENTITY")) {
        rilievi.push("Il DOCTYPE dichiara delle entità: non sono state lette.");
    } else if interno.is_some_and(|i| !i.trim_end_matches(']').trim().is_empty()) {
        rilievi.push("Il DOCTYPE contiene delle dichiarazioni: non sono state lette.");
    }
    let indirizzo = esterno.split(['"', '\'']).rev().nth(1);
    if let Some(indirizzo) = indirizzo {
        let file = indirizzo.rsplit(['/', '\\']).next().unwrap_or(indirizzo);
        if !file.to_ascii_lowercase().starts_with("segnatura") {
            let indirizzo = taglia(indirizzo, MASSIMO_NOME);
            rilievi.push(format!(
                "Il DOCTYPE rimanda a «{indirizzo}», che non è la DTD della segnatura: non è stato aperto."
            ));
        }
    }
}

fn spazio_di(nome: &str) -> Spazio {
    let nome = nome.trim().trim_end_matches('/').to_ascii_lowercase();
    match nome.as_str() {
        "" => Spazio::Nessuno,
        "http://www.digitpa.gov.it/protocollo" => Spazio::DigitPa,
        "http://www.agid.gov.it/protocollo" => Spazio::Agid,
        "http://www.agid.gov.it/protocollo/pec" => Spazio::AgidPec,
        "http://www.w3.org/2000/09/xmldsig#" => Spazio::Firma,
        _ => Spazio::Altro,
    }
}

/// At most `massimo` bytes of `testo`, whole characters.
fn taglia(testo: &str, massimo: usize) -> &str {
    testo.get(..testo.floor_char_boundary(massimo)).unwrap_or(testo)
}

fn offset(posizione: u64) -> usize {
    usize::try_from(posizione).unwrap_or(usize::MAX)
}
