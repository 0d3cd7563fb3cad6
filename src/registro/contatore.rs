//! The counter of a register: the next number and its instant, gap-free per AOO, register and year (DPR 445/2000 art. 57).

use super::Errore;
use crate::storage::schema::contatori;
use crate::storage::{self, Operazione};
use crate::valori::{CodiceRegistro, Istante, NumeroProtocollo};
use chrono::TimeDelta;
use diesel::prelude::*;

/// How far the clock may be behind the last registration: within it the last instant is taken again.
const TOLLERANZA: TimeDelta = TimeDelta::seconds(2);

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
        op.ora = istante(op.ora, Istante::from_utc(ultima))?;
    }
    let (anno, ora) = (op.ora.anno(), op.ora.utc());
    let numero: i64 = match testa {
        Some((ultimo_anno, _)) if ultimo_anno == anno => diesel::update(contatori::table)
            .filter(questo)
            .set((contatori::ultimo.eq(contatori::ultimo + 1), contatori::ultimo_istante.eq(ora)))
            .returning(contatori::ultimo)
            .get_result(op.conn)?,
        Some(_) => diesel::update(contatori::table)
            .filter(questo)
            .set((contatori::anno.eq(anno), contatori::ultimo.eq(1), contatori::ultimo_istante.eq(ora)))
            .returning(contatori::ultimo)
            .get_result(op.conn)?,
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

/// The instant of a registration: never before the last one.
fn istante(ora: Istante, ultima: Istante) -> Result<Istante, Errore> {
    if ora >= ultima {
        Ok(ora)
    } else if ultima.dopo(ora) <= TOLLERANZA {
        Ok(ultima)
    } else {
        Err(Errore::OrologioIndietro { ora, ultima })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instant_never_goes_back() {
        let t = |s: &str| format!("2026-12-31T22:59:{s}Z").parse::<Istante>().unwrap();
        let check = |ora: &str, ultima: &str| istante(t(ora), t(ultima)).ok();
        assert_eq!(check("30.000", "29.999"), Some(t("30.000")));
        assert_eq!(check("30.000", "30.000"), Some(t("30.000")));
        assert_eq!(check("28.000", "30.000"), Some(t("30.000")));
        assert_eq!(check("27.999", "30.000"), None);
    }
}
