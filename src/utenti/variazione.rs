//! *Variazione*: an office is renamed, moved under another, or closed. Each row says how the office stands from then on, so that
//! the newest before an instant tells how it was then; what names the office keeps the name it had.

use super::{Dipendenze, Errore, Ruolo, Ufficio, ruolo, sostituzione, ufficio};
use crate::audit::{self, Carico};
use crate::storage::schema::{uffici, variazioni_uffici};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, Denominazione, Istante, UfficioId, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "variazione-ufficio";

const RINOMINATO: &str = "rinominato";
const SPOSTATO: &str = "spostato";
const CHIUSO: &str = "chiuso";

/// Gives an office another name, from now; the name that it has already changes nothing.
///
/// # Errors
/// If the office is closed.
pub fn rinomina(op: &mut Operazione<'_>, quale: &Ufficio, nome: &Denominazione) -> Result<(), Errore> {
    quale.aperto()?;
    if quale.denominazione == *nome {
        return Ok(());
    }
    let diverso = Ufficio { denominazione: nome.clone(), ..quale.clone() };
    annota(op, &diverso, RINOMINATO)
}

/// Moves an office under another, or to the top, from now.
///
/// # Errors
/// If one of them is closed, the second stands below the first, or whoever moves it answers for the second.
pub fn sposta(op: &mut Operazione<'_>, quale: &Ufficio, sotto: Option<&Ufficio>) -> Result<(), Errore> {
    quale.aperto()?;
    let padre = sotto.map(|u| u.id);
    if quale.padre == padre {
        return Ok(());
    }
    if let Some(sotto) = sotto {
        sotto.aperto()?;
        let dipendenze = dipendenze(op.conn, op.aoo)?;
        if dipendenze.con_quelli_sotto(quale.id).contains(&sotto.id) {
            let (quale, sotto) = (quale.codice.to_string(), sotto.codice.to_string());
            return Err(Errore::UfficioSottoSeStesso { quale, sotto });
        }
        let risponde = |(ruolo, ufficio): &(Ruolo, UfficioId)| {
            *ruolo == Ruolo::ResponsabileUfficio && dipendenze.con_quelli_sotto(*ufficio).contains(&sotto.id)
        };
        if suoi_ruoli(op)?.iter().any(risponde) {
            return Err(Errore::UfficioSottoDiSe(sotto.codice.to_string()));
        }
    }
    annota(op, &Ufficio { padre, ..quale.clone() }, SPOSTATO)
}

/// The roles of the person who acts, and of whom they stand in for, now or from a day to come; none for who is no person.
fn suoi_ruoli(op: &mut Operazione<'_>) -> Result<Vec<(Ruolo, UfficioId)>, Errore> {
    let Some(chi) = op.attore.persona() else { return Ok(Vec::new()) };
    let mut ruoli = Vec::new();
    for persona in sostituzione::titolari(op, chi)?.into_iter().chain([chi]) {
        ruoli.extend(ruolo::ruoli_di(op.conn, persona, op.aoo)?);
    }
    Ok(ruoli)
}

/// The acts by which the offices below those that somebody with these roles answers for came to stand there, the last of each.
pub(super) fn spostamenti_sotto(
    conn: &mut Conn,
    aoo: AooId,
    ruoli: &[(Ruolo, UfficioId)],
) -> Result<Vec<String>, Errore> {
    let suoi: Vec<UfficioId> =
        ruoli.iter().filter(|(r, _)| *r == Ruolo::ResponsabileUfficio).map(|(_, ufficio)| *ufficio).collect();
    if suoi.is_empty() {
        return Ok(Vec::new());
    }
    let dipendenze = dipendenze(conn, aoo)?;
    let sotto: Vec<String> = suoi.iter().flat_map(|u| dipendenze.con_quelli_sotto(*u)).map(|u| u.to_string()).collect();
    let mut ultimi: HashMap<String, String> = HashMap::new();
    for v in dell_aoo(conn, aoo)?.into_iter().filter(|v| v.cosa == SPOSTATO && sotto.contains(&v.ufficio_id)) {
        ultimi.insert(v.ufficio_id, v.id);
    }
    Ok(ultimi.into_values().collect())
}

