//! *PEC*: what arrives by mail, and what leaves by it.
//!
//! A message is stored and committed before the mailbox is touched; what cannot be parsed is kept whole, with its findings, and
//! the next one goes on (laws 3 and 4 of the house). Receipts are joined to the sends they speak of by Message-ID, whatever
//! their order: nothing is marked, the state of a send is read from what arrived. Protocolling a message calls the register,
//! never the reverse.

mod accogli;
pub mod busta;
mod casella;
mod contatto;
mod correzione;
mod duplicato;
mod elenco;
mod errore;
mod esclusione;
mod guasto;
pub mod imap;
mod indirizzo;
mod invia;
mod invio;
mod lettera;
mod letto;
mod lettura;
mod maildir;
mod messaggio;
mod partenza;
mod proposta;
mod protocolla;
pub mod regole;
mod ricevi;
mod ricevuta;
pub mod ritorno;
pub mod smtp;
mod spedisci;
mod veduta;

pub use casella::{
    Casella, Posta, aggiungi as aggiungi_casella, aggiungi_imap as aggiungi_casella_imap,
    cambia_imap as cambia_casella_imap, cambia_smtp as cambia_casella_smtp, caselle,
};
pub use contatto::{Contatto, Verso, contatti};
pub use correzione::{Correzione, FonteIndirizzo, NuovoIndirizzo, correggi_indirizzo, correggibili, correzioni};
pub use duplicato::{duplicati, duplicati_di};
pub use elenco::{non_protocollati, scartati_da_regole};
pub use errore::Errore;
pub use esclusione::{Esclusione, MotivoEsclusione, escludi, escludibile, ripristina};
pub use guasto::Guasto;
pub use indirizzo::{Cifratura, IndirizzoServer, Servizio};
pub use invia::{DaSpedire, Modo, invia, rispedisci};
pub use invio::{
    ALLARME, Invio, MASSIMI_APERTI, StatoInvio, Tappa, TipoRicevuta, aperti, invii, registrazione_dell_invio,
};
pub use messaggio::{
    AllegatoMessaggio, Messaggio, Stato, conta_messaggi, da_protocollare, messaggi, messaggio, usa_file, visibile,
};
pub use partenza::{Intoppo, Sospesi, in_sospeso};
pub use proposta::{Proposta, proponi};
pub use protocolla::{Decisione, opponibile, origine, protocolla};
pub use ricevi::{Officina, ricevi};
pub use ricevuta::{MASSIME_ORFANE, Orfana, Ricevuta, conta_orfane, orfane, ricevute};
pub use spedisci::spedisci;

use crate::audit::Atto;

/// Whether a step found work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passo {
    /// It did one unit of work; there may be more.
    Fatto,
    /// There was nothing to do.
    Niente,
}

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: casella::ATTO, ricalcola: casella::ricalcola, conta: casella::conta },
    Atto { tipo: smtp::accesso::ATTO, ricalcola: smtp::accesso::ricalcola, conta: smtp::accesso::conta },
    Atto { tipo: imap::accesso::ATTO, ricalcola: imap::accesso::ricalcola, conta: imap::accesso::conta },
    Atto {
        tipo: imap::riconciliazione::ATTO,
        ricalcola: imap::riconciliazione::ricalcola,
        conta: imap::riconciliazione::conta,
    },
    Atto { tipo: messaggio::ATTO, ricalcola: messaggio::ricalcola, conta: messaggio::conta },
    Atto { tipo: protocolla::ATTO, ricalcola: protocolla::ricalcola, conta: protocolla::conta },
    Atto { tipo: esclusione::ATTO, ricalcola: esclusione::ricalcola, conta: esclusione::conta },
    Atto { tipo: esclusione::ATTO_TOLTO, ricalcola: esclusione::ricalcola_tolti, conta: esclusione::conta_tolti },
    Atto { tipo: correzione::ATTO, ricalcola: correzione::ricalcola, conta: correzione::conta },
    Atto { tipo: invio::ATTO, ricalcola: invio::ricalcola, conta: invio::conta },
];
