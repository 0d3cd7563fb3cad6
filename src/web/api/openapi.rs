//! `GET /openapi.json`: the API described by the program itself.

use super::{
    differimenti, documenti, emergenze, esclusi, esclusione, eventi, fascicoli, gruppi, invii, orologio, pec, persone,
    predisposti, proposte, registrazioni, registri, regole, ricerca, rubrica, scrivania, sostituzioni, stampe, uffici,
    verifiche, versamenti,
};
use crate::web::problema;
use actix_web::HttpResponse;
use utoipa::OpenApi;
use utoipa::openapi::Response;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

#[derive(OpenApi)]
#[openapi(
    info(title = "Tabulario", description = "Protocollo informatico: API per le applicazioni di un ente. Un gettone può \
        avere permessi ristretti (`tabulario token crea --permessi`): `legge` per ogni GET; `registra` per POST \
        /registrazioni, /pec/messaggi/{id}/protocollo, esclusioni dalla protocollazione, acquisizioni, collegamenti, variazioni, annotazioni, rubrica e righe e recupero delle emergenze; `assegna` per le assegnazioni, le proposte di annullamento, gli atti della \
        scrivania e i termini; `classifica` per le classificazioni; `annulla` per annullamenti, riservatezza, visioni, decisioni sulle proposte, differimenti, emergenze, /esclusi, /regole e /orologio; `amministra` per /uffici, /persone e /sostituzioni; `fascicola` per POST /fascicoli e /fascicoli/{id}/documenti; `spedisce` per POST /invii e /registrazioni/{id}/ritorni. Senza il permesso: 403 \
        `urn:tabulario:permesso-mancante`, prima di guardare se la cosa c'è. Un gettone può essere di una persona (`tabulario token crea --utente`): \
        fa e vede quello che in quel momento possono i suoi ruoli, e gli atti sono suoi; quello che non può fare o vedere è 404, come quello che non \
        esiste. Un atto che per legge è di una persona vuole un gettone così, altrimenti 403 `urn:tabulario:serve-una-persona`. Chi non vede, o non \
        vede più, la registrazione che ha fatto o su cui ha agito riceve 201 con i soli `id`, `aoo`, `registro`, `anno`, `numero`, `istante` e `segnatura`."),
    paths(
        registrazioni::crea,
        registrazioni::elenca,
        registrazioni::mostra,
        registrazioni::segnatura,
        stampe::etichetta,
        stampe::etichette,
        stampe::ricevuta,
        stampe::timbro,
        registrazioni::classifica,
        registrazioni::annulla,
        registrazioni::elenca_proposte,
        registrazioni::proponi,
        registrazioni::riserva,
        registrazioni::varia,
        registrazioni::annota,
        registrazioni::elenca_visioni,
        registrazioni::concedi_visione,
        registrazioni::revoca_visione,
        registrazioni::assegna,
        registrazioni::prendi,
        registrazioni::restituisci,
        registrazioni::rifiuta,
        registrazioni::concludi,
        registrazioni::leggi,
        registrazioni::dai_termine,
        registrazioni::sospendi,
        registrazioni::interrompi,
        registrazioni::preavvisa,
        registrazioni::riprendi,
        scrivania::elenca,
        registrazioni::acquisisci,
        registrazioni::collega,
        registrazioni::scollega,
        fascicoli::elenca,
        fascicoli::apri,
        fascicoli::mostra,
        fascicoli::fascicola,
        differimenti::elenca,
        rubrica::elenca,
        rubrica::mostra,
        rubrica::storia_ipa,
        gruppi::elenca,
        gruppi::mostra,
        gruppi::crea,
        gruppi::aggiungi,
        gruppi::togli,
        gruppi::chiudi,
        rubrica::crea,
        versamenti::elenca,
        documenti::scarica,
        verifiche::elenca,
        verifiche::prova,
        ricerca::cerca,
        eventi::elenca,
        pec::elenca,
        pec::protocolla,
        registrazioni::correggi_indirizzo,
        invii::elenca,
        invii::crea,
        registrazioni::elenca_ritorni,
        registrazioni::manda_ritorno,
        differimenti::differisci,
        differimenti::chiudi,
        emergenze::elenca,
        emergenze::autorizza,
        emergenze::proroga,
        emergenze::ripristina,
        emergenze::riapri,
        emergenze::anteprima,
        emergenze::leggi,
        emergenze::trascrivi,
        emergenze::togli,
        emergenze::recupera,
        proposte::elenca,
        proposte::decidi,
        esclusione::escludi,
        esclusione::ripristina,
        esclusi::elenca,
        esclusi::cambia,
        regole::elenca,
        regole::mostra,
        regole::crea,
        regole::cambia,
        regole::anteprima,
        regole::stato,
        regole::generi,
        orologio::mostra,
        orologio::conferma,
        sostituzioni::elenca,
        sostituzioni::registra,
        sostituzioni::revoca,
        uffici::elenca,
        uffici::crea,
        uffici::rinomina,
        uffici::sposta,
        uffici::chiudi,
        persone::crea,
        persone::affida,
        persone::togli,
        rubrica::cambia,
        rubrica::aggiungi,
        rubrica::ritira,
        rubrica::decidi,
        rubrica::unisci,
        rubrica::sciogli,
        predisposti::elenca,
        registri::elenca,
        registri::scarica,
    ),
    components(schemas(registrazioni::RegistrazioneRichiesta, pec::ProtocolloRichiesta, invii::InvioRichiesta, problema::Corpo<'static>)),
    security(("gettone" = [])),
    modifiers(&Gettone),
)]
struct Api;

/// Bearer tokens.
struct Gettone;

impl utoipa::Modify for Gettone {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        if let Some(componenti) = openapi.components.as_mut() {
            componenti.add_security_scheme("gettone", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        }
        // The extractor of every handler may answer so: said here once for all.
        for strada in openapi.paths.paths.values_mut() {
            for operazione in [&mut strada.get, &mut strada.post].into_iter().flatten() {
                let rifiuto =
                    Response::new("Il gettone non ha il permesso per questa chiamata, o l'atto è di una persona");
                operazione.responses.responses.insert("403".to_owned(), rifiuto.into());
            }
        }
    }
}

/// The description; it needs no token.
pub(super) async fn descrizione() -> HttpResponse {
    HttpResponse::Ok().json(Api::openapi())
}
