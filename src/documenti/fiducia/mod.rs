//! *Fiducia*: whom signatures are trusted from, kept version by version.
//!
//! A trusted list is brought by a person (command or page), judged ([`esamina`]) and, if it may be believed, kept ([`conserva`]): the
//! bytes in the store, a row that never changes, a link in the chain of the installation. Old versions stay, since a verdict is explained
//! by the prova that names those that gave it. [`Custodia`] gives those in force to whoever verifies. The network is used by [`Rete`]
//! alone, and only when a person asks; it is not trusted: the signatures of the lists are.

mod cartella;
mod conserva;
mod custodia;
mod esame;
mod fiduce;
mod gestori;
mod luogo;
mod rete;
pub mod revoche;
mod rifiuto;
mod sorgente;
mod variazioni;
mod versione;

pub use cartella::{Illeggibile, carica_fiduce};
pub use conserva::conserva;
pub use custodia::Custodia;
pub use esame::{Candidata, Esame, Esito, Iniziali, Regole, esamina};
use fiduce::fiduce_correnti;
pub use fiduce::{Fiduce, ListaInUso};
pub use gestori::{CertificatoGestore, EsitoGestori, VersioneGestori, conserva_gestori, gestori_di, versioni_gestori};
pub use rete::{Rete, RifiutoRete};
pub use rifiuto::Rifiuto;
pub use sorgente::{MASSIMA_LISTA_BYTE, Sorgente};
pub use variazioni::Variazioni;
pub use versione::{Versione, versioni, versioni_correnti};

use crate::audit::Atto;

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: versione::ATTO, ricalcola: versione::ricalcola, conta: versione::conta },
    Atto { tipo: gestori::ATTO, ricalcola: gestori::ricalcola, conta: gestori::conta },
    Atto { tipo: revoche::ATTO, ricalcola: revoche::ricalcola, conta: revoche::conta },
];
