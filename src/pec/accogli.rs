//! Taking messages: read, their files stored and synced, then written; whoever calls touches the mailbox after that.
//!
//! Short messages are taken together: read by all processors at once, synced once, committed once for every few. A long one, and one
//! that gave trouble, is taken alone.

use super::busta::{self, Allegato, MASSIMO_MESSAGGIO_BYTE};
use super::imap::libro;
use super::letto::{self, Allegata, Letto};
use super::messaggio::{self, Arrivo, Segno};
use super::{Casella, Errore, Officina};
use crate::documenti::{self, Insieme, Riposto};
use crate::storage::Operazione;
use crate::valori::{Attore, MessaggioId};
use std::borrow::Cow;
use std::io::Read;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Most messages that are taken together.
pub(super) const LOTTO_MESSAGGI: usize = 50;
/// Most bytes of messages that are taken together, and of one that is taken with others.
pub(super) const LOTTO_BYTE: u64 = 4 * 1024 * 1024;
/// Messages written in one operation: few enough that a clerk who registers meanwhile does not notice.
const PER_COMMIT: usize = 25;
/// Threads that read together: beyond that they wait for the disk.
const MASSIMI_LETTORI: usize = 8;
/// What is poured from place to place on our own disk has no limit; how much of it is read is another matter.
const SENZA_LIMITE: u64 = u64::MAX;

/// What a message turned out to be.
enum Letta {
    /// Read, and to be written.
    Nuova(Box<Letto>),
    /// Bytes that this mailbox has already.
    Nota(MessaggioId),
}

/// Takes short messages together. For each, in order: true if it was not known, or what keeps this one from being taken.
///
/// # Errors
/// Of the store or the database, when it is about all of them: then none counts as taken.
pub(super) fn insieme<'b>(
    officina: &Officina<'_>,
    casella: &Casella,
    segni: &[Segno<'_>],
    bytes: &(dyn Fn(usize) -> Result<Cow<'b, [u8]>, Errore> + Sync),
) -> Result<Vec<Result<bool, Errore>>, Errore> {
    let in_arrivo = officina.deposito.insieme();
    let uno = |i: usize, segno: Segno<'_>| {
        let bytes = bytes(i)?;
        senza_panico(|| una(officina, casella, segno, &bytes, &in_arrivo))
    };
    let lette = su_tutti(segni, &uno);
    in_arrivo.chiudi()?;
    let mut da_scrivere = Vec::new();
    // Each says already whether it was taken, or waits for what is written of it.
    let esiti: Vec<Option<Errore>> =
        segni.iter().zip(lette).map(|(segno, letta)| letta.map(|l| da_scrivere.push((*segno, l))).err()).collect();
    let mut scritte = da_scrivere.chunks(PER_COMMIT).flat_map(|gruppo| scrivi(officina, casella, gruppo));
    let esito = |guasto: Option<Errore>| guasto.map_or_else(|| scritte.next().unwrap_or(Err(Errore::NonLetto)), Err);
    Ok(esiti.into_iter().map(esito).collect())
}

