//! Where it is measured: an installation of its own on either database.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use std::path::Path;
use tabulario::storage::{Db, Indirizzo, Orologio};
use tabulario::titolario::{self, Voce};
use tabulario::utenti::{self, Aoo, Ufficio};
use tabulario::valori::{AooId, Attore};

/// A database to measure on.
pub struct Banco {
    cartella: tempfile::TempDir,
    postgres: Option<String>,
}

impl Banco {
    pub fn tutti(dir: Option<&Path>) -> Vec<Self> {
        let cartella = || match dir {
            Some(dir) => tempfile::tempdir_in(dir).unwrap(),
            None => tempfile::tempdir().unwrap(),
        };
        let mut banchi = vec![Self { cartella: cartella(), postgres: None }];
        #[expect(clippy::disallowed_methods, reason = "a benchmark is told where its server is")]
        let postgres = std::env::var("TABULARIO_PROVA_POSTGRES").ok().filter(|v| !v.is_empty());
        banchi.extend(postgres.map(|url| Self { cartella: cartella(), postgres: Some(url) }));
        banchi
    }

    pub fn nome(&self) -> &'static str {
        if self.postgres.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    /// The address of a new, empty database.
    pub fn nuovo(&self) -> String {
        let nome = format!("misura_{}", AooId::new().to_string().replace('-', ""));
        match &self.postgres {
            None => self.cartella.path().join(nome).to_str().unwrap().to_owned(),
            Some(server) => {
                PgConnection::establish(server).unwrap().batch_execute(&format!("CREATE DATABASE {nome}")).unwrap();
                format!("{}/{nome}", server.rsplit_once('/').unwrap().0)
            }
        }
    }

    /// Removes it: what follows must not find its pages in the caches.
    pub fn togli(&self, indirizzo: &str) {
        match &self.postgres {
            None => {
                for coda in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{indirizzo}{coda}"));
                }
            }
            Some(server) => {
                let nome = indirizzo.rsplit_once('/').unwrap().1;
                let mut conn = PgConnection::establish(server).unwrap();
                conn.batch_execute(&format!("DROP DATABASE {nome} WITH (FORCE)")).unwrap();
            }
        }
    }
}

/// An AOO with an office and a titolario, in a database of its own.
pub struct Casa {
    pub db: Db,
    pub aoo: Aoo,
    pub ufficio: Ufficio,
    pub voce: Voce,
}

#[derive(Debug)]
pub struct Rotto(#[allow(dead_code, reason = "shown by unwrap")] String);

impl<E: std::error::Error> From<E> for Rotto {
    fn from(e: E) -> Self {
        Self(e.to_string())
    }
}

impl Casa {
    pub fn arreda(indirizzo: &str) -> Self {
        let db = Db::apri(Indirizzo::parse(indirizzo).unwrap(), Orologio::sistema()).unwrap();
        let io = Attore::Sistema("comando");
        let aoo = db
            .scrivi(AooId::INSTALLAZIONE, &io, |op| {
                let ente = utenti::crea_ente(op, "c_x999".parse()?, "Comune di Borgo Esempio".parse()?)?;
                let (codice, nome, pec) = ("AX99Z01".parse()?, "Borgo Esempio".parse()?, "p@pec.example".parse()?);
                Ok::<_, Rotto>(utenti::crea_aoo(op, &ente, codice, nome, "PG".parse()?, pec)?)
            })
            .unwrap();
        let righe = titolario::leggi_csv(include_str!("../../fixtures/titolario-comuni.csv")).unwrap();
        let (ufficio, voce) = db
            .scrivi(aoo.id, &io, |op| {
                let ufficio = utenti::crea_ufficio(op, "EDIL".parse()?, "Edilizia".parse()?, None)?;
                titolario::crea(op, &"Comuni 2005".parse()?, &righe)?;
                Ok::<_, Rotto>((ufficio, titolario::voce(op.conn, op.aoo, &"VI.3".parse()?)?))
            })
            .unwrap();
        Self { db, aoo, ufficio, voce }
    }
}
