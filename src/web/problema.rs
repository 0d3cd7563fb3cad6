//! Refusals over HTTP: `application/problem+json` (RFC 9457), one status for every variant of every module's refusal.

use crate::{
    conservazione, documenti, istanze, pec, registro, ricerca, scrivania, segnatura, storage, titolario, utenti,
};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use std::fmt;

/// A field that was refused.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Difetto {
    /// Where in the JSON part (RFC 6901), e.g. `/documenti/0/sha256`.
    pub pointer: String,
    /// What is wrong, in Italian.
    pub detail: String,
}

/// A refusal.
#[derive(Debug)]
pub struct Problema {
    stato: StatusCode,
    slug: &'static str,
    title: &'static str,
    detail: String,
    errors: Vec<Difetto>,
    riprova_s: Option<u32>,
}

/// The body of a refusal.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Corpo<'a> {
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "urn:tabulario:campo-rifiutato")]
    tipo: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [Difetto],
}

impl Problema {
    fn new(stato: StatusCode, slug: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { stato, slug, title, detail: detail.into(), errors: Vec::new(), riprova_s: None }
    }

    /// 400: what arrived cannot be read at all.
    #[must_use]
    pub fn illeggibile(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "richiesta-illeggibile", "Richiesta illeggibile", detail)
    }

    /// 401.
    #[must_use]
    pub fn non_autenticato() -> Self {
        let detail = "Serve un gettone valido nell'intestazione Authorization: Bearer.";
        Self::new(StatusCode::UNAUTHORIZED, "non-autenticato", "Accesso non autenticato", detail)
    }

    /// 403: the token is known, and not for this call (RFC 6750, section 3.1). It says nothing of what may be seen.
    #[must_use]
    pub fn permesso_mancante(permesso: utenti::PermessoGettone) -> Self {
        let detail = format!("Il gettone non ha il permesso «{}»: serve un gettone che lo abbia.", permesso.as_str());
        Self::new(StatusCode::FORBIDDEN, "permesso-mancante", "Permesso mancante", detail)
    }

    /// 403: the act is a person's by law, and the token is nobody's.
    #[must_use]
    pub fn serve_una_persona() -> Self {
        let detail = "Questo atto è di una persona: usa un gettone creato con --utente.";
        Self::new(StatusCode::FORBIDDEN, "serve-una-persona", "Serve una persona", detail)
    }

    /// 404: does not exist, or may not be seen: the same words.
    #[must_use]
    pub fn non_trovato() -> Self {
        let detail = "Non esiste o non è tra le cose che puoi vedere.";
        Self::new(StatusCode::NOT_FOUND, "non-trovato", "Non trovato", detail)
    }

    /// 409: not in this state.
    #[must_use]
    pub fn conflitto(slug: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, slug, "Non si può in questo stato", detail)
    }

    /// 413.
    #[must_use]
    pub fn troppo_grande(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "troppo-grande", "Troppo grande", detail)
    }

    /// 422, with the fields that were refused.
    #[must_use]
    pub fn campi(errors: Vec<Difetto>) -> Self {
        let detail = match errors.as_slice() {
            [uno] => uno.detail.clone(),
            molti => format!("{} campi non vanno bene: nessun numero è stato usato.", molti.len()),
        };
        let stato = StatusCode::UNPROCESSABLE_ENTITY;
        Self { errors, ..Self::new(stato, "campo-rifiutato", "Campo rifiutato", detail) }
    }

    /// 422 for one field.
    #[must_use]
    pub fn campo(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::campi(vec![Difetto { pointer: pointer.into(), detail: detail.into() }])
    }

    /// 429: too often; may be tried again after so many seconds.
    #[must_use]
    pub fn troppi(detail: impl Into<String>, secondi: u32) -> Self {
        let troppi = Self::new(StatusCode::TOO_MANY_REQUESTS, "troppe-richieste", "Troppe richieste", detail);
        Self { riprova_s: Some(secondi), ..troppi }
    }

    /// 500: a mistake of ours, told to the log, not to the caller.
    #[must_use]
    pub fn interno(causa: impl fmt::Display) -> Self {
        tracing::error!(%causa, "request failed");
        let detail = "Errore del programma: niente è stato registrato. Riprova, o avvisa l'amministratore.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "errore-interno", "Errore del programma", detail)
    }

    /// After how many seconds it may be tried again.
    pub(super) fn riprova_fra(&self) -> Option<u32> {
        self.riprova_s
    }

    /// The fields that were refused.
    pub(super) fn difetti(&self) -> &[Difetto] {
        &self.errors
    }

    fn riprova(slug: &'static str, detail: impl Into<String>, secondi: u32) -> Self {
        let stato = StatusCode::SERVICE_UNAVAILABLE;
        Self { riprova_s: Some(secondi), ..Self::new(stato, slug, "Per ora non si può", detail) }
    }
}

