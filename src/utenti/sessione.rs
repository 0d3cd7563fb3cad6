//! *Sessione*: a person who is inside. Working state: a row per open door, removed when it closes.

use super::sostituzione::{self, Sostituzione};
use super::{Errore, Persona, accesso, persona};
use crate::storage::schema::sessioni;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, Attore, Istante, SostituzioneId, UtenteId};
use base64::Engine as _;
use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

/// Without a request for this long, a session is over.
pub const INATTIVITA: TimeDelta = TimeDelta::minutes(30);

/// However much it is used, a session is over after this long.
pub const DURATA: TimeDelta = TimeDelta::hours(12);

/// How old the last request must be before it is written again: a write per page would be for nothing.
const RINFRESCO: TimeDelta = TimeDelta::minutes(1);

/// Longest token that is looked up, in bytes.
const MASSIMO_GETTONE: usize = 100;

/// A session that is open.
#[derive(Debug, Clone)]
pub struct Sessione {
    /// Who is inside.
    pub persona: Persona,
    /// For whom they act at this moment, if not for themselves.
    pub per_conto: Option<Sostituzione>,
    /// In which AOO.
    pub aoo: AooId,
    /// What every form of this session carries, so that no other site can send one. It is another one for each person they act
    /// for: a form that was opened for one is not sent for another.
    pub modulo: String,
    /// True if [`vista`] should be called.
    pub da_rinfrescare: bool,
}

impl Sessione {
    /// Whose roles and sight count.
    #[must_use]
    pub fn titolare(&self) -> &Persona {
        self.per_conto.as_ref().map_or(&self.persona, |s| &s.titolare)
    }

    /// Whose the acts are.
    #[must_use]
    pub fn attore(&self) -> Attore {
        match &self.per_conto {
            None => Attore::Utente(self.persona.id),
            Some(s) => Attore::PerConto { sostituto: self.persona.id, titolare: s.titolare.id },
        }
    }
}

/// Opens a session in the operation's AOO and gives its token, which is told once and kept only as its SHA-256.
///
/// # Errors
/// Those of the database.
pub fn crea(op: &mut Operazione<'_>, utente: UtenteId) -> Result<String, Errore> {
    // Whoever enters sweeps away the sessions that ended by themselves.
    diesel::delete(sessioni::table.filter(sessioni::creata.lt(op.ora.utc() - DURATA))).execute(op.conn)?;
    let gettone = segreto();
    diesel::insert_into(sessioni::table)
        .values((
            sessioni::gettone_sha256.eq(impronta(&gettone)),
            sessioni::utente_id.eq(utente.to_string()),
            sessioni::aoo_id.eq(op.aoo.to_string()),
            sessioni::modulo.eq(segreto()),
            sessioni::creata.eq(op.ora.utc()),
            sessioni::vista.eq(op.ora.utc()),
        ))
        .execute(op.conn)?;
    Ok(gettone)
}

/// The session of this token, if it is still open at `ora`.
///
/// # Errors
/// `SessioneAssente` for a token that opens nothing, `SessioneScaduta` for one that did.
pub fn per_gettone(conn: &mut Conn, gettone: &str, ora: Istante) -> Result<Sessione, Errore> {
    if gettone.len() > MASSIMO_GETTONE {
        return Err(Errore::SessioneAssente);
    }
    let riga: Option<Riga> = sessioni::table
        .filter(sessioni::gettone_sha256.eq(impronta(gettone)))
        .select(Riga::as_select())
        .first(conn)
        .optional()?;
    let Riga { utente_id, aoo_id, modulo, creata, vista, sostituzione_id } = riga.ok_or(Errore::SessioneAssente)?;
    let fine = (creata + DURATA).min(vista + INATTIVITA);
    if ora.utc() >= fine {
        return Err(Errore::SessioneScaduta(Istante::from_utc(fine)));
    }
    let no = |e| storage::Errore::riga("sessioni", e);
    let utente = utente_id.parse().map_err(no)?;
    // One that was opened while its owner was being kept out.
    if accesso::escluso(conn, utente)? {
        return Err(Errore::SessioneAssente);
    }
    let per_conto = match sostituzione_id {
        Some(id) => per_conto(conn, id.parse().map_err(no)?, utente, ora)?,
        None => None,
    };
    let modulo = per_conto.as_ref().map_or_else(|| modulo.clone(), |s| impronta(&format!("{modulo}/{}", s.id)));
    Ok(Sessione {
        persona: persona::per_id(conn, utente)?.ok_or(Errore::SessioneAssente)?,
        per_conto,
        aoo: aoo_id.parse().map_err(no)?,
        modulo,
        da_rinfrescare: ora.utc() - vista >= RINFRESCO,
    })
}

