//! *Trascrizione*: the rows of a post brought into the system, by hand or from a file, until their recupero.
//!
//! The paper is the original: until its ordinary number is given a row may be taken away and written again, and nothing is an act.

use super::riga::{Contenuto, Riga, RigaFile, fuori};
use super::{Emergenza, Errore, atto};
use crate::storage::schema::{registrazioni, registrazioni_emergenza, trascrizioni_emergenza as tabella};
use crate::storage::{self, Conn, Operazione};
use crate::titolario::{self, Voce};
use crate::utenti::{self, Ufficio};
use crate::valori::{AooId, CodicePostazione, EmergenzaId, Istante, NumeroProtocollo, TrascrizioneId};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use std::collections::HashMap;

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Esito {
    /// It would be written, or was.
    Nuova,
    /// The same row is there: nothing to do.
    Presente,
    /// It has its ordinary number: nothing to do.
    Recuperata,
    /// Nothing of the file is written.
    Rifiutata(String),
}

/// A row, and what becomes of it.
#[derive(Debug, Clone)]
pub struct Esame {
    /// The row.
    pub riga: RigaFile,
    /// What becomes of it.
    pub esito: Esito,
}

/// A row that waits for its number.
#[derive(Debug, Clone)]
pub struct Trascritta {
    /// Its id.
    pub id: TrascrizioneId,
    /// Year of its emergency number.
    pub anno: i32,
    /// Its emergency number.
    pub numero: NumeroProtocollo,
    /// What was written.
    pub riga: RigaFile,
}

/// What would become of every row, if they were written now.
///
/// # Errors
/// `PostazioneEstranea`; those of the database.
pub fn anteprima(
    conn: &mut Conn,
    emergenza: &Emergenza,
    (aoo, ora): (AooId, Istante),
    postazione: &CodicePostazione,
    righe: &[RigaFile],
) -> Result<Vec<Esame>, Errore> {
    emergenza.ha(postazione)?;
    let mut viste: HashMap<(i32, i64), usize> = HashMap::new();
    let mut esami = Vec::with_capacity(righe.len());
    for riga in righe {
        let esito = match riga.leggi() {
            Err(causa) => Esito::Rifiutata(causa),
            Ok(letta) => match viste.insert((letta.quando.anno(), letta.numero.valore()), riga.linea) {
                Some(prima) => {
                    Esito::Rifiutata(format!("numero: il n. {} è anche alla riga {prima} del file", letta.numero))
                }
                None => una(conn, emergenza, (aoo, ora), postazione, (riga, &letta))?,
            },
        };
        esami.push(Esame { riga: riga.clone(), esito });
    }
    Ok(esami)
}

/// Writes the rows, all or none; says what became of each, and true if none was refused. The same rows again change nothing. A row
/// that was forgotten is written after the recupero too, and recovered by another one.
///
/// # Errors
/// `Sconosciuta`, `PostazioneEstranea`.
pub fn trascrivi(
    op: &mut Operazione<'_>,
    id: EmergenzaId,
    postazione: &CodicePostazione,
    righe: &[RigaFile],
) -> Result<(Vec<Esame>, bool), Errore> {
    let emergenza = atto::emergenza(op.conn, op.aoo, id)?;
    let esami = anteprima(op.conn, &emergenza, (op.aoo, op.ora), postazione, righe)?;
    if esami.iter().any(|e| matches!(e.esito, Esito::Rifiutata(_))) {
        return Ok((esami, false));
    }
    for esame in esami.iter().filter(|e| e.esito == Esito::Nuova) {
        let letta = esame.riga.leggi().map_err(|causa| storage::Errore::riga("trascrizioni_emergenza", causa))?;
        diesel::insert_into(tabella::table)
            .values((
                tabella::id.eq(TrascrizioneId::new().to_string()),
                tabella::aoo_id.eq(op.aoo.to_string()),
                tabella::emergenza_id.eq(id.to_string()),
                tabella::postazione.eq(postazione.as_str()),
                tabella::anno.eq(letta.quando.anno()),
                tabella::numero.eq(letta.numero.valore()),
                tabella::campi.eq(scritta(&esame.riga)?),
            ))
            .execute(op.conn)?;
    }
    Ok((esami, true))
}

/// Takes away a row that has no ordinary number; one that is gone is gone.
///
/// # Errors
/// `Sconosciuta`.
pub fn togli(op: &mut Operazione<'_>, emergenza: EmergenzaId, riga: TrascrizioneId) -> Result<(), Errore> {
    atto::emergenza(op.conn, op.aoo, emergenza)?;
    let questa = tabella::table
        .filter(tabella::id.eq(riga.to_string()).and(tabella::emergenza_id.eq(emergenza.to_string())))
        .filter(tabella::aoo_id.eq(op.aoo.to_string()));
    diesel::delete(questa).execute(op.conn)?;
    Ok(())
}

/// The rows of a post that wait for their number, in order.
///
/// # Errors
/// Those of the database.
pub fn trascritte(
    conn: &mut Conn,
    emergenza: &Emergenza,
    postazione: &CodicePostazione,
) -> Result<Vec<Trascritta>, Errore> {
    let righe: Vec<(String, i32, i64, String)> = tabella::table
        .filter(tabella::emergenza_id.eq(emergenza.id.to_string()).and(tabella::postazione.eq(postazione.as_str())))
        .order((tabella::anno, tabella::numero))
        .select((tabella::id, tabella::anno, tabella::numero, tabella::campi))
        .load(conn)?;
    righe.into_iter().map(|(id, anno, numero, campi)| Ok(trascritta((&id, anno, numero), &campi)?)).collect()
}

