//! What a signature is worth after what was done to the document since (ISO 32000-2 clause 12.8.2, EN 319 142-1 annex A).

use super::super::difetto::Difetto;
use super::super::rapporto::Sottoindicazione;
use super::intervallo::{Intervallo, avanzo};
use super::modifica::{Genere, Modifica, modifiche};
use super::permesso::Permesso;
use super::ritrovamento::Trovata;
use super::struttura::{Revisione, trova};
use std::collections::BTreeSet;

/// Changes that are told one by one in a sentence.
const MAX_DETTE: usize = 20;

/// What happened after a signature: how bad, and the sentence.
pub enum Dopo {
    /// Nothing.
    Niente,
    /// Only what is allowed.
    Ammesso(String),
    /// What may or may not have changed what people see.
    Incerto(Sottoindicazione, String),
    /// What the signature forbids, or other pages.
    Vietato(String),
}

/// What was done to the document after a signature; `finale` is the whole file.
pub fn dopo(finale: &Revisione<'_>, intervallo: &Intervallo, trovata: &Trovata) -> Dopo {
    let (byte, fine) = (finale.pdf.byte, intervallo.secondo.fine);
    let resto = avanzo(byte, fine);
    if resto == 0 || !intervallo.difetti.is_empty() {
        return Dopo::Niente;
    }
    if finale.tabella.inizio.is_none() {
        return incerto(Difetto("l'indice del PDF è rotto"));
    }
    match Revisione::leggi(finale.pdf, fine) {
        Err(difetto) => incerto(difetto),
        Ok(firmata) if firmata.tabella.inizio == finale.tabella.inizio => {
            // Readers that find no index at the end look for objects everywhere.
            match byte.get(fine..).and_then(|coda| trova(coda, b"obj")) {
                Some(_) => incerto(Difetto("contiene oggetti fuori da ogni struttura")),
                None => Dopo::Ammesso(format!("Dopo la fine del PDF firmato ci sono {resto} byte estranei.")),
            }
        }
        Ok(firmata) => giudica(&firmata, finale, trovata).unwrap_or_else(incerto),
    }
}

fn incerto(difetto: Difetto) -> Dopo {
    let frase = format!(
        "Dopo questa firma il file è stato modificato, e non si può sapere come: {difetto}. Vale solo per la versione \
         firmata."
    );
    Dopo::Incerto(Sottoindicazione::SigConstraintsFailure, frase)
}

fn giudica(firmata: &Revisione<'_>, finale: &Revisione<'_>, trovata: &Trovata) -> Result<Dopo, Difetto> {
    let modifiche = modifiche(firmata, finale)?;
    let permesso = Permesso::leggi(firmata, &trovata.dizionario)?;
    let (ammesse, altre): (Vec<&Modifica>, Vec<_>) = modifiche.iter().partition(|m| permesso.ammette(m));
    if altre.is_empty() {
        return Ok(Dopo::Ammesso(match ammesse.as_slice() {
            [] => "Dopo questa firma il file è stato salvato di nuovo, senza modifiche.".to_owned(),
            ammesse => format!("Dopo questa firma, come è ammesso: {}.", elenca(ammesse)),
        }));
    }
    // What the signer forbade, and other pages, are proved wrong; the rest may or may not change what people see.
    let vietata =
        altre.iter().any(|m| permesso.livello.is_some() || permesso.bloccato(m) || m.genere == Genere::Pagine);
    let elenco = elenca(&altre);
    Ok(if vietata {
        Dopo::Vietato(format!("Il documento è stato modificato dopo questa firma, che non lo ammette: {elenco}."))
    } else {
        let frase = format!(
            "Il documento è stato modificato dopo questa firma: {elenco}. Quello che si vede può non essere quello che è \
             stato firmato."
        );
        Dopo::Incerto(Sottoindicazione::SigConstraintsFailure, frase)
    })
}

/// Changes in one sentence, each once.
fn elenca(modifiche: &[&Modifica]) -> String {
    let mut dette = BTreeSet::new();
    let uniche: Vec<&str> = modifiche.iter().map(|m| m.frase.as_str()).filter(|frase| dette.insert(*frase)).collect();
    let mut elenco = uniche.iter().take(MAX_DETTE).copied().collect::<Vec<_>>().join("; ");
    if let Some(altre) = uniche.len().checked_sub(MAX_DETTE).filter(|altre| *altre > 0) {
        elenco.push_str(&format!("; e altre {altre} modifiche"));
    }
    elenco
}
