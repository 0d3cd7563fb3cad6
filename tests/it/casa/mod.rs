//! What the tests live in: an installation of their own, on either database, with a server on a free port.

pub mod busta;
mod dovecot;
mod gestore;
mod http;
mod processo;

pub use dovecot::{Dovecot, UTENTE};
pub use gestore::Gestore;
pub use http::{Parte, Risposta, chiama, chiama_con, chiama_json, entrata, leggi, registra, uscita};
pub use processo::{Servizio, comando, libera};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::UNIX_EPOCH;
use tabulario::config::{Limiti, Web};
use tabulario::documenti::{Deposito, Fiduce};
use tabulario::ricerca::Indice;
use tabulario::storage::{Db, Indirizzo, Orologio};
use tabulario::titolario::{self, Voce};
use tabulario::utenti::visibilita::Vista;
use tabulario::utenti::{self, Aoo, Ufficio};
use tabulario::valori::{AooId, Attore, Istante};
use tabulario::web::{self, Stato};

/// Declares tests that run on both databases: each gets a [`Casa`] of its own.
macro_rules! su_entrambi {
    ($($(#[$attr:meta])* fn $nome:ident($casa:ident) $corpo:block)*) => {$(
        mod $nome {
            #[allow(unused_imports)]
            use super::*;
            fn prova($casa: &$crate::casa::Casa) $corpo
            #[test]
            fn sqlite() {
                prova(&$crate::casa::Casa::sqlite());
            }
            #[test]
            fn postgres() {
                prova(&$crate::casa::Casa::postgres());
            }
        }
    )*};
}
pub(crate) use su_entrambi;

/// A PostgreSQL database that lives as long as its test.
struct Banca {
    server: String,
    nome: String,
}

impl Banca {
    fn nuova() -> (Self, String) {
        let server = ambiente("TABULARIO_PROVA_POSTGRES").expect(
            "TABULARIO_PROVA_POSTGRES is not set: `make test` starts a PostgreSQL and sets it; to run one test by hand, give the \
             URL of a server where databases can be created",
        );
        let nome = format!("prova_{}", AooId::new().to_string().replace('-', ""));
        let mut conn = PgConnection::establish(&server).expect("the PostgreSQL of the tests answers");
        conn.batch_execute(&format!("CREATE DATABASE {nome} TEMPLATE {}", modello(&server))).unwrap();
        let url = della_banca(&server, &nome);
        (Self { server, nome }, url)
    }
}

fn della_banca(server: &str, nome: &str) -> String {
    let (base, _) = server.rsplit_once('/').expect("a URL with a database name");
    format!("{base}/{nome}")
}

/// The database that all others are copied from, so that the schema is made once and not by every test. It stays on the server under
/// the hour in which these tests were built: one that is older by a day belongs to nobody and is removed.
fn modello(server: &str) -> &'static str {
    static MODELLO: OnceLock<String> = OnceLock::new();
    MODELLO.get_or_init(|| {
        let costruito = std::env::current_exe().and_then(|f| f.metadata()?.modified()).unwrap();
        let costruito = costruito.duration_since(UNIX_EPOCH).unwrap().as_secs();
        let nome = format!("modello_{costruito}");
        let mut conn = PgConnection::establish(server).expect("the PostgreSQL of the tests answers");
        // Two runs of the same tests make it once; it has its name only when it is whole.
        conn.batch_execute("SELECT pg_advisory_lock(7)").unwrap();
        let modelli: Vec<Banco> =
            diesel::sql_query("SELECT datname::text AS nome FROM pg_database WHERE datname LIKE 'modello%'")
                .load(&mut conn)
                .unwrap();
        for vecchio in modelli.iter().filter(|m| m.vecchio(costruito)) {
            conn.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", vecchio.nome)).unwrap();
        }
        if modelli.iter().all(|m| m.nome != nome) {
            let a_meta = format!("modello_a_meta_{costruito}");
            conn.batch_execute(&format!("DROP DATABASE IF EXISTS {a_meta} WITH (FORCE)")).unwrap();
            conn.batch_execute(&format!("CREATE DATABASE {a_meta} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"))
                .unwrap();
            drop(Db::apri(Indirizzo::parse(&della_banca(server, &a_meta)).unwrap(), Orologio::sistema()).unwrap());
            conn.batch_execute(&format!("ALTER DATABASE {a_meta} RENAME TO {nome}")).unwrap();
        }
        nome
    })
}

#[derive(diesel::QueryableByName)]
struct Banco {
    #[diesel(sql_type = diesel::sql_types::Text)]
    nome: String,
}

impl Banco {
    fn vecchio(&self, costruito: u64) -> bool {
        let suo = self.nome.rsplit('_').next().and_then(|n| n.parse::<u64>().ok());
        suo.is_some_and(|suo| suo + 24 * 60 * 60 < costruito)
    }
}

