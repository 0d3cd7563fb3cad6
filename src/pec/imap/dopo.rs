//! What is done on the server with what was taken: after the commit, never before. A kill between the server's yes and our row leaves
//! a message that is marked again, or that is found gone.

use super::super::Errore;
use super::accesso::Dopo;
use super::libro::{self, Scaffale};
use super::sessione::Sessione;
use super::visita::{Visita, fermo};

impl Visita<'_> {
    /// Marks or moves what was taken in this folder, also by visits that were broken off. What is to be removed waits for the day's
    /// round.
    pub(super) async fn tratta(&self, s: &mut Sessione, scaffale: Scaffale<'_>) -> Result<(), Errore> {
        loop {
            if !matches!(self.accesso.dopo, Dopo::Segna(_) | Dopo::Sposta(_)) {
                return Ok(());
            }
            let uid = fermo(|| self.officina.db.leggi(|conn| libro::da_trattare(conn, scaffale)))?;
            if uid.is_empty() {
                return Ok(());
            }
            let come = match &self.accesso.dopo {
                Dopo::Segna(segno) => {
                    s.segna(&uid, segno).await?;
                    "segnato"
                }
                Dopo::Sposta(cartella) => {
                    s.sposta(&uid, cartella).await?;
                    "spostato"
                }
                Dopo::Lascia | Dopo::Cancella { .. } => return Ok(()),
            };
            self.annota(|op| libro::trattati(op, scaffale, &uid, come))?;
        }
    }
}
