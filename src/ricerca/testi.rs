//! The text of files: read in a child process, kept in the database, then added to what the index holds of their registrations.

use super::{Errore, Indice, scheda};
use crate::documenti::Deposito;
use crate::documenti::testo::{self, Estrattore};
use crate::registro;
use crate::storage::Db;
use crate::storage::schema::registrazioni;
use crate::utenti::visibilita::Vista;
use crate::valori::{AooId, Attore, Impronta, RegistrazioneId};
use diesel::prelude::*;
use std::time::{Duration, Instant};
use tantivy::collector::TopDocs;
use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{Order, TantivyDocument, Term};

/// Registrations taken in one step, the newest first.
const LOTTO: usize = 20;
/// After this long what was read is committed, whatever is left of the step.
const PASSO: Duration = Duration::from_secs(1);
/// How long the step waits for its turn to write.
const ATTESA: Duration = Duration::from_secs(10);

/// One step: reads the files of some registrations whose text is missing and completes them in the index. True if there was
/// something to do. `basta` is asked while a file is being read.
///
/// # Errors
/// If the child cannot be started, or index, store or database fail; the next step tries again.
pub fn leggi_testi(
    indice: &Indice,
    db: &Db,
    deposito: &Deposito,
    estrattore: &Estrattore,
    basta: &dyn Fn() -> bool,
) -> Result<bool, Errore> {
    let inizio = Instant::now();
    let attese = attese(indice, db)?;
    let mut lette = Vec::new();
    for (aoo, id) in attese {
        if !lette.is_empty() && inizio.elapsed() > PASSO {
            break;
        }
        for impronta in da_leggere(db, aoo, id)? {
            let Some(testo) = estrattore.estrai(deposito, &impronta, basta)? else { return Ok(false) };
            if let Some(rilievo) = &testo.rilievo {
                tracing::info!(%impronta, rilievo, "text of a file not read, or not all");
            }
            db.scrivi(aoo, &Attore::Sistema("metronomo"), |op| testo::conserva(op, &impronta, &testo))?;
        }
        lette.push((aoo, id));
    }
    if lette.is_empty() {
        return Ok(false);
    }
    let Some(_turno) = indice.turno.prendi(ATTESA) else { return Ok(true) };
    let aperto = indice.aperto()?;
    let scritto = aperto.scrivi(|s| {
        for (aoo, id) in &lette {
            db.leggi(|conn| scheda::metti(conn, s, *aoo, &[*id]))?;
        }
        Ok(true)
    });
    scritto.inspect_err(|_| indice.lascia())
}

/// Registrations whose text the index lacks.
fn attese(indice: &Indice, db: &Db) -> Result<Vec<(AooId, RegistrazioneId)>, Errore> {
    let aperto = indice.aperto()?;
    let cercatore = aperto.lettore()?;
    let manca = TermQuery::new(Term::from_field_bool(aperto.campi.manca, true), IndexRecordOption::Basic);
    let prime = TopDocs::with_limit(LOTTO).order_by_fast_field::<i64>("ordine", Order::Desc);
    let mut ids = Vec::new();
    for (_, dove) in cercatore.search(&manca, &prime)? {
        let documento: TantivyDocument = cercatore.doc(dove)?;
        ids.extend(documento.get_first(aperto.campi.id).and_then(|v| v.as_str()).map(str::to_owned));
    }
    let righe: Vec<(String, String)> = db.leggi(|conn| -> Result<_, Errore> {
        let query = registrazioni::table.filter(registrazioni::id.eq_any(&ids)).order(registrazioni::id.desc());
        Ok(query.select((registrazioni::aoo_id, registrazioni::id)).load(conn)?)
    })?;
    Ok(righe.iter().filter_map(|(aoo, id)| Some((aoo.parse().ok()?, id.parse().ok()?))).collect())
}

/// The files of a registration that nobody has read yet.
fn da_leggere(db: &Db, aoo: AooId, id: RegistrazioneId) -> Result<Vec<Impronta>, Errore> {
    db.leggi(|conn| {
        let registrazione = registro::per_id(conn, &Vista::Intera(aoo), id)?;
        let mut mancanti = Vec::new();
        for documento in &registrazione.documenti {
            if !testo::presente(conn, &documento.impronta)? && !mancanti.contains(&documento.impronta) {
                mancanti.push(documento.impronta);
            }
        }
        Ok::<_, Errore>(mancanti)
    })
}
