//! *Ripristino di una copia*: an older copy of the database took the place of the one that was lost (DPR 445/2000 art. 62).
//!
//! The last link of each chain is kept apart (`audit::punte`). Where a chain no longer holds it, what was acknowledged after the copy is
//! gone: documents may have left with numbers that the copy would give again. So nothing is written for that AOO until the RSP
//! recognises the copy and says the last number that was given. The act names the lost link and the lost numbers: those stay a hole
//! that everybody can explain, and the next registration takes the one after them.

use super::Errore;
use crate::audit::{self, Carico, Punta};
use crate::storage::schema::{contatori, copie_riconosciute, registrazioni};
use crate::storage::{self, Conn, Db, Operazione};
use crate::utenti::Aoo;
use crate::valori::{AooId, Istante, NumeroProtocollo, Testo, nuovo_id};
use diesel::dsl::{exists, max};
use diesel::prelude::*;
use std::collections::HashMap;
use std::path::Path;

pub(super) const ATTO: &str = "copia-riconosciuta";

/// Most numbers that a copy may have lost: more than an AOO registers in a year is a mistake of typing.
pub const MASSIMO_PERDUTI: i64 = 100_000;

/// Looks again at the tips kept apart in `cartella`: those that no chain holds and nobody recognised. Their AOO are stopped, all others
/// are not.
///
/// # Errors
/// `Punte` if they cannot be read; those of the database.
pub fn riesamina(db: &Db, cartella: &Path) -> Result<Vec<Punta>, Errore> {
    let apparte =
        audit::leggi_punte(cartella).map_err(|causa| Errore::Punte { cartella: cartella.to_owned(), causa })?;
    let smarrite = db.leggi(|conn| {
        let ignote = non_riconosciute(conn, apparte)?;
        audit::smarrite(conn, ignote)
    })?;
    db.ferma(smarrite.iter().map(|p| p.aoo).collect());
    Ok(smarrite)
}

/// Of these tips, those that nobody recognised as lost.
///
/// # Errors
/// Those of the database.
pub fn non_riconosciute(conn: &mut Conn, apparte: Vec<Punta>) -> Result<Vec<Punta>, storage::Errore> {
    let mut ignote = Vec::new();
    for punta in apparte {
        let questa = copie_riconosciute::table
            .filter(copie_riconosciute::aoo_id.eq(punta.aoo.to_string()))
            .filter(copie_riconosciute::posizione.eq(punta.posizione))
            .filter(copie_riconosciute::anello.eq(&punta.anello));
        if !diesel::select(exists(questa)).get_result::<bool>(conn)? {
            ignote.push(punta);
        }
    }
    Ok(ignote)
}

/// The last number that each register gave, to be kept apart with the tips: `registro`, year, number.
///
/// # Errors
/// Those of the database.
pub fn ultimi_numeri(conn: &mut Conn) -> Result<HashMap<String, audit::Ultimo>, storage::Errore> {
    let righe: Vec<(String, String, i32, i64)> = contatori::table
        .select((contatori::aoo_id, contatori::registro, contatori::anno, contatori::ultimo))
        .load(conn)?;
    Ok(righe.into_iter().map(|(aoo, registro, anno, numero)| (aoo, audit::Ultimo { registro, anno, numero })).collect())
}

/// The last number of a year that the copy knows, and the last one that is known to have been given: 0 if none.
///
/// # Errors
/// Those of the database.
pub fn numeri(conn: &mut Conn, aoo: &Aoo, smarrita: &Punta, anno: i32) -> Result<(i64, i64), Errore> {
    let noto = ultimo_noto(conn, aoo, anno)?;
    let scritto = smarrita.ultimo.as_ref().filter(|u| u.registro == aoo.registro.as_str() && u.anno == anno);
    Ok((noto, scritto.map_or(noto, |u| noto.max(u.numero))))
}

fn ultimo_noto(conn: &mut Conn, aoo: &Aoo, anno: i32) -> Result<i64, Errore> {
    let testa: Option<(i32, i64)> = contatori::table
        .filter(contatori::aoo_id.eq(aoo.id.to_string()).and(contatori::registro.eq(aoo.registro.as_str())))
        .select((contatori::anno, contatori::ultimo))
        .first(conn)
        .optional()?;
    if let Some((_, ultimo)) = testa.filter(|(a, _)| *a == anno) {
        return Ok(ultimo);
    }
    let ultimo: Option<i64> = registrazioni::table
        .filter(registrazioni::aoo_id.eq(aoo.id.to_string()).and(registrazioni::registro.eq(aoo.registro.as_str())))
        .filter(registrazioni::anno.eq(anno))
        .select(max(registrazioni::numero))
        .first(conn)?;
    Ok(ultimo.unwrap_or(0))
}

/// Recognises that the database of the operation's AOO is a copy made before `smarrita` was written. `ultimo` is the last number that was
/// given this year, wherever that is known from, or none if none was; the next registration takes the one after it. Who may is up to the caller.
///
/// # Errors
/// `UltimoNumeroBasso` if the copy itself knows a later number, or the tip did; `TroppiNumeriPerduti` beyond [`MASSIMO_PERDUTI`].
pub fn riconosci(
    op: &mut Operazione<'_>,
    aoo: &Aoo,
    smarrita: &Punta,
    ultimo: Option<NumeroProtocollo>,
    motivo: &Testo,
) -> Result<(), Errore> {
    let (anno, ultimo) = (op.ora.anno(), ultimo.map_or(0, NumeroProtocollo::valore));
    let (noto, minimo) = numeri(op.conn, aoo, smarrita, anno)?;
    if ultimo < minimo {
        return Err(Errore::UltimoNumeroBasso(minimo));
    }
    if ultimo - noto > MASSIMO_PERDUTI {
        return Err(Errore::TroppiNumeriPerduti { noto, massimo: MASSIMO_PERDUTI });
    }
    let perduti = (ultimo > noto).then(|| (aoo.registro.to_string(), noto, ultimo));
    scrivi(op, smarrita, motivo, perduti.as_ref())?;
    match perduti {
        Some(_) => avanza(op, aoo, anno, ultimo),
        None => Ok(()),
    }
}

