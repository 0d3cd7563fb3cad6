//! One registration gets its package: built once, its exact bytes stored before any delivery.

use super::componi::{self, FilePacchetto};
use super::{Errore, Mappa, Passo, pacchetto, sacer, versamento};
use crate::documenti::{Deposito, Riposto};
use crate::segnatura::xsd;
use crate::storage::Db;
use crate::utenti::{self, Aoo};
use crate::valori::{AooId, Attore, RegistrazioneId};

/// A package that is in the store and that no row knows yet.
struct Costruito {
    chiave: String,
    indice: Riposto,
    segnatura: Option<Riposto>,
    file: Vec<FilePacchetto>,
}

/// Builds the package of the oldest registration of an AOO that has none. A trial AOO has nothing to deposit.
///
/// A registration that cannot be packed is set aside with the reason and does not stop the others.
///
/// # Errors
/// Those of the database and of the store; then the same step can be repeated.
pub fn prepara(db: &Db, deposito: &Deposito, mappa: &Mappa, aoo: AooId) -> Result<Passo, Errore> {
    let trovata = db.leggi(|conn| {
        let aoo = utenti::aoo(conn, aoo)?;
        if aoo.di_prova() {
            return Ok(None);
        }
        let Some(id) = versamento::da_preparare(conn, aoo.id)? else { return Ok(None) };
        Ok::<_, Errore>(Some((componi::materia(conn, &aoo, id)?, aoo)))
    })?;
    let Some((materia, aoo)) = trovata else { return Ok(Passo::Niente) };
    let id = materia.registrazione.id;
    let costruito = costruisci(deposito, mappa, &aoo, materia)?;
    db.scrivi(aoo.id, &Attore::Sistema("conservazione"), |op| {
        // Another node may have been quicker.
        if versamento::in_cammino(op.conn, id)? {
            return Ok(());
        }
        match &costruito {
            Ok(c) => {
                let riposti: Vec<&Riposto> = [&c.indice].into_iter().chain(&c.segnatura).collect();
                let pacchetto = pacchetto::scrivi(op, id, &c.chiave, &riposti, &c.indice.impronta, &c.file)?;
                versamento::inizia(op, id, Ok(&pacchetto))
            }
            Err(motivo) => versamento::inizia(op, id, Err(motivo)),
        }
    })?;
    if let Err(motivo) = &costruito {
        segnala(id, motivo);
    }
    Ok(Passo::Fatto)
}

/// The inner error is the sentence for the person who has to look.
fn costruisci(
    deposito: &Deposito,
    mappa: &Mappa,
    aoo: &Aoo,
    materia: componi::Materia,
) -> Result<Result<Costruito, String>, Errore> {
    let segnatura_xml = materia.segnatura_xml.clone();
    let (unita, file) = match componi::componi(mappa, aoo, materia) {
        Ok(composta) => composta,
        Err(motivo) => return Ok(Err(motivo)),
    };
    let indice = sacer::indice(&unita);
    if let Err(difetti) = sacer::schema()?.valida(indice.as_bytes()) {
        let difetti = difetti.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        return Ok(Err(format!("errore del programma: il pacchetto non è valido ({difetti})")));
    }
    let massimo = u64::try_from(xsd::MASSIMO_BYTE).unwrap_or(u64::MAX);
    let riponi = |testo: &str| deposito.riponi(&mut testo.as_bytes(), massimo);
    let sacer::Chiave { numero, anno, registro } = &unita.chiave;
    Ok(Ok(Costruito {
        chiave: format!("{}-{}-{registro}-{anno}-{numero}", aoo.ente_ipa, aoo.codice),
        indice: riponi(&indice)?,
        segnatura: segnatura_xml.as_deref().map(riponi).transpose()?,
        file,
    }))
}

fn segnala(registrazione: RegistrazioneId, motivo: &str) {
    tracing::warn!(%registrazione, motivo, "no package can be built");
}
