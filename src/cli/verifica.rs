//! `tabulario verifica`: verifies a signed file, or many, without server and without data folder.

mod insieme;

use crate::firma::{
    self, DatoRevoca, Fiducia, Firma, Firmatari, Indicazione, Lista, MASSIMO_DATO_REVOCA_BYTE, MAX_PROVA_BYTE, Prova,
    Rapporto, verifica,
};
use crate::valori::{Impronta, Istante};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The largest certificate file read.
const MAX_FIDUCIA_BYTE: u64 = 16 * 1024 * 1024;

/// Verifica le firme di un file (CAdES, PAdES, XAdES, ASiC, TSD, marche temporali) ed estrae il documento firmato.
///
/// Esce con 0 solo se tutte le firme sono valide (TOTAL-PASSED), con 1 se il file è stato letto ma l'esito è un altro. Di più file
/// scrive una riga ciascuno (con --json un oggetto), nell'ordine in cui sono dati.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Il file firmato, o più file
    #[arg(value_name = "FILE", required = true)]
    file: Vec<PathBuf>,
    /// Il documento, quando la firma è separata da esso
    #[arg(long, value_name = "FILE")]
    contenuto: Option<PathBuf>,
    /// Certificato di una CA di cui fidarsi (PEM o DER), cartella che ne contiene, o lista di fiducia (XML); si può ripetere
    #[arg(long, value_name = "PERCORSO")]
    fiducia: Vec<PathBuf>,
    /// Lista di revoca (CRL, PEM o DER) o risposta OCSP (DER), o cartella che ne contiene; si può ripetere
    #[arg(long, value_name = "PERCORSO")]
    revoche: Vec<PathBuf>,
    /// L'istante in cui i certificati devono essere validi, come 2026-11-22T08:42:07+01:00 (se manca: adesso)
    #[arg(long, value_name = "RFC3339")]
    istante: Option<Istante>,
    /// La prova di una verifica già fatta (JSON): l'esito è ricalcolato con le autorità e l'istante di allora, e confrontato
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fiducia", "revoche", "istante", "contenuto"])]
    prova: Option<PathBuf>,
    /// Dove scrivere il documento estratto
    #[arg(long, value_name = "FILE")]
    estrai: Option<PathBuf>,
    /// Scrive il rapporto come JSON
    #[arg(long)]
    json: bool,
}

/// Why nothing could be verified.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// A file that cannot be read or written.
    #[error("{}: {errore}", percorso.display())]
    File {
        /// Which.
        percorso: PathBuf,
        /// What the system says.
        errore: io::Error,
    },
    /// Something that cannot be an anchor.
    #[error("{}: {errore}", percorso.display())]
    Fiducia {
        /// Which file.
        percorso: PathBuf,
        /// Why.
        errore: firma::Errore,
    },
    /// A folder of anchors without any.
    #[error("{}: la cartella non contiene certificati (.pem, .crt, .cer, .der)", .0.display())]
    CartellaVuota(PathBuf),
    /// A folder of revocation data without any.
    #[error("{}: la cartella non contiene dati di revoca (.crl, .pem, .der, .ors, .ocsp)", .0.display())]
    SenzaRevoche(PathBuf),
    /// What cannot be read as revocation data.
    #[error("{}: {errore}", percorso.display())]
    Revoca {
        /// Which file.
        percorso: PathBuf,
        /// Why.
        errore: firma::RifiutoRevoca,
    },
    /// A prova that cannot be used for this file.
    #[error("{}: {errore}", percorso.display())]
    Prova {
        /// Which.
        percorso: PathBuf,
        /// Why.
        errore: firma::Inservibile,
    },
    /// The document would overwrite what is being read.
    #[error("{}: il documento estratto non può prendere il posto di un file da leggere", .0.display())]
    Sovrascrive(PathBuf),
    /// Some of many files.
    #[error("file che non si leggono: {0}; gli altri sono stati verificati")]
    Illeggibili(usize),
    /// An option of one file, with many.
    #[error("--contenuto, --estrai e --prova valgono per un file solo")]
    UnoSolo,
    /// The file could not be read to its end, or the result not written.
    #[error("la verifica si è interrotta: {0}")]
    Interrotta(#[from] io::Error),
}

