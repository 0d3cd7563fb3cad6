//! The signatures of the original, which are not those of the copy.

use super::super::oggetti::Oggetti;
use super::RifiutoCopia;
use super::scrittura::Campi;
use crate::firma::pdf::{Difetto, Dizionario, Revisione, campi};

/// What a catalogue says of signatures: who may change what, and the data for verifying them.
const DEL_CATALOGO: [&[u8]; 2] = [b"Perms", b"DSS"];

/// Empties the fields that are signed. What the signer drew on the page stays: it is part of what is seen.
///
/// # Errors
/// `Xfa`; a field that cannot be reached.
pub(super) fn togli(revisione: &Revisione<'_>, oggetti: &mut Oggetti<Vec<u8>>) -> Result<(), RifiutoCopia> {
    let radice = revisione.radice()?;
    let catalogo = radice.dizionario().cloned().unwrap_or_default();
    let modulo = revisione.campo(&catalogo, b"AcroForm")?;
    let Some(modulo) = modulo.dizionario() else { return Ok(()) };
    if modulo.ha(b"XFA") {
        return Err(RifiutoCopia::Xfa);
    }
    let mut tolte = false;
    for campo in campi(revisione)? {
        let Some(dizionario) = campo.oggetto.dizionario().filter(|d| d.ha(b"V")) else { continue };
        if !campo.di_firma() && !e_firma(revisione, dizionario)? {
            continue;
        }
        let id = campo.id.ok_or(Difetto("un campo di firma non è un oggetto a sé"))?;
        oggetti.rifatto((id.numero, id.generazione), &Campi::di(dizionario, &[b"V"]).dizionario())?;
        tolte = true;
    }
    let altro = DEL_CATALOGO.iter().any(|nome| catalogo.ha(nome));
    if !tolte && !altro {
        return Ok(());
    }
    let id = revisione.tabella.coda.campo(b"Root").rinvio().ok_or(Difetto("manca il catalogo del PDF"))?;
    let nuovo = oggetti.riserva();
    oggetti.rifatto((nuovo, 0), &Campi::di(modulo, &[b"SigFlags"]).dizionario())?;
    let mut nuova_radice = Campi::di(&catalogo, &DEL_CATALOGO);
    nuova_radice.metti(b"AcroForm", format!("{nuovo} 0 R").into_bytes());
    oggetti.rifatto((id.numero, id.generazione), &nuova_radice.dizionario())?;
    Ok(())
}

/// Whether the value of a field is a signature, whatever the field says it is for.
fn e_firma(revisione: &Revisione<'_>, campo: &Dizionario) -> Result<bool, Difetto> {
    let valore = revisione.campo(campo, b"V")?;
    Ok(valore.dizionario().is_some_and(|d| d.ha(b"ByteRange")))
}
