//! *Quadro*: how the mailboxes of an AOO are, for people to see. It names no message.

use super::super::contatto::{self, Contatto, Verso};
use super::super::{Casella, Errore, Posta, casella};
use super::libro::{self, Visti};
use super::riconciliazione::{self, Riconciliazione};
use super::spazio::{self, Spazio};
use crate::storage::Conn;
use crate::valori::{AooId, CasellaId, Istante};

/// Reconciliations that are shown of each mailbox.
const RICONCILIAZIONI: i64 = 7;

/// How a mailbox is.
#[derive(Debug, Clone)]
pub struct Quadro {
    /// The mailbox.
    pub casella: Casella,
    /// How the last visit went; `None` of one that nobody has visited yet, or that is a Maildir.
    pub contatto: Option<Contatto>,
    /// How it went the last time that its mail left; `None` if none has left by a server yet.
    pub partenza: Option<Contatto>,
    /// What its ledger says.
    pub visti: Visti,
    /// How full it was on its server in the last days, in order.
    pub spazi: Vec<Spazio>,
    /// The last reconciliations, the newest first.
    pub riconciliazioni: Vec<Riconciliazione>,
}

/// How the mailboxes of an AOO are, in the order in which they were added.
///
/// # Errors
/// Those of the database.
pub fn quadri(conn: &mut Conn, aoo: AooId, ora: Istante) -> Result<Vec<Quadro>, Errore> {
    let caselle: Vec<Casella> = casella::caselle(conn)?.into_iter().filter(|c| c.aoo == aoo).collect();
    let ids: Vec<CasellaId> = caselle.iter().map(|c| c.id).collect();
    let (mut contatti, mut visti) = (contatto::contatti(conn, Verso::Arrivo)?, libro::visti(conn, &ids)?);
    let mut spazi = spazio::spazi(conn, ora.giorno())?;
    let mut fatte = riconciliazione::riconciliazioni(conn, &ids, RICONCILIAZIONI)?;
    let mut partenze = contatto::contatti(conn, Verso::Partenza)?;
    let quadro = |casella: Casella| Quadro {
        partenza: partenze.remove(&casella.id).filter(|_| casella.smtp.is_some()),
        contatto: contatti.remove(&casella.id).filter(|_| matches!(casella.posta, Posta::Imap(_))),
        visti: visti.remove(&casella.id).unwrap_or_default(),
        spazi: spazi.remove(&casella.id).unwrap_or_default(),
        riconciliazioni: fatte.remove(&casella.id).unwrap_or_default(),
        casella,
    };
    Ok(caselle.into_iter().map(quadro).collect())
}
