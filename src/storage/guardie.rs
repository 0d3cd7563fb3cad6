//! Guards: the database itself refuses to change what is registered (law 2 of the house, DPR 445/2000 art. 53).
//!
//! Every table of acts refuses UPDATE and DELETE, SQLite's `INSERT OR REPLACE` (which deletes without firing DELETE triggers) and
//! PostgreSQL's TRUNCATE (which passes row triggers). The heads (`contatori`, `contatori_fascicoli`, `contatori_provvedimenti`, `catene`) may only go
//! forward by one. Guards are dropped and made again at every start, because a migration that rebuilds a table loses them.
//! Whoever owns the database can remove them: then the chain of events tells.

use super::{Conn, Errore};
use diesel::{QueryableByName, RunQueryDsl};
use std::collections::HashSet;
use std::fmt::Write as _;

/// A table of acts: its name and its unique keys, the primary one first.
pub struct Guardata {
    /// The table.
    pub tabella: &'static str,
    chiavi: &'static [&'static [&'static str]],
}

const fn guardata(tabella: &'static str, chiavi: &'static [&'static [&'static str]]) -> Guardata {
    Guardata { tabella, chiavi }
}

/// Every table whose rows never change, as `docs/REGISTRO.md` lists them.
pub const GUARDATE: &[Guardata] = &[
    guardata("enti", &[&["id"], &["codice_ipa"]]),
    guardata("aoo", &[&["id"], &["ente_id", "codice"]]),
    guardata("uffici", &[&["id"], &["aoo_id", "codice"]]),
    guardata("utenti", &[&["id"], &["nome_utente"]]),
    guardata("accessi", &[&["id"]]),
    guardata("ruoli", &[&["id"]]),
    guardata("ruoli_tolti", &[&["ruolo_id"]]),
    guardata("variazioni_uffici", &[&["id"]]),
    guardata("sostituzioni", &[&["id"]]),
    guardata("revoche_sostituzioni", &[&["sostituzione_id"]]),
    guardata("visioni", &[&["id"]]),
    guardata("revoche_visioni", &[&["visione_id"]]),
    guardata("applicazioni", &[&["id"], &["gettone_sha256"]]),
    guardata("revoche", &[&["applicazione_id"]]),
    guardata("eventi", &[&["aoo_id", "posizione"]]),
    guardata("file", &[&["sha256"]]),
    guardata("titolari", &[&["id"]]),
    guardata("voci", &[&["id"], &["titolario_id", "codice"]]),
    guardata("classificazioni", &[&["id"]]),
    guardata("fascicoli", &[&["id"], &["aoo_id", "voce", "anno", "numero"]]),
    guardata("fascicolazioni", &[&["id"]]),
    guardata("registrazioni", &[&["id"], &["aoo_id", "registro", "anno", "numero"]]),
    guardata("corrispondenti", &[&["registrazione_id", "posizione"]]),
    guardata("documenti_registrati", &[&["registrazione_id", "posizione"]]),
    guardata("segnature", &[&["registrazione_id", "dialetto"]]),
    guardata("assegnazioni", &[&["id"]]),
    guardata("verifiche", &[&["id"]]),
    guardata("liste_fiducia", &[&["id"], &["territorio", "sequenza"]]),
    guardata("certificati_gestori", &[&["id"]]),
    guardata("dati_revoca", &[&["id"], &["serie", "sha256"]]),
    guardata("caselle", &[&["id"], &["aoo_id", "indirizzo"]]),
    guardata("accessi_imap", &[&["id"]]),
    guardata("riconciliazioni", &[&["id"], &["casella_id", "giorno"]]),
    guardata("messaggi", &[&["id"]]),
    guardata("allegati", &[&["messaggio_id", "posizione"]]),
    guardata("protocolli_messaggi", &[&["registrazione_id"]]),
    guardata("invii", &[&["id"], &["message_id"]]),
    guardata("pacchetti", &[&["id"]]),
    guardata("componenti", &[&["pacchetto_id", "posizione"]]),
    guardata("conservatori", &[&["id"]]),
    guardata("riprove", &[&["id"]]),
    guardata("conferme_orologio", &[&["id"]]),
    guardata("sigilli", &[&["id"]]),
    guardata("sigillature", &[&["registrazione_id"]]),
    guardata("annullamenti", &[&["id"], &["registrazione_id"], &["aoo_id", "anno", "numero"]]),
    guardata("dati_annullati", &[&["id"], &["aoo_id", "anno", "numero"]]),
    guardata("riservatezze", &[&["id"]]),
    guardata("proposte_annullamento", &[&["id"]]),
    guardata("decisioni_annullamento", &[&["proposta_id"]]),
    guardata("termini", &[&["id"]]),
    guardata("movimenti", &[&["id"], &["assegnazione_id", "posizione"]]),
    guardata("vicende", &[&["id"]]),
    guardata("collegamenti", &[&["id"]]),
    guardata("scollegamenti", &[&["collegamento_id"]]),
    guardata("differimenti", &[&["id"]]),
    guardata("chiusure_differimenti", &[&["differimento_id"]]),
    guardata("registrazioni_differite", &[&["registrazione_id"]]),
    guardata("emergenze", &[&["id"]]),
    guardata("proroghe_emergenza", &[&["id"]]),
    guardata("ripristini_emergenza", &[&["emergenza_id"]]),
    guardata("riaperture_emergenza", &[&["emergenza_id"]]),
    guardata("registrazioni_emergenza", &[&["id"], &["aoo_id", "postazione", "anno", "numero"], &["registrazione_id"]]),
    guardata("recuperi_emergenza", &[&["id"], &["emergenza_id", "postazione"]]),
    guardata("acquisizioni", &[&["id"], &["registrazione_id", "sha256"]]),
    guardata("generi_esclusi", &[&["id"]]),
    guardata("esclusioni", &[&["id"]]),
    guardata("ripristini", &[&["esclusione_id"]]),
    guardata("procedimenti", &[&["id"], &["codice"]]),
    guardata("chiusure_procedimenti", &[&["procedimento_id"]]),
    guardata("istanze", &[&["id"], &["codice_sha256"]]),
    guardata("file_istanze", &[&["istanza_id", "posizione"]]),
    guardata("protocolli_istanze", &[&["registrazione_id"]]),
    guardata("soggetti", &[&["id"]]),
    guardata("recapiti", &[&["id"]]),
    guardata("ritiri_recapiti", &[&["recapito_id"]]),
    guardata("proposte_rubrica", &[&["id"]]),
    guardata("decisioni_proposte", &[&["proposta_id"]]),
    guardata("unioni_soggetti", &[&["id"]]),
    guardata("scioglimenti_unioni", &[&["unione_id"]]),
    guardata(
        "chiusure",
        &[
            &["id"],
            &["aoo_id", "registro", "periodo", "ultimo_giorno"],
            &["aoo_id", "registro", "periodo", "anno", "progressivo"],
        ],
    ),
    guardata("pacchetti_registri", &[&["id"], &["chiusura_id"]]),
];

