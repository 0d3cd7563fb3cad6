//! *Registro di emergenza* (DPR 445/2000 art. 63): what is registered by hand while the system cannot, and how it comes back.
//!
//! An [`Emergenza`] is authorised by the RSP, if need be afterwards, for some posts and offices; beyond 24 hours it is extended, by a
//! week at most each time. A post numbers by itself, all year long. Its rows are *transcribed* (typed, or from a file), and are working
//! state until their *recupero* (art. 63 c. 5): each then gets an ordinary number, in order, and the pair stays for ever. That act is of
//! `scrivania`, which assigns; what stands here is what it reads and writes. Until then who has to wait is said by [`libero`].

mod atto;
mod errore;
mod ostacolo;
mod recupero;
mod riga;
mod trascrizione;

pub use atto::{
    Emergenza, Nuova as NuovaEmergenza, Proroga, aperte, autorizza, emergenza, emergenze, libero, proroga, riapri,
    ripristina,
};
pub use errore::Errore;
pub use ostacolo::ostacoli;
pub use recupero::{
    Correlazione, Pronta, concludi, correla, correlazione_di, correlazioni, numeri_di, prossima, totali, ultimo_numero,
};
pub use riga::{COLONNE, Contenuto, MASSIME_RIGHE, Riga, RigaFile, leggi_csv};
pub use trascrizione::{Esame, Esito, Trascritta, anteprima, togli, trascritte, trascrivi};

use crate::audit::Atto;

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: atto::ATTO, ricalcola: atto::ricalcola, conta: atto::conta },
    Atto { tipo: atto::ATTO_PROROGA, ricalcola: atto::ricalcola_proroghe, conta: atto::conta_proroghe },
    Atto { tipo: atto::ATTO_RIPRISTINO, ricalcola: atto::ricalcola_ripristini, conta: atto::conta_ripristini },
    Atto { tipo: atto::ATTO_RIAPERTURA, ricalcola: atto::ricalcola_riaperture, conta: atto::conta_riaperture },
    Atto { tipo: recupero::ATTO, ricalcola: recupero::ricalcola, conta: recupero::conta },
    Atto { tipo: recupero::ATTO_CONCLUSO, ricalcola: recupero::ricalcola_conclusi, conta: recupero::conta_conclusi },
];
