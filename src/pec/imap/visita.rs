//! One visit to a mailbox: everything that waits there is taken.

use super::super::accogli::{self, LOTTO_BYTE, LOTTO_MESSAGGI};
use super::super::guasto::Guasto;
use super::super::messaggio::Segno;
use super::super::{Casella, Errore, Officina};
use super::accesso::Accesso;
use super::libro::{self, Attesa, Scaffale};
use super::parti::Parti;
use super::sessione::{Aperta, Sessione};
use super::{Depositati, Limiti};
use crate::documenti;
use crate::storage::Operazione;
use crate::valori::Attore;
use std::borrow::Cow;
use tokio::sync::Semaphore;

/// UIDs whose lengths are asked for at a time.
const UID_INSIEME: usize = 500;

/// What a visit found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Raccolto {
    /// Messages that were not known.
    pub presi: u64,
    /// Messages that were known under another name.
    pub gia_presi: u64,
    /// Messages that could not be taken: the ledger says why.
    pub lasciati: u64,
}

/// A visit to a mailbox.
pub(super) struct Visita<'a> {
    pub officina: &'a Officina<'a>,
    pub casella: &'a Casella,
    pub accesso: &'a Accesso,
    pub limiti: Limiti,
    pub depositati: Depositati,
    /// How many messages are read at the same moment, of all mailboxes.
    pub al_lavoro: &'a Semaphore,
}

/// Blocking work inside async code: other mailboxes go on meanwhile.
pub(super) fn fermo<T>(cosa: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(cosa)
}

