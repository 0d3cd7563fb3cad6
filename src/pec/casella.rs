//! *Casella*: a mailbox of an AOO.

use super::Errore;
use super::imap::{Accesso, accesso};
use super::maildir::Maildir;
use super::smtp::{self, AccessoSmtp};
use crate::audit::{self, Carico};
use crate::storage::schema::caselle as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, CasellaId, IndirizzoMail};
use diesel::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub(super) const ATTO: &str = "casella";

/// Where the mail of a mailbox lies.
#[derive(Debug, Clone)]
pub enum Posta {
    /// In a Maildir on our disk.
    Maildir(PathBuf),
    /// On a server.
    Imap(Box<Accesso>),
}

/// A mailbox.
#[derive(Debug, Clone)]
pub struct Casella {
    /// Its id.
    pub id: CasellaId,
    /// Whose it is.
    pub aoo: AooId,
    /// Its address.
    pub indirizzo: IndirizzoMail,
    /// Where its mail lies.
    pub posta: Posta,
    /// By which server its mail leaves; `None`: it goes to the folder of what leaves.
    pub smtp: Option<Box<AccessoSmtp>>,
}

impl Casella {
    /// Largest message that its provider takes, in MiB.
    #[must_use]
    pub fn massimo_mib(&self) -> u32 {
        self.smtp.as_ref().map_or(smtp::MASSIMO_MIB, |s| s.massimo_mib)
    }
}

/// Adds a mailbox to the operation's AOO.
///
/// # Errors
/// If the AOO already has it, or the folder is no Maildir.
pub fn aggiungi(op: &mut Operazione<'_>, indirizzo: IndirizzoMail, maildir: &Path) -> Result<Casella, Errore> {
    // Whole: whoever reads it later may stand in another folder.
    let maildir = maildir.canonicalize().map_err(|_| Errore::NonMaildir(maildir.to_owned()))?;
    Maildir::new(&maildir)?;
    nuova(op, indirizzo, Posta::Maildir(maildir))
}

/// Adds a mailbox that is read on its server to the operation's AOO. Nobody is called here: the first visit says how it goes.
///
/// # Errors
/// If the AOO already has it.
pub fn aggiungi_imap(op: &mut Operazione<'_>, indirizzo: IndirizzoMail, come: &Accesso) -> Result<Casella, Errore> {
    let nuova = nuova(op, indirizzo, Posta::Imap(Box::new(come.clone())))?;
    accesso::scrivi(op, nuova.id, come)?;
    Ok(nuova)
}

/// From now on a mailbox is read in this way on this server: another password file, other folders, another provider. What was taken
/// stays known by its bytes.
///
/// # Errors
/// If the AOO has no such mailbox on a server.
pub fn cambia_imap(op: &mut Operazione<'_>, indirizzo: &IndirizzoMail, come: &Accesso) -> Result<Casella, Errore> {
    let casella = sua(op, indirizzo)?;
    if !matches!(casella.posta, Posta::Imap(_)) {
        return Err(Errore::NonSuServer(indirizzo.to_string()));
    }
    accesso::scrivi(op, casella.id, come)?;
    Ok(Casella { posta: Posta::Imap(Box::new(come.clone())), ..casella })
}

/// From now on the mail of a mailbox leaves by this server.
///
/// # Errors
/// If the AOO has no such mailbox.
pub fn cambia_smtp(op: &mut Operazione<'_>, indirizzo: &IndirizzoMail, come: &AccessoSmtp) -> Result<Casella, Errore> {
    let casella = sua(op, indirizzo)?;
    smtp::accesso::scrivi(op, casella.id, come)?;
    Ok(Casella { smtp: Some(Box::new(come.clone())), ..casella })
}

fn sua(op: &mut Operazione<'_>, indirizzo: &IndirizzoMail) -> Result<Casella, Errore> {
    let casella = caselle(op.conn)?.into_iter().find(|c| c.aoo == op.aoo && c.indirizzo.uguale(indirizzo));
    casella.ok_or_else(|| Errore::CasellaAssente(indirizzo.to_string()))
}

fn nuova(op: &mut Operazione<'_>, indirizzo: IndirizzoMail, posta: Posta) -> Result<Casella, Errore> {
    if caselle(op.conn)?.iter().any(|c| c.aoo == op.aoo && c.indirizzo.uguale(&indirizzo)) {
        return Err(Errore::CasellaPresente(indirizzo.to_string()));
    }
    let maildir = match &posta {
        Posta::Maildir(cartella) => cartella.to_string_lossy().into_owned(),
        Posta::Imap(_) => String::new(),
    };
    let riga = Riga {
        id: CasellaId::new().to_string(),
        aoo_id: op.aoo.to_string(),
        indirizzo: indirizzo.to_string(),
        maildir,
        creata: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "casella", &riga.id, &riga.carico())?;
    let id = riga.id.parse().map_err(|e| storage::Errore::riga("caselle", e))?;
    Ok(Casella { id, aoo: op.aoo, indirizzo, posta, smtp: None })
}

/// All mailboxes, oldest first.
///
/// # Errors
/// Those of the database.
pub fn caselle(conn: &mut Conn) -> Result<Vec<Casella>, Errore> {
    let righe: Vec<Riga> = tabella::table.order(tabella::id).select(Riga::as_select()).load(conn)?;
    let no = |e| storage::Errore::riga("caselle", e);
    let (mut accessi, mut partenze) = (accesso::in_vigore(conn)?, smtp::accesso::in_vigore(conn)?);
    righe
        .into_iter()
        .map(|r| {
            let smtp = partenze.remove(&r.id).map(Box::new);
            let posta = match accessi.remove(&r.id) {
                Some(accesso) => Posta::Imap(Box::new(accesso)),
                None => Posta::Maildir(r.maildir.into()),
            };
            Ok(Casella {
                id: r.id.parse().map_err(no)?,
                aoo: r.aoo_id.parse().map_err(no)?,
                indirizzo: r.indirizzo.parse().map_err(no)?,
                posta,
                smtp,
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
