//! Guards: the database itself refuses to change what is registered (law 2 of the house, DPR 445/2000 art. 53).
//!
//! Every table of acts refuses UPDATE and DELETE, SQLite's `INSERT OR REPLACE` (which deletes without firing DELETE triggers) and
//! PostgreSQL's TRUNCATE (which passes row triggers). The heads (`contatori`, `contatori_fascicoli`, `contatori_provvedimenti`, `catene`) may only go
//! forward by one. Guards are dropped and made again at every start, because a migration that rebuilds a table loses them.
//! Whoever owns the database can remove them: then the chain of events tells.

use super::{Conn, Errore};
use diesel::{QueryableByName, RunQueryDsl};
use std::collections::HashMap;
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
    guardata("accessi_smtp", &[&["id"]]),
    guardata("regole", &[&["id"], &["regola_id", "versione"]]),
    guardata("stati_regole", &[&["id"]]),
    guardata("generi_automatici", &[&["id"]]),
    guardata("atti_regole", &[&["id"], &["messaggio_id"], &["registrazione_id"], &["esclusione_id"]]),
    guardata("riconciliazioni", &[&["id"], &["casella_id", "giorno"]]),
    guardata("messaggi", &[&["id"]]),
    guardata("allegati", &[&["messaggio_id", "posizione"]]),
    guardata("protocolli_messaggi", &[&["registrazione_id"]]),
    guardata("correzioni_indirizzi", &[&["id"]]),
    guardata("invii", &[&["id"], &["message_id"]]),
    guardata("ritorni", &[&["id"]]),
    guardata("ritorni_automatici", &[&["id"]]),
    guardata("aoo_corrispondenti", &[&["id"]]),
    guardata("pacchetti", &[&["id"]]),
    guardata("componenti", &[&["pacchetto_id", "posizione"]]),
    guardata("conservatori", &[&["id"]]),
    guardata("riprove", &[&["id"]]),
    guardata("conferme_orologio", &[&["id"]]),
    guardata("copie_riconosciute", &[&["id"]]),
    guardata("sigilli", &[&["id"]]),
    guardata("sigillature", &[&["registrazione_id"]]),
    guardata("annullamenti", &[&["id"], &["registrazione_id"], &["aoo_id", "anno", "numero"]]),
    guardata("dati_annullati", &[&["id"], &["aoo_id", "anno", "numero"]]),
    guardata("riservatezze", &[&["id"]]),
    guardata("dati_variati", &[&["id"]]),
    guardata("annotazioni", &[&["id"]]),
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
    guardata("gruppi", &[&["id"]]),
    guardata("chiusure_gruppi", &[&["gruppo_id"]]),
    guardata("membri_gruppi", &[&["id"]]),
    guardata("uscite_gruppi", &[&["membro_id"]]),
    guardata("importazioni_ipa", &[&["id"]]),
    guardata("versioni_ipa", &[&["numero"]]),
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
        // Back in time only where somebody answers for it (`registro::orologio`); a year is taken up where it was left; over
        // numbers only where a copy lost them (`registro::ripristino`).
        avanza: "NEW.aoo_id = OLD.aoo_id AND NEW.registro = OLD.registro \
                 AND ((NEW.ultimo_istante >= OLD.ultimo_istante AND NEW.anno >= OLD.anno) OR EXISTS (SELECT 1 FROM \
                 conferme_orologio c WHERE c.aoo_id = OLD.aoo_id AND c.registro = OLD.registro AND c.ultima = OLD.ultimo_istante)) \
                 AND ((NEW.anno = OLD.anno AND NEW.ultimo = OLD.ultimo + 1) OR (NEW.anno <> OLD.anno AND NEW.ultimo = 1 + \
                 (SELECT coalesce(max(r.numero), 0) FROM registrazioni r WHERE r.aoo_id = NEW.aoo_id AND r.registro = NEW.registro \
                 AND r.anno = NEW.anno)) OR EXISTS (SELECT 1 FROM copie_riconosciute k WHERE k.aoo_id = NEW.aoo_id \
                 AND k.registro = NEW.registro AND k.anno = NEW.anno AND k.ultimo = NEW.ultimo \
                 AND (NEW.anno <> OLD.anno OR k.precedente = OLD.ultimo)))",
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

