//! What of a document its signature leaves out.
//!
//! The digest of a reference says that *something* was signed; a person looks at the whole file. What was moved, renamed or
//! added beside the signed element (signature wrapping) shows as a part that no reference covers.

use super::DS;
use super::albero::{Albero, e_identificatore};
use super::canonica::Insieme;
use std::collections::HashSet;
use uppsala::{NodeId, NodeKind};

/// Characters of a name that are told.
const MAX_NOME: usize = 60;

/// The first thing in the document that none of `coperti` covers, signatures apart, as the end of a sentence; `proprieta` are
/// subtrees that are judged by themselves, as the properties of the signer.
pub fn scoperto(albero: &Albero<'_>, firma: NodeId, coperti: &[&Insieme], proprieta: &[NodeId]) -> Option<String> {
    let cime_di = |testo: bool| coperti.iter().filter(move |c| c.solo_testo == testo).flat_map(|c| c.dentro.iter());
    let cime: HashSet<NodeId> = cime_di(false).chain(proprieta).copied().collect();
    let testi: HashSet<NodeId> = cime_di(true).copied().collect();
    // Elements with something covered inside are not left out themselves, only what stands beside it and what they say of it.
    let sopra: HashSet<NodeId> =
        cime.iter().chain(&testi).chain([&firma]).flat_map(|nodo| albero.antenati(*nodo)).collect();
    // A whole document leaves out the signature in it, which could carry something else.
    let mut da_vedere = vec![firma];
    if !cime.contains(&albero.doc.root()) {
        da_vedere.extend(albero.doc.children_iter(albero.doc.root()));
    }
    while let Some(nodo) = da_vedere.pop() {
        if cime.contains(&nodo) {
            continue;
        }
        let figli = albero.doc.children_iter(nodo);
        match albero.doc.node_kind(nodo) {
            Some(NodeKind::Text(testo) | NodeKind::CData(testo)) if !testo.trim().is_empty() => {
                return Some(format!("«{}»", accorcia(albero.doc.parent(nodo).map_or("", |n| albero.nome(n)))));
            }
            Some(NodeKind::ProcessingInstruction(istruzione)) => {
                return Some(format!("l'istruzione «{}»", accorcia(&istruzione.target)));
            }
            Some(NodeKind::Element(_)) if nodo == firma => {
                da_vedere.extend(figli.filter(|figlio| albero.e(*figlio, DS, "Object") || istruzione(albero, *figlio)));
            }
            Some(NodeKind::Element(_)) if albero.e(nodo, DS, "Signature") => {}
            Some(NodeKind::Element(elemento)) => {
                let (di_firma, testo) = (albero.doc.parent(nodo) == Some(firma), testi.contains(&nodo));
                if !di_firma && !testo && !sopra.contains(&nodo) {
                    return Some(format!("«{}»", accorcia(albero.nome(nodo))));
                }
                // What a reference calls its target by is signed with the reference; an Object of the signature has no other use for it.
                let ammesso = |a: &&uppsala::Attribute<'_>| {
                    // Where a schema may be found says nothing to whoever reads.
                    e_schema(a) || (di_firma || testo) && (e_identificatore(a) || a.name.local_name == "Encoding")
                };
                if let Some(attributo) = elemento.attributes.iter().find(|a| !ammesso(a)) {
                    let (suo, nome) = (accorcia(&attributo.name.local_name), accorcia(albero.nome(nodo)));
                    return Some(format!("l'attributo «{suo}» di «{nome}»"));
                }
                da_vedere
                    .extend(figli.filter(|f| !testo || albero.doc.element(*f).is_some() || istruzione(albero, *f)));
            }
            _ => {}
        }
    }
    None
}

fn e_schema(attributo: &uppsala::Attribute<'_>) -> bool {
    const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
    attributo.name.namespace_uri.as_deref() == Some(XSI)
        && matches!(attributo.name.local_name.as_ref(), "schemaLocation" | "noNamespaceSchemaLocation")
}

fn istruzione(albero: &Albero<'_>, nodo: NodeId) -> bool {
    matches!(albero.doc.node_kind(nodo), Some(NodeKind::ProcessingInstruction(_)))
}

fn accorcia(nome: &str) -> String {
    nome.chars().take(MAX_NOME).collect()
}
