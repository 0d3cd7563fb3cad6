//! What pages and API ask before they change data of a registration.

use crate::registro::{Origine, Variabile};
use crate::storage::Operazione;
use crate::utenti::visibilita::Vista;
use crate::valori::{RegistrazioneId, Testo};
use crate::web::Problema;
use crate::{istanze, pec, registro};

/// Changes data of a registration that the caller sees. How it travelled is certain if a message became it, an istanza did, or it was
/// sent: only the modules above the register know.
pub(super) fn varia(
    op: &mut Operazione<'_>,
    vista: &Vista,
    id: RegistrazioneId,
    valori: &[Variabile],
    motivo: Option<&Testo>,
) -> Result<(), Problema> {
    let intera = Vista::Intera(vista.aoo());
    let accertata = pec::origine(op.conn, id)?.is_some()
        || istanze::per_registrazione(op.conn, id)?.is_some()
        || pec::invii(op.conn, &intera, Some(id))?.iter().any(|i| i.ritorno.is_none());
    let origine = if accertata { Origine::Accertata } else { Origine::Dichiarata };
    Ok(registro::varia(op, vista, id, (valori, motivo), origine)?)
}
