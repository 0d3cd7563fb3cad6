//! The register read as an auditor reads it: every number once, none missing (DPR 445/2000 art. 57).

use super::{Errore, ripristino};
use crate::audit::{Differenza, Genere};
use crate::storage::schema::{acquisizioni, contatori, documenti_registrati, registrazioni};
use crate::storage::{self, Conn};
use crate::valori::{AooId, Impronta};
use diesel::dsl::{count_star, max, min};
use diesel::prelude::*;
use std::collections::HashMap;

/// Numbers of a year that are missing, and years whose last number is not the counter's.
///
/// Returns how many registrations there are and what is wrong with them.
///
/// # Errors
/// Those of the database.
pub fn buchi(conn: &mut Conn) -> Result<(u64, Vec<Differenza>), Errore> {
    type Gruppo = (String, String, i32, i64, Option<i64>, Option<i64>);
    let gruppi: Vec<Gruppo> = registrazioni::table
        .group_by((registrazioni::aoo_id, registrazioni::registro, registrazioni::anno))
        .select((
            registrazioni::aoo_id,
            registrazioni::registro,
            registrazioni::anno,
            count_star(),
            min(registrazioni::numero),
            max(registrazioni::numero),
        ))
        .load(conn)?;
    let teste: Vec<(String, String, i32, i64)> = contatori::table
        .select((contatori::aoo_id, contatori::registro, contatori::anno, contatori::ultimo))
        .load(conn)?;
    let mut teste: HashMap<(String, String, i32), i64> = teste.into_iter().map(|(a, r, y, n)| ((a, r, y), n)).collect();
    let perduti = ripristino::perduti(conn)?;
    let niente = Vec::new();
    let (mut totale, mut differenze) = (0, Vec::new());
    for (aoo, registro, anno, quante, primo, ultimo) in gruppi {
        totale += u64::try_from(quante).unwrap_or(0);
        let (primo, ultimo) = (primo.unwrap_or(1), ultimo.unwrap_or(0));
        let id: AooId = aoo.parse().map_err(|e| storage::Errore::riga("registrazioni", e))?;
        let suoi = perduti.get(&(aoo.clone(), registro.clone(), anno)).unwrap_or(&niente);
        if primo != 1 || ultimo != quante {
            let spiegato = |n: &i64| suoi.iter().any(|(dopo, fino)| dopo < n && n <= fino);
            for numero in mancanti(conn, &aoo, &registro, anno, ultimo)?.into_iter().filter(|n| !spiegato(n)) {
                let testo = format!("nel registro {registro} del {anno} manca il numero {numero:07}");
                differenze.push(Differenza {
                    registrazione: Some((anno, numero)),
                    ..Differenza::new(Genere::Gap, Some(id), testo)
                });
            }
        }
        let testa = teste.remove(&(aoo, registro.clone(), anno));
        let ultimo = suoi.iter().map(|(_, fino)| *fino).fold(ultimo, i64::max);
        if testa.is_some_and(|t| t != ultimo) {
            let testo =
                format!("il contatore del registro {registro} del {anno} non è fermo all'ultimo numero {ultimo:07}");
            differenze.push(Differenza::new(Genere::Gap, Some(id), testo));
        }
    }
    for ((aoo, registro, anno), ultimo) in teste {
        let suoi = perduti.get(&(aoo.clone(), registro.clone(), anno)).unwrap_or(&niente);
        if suoi.iter().any(|(_, fino)| *fino == ultimo) {
            continue;
        }
        let id = aoo.parse().map_err(|e| storage::Errore::riga("contatori", e))?;
        let testo = format!(
            "il contatore del registro {registro} del {anno} dice {ultimo:07}, ma non c'è nessuna registrazione"
        );
        differenze.push(Differenza::new(Genere::Gap, Some(id), testo));
    }
    Ok((totale, differenze))
}

/// Named missing numbers of one year: more than this are counted by whoever reads the first ones.
const MASSIMO_MANCANTI: usize = 1_000;

fn mancanti(conn: &mut Conn, aoo: &str, registro: &str, anno: i32, ultimo: i64) -> Result<Vec<i64>, Errore> {
    let presenti: Vec<i64> = registrazioni::table
        .filter(registrazioni::aoo_id.eq(aoo).and(registrazioni::registro.eq(registro)))
        .filter(registrazioni::anno.eq(anno))
        .order(registrazioni::numero)
        .select(registrazioni::numero)
        .load(conn)?;
    let mut presenti = presenti.into_iter().peekable();
    let manca = (1..=ultimo).filter(|n| presenti.next_if_eq(n).is_none());
    Ok(manca.take(MASSIMO_MANCANTI).collect())
}

/// The registrations that have a file, for whoever finds it missing or altered.
///
/// # Errors
/// Those of the database.
pub fn usano(conn: &mut Conn, impronta: &Impronta) -> Result<Vec<(AooId, i32, i64)>, Errore> {
    let impronta = impronta.to_string();
    let registrate = documenti_registrati::table
        .filter(documenti_registrati::sha256.eq(&impronta))
        .select(documenti_registrati::registrazione_id);
    let acquisite =
        acquisizioni::table.filter(acquisizioni::sha256.eq(&impronta)).select(acquisizioni::registrazione_id);
    let righe: Vec<(String, i32, i64)> = registrazioni::table
        .filter(registrazioni::id.eq_any(registrate).or(registrazioni::id.eq_any(acquisite)))
        .order(registrazioni::id)
        .select((registrazioni::aoo_id, registrazioni::anno, registrazioni::numero))
        .load(conn)?;
    righe
        .into_iter()
        .map(|(aoo, anno, numero)| {
            Ok((aoo.parse().map_err(|e| storage::Errore::riga("registrazioni", e))?, anno, numero))
        })
        .collect()
}

/// The AOO of the registration with this id, if it is one.
///
/// # Errors
/// Those of the database.
pub fn aoo_di(conn: &mut Conn, id: &str) -> Result<Option<AooId>, Errore> {
    let aoo: Option<String> =
        registrazioni::table.filter(registrazioni::id.eq(id)).select(registrazioni::aoo_id).first(conn).optional()?;
    Ok(aoo.map(|aoo| aoo.parse()).transpose().map_err(|e| storage::Errore::riga("registrazioni", e))?)
}

/// Year and number of the registration with this id, if it is one.
///
/// # Errors
/// Those of the database.
pub fn numero_di(conn: &mut Conn, id: &str) -> Result<Option<(i32, i64)>, Errore> {
    let riga =
        registrazioni::table.filter(registrazioni::id.eq(id)).select((registrazioni::anno, registrazioni::numero));
    Ok(riga.first(conn).optional()?)
}
