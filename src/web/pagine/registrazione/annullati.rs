//! What was annulled of a registration, what somebody proposes to annul, and what it was replaced by.

use crate::registro::{self, Campo, DatoAnnullato, Proposta, Valore};

/// A datum that was annulled, beside the one in force.
pub(super) struct DatoVisto {
    pub(super) campo: Campo,
    /// The annulled value, if it is for whoever looks.
    pub(super) prima: Option<String>,
    pub(super) provvedimento: String,
    pub(super) anno: i32,
    pub(super) numero: i64,
    pub(super) scaricabile: bool,
    pub(super) leggibile: String,
    pub(super) autore: String,
    pub(super) motivo: String,
}

impl DatoVisto {
    pub(super) fn new(d: &DatoAnnullato) -> Self {
        Self {
            campo: d.campo,
            prima: d.prima.as_ref().map(Valore::leggibile),
            provvedimento: d.provvedimento(),
            anno: d.anno,
            numero: d.numero,
            scaricabile: d.atto.is_some(),
            leggibile: d.istante.leggibile(),
            autore: d.autore.clone(),
            motivo: d.motivo.to_string(),
        }
    }
}

/// A proposal. Once decided it does not repeat the value: what came of it is an annulment, or nothing.
pub(super) struct PropostaVista {
    pub(super) che: String,
    pub(super) valore: Option<String>,
    pub(super) motivo: String,
    pub(super) autore: String,
    pub(super) leggibile: String,
    pub(super) istante: String,
    pub(super) esito: Option<String>,
}

impl PropostaVista {
    pub(super) fn new(p: &Proposta) -> Self {
        let valore = p.rettifica.as_ref().map(|r| &r.valore);
        let esito = |d: &registro::Decisione| {
            let motivo = d.motivo.as_ref().map(|m| format!(": {m}")).unwrap_or_default();
            let parola = if d.accolta { "Accolta" } else { "Respinta" };
            format!("{parola} da {} il {}{motivo}", d.autore, d.istante.leggibile())
        };
        Self {
            che: che(p),
            valore: valore.filter(|_| p.decisione.is_none()).map(Valore::leggibile),
            motivo: p.motivo.to_string(),
            autore: p.autore.clone(),
            leggibile: p.istante.leggibile(),
            istante: p.istante.roma(),
            esito: p.decisione.as_ref().map(esito),
        }
    }
}

/// What a proposal is about.
pub(super) fn che(p: &Proposta) -> String {
    match &p.rettifica {
        None => "Tutta la registrazione".to_owned(),
        Some(r) => crate::web::pagine::annullamento::nome(r.valore.campo()),
    }
}
