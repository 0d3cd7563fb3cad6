//! The one connection type. Alone in its file because the derive is sensitive to the names around it.

/// A connection to either database. Everything above works on this type; what the two cannot say alike is a `match` here.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// SQLite, bundled in the binary: the default.
    Sqlite(diesel::SqliteConnection),
    /// PostgreSQL, when one machine is not enough.
    Postgres(diesel::PgConnection),
}

/// The same statement for either database, for what both say alike and the common type cannot (`ON CONFLICT`). Unlike a statement
/// written as text it stays prepared.
macro_rules! per_entrambi {
    ($conn:expr, $c:ident => $detto:expr) => {
        match $conn {
            $crate::storage::Conn::Sqlite($c) => $detto,
            $crate::storage::Conn::Postgres($c) => $detto,
        }
    };
}
pub(crate) use per_entrambi;
