//! A PEC provider of one test: SMTP, receipts that its gestore signs, and faults (`tests/gestore/gestore.py`).

use super::dovecot::certificati;
use serde_json::Value;
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const UTENTE: &str = "comune";
const PAROLA: &str = "parola-d'ordine-«non»-ASCII";

/// The provider. How it treats a message is said by the first part of the recipient's address.
pub struct Gestore {
    dir: tempfile::TempDir,
    pub porta_tls: u16,
    pub porta_starttls: u16,
    figlio: Child,
}

impl Gestore {
    /// Its receipts go to this Maildir.
    pub fn avvia(maildir: &Path) -> Self {
        Self::avvia_con(maildir, None)
    }

    /// The same, taking no message longer than this.
    pub fn avvia_con(maildir: &Path, massimo_byte: Option<u64>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let [ca, certificato, chiave] = certificati();
        for (nome, byte) in [("ca.pem", ca), ("server.pem", certificato), ("server.key", chiave)] {
            fs::write(dir.path().join(nome), byte).unwrap();
        }
        for ramo in ["new", "cur", "tmp"] {
            fs::create_dir_all(maildir.join(ramo)).unwrap();
        }
        scrivi_parola(&dir.path().join("segreto"), PAROLA);
        // The Python of Debian: another one on the path does not know its packages.
        let mut comando = Command::new("setpriv");
        comando.args(["--pdeathsig=TERM", "--", "/usr/bin/python3"]);
        comando.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gestore/gestore.py"));
        comando.arg(dir.path()).args(["server.pem", "server.key"].map(|f| dir.path().join(f)));
        comando.arg(UTENTE).arg(dir.path().join("segreto")).arg(maildir).args(massimo_byte.map(|m| m.to_string()));
        let registro = fs::File::create(dir.path().join("errori")).unwrap();
        let mut figlio =
            comando.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(registro).spawn().expect("setpriv is there");
        let mut porte = String::new();
        BufReader::new(figlio.stdout.take().unwrap()).read_line(&mut porte).unwrap();
        let mut porte = porte.split_whitespace().map(|p| p.parse().unwrap());
        let (Some(porta_tls), Some(porta_starttls)) = (porte.next(), porte.next()) else {
            let detto = fs::read_to_string(dir.path().join("errori")).unwrap();
            panic!("the provider does not start (package python3-aiosmtpd, see .ci/pacchetti.sh): {detto}");
        };
        Self { dir, porta_tls, porta_starttls, figlio }
    }

    pub fn utente(&self) -> &'static str {
        UTENTE
    }

    pub fn ca(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    pub fn segreto(&self) -> PathBuf {
        self.dir.path().join("segreto")
    }

    /// A file with a password that the provider does not know.
    pub fn segreto_sbagliato(&self) -> PathBuf {
        let file = self.dir.path().join("sbagliato");
        scrivi_parola(&file, "un'altra");
        file
    }

    pub fn url(&self) -> String {
        format!("smtps://127.0.0.1:{}", self.porta_tls)
    }

    /// The messages that it took, in order.
    pub fn presi(&self) -> Vec<Value> {
        self.righe("presi")
    }

    /// The passwords that it was given.
    pub fn sessioni(&self) -> Vec<Value> {
        self.righe("sessioni")
    }

    fn righe(&self, file: &str) -> Vec<Value> {
        let testo = fs::read_to_string(self.dir.path().join(file)).unwrap_or_default();
        // The last line may be under way.
        let intere = testo.split_inclusive('\n').filter(|riga| riga.ends_with('\n'));
        intere.map(|riga| serde_json::from_str(riga).unwrap()).collect()
    }
}

impl Drop for Gestore {
    fn drop(&mut self) {
        let _ = self.figlio.kill();
        let _ = self.figlio.wait();
        if std::thread::panicking() {
            eprintln!("{}", fs::read_to_string(self.dir.path().join("errori")).unwrap_or_default());
        }
    }
}

fn scrivi_parola(file: &Path, parola: &str) {
    fs::write(file, format!("{parola}\n")).unwrap();
    fs::set_permissions(file, Permissions::from_mode(0o600)).unwrap();
}
