//! *Non protocollare*: a message that need not be registered leaves the list, by an act of a person, and another brings it back.
//!
//! What comes by PEC comes from a *domicilio digitale* and is always registered (CAD art. 40-bis), whatever kind it is of; only a second
//! copy of a PEC that has a number may be left out, since its message is registered already.

use super::messaggio::{POSTA_CERTIFICATA, messaggio};
use super::{Errore, Messaggio, Stato, duplicato};
use crate::audit::{self, Carico};
use crate::registro;
use crate::storage::schema::{esclusioni as tabella, ripristini};
use crate::storage::{self, Conn, Operazione};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, MessaggioId, Testo, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "esclusione";
pub(super) const ATTO_TOLTO: &str = "ripristino";

/// Why a message is not registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MotivoEsclusione {
    /// It is of a kind of the AOO's list.
    Genere(Testo),
    /// Another reason, written by a person.
    Scritto(Testo),
}

/// The act that leaves a message out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Esclusione {
    /// Its id.
    pub id: String,
    /// Why: the kind, or what was written.
    pub motivo: String,
    /// Who, as people call them.
    pub autore: String,
    /// When.
    pub istante: Istante,
}

/// True if this message may be left out: no PEC, or a copy of one that has a number.
///
/// # Errors
/// Those of the database.
pub fn escludibile(conn: &mut Conn, vista: &Vista, m: &Messaggio) -> Result<bool, Errore> {
    if m.genere != POSTA_CERTIFICATA {
        return Ok(true);
    }
    let stesse = duplicato::dello_stesso_messaggio(conn, vista, m.id)?;
    let in_vigore = registro::per_ids(conn, vista, &stesse)?;
    Ok(in_vigore.iter().any(|r| r.annullamento.is_none()))
}

/// Leaves a message out of what waits for a number.
///
/// # Errors
/// `Sconosciuto`; `GiaProtocollato`, `Ricevuta`, `GiaEscluso`; `DomicilioDigitale` for a PEC; `GenereSconosciuto`.
pub fn escludi(
    op: &mut Operazione<'_>,
    vista: &Vista,
    id: MessaggioId,
    motivo: &MotivoEsclusione,
) -> Result<(), Errore> {
    let attore = op.attore.clone();
    let autore = utenti::nome_autore(op.conn, &attore)?;
    escludi_per(op, vista, id, motivo, autore)?;
    Ok(())
}

/// The same in the name of `autore`, whoever that is; the id of the act.
pub(super) fn escludi_per(
    op: &mut Operazione<'_>,
    vista: &Vista,
    id: MessaggioId,
    motivo: &MotivoEsclusione,
    autore: String,
) -> Result<String, Errore> {
    let m = messaggio(op.conn, vista, id)?;
    match m.stato {
        Stato::DaProtocollare => {}
        Stato::NonProtocollato => return Err(Errore::GiaEscluso),
        Stato::Ritorno => return Err(Errore::MessaggioDiRitorno),
        Stato::Ricevuta | Stato::RicevutaSenzaInvio => return Err(Errore::Ricevuta),
        Stato::Protocollato => {
            let prima = registro::identificatore(op.conn, m.registrazione.ok_or(Errore::Sconosciuto)?)?;
            let anno = chrono::Datelike::year(&prima.data);
            return Err(Errore::GiaProtocollato { numero: prima.numero, anno });
        }
    }
    if !escludibile(op.conn, vista, &m)? {
        return Err(Errore::DomicilioDigitale);
    }
    let (genere, motivo) = match motivo {
        MotivoEsclusione::Genere(g) => (Some(g.to_string()), None),
        MotivoEsclusione::Scritto(m) => (None, Some(m.to_string())),
    };
    if let Some(genere) = &genere
        && !registro::generi_esclusi(op.conn, op.aoo)?.iter().any(|g| g.nome == *genere)
    {
        return Err(Errore::GenereSconosciuto);
    }
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        messaggio_id: id.to_string(),
        genere,
        motivo,
        autore,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "esclusione", &riga.id, &riga.carico())?;
    Ok(riga.id)
}

/// Brings a message that was left out back among those that wait.
///
/// # Errors
/// `Sconosciuto`, `NonEscluso`.
pub fn ripristina(op: &mut Operazione<'_>, vista: &Vista, id: MessaggioId) -> Result<(), Errore> {
    let esclusione = messaggio(op.conn, vista, id)?.esclusione.ok_or(Errore::NonEscluso)?;
    diesel::insert_into(ripristini::table)
        .values((ripristini::esclusione_id.eq(&esclusione.id), ripristini::istante.eq(op.ora.utc())))
        .execute(op.conn)?;
    audit::annota(op, ATTO_TOLTO, "esclusione", &esclusione.id, &carico_tolto(&esclusione.id, op.ora))?;
    Ok(())
}

/// The exclusions in force.
#[diesel::dsl::auto_type]
pub(super) fn in_vigore() -> _ {
    tabella::table.filter(diesel::dsl::not(tabella::id.eq_any(ripristini::table.select(ripristini::esclusione_id))))
}

/// The exclusions in force of these messages.
pub(super) fn di(conn: &mut Conn, messaggi: &[&str]) -> Result<HashMap<String, Esclusione>, Errore> {
    let righe: Vec<Riga> =
        in_vigore().filter(tabella::messaggio_id.eq_any(messaggi)).select(Riga::as_select()).load(conn)?;
    let esclusione = |r: Riga| {
        let motivo = r.genere.or(r.motivo).unwrap_or_default();
        let istante = Istante::from_utc(r.istante);
        (r.messaggio_id, Esclusione { id: r.id, motivo, autore: r.autore, istante })
    };
    Ok(righe.into_iter().map(esclusione).collect())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    messaggio_id: String,
    genere: Option<String>,
    motivo: Option<String>,
    autore: String,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("messaggio", &self.messaggio_id)
            .forse("genere", self.genere.as_ref())
            .forse("motivo", self.motivo.as_ref())
            .campo("autore", &self.autore)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

fn carico_tolto(id: &str, istante: Istante) -> Carico {
    Carico::new(ATTO_TOLTO, 1).campo("esclusione", id).campo("istante", istante)
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

pub(super) fn conta_tolti(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(ripristini::table.count().get_result(conn)?)
}

pub(super) fn ricalcola_tolti(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<(String, chrono::NaiveDateTime)> = ripristini::table
        .filter(ripristini::esclusione_id.eq_any(ids))
        .select((ripristini::esclusione_id, ripristini::istante))
        .load(conn)?;
    Ok(righe.into_iter().map(|(id, il)| (id.clone(), carico_tolto(&id, Istante::from_utc(il)))).collect())
}
