//! Registrations per second that survive a power cut, against the bare database doing the same inserts and commits; and the page
//! of the 50 newest on a pile of registrations.
//!
//! `cargo bench --bench registro -- [--secondi S] [--giri N] [--pila RIGHE] [--dir FOLDER]`. SQLite always; PostgreSQL where
//! `TABULARIO_PROVA_POSTGRES` says a server on which databases can be made. Prints ratios; asserts nothing about time.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on stops"
)]

mod banco;
mod generatore;
mod nudo;
mod pagina;
mod pila;

use banco::Banco;
use clap::Parser;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How many clients register together.
const CLIENTI: [usize; 3] = [1, 4, 16];

#[derive(Parser)]
struct Args {
    /// Seconds of each measure.
    #[arg(long, default_value_t = 4)]
    secondi: u64,
    /// Times that each pair is measured, in turn; the median is printed.
    #[arg(long, default_value_t = 3)]
    giri: usize,
    /// Registrations to pile up before measuring again, and the page of the 50 newest.
    #[arg(long, default_value_t = 0)]
    pila: u64,
    /// Only piles up `--pila` registrations on this database (file or URL), which nobody will keep: what the program then takes for
    /// its pages is asked of the program.
    #[arg(long, requires = "pila")]
    ammucchia: Option<String>,
    /// Where the SQLite files are made; a disk like that of the server.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// `cargo bench` adds it.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let args = Args::parse();
    if let Some(indirizzo) = &args.ammucchia {
        return pila::su(indirizzo, args.pila);
    }
    let durata = Duration::from_secs(args.secondi);
    for banco in Banco::tutti(args.dir.as_deref()) {
        println!("\n{}", banco.nome());
        println!("clients   tabulario/s        bare/s   ratio   bare, one client/s");
        let solo = mediana(args.giri, || nudo::al_secondo(&banco, 1, durata));
        for clienti in CLIENTI {
            let (mut nostri, mut nudi, mut rapporti) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..args.giri {
                let noi = generatore::al_secondo(&banco, clienti, durata);
                let nudo = nudo::al_secondo(&banco, clienti, durata);
                nostri.push(noi);
                nudi.push(nudo);
                rapporti.push(noi / nudo);
            }
            let [noi, nudo, rapporto] = [nostri, nudi, rapporti].map(centro);
            println!("{clienti:>7} {noi:>13.0} {nudo:>13.0} {rapporto:>7.2} {solo:>20.0}");
        }
        if args.pila > 0 {
            pagina::misura(&banco, args.pila, durata);
        }
    }
}

fn mediana(giri: usize, mut misura: impl FnMut() -> f64) -> f64 {
    centro((0..giri).map(|_| misura()).collect())
}

fn centro(mut valori: Vec<f64>) -> f64 {
    valori.sort_by(f64::total_cmp);
    valori[valori.len() / 2]
}

/// How often per second `clienti` threads did what `fai` does, in turn until the time was over.
fn conta<C>(clienti: usize, durata: Duration, apri: impl Fn(usize) -> C + Sync, fai: impl Fn(&mut C) + Sync) -> f64 {
    let inizio = std::sync::Barrier::new(clienti);
    let (fatti, tempo) = std::thread::scope(|s| {
        let fili: Vec<_> = (0..clienti)
            .map(|n| {
                let (inizio, apri, fai) = (&inizio, &apri, &fai);
                s.spawn(move || {
                    let mut cliente = apri(n);
                    fai(&mut cliente);
                    inizio.wait();
                    let partenza = Instant::now();
                    let mut fatti = 0_u64;
                    while partenza.elapsed() < durata {
                        fai(&mut cliente);
                        fatti += 1;
                    }
                    (fatti, partenza.elapsed())
                })
            })
            .collect();
        let esiti: Vec<(u64, Duration)> = fili.into_iter().map(|f| f.join().unwrap()).collect();
        (esiti.iter().map(|(n, _)| n).sum::<u64>(), esiti.iter().map(|(_, t)| *t).max().unwrap())
    });
    fatti as f64 / tempo.as_secs_f64()
}
