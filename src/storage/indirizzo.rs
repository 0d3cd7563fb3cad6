//! Where the database is: a file of SQLite or a URL of PostgreSQL, and how a connection to it is opened.

use super::{Conn, Errore};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use std::fmt;
use std::path::{Path, PathBuf};

/// How long a connection waits for another process that is writing to the same SQLite file, in milliseconds.
const ATTESA_SQLITE_MS: u32 = 10_000;
/// Pages that a connection to SQLite keeps in memory, in KiB (SQLite wants it negative): a batch of registrations touches more than
/// the 2 MB that it would have, and would be written twice.
const MEMORIA_SQLITE: i32 = -16_000;
/// Pages in the log before SQLite brings them into the file (32 MB): those that every registration touches go there once in hundreds.
const PAGINE_DEL_LOG: u32 = 8_000;

/// The address of a database.
#[derive(Clone, PartialEq, Eq)]
pub enum Indirizzo {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL URL.
    Postgres(String),
}

impl Indirizzo {
    /// Reads `postgres://…` (or `postgresql://…`) or a file path; any other scheme is refused by name.
    ///
    /// # Errors
    /// `Errore::Indirizzo` with the text, its password left out.
    pub fn parse(testo: &str) -> Result<Self, Errore> {
        let testo = testo.trim();
        if testo.starts_with("postgres://") || testo.starts_with("postgresql://") {
            return Ok(Self::Postgres(testo.to_owned()));
        }
        let percorso = testo.strip_prefix("sqlite://").or_else(|| testo.strip_prefix("file:")).unwrap_or(testo);
        if percorso.is_empty() || percorso.contains("://") {
            return Err(Errore::Indirizzo(senza_segreti(testo)));
        }
        Ok(Self::Sqlite(PathBuf::from(percorso)))
    }

    /// True for PostgreSQL, where each AOO has a lane of its own.
    #[must_use]
    pub fn e_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    pub(super) fn apri_scrittore(&self) -> Result<Conn, Errore> {
        match self {
            Self::Sqlite(file) => {
                let mut c = self.sqlite(file)?;
                let testo = format!(
                    "PRAGMA busy_timeout={ATTESA_SQLITE_MS}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
                     PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size={MEMORIA_SQLITE}; \
                     PRAGMA wal_autocheckpoint={PAGINE_DEL_LOG};"
                );
                c.batch_execute(&testo).map_err(|e| self.errore(&e))?;
                Ok(Conn::Sqlite(c))
            }
            Self::Postgres(url) => Ok(Conn::Postgres(self.postgres(url)?)),
        }
    }

    pub(super) fn apri_lettore(&self) -> Result<Conn, Errore> {
        match self {
            Self::Sqlite(file) => {
                let mut c = self.sqlite(file)?;
                let testo = format!(
                    "PRAGMA busy_timeout={ATTESA_SQLITE_MS}; PRAGMA query_only=ON; PRAGMA temp_store=MEMORY; \
                     PRAGMA cache_size={MEMORIA_SQLITE};"
                );
                c.batch_execute(&testo).map_err(|e| self.errore(&e))?;
                Ok(Conn::Sqlite(c))
            }
            Self::Postgres(url) => {
                let mut c = self.postgres(url)?;
                c.batch_execute("SET default_transaction_read_only = on").map_err(|e| self.errore(&e))?;
                Ok(Conn::Postgres(c))
            }
        }
    }

    fn sqlite(&self, file: &Path) -> Result<SqliteConnection, Errore> {
        let nome = file.to_str().ok_or_else(|| self.errore(&"il percorso non è UTF-8"))?;
        SqliteConnection::establish(nome).map_err(|e| self.errore(&e))
    }

    fn postgres(&self, url: &str) -> Result<PgConnection, Errore> {
        let mut c = PgConnection::establish(url).map_err(|e| self.errore(&e))?;
        // UTC: our instants are columns without zone. Standard strings: what the guards and the queries rely on.
        c.batch_execute("SET TIME ZONE 'UTC'; SET synchronous_commit = on; SET standard_conforming_strings = on")
            .map_err(|e| self.errore(&e))?;
        Ok(c)
    }

    fn errore(&self, causa: &impl fmt::Display) -> Errore {
        Errore::Apertura { dove: self.to_string(), causa: causa.to_string().trim().to_owned() }
    }
}

/// Never the password.
impl fmt::Display for Indirizzo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "{}", file.display()),
            Self::Postgres(url) => f.write_str(&senza_segreti(url)),
        }
    }
}

impl fmt::Debug for Indirizzo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Indirizzo({self})")
    }
}

/// Replaces what stands between `//` and `@` by the user's name, and drops the parameters.
fn senza_segreti(url: &str) -> String {
    let Some((schema, resto)) = url.split_once("://") else { return url.to_owned() };
    let resto = resto.split('?').next().unwrap_or("");
    match resto.rsplit_once('@') {
        Some((chi, dove)) => format!("{schema}://{}@{dove}", chi.split(':').next().unwrap_or("")),
        None => format!("{schema}://{resto}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_postgres_and_files_are_addresses() {
        assert!(matches!(Indirizzo::parse("postgres://u:p@h/db"), Ok(Indirizzo::Postgres(_))));
        assert!(matches!(Indirizzo::parse("dati/tabulario.db"), Ok(Indirizzo::Sqlite(_))));
        assert!(matches!(Indirizzo::parse("mysql://u:segreta@h/db"), Err(Errore::Indirizzo(_))));
        assert!(Indirizzo::parse("").is_err());
    }

    #[test]
    fn a_password_is_never_shown() {
        let indirizzo = Indirizzo::parse("postgres://ugo:segreta@h:5432/db?password=segreta").unwrap();
        assert_eq!(
            format!("{indirizzo} {indirizzo:?}"),
            "postgres://ugo@h:5432/db Indirizzo(postgres://ugo@h:5432/db)"
        );
        let errore = Indirizzo::parse("mysql://ugo:segreta@h/db").unwrap_err().to_string();
        assert!(!errore.contains("segreta") && errore.contains("mysql"), "{errore}");
    }
}
