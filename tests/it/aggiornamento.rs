//! A data folder of an older program is brought up to date with everything in it (DPR 445/2000 art. 70).

use crate::casa::{Casa, comando, su_entrambi};
use crate::guardie;
use diesel::connection::SimpleConnection;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tabulario::registro;
use tabulario::storage::{Conn, Db, Indirizzo, Orologio};
use tabulario::utenti;
use tabulario::utenti::visibilita::Vista;

/// The last migration that the older folder knows, and its rows.
const VERSIONE: &str = "0007";
const RIGHE: &str = include_str!("../../fixtures/cartelle/0007.sql");

/// Empties the house and furnishes it as the older program left it.
fn vecchia(casa: &Casa) {
    let tutte = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let allora = casa.dir.path().join("migrations");
    for cartella in fs::read_dir(tutte).unwrap().map(|v| v.unwrap().path()) {
        let nome = cartella.file_name().unwrap().to_str().unwrap();
        if &nome[..4] <= VERSIONE {
            fs::create_dir_all(allora.join(nome)).unwrap();
            fs::copy(cartella.join("up.sql"), allora.join(nome).join("up.sql")).unwrap();
        }
    }
    let migrazioni = FileBasedMigrations::from_path(&allora).unwrap();
    match casa.grezza() {
        Conn::Sqlite(c) => {
            drop(c);
            for coda in ["", "-wal", "-shm"] {
                let _ = fs::remove_file(format!("{}{coda}", casa.indirizzo));
            }
            let Conn::Sqlite(mut c) = casa.grezza() else { unreachable!("the same database") };
            c.run_pending_migrations(migrazioni).unwrap();
            c.batch_execute(RIGHE).unwrap();
        }
        Conn::Postgres(mut c) => {
            c.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public;").unwrap();
            c.run_pending_migrations(migrazioni).unwrap();
            c.batch_execute(RIGHE).unwrap();
        }
    }
}

su_entrambi! {
    fn an_older_folder_keeps_every_row_and_goes_on(casa) {
        vecchia(casa);
        let prima: Vec<i64> = ["registrazioni", "corrispondenti", "eventi", "voci", "istanze"].iter().map(|t| casa.conta(t)).collect();
        assert_eq!(prima[0], 13, "the older folder holds what it says");
        let db = Db::apri(Indirizzo::parse(&casa.indirizzo).unwrap(), Orologio::sistema()).unwrap();
        let dopo: Vec<i64> = ["registrazioni", "corrispondenti", "eventi", "voci", "istanze"].iter().map(|t| casa.conta(t)).collect();
        assert_eq!(dopo, prima);
        // The chain, the rows and the guards are as the new program wants them; only the files were not brought along.
        let esito = comando(casa, &["controlla", "--json"]);
        let json: Value = serde_json::from_slice(&esito.stdout).unwrap();
        let differenze = json["differences"].as_array().unwrap();
        assert!(differenze.iter().all(|d| d["kind"] == "file-missing"), "{json:#}");
        assert_eq!(json["checked"]["registrazioni"], 13);
        // Every row is read by the code of today.
        let aoo = db.leggi(utenti::tutte_le_aoo).unwrap().remove(0);
        let lette = db.leggi(|conn| registro::ultime(conn, &Vista::Intera(aoo.id), None, 50)).unwrap();
        assert_eq!(lette.iter().filter(|r| r.annullamento.is_some()).count(), 1);
        assert_eq!(lette.first().map(|r| r.numero.valore()), Some(13));
        // And refused to whoever would change it, in every table that holds any.
        guardie::attacca(casa, 30);
    }
}
