//! The transforms that a reference may ask for (XML-Signature 1.1 section 6.6), out of a closed list.
//!
//! A transform can make any two documents equal, so that only those whose effect is known are done. XSLT is not, nor is
//! XPath in general: a few expressions that signers write are recognised by their text, and mean what is written here.

use super::DS;
use super::albero::Albero;
use super::canonica::{Forma, Insieme, Ostacolo, TROPPO_COMPLESSO};
use uppsala::NodeId;

/// Transforms of one reference.
const MAX_TRASFORMAZIONI: usize = 8;
/// Steps of an XPath that is followed.
const MAX_PASSI: usize = 16;
const FILTER2: &str = "http://www.w3.org/2002/06/xmldsig-filter2";
const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";
const BASE64: &str = "http://www.w3.org/2000/09/xmldsig#base64";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// What goes from one transform to the next.
pub enum Dato {
    /// Nodes of the document.
    Nodi(Insieme),
    /// Bytes; and the nodes they were made of.
    Byte(Vec<u8>, Insieme),
}

/// Does all the transforms of a `Reference`, then the canonicalisation `finale` if they have not given bytes.
pub fn trasforma(
    albero: &Albero<'_>,
    firma: NodeId,
    riferimento: NodeId,
    partenza: Insieme,
    finale: &Forma,
) -> Result<(Vec<u8>, Insieme), Ostacolo> {
    let mut dato = Dato::Nodi(partenza);
    for trasformazione in elenco(albero, riferimento)? {
        dato = match dato {
            Dato::Nodi(insieme) => una(albero, firma, trasformazione, insieme)?,
            Dato::Byte(byte, da) if albero.attributo(trasformazione, "Algorithm") == Some(BASE64) => {
                Dato::Byte(decodifica(&byte)?, da)
            }
            Dato::Byte(..) => return Err("chiede di rileggere come XML quello che ha già trasformato"),
        };
    }
    match dato {
        Dato::Byte(byte, da) => Ok((byte, da)),
        Dato::Nodi(insieme) => Ok((insieme.canonica(albero, finale)?, insieme)),
    }
}

/// The transforms of a reference to bytes that are not in the document.
pub fn trasforma_byte(albero: &Albero<'_>, riferimento: NodeId, byte: &[u8]) -> Result<Vec<u8>, Ostacolo> {
    let mut byte = byte.to_vec();
    for trasformazione in elenco(albero, riferimento)? {
        if albero.attributo(trasformazione, "Algorithm") != Some(BASE64) {
            return Err("chiede di trasformare un documento separato dalla firma");
        }
        byte = decodifica(&byte)?;
    }
    Ok(byte)
}

fn elenco(albero: &Albero<'_>, riferimento: NodeId) -> Result<Vec<NodeId>, Ostacolo> {
    let Some(contenitore) = albero.figlio(riferimento, DS, "Transforms") else { return Ok(Vec::new()) };
    let tutte: Vec<NodeId> = albero.figli_con(contenitore, DS, "Transform").take(MAX_TRASFORMAZIONI + 1).collect();
    if tutte.len() > MAX_TRASFORMAZIONI { Err("chiede troppe trasformazioni") } else { Ok(tutte) }
}

fn decodifica(byte: &[u8]) -> Result<Vec<u8>, Ostacolo> {
    let letto = std::str::from_utf8(byte).ok().and_then(super::albero::base64);
    letto.ok_or("il contenuto dovrebbe essere base64 e non lo è")
}

