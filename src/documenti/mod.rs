//! The store: every file once, under the SHA-256 of its bytes, and where each is used.
//!
//! Bytes are on disk and synced before any row speaks of them; no row, no name and no sender decides where they lie. Files are
//! never changed and never removed here: what no row uses is an orphan of a crash, normal and counted.

mod deposito;
mod errore;
mod file;
mod media_type;
pub mod testo;

pub use deposito::{Deposito, Riposto};
pub use errore::Errore;
pub use file::{File, Uso, conta, elenco, registra, usi, uso};
pub use media_type::media_type;
