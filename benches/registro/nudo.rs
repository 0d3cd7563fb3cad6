//! The named peer: the bare database, no program around it. Each client has a connection, and each registration is the inserts and
//! updates that the program does for one, with one commit of the same durability; the tables have no guards.

use super::banco::{Banco, Casa};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use rand::Rng;
use std::time::Duration;
use tabulario::storage::schema::{
    assegnazioni, catene, classificazioni, contatori, corrispondenti, documenti_registrati, eventi, file, pratiche,
    registrazioni, usi_file, visibilita,
};
use tabulario::valori::AooId;

/// What every row of a client has in common.
struct Fisso {
    aoo: String,
    ufficio: String,
    voce: String,
    ora: chrono::NaiveDateTime,
}

#[derive(QueryableByName)]
struct Nome {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

#[derive(QueryableByName)]
struct GuardiaPostgres {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    tabella: String,
}

/// The rows of one registration, on either connection: the types differ, the statements do not.
macro_rules! scrivi {
    ($c:expr, $f:expr) => {{
        let (c, f) = ($c, $f);
        let id = AooId::new().to_string();
        let sha256 = hex::encode(rand::rng().random::<[u8; 32]>());
        let questo = contatori::aoo_id.eq(&f.aoo).and(contatori::registro.eq("PG"));
        let numero: i64 = diesel::update(contatori::table.filter(questo))
            .set((contatori::ultimo.eq(contatori::ultimo + 1), contatori::ultimo_istante.eq(f.ora)))
            .returning(contatori::ultimo)
            .get_result(c)
            .unwrap();
        diesel::insert_into(registrazioni::table)
            .values((
                registrazioni::id.eq(&id),
                registrazioni::aoo_id.eq(&f.aoo),
                registrazioni::registro.eq("PG"),
                registrazioni::anno.eq(2026),
                registrazioni::numero.eq(numero),
                registrazioni::istante.eq(f.ora),
                registrazioni::flusso.eq("entrata"),
                registrazioni::oggetto.eq("richiesta permesso costruire accesso atti fattura verbale commissione"),
                registrazioni::mezzo.eq("pec"),
                registrazioni::riservato.eq(false),
                registrazioni::segnatura.eq(format!("c_x999/AX99Z01/PG/2026-11-22/{numero:07}")),
            ))
            .execute(c)
            .unwrap();
        diesel::insert_into(corrispondenti::table)
            .values((
                corrispondenti::registrazione_id.eq(&id),
                corrispondenti::posizione.eq(1),
                corrispondenti::ruolo.eq("mittente"),
                corrispondenti::per_conoscenza.eq(false),
                corrispondenti::tipo.eq("persona-fisica"),
                corrispondenti::nome.eq("Maria"),
                corrispondenti::cognome.eq("Bianchi"),
            ))
            .execute(c)
            .unwrap();
        diesel::insert_into(file::table)
            .values((
                file::sha256.eq(&sha256),
                file::dimensione.eq(20_480),
                file::media_type.eq("application/pdf"),
                file::creato.eq(f.ora),
            ))
            .execute(c)
            .unwrap();
        diesel::insert_into(usi_file::table)
            .values((
                usi_file::sha256.eq(&sha256),
                usi_file::oggetto_tipo.eq("registrazione"),
                usi_file::oggetto_id.eq(&id),
            ))
            .execute(c)
            .unwrap();
        diesel::insert_into(documenti_registrati::table)
            .values((
                documenti_registrati::registrazione_id.eq(&id),
                documenti_registrati::posizione.eq(1),
                documenti_registrati::ruolo.eq("principale"),
                documenti_registrati::sha256.eq(&sha256),
                documenti_registrati::nome.eq("istanza.pdf"),
            ))
            .execute(c)
            .unwrap();
        diesel::insert_into(classificazioni::table)
            .values((
                classificazioni::id.eq(AooId::new().to_string()),
                classificazioni::registrazione_id.eq(&id),
                classificazioni::voce_id.eq(&f.voce),
                classificazioni::istante.eq(f.ora),
            ))
            .execute(c)
            .unwrap();
        let assegnazione = AooId::new().to_string();
        diesel::insert_into(assegnazioni::table)
            .values((
                assegnazioni::id.eq(&assegnazione),
                assegnazioni::registrazione_id.eq(&id),
                assegnazioni::ufficio_id.eq(&f.ufficio),
                assegnazioni::titolo.eq("competenza"),
                assegnazioni::istante.eq(f.ora),
            ))
            .execute(c)
            .unwrap();
        diesel::insert_into(visibilita::table)
            .values((
                visibilita::oggetto_id.eq(&id),
                visibilita::ufficio_id.eq(&f.ufficio),
                visibilita::motivo.eq("competenza"),
                visibilita::dal.eq(f.ora),
            ))
            .execute(c)
            .unwrap();
        diesel::insert_into(pratiche::table)
            .values((
                pratiche::assegnazione_id.eq(&assegnazione),
                pratiche::registrazione_id.eq(&id),
                pratiche::aoo_id.eq(&f.aoo),
                pratiche::ufficio_id.eq(&f.ufficio),
                pratiche::stato.eq("da-prendere"),
                pratiche::attore.eq("sistema:comando"),
                pratiche::dal.eq(f.ora),
            ))
            .execute(c)
            .unwrap();
        for tipo in ["registrazione", "classificazione", "assegnazione"] {
            let posizione: i64 = diesel::update(catene::table.filter(catene::aoo_id.eq(&f.aoo)))
                .set((catene::posizione.eq(catene::posizione + 1), catene::anello.eq(&sha256)))
                .returning(catene::posizione)
                .get_result(c)
                .unwrap();
            diesel::insert_into(eventi::table)
                .values((
                    eventi::aoo_id.eq(&f.aoo),
                    eventi::posizione.eq(posizione),
                    eventi::istante.eq(f.ora),
                    eventi::attore.eq("sistema:comando"),
                    eventi::tipo.eq(tipo),
                    eventi::oggetto_tipo.eq(tipo),
                    eventi::oggetto_id.eq(&id),
                    eventi::carico_sha256.eq(&sha256),
                    eventi::anello.eq(&sha256),
                ))
                .execute(c)
                .unwrap();
        }
    }};
}

/// Registrations per second of the bare database.
pub fn al_secondo(banco: &Banco, clienti: usize, durata: Duration) -> f64 {
    let indirizzo = banco.nuovo();
    let casa = Casa::arreda(&indirizzo);
    // The first one opens the counter.
    super::generatore::Generatore::new(&casa, 0).protocolla();
    let fisso = Fisso {
        aoo: casa.aoo.id.to_string(),
        ufficio: casa.ufficio.id.to_string(),
        voce: casa.voce.id.to_string(),
        ora: casa.db.orologio().adesso().utc(),
    };
    drop(casa);
    let quante = if indirizzo.starts_with("postgres") {
        senza_guardie_postgres(&indirizzo);
        super::conta(clienti, durata, |_| postgres(&indirizzo), |c| postgres_una(c, &fisso))
    } else {
        senza_guardie_sqlite(&indirizzo);
        super::conta(clienti, durata, |_| sqlite(&indirizzo), |c| sqlite_una(c, &fisso))
    };
    banco.togli(&indirizzo);
    quante
}

/// With the settings of the program's writers.
fn sqlite(file: &str) -> SqliteConnection {
    let mut c = SqliteConnection::establish(file).unwrap();
    c.batch_execute(
        "PRAGMA busy_timeout=60000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; \
         PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; \
         PRAGMA wal_autocheckpoint=8000;",
    )
    .unwrap();
    c
}

fn sqlite_una(c: &mut SqliteConnection, fisso: &Fisso) {
    c.batch_execute("BEGIN IMMEDIATE").unwrap();
    scrivi!(&mut *c, fisso);
    c.batch_execute("COMMIT").unwrap();
}

fn postgres(url: &str) -> PgConnection {
    let mut c = PgConnection::establish(url).unwrap();
    c.batch_execute("SET TIME ZONE 'UTC'; SET synchronous_commit = on").unwrap();
    c
}

fn postgres_una(c: &mut PgConnection, fisso: &Fisso) {
    c.batch_execute("BEGIN").unwrap();
    scrivi!(&mut *c, fisso);
    c.batch_execute("COMMIT").unwrap();
}

fn senza_guardie_sqlite(file: &str) {
    let mut c = sqlite(file);
    let nomi: Vec<Nome> =
        diesel::sql_query("SELECT name FROM sqlite_master WHERE type = 'trigger'").load(&mut c).unwrap();
    for Nome { name } in nomi {
        c.batch_execute(&format!("DROP TRIGGER {name}")).unwrap();
    }
}

fn senza_guardie_postgres(url: &str) {
    let mut c = postgres(url);
    let sql = "SELECT tgname::text AS name, tgrelid::regclass::text AS tabella FROM pg_trigger WHERE NOT tgisinternal";
    let nomi: Vec<GuardiaPostgres> = diesel::sql_query(sql).load(&mut c).unwrap();
    for GuardiaPostgres { name, tabella } in nomi {
        c.batch_execute(&format!("DROP TRIGGER {name} ON {tabella}")).unwrap();
    }
}
