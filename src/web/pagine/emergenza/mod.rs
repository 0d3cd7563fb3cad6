//! `/registro/emergenza`: the register of emergenza. The RSP authorises, extends, restores and reopens; who reads the register reads
//! which emergenze there were and what their numbers became; the rows are for who registers what arrives.

mod righe;
mod tabella;

pub(super) use righe::{mostra, recupera, stampa, togli, trascrivi};
pub(super) use tabella::{MASSIMO_FILE, leggi as leggi_tabella};

use super::campi::{Difetto, frase, rifiuta, serve};
use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::{Errata, formato};
use crate::registro::emergenza::{self, Emergenza, NuovaEmergenza};
use crate::storage::Operazione;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{EmergenzaId, Istante, Rifiuto, Testo};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use std::collections::HashMap;
use std::str::FromStr;

/// A form, as it was typed: by the names of its fields.
type Campi = HashMap<String, String>;

struct Riga {
    id: String,
    causa: String,
    inizio: String,
    fino: String,
    stato: String,
    postazioni: String,
}

#[derive(Template)]
#[template(path = "emergenze.html")]
struct Pagina {
    guscio: Guscio,
    agisce: bool,
    righe: Vec<Riga>,
    scritto: Campi,
    errori: Vec<Difetto>,
}

impl Pagina {
    fn errore(&self, campo: &str) -> Option<&str> {
        self.errori.iter().find(|d| d.campo == campo).map(|d| d.testo.as_str())
    }

    fn valore(&self, campo: &str) -> &str {
        campo_di(&self.scritto, campo)
    }
}

fn campo_di<'a>(campi: &'a Campi, nome: &str) -> &'a str {
    campi.get(nome).map_or("", String::as_str)
}

pub(super) async fn elenco(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    elenca(&stato, &chi, Campi::new(), Vec::new(), StatusCode::OK).await
}

async fn elenca(
    stato: &Stato,
    chi: &Chi,
    scritto: Campi,
    errori: Vec<Difetto>,
    codice: StatusCode,
) -> Result<HttpResponse, Errata> {
    let aoo = chi.aoo.id;
    let trovate = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| emergenza::emergenze(conn, aoo))?)).await?;
    let pagina = Pagina {
        guscio: Guscio::new(chi, "/registro"),
        agisce: chi.permesso(Azione::Registro) >= Permesso::Agisce,
        righe: trovate.iter().map(riga).collect(),
        scritto,
        errori,
    };
    Ok(rendi(codice, &pagina)?)
}

fn riga(e: &Emergenza) -> Riga {
    Riga {
        id: e.id.to_string(),
        causa: e.causa.to_string(),
        inizio: formato::minuto(e.inizio),
        fino: formato::minuto(e.fine.unwrap_or_else(|| e.autorizzata_fino())),
        stato: situazione(e),
        postazioni: unisci(&e.postazioni),
    }
}

/// How an emergenza stands, in words.
fn situazione(e: &Emergenza) -> String {
    let mancanti: Vec<String> = e.mancanti().into_iter().map(ToString::to_string).collect();
    if e.fine.is_none() {
        "in corso".to_owned()
    } else if mancanti.is_empty() {
        "recuperata".to_owned()
    } else {
        format!("da recuperare: {}", mancanti.join(", "))
    }
}

