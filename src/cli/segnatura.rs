//! `tabulario segnatura`: reads and checks a segnatura or a return message, in any dialect.

use crate::segnatura::{DocumentoLetto, IdentificatoreLetto, Lettura, MASSIMO_BYTE, RiferimentoLetto, Ruolo, leggi};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Legge e controlla una segnatura di protocollo o un suo messaggio di ritorno, in qualunque dialetto.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// La segnatura (.xml)
    #[arg(value_name = "FILE.xml")]
    pub file: PathBuf,
    /// Scrive il risultato in JSON
    #[arg(long)]
    pub json: bool,
}

/// Why the command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// The file cannot be opened or read.
    #[error("non posso leggere «{file}»: {causa}")]
    File {
        /// The file asked for.
        file: PathBuf,
        /// What the system says.
        causa: io::Error,
    },
    /// The result cannot be written.
    #[error("non posso scrivere il risultato: {0}")]
    Uscita(#[from] io::Error),
}

/// Reads the file and writes what it says. `true` only if it is a message and valid for its dialect.
///
/// # Errors
/// The file cannot be read, or the result cannot be written.
pub fn esegui(args: &Args, out: &mut dyn Write) -> Result<bool, Errore> {
    let xml = apri(&args.file).map_err(|causa| Errore::File { file: args.file.clone(), causa })?;
    let lettura = leggi(&xml);
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &lettura).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        racconta(&lettura, out)?;
    }
    Ok(lettura.valida)
}

/// One byte beyond the limit is enough for the reader to say so.
fn apri(file: &Path) -> io::Result<Vec<u8>> {
    let massimo = u64::try_from(MASSIMO_BYTE).unwrap_or(u64::MAX).saturating_add(1);
    let mut xml = Vec::new();
    File::open(file)?.take(massimo).read_to_end(&mut xml)?;
    Ok(xml)
}

fn racconta(lettura: &Lettura, out: &mut dyn Write) -> io::Result<()> {
    let esito = if lettura.valida { "valida" } else { "non valida" };
    match (lettura.tipo, lettura.dialetto) {
        (Some(tipo), Some(dialetto)) => writeln!(out, "Tipo: {} ({}, {esito})", tipo.as_str(), dialetto.as_str())?,
        _ => writeln!(out, "Tipo: nessuno, non è una segnatura")?,
    }
    riga(out, "Registrazione", lettura.identificatore.as_ref().map(IdentificatoreLetto::linea).as_deref())?;
    riga(out, "Oggetto", lettura.oggetto.as_deref())?;
    if let Some(mittente) = &lettura.mittente {
        riga(out, "Mittente", mittente.nome())?;
        riga(out, "Indirizzo del mittente", mittente.indirizzo.as_deref())?;
    }
    for destinatario in &lettura.destinatari {
        let che = if destinatario.per_conoscenza { "Per conoscenza" } else { "Destinatario" };
        riga(out, che, destinatario.soggetto.nome())?;
    }
    lettura.documenti.iter().try_for_each(|d| documento(out, d))?;
    riga(out, "Si riferisce a", lettura.si_riferisce_a().as_deref())?;
    for altro in lettura.riferimenti.iter().skip(1) {
        riga(out, "Si riferisce anche a", Some(&RiferimentoLetto::testo(altro)))?;
    }
    riga(out, "Motivo", lettura.motivo.as_deref())?;
    riga(out, "Provvedimento", lettura.provvedimento.as_deref())?;
    if !lettura.rilievi.is_empty() {
        writeln!(out, "Rilievi:")?;
    }
    lettura.rilievi.iter().try_for_each(|r| writeln!(out, "- {r}"))
}

fn riga(out: &mut dyn Write, che: &str, valore: Option<&str>) -> io::Result<()> {
    match valore.filter(|v| !v.is_empty()) {
        Some(valore) => writeln!(out, "{che}: {valore}"),
        None => Ok(()),
    }
}

fn documento(out: &mut dyn Write, documento: &DocumentoLetto) -> io::Result<()> {
    let che = match documento.ruolo {
        Ruolo::Principale => "Documento principale",
        Ruolo::Allegato => "Allegato",
    };
    let nome = documento.nome.as_deref().unwrap_or("senza nome di file");
    match (&documento.algoritmo, &documento.impronta) {
        (Some(algoritmo), Some(impronta)) => writeln!(out, "{che}: {nome} ({algoritmo} {impronta})"),
        _ => writeln!(out, "{che}: {nome}"),
    }
}
