//! `tabulario segnatura`: reads and checks a segnatura or a return message, in any dialect.

use super::verifica;
use crate::pec::busta::interoperabilita;
use crate::segnatura::{DocumentoLetto, IdentificatoreLetto, Lettura, MASSIMO_BYTE, RiferimentoLetto, Ruolo, Sigillo};
use crate::valori::Istante;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Legge e controlla una segnatura di protocollo o un suo messaggio di ritorno, in qualunque dialetto.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// La segnatura (.xml)
    #[arg(value_name = "FILE.xml")]
    pub file: PathBuf,
    /// Cartella con i file arrivati insieme: quelli che mancano, quelli in più e quelli alterati sono segnalati
    #[arg(long, value_name = "CARTELLA")]
    pub allegati: Option<PathBuf>,
    /// Certificato di una CA di cui fidarsi per il sigillo, cartella che ne contiene, o lista di fiducia; si può ripetere
    #[arg(long, value_name = "PERCORSO")]
    pub fiducia: Vec<PathBuf>,
    /// L'istante in cui il certificato del sigillo deve essere valido (se manca: adesso)
    #[arg(long, value_name = "RFC3339")]
    pub istante: Option<Istante>,
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
    /// Something that cannot be an anchor.
    #[error(transparent)]
    Fiducia(#[from] verifica::Errore),
    /// The result cannot be written.
    #[error("non posso scrivere il risultato: {0}")]
    Uscita(#[from] io::Error),
}

/// Reads the file and writes what it says; `adesso` is the instant when none is asked for. `true` only if it is a message and valid
/// for its dialect; its seal is another question, answered beside.
///
/// # Errors
/// A file cannot be read, an anchor is none, or the result cannot be written.
pub fn esegui(args: &Args, adesso: Istante, out: &mut dyn Write) -> Result<bool, Errore> {
    let massimo = u64::try_from(MASSIMO_BYTE).unwrap_or(u64::MAX).saturating_add(1);
    let xml = apri(&args.file, massimo)?;
    let istante = args.istante.unwrap_or(adesso);
    let (fiducia, liste) = verifica::leggi_fiducia(&args.fiducia, istante)?;
    let mut lettura = interoperabilita::leggi(&xml, &fiducia, istante);
    lettura.rilievi.extend(liste);
    if let Some(cartella) = &args.allegati {
        confronta(&mut lettura, cartella, &args.file)?;
    }
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &lettura).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        racconta(&lettura, out)?;
    }
    Ok(lettura.valida)
}

/// One byte beyond the limit is enough for the reader to say so.
fn apri(file: &Path, massimo: u64) -> Result<Vec<u8>, Errore> {
    let mut byte = Vec::new();
    let letto = File::open(file).and_then(|f| f.take(massimo).read_to_end(&mut byte));
    letto.map_err(|causa| Errore::File { file: file.to_owned(), causa })?;
    Ok(byte)
}

/// With the files of a folder, the segnatura itself apart.
fn confronta(lettura: &mut Lettura, cartella: &Path, questa: &Path) -> Result<(), Errore> {
    let no = |causa| Errore::File { file: cartella.to_owned(), causa };
    let voci = fs::read_dir(cartella).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(no)?;
    let mut file: Vec<PathBuf> = voci.into_iter().map(|v| v.path()).filter(|f| f.is_file()).collect();
    let questa = questa.canonicalize().ok();
    file.retain(|f| f.canonicalize().ok() != questa);
    file.sort();
    let (misura, mut arrivati) = (lettura.misura(), Vec::new());
    for percorso in file {
        let nome = percorso.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let letto = File::open(&percorso).and_then(|mut f| misura.file(&nome, &mut f));
        arrivati.push(letto.map_err(|causa| Errore::File { file: percorso, causa })?);
    }
    lettura.confronta(&arrivati);
    Ok(())
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
    riga(out, "Sigillo", lettura.sigillo.map(Sigillo::as_str))?;
    riga(out, "Sigillo di", lettura.titolare.as_deref())?;
    let codice = lettura.codice_confermato.map(|si| if si { "confermato dal sigillo" } else { "SMENTITO dal sigillo" });
    riga(out, "Codice IPA del mittente", codice)?;
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
