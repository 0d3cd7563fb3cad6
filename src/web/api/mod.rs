//! The JSON API, `/api/v1` (DESIGN.md 4): bearer tokens per application and AOO.

mod chiave;
mod corpo;
mod differimenti;
pub(super) mod documenti;
mod eventi;
mod fascicoli;
mod gettone;
mod invii;
mod lettore;
pub(super) mod multipart;
mod openapi;
mod pec;
pub(super) mod registrazioni;
mod ricerca;
mod rubrica;
mod scrivania;
mod versamenti;

use crate::web::Problema;
use actix_web::web;

pub(super) fn rotte(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/registrazioni")
            .route(web::get().to(registrazioni::elenca))
            .route(web::post().to(registrazioni::crea)),
    );
    cfg.route("/registrazioni/{id}", web::get().to(registrazioni::mostra));
    cfg.route("/registrazioni/{id}/segnatura", web::get().to(registrazioni::segnatura));
    cfg.route("/registrazioni/{id}/annullamento", web::post().to(registrazioni::annulla));
    cfg.service(
        web::resource("/registrazioni/{id}/proposte")
            .route(web::get().to(registrazioni::elenca_proposte))
            .route(web::post().to(registrazioni::proponi)),
    );
    cfg.route("/registrazioni/{id}/riservatezza", web::post().to(registrazioni::riserva));
    cfg.route("/registrazioni/{id}/assegnazioni", web::post().to(registrazioni::assegna));
    cfg.route("/registrazioni/{id}/presa-in-carico", web::post().to(registrazioni::prendi));
    cfg.route("/registrazioni/{id}/restituzione", web::post().to(registrazioni::restituisci));
    cfg.route("/registrazioni/{id}/rifiuto", web::post().to(registrazioni::rifiuta));
    cfg.route("/registrazioni/{id}/conclusione", web::post().to(registrazioni::concludi));
    cfg.route("/registrazioni/{id}/lettura", web::post().to(registrazioni::leggi));
    cfg.route("/registrazioni/{id}/termine", web::post().to(registrazioni::dai_termine));
    cfg.route("/registrazioni/{id}/sospensione", web::post().to(registrazioni::sospendi));
    cfg.route("/registrazioni/{id}/interruzione", web::post().to(registrazioni::interrompi));
    cfg.route("/registrazioni/{id}/preavviso", web::post().to(registrazioni::preavvisa));
    cfg.route("/registrazioni/{id}/ripresa", web::post().to(registrazioni::riprendi));
    cfg.route("/scrivania", web::get().to(scrivania::elenca));
    cfg.route("/registrazioni/{id}/classificazione", web::post().to(registrazioni::classifica));
    cfg.route("/registrazioni/{id}/acquisizioni", web::post().to(registrazioni::acquisisci));
    cfg.route("/registrazioni/{id}/collegamenti", web::post().to(registrazioni::collega));
    cfg.route("/registrazioni/{id}/collegamenti/{collegamento}/scollegamento", web::post().to(registrazioni::scollega));
    cfg.service(
        web::resource("/fascicoli").route(web::get().to(fascicoli::elenca)).route(web::post().to(fascicoli::apri)),
    );
    cfg.route("/fascicoli/{id}", web::get().to(fascicoli::mostra));
    cfg.route("/fascicoli/{id}/documenti", web::post().to(fascicoli::fascicola));
    cfg.route("/differimenti", web::get().to(differimenti::elenca));
    cfg.service(web::resource("/rubrica").route(web::get().to(rubrica::elenca)).route(web::post().to(rubrica::crea)));
    cfg.route("/rubrica/{id}", web::get().to(rubrica::mostra));
    cfg.route("/versamenti", web::get().to(versamenti::elenca));
    cfg.route("/documenti/{sha256}", web::get().to(documenti::scarica));
    cfg.route("/pec/messaggi", web::get().to(pec::elenca));
    cfg.route("/pec/messaggi/{id}/protocollo", web::post().to(pec::protocolla));
    cfg.service(web::resource("/invii").route(web::get().to(invii::elenca)).route(web::post().to(invii::crea)));
    cfg.route("/ricerca", web::get().to(ricerca::cerca));
    cfg.route("/eventi", web::get().to(eventi::elenca));
    cfg.route("/openapi.json", web::get().to(openapi::descrizione));
    cfg.app_data(web::QueryConfig::default().error_handler(|e, _| Problema::illeggibile(e.to_string()).into()));
    cfg.default_service(web::to(|| async { Problema::non_trovato() }));
}
