//! Tabulario: the *protocollo informatico* of an Italian public body.
//!
//! One noun per module, in this order; a module uses only those before it (`tests/it/architettura.rs` checks). The map is in
//! ARCHITECTURE.md.
// A table each: `storage::schema` says of all of them that they may meet in one query.
#![recursion_limit = "256"]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::as_conversions))]

pub mod audit;
pub mod cli;
pub mod config;
pub mod conservazione;
pub mod documenti;
pub mod firma;
pub mod istanze;
pub mod metronomo;
pub mod pec;
pub mod registro;
pub mod ricerca;
pub mod scrivania;
pub mod segnatura;
pub mod storage;
pub mod titolario;
pub mod utenti;
pub mod valori;
pub mod web;
