//! Reading the segnatura and the return messages that arrive, whoever wrote them.
//!
//! Five dialects are on the wire; real files bend each of them. [`leggi`] refuses nothing: it reads what is there, says
//! every departure in a sentence, and says apart whether the document is *valid* for its dialect:
//!
//! - `60-2013`: it obeys our schema of Circolare 60/2013, in which `versione` is fixed too;
//! - `3.0.0`: version 3.0.0 is declared, a `ds:Signature` is there (whether it holds is another question, that of the seal), and
//!   the structure holds;
//! - `60-2013-dtd`, `28-2001`, `bare`: the structure holds.
//!
//! The structure holds when every element stands inside one where the dialect has it, as often as the dialect allows, and
//! nothing mandatory is missing; order does not matter, nor do attributes, nor the lexical form of a value. Text inside
//! `TestoDelMessaggio` is forgiven, since real senders put the body of the mail there. In `28-2001` and `bare` the register
//! may be missing. An XML that breaks before its end is not valid.

mod albero;
mod controllo;
mod dialetto;
mod impronta;
mod json;
mod letture;
mod protocollo;
mod regole;
mod rilievi;
mod riscontro;
mod soggetti;
mod testo;
mod tre;

pub use dialetto::{Dialetto, Tipo};
pub use letture::{
    ClassificaLetta, DestinatarioLetto, DocumentoLetto, IdentificatoreLetto, Lettura, RiferimentoLetto, Ruolo, Sigillo,
    SoggettoLetto,
};
pub use riscontro::{File, Misura};

use super::xsd::{Difetto, Schema};
use super::{Errore, allegato6, circolare60};
use albero::{Albero, Nodo};
use rilievi::{Rilievi, cita};

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
            "L'elemento principale è {}: non è una segnatura né un suo messaggio di ritorno.",
            cita(radice.nome())
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
    if !albero.intero {
        return;
    }
    let difetti = match dialetto {
        Dialetto::Circolare60 => {
            let difetti = secondo(xml, albero, circolare60::schema());
            lettura.valida = difetti.is_empty();
            difetti
        }
        _ => {
            lettura.valida = controllo::struttura(radice, dialetto, rilievi);
            // A 3.0.0 may depart from its schema in order, attributes and lexical forms, and is valid all the same: the schema
            // refuses every CAP there is, which is not even said.
            let tre = dialetto == Dialetto::Tre && lettura.valida;
            let mut difetti = if tre { secondo(xml, albero, allegato6::schema()) } else { Vec::new() };
            difetti.retain(|d| !d.frase.contains("«CAP»"));
            difetti
        }
    };
    difetti.iter().for_each(|d| rilievi.push(format!("Alla {d}.")));
}

/// The faults by a schema of ours. A DOCTYPE is blanked first: the schemas do without, and its entities are not known to anybody,
/// so a reference to one is a fault.
fn secondo(xml: &str, albero: &Albero, schema: Result<&'static Schema, Errore>) -> Vec<Difetto> {
    let mut copia = xml.as_bytes().to_vec();
    if let Some((inizio, fine)) = albero.doctype.as_ref().map(|d| d.estensione)
        && let Some(doctype) = copia.get_mut(inizio..fine)
    {
        doctype.iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
    }
    match schema {
        Ok(schema) => schema.valida(&copia).err().unwrap_or_default(),
        Err(errore) => vec![Difetto { riga: 1, frase: format!("il controllo non è stato possibile: {errore}") }],
    }
}