/// One trigger that should stand in the database: its name, and its whole text as the database gives it back.
struct Guardia {
    nome: String,
    testo: String,
}

/// The script that makes all guards on SQLite.
pub(super) fn sqlite() -> String {
    guardie_sqlite().iter().fold(String::new(), |mut sql, Guardia { nome, testo }| {
        let _ = writeln!(sql, "DROP TRIGGER IF EXISTS {nome}; {testo};");
        sql
    })
}

fn guardie_sqlite() -> Vec<Guardia> {
    let mut guardie = Vec::new();
    let mut trigger = |nome: String, evento: &str, quando: &str| {
        let quando = if quando.is_empty() { String::new() } else { format!("WHEN {quando} ") };
        let testo =
            format!("CREATE TRIGGER {nome} BEFORE {evento} {quando}BEGIN SELECT RAISE(ABORT, '{RIFIUTO}'); END");
        guardie.push(Guardia { nome, testo });
    };
    for g in GUARDATE {
        let t = g.tabella;
        trigger(format!("guardia_{t}_update"), &format!("UPDATE ON {t}"), "");
        trigger(format!("guardia_{t}_delete"), &format!("DELETE ON {t}"), "");
        for (i, chiave) in g.chiavi.iter().enumerate() {
            let esiste = format!("EXISTS (SELECT 1 FROM {t} WHERE {})", uguali(chiave));
            trigger(format!("guardia_{t}_replace_{i}"), &format!("INSERT ON {t}"), &esiste);
        }
        trigger(format!("guardia_{t}_replace_riga"), &format!("INSERT ON {t}"), &stessa_riga(t));
    }
    for Testa { tabella: t, chiave, avanza } in TESTE {
        trigger(format!("guardia_{t}_update"), &format!("UPDATE ON {t}"), &format!("NOT ({avanza})"));
        trigger(format!("guardia_{t}_delete"), &format!("DELETE ON {t}"), "");
        let esiste = format!("EXISTS (SELECT 1 FROM {t} WHERE {})", uguali(chiave));
        trigger(format!("guardia_{t}_replace_0"), &format!("INSERT ON {t}"), &esiste);
        trigger(format!("guardia_{t}_replace_riga"), &format!("INSERT ON {t}"), &stessa_riga(t));
    }
    guardie
}

/// A row that takes the place of another by the key that SQLite gives to all: `rowid`, which is no column of ours. Where nobody says
/// one it is -1 before the row is there.
fn stessa_riga(tabella: &str) -> String {
    format!("EXISTS (SELECT 1 FROM {tabella} WHERE rowid = NEW.rowid)")
}

/// A trigger of PostgreSQL: its table and event, for each row or statement, and the function that it calls.
struct Chiamata {
    tabella: &'static str,
    evento: &'static str,
    per: &'static str,
    funzione: String,
}

impl Chiamata {
    fn nome(&self) -> String {
        format!("guardia_{}_{}", self.tabella, self.evento)
    }

    /// As `pg_get_triggerdef` writes it.
    fn testo(&self) -> String {
        let Self { tabella, per, funzione, .. } = self;
        let evento = self.evento.to_uppercase();
        format!(
            "CREATE TRIGGER {} BEFORE {evento} ON {tabella} FOR EACH {per} EXECUTE FUNCTION {funzione}()",
            self.nome()
        )
    }
}

