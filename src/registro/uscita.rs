//! The segnatura of an uscita: what it says, and the XML of Circolare AgID 60/2013, valid before the number is given.

use super::lettura::{DocumentoRegistrato, identificatore};
use super::{Corrispondente, Documento, Errore, Nuova, RuoloCorrispondente, RuoloDocumento};
use crate::segnatura::xsd::Schema;
use crate::segnatura::{self, Classifica, Destinatario, Identificatore, Mittente, Riferimento, Uscita, circolare60};
use crate::storage::Operazione;
use crate::utenti::Aoo;
use crate::valori::{Denominazione, Istante, Oggetto};

/// The dialect written at registration.
pub(super) const DIALETTO: &str = "60-2013";

/// What a segnatura is made of, as the register has it.
pub(super) struct Uscente<'a> {
    pub(super) identificatore: Identificatore,
    pub(super) istante: Istante,
    pub(super) aoo: &'a Aoo,
    pub(super) corrispondenti: &'a [Corrispondente],
    pub(super) riservato: bool,
    pub(super) oggetto: &'a Oggetto,
    pub(super) classifica: Option<Classifica>,
    pub(super) riferimenti: Vec<Riferimento>,
    pub(super) documenti: Vec<(RuoloDocumento, segnatura::Documento)>,
}

impl Uscente<'_> {
    /// The same, as the dialects write it.
    pub(super) fn uscita(self) -> Result<Uscita, Errore> {
        let (principali, allegati): (Vec<_>, Vec<_>) =
            self.documenti.into_iter().partition(|(ruolo, _)| *ruolo == RuoloDocumento::Principale);
        let (_, principale) = principali.into_iter().next().ok_or(Errore::SenzaDocumento)?;
        let destinatari = self.corrispondenti.iter().filter(|c| c.ruolo == RuoloCorrispondente::Destinatario);
        Ok(Uscita {
            identificatore: self.identificatore,
            istante: self.istante,
            mittente: Mittente {
                amministrazione: self.aoo.ente.clone(),
                aoo: self.aoo.denominazione.clone(),
                pec: self.aoo.pec.clone(),
                ufficio: None,
                indirizzo: None,
            },
            destinatari: destinatari
                .map(|c| Destinatario {
                    parte: c.parte.clone(),
                    per_conoscenza: c.per_conoscenza,
                    conferma_ricezione: false,
                })
                .collect(),
            riservato: self.riservato,
            oggetto: self.oggetto.clone(),
            classifica: self.classifica,
            riferimenti: self.riferimenti,
            principale,
            allegati: allegati.into_iter().map(|(_, documento)| documento).collect(),
        })
    }
}

/// Builds the XML and validates it against our schema.
pub(super) fn segnatura_xml(
    op: &mut Operazione<'_>,
    aoo: &Aoo,
    nuova: &Nuova,
    identificatore: Identificatore,
) -> Result<String, Errore> {
    let classifica = Classifica {
        voce: nuova.voce.codice.clone(),
        denominazione: Some(nuova.voce.denominazione.clone()).filter(|d: &Denominazione| !d.as_str().is_empty()),
    };
    let uscente = Uscente {
        identificatore,
        istante: op.ora,
        aoo,
        corrispondenti: &nuova.corrispondenti,
        riservato: nuova.riservato,
        oggetto: &nuova.oggetto,
        classifica: Some(classifica),
        riferimenti: riferimenti(op, nuova)?,
        documenti: nuova.documenti.iter().map(Into::into).collect(),
    };
    let xml = circolare60::segnatura(&uscente.uscita()?)?;
    controlla(circolare60::schema()?, &xml)?;
    Ok(xml)
}

/// What we wrote must be valid: otherwise it does not leave.
pub(super) fn controlla(schema: &Schema, xml: &str) -> Result<(), Errore> {
    schema.valida(xml.as_bytes()).map_err(|difetti| {
        let testo = difetti.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        Errore::SegnaturaNonValida(testo)
    })
}

impl From<&Documento> for (RuoloDocumento, segnatura::Documento) {
    fn from(d: &Documento) -> Self {
        let documento = segnatura::Documento {
            nome: d.nome.clone(),
            tipo_mime: Some(d.riposto.media_type.to_owned()),
            impronta: d.riposto.impronta,
            descrizione: d.descrizione.clone(),
        };
        (d.ruolo, documento)
    }
}

impl From<&DocumentoRegistrato> for (RuoloDocumento, segnatura::Documento) {
    fn from(d: &DocumentoRegistrato) -> Self {
        let documento = segnatura::Documento {
            nome: d.nome.clone(),
            tipo_mime: Some(d.media_type.clone()),
            impronta: d.impronta,
            descrizione: d.descrizione.clone(),
        };
        (d.ruolo, documento)
    }
}

/// The sender's own number of what we answer, else our number of it.
fn riferimenti(op: &mut Operazione<'_>, nuova: &Nuova) -> Result<Vec<Riferimento>, Errore> {
    match nuova.risponde_a {
        None => Ok(Vec::new()),
        Some(id) => Ok(vec![Riferimento::Registrato { identificatore: identificatore(op.conn, id)?, argomento: None }]),
    }
}
