//! The authorities in force, with what is known of revocation, read once and shared, and read anew when a version is imported while the server runs.

use super::{Fiduce, fiduce_correnti};
use crate::documenti::{Deposito, Errore};
use crate::storage::{self, Conn, Db};
use crate::valori::Territorio;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use std::sync::{Arc, Mutex, PoisonError};

/// How many versions there are. They are only ever added, so another number means another trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
struct Segno {
    #[diesel(sql_type = BigInt)]
    quante: i64,
}

/// Keeps the authorities in force at hand.
pub struct Custodia {
    /// The certificates of the data folder.
    cartella: Fiduce,
    /// Whose lists are wanted; those of others are kept, and nobody is trusted by them.
    paesi: Vec<Territorio>,
    letta: Mutex<Option<(Segno, Arc<Fiduce>)>>,
}

impl Custodia {
    /// On top of the certificates of the data folder, with the lists of these territories.
    #[must_use]
    pub fn new(cartella: Fiduce, paesi: &[Territorio]) -> Self {
        Self { cartella, paesi: paesi.to_vec(), letta: Mutex::default() }
    }

    /// The authorities in force. A count tells whether they are those of the last time; a list is read only when it is new.
    ///
    /// # Errors
    /// Those of the database.
    pub fn correnti(&self, db: &Db, deposito: &Deposito) -> Result<Arc<Fiduce>, Errore> {
        let mut letta = self.letta.lock().unwrap_or_else(PoisonError::into_inner);
        let adesso = db.leggi(segno)?;
        if let Some((segno, fiduce)) = &*letta
            && *segno == adesso
        {
            return Ok(Arc::clone(fiduce));
        }
        let prima = letta.as_ref().map(|(_, fiduce)| Arc::clone(fiduce)).unwrap_or_default();
        let (segno, fiduce) = db.leggi(|conn| {
            let segno = segno(conn)?;
            let base = (&self.cartella, self.paesi.as_slice());
            Ok::<_, Errore>((segno, fiduce_correnti(conn, deposito, base, &prima, db.orologio().adesso())?))
        })?;
        let fiduce = Arc::new(fiduce);
        let (liste, ancore, revoche) = (fiduce.liste.len(), fiduce.firme.quante(), fiduce.revoche.len());
        tracing::info!(liste, ancore, revoche, "trust read");
        if fiduce.revoche_fuori > 0 {
            tracing::warn!(quanti = fiduce.revoche_fuori, "revocation data left out: no more fit in memory");
        }
        for rilievo in fiduce.rilievi(db.orologio().adesso()) {
            tracing::warn!("{rilievo}");
        }
        // What could not be read may be put back: it is tried again at the next call.
        *letta = Some((segno, Arc::clone(&fiduce))).filter(|(_, f)| f.illeggibili.is_empty());
        Ok(fiduce)
    }
}

fn segno(conn: &mut Conn) -> Result<Segno, storage::Errore> {
    let sql = "SELECT (SELECT count(*) FROM liste_fiducia) + (SELECT count(*) FROM certificati_gestori) \
               + (SELECT count(*) FROM dati_revoca) AS quante";
    Ok(diesel::sql_query(sql).get_result(conn)?)
}
