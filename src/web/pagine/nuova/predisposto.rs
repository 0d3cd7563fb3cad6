//! `Predisposti`: registrations that are being prepared. The same form, put away as it was typed; it has no number until somebody
//! registers it.

use super::modulo::Modulo;
use super::{difetti, mostra, permesso};
use crate::registro::{self, FilePredisposto, Predisposto, Preparata};
use crate::utenti;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::PredispostoId;
use crate::web::pagine::campi::Difetto;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::guscio::{Guscio, rendi};
use crate::web::pagine::invio::{PERDUTI, dal_deposito};
use crate::web::pagine::{Errata, Pagine, formato};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The fields that are put away, beside those of the parties.
const CAMPI: [&str; 12] = [
    "oggetto",
    "mezzo",
    "voce",
    "ufficio",
    "riservato",
    "mittente-numero",
    "mittente-data",
    "arrivo",
    "arrivo-ora",
    "differimento",
    "risponde-a",
    "risponde-scelta",
];

struct Riga {
    id: String,
    oggetto: String,
    flusso: (&'static str, &'static str),
    parti: String,
    file: String,
    riservato: bool,
    autore: String,
    salvato: String,
    versione: i64,
}

#[derive(Template)]
#[template(path = "predisposti.html")]
struct Elenco {
    guscio: Guscio,
    righe: Vec<Riga>,
    fatto: bool,
}

/// `POST /registrazioni` with `predisponi`: puts the form away as it is.
pub(super) async fn predisponi(
    stato: &Stato,
    chi: &Chi,
    campi: &BTreeMap<String, String>,
    mut modulo: Modulo,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Uscita, Permesso::Agisce)?;
    let id: PredispostoId = modulo.chiave.parse().map_err(|_| Problema::illeggibile("Manca la chiave del modulo."))?;
    let tenuti = campi.iter().filter(|(nome, _)| CAMPI.contains(&nome.as_str()) || nome.starts_with("parte-"));
    let campi: BTreeMap<String, String> = tenuti.map(|(nome, valore)| (nome.clone(), valore.clone())).collect();
    let file =
        |f: &super::FileScelto| FilePredisposto { ruolo: f.ruolo, impronta: f.riposto.impronta, nome: f.nome.clone() };
    let (flusso, riservato, file) = (modulo.flusso, modulo.riservato, modulo.file.iter().map(file).collect());
    let (ufficio, letta) = (modulo.ufficio.parse().ok(), modulo.predisposto);
    let (aoo, attore, vista) = (chi.aoo.id, chi.attore(), chi.vista());
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(aoo, &attore, |op| {
            let ufficio = ufficio.map(|codice| utenti::trova_ufficio(op.conn, aoo, &codice)).transpose()?.flatten();
            let preparata = Preparata { id, flusso, ufficio: ufficio.map(|u| u.id), riservato, campi, file };
            Ok::<_, Problema>(registro::predisponi(op, &vista, &preparata, letta)?)
        })
    };
    match stato.blocca(scrivi).await {
        Ok(_) => Ok(verso(&format!("/predisposti/{id}?salvato=1"))),
        Err(problema) if problema.status_code() == StatusCode::CONFLICT => {
            modulo.errori = difetti(&problema);
            mostra(stato, chi, modulo, StatusCode::CONFLICT).await
        }
        Err(problema) => Err(problema.into()),
    }
}

/// Whether the page follows an act.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Seguito {
    salvato: Option<String>,
    eliminato: Option<String>,
}

/// `GET /predisposti`.
pub(in crate::web::pagine) async fn elenco(
    stato: web::Data<Stato>,
    chi: Chi,
    seguito: web::Query<Seguito>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Uscita, Permesso::Agisce)?;
    let (vista, io) = (chi.vista(), chi.attore());
    let leggi = move |stato: &Stato| Ok(stato.db.leggi(|conn| registro::predisposti(conn, &vista, &io))?);
    let letti = stato.blocca(leggi).await?;
    let letti = letti.into_iter().filter(|p| permesso(&chi, p.preparata.flusso).is_ok());
    let fatto = seguito.eliminato.is_some();
    let pagina = Elenco { guscio: Guscio::new(&chi, "/predisposti"), righe: letti.map(riga).collect(), fatto };
    Ok(rendi(StatusCode::OK, &pagina)?)
}

