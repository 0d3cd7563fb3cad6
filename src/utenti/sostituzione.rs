//! *Sostituzione*: a person stands in for another (the *titolare*), in one AOO, from an instant to another.
//!
//! While it is in force the *sostituto* may act for the titolare, with the titolare's roles and sight; what they do is recorded as
//! the sostituto's ([`Attore::PerConto`]). Nobody stands in for a sostituto: only the titolare's own roles pass on.

use super::{Errore, Persona, accesso, persona, ruolo, variazione};
use crate::audit::{self, Carico};
use crate::storage::schema::{revoche_sostituzioni, sostituzioni};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, Attore, Istante, SostituzioneId, Testo, UtenteId};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "sostituzione";
pub(super) const REVOCA: &str = "revoca-sostituzione";

/// Most that are in force or to come for one titolare in an AOO.
pub const MASSIME: i64 = 50;

/// A person standing in for another.
#[derive(Debug, Clone)]
pub struct Sostituzione {
    /// Its id.
    pub id: SostituzioneId,
    /// In which AOO.
    pub aoo: AooId,
    /// Who is away.
    pub titolare: Persona,
    /// Who stands in.
    pub sostituto: Persona,
    /// From when.
    pub dal: Istante,
    /// Until when; that instant is out already.
    pub al: Istante,
    /// Why.
    pub motivo: Testo,
    /// When it was ended before its day.
    pub revocata: Option<Istante>,
}

impl Sostituzione {
    /// The last day of it.
    #[must_use]
    pub fn ultimo_giorno(&self) -> NaiveDate {
        let fine = self.al.giorno();
        fine.pred_opt().filter(|g| Istante::fine(*g) == self.al).unwrap_or(fine)
    }

    /// True if the days are those and nobody ended it.
    #[must_use]
    pub fn corre(&self, ora: Istante) -> bool {
        self.revocata.is_none() && self.dal <= ora && ora < self.al
    }
}

/// Records that a person stands in for another in the operation's AOO. What is recorded already and was not ended is given back: a
/// form sent twice is one act.
///
/// # Errors
/// If both are one; if the period is none or over; if either has no role in the AOO or is kept out; if it is recorded by a
/// sostituto for the titolare, or by somebody else in their own favour; if the titolare has too many, or what they may do and see was
/// given to them by the sostituto.
pub fn registra(
    op: &mut Operazione<'_>,
    titolare: &Persona,
    sostituto: &Persona,
    (dal, al): (Istante, Istante),
    motivo: &Testo,
) -> Result<SostituzioneId, Errore> {
    if titolare.id == sostituto.id {
        return Err(Errore::SostitutoDiSe);
    }
    match &op.attore {
        Attore::PerConto { .. } => return Err(Errore::SostitutoNonDelega),
        chi if chi.per_chi() == Attore::Utente(sostituto.id) => return Err(Errore::SostitutoDaSe),
        _ => {}
    }
    if dal >= al || al <= op.ora {
        return Err(Errore::Periodo);
    }
    for chi in [titolare, sostituto] {
        if !presente(op.conn, chi.id, op.aoo)? {
            return Err(Errore::SenzaRuolo(chi.nome_utente.clone()));
        }
    }
    let giorno = dal.giorno();
    let uguale: Option<String> = vive(op.aoo, op.ora)
        .filter(sostituzioni::titolare_id.eq(titolare.id.to_string()))
        .filter(sostituzioni::sostituto_id.eq(sostituto.id.to_string()).and(sostituzioni::motivo.eq(motivo.as_str())))
        .filter(
            sostituzioni::dal.ge(Istante::inizio(giorno).utc()).and(sostituzioni::dal.lt(Istante::fine(giorno).utc())),
        )
        .filter(sostituzioni::al.eq(al.utc()))
        .select(sostituzioni::id)
        .first(op.conn)
        .optional()?;
    if let Some(fatta) = uguale {
        return Ok(fatta.parse().map_err(|e| storage::Errore::riga("sostituzioni", e))?);
    }
    let sue = vive(op.aoo, op.ora).filter(sostituzioni::titolare_id.eq(titolare.id.to_string()));
    if sue.count().get_result::<i64>(op.conn)? >= MASSIME {
        return Err(Errore::TroppeSostituzioni(titolare.nome_utente.clone()));
    }
    if ha_preparato(op, sostituto.id, titolare.id)? {
        return Err(Errore::SostitutoCheAffida(sostituto.nome_utente.clone()));
    }
    let id = SostituzioneId::new();
    let riga = Riga {
        id: id.to_string(),
        aoo_id: op.aoo.to_string(),
        titolare_id: titolare.id.to_string(),
        sostituto_id: sostituto.id.to_string(),
        dal: dal.utc(),
        al: al.utc(),
        motivo: motivo.to_string(),
        istante: op.ora.utc(),
    };
    diesel::insert_into(sostituzioni::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "sostituzione", id, &riga.carico())?;
    Ok(id)
}

