//! Refusals as pages: what happened, what it means for the register, what to do. What may not be seen is 404.

use super::risorse;
use crate::web::Problema;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use std::fmt;

/// Why a page is not shown.
#[derive(Debug)]
pub(super) enum Errata {
    /// Nobody is inside: to the door, with the address to come back to.
    Entra(String),
    /// 403: the form is not of this session, or comes from another site.
    ModuloEstraneo,
    /// A refusal of the domain.
    Problema(Problema),
}

impl<E: Into<Problema>> From<E> for Errata {
    fn from(e: E) -> Self {
        Self::Problema(e.into())
    }
}

#[derive(Template)]
#[template(path = "errata.html")]
struct Pagina<'a> {
    risorse: &'a str,
    titolo: &'a str,
    testo: String,
}

impl fmt::Display for Errata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entra(_) => f.write_str("Entra per continuare."),
            Self::ModuloEstraneo => f.write_str(
                "Il modulo non appartiene alla tua sessione: niente è stato registrato. Torna alla pagina, ricaricala e \
                 ripeti.",
            ),
            Self::Problema(p) if p.status_code() == StatusCode::NOT_FOUND => f.write_str(
                "Questa pagina non esiste o non è tra quelle che puoi vedere. Se ti serve un documento, chiedi all'ufficio \
                 protocollo con numero e data.",
            ),
            Self::Problema(p) => p.fmt(f),
        }
    }
}

impl ResponseError for Errata {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Entra(_) => StatusCode::SEE_OTHER,
            Self::ModuloEstraneo => StatusCode::FORBIDDEN,
            Self::Problema(p) => p.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::Entra(url) = self {
            return HttpResponse::SeeOther().insert_header((header::LOCATION, url.as_str())).finish();
        }
        let stato = self.status_code();
        let titolo = match stato {
            StatusCode::NOT_FOUND => "Pagina non trovata",
            StatusCode::FORBIDDEN => "Modulo rifiutato",
            StatusCode::BAD_REQUEST => "Richiesta illeggibile",
            StatusCode::PAYLOAD_TOO_LARGE => "Troppo grande",
            StatusCode::TOO_MANY_REQUESTS => "Troppe richieste",
            StatusCode::SERVICE_UNAVAILABLE => "Per ora non si può",
            s if s.is_server_error() => "Errore del programma",
            _ => "Non si può fare",
        };
        let pagina = Pagina { risorse: &risorse::PREFISSO, titolo, testo: self.to_string() };
        let mut risposta = HttpResponse::build(stato);
        if let Self::Problema(p) = self
            && let Some(secondi) = p.riprova_fra()
        {
            risposta.insert_header((header::RETRY_AFTER, secondi.to_string()));
        }
        risposta
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(pagina.render().unwrap_or_default())
    }
}

/// The answer to an address that leads nowhere.
pub(in crate::web) async fn smarrita() -> HttpResponse {
    Errata::from(Problema::non_trovato()).error_response()
}
