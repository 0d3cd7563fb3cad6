//! `Predisposti`: registrations that are being prepared. The same form, put away as it was typed; it has no number until somebody
//! registers it.

use super::modulo::Modulo;
use super::{difetti, mostra, permesso};
use crate::registro::{self, FilePredisposto, Flusso, Predisposto, Preparata};
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::{self, risposta};
use crate::valori::{Istante, PredispostoId};
use crate::web::pagine::campi::Difetto;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::guscio::{Guscio, rendi};
use crate::web::pagine::invio::{FileScelto, dal_deposito};
use crate::web::pagine::{Errata, Pagine, formato};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;
use std::collections::BTreeMap;

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
    eliminato: bool,
    /// One was put away and is not among them.
    salvato: bool,
}

/// `POST /registrazioni` with `predisponi`: puts the form away as it is.
pub(super) async fn predisponi(stato: &Stato, chi: &Chi, mut modulo: Modulo) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Uscita, Permesso::Agisce)?;
    let id: PredispostoId = modulo.chiave.parse().map_err(|_| Problema::illeggibile("Manca la chiave del modulo."))?;
    let file = |f: &FileScelto| FilePredisposto { ruolo: f.ruolo, impronta: f.riposto.impronta, nome: f.nome.clone() };
    let (flusso, riservato, file) = (modulo.flusso, modulo.riservato, modulo.file.iter().map(file).collect());
    let (ufficio, letta) = (modulo.ufficio.parse().ok(), modulo.predisposto);
    let campi = campi(&modulo, stato.db.orologio().adesso());
    let (aoo, attore, vista) = (chi.aoo.id, chi.attore(), chi.vista());
    let richiesta = super::richiesta(chi, &modulo);
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(aoo, &attore, |op| {
            // A form that was registered, and is still open in a page before.
            match risposta::precedente(op.conn, &richiesta) {
                Ok(None) => {}
                Ok(Some(_)) | Err(utenti::Errore::ChiaveRiusata) => {
                    return Err(registro::Errore::PredispostoSparito.into());
                }
                Err(altro) => return Err(altro.into()),
            }
            let ufficio = ufficio.map(|codice| utenti::trova_ufficio(op.conn, aoo, &codice)).transpose()?.flatten();
            let preparata = Preparata { id, flusso, ufficio: ufficio.map(|u| u.id), riservato, campi, file };
            registro::predisponi(op, &vista, &preparata, letta)?;
            // It may have been given to an office of others.
            match registro::predisposto(op.conn, &vista, &attore, id) {
                Ok(_) => Ok(true),
                Err(registro::Errore::PredispostoSconosciuto) => Ok(false),
                Err(altro) => Err(Problema::from(altro)),
            }
        })
    };
    match stato.blocca(scrivi).await {
        Ok(true) => Ok(verso(&format!("/predisposti/{id}?salvato=1"))),
        Ok(false) => Ok(verso("/predisposti?salvato=1")),
        Err(problema) if [StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY].contains(&problema.status_code()) => {
            let codice = problema.status_code();
            modulo.errori = difetti(&problema);
            mostra(stato, chi, modulo, codice).await
        }
        Err(problema) => Err(problema.into()),
    }
}

/// The fields by name. A day or a number that counts from today is written in full: it is read again on another day.
fn campi(m: &Modulo, ora: Istante) -> BTreeMap<String, String> {
    let giorno =
        |testo: &str| formato::leggi_data(testo, ora.giorno()).map_or_else(|_| testo.to_owned(), formato::data);
    let risponde_a = formato::leggi_numero(&m.richiamo.scritto, ora.anno());
    let risponde_a = risponde_a.map_or_else(|| m.richiamo.scritto.clone(), |(numero, anno)| format!("{numero}/{anno}"));
    let mut campi: BTreeMap<String, String> = [
        ("oggetto", m.oggetto.clone()),
        ("mezzo", m.mezzo.clone()),
        ("voce", m.voce.clone()),
        ("ufficio", m.ufficio.clone()),
        ("mittente-numero", m.mittente_numero.clone()),
        ("mittente-data", giorno(&m.mittente_data)),
        ("arrivo", giorno(&m.arrivo)),
        ("arrivo-ora", m.arrivo_ora.clone()),
        ("data-documento", giorno(&m.data_documento)),
        ("differimento", m.differimento.clone()),
        ("risponde-a", risponde_a),
        ("risponde-scelta", m.richiamo.scelta.clone()),
    ]
    .map(|(nome, valore)| (nome.to_owned(), valore))
    .into();
    if m.riservato {
        campi.insert("riservato".to_owned(), "1".to_owned());
    }
    for (i, p) in m.parti.iter().enumerate() {
        let parte = [
            ("tipo", &p.tipo),
            ("cognome", &p.cognome),
            ("nome", &p.nome),
            ("cf", &p.codice_fiscale),
            ("pec", &p.pec),
            ("ipa", &p.codice_ipa),
            ("aoo", &p.codice_aoo),
            ("uo", &p.codice_uo),
        ];
        campi.extend(parte.map(|(nome, valore)| (format!("parte-{i}-{nome}"), valore.clone())));
    }
    campi
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
    let flussi = [Flusso::Entrata, Flusso::Uscita, Flusso::Interna].into_iter().filter(|f| permesso(&chi, *f).is_ok());
    let flussi: Vec<Flusso> = flussi.collect();
    let leggi = move |stato: &Stato| Ok(stato.db.leggi(|conn| registro::predisposti(conn, &vista, &io, &flussi))?);
    let pagina = Elenco {
        guscio: Guscio::new(&chi, "/predisposti"),
        righe: stato.blocca(leggi).await?.into_iter().map(riga).collect::<Result<_, _>>()?,
        eliminato: seguito.eliminato.is_some(),
        salvato: seguito.salvato.is_some(),
    };
    Ok(rendi(StatusCode::OK, &pagina)?)
}