impl fmt::Display for Problema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl ResponseError for Problema {
    fn status_code(&self) -> StatusCode {
        self.stato
    }

    fn error_response(&self) -> HttpResponse {
        let mut risposta = HttpResponse::build(self.stato);
        risposta.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if let Some(secondi) = self.riprova_s {
            risposta.insert_header((header::RETRY_AFTER, secondi.to_string()));
        }
        if self.stato == StatusCode::UNAUTHORIZED {
            risposta.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if self.stato == StatusCode::FORBIDDEN {
            risposta.insert_header((header::WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\""));
        }
        let corpo = Corpo {
            tipo: format!("urn:tabulario:{}", self.slug),
            title: self.title,
            status: self.stato.as_u16(),
            detail: &self.detail,
            errors: &self.errors,
        };
        risposta.body(serde_json::to_string(&corpo).unwrap_or_default())
    }
}

/// For handlers that answer with a refusal outright.
impl actix_web::Responder for Problema {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &actix_web::HttpRequest) -> HttpResponse {
        self.error_response()
    }
}

impl From<storage::Errore> for Problema {
    fn from(e: storage::Errore) -> Self {
        use storage::Errore as E;
        match e {
            E::Incerto => Self::riprova("esito-incerto", e.to_string(), 1),
            E::Occupato => Self::riprova("database-occupato", e.to_string(), 2),
            E::Apertura { .. } | E::Persa(_) => {
                tracing::error!(causa = %e, "database unavailable");
                let detail = "Il database non risponde: niente è stato registrato. Riprova fra poco.";
                Self::riprova("database-assente", detail, 5)
            }
            E::CopiaRipristinata => Self::riprova("copia-ripristinata", e.to_string(), 60),
            E::Indirizzo(_)
            | E::Migrazione(_)
            | E::SchemaDiverso
            | E::Annidata
            | E::Interrotta
            | E::Riga { .. }
            | E::Sql(_) => Self::interno(e),
        }
    }
}

impl From<utenti::Errore> for Problema {
    fn from(e: utenti::Errore) -> Self {
        use utenti::Errore as E;
        match e {
            E::GettoneSconosciuto | E::SessioneAssente | E::SessioneScaduta(_) => Self::non_autenticato(),
            E::CredenzialiErrate => {
                Self::new(StatusCode::UNAUTHORIZED, "credenziali-errate", "Accesso rifiutato", e.to_string())
            }
            E::Segreto { .. } => Self::campo("/segreto", e.to_string()),
            E::UfficioSconosciuto(_) | E::UfficioChiuso { .. } => Self::campo("/ufficio", e.to_string()),
            E::UfficioSottoSeStesso { .. } | E::UfficiSotto { .. } => Self::conflitto("organigramma", e.to_string()),
            E::RuoloAssente { .. } => Self::campo("/ruolo", e.to_string()),
            E::RuoloASe | E::UfficioSottoDiSe(_) => Self::conflitto("ruolo-a-se", e.to_string()),
            E::NomeUtente => Self::campo("/nomeUtente", e.to_string()),
            E::SostitutoDiSe | E::SostitutoDaSe | E::SostitutoCheAffida(_) | E::SenzaRuolo(_) => {
                Self::campo("/sostituto", e.to_string())
            }
            E::TroppeSostituzioni(_) => Self::conflitto("troppe-sostituzioni", e.to_string()),
            E::SostitutoNonDelega => Self::conflitto("sostituto", e.to_string()),
            E::Periodo => Self::campo("/al", e.to_string()),
            E::SostituzioneSconosciuta | E::VisioneSconosciuta => Self::non_trovato(),
            E::VisionePassata => Self::campo("/fino", e.to_string()),
            E::VisioneASe | E::VisioneSenzaDocumenti(_) => Self::campo("/persona", e.to_string()),
            E::TroppeVisioni => Self::conflitto("troppe-visioni", e.to_string()),
            E::VisioneFinita(_) => Self::conflitto("visione-finita", e.to_string()),
            E::ChiaveRiusata => {
                let stato = StatusCode::UNPROCESSABLE_ENTITY;
                Self::new(stato, "chiave-riusata", "Chiave di idempotenza già usata", e.to_string())
            }
            E::GiaPresente { .. } => Self::conflitto("gia-presente", e.to_string()),
            E::PasswordDebole => Self::campo("/password", e.to_string()),
            E::AooSconosciuta(_) | E::Argon2(_) => Self::interno(e),
            E::Storage(e) => e.into(),
        }
    }
}

