//! The segnatura of an uscita: XML of Circolare AgID 60/2013, valid before the number is given.

use super::lettura::identificatore;
use super::{Documento, Errore, Nuova, RuoloCorrispondente, RuoloDocumento};
use crate::segnatura::{self, Classifica, Destinatario, Identificatore, Mittente, Riferimento, Uscita, circolare60};
use crate::storage::Operazione;
use crate::utenti::Aoo;
use crate::valori::Denominazione;

/// The dialect written at registration.
pub(super) const DIALETTO: &str = "60-2013";

/// Builds the XML and validates it against our schema.
pub(super) fn segnatura_xml(
    op: &mut Operazione<'_>,
    aoo: &Aoo,
    nuova: &Nuova,
    identificatore: Identificatore,
) -> Result<String, Errore> {
    let mut documenti = nuova.documenti.iter().filter(|d| d.ruolo == RuoloDocumento::Principale).map(documento);
    let principale = documenti.next().ok_or(Errore::SenzaDocumento)?;
    let allegati = nuova.documenti.iter().filter(|d| d.ruolo == RuoloDocumento::Allegato).map(documento).collect();
    let destinatari = nuova.corrispondenti.iter().filter(|c| c.ruolo == RuoloCorrispondente::Destinatario);
    let mittente = Mittente {
        amministrazione: aoo.ente.clone(),
        aoo: aoo.denominazione.clone(),
        pec: aoo.pec.clone(),
        ufficio: None,
        indirizzo: None,
    };
    let classifica = Classifica {
        voce: nuova.voce.codice.clone(),
        denominazione: Some(nuova.voce.denominazione.clone()).filter(|d: &Denominazione| !d.as_str().is_empty()),
    };
    let uscita = Uscita {
        identificatore,
        istante: op.ora,
        mittente,
        destinatari: destinatari
            .map(|c| Destinatario {
                parte: c.parte.clone(),
                per_conoscenza: c.per_conoscenza,
                conferma_ricezione: false,
            })
            .collect(),
        riservato: nuova.riservato,
        oggetto: nuova.oggetto.clone(),
        classifica: Some(classifica),
        riferimenti: riferimenti(op, nuova)?,
        principale,
        allegati,
    };
    let xml = circolare60::segnatura(&uscita)?;
    match circolare60::schema()?.valida(xml.as_bytes()) {
        Ok(()) => Ok(xml),
        Err(difetti) => {
            let testo = difetti.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            Err(Errore::SegnaturaNonValida(testo))
        }
    }
}

fn documento(d: &Documento) -> segnatura::Documento {
    segnatura::Documento {
        nome: d.nome.clone(),
        tipo_mime: Some(d.riposto.media_type.to_owned()),
        impronta: d.riposto.impronta,
        descrizione: d.descrizione.clone(),
    }
}

/// The sender's own number of what we answer, else our number of it.
fn riferimenti(op: &mut Operazione<'_>, nuova: &Nuova) -> Result<Vec<Riferimento>, Errore> {
    match nuova.risponde_a {
        None => Ok(Vec::new()),
        Some(id) => Ok(vec![Riferimento::Registrato { identificatore: identificatore(op.conn, id)?, argomento: None }]),
    }
}
