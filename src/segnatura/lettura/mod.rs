//! Reading the segnatura and the return messages that arrive, whoever wrote them.
//!
//! Five dialects are on the wire; real files bend each of them. [`leggi`] refuses nothing: it reads what is there, says
//! every departure in a sentence, and says apart whether the document is *valid* for its dialect:
//!
//! - `60-2013`: it obeys our schema of Circolare 60/2013, in which `versione` is fixed too;
//! - `3.0.0`: version 3.0.0 is declared, a `ds:Signature` is there (its value is not verified), and the structure holds;
//! - `60-2013-dtd`, `28-2001`, `bare`: the structure holds.
//!
//! The structure holds when every element stands inside one where the dialect has it, as often as the dialect allows, and
//! nothing mandatory is missing; order does not matter, nor do attributes, nor the lexical form of a value. Text inside
//! `TestoDelMessaggio` is forgiven, since real senders put the body of the mail there. In `28-2001` and `bare` the register
//! may be missing. An XML that breaks before its end is not valid.

mod albero;
mod controllo;
mod dialetto;
mod json;
mod letture;
mod protocollo;
mod regole;
mod rilievi;
mod soggetti;
mod testo;
mod tre;

pub use dialetto::{Dialetto, Tipo};
pub use letture::{
    ClassificaLetta, DestinatarioLetto, DocumentoLetto, IdentificatoreLetto, Lettura, RiferimentoLetto, Ruolo, Sigillo,
    SoggettoLetto,
};

use super::circolare60;
use albero::{Albero, Nodo};
use rilievi::Rilievi;

/// Largest file that is read, in bytes: a segnatura with thousands of attachments takes one megabyte.
pub const MASSIMO_BYTE: usize = 8 * 1024 * 1024;

/// Reads a segnatura or a return message. Never fails: what cannot be read at all has neither `tipo` nor `dialetto`.
#[must_use]
pub fn leggi(bytes: &[u8]) -> Lettura {
    let mut rilievi = Rilievi::default();
    let mut lettura = Lettura::default();
    if bytes.len() > MASSIMO_BYTE {
        rilievi.push(format!("Il file supera {} MB: non è stato letto.", MASSIMO_BYTE / (1024 * 1024)));
    } else {
        let xml = testo::decodifica(bytes, &mut rilievi);
        let xml = xml.trim_start_matches('\0').trim();
        let albero = Albero::new(xml, &mut rilievi);
        match albero.radice() {
            Some(radice) => interpreta(xml, &albero, radice, &mut lettura, &mut rilievi),
            None => rilievi.push("Il file non contiene XML: non è una segnatura."),
        }
    }
    lettura.rilievi = rilievi.into_vec();
    lettura
}

fn interpreta(xml: &str, albero: &Albero, radice: Nodo<'_>, lettura: &mut Lettura, rilievi: &mut Rilievi) {
    let Some(tipo) = dialetto::tipo(radice) else {
        rilievi.push(format!(
            "L'elemento principale è «{}»: non è una segnatura né un suo messaggio di ritorno.",
            radice.nome()
        ));
        return;
    };
    let dialetto = dialetto::dialetto(radice, albero.doctype.is_some(), rilievi);
    lettura.tipo = Some(tipo);
    lettura.dialetto = Some(dialetto);
    match dialetto {
        Dialetto::Tre => tre::leggi(radice, tipo, lettura, rilievi),
        _ => protocollo::leggi(radice, tipo, dialetto, lettura, rilievi),
    }
    controllo::valori(lettura, rilievi);
    // What broke is not valid, and what follows from the break need not be said.
    lettura.valida = albero.intero
        && match dialetto {
            Dialetto::Circolare60 => secondo_schema(xml, albero, rilievi),
            _ => controllo::struttura(radice, dialetto, rilievi),
        };
}

/// Against the schema of Circolare 60/2013. A DOCTYPE is blanked first: the schema does without, and its entities are not
/// known to anybody, so a reference to one is a fault.
fn secondo_schema(xml: &str, albero: &Albero, rilievi: &mut Rilievi) -> bool {
    let mut copia = xml.as_bytes().to_vec();
    if let Some((inizio, fine)) = albero.doctype.as_ref().map(|d| d.estensione)
        && let Some(doctype) = copia.get_mut(inizio..fine)
    {
        doctype.iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
    }
    let esito = circolare60::schema().map(|s| s.valida(&copia));
    match esito {
        Ok(Ok(())) => true,
        Ok(Err(difetti)) => {
            difetti.iter().for_each(|d| rilievi.push(format!("Alla {d}.")));
            false
        }
        Err(errore) => {
            rilievi.push(format!("Il controllo non è stato possibile: {errore}."));
            false
        }
    }
}
