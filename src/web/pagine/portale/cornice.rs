//! The frame of the portal's pages.

use crate::utenti::Aoo;
use crate::web::pagine::risorse;

/// What the frame shows.
pub(super) struct Cornice {
    pub(super) risorse: &'static str,
    /// Name of the body; of all of them, `Servizi online`.
    pub(super) ente: String,
    /// Where to ask for help.
    pub(super) pec: Option<String>,
    /// True for a trial AOO: what is sent there has no legal value.
    pub(super) prova: bool,
}

impl Cornice {
    /// The frame of a body's page.
    pub(super) fn di(aoo: &Aoo) -> Self {
        let (ente, pec) = (aoo.ente.to_string(), Some(aoo.pec.to_string()));
        Self { risorse: &risorse::PREFISSO, ente, pec, prova: aoo.di_prova() }
    }

    /// The frame of a page that belongs to no body in particular.
    pub(super) fn comune() -> Self {
        Self { risorse: &risorse::PREFISSO, ente: "Servizi online".to_owned(), pec: None, prova: false }
    }
}