/// Says that the session of this token was used now.
///
/// # Errors
/// Those of the database.
pub fn vista(op: &mut Operazione<'_>, gettone: &str) -> Result<(), Errore> {
    diesel::update(sessioni::table.filter(sessioni::gettone_sha256.eq(impronta(gettone))))
        .set(sessioni::vista.eq(op.ora.utc()))
        .execute(op.conn)?;
    Ok(())
}

/// From now on the session acts by this substitution.
///
/// # Errors
/// `SostituzioneSconosciuta` if it is not one of this person, or not in force.
pub fn opera_per_conto(
    op: &mut Operazione<'_>,
    gettone: &str,
    chi: UtenteId,
    sostituzione: SostituzioneId,
) -> Result<(), Errore> {
    let trovata = per_conto(op.conn, sostituzione, chi, op.ora)?.filter(|s| s.aoo == op.aoo);
    let trovata = trovata.ok_or(Errore::SostituzioneSconosciuta)?;
    segna(op, gettone, Some(trovata.id.to_string()))
}

/// From now on the session acts for its owner again.
///
/// # Errors
/// Those of the database.
pub fn opera_per_se(op: &mut Operazione<'_>, gettone: &str) -> Result<(), Errore> {
    segna(op, gettone, None)
}

fn segna(op: &mut Operazione<'_>, gettone: &str, sostituzione: Option<String>) -> Result<(), Errore> {
    diesel::update(sessioni::table.filter(sessioni::gettone_sha256.eq(impronta(gettone))))
        .set(sessioni::sostituzione_id.eq(sostituzione))
        .execute(op.conn)?;
    Ok(())
}

/// The substitution, if by it this person may act now.
fn per_conto(conn: &mut Conn, id: SostituzioneId, chi: UtenteId, ora: Istante) -> Result<Option<Sostituzione>, Errore> {
    match sostituzione::per_id(conn, id)?.filter(|s| s.sostituto.id == chi) {
        Some(s) if sostituzione::in_vigore(conn, &s, ora)? => Ok(Some(s)),
        _ => Ok(None),
    }
}

/// Closes the session of this token; closing twice changes nothing.
///
/// # Errors
/// Those of the database.
pub fn chiudi(op: &mut Operazione<'_>, gettone: &str) -> Result<(), Errore> {
    diesel::delete(sessioni::table.filter(sessioni::gettone_sha256.eq(impronta(gettone)))).execute(op.conn)?;
    Ok(())
}

/// Closes every session of a person.
pub(super) fn chiudi_tutte(op: &mut Operazione<'_>, utente: UtenteId) -> Result<(), Errore> {
    diesel::delete(sessioni::table.filter(sessioni::utente_id.eq(utente.to_string()))).execute(op.conn)?;
    Ok(())
}

/// Closes every session of a person but the one of this token.
pub(super) fn chiudi_altre(op: &mut Operazione<'_>, utente: UtenteId, gettone: &str) -> Result<(), Errore> {
    let altre = sessioni::utente_id.eq(utente.to_string()).and(sessioni::gettone_sha256.ne(impronta(gettone)));
    diesel::delete(sessioni::table.filter(altre)).execute(op.conn)?;
    Ok(())
}

/// 256 random bits that fit in a cookie and in a form.
fn segreto() -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

fn impronta(gettone: &str) -> String {
    hex::encode(Sha256::digest(gettone))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessioni)]
struct Riga {
    utente_id: String,
    aoo_id: String,
    modulo: String,
    creata: NaiveDateTime,
    vista: NaiveDateTime,
    sostituzione_id: Option<String>,
}
