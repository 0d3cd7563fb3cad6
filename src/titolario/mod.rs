//! *Titolario*: the classification scheme, in versions, and the classification of each registration (DPR 445/2000 art. 64).
//!
//! A version is never edited: a new one takes its place from an instant on, and what was classified keeps the voce that was
//! valid then. A registration is classified by a row; the newest row counts and the older ones stay.

mod classificazione;
mod errore;
mod importa;
mod versione;

pub use classificazione::{Classificazione, classifica, correnti, storia};
pub use errore::Errore;
pub use importa::{RigaTitolario, leggi_csv};
pub use versione::{Voce, crea, voce, voci};

use crate::audit::Atto;

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: versione::ATTO, ricalcola: versione::ricalcola, conta: versione::conta },
    Atto { tipo: classificazione::ATTO, ricalcola: classificazione::ricalcola, conta: classificazione::conta },
];
