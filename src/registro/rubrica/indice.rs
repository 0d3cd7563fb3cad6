//! What the rubrica is looked through by: names in order and words, made again from the rows at every act.
//!
//! Only what was put into the rubrica is here: parties of registrations, riservate or not, never are.

use super::{Errore, Indirizzo, Soggetto, parole, soggetto, unione};
use crate::segnatura::Parte;
use crate::storage::schema::{nomi_rubrica, parole_rubrica};
use crate::storage::{Conn, Operazione};
use crate::valori::{AooId, SoggettoId};
use diesel::prelude::*;
use std::collections::BTreeSet;

/// Soggetti found by one search.
pub const MASSIMO: usize = 20;

/// Letters that the longest word of a search must have.
pub const MINIMO: usize = 2;

/// Words read for one search: each soggetto found has a few.
const PAROLE: i64 = 200;

/// Look-alikes that are compared.
const CANDIDATI: i64 = 50;

/// Finds soggetti by the beginnings of words of their name, by codice fiscale, IPA code, PEC and e-mail, at most [`MASSIMO`].
///
/// # Errors
/// Those of the database.
pub fn cerca(conn: &mut Conn, aoo: AooId, testo: &str) -> Result<Vec<Soggetto>, Errore> {
    let cercate = parole::cercate(testo);
    let Some((prima, altre)) = cercate.split_first().filter(|(prima, _)| prima.len() >= MINIMO) else {
        return Ok(Vec::new());
    };
    let mut query = parole_rubrica::table
        .filter(parole_rubrica::aoo_id.eq(aoo.to_string()))
        .filter(parole_rubrica::parola.ge(prima).and(parole_rubrica::parola.lt(parole::oltre(prima))))
        .into_boxed();
    let anche = diesel::alias!(parole_rubrica as anche);
    for altra in altre {
        let parola = anche.field(parole_rubrica::parola);
        let sue = anche
            .filter(anche.field(parole_rubrica::aoo_id).eq(aoo.to_string()))
            .filter(parola.ge(altra).and(parola.lt(parole::oltre(altra))))
            .select(anche.field(parole_rubrica::soggetto_id));
        query = query.filter(parole_rubrica::soggetto_id.eq_any(sue));
    }
    let righe: Vec<(String, String)> = query
        .order((parole_rubrica::parola, parole_rubrica::soggetto_id))
        .limit(PAROLE)
        .select((parole_rubrica::parola, parole_rubrica::soggetto_id))
        .load(conn)?;
    let mut ids: Vec<String> = Vec::new();
    for (_, id) in righe {
        if ids.len() < MASSIMO && !ids.contains(&id) {
            ids.push(id);
        }
    }
    soggetto::per_ids(conn, aoo, &ids)
}

/// The rubrica in the order of names, after the soggetto `dopo`, at most `quanti`.
///
/// # Errors
/// `Sconosciuto` if `dopo` is none of its names.
pub fn elenco(conn: &mut Conn, aoo: AooId, dopo: Option<SoggettoId>, quanti: i64) -> Result<Vec<Soggetto>, Errore> {
    let mut query = nomi_rubrica::table.filter(nomi_rubrica::aoo_id.eq(aoo.to_string())).into_boxed();
    if let Some(dopo) = dopo {
        let dopo = dopo.to_string();
        let ordine: String = nomi_rubrica::table
            .filter(nomi_rubrica::soggetto_id.eq(&dopo).and(nomi_rubrica::aoo_id.eq(aoo.to_string())))
            .select(nomi_rubrica::ordine)
            .first(conn)
            .optional()?
            .ok_or(Errore::Sconosciuto)?;
        let pari = nomi_rubrica::ordine.eq(ordine.clone()).and(nomi_rubrica::soggetto_id.gt(dopo));
        query = query.filter(nomi_rubrica::ordine.gt(ordine).or(pari));
    }
    let ids: Vec<String> = query
        .order((nomi_rubrica::ordine, nomi_rubrica::soggetto_id))
        .limit(quanti)
        .select(nomi_rubrica::soggetto_id)
        .load(conn)?;
    soggetto::per_ids(conn, aoo, &ids)
}