/// A table of one head per chain or register: its name, its key, and when a change goes forward by exactly one.
struct Testa {
    tabella: &'static str,
    chiave: &'static [&'static str],
    avanza: &'static str,
}

const TESTE: &[Testa] = &[
    Testa {
        tabella: "contatori",
        chiave: &["aoo_id", "registro"],
        // Back in time only where somebody answers for it (`registro::orologio`); a year is taken up where it was left.
        avanza: "NEW.aoo_id = OLD.aoo_id AND NEW.registro = OLD.registro \
                 AND ((NEW.ultimo_istante >= OLD.ultimo_istante AND NEW.anno >= OLD.anno) OR EXISTS (SELECT 1 FROM \
                 conferme_orologio c WHERE c.aoo_id = OLD.aoo_id AND c.registro = OLD.registro AND c.ultima = OLD.ultimo_istante)) \
                 AND ((NEW.anno = OLD.anno AND NEW.ultimo = OLD.ultimo + 1) OR (NEW.anno <> OLD.anno AND NEW.ultimo = 1 + \
                 (SELECT coalesce(max(r.numero), 0) FROM registrazioni r WHERE r.aoo_id = NEW.aoo_id AND r.registro = NEW.registro \
                 AND r.anno = NEW.anno)))",
    },
    Testa {
        tabella: "contatori_fascicoli",
        chiave: &["aoo_id", "voce", "anno"],
        avanza: "NEW.aoo_id = OLD.aoo_id AND NEW.voce = OLD.voce AND NEW.anno = OLD.anno AND NEW.ultimo = OLD.ultimo + 1",
    },
    Testa {
        tabella: "contatori_provvedimenti",
        chiave: &["aoo_id"],
        avanza: "NEW.aoo_id = OLD.aoo_id \
                 AND ((NEW.anno = OLD.anno AND NEW.ultimo = OLD.ultimo + 1) OR (NEW.anno > OLD.anno AND NEW.ultimo = 1))",
    },
    Testa {
        tabella: "catene",
        chiave: &["aoo_id"],
        // A batch adds many links and moves the head once: to the last link that there is.
        avanza: "NEW.aoo_id = OLD.aoo_id AND NEW.posizione > OLD.posizione AND NEW.posizione = \
                 (SELECT max(e.posizione) FROM eventi e WHERE e.aoo_id = NEW.aoo_id) AND EXISTS (SELECT 1 FROM eventi e \
                 WHERE e.aoo_id = NEW.aoo_id AND e.posizione = NEW.posizione AND e.anello = NEW.anello)",
    },
];

const RIFIUTO: &str = "tabulario: i dati registrati non si cambiano e non si cancellano";