impl Drop for Banca {
    fn drop(&mut self) {
        if let Ok(mut conn) = PgConnection::establish(&self.server) {
            let _ = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.nome));
        }
    }
}

/// An installation: one body, one AOO, one office, the titolario of the comuni, one application.
pub struct Casa {
    pub db: Arc<Db>,
    pub deposito: Deposito,
    pub aoo: Aoo,
    pub ufficio: Ufficio,
    pub voce: Voce,
    /// Token of an application with default voce and office.
    pub gettone: String,
    /// Where the database is.
    pub indirizzo: String,
    /// The data folder.
    pub dir: tempfile::TempDir,
    _banca: Option<Banca>,
}

impl Casa {
    pub fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let indirizzo = dir.path().join("tabulario.db").to_str().unwrap().to_owned();
        Self::arreda(dir, indirizzo, None, Orologio::sistema())
    }

    pub fn postgres() -> Self {
        let (banca, url) = Banca::nuova();
        Self::arreda(tempfile::tempdir().unwrap(), url, Some(banca), Orologio::sistema())
    }

    /// Another installation that has all that this one has, on SQLite: what is done there is not seen here.
    pub fn copia(&self) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let indirizzo = dir.path().join("tabulario.db").to_str().unwrap().to_owned();
        self.sql(&format!("VACUUM INTO '{indirizzo}'")).unwrap();
        ricopia(&self.documenti(), &dir.path().join("documenti"));
        let db = Arc::new(Db::apri(Indirizzo::parse(&indirizzo).unwrap(), Orologio::sistema()).unwrap());
        let deposito = Deposito::disco(dir.path().join("documenti")).unwrap();
        let (aoo, ufficio, voce) = (self.aoo.clone(), self.ufficio.clone(), self.voce.clone());
        Self { db, deposito, aoo, ufficio, voce, gettone: self.gettone.clone(), indirizzo, dir, _banca: None }
    }

    /// The same installation seen by another process whose clock started at `istante`.
    pub fn con_orologio(&self, istante: &str) -> Db {
        let istante: Istante = istante.parse().unwrap();
        Db::apri(Indirizzo::parse(&self.indirizzo).unwrap(), Orologio::da(istante)).unwrap()
    }

    fn arreda(dir: tempfile::TempDir, indirizzo: String, banca: Option<Banca>, orologio: Orologio) -> Self {
        let db = Arc::new(Db::apri(Indirizzo::parse(&indirizzo).unwrap(), orologio).unwrap());
        let deposito = Deposito::disco(dir.path().join("documenti")).unwrap();
        let io = Attore::Sistema("comando");
        let aoo = db
            .scrivi(AooId::INSTALLAZIONE, &io, |op| {
                let ente = utenti::crea_ente(op, "c_x999".parse()?, "Comune di Borgo Esempio".parse()?)?;
                let pec = "protocollo@pec.comune.borgoesempio.example".parse()?;
                let nome = "Comune di Borgo Esempio".parse()?;
                Ok::<_, Rotto>(utenti::crea_aoo(op, &ente, "AX99Z01".parse()?, nome, "PG".parse()?, pec)?)
            })
            .unwrap();
        let righe = titolario::leggi_csv(include_str!("../../../fixtures/titolario-comuni.csv")).unwrap();
        let (ufficio, voce, gettone) = db
            .scrivi(aoo.id, &io, |op| {
                let ufficio = utenti::crea_ufficio(op, "EDIL".parse()?, "Sportello edilizia".parse()?, None)?;
                titolario::crea(op, &"Comuni 2005".parse()?, &righe)?;
                let voce = titolario::voce(op.conn, op.aoo, &"VI.3".parse()?)?;
                let predefinita = (Some("VI.3".parse()?), Some("EDIL".parse()?));
                let nome = "Prova".parse()?;
                let (_, gettone) = utenti::crea_applicazione(op, &nome, predefinita.0, predefinita.1)?;
                Ok::<_, Rotto>((ufficio, voce, gettone))
            })
            .unwrap();
        Self { db, deposito, aoo, ufficio, voce, gettone, indirizzo, dir, _banca: banca }
    }

    /// Sees everything.
    pub fn vista(&self) -> Vista {
        Vista::Intera(self.aoo.id)
    }

    pub fn documenti(&self) -> PathBuf {
        self.dir.path().join("documenti")
    }

    /// A raw connection, as an attacker or a careless administrator would have.
    pub fn grezza(&self) -> tabulario::storage::Conn {
        use tabulario::storage::Conn;
        if self.indirizzo.starts_with("postgres") {
            Conn::Postgres(PgConnection::establish(&self.indirizzo).unwrap())
        } else {
            Conn::Sqlite(diesel::SqliteConnection::establish(&self.indirizzo).unwrap())
        }
    }

    /// Runs raw SQL and says whether the database let it.
    pub fn sql(&self, sql: &str) -> Result<(), String> {
        use tabulario::storage::Conn;
        let esito = match self.grezza() {
            Conn::Sqlite(mut c) => c.batch_execute(sql),
            Conn::Postgres(mut c) => c.batch_execute(sql),
        };
        esito.map_err(|e| e.to_string())
    }

    /// How many rows a table has.
    pub fn conta(&self, tabella: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Quante {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            quante: i64,
        }
        let sql = format!("SELECT count(*) AS quante FROM {tabella}");
        diesel::sql_query(sql).get_result::<Quante>(&mut self.grezza()).unwrap().quante
    }

    /// The index of the search, as a process that starts now sees it.
    pub fn indice(&self) -> Arc<Indice> {
        Arc::new(Indice::new(self.dir.path().join("indice")))
    }

    /// Starts a server of this installation in this process.
    pub fn server(&self) -> Server {
        self.server_che_si_fida(Fiduce::default())
    }

    /// The same, trusting the authority of our fixtures.
    pub fn server_fidato(&self) -> Server {
        let mut fiduce = Fiduce::default();
        fiduce.firme.aggiungi_certificati(include_bytes!("../../../fixtures/chiavi/ca-firma.pem")).unwrap();
        self.server_che_si_fida(fiduce)
    }

    /// A server whose clock started at this instant.
    pub fn server_alle(&self, istante: &str) -> Server {
        let stato =
            Stato::new(Arc::new(self.con_orologio(istante)), self.deposito.clone(), self.indice(), Limiti::default());
        stato.dichiara_pronto();
        Server::avvia(stato)
    }

    /// A server whose clock started at this instant, which brings trusted lists by these rules.
    pub fn server_fiducia(&self, istante: &str, fiducia: tabulario::config::Fiducia) -> Server {
        let db = Arc::new(self.con_orologio(istante));
        let stato = Stato::new(db, self.deposito.clone(), self.indice(), Limiti::default());
        let stato = stato.con_fiduce(Fiduce::default(), fiducia);
        stato.dichiara_pronto();
        Server::avvia(stato)
    }

    fn server_che_si_fida(&self, fiduce: Fiduce) -> Server {
        let stato = Stato::new(Arc::clone(&self.db), self.deposito.clone(), self.indice(), Limiti::default());
        let stato = stato.con_fiduce(fiduce, tabulario::config::Fiducia::default());
        stato.dichiara_pronto();
        Server::avvia(stato)
    }
}