fn riga(p: Predisposto) -> Riga {
    let campo = |nome: &str| p.preparata.campi.get(nome).map(|t| t.trim().to_owned()).unwrap_or_default();
    let parti =
        (0..3).map(|i| format!("{} {}", campo(&format!("parte-{i}-cognome")), campo(&format!("parte-{i}-nome"))));
    let parti: Vec<String> = parti.map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect();
    Riga {
        id: p.preparata.id.to_string(),
        oggetto: campo("oggetto"),
        flusso: formato::flusso(p.preparata.flusso),
        parti: parti.join("; "),
        file: match p.preparata.file.len() {
            0 => "nessun file".to_owned(),
            1 => "1 file".to_owned(),
            n => format!("{n} file"),
        },
        riservato: p.preparata.riservato,
        autore: p.autore,
        salvato: p.salvato.leggibile(),
        versione: p.versione,
    }
}

/// `GET /predisposti/{id}`: the form as it was put away.
pub(in crate::web::pagine) async fn apri(
    stato: web::Data<Stato>,
    pagine: web::Data<Pagine>,
    chi: Chi,
    id: web::Path<String>,
    seguito: web::Query<Seguito>,
) -> Result<HttpResponse, Errata> {
    let letto = leggi(&stato, &chi, &id).await?;
    let mut campi = letto.preparata.campi;
    campi.insert("flusso".to_owned(), letto.preparata.flusso.as_str().to_owned());
    campi.insert("chiave".to_owned(), letto.preparata.id.to_string());
    campi.insert("predisposto".to_owned(), letto.versione.to_string());
    let (mut file, mut perduti) = (Vec::new(), false);
    let di_chi = chi.sessione.persona.id.to_string();
    for f in letto.preparata.file {
        match dal_deposito((&stato, &pagine), &di_chi, f.ruolo, f.impronta, f.nome).await {
            Ok(scelto) => file.push(scelto),
            Err(_) => perduti = true,
        }
    }
    let mut modulo = Modulo::da_campi(&campi, file)?;
    modulo.richiamo = super::cerca(&stato, &chi, std::mem::take(&mut modulo.richiamo)).await?;
    modulo.salvato = seguito.salvato.as_ref().map(|_| letto.salvato.leggibile());
    if perduti {
        modulo.errori = vec![Difetto { campo: "allegati".to_owned(), testo: PERDUTI.to_owned() }];
    }
    mostra(&stato, &chi, modulo, StatusCode::OK).await
}

/// A predisposto that this person may see and could register.
async fn leggi(stato: &Stato, chi: &Chi, id: &str) -> Result<Predisposto, Errata> {
    chi.serve(Azione::Uscita, Permesso::Agisce)?;
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    let (vista, io) = (chi.vista(), chi.attore());
    let leggi = move |stato: &Stato| Ok(stato.db.leggi(|conn| registro::predisposto(conn, &vista, &io, id))?);
    let letto = stato.blocca(leggi).await?;
    permesso(chi, letto.preparata.flusso)?;
    Ok(letto)
}

/// The form that throws one away.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Elimina {
    modulo: String,
    /// The version that was read.
    #[serde(default)]
    predisposto: i64,
}

/// `POST /predisposti/{id}/eliminazione`.
pub(in crate::web::pagine) async fn elimina(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Elimina>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Uscita, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let (id, letta) = (leggi(&stato, &chi, &id).await?.preparata.id, form.predisposto);
    let (aoo, attore, vista) = (chi.aoo.id, chi.attore(), chi.vista());
    let togli = move |stato: &Stato| {
        let togli = |op: &mut crate::storage::Operazione<'_>| registro::togli_predisposto(op, &vista, id, letta);
        Ok(stato.db.scrivi(aoo, &attore, togli)?)
    };
    stato.blocca(togli).await?;
    Ok(verso("/predisposti?eliminato=1"))
}

fn verso(strada: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, strada)).finish()
}
