//! A Dovecot of one test: its own configuration, folder, certificates and ports. It runs as whoever runs the tests, root or not.

use super::libera;
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

pub const UTENTE: &str = "protocollo";
const PAROLA: &str = "parola-d'ordine-«non»-ASCII";

/// A server with one mailbox for each name that logs in, all with the same password.
pub struct Dovecot {
    dir: tempfile::TempDir,
    pub porta_tls: u16,
    pub porta_starttls: u16,
    figlio: Child,
}

impl Dovecot {
    pub fn avvia() -> Self {
        Self::avvia_con("")
    }

    /// The same, with more of the configuration.
    pub fn avvia_con(altro: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        // Its processes for logging in run as somebody else when the tests run as root.
        fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
        for nome in ["posta", "run"] {
            fs::create_dir(dir.path().join(nome)).unwrap();
        }
        fs::set_permissions(dir.path().join("posta"), Permissions::from_mode(0o777)).unwrap();
        let [ca, certificato, chiave] = certificati();
        for (nome, byte) in [("ca.pem", ca), ("server.pem", certificato), ("server.key", chiave)] {
            fs::write(dir.path().join(nome), byte).unwrap();
        }
        fs::write(dir.path().join("segreto"), format!("{PAROLA}\n")).unwrap();
        fs::set_permissions(dir.path().join("segreto"), Permissions::from_mode(0o600)).unwrap();
        // A port is free for a moment only.
        for _ in 0..5 {
            let (porta_tls, porta_starttls) = (libera(), libera());
            let conf = dir.path().join("dovecot.conf");
            fs::write(&conf, configurazione(dir.path(), porta_tls, porta_starttls, altro)).unwrap();
            let registro = fs::File::create(dir.path().join("errori")).unwrap();
            let mut comando = Command::new("setpriv");
            comando.args(["--pdeathsig=TERM", "--", "/usr/sbin/dovecot", "-F", "-c"]).arg(&conf);
            let figlio = comando.stdin(Stdio::null()).stdout(Stdio::null()).stderr(registro).spawn();
            let mut figlio = figlio.expect("setpriv is there");
            if risponde(&mut figlio, porta_starttls) {
                return Self { dir, porta_tls, porta_starttls, figlio };
            }
        }
        let detto = fs::read_to_string(dir.path().join("errori")).unwrap_or_default();
        panic!("Dovecot does not start (package dovecot-imapd, see .ci/pacchetti.sh): {detto}");
    }

    pub fn ca(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    pub fn segreto(&self) -> PathBuf {
        self.dir.path().join("segreto")
    }

    pub fn url(&self) -> String {
        format!("imaps://127.0.0.1:{}", self.porta_tls)
    }

    /// The Maildir of a folder of the mailbox.
    pub fn cartella(&self, nome: &str) -> PathBuf {
        let posta = self.dir.path().join("posta").join(UTENTE);
        if nome == "INBOX" { posta } else { posta.join(format!(".{nome}")) }
    }

    /// Delivers a message, whole or not at all.
    pub fn imbuca(&self, nome: &str, byte: &[u8]) {
        self.imbuca_in("INBOX", nome, byte);
    }

    pub fn imbuca_in(&self, cartella: &str, nome: &str, byte: &[u8]) {
        let maildir = self.cartella(cartella);
        for ramo in ["", "tmp", "new", "cur"] {
            let ramo = maildir.join(ramo);
            if !ramo.exists() {
                fs::create_dir(&ramo).unwrap();
                fs::set_permissions(&ramo, Permissions::from_mode(0o777)).unwrap();
            }
        }
        let tmp = maildir.join("tmp").join(nome);
        fs::write(&tmp, byte).unwrap();
        fs::set_permissions(&tmp, Permissions::from_mode(0o666)).unwrap();
        fs::rename(tmp, maildir.join("new").join(nome)).unwrap();
    }

    /// The messages of a folder, with their flags: `nome:2,S`.
    pub fn messaggi(&self, cartella: &str) -> Vec<PathBuf> {
        let mut trovati = Vec::new();
        for ramo in ["new", "cur"] {
            let Ok(voci) = fs::read_dir(self.cartella(cartella).join(ramo)) else { continue };
            trovati.extend(voci.map(|v| v.unwrap().path()));
        }
        trovati.sort();
        trovati
    }

    /// Gives the folder another UIDVALIDITY, as a server does that was restored or moved.
    pub fn cambia_validita(&self) {
        let maildir = self.cartella("INBOX");
        for voce in fs::read_dir(&maildir).unwrap() {
            let file = voce.unwrap().path();
            if file.file_name().unwrap().to_str().unwrap().starts_with("dovecot.index") {
                fs::remove_file(file).unwrap();
            }
        }
        let elenco = maildir.join("dovecot-uidlist");
        let testo = fs::read_to_string(&elenco).unwrap();
        let (testa, _) = testo.split_once('\n').unwrap();
        let vecchia: u32 = testa.split(' ').find_map(|p| p.strip_prefix('V')).unwrap().parse().unwrap();
        fs::write(elenco, format!("3 V{} N1 G{}\n", vecchia + 7, "1".repeat(32))).unwrap();
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.figlio.id().to_string()).status();
        let _ = self.figlio.wait();
        if std::thread::panicking() {
            eprintln!("{}", fs::read_to_string(self.dir.path().join("log")).unwrap_or_default());
        }
    }
}

