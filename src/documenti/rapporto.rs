//! What the signatures of a stored file say. The first verdict stays: a later one never takes its place.

use super::{Deposito, Errore, Riposto};
use crate::firma::{self, Fiducia, Formato, Rapporto};
use crate::storage::schema::rapporti;
use crate::storage::{Conn, Operazione};
use crate::valori::{Impronta, Istante, NomeFile};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Timestamp};
use std::collections::HashMap;
use std::io;

/// Endings of names that promise a signature.
const FIRMATI: &[&str] = &["p7m", "p7s", "m7m", "tsd", "tsr", "tst", "asics", "asice"];

/// A verdict as it was kept.
#[derive(Debug, Clone)]
pub struct RapportoConservato {
    /// The worst of the signatures, in the words of ETSI EN 319 102-1; absent if there are none.
    pub indicazione: Option<String>,
    /// The whole report, JSON of `tabulario verifica`.
    pub json: String,
    /// The instant it was judged at.
    pub istante: Istante,
}

impl RapportoConservato {
    /// The report, read back; `None` if another version of the program wrote it in other words.
    #[must_use]
    pub fn rapporto(&self) -> Option<Rapporto> {
        serde_json::from_str(&self.json).ok()
    }
}

/// Verifies a stored file, if it is signed. `istante` is when its certificates must be valid: the earliest opposable one.
///
/// # Errors
/// If the store cannot be read. Nothing that is inside the file is an error.
pub fn verifica(
    deposito: &Deposito,
    riposto: &Riposto,
    nome: &NomeFile,
    fiducia: &Fiducia,
    istante: Istante,
) -> Result<Option<Rapporto>, Errore> {
    let puo_essere = matches!(riposto.media_type, "application/pkcs7-mime" | "application/pdf" | "application/xml")
        || FIRMATI.contains(&nome.estensione().as_str());
    if !puo_essere {
        return Ok(None);
    }
    let mut file = deposito.apri(&riposto.impronta)?;
    let rapporto = firma::verifica(&mut file, None, Some(nome.as_str()), fiducia, istante, &mut io::sink());
    let rapporto = rapporto.map_err(Errore::Disco)?;
    Ok(Some(rapporto).filter(|r| r.format != Formato::Nessuno))
}

/// Keeps a verdict, unless there is one already.
///
/// # Errors
/// Those of the database.
pub fn conserva_rapporto(
    op: &mut Operazione<'_>,
    impronta: &Impronta,
    rapporto: &Rapporto,
    istante: Istante,
) -> Result<(), Errore> {
    let json = serde_json::to_string(rapporto).map_err(|e| Errore::Disco(e.into()))?;
    let indicazione = rapporto.indication.map(|i| i.as_str());
    let sql = "INSERT INTO rapporti (sha256, istante, indicazione, rapporto) \
               SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM rapporti WHERE sha256 = $5) ON CONFLICT DO NOTHING";
    diesel::sql_query(sql)
        .bind::<Text, _>(impronta.to_string())
        .bind::<Timestamp, _>(istante.utc())
        .bind::<Nullable<Text>, _>(indicazione)
        .bind::<Text, _>(json)
        .bind::<Text, _>(impronta.to_string())
        .execute(op.conn)?;
    Ok(())
}

/// The verdicts of these files, by SHA-256; a file that is not signed has none.
///
/// # Errors
/// Those of the database.
pub fn rapporti_di(conn: &mut Conn, file: &[String]) -> Result<HashMap<String, RapportoConservato>, Errore> {
    let righe: Vec<(String, chrono::NaiveDateTime, Option<String>, String)> = rapporti::table
        .filter(rapporti::sha256.eq_any(file))
        .select((rapporti::sha256, rapporti::istante, rapporti::indicazione, rapporti::rapporto))
        .load(conn)?;
    let conservato = |(sha256, istante, indicazione, json)| {
        (sha256, RapportoConservato { indicazione, json, istante: Istante::from_utc(istante) })
    };
    Ok(righe.into_iter().map(conservato).collect())
}
