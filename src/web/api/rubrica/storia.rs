//! A soggetto with its past, what sources say of it and whom it is one with.

use super::{DatiJson, SoggettoJson, uno};
use crate::registro::rubrica::{self, Proposta, Unione};
use crate::storage::Conn;
use crate::valori::{AooId, Istante, PropostaRubricaId, RecapitoId, SoggettoId, UnioneId};
use crate::web::Problema;
use serde::Serialize;

/// What another source says, until somebody takes it or leaves it.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct PropostaRubricaJson {
    #[schema(value_type = String, format = "uuid")]
    id: PropostaRubricaId,
    /// `nome`, `cognome`, `denominazione`, `codice-fiscale`, `codice-ipa`, `codice-aoo`, `pec`, `email` or `posta`.
    dato: &'static str,
    /// What the rubrica says, if it says anything.
    attuale: Option<String>,
    /// The address it would replace.
    #[schema(value_type = Option<String>, format = "uuid")]
    recapito: Option<RecapitoId>,
    valore: String,
    fonte: &'static str,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
}

impl From<Proposta> for PropostaRubricaJson {
    fn from(p: Proposta) -> Self {
        Self {
            id: p.id,
            dato: p.differenza.dato,
            attuale: p.differenza.attuale,
            recapito: p.differenza.recapito,
            valore: p.differenza.valore,
            fonte: p.provenienza.fonte.as_str(),
            autore: p.provenienza.autore,
            istante: p.provenienza.istante,
        }
    }
}

/// Two that are one.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct UnioneJson {
    #[schema(value_type = String, format = "uuid")]
    id: UnioneId,
    /// Whose name and codes count.
    #[schema(value_type = String, format = "uuid")]
    tenuto: SoggettoId,
    #[schema(value_type = String, format = "uuid")]
    unito: SoggettoId,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
}

impl From<Unione> for UnioneJson {
    fn from(u: Unione) -> Self {
        Self { id: u.id, tenuto: u.tenuto, unito: u.unito, autore: u.autore, istante: u.istante }
    }
}

/// A soggetto, with every address it ever had.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct SoggettoInteroJson {
    #[serde(flatten)]
    soggetto: SoggettoJson,
    /// What it was before, newest first.
    prima: Vec<DatiJson>,
    /// What waits for a decision, oldest first.
    proposte: Vec<PropostaRubricaJson>,
    /// The unions in force: into it, and of it into another.
    unioni: Vec<UnioneJson>,
}

pub(super) fn intero(conn: &mut Conn, aoo: AooId, id: SoggettoId) -> Result<SoggettoInteroJson, Problema> {
    Ok(SoggettoInteroJson {
        soggetto: uno(conn, aoo, id)?,
        prima: rubrica::storia(conn, aoo, id)?.into_iter().skip(1).map(|(parte, p)| DatiJson::new(parte, p)).collect(),
        proposte: rubrica::proposte(conn, aoo, id)?.into_iter().map(Into::into).collect(),
        unioni: rubrica::unioni(conn, aoo, id)?.into_iter().map(Into::into).collect(),
    })
}