impl From<documenti::Errore> for Problema {
    fn from(e: documenti::Errore) -> Self {
        use documenti::Errore as E;
        match e {
            E::TroppoGrande { .. } => Self::troppo_grande(e.to_string()),
            E::Interrotto(_) => Self::illeggibile(e.to_string()),
            E::Assente(_) | E::Disco(_) | E::Estrattore(_) | E::ListaRovinata { .. } => Self::interno(e),
            E::Fiducia(_) => Self::campo("/lista", e.to_string()),
            E::MaiVerificato => Self::non_trovato(),
            E::Utenti(e) => e.into(),
            E::TroppeVerifiche(_) => Self::conflitto("troppe-verifiche", e.to_string()),
            E::Storage(e) => e.into(),
        }
    }
}

impl From<titolario::Errore> for Problema {
    fn from(e: titolario::Errore) -> Self {
        use titolario::Errore as E;
        match e {
            E::VoceSconosciuta(_) => Self::campo("/voce", e.to_string()),
            E::FascicoloSconosciuto => Self::non_trovato(),
            E::Riga { .. } | E::Vuoto => Self::campo("", e.to_string()),
            E::Storage(e) => e.into(),
        }
    }
}

impl From<segnatura::Errore> for Problema {
    fn from(e: segnatura::Errore) -> Self {
        use segnatura::Errore as E;
        match e {
            E::SenzaDestinatario => Self::campo("/corrispondenti", e.to_string()),
            E::SenzaClassifica => Self::conflitto("segnatura-senza-classifica", e.to_string()),
            E::Schema { .. } => Self::interno(e),
        }
    }
}

impl Problema {
    /// What this registration does not have, though it is there.
    fn non_prevista(slug: &'static str, titolo: &'static str, e: &registro::Errore) -> Self {
        Self::new(StatusCode::NOT_FOUND, slug, titolo, e.to_string())
    }
}

