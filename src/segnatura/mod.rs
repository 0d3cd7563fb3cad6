//! `Segnatura di protocollo`: what one office says to another about a registered document.
//!
//! DPR 445/2000 art. 55 makes every registration carry a segnatura; DPCM 3/12/2013 (art. 9, 20, 21) and Circolare AgID
//! 60/2013 give it the form of an XML file, `Segnatura.xml`, that travels with the document, and of four return messages.
//! Allegato 6 to the Linee guida of 2021 has a newer form, 3.0.0; older ones are still on the wire.
//!
//! - [`circolare60`] and [`allegato6`] write the segnatura of an [`Uscita`] and every [`Ritorno`], each with the schema that
//!   they obey. The second is not whole before somebody seals it.
//! - [`leggi`] reads what arrives, in five dialects, and refuses nothing that can be read at all.
//!   [`Lettura::confronta`] compares it with the files that came with it, each read once ([`Misura::file`]).
//! - [`xsd`] validates any XML against schemas that are part of the program.
//! - [`Identificatore`] is the line of segnatura.
//!
//! The module is pure: no clock, no network, no database. It never resolves a DTD, an entity or a schema location.

pub mod allegato6;
pub mod circolare60;
mod errore;
mod foglio;
mod identificatore;
mod lettura;
mod ritorno;
mod uscita;
pub mod xsd;

pub use errore::Errore;
pub use identificatore::Identificatore;
pub use lettura::{
    ClassificaLetta, DestinatarioLetto, Dialetto, DocumentoLetto, File, IdentificatoreLetto, Lettura, MASSIMO_BYTE,
    Misura, RiferimentoLetto, Ruolo, Sigillo, SoggettoLetto, Tipo, leggi,
};
pub use ritorno::{Registrazione, Ricevuto, Ritorno};
pub use uscita::{
    Argomento, Classifica, Destinatario, Documento, Mittente, NomeParte, Parte, Riferimento, TipoParte, Ufficio, Uscita,
};
