//! A configuration that cannot be used, said so that a technician can mend it.

use figment::error::{Actual, Kind};
use std::path::{Path, PathBuf};

/// Why the program does not start.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// `--config` names a file that is not there.
    #[error("il file di configurazione {} non esiste", .0.display())]
    FileAssente(PathBuf),
    /// The file is not TOML.
    #[error("{}: {causa}", file.display())]
    Toml {
        /// The file.
        file: PathBuf,
        /// Where and why.
        causa: String,
    },
    /// A key nobody knows, mostly a slip of the pen.
    #[error("configurazione: la chiave «{chiave}» non esiste; qui valgono: {ammesse}")]
    Chiave {
        /// The key as written.
        chiave: String,
        /// What may stand there.
        ammesse: String,
    },
    /// A value of the wrong kind or outside its bounds.
    #[error("configurazione: {chiave} = {valore} non va bene; è ammesso: {ammesso}")]
    Valore {
        /// Section and key.
        chiave: &'static str,
        /// The value as written.
        valore: String,
        /// What is allowed.
        ammesso: String,
    },
    /// A value that cannot be read as what it should be.
    #[error("configurazione: {chiave} = {valore} non va bene; è ammesso: {ammesso} (letto da {fonte})")]
    Tipo {
        /// Section and key.
        chiave: String,
        /// The value as written.
        valore: String,
        /// What is allowed.
        ammesso: String,
        /// File or environment.
        fonte: String,
    },
    /// The address of the database.
    #[error("TABULARIO_DATABASE_URL: {0}")]
    Database(String),
    /// The starting instant of a trial clock.
    #[error("TABULARIO_OROLOGIO = {0} non va bene; è ammesso: un istante RFC 3339 come 2026-11-22T08:42:07+01:00")]
    Orologio(String),
}

impl Errore {
    pub(super) fn from_figment(e: figment::Error, file: &Path) -> Self {
        let chiave = e.path.join(".");
        let fonte = match &e.metadata {
            Some(m) if m.name.contains("environment") => "una variabile d'ambiente TABULARIO_…".to_owned(),
            _ => file.display().to_string(),
        };
        match e.kind {
            Kind::UnknownField(nome, ammesse) => Self::Chiave { chiave: nome, ammesse: ammesse.join(", ") },
            Kind::UnknownVariant(valore, ammessi) => Self::Tipo { chiave, valore, ammesso: ammessi.join(", "), fonte },
            Kind::InvalidType(valore, ammesso) | Kind::InvalidValue(valore, ammesso) => {
                Self::Tipo { chiave, valore: mostra(&valore), ammesso: traduci(&ammesso), fonte }
            }
            altro if chiave.is_empty() => Self::Toml { file: file.to_owned(), causa: altro.to_string() },
            altro => Self::Tipo { chiave, valore: "…".to_owned(), ammesso: altro.to_string(), fonte },
        }
    }
}

fn mostra(valore: &Actual) -> String {
    match valore {
        Actual::Str(s) => format!("\"{s}\""),
        Actual::Unsigned(n) => n.to_string(),
        Actual::Signed(n) => n.to_string(),
        Actual::Bool(b) => b.to_string(),
        altro => altro.to_string(),
    }
}

/// What serde expected, in words.
fn traduci(ammesso: &str) -> String {
    match ammesso {
        "u16" => "un numero da 0 a 65535".to_owned(),
        "u32" | "usize" | "u64" => "un numero intero non negativo".to_owned(),
        "IP address" => "un indirizzo IP come 127.0.0.1".to_owned(),
        altro => altro.to_owned(),
    }
}