impl From<registro::Errore> for Problema {
    fn from(e: registro::Errore) -> Self {
        use registro::Errore as E;
        match e {
            E::OrologioIndietro { .. } => {
                Self { riprova_s: Some(60), ..Self::conflitto("orologio-indietro", e.to_string()) }
            }
            E::OrologioAvanti { .. } => Self::conflitto("orologio-avanti", e.to_string()),
            E::AnnoChiuso(_) => Self::conflitto("anno-chiuso", e.to_string()),
            E::CopiaRegolare => Self::conflitto("copia-regolare", e.to_string()),
            E::UltimoNumeroBasso(_) | E::TroppiNumeriPerduti { .. } => Self::campo("/ultimo", e.to_string()),
            E::OrologioRegolare => Self::conflitto("orologio-regolare", e.to_string()),
            E::CorrispondenteMancante(_) => Self::campo("/corrispondenti", e.to_string()),
            E::Principale | E::SenzaDocumento | E::SenzaFile(_) => Self::campo("/documenti", e.to_string()),
            E::ProtocolloFuturo(_) => Self::campo("/protocolloMittente/data", e.to_string()),
            E::ArrivoFuturo(_) => Self::campo("/arrivo", e.to_string()),
            E::DocumentoFuturo(_) => Self::campo("/dataDocumento", e.to_string()),
            E::NienteDaVariare => Self::conflitto("niente-da-variare", e.to_string()),
            E::DocumentoAssente(_) => Self::campo("/descrizioni", e.to_string()),
            E::MezzoAccertato | E::MezzoDiAltroGenere | E::MezzoConScansioni => Self::campo("/mezzo", e.to_string()),
            E::AnnotazionePresente => Self::conflitto("annotazione-presente", e.to_string()),
            E::TroppiAtti(..) => Self::conflitto("troppi-atti", e.to_string()),
            E::RispondeASconosciuta | E::RispondeAAnnullata(..) => Self::campo("/rispondeA", e.to_string()),
            E::CollegamentoASe => Self::campo("/registrazione", e.to_string()),
            E::CollegamentoAnnullata(..) => Self::campo("/specie", e.to_string()),
            E::GiaCollegata(..) => Self::conflitto("gia-collegata", e.to_string()),
            E::GiaScollegata => Self::conflitto("gia-scollegata", e.to_string()),
            E::DifferimentoPassato => Self::campo("/dal", e.to_string()),
            E::DifferimentoRovescio | E::DifferimentoLungo => Self::campo("/al", e.to_string()),
            E::DifferimentoSconosciuto | E::DifferimentoNonCartaceo | E::DifferimentoNonCopre(_) => {
                Self::campo("/differimento", e.to_string())
            }
            E::DifferimentoChiuso => Self::conflitto("differimento-chiuso", e.to_string()),
            E::NonCartacea => Self::conflitto("non-cartacea", e.to_string()),
            E::ScansioneVuota => Self::campo("/file", e.to_string()),
            E::GiaAcquisita => Self::conflitto("gia-acquisita", e.to_string()),
            E::TroppiFile(_) => Self::conflitto("troppi-file", e.to_string()),
            E::GenereEsclusoPresente | E::GenereEsclusoSconosciuto | E::TroppiGeneriEsclusi(_) => {
                Self::campo("/genere", e.to_string())
            }
            E::Sconosciuta | E::PropostaSconosciuta | E::PredispostoSconosciuto => Self::non_trovato(),
            E::PredispostoSparito => Self::conflitto("predisposto-sparito", e.to_string()),
            E::PredispostoCambiato => Self::conflitto("predisposto-cambiato", e.to_string()),
            E::PredispostoLungo(_) => Self::campo("", e.to_string()),
            E::TroppiPredisposti(_) => Self::conflitto("troppi-predisposti", e.to_string()),
            E::GiaAnnullata(_) => Self::conflitto("gia-annullata", e.to_string()),
            E::ValoreUguale(_) => Self::campo("/dato/valore", e.to_string()),
            E::ArrivoFisso => Self::campo("/dato/campo", e.to_string()),
            E::PropostaAperta => Self::conflitto("proposta-aperta", e.to_string()),
            E::PropostaDecisa => Self::conflitto("proposta-decisa", e.to_string()),
            E::RiservatezzaUguale(_) => Self::conflitto("riservatezza-uguale", e.to_string()),
            E::SegnaturaNonPrevista(_) => Self::non_prevista("segnatura-non-prevista", "Segnatura non prevista", &e),
            E::RicevutaNonPrevista(_) => Self::non_prevista("ricevuta-non-prevista", "Ricevuta non prevista", &e),
            E::Copia(ref rifiuto) => match rifiuto {
                registro::stampa::RifiutoCopia::Scrittura(_) => Self::interno(e),
                _ => Self::conflitto("timbro-impossibile", e.to_string()),
            },
            E::Stampa(_) | E::Punte { .. } => Self::interno(e),
            E::SigilloMancante(_) => Self::conflitto("sigillo-non-configurato", e.to_string()),
            E::SigilloInservibile(ref causa) => {
                tracing::warn!(causa, "the seal of an AOO cannot be used");
                Self::conflitto("sigillo-inservibile", e.to_string())
            }
            E::Sigillo(_) => Self::conflitto("sigillo-inservibile", e.to_string()),
            E::SegnaturaNonValida(_) => Self::interno(e),
            E::Segnatura(e) => e.into(),
            E::Titolario(e) => e.into(),
            E::Documenti(e) => e.into(),
            E::Utenti(e) => e.into(),
            E::Storage(e) => e.into(),
        }
    }
}

