//! *Scrivania*: who has a document. Registering and assigning together is [`protocolla`], the act of every day.
//!
//! An assignment is a row; the newest *per competenza* says who has the document, the older ones stay in the history. The
//! office that gets a document may see it from then on.

mod assegnazione;
mod errore;
mod protocolla;
mod termine;

pub use assegnazione::{Assegnazione, Titolo, assegna, per_registrazione};
pub use errore::Errore;
pub use protocolla::protocolla;
pub use termine::{Termine, fissa_termine, termine};

use crate::audit::Atto;

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: assegnazione::ATTO, ricalcola: assegnazione::ricalcola, conta: assegnazione::conta },
    Atto { tipo: termine::ATTO, ricalcola: termine::ricalcola, conta: termine::conta },
];
