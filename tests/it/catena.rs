//! `controlla`: clean on a clean installation, and it names what was altered by hand.

use crate::casa::{Casa, comando, entrata, registra, su_entrambi, uscita};
use serde_json::Value;
use std::fs;

/// Three registrations; returns the sha256 of the file of the first.
fn tre(casa: &Casa) -> String {
    let server = casa.server();
    let mut prima = String::new();
    for (i, json) in [entrata("Prima"), entrata("Seconda"), uscita("Terza")].iter().enumerate() {
        let testo = format!("atto {i}");
        let risposta = registra(&server.url, &casa.gettone, &format!("k{i}"), json, testo.as_bytes()).unwrap();
        assert_eq!(risposta.stato, 201, "{}", String::from_utf8_lossy(&risposta.corpo));
        if i == 0 {
            prima = risposta.json()["documenti"][0]["sha256"].as_str().unwrap().to_owned();
        }
    }
    prima
}

fn controlla(casa: &Casa) -> (i32, Value) {
    let uscita = comando(casa, &["controlla", "--json"]);
    let json = serde_json::from_slice(&uscita.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&uscita.stderr)));
    (uscita.status.code().unwrap(), json)
}

/// Takes a guard away, as whoever owns the database can, and alters what it guarded.
fn altera(casa: &Casa, guardia: &str, tabella: &str, sql: &str) {
    let dove = if casa.indirizzo.starts_with("postgres") { format!(" ON {tabella}") } else { String::new() };
    casa.sql(&format!("DROP TRIGGER {guardia}{dove}")).unwrap();
    casa.sql(sql).unwrap();
}

fn differenze<'a>(json: &'a Value, genere: &str) -> Vec<&'a Value> {
    json["differences"].as_array().unwrap().iter().filter(|d| d["kind"] == genere).collect()
}

