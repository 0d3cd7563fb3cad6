//! On top of a pile: registrations per second, and the page of the 50 newest for everybody who may look.

use super::banco::{Banco, Casa, Rotto};
use super::{generatore, nudo};
use diesel::connection::SimpleConnection;
use std::time::{Duration, Instant};
use tabulario::registro;
use tabulario::utenti::visibilita::{self, Vista};
use tabulario::utenti::{self, Ufficio};
use tabulario::valori::{Attore, RegistrazioneId};

/// Rows of a page.
const PAGINA: i64 = 50;
/// Times that a page is asked for.
const VOLTE: usize = 200;
/// One in so many of the newest is riservata.
const RISERVATE: u64 = 20;

pub fn misura(banco: &Banco, pila: u64, durata: Duration) {
    let indirizzo = banco.nuovo();
    let casa = Casa::arreda(&indirizzo);
    generatore::Generatore::new(&casa, 1).protocolla();
    let vuoto = generatore::su(&casa, 16, durata);
    let poche = altro_ufficio(&casa, "POCHE");
    concedi_le_prime(&casa, &poche);
    let inizio = Instant::now();
    nudo::impila(&indirizzo, &casa, pila);
    println!("\n{} registrations piled up in {:.0} s", pila, inizio.elapsed().as_secs_f64());
    riserva(&indirizzo);
    let pieno = generatore::su(&casa, 16, durata);
    println!("16 clients: {vuoto:.0}/s on an empty register, {pieno:.0}/s on the pile, ratio {:.2}", pieno / vuoto);
    let tutte = casa.ufficio.id;
    for (chi, vista) in [
        ("rsp", Vista::Intera(casa.aoo.id)),
        ("operatore, office of nearly all", Vista::SenzaRiservati(casa.aoo.id, vec![tutte])),
        ("operatore, office of the oldest 5", Vista::SenzaRiservati(casa.aoo.id, vec![poche.id])),
        ("revisore, conservazione", Vista::SenzaRiservati(casa.aoo.id, Vec::new())),
        ("addetto, office of nearly all", Vista::Uffici(casa.aoo.id, vec![tutte])),
        ("addetto, office of the oldest 5", Vista::Uffici(casa.aoo.id, vec![poche.id])),
        ("responsabile, both", Vista::Uffici(casa.aoo.id, vec![tutte, poche.id])),
        ("amministratore", Vista::Uffici(casa.aoo.id, Vec::new())),
    ] {
        let prima = pagina(&casa, &vista, None);
        let dentro = tempi(|| pagina(&casa, &vista, None));
        // And a page far down.
        let in_mezzo = prima.last().copied();
        let dopo = tempi(|| pagina(&casa, &vista, in_mezzo));
        println!(
            "{chi:<36} {:>3} rows  median {:>7.2} ms  p95 {:>7.2} ms  next page {:>7.2} ms",
            prima.len(),
            dentro.0,
            dentro.1,
            dopo.0
        );
    }
    drop(casa);
    banco.togli(&indirizzo);
}

fn pagina(casa: &Casa, vista: &Vista, prima: Option<RegistrazioneId>) -> Vec<RegistrazioneId> {
    let lette = casa.db.leggi(|conn| registro::ultime(conn, vista, prima, PAGINA)).unwrap();
    lette.into_iter().map(|r| r.id).collect()
}

/// Median and 95th percentile, in milliseconds.
fn tempi<T>(fai: impl Fn() -> T) -> (f64, f64) {
    let mut tempi: Vec<f64> = (0..VOLTE)
        .map(|_| {
            let inizio = Instant::now();
            fai();
            inizio.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    tempi.sort_by(f64::total_cmp);
    (tempi[VOLTE / 2], tempi[VOLTE * 95 / 100])
}

fn altro_ufficio(casa: &Casa, codice: &str) -> Ufficio {
    let crea = |op: &mut tabulario::storage::Operazione<'_>| {
        Ok::<_, Rotto>(utenti::crea_ufficio(op, codice.parse()?, "Altro ufficio".parse()?, None)?)
    };
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), crea).unwrap()
}

/// The other office sees the five oldest and nothing else: the worst case for a list that begins with the newest.
fn concedi_le_prime(casa: &Casa, ufficio: &Ufficio) {
    let tutte = casa.db.leggi(|conn| registro::ultime(conn, &Vista::Intera(casa.aoo.id), None, 5)).unwrap();
    casa.db
        .scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| {
            for r in &tutte {
                visibilita::concedi(op, r.id, ufficio.id, "conoscenza")?;
            }
            Ok::<_, utenti::Errore>(())
        })
        .unwrap();
}

/// Makes one in twenty riservata, as a real register has them; behind the guards' back, on a pile that nobody will keep.
fn riserva(indirizzo: &str) {
    let cambia = format!("UPDATE registrazioni SET riservato = TRUE WHERE numero % {RISERVATE} = 0");
    if indirizzo.starts_with("postgres") {
        let mut c = <diesel::PgConnection as diesel::Connection>::establish(indirizzo).unwrap();
        c.batch_execute(&format!("SET session_replication_role = replica; {cambia}; ANALYZE")).unwrap();
    } else {
        let mut c = <diesel::SqliteConnection as diesel::Connection>::establish(indirizzo).unwrap();
        c.batch_execute(&format!("DROP TRIGGER guardia_registrazioni_update; {cambia}")).unwrap();
    }
}