/// The script that makes all guards on PostgreSQL.
pub(super) fn postgres() -> String {
    let mut sql = String::new();
    for (nome, corpo) in funzioni() {
        let _ = writeln!(sql, "CREATE OR REPLACE FUNCTION {nome}() RETURNS trigger LANGUAGE plpgsql AS $${corpo}$$;");
    }
    for c in chiamate() {
        let _ = writeln!(sql, "DROP TRIGGER IF EXISTS {} ON {}; {};", c.nome(), c.tabella, c.testo());
    }
    sql
}

/// The functions that refuse, with their bodies.
fn funzioni() -> Vec<(String, String)> {
    let rifiuta = format!("RAISE EXCEPTION '{RIFIUTO}'");
    let mut funzioni = vec![(RIFIUTA.to_owned(), format!(" BEGIN {rifiuta}; END "))];
    // A condition that looks at other tables cannot stand in the trigger itself.
    funzioni.extend(TESTE.iter().map(|t| {
        let corpo = format!(" BEGIN IF NOT ({}) THEN {rifiuta}; END IF; RETURN NEW; END ", t.avanza);
        (avanza(t.tabella), corpo)
    }));
    funzioni
}

fn chiamate() -> Vec<Chiamata> {
    let mut chiamate = Vec::new();
    let mut trigger = |tabella, evento, per, funzione: &str| {
        chiamate.push(Chiamata { tabella, evento, per, funzione: funzione.to_owned() });
    };
    for g in GUARDATE {
        trigger(g.tabella, "update", "ROW", RIFIUTA);
        trigger(g.tabella, "delete", "ROW", RIFIUTA);
        trigger(g.tabella, "truncate", "STATEMENT", RIFIUTA);
    }
    for Testa { tabella: t, .. } in TESTE {
        trigger(t, "update", "ROW", &avanza(t));
        trigger(t, "delete", "ROW", RIFIUTA);
        trigger(t, "truncate", "STATEMENT", RIFIUTA);
    }
    chiamate
}

const RIFIUTA: &str = "tabulario_rifiuta";

fn avanza(tabella: &str) -> String {
    format!("tabulario_avanza_{tabella}")
}

/// What PostgreSQL should say of each trigger: its own text and the body of its function, since either can be emptied under the same name.
fn guardie_postgres() -> Vec<Guardia> {
    let corpi: HashMap<String, String> = funzioni().into_iter().collect();
    chiamate()
        .iter()
        .map(|c| {
            let corpo = corpi.get(&c.funzione).map_or("", String::as_str);
            Guardia { nome: c.nome(), testo: format!("{}{corpo}", c.testo()) }
        })
        .collect()
}

#[derive(QueryableByName)]
struct Presente {
    #[diesel(sql_type = diesel::sql_types::Text)]
    nome: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    testo: String,
}

/// The guards that do not stand in the database word for word: none, unless somebody took them away, switched them off or changed
/// what they do.
///
/// # Errors
/// If the catalogue cannot be read.
pub fn mancanti(conn: &mut Conn) -> Result<Vec<String>, Errore> {
    let (sql, attese) = match conn {
        Conn::Sqlite(_) => {
            ("SELECT name AS nome, sql AS testo FROM sqlite_master WHERE type = 'trigger'", guardie_sqlite())
        }
        Conn::Postgres(_) => (
            "SELECT t.tgname::text AS nome, pg_get_triggerdef(t.oid, true) || p.prosrc AS testo FROM pg_trigger t \
             JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgenabled = 'O'",
            guardie_postgres(),
        ),
    };
    let righe = diesel::sql_query(sql).load::<Presente>(conn)?;
    let presenti: HashMap<String, String> = righe.into_iter().map(|p| (p.nome, p.testo)).collect();
    Ok(attese.into_iter().filter(|g| presenti.get(&g.nome) != Some(&g.testo)).map(|g| g.nome).collect())
}

fn uguali(chiave: &[&str]) -> String {
    chiave.iter().map(|c| format!("{c} = NEW.{c}")).collect::<Vec<_>>().join(" AND ")
}
