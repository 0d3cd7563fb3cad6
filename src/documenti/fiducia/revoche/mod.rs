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
pub(super) use versione::{ATTO, conta, in_ordine, ricalcola};
pub use versione::{DatoConservato, correnti, numero_leggibile};

/// Said beside how many data are kept and not used.
pub const FUORI: &str = "In memoria stanno al più 2.000 dati di revoca e 384 MiB: prima le liste, poi le risposte OCSP più recenti. \
     Delle risposte che restano fuori dice lo stesso la lista della loro autorità: se manca, importala.";
