//! A `Signature` element (XML-Signature 1.1 section 4), cut into its parts.

use super::DS;
use super::albero::Albero;
use super::canonica::{Forma, Insieme, Ostacolo};
use super::metodo::{chiave_nuda, metodo, valore_der};
use super::riferimento::MAX_RIFERIMENTI;
use crate::firma::algoritmo::Metodo;
use uppsala::NodeId;

/// Certificates of one signature that are looked at.
const MAX_CERTIFICATI: usize = 64;

/// What a `Signature` is made of.
const PARTI: [&str; 4] = ["SignedInfo", "SignatureValue", "KeyInfo", "Object"];

/// The parts of a signature.
pub struct Busta {
    /// The `Signature` element.
    pub nodo: NodeId,
    /// `SignedInfo`.
    pub signed_info: NodeId,
    forma: Option<Forma>,
    /// `SignatureValue`.
    pub nodo_valore: NodeId,
    valore: Vec<u8>,
    /// How the value was made, if the method is known.
    pub metodo: Option<Metodo>,
    /// The method as it is named.
    pub nome_metodo: String,
    /// The `Reference` elements.
    pub riferimenti: Vec<NodeId>,
    /// `KeyInfo`.
    pub key_info: Option<NodeId>,
    /// The certificates in `KeyInfo`, as bytes that nobody has read yet.
    pub certificati: Vec<Vec<u8>>,
    /// A bare key in `KeyInfo`, as `SubjectPublicKeyInfo`.
    pub chiave: Option<Vec<u8>>,
}

/// The signatures of a document, in its order.
pub fn firme<'b>(albero: &'b Albero<'_>) -> impl Iterator<Item = NodeId> + 'b {
    albero.elementi().filter(|nodo| albero.e(*nodo, DS, "Signature"))
}

impl Busta {
    /// Reads one; every part that must be there once is there once, or nobody could say which of them counts.
    pub fn leggi(albero: &Albero<'_>, nodo: NodeId) -> Result<Self, &'static str> {
        let parte = |n| PARTI.iter().any(|nome| albero.e(n, DS, nome));
        let testo =
            |n| albero.doc.element(n).is_none() && albero.doc.text_content(n).is_some_and(|t| !t.trim().is_empty());
        if !albero.figli(nodo).all(parte) || albero.doc.children_iter(nodo).any(testo) {
            return Err("contiene qualcosa che non ne fa parte");
        }
        let signed_info = albero.unico(nodo, DS, "SignedInfo").ok_or("manca SignedInfo, o ce n'è più di uno")?;
        let nodo_valore = albero.unico(nodo, DS, "SignatureValue").ok_or("manca il valore, o ce n'è più di uno")?;
        let valore = albero.base64(nodo_valore).ok_or("il valore non è in base64")?;
        let algoritmo = albero.unico(signed_info, DS, "SignatureMethod").ok_or("manca l'algoritmo di firma")?;
        let canonico = albero.unico(signed_info, DS, "CanonicalizationMethod").ok_or("manca la forma canonica")?;
        let riferimenti: Vec<NodeId> =
            albero.figli_con(signed_info, DS, "Reference").take(MAX_RIFERIMENTI + 1).collect();
        if riferimenti.is_empty() {
            return Err("non si riferisce a nulla");
        }
        if riferimenti.len() > MAX_RIFERIMENTI {
            return Err("si riferisce a troppe cose");
        }
        let mut key_infos = albero.figli_con(nodo, DS, "KeyInfo");
        let key_info = key_infos.next();
        if key_infos.next().is_some() {
            return Err("ha più di un KeyInfo");
        }
        let x509: Vec<NodeId> = key_info.into_iter().flat_map(|k| albero.figli_con(k, DS, "X509Data")).collect();
        let certificati = x509.iter().flat_map(|x| albero.figli_con(*x, DS, "X509Certificate"));
        Ok(Self {
            nodo,
            signed_info,
            forma: Forma::leggi(albero, canonico),
            nodo_valore,
            valore,
            metodo: metodo(albero, algoritmo),
            nome_metodo: albero.attributo(algoritmo, "Algorithm").unwrap_or("?").chars().take(100).collect(),
            riferimenti,
            key_info,
            certificati: certificati.take(MAX_CERTIFICATI).map(|c| albero.base64(c).unwrap_or_default()).collect(),
            chiave: key_info.and_then(|k| chiave_nuda(albero, k)),
        })
    }

    /// The bytes over which the value was made.
    pub fn firmabile(&self, albero: &Albero<'_>) -> Result<Vec<u8>, Ostacolo> {
        let forma = self.forma.as_ref().ok_or("la forma canonica chiesta dalla firma non è fra quelle ammesse")?;
        // Comments in SignedInfo belong to it: the method of canonicalisation keeps them or not.
        Insieme::elemento(self.signed_info, true).canonica(albero, forma)
    }

    /// The value, as the other formats write it.
    pub fn valore(&self) -> Option<Vec<u8>> {
        valore_der(self.metodo?, &self.valore)
    }
}
