//! Many files at once: a verdict for each, in the order in which they were named, on all processors.

use super::{Args, Errore, apri, esito, giudizio_di};
use crate::firma::{Fiducia, Indicazione, Rapporto, verifica};
use crate::valori::Istante;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

/// Verdicts that may wait for the one before them to be written.
const IN_ATTESA: usize = 64;

/// A verdict in JSON: the report, with the name of its file before it.
#[derive(Serialize)]
struct Riga<'a> {
    file: String,
    #[serde(flatten)]
    rapporto: &'a Rapporto,
}

/// A file that could not be read, in JSON.
#[derive(Serialize)]
struct Illeggibile {
    file: String,
    error: String,
}

/// How many of each.
#[derive(Default)]
struct Conto {
    valide: usize,
    incerte: usize,
    non_valide: usize,
    senza: usize,
    illeggibili: usize,
}

/// Verifies all files by the same authorities and writes a line for each. `true` only if everything is `TOTAL-PASSED`.
///
/// # Errors
/// Those of the authorities, before anything is verified; `Illeggibili` after all the others, if some file could not be read.
pub(super) fn esegui(args: &Args, adesso: Istante, out: &mut dyn Write) -> Result<bool, Errore> {
    let (istante, fiducia, rilievi) = giudizio_di(args, adesso)?;
    let prossimo = AtomicUsize::new(0);
    let fili = std::thread::available_parallelism().map_or(1, usize::from).min(args.file.len());
    let mut conto = Conto::default();
    std::thread::scope(|ambito| {
        let (manda, ricevi) = sync_channel(IN_ATTESA);
        for _ in 0..fili {
            let (manda, prossimo, fiducia) = (manda.clone(), &prossimo, &fiducia);
            ambito.spawn(move || {
                loop {
                    let i = prossimo.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = args.file.get(i) else { return };
                    // Nobody listens any more when the result could not be written.
                    if manda.send((i, uno(file, fiducia, istante))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(manda);
        let mut pronti = BTreeMap::new();
        for (i, file) in args.file.iter().enumerate() {
            let letto = loop {
                if let Some(letto) = pronti.remove(&i) {
                    break letto;
                }
                match ricevi.recv() {
                    Ok((quale, letto)) => _ = pronti.insert(quale, letto),
                    Err(_) => return Err(Errore::Interrotta(io::Error::other("una verifica si è fermata"))),
                }
            };
            scrivi(file, letto, args.json, &mut conto, out)?;
        }
        Ok(())
    })?;
    if !args.json {
        conto.scrivi(out)?;
        rilievi.iter().try_for_each(|rilievo| writeln!(out, "- {rilievo}"))?;
    }
    match conto.illeggibili {
        0 => Ok(conto.valide == args.file.len()),
        quanti => Err(Errore::Illeggibili(quanti)),
    }
}

fn uno(file: &Path, fiducia: &Fiducia, istante: Istante) -> Result<Rapporto, Errore> {
    let nome = file.file_name().and_then(|n| n.to_str());
    let letto = verifica(&mut apri(file)?, None, nome, fiducia, istante, &mut io::sink());
    letto.map_err(|errore| Errore::File { percorso: file.to_owned(), errore })
}

fn scrivi(
    file: &Path,
    letto: Result<Rapporto, Errore>,
    json: bool,
    conto: &mut Conto,
    out: &mut dyn Write,
) -> Result<(), Errore> {
    conto.aggiungi(&letto);
    let nome = file.display().to_string();
    match (letto, json) {
        (Ok(rapporto), true) => {
            serde_json::to_writer(&mut *out, &Riga { file: nome, rapporto: &rapporto }).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        (Err(errore), true) => {
            let riga = Illeggibile { file: nome, error: errore.to_string() };
            serde_json::to_writer(&mut *out, &riga).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        (Ok(rapporto), false) => {
            let firmatari: Vec<&str> =
                rapporto.signatures.iter().filter_map(|f| f.signer.as_ref()?.common_name.as_deref()).collect();
            let di = if firmatari.is_empty() { String::new() } else { format!(": {}", firmatari.join(", ")) };
            writeln!(out, "{nome}: {}{di}", rapporto.indication.map_or("nessuna firma", esito))?;
        }
        // The error names the file.
        (Err(errore), false) => writeln!(out, "{errore}")?,
    }
    Ok(())
}

impl Conto {
    fn aggiungi(&mut self, letto: &Result<Rapporto, Errore>) {
        let quale = match letto.as_ref().map(|r| r.indication) {
            Ok(Some(Indicazione::TotalPassed)) => &mut self.valide,
            Ok(Some(Indicazione::Indeterminate)) => &mut self.incerte,
            Ok(Some(Indicazione::TotalFailed)) => &mut self.non_valide,
            Ok(None) => &mut self.senza,
            Err(_) => &mut self.illeggibili,
        };
        *quale += 1;
    }

    fn scrivi(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "\nValidi: {}. Non accertati: {}. Non validi: {}. Senza firma: {}. Non letti: {}.",
            self.valide, self.incerte, self.non_valide, self.senza, self.illeggibili
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::verifica::Errore;
    use crate::cli::verifica::tests::{fixture, prova};

    #[test]
    fn many_files_are_told_in_their_order_and_a_bad_one_stops_none() {
        let (buono, nudo, ca) =
            (fixture("firma/rsa-ber.pdf.p7m"), fixture("chiavi/README.md"), fixture("chiavi/ca-firma.pem"));
        let mut argomenti = vec![buono.as_str(); 150];
        argomenti.extend(["--fiducia", &ca]);
        let (esito, testo) = prova(&argomenti);
        assert!(esito.unwrap(), "{testo}");
        assert_eq!(testo.matches("rsa-ber.pdf.p7m: valida (TOTAL-PASSED): ").count(), 150, "{testo}");
        assert!(
            testo.ends_with("Validi: 150. Non accertati: 0. Non validi: 0. Senza firma: 0. Non letti: 0.\n"),
            "{testo}"
        );

        let misti = [&buono, &nudo, "/non/esiste.p7m", &buono, "--fiducia", &ca];
        let (esito, testo) = prova(&misti);
        assert!(matches!(esito, Err(Errore::Illeggibili(1))), "{testo}");
        let righe: Vec<&str> = testo.lines().collect();
        assert!(
            righe[0].contains("valida (") && righe[1].ends_with("nessuna firma") && righe[2].starts_with("/non/esiste"),
            "{testo}"
        );
        assert!(
            righe[3].contains("valida (")
                && testo.contains("Validi: 2. Non accertati: 0. Non validi: 0. Senza firma: 1. Non letti: 1."),
            "{testo}"
        );

        let (esito, testo) = prova(&[&buono, &nudo, "--fiducia", &ca, "--json"]);
        assert!(!esito.unwrap());
        let letti: Vec<serde_json::Value> = testo.lines().map(|r| serde_json::from_str(r).unwrap()).collect();
        assert_eq!((&letti[0]["file"], &letti[0]["indication"]), (&buono.clone().into(), &"TOTAL-PASSED".into()));
        assert_eq!((&letti[1]["file"], &letti[1]["indication"]), (&nudo.clone().into(), &serde_json::Value::Null));
        for uno_solo in ["--estrai", "--contenuto", "--prova"] {
            let (esito, testo) = prova(&[&buono, &nudo, uno_solo, "/tmp/x"]);
            assert!(matches!(esito, Err(Errore::UnoSolo)) && testo.is_empty(), "{uno_solo}");
        }
    }
}
