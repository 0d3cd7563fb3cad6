//! Registering and assigning in one act.

use super::{Errore, assegnazione};
use crate::registro::{Flusso, Nuova, Registrata, emergenza, registra, registra_recuperata};
use crate::storage::Operazione;
use crate::utenti::visibilita::Vista;
use crate::utenti::{Aoo, Ufficio};

/// Registers and assigns to the office that has to deal with it, in one transaction. An entrata must go to somebody; of an uscita
/// the office is the one it comes from.
///
/// # Errors
/// Those of [`registra`]; `UfficioMancante` for an entrata without office; `DaRecuperare` for what has to wait until what was
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
    emergenza::libero(op.conn, op.aoo, ufficio.map(|u| &u.codice))?;
    let registrata = registra(op, aoo, vista, nuova)?;
    if let Some(ufficio) = ufficio {
        affida(op, &registrata, nuova.flusso, ufficio)?;
    }
    Ok(registrata)
}

/// The same, for what does not have to wait: what was registered in an emergenza.
pub(super) fn protocolla_recuperata(
    op: &mut Operazione<'_>,
    aoo: &Aoo,
    nuova: &Nuova,
    ufficio: &Ufficio,
) -> Result<Registrata, Errore> {
    let registrata = registra_recuperata(op, aoo, &Vista::Intera(op.aoo), nuova)?;
    affida(op, &registrata, nuova.flusso, ufficio)?;
    Ok(registrata)
}

fn affida(op: &mut Operazione<'_>, fatta: &Registrata, flusso: Flusso, ufficio: &Ufficio) -> Result<(), Errore> {
    assegnazione::apri(op, fatta.id, ufficio, flusso != Flusso::Uscita)?;
    Ok(())
}
