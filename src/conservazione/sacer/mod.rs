//! The deposit of a registered document with a SACER conservator: `UnitaDocumentaria`, version 1.5 of the contract.
//!
//! [`indice`] writes the XML in canonical form (exclusive C14N without comments), which is the form the conservator hashes: the
//! SHA-256 of our bytes is its `HashIndiceSIP`. [`schema`] is the contract restated for what we emit; [`indice`] checks what a
//! schema cannot say. Pure.

mod foglio;
mod scrittura;
mod unita;

pub use scrittura::indice;
pub use unita::{Chiave, Collegamento, Componente, DatoSpecifico, Documento, Fascicolo, UnitaDocumentaria, Versatore};

use crate::segnatura::Errore;
use crate::segnatura::xsd::Schema;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Result<Schema, Errore>> = LazyLock::new(|| {
    Schema::new(&[("sacer-unita-documentaria.xsd", include_str!("../../../xsd/sacer-unita-documentaria.xsd"))])
});

/// The schema of the index, compiled at the first use.
///
/// # Errors
/// If the schema in the program does not compile: never, in a program that passed its tests.
pub fn schema() -> Result<&'static Schema, Errore> {
    SCHEMA.as_ref().map_err(Clone::clone)
}
