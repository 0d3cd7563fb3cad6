//! `tabulario serve`.

use super::ambiente::Ambiente;
use super::{Dove, Errore};
use crate::documenti::Fiduce;
use crate::metronomo::{Battito, Metronomo};
use crate::pec::{self, Officina, Passo};
use crate::web::{self, Stato};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

/// How often the last links are written apart.
const PASSO_PUNTE: Duration = Duration::from_millis(500);
/// How often mailboxes are looked at.
const PASSO_ARRIVI: Duration = Duration::from_secs(2);
/// How often the outbox is looked at.
const PASSO_PARTENZE: Duration = Duration::from_secs(1);

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
    let ascolto = ascolta(&ambiente, args.port)?;
    let stato = stato(&ambiente)?;
    servi(Arc::new(ambiente), ascolto, &stato, None)
}

/// What the handlers are given.
pub(super) fn stato(ambiente: &Ambiente) -> Result<Stato, Errore> {
    let stato = Stato::new(Arc::clone(&ambiente.db), ambiente.deposito()?, ambiente.config.limiti.clone());
    Ok(stato.con_fiduce(Arc::new(ambiente.fiduce()?)))
}

/// Takes the port first, so that a second copy stops before it touches anything.
pub(super) fn ascolta(ambiente: &Ambiente, porta: Option<u16>) -> Result<TcpListener, Errore> {
    let web = &ambiente.config.web;
    let porta = porta.unwrap_or(web.porta);
    let errore = |causa| Errore::Porta { indirizzo: format!("{}:{porta}", web.indirizzo), causa };
    TcpListener::bind((web.indirizzo, porta)).map_err(errore)
}

/// What is done while the server already answers, before it is ready.
pub(super) type Preparazione = Box<dyn FnOnce(&Ambiente, &Stato) -> Result<(), Errore> + Send>;

/// Serves until SIGTERM or Ctrl+C; returns true after an orderly stop. The steps start when the preparation is done.
pub(super) fn servi(
    ambiente: Arc<Ambiente>,
    ascolto: TcpListener,
    stato: &Stato,
    prepara: Option<Preparazione>,
) -> Result<bool, Errore> {
    let url = ascolto.local_addr().map(|a| format!("http://{a}/")).map_err(Errore::Server)?;
    let config = ambiente.config.web.clone();
    let (maniglia, server) = std::sync::mpsc::channel::<actix_web::dev::ServerHandle>();
    let lavoro = {
        let (ambiente, stato) = (Arc::clone(&ambiente), stato.clone());
        std::thread::spawn(move || {
            let esito = prepara.map_or(Ok(()), |prepara| prepara(&ambiente, &stato)).and_then(|()| {
                let metronomo = Metronomo::avvia(battiti(&ambiente, &stato.fiduce)?);
                stato.dichiara_pronto();
                Ok(metronomo)
            });
            if esito.is_err()
                && let Ok(server) = server.recv()
            {
                // The stop is sent when the future is made.
                drop(server.stop(false));
            }
            esito
        })
    };
    let esito = actix_web::rt::System::new().block_on(async {
        let server = web::server(ascolto, &config, stato)?;
        let ferma = server.handle();
        // Nobody listens if the preparation went well: then there is nothing to stop from there.
        let _ = maniglia.send(server.handle());
        actix_web::rt::spawn(async move {
            attendi_segnale().await;
            tracing::info!("stopping");
            ferma.stop(true).await;
        });
        tracing::info!(%url, "listening");
        server.await
    });
    esito.map_err(Errore::Server)?;
    if lavoro.is_finished() {
        match lavoro.join() {
            Ok(esito) => esito?.ferma(),
            Err(_) => {
                return Err(Errore::Uso("la preparazione si è interrotta per un errore del programma".to_owned()));
            }
        }
    }
    // A preparation that is still under way ends with the process: each of its steps can be repeated.
    ambiente.scrivi_punte()?;
    Ok(true)
}

/// The steps of a running installation.
fn battiti(ambiente: &Arc<Ambiente>, fiduce: &Arc<Fiduce>) -> Result<Vec<Battito>, Errore> {
    let deposito = ambiente.deposito()?;
    let punte = Arc::clone(ambiente);
    let (arrivi, partenze) = (
        (Arc::clone(ambiente), Arc::clone(fiduce), deposito.clone()),
        (Arc::clone(ambiente), Arc::clone(fiduce), deposito),
    );
    let scrivi_punte = move || punte.scrivi_punte().map(|()| false).map_err(|e| e.to_string());
    let ricevi = move || {
        let (ambiente, fiduce, deposito) = &arrivi;
        let officina = Officina { db: &ambiente.db, deposito, fiduce };
        let mut ancora = false;
        for casella in ambiente.db.leggi(pec::caselle).map_err(|e| e.to_string())? {
            ancora |= pec::ricevi(&officina, &casella).map_err(|e| e.to_string())? == Passo::Fatto;
        }
        Ok(ancora)
    };
    let spedisci = move || {
        let (ambiente, fiduce, deposito) = &partenze;
        let officina = Officina { db: &ambiente.db, deposito, fiduce };
        let passo = pec::spedisci(&officina, &ambiente.uscita()).map_err(|e| e.to_string())?;
        Ok(passo == Passo::Fatto)
    };
    Ok(vec![
        Battito { nome: "punte", ogni: PASSO_PUNTE, passo: Box::new(scrivi_punte) },
        Battito { nome: "posta in arrivo", ogni: PASSO_ARRIVI, passo: Box::new(ricevi) },
        Battito { nome: "posta in partenza", ogni: PASSO_PARTENZE, passo: Box::new(spedisci) },
    ])
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
