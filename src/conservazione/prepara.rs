//! One registration gets its package: built once, its exact bytes stored before any delivery.

use super::componi::{self, FilePacchetto, Materia};
use super::{Conservatore, Errore, Mappa, Passo, coda, pacchetto, registri, sacer, versamento};
use crate::documenti::{Deposito, Riposto};
use crate::registro::chiusura::Chiusura;
use crate::segnatura::xsd;
use crate::storage::{Db, Operazione};
use crate::utenti::{self, Aoo};
use crate::valori::{Attore, RegistrazioneId};

/// A package that is in the store and that no row knows yet.
pub(super) struct Costruito {
    pub chiave: String,
    pub indice: Riposto,
    pub segnatura: Option<Riposto>,
    pub file: Vec<FilePacchetto>,
}

/// What there is to do for an AOO.
enum Lavoro {
    /// A register has no package.
    Registro(Box<Chiusura>),
    /// Registrations are not in the queue yet.
    Accodare,
    /// The oldest of the queue has no package.
    Costruire(Box<Materia>),
}

/// Builds the package of the oldest register of the conservator's AOO that has none, since registers have a term; else lets new
/// registrations into the queue, or builds the package of the oldest that has none. A trial AOO has nothing to deposit.
///
/// A registration that cannot be packed is set aside with the reason and does not stop the others.
///
/// # Errors
/// Those of the map, of the database and of the store; then the same step can be repeated.
pub fn prepara(db: &Db, deposito: &Deposito, conservatore: &Conservatore) -> Result<Passo, Errore> {
    let trovato = db.leggi(|conn| {
        let aoo = utenti::aoo(conn, conservatore.aoo)?;
        if aoo.di_prova() {
            return Ok(None);
        }
        if let Some(chiusura) = registri::da_preparare(conn, conservatore)? {
            return Ok(Some((Lavoro::Registro(Box::new(chiusura)), aoo)));
        }
        if coda::prossimo(conn, &aoo)?.is_some() {
            return Ok(Some((Lavoro::Accodare, aoo)));
        }
        let Some(id) = versamento::da_preparare(conn, aoo.id)? else { return Ok(None) };
        Ok::<_, Errore>(Some((Lavoro::Costruire(Box::new(componi::materia(conn, &aoo, id)?)), aoo)))
    })?;
    let io = Attore::Sistema("conservazione");
    match trovato {
        None => return Ok(Passo::Niente),
        Some((Lavoro::Registro(chiusura), aoo)) => registri::prepara(db, deposito, conservatore, &aoo, &chiusura)?,
        Some((Lavoro::Accodare, aoo)) => db.scrivi(aoo.id, &io, |op| coda::accoda(op, &aoo))?,
        Some((Lavoro::Costruire(materia), aoo)) => {
            let id = materia.registrazione.id;
            let costruito = costruisci(deposito, &conservatore.mappa()?, &aoo, *materia)?;
            db.scrivi(aoo.id, &io, |op| annota(op, conservatore, id, &costruito))?;
            if costruito.is_err() {
                // The reason may hold the name of a file, which may hold the name of a person.
                tracing::warn!(registrazione = %id, "no package can be built");
            }
        }
    }
    Ok(Passo::Fatto)
}

/// Writes what was built, or why there is nothing.
fn annota(
    op: &mut Operazione<'_>,
    conservatore: &Conservatore,
    id: RegistrazioneId,
    costruito: &Result<Costruito, String>,
) -> Result<(), Errore> {
    // Another node may have been quicker.
    if !versamento::attende(op.conn, id)? {
        return Ok(());
    }
    match costruito {
        Ok(c) => {
            let pacchetto = pacchetto::scrivi(op, conservatore.id, id, c)?;
            versamento::preparato(op, id, Ok(&pacchetto))
        }
        Err(motivo) => versamento::preparato(op, id, Err(motivo)),
    }
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
    let sacer::Chiave { numero, anno, .. } = &unita.chiave;
    Ok(Ok(Costruito {
        chiave: format!("{}-{}-{}-{anno}-{numero}", aoo.ente_ipa, aoo.codice, aoo.registro),
        indice: riponi(&indice)?,
        segnatura: segnatura_xml.as_deref().map(riponi).transpose()?,
        file,
    }))
}
