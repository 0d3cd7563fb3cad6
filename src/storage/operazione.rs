//! A write that is under way.

use super::{Comando, Conn, Errore, Valore};
use crate::valori::{AooId, Attore, Istante};
use diesel::RunQueryDsl;

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
    /// The last link of the AOO's chain, once this transaction has read it: nobody else writes there before its end. Of `audit`.
    pub punta: Option<Punta>,
    /// The chain lost links that were acknowledged, and takes no act until somebody recognises that. Of `audit`.
    pub ferma: bool,
}

/// The last link of a chain, while a batch adds to it. Its row is written once for all of them.
#[derive(Debug, Clone)]
pub struct Punta {
    /// The position of the link.
    pub posizione: i64,
    /// Its hash.
    pub anello: String,
    /// The position that the row still says.
    pub scritta: i64,
}

impl Punta {
    /// Writes the row, unless it says this already.
    pub(super) fn salva(&self, conn: &mut Conn, aoo: AooId) -> Result<(), Errore> {
        if self.scritta == self.posizione {
            return Ok(());
        }
        let aoo = aoo.to_string();
        let mosse = Comando::<()>::new(
            "UPDATE catene SET posizione = ?, anello = ? WHERE aoo_id = ? AND posizione = ?",
            vec![
                Valore::Numero(self.posizione),
                Valore::Testo(&self.anello),
                Valore::Testo(&aoo),
                Valore::Numero(self.scritta),
            ],
        )
        .execute(conn)?;
        if mosse == 1 { Ok(()) } else { Err(Errore::riga("catene", "la punta non è più quella letta")) }
    }
}
