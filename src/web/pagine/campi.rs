//! Fields of a form turned into values, with every refusal at its field.

use crate::valori::Rifiuto;
use std::str::FromStr;

/// A field that was refused; an empty name means the form as a whole.
pub(super) struct Difetto {
    pub(super) campo: String,
    pub(super) testo: String,
}

/// The value of a field that must be there.
pub(super) fn serve<T: FromStr<Err = Rifiuto>>(
    campo: &str,
    testo: &str,
    manca: &str,
    difetti: &mut Vec<Difetto>,
) -> Option<T> {
    if testo.trim().is_empty() {
        rifiuta(campo, manca, difetti);
        return None;
    }
    forse(campo, testo, difetti)
}

/// The value of a field that may be left empty.
pub(super) fn forse<T: FromStr<Err = Rifiuto>>(campo: &str, testo: &str, difetti: &mut Vec<Difetto>) -> Option<T> {
    if testo.trim().is_empty() {
        return None;
    }
    testo.parse().map_err(|e: Rifiuto| rifiuta(campo, e, difetti)).ok()
}

/// Refuses a field.
pub(super) fn rifiuta(campo: &str, testo: impl ToString, difetti: &mut Vec<Difetto>) {
    difetti.push(Difetto { campo: campo.to_owned(), testo: frase(&testo.to_string()) });
}

/// A refusal as a sentence of its own, with a capital letter.
pub(super) fn frase(testo: &str) -> String {
    let mut lettere = testo.chars();
    lettere.next().map(|prima| prima.to_uppercase().chain(lettere).collect()).unwrap_or_default()
}
