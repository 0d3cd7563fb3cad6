//! Registering and assigning in one act.

use super::{Errore, assegnazione};
use crate::registro::{Flusso, Nuova, Registrata, emergenza, registra};
use crate::storage::Operazione;
use crate::utenti::visibilita::Vista;
use crate::utenti::{Aoo, Ufficio};

/// Registers and assigns to the office that has to deal with it, in one transaction. An entrata must go to somebody; of an uscita
/// the office is the one it comes from.
///
/// # Errors
/// Those of [`registra`]; `UfficioMancante` for an entrata without office; `DaRecuperare` for one, or an interna, that has to wait until what was
/// registered by hand for its office has its numbers. No number is used.
pub fn protocolla(
    op: &mut Operazione<'_>,
    aoo: &Aoo,
    vista: &Vista,
    nuova: &Nuova,
    ufficio: Option<&Ufficio>,
) -> Result<Registrata, Errore> {
    if nuova.flusso == Flusso::Entrata && ufficio.is_none() {
        return Err(Errore::UfficioMancante);
    }
    // An uscita does not wait: what leaves has its own document and its number is needed to leave.
    if let Some(ufficio) = ufficio.filter(|_| nuova.flusso != Flusso::Uscita) {
        emergenza::libero(op.conn, op.aoo, &ufficio.codice)?;
    }
    numera(op, aoo, vista, nuova, ufficio)
}

/// The same, for what does not have to wait: what was registered in an emergenza.
pub(super) fn numera(
    op: &mut Operazione<'_>,
    aoo: &Aoo,
    vista: &Vista,
    nuova: &Nuova,
    ufficio: Option<&Ufficio>,
) -> Result<Registrata, Errore> {
    let registrata = registra(op, aoo, vista, nuova)?;
    if let Some(ufficio) = ufficio {
        assegnazione::apri(op, registrata.id, ufficio, nuova.flusso != Flusso::Uscita)?;
    }
    Ok(registrata)
}
