//! *Conservazione*: registered documents go to an accredited conservator, in packages built once (CAD art. 43 c.1-bis and 44;
//! law 7 of the house).
//!
//! An AOO deposits once it has a [`Conservatore`]. [`prepara`] builds the package of one registration and keeps its exact bytes;
//! [`consegna`] delivers one that is ready. Each does one unit of work and says whether there was any; each can be killed anywhere
//! and repeated. What a person has to correct waits until [`riprova`]. Delivery goes to the outbox folder; the HTTP deposit and the
//! conservator's receipts come later, and until a receipt is verified nothing is `conservato`. A trial AOO is never deposited.
//! [`sacer`] is pure: plain values in, XML out.

mod coda;
mod componi;
mod consegna;
mod conservatore;
mod errore;
mod mappa;
mod messaggi;
mod pacchetto;
mod prepara;
mod registri;
mod riprova;
pub mod sacer;
mod versamento;

pub use consegna::{cartella, consegna};
pub use conservatore::{Accordo, Conservatore, Tipo, aggiungi, conservatore, conservatori};
pub use errore::Errore;
pub use mappa::{Mappa, PREDEFINITA};
pub use messaggi::messaggi_depositati;
pub use pacchetto::registrazione_del_pacchetto;
pub use prepara::prepara;
pub use registri::{VersamentoRegistro, chiusura_del_pacchetto, entro, versamenti_dei_registri};
pub use riprova::riprova;
pub use versamento::{Quadro, Stato, Versamento, elenco, quadro, tutte_da_correggere, versamento};

pub use crate::pec::Passo;

pub use crate::utenti::FileSegreto;

use crate::audit::Atto;

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: conservatore::ATTO, ricalcola: conservatore::ricalcola, conta: conservatore::conta },
    Atto { tipo: pacchetto::ATTO, ricalcola: pacchetto::ricalcola, conta: pacchetto::conta },
    Atto { tipo: registri::ATTO, ricalcola: registri::ricalcola, conta: registri::conta },
    Atto { tipo: riprova::ATTO, ricalcola: riprova::ricalcola, conta: riprova::conta },
];
