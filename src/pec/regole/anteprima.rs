//! What a rule would have done with the last messages, before it is switched on; and what the rules propose for one message.

use super::super::{Errore, Messaggio, elenco};
use super::{Esito, Regola, allarmi, automatici, guasto, pareri, regola, regole};
use crate::storage::schema::anteprime_regole as tabella;
use crate::storage::{Conn, Db};
use crate::utenti::visibilita::Vista;
use crate::valori::{AooId, Attore, Istante, MessaggioId, RegolaId};
use diesel::prelude::*;

/// Messages that are looked at, the newest.
pub const MESSAGGI_ANTEPRIMA: usize = 500;
/// Of these, read at a time: the reading of a message may be long.
const INSIEME: i64 = 50;

/// A message of which the rule speaks.
#[derive(Debug, Clone)]
pub struct RigaAnteprima {
    /// The message.
    pub id: MessaggioId,
    /// Who sent it.
    pub mittente: String,
    /// Its subject.
    pub oggetto: String,
    /// What kind of message it is.
    pub genere: String,
    /// When it was taken.
    pub ricevuto: Istante,
    /// What the rule would have done.
    pub esito: Esito,
}

/// What the current version of a rule, alone, would have done with the last messages that the caller may see and that bring a document: how
/// many were looked at, and those of which it speaks, the newest first.
///
/// # Errors
/// Those of the database.
pub fn anteprima(conn: &mut Conn, vista: &Vista, r: &Regola) -> Result<(usize, Vec<RigaAnteprima>), Errore> {
    let generi = automatici(conn, vista.aoo())?;
    let (mut guardati, mut prima, mut righe) = (0, None, Vec::new());
    while guardati < MESSAGGI_ANTEPRIMA {
        let insieme = elenco::con_documento_prima(conn, vista, prima, INSIEME)?;
        let Some(ultimo) = insieme.last() else { break };
        prima = Some(ultimo.id);
        guardati += insieme.len();
        for m in insieme.iter().filter(|m| r.contenuto.condizioni.valgono(m)) {
            let trovati = allarmi::di(conn, vista.aoo(), m)?;
            let esito = pareri(std::slice::from_ref(r), &generi, m, &trovati).into_iter().next().map(|p| p.esito);
            righe.extend(esito.map(|esito| riga(m, esito)));
        }
    }
    Ok((guardati, righe))
}

fn riga(m: &Messaggio, esito: Esito) -> RigaAnteprima {
    RigaAnteprima {
        id: m.id,
        mittente: m.mittente.clone(),
        oggetto: m.oggetto.clone(),
        genere: m.genere.clone(),
        ricevuto: m.ricevuto,
        esito,
    }
}

/// Looks, and writes that somebody did: from now on this version may be switched on.
///
/// # Errors
/// `RegolaSconosciuta`.
pub fn guarda(db: &Db, attore: &Attore, vista: &Vista, id: RegolaId) -> Result<(), Errore> {
    // Read apart: nobody waits to write for as long as it takes.
    let (r, guardati, trovati) = db.leggi(|conn| {
        let r = regola(conn, vista.aoo(), id)?;
        let (guardati, righe) = anteprima(conn, vista, &r)?;
        Ok::<_, Errore>((r, guardati, righe.len()))
    })?;
    db.scrivi(vista.aoo(), attore, |op| {
        let versione = r.versione_id.to_string();
        diesel::delete(tabella::table.find(&versione)).execute(op.conn)?;
        let conta = |quanti: usize| i64::try_from(quanti).unwrap_or(i64::MAX);
        let detto = (tabella::guardati.eq(conta(guardati)), tabella::trovati.eq(conta(trovati)));
        diesel::insert_into(tabella::table)
            .values((tabella::versione_id.eq(&versione), detto, tabella::istante.eq(op.ora.utc())))
            .execute(op.conn)?;
        Ok(())
    })
}

/// What a rule that is on proposes for a message that waits.
#[derive(Debug, Clone)]
pub struct Proposto {
    /// The rule, as it stands.
    pub regola: Regola,
    /// Why it does not act by itself, if it would.
    pub perche: Option<String>,
}

/// What the rules that are on propose for a message, in their order.
///
/// # Errors
/// Those of the database.
pub fn proposti(conn: &mut Conn, aoo: AooId, m: &Messaggio) -> Result<Vec<Proposto>, Errore> {
    let mut accese = regole(conn, aoo)?;
    accese.retain(|r| r.accesa.is_some());
    if accese.is_empty() {
        return Ok(Vec::new());
    }
    let (generi, trovati) = (automatici(conn, aoo)?, allarmi::di(conn, aoo, m)?);
    let guasto = guasto(conn, m.id)?;
    let mut proposti = Vec::new();
    for p in pareri(&accese, &generi, m, &trovati) {
        let perche = match (p.esito, &guasto) {
            (Esito::Propone(perche), _) => perche,
            (_, Some(g)) => Some(format!("non ci è riuscita: {} (riprova alle {})", g.motivo, g.riprova.leggibile())),
            _ if p.regola.accesa.is_some_and(|dal| dal > m.ricevuto) => {
                Some("agisce solo su ciò che arriva dopo che è stata accesa".to_owned())
            }
            _ => Some("questo messaggio è stato lasciato a una persona".to_owned()),
        };
        proposti.push(Proposto { regola: p.regola.clone(), perche });
    }
    Ok(proposti)
}
