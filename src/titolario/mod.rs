//! *Titolario*: the classification scheme, in versions, and the classification of each registration (DPR 445/2000 art. 64).
//!
//! A version is never edited: a new one takes its place from an instant on, and what was classified keeps the voce that was
//! valid then. A registration is classified by a row; the newest row counts and the older ones stay. So it is filed: in a
//! *fascicolo*, opened under a voce.

mod cerca;
mod classificazione;
mod errore;
mod fascicolazione;
mod fascicolo;
mod importa;
mod versione;

pub use cerca::cerca;
pub use classificazione::{Classificazione, classifica, correnti, storia};
pub use errore::Errore;
pub use fascicolazione::{contenuto, fascicola, fascicolazioni, fascicoli_di};
pub use fascicolo::{
    CodiceFascicolo, Fascicolo, TipoFascicolo, apri as apri_fascicolo, fascicoli, fascicolo,
    per_codice as fascicolo_per_codice, tra as fascicoli_tra,
};
pub use importa::{RigaTitolario, leggi_csv};
pub use versione::{Voce, crea, voce, voci};

use crate::audit::Atto;

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: versione::ATTO, ricalcola: versione::ricalcola, conta: versione::conta },
    Atto { tipo: classificazione::ATTO, ricalcola: classificazione::ricalcola, conta: classificazione::conta },
    Atto { tipo: fascicolo::ATTO, ricalcola: fascicolo::ricalcola, conta: fascicolo::conta },
    Atto { tipo: fascicolazione::ATTO, ricalcola: fascicolazione::ricalcola, conta: fascicolazione::conta },
];
