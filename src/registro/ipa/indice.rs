//! What the IPA is looked through by: words of what is in force.

use super::versione::{self, InVigore};
use super::{Errore, Genere, VoceIpa};
use crate::registro::rubrica::{Indirizzo, parole};
use crate::storage::schema::parole_ipa;
use crate::storage::{Comando, Conn, Operazione, Valore};
use crate::valori::{CodiceFiscale, IndirizzoMail};
use diesel::prelude::*;
use serde_json::json;
use std::collections::{BTreeSet, HashSet};

/// Entries found by one search.
pub const MASSIMO: usize = 20;

/// Words read for one search: each entry found has a few.
const PAROLE: i64 = 200;

/// A word that so many entries have is none of the rare ones.
const FREQUENTE: i64 = 400;

/// Words written by one statement.
const BLOCCO: usize = 20_000;

/// Finds entries in force by the beginnings of words of their name and that of their amministrazione, by codes and addresses, at most
/// [`MASSIMO`], amministrazioni before their AOO and UO.
///
/// # Errors
/// Those of the database.
pub fn cerca(conn: &mut Conn, testo: &str) -> Result<Vec<InVigore>, Errore> {
    let cercate = parole::cercate(testo);
    if cercate.first().is_none_or(|lunga| lunga.len() < crate::registro::rubrica::MINIMO) {
        return Ok(Vec::new());
    }
    let mut numeri = Vec::new();
    for genere in Genere::TUTTI {
        if numeri.len() < MASSIMO {
            trova(conn, genere.rango(), cercate.clone(), &mut numeri)?;
        }
    }
    versione::per_numeri(conn, &numeri)
}

/// Those of one kind; the rarest word leads, and what it finds is sifted by the others. Each word is one walk along the index, whatever
/// a planner thinks of a table that was filled a moment ago.
fn trova(conn: &mut Conn, rango: i32, cercate: Vec<String>, numeri: &mut Vec<i64>) -> Result<(), Errore> {
    let mut contate = Vec::with_capacity(cercate.len());
    for parola in cercate {
        let sue: Vec<i64> = con(rango, &parola).limit(FREQUENTE).select(parole_ipa::versione).load(conn)?;
        contate.push((sue.len(), parola));
    }
    contate.sort();
    let Some(((_, prima), altre)) = contate.split_first() else { return Ok(()) };
    let mut query = con(rango, prima).order((parole_ipa::parola, parole_ipa::versione));
    if altre.is_empty() {
        query = query.limit(PAROLE);
    }
    let mut trovati: Vec<i64> = query.select(parole_ipa::versione).load(conn)?;
    for (_, altra) in altre {
        if trovati.is_empty() {
            break;
        }
        let sue: Vec<i64> = con(rango, altra).select(parole_ipa::versione).load(conn)?;
        let sue: HashSet<i64> = sue.into_iter().collect();
        trovati.retain(|numero| sue.contains(numero));
    }
    for numero in trovati {
        if numeri.len() >= MASSIMO {
            break;
        }
        if !numeri.contains(&numero) {
            numeri.push(numero);
        }
    }
    Ok(())
}

/// The words of one kind that begin so.
fn con(rango: i32, inizio: &str) -> parole_ipa::BoxedQuery<'_, <Conn as Connection>::Backend> {
    parole_ipa::table
        .filter(parole_ipa::rango.eq(rango))
        .filter(parole_ipa::parola.ge(inizio).and(parole_ipa::parola.lt(parole::oltre(inizio))))
        .into_boxed()
}

/// The entries in force that have this very address, amministrazioni first.
///
/// # Errors
/// Those of the database.
pub fn per_indirizzo(conn: &mut Conn, indirizzo: &IndirizzoMail) -> Result<Vec<InVigore>, Errore> {
    let numeri: Vec<i64> = parole_ipa::table
        .filter(parole_ipa::rango.eq_any(Genere::TUTTI.map(Genere::rango)))
        .filter(parole_ipa::parola.eq(parole::intera(indirizzo.as_str())))
        .order((parole_ipa::rango, parole_ipa::versione))
        .limit(PAROLE)
        .select(parole_ipa::versione)
        .load(conn)?;
    let mut trovati = versione::per_numeri(conn, &numeri)?;
    trovati.retain(|t| t.voce.recapiti.iter().any(|r| r.uguale(&Indirizzo::Pec(indirizzo.clone()))));
    Ok(trovati)
}

fn parole_di(voce: &VoceIpa) -> BTreeSet<String> {
    let mut trovabile: BTreeSet<String> = parole::parole(&voce.nome()).into_iter().collect();
    trovabile.extend([parole::intera(voce.codice()), parole::intera(voce.codice_ipa.as_str())]);
    if voce.genere == Genere::Amministrazione {
        trovabile.extend(voce.codice_fiscale.as_ref().map(CodiceFiscale::as_str).map(parole::intera));
    }
    for indirizzo in &voce.recapiti {
        trovabile.insert(parole::intera(indirizzo.valore()));
    }
    trovabile.retain(|p| !p.is_empty());
    trovabile
}

/// Makes what finds these versions.
pub(super) fn metti<'a>(
    op: &mut Operazione<'_>,
    versioni: impl Iterator<Item = (i64, &'a VoceIpa)>,
) -> Result<(), Errore> {
    esegui(op, versioni, METTI_SQLITE, METTI_POSTGRES)
}

/// Takes away what found these versions.
pub(super) fn togli<'a>(
    op: &mut Operazione<'_>,
    versioni: impl Iterator<Item = (i64, &'a VoceIpa)>,
) -> Result<(), Errore> {
    esegui(op, versioni, TOGLI_SQLITE, TOGLI_POSTGRES)
}

const METTI_SQLITE: &str =
    "INSERT INTO parole_ipa (rango, parola, versione) SELECT value->>'r', value->>'p', value->>'v' FROM json_each(?)";
const METTI_POSTGRES: &str = "INSERT INTO parole_ipa (rango, parola, versione) \
    SELECT r, p, v FROM json_to_recordset(?::json) AS x(r integer, p text, v bigint)";
const TOGLI_SQLITE: &str = "DELETE FROM parole_ipa WHERE (rango, parola, versione) IN \
    (SELECT value->>'r', value->>'p', value->>'v' FROM json_each(?))";
const TOGLI_POSTGRES: &str = "DELETE FROM parole_ipa WHERE (rango, parola, versione) IN \
    (SELECT r, p, v FROM json_to_recordset(?::json) AS x(r integer, p text, v bigint))";

/// The words of these versions in their order, many with one statement.
fn esegui<'a>(
    op: &mut Operazione<'_>,
    versioni: impl Iterator<Item = (i64, &'a VoceIpa)>,
    sqlite: &'static str,
    postgres: &'static str,
) -> Result<(), Errore> {
    let mut righe: Vec<(i32, String, i64)> = versioni
        .flat_map(|(numero, voce)| parole_di(voce).into_iter().map(move |p| (voce.genere.rango(), p, numero)))
        .collect();
    // In the order of the index, which is then written from one end to the other.
    righe.sort();
    for blocco in righe.chunks(BLOCCO) {
        let json: Vec<serde_json::Value> = blocco.iter().map(|(r, p, v)| json!({ "r": r, "p": p, "v": v })).collect();
        let json = serde_json::Value::Array(json).to_string();
        let valori = vec![Valore::Testo(&json)];
        match op.conn {
            Conn::Sqlite(c) => Comando::<()>::new(sqlite, valori).execute(c)?,
            Conn::Postgres(c) => Comando::<()>::new(postgres, valori).execute(c)?,
        };
    }
    Ok(())
}
