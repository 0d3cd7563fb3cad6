//! *Sigillatura*: the segnatura 3.0.0 of an uscita (LLGG Allegato 6), made when somebody first asks for it and the same for ever.
//!
//! It never holds up a registration: without a seal, or with one that does not work, only this paper is missing.

use super::sigillo::{self, Sigillo};
use super::uscita::Uscente;
use super::{Errore, Flusso, Registrazione, lettura};
use crate::audit::{self, Carico};
use crate::firma::sigillo::apponi;
use crate::segnatura::{Classifica, Uscita, allegato6};
use crate::storage::schema::{segnature, sigillature};
use crate::storage::{self, Conn, Db, Operazione};
use crate::titolario;
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Aoo};
use crate::valori::{Attore, Impronta, Istante, RegistrazioneId};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "sigillatura";
/// The dialect of the paper.
const DIALETTO: &str = "3.0.0";

/// The sealed segnatura of a registration: the one that is kept, else one that is made now and kept.
///
/// # Errors
/// `Sconosciuta` if the registration may not be seen, or holds a value that was annulled and is riservato; `SegnaturaNonPrevista` if it
/// is no uscita; `SigilloMancante`, `SigilloInservibile`, `Sigillo` if there is no seal that works; `GiaAnnullata` for one that was annulled
/// before anybody asked.
pub fn segnatura_sigillata(db: &Db, attore: &Attore, vista: &Vista, id: RegistrazioneId) -> Result<String, Errore> {
    loop {
        let da_fare = match db.leggi(|conn| prepara(conn, vista, id))? {
            Pronta::Fatta(xml) => return Ok(xml),
            Pronta::DaFare(da_fare) => da_fare,
        };
        let (uscita, sigillo) = *da_fare;
        let nuda = allegato6::segnatura(&uscita)?;
        let xml = apponi(&nuda, &sigillo.apri()?, db.orologio().adesso())?;
        super::uscita::controlla(allegato6::schema()?, &xml)?;
        if let Some(xml) = db.scrivi(vista.aoo(), attore, |op| conserva(op, vista, id, (&sigillo, &nuda, &xml)))? {
            return Ok(xml);
        }
    }
}

enum Pronta {
    Fatta(String),
    DaFare(Box<(Uscita, Sigillo)>),
}

fn prepara(conn: &mut Conn, vista: &Vista, id: RegistrazioneId) -> Result<Pronta, Errore> {
    let registrazione = lettura::per_id(conn, vista, id)?;
    if registrazione.ha_nascosti() {
        return Err(Errore::Sconosciuta);
    }
    if registrazione.flusso != Flusso::Uscita {
        return Err(Errore::SegnaturaNonPrevista(registrazione.numero));
    }
    if let Some(xml) = conservata(conn, id)? {
        return Ok(Pronta::Fatta(xml));
    }
    if let Some(annullamento) = &registrazione.annullamento {
        return Err(Errore::GiaAnnullata(annullamento.provvedimento()));
    }
    let aoo = utenti::aoo(conn, vista.aoo())?;
    let sigillo = sigillo::sigillo(conn, aoo.id)?.ok_or_else(|| Errore::SigilloMancante(aoo.codice.to_string()))?;
    Ok(Pronta::DaFare(Box::new((uscita(conn, &aoo, &registrazione)?, sigillo))))
}

fn conservata(conn: &mut Conn, id: RegistrazioneId) -> Result<Option<String>, Errore> {
    let questa = segnature::registrazione_id.eq(id.to_string()).and(segnature::dialetto.eq(DIALETTO));
    Ok(segnature::table.filter(questa).select(segnature::xml).first(conn).optional()?)
}

/// What the register says of it now, with the values in force.
fn uscita(conn: &mut Conn, aoo: &Aoo, r: &Registrazione) -> Result<Uscita, Errore> {
    Uscente {
        identificatore: r.segnatura.clone(),
        istante: r.istante,
        aoo,
        corrispondenti: &r.corrispondenti,
        riservato: r.riservato,
        oggetto: &r.oggetto,
        classifica: classifica(conn, r.id)?,
        // What it answers may have come from others than those it goes to, and be seen by fewer: Allegato 6 does not ask for it.
        riferimenti: Vec::new(),
        // Files that were added later were not part of what was registered.
        documenti: r.documenti.iter().filter(|d| d.acquisita.is_none()).map(Into::into).collect(),
    }
    .uscita()
}

fn classifica(conn: &mut Conn, id: RegistrazioneId) -> Result<Option<Classifica>, Errore> {
    let corrente = titolario::correnti(conn, &[id.to_string()])?.remove(&id.to_string());
    Ok(corrente.map(|c| Classifica { voce: c.voce, denominazione: c.denominazione.parse().ok() }))
}

/// Keeps it, unless somebody was quicker: then theirs is the one. `None` if the register or the seal is no more what was sealed.
fn conserva(
    op: &mut Operazione<'_>,
    vista: &Vista,
    id: RegistrazioneId,
    (sigillo, nuda, xml): (&Sigillo, &str, &str),
) -> Result<Option<String>, Errore> {
    match prepara(op.conn, vista, id)? {
        Pronta::Fatta(prima) => return Ok(Some(prima)),
        Pronta::DaFare(ora) if ora.1 != *sigillo || allegato6::segnatura(&ora.0)? != nuda => return Ok(None),
        Pronta::DaFare(_) => {}
    }
    let registrazione = id.to_string();
    diesel::insert_into(segnature::table)
        .values((
            segnature::registrazione_id.eq(&registrazione),
            segnature::dialetto.eq(DIALETTO),
            segnature::xml.eq(xml),
        ))
        .execute(op.conn)?;
    let sigillo = sigillo.id.to_string();
    diesel::insert_into(sigillature::table)
        .values((
            sigillature::registrazione_id.eq(&registrazione),
            sigillature::sigillo_id.eq(&sigillo),
            sigillature::istante.eq(op.ora.utc()),
        ))
        .execute(op.conn)?;
    audit::annota(op, ATTO, "registrazione", id, &carico(&registrazione, &sigillo, op.ora, Some(xml)))?;
    Ok(Some(xml.to_owned()))
}

fn carico(registrazione: &str, sigillo: &str, istante: Istante, xml: Option<&str>) -> Carico {
    Carico::new(ATTO, 1)
        .campo("registrazione", registrazione)
        .campo("sigillo", sigillo)
        .campo("istante", istante)
        .forse("segnatura_xml", xml.map(|xml| Impronta::of(xml.as_bytes())))
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(sigillature::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<(String, String, chrono::NaiveDateTime)> = sigillature::table
        .filter(sigillature::registrazione_id.eq_any(ids))
        .select((sigillature::registrazione_id, sigillature::sigillo_id, sigillature::istante))
        .load(conn)?;
    let mut xml: HashMap<String, String> = segnature::table
        .filter(segnature::registrazione_id.eq_any(ids).and(segnature::dialetto.eq(DIALETTO)))
        .select((segnature::registrazione_id, segnature::xml))
        .load::<(String, String)>(conn)?
        .into_iter()
        .collect();
    let carichi = righe.into_iter().map(|(registrazione, sigillo, istante)| {
        let xml = xml.remove(&registrazione);
        let carico = carico(&registrazione, &sigillo, Istante::from_utc(istante), xml.as_deref());
        (registrazione, carico)
    });
    Ok(carichi.collect())
}
