//! XML signature (W3C XML-Signature Syntax and Processing 1.1): what was signed, and by which key.
//!
//! Parser and canonicalisation are those of kept crates (`uppsala`, `bergshamra-c14n`); everything that decides what a
//! signature covers is here. Nothing outside of the bytes given is ever read: no DTD, no entity, no URL. What a document
//! can grow without end has a named limit in [`albero`], [`canonica`], [`busta`] or [`riferimento`].

pub mod albero;
pub mod busta;
pub mod canonica;
pub mod copertura;
mod metodo;
pub use metodo::digesto;
pub mod riferimento;
mod trasformazione;

#[cfg(test)]
mod tests;

/// The namespace of XML signatures.
pub const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
