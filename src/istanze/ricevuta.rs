//! The receipt of an istanza, for whoever has its code (L. 241/1990 art. 18-bis).

use super::{CodiceIstanza, Errore, segui};
use crate::registro::{DocumentoRicevuto, Ricevuta};
use crate::scrivania;
use crate::storage::schema::{file_istanze, istanze};
use crate::storage::{self, Conn};
use crate::utenti::visibilita::Vista;
use crate::valori::Istante;
use diesel::prelude::*;

/// What the receipt of the istanza with this code says now: with its number, or while that follows with the files as they came.
///
/// # Errors
/// `Sconosciuta` if there is none.
pub fn ricevuta(conn: &mut Conn, codice: &CodiceIstanza, ora: Istante) -> Result<Ricevuta, Errore> {
    let seguito = segui(conn, codice)?;
    let (procedimento, presentata) = (Some(seguito.procedimento), seguito.presentata);
    let testo = Some(codice.to_string());
    if let Some(r) = &seguito.registrazione {
        // The code opens this istanza: the receipt says of it what its author brought.
        let sua = scrivania::ricevuta(conn, &Vista::Intera(seguito.aoo.id), r.id, ora)?;
        return Ok(Ricevuta { procedimento, presentata, codice: testo, ..sua });
    }
    let righe: Vec<(String, String)> = file_istanze::table
        .inner_join(istanze::table.on(istanze::id.eq(file_istanze::istanza_id)))
        .filter(istanze::codice_sha256.eq(codice.sha256()))
        .order(file_istanze::posizione)
        .select((file_istanze::nome, file_istanze::sha256))
        .load(conn)?;
    let documento = |(nome, sha256): (String, String)| {
        let impronta = sha256.parse().map_err(|e| storage::Errore::riga("file_istanze", e))?;
        Ok::<_, Errore>(DocumentoRicevuto { ruolo: "file", nome, impronta })
    };
    Ok(Ricevuta {
        aoo: seguito.aoo,
        segnatura: None,
        presentata,
        mittenti: vec![seguito.richiedente],
        procedimento,
        oggetto: seguito.oggetto,
        documenti: righe.into_iter().map(documento).collect::<Result<_, _>>()?,
        ufficio: Some(seguito.ufficio),
        incaricato: None,
        termine: None,
        codice: testo,
        ora,
    })
}
