//! *Registro di protocollo*: a number that is for ever (DPR 445/2000 artt. 50-57).
//!
//! [`registra`] gives number, instant, parties, subject, impronte and segnatura in one transaction with the link of the chain,
//! or nothing at all. The rows it writes never change again. What the module never does: assign (that is `scrivania`), send
//! (that is `pec`), decide who may see (that is `utenti::visibilita`, which every query here joins).

mod annullamento;
mod carico;
mod contatore;
mod continuita;
mod dato;
mod errore;
mod lettura;
mod nuova;
pub mod orologio;
mod proposta;
mod provvedimento;
mod registra;
mod righe;
mod riservatezza;
mod uscita;
mod valore;

pub use annullamento::{Annullamento, annulla};
pub use continuita::{aoo_di, buchi, numero_di, usano};
pub use dato::{DatoAnnullato, Provvedimento, Rettifica, annulla_dato};
pub use errore::Errore;
pub use lettura::{
    DocumentoRegistrato, Registrazione, identificatore, nel_fascicolo, per_id, per_ids, per_numero,
    quante_nel_fascicolo, risposte, segnatura_xml, ultime, vede, visibile,
};
pub use nuova::{
    Corrispondente, Documento, Flusso, Mezzo, Nuova, ProtocolloMittente, RuoloCorrispondente, RuoloDocumento,
};
pub use proposta::{Decisione, Proposta, accogli, in_attesa, proponi, proposte, respingi};
pub use provvedimento::{Disposizione, e_provvedimento, provvedimenti, provvedimento};
pub use registra::{Registrata, registra};
pub use riservatezza::{Riservatezza, aperti, riserva, riservata, riservatezze};
pub use valore::{Campo, Valore, a_mano};

use crate::audit::Atto;

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: carico::ATTO, ricalcola: carico::ricalcola, conta: carico::conta },
    Atto { tipo: orologio::ATTO, ricalcola: orologio::ricalcola, conta: orologio::conta },
    Atto { tipo: annullamento::ATTO, ricalcola: annullamento::ricalcola, conta: annullamento::conta },
    Atto { tipo: dato::ATTO, ricalcola: dato::ricalcola, conta: dato::conta },
    Atto { tipo: proposta::ATTO, ricalcola: proposta::ricalcola, conta: proposta::conta },
    Atto { tipo: proposta::DECISIONE, ricalcola: proposta::ricalcola_decisioni, conta: proposta::conta_decisioni },
    Atto { tipo: riservatezza::ATTO, ricalcola: riservatezza::ricalcola, conta: riservatezza::conta },
];
