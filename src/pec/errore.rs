//! Refusals about mail.

use super::guasto::Guasto;
use crate::valori::{NumeroProtocollo, Rifiuto};
use crate::{documenti, registro, scrivania, storage, titolario, utenti};
use std::io;
use std::path::PathBuf;

/// Why something about mail was refused.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// The AOO already has this mailbox.
    #[error("la casella {0} c'è già")]
    CasellaPresente(String),
    /// The AOO has no such mailbox.
    #[error("l'AOO non ha una casella {0}: aggiungila con `tabulario casella aggiungi`")]
    CasellaAssente(String),
    /// The mailbox is a Maildir.
    #[error("la casella {0} sta in una cartella Maildir: non si legge da un server")]
    NonSuServer(String),
    /// Nobody of this name is an addressee.
    #[error("«{0}» non è tra i destinatari di questa registrazione: scrivilo come è registrato")]
    DestinatarioSconosciuto(String),
    /// The address is the one to which it is sent already.
    #[error("è già l'indirizzo a cui si spedisce")]
    IndirizzoUguale,
    /// A send to the address in force arrived, or may still arrive.
    #[error(
        "si corregge l'indirizzo di chi non è stato raggiunto: a questo la spedizione è arrivata, o è ancora in corso"
    )]
    NonCorreggibile,
    /// Nothing is left to send again.
    #[error(
        "non c'è nessuno a cui rispedire: si rispedisce a chi non è stato raggiunto, o di cui non si hanno ricevute da 24 ore"
    )]
    NienteDaRispedire,
    /// A value that was typed is not right.
    #[error(transparent)]
    Valore(Rifiuto),
    /// The server of a mailbox.
    #[error(transparent)]
    Server(#[from] Guasto),
    /// The AOO has no mailbox to send from.
    #[error("l'AOO non ha una casella da cui spedire: aggiungila con `tabulario casella aggiungi`")]
    SenzaCasella,
    /// The folder is no Maildir.
    #[error("{} non è una Maildir: mancano le cartelle new e cur", .0.display())]
    NonMaildir(PathBuf),
    /// The mailbox cannot be read or marked.
    #[error("la casella non risponde ({}): {causa}", dove.display())]
    Casella {
        /// The file or folder.
        dove: PathBuf,
        /// What the system said.
        causa: io::Error,
    },
    /// A message could not be taken by a mistake of ours; it stays in its mailbox.
    #[error("un messaggio non si è potuto leggere per un errore del programma: resta nella casella e si riprova")]
    NonLetto,
    /// There is no such message, or it may not be seen.
    #[error("questo messaggio non esiste o non è tra quelli che puoi vedere")]
    Sconosciuto,
    /// The message was registered before.
    #[error("messaggio già protocollato con il n. {numero}/{anno}: non è stato preso un secondo numero")]
    GiaProtocollato {
        /// The number it got.
        numero: NumeroProtocollo,
        /// Its year.
        anno: i32,
    },
    /// A receipt is evidence of a send, not a document to register.
    #[error("è una ricevuta: si conserva con l'invio a cui si riferisce e non si protocolla")]
    Ricevuta,
    /// The message was left out before.
    #[error("questo messaggio è già tra i non protocollati")]
    GiaEscluso,
    /// The message was not left out.
    #[error("questo messaggio non è tra i non protocollati")]
    NonEscluso,
    /// What was left out is brought back before it gets a number.
    #[error("questo messaggio è tra i non protocollati: prima ripristinalo")]
    DaRipristinare,
    /// A PEC is always registered.
    #[error(
        "una PEC arriva da un domicilio digitale e si protocolla sempre (CAD art. 40-bis); resta fuori solo la copia di una PEC \
         già protocollata"
    )]
    DomicilioDigitale,
    /// The list has no such kind.
    #[error("questo genere non è tra quelli esclusi dalla registrazione: sceglilo dall'elenco o scrivi il motivo")]
    GenereSconosciuto,
    /// The AOO has no such rule.
    #[error("questa regola non c'è")]
    RegolaSconosciuta,
    /// What a rule says cannot stand.
    #[error("{campo}: {perche}")]
    RegolaSbagliata {
        /// Which field.
        campo: &'static str,
        /// Why.
        perche: String,
    },
    /// The AOO has as many rules as it may have.
    #[error("ci sono già {0} regole, il massimo: cambiane una che non serve più")]
    TroppeRegole(usize),
    /// Somebody wrote another version meanwhile.
    #[error("intanto qualcuno ha scritto la versione {0} di questa regola: ricaricala e riprova")]
    RegolaCambiata(i32),
    /// Nobody looked at what the current version would have done.
    #[error("prima di accenderla guarda che cosa avrebbe fatto questa versione con gli ultimi messaggi")]
    SenzaAnteprima,
    /// The rule is so already.
    #[error("la regola è {0}")]
    StatoRegolaUguale(&'static str),
    /// The registration without a person is so already.
    #[error("la registrazione senza una persona è {0} per questo genere")]
    AutomaticoUguale(&'static str),
    /// The message has no such attachment.
    #[error("il messaggio non ha un allegato con l'impronta {0}")]
    AllegatoSconosciuto(crate::valori::Impronta),
    /// It was answered before.
    #[error("{0}: già mandata")]
    RitornoGiaMandato(&'static str),
    /// Nobody is to be answered so.
    #[error("{0}: per questa registrazione non è prevista")]
    RitornoNonPrevisto(&'static str),
    /// An eccezione says why.
    #[error("scrivi il motivo dell'eccezione")]
    SenzaMotivo,
    /// Without the segnatura of the sender there is nothing to name in an answer.
    #[error("il messaggio non ha una segnatura a cui rispondere")]
    SenzaSegnatura,
    /// The switch is so already.
    #[error("l'interruttore è {0}")]
    RitornoAutomaticoUguale(&'static str),
    /// The dialect of this AOO is so already.
    #[error("a questa AOO si scrive già così")]
    DialettoUguale,
    /// An answer of another AOO is evidence, not a document to register.
    #[error("è un messaggio di ritorno: si conserva con la registrazione a cui si riferisce e non si protocolla")]
    MessaggioDiRitorno,
    /// Only uscite are sent.
    #[error("si spediscono solo le registrazioni in uscita")]
    NonUscita,
    /// No recipient has an address.
    #[error("nessun destinatario ha un indirizzo di posta")]
    SenzaIndirizzo,
    /// The message would be larger than any provider accepts.
    #[error("il messaggio supera i {0} MiB che i gestori accettano")]
    TroppoGrande(u64),
    /// The message could not be composed: a mistake of ours.
    #[error("errore del programma nel comporre il messaggio: {0}")]
    Composizione(String),
    /// The titolario.
    #[error(transparent)]
    Titolario(#[from] titolario::Errore),
    /// The desk.
    #[error(transparent)]
    Scrivania(#[from] scrivania::Errore),
    /// The register.
    #[error(transparent)]
    Registro(#[from] registro::Errore),
    /// The IPA.
    #[error(transparent)]
    Ipa(#[from] registro::ipa::Errore),
    /// The store.
    #[error(transparent)]
    Documenti(#[from] documenti::Errore),
    /// Bodies, offices, people.
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
