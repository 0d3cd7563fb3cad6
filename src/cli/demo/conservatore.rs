//! The sample conservator: it exists on paper only, and its packages stay in the outbox folder.

use super::scrivi_riservato;
use crate::cli::Errore;
use crate::cli::ambiente::Ambiente;
use crate::conservazione::{self, Accordo, Conservatore, FileSegreto, Mappa, Tipo};
use crate::utenti::Aoo;
use crate::valori::Attore;

const URL: &str = "https://conservatore.example/";
/// Of nobody: there is no such conservator.
const SEGRETO: &[u8] = b"segreto-di-esempio\n";

/// The conservator of the sample AOO, added at the first time.
pub(super) fn aggiungi(ambiente: &Ambiente, aoo: &Aoo) -> Result<Conservatore, Errore> {
    if let Some(presente) = ambiente.db.leggi(|conn| conservazione::conservatore(conn, aoo.id))? {
        return Ok(presente);
    }
    let file = ambiente.config.dir.join("segreto-conservatore");
    scrivi_riservato(&file, SEGRETO)?;
    let accordo = Accordo {
        tipo: Tipo::Sacer,
        url: URL.parse()?,
        segreto: FileSegreto::controlla(&file)?,
        mappa: Mappa::predefinita()?,
    };
    Ok(ambiente.db.scrivi(aoo.id, &Attore::Sistema("demo"), |op| conservazione::aggiungi(op, aoo, &accordo))?)
}
