//! What a package says, as plain values. Names are those of the contract.

use crate::valori::{Impronta, Istante, NumeroProtocollo};
use chrono::NaiveDate;

/// One registered document with its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitaDocumentaria {
    /// Version of the service.
    pub versione: String,
    /// Who deposits.
    pub versatore: Versatore,
    /// Its identity, for ever.
    pub chiave: Chiave,
    /// `TipologiaUnitaDocumentaria`.
    pub tipologia: String,
    /// `TipoConservazione`.
    pub tipo_conservazione: &'static str,
    /// Code of the voce.
    pub classifica: Option<String>,
    /// The main fascicolo.
    pub fascicolo: Option<Fascicolo>,
    /// The others.
    pub fascicoli_secondari: Vec<Fascicolo>,
    /// Subject.
    pub oggetto: String,
    /// Legal day of the registration.
    pub data: NaiveDate,
    /// `VersioneDatiSpecifici`.
    pub versione_dati_specifici: String,
    /// Metadata agreed with the conservator; what is empty is not written.
    pub dati_specifici: Vec<DatoSpecifico>,
    /// What it answers.
    pub collegamenti: Vec<Collegamento>,
    /// The document itself.
    pub principale: Documento,
    /// What comes with it.
    pub allegati: Vec<Documento>,
    /// What the office added: the segnatura.
    pub annotazioni: Vec<Documento>,
}

/// `Versatore`: the producer, as the conservator knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versatore {
    /// Installation of the conservator.
    pub ambiente: String,
    /// The body.
    pub ente: String,
    /// The AOO.
    pub struttura: String,
    /// The user.
    pub utente: String,
}

/// `Chiave`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chiave {
    /// Number, padded.
    pub numero: NumeroProtocollo,
    /// Year.
    pub anno: i32,
    /// Code of the register.
    pub registro: String,
}

/// `Fascicolo` with the voce it is under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fascicolo {
    /// Code of its voce.
    pub classifica: String,
    /// Its code.
    pub identificativo: String,
    /// What it is about.
    pub oggetto: String,
}

/// One element of `DatiSpecifici`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatoSpecifico {
    /// Name of the element.
    pub nome: &'static str,
    /// Its value; cut to what the conservator stores.
    pub valore: String,
}

/// `DocumentoCollegato`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collegamento {
    /// The other one.
    pub chiave: Chiave,
    /// Why.
    pub descrizione: &'static str,
}

/// A document: main, `Allegato` or `Annotazione`, with one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documento {
    /// `TipoDocumento`.
    pub tipo: String,
    /// What it is, in words.
    pub descrizione: Option<String>,
    /// `TipoStruttura`.
    pub struttura: String,
    /// What it is made of.
    pub componente: Componente,
}

/// `Componente`: a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Componente {
    /// Name of the file part and of the file in the package, plain ASCII, unique in the package.
    pub id: String,
    /// `TipoComponente`.
    pub tipo: String,
    /// The real name.
    pub nome: String,
    /// `FormatoFileVersato`: `PDF`, `PDF.P7M`.
    pub formato: String,
    /// SHA-256.
    pub impronta: Impronta,
    /// The moment as of which signatures are judged.
    pub riferimento_temporale: Istante,
    /// What that moment is.
    pub descrizione_riferimento: &'static str,
}

impl UnitaDocumentaria {
    /// All documents, in the order in which they are written.
    pub fn documenti(&self) -> impl Iterator<Item = &Documento> {
        std::iter::once(&self.principale).chain(&self.allegati).chain(&self.annotazioni)
    }
}
