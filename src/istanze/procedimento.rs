//! *Procedimento*: what may be asked on the portal, which office answers and within how many days (L. 241/1990 artt. 2 and 4).

use super::Errore;
use crate::audit::{self, Carico};
use crate::scrivania::{self, MASSIMO_GIORNI};
use crate::storage::schema::{aoo, chiusure_procedimenti, procedimenti};
use crate::storage::{self, Conn, Operazione};
use crate::titolario;
use crate::utenti::Ufficio;
use crate::valori::{AooId, CodiceProcedimento, CodiceVoce, Denominazione, Istante, ProcedimentoId, Testo, UfficioId};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "procedimento";
pub(super) const CHIUSURA: &str = "chiusura-procedimento";

/// A procedimento that the portal takes istanze of.
#[derive(Debug, Clone)]
pub struct Procedimento {
    /// Its id.
    pub id: ProcedimentoId,
    /// Whose it is.
    pub aoo: AooId,
    /// Its code, unique in the installation: it stands in the address of its page.
    pub codice: CodiceProcedimento,
    /// Its name.
    pub denominazione: Denominazione,
    /// For whom it is and what is needed, in words.
    pub descrizione: Testo,
    /// Where its documents are classified.
    pub voce: CodiceVoce,
    /// The office that answers (L. 241/1990 art. 4).
    pub ufficio: UfficioId,
    /// Within how many days from the presentazione.
    pub giorni: u32,
    /// True if what is missing interrupts the term, which then starts again from its first day.
    pub interrompibile: bool,
}

/// Opens a procedimento of the operation's AOO to the portal.
///
/// # Errors
/// `GiaPresente` if the code is taken, `Giorni` for a term that is none, `VoceSconosciuta` of the titolario.
pub fn apri(
    op: &mut Operazione<'_>,
    codice: CodiceProcedimento,
    (denominazione, descrizione): (Denominazione, Testo),
    voce: CodiceVoce,
    ufficio: &Ufficio,
    (giorni, interrompibile): (u32, bool),
) -> Result<Procedimento, Errore> {
    if !(1..=MASSIMO_GIORNI).contains(&giorni) {
        return Err(Errore::Giorni);
    }
    titolario::voce(op.conn, op.aoo, &voce)?;
    let presenti: i64 =
        procedimenti::table.filter(procedimenti::codice.eq(codice.as_str())).count().get_result(op.conn)?;
    if presenti > 0 {
        return Err(Errore::GiaPresente(codice.to_string()));
    }
    let riga = Riga {
        id: ProcedimentoId::new().to_string(),
        aoo_id: op.aoo.to_string(),
        codice: codice.to_string(),
        denominazione: denominazione.to_string(),
        descrizione: descrizione.to_string(),
        voce: voce.to_string(),
        ufficio_id: ufficio.id.to_string(),
        giorni: i32::try_from(giorni).unwrap_or(i32::MAX),
        aperto: op.ora.utc(),
        interrompibile,
    };
    diesel::insert_into(procedimenti::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "procedimento", &riga.id, &riga.carico())?;
    Ok(riga.valore()?)
}

/// Closes a procedimento: the portal takes no more istanze of it. Those that came stay where they are.
///
/// # Errors
/// `ProcedimentoSconosciuto` if the AOO has none that is open with this code.
pub fn chiudi(op: &mut Operazione<'_>, codice: &CodiceProcedimento) -> Result<(), Errore> {
    let procedimento = per_codice(op.conn, codice)?;
    if procedimento.aoo != op.aoo {
        return Err(Errore::ProcedimentoSconosciuto);
    }
    let riga = Chiusura { procedimento_id: procedimento.id.to_string(), istante: op.ora.utc() };
    diesel::insert_into(chiusure_procedimenti::table).values(&riga).execute(op.conn)?;
    audit::annota(op, CHIUSURA, "procedimento", procedimento.id, &riga.carico())?;
    Ok(())
}

/// Closes an office to which no istanze go, and that has nothing to do any more.
///
/// # Errors
/// `UfficioRisponde` if istanze go to it; what the desk and the organigramma refuse.
pub fn chiudi_ufficio(op: &mut Operazione<'_>, ufficio: &Ufficio) -> Result<(), Errore> {
    if let Some((p, _)) = aperti(op.conn)?.into_iter().find(|(p, _)| p.ufficio == ufficio.id) {
        return Err(Errore::UfficioRisponde {
            ufficio: ufficio.codice.to_string(),
            denominazione: p.denominazione.to_string(),
            codice: p.codice.to_string(),
        });
    }
    Ok(scrivania::chiudi_ufficio(op, ufficio)?)
}