fn riga(p: Predisposto) -> Result<Riga, Problema> {
    let modulo = modulo(&p, Vec::new())?;
    Ok(Riga {
        id: p.preparata.id.to_string(),
        parti: modulo.nomi(),
        oggetto: modulo.oggetto,
        flusso: formato::flusso(p.preparata.flusso),
        file: match p.preparata.file.len() {
            0 => "nessun file".to_owned(),
            1 => "1 file".to_owned(),
            n => format!("{n} file"),
        },
        riservato: p.preparata.riservato,
        autore: p.autore,
        salvato: p.salvato.leggibile(),
        versione: p.versione,
    })
}

/// `GET /predisposti/{id}`: the form as it was put away.
pub(in crate::web::pagine) async fn apri(
    stato: web::Data<Stato>,
    pagine: web::Data<Pagine>,
    chi: Chi,
    id: web::Path<String>,
    seguito: web::Query<Seguito>,
) -> Result<HttpResponse, Errata> {
    let mut letto = leggi(&stato, &chi, &id).await?;
    let file = scelti((&stato, &pagine), &chi, std::mem::take(&mut letto.preparata.file)).await?;
    let mut modulo = modulo(&letto, file)?;
    modulo.richiamo = super::cerca(&stato, &chi, std::mem::take(&mut modulo.richiamo)).await?;
    modulo.salvato = seguito.salvato.as_ref().map(|_| letto.salvato.leggibile());
    mostra(&stato, &chi, modulo, StatusCode::OK).await
}

/// The form that was put away.
fn modulo(p: &Predisposto, file: Vec<FileScelto>) -> Result<Modulo, Problema> {
    let mut campi = p.preparata.campi.clone();
    campi.insert("flusso".to_owned(), p.preparata.flusso.as_str().to_owned());
    campi.insert("chiave".to_owned(), p.preparata.id.to_string());
    campi.insert("predisposto".to_owned(), p.versione.to_string());
    Modulo::da_campi(&campi, file)
}

/// Its files, as files of the form.
async fn scelti(dove: (&Stato, &Pagine), chi: &Chi, file: Vec<FilePredisposto>) -> Result<Vec<FileScelto>, Problema> {
    let di_chi = chi.sessione.persona.id.to_string();
    let mut scelti = Vec::with_capacity(file.len());
    for f in file {
        scelti.push(dal_deposito(dove, &di_chi, f.ruolo, f.impronta, f.nome).await?);
    }
    Ok(scelti)
}

/// The form of a predisposto whose kept files the program knows no more, since it was started anew: it comes back with those that
/// were put away, and says so.
pub(super) async fn riprendi(
    stato: &Stato,
    pagine: &Pagine,
    chi: &Chi,
    mut modulo: Modulo,
) -> Result<HttpResponse, Errata> {
    let letto = leggi(stato, chi, &modulo.chiave).await?;
    let nuovi = std::mem::take(&mut modulo.file);
    modulo.file = scelti((stato, pagine), chi, letto.preparata.file).await?;
    modulo.file.retain(|f| !nuovi.iter().any(|n| f.e_principale() && n.e_principale()));
    modulo.file.extend(nuovi);
    let testo =
        "I file del predisposto sono di nuovo tutti qui: togli la spunta a quelli che non servono, poi continua.";
    modulo.errori = vec![Difetto { campo: "allegati".to_owned(), testo: testo.to_owned() }];
    mostra(stato, chi, modulo, StatusCode::UNPROCESSABLE_ENTITY).await
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
    let letto = leggi(&stato, &chi, &id).await?.preparata;
    let (quale, letta) = ((letto.id, letto.flusso), form.predisposto);
    let (aoo, attore, vista) = (chi.aoo.id, chi.attore(), chi.vista());
    let togli = move |stato: &Stato| {
        stato.db.scrivi(aoo, &attore, |op| match registro::predisposto_letto(op, &vista, quale, letta)? {
            Some(letto) => Ok(registro::togli_predisposto(op, &letto)?),
            None => Err(Problema::non_trovato()),
        })
    };
    stato.blocca(togli).await?;
    Ok(verso("/predisposti?eliminato=1"))
}

fn verso(strada: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, strada)).finish()
}
