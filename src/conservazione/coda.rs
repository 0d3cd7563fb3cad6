//! The queue: registrations enter `versamenti` in the order of their numbers, which is that in which they were made.
//!
//! A number is given once and never taken back, so one number per AOO says which registrations are in: no comparison of the whole
//! register with the whole queue. If that row were lost, the walk would start again and find everything in its place.

use super::Errore;
use super::versamento::Stato;
use crate::storage::schema::{accodati, registrazioni};
use crate::storage::{Conn, Operazione};
use crate::utenti::Aoo;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text, Timestamp};

/// Registrations that enter at a time.
const BLOCCO: i64 = 1_000;

/// Numbers of one year: after `da`, up to `a`.
pub(super) struct Blocco {
    anno: i32,
    da: i64,
    a: i64,
}

/// The registrations that come next, if there are any.
pub(super) fn prossimo(conn: &mut Conn, aoo: &Aoo) -> Result<Option<Blocco>, Errore> {
    let ultimo: Option<(i32, i64)> = accodati::table
        .filter(accodati::aoo_id.eq(aoo.id.to_string()))
        .select((accodati::anno, accodati::numero))
        .first(conn)
        .optional()?;
    let del_registro = || {
        registrazioni::table
            .filter(registrazioni::aoo_id.eq(aoo.id.to_string()))
            .filter(registrazioni::registro.eq(aoo.registro.to_string()))
    };
    let numeri = |conn: &mut Conn, anno: i32, da: i64| -> Result<Option<Blocco>, Errore> {
        let numeri: Vec<i64> = del_registro()
            .filter(registrazioni::anno.eq(anno).and(registrazioni::numero.gt(da)))
            .order(registrazioni::numero)
            .limit(BLOCCO)
            .select(registrazioni::numero)
            .load(conn)?;
        Ok(numeri.last().map(|a| Blocco { anno, da, a: *a }))
    };
    if let Some((anno, da)) = ultimo
        && let Some(blocco) = numeri(conn, anno, da)?
    {
        return Ok(Some(blocco));
    }
    let anno: Option<i32> = del_registro()
        .filter(registrazioni::anno.gt(ultimo.map_or(0, |(anno, _)| anno)))
        .order(registrazioni::anno)
        .select(registrazioni::anno)
        .first(conn)
        .optional()?;
    match anno {
        Some(anno) => numeri(conn, anno, 0),
        None => Ok(None),
    }
}

/// Lets the next registrations in.
pub(super) fn accoda(op: &mut Operazione<'_>, aoo: &Aoo) -> Result<(), Errore> {
    // Read again: another node may have been quicker.
    let Some(blocco) = prossimo(op.conn, aoo)? else { return Ok(()) };
    let sql = "INSERT INTO versamenti (registrazione_id, aoo_id, stato, istante) \
               SELECT r.id, r.aoo_id, $1, $2 FROM registrazioni r \
               WHERE r.aoo_id = $3 AND r.registro = $4 AND r.anno = $5 AND r.numero > $6 AND r.numero <= $7 \
               AND NOT EXISTS (SELECT 1 FROM versamenti v WHERE v.registrazione_id = r.id)";
    diesel::sql_query(sql)
        .bind::<Text, _>(Stato::DaPreparare.as_str())
        .bind::<Timestamp, _>(op.ora.utc())
        .bind::<Text, _>(aoo.id.to_string())
        .bind::<Text, _>(aoo.registro.to_string())
        .bind::<Integer, _>(blocco.anno)
        .bind::<BigInt, _>(blocco.da)
        .bind::<BigInt, _>(blocco.a)
        .execute(op.conn)?;
    let arrivato = (accodati::anno.eq(blocco.anno), accodati::numero.eq(blocco.a));
    let riga = accodati::table.filter(accodati::aoo_id.eq(aoo.id.to_string()));
    if diesel::update(riga).set(arrivato).execute(op.conn)? == 0 {
        diesel::insert_into(accodati::table)
            .values((
                accodati::aoo_id.eq(aoo.id.to_string()),
                accodati::anno.eq(blocco.anno),
                accodati::numero.eq(blocco.a),
            ))
            .execute(op.conn)?;
    }
    Ok(())
}
