//! A register of years, in minutes: copies of one registration made by the program, by statements on whole sets.
//!
//! Only for reading and for measuring on top of them: the copies have numbers, ids and impronte of their own, but not links that
//! `controlla` would accept.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tabulario::valori::RegistrazioneId;

/// Registrations per transaction.
const BLOCCO: u64 = 100_000;

#[derive(QueryableByName)]
struct Parola {
    #[diesel(sql_type = Text)]
    valore: String,
}

#[derive(QueryableByName)]
struct Numero {
    #[diesel(sql_type = BigInt)]
    valore: i64,
}

/// Piles up on a database that is there, in its first AOO: for trying the program on a register of years.
pub fn su(indirizzo: &str, quante: u64) {
    let aoo =
        Mucchio::apri(indirizzo).parole("SELECT min(aoo_id) AS valore FROM contatori WHERE ultimo > 0").pop().unwrap();
    impila(indirizzo, &aoo, quante);
}

/// Either database, without its guards and without waiting for the disk.
enum Mucchio {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Mucchio {
    fn apri(indirizzo: &str) -> Self {
        if indirizzo.starts_with("postgres") {
            let mut c = PgConnection::establish(indirizzo).unwrap();
            c.batch_execute("SET synchronous_commit = off; SET session_replication_role = replica").unwrap();
            Self::Postgres(c)
        } else {
            let mut c = SqliteConnection::establish(indirizzo).unwrap();
            c.batch_execute("PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-400000").unwrap();
            Self::Sqlite(c)
        }
    }

    fn esegui(&mut self, sql: &str) {
        match self {
            Self::Sqlite(c) => c.batch_execute(sql),
            Self::Postgres(c) => c.batch_execute(sql),
        }
        .unwrap();
    }

    fn parole(&mut self, sql: &str) -> Vec<String> {
        let righe: Vec<Parola> = match self {
            Self::Sqlite(c) => diesel::sql_query(sql).load(c),
            Self::Postgres(c) => diesel::sql_query(sql).load(c),
        }
        .unwrap();
        righe.into_iter().map(|r| r.valore).collect()
    }

    fn numero(&mut self, sql: &str) -> i64 {
        let riga: Numero = match self {
            Self::Sqlite(c) => diesel::sql_query(sql).get_result(c),
            Self::Postgres(c) => diesel::sql_query(sql).get_result(c),
        }
        .unwrap();
        riga.valore
    }

    fn colonne(&mut self, tabella: &str) -> Vec<String> {
        match self {
            Self::Sqlite(_) => self.parole(&format!("SELECT name AS valore FROM pragma_table_info('{tabella}')")),
            Self::Postgres(_) => self.parole(&format!(
                "SELECT column_name::text AS valore FROM information_schema.columns WHERE table_name = '{tabella}' ORDER BY ordinal_position"
            )),
        }
    }

    /// So many digits of an expression, in base 16 or 10.
    fn cifre(&self, quante: usize, esadecimali: bool, e: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("printf('%0{quante}{}', {e})", if esadecimali { 'x' } else { 'd' }),
            Self::Postgres(_) if esadecimali => format!("lpad(to_hex(({e})::bigint), {quante}, '0')"),
            Self::Postgres(_) => format!("lpad(({e})::text, {quante}, '0')"),
        }
    }

    fn da_a(&self, da: i64, a: i64) -> String {
        match self {
            Self::Sqlite(_) => format!(
                "(WITH RECURSIVE c(i) AS (SELECT {da} UNION ALL SELECT i + 1 FROM c WHERE i < {a}) SELECT i FROM c) AS n"
            ),
            Self::Postgres(_) => format!("generate_series({da}::bigint, {a}::bigint) AS n(i)"),
        }
    }
}

/// Piles up registrations like the oldest one of this AOO, numbered after its last.
pub fn impila(indirizzo: &str, aoo: &str, quante: u64) {
    let mut m = Mucchio::apri(indirizzo);
    let modello =
        m.parole(&format!("SELECT min(id) AS valore FROM registrazioni WHERE aoo_id = '{aoo}'")).pop().unwrap();
    let sha256 =
        m.parole(&format!("SELECT sha256 AS valore FROM documenti_registrati WHERE registrazione_id = '{modello}'"));
    // The guard lets the counter go by one; it is put back as it was.
    let guardie = match m {
        Mucchio::Sqlite(_) => {
            m.parole("SELECT sql AS valore FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'contatori'")
        }
        Mucchio::Postgres(_) => Vec::new(),
    };
    for guardia in &guardie {
        let nome = guardia.split_whitespace().nth(2).unwrap();
        m.esegui(&format!("DROP TRIGGER {nome}"));
    }
    let mut fatte = 0;
    while fatte < quante {
        let ora = BLOCCO.min(quante - fatte);
        blocco(&mut m, aoo, &modello, &sha256[0], i64::try_from(ora).unwrap());
        fatte += ora;
    }
    for guardia in &guardie {
        m.esegui(guardia);
    }
}

