//! The tree of an XML document, within limits, and its identifiers.

use encoding_rs::Encoding;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use uppsala::parser::Parser;
use uppsala::{Attribute, Document, Element, NodeId, NodeKind};

/// The largest document held in memory.
pub const MAX_XML_BYTE: usize = 16 * 1024 * 1024;
/// Elements one inside the other.
const MAX_PROFONDITA: u32 = 100;
/// Characters that begin a tag or an attribute; elements and attributes cannot be more.
const MAX_SEGNI: usize = 500_000;
/// Attributes of one element: the parser compares each with all the others.
const MAX_ATTRIBUTI: usize = 256;
/// Comments and processing instructions beside the root.
const MAX_FUORI_RADICE: usize = 256;
/// Namespace prefixes that are different from each other.
const MAX_PREFISSI: usize = 64;
/// The longest name of a namespace, in bytes.
const MAX_SPAZIO_BYTE: usize = 512;

/// Why a document is not looked at, as the end of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rifiuto {
    /// Bigger than [`MAX_XML_BYTE`] or than one of the other limits.
    Eccede(&'static str),
    /// Not XML, or XML that may not be read.
    Illeggibile(&'static str),
}

impl fmt::Display for Rifiuto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Eccede(perche) | Self::Illeggibile(perche)) = self;
        f.write_str(perche)
    }
}

/// A document.
pub struct Albero<'a> {
    /// The nodes.
    pub doc: Document<'a>,
    /// `None`: more than one element has it.
    identificatori: HashMap<String, Option<NodeId>>,
    /// What one canonicalisation may cost at most, about one a byte.
    costo: usize,
    /// What canonicalisations may still cost.
    pub(super) restano: Cell<usize>,
}

/// The text of a document, whatever its encoding: byte order mark, then declaration, then UTF-8.
pub fn decodifica(byte: &[u8]) -> Result<Cow<'_, str>, Rifiuto> {
    const ILLEGGIBILE: Rifiuto = Rifiuto::Illeggibile("il testo non è nella codifica che dichiara");
    if byte.len() > MAX_XML_BYTE {
        return Err(Rifiuto::Eccede("è troppo grande"));
    }
    let codifica = match Encoding::for_bom(byte) {
        Some((codifica, _)) => codifica,
        None if byte.starts_with(b"<\0") => encoding_rs::UTF_16LE,
        None if byte.starts_with(b"\0<") => encoding_rs::UTF_16BE,
        None => dichiarata(byte)?,
    };
    let testo = codifica.decode_with_bom_removal(byte);
    if testo.1 { Err(ILLEGGIBILE) } else { Ok(testo.0) }
}

/// The encoding that an XML declaration names.
fn dichiarata(byte: &[u8]) -> Result<&'static Encoding, Rifiuto> {
    let inizio = byte.get(..byte.len().min(200)).unwrap_or_default();
    let fine = inizio.windows(2).position(|w| w == b"?>").unwrap_or(0);
    let dichiarazione = String::from_utf8_lossy(inizio.get(..fine).unwrap_or_default());
    let Some((_, dopo)) = dichiarazione.split_once("encoding") else { return Ok(encoding_rs::UTF_8) };
    let nome = dopo.trim_start_matches([' ', '\t', '\r', '\n', '=']).get(1..).unwrap_or_default();
    let nome = nome.split(['"', '\'']).next().unwrap_or_default();
    // UTF-16 without its mark was told before: who declares it here does not write it.
    let nota = Encoding::for_label(nome.as_bytes()).filter(|c| c.is_ascii_compatible());
    nota.ok_or(Rifiuto::Illeggibile("dichiara una codifica sconosciuta"))
}

