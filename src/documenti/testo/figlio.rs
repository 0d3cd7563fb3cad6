//! The child's side: takes the limits upon itself, then reads the file on its standard input.

use super::{MASSIMO_TESTO, lettore};
use rlimit::Resource;
use std::io::{self, Read, Write};

/// Address space of the child, in bytes: a reader of PDF needs room, a bomb needs more.
const MEMORIA: u64 = 1_536 * 1024 * 1024;
/// Processor time of the child, in seconds.
const PROCESSORE_S: u64 = 20;
/// Open files of the child: its three streams and what the system needs.
const FILE_APERTI: u64 = 16;
/// Longest file that is read, in bytes.
const MASSIMO_FILE: u64 = 256 * 1024 * 1024;

/// Reads a file from `entrata`, writes its text to `uscita`; true if it is all there, else `rilievi` says why, in words.
///
/// Limits the process for ever: it is for a process that does nothing else.
///
/// # Errors
/// If the limits are refused, or the streams fail.
pub fn servi(entrata: &mut dyn Read, uscita: &mut dyn Write, rilievi: &mut dyn Write) -> io::Result<bool> {
    limita()?;
    let mut bytes = Vec::new();
    entrata.take(MASSIMO_FILE + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MASSIMO_FILE {
        writeln!(rilievi, "il file supera i {} MiB", MASSIMO_FILE / 1024 / 1024)?;
        return Ok(false);
    }
    let mut pagina = Pagina { uscita, resta: MASSIMO_TESTO };
    match lettore::leggi(bytes, &mut pagina) {
        Ok(()) => Ok(true),
        Err(rilievo) => {
            writeln!(rilievi, "{rilievo}")?;
            Ok(false)
        }
    }
}

fn limita() -> io::Result<()> {
    for (che, quanto) in [
        (Resource::AS, MEMORIA),
        (Resource::CPU, PROCESSORE_S),
        (Resource::NOFILE, FILE_APERTI),
        // It writes to its pipes and nowhere else.
        (Resource::FSIZE, 0),
        (Resource::CORE, 0),
    ] {
        let (_, concesso) = che.get()?;
        let quanto = quanto.min(concesso);
        che.set(quanto, quanto)?;
    }
    Ok(())
}

/// Where a reader writes the text it finds; says when there is enough of it.
pub(super) struct Pagina<'a> {
    uscita: &'a mut dyn Write,
    resta: usize,
}

impl Pagina<'_> {
    /// Adds a piece of text, with a blank after it.
    pub(super) fn scrivi(&mut self, testo: &str) -> Result<(), String> {
        let pezzo = testo.get(..testo.floor_char_boundary(self.resta.min(testo.len()))).unwrap_or_default();
        self.uscita
            .write_all(pezzo.as_bytes())
            .and_then(|()| self.uscita.write_all(b"\n"))
            .map_err(|e| e.to_string())?;
        self.resta = self.resta.saturating_sub(testo.len() + 1);
        match self.resta {
            0 => Err("è più lungo di quanto si conserva per la ricerca".to_owned()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
impl<'a> Pagina<'a> {
    pub(super) fn new(uscita: &'a mut dyn Write, resta: usize) -> Self {
        Self { uscita, resta }
    }
}
