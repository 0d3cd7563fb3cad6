//! What people noted on a registration.

use super::Filtro;
use super::atti::{Agire, agisci};
use super::storia::Frase;
use crate::registro::{self, Annotazione};
use crate::valori::Rifiuto;
use crate::web::pagine::Errata;
use crate::web::pagine::chi::Chi;
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// A note.
pub(super) struct AnnotazioneVista {
    pub(super) testo: String,
    pub(super) autore: String,
    pub(super) istante: String,
    pub(super) leggibile: String,
}

impl AnnotazioneVista {
    pub(super) fn new(a: &Annotazione) -> Self {
        Self {
            testo: a.testo.to_string(),
            autore: a.autore.clone(),
            istante: a.istante.roma(),
            leggibile: a.istante.leggibile(),
        }
    }
}

/// What the log of the registration says of a note: id, kind of act, sentence.
pub(super) fn frase_di(a: &Annotazione) -> Frase {
    (a.id.clone(), "", format!("Annotazione: {}", a.testo))
}

/// The form that adds one.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Annota {
    modulo: String,
    #[serde(default)]
    annotazione: String,
}

/// `POST /registrazioni/{id}/annotazioni`.
pub(in crate::web::pagine) async fn annota(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Annota>,
) -> Result<HttpResponse, Errata> {
    let form = form.into_inner();
    let (modulo, scritto) = (form.modulo.clone(), form.annotazione.clone());
    let agire = Agire { modulo: &modulo, campo: "annotazione", scritto, qui: Filtro::default() };
    agisci(&stato, &chi, &id, agire, move |op, vista, id| {
        let no = |testo: &str| Problema::campo("/annotazione", testo);
        if form.annotazione.trim().is_empty() {
            return Err(no("Scrivi l'annotazione: resta nella storia della registrazione."));
        }
        let testo = form.annotazione.parse().map_err(|e: Rifiuto| no(&e.to_string()))?;
        Ok(registro::annota(op, vista, id, &testo)?)
    })
    .await
}
