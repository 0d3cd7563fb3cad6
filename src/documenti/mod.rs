//! The store: every file once, under the SHA-256 of its bytes, and where each is used.
//!
//! Bytes are on disk and synced before any row speaks of them; no row, no name and no sender decides where they lie. Files are
//! never changed and never removed here: what no row uses is an orphan of a crash, normal and counted.

mod contenuto;
mod deposito;
mod errore;
pub mod fiducia;
mod file;
mod insieme;
mod media_type;
mod rapporto;
pub mod testo;

pub use contenuto::contenuto;
pub use deposito::{Deposito, Disco, Riposto};
pub use errore::Errore;
pub use fiducia::{Fiduce, Illeggibile, carica_fiduce};
pub use file::{File, Uso, conta, elenco, registra, usi, uso};
pub use insieme::Insieme;
pub use media_type::media_type;
pub use rapporto::{
    PrimaVerifica, RapportoConservato, aggiungi_rapporto, catene_verificate, conserva_rapporto, prima_verifica,
    rapporti_di, riverifica, testo_della_prova, verifica, verifica_letto, verifiche_di,
};

use crate::audit::Atto;

/// The acts of this module.
pub const ATTI: &[Atto] = &[Atto { tipo: rapporto::ATTO, ricalcola: rapporto::ricalcola, conta: rapporto::conta }];
