//! Value objects: a value that exists is valid.
//!
//! Every type here has a private field, a `FromStr` whose error says what is wrong and what would be right, and
//! `as_str`. Forms, files, JSON and database columns are parsed into these at the door; nothing further in needs a
//! `validate()`. The module knows no database, no clock and no network.

mod attore;
mod calendario;
mod codice;
mod codice_fiscale;
mod foglio_etichette;
mod id;
mod impronta;
mod indirizzo_mail;
mod istante;
mod macro_testo;
mod nome_file;
mod numero;
mod tabella;
mod territorio;
mod testo;
mod url_servizio;

pub use attore::Attore;
pub use calendario::{Calendario, Festivo, giorno_breve};
pub use codice::{
    CodiceAoo, CodiceIpa, CodicePostazione, CodiceProcedimento, CodiceRegistro, CodiceUfficio, CodiceVoce,
};
pub use codice_fiscale::CodiceFiscale;
pub use foglio_etichette::FoglioEtichette;
pub use id::{
    AcquisizioneId, AooId, ApplicazioneId, AssegnazioneId, CasellaId, ChiusuraId, CollegamentoId, ConservatoreId,
    DifferimentoId, EmergenzaId, EnteId, FascicoloId, GruppoId, ImportazioneIpaId, InvioId, IstanzaId, MembroId,
    MessaggioId, PredispostoId, ProcedimentoId, PropostaId, PropostaRubricaId, RecapitoId, RegistrazioneId, RegolaId,
    RitornoId, SigilloId, SoggettoId, SostituzioneId, TitolarioId, TrascrizioneId, UfficioId, UnioneId, UtenteId,
    VerificaId, VersioneId, VisioneId, VoceId, nuovo_id, riprendi_dopo,
};
pub use impronta::Impronta;
pub use indirizzo_mail::IndirizzoMail;
pub use istante::{Istante, ROMA};
pub use nome_file::NomeFile;
pub use numero::NumeroProtocollo;
pub use tabella::{RigaTabella, Tabella, TabellaRifiutata, testo_di_tabella};
pub use territorio::Territorio;
pub use testo::{Denominazione, Oggetto, Testo};
pub use url_servizio::UrlServizio;

/// Why a text is not the value it was meant to be.
///
/// `che` names the value in Italian ("codice IPA"), `regola` says what would be accepted: together they are a sentence
/// that can be shown to the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{che} non valido: {regola}")]
pub struct Rifiuto {
    /// What the value was meant to be, in Italian.
    pub che: &'static str,
    /// The rule that was broken, in Italian.
    pub regola: String,
}

impl Rifiuto {
    pub(crate) fn new(che: &'static str, regola: impl Into<String>) -> Self {
        Self { che, regola: regola.into() }
    }
}