/// Verifies and writes the report to `out`; `adesso` is the instant when none is asked for. `true` only if everything is
/// `TOTAL-PASSED`.
///
/// # Errors
/// Only for what is outside of the file: paths, anchors, disk.
pub fn esegui(args: &Args, adesso: Istante, out: &mut dyn Write) -> Result<bool, Errore> {
    let [file] = args.file.as_slice() else {
        let di_uno = args.contenuto.is_some() || args.estrai.is_some() || args.prova.is_some();
        return if di_uno { Err(Errore::UnoSolo) } else { insieme::esegui(args, adesso, out) };
    };
    let prova = args.prova.as_deref().map(leggi_prova).transpose()?;
    let Giudizio { istante, nome, fiducia, rilievi } = giudizio(args, file, prova.as_ref(), adesso)?;
    let mut firmato = apri(file)?;
    let mut contenuto = args.contenuto.as_deref().map(apri).transpose()?;
    let mut estratto: Box<dyn Write> = match &args.estrai {
        Some(percorso) => Box::new(crea(percorso, args)?),
        None => Box::new(io::sink()),
    };
    let mut rapporto = verifica(
        &mut firmato,
        contenuto.as_mut().map(|c| -> &mut dyn Read { c }),
        nome.as_deref(),
        &fiducia,
        istante,
        &mut *estratto,
    )?;
    rapporto.findings.extend(rilievi);
    let confermato = prova.as_ref().is_none_or(|p| p.conferma(&rapporto));
    rapporto.findings.extend(prova.map(|p| confronto(&p, confermato)));
    if let (Some(percorso), None) = (&args.estrai, &rapporto.content) {
        std::fs::remove_file(percorso).map_err(|errore| errore_file(percorso, errore))?;
    }
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &rapporto).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        scrivi(&rapporto, out)?;
    }
    Ok(confermato && rapporto.indication == Some(Indicazione::TotalPassed))
}

/// By what the file is judged.
struct Giudizio {
    istante: Istante,
    nome: Option<String>,
    fiducia: Fiducia,
    rilievi: Vec<String>,
}

fn giudizio(args: &Args, file: &Path, prova: Option<&Prova>, adesso: Istante) -> Result<Giudizio, Errore> {
    if let Some(prova) = prova {
        let mut somma = Sha256::new();
        io::copy(&mut apri(file)?, &mut somma).map_err(|errore| errore_file(file, errore))?;
        let fiducia = prova.fiducia(Impronta::from_sha256(somma)).map_err(|errore| errore_prova(args, errore))?;
        return Ok(Giudizio { istante: prova.instant, nome: Some(prova.name.clone()), fiducia, rilievi: Vec::new() });
    }
    let (istante, fiducia, rilievi) = giudizio_di(args, adesso)?;
    let nome = file.file_name().and_then(|n| n.to_str()).map(str::to_owned);
    Ok(Giudizio { istante, nome, fiducia, rilievi })
}

/// By what any file is judged: when, by whose word, and what there is to know of that.
fn giudizio_di(args: &Args, adesso: Istante) -> Result<(Istante, Fiducia, Vec<String>), Errore> {
    let istante = args.istante.unwrap_or(adesso);
    let (mut fiducia, rilievi) = leggi_fiducia(&args.fiducia, istante)?;
    leggi_revoche(&mut fiducia, &args.revoche)?;
    Ok((istante, fiducia, rilievi))
}

fn errore_prova(args: &Args, errore: firma::Inservibile) -> Errore {
    Errore::Prova { percorso: args.prova.clone().unwrap_or_default(), errore }
}

fn leggi_prova(percorso: &Path) -> Result<Prova, Errore> {
    let mut testo = String::new();
    let letto = apri(percorso)?.take(MAX_PROVA_BYTE).read_to_string(&mut testo);
    letto.map_err(|errore| errore_file(percorso, errore))?;
    Prova::leggi(&testo).map_err(|errore| Errore::Prova { percorso: percorso.to_owned(), errore })
}

/// Whether what was said then is what is said now, in a sentence.
fn confronto(prova: &Prova, confermato: bool) -> String {
    let esito = if confermato { "è lo stesso" } else { "NON è lo stesso" };
    let liste = prova.lists.iter().map(|l| format!("{} numero {}", l.territorio, l.sequenza)).collect::<Vec<_>>();
    let liste = if liste.is_empty() { "nessuna".to_owned() } else { liste.join(", ") };
    format!(
        "L'esito ricalcolato {esito} della prova ({}, istante {}, liste di fiducia: {liste}; dati di revoca da fuori del file: {}).",
        prova.program,
        prova.instant.leggibile(),
        prova.revocations.len()
    )
}

