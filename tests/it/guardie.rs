//! The database itself refuses to change what is registered, even to whoever speaks SQL (law 2 of the house).

use crate::casa::{Casa, comando, entrata, registra, su_entrambi};
use tabulario::storage::{GUARDATE, guardie_mancanti};

fn con_una_registrazione(casa: &Casa) {
    let server = casa.server();
    let risposta = registra(&server.url, &casa.gettone, "g", &entrata("Istanza"), b"atto").unwrap();
    assert_eq!(risposta.stato, 201, "{}", String::from_utf8_lossy(&risposta.corpo));
}

fn colonna(tabella: &str) -> &'static str {
    match tabella {
        "eventi" => "attore",
        "file" => "media_type",
        "titolari" => "nome",
        "voci" | "aoo" | "uffici" | "enti" => "denominazione",
        "registrazioni" => "oggetto",
        "corrispondenti" => "cognome",
        "documenti_registrati" => "nome",
        "assegnazioni" => "titolo",
        "classificazioni" => "voce_id",
        "fascicoli" => "oggetto",
        "fascicolazioni" => "fascicolo_id",
        "pacchetti" | "pacchetti_registri" => "chiave",
        "chiusure" => "radice",
        "componenti" => "codice",
        "conservatori" => "mappa",
        "sigilli" => "certificato",
        "sigillature" => "sigillo_id",
        "riprove" => "motivo",
        "utenti" | "applicazioni" | "allegati" => "nome",
        "messaggi" => "lettura",
        "caselle" => "maildir",
        "invii" | "correzioni_indirizzi" => "destinatario",
        "verifiche" => "rapporto",
        "protocolli_messaggi" | "protocolli_istanze" => "registrazione_id",
        "ruoli" => "ruolo",
        "segnature" => "xml",
        "revoche" => "istante",
        "termini" | "vicende" => "scade",
        "movimenti" => "cosa",
        "conferme_orologio" | "copie_riconosciute" => "motivo",
        "annullamenti" | "dati_annullati" | "riservatezze" | "proposte_annullamento" | "decisioni_annullamento" => {
            "motivo"
        }
        "dati_variati" => "campo",
        "annotazioni" => "testo",
        "collegamenti" => "nota",
        "scollegamenti" | "chiusure_differimenti" => "istante",
        "differimenti" => "causa",
        "emergenze" | "proroghe_emergenza" => "causa",
        "ripristini_emergenza" => "fine",
        "riaperture_emergenza" => "motivo",
        "registrazioni_emergenza" => "quando",
        "recuperi_emergenza" => "totali",
        "generi_esclusi" => "genere",
        "regole" => "nome",
        "stati_regole" => "accesa",
        "generi_automatici" => "acceso",
        "atti_regole" => "versione_id",
        "esclusioni" => "motivo",
        "ripristini" => "istante",
        "acquisizioni" => "sha256",
        "registrazioni_differite" => "differimento_id",
        "accessi" | "variazioni_uffici" => "cosa",
        "ruoli_tolti" => "ruolo_id",
        "revoche_sostituzioni" => "sostituzione_id",
        "sostituzioni" | "visioni" | "revoche_visioni" => "motivo",
        "procedimenti" => "codice",
        "istanze" => "oggetto",
        "chiusure_procedimenti" => "istante",
        "file_istanze" => "sha256",
        "soggetti" | "ritiri_recapiti" | "scioglimenti_unioni" => "autore",
        "recapiti" | "proposte_rubrica" => "valore",
        "decisioni_proposte" => "esito",
        "importazioni_ipa" | "gruppi" | "chiusure_gruppi" | "membri_gruppi" | "uscite_gruppi" => "autore",
        "versioni_ipa" => "denominazione",
        "unioni_soggetti" => "tenuto_id",
        "liste_fiducia" | "certificati_gestori" | "dati_revoca" => "provenienza",
        altra => panic!("say which column of {altra} an attacker would change"),
    }
}

/// The tables of acts that hold rows, which are at least so many; the others are attacked as soon as they do.
fn piene(casa: &Casa, almeno: usize) -> Vec<&'static str> {
    let tabelle: Vec<_> = GUARDATE.iter().map(|g| g.tabella).collect();
    let piene: Vec<_> = tabelle.into_iter().filter(|t| casa.conta(t) > 0).collect();
    assert!(piene.len() >= almeno, "only {piene:?}");
    piene
}

/// UPDATE, DELETE, REPLACE and TRUNCATE on every table of acts that holds rows: all refused.
pub fn attacca(casa: &Casa, almeno: usize) {
    let postgres = casa.indirizzo.starts_with("postgres");
    for tabella in piene(casa, almeno) {
        let svuota = if postgres {
            format!("TRUNCATE {tabella} CASCADE")
        } else {
            format!("INSERT OR REPLACE INTO {tabella} SELECT * FROM {tabella}")
        };
        let cambia = format!("UPDATE {tabella} SET {} = NULL", colonna(tabella));
        for sql in [cambia, format!("DELETE FROM {tabella}"), svuota] {
            let esito = casa.sql(&sql);
            assert!(esito.as_ref().is_err_and(|e| e.contains("tabulario: i dati registrati")), "{sql}: {esito:?}");
        }
    }
}

