//! The counter of a register: the next number and its instant, gap-free per AOO, register and year (DPR 445/2000 art. 57).

use super::{Errore, orologio};
use crate::storage::schema::{chiusure, contatori, registrazioni};
use crate::storage::{self, Comando, Conn, Operazione, Valore};
use crate::valori::{CodiceRegistro, Istante, NumeroProtocollo};
use diesel::dsl::{exists, max};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

/// Takes the next number. From here on the operation's instant is the one of the registration.
///
/// Runs under the AOO's lock, in the transaction of the registration: a number that is not registered was never taken.
pub(super) fn prossimo(op: &mut Operazione<'_>, registro: &CodiceRegistro) -> Result<(i32, NumeroProtocollo), Errore> {
    let (aoo, registro) = (op.aoo.to_string(), registro.as_str());
    let questo = contatori::aoo_id.eq(&aoo).and(contatori::registro.eq(registro));
    let testa: Option<(i32, chrono::NaiveDateTime)> = contatori::table
        .filter(questo)
        .select((contatori::anno, contatori::ultimo_istante))
        .first(op.conn)
        .optional()?;
    if let Some((_, ultima)) = testa {
        op.ora = orologio::ammesso(op.conn, &aoo, registro, op.ora, Istante::from_utc(ultima))?;
    }
    let (anno, ora) = (op.ora.anno(), op.ora.utc());
    if chiuso(op.conn, &aoo, registro, anno)? {
        return Err(Errore::AnnoChiuso(anno));
    }
    let numero: i64 = match testa {
        Some((ultimo_anno, _)) if ultimo_anno == anno => Comando::<BigInt>::new(
            "UPDATE contatori SET ultimo = ultimo + 1, ultimo_istante = ? WHERE aoo_id = ? AND registro = ? RETURNING ultimo",
            vec![Valore::Istante(ora), Valore::Testo(&aoo), Valore::Testo(registro)],
        )
        .get_result(op.conn)?,
        Some(_) => {
            let primo = ultimo_dell_anno(op.conn, &aoo, registro, anno)? + 1;
            diesel::update(contatori::table)
                .filter(questo)
                .set((contatori::anno.eq(anno), contatori::ultimo.eq(primo), contatori::ultimo_istante.eq(ora)))
                .returning(contatori::ultimo)
                .get_result(op.conn)?
        }
        None => diesel::insert_into(contatori::table)
            .values((
                contatori::aoo_id.eq(&aoo),
                contatori::registro.eq(registro),
                contatori::anno.eq(anno),
                contatori::ultimo.eq(1),
                contatori::ultimo_istante.eq(ora),
            ))
            .returning(contatori::ultimo)
            .get_result(op.conn)?,
    };
    let numero = NumeroProtocollo::new(numero).map_err(|e| storage::Errore::riga("contatori", e))?;
    Ok((anno, numero))
}

/// True if the register of the year was closed: a clock that went back must not add to what the annual register says is all.
fn chiuso(conn: &mut Conn, aoo: &str, registro: &str, anno: i32) -> Result<bool, Errore> {
    let annuale = chiusure::table
        .filter(chiusure::aoo_id.eq(aoo).and(chiusure::registro.eq(registro)))
        .filter(chiusure::periodo.eq("anno").and(chiusure::anno.eq(anno)));
    Ok(diesel::select(exists(annuale)).get_result(conn)?)
}

/// The last number of a year that is not the counter's: 0 but where a wrong clock numbered in that year, or left it.
fn ultimo_dell_anno(conn: &mut Conn, aoo: &str, registro: &str, anno: i32) -> Result<i64, Errore> {
    let ultimo: Option<i64> = registrazioni::table
        .filter(registrazioni::aoo_id.eq(aoo).and(registrazioni::registro.eq(registro)))
        .filter(registrazioni::anno.eq(anno))
        .select(max(registrazioni::numero))
        .first(conn)?;
    Ok(ultimo.unwrap_or(0))
}