impl From<registro::rubrica::Errore> for Problema {
    fn from(e: registro::rubrica::Errore) -> Self {
        use registro::rubrica::Errore as E;
        match e {
            E::Sconosciuto => Self::non_trovato(),
            E::GiaPresente { .. } => Self::conflitto("gia-in-rubrica", e.to_string()),
            E::Somiglia { .. } => Self::conflitto("somiglia", e.to_string()),
            E::RecapitoPresente(_) => Self::conflitto("recapito-presente", e.to_string()),
            E::GiaRitirato => Self::conflitto("gia-ritirato", e.to_string()),
            E::GiaDecisa => Self::conflitto("gia-decisa", e.to_string()),
            E::Unito => Self::conflitto("unito", e.to_string()),
            E::GiaSciolta => Self::conflitto("gia-sciolta", e.to_string()),
            E::DatoEstraneo => Self::conflitto("dato-estraneo", e.to_string()),
            E::Stesso => Self::campo("/altro", e.to_string()),
            E::File(_) | E::Valore(_) => Self::campo("", e.to_string()),
            E::Utenti(e) => e.into(),
            E::Storage(e) => e.into(),
        }
    }
}

impl From<registro::gruppo::Errore> for Problema {
    fn from(e: registro::gruppo::Errore) -> Self {
        use registro::gruppo::Errore as E;
        match e {
            E::Sconosciuto | E::NonIscritto => Self::non_trovato(),
            E::NomeUsato(_) => Self::conflitto("gruppo-presente", e.to_string()),
            E::GiaUscito => Self::conflitto("gia-uscito", e.to_string()),
            E::GiaIscritto(_) => Self::conflitto("gia-nel-gruppo", e.to_string()),
            E::Pieno => Self::conflitto("gruppo-pieno", e.to_string()),
            E::Valore(_) => Self::campo("", e.to_string()),
            E::Rubrica(e) => e.into(),
            E::Ipa(e) => e.into(),
            E::Utenti(e) => e.into(),
            E::Storage(e) => e.into(),
        }
    }
}

impl From<registro::ipa::Errore> for Problema {
    fn from(e: registro::ipa::Errore) -> Self {
        use registro::ipa::Errore as E;
        match e {
            E::Sconosciuta => Self::non_trovato(),
            E::File { .. } | E::PiuVecchi { .. } | E::Futura(_) | E::TroppeChiusure { .. } | E::Valore(_) => {
                Self::campo("", e.to_string())
            }
            E::Utenti(e) => e.into(),
            E::Storage(e) => e.into(),
        }
    }
}

impl From<registro::emergenza::Errore> for Problema {
    fn from(e: registro::emergenza::Errore) -> Self {
        use registro::emergenza::Errore as E;
        match e {
            E::Sconosciuta => Self::non_trovato(),
            E::InizioFuturo(_) => Self::campo("/inizio", e.to_string()),
            E::Postazioni => Self::campo("/postazioni", e.to_string()),
            E::Uffici => Self::campo("/uffici", e.to_string()),
            E::PostazioneEstranea(_) => Self::campo("/postazione", e.to_string()),
            E::ProrogaInutile(_) | E::ProrogaLunga(_) => Self::campo("/fino", e.to_string()),
            E::RipristinoFuori(_) | E::OltreAutorizzazione(_) => Self::campo("/fine", e.to_string()),
            E::GiaRipristinata(_) => Self::conflitto("emergenza-ripristinata", e.to_string()),
            E::GiaAperta => Self::conflitto("registrazione-aperta", e.to_string()),
            E::NonRipristinata => Self::conflitto("emergenza-in-corso", e.to_string()),
            E::UltimoDiverso { .. } => Self::conflitto("ultimo-numero-diverso", e.to_string()),
            E::Salto { .. } | E::Ostacoli(_) | E::Riga { .. } => Self::conflitto("recupero-impedito", e.to_string()),
            E::File(_) | E::TroppeRighe => Self::campo("/csv", e.to_string()),
            E::DaRecuperare { .. } => Self::conflitto("emergenza-da-recuperare", e.to_string()),
            E::Valore(_) => Self::campo("", e.to_string()),
            E::Titolario(e) => e.into(),
            E::Utenti(e) => e.into(),
            E::Storage(e) => e.into(),
        }
    }
}