impl Visita<'_> {
    /// Takes everything that waits in every folder. A folder that the server refuses stops no other; it is said at the end.
    pub(super) async fn fai(&self, s: &mut Sessione) -> Result<Raccolto, Errore> {
        let (mut raccolto, mut rifiuto) = (Raccolto::default(), None);
        // The first folder last: it stays open, and its server tells what arrives there.
        for cartella in self.accesso.cartelle.iter().rev() {
            match self.cartella(s, cartella, &mut raccolto).await {
                Err(e @ Errore::Server(Guasto::Rifiutato { .. } | Guasto::SenzaUidPlus)) => {
                    rifiuto = rifiuto.or(Some(e))
                }
                esito => esito?,
            }
        }
        if let Some(rifiuto) = rifiuto {
            return Err(rifiuto);
        }
        self.giro(s).await?;
        Ok(raccolto)
    }

    /// A write in the mailbox's AOO.
    pub(super) fn annota<T>(&self, f: impl FnOnce(&mut Operazione<'_>) -> Result<T, Errore>) -> Result<T, Errore> {
        fermo(|| self.officina.db.scrivi(self.casella.aoo, &Attore::Sistema("pec"), f))
    }

    async fn cartella(&self, s: &mut Sessione, cartella: &str, raccolto: &mut Raccolto) -> Result<(), Errore> {
        let aperta = s.scegli(cartella).await?;
        let scaffale = Scaffale { casella: self.casella.id, cartella, validita: aperta.validita };
        if fermo(|| self.officina.db.leggi(|conn| libro::ha_vecchi(conn, scaffale)))? {
            self.annota(|op| libro::rinuncia_ai_vecchi(op, scaffale))?;
        }
        self.scopri(s, scaffale, aperta).await?;
        loop {
            let ora = self.officina.db.orologio().adesso();
            let attesa = fermo(|| self.officina.db.leggi(|conn| libro::da_prendere(conn, scaffale, ora)))?;
            if attesa.is_empty() {
                return self.tratta(s, scaffale).await;
            }
            for lotto in self.lotti(&attesa) {
                self.lotto(s, scaffale, lotto, raccolto).await?;
            }
            self.tratta(s, scaffale).await?;
        }
    }

    /// Writes a row for every UID that was never seen.
    async fn scopri(&self, s: &mut Sessione, scaffale: Scaffale<'_>, aperta: Aperta) -> Result<(), Errore> {
        let ultimo = fermo(|| self.officina.db.leggi(|conn| libro::ultimo(conn, scaffale)))?;
        let primo = ultimo.saturating_add(1);
        if aperta.prossimo.is_some_and(|p| p <= primo) {
            return Ok(());
        }
        let nuovi = s.uid_da(primo).await?;
        for blocco in nuovi.chunks(UID_INSIEME) {
            let mut notizie = s.notizie(blocco).await?;
            // A server may speak of other messages in between; and a hostile one twice of the same.
            notizie.retain(|n| blocco.binary_search(&n.uid).is_ok());
            notizie.sort_unstable_by_key(|n| n.uid);
            notizie.dedup_by_key(|n| n.uid);
            self.annota(|op| libro::annota_nuovi(op, scaffale, &notizie))?;
        }
        Ok(())
    }

    /// What waits, put together as it is fetched: a long message, and one that gave trouble before, alone.
    fn lotti<'t>(&self, attesa: &'t [Attesa]) -> Vec<&'t [Attesa]> {
        let da_sola = |a: &Attesa| a.tentativi > 0 || a.dimensione >= u64::from(self.limiti.parte_byte);
        let (mut lotti, mut resto) = (Vec::new(), attesa);
        while let Some(prima) = resto.first() {
            let mut byte = prima.dimensione;
            let con_lei = resto.iter().skip(1).take(LOTTO_MESSAGGI - 1).take_while(|a| {
                byte = byte.saturating_add(a.dimensione);
                !da_sola(a) && byte <= LOTTO_BYTE
            });
            let quante = if da_sola(prima) { 1 } else { 1 + con_lei.count() };
            let (lotto, altri) = resto.split_at_checked(quante).unwrap_or((resto, &[]));
            lotti.push(lotto);
            resto = altri;
        }
        lotti
    }

    async fn lotto(
        &self,
        s: &mut Sessione,
        scaffale: Scaffale<'_>,
        lotto: &[Attesa],
        raccolto: &mut Raccolto,
    ) -> Result<(), Errore> {
        if let [a] = lotto
            && a.dimensione > self.limiti.massimo_byte
        {
            return self.troppo_grande(scaffale, a, raccolto);
        }
        let uid: Vec<u32> = lotto.iter().map(|a| a.uid).collect();
        let mut parti = match s.parte(&uid, 0, self.limiti.parte_byte).await {
            Ok(parti) => parti,
            Err(guasto) => return self.mancato(scaffale, lotto, guasto),
        };
        let mut intere = Vec::new();
        for a in lotto {
            match parti.remove(&a.uid) {
                None => {
                    let motivo = "il server non lo ha più";
                    self.annota(|op| libro::lasciato(op, scaffale.posto(a.uid), "sparito", motivo))?;
                    raccolto.lasciati += 1;
                }
                Some(intera) if lotto.len() > 1 && e_intera(&intera, self.limiti.parte_byte) => {
                    intere.push((*a, intera))
                }
                Some(prima) => self.a_parti(s, scaffale, a, prima, raccolto).await?,
            }
        }
        self.insieme(scaffale, &intere, raccolto).await
    }

    /// Takes one message, the rest of which is fetched part by part.
    async fn a_parti(
        &self,
        s: &mut Sessione,
        scaffale: Scaffale<'_>,
        a: &Attesa,
        prima: Vec<u8>,
        raccolto: &mut Raccolto,
    ) -> Result<(), Errore> {
        let posto = scaffale.posto(a.uid);
        let mut parti = Parti::new(s, a.uid, self.limiti.parte_byte, prima);
        let riposto = fermo(|| self.officina.deposito.riponi(&mut parti, self.limiti.massimo_byte));
        let intero = match (riposto, parti.guasto.take()) {
            (_, Some(guasto)) => return self.mancato(scaffale, &[*a], guasto),
            (Err(documenti::Errore::TroppoGrande { .. }), None) => return self.troppo_grande(scaffale, a, raccolto),
            (riposto, None) => riposto?,
        };
        // From here on it is our work and nobody's line: few do it at a time.
        let _posto = self.al_lavoro.acquire().await;
        let esito = fermo(|| accogli::da_sola(self.officina, self.casella, &intero, Segno::Imap(posto)));
        self.conta(scaffale, a, esito, raccolto)
    }

    /// Takes messages that are here whole.
    async fn insieme(
        &self,
        scaffale: Scaffale<'_>,
        intere: &[(Attesa, Vec<u8>)],
        raccolto: &mut Raccolto,
    ) -> Result<(), Errore> {
        let segni: Vec<Segno<'_>> = intere.iter().map(|(a, _)| Segno::Imap(scaffale.posto(a.uid))).collect();
        let bytes = |i: usize| intere.get(i).map(|(_, b)| Cow::Borrowed(b.as_slice())).ok_or(Errore::NonLetto);
        let _posto = self.al_lavoro.acquire().await;
        match fermo(|| accogli::insieme(self.officina, self.casella, &segni, &bytes)) {
            Ok(esiti) => {
                let contati = intere.iter().zip(esiti).map(|((a, _), esito)| self.conta(scaffale, a, esito, raccolto));
                // Each is written down, whatever became of the one before.
                contati.fold(Ok(()), Result::and)
            }
            Err(e) => {
                let provati: Vec<Attesa> = intere.iter().map(|(a, _)| *a).collect();
                self.annota(|op| libro::fallito(op, scaffale, &provati, &e.to_string()))?;
                Err(e)
            }
        }
    }

    /// Writes down what became of a message that could not be taken. If it is about this message alone, the others come first from now on.
    fn conta(
        &self,
        scaffale: Scaffale<'_>,
        a: &Attesa,
        esito: Result<bool, Errore>,
        raccolto: &mut Raccolto,
    ) -> Result<(), Errore> {
        match esito {
            Ok(true) => raccolto.presi += 1,
            Ok(false) => raccolto.gia_presi += 1,
            Err(e) => {
                self.annota(|op| libro::fallito(op, scaffale, &[*a], &e.to_string()))?;
                if !matches!(e, Errore::NonLetto) {
                    return Err(e);
                }
                tracing::error!(uid = a.uid, "a message could not be read, it stays on the server");
                raccolto.lasciati += 1;
            }
        }
        Ok(())
    }

    fn troppo_grande(&self, scaffale: Scaffale<'_>, a: &Attesa, raccolto: &mut Raccolto) -> Result<(), Errore> {
        let massimo = self.limiti.massimo_byte.div_ceil(1024 * 1024);
        let motivo =
            format!("supera i {massimo} MiB che si accettano: resta sul server, scaricalo con un programma di posta");
        raccolto.lasciati += 1;
        self.annota(|op| libro::lasciato(op, scaffale.posto(a.uid), "troppo-grande", &motivo))
    }

    /// What was being fetched when something went wrong is tried again later, one by one. Where only the command was refused the
    /// visit goes on.
    fn mancato(&self, scaffale: Scaffale<'_>, lotto: &[Attesa], guasto: Guasto) -> Result<(), Errore> {
        let motivo = guasto.to_string();
        self.annota(|op| libro::fallito(op, scaffale, lotto, &motivo))?;
        match guasto {
            Guasto::Rifiutato { .. } => Ok(()),
            _ => Err(guasto.into()),
        }
    }
}

/// A part that is shorter than what was asked for is the last one.
fn e_intera(parte: &[u8], chiesti: u32) -> bool {
    u32::try_from(parte.len()).is_ok_and(|letti| letti < chiesti)
}
