//! `/conservazione`: where the registrations stand on their way to the conservator, and what stops some of them.

use super::Errata;
use super::chi::Chi;
use super::formato;
use super::guscio::{Guscio, rendi};
use crate::conservazione::{self, Quadro, Stato as Punto};
use crate::registro;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::RegistrazioneId;
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Rows of a page.
const PAGINA: i64 = 50;

/// How many have come this far, and the list of them.
struct Riquadro {
    nome: &'static str,
    quanti: i64,
    icona: &'static str,
    esito: &'static str,
    stato: &'static str,
    scelto: bool,
}

/// A reason, and how many it stops.
struct Causa {
    testo: String,
    quanti: String,
}

struct Riga {
    id: String,
    numero: String,
    oggetto: String,
    parola: &'static str,
    icona: &'static str,
    esito: &'static str,
    motivo: Option<String>,
    istante: String,
    momento: String,
    pacchetto: bool,
    annullata: bool,
    /// It waits for somebody to try again.
    ferma: bool,
}

#[derive(Template)]
#[template(path = "conservazione.html")]
struct Pagina {
    guscio: Guscio,
    di_prova: bool,
    /// This person may put a registration on its way again.
    agisce: bool,
    riquadri: Vec<Riquadro>,
    cause: Vec<Causa>,
    righe: Vec<Riga>,
    stato: Option<&'static str>,
    prima: bool,
    cursore: Option<String>,
}

/// Which of them, and where the page begins.
#[derive(Deserialize)]
pub(super) struct Filtro {
    stato: Option<String>,
    prima: Option<String>,
}

/// Word, icon and kind of a point of the way.
pub(super) fn parola(punto: Punto) -> (&'static str, &'static str, &'static str) {
    match punto {
        Punto::DaPreparare => ("Da preparare", "it-files", "attesa"),
        Punto::Preparato => ("Pronto per il versamento", "it-clock", "attesa"),
        Punto::Consegnato => ("In attesa della ricevuta", "it-upload", "attesa"),
        Punto::DaCorreggere => ("Da correggere", "it-warning-circle", "cattiva"),
    }
}

/// The form that puts a registration on its way again.
#[derive(Deserialize)]
pub(super) struct Riprova {
    modulo: String,
    registrazione: String,
}

/// `POST /conservazione/riprova`: the same package if there is one, else a new one.
pub(super) async fn riprova(
    stato: web::Data<Stato>,
    chi: Chi,
    form: web::Form<Riprova>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Conservazione, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let id: RegistrazioneId = form.registrazione.parse().map_err(|_| Problema::non_trovato())?;
    stato
        .blocca(move |stato| {
            let (vista, attore) = (chi.vista(), chi.attore());
            Ok(stato.db.scrivi(chi.aoo.id, &attore, |op| conservazione::riprova(op, &vista, id))?)
        })
        .await?;
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/conservazione#versamenti")).finish())
}

pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chi,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Conservazione, Permesso::Legge)?;
    let Filtro { stato: scelto, prima } = filtro.into_inner();
    let scelto: Option<Punto> = scelto.map(|s| s.parse()).transpose().map_err(|_| Problema::non_trovato())?;
    let prima: Option<RegistrazioneId> = prima.map(|p| p.parse()).transpose().map_err(|_| Problema::non_trovato())?;
    let (vista, ora) = (chi.vista(), stato.db.orologio().adesso());
    let (quadro, righe, cursore) = stato
        .blocca(move |stato| {
            stato.db.leggi(|conn| {
                let punti = scelto.map_or_else(|| Punto::TUTTI.to_vec(), |s| vec![s]);
                let mut trovati = conservazione::elenco(conn, &vista, &punti, prima, PAGINA + 1)?;
                let altri = i64::try_from(trovati.len()).is_ok_and(|n| n > PAGINA);
                if altri {
                    trovati.pop();
                }
                let cursore = trovati.last().filter(|_| altri).map(|v| v.registrazione.to_string());
                let ids: Vec<RegistrazioneId> = trovati.iter().map(|v| v.registrazione).collect();
                let registrazioni = registro::per_ids(conn, &vista, &ids)?;
                let righe: Vec<Riga> = trovati
                    .into_iter()
                    .map(|v| {
                        let (parola, icona, esito) = parola(v.stato);
                        let oggetto = registrazioni.iter().find(|r| r.id == v.registrazione);
                        Riga {
                            id: v.registrazione.to_string(),
                            numero: format!("{}/{}", v.numero, v.anno),
                            oggetto: oggetto.map(|r| r.oggetto.to_string()).unwrap_or_default(),
                            annullata: oggetto.is_some_and(|r| r.annullamento.is_some()),
                            ferma: v.stato == Punto::DaCorreggere,
                            parola,
                            icona,
                            esito,
                            motivo: v.motivo,
                            istante: v.istante.roma(),
                            momento: formato::momento(v.istante, ora),
                            pacchetto: v.pacchetto.is_some(),
                        }
                    })
                    .collect();
                Ok::<_, Problema>((conservazione::quadro(conn, &vista)?, righe, cursore))
            })
        })
        .await?;
    let pagina = Pagina {
        guscio: Guscio::new(&chi, "/conservazione"),
        di_prova: chi.aoo.di_prova(),
        agisce: chi.permesso(Azione::Conservazione) >= Permesso::Agisce,
        riquadri: riquadri(&quadro, scelto),
        cause: cause(quadro),
        righe,
        stato: scelto.map(Punto::as_str),
        prima: prima.is_none(),
        cursore,
    };
    Ok(rendi(StatusCode::OK, &pagina)?)
}

fn riquadri(quadro: &Quadro, scelto: Option<Punto>) -> Vec<Riquadro> {
    let quanti = |punto| quadro.per_stato.iter().find(|(s, _)| *s == punto).map_or(0, |(_, quanti)| *quanti);
    let riquadro = |punto| {
        let (nome, icona, esito) = parola(punto);
        let scelto = scelto == Some(punto);
        Riquadro { nome, quanti: quanti(punto), icona, esito, stato: punto.as_str(), scelto }
    };
    Punto::TUTTI.map(riquadro).into()
}

fn cause(quadro: Quadro) -> Vec<Causa> {
    let causa = |(testo, quanti)| {
        let quanti = formato::conta(usize::try_from(quanti).unwrap_or(0), "documento", "documenti");
        Causa { testo, quanti }
    };
    quadro.per_motivo.into_iter().map(causa).collect()
}