su_entrambi! {
    fn raw_update_and_delete_are_refused(casa) {
        con_una_registrazione(casa);
        attacca(casa, 10);
        for (sql, perche) in [
            ("UPDATE contatori SET ultimo = ultimo - 1", "a number given twice"),
            ("UPDATE contatori SET ultimo = ultimo + 2", "a number left out"),
            ("DELETE FROM contatori", "a register that starts again"),
            ("UPDATE catene SET posizione = posizione - 1", "a link cut off"),
            ("UPDATE catene SET posizione = posizione + 1", "a head without its link"),
            ("DELETE FROM catene", "a chain that starts again"),
        ] {
            assert!(casa.sql(sql).is_err(), "{perche}: {sql}");
        }
    }

    fn replace_and_truncate_are_refused(casa) {
        con_una_registrazione(casa);
        if !casa.indirizzo.starts_with("postgres") {
            // Another id with the same number would throw the registered row out through its second key.
            let sql = "INSERT OR REPLACE INTO registrazioni SELECT 'altro', aoo_id, registro, anno, numero, istante, flusso, \
                       'falso', mezzo, arrivo, protocollo_mittente_numero, protocollo_mittente_data, tipologia, riservato, \
                       risponde_a, segnatura, data_documento FROM registrazioni";
            let esito = casa.sql(sql);
            assert!(esito.as_ref().is_err_and(|e| e.contains("tabulario")), "{esito:?}");
            // The key that SQLite gives to every row throws it out as well, whatever the other keys are.
            for tabella in ["registrazioni", "eventi", "contatori", "catene", "segnature", "documenti_registrati"] {
                let sql = format!("INSERT OR REPLACE INTO {tabella} (rowid) SELECT rowid FROM {tabella}");
                let esito = casa.sql(&sql);
                let niente = casa.conta(tabella) == 0;
                assert!(niente || esito.as_ref().is_err_and(|e| e.contains("tabulario")), "{tabella}: {esito:?}");
            }
        }
    }

    fn a_table_that_is_made_again_gets_its_guards_back(casa) {
        con_una_registrazione(casa);
        // What a rebuild migration does, and with it all triggers of the table are gone.
        casa.sql(
            "CREATE TABLE classificazioni_nuova AS SELECT * FROM classificazioni; DROP TABLE classificazioni; \
             ALTER TABLE classificazioni_nuova RENAME TO classificazioni",
        )
        .unwrap();
        assert!(casa.db.leggi(guardie_mancanti).unwrap().iter().any(|g| g == "guardia_classificazioni_update"));
        assert!(!comando(casa, &["controlla"]).status.success());
        drop(casa.con_orologio("2026-01-01T00:00:00Z"));
        assert!(casa.db.leggi(guardie_mancanti).unwrap().is_empty());
        attacca(casa, 10);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn guards_that_were_taken_away_are_missed_and_come_back(casa) {
        let postgres = casa.indirizzo.starts_with("postgres");
        let togli = if postgres {
            "DROP TRIGGER guardia_registrazioni_update ON registrazioni"
        } else {
            "DROP TRIGGER guardia_registrazioni_update"
        };
        casa.sql(togli).unwrap();
        assert_eq!(casa.db.leggi(guardie_mancanti).unwrap(), ["guardia_registrazioni_update"]);
        drop(casa.con_orologio("2026-01-01T00:00:00Z"));
        assert!(casa.db.leggi(guardie_mancanti).unwrap().is_empty());
    }
}

su_entrambi! {
    /// A trigger, or the function behind it, may be emptied under its own name; or switched off.
    fn guards_that_no_longer_refuse_are_missed(casa) {
        let vuote: &[(&str, &[&str])] = if casa.indirizzo.starts_with("postgres") {
            &[
                ("ALTER TABLE registrazioni DISABLE TRIGGER guardia_registrazioni_delete", &["guardia_registrazioni_delete"]),
                (
                    "CREATE OR REPLACE FUNCTION tabulario_avanza_contatori() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
                    &["guardia_contatori_update"],
                ),
                (
                    "CREATE OR REPLACE TRIGGER guardia_invii_update BEFORE UPDATE ON invii FOR EACH ROW WHEN (false) \
                     EXECUTE FUNCTION tabulario_rifiuta()",
                    &["guardia_invii_update"],
                ),
            ]
        } else {
            &[(
                "DROP TRIGGER guardia_registrazioni_delete; CREATE TRIGGER guardia_registrazioni_delete BEFORE DELETE ON registrazioni \
                 WHEN false BEGIN SELECT RAISE(ABORT, 'no'); END",
                &["guardia_registrazioni_delete"],
            )]
        };
        for (sql, mancanti) in vuote {
            casa.sql(sql).unwrap();
            assert_eq!(casa.db.leggi(guardie_mancanti).unwrap(), *mancanti, "{sql}");
            // A start makes them again.
            drop(casa.con_orologio("2026-01-01T00:00:00Z"));
            assert!(casa.db.leggi(guardie_mancanti).unwrap().is_empty(), "{sql}");
        }
    }
}

#[test]
fn a_table_is_guarded_once() {
    let mut nomi: Vec<&str> = GUARDATE.iter().map(|g| g.tabella).collect();
    nomi.sort_unstable();
    assert!(
        nomi.windows(2).all(|w| w[0] != w[1]),
        "the second guard of a table takes the place of the first: {nomi:?}"
    );
}
