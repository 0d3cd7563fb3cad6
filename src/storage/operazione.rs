//! A write that is under way.

use super::Conn;
use crate::valori::{AooId, Attore, Istante};

/// Who writes, where, when, and on which connection: the first argument of every function that writes.
///
/// `ora` is read after the AOO's lock is held, so instants of one AOO never go back with one clock.
pub struct Operazione<'a> {
    /// The connection, inside the transaction and its savepoint.
    pub conn: &'a mut Conn,
    /// The AOO whose lane and chain this write belongs to, or [`AooId::INSTALLAZIONE`].
    pub aoo: AooId,
    /// Who performs the act.
    pub attore: Attore,
    /// When the act is performed.
    pub ora: Istante,
    /// The last link of the AOO's chain, position and hash, once this transaction has read it: nobody else writes there before
    /// its end. Of `audit`.
    pub punta: Option<(i64, String)>,
}
