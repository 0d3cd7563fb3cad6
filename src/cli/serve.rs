//! `tabulario serve`.

use super::ambiente::Ambiente;
use super::{Dove, Errore};
use crate::web::{self, Stato};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How often the last links are written apart.
const PASSO_PUNTE: Duration = Duration::from_millis(500);

/// Avvia il server.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Porta TCP (vince su web.porta).
    #[arg(long, value_name = "PORTA")]
    port: Option<u16>,
}

pub(super) fn esegui(dove: &Dove, args: &Args) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    ambiente.controlla_punte()?;
    let porta = args.port.unwrap_or(ambiente.config.web.porta);
    let ascolto = ascolta(&ambiente, porta)?;
    let deposito = ambiente.deposito()?;
    let stato = Stato::new(Arc::clone(&ambiente.db), deposito, ambiente.config.limiti.clone());
    stato.dichiara_pronto();
    servi(ambiente, ascolto, &stato)
}

/// Takes the port first, so that a second copy stops before it touches anything.
pub(super) fn ascolta(ambiente: &Ambiente, porta: u16) -> Result<TcpListener, Errore> {
    let indirizzo = (ambiente.config.web.indirizzo, porta);
    let errore = |causa| Errore::Porta { indirizzo: format!("{}:{porta}", ambiente.config.web.indirizzo), causa };
    TcpListener::bind(indirizzo).map_err(errore)
}

/// Serves until SIGTERM or Ctrl+C; returns true after an orderly stop.
pub(super) fn servi(ambiente: Ambiente, ascolto: TcpListener, stato: &Stato) -> Result<bool, Errore> {
    let url = ascolto.local_addr().map(|a| format!("http://{a}/")).map_err(Errore::Server)?;
    let config = ambiente.config.web.clone();
    let punte = Punte::avvia(ambiente);
    let esito = actix_web::rt::System::new().block_on(async {
        let server = web::server(ascolto, &config, stato)?;
        let maniglia = server.handle();
        actix_web::rt::spawn(async move {
            attendi_segnale().await;
            tracing::info!("stopping");
            maniglia.stop(true).await;
        });
        tracing::info!(%url, "listening");
        server.await
    });
    punte.ferma()?;
    esito.map_err(Errore::Server)?;
    Ok(true)
}

async fn attendi_segnale() {
    use actix_web::rt::signal::unix::{SignalKind, signal};
    let (Ok(mut termina), Ok(mut interrompi)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be received; stop the process with SIGKILL");
        return std::future::pending().await;
    };
    futures_util::future::select(Box::pin(termina.recv()), Box::pin(interrompi.recv())).await;
}

/// The thread that writes the last links apart, while the server runs and once more when it stops.
struct Punte {
    basta: Arc<AtomicBool>,
    filo: JoinHandle<Result<(), Errore>>,
}

impl Punte {
    fn avvia(ambiente: Ambiente) -> Self {
        let basta = Arc::new(AtomicBool::new(false));
        let fine = Arc::clone(&basta);
        let filo = thread::spawn(move || {
            while !fine.load(Ordering::Acquire) {
                if let Err(e) = ambiente.scrivi_punte() {
                    tracing::error!(causa = %e, "chain tips not written");
                }
                thread::park_timeout(PASSO_PUNTE);
            }
            ambiente.scrivi_punte()
        });
        Self { basta, filo }
    }

    fn ferma(self) -> Result<(), Errore> {
        self.basta.store(true, Ordering::Release);
        self.filo.thread().unpark();
        self.filo.join().unwrap_or(Ok(()))
    }
}
