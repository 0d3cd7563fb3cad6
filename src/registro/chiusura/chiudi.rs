//! One register at a time is made: read, written in its two forms, stored; then the act.

use super::modello::{Frontespizio, Periodo, Sommario};
use super::prossimo::{Stato, prossimo};
use super::{Tavola, Xml, atto, estrazione};
use crate::documenti::{self, Deposito, Riposto};
use crate::registro::Errore;
use crate::registro::orologio::{self, Andamento};
use crate::storage::{Conn, Db};
use crate::utenti::{self, Aoo, Ruolo};
use crate::valori::{Attore, Istante, NumeroProtocollo};
use chrono::TimeDelta;
use std::io::{self, Write};

/// How long after midnight a day is over: a clock that is set back a little must not reopen it.
const MARGINE: TimeDelta = TimeDelta::minutes(5);

/// How far the clock may be ahead of the last act and still close days by itself: a long weekend. Beyond it the days wait for an
/// act of somebody, since a register that was closed too early cannot be made again.
const MASSIMO_SALTO: TimeDelta = TimeDelta::days(4);

/// What an installation decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Regole {
    /// A day without registrations and changes has its register too.
    pub giorni_vuoti: bool,
}

/// What is to be made.
struct Lavoro {
    periodo: Periodo,
    progressivo: NumeroProtocollo,
    /// The last link of the register before.
    dopo: i64,
    /// The last link, where the registers of the days say it already.
    fino: Option<i64>,
    responsabili: Vec<String>,
}

/// Makes the next register of an AOO that is missing; true if there was one. Nothing is made while the clock is not to be trusted
/// ([`in_attesa`]), since it would close days that are still to come.
///
/// # Errors
/// Those of the database and of the store; then the same call can be repeated.
pub fn chiudi(db: &Db, deposito: &Deposito, regole: Regole, aoo: &Aoo) -> Result<bool, Errore> {
    let ora = db.orologio().adesso();
    let Some(lavoro) = db.leggi(|conn| da_fare(conn, regole, aoo, ora))? else { return Ok(false) };
    let fino = match lavoro.fino {
        Some(fino) => fino,
        None => estrazione::ultimo_prima(db, aoo, lavoro.dopo, Istante::fine(lavoro.periodo.ultimo()))?,
    };
    let sommario = estrazione::conta(db, aoo, (lavoro.dopo + 1, fino))?;
    let frontespizio = frontespizio(aoo, &lavoro, sommario, ora);
    let pdf = stampa(db, deposito, aoo, &frontespizio)?;
    let xml = scrivi(db, deposito, aoo, &frontespizio)?;
    db.scrivi(aoo.id, &Attore::Sistema("registro"), |op| {
        // Another node may have been quicker.
        let ancora = da_fare(op.conn, regole, aoo, op.ora)?;
        if ancora.is_none_or(|l| (l.periodo, l.dopo) != (lavoro.periodo, lavoro.dopo)) {
            return Ok(());
        }
        atto::scrivi(op, aoo, &frontespizio, [&pdf, &xml])
    })?;
    Ok(true)
}

fn da_fare(conn: &mut Conn, regole: Regole, aoo: &Aoo, ora: Istante) -> Result<Option<Lavoro>, Errore> {
    let Some(primo) = atto::giorno_della_prima(conn, aoo)? else { return Ok(None) };
    if in_attesa(conn, aoo, ora)?.is_some() {
        return Ok(None);
    }
    let (giorno, anno) = (atto::ultima(conn, aoo, "giorno")?, atto::ultima(conn, aoo, "anno")?);
    let dopo = giorno.as_ref().map_or(0, |c| c.sommario.posizioni.1);
    let segue = if regole.giorni_vuoti { None } else { estrazione::che_segue(conn, aoo, dopo)? };
    let stato = Stato {
        ultimo: giorno.as_ref().map(|c| c.periodo.ultimo()),
        anno: anno.as_ref().map(|c| c.periodo.anno()),
        primo,
        oggi: Istante::new(ora.date_time() - MARGINE).giorno(),
        segue,
    };
    let Some(periodo) = prossimo(&stato, regole.giorni_vuoti) else { return Ok(None) };
    let (dopo, fino, prima) = match periodo {
        Periodo::Giorno(_) => (dopo, None, giorno),
        Periodo::Anno(quale) => {
            let primo = atto::prima_dell_anno(conn, aoo, quale)?;
            (primo.map_or(0, |c| c.sommario.posizioni.0 - 1), Some(dopo), anno)
        }
    };
    let stesso_anno = prima.filter(|c| c.periodo.anno() == periodo.anno());
    let progressivo = stesso_anno.map_or(1, |c| c.progressivo.valore() + 1);
    let progressivo = NumeroProtocollo::new(progressivo).map_err(|e| crate::storage::Errore::riga("chiusure", e))?;
    let responsabili = responsabili(conn, aoo, ora)?;
    Ok(Some(Lavoro { periodo, progressivo, dopo, fino, responsabili }))
}