/// The script that makes all guards on SQLite.
pub(super) fn sqlite() -> String {
    let mut sql = String::new();
    let mut trigger = |nome: &str, evento: &str, quando: &str| {
        let quando = if quando.is_empty() { String::new() } else { format!("WHEN {quando} ") };
        let _ = writeln!(
            sql,
            "DROP TRIGGER IF EXISTS {nome}; CREATE TRIGGER {nome} BEFORE {evento} {quando}BEGIN SELECT RAISE(ABORT, '{RIFIUTO}'); END;"
        );
    };
    for g in GUARDATE {
        let t = g.tabella;
        trigger(&format!("guardia_{t}_update"), &format!("UPDATE ON {t}"), "");
        trigger(&format!("guardia_{t}_delete"), &format!("DELETE ON {t}"), "");
        for (i, chiave) in g.chiavi.iter().enumerate() {
            let esiste = format!("EXISTS (SELECT 1 FROM {t} WHERE {})", uguali(chiave));
            trigger(&format!("guardia_{t}_replace_{i}"), &format!("INSERT ON {t}"), &esiste);
        }
        trigger(&format!("guardia_{t}_replace_riga"), &format!("INSERT ON {t}"), &stessa_riga(t));
    }
    for Testa { tabella: t, chiave, avanza } in TESTE {
        trigger(&format!("guardia_{t}_update"), &format!("UPDATE ON {t}"), &format!("NOT ({avanza})"));
        trigger(&format!("guardia_{t}_delete"), &format!("DELETE ON {t}"), "");
        let esiste = format!("EXISTS (SELECT 1 FROM {t} WHERE {})", uguali(chiave));
        trigger(&format!("guardia_{t}_replace_0"), &format!("INSERT ON {t}"), &esiste);
        trigger(&format!("guardia_{t}_replace_riga"), &format!("INSERT ON {t}"), &stessa_riga(t));
    }
    sql
}

/// A row that takes the place of another by the key that SQLite gives to all: `rowid`, which is no column of ours. Where nobody says
/// one it is -1 before the row is there.
fn stessa_riga(tabella: &str) -> String {
    format!("EXISTS (SELECT 1 FROM {tabella} WHERE rowid = NEW.rowid)")
}

/// The script that makes all guards on PostgreSQL.
pub(super) fn postgres() -> String {
    let mut sql = String::new();
    let rifiuta = format!("RAISE EXCEPTION '{RIFIUTO}'");
    let mut funzione = |nome: &str, corpo: &str| {
        let _ = writeln!(
            sql,
            "CREATE OR REPLACE FUNCTION {nome}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {corpo}; END $$;"
        );
    };
    funzione("tabulario_rifiuta", &rifiuta);
    // A condition that looks at other tables cannot stand in the trigger itself.
    for Testa { tabella, avanza, .. } in TESTE {
        let corpo = format!("IF NOT ({avanza}) THEN {rifiuta}; END IF; RETURN NEW");
        funzione(&format!("tabulario_avanza_{tabella}"), &corpo);
    }
    let mut trigger = |tabella: &str, evento: &str, per: &str, funzione: &str| {
        let nome = format!("guardia_{tabella}_{evento}");
        let _ = writeln!(
            sql,
            "DROP TRIGGER IF EXISTS {nome} ON {tabella}; CREATE TRIGGER {nome} BEFORE {evento} ON {tabella} FOR EACH {per} \
             EXECUTE FUNCTION {funzione}();"
        );
    };
    for g in GUARDATE {
        let t = g.tabella;
        trigger(t, "update", "ROW", "tabulario_rifiuta");
        trigger(t, "delete", "ROW", "tabulario_rifiuta");
        trigger(t, "truncate", "STATEMENT", "tabulario_rifiuta");
    }
    for Testa { tabella: t, .. } in TESTE {
        trigger(t, "update", "ROW", &format!("tabulario_avanza_{t}"));
        trigger(t, "delete", "ROW", "tabulario_rifiuta");
        trigger(t, "truncate", "STATEMENT", "tabulario_rifiuta");
    }
    sql
}

#[derive(QueryableByName)]
struct Nome {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

/// The guards that should stand in the database and do not: none, unless somebody took them away.
///
/// # Errors
/// If the catalogue cannot be read.
pub fn mancanti(conn: &mut Conn) -> Result<Vec<String>, Errore> {
    let (sql, script) = match conn {
        Conn::Sqlite(_) => ("SELECT name FROM sqlite_master WHERE type = 'trigger'", sqlite()),
        Conn::Postgres(_) => {
            ("SELECT tgname::text AS name FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'", postgres())
        }
    };
    let presenti: HashSet<String> = diesel::sql_query(sql).load::<Nome>(conn)?.into_iter().map(|n| n.name).collect();
    let attese = script.split("CREATE TRIGGER ").skip(1).filter_map(|pezzo| pezzo.split(' ').next());
    Ok(attese.filter(|nome| !presenti.contains(*nome)).map(str::to_owned).collect())
}

fn uguali(chiave: &[&str]) -> String {
    chiave.iter().map(|c| format!("{c} = NEW.{c}")).collect::<Vec<_>>().join(" AND ")
}
