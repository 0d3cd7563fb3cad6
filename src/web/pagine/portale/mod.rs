//! The citizens' portal (UX.md 9): what may be asked, the form, the receipt that follows the istanza.
//!
//! Nobody logs in. It is there for the procedimenti that were opened and for no other: without any, its pages do not exist. What
//! protects it are limits on size, number and frequency; what opens an istanza again is its code.

mod cornice;
mod istanza;
mod modulo;
mod seguito;
mod servizi;

use actix_web::web;

pub(super) fn rotte(cfg: &mut web::ServiceConfig) {
    cfg.route("/servizi", web::get().to(servizi::elenco));
    cfg.route("/servizi/{codice}", web::get().to(servizi::scheda));
    cfg.service(
        web::resource("/servizi/{codice}/istanza")
            .route(web::get().to(istanza::modulo))
            .route(web::post().to(istanza::invia)),
    );
    cfg.service(web::resource("/istanze").route(web::get().to(seguito::cerca)).route(web::post().to(seguito::vai)));
    cfg.route("/istanze/{codice}", web::get().to(seguito::mostra));
    cfg.route("/istanze/{codice}/ricevuta", web::get().to(seguito::ricevuta));
}