/// A table, which rows of it are the model, and the columns that differ in a copy.
type Copia<'a> = (&'static str, String, Vec<(&'static str, &'a str)>);

fn blocco(m: &mut Mucchio, aoo: &str, modello: &str, file: &str, quante: i64) {
    let ultimo = m.numero(&format!("SELECT ultimo AS valore FROM contatori WHERE aoo_id = '{aoo}'"));
    let posizione = m.numero(&format!("SELECT max(posizione) AS valore FROM eventi WHERE aoo_id = '{aoo}'"));
    let righe = m.da_a(ultimo + 1, ultimo + quante);
    let ora = RegistrazioneId::new().to_string();
    let id = |quale: u8| format!("'{}-7000-800{quale}-' || {}", &ora[..13], m.cifre(12, true, "n.i"));
    let (registrazione, classificazione, assegnazione) = (id(0), id(1), id(2));
    // Scattered, as the digests of real files are.
    let sha256 = format!("{} || {}", m.cifre(8, true, "(n.i * 2654435761) & 4294967295"), m.cifre(56, true, "n.i"));
    let segnatura = format!("'c_x999/AX99Z01/PG/2026-11-22/' || {}", m.cifre(7, false, "n.i"));
    let oggetto = format!(
        "CASE m.oggetto_tipo WHEN 'registrazione' THEN {registrazione} WHEN 'classificazione' THEN {classificazione} ELSE {assegnazione} END"
    );
    let in_fila =
        format!("{posizione} + 3 * (n.i - {ultimo} - 1) + row_number() OVER (PARTITION BY n.i ORDER BY m.posizione)");
    let di = |colonna: &str| format!("m.{colonna} = '{modello}'");
    let suoi = format!(
        "m.oggetto_id IN (SELECT '{modello}' UNION SELECT id FROM classificazioni WHERE registrazione_id = '{modello}' \
         UNION SELECT id FROM assegnazioni WHERE registrazione_id = '{modello}')"
    );
    let del_file = format!("m.sha256 = '{file}'");
    let [r, c, a, s] = [&registrazione, &classificazione, &assegnazione, &sha256].map(String::as_str);
    let tabelle: [Copia<'_>; 10] = [
        ("registrazioni", di("id"), vec![("id", r), ("numero", "n.i"), ("segnatura", &segnatura)]),
        ("corrispondenti", di("registrazione_id"), vec![("registrazione_id", r)]),
        ("file", del_file.clone(), vec![("sha256", s)]),
        ("usi_file", del_file, vec![("sha256", s), ("oggetto_id", r)]),
        ("documenti_registrati", di("registrazione_id"), vec![("registrazione_id", r), ("sha256", s)]),
        ("classificazioni", di("registrazione_id"), vec![("id", c), ("registrazione_id", r)]),
        ("assegnazioni", di("registrazione_id"), vec![("id", a), ("registrazione_id", r)]),
        ("visibilita", di("oggetto_id"), vec![("oggetto_id", r)]),
        ("pratiche", di("registrazione_id"), vec![("assegnazione_id", a), ("registrazione_id", r)]),
        ("eventi", suoi, vec![("posizione", &in_fila), ("oggetto_id", &oggetto)]),
    ];
    m.esegui("BEGIN");
    for (tabella, quale, nuove) in tabelle {
        let colonne = m.colonne(tabella);
        let valori: Vec<String> = colonne
            .iter()
            .map(|c| nuove.iter().find(|(n, _)| n == c).map_or_else(|| format!("m.{c}"), |(_, e)| (*e).to_owned()))
            .collect();
        m.esegui(&format!(
            "INSERT INTO {tabella} ({}) SELECT {} FROM {tabella} AS m, {righe} WHERE {quale}",
            colonne.join(", "),
            valori.join(", ")
        ));
    }
    let testa = posizione + 3 * quante;
    m.esegui(&format!(
        "UPDATE contatori SET ultimo = ultimo + {quante} WHERE aoo_id = '{aoo}'; \
         UPDATE catene SET posizione = {testa}, anello = (SELECT anello FROM eventi WHERE aoo_id = '{aoo}' AND posizione = {testa}) \
         WHERE aoo_id = '{aoo}'; COMMIT"
    ));
}
