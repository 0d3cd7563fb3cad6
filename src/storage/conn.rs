//! The one connection type. Alone in its file because the derive is sensitive to the names around it.

/// A connection to either database. Everything above works on this type; what the two cannot say alike is a `match` here.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// SQLite, bundled in the binary: the default.
    Sqlite(diesel::SqliteConnection),
    /// PostgreSQL, when one machine is not enough.
    Postgres(diesel::PgConnection),
}
