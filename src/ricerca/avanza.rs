//! Following the chain: what happened after the position reached is put into the index.

use super::indice::{Aperto, Scrittura};
use super::{Errore, Indice, scheda};
use crate::storage::schema::eventi;
use crate::storage::{Conn, Db};
use crate::valori::{AooId, RegistrazioneId};
use crate::{audit, scrivania};
use diesel::prelude::*;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Events of one AOO taken in one commit.
const LOTTO: i64 = 3_000;
/// Registrations read from the database together.
const INSIEME: usize = 200;
/// How long the background step waits for its turn.
const ATTESA: Duration = Duration::from_secs(5);

/// One step: takes what happened since the last one, one lot at most per AOO. True if a lot was full, so that there is more: the
/// little that came meanwhile is left to the next beat, since a commit costs much the same for one registration or a thousand.
///
/// # Errors
/// If another process writes the index, or the index or the database fail; the next step tries again.
pub fn avanza(indice: &Indice, db: &Db) -> Result<bool, Errore> {
    let Some(_turno) = indice.turno.prendi(ATTESA) else { return Ok(true) };
    let aperto = indice.aperto()?;
    if !db.leggi(|conn| audit::smarrite(conn, aperto.punte()))?.is_empty() {
        // An index of another database, or of a later time than a restored one.
        indice.ricomincia()?;
        return Ok(true);
    }
    passo(&aperto, db).inspect_err(|_| indice.lascia())
}

/// Lets the index reach the tip that the chain of an AOO has now, waiting at most this long; false if it did not.
///
/// # Errors
/// Those of the index and of the database; that another process writes the index is none.
pub fn raggiungi(indice: &Indice, db: &Db, aoo: AooId, entro: Duration) -> Result<bool, Errore> {
    let inizio = Instant::now();
    let aoo = aoo.to_string();
    let punta = db.leggi(audit::punte)?.into_iter().find(|p| p.aoo.to_string() == aoo).map_or(0, |p| p.posizione);
    loop {
        let aperto = indice.aperto()?;
        if aperto.raggiunta(&aoo) >= punta {
            return Ok(true);
        }
        let resta = entro.saturating_sub(inizio.elapsed());
        if resta.is_zero() {
            return Ok(false);
        }
        let Some(turno) = indice.turno.prendi(resta) else { return Ok(false) };
        drop(turno);
        match avanza(indice, db) {
            Ok(_) => {}
            Err(Errore::Occupato(_)) => return Ok(false),
            Err(e) => return Err(e),
        }
    }
}

/// Takes one lot of every AOO that has news; true if one of them was full.
pub(super) fn passo(aperto: &Aperto, db: &Db) -> Result<bool, Errore> {
    let punte = db.leggi(audit::punte)?;
    let indietro: Vec<AooId> =
        punte.into_iter().filter(|p| p.posizione > aperto.raggiunta(&p.aoo.to_string())).map(|p| p.aoo).collect();
    if indietro.is_empty() {
        return Ok(false);
    }
    aperto.scrivi(|s| {
        let mut ancora = false;
        for aoo in indietro {
            let da = aperto.raggiunta(&aoo.to_string());
            ancora |= db.leggi(|conn| lotto(conn, s, aoo, da))?;
        }
        Ok(ancora)
    })
}

/// One snapshot: the events after a position, and the registrations they touch as they are in it. True if there may be more.
fn lotto(conn: &mut Conn, s: &mut Scrittura<'_>, aoo: AooId, da: i64) -> Result<bool, Errore> {
    let nuovi = audit::dopo(conn, aoo, da, LOTTO)?;
    let Some(ultimo) = nuovi.last().map(|e| e.posizione) else { return Ok(false) };
    let toccate: BTreeSet<String> = scrivania::materia(conn, &nuovi)?.into_values().collect();
    let toccate: Vec<RegistrazioneId> = toccate.iter().filter_map(|id| id.parse().ok()).collect();
    for ids in toccate.chunks(INSIEME) {
        scheda::metti(conn, s, aoo, ids)?;
    }
    let anello: String = eventi::table
        .filter(eventi::aoo_id.eq(aoo.to_string()).and(eventi::posizione.eq(ultimo)))
        .select(eventi::anello)
        .first(conn)?;
    s.raggiunge(&aoo.to_string(), ultimo, anello);
    Ok(i64::try_from(nuovi.len()).is_ok_and(|n| n == LOTTO))
}
