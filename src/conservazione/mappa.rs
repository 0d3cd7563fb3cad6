//! *Mappa*: what is agreed with the conservator for an AOO; no name of a type is in the code.

use super::Errore;
use crate::registro::Flusso;
use figment::Figment;
use figment::providers::{Format, Toml};
use serde::Deserialize;

/// The names and fixed values agreed with a SACER conservator. The keys are those of the file, in Italian.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mappa {
    /// Version of the service.
    pub versione: String,
    /// `Ambiente` of the producer.
    pub ambiente: String,
    /// `Ente`; the IPA code of the body if absent.
    pub ente: Option<String>,
    /// `Struttura`; the code of the AOO if absent.
    pub struttura: Option<String>,
    /// `UserID`; its password is never here.
    pub utente: String,
    /// `TipoConservazione`.
    pub tipo_conservazione: TipoConservazione,
    /// `VersioneDatiSpecifici`.
    pub dati_specifici: String,
    /// `TipologiaUnitaDocumentaria` by direction.
    pub unita_documentaria: TipiUnita,
    /// `TipoDocumento` and what is inside documents.
    pub documento: TipiDocumento,
}

/// Kinds of deposit that a protocol office makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum TipoConservazione {
    /// For good.
    #[serde(rename = "SOSTITUTIVA")]
    Sostitutiva,
    /// In advance, while the fascicolo is open.
    #[serde(rename = "VERSAMENTO_ANTICIPATO")]
    VersamentoAnticipato,
}

impl TipoConservazione {
    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sostitutiva => "SOSTITUTIVA",
            Self::VersamentoAnticipato => "VERSAMENTO_ANTICIPATO",
        }
    }
}

/// Kinds of *unità documentaria*.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TipiUnita {
    /// Of an entrata.
    pub entrata: String,
    /// Of an uscita.
    pub uscita: String,
    /// Of what stays between offices.
    pub interna: String,
}

/// Kinds of document, and of what a document is made of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TipiDocumento {
    /// The main one.
    pub principale: String,
    /// What comes with it.
    pub allegato: String,
    /// Our `Segnatura.xml`.
    pub segnatura: String,
    /// `TipoStruttura`.
    pub struttura: String,
    /// `TipoComponente`.
    pub componente: String,
}

const PREDEFINITA: &str = include_str!("../../config/mappa-sacer.toml");

/// Longest name of a type or of a subject of the contract, in characters.
const MASSIMO_NOME: usize = 100;

impl Mappa {
    /// Reads a map in TOML.
    ///
    /// # Errors
    /// If a key is missing, unknown, empty or too long.
    pub fn leggi(testo: &str) -> Result<Self, Errore> {
        let mappa: Self = Figment::from(Toml::string(testo)).extract().map_err(|e| Errore::Mappa(e.to_string()))?;
        let nomi = [
            &mappa.versione,
            &mappa.ambiente,
            &mappa.utente,
            &mappa.dati_specifici,
            &mappa.unita_documentaria.entrata,
            &mappa.unita_documentaria.uscita,
            &mappa.unita_documentaria.interna,
            &mappa.documento.principale,
            &mappa.documento.allegato,
            &mappa.documento.segnatura,
            &mappa.documento.struttura,
            &mappa.documento.componente,
        ];
        for nome in nomi.into_iter().chain(&mappa.ente).chain(&mappa.struttura) {
            if nome.trim().is_empty() || nome.chars().count() > MASSIMO_NOME || nome.chars().any(char::is_control) {
                let regola = format!("«{nome}»: servono da 1 a {MASSIMO_NOME} caratteri su una riga");
                return Err(Errore::Mappa(regola));
            }
        }
        Ok(mappa)
    }

    /// The map of the demo, `config/mappa-sacer.toml`.
    ///
    /// # Errors
    /// If the one in the program cannot be read: never, in a program that passed its tests.
    pub fn predefinita() -> Result<Self, Errore> {
        Self::leggi(PREDEFINITA)
    }

    /// The kind of an *unità documentaria*.
    #[must_use]
    pub fn tipo_unita(&self, flusso: Flusso) -> &str {
        match flusso {
            Flusso::Entrata => &self.unita_documentaria.entrata,
            Flusso::Uscita => &self.unita_documentaria.uscita,
            Flusso::Interna => &self.unita_documentaria.interna,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_map_says_which_key() {
        Mappa::predefinita().unwrap();
        for (prima, dopo, atteso) in [
            ("ambiente = \"PROVA\"", "", "ambiente"),
            ("ambiente = \"PROVA\"", "ambiente = \" \"", "da 1 a 100"),
            ("\"SOSTITUTIVA\"", "\"FISCALE\"", "tipo_conservazione"),
            ("versione = \"1.5\"", "versione = \"1.5\"\nparola = \"x\"", "parola"),
        ] {
            let errore = Mappa::leggi(&PREDEFINITA.replacen(prima, dopo, 1)).unwrap_err().to_string();
            assert!(errore.contains(atteso), "{dopo}: {errore}");
        }
    }
}
