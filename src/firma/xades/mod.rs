//! XAdES: XML signatures with what the signer says of them (ETSI EN 319 132-1, TS 101 903 since version 1.1.1).
//!
//! Every `Signature` of a document is judged by itself: enveloped, enveloping, or beside what it signs in the same file. A
//! plain XML signature is judged too, and called `XMLDSig`.

mod archivio;
mod esame;
mod proprieta;

use super::catena::Contesto;
use super::esame::senza_firmatario;
use super::giudizio::Giudizio;
use super::rapporto::{Firma, Sottoindicazione};
use super::xml::albero::{Albero, Rifiuto, decodifica};
use super::xml::busta::firme;
use super::xml::riferimento::Fuori;
use super::xml::{DS, riferimento};
use uppsala::NodeId;

/// Signatures of one document that are judged; the others are said not to be.
const MAX_FIRME: usize = 64;

/// Judges the signatures of an XML document; none if it has none. `esterni` is what they may sign outside of it.
pub fn esamina(contesto: &Contesto<'_>, byte: &[u8], esterni: Fuori<'_>, strato: usize) -> Vec<Firma> {
    let letto = decodifica(byte);
    let albero = match letto.as_deref().map_err(|rifiuto| *rifiuto).and_then(Albero::leggi) {
        Ok(albero) => albero,
        Err(rifiuto) => return vec![rifiutata(strato, rifiuto)],
    };
    let mut nodi = firme(&albero).filter(|nodo| !proprieta::e_controfirma(&albero, *nodo));
    let da_giudicare = nodi.by_ref().take(MAX_FIRME);
    let mut giudicate: Vec<Firma> =
        da_giudicare.map(|nodo| esame::esamina(contesto, &albero, nodo, esterni, strato)).collect();
    if nodi.next().is_some() {
        let mut giudizio = Giudizio::new();
        let frase = format!("Le firme sono più di {MAX_FIRME}: le altre non sono state verificate.");
        giudizio.incerta(Sottoindicazione::Generic, frase);
        giudicate.push(senza_firmatario(strato, giudizio));
    }
    if giudicate.is_empty() && albero.elementi().any(|nodo| sembra_firma(&albero, nodo)) {
        let mut giudizio = Giudizio::new();
        let frase =
            "Il documento XML dovrebbe essere firmato, ma quella che contiene non è una firma XML riconoscibile.";
        giudizio.fallita(Sottoindicazione::FormatFailure, frase);
        giudicate.push(senza_firmatario(strato, giudizio));
    }
    giudicate
}

/// Whether an element has the name of a signature, or of its value, in whatever namespace: what is left of one that was broken.
fn sembra_firma(albero: &Albero<'_>, nodo: NodeId) -> bool {
    matches!(albero.nome(nodo), "Signature" | "SignatureValue")
}

/// Whether some signature of the document signs something outside of it.
pub fn chiede_contenuto(byte: &[u8]) -> bool {
    let letto = decodifica(byte);
    let Ok(albero) = letto.as_deref().map_err(|rifiuto| *rifiuto).and_then(Albero::leggi) else { return false };
    albero.elementi().any(|nodo| albero.e(nodo, DS, "Reference") && riferimento::esterno(&albero, nodo))
}

fn rifiutata(strato: usize, rifiuto: Rifiuto) -> Firma {
    let mut giudizio = Giudizio::new();
    match rifiuto {
        Rifiuto::Eccede(_) => {
            let frase = format!("Le firme del documento XML non sono state verificate: {rifiuto}.");
            giudizio.incerta(Sottoindicazione::Generic, frase);
        }
        Rifiuto::Illeggibile(_) => {
            let frase = format!("Il documento XML dovrebbe essere firmato ma non è leggibile: {rifiuto}.");
            giudizio.fallita(Sottoindicazione::FormatFailure, frase);
        }
    }
    senza_firmatario(strato, giudizio)
}
