//! Why a segnatura cannot be written, or a schema used.

/// What stops the writing or the checking of a segnatura.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Errore {
    /// Circolare 60/2013 wants at least one `Destinazione`; those `per conoscenza` come after it.
    #[error("la segnatura richiede almeno un destinatario che non sia per conoscenza: aggiungine uno")]
    SenzaDestinatario,
    /// Allegato 6 wants every message classified.
    #[error("la segnatura 3.0.0 richiede la classifica: classifica la registrazione e riprova")]
    SenzaClassifica,
    /// One of our schemas does not compile, or imports a file that was not given. A fault of the program, not of the data.
    #[error("lo schema {nome} non è utilizzabile: {motivo}")]
    Schema {
        /// File name of the schema.
        nome: String,
        /// What the engine says, in English.
        motivo: String,
    },
}