fn errore_file(percorso: &Path, errore: io::Error) -> Errore {
    Errore::File { percorso: percorso.to_owned(), errore }
}

fn apri(percorso: &Path) -> Result<File, Errore> {
    File::open(percorso).map_err(|errore| errore_file(percorso, errore))
}

/// The file of the document, unless it is one of those being read.
fn crea(percorso: &Path, args: &Args) -> Result<File, Errore> {
    let vero = percorso.canonicalize().ok();
    let mut letti = args.file.iter().chain(args.contenuto.as_ref());
    if vero.is_some() && letti.any(|letto| letto.canonicalize().ok() == vero) {
        return Err(Errore::Sovrascrive(percorso.to_owned()));
    }
    File::create(percorso).map_err(|errore| errore_file(percorso, errore))
}

/// The anchors, and a sentence for each trusted list that says whose word was taken.
pub(super) fn leggi_fiducia(percorsi: &[PathBuf], istante: Istante) -> Result<(Fiducia, Vec<String>), Errore> {
    let (mut fiducia, mut liste) = (Fiducia::vuota(), Vec::new());
    for percorso in percorsi {
        if !percorso.is_dir() {
            liste.extend(aggiungi(&mut fiducia, percorso, istante)?);
            continue;
        }
        let file = file_di(percorso, &[".pem", ".crt", ".cer", ".der"])?;
        if file.is_empty() {
            return Err(Errore::CartellaVuota(percorso.clone()));
        }
        for certificato in &file {
            liste.extend(aggiungi(&mut fiducia, certificato, istante)?);
        }
    }
    Ok((fiducia, liste))
}

/// The files of a folder with one of these endings, by name; never a private key that lies beside.
fn file_di(cartella: &Path, estensioni: &[&str]) -> Result<Vec<PathBuf>, Errore> {
    let voci = std::fs::read_dir(cartella).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut file: Vec<PathBuf> =
        voci.map_err(|errore| errore_file(cartella, errore))?.into_iter().map(|voce| voce.path()).collect();
    file.retain(|f| {
        let nome = f.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
        !nome.ends_with(".key.pem") && estensioni.iter().any(|e| nome.ends_with(e))
    });
    file.sort();
    Ok(file)
}

/// Whose word they are is seen when they are used; one that cannot be read stops everything, since silence would be taken for ignorance.
fn leggi_revoche(fiducia: &mut Fiducia, percorsi: &[PathBuf]) -> Result<(), Errore> {
    for percorso in percorsi {
        let file = if percorso.is_dir() {
            file_di(percorso, &[".crl", ".pem", ".der", ".ors", ".ocsp"])?
        } else {
            vec![percorso.clone()]
        };
        if file.is_empty() {
            return Err(Errore::SenzaRevoche(percorso.clone()));
        }
        for percorso in file {
            let mut byte = Vec::new();
            let letto = apri(&percorso)?.take(MASSIMO_DATO_REVOCA_BYTE).read_to_end(&mut byte);
            letto.map_err(|errore| errore_file(&percorso, errore))?;
            let letti = DatoRevoca::leggi(&byte);
            let presi = letti.and_then(|dati| dati.into_iter().try_for_each(|dato| fiducia.aggiungi_revoca(dato)));
            presi.map_err(|errore| Errore::Revoca { percorso, errore })?;
        }
    }
    Ok(())
}

fn aggiungi(fiducia: &mut Fiducia, percorso: &Path, istante: Istante) -> Result<Option<String>, Errore> {
    let mut byte = Vec::new();
    let letto = apri(percorso)?.take(MAX_FIDUCIA_BYTE).read_to_end(&mut byte);
    letto.map_err(|errore| errore_file(percorso, errore))?;
    let esito = match fiducia.aggiungi_certificati(&byte) {
        Err(firma::Errore::ListaDiFiducia) => aggiungi_lista(fiducia, &byte, istante).map(Some),
        esito => esito.map(|_| None),
    };
    esito.map_err(|errore| Errore::Fiducia { percorso: percorso.to_owned(), errore })
}

