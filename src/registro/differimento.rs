//! *Differimento*: what arrives on paper may be registered later, by a reasoned act that the RSP makes before (usage of the manuali di
//! gestione, for DPR 445/2000 art. 53).
//!
//! The act says why, for which documents, and for what arrives from when to when. A registration names the one that covers its arrival,
//! and the reference stays with it. A past arrival without one asks nothing.

use super::{Errore, Flusso, lettura};
use crate::audit::{self, Carico};
use crate::storage::schema::{chiusure_differimenti, differimenti as tabella, registrazioni_differite};
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{AooId, DifferimentoId, Istante, RegistrazioneId, Rifiuto, Testo};
use chrono::TimeDelta;
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "differimento";
pub(super) const ATTO_CHIUSO: &str = "chiusura-differimento";
pub(super) const ATTO_USATO: &str = "registrazione-differita";

/// Longest time that one act may cover, in days: beyond it another act says why again.
pub const MASSIMO_GIORNI: i64 = 31;

/// Acts that are read, the newest ones.
const MASSIMI: i64 = 200;

/// An act of deferral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differimento {
    /// Its id.
    pub id: DifferimentoId,
    /// Why.
    pub causa: Testo,
    /// For which kinds of documents, in words.
    pub documenti: Testo,
    /// From when what arrives is covered.
    pub dal: Istante,
    /// Until when: the limit.
    pub al: Istante,
    /// Who decided, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
    /// When it was ended before its limit.
    pub chiuso: Option<Istante>,
}

impl Differimento {
    /// True if what arrived then may be registered later.
    #[must_use]
    pub fn copre(&self, arrivo: Istante) -> bool {
        self.dal <= arrivo && arrivo <= self.chiuso.map_or(self.al, |chiuso| chiuso.min(self.al))
    }

    /// True if what arrives now is covered.
    #[must_use]
    pub fn in_corso(&self, ora: Istante) -> bool {
        self.copre(ora)
    }
}

/// What the RSP decides.
#[derive(Debug, Clone)]
pub struct NuovoDifferimento {
    /// Why.
    pub causa: Testo,
    /// For which kinds of documents.
    pub documenti: Testo,
    /// From when.
    pub dal: Istante,
    /// Until when.
    pub al: Istante,
}

impl NuovoDifferimento {
    /// Made before: it may cover the day on which it is made, none that went by, and not without an end.
    fn controlla(&self, ora: Istante) -> Result<(), Errore> {
        if self.dal.giorno() < ora.giorno() {
            return Err(Errore::DifferimentoPassato);
        }
        if self.al <= self.dal || self.al <= ora {
            return Err(Errore::DifferimentoRovescio);
        }
        if self.al.dopo(self.dal) > TimeDelta::days(MASSIMO_GIORNI) {
            return Err(Errore::DifferimentoLungo);
        }
        Ok(())
    }
}

