//! What an import writes, and what it refuses.

use super::{fixture, importa, importa_tutto, integra, scrivi, testo};
use crate::casa::{Casa, condivisi, su_entrambi};
use std::fmt::Write;
use tabulario::registro::ipa::{self, Genere};

const TABELLE: [&str; 4] = ["importazioni_ipa", "versioni_ipa", "parole_ipa", "eventi"];

fn conta(casa: &Casa) -> [i64; 4] {
    TABELLE.map(|t| casa.conta(t))
}

fn trovati(casa: &Casa, testo: &str) -> Vec<String> {
    let trovati = casa.db.leggi(|conn| ipa::cerca(conn, testo)).unwrap();
    trovati.iter().map(|t| format!("{} {}", t.voce.codice(), t.voce.nome())).collect()
}

su_entrambi! {
    fn what_is_unchanged_is_not_written_again_and_what_changes_keeps_its_history(casa) {
        let prima = conta(casa);
        let file = ["uo.csv", "amministrazioni.csv", "aoo.csv"].map(|f| fixture(f).to_str().unwrap().to_owned());
        let tutti = file.each_ref().map(String::as_str);
        let (esito, detto) = importa(casa, &[&["--prova"], tutti.as_slice()].concat());
        assert!(esito == Some(0) && detto.contains("amministrazioni: 6 righe, 6 nuove, 0 cambiate, 0 chiuse, 0 uguali, 0 rifiutate"), "{detto}");
        assert!(detto.ends_with("Prova: niente è stato scritto.\n") && conta(casa) == prima, "{detto}");
        importa_tutto(casa);
        let dopo = conta(casa);
        assert_eq!((dopo[0], dopo[1], dopo[3] - prima[3]), (3, 15, 3), "one act for each file");
        let (esito, detto) = importa(casa, &tutti);
        assert!(esito == Some(0) && detto.contains("già importato con i dati del 31/10/2026"), "{detto}");
        assert_eq!(conta(casa), dopo, "the same again writes nothing");
        integra(casa);
        crate::guardie::attacca(casa, 5);

        // One changes its name, one vanishes, one is new, one is only moved to another line.
        let nuovo = testo("amministrazioni.csv")
            .replace("Comune di Valle Esempio", "Comune di Valle e Colle")
            .replace("4,istsc_xx01", "99,istsc_xx01")
            .lines().filter(|l| !l.contains("p_xx")).map(|l| format!("{l}\r\n")).collect::<String>()
            + testo("amministrazioni.csv").lines().nth(1).unwrap().replace("c_x801", "c_x899").replace("Monte Esempio", "Nuovo").as_str();
        let nuovo = scrivi(casa, "enti.csv", nuovo.as_bytes());
        let (esito, detto) = importa(casa, &[&nuovo, "--dati-al", "2026-10-30"]);
        assert!(esito == Some(2) && detto.contains("i dati del file sono del 30/10/2026 e quelli che ci sono già sono del 31/10/2026"), "{detto}");
        let (esito, detto) = importa(casa, &[&nuovo, "--dati-al", "2999-10-30"]);
        assert!(esito == Some(2) && detto.contains("30/10/2999, deve ancora venire"), "{detto}");
        let (esito, detto) = importa(casa, &[&nuovo, "--dati-al", "2026-11-15"]);
        assert!(esito == Some(0) && detto.contains("6 righe, 1 nuova, 1 cambiata, 1 chiusa, 4 uguali, 0 rifiutate"), "{detto}");
        assert_eq!(casa.conta("versioni_ipa"), 18);
        assert!(trovati(casa, "provincia").iter().all(|t| !t.starts_with("p_xx")), "closed: {:?}", trovati(casa, "provincia"));
        assert_eq!(trovati(casa, "valle colle"), ["c_x802 Comune di Valle e Colle"]);
        let storia = |codice| casa.db.leggi(|conn| ipa::storia(conn, Genere::Amministrazione, codice)).unwrap();
        let detta: Vec<_> = storia("C_X802").iter().map(|v| (v.voce.nome(), v.cessata, v.dati_al.to_string())).collect();
        let versione = |nome: &str, cessata, giorno: &str| (nome.to_owned(), cessata, giorno.to_owned());
        assert_eq!(detta, [versione("Comune di Valle e Colle", false, "2026-11-15"), versione("Comune di Valle Esempio", false, "2026-10-31")]);
        assert_eq!(storia("p_xx").iter().map(|v| v.cessata).collect::<Vec<_>>(), [true, false]);
        assert!(matches!(casa.db.leggi(|conn| ipa::per_codice(conn, Genere::Amministrazione, "p_xx")), Err(ipa::Errore::Sconosciuta)));
        integra(casa);
    }

    fn an_altered_version_is_found_though_nobody_guards_it(casa) {
        importa_tutto(casa);
        let togli = if casa.indirizzo.starts_with("postgres") { "DROP TRIGGER guardia_versioni_ipa_update ON versioni_ipa" } else { "DROP TRIGGER guardia_versioni_ipa_update" };
        casa.sql(togli).unwrap();
        casa.sql("UPDATE versioni_ipa SET recapiti = 'pec:ladro@pec.example' WHERE chiave = 'c_x801'").unwrap();
        let esito = crate::casa::comando(casa, &["controlla"]);
        let detto = String::from_utf8_lossy(&esito.stdout);
        assert!(esito.status.code() == Some(1) && detto.contains("importazione-ipa"), "{detto}");
    }

    fn a_row_that_cannot_be_used_is_told_and_closes_nothing(casa) {
        importa_tutto(casa);
        let cattivo = testo("uo.csv")
            .replace("Settore ambiente", "")
            .replace("tecnico@pec.monteesempio.example", "tecnico")
            .replace("X802RA", "X802 RA")
            + format!("9,c_x801,Comune di Monte Esempio,,x801ut,,,Doppione{}\r\n10,c_x801,corta\r\n", ",".repeat(19)).as_str();
        let file = scrivi(casa, "uo.csv", cattivo.as_bytes());
        let (esito, detto) = importa(casa, &[&file, "--dati-al", "2026-11-01"]);
        assert_eq!(esito, Some(0), "{detto}");
        for frase in [
            "riga 5, colonna Descrizione_uo: RIFIUTATA: ",
            "riga 4, colonna Codice_uni_uo: RIFIUTATA: servono da 1 a 16 caratteri",
            "riga 7, colonna Codice_uni_uo: RIFIUTATA: il codice x801ut è già alla riga 2: vale quella",
            "riga 8: RIFIUTATA: 3 campi, ma le colonne sono 27",
            "riga 2, colonna Mail1: lasciato vuoto: ",
            "UO: 7 righe, 0 nuove, 1 cambiata, 1 chiusa, 2 uguali, 4 rifiutate",
        ] {
            assert!(detto.contains(frase), "{frase}: {detto}");
        }
        assert_eq!(trovati(casa, "ambiente"), ["XPRAMB Provincia di Esempio - Settore ambiente"], "its row was bad: it stays");
        integra(casa);
    }

    fn a_file_that_was_cut_off_closes_nothing(casa) {
        let testata = testo("aoo.csv").lines().next().unwrap().to_owned();
        let righe = |quante: usize| (0..quante).fold(testata.clone(), |mut t, i| {
            write!(t, "\n{i},c_x801,Comune di Monte Esempio,,AZ{i:05},Area {i}{}", ",".repeat(21)).unwrap();
            t
        });
        let intero = scrivi(casa, "intero.csv", righe(200).as_bytes());
        assert_eq!(importa(casa, &[&intero]).0, Some(0));
        let prima = conta(casa);
        let mozzo = scrivi(casa, "mozzo.csv", righe(150).as_bytes());
        let (esito, detto) = importa(casa, &[&mozzo]);
        assert!(esito == Some(2) && detto.contains("il file chiuderebbe 50 voci su 200"), "{detto}");
        assert_eq!(conta(casa), prima);
        let (esito, detto) = importa(casa, &[&mozzo, "--accetta-chiusure"]);
        assert!(esito == Some(0) && detto.contains("50 chiuse"), "{detto}");
    }

    fn a_hostile_file_is_refused_with_its_line_and_nothing_is_written(casa) {
        let prima = conta(casa);
        let buono = fixture("aoo.csv").to_str().unwrap().to_owned();
        let enti = testo("amministrazioni.csv");
        let latino: Vec<u8> = enti.replace("Città", "Citt#").into_bytes().iter().map(|b| if *b == b'#' { 0xe0 } else { *b }).collect();
        for (byte, frase) in [
            (latino, "riga 5: il carattere al byte 39 della riga non è UTF-8"),
            (enti.replace("Denominazione_ente", "Nome").into_bytes(), "riga 1, colonna Denominazione_ente: la colonna manca"),
            (enti.replace("Tipologia", "Codice_ipa").into_bytes(), "riga 1, colonna Codice_ipa: la colonna c'è due volte"),
            (enti.replace("\"\"delle", "\"delle").into_bytes(), "riga 3, colonna 19ª: dopo le virgolette"),
            (b"codice;nome\n1;x\n".to_vec(), "riga 1: non è un file dell'IPA"),
            (b"".to_vec(), "riga 1: il file è vuoto"),
            (b"Codice_IPA,Denominazione_ente\n".to_vec(), "non c'è nessuna riga"),
            (b"Codice_IPA,Denominazione_ente\n,x\n".to_vec(), "nessuna riga si può usare"),
            (vec![0x50, 0x4b, 3, 4, 0xff, 0xfe], "non è UTF-8"),
        ] {
            let file = scrivi(casa, "ostile.csv", &byte);
            let (esito, detto) = importa(casa, &[&buono, &file]);
            assert!(esito == Some(2) && detto.contains(frase) && detto.contains("ostile.csv"), "{frase}: {detto}");
        }
        let (esito, detto) = importa(casa, &[&buono, &buono]);
        assert!(esito == Some(2) && detto.contains("sono entrambi file di AOO"), "{detto}");
        assert_eq!(conta(casa), prima);
    }
}

#[test]
fn every_fixture_can_be_truncated_and_flipped_at_will() {
    for nome in super::FILE {
        let byte = std::fs::read(fixture(nome)).unwrap();
        for fine in 0..byte.len() {
            let _ = ipa::leggi(&byte[..fine]);
        }
        for i in 0..byte.len() {
            let mut mutato = byte.clone();
            mutato[i] ^= 0x22;
            let _ = ipa::leggi(&mutato);
        }
    }
}

#[test]
fn the_columns_that_the_ipa_publishes_are_read() {
    let Some(condivisi) = condivisi() else { return };
    let condivisi = condivisi.join("specs/05-ipa");
    for (nome, genere) in [("enti", Genere::Amministrazione), ("aoo", Genere::Aoo), ("uo", Genere::Uo)] {
        let byte = std::fs::read(condivisi.join(format!("synthetic-{nome}.csv"))).unwrap();
        let letto = ipa::leggi(&byte).unwrap();
        assert_eq!((letto.genere, letto.righe, letto.rifiutate.len(), letto.rilievi.len()), (genere, 1, 0, 0));
    }
}