/// Ends a substitution of the operation's AOO, from now; one that was ended stays so.
///
/// # Errors
/// `SostituzioneSconosciuta` if the AOO has none with this id.
pub fn revoca(op: &mut Operazione<'_>, id: SostituzioneId) -> Result<(), Errore> {
    let trovata = per_id(op.conn, id)?.filter(|s| s.aoo == op.aoo).ok_or(Errore::SostituzioneSconosciuta)?;
    if trovata.revocata.is_some() {
        return Ok(());
    }
    let testo = id.to_string();
    diesel::insert_into(revoche_sostituzioni::table)
        .values((revoche_sostituzioni::sostituzione_id.eq(&testo), revoche_sostituzioni::istante.eq(op.ora.utc())))
        .execute(op.conn)?;
    audit::annota(op, REVOCA, "sostituzione", id, &carico_revoca(&testo, op.ora))?;
    Ok(())
}

/// The substitution with this id.
///
/// # Errors
/// Those of the database.
pub fn per_id(conn: &mut Conn, id: SostituzioneId) -> Result<Option<Sostituzione>, Errore> {
    let righe = sostituzioni::table.filter(sostituzioni::id.eq(id.to_string())).select(Riga::as_select()).load(conn)?;
    Ok(valori(conn, righe)?.pop())
}

/// The substitutions of an AOO before `prima`, newest first, at most `quante`; of a person, those of which they are either side.
///
/// # Errors
/// Those of the database.
pub fn elenco(
    conn: &mut Conn,
    aoo: AooId,
    di: Option<UtenteId>,
    prima: Option<SostituzioneId>,
    quante: i64,
) -> Result<Vec<Sostituzione>, Errore> {
    let mut query = sostituzioni::table
        .filter(sostituzioni::aoo_id.eq(aoo.to_string()))
        .order(sostituzioni::id.desc())
        .limit(quante)
        .select(Riga::as_select())
        .into_boxed();
    if let Some(prima) = prima {
        query = query.filter(sostituzioni::id.lt(prima.to_string()));
    }
    if let Some(chi) = di.map(|chi| chi.to_string()) {
        query = query.filter(sostituzioni::titolare_id.eq(chi.clone()).or(sostituzioni::sostituto_id.eq(chi)));
    }
    let righe = query.load(conn)?;
    valori(conn, righe)
}

/// For whom a person may act now in an AOO.
///
/// # Errors
/// Those of the database.
pub fn disponibili(
    conn: &mut Conn,
    sostituto: UtenteId,
    aoo: AooId,
    ora: Istante,
) -> Result<Vec<Sostituzione>, Errore> {
    let righe = sostituzioni::table
        .filter(sostituzioni::aoo_id.eq(aoo.to_string()).and(sostituzioni::sostituto_id.eq(sostituto.to_string())))
        .filter(sostituzioni::dal.le(ora.utc()).and(sostituzioni::al.gt(ora.utc())))
        .order(sostituzioni::id)
        .select(Riga::as_select())
        .load(conn)?;
    let mut disponibili = Vec::new();
    for s in valori(conn, righe)? {
        if in_vigore(conn, &s, ora)? {
            disponibili.push(s);
        }
    }
    Ok(disponibili)
}

/// True if one person stands in for the other, now or from a day to come.
pub(super) fn e_o_sara_sostituto(op: &mut Operazione<'_>, chi: UtenteId, di: UtenteId) -> Result<bool, Errore> {
    Ok(titolari(op, chi)?.contains(&di))
}

/// For whom a person stands in, now or from a day to come.
pub(super) fn titolari(op: &mut Operazione<'_>, chi: UtenteId) -> Result<Vec<UtenteId>, Errore> {
    let ids: Vec<String> = vive(op.aoo, op.ora)
        .filter(sostituzioni::sostituto_id.eq(chi.to_string()))
        .select(sostituzioni::titolare_id)
        .distinct()
        .load(op.conn)?;
    let no = |e| storage::Errore::riga("sostituzioni", e);
    Ok(ids.into_iter().map(|id| id.parse().map_err(no)).collect::<Result<_, _>>()?)
}

/// Those of an AOO in force or to come, which nobody ended.
#[diesel::dsl::auto_type]
fn vive(aoo: AooId, ora: Istante) -> _ {
    let aoo: String = aoo.to_string();
    let ora: chrono::NaiveDateTime = ora.utc();
    sostituzioni::table.filter(sostituzioni::aoo_id.eq(aoo).and(sostituzioni::al.gt(ora))).filter(diesel::dsl::not(
        sostituzioni::id.eq_any(revoche_sostituzioni::table.select(revoche_sostituzioni::sostituzione_id)),
    ))
}

