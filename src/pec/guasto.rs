//! *Guasto*: what goes wrong with a mailbox on a server, said to whoever has to put it right. What a message holds is never said.

use std::io;

/// Longest text of a server that is passed on, in characters.
const MASSIMO_DETTO: usize = 200;

/// Why a mailbox could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Guasto {
    /// Nobody answers there.
    #[error("il server {server} non si raggiunge ({causa}): controlla l'indirizzo, la rete e il firewall")]
    Irraggiungibile {
        /// The server and its port.
        server: String,
        /// What the system said.
        causa: io::Error,
    },
    /// It took too long.
    #[error("il server non ha risposto entro {secondi} secondi: si riprova da soli; se dura, senti il gestore")]
    Tempo {
        /// The limit.
        secondi: u64,
    },
    /// The certificate is not guaranteed by anybody we know.
    #[error(
        "la cifratura con {server} non è riuscita ({causa}): se il certificato del server è di un'autorità privata, indica il suo \
         con --ca; altrimenti senti il gestore, e non forzare"
    )]
    Cifratura {
        /// The server.
        server: String,
        /// What was wrong.
        causa: String,
    },
    /// The file of the authority cannot be used.
    #[error("il file dei certificati {file} non si può usare ({causa}): serve un file PEM")]
    Autorita {
        /// The file.
        file: String,
        /// What was wrong.
        causa: String,
    },
    /// The server does not offer STARTTLS.
    #[error(
        "il server {0} non offre STARTTLS e la posta non viaggia in chiaro: usa la cifratura dal primo byte (imaps://, smtps://)"
    )]
    SenzaCifratura(String),
    /// User or password.
    #[error(
        "il server rifiuta utente o password («{0}»): controlla l'utente della casella e il file del segreto; chi ha cambiato la \
         password presso il gestore la scriva anche lì"
    )]
    Credenziali(String),
    /// A command was refused.
    #[error("il server rifiuta «{comando}»: «{detto}»")]
    Rifiutato {
        /// The first words of the command.
        comando: String,
        /// What the server said.
        detto: String,
    },
    /// The server cannot remove one message alone.
    #[error(
        "il server non sa togliere un messaggio solo (UIDPLUS): con questo server i messaggi si lasciano o si segnano, non si \
         spostano e non si cancellano"
    )]
    SenzaUidPlus,
    /// The connection was lost.
    #[error("la connessione con il server è caduta: si riprova da soli")]
    Caduta,
    /// The server said what no IMAP server says.
    #[error("il server risponde in un modo che non si capisce ({0})")]
    Protocollo(&'static str),
}

impl Guasto {
    /// True if trying again soon may lock the account.
    #[must_use]
    pub fn di_credenziali(&self) -> bool {
        matches!(self, Self::Credenziali(_))
    }
}

impl From<io::Error> for Guasto {
    fn from(e: io::Error) -> Self {
        match e.kind() {
            // The parser puts into its errors what it was reading, which is mail.
            io::ErrorKind::Other | io::ErrorKind::InvalidData => Self::Protocollo("risposta illeggibile"),
            _ => Self::Caduta,
        }
    }
}

impl From<async_imap::error::Error> for Guasto {
    fn from(e: async_imap::error::Error) -> Self {
        use async_imap::error::Error;
        match e {
            Error::Io(e) => e.into(),
            Error::ConnectionLost => Self::Caduta,
            Error::Validate(_) => Self::Protocollo("nome con caratteri non ammessi"),
            Error::Bad(detto) | Error::No(detto) => {
                Self::Rifiutato { comando: "comando".to_owned(), detto: breve(&detto) }
            }
            _ => Self::Protocollo("risposta inattesa"),
        }
    }
}

/// What a server said, on one short line.
pub(super) fn breve(detto: &str) -> String {
    detto.chars().filter(|c| !c.is_control()).take(MASSIMO_DETTO).collect()
}
