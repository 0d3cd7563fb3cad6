//! Why something that was brought is not kept.

use super::RifiutoRete;
use crate::firma::{self, RifiutoLista, RifiutoRevoca};
use crate::valori::Territorio;
use std::io;

/// Why a list, a set of certificates, or what is said of revocation, is refused. The text follows the name of what was brought and a colon.
#[derive(Debug, thiserror::Error)]
pub enum Rifiuto {
    /// It is not to be believed.
    #[error(transparent)]
    Lista(#[from] RifiutoLista),
    /// Older than the one that is kept.
    #[error("è la n. {sequenza}, più vecchia della n. {conservata} che è già conservata")]
    Anteriore {
        /// Its number.
        sequenza: u64,
        /// That of the kept one.
        conservata: u64,
    },
    /// Another list with the number of the one that is kept.
    #[error("ha lo stesso numero ({0}) di quella conservata e un contenuto diverso")]
    StessoNumero(u64),
    /// Of another territory than the one that was asked for.
    #[error("è la lista di {trovato}, mentre qui serve: {atteso}")]
    Territorio {
        /// Whose it says to be.
        trovato: String,
        /// What was asked for.
        atteso: String,
    },
    /// Nobody vouches for it.
    #[error(
        "manca una lista delle liste (LOTL) in vigore che dica chi può firmarla: importa prima quella, o insieme a questa"
    )]
    SenzaGarante,
    /// The list of the lists does not speak of this territory.
    #[error("la lista delle liste non dice chi può firmare quella di {0}")]
    SenzaFirmatari(Territorio),
    /// The list of the lists does not say where that of this territory is.
    #[error("la lista delle liste non dice dove si trova quella di {0}: dai il file")]
    SenzaIndirizzo(Territorio),
    /// Revocation data that are not to be believed.
    #[error(transparent)]
    Revoca(#[from] RifiutoRevoca),
    /// Revocation data that are older than those that are kept.
    #[error("è del {emessa}, e per lo stesso emittente è già conservata quella più recente, del {conservata}")]
    RevocaAnteriore {
        /// When it was issued.
        emessa: String,
        /// When the kept one was.
        conservata: String,
    },
    /// Another revocation list with the number of the one that is kept.
    #[error("ha lo stesso numero ({0}) di quella conservata e un contenuto diverso")]
    RevocaStessoNumero(String),
    /// More than are looked at in one go.
    #[error("non è stata guardata: in una volta se ne guardano {0}")]
    TroppiIndirizzi(usize),
    /// The time for all is over.
    #[error("non è stata guardata: sono passati i {0} minuti ammessi per tutte")]
    TroppoTempo(u64),
    /// Longer than the limit.
    #[error("supera il limite di {0} MiB")]
    TroppoGrande(u64),
    /// The file cannot be read.
    #[error("non si legge: {0}")]
    File(io::Error),
    /// It cannot be fetched.
    #[error(transparent)]
    Rete(#[from] RifiutoRete),
    /// Not certificates.
    #[error("{0}")]
    Certificati(#[from] firma::Errore),
    /// A folder without certificates.
    #[error("la cartella non contiene certificati (.pem, .crt, .cer, .der)")]
    CartellaVuota,
}
