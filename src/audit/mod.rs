//! The chain of events: every act adds one link to the chain of its AOO, in the transaction that performs it.
//!
//! A link is the SHA-256 of the previous link, the AOO, the position, the instant, the actor, what was done to what, and the
//! SHA-256 of the act's *canonical text* ([`Carico`]). That text is not stored: [`verifica`] makes it again from the rows of the
//! act and compares, so that a row altered behind the program's back shows, and so does a link taken out, changed or moved.
//! What the module never does: read the rows of others (whoever owns an act knows how to make its text again).

mod anello;
mod carico;
mod feed;
mod merkle;
mod punte;
mod verifica;

pub use anello::{Anello, ORIGINE};
pub use carico::Carico;
pub use feed::{Evento, di, dopo};
pub use merkle::Merkle;
pub use punte::{Punta, Ultimo, leggi as leggi_punte, scrivi as scrivi_punte, smarrite, tutte as punte};
pub use verifica::{Atto, Differenza, Genere, Periodo, Ricalcola, verifica};

use crate::storage::schema::{catene, eventi};
use crate::storage::{self, Errore, Operazione};
use diesel::prelude::*;
use std::fmt::Display;

/// Adds one link to the chain of the operation's AOO. `oggetto_tipo` names the kind of thing, `oggetto_id` the thing.
///
/// # Errors
/// `CopiaRipristinata` if the chain is stopped; those of the database. Then nothing of the operation stays.
pub fn annota(
    op: &mut Operazione<'_>,
    tipo: &str,
    oggetto_tipo: &str,
    oggetto_id: impl Display,
    carico: &Carico,
) -> Result<i64, Errore> {
    if op.ferma {
        return Err(Errore::CopiaRipristinata);
    }
    let aoo = op.aoo.to_string();
    let oggetto_id = oggetto_id.to_string();
    let punta = match op.punta.take() {
        Some(punta) => Some(punta),
        None => catene::table
            .filter(catene::aoo_id.eq(&aoo))
            .select((catene::posizione, catene::anello))
            .first::<(i64, String)>(op.conn)
            .optional()?
            .map(|(posizione, anello)| storage::Punta { posizione, anello, scritta: posizione }),
    };
    let (precedente, posizione) = match &punta {
        Some(punta) => (punta.anello.as_str(), punta.posizione + 1),
        None => (ORIGINE, 1),
    };
    let attore = op.attore.to_string();
    let carico_sha256 = carico.sha256();
    let oggetto = (oggetto_tipo, oggetto_id.as_str());
    let link = Anello {
        precedente,
        aoo: &aoo,
        posizione,
        istante: op.ora,
        attore: &attore,
        tipo,
        oggetto,
        carico_sha256: &carico_sha256,
    };
    let anello = link.sha256();
    diesel::insert_into(eventi::table)
        .values((
            eventi::aoo_id.eq(&aoo),
            eventi::posizione.eq(posizione),
            eventi::istante.eq(op.ora.utc()),
            eventi::attore.eq(&attore),
            eventi::tipo.eq(tipo),
            eventi::oggetto_tipo.eq(oggetto_tipo),
            eventi::oggetto_id.eq(&oggetto_id),
            eventi::carico_sha256.eq(&carico_sha256),
            eventi::anello.eq(&anello),
        ))
        .execute(op.conn)?;
    let scritta = match punta {
        // The lane writes the row, once for all that a batch adds.
        Some(punta) => punta.scritta,
        None => {
            let prima = (catene::aoo_id.eq(&aoo), catene::posizione.eq(posizione), catene::anello.eq(&anello));
            diesel::insert_into(catene::table).values(prima).execute(op.conn)?;
            posizione
        }
    };
    op.punta = Some(storage::Punta { posizione, anello, scritta });
    Ok(posizione)
}
