//! Receiving: one message at a time, stored and committed before the mailbox is touched.

use super::busta::{self, Allegato, Busta, MASSIMO_MESSAGGIO_BYTE};
use super::imap::libro::{self, Posto};
use super::maildir::{Lettera, Maildir};
use super::messaggio::{self, Arrivo, Segno};
use super::{Casella, Errore, Posta};
use crate::documenti::{self, Deposito, Fiduce, Riposto};
use crate::firma::{Indicazione, Prova};
use crate::storage::Db;
use crate::valori::{Attore, Istante, NomeFile};
use std::collections::HashSet;
use std::fs::File;
use std::io::Read;

/// Longest message taken from a mailbox, in bytes: whatever lies there, since it is on our disk already and is poured from file to
/// file. How much of it is read is another matter ([`MASSIMO_MESSAGGIO_BYTE`]).
const MASSIMO_LETTERA_BYTE: u64 = u64::MAX;

/// What a step that receives needs.
pub struct Officina<'a> {
    /// The database.
    pub db: &'a Db,
    /// The store.
    pub deposito: &'a Deposito,
    /// Whom signatures are trusted from.
    pub fiduce: &'a Fiduce,
}

/// A file of a message, stored and judged.
pub(super) struct Allegata {
    pub nome: NomeFile,
    pub riposto: Riposto,
    pub prova: Option<Prova>,
}

/// Takes the next messages of a mailbox in a Maildir that were not seen before, as many as this at most, and says how many it took. One that
/// the disk does not give is passed over, and said when there is no other.
///
/// Every line can be the last one of a killed process: a message that was stored but not committed is stored again (the same
/// bytes, the same place), one that was committed but not marked is known by its name and only marked.
///
/// A mailbox on a server has its own way ([`super::imap`]): here there is nothing to do for it.
///
/// # Errors
/// Of the mailbox, the store or the database; never of what is in the message.
pub fn ricevi(officina: &Officina<'_>, casella: &Casella, al_massimo: usize) -> Result<usize, Errore> {
    let Posta::Maildir(cartella) = &casella.posta else { return Ok(0) };
    let maildir = Maildir::new(cartella)?;
    let visti: HashSet<String> = officina.db.leggi(|conn| messaggio::visti(conn, casella.id))?;
    let (mut guasta, mut presi) = (None, 0_usize);
    for lettera in maildir.lettere()? {
        if !visti.contains(&lettera.chiave) {
            match accogli(officina, casella, &lettera) {
                Err(e @ (Errore::Casella { .. } | Errore::Documenti(documenti::Errore::Interrotto(_)))) => {
                    guasta.get_or_insert(e);
                    continue;
                }
                esito => esito?,
            }
            maildir.segna(&lettera)?;
            presi = presi.saturating_add(1);
            if presi >= al_massimo {
                return Ok(presi);
            }
            continue;
        }
        maildir.segna(&lettera)?;
    }
    guasta.filter(|_| presi == 0).map_or(Ok(presi), Err)
}

fn accogli(officina: &Officina<'_>, casella: &Casella, lettera: &Lettera) -> Result<(), Errore> {
    let errore = |causa| Errore::Casella { dove: lettera.file.clone(), causa };
    let mut file = File::open(&lettera.file).map_err(errore)?;
    let intero = officina.deposito.riponi(&mut file, MASSIMO_LETTERA_BYTE)?;
    leggi(officina, casella, &intero, Segno::Maildir(&lettera.chiave))?;
    Ok(())
}

/// Takes a message of a server whose bytes are in the store; true if it was not known. The same bytes in the same mailbox are the
/// same message: under a new UID, in another folder, or in the hands of another process.
///
/// # Errors
/// Of the store or the database; never of what is in the message.
pub(super) fn accogli_da_imap(
    officina: &Officina<'_>,
    casella: &Casella,
    intero: &Riposto,
    posto: Posto<'_>,
) -> Result<bool, Errore> {
    // Known bytes need not be read again. The commit looks once more.
    if let Some(messaggio) = officina.db.leggi(|conn| libro::stesso(conn, casella.id, &intero.impronta))? {
        officina.db.scrivi(casella.aoo, &Attore::Sistema("pec"), |op| {
            if libro::e_preso(op.conn, posto)? { Ok(()) } else { libro::preso(op, posto, messaggio, true) }
        })?;
        return Ok(false);
    }
    leggi(officina, casella, intero, Segno::Imap(posto))
}

/// Reads a message that is in the store, and writes what it is.
fn leggi(officina: &Officina<'_>, casella: &Casella, intero: &Riposto, segno: Segno<'_>) -> Result<bool, Errore> {
    let mut eml = Vec::new();
    // One byte more than the reader reads is enough for it to say that the message is too long.
    let quanto = u64::try_from(MASSIMO_MESSAGGIO_BYTE).unwrap_or(u64::MAX).saturating_add(1);
    let letto = officina.deposito.apri(&intero.impronta)?.take(quanto).read_to_end(&mut eml);
    letto.map_err(documenti::Errore::Disco)?;
    let busta = busta::leggi(&eml, &officina.fiduce.gestori);
    let adesso = officina.db.orologio().adesso();
    let istante = opponibile(&busta, adesso);
    let mut allegati = Vec::new();
    for allegato in propri(&busta) {
        allegati.push(riponi(officina, allegato, istante)?);
    }
    let arrivo = Arrivo { segno, casella, intero, busta: &busta, allegati: &allegati };
    let attore = Attore::Sistema("pec");
    let nuovo = officina.db.scrivi(casella.aoo, &attore, |op| messaggio::registra_arrivo(op, &arrivo))?;
    tracing::info!(genere = busta.kind.as_str(), rilievi = busta.findings.len(), nuovo, "message received");
    Ok(nuovo)
}

/// The files of the sender: those inside the envelope, or those of ordinary mail. A receipt has none of its own.
fn propri<'b, 'a>(busta: &'b Busta<'a>) -> &'b [Allegato<'a>] {
    match &busta.original {
        _ if busta.kind.ricevuta() => &[],
        Some(originale) => &originale.attachments,
        None => &busta.attachments,
    }
}

/// The instant that judges the signatures: when the provider took the message in charge, if its own signature says so; else now. What
/// anybody could have written proves no time.
fn opponibile(busta: &Busta<'_>, adesso: Istante) -> Istante {
    let provata = busta.provider_signature.as_ref().is_some_and(|f| f.indication == Indicazione::TotalPassed);
    busta.daticert.as_ref().filter(|_| provata).and_then(|d| d.data).filter(|d| *d <= adesso).unwrap_or(adesso)
}

fn riponi(officina: &Officina<'_>, allegato: &Allegato<'_>, istante: Istante) -> Result<Allegata, Errore> {
    let riposto = officina.deposito.riponi(&mut allegato.bytes.as_ref(), MASSIMO_LETTERA_BYTE)?;
    let nome = allegato.name.clone();
    let prova = documenti::verifica(officina.deposito, &riposto, &nome, officina.fiduce, istante)?;
    Ok(Allegata { nome, riposto, prova })
}
