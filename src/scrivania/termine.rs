//! *Termine*: the day by which an office must answer (L. 241/1990 art. 2). It runs from the presentazione, never from the
//! registration; giving it, suspending it, interrupting it and letting it run again are acts.

use super::persona::Addetto;
use super::scadenza::{Conto, CosaVicenda, Vicenda};
use super::vicenda::{self, Avvenuta};
use super::{Errore, atti, pratica};
use crate::audit::{self, Carico};
use crate::registro::{self, Flusso};
use crate::storage::schema::{annullamenti, termini, vicende};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::valori::{Calendario, Istante, RegistrazioneId, Testo, nuovo_id};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "termine";

/// Longest term, in days.
pub const MASSIMO_GIORNI: u32 = 730;

/// The term of a registration.
#[derive(Debug, Clone)]
pub struct Termine {
    /// The id of the act that gave it.
    pub id: String,
    /// From when it runs: the presentazione.
    pub decorre: Istante,
    /// How many days it has.
    pub giorni: u32,
    /// True if its procedimento lets it be interrupted.
    pub interrompibile: bool,
    /// The last day, in Rome; none while it is interrupted.
    pub scade: Option<NaiveDate>,
    /// What happened to it, oldest first.
    pub vicende: Vec<Avvenuta>,
}

impl Termine {
    /// The term counted through what happened to it.
    #[must_use]
    pub fn conto(&self) -> Conto {
        let vicende: Vec<Vicenda> = self.vicende.iter().map(|v| v.vicenda).collect();
        Conto::new(self.decorre.giorno(), self.giorni, &vicende)
    }

    /// The count in words: `30 giorni dal 12/03/2026, sospeso 10 giorni: scade mar 21/04/2026`.
    #[must_use]
    pub fn spiega(&self, oggi: NaiveDate) -> String {
        self.conto().spiega(self.scade, oggi)
    }
}

/// Gives a registration its term; given again, or from another presentazione, the newest counts and what happened stays.
///
/// # Errors
/// `Giorni` for a term that is none; those of the database.
pub fn fissa_termine(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    decorre: Istante,
    (giorni, interrompibile): (u32, bool),
    calendario: &Calendario,
) -> Result<(), Errore> {
    if !(1..=MASSIMO_GIORNI).contains(&giorni) {
        return Err(Errore::Giorni(MASSIMO_GIORNI));
    }
    let prima = termine(op.conn, registrazione)?;
    if prima.as_ref().is_some_and(|p| (p.decorre, p.giorni, p.interrompibile) == (decorre, giorni, interrompibile)) {
        return Ok(());
    }
    let vicende: Vec<Vicenda> = prima.iter().flat_map(|p| &p.vicende).map(|v| v.vicenda).collect();
    let riga = Riga {
        id: nuovo_id().to_string(),
        registrazione_id: registrazione.to_string(),
        decorre: decorre.utc(),
        giorni: i32::try_from(giorni).unwrap_or(i32::MAX),
        interrompibile,
        scade: Conto::new(decorre.giorno(), giorni, &vicende).scade(calendario),
    };
    diesel::insert_into(termini::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "termine", &riga.id, &riga.carico())?;
    pratica::riscrivi(op, registrazione)
}

