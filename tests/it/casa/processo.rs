//! The program as a process of its own: to be started, killed, asked.

use super::{Casa, leggi};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Runs a command of the program on this installation and waits for its end.
pub fn comando(casa: &Casa, argomenti: &[&str]) -> Output {
    programma(casa).args(argomenti).stdin(Stdio::null()).output().expect("the program runs")
}

fn programma(casa: &Casa) -> Command {
    let mut comando = Command::new(env!("CARGO_BIN_EXE_tabulario"));
    comando.arg("--dir").arg(casa.dir.path()).env("TABULARIO_DATABASE_URL", &casa.indirizzo);
    comando
}

/// `tabulario serve` as a process.
pub struct Servizio {
    pub url: String,
    figlio: Child,
}

impl Servizio {
    /// Starts it on a free port and waits until it is ready.
    pub fn avvia(casa: &Casa) -> Self {
        Self::avvia_con(casa, &[])
    }

    /// The same, with more of the environment.
    pub fn avvia_con(casa: &Casa, ambiente: &[(&str, &str)]) -> Self {
        // The port is free for a moment only; whoever takes it meanwhile makes the start fail, and another one is tried.
        for _ in 0..5 {
            let porta = libera();
            let figlio = programma(casa)
                .args(["serve", "--port", &porta.to_string()])
                .env("TABULARIO_LOG__LIVELLO", "error")
                .envs(ambiente.iter().copied())
                .stdin(Stdio::null())
                .spawn()
                .expect("the program starts");
            let mut servizio = Self { url: format!("http://127.0.0.1:{porta}"), figlio };
            if servizio.pronto() {
                return servizio;
            }
        }
        panic!("the server never became ready");
    }

    fn pronto(&mut self) -> bool {
        let limite = Instant::now() + Duration::from_secs(60);
        while Instant::now() < limite && self.figlio.try_wait().unwrap().is_none() {
            let risposta = super::chiama("GET", &format!("{}/pronto", self.url), "", None, None);
            if risposta.is_some_and(|r| r.stato == 200) {
                return true;
            }
            std::thread::park_timeout(std::time::Duration::from_millis(10));
        }
        false
    }

    /// SIGKILL.
    pub fn uccidi(mut self) {
        self.figlio.kill().unwrap();
        self.figlio.wait().unwrap();
    }

    /// Asks it to stop, and waits: true if every step of it was alive.
    pub fn ferma(mut self) -> bool {
        assert!(Command::new("kill").arg(self.figlio.id().to_string()).status().unwrap().success());
        self.figlio.wait().unwrap().success()
    }

    /// The most memory it ever had, in MiB.
    pub fn picco_mib(&self) -> u64 {
        let stato = std::fs::read_to_string(format!("/proc/{}/status", self.figlio.id())).unwrap();
        let riga = stato.lines().find_map(|r| r.strip_prefix("VmHWM:")).unwrap();
        riga.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }

    /// True if it answers.
    pub fn vive(&self) -> bool {
        leggi(&format!("{}/salute", self.url), "").stato == 200
    }
}

impl Drop for Servizio {
    fn drop(&mut self) {
        let _ = self.figlio.kill();
        let _ = self.figlio.wait();
    }
}

/// A port that is free at this moment.
pub fn libera() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