impl From<scrivania::Errore> for Problema {
    fn from(e: scrivania::Errore) -> Self {
        use scrivania::Errore as E;
        match e {
            E::UfficioMancante => Self::campo("/ufficio", e.to_string()),
            E::PraticheAperte { .. } => Self::conflitto("pratiche-aperte", e.to_string()),
            E::NonDellUfficio { .. } => Self::campo("/persona", e.to_string()),
            E::NonAssegnata => Self::conflitto("non-assegnata", e.to_string()),
            E::DiAltroUfficio(_) => Self::conflitto("di-altro-ufficio", e.to_string()),
            E::DiUnaPersona(_) => Self::conflitto("di-una-persona", e.to_string()),
            E::GiaInCarico { .. } => Self::conflitto("gia-in-carico", e.to_string()),
            E::NonInCarico => Self::conflitto("non-in-carico", e.to_string()),
            E::GiaRifiutata(_) => Self::conflitto("gia-rifiutata", e.to_string()),
            E::GiaConclusa { .. } => Self::conflitto("gia-conclusa", e.to_string()),
            E::Propria => Self::conflitto("uscita-propria", e.to_string()),
            E::Annullata => Self::conflitto("annullata", e.to_string()),
            E::NienteDaLeggere => Self::conflitto("niente-da-leggere", e.to_string()),
            E::NonEntrata => Self::conflitto("non-entrata", e.to_string()),
            E::Giorni(_) => Self::campo("/giorni", e.to_string()),
            E::SenzaTermine => Self::conflitto("senza-termine", e.to_string()),
            E::Scaduto(_) => Self::conflitto("termine-scaduto", e.to_string()),
            E::GiaFermo => Self::conflitto("termine-fermo", e.to_string()),
            E::NonFermo => Self::conflitto("termine-non-fermo", e.to_string()),
            E::GiaSospeso => Self::conflitto("termine-gia-sospeso", e.to_string()),
            E::GiaPreavvisato => Self::conflitto("preavviso-gia-dato", e.to_string()),
            E::NonInterrompibile => Self::conflitto("termine-non-interrompibile", e.to_string()),
            E::Sospensione(_) => Self::campo("/fino", e.to_string()),
            E::Ripresa(_) => Self::campo("/giorno", e.to_string()),
            E::Registro(e) => e.into(),
            E::Emergenza(e) => e.into(),
            E::Utenti(e) => e.into(),
            E::Storage(e) => e.into(),
        }
    }
}

impl From<pec::Errore> for Problema {
    fn from(e: pec::Errore) -> Self {
        use pec::Errore as E;
        match e {
            E::Sconosciuto | E::CasellaAssente(_) | E::RegolaSconosciuta => Self::non_trovato(),
            E::RegolaSbagliata { campo, perche } => Self::campo(format!("/{campo}"), perche),
            E::TroppeRegole(_) => Self::conflitto("troppe-regole", e.to_string()),
            E::RegolaCambiata(_) => Self::conflitto("regola-cambiata", e.to_string()),
            E::SenzaAnteprima => Self::conflitto("senza-anteprima", e.to_string()),
            E::StatoRegolaUguale(_) => Self::conflitto("stato-uguale", e.to_string()),
            E::AutomaticoUguale(_) => Self::conflitto("automatico-uguale", e.to_string()),
            E::GiaProtocollato { .. } => Self::conflitto("gia-protocollato", e.to_string()),
            E::Ricevuta => Self::conflitto("ricevuta", e.to_string()),
            E::GiaEscluso => Self::conflitto("gia-escluso", e.to_string()),
            E::NonEscluso => Self::conflitto("non-escluso", e.to_string()),
            E::DaRipristinare => Self::conflitto("da-ripristinare", e.to_string()),
            E::DomicilioDigitale | E::GenereSconosciuto => Self::campo("/genere", e.to_string()),
            E::AllegatoSconosciuto(_) => Self::campo("/principale", e.to_string()),
            E::RitornoGiaMandato(_) => Self::conflitto("gia-risposto", e.to_string()),
            E::RitornoNonPrevisto(_) | E::SenzaSegnatura => Self::conflitto("risposta-non-prevista", e.to_string()),
            E::SenzaMotivo => Self::campo("/motivo", e.to_string()),
            E::RitornoAutomaticoUguale(_) => Self::conflitto("automatico-uguale", e.to_string()),
            E::DialettoUguale => Self::conflitto("dialetto-uguale", e.to_string()),
            E::MessaggioDiRitorno => Self::conflitto("messaggio-di-ritorno", e.to_string()),
            E::NonUscita => Self::conflitto("non-uscita", e.to_string()),
            E::SenzaIndirizzo => Self::conflitto("senza-indirizzo", e.to_string()),
            E::SenzaCasella => Self::conflitto("senza-casella", e.to_string()),
            E::DestinatarioSconosciuto(_) => Self::campo("/destinatario", e.to_string()),
            E::IndirizzoUguale => Self::campo("/indirizzo", e.to_string()),
            E::NonCorreggibile => Self::conflitto("indirizzo-non-correggibile", e.to_string()),
            E::NienteDaRispedire => Self::conflitto("niente-da-rispedire", e.to_string()),
            E::CasellaPresente(_) => Self::conflitto("casella-presente", e.to_string()),
            E::TroppoGrande(_) => Self::troppo_grande(e.to_string()),
            E::Valore(_) => Self::campo("", e.to_string()),
            E::NonMaildir(_)
            | E::Casella { .. }
            | E::NonLetto
            | E::Server(_)
            | E::NonSuServer(_)
            | E::Composizione(_) => Self::interno(e),
            E::Ipa(e) => e.into(),
            E::Titolario(e) => e.into(),
            E::Scrivania(e) => e.into(),
            E::Registro(e) => e.into(),
            E::Documenti(e) => e.into(),
            E::Utenti(e) => e.into(),
            E::Storage(e) => e.into(),
        }
    }
}

