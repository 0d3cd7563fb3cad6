//! *IPA*: the index of the public administrations (CAD art. 6-ter), one copy for the whole installation.
//!
//! [`importa`] brings in a file of the open data: what is unchanged is not written again, what changed is a new version, what vanished
//! is closed; every version stays, and the import is one act in the chain of the installation, with the digest of all that it wrote.
//! What the module never does: touch the rubrica of an AOO or a registration, ask the network.

mod errore;
mod genere;
mod importa;
mod importazione;
mod indice;
mod lettore;
mod versione;
mod voce;

pub use errore::Errore;
pub use genere::Genere;
pub use importa::{Bilancio, Esame, Letto, esamina, importa, leggi};
pub use importazione::{Importazione, ultime};
pub use indice::{MASSIMO, cerca, per_indirizzo};
pub use lettore::MASSIMO_BYTE;
pub use versione::{InVigore, Versione, per_codice, storia};
pub use voce::{Rilievo, VoceIpa};

use crate::audit::Atto;

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] =
    &[Atto { tipo: importazione::ATTO, ricalcola: importazione::ricalcola, conta: importazione::conta }];
