//! `tabulario serve`.

use super::ambiente::{Ambiente, cartella_indice};
use super::{Dove, Errore};
use crate::documenti::testo::Estrattore;
use crate::metronomo::{Esito, Fine, Metronomo, Passo};
use crate::ricerca::{self, Indice};
use crate::web::{self, Stato};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

/// How often the last links are written apart.
const PASSO_PUNTE: Duration = Duration::from_millis(500);
/// How often the index looks for news, when nobody searches.
const PASSO_INDICE: Duration = Duration::from_millis(500);
/// How often files are looked for whose text is to be read.
const PASSO_TESTI: Duration = Duration::from_millis(500);

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
    let indice = Arc::new(Indice::new(cartella_indice(&ambiente.config.dir)));
    let stato = Stato::new(Arc::clone(&ambiente.db), deposito, indice, ambiente.config.limiti.clone());
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
    let ambiente = Arc::new(ambiente);
    let metronomo = Metronomo::avvia(passi(&ambiente, stato)?);
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

async fn attendi_segnale() {
    use actix_web::rt::signal::unix::{SignalKind, signal};
    let (Ok(mut termina), Ok(mut interrompi)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be received; stop the process with SIGKILL");
        return std::future::pending().await;
    };
    futures_util::future::select(Box::pin(termina.recv()), Box::pin(interrompi.recv())).await;
}

/// What a server does beside answering.
fn passi(ambiente: &Arc<Ambiente>, stato: &Stato) -> Result<Vec<Passo>, Errore> {
    let programma = std::env::current_exe().map_err(Errore::Server)?;
    let (estrattore, ambiente) = (Estrattore::new(programma), Arc::clone(ambiente));
    let (per_indice, per_testi) = (stato.clone(), stato.clone());
    let fatto = |fatto: bool| if fatto { Esito::Fatto } else { Esito::Niente };
    Ok(vec![
        Passo::new("punte", PASSO_PUNTE, move |_: &Fine| ambiente.scrivi_punte().map(|()| Esito::Niente)),
        Passo::new("indice", PASSO_INDICE, move |_: &Fine| {
            ricerca::avanza(&per_indice.indice, &per_indice.db).map(fatto)
        }),
        Passo::new("testi", PASSO_TESTI, move |fine: &Fine| {
            let Stato { indice, db, deposito, .. } = &per_testi;
            ricerca::leggi_testi(indice, db, deposito, &estrattore, &|| fine.e_ora()).map(fatto)
        }),
    ])
}
