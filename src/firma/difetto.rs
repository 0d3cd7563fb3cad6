//! A defect of the file, carried through `Read` without being mistaken for a failure of the disk.

use std::fmt;
use std::io;

/// What is wrong with the file, as an Italian clause that completes "il file non è leggibile: …".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difetto(pub &'static str);

/// The file stops in the middle of something.
pub const TRONCO: Difetto = Difetto("finisce prima del previsto");

impl fmt::Display for Difetto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Difetto {}

impl From<Difetto> for io::Error {
    fn from(difetto: Difetto) -> Self {
        Self::new(io::ErrorKind::InvalidData, difetto)
    }
}

/// Tells defects of the file (inner result) from failures of source or sink (outer result).
pub fn separa<T>(esito: io::Result<T>) -> io::Result<Result<T, Difetto>> {
    match esito {
        Ok(valore) => Ok(Ok(valore)),
        Err(errore) => match errore.get_ref().and_then(|e| e.downcast_ref::<Difetto>()) {
            Some(difetto) => Ok(Err(*difetto)),
            None => Err(errore),
        },
    }
}
