//! The verifier alone, without the rest of Tabulario.
#![allow(missing_docs)]

#[path = "../../src/firma/mod.rs"]
pub mod firma;
#[path = "../../src/valori/mod.rs"]
pub mod valori;
