//! *Recupero* of what was registered by hand in an emergenza (DPR 445/2000 art. 63 c. 5): one row, one ordinary number, one step.

use super::Errore;
use super::protocolla::protocolla_recuperata;
use crate::registro::emergenza;
use crate::storage::{Db, Operazione};
use crate::utenti::Aoo;
use crate::valori::{Attore, CodicePostazione, EmergenzaId};

/// Gives their ordinary numbers to all rows of a post, in order, one transaction each, and then says that they are all; how many got
/// one. `ultimo` is the last number that stands on paper, where somebody says it: a row that was left out would never be missed. Stopped anywhere and done again, by two at a time too, it goes on from where it was and gives no number twice.
///
/// # Errors
/// `Ostacoli` and `UltimoDiverso`, before any number is given; those of each row, after which those before it keep theirs.
pub fn recupera(
    db: &Db,
    (aoo, attore): (&Aoo, &Attore),
    id: EmergenzaId,
    postazione: &CodicePostazione,
    ultimo: Option<i64>,
) -> Result<usize, Errore> {
    let ora = db.orologio().adesso();
    let (ostacoli, trovato) = db.leggi(|conn| {
        let questa = emergenza::emergenza(conn, aoo.id, id)?;
        let ostacoli = emergenza::ostacoli(conn, &questa, (aoo.id, ora), postazione)?;
        Ok::<_, emergenza::Errore>((ostacoli, emergenza::ultimo_numero(conn, &questa, postazione)?))
    })?;
    if let Some(detto) = ultimo.filter(|detto| *detto != trovato) {
        return Err(emergenza::Errore::UltimoDiverso { postazione: postazione.to_string(), detto, trovato }.into());
    }
    if !ostacoli.is_empty() {
        return Err(emergenza::Errore::Ostacoli(ostacoli.join("; ")).into());
    }
    let mut quante = 0;
    while db.scrivi(aoo.id, attore, |op| passo(op, aoo, id, postazione))? {
        quante += 1;
    }
    Ok(quante)
}

/// One row; false if there was none left, and that was recorded.
fn passo(op: &mut Operazione<'_>, aoo: &Aoo, id: EmergenzaId, postazione: &CodicePostazione) -> Result<bool, Errore> {
    let questa = emergenza::emergenza(op.conn, op.aoo, id)?;
    let Some(pronta) = emergenza::prossima(op.conn, &questa, (op.aoo, op.ora), postazione)? else {
        emergenza::concludi(op, &questa, postazione)?;
        return Ok(false);
    };
    let fatta = match &pronta.da_registrare {
        Some((nuova, ufficio)) => Some(protocolla_recuperata(op, aoo, nuova, ufficio)?.id),
        None => None,
    };
    emergenza::correla(op, &questa, postazione, &pronta, fatta)?;
    Ok(true)
}
