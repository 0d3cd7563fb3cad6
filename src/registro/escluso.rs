//! The kinds of documents that need not be registered (DPR 445/2000 art. 53 c.5): those of the law, as the RSP changed them.
//!
//! The list proposes a reason to a person and does nothing by itself: what is registered never consults it.

use super::Errore;
use crate::audit::{self, Carico};
use crate::storage::schema::generi_esclusi as tabella;
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, Istante, Testo, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "genere-escluso";

/// The kinds of art. 53 c.5, in the words of the law.
const DI_LEGGE: [&str; 12] = [
    "Gazzette ufficiali",
    "Bollettini ufficiali",
    "Notiziari della pubblica amministrazione",
    "Note di ricezione delle circolari e altre disposizioni",
    "Materiali statistici",
    "Atti preparatori interni",
    "Giornali",
    "Riviste",
    "Libri",
    "Materiali pubblicitari",
    "Inviti a manifestazioni",
    "Documenti già soggetti a registrazione particolare dell'amministrazione",
];

/// Kinds that the RSP may add.
const MASSIMI: usize = 200;

/// A kind of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenereEscluso {
    /// Its name.
    pub nome: String,
    /// It is one of the law.
    pub di_legge: bool,
}

/// The kinds that an AOO leaves out now: those of the law that were not withdrawn, then its own, in order of time.
///
/// # Errors
/// Those of the database.
pub fn generi_esclusi(conn: &mut Conn, aoo: AooId) -> Result<Vec<GenereEscluso>, Errore> {
    let righe: Vec<(String, bool)> = tabella::table
        .filter(tabella::aoo_id.eq(aoo.to_string()))
        .order(tabella::id)
        .select((tabella::genere, tabella::escluso))
        .load(conn)?;
    let mut generi: Vec<GenereEscluso> =
        DI_LEGGE.iter().map(|g| GenereEscluso { nome: (*g).to_owned(), di_legge: true }).collect();
    for (nome, escluso) in righe {
        generi.retain(|g| !uguali(&g.nome, &nome));
        if escluso {
            let di_legge = DI_LEGGE.iter().any(|g| uguali(g, &nome));
            generi.push(GenereEscluso { nome, di_legge });
        }
    }
    Ok(generi)
}

fn uguali(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// Adds a kind to those left out, or withdraws one. Who may decide it is up to the caller (the RSP).
///
/// # Errors
/// `GenereEsclusoPresente`, `GenereEsclusoSconosciuto`, `TroppiGeneriEsclusi`.
pub fn cambia_genere_escluso(op: &mut Operazione<'_>, genere: &Testo, escluso: bool) -> Result<(), Errore> {
    let ora = generi_esclusi(op.conn, op.aoo)?;
    let presente = ora.iter().find(|g| uguali(&g.nome, genere.as_str()));
    if escluso && presente.is_some() {
        return Err(Errore::GenereEsclusoPresente);
    }
    if escluso && ora.len() >= MASSIMI {
        return Err(Errore::TroppiGeneriEsclusi(MASSIMI));
    }
    if !escluso && presente.is_none() {
        return Err(Errore::GenereEsclusoSconosciuto);
    }
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        genere: presente.map_or_else(|| genere.to_string(), |g| g.nome.clone()),
        escluso,
        istante: op.ora.utc(),
    };
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, "genere-escluso", &riga.id, &riga.carico())?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tabella)]
struct Riga {
    id: String,
    aoo_id: String,
    genere: String,
    escluso: bool,
    istante: chrono::NaiveDateTime,
}

impl Riga {
    fn carico(&self) -> Carico {
        Carico::new(ATTO, 1)
            .campo("id", &self.id)
            .campo("aoo", &self.aoo_id)
            .campo("genere", &self.genere)
            .campo("escluso", self.escluso)
            .campo("istante", Istante::from_utc(self.istante))
    }
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(tabella::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = tabella::table.filter(tabella::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    Ok(righe.into_iter().map(|r| (r.id.clone(), r.carico())).collect())
}
