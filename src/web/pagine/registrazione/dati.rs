//! `Modifica i dati`: what may still change of a registration, and what it was before.

use super::Filtro;
use super::atti::{Agire, agisci};
use super::storia::Frase;
use crate::registro::{DatoVariato, Registrazione, Variabile};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{Rifiuto, Testo};
use crate::web::pagine::chi::Chi;
use crate::web::pagine::nuova::{MEZZI, Scelta, nome_mezzo};
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato, variazioni};
use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use serde::Deserialize;
use std::str::FromStr;

/// The form as it was typed; beside each datum stands the value that the page had shown, so that only what a person changed is changed.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(in crate::web::pagine) struct Scritti {
    modulo: String,
    pub(super) tipologia: String,
    pub(super) era_tipologia: String,
    pub(super) mezzo: String,
    pub(super) era_mezzo: String,
    pub(super) data: String,
    pub(super) era_data: String,
    pub(super) documento: String,
    pub(super) descrizione: String,
    pub(super) motivo: String,
}

/// What the form of the page shows.
pub(super) struct Modificabili {
    pub(super) scritti: Scritti,
    pub(super) mezzi: Vec<Scelta>,
    pub(super) documenti: Vec<Scelta>,
}

impl Modificabili {
    /// The values in force, with what was typed and refused in their place.
    pub(super) fn new(r: &Registrazione, scritti: Option<Scritti>) -> Self {
        let in_vigore = || {
            let tipologia = r.tipologia.as_ref().map(ToString::to_string).unwrap_or_default();
            let (mezzo, data) = (r.mezzo.as_str().to_owned(), r.data_documento.map(formato::data).unwrap_or_default());
            Scritti {
                era_tipologia: tipologia.clone(),
                era_mezzo: mezzo.clone(),
                era_data: data.clone(),
                tipologia,
                mezzo,
                data,
                ..Scritti::default()
            }
        };
        let documento = |(d, n): (&crate::registro::DocumentoRegistrato, usize)| Scelta {
            valore: n.to_string(),
            testo: format!("{n}. {}", d.nome),
        };
        let mezzo = |(m, nome): (crate::registro::Mezzo, &str)| Scelta {
            valore: m.as_str().to_owned(),
            testo: nome.to_owned(),
        };
        Self {
            scritti: scritti.unwrap_or_else(in_vigore),
            mezzi: MEZZI.into_iter().map(mezzo).collect(),
            documenti: r.documenti.iter().zip(1..).map(documento).collect(),
        }
    }
}

/// What the log of the registration says of a change: id, kind of act, sentence.
pub(super) fn frase_di(v: &DatoVariato) -> Frase {
    let motivo = v.motivo.as_ref().map(|m| format!(". Motivo: {m}")).unwrap_or_default();
    let che =
        format!("Modificato il dato «{}»: {} → {}{motivo}", v.dopo.nome(), leggibile(&v.prima), leggibile(&v.dopo));
    (v.id.clone(), "", che)
}

fn leggibile(valore: &Variabile) -> String {
    match valore {
        Variabile::Mezzo(mezzo) => nome_mezzo(*mezzo).to_owned(),
        Variabile::DataDocumento(Some(data)) => formato::data(*data),
        altro => altro.testo().unwrap_or_else(|| "niente".to_owned()),
    }
}

/// `POST /registrazioni/{id}/variazioni`: the protocol office changes tipologia, mezzo, date of the document or a description.
pub(in crate::web::pagine) async fn varia(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Scritti>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Variazioni, Permesso::Agisce)?;
    let scritti = form.into_inner();
    let (modulo, oggi) = (scritti.modulo.clone(), chi.ora.giorno());
    let qui = Filtro { scritti: Some(scritti.clone()), ..Filtro::default() };
    let agire = Agire { modulo: &modulo, campo: "variazione", scritto: String::new(), qui };
    agisci(&stato, &chi, &id, agire, move |op, vista, id| {
        let (valori, motivo) = leggi(&scritti, oggi)?;
        variazioni::varia(op, vista, id, &valori, motivo.as_ref())
    })
    .await
}

fn leggi(s: &Scritti, oggi: NaiveDate) -> Result<(Vec<Variabile>, Option<Testo>), Problema> {
    let mut valori = Vec::new();
    if s.tipologia.trim() != s.era_tipologia.trim() {
        valori.push(Variabile::Tipologia(forse("Tipologia", &s.tipologia)?));
    }
    if s.mezzo != s.era_mezzo {
        valori.push(Variabile::Mezzo(s.mezzo.parse().map_err(|_| no("Scegli il mezzo dall'elenco."))?));
    }
    if s.data.trim() != s.era_data.trim() {
        let data = match s.data.trim() {
            "" => None,
            scritta => Some(
                formato::leggi_data(scritta, oggi).map_err(|e| no(&format!("Data del documento: {}.", e.regola)))?,
            ),
        };
        valori.push(Variabile::DataDocumento(data));
    }
    if !s.documento.is_empty() {
        let posizione = s.documento.parse().map_err(|_| no("Scegli il documento dall'elenco."))?;
        valori.push(Variabile::Descrizione(posizione, forse("Descrizione", &s.descrizione)?));
    } else if !s.descrizione.trim().is_empty() {
        return Err(no("Scegli il documento di cui scrivi la descrizione."));
    }
    Ok((valori, forse("Motivo", &s.motivo)?))
}

/// A text that may be left empty.
fn forse<T: FromStr<Err = Rifiuto>>(che: &str, testo: &str) -> Result<Option<T>, Problema> {
    if testo.trim().is_empty() {
        return Ok(None);
    }
    testo.parse().map(Some).map_err(|e: Rifiuto| no(&format!("{che}: {}.", e.regola)))
}

fn no(testo: &str) -> Problema {
    Problema::campo("/variazione", testo)
}
