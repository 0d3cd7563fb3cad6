//! Offices and people from a CSV file: seen first, then all or nothing, and twice is once.

use crate::casa::{Casa, comando, su_entrambi};
use crate::pagine::cliente::{Cliente, PASSWORD};
use std::process::Output;

const UFFICI: &str =
    "\u{feff}codice;denominazione;sotto\nAREA;Area tecnica;\nSUE;\"Sportello; unico\";AREA\nEDIL;Sportello edilizia;\n";
const PERSONE: &str = "nome_utente,nome,cognome,ufficio,ruolo\nanna,Anna,Bianchi,AREA,addetto\nanna,Anna,Bianchi,SUE,responsabile-ufficio\nugo,Ugo,D'Amico,,\n";

/// Imports this content and gives exit status and what was printed.
fn importa(casa: &Casa, che: &str, contenuto: &[u8], altri: &[&str]) -> (Option<i32>, String) {
    let file = casa.dir.path().join("dati.csv");
    std::fs::write(&file, contenuto).unwrap();
    let base = ["importa", che, "--aoo", "AX99Z01", file.to_str().unwrap()];
    let Output { status, stdout, stderr } = comando(casa, &[&base[..], altri].concat());
    (status.code(), [stdout, stderr].map(|b| String::from_utf8(b).unwrap()).concat())
}

fn quante(casa: &Casa) -> [i64; 4] {
    ["uffici", "utenti", "ruoli", "eventi"].map(|t| casa.conta(t))
}

