//! *Visione*: the RSP gives a person of the AOO the full sight of one registration until a day, with a reason (an *accesso agli atti*,
//! an inspection), and may take it back before.
//!
//! It is given to look: whoever sees a registration only so does nothing to it ([`Vista::per_agire`](super::visibilita::Vista::per_agire)).
//! What it names is a registration because the caller says so: whether that is there, and seen by whoever gives it, is up to the caller.

use super::{Errore, Persona, accesso, autore, persona, politica, ruolo, sostituzione};
use crate::audit::{self, Carico};
use crate::storage::schema::{revoche_visioni, visioni};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, Istante, RegistrazioneId, Testo, UtenteId, VisioneId};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "visione";
pub(super) const REVOCA: &str = "revoca-visione";

/// Most that are in force at once for a person, and on a registration, in an AOO: who needs more needs a role.
pub const MASSIME: i64 = 200;

/// The sight of a registration that a person was given.
#[derive(Debug, Clone)]
pub struct Visione {
    /// Its id.
    pub id: VisioneId,
    /// Of what.
    pub registrazione: RegistrazioneId,
    /// To whom.
    pub persona: Persona,
    /// Until when; that instant is out already.
    pub al: Istante,
    /// Why.
    pub motivo: Testo,
    /// Who gave it, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
    /// How it was taken back, if it was.
    pub revoca: Option<Revoca>,
}

/// How a sight was taken back before its day.
#[derive(Debug, Clone)]
pub struct Revoca {
    /// Why.
    pub motivo: Testo,
    /// Who did it, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

impl Visione {
    /// The last day of it.
    #[must_use]
    pub fn ultimo_giorno(&self) -> NaiveDate {
        let fine = self.al.giorno();
        fine.pred_opt().filter(|g| Istante::fine(*g) == self.al).unwrap_or(fine)
    }

