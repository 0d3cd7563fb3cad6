//! *Giro*: what is done with a mailbox once a day, after its first visit: how full it is, what may be removed, and the reconciliation.

use super::super::Errore;
use super::accesso::Dopo;
use super::libro::{self, Scaffale};
use super::riconciliazione::Conto;
use super::sessione::Sessione;
use super::spazio;
use super::visita::{Visita, fermo};
use crate::valori::MessaggioId;
use chrono::TimeDelta;

impl Visita<'_> {
    /// The round of the day, unless it was made.
    pub(super) async fn giro(&self, s: &mut Sessione) -> Result<(), Errore> {
        if !self.manca_oggi()? {
            return Ok(());
        }
        if let Some(spazio) = s.quota().await? {
            fermo(|| spazio::scrivi(self.officina.db, self.casella, spazio))?;
        }
        let mut conto = Conto::default();
        let mut arrivi = false;
        for cartella in self.accesso.cartelle.iter().rev() {
            let aperta = s.scegli(cartella).await?;
            let scaffale = Scaffale { casella: self.casella.id, cartella, validita: aperta.validita };
            let ultimo = fermo(|| self.officina.db.leggi(|conn| libro::ultimo(conn, scaffale)))?;
            arrivi |= aperta.prossimo.is_none_or(|p| p > ultimo.saturating_add(1));
            if let Dopo::Cancella { giorni } = self.accesso.dopo {
                self.sgombra(s, scaffale, giorni).await?;
            }
            self.confronta(s, scaffale, &mut conto).await?;
        }
        // What came since the visit was part of how the folder stood, and the server will not say it again.
        s.arrivi |= arrivi;
        self.riconcilia(&conto)
    }

    /// Removes from the server what was taken so many days ago and the conservator has; never anything else.
    async fn sgombra(&self, s: &mut Sessione, scaffale: Scaffale<'_>, giorni: u32) -> Result<(), Errore> {
        let prima = self.officina.db.orologio().adesso().date_time() - TimeDelta::days(giorni.into());
        let mut dopo = 0;
        loop {
            let righe =
                fermo(|| self.officina.db.leggi(|conn| libro::presi_prima(conn, scaffale, dopo, prima.naive_utc())))?;
            let Some((ultimo, _)) = righe.last() else { return Ok(()) };
            dopo = *ultimo;
            let messaggi: Vec<MessaggioId> = righe.iter().map(|(_, m)| *m).collect();
            let depositati =
                fermo(|| self.officina.db.leggi(|conn| Ok::<_, Errore>((self.depositati)(conn, &messaggi)?)))?;
            let via: Vec<u32> = righe.iter().filter(|(_, m)| depositati.contains(m)).map(|(u, _)| *u).collect();
            if !via.is_empty() {
                s.cancella(&via).await?;
                self.annota(|op| libro::trattati(op, scaffale, &via, "cancellato"))?;
                tracing::info!(casella = %self.casella.id, messaggi = via.len(), "removed from the server what is deposited");
            }
        }
    }
}
