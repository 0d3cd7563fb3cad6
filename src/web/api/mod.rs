//! The JSON API, `/api/v1` (DESIGN.md 4): bearer tokens per application and AOO.

mod chiave;
mod corpo;
mod differimenti;
pub(super) mod documenti;
mod emergenze;
mod esclusi;
mod esclusione;
mod eventi;
mod fascicoli;
mod gettone;
mod gruppi;
mod invii;
pub(in crate::web) use invii::perche;
mod json;
mod lettore;
pub(super) mod multipart;
mod openapi;
mod orologio;
mod pec;
mod persone;
mod predisposti;
mod proposte;
pub(super) mod registrazioni;
pub(super) mod registri;
mod regole;
mod ricerca;
mod rubrica;
mod scrivania;
mod sostituzioni;
mod stampe;
mod uffici;
mod verifiche;
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
    cfg.route("/registrazioni/{id}/etichetta", web::get().to(stampe::etichetta));
    cfg.route("/registrazioni/{id}/ricevuta", web::get().to(stampe::ricevuta));
    cfg.route("/registrazioni/{id}/documenti/{sha256}/timbro", web::get().to(stampe::timbro));
    cfg.route("/etichette", web::get().to(stampe::etichette));
    cfg.route("/registrazioni/{id}/annullamento", web::post().to(registrazioni::annulla));
    cfg.service(
        web::resource("/registrazioni/{id}/proposte")
            .route(web::get().to(registrazioni::elenca_proposte))
            .route(web::post().to(registrazioni::proponi)),
    );
    cfg.route("/registrazioni/{id}/riservatezza", web::post().to(registrazioni::riserva));
    cfg.route("/registrazioni/{id}/variazioni", web::post().to(registrazioni::varia));
    cfg.route("/registrazioni/{id}/indirizzi", web::post().to(registrazioni::correggi_indirizzo));
    cfg.route("/registrazioni/{id}/annotazioni", web::post().to(registrazioni::annota));
    cfg.service(
        web::resource("/registrazioni/{id}/ritorni")
            .route(web::get().to(registrazioni::elenca_ritorni))
            .route(web::post().to(registrazioni::manda_ritorno)),
    );
    cfg.service(
        web::resource("/registrazioni/{id}/visioni")
            .route(web::get().to(registrazioni::elenca_visioni))
            .route(web::post().to(registrazioni::concedi_visione)),
    );
    cfg.route("/registrazioni/{id}/visioni/{visione}/revoca", web::post().to(registrazioni::revoca_visione));
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
    cfg.configure(del_registro).configure(della_rubrica).configure(dell_organigramma);
    cfg.route("/versamenti", web::get().to(versamenti::elenca));
    cfg.route("/documenti/{sha256}", web::get().to(documenti::scarica));
    cfg.route("/documenti/{sha256}/verifiche", web::get().to(verifiche::elenca));
    cfg.route("/documenti/{sha256}/verifiche/{id}", web::get().to(verifiche::prova));
    cfg.route("/pec/messaggi", web::get().to(pec::elenca));
    cfg.route("/pec/messaggi/{id}/protocollo", web::post().to(pec::protocolla));
    cfg.service(web::resource("/invii").route(web::get().to(invii::elenca)).route(web::post().to(invii::crea)));
    cfg.route("/ricerca", web::get().to(ricerca::cerca));
    cfg.route("/eventi", web::get().to(eventi::elenca));
    cfg.route("/openapi.json", web::get().to(openapi::descrizione));
    cfg.app_data(web::QueryConfig::default().error_handler(|e, _| Problema::illeggibile(e.to_string()).into()));
    cfg.default_service(web::to(|| async { Problema::non_trovato() }));
}

