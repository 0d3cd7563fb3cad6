//! Configuration: file, then environment, read once at start; anything wrong stops the program with a sentence.
//!
//! The file holds only what the process needs to start; mailboxes, conservators and people are rows of the database. The
//! environment is read here and nowhere else.

mod errore;
mod fiducia;

pub use errore::Errore;
pub use fiducia::{Fiducia, Proxy};

use crate::storage::{Indirizzo, Orologio};
use crate::valori::{Calendario, Festivo, FoglioEtichette, Istante};
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use serde::Deserialize;
use std::fmt::Display;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Data folder when neither `--dir` nor `--config` say otherwise.
pub const CARTELLA: &str = "./dati";

/// All that the process needs to start.
#[derive(Debug, Clone)]
pub struct Configurazione {
    /// The data folder: database, documents, index, outbox.
    pub dir: PathBuf,
    /// Where the database is.
    pub database: Indirizzo,
    /// The clock: the system's, or the one `TABULARIO_OROLOGIO` starts (trials only: whoever opens the data checks).
    pub orologio: Option<Istante>,
    /// The web server.
    pub web: Web,
    /// Named limits on what comes in.
    pub limiti: Limiti,
    /// The citizens' portal.
    pub portale: Portale,
    /// Trusted lists.
    pub fiducia: Fiducia,
    /// Holidays.
    pub calendario: Calendario,
    /// When a day has its register.
    pub registro_giornaliero: RegistroGiornaliero,
    /// The sheets of labels of the office.
    pub etichette: Etichette,
    /// Server of time (SNTP, `host` or `host:port`) that may confirm the clock when it is far ahead of the last registration.
    pub fonte_oraria: Option<String>,
    /// Logs.
    pub log: Log,
}

/// Section `web`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Web {
    /// Address to listen on.
    pub indirizzo: IpAddr,
    /// TCP port.
    pub porta: u16,
    /// Threads that answer; 0 = one per core.
    pub processi: usize,
    /// Addresses of reverse proxies whose `X-Forwarded-For` is believed.
    pub proxy_fidati: Vec<IpAddr>,
}

impl Default for Web {
    fn default() -> Self {
        Self { indirizzo: IpAddr::from([127, 0, 0, 1]), porta: 8080, processi: 0, proxy_fidati: Vec::new() }
    }
}

/// Section `limiti`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limiti {
    /// Largest file, in MiB.
    pub file_mib: u32,
    /// Most files in one registration.
    pub file_per_registrazione: usize,
    /// Most parties in one registration.
    pub corrispondenti: usize,
}

impl Default for Limiti {
    fn default() -> Self {
        Self { file_mib: 100, file_per_registrazione: 200, corrispondenti: 1_000 }
    }
}

impl Limiti {
    /// Largest file, in bytes.
    #[must_use]
    pub fn file_byte(&self) -> u64 {
        u64::from(self.file_mib) * 1024 * 1024
    }
}

/// Section `portale`: what strangers may send. The portal itself is on for the procedimenti that were opened, and for no other.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Portale {
    /// Largest file of an istanza, in MiB.
    pub file_mib: u32,
    /// Most files of an istanza.
    pub file_per_istanza: usize,
    /// Most forms with files, or istanze, that one address may send in an hour.
    pub invii_ora: u32,
}

impl Default for Portale {
    fn default() -> Self {
        Self { file_mib: 10, file_per_istanza: 10, invii_ora: 60 }
    }
}

/// Section `calendario`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SezioneCalendario {
    festivi: Option<Vec<Festivo>>,
}

/// Section `registro_giornaliero`: when a day has its register, and by when it is deposited.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegistroGiornaliero {
    /// A day without registrations and changes has its register too.
    pub giorni_vuoti: bool,
    /// Codes of the AOO that work on Saturdays.
    pub sabato_lavorativo: Vec<String>,
}

impl Default for RegistroGiornaliero {
    fn default() -> Self {
        Self { giorni_vuoti: true, sabato_lavorativo: Vec::new() }
    }
}

