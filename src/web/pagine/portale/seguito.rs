//! The receipt, which is also where an istanza is followed: whoever has its code sees its state.

use super::cornice::Cornice;
use crate::istanze::{self, CodiceIstanza, Seguito, Sottoscrizione};
use crate::registro::{self, Registrazione};
use crate::valori::NomeFile;
use crate::web::pagine::entra::dallo_stesso_sito;
use crate::web::pagine::guscio::rendi;
use crate::web::pagine::{Errata, Pagine, formato};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "portale/cerca.html")]
struct Cerca<'a> {
    cornice: Cornice,
    codice: &'a str,
    errore: &'a str,
}

#[derive(Template)]
#[template(path = "portale/seguito.html")]
struct Pagina {
    cornice: Cornice,
    codice: CodiceIstanza,
    seguito: Seguito,
    inviata: bool,
    stato: &'static str,
    /// Days left before the term ends; negative when it is over.
    mancano: i64,
    /// How the last day was counted, if anything stopped the term.
    conto: Option<String>,
}

/// What is typed to find an istanza again.
#[derive(Deserialize)]
pub(super) struct Cercata {
    codice: String,
}

/// Where one comes from.
#[derive(Deserialize)]
pub(super) struct Arrivo {
    inviata: Option<String>,
}

/// The field for the code.
pub(super) async fn cerca() -> Result<HttpResponse, Errata> {
    Ok(rendi(StatusCode::OK, &Cerca { cornice: Cornice::comune(), codice: "", errore: "" })?)
}

/// To the page of the code, if there is one.
pub(super) async fn vai(
    stato: web::Data<Stato>,
    pagine: web::Data<Pagine>,
    http: HttpRequest,
    form: web::Form<Cercata>,
) -> Result<HttpResponse, Errata> {
    dallo_stesso_sito(&http)?;
    match leggi(&stato, &pagine, &http, &form.codice).await {
        Ok((codice, _)) => {
            let luogo = format!("/istanze/{codice}");
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
        }
        Err(Errata::Problema(p)) if actix_web::ResponseError::status_code(&p) == StatusCode::NOT_FOUND => {
            let errore = "Nessuna richiesta ha questo codice: controlla di averlo scritto come sulla ricevuta.";
            let pagina = Cerca { cornice: Cornice::comune(), codice: &form.codice, errore };
            Ok(rendi(StatusCode::UNPROCESSABLE_ENTITY, &pagina)?)
        }
        Err(e) => Err(e),
    }
}

/// The receipt.
pub(super) async fn mostra(
    stato: web::Data<Stato>,
    pagine: web::Data<Pagine>,
    http: HttpRequest,
    codice: web::Path<String>,
    arrivo: web::Query<Arrivo>,
) -> Result<HttpResponse, Errata> {
    let (codice, seguito) = leggi(&stato, &pagine, &http, &codice).await?;
    let oggi = stato.db.orologio().adesso().giorno();
    let pagina = Pagina {
        cornice: Cornice::di(&seguito.aoo),
        codice,
        inviata: arrivo.inviata.is_some(),
        stato: stato_di(&seguito),
        mancano: seguito.termine.as_ref().and_then(|t| t.scade).map_or(0, |s| s.signed_duration_since(oggi).num_days()),
        conto: seguito.termine.as_ref().filter(|t| !t.vicende.is_empty()).map(|t| t.spiega(oggi)),
        seguito,
    };
    Ok(rendi(StatusCode::OK, &pagina)?)
}

/// The receipt to keep.
pub(super) async fn ricevuta(
    stato: web::Data<Stato>,
    pagine: web::Data<Pagine>,
    http: HttpRequest,
    codice: web::Path<String>,
) -> Result<HttpResponse, Errata> {
    let codice = ammesso(&stato, &pagine, &http, &codice)?;
    let fatta = stato.blocca(move |stato| {
        let ora = stato.db.orologio().adesso();
        let ricevuta = stato.db.leggi(|conn| istanze::ricevuta(conn, &codice, ora))?;
        Ok(ricevuta.stampa().map_err(registro::Errore::Stampa)?)
    });
    let nome = NomeFile::da_arrivo("ricevuta.pdf", "ricevuta.pdf");
    Ok(formato::da_salvare(&nome, "application/pdf").body(fatta.await?))
}

async fn leggi(
    stato: &Stato,
    pagine: &Pagine,
    http: &HttpRequest,
    codice: &str,
) -> Result<(CodiceIstanza, Seguito), Errata> {
    let codice = ammesso(stato, pagine, http, codice)?;
    let cercato = codice.clone();
    let seguito = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| istanze::segui(conn, &cercato))?)).await?;
    Ok((codice, seguito))
}

/// The code, if whoever tries it has not tried too many.
fn ammesso(stato: &Stato, pagine: &Pagine, http: &HttpRequest, codice: &str) -> Result<CodiceIstanza, Errata> {
    if !pagine.ammette(&pagine.codici, http, stato.db.orologio().adesso()) {
        let testo = "Da questo indirizzo sono arrivate troppe domande. Riprova fra un quarto d'ora.";
        return Err(Problema::troppi(testo, 900).into());
    }
    codice.parse().map_err(|_| Problema::non_trovato().into())
}

/// Where the istanza is, in a word (UX.md 9).
fn stato_di(seguito: &Seguito) -> &'static str {
    match seguito.registrazione {
        None => "Presentata",
        Some(ref r) if r.annullamento.is_some() => "Annullata",
        Some(_) if !seguito.risposte.is_empty() => "Risposta inviata",
        Some(_) => "In carico",
    }
}

impl Pagina {
    fn numero(r: &Registrazione) -> String {
        format!("{}/{}", r.numero, r.anno)
    }

    fn data(giorno: &NaiveDate) -> String {
        formato::data(*giorno)
    }
}