/// Those that share a code, an address or a name with a party, and perhaps are not the same.
pub(super) fn candidati(
    conn: &mut Conn,
    aoo: AooId,
    parte: &Parte,
    indirizzi: &[Indirizzo],
) -> Result<Vec<String>, Errore> {
    let cercate: Vec<String> = codici(parte)
        .into_iter()
        .chain(indirizzi.iter().filter(|i| matches!(i, Indirizzo::Pec(_))).map(|i| parole::intera(i.valore())))
        .collect();
    let mut ids: Vec<String> = parole_rubrica::table
        .filter(parole_rubrica::aoo_id.eq(aoo.to_string()).and(parole_rubrica::parola.eq_any(cercate)))
        .order(parole_rubrica::soggetto_id)
        .limit(CANDIDATI)
        .select(parole_rubrica::soggetto_id)
        .load(conn)?;
    let chiave = parole::chiave(&soggetto::nome(parte));
    let omonimi: Vec<String> = nomi_rubrica::table
        .filter(nomi_rubrica::aoo_id.eq(aoo.to_string()).and(nomi_rubrica::chiave.eq(chiave)))
        .order(nomi_rubrica::soggetto_id)
        .limit(CANDIDATI)
        .select(nomi_rubrica::soggetto_id)
        .load(conn)?;
    ids.extend(omonimi);
    ids.sort();
    ids.dedup();
    Ok(ids)
}

fn codici(parte: &Parte) -> Vec<String> {
    let cf = parte.codice_fiscale.as_ref().map(|c| parole::intera(c.as_str()));
    let ipa = parte.codice_ipa.as_ref().map(|c| parole::intera(c.as_str()));
    cf.into_iter().chain(ipa).collect()
}

/// Makes what finds a soggetto that was just written.
pub(super) fn fai(
    op: &mut Operazione<'_>,
    id: SoggettoId,
    parte: &Parte,
    indirizzi: &[Indirizzo],
) -> Result<(), Errore> {
    let id = id.to_string();
    scrivi_nome(op, &id, &soggetto::nome(parte))?;
    scrivi_parole(op, &id, parole_di(parte, indirizzi.iter()))
}

/// Makes again what finds a soggetto, and those it is one with.
pub(super) fn rifai(op: &mut Operazione<'_>, id: SoggettoId) -> Result<(), Errore> {
    let radice = unione::radice(op.conn, id)?.to_string();
    let membri: Vec<String> =
        unione::rami(op.conn, std::slice::from_ref(&radice))?.into_iter().map(|(_, membro)| membro).collect();
    diesel::delete(parole_rubrica::table.filter(parole_rubrica::soggetto_id.eq_any(&membri))).execute(op.conn)?;
    diesel::delete(nomi_rubrica::table.filter(nomi_rubrica::soggetto_id.eq_any(&membri))).execute(op.conn)?;
    let mut parole = BTreeSet::new();
    for s in soggetto::per_ids(op.conn, op.aoo, &membri)? {
        parole.extend(parole_di(&s.parte, s.recapiti.iter().map(|r| &r.indirizzo)));
        if s.id.to_string() == radice {
            scrivi_nome(op, &radice, &s.nome())?;
        }
    }
    scrivi_parole(op, &radice, parole)
}

fn parole_di<'a>(parte: &Parte, indirizzi: impl Iterator<Item = &'a Indirizzo>) -> BTreeSet<String> {
    let mut trovabile: BTreeSet<String> = parole::parole(&soggetto::nome(parte)).into_iter().collect();
    trovabile.extend(codici(parte));
    trovabile.extend(parte.codice_ipa.iter().flat_map(|c| parole::parole(c.as_str())));
    for indirizzo in indirizzi {
        if let Indirizzo::Pec(i) | Indirizzo::Email(i) = indirizzo {
            trovabile.insert(parole::intera(i.as_str()));
            trovabile.extend(i.as_str().split('@').take(1).flat_map(parole::parole));
        }
    }
    trovabile
}

fn scrivi_nome(op: &mut Operazione<'_>, id: &str, nome: &str) -> Result<(), Errore> {
    diesel::insert_into(nomi_rubrica::table)
        .values((
            nomi_rubrica::soggetto_id.eq(id),
            nomi_rubrica::aoo_id.eq(op.aoo.to_string()),
            nomi_rubrica::ordine.eq(parole::ordine(nome)),
            nomi_rubrica::chiave.eq(parole::chiave(nome)),
        ))
        .execute(op.conn)?;
    Ok(())
}

fn scrivi_parole(op: &mut Operazione<'_>, id: &str, parole: BTreeSet<String>) -> Result<(), Errore> {
    for parola in parole.into_iter().filter(|p| !p.is_empty()) {
        diesel::insert_into(parole_rubrica::table)
            .values((
                parole_rubrica::aoo_id.eq(op.aoo.to_string()),
                parole_rubrica::parola.eq(parola),
                parole_rubrica::soggetto_id.eq(id),
            ))
            .execute(op.conn)?;
    }
    Ok(())
}
