//! The rows about files: which are known, and what uses each.

use super::{Errore, Riposto};
use crate::storage::schema::{file, usi_file};
use crate::storage::{self, Comando, Conn, Operazione, Valore, per_entrambi};
use crate::valori::{Impronta, Istante};
use diesel::prelude::*;
use std::fmt::Display;

/// A file the database knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// SHA-256 of its bytes.
    pub impronta: Impronta,
    /// How many they are.
    pub dimensione: i64,
    /// What they look like.
    pub media_type: String,
    /// When the database came to know it.
    pub creato: Istante,
}

/// What uses a file: kind and id of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uso {
    /// The file.
    pub impronta: Impronta,
    /// Kind of the thing, e.g. `registrazione`.
    pub oggetto_tipo: String,
    /// Its id.
    pub oggetto_id: String,
}

/// Makes a stored file known. A file that is known already stays as it is.
///
/// # Errors
/// Those of the database.
pub fn registra(op: &mut Operazione<'_>, riposto: &Riposto) -> Result<(), Errore> {
    // The guard on SQLite refuses an INSERT of what is there, so nothing is inserted then; on PostgreSQL another lane may insert the
    // same file at this moment.
    const NUOVO: &str = "INSERT INTO file (sha256, dimensione, media_type, creato) SELECT ?, ?, ?, ? \
                         WHERE NOT EXISTS (SELECT 1 FROM file WHERE sha256 = ?) ON CONFLICT DO NOTHING";
    let sha256 = riposto.impronta.to_string();
    let valori = vec![
        Valore::Testo(&sha256),
        Valore::Numero(i64::try_from(riposto.dimensione).unwrap_or(i64::MAX)),
        Valore::Testo(riposto.media_type),
        Valore::Istante(op.ora.utc()),
        Valore::Testo(&sha256),
    ];
    Comando::<()>::new(NUOVO, valori).execute(op.conn)?;
    Ok(())
}

/// Says that a thing uses a file.
///
/// # Errors
/// Those of the database.
pub fn uso(
    op: &mut Operazione<'_>,
    impronta: &Impronta,
    oggetto_tipo: &str,
    oggetto_id: impl Display,
) -> Result<(), Errore> {
    let riga = (
        usi_file::sha256.eq(impronta.to_string()),
        usi_file::oggetto_tipo.eq(oggetto_tipo),
        usi_file::oggetto_id.eq(oggetto_id.to_string()),
    );
    let nuovo = diesel::insert_into(usi_file::table).values(riga).on_conflict_do_nothing();
    per_entrambi!(op.conn, c => nuovo.execute(c))?;
    Ok(())
}

/// Everything that uses a file.
///
/// # Errors
/// Those of the database.
pub fn usi(conn: &mut Conn, impronta: &Impronta) -> Result<Vec<Uso>, Errore> {
    let righe: Vec<(String, String)> = usi_file::table
        .filter(usi_file::sha256.eq(impronta.to_string()))
        .order((usi_file::oggetto_tipo, usi_file::oggetto_id))
        .select((usi_file::oggetto_tipo, usi_file::oggetto_id))
        .load(conn)?;
    let uso = |(oggetto_tipo, oggetto_id)| Uso { impronta: *impronta, oggetto_tipo, oggetto_id };
    Ok(righe.into_iter().map(uso).collect())
}

/// The files after this impronta, in order, at most `quanti`: for whoever walks them all.
///
/// # Errors
/// Those of the database, or a row that is no file.
pub fn elenco(conn: &mut Conn, dopo: &str, quanti: i64) -> Result<Vec<File>, Errore> {
    let righe: Vec<(String, i64, String, chrono::NaiveDateTime)> = file::table
        .filter(file::sha256.gt(dopo))
        .order(file::sha256)
        .limit(quanti)
        .select((file::sha256, file::dimensione, file::media_type, file::creato))
        .load(conn)?;
    righe
        .into_iter()
        .map(|(sha256, dimensione, media_type, creato)| {
            let impronta = sha256.parse().map_err(|e| storage::Errore::riga("file", e))?;
            Ok(File { impronta, dimensione, media_type, creato: Istante::from_utc(creato) })
        })
        .collect()
}

/// How many files are known.
///
/// # Errors
/// Those of the database.
pub fn conta(conn: &mut Conn) -> Result<i64, Errore> {
    Ok(file::table.count().get_result(conn)?)
}