/// What the RSP decides for the whole register, and what is being prepared for it.
fn del_registro(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/differimenti")
            .route(web::get().to(differimenti::elenca))
            .route(web::post().to(differimenti::differisci)),
    );
    cfg.route("/differimenti/{id}/chiusura", web::post().to(differimenti::chiudi));
    cfg.service(
        web::resource("/emergenze").route(web::get().to(emergenze::elenca)).route(web::post().to(emergenze::autorizza)),
    );
    cfg.route("/emergenze/{id}/proroghe", web::post().to(emergenze::proroga));
    cfg.route("/emergenze/{id}/ripristino", web::post().to(emergenze::ripristina));
    cfg.route("/emergenze/{id}/riapertura", web::post().to(emergenze::riapri));
    cfg.route("/emergenze/{id}/anteprime", web::post().to(emergenze::anteprima));
    cfg.service(
        web::resource("/emergenze/{id}/righe")
            .route(web::get().to(emergenze::leggi))
            .route(web::post().to(emergenze::trascrivi)),
    );
    cfg.route("/emergenze/{id}/righe/{riga}/ritiro", web::post().to(emergenze::togli));
    cfg.route("/emergenze/{id}/recuperi", web::post().to(emergenze::recupera));
    cfg.route("/proposte", web::get().to(proposte::elenca));
    cfg.route("/proposte/{id}/decisione", web::post().to(proposte::decidi));
    cfg.route("/pec/messaggi/{id}/esclusione", web::post().to(esclusione::escludi));
    cfg.route("/pec/messaggi/{id}/ripristino", web::post().to(esclusione::ripristina));
    cfg.service(web::resource("/esclusi").route(web::get().to(esclusi::elenca)).route(web::post().to(esclusi::cambia)));
    cfg.service(web::resource("/regole").route(web::get().to(regole::elenca)).route(web::post().to(regole::crea)));
    cfg.route("/regole/generi", web::post().to(regole::generi));
    cfg.service(
        web::resource("/regole/{id}").route(web::get().to(regole::mostra)).route(web::post().to(regole::cambia)),
    );
    cfg.route("/regole/{id}/anteprima", web::post().to(regole::anteprima));
    cfg.route("/regole/{id}/stato", web::post().to(regole::stato));
    cfg.route("/orologio", web::get().to(orologio::mostra));
    cfg.route("/orologio/conferma", web::post().to(orologio::conferma));
    cfg.route("/predisposti", web::get().to(predisposti::elenca));
    cfg.route("/registri", web::get().to(registri::elenca));
    cfg.route("/registri/{chiusura}/{forma}", web::get().to(registri::scarica));
}

fn della_rubrica(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/rubrica").route(web::get().to(rubrica::elenca)).route(web::post().to(rubrica::crea)));
    cfg.route("/rubrica/{id}", web::get().to(rubrica::mostra));
    cfg.service(web::resource("/gruppi").route(web::get().to(gruppi::elenca)).route(web::post().to(gruppi::crea)));
    cfg.route("/gruppi/{id}", web::get().to(gruppi::mostra));
    cfg.route("/gruppi/{id}/membri", web::post().to(gruppi::aggiungi));
    cfg.route("/gruppi/{id}/membri/{membro}/uscita", web::post().to(gruppi::togli));
    cfg.route("/gruppi/{id}/chiusura", web::post().to(gruppi::chiudi));
    cfg.route("/ipa/{genere}/{codice}", web::get().to(rubrica::storia_ipa));
    cfg.route("/rubrica/{id}/dati", web::post().to(rubrica::cambia));
    cfg.route("/rubrica/{id}/recapiti", web::post().to(rubrica::aggiungi));
    cfg.route("/rubrica/{id}/recapiti/{recapito}/ritiro", web::post().to(rubrica::ritira));
    cfg.route("/rubrica/{id}/proposte/{proposta}/decisione", web::post().to(rubrica::decidi));
    cfg.route("/rubrica/{id}/unioni", web::post().to(rubrica::unisci));
    cfg.route("/rubrica/{id}/unioni/{unione}/scioglimento", web::post().to(rubrica::sciogli));
}

fn dell_organigramma(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/uffici").route(web::get().to(uffici::elenca)).route(web::post().to(uffici::crea)));
    cfg.route("/uffici/{codice}/denominazione", web::post().to(uffici::rinomina));
    cfg.route("/uffici/{codice}/spostamento", web::post().to(uffici::sposta));
    cfg.route("/uffici/{codice}/chiusura", web::post().to(uffici::chiudi));
    cfg.route("/persone", web::post().to(persone::crea));
    cfg.route("/persone/{nomeUtente}/ruoli", web::post().to(persone::affida));
    cfg.route("/persone/{nomeUtente}/ruoli-tolti", web::post().to(persone::togli));
    cfg.service(
        web::resource("/sostituzioni")
            .route(web::get().to(sostituzioni::elenca))
            .route(web::post().to(sostituzioni::registra)),
    );
    cfg.route("/sostituzioni/{id}/revoca", web::post().to(sostituzioni::revoca));
}
