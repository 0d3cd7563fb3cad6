//! `tabulario serve`.

use super::ambiente::Ambiente;
use super::turno::Turno;
use super::{Dove, Errore, fonte_oraria};
use crate::conservazione;
use crate::documenti::Fiduce;
use crate::documenti::testo::Estrattore;
use crate::istanze;
use crate::metronomo::{Esito, Fine, Metronomo, Passo};
use crate::pec::imap::{Attrezzi, Guardia, Limiti};
use crate::pec::smtp::{self, Postino};
use crate::pec::{self, Officina};
use crate::registro;
use crate::registro::chiusura::{self, Regole};
use crate::registro::ripristino;
use crate::ricerca;
use crate::utenti;
use crate::web::{self, Stato};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How often the last links are written apart.
const PASSO_PUNTE: Duration = Duration::from_millis(500);
/// Messages of a mailbox that are taken before the others have their turn.
const LETTERE_PER_PASSO: usize = 500;
/// How often mailboxes are looked at.
const PASSO_ARRIVI: Duration = Duration::from_secs(2);
/// How often the outbox is looked at.
const PASSO_PARTENZE: Duration = Duration::from_secs(1);
/// How often istanze are looked for that wait for their number.
const PASSO_ISTANZE: Duration = Duration::from_secs(10);
/// How often the index looks for news, when nobody searches.
const PASSO_INDICE: Duration = Duration::from_millis(500);
/// How often files are looked for whose text is to be read.
const PASSO_TESTI: Duration = Duration::from_millis(500);

/// How often registrations without a package, and packages to deliver, are looked for.
const PASSO_PACCHETTI: Duration = Duration::from_secs(2);

/// How often a day that is over is looked for.
const PASSO_REGISTRI: Duration = Duration::from_secs(60);

/// How often the time source is asked, while the clock is too far ahead to register.
const PASSO_FONTE: Duration = Duration::from_secs(60);

/// Avvia il server.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Porta TCP (vince su web.porta).
    #[arg(long, value_name = "PORTA")]
    port: Option<u16>,
}

pub(super) fn esegui(dove: &Dove, args: &Args) -> Result<bool, Errore> {
    let ambiente = dove.apri()?;
    let ascolto = ascolta(&ambiente, args.port)?;
    let stato = stato(&ambiente)?;
    servi(Arc::new(ambiente), ascolto, &stato, None)
}

/// What the handlers are given.
pub(super) fn stato(ambiente: &Ambiente) -> Result<Stato, Errore> {
    let indice = Arc::new(ambiente.indice());
    let limiti = ambiente.config.limiti.clone();
    let stato = Stato::new(Arc::clone(&ambiente.db), ambiente.deposito()?, indice, limiti);
    let (portale, calendario) = (ambiente.config.portale.clone(), Arc::new(ambiente.config.calendario.clone()));
    let stato = stato.con_fiduce(ambiente.fiduce()?, ambiente.config.fiducia.clone()).con_portale(portale, calendario);
    let stato = stato.con_etichette(ambiente.config.etichette).con_punte(ambiente.punte());
    Ok(stato.con_registro_giornaliero(ambiente.config.registro_giornaliero.clone()))
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
                let metronomo = Metronomo::avvia(passi(&ambiente, &stato)?);
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
    let mut bene = true;
    if lavoro.is_finished() {
        match lavoro.join() {
            Ok(esito) => bene = esito?.ferma(),
            Err(_) => {
                return Err(Errore::Uso("la preparazione si è interrotta per un errore del programma".to_owned()));
            }
        }
    }
    // A preparation that is still under way ends with the process: each of its steps can be repeated.
    ambiente.scrivi_punte()?;
    Ok(bene)
}

