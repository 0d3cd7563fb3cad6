//! *Dovuti*: the answers that are owed. Working state: what was answered is told by the acts.

use super::super::Errore;
use super::{Genere, atto, automatici};
use crate::registro;
use crate::storage::schema::ritorni_dovuti as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::valori::{AooId, IndirizzoMail, Istante, MessaggioId, RegistrazioneId, Rifiuto, nuovo_id};
use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

/// Debts looked at in one beat.
const LOTTO: i64 = 20;
/// Longest pause after trouble, in minutes.
const MASSIMA_PAUSA_MINUTI: i64 = 6 * 60;

/// An answer that is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dovuto {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub aoo: AooId,
    /// What is answered.
    pub registrazione: RegistrazioneId,
    /// With what.
    pub genere: Genere,
    /// To whom.
    pub destinatario: IndirizzoMail,
    /// The message that asks for it.
    pub messaggio: Option<MessaggioId>,
    /// The annulment that makes it owed.
    pub atto: Option<String>,
    /// Why, where the reason is known.
    pub motivo: Option<String>,
    /// It leaves by itself.
    pub da_solo: bool,
    /// What went wrong the last time.
    pub guasto: Option<String>,
}

/// What comes to be owed.
pub(super) struct Debito<'a> {
    pub registrazione: RegistrazioneId,
    pub genere: Genere,
    pub destinatario: &'a str,
    pub messaggio: Option<MessaggioId>,
    pub atto: Option<&'a str>,
    pub motivo: Option<&'a str>,
    /// It may leave by itself, if answers of its kind do.
    pub fidato: bool,
}

/// Writes that an answer is owed. One that has no address to go to is not.
pub(super) fn deve(op: &mut Operazione<'_>, d: &Debito<'_>) -> Result<(), Errore> {
    if d.destinatario.parse::<IndirizzoMail>().is_err()
        || atto::gia(op.conn, d.registrazione, d.genere, d.destinatario, d.atto)?
    {
        return Ok(());
    }
    let da_solo = d.fidato && automatici::da_soli(op.conn, op.aoo, d.genere)?;
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        registrazione_id: d.registrazione.to_string(),
        genere: d.genere.as_str().to_owned(),
        destinatario: d.destinatario.to_lowercase(),
        messaggio_id: d.messaggio.map(|m| m.to_string()),
        atto_id: d.atto.map(str::to_owned),
        motivo: d.motivo.map(str::to_owned),
        tentativi: 0,
        prossimo: da_solo.then(|| op.ora.utc()),
        guasto: None,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    Ok(())
}

/// What is owed about a registration, oldest first. Nothing for whoever may not see it.
///
/// # Errors
/// Those of the database.
pub fn dovuti(conn: &mut Conn, vista: &Vista, registrazione: RegistrazioneId) -> Result<Vec<Dovuto>, Errore> {
    if !registro::visibile(conn, vista, registrazione)? {
        return Ok(Vec::new());
    }
    let sue = tabella::table.filter(tabella::registrazione_id.eq(registrazione.to_string())).order(tabella::id);
    valori(sue.select(Riga::as_select()).load(conn)?)
}

/// Those that leave by themselves now, in any AOO.
pub(super) fn prossimi(conn: &mut Conn, ora: Istante) -> Result<Vec<Dovuto>, Errore> {
    let righe = tabella::table.filter(tabella::prossimo.le(ora.utc())).order(tabella::id).limit(LOTTO);
    valori(righe.select(Riga::as_select()).load(conn)?)
}

/// It is owed no more; false if it was not.
pub(super) fn estingui(op: &mut Operazione<'_>, id: &str) -> Result<bool, Errore> {
    Ok(diesel::delete(tabella::table.find(id)).execute(op.conn)? == 1)
}

/// It does not leave by itself any more: a person sends it.
pub(super) fn a_una_persona(op: &mut Operazione<'_>, id: &str) -> Result<(), Errore> {
    diesel::update(tabella::table.find(id)).set(tabella::prossimo.eq(None::<NaiveDateTime>)).execute(op.conn)?;
    Ok(())
}

/// Says what went wrong, and when it is tried again: after twice as long each time, up to six hours.
pub(super) fn rimanda(op: &mut Operazione<'_>, id: &str, guasto: &str) -> Result<(), Errore> {
    let Some(tentativi) = tabella::table.find(id).select(tabella::tentativi).first::<i32>(op.conn).optional()? else {
        return Ok(());
    };
    let pausa = 1_i64.checked_shl(u32::try_from(tentativi).unwrap_or(0).min(9)).unwrap_or(MASSIMA_PAUSA_MINUTI);
    let prossimo = op.ora.utc() + TimeDelta::minutes(pausa.min(MASSIMA_PAUSA_MINUTI));
    let detto = (
        tabella::tentativi.eq(tentativi.saturating_add(1)),
        tabella::prossimo.eq(Some(prossimo)),
        tabella::guasto.eq(Some(guasto)),
    );
    diesel::update(tabella::table.find(id)).set(detto).execute(op.conn)?;
    Ok(())
}

fn valori(righe: Vec<Riga>) -> Result<Vec<Dovuto>, Errore> {
    let no = |e: Rifiuto| storage::Errore::riga("ritorni_dovuti", e);
    righe.into_iter().map(|r| Ok(r.valore().map_err(no)?)).collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    registrazione_id: String,
    genere: String,
    destinatario: String,
    messaggio_id: Option<String>,
    atto_id: Option<String>,
    motivo: Option<String>,
    tentativi: i32,
    prossimo: Option<NaiveDateTime>,
    guasto: Option<String>,
    istante: NaiveDateTime,
}

impl Riga {
    fn valore(self) -> Result<Dovuto, Rifiuto> {
        Ok(Dovuto {
            id: self.id,
            aoo: self.aoo_id.parse()?,
            registrazione: self.registrazione_id.parse()?,
            genere: self.genere.parse()?,
            destinatario: self.destinatario.parse()?,
            messaggio: self.messaggio_id.map(|m| m.parse()).transpose()?,
            atto: self.atto_id,
            motivo: self.motivo,
            da_solo: self.prossimo.is_some(),
            guasto: self.guasto,
        })
    }
}