su_entrambi! {
    fn a_clean_installation_is_clean(casa) {
        tre(casa);
        let (stato, json) = controlla(casa);
        assert_eq!(stato, 0, "{json:#}");
        assert_eq!(json["ok"], true);
        assert_eq!(json["checked"]["registrazioni"], 3);
        assert_eq!(json["checked"]["file"], 3);
        assert!(json["checked"]["eventi"].as_u64().unwrap() > 8);
        assert_eq!(json["differences"], Value::Array(Vec::new()));
    }

    fn one_byte_of_a_file_is_missed_with_its_registration(casa) {
        let sha256 = tre(casa);
        let file = casa.documenti().join(&sha256[..2]).join(&sha256[2..4]).join(&sha256);
        let mut bytes = fs::read(&file).unwrap();
        bytes[0] ^= 1;
        fs::remove_file(&file).unwrap();
        fs::write(&file, bytes).unwrap();
        let (stato, json) = controlla(casa);
        assert_eq!((stato, json["ok"].as_bool()), (1, Some(false)));
        let d = &json["differences"][0];
        assert_eq!((&d["kind"], &d["aoo"], &d["numero"], &d["sha256"]), (
            &Value::from("file-altered"), &Value::from("AX99Z01"), &Value::from("0000001"), &Value::from(sha256.as_str())));
        fs::remove_file(&file).unwrap();
        let (_, json) = controlla(casa);
        assert_eq!(differenze(&json, "file-missing").len(), 1, "{json:#}");
    }

    fn one_altered_row_is_missed_with_its_number(casa) {
        tre(casa);
        altera(casa, "guardia_registrazioni_update", "registrazioni",
            "UPDATE registrazioni SET oggetto = 'Altro' WHERE numero = 2");
        let (stato, json) = controlla(casa);
        assert_eq!(stato, 1);
        let riga = differenze(&json, "row").into_iter().find(|d| d["numero"] == "0000002");
        assert!(riga.is_some_and(|d| d["anno"].is_number()), "{json:#}");
    }

    fn parties_files_and_segnature_belong_to_the_registered_row(casa) {
        tre(casa);
        altera(casa, "guardia_corrispondenti_update", "corrispondenti", "UPDATE corrispondenti SET cognome = 'Neri' WHERE cognome IS NOT NULL");
        altera(casa, "guardia_segnature_delete", "segnature", "DELETE FROM segnature");
        let (_, json) = controlla(casa);
        let numeri: Vec<&str> = differenze(&json, "row").iter().filter_map(|d| d["numero"].as_str()).collect();
        assert_eq!(numeri, ["0000001", "0000002", "0000003"], "{json:#}");
    }

    fn the_first_difference_is_explained_and_only_the_days_asked_for_are_looked_at(casa) {
        tre(casa);
        altera(casa, "guardia_registrazioni_update", "registrazioni", "UPDATE registrazioni SET oggetto = 'falso' WHERE numero = 2");
        let detto = |altri: &[&str]| {
            let uscita = comando(casa, &[&["controlla"], altri].concat());
            (uscita.status.code(), String::from_utf8(uscita.stdout).unwrap())
        };
        let oggi = casa.db.orologio().adesso().giorno().to_string();
        let (stato, testo) = detto(&["--dal", &oggi]);
        assert_eq!(stato, Some(1));
        for parte in ["AX99Z01 0000002/", "le righe dell'atto «registrazione» sono state cambiate", "La prima vuol dire", "copia di sicurezza"] {
            assert!(testo.contains(parte), "{parte} is not in {testo}");
        }
        // The guard that was taken away is missed whatever the days; the row is of another day.
        let (_, testo) = detto(&["--al", "2020-01-01"]);
        assert!(testo.contains("manca o non è più la nostra") && !testo.contains("sono state cambiate"), "{testo}");
    }

    fn a_removed_registration_is_a_gap(casa) {
        tre(casa);
        casa.sql("DELETE FROM pratiche").unwrap();
        let figlie = ["classificazioni", "corrispondenti", "documenti_registrati", "assegnazioni"];
        for t in figlie {
            let sql = format!("DELETE FROM {t} WHERE registrazione_id = (SELECT id FROM registrazioni WHERE numero = 2)");
            altera(casa, &format!("guardia_{t}_delete"), t, &sql);
        }
        altera(casa, "guardia_registrazioni_delete", "registrazioni", "DELETE FROM registrazioni WHERE numero = 2");
        let (_, json) = controlla(casa);
        assert!(differenze(&json, "gap").iter().any(|d| d["numero"] == "0000002"), "{json:#}");
        assert!(!differenze(&json, "row").is_empty(), "{json:#}");
    }

    fn a_link_that_was_changed_or_cut_breaks_the_chain(casa) {
        tre(casa);
        altera(casa, "guardia_eventi_update", "eventi", "UPDATE eventi SET attore = 'sistema:demo' WHERE posizione = 4");
        let (_, json) = controlla(casa);
        assert!(!differenze(&json, "chain").is_empty(), "{json:#}");
        altera(casa, "guardia_eventi_delete", "eventi", "DELETE FROM eventi WHERE posizione = 5");
        let (_, json) = controlla(casa);
        assert!(differenze(&json, "chain").iter().any(|d| d["detail"].as_str().unwrap().contains("mancano gli eventi")), "{json:#}");
    }

    fn a_row_added_by_hand_has_no_act(casa) {
        tre(casa);
        casa.sql("INSERT INTO classificazioni SELECT 'finta', registrazione_id, voce_id, istante FROM classificazioni LIMIT 1").unwrap();
        let (stato, json) = controlla(casa);
        assert_eq!((stato, differenze(&json, "row").len()), (1, 1), "{json:#}");
    }

    fn an_older_copy_is_recognised_by_the_tip_kept_apart(casa) {
        tre(casa);
        let aoo = casa.aoo.id.to_string();
        let punte = casa.dir.path().join("punte");
        fs::create_dir_all(&punte).unwrap();
        fs::write(punte.join(&aoo), format!("999 {}\n", "ab".repeat(32))).unwrap();
        let (stato, json) = controlla(casa);
        assert_eq!((stato, differenze(&json, "tip").len()), (1, 1), "{json:#}");
    }
}
