//! The parent's side: starts the child, waits as long as it may, takes what it wrote.

use super::{COMANDO, MASSIMO_TESTO, Testo};
use crate::documenti::{Deposito, Errore};
use crate::valori::Impronta;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Longest time for one file: more than the child's own limit of processor time, so that only one that waits reaches it.
const MASSIMA_ATTESA: Duration = Duration::from_secs(45);

/// How often the wait looks whether the program is stopping.
const BATTITO: Duration = Duration::from_millis(100);

/// Bytes taken beyond the longest text, so that a child that reaches the limit ends by itself and says so: one that was stopped at
/// its last byte would be killed before its finding came.
const MARGINE: usize = 16;

/// Longest finding that a child may write, in bytes.
const MASSIMO_RILIEVO: usize = 1_000;

/// The program that reads files, as a child process.
#[derive(Debug, Clone)]
pub struct Estrattore {
    programma: PathBuf,
    attesa: Duration,
}

impl Estrattore {
    /// By the `tabulario` program that is at this path.
    #[must_use]
    pub fn new(programma: PathBuf) -> Self {
        Self { programma, attesa: MASSIMA_ATTESA }
    }

    /// With another limit of time for one file.
    #[must_use]
    pub fn con_attesa(self, attesa: Duration) -> Self {
        Self { attesa, ..self }
    }

    /// Reads the text of a file of the store. Whatever its bytes are, the answer is a [`Testo`]; `None` only if `basta` said
    /// that the program is stopping.
    ///
    /// # Errors
    /// If the child cannot be started: nothing that is inside the file is an error.
    pub fn estrai(
        &self,
        deposito: &Deposito,
        impronta: &Impronta,
        basta: &dyn Fn() -> bool,
    ) -> Result<Option<Testo>, Errore> {
        let file = match deposito.apri(impronta) {
            Ok(file) => file,
            Err(Errore::Assente(_)) => {
                return Ok(Some(Testo::con_rilievo(String::new(), "il file non è nel deposito")));
            }
            Err(e) => return Err(e),
        };
        let mut figlio = Command::new(&self.programma)
            .arg(COMANDO)
            .stdin(Stdio::from(file))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .spawn()
            .map_err(Errore::Estrattore)?;
        let esito = self.ascolta(&mut figlio, basta);
        // Also when it ended by itself: then these do nothing, and no zombie stays.
        let _ = figlio.kill();
        let uscita = figlio.wait().map_err(Errore::Estrattore)?;
        Ok(match esito {
            Fine::Basta => None,
            Fine::Tardi(testo) => Some(Testo::con_rilievo(testo, "la lettura del file non finiva mai")),
            Fine::Finito(testo, rilievo) => Some(giudica(uscita, testo, &rilievo)),
        })
    }

    /// Takes what the child writes until it closes its end, the time is over or the program stops.
    fn ascolta(&self, figlio: &mut Child, basta: &dyn Fn() -> bool) -> Fine {
        let testo = leggi_in_disparte(figlio.stdout.take(), MASSIMO_TESTO);
        let rilievo = leggi_in_disparte(figlio.stderr.take(), MASSIMO_RILIEVO);
        let mut resta = self.attesa;
        loop {
            let battito = BATTITO.min(resta);
            match testo.recv_timeout(battito) {
                // The finding was written before the output was closed.
                Ok(testo) => return Fine::Finito(testo, rilievo.recv_timeout(resta).unwrap_or_default()),
                Err(RecvTimeoutError::Disconnected) => return Fine::Finito(String::new(), String::new()),
                Err(RecvTimeoutError::Timeout) if basta() => return Fine::Basta,
                Err(RecvTimeoutError::Timeout) => resta = resta.saturating_sub(battito),
            }
            if resta.is_zero() {
                // Its pipe closes when it dies, and gives what had come so far.
                let _ = figlio.kill();
                return Fine::Tardi(testo.recv_timeout(self.attesa).unwrap_or_default());
            }
        }
    }
}

/// How the wait for a child ended.
enum Fine {
    /// It closed its output: text and finding.
    Finito(String, String),
    /// The time was over: the text that had come.
    Tardi(String),
    /// The program stops.
    Basta,
}

/// Status 0: all the text. Status 1: some of it, and the finding says why. Anything else: it died.
fn giudica(uscita: ExitStatus, testo: String, rilievo: &str) -> Testo {
    match (uscita.code(), rilievo.trim()) {
        (Some(0), _) => Testo { esito: super::Esito::Estratto, testo, rilievo: None },
        (Some(1), rilievo) if !rilievo.is_empty() => Testo::con_rilievo(testo, rilievo),
        _ => Testo::con_rilievo(testo, "il file ha messo in difficoltà il lettore (rovinato, o troppo grande)"),
    }
}

/// Reads a pipe in a thread of its own, up to a limit; past it the pipe is closed, and the writer learns it.
fn leggi_in_disparte(tubo: Option<impl Read + Send + 'static>, massimo: usize) -> mpsc::Receiver<String> {
    let (manda, ricevi) = mpsc::channel();
    if let Some(tubo) = tubo {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            // What came before an error is good.
            let quanti = u64::try_from(massimo + MARGINE).unwrap_or(u64::MAX);
            let _: io::Result<usize> = tubo.take(quanti).read_to_end(&mut bytes);
            let mut testo = pulito(&String::from_utf8_lossy(&bytes));
            testo.truncate(testo.floor_char_boundary(massimo));
            let _ = manda.send(testo);
        });
    }
    ricevi
}

/// Without control characters (PostgreSQL refuses NUL), and with blanks made one.
fn pulito(testo: &str) -> String {
    let mut pulito = String::with_capacity(testo.len());
    for parola in testo.split(|c: char| c.is_whitespace() || c.is_control()).filter(|p| !p.is_empty()) {
        if !pulito.is_empty() {
            pulito.push(' ');
        }
        pulito.push_str(parola);
    }
    pulito
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_kept_without_control_characters_and_with_single_blanks() {
        for (sporco, atteso) in [
            ("  due\n\n parole\t", "due parole"),
            ("a\u{0}b\u{7}c", "a b c"),
            ("", ""),
            (" \n ", ""),
            ("perché\u{a0}così", "perché così"),
        ] {
            assert_eq!(pulito(sporco), atteso);
        }
    }
}
