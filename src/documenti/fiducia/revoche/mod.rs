//! *Dati di revoca*: lists (CRL) and answers (OCSP) that say which certificates were taken back, kept version by version beside the
//! trusted lists and by the same walk: brought by a person, judged ([`esamina`]), kept ([`conserva`]) as an act of the installation.
//!
//! A verification never fetches them. The network is used when a person asks, and only at addresses that stand in a certificate whose
//! chain ends at a trusted anchor: a document may carry a certificate of anybody's making, with any address in it.

mod conserva;
mod esame;
mod versione;

pub use conserva::conserva;
pub use esame::{Candidata, Esame, Esito, MASSIMI_INDIRIZZI, NESSUN_INDIRIZZO, Quali, esamina};
pub(super) use versione::{ATTO, conta, ricalcola};
pub use versione::{DatoConservato, correnti, numero_leggibile};
