//! *Pratica*: a document that lies on the desk of an office. A shadow of the acts, made again from them with each one, so that a list
//! of what is open never reads all that ever was.

use super::assegnazione::{self, Assegnazione, Titolo};
use super::movimento::Stato;
use super::{Errore, termine};
use crate::storage::schema::{annullamenti, pratiche};
use crate::storage::{Conn, Operazione};
use crate::utenti::{self, Ufficio, visibilita};
use crate::valori::{RegistrazioneId, UfficioId};
use chrono::NaiveDate;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

/// Closes an office that has nothing to do any more.
///
/// # Errors
/// `PraticheAperte` if it has; what the organigramma refuses.
pub fn chiudi_ufficio(op: &mut Operazione<'_>, ufficio: &Ufficio) -> Result<(), Errore> {
    let quante = aperte(op.conn, ufficio.id)?;
    if quante > 0 {
        return Err(Errore::PraticheAperte { codice: ufficio.codice.to_string(), quante });
    }
    Ok(utenti::chiudi_ufficio(op, ufficio)?)
}

/// How many documents an office has per competenza and has not dealt with: it cannot be closed before they go elsewhere.
///
/// # Errors
/// Those of the database.
pub fn aperte(conn: &mut Conn, ufficio: UfficioId) -> Result<usize, Errore> {
    let annullata = exists(annullamenti::table.filter(annullamenti::registrazione_id.eq(pratiche::registrazione_id)));
    let quante: i64 = pratiche::table
        .filter(pratiche::ufficio_id.eq(ufficio.to_string()))
        .filter(pratiche::stato.eq_any([Stato::DaPrendere.as_str(), Stato::InCarico.as_str()]))
        .filter(not(annullata))
        .count()
        .get_result(conn)?;
    Ok(usize::try_from(quante).unwrap_or(0))
}

/// Puts a document that nobody touched yet on the desk of the office it is assigned to.
pub(super) fn apri(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    assegnazione: &str,
    ufficio: UfficioId,
) -> Result<(), Errore> {
    let riga = Riga {
        assegnazione_id: assegnazione.to_owned(),
        registrazione_id: registrazione.to_string(),
        aoo_id: op.aoo.to_string(),
        ufficio_id: ufficio.to_string(),
        stato: Stato::DaPrendere.as_str().to_owned(),
        persona_id: None,
        attore: None,
        dal: op.ora.utc(),
        scade: None,
    };
    diesel::insert_into(pratiche::table).values(&riga).execute(op.conn)?;
    Ok(())
}

/// Reads the acts of a registration again: on which desks it lies, and which offices may see it no more.
pub(super) fn riscrivi(op: &mut Operazione<'_>, registrazione: RegistrazioneId) -> Result<(), Errore> {
    let storia = assegnazione::per_registrazione(op.conn, registrazione)?;
    let scade = termine::scade(op.conn, registrazione)?;
    let id = registrazione.to_string();
    diesel::delete(pratiche::table.filter(pratiche::registrazione_id.eq(&id))).execute(op.conn)?;
    let corrente = storia.iter().rposition(|a| a.titolo == Titolo::Competenza);
    for (i, a) in storia.iter().enumerate() {
        let sulla_scrivania = match a.titolo {
            Titolo::Competenza => Some(i) == corrente && a.situazione.stato != Stato::Propria,
            Titolo::Conoscenza => a.situazione.stato == Stato::DaLeggere,
        };
        if sulla_scrivania {
            let riga = riga(op, &id, a, scade.filter(|_| a.titolo == Titolo::Competenza));
            diesel::insert_into(pratiche::table).values(&riga).execute(op.conn)?;
        }
    }
    // An office that got it by mistake, or said that it is not its own, sees it no more.
    let tiene = |(i, a): (usize, &Assegnazione)| match a.titolo {
        Titolo::Conoscenza => true,
        Titolo::Competenza if a.situazione.stato == Stato::Propria => true,
        Titolo::Competenza => !a.situazione.fu_rifiutata() && (Some(i) == corrente || a.situazione.fu_presa()),
    };
    for a in &storia {
        if !storia.iter().enumerate().any(|(i, b)| b.ufficio_id == a.ufficio_id && tiene((i, b))) {
            visibilita::revoca(op, registrazione, a.ufficio_id)?;
        }
    }
    Ok(())
}

fn riga(op: &Operazione<'_>, registrazione: &str, a: &Assegnazione, scade: Option<NaiveDate>) -> Riga {
    let s = &a.situazione;
    Riga {
        assegnazione_id: a.id.to_string(),
        registrazione_id: registrazione.to_owned(),
        aoo_id: op.aoo.to_string(),
        ufficio_id: a.ufficio_id.to_string(),
        stato: s.stato.as_str().to_owned(),
        persona_id: s.persona.as_ref().map(|p| p.id.to_string()),
        attore: s.attore.as_ref().map(|a| a.per_chi().to_string()),
        dal: s.dal.utc(),
        scade,
    }
}

#[derive(Insertable)]
#[diesel(table_name = pratiche, treat_none_as_default_value = false)]
struct Riga {
    assegnazione_id: String,
    registrazione_id: String,
    aoo_id: String,
    ufficio_id: String,
    stato: String,
    persona_id: Option<String>,
    attore: Option<String>,
    dal: chrono::NaiveDateTime,
    scade: Option<NaiveDate>,
}
