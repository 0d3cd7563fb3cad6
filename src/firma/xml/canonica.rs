//! Canonical XML (C14N 1.0, 1.1 and exclusive, with and without comments), by `bergshamra-c14n`.

use super::albero::Albero;
use bergshamra_c14n::{C14nMode, canonicalize_doc};
use bergshamra_xml::NodeSet;
use bergshamra_xml::nodeset::{NodeIdSet, NodeSetType};
use std::collections::HashSet;
use uppsala::NodeId;

/// What the canonicalisations of one document may cost together, about one a byte.
pub const MAX_LAVORO: usize = 256 * 1024 * 1024;
/// Why what would cost more is not computed.
pub const TROPPO_COMPLESSO: Ostacolo = "il documento è troppo complesso per calcolarne tutte le impronte";
/// Prefixes that an exclusive canonicalisation may treat as inclusive.
const MAX_PREFISSI_INCLUSI: usize = 64;
const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// A set of nodes: whole subtrees, without some of the subtrees inside them.
#[derive(Debug, Clone)]
pub struct Insieme {
    /// The tops of the subtrees, in document order.
    pub dentro: Vec<NodeId>,
    /// Subtrees left out.
    pub esclusi: Vec<NodeId>,
    /// Whether comments belong to it.
    pub commenti: bool,
    /// Only the text was signed, without the elements that hold it.
    pub solo_testo: bool,
}

/// A method of canonicalisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forma {
    modo: C14nMode,
    /// `InclusiveNamespaces PrefixList` of an exclusive canonicalisation.
    inclusi: Vec<String>,
}

/// Why the canonical form of something is not known, as a sentence.
pub type Ostacolo = &'static str;

impl Forma {
    /// What XML-Signature uses when nothing is said (section 4.4.3.2).
    pub fn implicita() -> Self {
        Self { modo: C14nMode::Inclusive, inclusi: Vec::new() }
    }

    /// The method that an element with attribute `Algorithm` names; `None` if it is not one of the six.
    pub fn leggi(albero: &Albero<'_>, elemento: NodeId) -> Option<Self> {
        let modo = C14nMode::from_uri(albero.attributo(elemento, "Algorithm")?)?;
        let mut inclusi = Vec::new();
        if modo.is_exclusive()
            && let Some(elenco) = albero.figlio(elemento, EXC_C14N, "InclusiveNamespaces")
        {
            let prefissi = albero.attributo(elenco, "PrefixList").unwrap_or_default();
            inclusi = prefissi.split_ascii_whitespace().take(MAX_PREFISSI_INCLUSI + 1).map(str::to_owned).collect();
        }
        (inclusi.len() <= MAX_PREFISSI_INCLUSI).then_some(Self { modo, inclusi })
    }
}

impl Insieme {
    /// The whole document.
    pub fn tutto(albero: &Albero<'_>, commenti: bool) -> Self {
        Self { dentro: vec![albero.doc.root()], esclusi: Vec::new(), commenti, solo_testo: false }
    }

    /// One element with all that is in it.
    pub fn elemento(nodo: NodeId, commenti: bool) -> Self {
        Self { dentro: vec![nodo], esclusi: Vec::new(), commenti, solo_testo: false }
    }

    /// Every node, in document order. Not recursive.
    pub fn nodi(&self, albero: &Albero<'_>) -> Vec<NodeId> {
        let esclusi: HashSet<NodeId> = self.esclusi.iter().copied().collect();
        let mut nodi = Vec::new();
        let mut da_vedere: Vec<NodeId> = self.dentro.iter().rev().copied().collect();
        while let Some(nodo) = da_vedere.pop() {
            if esclusi.contains(&nodo) || (!self.commenti && albero.commento(nodo)) {
                continue;
            }
            nodi.push(nodo);
            da_vedere.extend(albero.doc.children_iter(nodo).rev());
        }
        nodi
    }

    /// The canonical bytes.
    pub fn canonica(&self, albero: &Albero<'_>, forma: &Forma) -> Result<Vec<u8>, Ostacolo> {
        let undici = matches!(forma.modo, C14nMode::Inclusive11 | C14nMode::Inclusive11WithComments);
        if undici && self.dentro.iter().any(|nodo| eredita(albero, *nodo)) {
            // Section 2.4 of C14N 1.1: `xml:id` is not inherited and `xml:base` is rewritten; the library does neither well.
            return Err("gli elementi intorno a quello firmato hanno xml:base o xml:id");
        }
        if !albero.spendi() {
            return Err(TROPPO_COMPLESSO);
        }
        let nodi: NodeIdSet = self.nodi(albero).into_iter().map(|nodo| nodo.index()).collect();
        let insieme = NodeSet::from_ids(nodi, NodeSetType::Normal);
        canonicalize_doc(&albero.doc, forma.modo, Some(&insieme), &forma.inclusi)
            .map_err(|_| "la forma canonica non è calcolabile")
    }
}

/// Whether an element above has an attribute of those that C14N 1.1 treats in its own way.
fn eredita(albero: &Albero<'_>, nodo: NodeId) -> bool {
    albero.antenati(nodo).filter_map(|n| albero.doc.element(n)).any(|e| {
        e.attributes.iter().any(|a| {
            a.name.namespace_uri.as_deref() == Some(XML) && matches!(a.name.local_name.as_ref(), "base" | "id")
        })
    })
}
