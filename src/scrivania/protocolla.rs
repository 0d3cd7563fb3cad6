//! Registering and assigning in one act.

use super::{Errore, assegnazione};
use crate::registro::{Flusso, Nuova, Registrata, registra};
use crate::storage::Operazione;
use crate::utenti::visibilita::Vista;
use crate::utenti::{Aoo, Ufficio};

/// Registers and assigns to the office that has to deal with it, in one transaction. An entrata must go to somebody; of an uscita
/// the office is the one it comes from.
///
/// # Errors
/// Those of [`registra`]; `UfficioMancante` for an entrata without office. No number is used.
pub fn protocolla(
    op: &mut Operazione<'_>,
    aoo: &Aoo,
    vista: &Vista,
    nuova: &Nuova,
    ufficio: Option<&Ufficio>,
) -> Result<Registrata, Errore> {
    if ufficio.is_none() && nuova.flusso == Flusso::Entrata {
        return Err(Errore::UfficioMancante);
    }
    let registrata = registra(op, aoo, vista, nuova)?;
    if let Some(ufficio) = ufficio {
        assegnazione::apri(op, registrata.id, ufficio, nuova.flusso != Flusso::Uscita)?;
    }
    Ok(registrata)
}