/// Section `etichette`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Etichette {
    /// The A4 sheets that the office buys.
    pub foglio: FoglioEtichette,
}

/// Section `orologio`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SezioneOrologio {
    fonte: Option<String>,
}

/// Section `log`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Least important level that is written.
    pub livello: Livello,
    /// How lines look.
    pub formato: FormatoLog,
}

/// Levels of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Livello {
    /// Only failures.
    Error,
    /// Failures and oddities.
    Warn,
    /// What an administrator wants to know.
    #[default]
    Info,
    /// What a developer wants to know.
    Debug,
}

/// Forms of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FormatoLog {
    /// A line for a person.
    #[default]
    Testo,
    /// A JSON object per line, for a collector.
    Json,
}

/// The file, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Documento {
    web: Web,
    limiti: Limiti,
    portale: Portale,
    fiducia: Fiducia,
    calendario: SezioneCalendario,
    registro_giornaliero: RegistroGiornaliero,
    etichette: Etichette,
    orologio: SezioneOrologio,
    log: Log,
    database: Option<String>,
}

/// Reads the configuration.
///
/// `config` names a file that must exist; without it `DIR/tabulario.toml` is read if it is there. The environment wins over the
/// file: `TABULARIO_WEB__PORTA` is key `porta` of section `web`.
///
/// # Errors
/// With the key, the value and what is allowed.
pub fn leggi(dir: Option<&Path>, config: Option<&Path>) -> Result<Configurazione, Errore> {
    let dir = match (dir, config) {
        (Some(dir), _) => dir.to_owned(),
        (None, Some(file)) => file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned(),
        (None, None) => PathBuf::from(CARTELLA),
    };
    let file = config.map_or_else(|| dir.join("tabulario.toml"), Path::to_owned);
    if config.is_some() && !file.is_file() {
        return Err(Errore::FileAssente(file));
    }
    // These two are not keys of the file: DESIGN.md 4 fixes their names.
    let fuori = ["DATABASE_URL", "OROLOGIO"];
    let ambiente = Env::prefixed("TABULARIO_").ignore(&fuori).filter(|k| k.as_str().contains("__")).split("__");
    let scritto = if file.is_file() { Figment::from(Toml::file_exact(&file)) } else { Figment::new() };
    let fonti = scritto.merge(ambiente);
    let documento: Documento = fonti.extract().map_err(|e| Errore::from_figment(e, &file))?;
    documento.limiti.controlla()?;
    documento.portale.controlla()?;
    documento.fiducia.controlla()?;

    let database = match variabile("TABULARIO_DATABASE_URL").or(documento.database) {
        Some(testo) => Indirizzo::parse(&testo).map_err(|e| Errore::Database(e.to_string()))?,
        None => Indirizzo::Sqlite(dir.join("tabulario.db")),
    };
    let partenza = match variabile("TABULARIO_OROLOGIO") {
        Some(testo) => Some(testo.parse().map_err(|_| Errore::Orologio(testo))?),
        None => None,
    };
    let Documento { web, limiti, portale, fiducia, calendario, registro_giornaliero, etichette, orologio, log, .. } =
        documento;
    let fonte_oraria = orologio.fonte;
    let calendario = calendario.festivi.map_or_else(Calendario::default, Calendario::new);
    Ok(Configurazione {
        dir,
        database,
        orologio: partenza,
        web,
        limiti,
        portale,
        fiducia,
        calendario,
        registro_giornaliero,
        etichette,
        fonte_oraria,
        log,
    })
}

impl Configurazione {
    /// The clock the configuration asks for.
    #[must_use]
    pub fn orologio(&self) -> Orologio {
        self.orologio.map_or_else(Orologio::sistema, Orologio::da)
    }
}

