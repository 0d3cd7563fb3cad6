//! Sending: the message is composed and stored once, then handed over: to a server ([`super::smtp`]), or into the folder of what
//! leaves. What is handed over again is the same bytes.

use super::lettera::{self, Plico, componi};
use super::partenza::{self, Partenza};
use super::ritorno::{self, DialettoScritto};
use super::{Errore, Invio, Officina, Passo, casella};
use crate::registro::{self, Corrispondente, Registrazione};
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{Attore, Impronta};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Longest message handed over, in bytes.
const MASSIMO_BYTE: u64 = 512 * 1024 * 1024;

/// Hands over the next send of a mailbox without a server of its own, into this folder.
///
/// # Errors
/// Of the folder, the store or the database. The send stays in the queue.
pub fn spedisci(officina: &Officina<'_>, uscita: &Path) -> Result<Passo, Errore> {
    let ora = officina.db.orologio().adesso();
    let prossima = officina.db.leggi(|conn| {
        let caselle = partenza::in_cartella(conn)?;
        partenza::prossima(conn, &caselle, ora)
    })?;
    let Some(partenza) = prossima else { return Ok(Passo::Niente) };
    if let Some(bytes) = pronta(officina, &partenza)? {
        let invio = &partenza.invio;
        consegna(uscita, invio, &bytes).map_err(|causa| Errore::Casella { dove: uscita.to_owned(), causa })?;
        officina.db.scrivi(partenza.aoo, &Attore::Sistema("pec"), |op| partenza::partita(op, invio.id))?;
        tracing::info!(invio = %invio.id, "message handed over");
    }
    Ok(Passo::Fatto)
}

/// The message of a send, composed and stored by now. `None` if it cannot be had: then it waits, or a person looks at it, and the
/// others go on.
///
/// # Errors
/// Of the database.
pub(super) fn pronta(officina: &Officina<'_>, partenza: &Partenza) -> Result<Option<Vec<u8>>, Errore> {
    let bytes = match &partenza.sha256 {
        Some(impronta) => Ok(*impronta),
        None => prepara(officina, partenza),
    }
    .and_then(|impronta| Ok(officina.deposito.leggi(&impronta, MASSIMO_BYTE)?));
    let io = Attore::Sistema("pec");
    match bytes {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e @ Errore::Storage(_)) => Err(e),
        Err(e @ (Errore::TroppoGrande(_) | Errore::Composizione(_))) => {
            officina.db.scrivi(partenza.aoo, &io, |op| partenza::rifiutata(op, partenza, &e.to_string()))?;
            tracing::warn!(invio = %partenza.invio.id, errore = %e, "message cannot be sent");
            Ok(None)
        }
        Err(e) => {
            officina.db.scrivi(partenza.aoo, &io, |op| partenza::rimandata(op, partenza, &e.to_string()))?;
            tracing::warn!(invio = %partenza.invio.id, errore = %e, "message not ready, will be tried again");
            Ok(None)
        }
    }
}

/// Composes the message and stores its bytes before anything leaves.
fn prepara(officina: &Officina<'_>, partenza: &Partenza) -> Result<Impronta, Errore> {
    let (id, invio) = (partenza.aoo, &partenza.invio);
    let vista = Vista::Intera(id);
    let (aoo, casella, risposta) = officina.db.leggi(|conn| {
        let aoo = utenti::aoo(conn, id)?;
        let casella =
            casella::caselle(conn)?.into_iter().find(|c| c.id == invio.casella).ok_or(Errore::SenzaCasella)?;
        Ok::<_, Errore>((aoo, casella, invio.ritorno.map(|r| ritorno::conservato(conn, r)).transpose()?))
    })?;
    let istante = officina.db.orologio().adesso();
    let bytes = match &risposta {
        Some(scritto) => lettera::risposta((&aoo, &casella), scritto, invio, istante)?,
        None => {
            let registrazione = officina.db.leggi(|conn| registro::per_id(conn, &vista, invio.registrazione))?;
            let xml = segnatura(officina, &vista, &registrazione, invio)?;
            let segnatura = xml.as_deref();
            let plico =
                Plico { aoo: &aoo, casella: &casella, registrazione: &registrazione, segnatura, invio, istante };
            componi(&plico, officina.deposito)?
        }
    };
    let riposto = officina.deposito.riponi(&mut bytes.as_slice(), MASSIMO_BYTE)?;
    officina.db.scrivi(id, &Attore::Sistema("pec"), |op| partenza::composta(op, partenza, &riposto))?;
    Ok(riposto.impronta)
}

/// The segnatura in the dialect that was chosen for the AOO of this send: that of the Circolare if nobody chose, none if it reads none.
fn segnatura(
    officina: &Officina<'_>,
    vista: &Vista,
    r: &Registrazione,
    invio: &Invio,
) -> Result<Option<String>, Errore> {
    let sua = |c: &&Corrispondente| {
        c.parte.pec.as_ref().is_some_and(|p| p.as_str().eq_ignore_ascii_case(&invio.destinatario))
    };
    let parte = r.corrispondenti.iter().find(sua).map(|c| &c.parte);
    let codici = parte.and_then(|p| Some((p.codice_ipa.as_ref()?.as_str(), p.codice_aoo.as_ref()?.as_str())));
    let scelto = match codici {
        Some(codici) => officina.db.leggi(|conn| ritorno::scelto(conn, vista.aoo(), codici))?,
        None => None,
    };
    Ok(match scelto {
        Some(DialettoScritto::Nessuno) => None,
        Some(DialettoScritto::Tre) => {
            Some(registro::segnatura_sigillata(officina.db, &Attore::Sistema("pec"), vista, r.id)?)
        }
        Some(DialettoScritto::Circolare60) | None => {
            Some(officina.db.leggi(|conn| registro::segnatura_xml(conn, vista, r.id))?)
        }
    })
}

/// One file per send, whole or not there.
fn consegna(uscita: &Path, invio: &Invio, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(uscita)?;
    let nuovo = uscita.join(format!(".{}.nuovo", invio.id));
    let mut file = File::create(&nuovo)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&nuovo, uscita.join(format!("{}.eml", invio.id)))?;
    File::open(uscita)?.sync_all()
}
