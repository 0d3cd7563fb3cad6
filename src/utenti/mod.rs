//! Bodies, AOO, offices, people, applications: who may do what, and who may see what.
//!
//! Owns the organigramma, the credentials and the policy. Modules above grant sight of their things through
//! [`visibilita`]; every query of theirs joins it, so that what may not be seen does not exist. Rows here are acts: they are
//! written once and enter the chain; only passwords, sessions and the answers kept for repeated requests are working state.

mod accesso;
mod aoo;
mod applicazione;
mod autore;
mod ente;
mod errore;
pub mod importazione;
mod organigramma;
mod parola;
mod permesso;
mod persona;
pub mod politica;
pub mod risposta;
mod ruolo;
mod segreto;
pub mod sessione;
pub mod sostituzione;
mod ufficio;
mod variazione;
pub mod visibilita;
pub mod visione;

pub use accesso::{cambia_la_propria, cambia_parola, escludi, escluso, riammetti};
pub use aoo::{Aoo, crea as crea_aoo, per_codice as aoo_per_codice, per_id as aoo, tutte as tutte_le_aoo};
pub use applicazione::{
    Applicazione, crea as crea_applicazione, per_gettone as applicazione_per_gettone, revoca as revoca_applicazione,
    scrivi as scrivi_applicazione,
};
pub use autore::nome as nome_autore;
pub use ente::{Ente, crea as crea_ente, per_ipa as ente_per_ipa};
pub use errore::Errore;
pub use organigramma::{Dipendenze, Incaricato, Posto, organigramma};
pub use parola::{Parola, verifica as verifica_parola};
pub use permesso::{Permessi, PermessoGettone};
pub use persona::{
    Persona, crea as crea_utente, crea_senza_parola, dell_aoo as utente_dell_aoo, parola as parola_di,
    per_id as utente, per_nome as utente_per_nome, tutte as utenti,
};
pub use ruolo::{Ruolo, affida, ruoli_di, togli as togli_ruolo};
pub use segreto::{FileRiservato, FileSegreto};
pub use ufficio::{
    Ufficio, aperti as uffici, crea as crea_ufficio, per_codice as ufficio_per_codice, per_id as ufficio,
    trova as trova_ufficio, tutti as tutti_gli_uffici,
};
pub use variazione::{
    chiudi as chiudi_ufficio, dipendenze, nomi as nomi_uffici, rinomina as rinomina_ufficio, sposta as sposta_ufficio,
};

use crate::audit::Atto;

/// The acts of this module, for the verifier of the chain.
pub const ATTI: &[Atto] = &[
    Atto { tipo: ente::ATTO, ricalcola: ente::ricalcola, conta: ente::conta },
    Atto { tipo: aoo::ATTO, ricalcola: aoo::ricalcola, conta: aoo::conta },
    Atto { tipo: ufficio::ATTO, ricalcola: ufficio::ricalcola, conta: ufficio::conta },
    Atto { tipo: persona::ATTO, ricalcola: persona::ricalcola, conta: persona::conta },
    Atto { tipo: accesso::ATTO, ricalcola: accesso::ricalcola, conta: accesso::conta },
    Atto { tipo: ruolo::ATTO, ricalcola: ruolo::ricalcola, conta: ruolo::conta },
    Atto { tipo: ruolo::TOLTO, ricalcola: ruolo::ricalcola_tolto, conta: ruolo::conta_tolti },
    Atto { tipo: variazione::ATTO, ricalcola: variazione::ricalcola, conta: variazione::conta },
    Atto { tipo: sostituzione::ATTO, ricalcola: sostituzione::ricalcola, conta: sostituzione::conta },
    Atto { tipo: sostituzione::REVOCA, ricalcola: sostituzione::ricalcola_revoca, conta: sostituzione::conta_revoche },
    Atto { tipo: visione::ATTO, ricalcola: visione::ricalcola, conta: visione::conta },
    Atto { tipo: visione::REVOCA, ricalcola: visione::ricalcola_revoca, conta: visione::conta_revoche },
    Atto { tipo: applicazione::ATTO, ricalcola: applicazione::ricalcola, conta: applicazione::conta },
    Atto {
        tipo: applicazione::ATTO_REVOCA,
        ricalcola: applicazione::ricalcola_revoca,
        conta: applicazione::conta_revoche,
    },
];
