//! Keeping a list that was found good.

use super::esame::Candidata;
use super::sorgente::MASSIMA_LISTA_BYTE;
use super::versione::{ATTO, Riga, Versione, con_impronta, presente, ultima};
use crate::audit;
use crate::documenti::{Deposito, Errore, Riposto, registra, uso};
use crate::storage::schema::liste_fiducia as tabella;
use crate::storage::{Db, Operazione};
use crate::utenti;
use crate::valori::{AooId, Attore, Impronta, nuovo_id};
use diesel::prelude::*;

/// Keeps a list: bytes first, then the row and its link. A kill between the two leaves bytes that nobody speaks of; the same
/// list brought again finds its place.
///
/// # Errors
/// A refusal, if somebody else brought another list meanwhile; those of the store and of the database.
pub fn conserva(db: &Db, deposito: &Deposito, attore: &Attore, candidata: &Candidata) -> Result<Versione, Errore> {
    let lista = deposito.riponi(&mut candidata.byte.as_slice(), MASSIMA_LISTA_BYTE)?;
    let pivot = candidata.pivot.iter().map(|byte| deposito.riponi(&mut byte.as_slice(), MASSIMA_LISTA_BYTE));
    let pivot = pivot.collect::<Result<Vec<Riposto>, _>>()?;
    db.scrivi(AooId::INSTALLAZIONE, attore, |op| scrivi(op, candidata, &lista, &pivot))
}

fn scrivi(op: &mut Operazione<'_>, c: &Candidata, riposta: &Riposto, pivot: &[Riposto]) -> Result<Versione, Errore> {
    let lista = c.lista.lista();
    let conservata = ultima(op.conn, &c.territorio)?;
    if presente(conservata.as_ref(), lista.sequenza, riposta.impronta)?
        && let Some(conservata) = conservata
    {
        return Ok(conservata);
    }
    let garante = match &c.garante {
        Some(impronta) => con_impronta(op.conn, impronta)?.map(|g| g.id),
        None => None,
    };
    let attore = op.attore.clone();
    let impronte: Vec<String> = pivot.iter().map(|p| p.impronta.to_string()).collect();
    let riga = Riga {
        id: nuovo_id().to_string(),
        territorio: c.territorio.to_string(),
        sequenza: i64::try_from(lista.sequenza).unwrap_or(i64::MAX),
        versione: i32::try_from(lista.versione).unwrap_or_default(),
        emessa: lista.emessa.utc(),
        prossima: lista.prossima.map(crate::valori::Istante::utc),
        servizi: i64::try_from(lista.servizi.len()).unwrap_or(i64::MAX),
        firmatario: c.lista.firmatario().chars().filter(|c| !c.is_control()).take(200).collect(),
        firmatario_sha256: Impronta::of(c.lista.certificato()).to_string(),
        sha256: riposta.impronta.to_string(),
        provenienza: c.provenienza.clone(),
        garante_id: garante,
        pivot: (!impronte.is_empty()).then(|| impronte.join(" ")),
        autore: utenti::nome_autore(op.conn, &attore)?,
        istante: op.ora.utc(),
    };
    for file in std::iter::once(riposta).chain(pivot) {
        registra(op, file)?;
        uso(op, &file.impronta, ATTO, &riga.id)?;
    }
    diesel::insert_into(tabella::table).values(&riga).execute(op.conn)?;
    audit::annota(op, ATTO, ATTO, &riga.id, &riga.carico())?;
    riga.valore()
}
