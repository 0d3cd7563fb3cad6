//! Annulments as the API shows them.

use super::risposta::{CorrispondenteJson, ProtocolloMittenteJson};
use crate::registro::{Annullamento, DatoAnnullato, Provvedimento, Valore};
use crate::valori::{Impronta, Istante};
use serde::Serialize;

/// An annulment, of the whole registration or of one datum.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct AnnullamentoJson {
    provvedimento: ProvvedimentoJson,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    autore: String,
    motivo: String,
    /// Text of the provvedimento; null if it names a value that is not for whoever asks.
    testo: Option<String>,
    /// What was annulled; null if the whole registration.
    dato: Option<DatoJson>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct ProvvedimentoJson {
    numero: i64,
    anno: i32,
    /// Its file, at `/documenti/{sha256}`.
    #[schema(value_type = Option<String>)]
    sha256: Option<Impronta>,
}

/// A datum that was annulled.
#[derive(Serialize, utoipa::ToSchema)]
struct DatoJson {
    /// `oggetto`, `corrispondenti`, `protocolloMittente` or `arrivo`.
    campo: &'static str,
    /// The annulled value, in the shape it has in a registration.
    #[schema(value_type = Option<Value>)]
    prima: Option<ValoreJson>,
    /// The value that took its place.
    #[schema(value_type = Option<Value>)]
    dopo: Option<ValoreJson>,
    /// True if the annulled value is only for who may see riservati: others get null.
    riservato: bool,
}

/// A value, in the shape of its datum.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum ValoreJson {
    Oggetto(String),
    Corrispondenti(Vec<CorrispondenteJson>),
    ProtocolloMittente(Option<ProtocolloMittenteJson>),
    Arrivo(Option<Istante>),
}

impl From<Valore> for ValoreJson {
    fn from(valore: Valore) -> Self {
        match valore {
            Valore::Oggetto(oggetto) => Self::Oggetto(oggetto.to_string()),
            Valore::Corrispondenti(parti) => {
                Self::Corrispondenti(parti.into_iter().map(CorrispondenteJson::from).collect())
            }
            Valore::ProtocolloMittente(p) => Self::ProtocolloMittente(p.map(ProtocolloMittenteJson::from)),
            Valore::Arrivo(istante) => Self::Arrivo(istante),
        }
    }
}

impl From<Annullamento> for AnnullamentoJson {
    fn from(a: Annullamento) -> Self {
        Self {
            provvedimento: ProvvedimentoJson { numero: a.numero, anno: a.anno, sha256: a.impronta },
            istante: a.istante,
            autore: a.autore,
            motivo: a.motivo.to_string(),
            testo: Some(a.testo),
            dato: None,
        }
    }
}

impl From<DatoAnnullato> for AnnullamentoJson {
    fn from(d: DatoAnnullato) -> Self {
        let (testo, sha256) = d.atto.map(|Provvedimento { testo, impronta }| (testo, impronta)).unzip();
        Self {
            provvedimento: ProvvedimentoJson { numero: d.numero, anno: d.anno, sha256 },
            istante: d.istante,
            autore: d.autore,
            motivo: d.motivo.to_string(),
            testo,
            dato: Some(DatoJson {
                campo: d.campo.as_str(),
                prima: d.prima.map(ValoreJson::from),
                dopo: d.dopo.map(ValoreJson::from),
                riservato: d.riservato,
            }),
        }
    }
}
