//! *Istanze*: what citizens ask on the portal (CAD art. 65, L. 241/1990).
//!
//! An istanza is kept, registered, assigned to the responsible office and given its term in one commit ([`presenta`]). When the
//! register cannot give a number at that moment (its clock), a smaller commit keeps the *presentazione*, from which terms run,
//! and the number follows ([`protocolla_attesa`]). Whoever has the code of an istanza may follow it, and nothing else.
//!
//! What the module never does: decide whether an istanza that nobody signed is good. It says *da regolarizzare*; a person decides.

mod codice;
mod documento;
mod errore;
mod istanza;
mod presenta;
mod procedimento;
mod ricevuta;
mod richiesta;
mod segui;
mod tornate;

pub use codice::CodiceIstanza;
pub use errore::Errore;
pub use istanza::{Istanza, Sottoscrizione, per_registrazione};
pub use presenta::{Sportello, in_attesa, presenta, protocolla_attesa, sottoscrizione};
pub use procedimento::{Procedimento, aperti, apri, chiudi, chiudi_ufficio, per_codice as procedimento};
pub use ricevuta::ricevuta;
pub use richiesta::{Allegato, Presentazione, Richiedente, TestoRichiesta};
pub use segui::{Seguito, segui};
pub use tornate::{riprotocolla, tornate};

use crate::audit::Atto;

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: procedimento::ATTO, ricalcola: procedimento::ricalcola, conta: procedimento::conta },
    Atto {
        tipo: procedimento::CHIUSURA,
        ricalcola: procedimento::ricalcola_chiusure,
        conta: procedimento::conta_chiusure,
    },
    Atto { tipo: istanza::ATTO, ricalcola: istanza::ricalcola, conta: istanza::conta },
    Atto { tipo: presenta::ATTO, ricalcola: presenta::ricalcola, conta: presenta::conta },
];
