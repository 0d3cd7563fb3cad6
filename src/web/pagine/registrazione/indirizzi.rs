//! Where the addressees of an uscita are reached, if not where they were registered.

use super::Filtro;
use super::atti::{Agire, agisci};
use super::storia::Frase;
use crate::pec::{self, Correzione, FonteIndirizzo, NuovoIndirizzo};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{IndirizzoMail, Rifiuto};
use crate::web::pagine::Errata;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::nuova::Scelta;
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// What the page shows of them.
pub(super) struct Indirizzi {
    /// Those that were corrected, in a sentence.
    pub(super) corretti: Vec<String>,
    /// The addressees whose address may be corrected now: name, and name with the address in force.
    pub(super) correggibili: Vec<Scelta>,
    /// Where an address may come from.
    pub(super) fonti: Vec<Scelta>,
}

impl Indirizzi {
    pub(super) fn new(corretti: &[Correzione], correggibili: Vec<(String, Option<IndirizzoMail>)>) -> Self {
        let scelta = |(nome, attuale): (String, Option<IndirizzoMail>)| {
            let attuale = attuale.map_or_else(|| "senza indirizzo".to_owned(), |a| a.to_string());
            Scelta { testo: format!("{nome} ({attuale})"), valore: nome }
        };
        let fonte = |f: FonteIndirizzo| Scelta { valore: f.as_str().to_owned(), testo: f.nome().to_owned() };
        Self {
            corretti: corretti
                .iter()
                .map(|c| format!("{} ({}, {})", frase(c), c.autore, c.istante.leggibile()))
                .collect(),
            correggibili: correggibili.into_iter().map(scelta).collect(),
            fonti: FonteIndirizzo::TUTTE.map(fonte).into(),
        }
    }
}

fn frase(c: &Correzione) -> String {
    let prima = c.registrato.as_ref().map(|r| format!(" invece di {r}")).unwrap_or_default();
    format!("{}: si spedisce a {}{prima}. Fonte: {}. {}", c.destinatario, c.indirizzo, c.fonte.nome(), c.motivo)
}

/// What the log of the registration says of one.
pub(super) fn frase_di(c: &Correzione) -> Frase {
    (c.id.clone(), "", format!("Corretto l'indirizzo di {}", frase(c)))
}

/// The form that corrects one.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Correggi {
    modulo: String,
    #[serde(default)]
    destinatario: String,
    #[serde(default)]
    indirizzo: String,
    #[serde(default)]
    fonte: String,
    #[serde(default)]
    motivo: String,
}

/// `POST /registrazioni/{id}/indirizzi`.
pub(in crate::web::pagine) async fn correggi_indirizzo(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Correggi>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Uscita, Permesso::Agisce)?;
    let form = form.into_inner();
    let (modulo, scritto) = (form.modulo.clone(), form.indirizzo.clone());
    let agire = Agire { modulo: &modulo, campo: "indirizzo", scritto, qui: Filtro::default() };
    agisci(&stato, &chi, &id, agire, move |op, vista, id| {
        let no = |e: Rifiuto| Problema::campo("/indirizzo", e.to_string());
        let serve = |testo: &str| Problema::campo("/indirizzo", testo);
        if form.indirizzo.trim().is_empty() {
            return Err(serve("Scrivi l'indirizzo."));
        }
        if form.fonte.is_empty() {
            return Err(serve("Scegli da dove viene l'indirizzo."));
        }
        if form.motivo.trim().is_empty() {
            return Err(serve("Scrivi il motivo: resta nella storia della registrazione."));
        }
        let nuovo = NuovoIndirizzo {
            destinatario: form.destinatario.parse().map_err(no)?,
            indirizzo: form.indirizzo.trim().parse().map_err(no)?,
            fonte: form.fonte.parse().map_err(no)?,
            motivo: form.motivo.parse().map_err(no)?,
        };
        Ok(pec::correggi_indirizzo(op, vista, id, &nuovo)?)
    })
    .await
}