/// Gives an entrata its term by an act of the office that has it, or of the protocol office: from its presentazione.
///
/// # Errors
/// `NonEntrata`; `Annullata`; `DiAltroUfficio` for whoever it is not up to; those of [`fissa_termine`].
pub fn da_termine(
    op: &mut Operazione<'_>,
    (vista, chi): (&Vista, &Addetto<'_>),
    registrazione: RegistrazioneId,
    quanto: (u32, bool),
    calendario: &Calendario,
) -> Result<(), Errore> {
    let r = registro::per_id(op.conn, vista, registrazione)?;
    atti::competente(op.conn, chi, registrazione)?;
    if r.flusso != Flusso::Entrata {
        return Err(Errore::NonEntrata);
    }
    non_annullata(op.conn, registrazione)?;
    fissa_termine(op, registrazione, r.arrivo.unwrap_or(r.istante), quanto, calendario)
}

/// After a correction of its arrival a registration has its term again, from the arrival in force (the presentazione is the
/// document's, not the typing's); without a term, or if nothing moved, nothing happens.
///
/// # Errors
/// Those of the database.
pub fn segui_arrivo(
    op: &mut Operazione<'_>,
    vista: &Vista,
    registrazione: RegistrazioneId,
    calendario: &Calendario,
) -> Result<(), Errore> {
    let Some(t) = termine(op.conn, registrazione)? else { return Ok(()) };
    let r = registro::per_id(op.conn, vista, registrazione)?;
    if r.annullamento.is_some() || !registro::a_mano(r.mezzo) {
        return Ok(());
    }
    fissa_termine(op, registrazione, r.arrivo.unwrap_or(r.istante), (t.giorni, t.interrompibile), calendario)
}

/// Lets something happen to the term of a registration: it stops, or runs again.
///
/// # Errors
/// `SenzaTermine`, `Annullata`, `DiAltroUfficio`, and those that say what the law does not let happen.
pub fn avviene(
    op: &mut Operazione<'_>,
    chi: &Addetto<'_>,
    registrazione: RegistrazioneId,
    (vicenda, motivo): (&Vicenda, &Testo),
    calendario: &Calendario,
) -> Result<(), Errore> {
    atti::competente(op.conn, chi, registrazione)?;
    let t = termine(op.conn, registrazione)?.ok_or(Errore::SenzaTermine)?;
    let vicenda = &vicenda.completa(calendario);
    // The same form sent twice.
    if t.vicende.last().is_some_and(|u| u.vicenda == *vicenda && u.motivo == *motivo) {
        return Ok(());
    }
    non_annullata(op.conn, registrazione)?;
    t.conto().ammette(vicenda, (t.scade, op.ora.giorno()), t.interrompibile)?;
    let tutte: Vec<Vicenda> = t.vicende.iter().map(|v| v.vicenda).chain([*vicenda]).collect();
    let scade = Conto::new(t.decorre.giorno(), t.giorni, &tutte).scade(calendario);
    vicenda::scrivi(op, registrazione, vicenda, motivo, scade)?;
    pratica::riscrivi(op, registrazione)
}

/// Suspends the term from today up to a day, once and for at most thirty (L. 241/1990 art. 2 c. 7).
///
/// # Errors
/// As [`avviene`].
pub fn sospendi(
    op: &mut Operazione<'_>,
    chi: &Addetto<'_>,
    id: RegistrazioneId,
    (fino, motivo): (NaiveDate, &Testo),
    calendario: &Calendario,
) -> Result<(), Errore> {
    let v = Vicenda { cosa: CosaVicenda::Sospensione, giorno: op.ora.giorno(), fino: Some(fino) };
    avviene(op, chi, id, (&v, motivo), calendario)
}

fn non_annullata(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<(), Errore> {
    let annullamenti: i64 = annullamenti::table
        .filter(annullamenti::registrazione_id.eq(registrazione.to_string()))
        .count()
        .get_result(conn)?;
    if annullamenti > 0 { Err(Errore::Annullata) } else { Ok(()) }
}

/// The term of a registration, if it has one.
///
/// # Errors
/// Those of the database.
pub fn termine(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Option<Termine>, Errore> {
    let Some(riga) = ultimo(conn, registrazione)? else { return Ok(None) };
    let vicende = vicenda::di(conn, registrazione)?;
    let ultima = vicende.last().filter(|v| v.id > riga.id);
    Ok(Some(Termine {
        decorre: Istante::from_utc(riga.decorre),
        giorni: u32::try_from(riga.giorni).unwrap_or(0),
        interrompibile: riga.interrompibile,
        scade: ultima.map_or(riga.scade, |v| v.scade),
        id: riga.id,
        vicende,
    }))
}

/// The last day of the term that a registration has now.
pub(super) fn scade(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Option<NaiveDate>, Errore> {
    let Some(riga) = ultimo(conn, registrazione)? else { return Ok(None) };
    let ultima: Option<(String, Option<NaiveDate>)> = vicende::table
        .filter(vicende::registrazione_id.eq(registrazione.to_string()))
        .order(vicende::id.desc())
        .select((vicende::id, vicende::scade))
        .first(conn)
        .optional()?;
    Ok(ultima.filter(|(id, _)| *id > riga.id).map_or(riga.scade, |(_, scade)| scade))
}

fn ultimo(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<Option<Riga>, Errore> {
    Ok(termini::table
        .filter(termini::registrazione_id.eq(registrazione.to_string()))
        .order(termini::id.desc())
        .select(Riga::as_select())
        .first(conn)
        .optional()?)
}

/// Every act that gave a registration its term: id, days, last day as it was computed then; oldest first.
///
/// # Errors
/// Those of the database.
pub fn termini_dati(
    conn: &mut Conn,
    registrazione: RegistrazioneId,
) -> Result<Vec<(String, u32, Option<NaiveDate>)>, Errore> {
    let righe: Vec<Riga> = termini::table
        .filter(termini::registrazione_id.eq(registrazione.to_string()))
        .order(termini::id)
        .select(Riga::as_select())
        .load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id, u32::try_from(r.giorni).unwrap_or(0), r.scade)).collect())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = termini, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    registrazione_id: String,
    decorre: chrono::NaiveDateTime,
    giorni: i32,
    interrompibile: bool,
    scade: Option<NaiveDate>,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("registrazione", &self.registrazione_id)
            .campo("decorre", Istante::from_utc(self.decorre))
            .campo("giorni", self.giorni)
            .forse("scade", self.scade)
            .forse("interrompibile", self.interrompibile.then_some("sì"))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(termini::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = termini::table.filter(termini::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
