//! *Contatto*: how it went the last time that a mailbox was read, or that its mail left. Working state, for people to see.

use super::{Casella, Errore};
use crate::storage::schema::contatti as tabella;
use crate::storage::{self, Conn, Db};
use crate::valori::{Attore, CasellaId, Istante};
use chrono::TimeDelta;
use diesel::prelude::*;
use std::collections::HashMap;
use std::time::Duration;

/// Which way a server was spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verso {
    /// To read what arrived.
    Arrivo,
    /// To hand over what leaves.
    Partenza,
}

impl Verso {
    fn as_str(self) -> &'static str {
        match self {
            Self::Arrivo => "arrivo",
            Self::Partenza => "partenza",
        }
    }
}

/// How it went with a mailbox.
#[derive(Debug, Clone, Default)]
pub struct Contatto {
    /// When it last went well.
    pub riuscito: Option<Istante>,
    /// What went wrong since.
    pub errore: Option<String>,
    /// How often in a row.
    pub errori: u64,
    /// Since when.
    pub errore_dal: Option<Istante>,
    /// When it is tried again.
    pub riprova: Option<Istante>,
}

/// Writes how it went, and after how long the next time comes if it went wrong.
pub(super) fn scrivi(
    db: &Db,
    (casella, verso): (&Casella, Verso),
    errore: Option<&Errore>,
    fra: Option<Duration>,
) -> Result<(), Errore> {
    let (chiave, errore) = ((casella.id.to_string(), verso.as_str()), errore.map(ToString::to_string));
    db.scrivi(casella.aoo, &Attore::Sistema("pec"), |op| {
        let prima = tabella::table.find((&chiave.0, chiave.1)).select(Riga::as_select()).first(op.conn).optional()?;
        let ora = op.ora.utc();
        let nuova = match errore {
            None => Riga { riuscito: Some(ora), ..Riga::di(&chiave) },
            Some(errore) => Riga {
                riuscito: prima.as_ref().and_then(|p| p.riuscito),
                errore: Some(errore),
                errori: prima.as_ref().map_or(0, |p| p.errori).saturating_add(1),
                errore_dal: Some(prima.as_ref().and_then(|p| p.errore_dal).unwrap_or(ora)),
                riprova: fra.and_then(|f| TimeDelta::from_std(f).ok()).map(|f| ora + f),
                ..Riga::di(&chiave)
            },
        };
        if prima.is_some() {
            diesel::update(tabella::table.find((&chiave.0, chiave.1))).set(&nuova).execute(op.conn)?;
        } else {
            diesel::insert_into(tabella::table).values(&nuova).execute(op.conn)?;
        }
        Ok(())
    })
}

/// How it went with each mailbox on a server.
///
/// # Errors
/// Those of the database.
pub fn contatti(conn: &mut Conn, verso: Verso) -> Result<HashMap<CasellaId, Contatto>, Errore> {
    let righe: Vec<Riga> =
        tabella::table.filter(tabella::verso.eq(verso.as_str())).select(Riga::as_select()).load(conn)?;
    let contatto = |r: Riga| {
        let istante = |i: Option<chrono::NaiveDateTime>| i.map(Istante::from_utc);
        let contatto = Contatto {
            riuscito: istante(r.riuscito),
            errore: r.errore,
            errori: u64::try_from(r.errori).unwrap_or(0),
            errore_dal: istante(r.errore_dal),
            riprova: istante(r.riprova),
        };
        Ok((r.casella_id.parse().map_err(|e| storage::Errore::riga("contatti", e))?, contatto))
    };
    righe.into_iter().map(contatto).collect()
}

#[derive(Queryable, Selectable, Insertable, AsChangeset, Default)]
#[diesel(table_name = tabella, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Riga {
    casella_id: String,
    verso: String,
    riuscito: Option<chrono::NaiveDateTime>,
    errore: Option<String>,
    errori: i64,
    errore_dal: Option<chrono::NaiveDateTime>,
    riprova: Option<chrono::NaiveDateTime>,
}

impl Riga {
    fn di((casella, verso): &(String, &'static str)) -> Self {
        Self { casella_id: casella.clone(), verso: (*verso).to_owned(), ..Self::default() }
    }
}