fn una(albero: &Albero<'_>, firma: NodeId, quale: NodeId, mut insieme: Insieme) -> Result<Dato, Ostacolo> {
    match albero.attributo(quale, "Algorithm").unwrap_or_default() {
        ENVELOPED => insieme.esclusi.push(firma),
        // These walk the whole document, as a canonicalisation does.
        BASE64 | FILTER2 | XPATH if !albero.spendi() => return Err(TROPPO_COMPLESSO),
        BASE64 => {
            let testo = insieme.nodi(albero).into_iter().filter_map(|n| albero.doc.text_content(n)).collect::<String>();
            insieme.solo_testo = true;
            return Ok(Dato::Byte(decodifica(testo.as_bytes())?, insieme));
        }
        FILTER2 => filtra(albero, firma, quale, &mut insieme)?,
        XPATH => {
            let espressione = albero.unico(quale, DS, "XPath").ok_or("un filtro XPath non ha l'espressione")?;
            let testo = senza_spazi(&albero.testo(espressione));
            let nome = testo.strip_prefix("not(ancestor-or-self::").and_then(|t| t.strip_suffix(')'));
            if !nome.is_some_and(|nome| e_signature(albero, espressione, nome)) {
                return Err("usa un'espressione XPath che non è fra quelle ammesse");
            }
            escludi_firme(albero, &mut insieme);
        }
        "http://www.w3.org/TR/1999/REC-xslt-19991116" => return Err("usa una trasformazione XSLT, che non è ammessa"),
        _ => {
            let forma = Forma::leggi(albero, quale).ok_or("usa una trasformazione che non è fra quelle ammesse")?;
            return Ok(Dato::Byte(insieme.canonica(albero, &forma)?, insieme));
        }
    }
    Ok(Dato::Nodi(insieme))
}

/// XPath Filter 2.0, with one expression among those that are understood.
fn filtra(albero: &Albero<'_>, firma: NodeId, quale: NodeId, insieme: &mut Insieme) -> Result<(), Ostacolo> {
    let espressione = albero.unico(quale, FILTER2, "XPath").ok_or("usa più filtri XPath insieme")?;
    let testo = senza_spazi(&albero.testo(espressione));
    let filtro = albero.attributo(espressione, "Filter");
    let signature = |nome: &str| e_signature(albero, espressione, nome);
    if filtro == Some("subtract") {
        let tutte = testo.strip_prefix("/descendant::").or_else(|| testo.strip_prefix("//"));
        let questa = testo.strip_prefix("here()/ancestor::").and_then(|t| t.strip_suffix("[1]"));
        if tutte.is_some_and(signature) {
            escludi_firme(albero, insieme);
            return Ok(());
        }
        if questa.is_some_and(signature) {
            insieme.esclusi.push(firma);
            return Ok(());
        }
    }
    if filtro == Some("intersect")
        && let Some(scelti) = percorso(albero, espressione, &testo)
        && insieme.esclusi.is_empty()
        && let [sopra] = *insieme.dentro.as_slice()
        && scelti.iter().all(|nodo| albero.contiene(sopra, *nodo))
    {
        insieme.dentro = scelti;
        // What an expression selects has its comments, whatever the reference had left out of the document before.
        return Ok(());
    }
    Err("usa un filtro XPath che non è fra quelli ammessi")
}

/// The nodes of `id('x')`, `id('x')/node()` or `id('x')/p:a/p:b`.
fn percorso(albero: &Albero<'_>, espressione: NodeId, testo: &str) -> Option<Vec<NodeId>> {
    let (id, passi) = testo.strip_prefix("id(")?.split_once(')')?;
    let id = id.strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"'])?;
    let mut nodi = vec![albero.con_id(id).ok()??];
    for (i, passo) in passi.split('/').enumerate().take(MAX_PASSI + 1) {
        nodi = match (i, passo) {
            (0, "") => nodi,
            (1..MAX_PASSI, "node()") => nodi.iter().flat_map(|n| albero.doc.children_iter(*n)).collect(),
            (1..MAX_PASSI, nome) => {
                let (prefisso, locale) = nome.split_once(':')?;
                let spazio = albero.spazio_di(espressione, prefisso)?;
                nodi.iter().flat_map(|n| albero.figli_con(*n, spazio, locale)).collect()
            }
            _ => return None,
        };
    }
    Some(nodi)
}

/// Whether a qualified name, at this place of the document, is that of a signature.
fn e_signature(albero: &Albero<'_>, dove: NodeId, nome: &str) -> bool {
    let Some((prefisso, "Signature")) = nome.split_once(':') else { return false };
    albero.spazio_di(dove, prefisso) == Some(DS)
}

fn escludi_firme(albero: &Albero<'_>, insieme: &mut Insieme) {
    insieme.esclusi.extend(albero.elementi().filter(|nodo| albero.e(*nodo, DS, "Signature")));
}

fn senza_spazi(testo: &str) -> String {
    testo.split_ascii_whitespace().collect()
}
