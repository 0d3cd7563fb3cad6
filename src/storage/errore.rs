//! What can go wrong between the program and its database.

/// A refusal of the database. Texts are in Italian: they reach the page or the console as they are.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// The address is neither `postgres://…` nor a file path.
    #[error("database «{0}» non riconosciuto: serve postgres://utente@host/nome oppure il percorso di un file")]
    Indirizzo(String),
    /// The database cannot be reached or opened.
    #[error("non posso aprire il database {dove}: {causa}")]
    Apertura {
        /// Which database, without its password.
        dove: String,
        /// What the driver said.
        causa: String,
    },
    /// The migrations could not be applied.
    #[error("non posso preparare lo schema del database: {0}")]
    Migrazione(String),
    /// The schema belongs to another version of the program.
    #[error(
        "lo schema del database non è quello di questa versione: avvia prima `tabulario serve` con questa versione"
    )]
    SchemaDiverso,
    /// Another process holds the database and does not let go.
    #[error("il database è occupato da un altro processo: riprova fra poco")]
    Occupato,
    /// `scrivi` inside `scrivi`: a mistake of ours, refused instead of waiting for ever.
    #[error("errore del programma: una scrittura ne ha aperta un'altra")]
    Annidata,
    /// The commit was sent and its outcome is not known: the same request, with the same key, finds out.
    #[error("non so se la scrittura è riuscita: ripeti la stessa richiesta con la stessa chiave per saperlo")]
    Incerto,
    /// The whole batch was lost before its commit: nothing was written.
    #[error("scrittura non riuscita, niente è stato registrato: {0}")]
    Persa(String),
    /// The chain lost links that were acknowledged.
    #[error(
        "il database è una copia più vecchia di quello che era in uso: non si scrive finché il responsabile del protocollo non la \
         riconosce, da Registro › Copia ripristinata"
    )]
    CopiaRipristinata,
    /// The operation stopped by a mistake of ours; it was rolled back.
    #[error("errore del programma durante la scrittura: niente è stato registrato")]
    Interrotta,
    /// A row is not what its type promises.
    #[error("riga non leggibile nella tabella {tabella}: {causa}")]
    Riga {
        /// The table.
        tabella: &'static str,
        /// What is wrong with it.
        causa: String,
    },
    /// A statement failed.
    #[error("il database ha rifiutato l'operazione: {0}")]
    Sql(diesel::result::Error),
}

impl From<diesel::result::Error> for Errore {
    fn from(e: diesel::result::Error) -> Self {
        match &e {
            diesel::result::Error::DatabaseError(_, info) if info.message().contains("database is locked") => {
                Self::Occupato
            }
            _ => Self::Sql(e),
        }
    }
}

impl Errore {
    /// A row of `tabella` that cannot be turned into its value.
    pub fn riga(tabella: &'static str, causa: impl std::fmt::Display) -> Self {
        Self::Riga { tabella, causa: causa.to_string() }
    }

    /// A copy that can be handed to every caller of a lost batch.
    pub(super) fn copia(&self) -> Self {
        match self {
            Self::Incerto => Self::Incerto,
            Self::Occupato => Self::Occupato,
            altro => Self::Persa(altro.to_string()),
        }
    }
}
