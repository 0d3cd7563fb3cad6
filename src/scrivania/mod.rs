//! *Scrivania*: who has a document, what they do with it, by when. Registering and assigning together is [`protocolla`], the act of
//! every day.
//!
//! An assignment is a row; the newest *per competenza* says who has the document, the older ones stay in the history. What becomes of it
//! is rows too ([`Movimento`]), and so is what happens to its term ([`Vicenda`]): how a thing stands is read from them. The office that
//! gets a document may see it from then on; it stops seeing what it refused, or what left it before anybody took charge of it.

mod assegnazione;
mod atti;
mod carta;
mod elenco;
mod errore;
mod materia;
mod movimento;
mod persona;
mod pratica;
mod protocolla;
mod recupero;
mod scadenza;
mod termine;
mod vicenda;

pub use assegnazione::{Assegnazione, Destinazione, Titolo, assegna, di, per_registrazione};
pub use atti::{competente, concludi, corrente, ho_letto, possibili, prendi_in_carico, restituisci, rifiuta};
pub use carta::{ricevuta, segnatura, segnature};
pub use elenco::{Cursore, Gruppo, Pratica, elenco, quante};
pub use errore::Errore;
pub use materia::materia;
pub use movimento::{Cosa, Movimento, Situazione, Stato};
pub use persona::{Addetto, Incaricato, persona_dell_aoo, persone};
pub use pratica::{aperte, chiudi_ufficio};
pub use protocolla::protocolla;
pub use recupero::recupera;
pub use scadenza::{Conto, CosaVicenda, Vicenda};
pub use termine::{
    MASSIMO_GIORNI, Termine, avviene, da_termine, fissa_termine, segui_arrivo, sospendi, termine, termini_dati,
};
pub use vicenda::Avvenuta;

use crate::audit::Atto;

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: assegnazione::ATTO, ricalcola: assegnazione::ricalcola, conta: assegnazione::conta },
    Atto { tipo: movimento::ATTO, ricalcola: movimento::ricalcola, conta: movimento::conta },
    Atto { tipo: termine::ATTO, ricalcola: termine::ricalcola, conta: termine::conta },
    Atto { tipo: vicenda::ATTO, ricalcola: vicenda::ricalcola, conta: vicenda::conta },
];