/// Each by whichever processor is free, the answers in order.
fn su_tutti<'s>(
    segni: &[Segno<'s>],
    uno: &(dyn Fn(usize, Segno<'s>) -> Result<Letta, Errore> + Sync),
) -> Vec<Result<Letta, Errore>> {
    let quanti = thread::available_parallelism().map_or(1, NonZero::get).min(MASSIMI_LETTORI).min(segni.len());
    let prossimo = AtomicUsize::new(0);
    let leggi = || {
        let mut sue = Vec::new();
        loop {
            let i = prossimo.fetch_add(1, Ordering::Relaxed);
            let Some(segno) = segni.get(i) else { return sue };
            sue.push((i, uno(i, *segno)));
        }
    };
    let mut lette = thread::scope(|s| {
        let altri: Vec<_> = (1..quanti).map(|_| s.spawn(leggi)).collect();
        let mut lette = leggi();
        // Whoever reads catches its own panics.
        lette.extend(altri.into_iter().filter_map(|a| a.join().ok()).flatten());
        lette
    });
    lette.sort_unstable_by_key(|(i, _)| *i);
    lette.into_iter().map(|(_, letta)| letta).collect()
}

/// A mistake of ours about one message keeps nobody from the next.
fn senza_panico(leggi: impl FnOnce() -> Result<Letta, Errore>) -> Result<Letta, Errore> {
    catch_unwind(AssertUnwindSafe(leggi)).unwrap_or_else(|_| {
        tracing::error!("reading a message panicked, it stays in its mailbox");
        Err(Errore::NonLetto)
    })
}

fn una(
    officina: &Officina<'_>,
    casella: &Casella,
    segno: Segno<'_>,
    eml: &[u8],
    in_arrivo: &Insieme<'_>,
) -> Result<Letta, Errore> {
    let intero = in_arrivo.riponi(eml)?;
    match nota(officina, casella, segno, &intero)? {
        Some(nota) => Ok(Letta::Nota(nota)),
        None => leggi(officina, eml, intero, &|file| in_arrivo.riponi(file)),
    }
}

/// The message of this mailbox that has these bytes: under a new UID, in another folder, or in the hands of another process they are the same
/// message, and need not be read again. The commit looks once more.
fn nota(
    officina: &Officina<'_>,
    casella: &Casella,
    segno: Segno<'_>,
    intero: &Riposto,
) -> Result<Option<MessaggioId>, Errore> {
    match segno {
        Segno::Imap(_) => officina.db.leggi(|conn| libro::stesso(conn, casella.id, &intero.impronta)),
        // Here a name is a message: two files are two deliveries.
        Segno::Maildir(_) => Ok(None),
    }
}

/// Reads a message, and judges its files while `riponi` stores them.
fn leggi(
    officina: &Officina<'_>,
    eml: &[u8],
    intero: Riposto,
    riponi: &dyn Fn(&[u8]) -> Result<Riposto, documenti::Errore>,
) -> Result<Letta, Errore> {
    let busta = busta::leggi(eml, &officina.fiduce.gestori);
    let istante = letto::opponibile(&busta, officina.db.orologio().adesso());
    let file = |allegato: &Allegato<'_>| {
        let riposto = riponi(&allegato.bytes)?;
        let nome = allegato.name.clone();
        let bytes = &mut allegato.bytes.as_ref();
        let prova = documenti::verifica_letto(bytes, &riposto, &nome, officina.fiduce, istante)?;
        Ok(Allegata { nome, riposto, prova })
    };
    let allegati = letto::propri(&busta).iter().map(file).collect::<Result<_, documenti::Errore>>()?;
    Ok(Letta::Nuova(Box::new(Letto::new(&busta, intero, allegati)?)))
}

/// Writes these together; if that is refused, each by itself, so that one refusal is about one message.
fn scrivi(officina: &Officina<'_>, casella: &Casella, lette: &[(Segno<'_>, Letta)]) -> Vec<Result<bool, Errore>> {
    let in_uno = |lette: &[(Segno<'_>, Letta)]| {
        officina.db.scrivi(casella.aoo, &Attore::Sistema("pec"), |op| {
            lette.iter().map(|(segno, letta)| annota(op, casella, *segno, letta)).collect::<Result<Vec<_>, Errore>>()
        })
    };
    match in_uno(lette) {
        Ok(scritte) => scritte.into_iter().map(Ok).collect(),
        Err(_) => lette.chunks(1).map(|l| in_uno(l).map(|s| s.contains(&true))).collect(),
    }
}

/// Writes one; true if it was not known.
fn annota(op: &mut Operazione<'_>, casella: &Casella, segno: Segno<'_>, letta: &Letta) -> Result<bool, Errore> {
    match (letta, segno) {
        (Letta::Nuova(letto), _) => {
            let nuovo = messaggio::registra_arrivo(op, &Arrivo { segno, casella, letto })?;
            tracing::info!(genere = letto.genere, rilievi = letto.rilievi, nuovo, "message received");
            Ok(nuovo)
        }
        (Letta::Nota(messaggio), Segno::Imap(posto)) => {
            if !libro::e_preso(op.conn, posto)? {
                libro::preso(op, posto, *messaggio, true)?;
            }
            Ok(false)
        }
        (Letta::Nota(_), Segno::Maildir(_)) => Ok(false),
    }
}

/// Takes one message whose bytes are in the store already, however long; true if it was not known.
///
/// # Errors
/// Of the store or the database; never of what is in the message.
pub(super) fn da_sola(
    officina: &Officina<'_>,
    casella: &Casella,
    intero: &Riposto,
    segno: Segno<'_>,
) -> Result<bool, Errore> {
    let letta = match nota(officina, casella, segno, intero)? {
        Some(nota) => Letta::Nota(nota),
        None => {
            let mut eml = Vec::new();
            // One byte more than the reader reads is enough for it to say that the message is too long.
            let quanto = u64::try_from(MASSIMO_MESSAGGIO_BYTE).unwrap_or(u64::MAX).saturating_add(1);
            let letti = officina.deposito.apri(&intero.impronta)?.take(quanto).read_to_end(&mut eml);
            letti.map_err(documenti::Errore::Disco)?;
            senza_panico(|| {
                leggi(officina, &eml, intero.clone(), &|mut f| officina.deposito.riponi(&mut f, SENZA_LIMITE))
            })?
        }
    };
    officina.db.scrivi(casella.aoo, &Attore::Sistema("pec"), |op| annota(op, casella, segno, &letta))
}