/// The same for the chain of the installation, which numbers nothing, or for that of an AOO which was made after the copy and is gone
/// with everything in it. An act of the installation.
///
/// # Errors
/// Those of the database.
pub fn riconosci_installazione(op: &mut Operazione<'_>, smarrita: &Punta, motivo: &Testo) -> Result<(), Errore> {
    scrivi(op, smarrita, motivo, None)
}

fn scrivi(
    op: &mut Operazione<'_>,
    smarrita: &Punta,
    motivo: &Testo,
    perduti: Option<&(String, i64, i64)>,
) -> Result<(), Errore> {
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: smarrita.aoo.to_string(),
        posizione: smarrita.posizione,
        anello: smarrita.anello.clone(),
        registro: perduti.map(|(registro, ..)| registro.clone()),
        anno: perduti.map(|_| op.ora.anno()),
        precedente: perduti.map(|(_, precedente, _)| *precedente),
        ultimo: perduti.map(|(.., ultimo)| *ultimo),
        motivo: motivo.to_string(),
        istante: op.ora.utc(),
    };
    diesel::insert_into(copie_riconosciute::table).values(&riga).execute(op.conn)?;
    // The one act that a chain takes while it is stopped.
    op.ferma = false;
    audit::annota(op, ATTO, "copia", &riga.id, &riga.carico())?;
    Ok(())
}

/// Brings the counter after the numbers that are lost.
fn avanza(op: &mut Operazione<'_>, aoo: &Aoo, anno: i32, ultimo: i64) -> Result<(), Errore> {
    let (id, registro, ora) = (aoo.id.to_string(), aoo.registro.as_str(), op.ora.utc());
    let questo = contatori::aoo_id.eq(&id).and(contatori::registro.eq(registro));
    let mosso = diesel::update(contatori::table)
        .filter(questo)
        .set((contatori::anno.eq(anno), contatori::ultimo.eq(ultimo), contatori::ultimo_istante.eq(ora)))
        .execute(op.conn)?;
    if mosso == 0 {
        diesel::insert_into(contatori::table)
            .values((
                contatori::aoo_id.eq(&id),
                contatori::registro.eq(registro),
                contatori::anno.eq(anno),
                contatori::ultimo.eq(ultimo),
                contatori::ultimo_istante.eq(ora),
            ))
            .execute(op.conn)?;
    }
    Ok(())
}

/// A copy that was recognised, as its page tells it.
#[derive(Debug, Clone)]
pub struct Copia {
    /// When it was recognised.
    pub istante: Istante,
    /// Why, and how the last number was known.
    pub motivo: String,
    /// Year, first and last of the numbers that are lost.
    pub perduti: Option<(i32, i64, i64)>,
}

/// The copies that were recognised for an AOO, the newest first.
///
/// # Errors
/// Those of the database.
pub fn copie(conn: &mut Conn, aoo: AooId) -> Result<Vec<Copia>, Errore> {
    let righe: Vec<Riga> = copie_riconosciute::table
        .filter(copie_riconosciute::aoo_id.eq(aoo.to_string()))
        .order(copie_riconosciute::id.desc())
        .select(Riga::as_select())
        .load(conn)?;
    let copia = |r: Riga| Copia {
        istante: Istante::from_utc(r.istante),
        motivo: r.motivo,
        perduti: match (r.anno, r.precedente, r.ultimo) {
            (Some(anno), Some(precedente), Some(ultimo)) => Some((anno, precedente + 1, ultimo)),
            _ => None,
        },
    };
    Ok(righe.into_iter().map(copia).collect())
}

/// The numbers that copies lost, of every register and year: after which, up to which.
pub(super) type Perduti = HashMap<(String, String, i32), Vec<(i64, i64)>>;

pub(super) fn perduti(conn: &mut Conn) -> Result<Perduti, storage::Errore> {
    let righe: Vec<Riga> = copie_riconosciute::table
        .filter(copie_riconosciute::registro.is_not_null())
        .select(Riga::as_select())
        .load(conn)?;
    let mut perduti = Perduti::new();
    for r in righe {
        if let (Some(registro), Some(anno), Some(precedente), Some(ultimo)) =
            (r.registro, r.anno, r.precedente, r.ultimo)
        {
            perduti.entry((r.aoo_id, registro, anno)).or_default().push((precedente, ultimo));
        }
    }
    Ok(perduti)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = copie_riconosciute)]
struct Riga {
    id: String,
    aoo_id: String,
    posizione: i64,
    anello: String,
    registro: Option<String>,
    anno: Option<i32>,
    precedente: Option<i64>,
    ultimo: Option<i64>,
    motivo: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("posizione", self.posizione)
            .campo("anello", &self.anello)
            .forse("registro", self.registro.as_ref())
            .forse("anno", self.anno)
            .forse("precedente", self.precedente)
            .forse("ultimo", self.ultimo)
            .campo("motivo", &self.motivo)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(copie_riconosciute::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        copie_riconosciute::table.filter(copie_riconosciute::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