/// Makes an act of deferral, or gives the one that says the same and was not ended: a form sent twice is one act. Who may decide
/// it is up to the caller (the RSP).
///
/// # Errors
/// `DifferimentoPassato`, `DifferimentoRovescio`, `DifferimentoLungo`.
pub fn differisci(op: &mut Operazione<'_>, nuovo: &NuovoDifferimento) -> Result<DifferimentoId, Errore> {
    nuovo.controlla(op.ora)?;
    let uguale = |d: &Differimento| {
        d.chiuso.is_none()
            && (&d.causa, &d.documenti, d.dal, d.al) == (&nuovo.causa, &nuovo.documenti, nuovo.dal, nuovo.al)
    };
    if let Some(fatto) = differimenti(op.conn, op.aoo)?.into_iter().find(uguale) {
        return Ok(fatto.id);
    }
    let id = DifferimentoId::new();
    let attore = op.attore.clone();
    let riga = Riga {
        id: id.to_string(),
        aoo_id: op.aoo.to_string(),
        causa: nuovo.causa.to_string(),
        documenti: nuovo.documenti.to_string(),
        dal: nuovo.dal.utc(),
        al: nuovo.al.utc(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "differimento", id, &riga.carico())?;
    Ok(id)
}

/// Ends an act of deferral before its limit: what arrived until now stays covered.
///
/// # Errors
/// `DifferimentoSconosciuto`, `DifferimentoChiuso`.
pub fn chiudi_differimento(op: &mut Operazione<'_>, id: DifferimentoId) -> Result<(), Errore> {
    let questo = differimento(op.conn, op.aoo, id)?;
    if questo.chiuso.is_some() || questo.al <= op.ora {
        return Err(Errore::DifferimentoChiuso);
    }
    diesel::insert_into(chiusure_differimenti::table)
        .values((
            chiusure_differimenti::differimento_id.eq(id.to_string()),
            chiusure_differimenti::istante.eq(op.ora.utc()),
        ))
        .execute(op.conn)?;
    audit::annota(op, ATTO_CHIUSO, "differimento", id, &carico_chiuso(&id.to_string(), op.ora))?;
    Ok(())
}

/// Says by which act a registration was made later than its document arrived: in the transaction that makes it.
///
/// # Errors
/// `DifferimentoSconosciuto`; `DifferimentoNonCopre` for what is no paper entrata or arrived at another time.
pub fn registra_differita(
    op: &mut Operazione<'_>,
    registrazione: RegistrazioneId,
    id: DifferimentoId,
) -> Result<(), Errore> {
    let questo = differimento(op.conn, op.aoo, id)?;
    let r = lettura::per_id(op.conn, &Vista::Intera(op.aoo), registrazione)?;
    let arrivo = r.arrivo.unwrap_or(r.istante);
    if r.flusso != Flusso::Entrata || !r.mezzo.cartaceo() {
        return Err(Errore::DifferimentoNonCartaceo);
    }
    if !questo.copre(arrivo) {
        return Err(Errore::DifferimentoNonCopre(arrivo));
    }
    let (registrazione, id) = (registrazione.to_string(), id.to_string());
    diesel::insert_into(registrazioni_differite::table)
        .values((
            registrazioni_differite::registrazione_id.eq(&registrazione),
            registrazioni_differite::differimento_id.eq(&id),
        ))
        .execute(op.conn)?;
    audit::annota(op, ATTO_USATO, "registrazione", &registrazione, &carico_usato(&registrazione, &id))?;
    Ok(())
}

/// The acts of deferral of an AOO, newest first.
///
/// # Errors
/// Those of the database.
pub fn differimenti(conn: &mut Conn, aoo: AooId) -> Result<Vec<Differimento>, Errore> {
    let righe: Vec<(Riga, Option<chrono::NaiveDateTime>)> = tabella::table
        .left_join(chiusure_differimenti::table.on(chiusure_differimenti::differimento_id.eq(tabella::id)))
        .filter(tabella::aoo_id.eq(aoo.to_string()))
        .order(tabella::id.desc())
        .limit(MASSIMI)
        .select((Riga::as_select(), chiusure_differimenti::istante.nullable()))
        .load(conn)?;
    righe.iter().map(|(r, chiuso)| Ok(r.valore(*chiuso)?)).collect()
}

/// The act of deferral with this id.
///
/// # Errors
/// `DifferimentoSconosciuto` if the AOO has none such.
pub fn differimento(conn: &mut Conn, aoo: AooId, id: DifferimentoId) -> Result<Differimento, Errore> {
    let riga: Option<(Riga, Option<chrono::NaiveDateTime>)> = tabella::table
        .left_join(chiusure_differimenti::table.on(chiusure_differimenti::differimento_id.eq(tabella::id)))
        .filter(tabella::aoo_id.eq(aoo.to_string()).and(tabella::id.eq(id.to_string())))
        .select((Riga::as_select(), chiusure_differimenti::istante.nullable()))
        .first(conn)
        .optional()?;
    let (riga, chiuso) = riga.ok_or(Errore::DifferimentoSconosciuto)?;
    Ok(riga.valore(chiuso)?)
}

/// The act by which a registration, which the caller may see, was made later.
///
/// # Errors
/// Those of the database.
pub fn differimento_di(
    conn: &mut Conn,
    aoo: AooId,
    registrazione: RegistrazioneId,
) -> Result<Option<Differimento>, Errore> {
    let id: Option<String> = registrazioni_differite::table
        .filter(registrazioni_differite::registrazione_id.eq(registrazione.to_string()))
        .select(registrazioni_differite::differimento_id)
        .first(conn)
        .optional()?;
    let id = id.map(|id| id.parse()).transpose().map_err(|e| storage::Errore::riga("registrazioni_differite", e))?;
    id.map(|id| differimento(conn, aoo, id)).transpose()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct Riga {
    id: String,
    aoo_id: String,
    causa: String,
    documenti: String,
    dal: chrono::NaiveDateTime,
    al: chrono::NaiveDateTime,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn valore(&self, chiuso: Option<chrono::NaiveDateTime>) -> Result<Differimento, storage::Errore> {
        let no = |e: Rifiuto| storage::Errore::riga("differimenti", e);
        Ok(Differimento {
            id: self.id.parse().map_err(no)?,
            causa: self.causa.parse().map_err(no)?,
            documenti: self.documenti.parse().map_err(no)?,
            dal: Istante::from_utc(self.dal),
            al: Istante::from_utc(self.al),
            autore: self.autore.clone(),
            istante: Istante::from_utc(self.istante),
            chiuso: chiuso.map(Istante::from_utc),
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("causa", &self.causa)
            .campo("documenti", &self.documenti)
            .campo("dal", Istante::from_utc(self.dal))
            .campo("al", Istante::from_utc(self.al))
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

fn carico_chiuso(id: &str, istante: Istante) -> Carico {
    Carico::new(ATTO_CHIUSO, 1).campo("differimento", id).campo("istante", istante)
}

fn carico_usato(registrazione: &str, differimento: &str) -> Carico {
    Carico::new(ATTO_USATO, 1).campo("registrazione", registrazione).campo("differimento", differimento)
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

pub(super) fn conta_chiusi(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(chiusure_differimenti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola_chiusi(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<(String, chrono::NaiveDateTime)> = chiusure_differimenti::table
        .filter(chiusure_differimenti::differimento_id.eq_any(ids))
        .select((chiusure_differimenti::differimento_id, chiusure_differimenti::istante))
        .load(conn)?;
    Ok(righe.into_iter().map(|(id, il)| (id.clone(), carico_chiuso(&id, Istante::from_utc(il)))).collect())
}

pub(super) fn conta_usati(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(registrazioni_differite::table.count().get_result(conn)?)
}

pub(super) fn ricalcola_usati(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<(String, String)> = registrazioni_differite::table
        .filter(registrazioni_differite::registrazione_id.eq_any(ids))
        .select((registrazioni_differite::registrazione_id, registrazioni_differite::differimento_id))
        .load(conn)?;
    Ok(righe.into_iter().map(|(r, d)| (r.clone(), carico_usato(&r, &d))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_before_and_has_an_end() {
        let prova = |dal: &str, al: &str| {
            let (causa, documenti) = ("Guasto".parse().unwrap(), "Posta ordinaria".parse().unwrap());
            let nuovo = NuovoDifferimento { causa, documenti, dal: dal.parse().unwrap(), al: al.parse().unwrap() };
            nuovo.controlla("2026-11-22T09:00:00Z".parse().unwrap()).map_err(|e| e.to_string())
        };
        for (dal, al, va) in [
            ("2026-11-22T06:00:00Z", "2026-11-23T18:00:00Z", true),
            ("2026-12-01T06:00:00Z", "2026-12-10T18:00:00Z", true),
            ("2026-11-21T22:00:00Z", "2026-11-23T18:00:00Z", false),
            ("2026-11-22T06:00:00Z", "2026-11-22T08:00:00Z", false),
            ("2026-11-25T06:00:00Z", "2026-11-24T08:00:00Z", false),
            ("2026-11-25T06:00:00Z", "2027-11-24T08:00:00Z", false),
        ] {
            assert_eq!(prova(dal, al).is_ok(), va, "{dal} {al}");
        }
    }
}
