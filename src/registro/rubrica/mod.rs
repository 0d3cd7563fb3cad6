//! *Rubrica*: people, companies and bodies of an AOO, with their addresses, the source and the date of each.
//!
//! A row never changes: another name is a new row, of which the newest counts; an address holds until it is withdrawn; what a
//! second source says is a [`Proposta`] until a person takes or leaves it; two that are one are merged by an act and parted by
//! another. Every act is in the chain with its author. What the module never does: touch a registration, whose parties stay as they
//! were registered; learn from registrations, so that nothing riservato can be suggested.

mod errore;
mod fonte;
mod importa;
mod indice;
pub(super) mod parole;
mod proposta;
mod recapito;
mod soggetto;
mod somiglianza;
mod unione;

pub use errore::Errore;
pub use fonte::{Fonte, Provenienza};
pub use importa::{Confronto, Esito, Importata, RigaRubrica, confronta, importa, leggi_csv};
pub use indice::{MASSIMO, MINIMO, cerca, elenco};
pub use proposta::{Decisione, Differenza, Proposta, con_proposte, decidi, differenze, proponi, proposte};
pub use recapito::{Indirizzo, Recapito, aggiungi, ritira, tutti as recapiti};
pub use soggetto::{Soggetto, cambia, crea, crea_comunque, nome, per_id, simili, storia};
pub use somiglianza::Somiglianza;
pub use unione::{Unione, sciogli, unioni, unisci};

use crate::audit::Atto;

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: soggetto::ATTO, ricalcola: soggetto::ricalcola, conta: soggetto::conta },
    Atto { tipo: recapito::ATTO, ricalcola: recapito::ricalcola, conta: recapito::conta },
    Atto { tipo: recapito::ATTO_RITIRO, ricalcola: recapito::ricalcola_ritiri, conta: recapito::conta_ritiri },
    Atto { tipo: proposta::ATTO, ricalcola: proposta::ricalcola, conta: proposta::conta },
    Atto { tipo: proposta::ATTO_DECISIONE, ricalcola: proposta::ricalcola_decisioni, conta: proposta::conta_decisioni },
    Atto { tipo: unione::ATTO, ricalcola: unione::ricalcola, conta: unione::conta },
    Atto {
        tipo: unione::ATTO_SCIOGLIMENTO,
        ricalcola: unione::ricalcola_scioglimenti,
        conta: unione::conta_scioglimenti,
    },
];