/// True if one person gave the other a role that they have, or put an office below theirs: the other side of what
/// [`ruolo::affida`] and the moving of offices refuse. Not where the substitution is recorded by no person.
fn ha_preparato(op: &mut Operazione<'_>, chi: UtenteId, per: UtenteId) -> Result<bool, Errore> {
    if op.attore.persona().is_none() {
        return Ok(false);
    }
    let mut atti = ruolo::atti_di(op.conn, per, op.aoo)?;
    let ruoli = ruolo::ruoli_di(op.conn, per, op.aoo)?;
    atti.extend(variazione::spostamenti_sotto(op.conn, op.aoo, &ruoli)?);
    for evento in audit::di(op.conn, op.aoo, &atti)? {
        let attore: Attore = evento.attore.parse().map_err(|e| storage::Errore::riga("eventi", e))?;
        let da = [ruolo::ATTO, variazione::ATTO].contains(&evento.tipo.as_str());
        if da && attore.persona() == Some(chi) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// True if the sostituto may act for the titolare now. Who left the body (has no role any more, or is kept out) neither acts nor
/// is acted for; who is ill or away has their roles all the same.
pub(super) fn in_vigore(conn: &mut Conn, s: &Sostituzione, ora: Istante) -> Result<bool, Errore> {
    Ok(s.corre(ora) && presente(conn, s.titolare.id, s.aoo)? && presente(conn, s.sostituto.id, s.aoo)?)
}

/// True for whoever has a role in the AOO and may enter.
pub(super) fn presente(conn: &mut Conn, chi: UtenteId, aoo: AooId) -> Result<bool, Errore> {
    Ok(!accesso::escluso(conn, chi)? && !ruolo::ruoli_di(conn, chi, aoo)?.is_empty())
}

/// Rows with the people of each and its end.
fn valori(conn: &mut Conn, righe: Vec<Riga>) -> Result<Vec<Sostituzione>, Errore> {
    let no = |e| storage::Errore::riga("sostituzioni", e);
    let revocate: HashMap<String, chrono::NaiveDateTime> = revoche_sostituzioni::table
        .filter(revoche_sostituzioni::sostituzione_id.eq_any(righe.iter().map(|r| &r.id)))
        .select((revoche_sostituzioni::sostituzione_id, revoche_sostituzioni::istante))
        .load::<(String, chrono::NaiveDateTime)>(conn)?
        .into_iter()
        .collect();
    let mut ids = Vec::new();
    for r in &righe {
        ids.push(r.titolare_id.parse().map_err(no)?);
        ids.push(r.sostituto_id.parse().map_err(no)?);
    }
    let persone = persona::per_ids(conn, &ids)?;
    let chi = |id: &str| {
        let id: UtenteId = id.parse().map_err(no)?;
        persone.get(&id).cloned().ok_or_else(|| storage::Errore::riga("sostituzioni", id))
    };
    righe
        .into_iter()
        .map(|r| {
            Ok(Sostituzione {
                id: r.id.parse().map_err(no)?,
                aoo: r.aoo_id.parse().map_err(no)?,
                titolare: chi(&r.titolare_id)?,
                sostituto: chi(&r.sostituto_id)?,
                dal: Istante::from_utc(r.dal),
                al: Istante::from_utc(r.al),
                motivo: r.motivo.parse().map_err(no)?,
                revocata: revocate.get(&r.id).copied().map(Istante::from_utc),
            })
        })
        .collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sostituzioni)]
struct Riga {
    id: String,
    aoo_id: String,
    titolare_id: String,
    sostituto_id: String,
    dal: chrono::NaiveDateTime,
    al: chrono::NaiveDateTime,
    motivo: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("titolare", &self.titolare_id)
            .campo("sostituto", &self.sostituto_id)
            .campo("dal", Istante::from_utc(self.dal))
            .campo("al", Istante::from_utc(self.al))
            .campo("motivo", &self.motivo)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

fn carico_revoca(id: &str, istante: Istante) -> Carico {
    Carico::new(REVOCA, 1).campo("sostituzione", id).campo("istante", istante)
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(sostituzioni::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        sostituzioni::table.filter(sostituzioni::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

pub(super) fn conta_revoche(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(revoche_sostituzioni::table.count().get_result(conn)?)
}

pub(super) fn ricalcola_revoca(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<(String, chrono::NaiveDateTime)> = revoche_sostituzioni::table
        .filter(revoche_sostituzioni::sostituzione_id.eq_any(ids))
        .select((revoche_sostituzioni::sostituzione_id, revoche_sostituzioni::istante))
        .load(conn)?;
    Ok(righe.into_iter().map(|(id, il)| (id.clone(), carico_revoca(&id, Istante::from_utc(il)))).collect())
}
