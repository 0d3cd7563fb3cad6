//! *Casella*: a mailbox of an AOO.

use super::Errore;
use super::maildir::Maildir;
use crate::audit::{self, Carico};
use crate::storage::schema::caselle as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, CasellaId, IndirizzoMail};
use diesel::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub(super) const ATTO: &str = "casella";

/// A mailbox. Its mail lies in a Maildir; reading by IMAP comes with the PEC work.
#[derive(Debug, Clone)]
pub struct Casella {
    /// Its id.
    pub id: CasellaId,
    /// Whose it is.
    pub aoo: AooId,
    /// Its address.
    pub indirizzo: IndirizzoMail,
    /// Where its mail lies.
    pub maildir: PathBuf,
}

/// Adds a mailbox to the operation's AOO.
///
/// # Errors
/// If the AOO already has it, or the folder is no Maildir.
pub fn aggiungi(op: &mut Operazione<'_>, indirizzo: IndirizzoMail, maildir: &Path) -> Result<Casella, Errore> {
    // Whole: whoever reads it later may stand in another folder.
    let maildir = maildir.canonicalize().map_err(|_| Errore::NonMaildir(maildir.to_owned()))?;
    Maildir::new(&maildir)?;
    if caselle(op.conn)?.iter().any(|c| c.aoo == op.aoo && c.indirizzo.uguale(&indirizzo)) {
        return Err(Errore::CasellaPresente(indirizzo.to_string()));
    }
    let casella = Casella { id: CasellaId::new(), aoo: op.aoo, indirizzo, maildir };
    let riga = Riga {
        id: casella.id.to_string(),
        aoo_id: op.aoo.to_string(),
        indirizzo: casella.indirizzo.to_string(),
        maildir: casella.maildir.to_string_lossy().into_owned(),
        creata: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "casella", casella.id, &riga.carico())?;
    Ok(casella)
}

/// All mailboxes, oldest first.
///
/// # Errors
/// Those of the database.
pub fn caselle(conn: &mut Conn) -> Result<Vec<Casella>, Errore> {
    let righe: Vec<Riga> = tabella::table.order(tabella::id).select(Riga::as_select()).load(conn)?;
    let no = |e| storage::Errore::riga("caselle", e);
    righe
        .into_iter()
        .map(|r| {
            Ok(Casella {
                id: r.id.parse().map_err(no)?,
                aoo: r.aoo_id.parse().map_err(no)?,
                indirizzo: r.indirizzo.parse().map_err(no)?,
                maildir: r.maildir.into(),
            })
        })
        .collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct Riga {
    id: String,
    aoo_id: String,
    indirizzo: String,
    maildir: String,
    creata: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("indirizzo", &self.indirizzo)
            .campo("maildir", &self.maildir)
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