fn risponde(figlio: &mut Child, porta: u16) -> bool {
    let limite = Instant::now() + Duration::from_secs(60);
    while Instant::now() < limite && figlio.try_wait().unwrap().is_none() {
        if let Ok(linea) = TcpStream::connect(("127.0.0.1", porta)) {
            let mut saluto = String::new();
            if BufReader::new(linea).read_line(&mut saluto).is_ok() && saluto.contains("Dovecot") {
                return true;
            }
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    let _ = figlio.kill();
    let _ = figlio.wait();
    false
}

fn configurazione(dir: &Path, porta_tls: u16, porta_starttls: u16, altro: &str) -> String {
    let qui = dir.display();
    let io = |opzione: &str| {
        let detto = Command::new("id").arg(opzione).output().unwrap().stdout;
        String::from_utf8(detto).unwrap().trim().to_owned()
    };
    let da_root = io("-u") == "0";
    let (utente, gruppo) = if da_root { ("nobody".to_owned(), "nogroup".to_owned()) } else { (io("-un"), io("-gn")) };
    let interni = if da_root {
        String::new()
    } else {
        format!("default_internal_user = {utente}\ndefault_internal_group = {gruppo}\ndefault_login_user = {utente}\n")
    };
    let operaio = if da_root { "root" } else { utente.as_str() };
    format!(
        "base_dir = {qui}/run
state_dir = {qui}/run
{interni}protocols = imap
listen = 127.0.0.1
log_path = {qui}/log
ssl = yes
ssl_cert = <{qui}/server.pem
ssl_key = <{qui}/server.key
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{qui}/posta/%u
mail_max_userip_connections = 10000
mail_plugins = quota
plugin {{
  quota = maildir:spazio
  quota_rule = *:storage=100M
}}
protocol imap {{
  mail_plugins = quota imap_quota
}}
passdb {{
  driver = static
  args = password={PAROLA}
}}
userdb {{
  driver = static
  args = uid={utente} gid={gruppo} home={qui}/posta/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {porta_starttls}
  }}
  inet_listener imaps {{
    port = {porta_tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service auth-worker {{
  user = {operaio}
}}
{altro}
"
    )
}

/// An authority and a server it vouches for, made once: authority, certificate, key.
pub(super) fn certificati() -> &'static [Vec<u8>; 3] {
    static FATTI: OnceLock<[Vec<u8>; 3]> = OnceLock::new();
    FATTI.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let openssl = |argomenti: &[&str]| {
            let esito = Command::new("openssl").args(argomenti).current_dir(dir.path()).output().unwrap();
            assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stderr));
        };
        let nuova = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let ca = ["-x509", "-days", "36500", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Autorità di prova"];
        openssl(&[&["req"][..], &nuova, &ca, &["-addext", "basicConstraints=critical,CA:TRUE"]].concat());
        openssl(
            &[&["req"][..], &nuova, &["-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=server"]].concat(),
        );
        // rustls takes no authority for a server: the certificate is one of its own.
        fs::write(dir.path().join("ext"), "subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n")
            .unwrap();
        openssl(&[
            "x509",
            "-req",
            "-in",
            "server.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "36500",
            "-extfile",
            "ext",
            "-out",
            "server.pem",
        ]);
        ["ca.pem", "server.pem", "server.key"].map(|nome| fs::read(dir.path().join(nome)).unwrap())
    })
}
