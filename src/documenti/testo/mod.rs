//! The text inside files, for whoever searches: read once per file, in a child process, and kept in a working table.
//!
//! Files come from strangers, and a reader of PDF or of zip is a large program: so it runs in a process of its own
//! ([`Estrattore`]) that has little memory, little time and nothing to write to. Whatever happens to it is a finding
//! (*rilievo*) in words, never a failure of whoever asked. The text can be thrown away and read again from the store.

mod archivio;
mod estrattore;
mod figlio;
mod lettore;

pub use estrattore::Estrattore;
pub use figlio::servi;

use super::Errore;
use crate::storage::schema::testi;
use crate::storage::{self, Conn, Operazione};
use crate::valori::Impronta;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Timestamp};

/// The words of the hidden command by which the program calls itself to read a file.
pub const COMANDO: &str = "estrai-testo";

/// Longest text kept of one file, in bytes: about two thousand pages.
pub const MASSIMO_TESTO: usize = 4 * 1024 * 1024;

/// How the reading of a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Esito {
    /// All its text, which may be empty.
    Estratto,
    /// Some of its text: a limit was reached.
    Parziale,
    /// None of it.
    NonEstratto,
}

impl Esito {
    /// The word kept in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Estratto => "estratto",
            Self::Parziale => "parziale",
            Self::NonEstratto => "non-estratto",
        }
    }
}

/// What was read of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Testo {
    /// How it ended.
    pub esito: Esito,
    /// The text, without control characters, blanks made one.
    pub testo: String,
    /// Why there is not all of it, for a person.
    pub rilievo: Option<String>,
}

impl Testo {
    /// What there is, and why it is not all.
    fn con_rilievo(testo: String, perche: impl std::fmt::Display) -> Self {
        let (esito, inizio) = match testo.is_empty() {
            true => (Esito::NonEstratto, "testo non estratto"),
            false => (Esito::Parziale, "testo estratto solo in parte"),
        };
        Self { esito, testo, rilievo: Some(format!("{inizio}: {perche}")) }
    }
}

/// Keeps the text of a file; if another process was faster, its reading stays.
///
/// # Errors
/// Those of the database.
pub fn conserva(op: &mut Operazione<'_>, impronta: &Impronta, testo: &Testo) -> Result<(), Errore> {
    diesel::sql_query(
        "INSERT INTO testi (sha256, testo, esito, rilievo, creato) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind::<Text, _>(impronta.to_string())
    .bind::<Text, _>(&testo.testo)
    .bind::<Text, _>(testo.esito.as_str())
    .bind::<Nullable<Text>, _>(&testo.rilievo)
    .bind::<Timestamp, _>(op.ora.utc())
    .execute(op.conn)?;
    Ok(())
}

/// The text kept of a file; `None` if it was not read yet.
///
/// # Errors
/// Those of the database, or a row that is not what it should be.
pub fn letto(conn: &mut Conn, impronta: &Impronta) -> Result<Option<Testo>, Errore> {
    let riga: Option<(String, String, Option<String>)> = testi::table
        .filter(testi::sha256.eq(impronta.to_string()))
        .select((testi::testo, testi::esito, testi::rilievo))
        .first(conn)
        .optional()?;
    let Some((testo, esito, rilievo)) = riga else { return Ok(None) };
    let esito = [Esito::Estratto, Esito::Parziale, Esito::NonEstratto]
        .into_iter()
        .find(|e| e.as_str() == esito)
        .ok_or_else(|| storage::Errore::riga("testi", &esito))?;
    Ok(Some(Testo { esito, testo, rilievo }))
}

/// True if this file was read already, well or badly.
///
/// # Errors
/// Those of the database.
pub fn presente(conn: &mut Conn, impronta: &Impronta) -> Result<bool, Errore> {
    let righe: i64 = testi::table.filter(testi::sha256.eq(impronta.to_string())).count().get_result(conn)?;
    Ok(righe > 0)
}