impl<'a> Albero<'a> {
    /// Reads a document.
    pub fn leggi(testo: &'a str) -> Result<Self, Rifiuto> {
        let segni = testo.bytes().filter(|b| matches!(b, b'<' | b'=')).count();
        if segni > MAX_SEGNI {
            return Err(Rifiuto::Eccede("ha troppi elementi"));
        }
        if attributi_insieme(testo) > MAX_ATTRIBUTI {
            return Err(Rifiuto::Eccede("ha un elemento con troppi attributi"));
        }
        let lettore = Parser::new().with_forbid_dtd(true).with_max_depth(MAX_PROFONDITA);
        let doc = lettore.parse(testo).map_err(|errore| motivo(&errore.to_string()))?;
        if doc.children_iter(doc.root()).count() > MAX_FUORI_RADICE {
            return Err(Rifiuto::Eccede("ha troppi commenti fuori dalla radice"));
        }
        let mut albero =
            Self { doc, identificatori: HashMap::new(), costo: 0, restano: Cell::new(super::canonica::MAX_LAVORO) };
        let (mut prefissi, mut spazio) = (std::collections::BTreeSet::new(), 0);
        let mut identificatori: HashMap<String, Option<NodeId>> = HashMap::new();
        for nodo in albero.elementi() {
            let Some(elemento) = albero.doc.element(nodo) else { continue };
            for (prefisso, nome) in &elemento.namespace_declarations {
                prefissi.insert(prefisso.as_ref());
                spazio = spazio.max(nome.len());
            }
            for valore in valori_id(elemento) {
                identificatori.entry(valore.to_owned()).and_modify(|i| *i = None).or_insert(Some(nodo));
            }
        }
        if prefissi.len() > MAX_PREFISSI || spazio > MAX_SPAZIO_BYTE {
            return Err(Rifiuto::Eccede("dichiara troppi spazi dei nomi"));
        }
        let costo = testo.len() + segni * (spazio + 32 * prefissi.len());
        albero.identificatori = identificatori;
        albero.costo = costo;
        Ok(albero)
    }

    /// Every element, in document order.
    pub fn elementi(&self) -> impl Iterator<Item = NodeId> {
        // The arena is filled while reading, so that its order is the document's.
        let nodi = (0..).map(NodeId::new).take_while(|nodo| self.doc.node_kind(*nodo).is_some());
        nodi.filter(|nodo| self.doc.element(*nodo).is_some())
    }

    /// The one element with this identifier; an error if there are more.
    pub fn con_id(&self, id: &str) -> Result<Option<NodeId>, Doppio> {
        match self.identificatori.get(id) {
            None => Ok(None),
            Some(None) => Err(Doppio),
            Some(Some(nodo)) => Ok(Some(*nodo)),
        }
    }

    /// Whether this node is such an element.
    pub fn e(&self, nodo: NodeId, spazio: &str, nome: &str) -> bool {
        self.doc.element(nodo).is_some_and(|e| e.matches_name_ns(spazio, nome))
    }

    /// The name of an element without prefix.
    pub fn nome(&self, nodo: NodeId) -> &str {
        self.doc.element(nodo).map_or("", |e| e.name.local_name.as_ref())
    }

    /// The namespace of an element.
    pub fn spazio(&self, nodo: NodeId) -> &str {
        self.doc.element(nodo).and_then(|e| e.name.namespace_uri.as_deref()).unwrap_or("")
    }

    /// The value of an attribute without namespace.
    pub fn attributo(&self, nodo: NodeId, nome: &str) -> Option<&str> {
        let attributi = &self.doc.element(nodo)?.attributes;
        attributi.iter().find(|a| a.name.namespace_uri.is_none() && a.name.local_name == nome).map(|a| a.value.as_ref())
    }

    /// The elements directly inside.
    pub fn figli(&self, nodo: NodeId) -> impl Iterator<Item = NodeId> {
        self.doc.children_iter(nodo).filter(|figlio| self.doc.element(*figlio).is_some())
    }

