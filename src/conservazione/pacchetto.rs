//! *Pacchetto di versamento*: the act of building one. Its index and its files are in the store; these rows say which.

use super::Errore;
use super::prepara::Costruito;
use crate::audit::{self, Carico};
use crate::documenti;
use crate::storage::schema::{componenti, pacchetti};
use crate::storage::{self, Conn, Operazione};
use crate::valori::{AooId, ConservatoreId, Impronta, Istante, RegistrazioneId, Rifiuto, nuovo_id};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) const ATTO: &str = "pacchetto";

/// True if a registration has a package.
pub(super) fn presente(conn: &mut Conn, registrazione: RegistrazioneId) -> Result<bool, Errore> {
    let quanti: i64 =
        pacchetti::table.filter(pacchetti::registrazione_id.eq(registrazione.to_string())).count().get_result(conn)?;
    Ok(quanti > 0)
}

/// Writes the act; the index and the files are already in the store. Returns the id of the package.
pub(super) fn scrivi(
    op: &mut Operazione<'_>,
    conservatore: ConservatoreId,
    registrazione: RegistrazioneId,
    costruito: &Costruito,
) -> Result<String, Errore> {
    let riga = Riga {
        id: nuovo_id().to_string(),
        aoo_id: op.aoo.to_string(),
        registrazione_id: registrazione.to_string(),
        chiave: costruito.chiave.clone(),
        indice_sha256: costruito.indice.impronta.to_string(),
        istante: op.ora.utc(),
        conservatore_id: Some(conservatore.to_string()),
    };
    for riposto in [&costruito.indice].into_iter().chain(&costruito.segnatura) {
        documenti::registra(op, riposto)?;
        documenti::uso(op, &riposto.impronta, "pacchetto", &riga.id)?;
    }
    diesel::insert_into(pacchetti::table).values(&riga).execute(op.conn)?;
    let mut parti = Vec::new();
    for (file, posizione) in costruito.file.iter().zip(1_i32..) {
        let parte = RigaComponente {
            pacchetto_id: riga.id.clone(),
            posizione,
            codice: file.codice.clone(),
            sha256: file.impronta.to_string(),
            dimensione: file.dimensione,
        };
        diesel::insert_into(componenti::table).values(&parte).execute(op.conn)?;
        parti.push(parte);
    }
    audit::annota(op, ATTO, "pacchetto", &riga.id, &carico(&riga, &parti))?;
    Ok(riga.id)
}

/// The files of a package, by the name that each has in it.
pub(super) fn file(conn: &mut Conn, pacchetto: &str) -> Result<Vec<(String, Impronta)>, Errore> {
    let righe: Vec<(String, String)> = componenti::table
        .filter(componenti::pacchetto_id.eq(pacchetto))
        .order(componenti::posizione)
        .select((componenti::codice, componenti::sha256))
        .load(conn)?;
    righe
        .into_iter()
        .map(|(codice, sha256)| Ok((codice, sha256.parse().map_err(|e| storage::Errore::riga("componenti", e))?)))
        .collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = pacchetti, treat_none_as_default_value = false)]
struct Riga {
    id: String,
    aoo_id: String,
    registrazione_id: String,
    chiave: String,
    indice_sha256: String,
    istante: chrono::NaiveDateTime,
    conservatore_id: Option<String>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = componenti)]
struct RigaComponente {
    pacchetto_id: String,
    posizione: i32,
    codice: String,
    sha256: String,
    dimensione: i64,
}

/// AOO and registration of a package, for whoever finds one of its files missing or altered.
///
/// # Errors
/// Those of the database.
pub fn registrazione_del_pacchetto(conn: &mut Conn, id: &str) -> Result<Option<(AooId, String)>, Errore> {
    let coppia: Option<(String, String)> = pacchetti::table
        .filter(pacchetti::id.eq(id))
        .select((pacchetti::aoo_id, pacchetti::registrazione_id))
        .first(conn)
        .optional()?;
    let letta = coppia.map(|(aoo, registrazione)| Ok((aoo.parse()?, registrazione))).transpose();
    Ok(letta.map_err(|e: Rifiuto| storage::Errore::riga("pacchetti", e))?)
}

fn carico(r: &Riga, componenti: &[RigaComponente]) -> Carico {
    // The first packages do not say by which agreement they were built.
    let versione = if r.conservatore_id.is_some() { 2 } else { 1 };
    let testa = Carico::new(ATTO, versione)
        .campo("id", &r.id)
        .campo("aoo", &r.aoo_id)
        .campo("registrazione", &r.registrazione_id)
        .campo("chiave", &r.chiave)
        .campo("indice", &r.indice_sha256)
        .campo("istante", Istante::from_utc(r.istante))
        .forse("conservatore", r.conservatore_id.as_ref());
    componenti.iter().fold(testa, |carico, c| {
        carico
            .campo("componente", c.posizione)
            .campo("codice", &c.codice)
            .campo("sha256", &c.sha256)
            .campo("dimensione", c.dimensione)
    })
}

pub(super) fn conta(conn: &mut Conn) -> Result<i64, storage::Errore> {
    Ok(pacchetti::table.count().get_result(conn)?)
}

pub(super) fn ricalcola(conn: &mut Conn, ids: &[String]) -> Result<HashMap<String, Carico>, storage::Errore> {
    let righe: Vec<Riga> = pacchetti::table.filter(pacchetti::id.eq_any(ids)).select(Riga::as_select()).load(conn)?;
    let parti: Vec<RigaComponente> = componenti::table
        .filter(componenti::pacchetto_id.eq_any(ids))
        .order((componenti::pacchetto_id, componenti::posizione))
        .select(RigaComponente::as_select())
        .load(conn)?;
    let mut di: HashMap<String, Vec<RigaComponente>> = HashMap::new();
    for parte in parti {
        di.entry(parte.pacchetto_id.clone()).or_default().push(parte);
    }
    Ok(righe.into_iter().map(|r| (r.id.clone(), carico(&r, di.get(&r.id).map_or(&[], Vec::as_slice)))).collect())
}
