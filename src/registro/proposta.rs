//! *Proposta di annullamento*: whoever works on a registration proposes, the RSP decides (DPR 445/2000 art. 61 c. 3 g).
//!
//! A proposal is an act, and so is its decision; accepting one performs the annulment in the same write. At most one waits for each
//! registration and datum.

use super::dato::{self, Rettifica, annulla_dato};
use super::provvedimento::Disposizione;
use super::riservatezza::{aperti, riservata};
use super::valore::Valore;
use super::{Errore, annullamento, lettura};
use crate::audit::{self, Carico};
use crate::documenti::Deposito;
use crate::storage::schema::{decisioni_annullamento, proposte_annullamento, registrazioni, visibilita};
use crate::storage::{self, Conn, Operazione};
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Aoo};
use crate::valori::{Istante, PropostaId, RegistrazioneId, Testo};
use diesel::dsl::exists;
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "proposta-annullamento";
pub(super) const DECISIONE: &str = "decisione-annullamento";

/// What somebody proposes to annul.
#[derive(Debug, Clone)]
pub struct Proposta {
    /// Its id.
    pub id: PropostaId,
    /// The registration.
    pub registrazione: RegistrazioneId,
    /// The datum and its new value; none: the whole registration.
    pub rettifica: Option<Rettifica>,
    /// Why.
    pub motivo: Testo,
    /// Who proposes, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
    /// What the RSP decided; none while it waits.
    pub decisione: Option<Decisione>,
}

