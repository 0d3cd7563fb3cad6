//! On top of a pile: registrations per second, and the page of the 50 newest for everybody who may look.

use super::banco::{Banco, Casa, Rotto};
use super::{generatore, pila};
use diesel::connection::SimpleConnection;
use std::time::{Duration, Instant};
use tabulario::registro;
use tabulario::utenti::visibilita::{self, Vista};
use tabulario::utenti::{self, Ufficio};
use tabulario::valori::{Attore, NumeroProtocollo, RegistrazioneId};

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
    pila::impila(&indirizzo, &casa.aoo.id.to_string(), pila);
    println!("\n{} registrations piled up in {:.0} s", pila, inizio.elapsed().as_secs_f64());
    riserva(&indirizzo);
    let pieno = generatore::su(&casa, 16, durata);
    println!("16 clients: {vuoto:.0}/s on an empty register, {pieno:.0}/s on the pile, ratio {:.2}", pieno / vuoto);
    let (tutte, date) = (casa.ufficio.id, riservate_sparse(&casa, pila));
    for (chi, vista) in [
        ("rsp", Vista::Intera(casa.aoo.id)),
        ("operatore, office of nearly all", Vista::SenzaRiservati(casa.aoo.id, vec![tutte].into())),
        ("operatore, office of the oldest 5", Vista::SenzaRiservati(casa.aoo.id, vec![poche.id].into())),
        ("revisore, conservazione", Vista::SenzaRiservati(casa.aoo.id, Vec::new().into())),
        ("addetto, office of nearly all", Vista::Uffici(casa.aoo.id, vec![tutte].into())),
        ("addetto, office of the oldest 5", Vista::Uffici(casa.aoo.id, vec![poche.id].into())),
        ("responsabile, both", Vista::Uffici(casa.aoo.id, vec![tutte, poche.id].into())),
        ("revisore, and 200 visioni", Vista::SenzaRiservati(casa.aoo.id, Vec::new().into()).con_visioni(date.clone())),
        ("addetto, oldest 5 and 200 visioni", Vista::Uffici(casa.aoo.id, vec![poche.id].into()).con_visioni(date)),
        ("amministratore", Vista::Uffici(casa.aoo.id, Vec::new().into())),
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

/// As many riservate as a person may be given to look at, from all over the pile.
fn riservate_sparse(casa: &Casa, pila: u64) -> Vec<RegistrazioneId> {
    let (vista, passo) = (Vista::Intera(casa.aoo.id), (pila / 200 / RISERVATE).max(1) * RISERVATE);
    let leggi = |conn: &mut tabulario::storage::Conn| {
        let anno = registro::ultime(conn, &vista, None, 1)?[0].anno;
        let numeri = (1..=200).map(|n| NumeroProtocollo::new(i64::try_from(n * passo).unwrap()).unwrap());
        let trovate = numeri.map(|n| registro::per_numero(conn, &vista, anno, n)).collect::<Result<Vec<_>, _>>()?;
        Ok::<_, registro::Errore>(trovate.into_iter().flatten().filter(|r| r.riservato).map(|r| r.id).collect())
    };
    casa.db.leggi(leggi).unwrap()
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
