//! The web server: the JSON API of DESIGN.md 4 and the pages of the clerks.
//!
//! Handlers are thin: extract, parse, one call of the domain, render. They cross to the blocking domain once, in
//! `Stato::blocca`. HTML and JSON share the call of the domain, never the handler.

mod api;
mod misure;
mod pagine;
mod parti;
mod problema;
mod regole;
mod salute;
mod stampe;
mod stato;
mod variazioni;

pub use problema::Problema;
pub use stato::Stato;

use crate::config::Web;
use actix_web::dev::Server;
use actix_web::{App, HttpServer, web};
use std::io;
use std::net::TcpListener;

/// How long a stopping server waits for answers that are under way, in seconds.
const ATTESA_CHIUSURA_S: u64 = 10;

/// Prepares the server on a socket that is already listening. It runs when awaited and stops with its handle.
///
/// # Errors
/// If the socket cannot be used.
pub fn server(ascolto: TcpListener, web: &Web, stato: &Stato) -> io::Result<Server> {
    let dati = web::Data::new(stato.clone());
    let processi = match web.processi {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        n => n,
    };
    let pagine = web::Data::new(pagine::Pagine::new(web, stato.portale.invii_ora).map_err(io::Error::other)?);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(dati.clone())
            .app_data(pagine.clone())
            .wrap(pagine::intestazioni())
            .wrap(misure::Conta)
            .configure(salute::rotte)
            .service(web::scope("/api/v1").configure(api::rotte))
            .configure(pagine::rotte)
            .default_service(web::to(pagine::smarrita))
    });
    Ok(server.workers(processi).shutdown_timeout(ATTESA_CHIUSURA_S).disable_signals().listen(ascolto)?.run())
}