/// A list chosen by hand: nobody says who should have signed it, so the person is told who did.
fn aggiungi_lista(fiducia: &mut Fiducia, byte: &[u8], istante: Istante) -> Result<String, firma::Errore> {
    let accettata = Lista::leggi(byte)?.accetta(Firmatari::Chiunque, istante)?;
    fiducia.aggiungi_lista(&accettata)?;
    let (lista, chi) = (accettata.lista(), accettata.firmatario());
    Ok(format!(
        "Lista di fiducia {} numero {} del {}, firmata da «{chi}»: che questi possa firmarla non è stato controllato.",
        lista.territorio,
        lista.sequenza,
        lista.emessa.leggibile()
    ))
}

/// The report for a person.
fn scrivi(rapporto: &Rapporto, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Esito: {}", rapporto.indication.map_or("nessuna firma", esito))?;
    for firma in &rapporto.signatures {
        scrivi_firma(firma, 0, out)?;
    }
    for marca in &rapporto.timestamps {
        writeln!(out, "\n{}", marca.frase())?;
    }
    if let Some(contenuto) = &rapporto.content {
        writeln!(
            out,
            "\nDocumento: {}, {} byte\n  SHA-256 {}",
            contenuto.media_type, contenuto.size, contenuto.sha256
        )?;
    }
    if !rapporto.findings.is_empty() {
        writeln!(out)?;
    }
    rapporto.findings.iter().try_for_each(|rilievo| writeln!(out, "- {rilievo}"))
}

/// Counter-signatures are indented under what they sign, and cannot be nested deep.
fn scrivi_firma(firma: &Firma, rientro: usize, out: &mut dyn Write) -> io::Result<()> {
    let margine = " ".repeat(rientro);
    let nome = firma.signer.as_ref().and_then(|s| s.common_name.as_deref()).unwrap_or("firmatario sconosciuto");
    let cosa = if rientro == 0 { "Firma" } else { "Controfirma" };
    writeln!(out, "\n{margine}{cosa} di {nome}: {}", esito(firma.indication))?;
    if let Some(codice) = firma.signer.as_ref().and_then(|s| s.tax_code.as_deref()) {
        writeln!(out, "{margine}  codice fiscale {codice}")?;
    }
    if let Some(emittente) = &firma.issuer {
        writeln!(out, "{margine}  certificato emesso da {emittente}")?;
    }
    if let Some(quando) = firma.signing_time {
        writeln!(out, "{margine}  data dichiarata {}", quando.leggibile())?;
    }
    for rilievo in &firma.findings {
        writeln!(out, "{margine}  - {rilievo}")?;
    }
    firma.counter_signatures.iter().try_for_each(|controfirma| scrivi_firma(controfirma, rientro + 2, out))
}

