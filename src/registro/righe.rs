//! The rows of the register, as they lie in the database.

use super::{Corrispondente, Nuova, RuoloDocumento};
use crate::segnatura::NomeParte;
use crate::storage::schema::{corrispondenti, documenti_registrati, registrazioni};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = registrazioni, treat_none_as_default_value = false)]
pub(super) struct RigaRegistrazione {
    pub id: String,
    pub aoo_id: String,
    pub registro: String,
    pub anno: i32,
    pub numero: i64,
    pub istante: chrono::NaiveDateTime,
    pub flusso: String,
    pub oggetto: String,
    pub mezzo: String,
    pub arrivo: Option<chrono::NaiveDateTime>,
    pub protocollo_mittente_numero: Option<String>,
    pub protocollo_mittente_data: Option<chrono::NaiveDate>,
    pub tipologia: Option<String>,
    pub riservato: bool,
    pub risponde_a: Option<String>,
    pub segnatura: String,
    pub data_documento: Option<chrono::NaiveDate>,
}

/// A party; as JSON it is also the value that takes the place of one that was annulled.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = corrispondenti, treat_none_as_default_value = false)]
pub(super) struct RigaCorrispondente {
    #[serde(skip)]
    pub registrazione_id: String,
    pub posizione: i32,
    pub ruolo: String,
    pub per_conoscenza: bool,
    pub tipo: String,
    pub denominazione: Option<String>,
    pub nome: Option<String>,
    pub cognome: Option<String>,
    pub codice_fiscale: Option<String>,
    pub codice_ipa: Option<String>,
    pub codice_aoo: Option<String>,
    // Values that were stored before there was one say nothing of it, and must go on saying the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codice_uo: Option<String>,
    pub pec: Option<String>,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = documenti_registrati, treat_none_as_default_value = false)]
pub(super) struct RigaDocumento {
    pub registrazione_id: String,
    pub posizione: i32,
    pub ruolo: String,
    pub sha256: String,
    pub nome: String,
    pub descrizione: Option<String>,
}

impl RigaCorrispondente {
    pub(super) fn new(registrazione_id: &str, posizione: i32, c: &Corrispondente) -> Self {
        let (denominazione, nome, cognome) = match &c.parte.nome {
            NomeParte::Denominazione(d) => (Some(d.to_string()), None, None),
            NomeParte::Persona { nome, cognome } => (None, Some(nome.to_string()), Some(cognome.to_string())),
        };
        Self {
            registrazione_id: registrazione_id.to_owned(),
            posizione,
            ruolo: c.ruolo.as_str().to_owned(),
            per_conoscenza: c.per_conoscenza,
            tipo: c.parte.tipo.as_str().to_owned(),
            denominazione,
            nome,
            cognome,
            codice_fiscale: c.parte.codice_fiscale.as_ref().map(ToString::to_string),
            codice_ipa: c.parte.codice_ipa.as_ref().map(ToString::to_string),
            codice_aoo: c.parte.codice_aoo.as_ref().map(ToString::to_string),
            codice_uo: c.parte.codice_uo.as_ref().map(ToString::to_string),
            pec: c.parte.pec.as_ref().map(ToString::to_string),
        }
    }
}

/// The rows of the files, the main one first whatever the order they came in.
pub(super) fn documenti(registrazione_id: &str, nuova: &Nuova) -> Vec<RigaDocumento> {
    let principale = nuova.documenti.iter().filter(|d| d.ruolo == RuoloDocumento::Principale);
    let allegati = nuova.documenti.iter().filter(|d| d.ruolo == RuoloDocumento::Allegato);
    principale
        .chain(allegati)
        .zip(1_i32..)
        .map(|(d, posizione)| RigaDocumento {
            registrazione_id: registrazione_id.to_owned(),
            posizione,
            ruolo: d.ruolo.as_str().to_owned(),
            sha256: d.riposto.impronta.to_string(),
            nome: d.nome.to_string(),
            descrizione: d.descrizione.as_ref().map(ToString::to_string),
        })
        .collect()
}