fn ricopia(da: &Path, a: &Path) {
    std::fs::create_dir(a).unwrap();
    for voce in std::fs::read_dir(da).unwrap().map(Result::unwrap) {
        let qui = a.join(voce.file_name());
        match voce.file_type().unwrap().is_dir() {
            true => ricopia(&voce.path(), &qui),
            false => drop(std::fs::copy(voce.path(), qui).unwrap()),
        }
    }
}

/// A file with a secret that only its owner reads.
pub fn segreto(casa: &Casa) -> PathBuf {
    let file = casa.dir.path().join("segreto");
    std::fs::write(&file, "parola-segreta\n").unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    file
}

/// Any refusal while an installation is prepared.
#[derive(Debug)]
pub struct Rotto(#[allow(dead_code, reason = "shown by unwrap")] String);

impl<E: std::error::Error> From<E> for Rotto {
    fn from(e: E) -> Self {
        Self(e.to_string())
    }
}

/// A web server on a free port, stopped when dropped.
pub struct Server {
    pub url: String,
    maniglia: actix_web::dev::ServerHandle,
    filo: Option<JoinHandle<()>>,
}

impl Server {
    fn avvia(stato: Stato) -> Self {
        let ascolto = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", ascolto.local_addr().unwrap());
        let (manda, ricevi) = std::sync::mpsc::channel();
        let filo = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = web::server(ascolto, &Web { processi: 1, ..Web::default() }, &stato).unwrap();
                manda.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self { url, maniglia: ricevi.recv().unwrap(), filo: Some(filo) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The stop is sent when the future is made; the thread below ends when the server has.
        drop(self.maniglia.stop(false));
        let _ = self.filo.take().map(JoinHandle::join);
    }
}

/// A variable of the environment: the tests are told where their servers are.
#[expect(clippy::disallowed_methods, reason = "the one place where the tests read the environment")]
pub fn ambiente(nome: &str) -> Option<String> {
    std::env::var(nome).ok().filter(|v| !v.is_empty())
}

/// The folder of third-party schemas and messages, if it is there; says so once where it is not.
pub fn condivisi() -> Option<PathBuf> {
    let accanto = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let cartella = ambiente("TABULARIO_CONDIVISI").map_or_else(accanto, PathBuf::from);
    if cartella.is_dir() {
        return Some(cartella);
    }
    println!("the shared specimens are not at {}: conformance to them is not tested", cartella.display());
    None
}
