//! *Registro giornaliero* and *registro annuale*: a day closes, and what was registered in it is written down for ever (DPR 445/2000
//! art. 53 c. 2; LLGG 3.1.6).
//!
//! Which acts are in a register is said by the chain of events, not by a clock: each register takes the links after the last one
//! of the register before, up to the last of its day. So every act is in exactly one register of its AOO, in order, also where the
//! server was off for weeks or its clock went back. What is written is what was registered then (the rows, which never change)
//! and, apart, the changes of the day, also to registrations of other days; a registration annulled in the same time is struck.
//! Riservate stand there whole, since the law wants all that was registered: who may not see them may not open the file
//! ([`apribile`]). [`chiudi`] makes the next register that is missing; it can be killed at any line and repeated.
//! `modello`, `tavola` and `xml` are pure: plain values in, bytes out.

mod atto;
mod chiudi;
mod estrazione;
mod modello;
mod prossimo;
mod tavola;
mod xml;

pub(super) use atto::{ATTO, conta, ricalcola};
pub use atto::{Chiusura, aoo_della_chiusura, apribile, chiusura, chiusure, giorno_della_prima, registrato};
pub use chiudi::{Regole, chiudi, in_attesa, responsabili};
pub use modello::{Allegato, Frontespizio, Modifica, Parte, Periodo, Sommario, Voce};
pub use tavola::Tavola;
pub use xml::Xml;

use chrono::NaiveDate;

/// Days between which every register lies, and that both databases can write.
pub const SEMPRE: (NaiveDate, NaiveDate) = (giorno(1, 1, 1), giorno(9999, 12, 31));

const fn giorno(anno: i32, mese: u32, giorno: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(anno, mese, giorno) {
        Some(giorno) => giorno,
        None => NaiveDate::MIN,
    }
}