/// The steps of a running installation.
fn passi(ambiente: &Arc<Ambiente>, stato: &Stato) -> Result<Vec<Passo>, Errore> {
    let programma = std::env::current_exe().map_err(Errore::Server)?;
    let estrattore = Estrattore::new(programma);
    let (punte, uscita) = (Arc::clone(ambiente), ambiente.uscita().join("pec"));
    let (arrivi, partenze, per_indice, per_testi) = (stato.clone(), stato.clone(), stato.clone(), stato.clone());
    let (per_istanze, per_regole, risposte) = (stato.clone(), Arc::clone(&stato.db), stato.clone());
    let mut postino = postino(stato);
    let ricevi = move |_: &Fine| {
        let fiduce = arrivi.fiduce()?;
        let officina = officina(&arrivi, &fiduce);
        let (mut ancora, mut guasta) = (false, None);
        for casella in arrivi.db.leggi(pec::caselle)? {
            match pec::ricevi(&officina, &casella, LETTERE_PER_PASSO) {
                Ok(presi) => ancora |= presi > 0,
                // The other mailboxes go on; it is said when none of them has anything left.
                Err(e) => guasta = guasta.or(Some(e)),
            }
        }
        match guasta {
            Some(e) if !ancora => Err::<_, pec::Errore>(e),
            _ => Ok(esito(ancora)),
        }
    };
    let mut tutti = vec![
        Passo::new("punte", PASSO_PUNTE, move |_: &Fine| {
            // Another node may have recognised the copy.
            if punte.db.ha_ferme() {
                ripristino::riesamina(&punte.db, &punte.punte())?;
            }
            punte.scrivi_punte().map(|()| Esito::Niente)
        }),
        Passo::new("posta in arrivo", PASSO_ARRIVI, ricevi),
        Passo::new("regole", PASSO_ARRIVI, move |_: &Fine| {
            pec::regole::applica(&per_regole).map(|p| esito(p == pec::Passo::Fatto))
        }),
        Passo::new("risposte", PASSO_ARRIVI, move |_: &Fine| {
            pec::ritorno::passo(&risposte.db, &risposte.deposito).map(|p| esito(p == pec::Passo::Fatto))
        }),
        Passo::new("posta in partenza", PASSO_PARTENZE, move |_: &Fine| {
            postino.batti()?;
            let fiduce = partenze.fiduce()?;
            pec::spedisci(&officina(&partenze, &fiduce), &uscita).map(|p| esito(p == pec::Passo::Fatto))
        }),
        Passo::new("istanze senza numero", PASSO_ISTANZE, move |_: &Fine| {
            istanze::protocolla_attesa(&per_istanze.db, &per_istanze.calendario).map(|_| Esito::Niente)
        }),
        Passo::new("indice", PASSO_INDICE, move |_: &Fine| {
            ricerca::avanza(&per_indice.indice, &per_indice.db).map(esito)
        }),
        Passo::new("testi", PASSO_TESTI, move |fine: &Fine| {
            let Stato { indice, db, deposito, .. } = &per_testi;
            ricerca::leggi_testi(indice, db, deposito, &estrattore, &|| fine.e_ora()).map(esito)
        }),
    ];
    tutti.push(passo_imap(stato)?);
    tutti.push(passo_registri(stato));
    tutti.extend(passi_conservazione(stato, ambiente.uscita()));
    if let Some(fonte) = ambiente.config.fonte_oraria.clone() {
        let db = Arc::clone(&stato.db);
        let conferma = move |_: &Fine| fonte_oraria::conferma(&db, &fonte).map(|()| Esito::Niente);
        tutti.push(Passo::new("fonte oraria", PASSO_FONTE, conferma));
    }
    Ok(tutti)
}

/// Who hands mail over to servers: he lives between the beats, which only look what there is to send.
fn postino(stato: &Stato) -> Postino {
    let di_chi_fidarsi = stato.clone();
    Postino::new(smtp::Attrezzi {
        db: Arc::clone(&stato.db),
        deposito: stato.deposito.clone(),
        fiduce: Box::new(move || di_chi_fidarsi.fiduce()),
        limiti: smtp::Limiti::default(),
    })
}

/// The watch over the mailboxes that lie on servers: it lives between the beats, which only look which mailboxes there are.
fn passo_imap(stato: &Stato) -> Result<Passo, Errore> {
    let di_chi_fidarsi = stato.clone();
    let attrezzi = Attrezzi {
        db: Arc::clone(&stato.db),
        deposito: stato.deposito.clone(),
        fiduce: Box::new(move || di_chi_fidarsi.fiduce()),
        depositati: conservazione::messaggi_depositati,
        limiti: Limiti::default(),
    };
    let mut guardia = Guardia::new(attrezzi)?;
    Ok(Passo::new("caselle IMAP", PASSO_ARRIVI, move |_: &Fine| guardia.batti().map(|()| Esito::Niente)))
}

/// The register of each day that is over, and of each year, one at a time for every AOO.
fn passo_registri(stato: &Stato) -> Passo {
    let stato = stato.clone();
    let regole = Regole { giorni_vuoti: stato.registro_giornaliero.giorni_vuoti };
    Passo::new("registri", PASSO_REGISTRI, move |fine: &Fine| {
        let (mut ancora, mut guasta) = (false, None);
        for aoo in stato.db.leggi(utenti::tutte_le_aoo)? {
            match chiusura::chiudi(&stato.db, &stato.deposito, regole, &aoo) {
                Ok(fatto) => ancora |= fatto && !fine.e_ora(),
                // The other AOO go on; it is said when none of them has anything left.
                Err(e) => guasta = guasta.or(Some(e)),
            }
        }
        match guasta {
            Some(e) if !ancora => Err::<_, registro::Errore>(e),
            _ => Ok(esito(ancora)),
        }
    })
}

/// Packages are built and delivered for every AOO with a conservator.
fn passi_conservazione(stato: &Stato, uscita: PathBuf) -> [Passo; 2] {
    let (per_preparare, per_consegnare) = (stato.clone(), stato.clone());
    let (mut preparano, mut consegnano) = (Turno::default(), Turno::default());
    [
        Passo::new("pacchetti", PASSO_PACCHETTI, move |_: &Fine| {
            let Stato { db, deposito, .. } = &per_preparare;
            preparano.giro(db, |c| conservazione::prepara(db, deposito, c)).map(esito)
        }),
        Passo::new("consegna dei pacchetti", PASSO_PACCHETTI, move |_: &Fine| {
            let Stato { db, deposito, .. } = &per_consegnare;
            consegnano.giro(db, |c| conservazione::consegna(db, deposito, &uscita, c.aoo)).map(esito)
        }),
    ]
}

fn officina<'a>(stato: &'a Stato, fiduce: &'a Fiduce) -> Officina<'a> {
    Officina { db: &stato.db, deposito: &stato.deposito, fiduce }
}

fn esito(fatto: bool) -> Esito {
    if fatto { Esito::Fatto } else { Esito::Niente }
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