impl Limiti {
    fn controlla(&self) -> Result<(), Errore> {
        fra("limiti.file_mib", self.file_mib, 1..=10_240)?;
        fra("limiti.file_per_registrazione", self.file_per_registrazione, 1..=10_000)?;
        fra("limiti.corrispondenti", self.corrispondenti, 1..=100_000)
    }
}

impl Portale {
    fn controlla(&self) -> Result<(), Errore> {
        fra("portale.file_mib", self.file_mib, 1..=1_024)?;
        fra("portale.file_per_istanza", self.file_per_istanza, 1..=100)?;
        fra("portale.invii_ora", self.invii_ora, 1..=100_000)
    }
}

fn fra<T: PartialOrd + Display>(chiave: &'static str, valore: T, ammessi: RangeInclusive<T>) -> Result<(), Errore> {
    if ammessi.contains(&valore) {
        return Ok(());
    }
    let ammesso = format!("da {} a {}", ammessi.start(), ammessi.end());
    Err(Errore::Valore { chiave, valore: valore.to_string(), ammesso })
}

#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
fn variabile(nome: &str) -> Option<String> {
    std::env::var(nome).ok().filter(|v| !v.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn con(testo: &str) -> Result<Configurazione, Errore> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("tabulario.toml"), testo).unwrap();
        leggi(Some(dir.path()), None)
    }

    #[test]
    fn the_commented_file_holds_the_defaults() {
        let scritto = con(include_str!("../../config/tabulario.toml")).unwrap();
        let vuoto = con("").unwrap();
        assert_eq!(
            format!("{:?}{:?}{:?}{:?}", scritto.web, scritto.limiti, scritto.portale, scritto.log),
            format!("{:?}{:?}{:?}{:?}", vuoto.web, vuoto.limiti, vuoto.portale, vuoto.log)
        );
        assert_eq!(format!("{:?}", scritto.fiducia), format!("{:?}", vuoto.fiducia));
        assert_eq!((scritto.calendario, scritto.etichette), (vuoto.calendario, vuoto.etichette));
    }

    #[test]
    fn a_wrong_value_is_named_with_its_key_and_what_is_allowed() {
        for (testo, parti) in [
            ("[web]\nporta = 99999", vec!["web.porta", "99999"]),
            ("[web]\nporta = \"ottanta\"", vec!["web.porta", "ottanta", "numero"]),
            ("[web]\nport = 1", vec!["port", "indirizzo", "porta", "processi"]),
            ("[log]\nlivello = \"tutto\"", vec!["log.livello", "tutto", "info"]),
            ("[limiti]\nfile_mib = 0", vec!["limiti.file_mib", "0", "da 1 a 10240"]),
            ("[portale]\ninvii_ora = 0", vec!["portale.invii_ora", "0", "da 1 a 100000"]),
            ("[fiducia]\nattesa_s = 0", vec!["fiducia.attesa_s", "da 1 a 600"]),
            ("[fiducia]\nlotl = \"ftp://x\"", vec!["fiducia.lotl", "ftp://x", "https://"]),
            ("[fiducia]\npaesi = [\"Italia\"]", vec!["fiducia.paesi", "due lettere"]),
            ("[etichette]\nfoglio = \"4x8 70x37\"", vec!["etichette.foglio", "4x8 70x37", "3x8 70x37"]),
            ("[calendario]\nfestivi = [\"31/12\"]", vec!["calendario", "31/12", "08-15"]),
            ("database = \"mysql://u:segreta@h/d\"", vec!["mysql", "postgres://"]),
            ("[web", vec!["tabulario.toml"]),
        ] {
            let errore = con(testo).unwrap_err().to_string();
            assert!(parti.iter().all(|p| errore.contains(p)), "{testo:?} gave: {errore}");
            assert!(!errore.contains("segreta"), "{errore}");
        }
    }

    #[test]
    fn a_file_that_was_named_must_exist() {
        let errore = leggi(None, Some(Path::new("/non/esiste.toml"))).unwrap_err().to_string();
        assert!(errore.contains("/non/esiste.toml"), "{errore}");
    }
}