/// What the RSP decided.
#[derive(Debug, Clone)]
pub struct Decisione {
    /// True if the annulment was performed.
    pub accolta: bool,
    /// Why it was refused.
    pub motivo: Option<Testo>,
    /// Who decided, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

/// Proposes to annul a registration, or one datum of it, with the checks that the annulment will make. Who may propose is up to
/// the caller.
///
/// # Errors
/// Those of the annulment; `PropostaAperta` if the same waits already.
pub fn proponi(
    op: &mut Operazione<'_>,
    vista: &Vista,
    id: RegistrazioneId,
    rettifica: Option<&Rettifica>,
    motivo: &Testo,
) -> Result<PropostaId, Errore> {
    match rettifica {
        Some(r) => dato::rettificabile(op.conn, vista, id, &r.valore)?,
        None => annullamento::annullabile(op.conn, vista, id)?,
    };
    let campo = rettifica.map(|r| r.valore.campo());
    let della = |p: &Proposta| p.decisione.is_none() && p.rettifica.as_ref().map(|r| r.valore.campo()) == campo;
    if proposte(op.conn, vista, id)?.iter().any(della) {
        return Err(Errore::PropostaAperta);
    }
    let attore = op.attore.clone();
    let proposta = PropostaId::new();
    let riga = Riga {
        id: proposta.to_string(),
        aoo_id: op.aoo.to_string(),
        registrazione_id: id.to_string(),
        campo: campo.map(|c| c.as_str().to_owned()),
        valore: rettifica.map(|r| r.valore.testo()).transpose()?.flatten(),
        riservato: rettifica.is_some_and(|r| r.riservato),
        motivo: motivo.to_string(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(proposte_annullamento::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, ATTO, proposta, &riga.carico())?;
    Ok(proposta)
}

/// Accepts a proposal: the annulment is performed, and names who proposed it. Who may decide is up to the caller (the RSP).
///
/// # Errors
/// `PropostaSconosciuta`, `PropostaDecisa`; those of the annulment, if it cannot be performed any more: then it still waits.
pub fn accogli(
    op: &mut Operazione<'_>,
    deposito: &Deposito,
    aoo: &Aoo,
    vista: &Vista,
    id: PropostaId,
) -> Result<RegistrazioneId, Errore> {
    let p = aperta(op.conn, vista, id)?;
    let disposizione = Disposizione { deposito, aoo, vista, motivo: &p.motivo, proponente: Some(&p.autore) };
    match &p.rettifica {
        Some(rettifica) => annulla_dato(op, &disposizione, p.registrazione, rettifica).map(drop)?,
        None => annullamento::annulla(op, &disposizione, p.registrazione).map(drop)?,
    }
    decidi(op, id, None)?;
    Ok(p.registrazione)
}

/// Refuses a proposal. Who may decide is up to the caller (the RSP).
///
/// # Errors
/// `PropostaSconosciuta`, `PropostaDecisa`.
pub fn respingi(
    op: &mut Operazione<'_>,
    vista: &Vista,
    id: PropostaId,
    motivo: &Testo,
) -> Result<RegistrazioneId, Errore> {
    let p = aperta(op.conn, vista, id)?;
    decidi(op, id, Some(motivo))?;
    Ok(p.registrazione)
}

fn aperta(conn: &mut Conn, vista: &Vista, id: PropostaId) -> Result<Proposta, Errore> {
    let trovata: Option<(Riga, Option<RigaDecisione>)> = proposte_annullamento::table
        .left_join(decisioni_annullamento::table.on(decisioni_annullamento::proposta_id.eq(proposte_annullamento::id)))
        .filter(proposte_annullamento::id.eq(id.to_string()))
        .select((Riga::as_select(), Option::<RigaDecisione>::as_select()))
        .first(conn)
        .optional()?;
    let p = valore(trovata.ok_or(Errore::PropostaSconosciuta)?)?;
    if !lettura::visibile(conn, vista, p.registrazione)? {
        return Err(Errore::PropostaSconosciuta);
    }
    if p.decisione.is_some() { Err(Errore::PropostaDecisa) } else { Ok(p) }
}

/// `respinta`: why, if it is refused.
fn decidi(op: &mut Operazione<'_>, id: PropostaId, respinta: Option<&Testo>) -> Result<(), Errore> {
    let attore = op.attore.clone();
    let riga = RigaDecisione {
        proposta_id: id.to_string(),
        accolta: respinta.is_none(),
        motivo: respinta.map(ToString::to_string),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    diesel::insert_into(decisioni_annullamento::table).values(&riga).execute(op.conn)?;
    audit::annota(op, DECISIONE, ATTO, id, &riga.carico())?;
    Ok(())
}

/// The proposals on a registration that may be seen, oldest first.
///
/// # Errors
/// Those of the database.
pub fn proposte(conn: &mut Conn, vista: &Vista, registrazione: RegistrazioneId) -> Result<Vec<Proposta>, Errore> {
    if !lettura::visibile(conn, vista, registrazione)? {
        return Ok(Vec::new());
    }
    let righe: Vec<(Riga, Option<RigaDecisione>)> = proposte_annullamento::table
        .left_join(decisioni_annullamento::table.on(decisioni_annullamento::proposta_id.eq(proposte_annullamento::id)))
        .filter(proposte_annullamento::registrazione_id.eq(registrazione.to_string()))
        .order(proposte_annullamento::id)
        .select((Riga::as_select(), Option::<RigaDecisione>::as_select()))
        .load(conn)?;
    righe.into_iter().map(valore).collect()
}

/// The proposals that wait, on registrations that may be seen, oldest first: those after `dopo`, at most `quante`.
///
/// # Errors
/// Those of the database.
pub fn in_attesa(
    conn: &mut Conn,
    vista: &Vista,
    dopo: Option<PropostaId>,
    quante: i64,
) -> Result<Vec<Proposta>, Errore> {
    let concesse =
        visibilita::table.filter(visibilita::ufficio_id.eq_any(vista.uffici())).select(visibilita::oggetto_id);
    let concessa = exists(concesse.filter(visibilita::oggetto_id.eq(registrazioni::id)));
    let decise = decisioni_annullamento::table.select(decisioni_annullamento::proposta_id);
    let righe: Vec<Riga> = proposte_annullamento::table
        .inner_join(registrazioni::table.on(registrazioni::id.eq(proposte_annullamento::registrazione_id)))
        .filter(proposte_annullamento::aoo_id.eq(vista.aoo().to_string()))
        .filter(riservata().eq_any(aperti(vista)).or(concessa).or(registrazioni::id.eq_any(vista.visioni())))
        .filter(diesel::dsl::not(proposte_annullamento::id.eq_any(decise)))
        .filter(proposte_annullamento::id.gt(dopo.map(|id| id.to_string()).unwrap_or_default()))
        .order(proposte_annullamento::id)
        .limit(quante)
        .select(Riga::as_select())
        .load(conn)?;
    righe.into_iter().map(|r| valore((r, None))).collect()
}

fn valore((r, d): (Riga, Option<RigaDecisione>)) -> Result<Proposta, Errore> {
    let no = |e| storage::Errore::riga("proposte_annullamento", e);
    let rettifica = match &r.campo {
        None => None,
        Some(campo) => {
            let valore = Valore::leggi(campo.parse().map_err(no)?, r.valore.as_deref())?;
            Some(Rettifica { valore, riservato: r.riservato })
        }
    };
    let decisione = match d {
        None => None,
        Some(d) => Some(Decisione {
            accolta: d.accolta,
            motivo: d.motivo.map(|m| m.parse()).transpose().map_err(no)?,
            autore: d.autore,
            istante: Istante::from_utc(d.istante),
        }),
    };
    Ok(Proposta {
        id: r.id.parse().map_err(no)?,
        registrazione: r.registrazione_id.parse().map_err(no)?,
        rettifica,
        motivo: r.motivo.parse().map_err(no)?,
        autore: r.autore,
        istante: Istante::from_utc(r.istante),
        decisione,
    })
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = proposte_annullamento, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    registrazione_id: String,
    campo: Option<String>,
    valore: Option<String>,
    riservato: bool,
    motivo: String,
    autore: String,
    istante: chrono::NaiveDateTime,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = decisioni_annullamento, treat_none_as_default_value = false)]
struct RigaDecisione {
    proposta_id: String,
    accolta: bool,
    motivo: Option<String>,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("registrazione", &self.registrazione_id)
            .forse("dato", self.campo.as_ref())
            .forse("valore", self.valore.as_ref())
            .campo("riservato", self.riservato)
            .campo("motivo", &self.motivo)
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

impl RigaDecisione {
    fn carico(&self) -> Carico {
        Carico::new(DECISIONE, 1)
            .campo("proposta", &self.proposta_id)
            .campo("accolta", self.accolta)
            .forse("motivo", self.motivo.as_ref())
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(proposte_annullamento::table.count().get_result(conn)?)
}

pub(super) fn conta_decisioni(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(decisioni_annullamento::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = proposte_annullamento::table
        .filter(proposte_annullamento::id.eq_any(ids))
        .select(Riga::as_select())
        .load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

pub(super) fn ricalcola_decisioni(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<RigaDecisione> = decisioni_annullamento::table
        .filter(decisioni_annullamento::proposta_id.eq_any(ids))
        .select(RigaDecisione::as_select())
        .load(conn)?;
    Ok(righe.into_iter().map(|r| (r.proposta_id.clone(), r.carico())).collect())
}
