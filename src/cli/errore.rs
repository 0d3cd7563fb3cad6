//! Why a command could not do its work: exit status 2.

use crate::{config, documenti, pec, registro, ricerca, scrivania, storage, titolario, utenti, valori};
use std::io;
use std::path::PathBuf;

/// Why a command stopped.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// A file cannot be read or written.
    #[error("{}: {causa}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system said.
        causa: io::Error,
    },
    /// The result could not be written.
    #[error("non riesco a scrivere il risultato: {0}")]
    Uscita(io::Error),
    /// The port is taken.
    #[error("non posso ascoltare su {indirizzo}: {causa}; scegli un'altra porta con --port o con web.porta")]
    Porta {
        /// Address and port.
        indirizzo: String,
        /// What the system said.
        causa: io::Error,
    },
    /// A trial clock on real data.
    #[error(
        "TABULARIO_OROLOGIO si accetta solo su una cartella fatta da `tabulario demo` o dove tutte le AOO sono di prova"
    )]
    OrologioDiProva,
    /// A period that ends before it begins.
    #[error("il periodo finisce prima di cominciare: --dal {0} viene dopo --al {1}")]
    PeriodoRovescio(chrono::NaiveDate, chrono::NaiveDate),
    /// The time source does not answer.
    #[error("la fonte oraria {fonte} non risponde ({causa}); controlla orologio.fonte e la rete")]
    FonteOraria {
        /// The source.
        fonte: String,
        /// What happened.
        causa: String,
    },
    /// The clock is wrong.
    #[error(
        "l'orologio del server differisce di {secondi} secondi dalla fonte oraria {fonte}: correggilo; fino ad allora non si \
         registra"
    )]
    OrologioErrato {
        /// The source.
        fonte: String,
        /// How much it is ahead of the clock; negative if behind.
        secondi: i64,
    },
    /// The web server.
    #[error("il server web si è fermato: {0}")]
    Server(io::Error),
    /// A value that was typed.
    #[error(transparent)]
    Valore(#[from] valori::Rifiuto),
    /// Something that is missing or wrong in what was typed.
    #[error("{0}")]
    Uso(String),
    /// `verifica`.
    #[error(transparent)]
    Verifica(#[from] super::verifica::Errore),
    /// `busta`.
    #[error(transparent)]
    Busta(#[from] super::busta::Errore),
    /// `segnatura`.
    #[error(transparent)]
    SegnaturaLetta(#[from] super::segnatura::Errore),
    /// Whom signatures are trusted from.
    #[error("certificato di fiducia: {0}")]
    Fiducia(#[from] documenti::Illeggibile),
    /// Mail.
    #[error(transparent)]
    Pec(#[from] pec::Errore),
    /// The deposit with the conservator.
    #[error(transparent)]
    Conservazione(#[from] crate::conservazione::Errore),
    /// The configuration.
    #[error(transparent)]
    Config(#[from] config::Errore),
    /// The store.
    #[error(transparent)]
    Documenti(#[from] documenti::Errore),
    /// Bodies, offices, people.
    #[error(transparent)]
    Utenti(#[from] utenti::Errore),
    /// The titolario.
    #[error(transparent)]
    Titolario(#[from] titolario::Errore),
    /// The register.
    #[error(transparent)]
    Registro(#[from] registro::Errore),
    /// The rubrica.
    #[error(transparent)]
    Rubrica(#[from] registro::rubrica::Errore),
    /// The IPA.
    #[error(transparent)]
    Ipa(#[from] registro::ipa::Errore),
    /// The search.
    #[error(transparent)]
    Ricerca(#[from] ricerca::Errore),
    /// The desk.
    #[error(transparent)]
    Scrivania(#[from] scrivania::Errore),
    /// The portal.
    #[error(transparent)]
    Istanze(#[from] crate::istanze::Errore),
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Errore),
}

impl Errore {
    pub(super) fn file(file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |causa| Self::File { file, causa }
    }
}

impl From<io::Error> for Errore {
    fn from(e: io::Error) -> Self {
        Self::Uscita(e)
    }
}
