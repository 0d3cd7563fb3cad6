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
    stato.dichiara_pronto();
    servi(ambiente, ascolto, &stato)
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

/// Serves until SIGTERM or Ctrl+C; returns true after an orderly stop.
pub(super) fn servi(ambiente: Ambiente, ascolto: TcpListener, stato: &Stato) -> Result<bool, Errore> {
    let url = ascolto.local_addr().map(|a| format!("http://{a}/")).map_err(Errore::Server)?;
    let config = ambiente.config.web.clone();
    let ambiente = Arc::new(ambiente);
    let metronomo = Metronomo::avvia(battiti(&ambiente, &stato.fiduce)?);
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
    metronomo.ferma();
    ambiente.scrivi_punte()?;
    esito.map_err(Errore::Server)?;
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