/// Closes an office, for ever: it takes no new roles and no new documents. What was given to it stays where it is.
///
/// # Errors
/// If it is closed already, or an open one stands below it.
pub fn chiudi(op: &mut Operazione<'_>, quale: &Ufficio) -> Result<(), Errore> {
    quale.aperto()?;
    let aperti = ufficio::aperti(op.conn, op.aoo)?;
    let sotto: Vec<&str> = aperti.iter().filter(|u| u.padre == Some(quale.id)).map(|u| u.codice.as_str()).collect();
    if !sotto.is_empty() {
        return Err(Errore::UfficiSotto { codice: quale.codice.to_string(), sotto: sotto.join(", ") });
    }
    annota(op, quale, CHIUSO)
}

/// Which office of an AOO stands under which, now. Closed ones too: whoever is above still sees what they had.
///
/// # Errors
/// Those of the database.
pub fn dipendenze(conn: &mut Conn, aoo: AooId) -> Result<Dipendenze, Errore> {
    Ok(Dipendenze::new(ufficio::tutti(conn, aoo)?.into_iter().map(|u| (u.id, u.padre))))
}

/// The names that offices had.
pub struct Nomi(Vec<Riga>);

impl Nomi {
    /// The name of an office at an instant, if it had been changed by then; else it has the one it was created with.
    #[must_use]
    pub fn al(&self, ufficio: &str, istante: Istante) -> Option<&str> {
        let prima = self.0.iter().rev().find(|v| v.ufficio_id == ufficio && v.istante <= istante.utc());
        prima.map(|v| v.denominazione.as_str())
    }
}

/// The names that these offices had, for what keeps the name of its time.
///
/// # Errors
/// Those of the database.
pub fn nomi(conn: &mut Conn, uffici: &[&str]) -> Result<Nomi, storage::Errore> {
    let righe = variazioni_uffici::table
        .filter(variazioni_uffici::ufficio_id.eq_any(uffici))
        .order(variazioni_uffici::id)
        .select(Riga::as_select())
        .load(conn)?;
    Ok(Nomi(righe))
}

/// The variations of the offices of an AOO, oldest first.
pub(super) fn dell_aoo(conn: &mut Conn, aoo: AooId) -> Result<Vec<Riga>, storage::Errore> {
    Ok(variazioni_uffici::table
        .inner_join(uffici::table.on(uffici::id.eq(variazioni_uffici::ufficio_id)))
        .filter(uffici::aoo_id.eq(aoo.to_string()))
        .order(variazioni_uffici::id)
        .select(Riga::as_select())
        .load(conn)?)
}

/// The newest variation of an office.
pub(super) fn ultima(conn: &mut Conn, ufficio: &str) -> Result<Option<Riga>, storage::Errore> {
    Ok(variazioni_uffici::table
        .filter(variazioni_uffici::ufficio_id.eq(ufficio))
        .order(variazioni_uffici::id.desc())
        .select(Riga::as_select())
        .first(conn)
        .optional()?)
}

fn annota(op: &mut Operazione<'_>, diventa: &Ufficio, cosa: &str) -> Result<(), Errore> {
    let riga = Riga {
        id: nuovo_id().to_string(),
        ufficio_id: diventa.id.to_string(),
        cosa: cosa.to_owned(),
        denominazione: diventa.denominazione.to_string(),
        padre_id: diventa.padre.map(|p| p.to_string()),
        istante: op.ora.utc(),
    };
    diesel::insert_into(variazioni_uffici::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "variazione-ufficio", &riga.id, &riga.carico())?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = variazioni_uffici, treat_none_as_default_value = false)]
pub(super) struct Riga {
    id: String,
    pub(super) ufficio_id: String,
    cosa: String,
    pub(super) denominazione: String,
    pub(super) padre_id: Option<String>,
    pub(super) istante: chrono::NaiveDateTime,
}

impl Riga {
    /// When the office was closed, if this is what closed it.
    pub(super) fn chiude(&self) -> Option<Istante> {
        (self.cosa == CHIUSO).then(|| Istante::from_utc(self.istante))
    }

    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("ufficio", &self.ufficio_id)
            .campo("cosa", &self.cosa)
            .campo("denominazione", &self.denominazione)
            .forse("padre", self.padre_id.as_ref())
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(variazioni_uffici::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> =
        variazioni_uffici::table.filter(variazioni_uffici::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
