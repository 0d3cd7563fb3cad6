//! Keeping a list or an answer that was found good.

use super::esame::Candidata;
use super::versione::{ATTO, DatoConservato, Riga, genere_scritto, presente, ultimo};
use crate::audit;
use crate::documenti::{Deposito, Errore, Riposto, registra, uso};
use crate::firma::MASSIMO_DATO_REVOCA_BYTE;
use crate::storage::schema::dati_revoca as tabella;
use crate::storage::{Db, Operazione};
use crate::utenti;
use crate::valori::{AooId, Attore, Impronta, Istante, nuovo_id};
use diesel::prelude::*;

/// Keeps a list or an answer: bytes first, then the row and its link. A kill between the two leaves bytes that nobody speaks of; the
/// same datum brought again finds its place.
///
/// # Errors
/// A refusal, if somebody else brought a newer one meanwhile; those of the store and of the database.
pub fn conserva(
    db: &Db,
    deposito: &Deposito,
    attore: &Attore,
    candidata: &Candidata,
) -> Result<DatoConservato, Errore> {
    let riposto = deposito.riponi(&mut candidata.dato.der(), MASSIMO_DATO_REVOCA_BYTE)?;
    db.scrivi(AooId::INSTALLAZIONE, attore, |op| scrivi(op, candidata, &riposto))
}

fn scrivi(op: &mut Operazione<'_>, c: &Candidata, riposto: &Riposto) -> Result<DatoConservato, Errore> {
    let (dato, accettato) = (&c.dato, &c.accettato);
    let conservato = ultimo(op.conn, &accettato.serie)?;
    if presente(conservato.as_ref(), dato)?
        && let Some(conservato) = conservato
    {
        return Ok(conservato);
    }
    let attore = op.attore.clone();
    let riga = Riga {
        id: nuovo_id().to_string(),
        genere: genere_scritto(dato.genere()).to_owned(),
        emittente: accettato.emittente.chars().filter(|c| !c.is_control()).take(200).collect(),
        emittente_sha256: Impronta::of(&accettato.certificato).to_string(),
        serie: accettato.serie.to_string(),
        numero: dato.numero().map(str::to_owned),
        emessa: dato.emessa().utc(),
        prossima: dato.prossima().map(Istante::utc),
        voci: i64::try_from(dato.voci()).unwrap_or(i64::MAX),
        sha256: riposto.impronta.to_string(),
        provenienza: c.provenienza.clone(),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    registra(op, riposto)?;
    uso(op, &riposto.impronta, ATTO, &riga.id)?;
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, ATTO, &riga.id, &riga.carico())?;
    riga.valore()
}
