//! What of a document its signature leaves out.
//!
//! The digest of a reference says that *something* was signed; a person looks at the whole file. What was moved, renamed or
//! added beside the signed element (signature wrapping) shows as a part that no reference covers.

use super::DS;
use super::albero::Albero;
use super::canonica::Insieme;
use std::collections::HashSet;
use uppsala::{NodeId, NodeKind};

/// The name of the first thing in the document that none of `coperti` covers, signatures apart; `proprieta` are subtrees that
/// are judged by themselves, as the properties of the signer.
pub fn scoperto(albero: &Albero<'_>, firma: NodeId, coperti: &[&Insieme], proprieta: &[NodeId]) -> Option<String> {
    let cime: HashSet<NodeId> =
        coperti.iter().flat_map(|c| c.dentro.iter().copied()).chain(proprieta.iter().copied()).collect();
    // Elements with something covered inside are not left out themselves, only what stands beside it.
    let sopra: HashSet<NodeId> = cime.iter().chain([&firma]).flat_map(|nodo| albero.antenati(*nodo)).collect();
    // A whole document leaves out the signature in it, which could carry something else.
    let mut da_vedere = vec![firma];
    da_vedere.extend(albero.doc.document_element().filter(|_| !cime.contains(&albero.doc.root())));
    while let Some(nodo) = da_vedere.pop() {
        if cime.contains(&nodo) {
            continue;
        }
        match albero.doc.node_kind(nodo) {
            Some(NodeKind::Text(testo) | NodeKind::CData(testo)) if !testo.trim().is_empty() => {
                return Some(albero.doc.parent(nodo).map(|n| albero.nome(n).to_owned()).unwrap_or_default());
            }
            Some(NodeKind::Element(_)) if nodo == firma => {
                let oggetti = albero.figli_con(nodo, DS, "Object").filter(|oggetto| !cime.contains(oggetto));
                da_vedere.extend(oggetti.flat_map(|oggetto| albero.doc.children_iter(oggetto)));
            }
            Some(NodeKind::Element(_)) if albero.e(nodo, DS, "Signature") => {}
            Some(NodeKind::Element(_)) if !sopra.contains(&nodo) => return Some(albero.nome(nodo).to_owned()),
            Some(NodeKind::Element(_)) => da_vedere.extend(albero.doc.children_iter(nodo)),
            _ => {}
        }
    }
    None
}
