//! `tabulario estrai-testo`: the program as its own child, reading one file for the search. Not for people.

use super::Errore;
use crate::documenti::testo;
use std::io::{self, BufWriter, Write};

pub(super) fn esegui(out: &mut dyn Write) -> Result<bool, Errore> {
    // A reader that panics on a hostile file is a finding of the parent, not a text on its standard error.
    std::panic::set_hook(Box::new(|_| {}));
    let mut out = BufWriter::new(out);
    let esito = testo::servi(&mut io::stdin().lock(), &mut out, &mut io::stderr())?;
    out.flush()?;
    Ok(esito)
}