/// The open procedimenti of the whole installation, by name, each with the body it belongs to.
///
/// # Errors
/// Those of the database.
pub fn aperti(conn: &mut Conn) -> Result<Vec<(Procedimento, Denominazione)>, Errore> {
    let righe: Vec<(Riga, String)> = procedimenti::table
        .inner_join(aoo::table.on(aoo::id.eq(procedimenti::aoo_id)))
        .left_join(chiusure_procedimenti::table.on(chiusure_procedimenti::procedimento_id.eq(procedimenti::id)))
        .filter(chiusure_procedimenti::procedimento_id.is_null())
        .order((procedimenti::denominazione, procedimenti::id))
        .select((Riga::as_select(), aoo::denominazione))
        .load(conn)?;
    let coppia =
        |(riga, aoo): (Riga, String)| Ok((riga.valore()?, aoo.parse().map_err(|e| storage::Errore::riga("aoo", e))?));
    righe.into_iter().map(coppia).collect()
}

/// The open procedimento with this code.
///
/// # Errors
/// `ProcedimentoSconosciuto` if there is none.
pub fn per_codice(conn: &mut Conn, codice: &CodiceProcedimento) -> Result<Procedimento, Errore> {
    let riga: Option<Riga> = procedimenti::table
        .left_join(chiusure_procedimenti::table.on(chiusure_procedimenti::procedimento_id.eq(procedimenti::id)))
        .filter(procedimenti::codice.eq(codice.as_str()).and(chiusure_procedimenti::procedimento_id.is_null()))
        .select(Riga::as_select())
        .first(conn)
        .optional()?;
    Ok(riga.ok_or(Errore::ProcedimentoSconosciuto)?.valore()?)
}

/// The procedimento with this id, open or closed.
pub(super) fn per_id(conn: &mut Conn, id: &str) -> Result<Procedimento, Errore> {
    let riga: Riga = procedimenti::table.filter(procedimenti::id.eq(id)).select(Riga::as_select()).first(conn)?;
    Ok(riga.valore()?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = procedimenti)]
struct Riga {
    id: String,
    aoo_id: String,
    codice: String,
    denominazione: String,
    descrizione: String,
    voce: String,
    ufficio_id: String,
    giorni: i32,
    aperto: chrono::NaiveDateTime,
    interrompibile: bool,
}

impl Riga {
    fn valore(&self) -> Result<Procedimento, storage::Errore> {
        let no = |e| storage::Errore::riga("procedimenti", e);
        Ok(Procedimento {
            id: self.id.parse().map_err(no)?,
            aoo: self.aoo_id.parse().map_err(no)?,
            codice: self.codice.parse().map_err(no)?,
            denominazione: self.denominazione.parse().map_err(no)?,
            descrizione: self.descrizione.parse().map_err(no)?,
            voce: self.voce.parse().map_err(no)?,
            ufficio: self.ufficio_id.parse().map_err(no)?,
            giorni: u32::try_from(self.giorni).map_err(|e| storage::Errore::riga("procedimenti", e))?,
            interrompibile: self.interrompibile,
        })
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("codice", &self.codice)
            .campo("denominazione", &self.denominazione)
            .campo("descrizione", &self.descrizione)
            .campo("voce", &self.voce)
            .campo("ufficio", &self.ufficio_id)
            .campo("giorni", self.giorni)
            .campo("aperto", Istante::from_utc(self.aperto))
            .forse("interrompibile", self.interrompibile.then_some("sì"))
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = chiusure_procedimenti)]
struct Chiusura {
    procedimento_id: String,
    istante: chrono::NaiveDateTime,
}

impl Chiusura {
    fn carico(&self) -> Carico {
        Carico::new(CHIUSURA, 1)
            .campo("procedimento", &self.procedimento_id)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(procedimenti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        procedimenti::table.filter(procedimenti::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}

pub(super) fn conta_chiusure(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(chiusure_procedimenti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola_chiusure(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Chiusura> = chiusure_procedimenti::table
        .filter(chiusure_procedimenti::procedimento_id.eq_any(ids))
        .select(Chiusura::as_select())
        .load(conn)?;
    Ok(righe.into_iter().map(|r| (r.procedimento_id.clone(), r.carico())).collect())
}
