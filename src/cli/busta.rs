//! `tabulario busta`: reads a mail or PEC message and says what it is and what it carries.

use crate::firma::{Fiducia, Indicazione};
use crate::pec::busta::{self, Allegato, Busta, MASSIMO_MESSAGGIO_BYTE};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;

/// Legge un messaggio di posta o di PEC: tipo, parti, allegati, ricevute, rilievi.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Il messaggio, intero (.eml)
    #[arg(value_name = "FILE.eml")]
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

/// Reads the file and writes what it is. `true`: any message that can be read is a good outcome, whatever is wrong with it.
///
/// # Errors
/// The file cannot be read, or the result cannot be written.
pub fn esegui(args: &Args, out: &mut dyn Write) -> Result<bool, Errore> {
    let eml = leggi(&args.file).map_err(|causa| Errore::File { file: args.file.clone(), causa })?;
    let busta = busta::leggi(&eml, &Fiducia::vuota());
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &busta).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        racconta(&busta, out)?;
    }
    Ok(true)
}

/// One byte beyond the limit is enough for the reader to say so.
fn leggi(file: &PathBuf) -> io::Result<Vec<u8>> {
    let massimo = u64::try_from(MASSIMO_MESSAGGIO_BYTE).unwrap_or(u64::MAX).saturating_add(1);
    let mut eml = Vec::new();
    File::open(file)?.take(massimo).read_to_end(&mut eml)?;
    Ok(eml)
}

fn racconta(busta: &Busta<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Tipo: {}", busta.kind.as_str())?;
    riga(out, "Da", busta.from.as_deref())?;
    riga(out, "A", Some(&busta.to.join(", ")))?;
    riga(out, "Oggetto", busta.subject.as_deref())?;
    riga(out, "Data", busta.date.map(|d| d.leggibile()).as_deref())?;
    riga(out, "Message-ID", busta.message_id.as_deref())?;
    if let Some(dati) = &busta.daticert {
        riga(out, "Gestore", dati.gestore.as_deref())?;
        riga(out, "Identificativo", dati.identificativo.as_deref())?;
        riga(out, "Consegna", dati.consegna.as_deref())?;
    }
    if let Some(firma) = &busta.provider_signature {
        let nome = firma.signer.as_ref().and_then(|f| f.common_name.as_deref()).unwrap_or("firmatario ignoto");
        writeln!(out, "Firma del gestore: {} ({nome})", giudizio(firma.indication))?;
    }
    riga(out, "Riguarda il messaggio", busta.refers_to.as_deref())?;
    if let Some(originale) = &busta.original {
        writeln!(out, "Messaggio originale:")?;
        riga(out, "  Da", originale.from.as_deref())?;
        riga(out, "  A", Some(&originale.to.join(", ")))?;
        riga(out, "  Oggetto", originale.subject.as_deref())?;
        allegati(out, "  Allegati", &originale.attachments)?;
    }
    allegati(out, "Allegati", &busta.attachments)?;
    if let Some(dialetto) = busta.segnatura.as_ref().and_then(|s| s.dialetto) {
        writeln!(out, "Segnatura: {}", dialetto.as_str())?;
    }
    if let Some(s) = &busta.servizio {
        writeln!(out, "Servizio: {}{}", s.descrizione, if s.confermato { "" } else { " (non confermato)" })?;
        riga(out, "Identificativo SdI", s.identificativo_sdi.as_deref())?;
        riga(out, "IUN", s.iun.as_deref())?;
    }
    if !busta.findings.is_empty() {
        writeln!(out, "Rilievi:")?;
    }
    busta.findings.iter().try_for_each(|r| writeln!(out, "- {r}"))
}

fn giudizio(indicazione: Indicazione) -> &'static str {
    match indicazione {
        Indicazione::TotalPassed => "valida",
        Indicazione::Indeterminate => "non confermata",
        Indicazione::TotalFailed => "non valida",
    }
}

fn riga(out: &mut dyn Write, che: &str, valore: Option<&str>) -> io::Result<()> {
    match valore.filter(|v| !v.is_empty()) {
        Some(valore) => writeln!(out, "{che}: {valore}"),
        None => Ok(()),
    }
}

fn allegati(out: &mut dyn Write, che: &str, allegati: &[Allegato<'_>]) -> io::Result<()> {
    if allegati.is_empty() {
        return Ok(());
    }
    writeln!(out, "{che}:")?;
    let rientro = che.len() - che.trim_start().len();
    allegati.iter().try_for_each(|a| {
        writeln!(out, "{:rientro$}- {} ({}, {} byte, SHA-256 {})", "", a.name, a.media_type, a.size, a.sha256)
    })
}