    /// True if it is not over and was not taken back.
    #[must_use]
    pub fn corre(&self, ora: Istante) -> bool {
        self.revoca.is_none() && ora < self.al
    }
}

/// Gives a person the sight of a registration of the operation's AOO until a legal day is over. What was given already in the same
/// words is given back: a form sent twice is one act. Who may give it is up to the caller (the RSP).
///
/// # Errors
/// If the day went by; if the person is whoever gives it, or somebody they stand in for; if they have no role in the AOO, or only one
/// that sees no documents, or are kept out; if too many are in force.
pub fn concedi(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    a: &Persona,
    fino: NaiveDate,
    motivo: &Testo,
) -> Result<VisioneId, Errore> {
    let al = Istante::fine(fino);
    if al <= op.ora {
        return Err(Errore::VisionePassata);
    }
    if let Some(chi) = op.attore.persona()
        && (chi == a.id || sostituzione::e_o_sara_sostituto(op, chi, a.id)?)
    {
        return Err(Errore::VisioneASe);
    }
    let ruoli = ruolo::ruoli_di(op.conn, a.id, op.aoo)?;
    if ruoli.is_empty() || accesso::escluso(op.conn, a.id)? {
        return Err(Errore::SenzaRuolo(a.nome_utente.clone()));
    }
    if !politica::vede_documenti(ruoli.into_iter().map(|(r, _)| r)) {
        return Err(Errore::VisioneSenzaDocumenti(a.nome_utente.clone()));
    }
    let (aoo, ora) = (op.aoo, op.ora);
    let uguale: Option<String> = in_vigore(aoo, ora)
        .filter(visioni::registrazione_id.eq(registrazione.to_string()).and(visioni::utente_id.eq(a.id.to_string())))
        .filter(visioni::al.eq(al.utc()).and(visioni::motivo.eq(motivo.as_str())))
        .select(visioni::id)
        .first(op.conn)
        .optional()?;
    if let Some(fatta) = uguale {
        return Ok(fatta.parse().map_err(|e| storage::Errore::riga("visioni", e))?);
    }
    let sue: i64 = in_vigore(aoo, ora).filter(visioni::utente_id.eq(a.id.to_string())).count().get_result(op.conn)?;
    let qui = in_vigore(aoo, ora).filter(visioni::registrazione_id.eq(registrazione.to_string()));
    if sue >= MASSIME || qui.count().get_result::<i64>(op.conn)? >= MASSIME {
        return Err(Errore::TroppeVisioni);
    }
    let id = VisioneId::new();
    let attore = op.attore.clone();
    let riga = Riga {
        id: id.to_string(),
        aoo_id: aoo.to_string(),
        registrazione_id: registrazione.to_string(),
        utente_id: a.id.to_string(),
        al: al.utc(),
        motivo: motivo.to_string(),
        autore: autore::nome(op.conn, &attore)?,
        istante: ora.utc(),
    };
    diesel::insert_into(visioni::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "visione", id, &riga.carico())?;
    Ok(id)
}

/// Takes back, from now, a sight of a registration; one that was taken back stays so, for the reason it was.
///
/// # Errors
/// `VisioneSconosciuta` if the registration has none with this id, `VisioneFinita` if its day went by.
pub fn revoca(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    id: VisioneId,
    motivo: &Testo,
) -> Result<(), Errore> {
    let trovata = visione(op.conn, op.aoo, registrazione, id)?;
    if trovata.revoca.is_some() {
        return Ok(());
    }
    if !trovata.corre(op.ora) {
        return Err(Errore::VisioneFinita(trovata.ultimo_giorno()));
    }
    let attore = op.attore.clone();
    let riga = RigaRevoca {
        visione_id: id.to_string(),
        motivo: motivo.to_string(),
        autore: autore::nome(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(revoche_visioni::table).values(&riga).execute(op.conn)?;
    audit::annota(op, REVOCA, "visione", id, &riga.carico())?;
    Ok(())
}

/// The registrations of an AOO that a person is given to look at now: what their sight is made of.
pub(super) fn date_a(conn: &mut Conn, chi: UtenteId, aoo: AooId, ora: Istante) -> Result<Vec<RegistrazioneId>, Errore> {
    let date: Vec<String> = in_vigore(aoo, ora)
        .filter(visioni::utente_id.eq(chi.to_string()))
        .select(visioni::registrazione_id)
        .distinct()
        .load(conn)?;
    let no = |e| storage::Errore::riga("visioni", e);
    Ok(date.into_iter().map(|id| id.parse().map_err(no)).collect::<Result<_, _>>()?)
}

/// What a person is given to look at now in an AOO, the last given first.
///
/// # Errors
/// Those of the database.
pub fn di_persona(conn: &mut Conn, chi: UtenteId, aoo: AooId, ora: Istante) -> Result<Vec<Visione>, Errore> {
    let righe = in_vigore(aoo, ora)
        .filter(visioni::utente_id.eq(chi.to_string()))
        .order(visioni::id.desc())
        .select((Riga::as_select(), Option::<RigaRevoca>::as_select()))
        .load(conn)?;
    valori(conn, righe)
}

/// Who is given to look at a registration of an AOO now, the last given first.
///
/// # Errors
/// Those of the database.
pub fn su(conn: &mut Conn, registrazione: RegistrazioneId, aoo: AooId, ora: Istante) -> Result<Vec<Visione>, Errore> {
    let righe = in_vigore(aoo, ora)
        .filter(visioni::registrazione_id.eq(registrazione.to_string()))
        .order(visioni::id.desc())
        .select((Riga::as_select(), Option::<RigaRevoca>::as_select()))
        .load(conn)?;
    valori(conn, righe)
}

/// Everybody who was given to look at a registration of an AOO, also what is over, the last given before `prima` first, at most
/// `quante`.
///
/// # Errors
/// Those of the database.
pub fn elenco(
    conn: &mut Conn,
    aoo: AooId,
    registrazione: RegistrazioneId,
    prima: Option<VisioneId>,
    quante: i64,
) -> Result<Vec<Visione>, Errore> {
    // Above every UUID.
    let prima = prima.map_or_else(|| "g".to_owned(), |id| id.to_string());
    let righe = tutte(aoo)
        .filter(visioni::registrazione_id.eq(registrazione.to_string()).and(visioni::id.lt(prima)))
        .order(visioni::id.desc())
        .limit(quante)
        .select((Riga::as_select(), Option::<RigaRevoca>::as_select()))
        .load(conn)?;
    valori(conn, righe)
}

/// One sight of a registration of an AOO.
///
/// # Errors
/// `VisioneSconosciuta`.
pub fn visione(conn: &mut Conn, aoo: AooId, registrazione: RegistrazioneId, id: VisioneId) -> Result<Visione, Errore> {
    let righe = tutte(aoo)
        .filter(visioni::registrazione_id.eq(registrazione.to_string()).and(visioni::id.eq(id.to_string())))
        .select((Riga::as_select(), Option::<RigaRevoca>::as_select()))
        .load(conn)?;
    valori(conn, righe)?.pop().ok_or(Errore::VisioneSconosciuta)
}

/// Those of an AOO, with how each was taken back.
#[diesel::dsl::auto_type]
fn tutte(aoo: AooId) -> _ {
    let aoo: String = aoo.to_string();
    visioni::table
        .left_join(revoche_visioni::table.on(revoche_visioni::visione_id.eq(visioni::id)))
        .filter(visioni::aoo_id.eq(aoo))
}

/// Those of an AOO that are not over and were not taken back.
#[diesel::dsl::auto_type]
fn in_vigore(aoo: AooId, ora: Istante) -> _ {
    let aoo: String = aoo.to_string();
    let ora: chrono::NaiveDateTime = ora.utc();
    visioni::table
        .left_join(revoche_visioni::table.on(revoche_visioni::visione_id.eq(visioni::id)))
        .filter(visioni::aoo_id.eq(aoo).and(visioni::al.gt(ora)))
        .filter(revoche_visioni::visione_id.is_null())
}

fn valori(conn: &mut Conn, righe: Vec<(Riga, Option<RigaRevoca>)>) -> Result<Vec<Visione>, Errore> {
    let no = |e| storage::Errore::riga("visioni", e);
    let ids: Vec<UtenteId> = righe.iter().map(|(r, _)| r.utente_id.parse().map_err(no)).collect::<Result<_, _>>()?;
    let persone = persona::per_ids(conn, &ids)?;
    let revoca = |r: RigaRevoca| {
        let motivo = r.motivo.parse().map_err(|e| storage::Errore::riga("revoche_visioni", e))?;
        Ok::<_, storage::Errore>(Revoca { motivo, autore: r.autore, istante: Istante::from_utc(r.istante) })
    };
    let valore = |((r, tolta), chi): ((Riga, Option<RigaRevoca>), UtenteId)| {
        Ok(Visione {
            id: r.id.parse().map_err(no)?,
            registrazione: r.registrazione_id.parse().map_err(no)?,
            persona: persone.get(&chi).cloned().ok_or_else(|| storage::Errore::riga("visioni", chi))?,
            al: Istante::from_utc(r.al),
            motivo: r.motivo.parse().map_err(no)?,
            autore: r.autore,
            istante: Istante::from_utc(r.istante),
            revoca: tolta.map(revoca).transpose()?,
        })
    };
    righe.into_iter().zip(ids).map(valore).collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = visioni)]
struct Riga {
    id: String,
    aoo_id: String,
    registrazione_id: String,
    utente_id: String,
    al: chrono::NaiveDateTime,
    motivo: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("registrazione", &self.registrazione_id)
            .campo("utente", &self.utente_id)
            .campo("al", Istante::from_utc(self.al))
            .campo("motivo", &self.motivo)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = revoche_visioni)]
struct RigaRevoca {
    visione_id: String,
    motivo: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl RigaRevoca {
    fn carico(&self) -> Carico {
        Carico::new(REVOCA, 1)
            .campo("visione", &self.visione_id)
            .campo("motivo", &self.motivo)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(visioni::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = visioni::table.filter(visioni::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

pub(super) fn conta_revoche(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(revoche_visioni::table.count().get_result(conn)?)
}

pub(super) fn ricalcola_revoca(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<RigaRevoca> = revoche_visioni::table
        .filter(revoche_visioni::visione_id.eq_any(ids))
        .select(RigaRevoca::as_select())
        .load(conn)?;
    Ok(righe.into_iter().map(|r| (r.visione_id.clone(), r.carico())).collect())
}