fn unisci<T: ToString>(codici: &[T]) -> String {
    codici.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// `POST /registro/emergenza`: the RSP authorises.
pub(super) async fn autorizza(
    stato: web::Data<Stato>,
    chi: Chi,
    form: web::Form<Campi>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    let scritto = form.into_inner();
    chi.modulo(campo_di(&scritto, "modulo"))?;
    let ora = stato.db.orologio().adesso();
    let mut errori = Vec::new();
    let Some(nuova) = leggi(&scritto, ora, &mut errori) else {
        return elenca(&stato, &chi, scritto, errori, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let (aoo, attore) = (chi.aoo.id, chi.attore());
    let esito = stato
        .blocca(move |stato| Ok::<_, Problema>(stato.db.scrivi(aoo, &attore, |op| emergenza::autorizza(op, &nuova))?));
    match esito.await {
        Ok(id) => Ok(verso(&format!("/registro/emergenza/{id}"))),
        Err(problema) if problema.status_code() == StatusCode::UNPROCESSABLE_ENTITY => {
            let campo = match problema.difetti().first().map(|d| d.pointer.as_str()) {
                Some("/inizio") => "dal",
                Some("/postazioni") => "postazioni",
                _ => "uffici",
            };
            rifiuta(campo, problema.to_string(), &mut errori);
            elenca(&stato, &chi, scritto, errori, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(problema) => Err(problema.into()),
    }
}

fn leggi(s: &Campi, ora: Istante, errori: &mut Vec<Difetto>) -> Option<NuovaEmergenza> {
    let v = |nome: &str| campo_di(s, nome);
    let causa = serve("causa", v("causa"), "Scrivi la causa: resta nell'atto.", errori);
    let manca = "Scrivi gli estremi del provvedimento, anche se è stato dato a voce.";
    let provvedimento = serve("provvedimento", v("provvedimento"), manca, errori);
    let inizio = formato::leggi_istante(v("dal"), v("dal-ora"), ora.giorno());
    let inizio = inizio.map_err(|e| rifiuta("dal", e, errori)).ok();
    let (postazioni, uffici) = (codici("postazioni", v("postazioni"), errori), codici("uffici", v("uffici"), errori));
    Some(NuovaEmergenza {
        causa: causa?,
        provvedimento: provvedimento?,
        inizio: inizio?,
        postazioni: postazioni?,
        uffici: uffici?,
    })
}

/// Codes with commas or blanks between them.
fn codici<T: FromStr<Err = Rifiuto>>(campo: &str, testo: &str, errori: &mut Vec<Difetto>) -> Option<Vec<T>> {
    let letti: Result<Vec<T>, Rifiuto> =
        testo.split([',', ' ', ';']).filter(|c| !c.is_empty()).map(str::parse).collect();
    letti.map_err(|e: Rifiuto| rifiuta(campo, e, errori)).ok()
}

/// `POST /registro/emergenza/{id}/proroghe`: the RSP extends.
pub(super) async fn proroga(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Campi>,
) -> Result<HttpResponse, Errata> {
    let leggi = |s: &Campi, ora: Istante, errori: &mut Vec<Difetto>| {
        let causa = serve::<Testo>("causa", campo_di(s, "causa"), "Scrivi la causa della proroga.", errori);
        let manca = "Scrivi gli estremi del provvedimento di proroga.";
        let provvedimento = serve::<Testo>("provvedimento", campo_di(s, "provvedimento"), manca, errori);
        Some((causa?, provvedimento?, istante(s, ora, errori)?))
    };
    decidi(&stato, chi, &id, form.into_inner(), leggi, |op, id, (causa, provvedimento, fino)| {
        emergenza::proroga(op, id, (&causa, &provvedimento), fino)
    })
    .await
}

/// `POST /registro/emergenza/{id}/ripristino`: the RSP says when the system worked again.
pub(super) async fn ripristina(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Campi>,
) -> Result<HttpResponse, Errata> {
    decidi(&stato, chi, &id, form.into_inner(), istante, emergenza::ripristina).await
}

/// `POST /registro/emergenza/{id}/riapertura`: the RSP lets ordinary registration go on.
pub(super) async fn riapri(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Campi>,
) -> Result<HttpResponse, Errata> {
    let leggi = |s: &Campi, _: Istante, errori: &mut Vec<Difetto>| {
        serve::<Testo>("motivo", campo_di(s, "motivo"), "Scrivi il motivo: resta nell'atto.", errori)
    };
    decidi(&stato, chi, &id, form.into_inner(), leggi, |op, id, motivo| emergenza::riapri(op, id, &motivo)).await
}

fn istante(s: &Campi, ora: Istante, errori: &mut Vec<Difetto>) -> Option<Istante> {
    let letto = formato::leggi_istante(campo_di(s, "giorno"), campo_di(s, "giorno-ora"), ora.giorno());
    letto.map_err(|e| rifiuta("giorno", e, errori)).ok()
}

/// One act of the RSP on an emergenza: read from the form, then written.
async fn decidi<T: Send + 'static>(
    stato: &Stato,
    chi: Chi,
    id: &str,
    scritto: Campi,
    leggi: impl FnOnce(&Campi, Istante, &mut Vec<Difetto>) -> Option<T>,
    fai: impl FnOnce(&mut Operazione<'_>, EmergenzaId, T) -> Result<(), emergenza::Errore> + Send + 'static,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    chi.modulo(campo_di(&scritto, "modulo"))?;
    let id = quale(id)?;
    let mut errori = Vec::new();
    let Some(letto) = leggi(&scritto, stato.db.orologio().adesso(), &mut errori) else {
        let frasi = errori.into_iter().map(|d| d.testo).collect();
        return righe::con_avvisi(stato, &chi, id, scritto, frasi).await;
    };
    let (aoo, attore) = (chi.aoo.id, chi.attore());
    let esito = stato.blocca(move |stato| Ok::<_, Problema>(stato.db.scrivi(aoo, &attore, |op| fai(op, id, letto))?));
    dopo(stato, &chi, id, scritto, esito.await).await
}

/// Back to the emergenza; with the refusal, if it is one that a person can mend.
async fn dopo(
    stato: &Stato,
    chi: &Chi,
    id: EmergenzaId,
    scritto: Campi,
    esito: Result<(), Problema>,
) -> Result<HttpResponse, Errata> {
    match esito {
        Ok(()) => Ok(verso(&format!("/registro/emergenza/{id}?postazione={}", campo_di(&scritto, "postazione")))),
        Err(p) if matches!(p.status_code(), StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT) => {
            let frasi = vec![frase(&p.to_string())];
            righe::con_avvisi(stato, chi, id, scritto, frasi).await
        }
        Err(problema) => Err(problema.into()),
    }
}

fn quale(id: &str) -> Result<EmergenzaId, Problema> {
    id.parse().map_err(|_| Problema::non_trovato())
}

fn verso(luogo: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish()
}
