//! *Stampa*: pages on paper, as PDF/A-1b (ISO 19005-1): what the register prints is kept for ever. Pure: values in, bytes out.
//!
//! [`Pdf`] writes each page as soon as it is full and holds none: a register of a year costs the memory of its last page, plus the
//! place of every object. The fonts come at the end, cut down to what was used. Colours are shades of a calibrated grey, which
//! needs no profile; text is set as it is read, without the shapes of scripts that join or turn their letters.

mod carattere;
mod codice;
mod copia;
mod oggetti;
mod pagina;
mod pdf;
mod testo;

pub use carattere::Stile;
pub use codice::barre;
pub use copia::{RifiutoCopia, copia};
pub use pagina::{Grigio, Pagina};
pub use pdf::{Formato, PUNTI_PER_MM, Pdf, Titolo};
pub use testo::{a_capo, pulito};