    /// The elements directly inside that have this name.
    pub fn figli_con<'b>(&'b self, nodo: NodeId, spazio: &'b str, nome: &'b str) -> impl Iterator<Item = NodeId> + 'b {
        self.figli(nodo).filter(move |figlio| self.e(*figlio, spazio, nome))
    }

    /// The first of them.
    pub fn figlio(&self, nodo: NodeId, spazio: &str, nome: &str) -> Option<NodeId> {
        self.figli(nodo).find(|figlio| self.e(*figlio, spazio, nome))
    }

    /// The only one of them; `None` if there are none or more.
    pub fn unico(&self, nodo: NodeId, spazio: &str, nome: &str) -> Option<NodeId> {
        let mut figli = self.figli_con(nodo, spazio, nome);
        figli.next().filter(|_| figli.next().is_none())
    }

    /// All the text inside an element, without the blanks around it.
    pub fn testo(&self, nodo: NodeId) -> String {
        self.doc.text_content_deep(nodo).trim().to_owned()
    }

    /// The bytes that the text of an element writes in base64.
    pub fn base64(&self, nodo: NodeId) -> Option<Vec<u8>> {
        base64(&self.doc.text_content_deep(nodo))
    }

    /// Whether `sopra` is `nodo` or stands above it.
    pub fn contiene(&self, sopra: NodeId, nodo: NodeId) -> bool {
        let mut corrente = Some(nodo);
        while let Some(questo) = corrente {
            if questo == sopra {
                return true;
            }
            corrente = self.doc.parent(questo);
        }
        false
    }

    /// The elements above a node, nearest first.
    pub fn antenati(&self, nodo: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(self.doc.parent(nodo), |n| self.doc.parent(*n)).filter(|n| self.doc.element(*n).is_some())
    }

    /// The namespace that a prefix means at an element.
    pub fn spazio_di(&self, nodo: NodeId, prefisso: &str) -> Option<&str> {
        let dichiarati = |n| self.doc.element(n).map(|e| e.namespace_declarations.as_slice()).unwrap_or_default();
        std::iter::once(nodo)
            .chain(self.antenati(nodo))
            .find_map(|n| dichiarati(n).iter().find(|(p, _)| p == prefisso).map(|(_, uri)| uri.as_ref()))
    }

    /// Whether a node is a comment.
    pub fn commento(&self, nodo: NodeId) -> bool {
        matches!(self.doc.node_kind(nodo), Some(NodeKind::Comment(_)))
    }

    /// Takes one canonicalisation out of the budget; `false` when there is not enough left.
    pub(super) fn spendi(&self) -> bool {
        self.addebita(self.costo)
    }

    /// Takes this much out of the budget; `false` when there is not enough left.
    pub(super) fn addebita(&self, costo: usize) -> bool {
        let resto = self.restano.get().checked_sub(costo);
        self.restano.set(resto.unwrap_or(0));
        resto.is_some()
    }
}

/// More elements have the identifier that a signature refers to: nobody can say which was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doppio;

/// Base64 with blanks anywhere, and with or without padding; `None` if it is not that.
pub fn base64(testo: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    use base64::alphabet::STANDARD;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    let ammesso = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let cifre: Vec<u8> = testo.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    GeneralPurpose::new(&STANDARD, ammesso).decode(cifre).ok()
}

fn valori_id<'b>(elemento: &'b Element<'_>) -> impl Iterator<Item = &'b str> {
    elemento.attributes.iter().filter(|a| e_identificatore(a)).map(|a| a.value.as_ref())
}

/// Without a DTD nothing says which attributes are identifiers: those that signers take for such.
pub fn e_identificatore(attributo: &Attribute<'_>) -> bool {
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    match attributo.name.namespace_uri.as_deref() {
        None => matches!(attributo.name.local_name.as_ref(), "Id" | "ID" | "id"),
        Some(spazio) => spazio == XML && attributo.name.local_name == "id",
    }
}

/// The most attributes that an element can have, before it is parsed: values opened between two `<`, which cannot stand in a tag.
fn attributi_insieme(testo: &str) -> usize {
    let (mut quanti, mut massimo, mut dopo_uguale) = (0, 0, false);
    for b in testo.bytes() {
        match b {
            b'<' => quanti = 0,
            b'=' => dopo_uguale = true,
            b'"' | b'\'' if dopo_uguale => {
                quanti += 1;
                massimo = massimo.max(quanti);
                dopo_uguale = false;
            }
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => dopo_uguale = false,
        }
    }
    massimo
}

fn motivo(errore: &str) -> Rifiuto {
    match errore {
        e if e.contains("forbid_dtd") => Rifiuto::Illeggibile("contiene una DTD, che qui non è ammessa"),
        e if e.contains("depth") => Rifiuto::Eccede("ha troppi elementi uno dentro l'altro"),
        _ => Rifiuto::Illeggibile("non è XML ben formato"),
    }
}