impl From<istanze::Errore> for Problema {
    fn from(e: istanze::Errore) -> Self {
        use istanze::Errore as E;
        match e {
            E::ProcedimentoSconosciuto | E::Sconosciuta => Self::non_trovato(),
            E::GiaPresente(_) => Self::conflitto("gia-presente", e.to_string()),
            E::UfficioRisponde { .. } => Self::conflitto("ufficio-risponde", e.to_string()),
            E::NonTornata => Self::conflitto("istanza-non-tornata", e.to_string()),
            E::GiaInviata => Self::conflitto("gia-inviata", e.to_string()),
            E::Giorni => Self::campo("/giorni", e.to_string()),
            E::Titolario(e) => e.into(),
            E::Registro(e) => e.into(),
            E::Scrivania(e) => e.into(),
            E::Documenti(e) => e.into(),
            E::Utenti(e) => e.into(),
            E::Storage(e) => e.into(),
        }
    }
}

impl From<ricerca::Errore> for Problema {
    fn from(e: ricerca::Errore) -> Self {
        use ricerca::Errore as E;
        match e {
            E::Lunga { .. } | E::Cursore => Self::illeggibile(e.to_string()),
            E::Occupato(_) | E::InCorso(_) | E::Cartella { .. } | E::Indice(_) => {
                tracing::error!(causa = %e, "search unavailable");
                let detail = "La ricerca per ora non risponde; il registro sì. Riprova fra poco.";
                Self::riprova("ricerca-assente", detail, 5)
            }
            E::Documenti(e) => e.into(),
            E::Registro(e) => e.into(),
            E::Titolario(e) => e.into(),
            E::Storage(e) => e.into(),
        }
    }
}

impl From<conservazione::Errore> for Problema {
    fn from(e: conservazione::Errore) -> Self {
        use conservazione::Errore as E;
        match e {
            E::Mappa(_) => Self::campo("/mappa", e.to_string()),
            E::AooDiProva => Self::conflitto("aoo-di-prova", e.to_string()),
            E::ConservatorePresente(_) => Self::conflitto("conservatore-presente", e.to_string()),
            E::NonDaCorreggere => Self::conflitto("non-da-correggere", e.to_string()),
            E::FileAlterato(_) | E::CartellaOccupata(_) | E::Uscita { .. } => Self::interno(e),
            E::Pec(e) => e.into(),
            E::Segnatura(e) => e.into(),
            E::Registro(e) => e.into(),
            E::Titolario(e) => e.into(),
            E::Documenti(e) => e.into(),
            E::Utenti(e) => e.into(),
            E::Storage(e) => e.into(),
        }
    }
}
