//! Why a list or an answer is not kept.

/// Why it may not be relied on. The text follows the name of what was brought and a colon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RifiutoRevoca {
    /// Neither a list nor an answer, or one that cannot be read.
    #[error("non è una lista di revoca (CRL) né una risposta OCSP che si possa leggere: {0}")]
    Illeggibile(&'static str),
    /// An answer that says why there is none.
    #[error("la risposta OCSP dice solo che il server non ha potuto rispondere")]
    SenzaRisposta,
    /// A list of changes.
    #[error("contiene solo le variazioni (delta CRL): serve la lista completa")]
    Delta,
    /// A list about certificates of others.
    #[error("è una lista indiretta, che parla di certificati emessi da altri: non si usa")]
    Indiretta,
    /// A list of attribute certificates.
    #[error("parla solo di certificati di attributo, che non firmano documenti")]
    Attributi,
    /// A list for some reasons.
    #[error("parla solo di alcuni motivi di revoca: serve la lista completa")]
    Motivi,
    /// A critical extension.
    #[error("ha una condizione critica che non è riconosciuta ({0})")]
    Condizione(String),
    /// Nobody that is trusted has this name.
    #[error("è di «{0}», che non è fra le autorità riconosciute")]
    EmittenteIgnoto(String),
    /// In the name of an authority that did not sign it.
    #[error("porta il nome di «{0}» ma non è firmata con la sua chiave")]
    Firma(String),
    /// Given by somebody whom the authority charged with answering, and then took back.
    #[error("chi ha risposto per conto di «{0}» aveva il certificato revocato o sospeso")]
    Rispondente(String),
    /// An authority that may not sign lists.
    #[error("il certificato di «{0}» non è fatto per firmare liste di revoca")]
    NonPuo(String),
    /// Nobody knows until when it holds.
    #[error("non dice entro quando sarà sostituita")]
    SenzaScadenza,
    /// Past its next update.
    #[error("è scaduta: doveva essere sostituita entro il {0}")]
    Scaduta(String),
    /// Of a day to come.
    #[error("porta una data futura, {0}: controlla l'orologio di questa macchina")]
    Futura(String),
    /// More than may be held in memory.
    #[error("con i dati di revoca già in uso supera {0} MiB di memoria")]
    Memoria(usize),
}