fn esito(indicazione: Indicazione) -> &'static str {
    match indicazione {
        Indicazione::TotalPassed => "valida (TOTAL-PASSED)",
        Indicazione::Indeterminate => "non accertata (INDETERMINATE)",
        Indicazione::TotalFailed => "NON VALIDA (TOTAL-FAILED)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Comando {
        #[command(flatten)]
        args: Args,
    }

    pub(super) fn fixture(nome: &str) -> String {
        format!("{}/fixtures/{nome}", env!("CARGO_MANIFEST_DIR"))
    }

    pub(super) fn prova(argomenti: &[&str]) -> (Result<bool, Errore>, String) {
        let comando = Comando::parse_from([&["verifica"], argomenti].concat());
        let mut out = Vec::new();
        let esito = esegui(&comando.args, "2026-11-20T12:00:00Z".parse().unwrap(), &mut out);
        (esito, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_signed_file_passes_and_its_document_comes_out() {
        let cartella = tempfile::tempdir().unwrap();
        let estratto = cartella.path().join("documento");
        let (file, fiducia) = (fixture("firma/rsa-ber.pdf.p7m"), fixture("chiavi"));
        let argomenti = [&file, "--fiducia", &fiducia, "--estrai", estratto.to_str().unwrap()];
        let (esito, testo) = prova(&argomenti);
        assert!(esito.unwrap(), "{testo}");
        assert!(testo.starts_with("Esito: valida (TOTAL-PASSED)"), "{testo}");
        assert!(std::fs::read(&estratto).unwrap().starts_with(b"%PDF-"));
        let (esito, testo) = prova(&[&file, "--json"]);
        assert!(!esito.unwrap());
        let rapporto: serde_json::Value = serde_json::from_str(&testo).unwrap();
        assert_eq!(rapporto["signatures"][0]["subIndication"], "NO_CERTIFICATE_CHAIN_FOUND");
        let (esito, _) = prova(&[estratto.to_str().unwrap(), "--estrai", estratto.to_str().unwrap()]);
        assert!(matches!(esito, Err(Errore::Sovrascrive(_))));
    }

    #[test]
    fn a_verdict_is_computed_again_from_its_prova_and_another_one_shows() {
        let cartella = tempfile::tempdir().unwrap();
        let file = fixture("firma/rsa-ber.pdf.p7m");
        let byte = std::fs::read(&file).unwrap();
        let (fiducia, _) =
            leggi_fiducia(&[fixture("fiducia/lista-v6.xml").into()], "2026-11-20T12:00:00Z".parse().unwrap()).unwrap();
        let quando = "2026-11-20T12:00:00Z".parse().unwrap();
        let fatta = firma::prova(&mut &*byte, Impronta::of(&byte), "rsa-ber.pdf.p7m", &fiducia, quando).unwrap();
        let scrivi = |nome: &str, testo: &str| {
            let percorso = cartella.path().join(nome);
            std::fs::write(&percorso, testo).unwrap();
            percorso.to_str().unwrap().to_owned()
        };
        let buona = scrivi("prova.json", &fatta.scrivi().unwrap());
        let (esito, testo) = prova(&[&file, "--prova", &buona]);
        assert!(esito.unwrap(), "{testo}");
        assert!(testo.contains("L'esito ricalcolato è lo stesso della prova") && testo.contains("numero 6"), "{testo}");
        let falsa = fatta.scrivi().unwrap().replace("\"qualified\":true", "\"qualified\":false");
        let (esito, testo) = prova(&[&file, "--prova", &scrivi("falsa.json", &falsa)]);
        assert!(!esito.unwrap() && testo.contains("NON è lo stesso"), "{testo}");
        let (esito, _) = prova(&[&fixture("firma/rsa-der.pdf.p7m"), "--prova", &buona]);
        assert!(esito.unwrap_err().to_string().contains("riguarda il file con SHA-256"));
        let (esito, _) = prova(&[&file, "--prova", &file]);
        assert!(matches!(esito, Err(Errore::File { .. })), "not even text");
    }

    #[test]
    fn a_trusted_list_is_an_authority_and_says_who_signed_it() {
        let (file, lista) = (fixture("firma/rsa-ber.pdf.p7m"), fixture("fiducia/lista-v6.xml"));
        let (esito, testo) = prova(&[&file, "--fiducia", &lista]);
        assert!(esito.unwrap(), "{testo}");
        assert!(testo.contains("Firma elettronica qualificata"), "{testo}");
        assert!(
            testo.contains("numero 6") && testo.contains("firmata da «TEST - non valida - CA Gestori PEC»"),
            "{testo}"
        );
        let (esito, _) = prova(&[&file, "--fiducia", &lista, "--istante", "2027-06-01T00:00:00Z"]);
        assert!(esito.unwrap_err().to_string().contains("è scaduta"));
    }

    #[test]
    fn what_cannot_be_trusted_is_refused_before_anything_is_verified() {
        let cartella = tempfile::tempdir().unwrap();
        let lista = cartella.path().join("tsl.xml");
        std::fs::write(&lista, "<TrustServiceStatusList/>").unwrap();
        let file = fixture("firma/rsa-ber.pdf.p7m");
        let (esito, testo) = prova(&[&file, "--fiducia", lista.to_str().unwrap()]);
        assert!(esito.unwrap_err().to_string().contains("lista di fiducia"));
        assert_eq!(testo, "");
        let (esito, _) = prova(&[&file, "--fiducia", cartella.path().to_str().unwrap()]);
        assert!(matches!(esito, Err(Errore::CartellaVuota(_))));
        let (esito, _) = prova(&["/non/esiste.p7m"]);
        assert!(matches!(esito, Err(Errore::File { .. })));
    }
}