/// The last act of an AOO, if the clock is too far from it to close days: behind the last registration, or ahead of everything that
/// somebody did. The next act of a person closes them all.
///
/// # Errors
/// Those of the database.
pub fn in_attesa(conn: &mut Conn, aoo: &Aoo, ora: Istante) -> Result<Option<Istante>, Errore> {
    if let Andamento::Indietro(ultima) = orologio::andamento(conn, aoo, ora)? {
        return Ok(Some(ultima));
    }
    let testimone = estrazione::testimone(conn, aoo)?;
    Ok(testimone.filter(|t| *t < ora && ora.dopo(*t) > MASSIMO_SALTO))
}

/// *Responsabili della gestione documentale*: the RSP in office, each once.
///
/// # Errors
/// Those of the database.
pub fn responsabili(conn: &mut Conn, aoo: &Aoo, ora: Istante) -> Result<Vec<String>, Errore> {
    let posti = utenti::organigramma(conn, aoo.id, ora)?;
    let rsp = posti.iter().flat_map(|p| &p.persone).filter(|p| p.ruolo == Ruolo::Rsp && !p.escluso);
    let mut nomi: Vec<String> = rsp.map(|p| p.persona.nome_e_cognome()).collect();
    nomi.sort_unstable();
    nomi.dedup();
    Ok(nomi)
}

fn frontespizio(aoo: &Aoo, lavoro: &Lavoro, sommario: Sommario, ora: Istante) -> Frontespizio {
    Frontespizio {
        ipa: aoo.ente_ipa.to_string(),
        ente: aoo.ente.to_string(),
        aoo: aoo.codice.to_string(),
        denominazione_aoo: aoo.denominazione.to_string(),
        registro: aoo.registro.to_string(),
        periodo: lavoro.periodo,
        progressivo: lavoro.progressivo,
        responsabili: lavoro.responsabili.clone(),
        chiusura: ora,
        sommario,
    }
}

fn stampa(db: &Db, deposito: &Deposito, aoo: &Aoo, f: &Frontespizio) -> Result<Riposto, Errore> {
    let (riposto, ()) = deposito.componi(|fuori: &mut dyn Write| {
        let mut tavola = Tavola::new(fuori, f).map_err(disco)?;
        estrazione::voci(db, aoo, f.sommario.posizioni, |v| tavola.voce(v).map_err(disco))?;
        tavola.modifiche(f.sommario.modifiche).map_err(disco)?;
        estrazione::modifiche(db, aoo, f.sommario.posizioni, |m| tavola.modifica(m).map_err(disco))?;
        tavola.finisci().map_err(disco)?;
        Ok::<_, Errore>(())
    })?;
    Ok(riposto)
}

fn scrivi(db: &Db, deposito: &Deposito, aoo: &Aoo, f: &Frontespizio) -> Result<Riposto, Errore> {
    let (riposto, ()) = deposito.componi(|fuori: &mut dyn Write| {
        let mut xml = Xml::new(fuori, f).map_err(disco)?;
        estrazione::voci(db, aoo, f.sommario.posizioni, |v| xml.voce(v).map_err(disco))?;
        xml.modifiche().map_err(disco)?;
        estrazione::modifiche(db, aoo, f.sommario.posizioni, |m| xml.modifica(m).map_err(disco))?;
        xml.finisci().map_err(disco)?;
        Ok::<_, Errore>(())
    })?;
    Ok(riposto)
}

fn disco(e: io::Error) -> Errore {
    Errore::Documenti(documenti::Errore::Disco(e))
}
