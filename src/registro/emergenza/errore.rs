//! Refusals of the register of emergenza.

use super::atto::{MASSIME_POSTAZIONI, MASSIMI_UFFICI};
use super::riga::MASSIME_RIGHE;
use crate::valori::{Istante, NumeroProtocollo, Rifiuto};
use crate::{storage, titolario, utenti};

/// Why something about the register of emergenza was refused. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// There is no such emergenza.
    #[error("questa emergenza non esiste")]
    Sconosciuta,
    /// It begins later than now.
    #[error("l'inizio dell'emergenza ({}) è nel futuro: si autorizza quando è cominciata", .0.leggibile())]
    InizioFuturo(Istante),
    /// No post, too many, or one twice.
    #[error("servono da 1 a {MASSIME_POSTAZIONI} postazioni, ciascuna con un codice suo")]
    Postazioni,
    /// Too many offices.
    #[error("al massimo {MASSIMI_UFFICI} uffici: se sono tutti, lascia vuoto")]
    Uffici,
    /// The post is none of this emergenza.
    #[error("la postazione {0} non è tra quelle di questa emergenza")]
    PostazioneEstranea(String),
    /// An extension that does not extend.
    #[error("l'emergenza è già autorizzata fino al {}: la proroga deve andare oltre", .0.leggibile())]
    ProrogaInutile(Istante),
    /// An extension of more than a week.
    #[error(
        "una proroga vale al massimo una settimana, quindi fino al {}: per andare oltre se ne autorizza un'altra (DPR 445/2000 art. 63 c. 2)",
        .0.leggibile()
    )]
    ProrogaLunga(Istante),
    /// The system works again.
    #[error("il sistema è stato ripristinato il {}: l'emergenza è finita", .0.leggibile())]
    GiaRipristinata(Istante),
    /// The end comes before the beginning, or is to come.
    #[error("il ripristino dev'essere dopo l'inizio dell'emergenza ({}) e non nel futuro", .0.leggibile())]
    RipristinoFuori(Istante),
    /// It lasted longer than was authorised.
    #[error("l'emergenza è autorizzata fino al {}: se è durata di più, registra prima la proroga", .0.leggibile())]
    OltreAutorizzazione(Istante),
    /// Nothing waits.
    #[error("la registrazione ordinaria è già aperta: non c'è niente da riaprire")]
    GiaAperta,
    /// The system does not work yet.
    #[error("il recupero si fa a sistema ripristinato: il responsabile del protocollo registra prima il ripristino")]
    NonRipristinata,
    /// The paper has another last number.
    #[error(
        "sul registro di carta l'ultimo numero della postazione {postazione} è {detto}, ma tra le righe trascritte è {trovato}: scrivi le righe \
         che mancano, o togli quelle di troppo"
    )]
    UltimoDiverso {
        /// Which post.
        postazione: String,
        /// What the paper says; zero if it has none.
        detto: i64,
        /// What was written.
        trovato: i64,
    },
    /// A number is missing before this one.
    #[error(
        "la postazione {postazione} ha il n. {trovato} dove ci si aspetta il n. {atteso} del {anno}: scrivi le righe che mancano, o annullate \
         con il motivo"
    )]
    Salto {
        /// Which post.
        postazione: String,
        /// Of which year.
        anno: i32,
        /// What comes next.
        atteso: NumeroProtocollo,
        /// What was found.
        trovato: NumeroProtocollo,
    },
    /// Something stands in the way of the recupero.
    #[error("il recupero non può cominciare: {0}")]
    Ostacoli(String),
    /// A row that cannot be used.
    #[error("n. {numero}: {causa}")]
    Riga {
        /// Its number.
        numero: NumeroProtocollo,
        /// Why.
        causa: String,
    },
    /// The file as a whole cannot be used.
    #[error("il file non va bene: {0}")]
    File(String),
    /// Too many rows.
    #[error("più di {MASSIME_RIGHE} righe: dividi il file")]
    TroppeRighe,
    /// Ordinary registration waits for the recupero.
    #[error(
        "l'emergenza cominciata il {} non è ancora recuperata: prima ricevono il numero le registrazioni fatte a mano ({postazioni}), in \
         Registro, Emergenza; oppure il responsabile del protocollo riapre la registrazione ordinaria con un motivo. Nessun numero è stato usato",
        .inizio.leggibile()
    )]
    DaRecuperare {
        /// Since when.
        inizio: Istante,
        /// Which posts are missing.
        postazioni: String,
    },
    /// A value.
    #[error(transparent)]
    Valore(#[from] Rifiuto),
    /// The titolario.
    #[error(transparent)]
    Titolario(#[from] titolario::Errore),
    /// Offices, who writes.
    #[error(transparent)]
    Utenti(#[from] utenti::Errore),
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Errore),
}

impl From<diesel::result::Error> for Errore {
    fn from(e: diesel::result::Error) -> Self {
        Self::Storage(e.into())
    }
}
