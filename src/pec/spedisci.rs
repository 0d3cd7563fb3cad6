//! Sending: the message is composed and stored once, then handed over; a repeated step hands over the same bytes.

use super::lettera::{Plico, componi};
use super::{Errore, Invio, Officina, Passo, casella, invio};
use crate::registro;
use crate::storage::schema::spedizioni;
use crate::utenti;
use crate::utenti::visibilita::Vista;
use crate::valori::{AooId, Attore, Impronta};
use crate::{documenti, storage};
use diesel::prelude::*;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Longest message handed over, in bytes.
const MASSIMO_BYTE: u64 = 64 * 1024 * 1024;

/// Hands over the next send, into the outbox folder. (SMTP comes with the PEC work: the same bytes, another hand.)
///
/// # Errors
/// Of the folder, the store or the database. The send stays in the queue.
pub fn spedisci(officina: &Officina<'_>, uscita: &Path) -> Result<Passo, Errore> {
    let Some((aoo, invio)) = officina.db.leggi(invio::in_coda)?.into_iter().next() else { return Ok(Passo::Niente) };
    let impronta = match officina.db.leggi(|conn| composto(conn, &invio))? {
        Some(impronta) => impronta,
        None => prepara(officina, aoo, &invio)?,
    };
    let bytes = officina.deposito.leggi(&impronta, MASSIMO_BYTE)?;
    consegna(uscita, &invio, &bytes).map_err(|causa| Errore::Casella { dove: uscita.to_owned(), causa })?;
    officina.db.scrivi(aoo, &Attore::Sistema("pec"), |op| {
        let riga = spedizioni::table.filter(spedizioni::invio_id.eq(invio.id.to_string()));
        diesel::update(riga)
            .set((spedizioni::consegnata.eq(true), spedizioni::istante.eq(op.ora.utc())))
            .execute(op.conn)?;
        Ok::<_, Errore>(())
    })?;
    tracing::info!(invio = %invio.id, "message handed over");
    Ok(Passo::Fatto)
}

fn composto(conn: &mut storage::Conn, invio: &Invio) -> Result<Option<Impronta>, Errore> {
    let sha256: Option<String> = spedizioni::table
        .filter(spedizioni::invio_id.eq(invio.id.to_string()))
        .select(spedizioni::sha256)
        .first(conn)
        .optional()?;
    Ok(sha256.map(|s| s.parse()).transpose().map_err(|e| storage::Errore::riga("spedizioni", e))?)
}

/// Composes the message and stores its bytes before anything leaves.
fn prepara(officina: &Officina<'_>, id: AooId, invio: &Invio) -> Result<Impronta, Errore> {
    let vista = Vista::Intera(id);
    let (aoo, casella, registrazione, xml) = officina.db.leggi(|conn| {
        let aoo = utenti::aoo(conn, id)?;
        let casella =
            casella::caselle(conn)?.into_iter().find(|c| c.id == invio.casella).ok_or(Errore::SenzaCasella)?;
        let registrazione = registro::per_id(conn, &vista, invio.registrazione)?;
        Ok::<_, Errore>((aoo, casella, registrazione, registro::segnatura_xml(conn, &vista, invio.registrazione)?))
    })?;
    let istante = officina.db.orologio().adesso();
    let plico = Plico { aoo: &aoo, casella: &casella, registrazione: &registrazione, segnatura: &xml, invio, istante };
    let bytes = componi(&plico, officina.deposito)?;
    let riposto = officina.deposito.riponi(&mut bytes.as_slice(), MASSIMO_BYTE)?;
    officina.db.scrivi(id, &Attore::Sistema("pec"), |op| {
        documenti::registra(op, &riposto)?;
        documenti::uso(op, &riposto.impronta, "invio", invio.id)?;
        diesel::insert_into(spedizioni::table)
            .values((
                spedizioni::invio_id.eq(invio.id.to_string()),
                spedizioni::sha256.eq(riposto.impronta.to_string()),
                spedizioni::consegnata.eq(false),
                spedizioni::istante.eq(op.ora.utc()),
            ))
            .execute(op.conn)?;
        Ok::<_, Errore>(())
    })?;
    Ok(riposto.impronta)
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
