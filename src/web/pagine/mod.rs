//! The pages of the clerks: HTML that works without scripts, in Italian, one struct and one template each.
//!
//! A page is: who asks ([`chi`]), one call of the domain, a struct that its template shows. Every form carries the token of its
//! session and, where it creates something, an idempotency key. What may not be seen answers 404.

mod chi;
mod da_protocollare;
mod entra;
mod errata;
mod formato;
mod guscio;
mod inizio;
mod intestazioni;
mod nuova;
mod registrazione;
mod registro;
mod ricerca;
mod risorse;
mod tentativi;

pub(super) use errata::smarrita;
pub(super) use intestazioni::intestazioni;

use crate::utenti::{self, Parola};
use crate::web::Problema;
use actix_web::web;
use aws_lc_rs::hmac;
use errata::Errata;
use tentativi::Tentativi;

/// What all pages share while the program runs; nothing of it outlives a restart.
pub(super) struct Pagine {
    tentativi: Tentativi,
    /// Verified when the user name does not exist, so that the answer takes as long.
    parola_finta: String,
    /// Seals the files that a refused form gives back, so that nobody names a file he did not send.
    sigillo: hmac::Key,
}

impl Pagine {
    pub(super) fn new() -> Result<Self, utenti::Errore> {
        Ok(Self {
            tentativi: Tentativi::default(),
            parola_finta: Parola::nuova("parola di nessun utente")?.protetta()?,
            sigillo: hmac::Key::new(hmac::HMAC_SHA256, &rand::random::<[u8; 32]>()),
        })
    }
}

pub(super) fn rotte(cfg: &mut web::ServiceConfig) {
    cfg.app_data(web::FormConfig::default().error_handler(|e, _| illeggibile(e)));
    cfg.app_data(web::QueryConfig::default().error_handler(|e, _| illeggibile(e)));
    cfg.route("/", web::get().to(inizio::inizio));
    cfg.route("/benvenuto", web::get().to(inizio::benvenuto));
    cfg.service(web::resource("/entra").route(web::get().to(entra::porta)).route(web::post().to(entra::entra)));
    cfg.route("/esci", web::post().to(entra::esci));
    cfg.route("/registro", web::get().to(registro::elenco));
    cfg.route("/ricerca", web::get().to(ricerca::cerca));
    cfg.route("/da-protocollare", web::get().to(da_protocollare::elenco));
    cfg.route("/da-protocollare/{id}", web::get().to(da_protocollare::messaggio));
    cfg.route("/da-protocollare/{id}/allegati/{posizione}", web::get().to(da_protocollare::allegato));
    cfg.route("/da-protocollare/{id}/protocollo", web::post().to(da_protocollare::protocolla));
    cfg.route("/registrazioni/nuova", web::get().to(nuova::modulo));
    cfg.route("/registrazioni", web::post().to(nuova::registra));
    cfg.route("/registrazioni/{id}", web::get().to(registrazione::mostra));
    cfg.route("/registrazioni/{id}/segnatura.xml", web::get().to(registrazione::segnatura));
    cfg.route("/registrazioni/{id}/documenti/{posizione}", web::get().to(registrazione::documento));
    cfg.route("/risorse/{impronta}/{nome:.*}", web::get().to(risorse::mostra));
}

fn illeggibile(e: impl std::fmt::Display) -> actix_web::Error {
    Errata::from(Problema::illeggibile(e.to_string())).into()
}
