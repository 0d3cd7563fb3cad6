//! The pages of clerks and citizens: HTML that works without scripts, in Italian, one struct and one template each.
//!
//! A page is: who asks ([`chi`]), one call of the domain, a struct that its template shows. Every form carries the token of its
//! session and, where it creates something, an idempotency key. What may not be seen answers 404.

mod annullamento;
mod campi;
mod caselle;
mod chi;
mod conservazione;
mod copia;
mod da_protocollare;
mod differimenti;
mod dove;
mod duplicati;
mod emergenza;
mod entra;
mod errata;
mod esclusi;
mod etichette;
mod fascicoli;
mod fiducia;
mod firme;
mod formato;
mod freno;
mod giornalieri;
mod guscio;
mod inizio;
mod interoperabilita;
mod intestazioni;
mod invio;
mod nuova;
mod organigramma;
mod orologio;
mod portale;
mod preferenze;
mod provenienza;
mod registrazione;
mod registro;
mod regole;
mod revoche;
mod ricerca;
mod ricevute;
mod richiamo;
mod risorse;
mod rubrica;
mod scrivania;
mod sostituzioni;
mod spedizioni;
mod visioni;

pub(super) use errata::smarrita;
pub(super) use intestazioni::intestazioni;

use crate::config::Web;
use crate::utenti::{self, Parola};
use crate::valori::Istante;
use crate::web::Problema;
use actix_web::{HttpRequest, web};
use aws_lc_rs::hmac;
use chrono::TimeDelta;
use errata::Errata;
use freno::Freno;
use std::net::IpAddr;

/// Passwords that may be tried for one user name in a [`QUARTO`].
const PAROLE_PER_UTENTE: u32 = 10;

/// Passwords that may be tried from one address in a [`QUARTO`].
const PAROLE_PER_INDIRIZZO: u32 = 100;

/// Codes of istanze that may be tried from one address in a [`QUARTO`].
const CODICI_PER_INDIRIZZO: u32 = 60;

/// How long tries of passwords and codes count.
const QUARTO: TimeDelta = TimeDelta::minutes(15);

/// What all pages share while the program runs; nothing of it outlives a restart.
pub(super) struct Pagine {
    /// Passwords tried for one user name; a right one clears them.
    per_utente: Freno<String>,
    /// Passwords tried from one address: a whole office may be behind one.
    per_indirizzo: Freno<IpAddr>,
    /// Forms of the portal sent from one address.
    invii: Freno<IpAddr>,
    /// Codes of istanze tried from one address.
    codici: Freno<IpAddr>,
    proxy_fidati: Vec<IpAddr>,
    /// Verified when the user name does not exist, so that the answer takes as long.
    parola_finta: String,
    /// Seals the files that a refused form gives back, so that nobody names a file he did not send.
    sigillo: hmac::Key,
}

impl Pagine {
    pub(super) fn new(config: &Web, invii_ora: u32) -> Result<Self, utenti::Errore> {
        Ok(Self {
            per_utente: Freno::new(PAROLE_PER_UTENTE, QUARTO),
            per_indirizzo: Freno::new(PAROLE_PER_INDIRIZZO, QUARTO),
            invii: Freno::new(invii_ora, TimeDelta::hours(1)),
            codici: Freno::new(CODICI_PER_INDIRIZZO, QUARTO),
            proxy_fidati: config.proxy_fidati.clone(),
            parola_finta: Parola::nuova("parola di nessun utente")?.protetta()?,
            sigillo: hmac::Key::new(hmac::HMAC_SHA256, &rand::random::<[u8; 32]>()),
        })
    }

