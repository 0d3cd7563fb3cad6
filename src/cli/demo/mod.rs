//! `tabulario demo`: the whole walk of a document on real messages, with nothing to configure.
//!
//! Each step can be killed and repeated: it looks at what is there and does what is missing.

mod comune;
mod conservatore;
mod giro;
mod posta;
mod riepilogo;

use super::ambiente::Ambiente;
use super::{Dove, Errore, serve};
use crate::documenti::fiducia::Custodia;
use crate::web::Stato;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Mostra tutto il percorso di un documento su messaggi di esempio, poi serve le pagine.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Porta TCP delle pagine.
    #[arg(long, value_name = "PORTA")]
    port: Option<u16>,
    /// Usa i messaggi di questa Maildir (o cartella di file) al posto di quelli di esempio; non la modifica.
    #[arg(long, value_name = "MAILDIR")]
    posta: Option<PathBuf>,
    /// Fa tutto, scrive il riepilogo in JSON ed esce.
    #[arg(long)]
    once: bool,
}

/// What a newcomer needs to get in: `demo.json`.
#[derive(Serialize, Deserialize)]
struct Chiavi {
    url: String,
    token: String,
    users: Vec<Utenza>,
}

/// A person of the sample comune.
#[derive(Serialize, Deserialize, Clone)]
struct Utenza {
    user: String,
    password: String,
    role: String,
}

pub(super) fn esegui(dove: &Dove, args: &Args, out: &mut dyn Write) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    if args.once {
        let riepilogo = percorri(&ambiente, args.posta.as_deref(), "", &mut |_| {})?;
        ambiente.scrivi_punte()?;
        writeln!(out, "{}", serde_json::to_string_pretty(&riepilogo).map_err(|e| Errore::Uscita(e.into()))?)?;
        return Ok(riepilogo.sano());
    }
    let ascolto = serve::ascolta(&ambiente, args.port)?;
    let url = ascolto.local_addr().map(|a| format!("http://{a}")).map_err(Errore::Server)?;
    posta::fiducia(&ambiente)?;
    let stato = serve::stato(&ambiente)?;
    let (cartella, posta) = (ambiente.config.dir.clone(), args.posta.clone());
    let prepara = move |ambiente: &Ambiente, stato: &Stato| {
        let mut di = |testo: &str| {
            let _ = writeln!(std::io::stdout(), "{testo}");
        };
        percorri(ambiente, posta.as_deref(), &url, &mut di)?.racconta(&mut di);
        di(&format!(
            "\nPagine e API su {url}/ - chi può entrare è scritto in {}",
            cartella.join("demo.json").display()
        ));
        di(&format!("Il portale dei cittadini: {url}/servizi"));
        di("Ctrl+C per finire.");
        stato.dichiara_pronto();
        Ok(())
    };
    serve::servi(Arc::new(ambiente), ascolto, &stato, Some(Box::new(prepara)))
}

/// All steps, from an empty folder or from what is there.
fn percorri(
    ambiente: &Ambiente,
    maildir: Option<&Path>,
    url: &str,
    di: &mut dyn FnMut(&str),
) -> Result<riepilogo::Riepilogo, Errore> {
    let inizio = Instant::now();
    posta::fiducia(ambiente)?;
    let comune = comune::prepara(ambiente)?;
    di(&format!("{:>7.1} s  il Comune di Borgo Esempio, i suoi uffici e il titolario", inizio.elapsed().as_secs_f32()));
    posta::imbuca(ambiente, &comune, maildir)?;
    let deposito = ambiente.deposito()?;
    let custodia = Custodia::new(ambiente.fiduce()?, &ambiente.config.fiducia.paesi);
    let fiduce = custodia.correnti(&ambiente.db, &deposito)?;
    let giro = giro::Giro { ambiente, comune: &comune, deposito, fiduce };
    let ricevuti = giro.ricevi()?;
    di(&format!("{:>7.1} s  {ricevuti} messaggi letti, firme verificate", inizio.elapsed().as_secs_f32()));
    let entrate = giro.protocolla()?;
    di(&format!("{:>7.1} s  {entrate} messaggi protocollati e assegnati", inizio.elapsed().as_secs_f32()));
    let uscite = giro.rispondi()?;
    di(&format!(
        "{:>7.1} s  {uscite} risposte protocollate, con segnatura, nella posta in uscita",
        inizio.elapsed().as_secs_f32()
    ));
    giro.fascicola()?;
    giro.indicizza()?;
    di(&format!("{:>7.1} s  indice della ricerca e testo dei file", inizio.elapsed().as_secs_f32()));
    let pacchetti = giro.versa()?;
    di(&format!(
        "{:>7.1} s  {pacchetti} pacchetti per il conservatore nella cartella di uscita",
        inizio.elapsed().as_secs_f32()
    ));
    let riepilogo = riepilogo::componi(ambiente, &comune, inizio)?;
    scrivi_chiavi(ambiente, &comune, url)?;
    Ok(riepilogo)
}

fn file_chiavi(ambiente: &Ambiente) -> PathBuf {
    ambiente.config.dir.join("demo.json")
}

/// `demo.json`.
fn scrivi_chiavi(ambiente: &Ambiente, comune: &comune::Comune, url: &str) -> Result<(), Errore> {
    let chiavi = Chiavi { url: url.to_owned(), token: comune.gettone.clone(), users: comune.utenze.clone() };
    let testo = serde_json::to_string_pretty(&chiavi).map_err(|e| Errore::Uscita(e.into()))?;
    scrivi_riservato(&file_chiavi(ambiente), testo.as_bytes())
}

/// Writes a small file, whole or not there, for its owner only.
fn scrivi_riservato(file: &Path, bytes: &[u8]) -> Result<(), Errore> {
    let nuovo = file.with_added_extension("nuovo");
    let scrivi = || {
        let mut f = File::create(&nuovo)?;
        f.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        f.write_all(bytes)?;
        f.sync_all()?;
        fs::rename(&nuovo, file)
    };
    scrivi().map_err(Errore::file(file))
}

/// The keys of an earlier run, if they are there.
fn leggi_chiavi(ambiente: &Ambiente) -> Option<Chiavi> {
    serde_json::from_slice(&fs::read(file_chiavi(ambiente)).ok()?).ok()
}
