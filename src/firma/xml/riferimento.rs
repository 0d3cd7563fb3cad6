//! One `Reference` (XML-Signature 1.1 section 4.4.3): to what it leads, and whether the digest is the one signed.

use super::DS;
use super::albero::{Albero, Doppio};
use super::canonica::{Forma, Insieme, TROPPO_COMPLESSO};
use super::metodo::digesto;
use super::trasformazione::{trasforma, trasforma_byte};
use crate::firma::algoritmo::Digesto;
use uppsala::NodeId;

/// References of one signature.
pub const MAX_RIFERIMENTI: usize = 64;
/// Bytes outside of the document that cost as much as one that is canonicalised: they are only copied and digested.
const BYTE_FUORI_PER_UNO: usize = 4;

/// Where what is signed outside of the document may be found.
#[derive(Clone, Copy)]
pub enum Fuori<'a> {
    /// Nowhere.
    Niente,
    /// A document that was given apart.
    Uno(&'a [u8]),
    /// Files of a container, by the address that names them.
    Nomi(&'a dyn Fn(&str) -> Option<&'a [u8]>),
}

/// What came out of a reference.
pub struct Riscontro {
    /// What it is said to be: attribute `Type`.
    pub tipo: Option<String>,
    /// The digest used, if it is known.
    pub digesto: Option<Digesto>,
    /// The nodes it covers, if they are in the document and could be reached.
    pub copre: Option<Insieme>,
    /// Whether they are what was signed.
    pub esito: Esito,
}

/// Whether something is what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Esito {
    /// It is.
    Concorda,
    /// It is not.
    Diverso,
    /// It is nowhere here.
    Assente(String),
    /// More than one thing could be meant.
    Doppio,
    /// The digest cannot be computed.
    Ignoto(String),
    /// The reference itself cannot be read.
    Illeggibile,
}

/// Where an address leads.
enum Meta {
    Nodi(Insieme),
    Fuori,
    Assente,
    Doppia,
}

/// Follows the reference `nodo` of the signature `firma`.
pub fn segui(albero: &Albero<'_>, firma: NodeId, nodo: NodeId, fuori: Fuori<'_>) -> Riscontro {
    let tipo = albero.attributo(nodo, "Type").map(str::to_owned);
    let atteso = albero.unico(nodo, DS, "DigestValue").and_then(|n| albero.base64(n));
    let algoritmo = albero.unico(nodo, DS, "DigestMethod").and_then(|n| albero.attributo(n, "Algorithm"));
    let (Some(atteso), Some(algoritmo)) = (atteso, algoritmo) else {
        return Riscontro { tipo, digesto: None, copre: None, esito: Esito::Illeggibile };
    };
    let digesto = digesto(algoritmo);
    let (copre, byte) = risolvi(albero, firma, nodo, fuori, &Forma::implicita());
    let esito = match (byte, digesto) {
        (Err(esito), _) => esito,
        (Ok(_), None) => Esito::Ignoto("usa un algoritmo di impronta che non è fra quelli accettati".to_owned()),
        (Ok(byte), Some(digesto)) if digesto.di(&byte) == atteso => Esito::Concorda,
        (Ok(_), Some(_)) => Esito::Diverso,
    };
    Riscontro { tipo, digesto, copre, esito }
}

/// What a reference leads to after its transforms, in this canonical form if they leave nodes; `None` if that cannot be had.
pub fn byte(albero: &Albero<'_>, firma: NodeId, nodo: NodeId, fuori: Fuori<'_>, finale: &Forma) -> Option<Vec<u8>> {
    risolvi(albero, firma, nodo, fuori, finale).1.ok()
}

/// The nodes that a reference covers, and its bytes.
fn risolvi(
    albero: &Albero<'_>,
    firma: NodeId,
    nodo: NodeId,
    fuori: Fuori<'_>,
    finale: &Forma,
) -> (Option<Insieme>, Result<Vec<u8>, Esito>) {
    match meta(albero, albero.attributo(nodo, "URI")) {
        Meta::Doppia => (None, Err(Esito::Doppio)),
        Meta::Assente => (None, Err(Esito::Assente(descrivi(albero, nodo)))),
        Meta::Fuori => (None, dato_fuori(albero, nodo, fuori)),
        Meta::Nodi(insieme) => match trasforma(albero, firma, nodo, insieme.clone(), finale) {
            Ok((byte, insieme)) => (Some(insieme), Ok(byte)),
            Err(ostacolo) => (Some(insieme), Err(Esito::Ignoto(ostacolo.to_owned()))),
        },
    }
}

/// Whether a reference leads outside of the document.
pub fn esterno(albero: &Albero<'_>, nodo: NodeId) -> bool {
    matches!(meta(albero, albero.attributo(nodo, "URI")), Meta::Fuori)
}

fn dato_fuori(albero: &Albero<'_>, nodo: NodeId, fuori: Fuori<'_>) -> Result<Vec<u8>, Esito> {
    let byte = match fuori {
        Fuori::Niente => None,
        Fuori::Uno(byte) => Some(byte),
        Fuori::Nomi(cerca) => albero.attributo(nodo, "URI").and_then(cerca),
    };
    let byte = byte.ok_or_else(|| Esito::Assente(descrivi(albero, nodo)))?;
    if !albero.addebita(byte.len() / BYTE_FUORI_PER_UNO) {
        return Err(Esito::Ignoto(TROPPO_COMPLESSO.to_owned()));
    }
    trasforma_byte(albero, nodo, byte).map_err(|ostacolo| Esito::Ignoto(ostacolo.to_owned()))
}

/// The address, short enough to be read; control characters could forge a line.
fn descrivi(albero: &Albero<'_>, nodo: NodeId) -> String {
    let uri = albero.attributo(nodo, "URI").unwrap_or("(senza indirizzo)");
    uri.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// Same-document references only: a bare name, or the two XPointers that XML-Signature 1.1 asks for (section 4.4.3.2).
fn meta(albero: &Albero<'_>, uri: Option<&str>) -> Meta {
    let Some(uri) = uri else { return Meta::Fuori };
    let (id, commenti) = match uri.strip_prefix('#') {
        None if uri.is_empty() => return Meta::Nodi(Insieme::tutto(albero, false)),
        None => return Meta::Fuori,
        Some("xpointer(/)") => return Meta::Nodi(Insieme::tutto(albero, true)),
        Some(frammento) => match frammento.strip_prefix("xpointer(id(").and_then(|f| f.strip_suffix("))")) {
            Some(id) => (id.trim_matches(['\'', '"']), true),
            None => (frammento, false),
        },
    };
    match albero.con_id(id) {
        Err(Doppio) => Meta::Doppia,
        Ok(None) => Meta::Assente,
        Ok(Some(nodo)) => Meta::Nodi(Insieme::elemento(nodo, commenti)),
    }
}