su_entrambi! {
    fn a_trial_writes_nothing_and_twice_is_once(casa) {
        let prima = quante(casa);
        let (codice, testo) = importa(casa, "uffici", UFFICI.as_bytes(), &["--anteprima"]);
        assert_eq!(codice, Some(0), "{testo}");
        for riga in ["riga 2: AREA Area tecnica: da creare", "riga 3: SUE Sportello; unico: da creare", "riga 4: EDIL Sportello edilizia: già presente",
            "Righe da creare: 2; già presenti: 1; rifiutate: 0.", "Niente è stato scritto."] {
            assert!(testo.contains(riga), "{riga} is not in {testo}");
        }
        assert_eq!(quante(casa), prima);
        let (codice, testo) = importa(casa, "uffici", UFFICI.as_bytes(), &[]);
        assert!(codice == Some(0) && testo.contains("riga 3: SUE Sportello; unico: creato"), "{testo}");
        let (codice, testo) = importa(casa, "persone", PERSONE.as_bytes(), &["--prova"]);
        assert!(codice == Some(0) && testo.contains("riga 3: anna (Anna Bianchi), responsabile-ufficio in SUE: da creare"), "{testo}");
        let (codice, testo) = importa(casa, "persone", PERSONE.as_bytes(), &[]);
        assert!(codice == Some(0) && testo.contains("riga 4: ugo (Ugo D'Amico): creato") && testo.contains("utente password"), "{testo}");
        assert_eq!(quante(casa), [prima[0] + 2, 2, 2, prima[3] + 6]);
        for (che, file) in [("uffici", UFFICI), ("persone", PERSONE)] {
            let (codice, testo) = importa(casa, che, file.as_bytes(), &[]);
            assert!(codice == Some(0) && testo.contains("Righe create: 0; già presenti: 3; rifiutate: 0."), "{testo}");
        }
        assert_eq!(quante(casa), [prima[0] + 2, 2, 2, prima[3] + 6]);
        let elenco = comando(casa, &["ufficio", "elenca", "--aoo", "AX99Z01"]).stdout;
        assert!(String::from_utf8(elenco).unwrap().contains("SUE\tSportello; unico\tAREA\n"));
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn who_was_imported_gets_in_when_a_password_is_given(casa) {
        let server = casa.server();
        importa(casa, "uffici", UFFICI.as_bytes(), &[]);
        importa(casa, "persone", PERSONE.as_bytes(), &[]);
        let elenco = String::from_utf8(comando(casa, &["utente", "elenca"]).stdout).unwrap();
        assert!(elenco.contains("anna\tAnna Bianchi\tsenza password\taddetto AX99Z01/AREA, responsabile-ufficio AX99Z01/SUE\n"), "{elenco}");
        for password in ["", PASSWORD, "parola di nessun utente"] {
            assert_eq!(Cliente::nuovo(&server).entra("anna", password, &[]).stato, 422, "{password:?}");
        }
        let file = casa.dir.path().join("password");
        std::fs::write(&file, PASSWORD).unwrap();
        assert!(comando(casa, &["utente", "password", "--nome-utente", "anna", "--password-file", file.to_str().unwrap()]).status.success());
        assert_eq!(Cliente::dentro(&server, "anna").apri("/fascicoli").stato, 200);
    }

    fn one_wrong_row_is_named_and_nothing_is_written(casa) {
        importa(casa, "uffici", UFFICI.as_bytes(), &[]);
        importa(casa, "persone", PERSONE.as_bytes(), &[]);
        assert!(comando(casa, &["ufficio", "crea", "--aoo", "AX99Z01", "--codice", "VECCHIO", "--nome", "Vecchio"]).status.success());
        assert!(comando(casa, &["ufficio", "chiudi", "--aoo", "AX99Z01", "--codice", "VECCHIO"]).status.success());
        let prima = quante(casa);
        for (che, riga, campo, regola) in [
            ("uffici", "A B;Nome;", "codice", "caratteri"),
            ("uffici", "X;;", "denominazione", "vuoto"),
            ("uffici", "X;Nome;NIENTE", "sotto", "non c'è"),
            ("uffici", "X;Nome;VECCHIO", "sotto", "chiuso"),
            ("uffici", "VECCHIO;Vecchio;", "codice", "chiuso"),
            ("uffici", "SUE;Altro nome;AREA", "denominazione", "ufficio rinomina"),
            ("uffici", "SUE;Sportello; unico;AREA", "", ""),
            ("uffici", "AREA;Area tecnica;SUE", "sotto", "ufficio sposta"),
            ("persone", "a b;A;B;;", "nome_utente", "caratteri"),
            ("persone", ";A;B;;", "nome_utente", "caratteri"),
            ("persone", "nuovo;;B;;", "nome", "vuoto"),
            ("persone", "nuovo;A;B;AREA;", "ruolo", "non il ruolo"),
            ("persone", "nuovo;A;B;;addetto", "ufficio", "non l'ufficio"),
            ("persone", "nuovo;A;B;AREA;capo", "ruolo", "vale uno di"),
            ("persone", "nuovo;A;B;VECCHIO;addetto", "ufficio", "chiuso"),
            ("persone", "ANNA;Anna;Verdi;;", "nome_utente", "è di Anna Bianchi"),
        ] {
            let (testata, buona) = match che {
                "uffici" => ("codice;denominazione;sotto", "BUONO;Ufficio buono;"),
                _ => ("nome_utente;nome;cognome;ufficio;ruolo", "buono;Buono;Buoni;;"),
            };
            let (codice, testo) = importa(casa, che, format!("{testata}\n{buona}\n{riga}\n").as_bytes(), &[]);
            if campo.is_empty() {
                // More fields than columns: no row at all is read.
                assert!(codice == Some(2) && testo.contains("riga 3: 4 campi"), "{riga}: {testo}");
            } else {
                let attesa = format!("RIFIUTATA, campo {campo}: ");
                let detta = testo.lines().find(|l| l.starts_with("riga 3: ")).unwrap();
                assert!(codice == Some(1) && detta.contains(&attesa) && detta.contains(regola), "{riga}: {testo}");
                assert!(testo.contains("riga 2: ") && testo.contains("Niente è stato scritto."), "{testo}");
            }
            assert_eq!(quante(casa), prima, "{riga}");
        }
        assert!(comando(casa, &["controlla"]).status.success());
    }
}

#[test]
fn files_of_spreadsheets_are_read_or_refused_in_words() {
    let casa = Casa::sqlite();
    let (codice, testo) = importa(&casa, "uffici", b"codice;denominazione\nQUAL;Qualit\xe0\n", &[]);
    assert!(codice == Some(0) && testo.contains("Windows-1252") && testo.contains("QUAL Qualità: creato"), "{testo}");
    for (contenuto, parte) in [
        (b"PK\x03\x04xxxx".as_slice(), "CSV (UTF-8)"),
        (b"\xff\xfec\0", "UTF-16"),
        (b"codice;nome\nA;B\n", "manca la colonna «denominazione»"),
        (b"codice;denominazione;password\nA;B;C\n", "sconosciuta «password»"),
        (b"codice;denominazione\nA;\"B\n", "non si chiudono"),
        (b"", "vuoto"),
    ] {
        let (codice, testo) = importa(&casa, "uffici", contenuto, &[]);
        assert!(codice == Some(2) && testo.contains(parte), "{parte}: {testo}");
    }
    assert_eq!(casa.conta("uffici"), 2);
}
