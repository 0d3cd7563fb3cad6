//! The schema's history: one tree for both databases, applied at start.

use super::schema::CON_ID;
use super::{Conn, Errore, guardie};
use crate::valori::riprendi_dopo;
use diesel::connection::{Connection, SimpleConnection};
use diesel::migration::MigrationSource;
use diesel::{PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const MIGRAZIONI: EmbeddedMigrations = embed_migrations!("migrations");

/// Number of the lock that one process at a time holds while it changes a PostgreSQL schema ("TAB" in ASCII).
const BLOCCO_SCHEMA: i32 = 0x0054_4142;

#[derive(QueryableByName)]
struct Versione {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

#[derive(QueryableByName)]
struct Ultimo {
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    ultimo: Option<String>,
}

/// Brings the schema up to date and makes the guards again, one process at a time, all or nothing.
#[expect(clippy::disallowed_methods, reason = "before the schema exists there are no lanes to go through")]
pub(super) fn applica(conn: &mut Conn) -> Result<(), Errore> {
    match conn {
        Conn::Sqlite(c) => c.immediate_transaction(|c| {
            esegui_sqlite(c)?;
            c.batch_execute(&guardie::sqlite()).map_err(Errore::from)
        }),
        Conn::Postgres(c) => c.transaction(|c| {
            c.batch_execute(&format!("SELECT pg_advisory_xact_lock({BLOCCO_SCHEMA})"))?;
            esegui_postgres(c)?;
            c.batch_execute(&guardie::postgres()).map_err(Errore::from)
        }),
    }
}

/// New ids go on after the last one of every table, also if it was made by a clock that ran ahead.
pub(super) fn riprendi_gli_id(conn: &mut Conn) -> Result<(), Errore> {
    for tabella in CON_ID {
        let sql = format!("SELECT max(id) AS ultimo FROM {tabella}");
        let riga: Ultimo = diesel::sql_query(sql).get_result(conn)?;
        riga.ultimo.as_deref().into_iter().for_each(riprendi_dopo);
    }
    Ok(())
}

/// Refuses a database whose schema is not exactly the one this program was built with.
pub(super) fn attuale(conn: &mut Conn) -> Result<(), Errore> {
    let sql = "SELECT version FROM __diesel_schema_migrations ORDER BY version";
    let righe: Vec<Versione> = diesel::sql_query(sql).load(conn).map_err(|_| Errore::SchemaDiverso)?;
    let presenti: Vec<String> = righe.into_iter().map(|r| r.version).collect();
    if presenti == nostre()? { Ok(()) } else { Err(Errore::SchemaDiverso) }
}

/// The versions this program knows, in order.
fn nostre() -> Result<Vec<String>, Errore> {
    let errore = |e: &dyn std::fmt::Display| Errore::Migrazione(e.to_string());
    let migrazioni = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&MIGRAZIONI).map_err(|e| errore(&e))?;
    let mut versioni: Vec<String> = migrazioni.iter().map(|m| m.name().version().to_string()).collect();
    versioni.sort();
    Ok(versioni)
}

fn esegui_sqlite(c: &mut SqliteConnection) -> Result<(), Errore> {
    c.run_pending_migrations(MIGRAZIONI).map(drop).map_err(|e| Errore::Migrazione(e.to_string()))
}

fn esegui_postgres(c: &mut PgConnection) -> Result<(), Errore> {
    c.run_pending_migrations(MIGRAZIONI).map(drop).map_err(|e| Errore::Migrazione(e.to_string()))
}
