//! *Regole*: what is done, or only proposed, with mail that arrives, as the RSP wrote it beforehand.
//!
//! A rule has conditions, which must all hold, and an action. What it may do without a person is little: register what raised no alarm
//! when it was read, where the RSP allowed that for its kind; and leave out ordinary mail, which stays to be seen and comes back. What
//! comes from a *domicilio digitale* is never left out (CAD art. 40-bis). Anything else is a proposal, with the reason.
//!
//! A rule acts in the same commit as the act that names it (`atti_regole`) and that takes the message out of the queue: killed in
//! between, it has done nothing.

mod allarmi;
mod anteprima;
mod applica;
mod atto;
mod automatici;
pub(super) mod coda;
mod condizioni;
mod contenuto;
mod giudizio;
mod regola;
mod stato;

pub use allarmi::Allarmi;
pub use anteprima::{MESSAGGI_ANTEPRIMA, Proposto, RigaAnteprima, anteprima, guarda, proposti};
pub use applica::{Guasto, applica, guasto};
pub use atto::{Firma, Scartato, della_registrazione, scartati};
pub use automatici::{automatici, cambia_automatico};
pub use condizioni::{CondizioneSegnatura, Condizioni, GENERI, Genere, MittenteCercato};
pub use contenuto::{Azione, Contenuto, Modo};
pub use giudizio::{Esito, Parere, pareri};
pub use regola::{Regola, cambia, crea, regola, regole, storia};
pub use stato::{Anteprima, accendi, spegni};

use crate::audit::Atto;

/// Rules of an AOO, on or off.
pub const MASSIME_REGOLE: usize = 200;

/// The acts of this part of the module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: regola::ATTO, ricalcola: regola::ricalcola, conta: regola::conta },
    Atto { tipo: stato::ATTO, ricalcola: stato::ricalcola, conta: stato::conta },
    Atto { tipo: automatici::ATTO, ricalcola: automatici::ricalcola, conta: automatici::conta },
    Atto { tipo: atto::ATTO, ricalcola: atto::ricalcola, conta: atto::conta },
];