pub(super) fn trascritta((id, anno, numero): (&str, i32, i64), campi: &str) -> Result<Trascritta, storage::Errore> {
    let no = |e: &dyn std::fmt::Display| storage::Errore::riga("trascrizioni_emergenza", e.to_string());
    Ok(Trascritta {
        id: id.parse().map_err(|e| no(&e))?,
        anno,
        numero: NumeroProtocollo::new(numero).map_err(|e| no(&e))?,
        riga: RigaFile { linea: 1, campi: serde_json::from_str(campi).map_err(|e| no(&e))? },
    })
}

/// The office and the voce that a row names, if they are there for this emergenza; neither for an annulled number.
pub(super) fn risolvi(
    conn: &mut Conn,
    emergenza: &Emergenza,
    aoo: AooId,
    riga: &Riga,
) -> Result<Result<Option<(Ufficio, Voce)>, String>, Errore> {
    let Contenuto::Documento(scritto) = &riga.contenuto else { return Ok(Ok(None)) };
    let ufficio = match utenti::ufficio_per_codice(conn, aoo, &scritto.ufficio) {
        Ok(ufficio) => ufficio,
        Err(e @ (utenti::Errore::UfficioSconosciuto(_) | utenti::Errore::UfficioChiuso { .. })) => {
            return Ok(Err(format!("ufficio: {e}")));
        }
        Err(e) => return Err(e.into()),
    };
    if !emergenza.uffici.is_empty() && !emergenza.uffici.contains(&ufficio.codice) {
        return Ok(Err(format!("ufficio: {} non è tra quelli di questa emergenza", ufficio.codice)));
    }
    match titolario::voce(conn, aoo, &scritto.voce) {
        Ok(voce) => Ok(Ok(Some((ufficio, voce)))),
        Err(e @ titolario::Errore::VoceSconosciuta(_)) => Ok(Err(format!("voce: {e}"))),
        Err(e) => Err(e.into()),
    }
}

fn scritta(riga: &RigaFile) -> Result<String, Errore> {
    serde_json::to_string(&riga.campi).map_err(|e| storage::Errore::riga("trascrizioni_emergenza", e).into())
}

fn una(
    conn: &mut Conn,
    emergenza: &Emergenza,
    (aoo, ora): (AooId, Istante),
    postazione: &CodicePostazione,
    (riga, letta): (&RigaFile, &Riga),
) -> Result<Esito, Errore> {
    let (anno, numero) = (letta.quando.anno(), letta.numero);
    let recuperata: Option<(String, NaiveDateTime, Option<String>, Option<String>)> = registrazioni_emergenza::table
        .left_join(registrazioni::table.on(registrazioni_emergenza::registrazione_id.eq(registrazioni::id.nullable())))
        .filter(registrazioni_emergenza::aoo_id.eq(aoo.to_string()))
        .filter(registrazioni_emergenza::postazione.eq(postazione.as_str()))
        .filter(registrazioni_emergenza::anno.eq(anno).and(registrazioni_emergenza::numero.eq(numero.valore())))
        .select((
            registrazioni_emergenza::emergenza_id,
            registrazioni_emergenza::quando,
            registrazioni::oggetto.nullable(),
            registrazioni_emergenza::annullata,
        ))
        .first(conn)
        .optional()?;
    if let Some((di, quando, oggetto, annullata)) = recuperata {
        let detto = match &letta.contenuto {
            Contenuto::Documento(scritto) => (Some(scritto.oggetto.as_str()), None),
            Contenuto::Annullata(motivo) => (None, Some(motivo.as_str())),
        };
        let stessa = di == emergenza.id.to_string()
            && Istante::from_utc(quando) == letta.quando
            && (oggetto.as_deref(), annullata.as_deref()) == detto;
        let causa = || {
            format!("numero: il n. {numero} del {anno} della postazione {postazione} è già stato usato, con altri dati")
        };
        return Ok(if stessa { Esito::Recuperata } else { Esito::Rifiutata(causa()) });
    }
    let presente: Option<(String, String)> = tabella::table
        .filter(tabella::aoo_id.eq(aoo.to_string()).and(tabella::postazione.eq(postazione.as_str())))
        .filter(tabella::anno.eq(anno).and(tabella::numero.eq(numero.valore())))
        .select((tabella::emergenza_id, tabella::campi))
        .first(conn)
        .optional()?;
    if let Some((di, campi)) = presente {
        let stessa = di == emergenza.id.to_string() && campi == scritta(riga)?;
        let causa = || {
            format!("numero: il n. {numero} del {anno} c'è già con altri dati: se sono sbagliati toglilo e riscrivilo")
        };
        return Ok(if stessa { Esito::Presente } else { Esito::Rifiutata(causa()) });
    }
    if let Some(causa) = fuori(emergenza, letta, ora) {
        return Ok(Esito::Rifiutata(causa));
    }
    Ok(risolvi(conn, emergenza, aoo, letta)?.map_or_else(Esito::Rifiutata, |_| Esito::Nuova))
}