    /// Counts for the address a request comes from; what has no address passes.
    fn ammette(&self, freno: &Freno<IpAddr>, http: &HttpRequest, ora: Istante) -> bool {
        provenienza::indirizzo(http, &self.proxy_fidati).is_none_or(|i| freno.ammette(i, ora))
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
    cfg.route("/registro/giornalieri", web::get().to(giornalieri::elenco));
    cfg.route("/registro/giornalieri/{chiusura}/{forma}", web::get().to(giornalieri::scarica));
    cfg.service(
        web::resource("/registro/orologio")
            .route(web::get().to(orologio::mostra))
            .route(web::post().to(orologio::conferma)),
    );
    cfg.service(
        web::resource("/registro/copia").route(web::get().to(copia::mostra)).route(web::post().to(copia::riconosci)),
    );
    cfg.service(
        web::resource("/registro/differimenti")
            .route(web::get().to(differimenti::elenco))
            .route(web::post().to(differimenti::differisci)),
    );
    cfg.service(
        web::resource("/registro/esclusi").route(web::get().to(esclusi::elenco)).route(web::post().to(esclusi::cambia)),
    );
    cfg.configure(emergenze).configure(sulle_regole);
    cfg.route("/registro/differimenti/{id}/chiusura", web::post().to(differimenti::chiudi));
    cfg.route("/ricerca", web::get().to(ricerca::cerca));
    cfg.route("/dove", web::get().to(dove::mostra));
    cfg.route("/etichette", web::get().to(etichette::mostra));
    cfg.route("/etichette/stampa", web::get().to(etichette::stampa));
    cfg.route("/da-protocollare", web::get().to(da_protocollare::elenco));
    cfg.route("/non-protocollati", web::get().to(da_protocollare::non_protocollati));
    cfg.route("/da-protocollare/{id}/esclusione", web::post().to(da_protocollare::escludi));
    cfg.route("/da-protocollare/{id}/ripristino", web::post().to(da_protocollare::ripristina));
    cfg.route("/da-protocollare/{id}", web::get().to(da_protocollare::messaggio));
    cfg.route("/da-protocollare/{id}/aspetto", web::get().to(da_protocollare::aspetto));
    cfg.route("/da-protocollare/{id}/allegati/{posizione}", web::get().to(da_protocollare::allegato));
    cfg.route("/da-protocollare/{id}/protocollo", web::post().to(da_protocollare::protocolla));
    cfg.route("/da-protocollare/istanze/{id}/protocollo", web::post().to(da_protocollare::riprotocolla));
    cfg.configure(registrazioni);
    cfg.route("/annullamenti", web::get().to(annullamento::elenco));
    cfg.route("/annullamenti/{id}", web::post().to(annullamento::decidi));
    cfg.route("/scrivania", web::get().to(scrivania::mostra));
    cfg.configure(portale::rotte);
    cfg.service(
        web::resource("/fascicoli").route(web::get().to(fascicoli::elenco)).route(web::post().to(fascicoli::apri)),
    );
    cfg.route("/fascicoli/nuovo", web::get().to(fascicoli::nuovo));
    cfg.route("/fascicoli/{id}", web::get().to(fascicoli::mostra));
    cfg.route("/fascicoli/{id}/documenti", web::post().to(fascicoli::aggiungi));
    cfg.configure(rubrica::rotte);
    cfg.route("/caselle", web::get().to(caselle::mostra));
    cfg.route("/conservazione", web::get().to(conservazione::mostra));
    cfg.route("/conservazione/riprova", web::post().to(conservazione::riprova));
    cfg.service(
        web::resource("/amministrazione/fiducia")
            .route(web::get().to(fiducia::mostra))
            .route(web::post().to(fiducia::importa)),
    );
    cfg.route("/amministrazione/fiducia/revoche", web::post().to(revoche::importa));
    cfg.route("/amministrazione/organigramma", web::get().to(organigramma::mostra));
    cfg.route("/preferenze", web::get().to(preferenze::mostra));
    cfg.route("/preferenze/password", web::post().to(preferenze::cambia_parola));
    cfg.route("/sostituzioni", web::post().to(sostituzioni::registra));
    cfg.route("/sostituzioni/{id}/revoca", web::post().to(sostituzioni::revoca));
    cfg.route("/sessione/per-conto", web::post().to(sostituzioni::opera));
    cfg.route("/risorse/{impronta}/{nome:.*}", web::get().to(risorse::mostra));
}

/// Longest form with the rows of a post, in bytes: a file, of which a form writes many signs as three.
const MASSIME_RIGHE_EMERGENZA: usize = 3 * emergenza::MASSIMO_FILE + 64 * 1024;

/// Rules over mail, and answers to it.
fn sulle_regole(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/regole").route(web::get().to(regole::elenco)).route(web::post().to(regole::crea)));
    cfg.service(
        web::resource("/interoperabilita")
            .route(web::get().to(interoperabilita::mostra))
            .route(web::post().to(interoperabilita::scegli)),
    );
    cfg.route("/interoperabilita/automatici", web::post().to(interoperabilita::accendi));
    cfg.route("/regole/nuova", web::get().to(regole::nuova));
    cfg.route("/regole/generi", web::post().to(regole::generi));
    cfg.service(web::resource("/regole/{id}").route(web::get().to(regole::una)).route(web::post().to(regole::cambia)));
    cfg.route("/regole/{id}/anteprima", web::post().to(regole::anteprima));
    cfg.route("/regole/{id}/stato", web::post().to(regole::stato));
}

fn emergenze(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/registro/emergenza")
            .route(web::get().to(emergenza::elenco))
            .route(web::post().to(emergenza::autorizza)),
    );
    cfg.route("/registro/emergenza/{id}", web::get().to(emergenza::mostra));
    cfg.route("/registro/emergenza/{id}/stampa/{postazione}", web::get().to(emergenza::stampa));
    cfg.service(
        web::resource("/registro/emergenza/{id}/righe")
            .app_data(web::FormConfig::default().limit(MASSIME_RIGHE_EMERGENZA).error_handler(|e, _| illeggibile(e)))
            .route(web::post().to(emergenza::trascrivi)),
    );
    cfg.route("/registro/emergenza/{id}/tabelle", web::post().to(emergenza::leggi_tabella));
    cfg.route("/registro/emergenza/{id}/righe/{riga}/ritiro", web::post().to(emergenza::togli));
    cfg.route("/registro/emergenza/{id}/recuperi", web::post().to(emergenza::recupera));
    cfg.route("/registro/emergenza/{id}/proroghe", web::post().to(emergenza::proroga));
    cfg.route("/registro/emergenza/{id}/ripristino", web::post().to(emergenza::ripristina));
    cfg.route("/registro/emergenza/{id}/riapertura", web::post().to(emergenza::riapri));
}

