//! The registrations that this one is tied to: what it answers, what answers it, what belongs with it.

use super::Filtro;
use super::atti::{Agire, agisci};
use crate::registro::{self, Collegamento, Relazione, Specie};
use crate::valori::{CollegamentoId, RegistrazioneId, Rifiuto};
use crate::web::pagine::Errata;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::richiamo::Richiamo;
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// A link that stands.
pub(super) struct Legame {
    /// The link, if it can be taken away.
    pub(super) collegamento: Option<String>,
    pub(super) relazione: &'static str,
    pub(super) id: String,
    pub(super) numero: String,
    pub(super) oggetto: String,
    pub(super) nota: Option<String>,
}

/// The links of the page, and the one that is being made.
pub(super) struct Collegate {
    pub(super) legami: Vec<Legame>,
    pub(super) richiamo: Richiamo,
}

impl Collegate {
    pub(super) fn new(collegamenti: &[Collegamento]) -> Self {
        let in_vigore = collegamenti.iter().filter(|c| c.tolto.is_none());
        Self { legami: in_vigore.map(legame).collect(), richiamo: Richiamo::default() }
    }
}

fn legame(c: &Collegamento) -> Legame {
    Legame {
        collegamento: c.id.map(|id| id.to_string()),
        relazione: relazione(c.relazione),
        id: c.altra.id.to_string(),
        numero: format!("{}/{}", c.altra.numero, c.altra.anno),
        oggetto: c.altra.oggetto.to_string(),
        nota: c.nota.as_ref().map(ToString::to_string),
    }
}

fn relazione(relazione: Relazione) -> &'static str {
    match relazione {
        Relazione::RispondeA => "Risponde a n.",
        Relazione::Risposta => "Risposta n.",
        Relazione::CollegataA => "Collegata a n.",
    }
}

/// What the log of the registration says of a link: id, kind of act, sentence.
pub(super) fn frasi(c: &Collegamento) -> Vec<(String, &'static str, String)> {
    let Some(id) = c.id.map(|id| id.to_string()) else { return Vec::new() };
    let altra = format!("{} {}/{}", relazione(c.relazione), c.altra.numero, c.altra.anno);
    let nota = c.nota.as_ref().map(|n| format!(": {n}")).unwrap_or_default();
    let mut frasi = vec![(id.clone(), "collegamento", format!("Aggiunto il collegamento «{altra}»{nota}"))];
    if c.tolto.is_some() {
        frasi.push((id, "scollegamento", format!("Tolto il collegamento «{altra}»")));
    }
    frasi
}

/// The form that links.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Collega {
    modulo: String,
    /// What was looked for.
    #[serde(default)]
    collega: String,
    #[serde(default)]
    registrazione: String,
    #[serde(default)]
    specie: String,
    #[serde(default)]
    nota: String,
}

/// `POST /registrazioni/{id}/collegamenti`.
pub(in crate::web::pagine) async fn collega(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Collega>,
) -> Result<HttpResponse, Errata> {
    let form = form.into_inner();
    let qui = Filtro { collega: form.collega.clone(), ..Filtro::default() };
    let (modulo, nota) = (form.modulo.clone(), form.nota.clone());
    let agire = Agire { modulo: &modulo, campo: "collega", scritto: nota, qui };
    agisci(&stato, &chi, &id, agire, move |op, vista, id| {
        let no = |testo: String| Problema::campo("/collega", testo);
        let scegli = || no("Scegli la registrazione da collegare fra quelle trovate.".to_owned());
        let altra: RegistrazioneId = form.registrazione.parse().map_err(|_| scegli())?;
        let specie: Specie = form.specie.parse().map_err(|e: Rifiuto| no(e.to_string()))?;
        let nota = form.nota.trim();
        let nota = if nota.is_empty() { None } else { Some(nota.parse().map_err(|e: Rifiuto| no(e.to_string()))?) };
        registro::collega(op, vista, (id, altra), specie, nota.as_ref()).map_err(|e| match e {
            registro::Errore::GiaCollegata(..)
            | registro::Errore::CollegamentoASe
            | registro::Errore::CollegamentoAnnullata(..) => no(super::super::campi::frase(&format!("{e}."))),
            altro => altro.into(),
        })?;
        Ok(())
    })
    .await
}

/// The form that takes a link away.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Scollega {
    modulo: String,
}

/// `POST /registrazioni/{id}/collegamenti/{collegamento}/scollegamento`.
pub(in crate::web::pagine) async fn scollega(
    stato: web::Data<Stato>,
    chi: Chi,
    dove: web::Path<(String, String)>,
    form: web::Form<Scollega>,
) -> Result<HttpResponse, Errata> {
    let (id, collegamento) = dove.into_inner();
    let collegamento: CollegamentoId = collegamento.parse().map_err(|_| Problema::non_trovato())?;
    let agire = Agire { modulo: &form.modulo, campo: "collega", scritto: String::new(), qui: Filtro::default() };
    agisci(&stato, &chi, &id, agire, move |op, vista, id| Ok(registro::scollega(op, vista, id, collegamento)?)).await
}