/// What is done with one registration.
fn registrazioni(cfg: &mut web::ServiceConfig) {
    cfg.route("/registrazioni/nuova", web::get().to(nuova::modulo));
    cfg.route("/registrazioni", web::post().to(nuova::registra));
    cfg.route("/predisposti", web::get().to(nuova::elenco));
    cfg.route("/predisposti/{id}", web::get().to(nuova::apri));
    cfg.route("/predisposti/{id}/eliminazione", web::post().to(nuova::elimina));
    cfg.route("/registrazioni/{id}", web::get().to(registrazione::mostra));
    cfg.route("/registrazioni/{id}/fascicoli", web::post().to(registrazione::fascicola));
    cfg.service(
        web::resource("/registrazioni/{id}/annullamento")
            .route(web::get().to(annullamento::modulo))
            .route(web::post().to(annullamento::annulla)),
    );
    cfg.route("/registrazioni/{id}/acquisizioni", web::post().to(registrazione::acquisisci));
    cfg.route("/registrazioni/{id}/collegamenti", web::post().to(registrazione::collega));
    cfg.route("/registrazioni/{id}/collegamenti/{collegamento}/scollegamento", web::post().to(registrazione::scollega));
    cfg.route("/registrazioni/{id}/proposte", web::post().to(annullamento::proponi));
    cfg.route("/registrazioni/{id}/provvedimenti/{anno}/{numero}", web::get().to(annullamento::testo));
    cfg.route("/registrazioni/{id}/variazioni", web::post().to(registrazione::varia));
    cfg.route("/registrazioni/{id}/indirizzi", web::post().to(registrazione::correggi_indirizzo));
    cfg.route("/registrazioni/{id}/annotazioni", web::post().to(registrazione::annota));
    cfg.route("/registrazioni/{id}/spedizione", web::post().to(registrazione::spedisci));
    cfg.route("/registrazioni/{id}/ritorni", web::post().to(registrazione::manda));
    cfg.route("/spedizioni", web::get().to(spedizioni::mostra));
    cfg.route("/ricevute", web::get().to(ricevute::orfane));
    cfg.route("/ricevute/{orfana}", web::get().to(ricevute::orfana));
    cfg.route("/registrazioni/{id}/riservatezza", web::post().to(registrazione::riserva));
    cfg.route("/registrazioni/{id}/visioni", web::post().to(registrazione::concedi));
    cfg.route("/registrazioni/{id}/visioni/{visione}/revoca", web::post().to(registrazione::revoca));
    cfg.route("/registrazioni/{id}/classificazione", web::post().to(registrazione::classifica));
    cfg.route("/registrazioni/{id}/presa-in-carico", web::post().to(registrazione::muovi));
    cfg.route("/registrazioni/{id}/restituzione", web::post().to(registrazione::muovi));
    cfg.route("/registrazioni/{id}/rifiuto", web::post().to(registrazione::muovi));
    cfg.route("/registrazioni/{id}/conclusione", web::post().to(registrazione::muovi));
    cfg.route("/registrazioni/{id}/lettura", web::post().to(registrazione::muovi));
    cfg.route("/registrazioni/{id}/assegnazioni", web::post().to(registrazione::muovi));
    cfg.route("/registrazioni/{id}/termine", web::post().to(registrazione::muovi));
    cfg.route("/registrazioni/{id}/sospensione", web::post().to(registrazione::muovi));
    cfg.route("/registrazioni/{id}/interruzione", web::post().to(registrazione::muovi));
    cfg.route("/registrazioni/{id}/preavviso", web::post().to(registrazione::muovi));
    cfg.route("/registrazioni/{id}/ripresa", web::post().to(registrazione::muovi));
    cfg.route("/registrazioni/{id}/pacchetto.xml", web::get().to(registrazione::pacchetto));
    cfg.route("/registrazioni/{id}/ricevute/{messaggio}", web::get().to(registrazione::ricevuta));
    cfg.route("/registrazioni/{id}/etichetta", web::get().to(registrazione::etichetta));
    cfg.route("/registrazioni/{id}/ricevuta", web::get().to(registrazione::ricevuta_di_carta));
    cfg.route("/registrazioni/{id}/segnatura.txt", web::get().to(registrazione::testo));
    cfg.route("/registrazioni/{id}/segnatura.xml", web::get().to(registrazione::segnatura));
    cfg.route("/registrazioni/{id}/documenti/{posizione}", web::get().to(registrazione::documento));
    cfg.route("/registrazioni/{id}/documenti/{posizione}/anteprima", web::get().to(registrazione::anteprima));
    cfg.route("/registrazioni/{id}/documenti/{posizione}/contenuto", web::get().to(registrazione::contenuto));
    cfg.route("/registrazioni/{id}/documenti/{posizione}/timbro", web::get().to(registrazione::timbro));
    cfg.route("/registrazioni/{id}/documenti/{posizione}/verifiche", web::post().to(registrazione::verifica));
    cfg.route("/registrazioni/{id}/documenti/{posizione}/verifiche/{verifica}", web::get().to(registrazione::prova));
}

fn illeggibile(e: impl std::fmt::Display) -> actix_web::Error {
    Errata::from(Problema::illeggibile(e.to_string())).into()
}
