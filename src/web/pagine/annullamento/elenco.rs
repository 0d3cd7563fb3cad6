//! `/annullamenti`: the proposals that wait for the RSP, then what was annulled, with its provvedimento (UX.md 7).

use super::nome;
use crate::registro::{self, Proposta, Registrazione, Valore};
use crate::scrivania;
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, NomeFile, PropostaId, RegistrazioneId, Testo};
use crate::web::pagine::campi::frase;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::guscio::{Guscio, rendi};
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;
use std::collections::HashMap;

/// Proposals shown, the oldest first.
const MASSIMO_ATTESE: i64 = 100;
/// Provvedimenti of a page.
const PAGINA: i64 = 50;
/// Longest provvedimento that is read back, in bytes.
const MASSIMO_TESTO: u64 = 64 * 1024 * 1024;

/// A proposal that waits.
struct Attesa {
    id: String,
    registrazione: String,
    numero: String,
    che: String,
    /// The value in force and the proposed one.
    valori: Option<(String, String)>,
    riservato: bool,
    motivo: String,
    autore: String,
    istante: String,
    momento: String,
}

/// A provvedimento.
struct Fatto {
    registrazione: String,
    numero: String,
    anno: i32,
    provvedimento: i64,
    che: String,
    motivo: String,
    autore: String,
    istante: String,
    momento: String,
    /// It was filed, and its text is for whoever looks.
    scaricabile: bool,
}

#[derive(Template)]
#[template(path = "annullamenti.html")]
struct Pagina {
    guscio: Guscio,
    decide: bool,
    attese: Vec<Attesa>,
    fatti: Vec<Fatto>,
    prima: bool,
    cursore: Option<String>,
    rifiuto: Option<String>,
}

/// Where the page begins: year and number of the last provvedimento of the page before.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Filtro {
    prima: Option<String>,
}

/// `GET /annullamenti`.
pub(in crate::web::pagine) async fn elenco(
    stato: web::Data<Stato>,
    chi: Chi,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    let leggi = |testo: &str| {
        let (anno, numero) = testo.split_once('-')?;
        Some((anno.parse().ok()?, numero.parse().ok()?))
    };
    let prima = match &filtro.prima {
        None => None,
        Some(testo) => Some(leggi(testo).ok_or_else(Problema::non_trovato)?),
    };
    mostra(&stato, &chi, prima, None).await
}

async fn mostra(
    stato: &Stato,
    chi: &Chi,
    prima: Option<(i32, i64)>,
    rifiuto: Option<String>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    let ora = stato.db.orologio().adesso();
    let vista = chi.vista();
    let letti = stato.blocca(move |stato| {
        stato.db.leggi(|conn| {
            let attese = attese(conn, &vista, ora)?;
            let (fatti, cursore) = fatti(conn, &vista, prima, ora)?;
            Ok::<_, Problema>((attese, fatti, cursore))
        })
    });
    let (attese, fatti, cursore) = letti.await?;
    let codice = if rifiuto.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let pagina = Pagina {
        guscio: Guscio::new(chi, "/annullamenti"),
        decide: chi.permesso(Azione::Registro) >= Permesso::Agisce,
        attese,
        fatti,
        prima: prima.is_none(),
        cursore,
        rifiuto,
    };
    Ok(rendi(codice, &pagina)?)
}

fn per_id(
    conn: &mut Conn,
    vista: &Vista,
    ids: &[RegistrazioneId],
) -> Result<HashMap<RegistrazioneId, Registrazione>, Problema> {
    Ok(registro::per_ids(conn, vista, ids)?.into_iter().map(|r| (r.id, r)).collect())
}

fn attese(conn: &mut Conn, vista: &Vista, ora: Istante) -> Result<Vec<Attesa>, Problema> {
    let proposte = registro::in_attesa(conn, vista, None, MASSIMO_ATTESE)?;
    let ids: Vec<RegistrazioneId> = proposte.iter().map(|p| p.registrazione).collect();
    let registrazioni = per_id(conn, vista, &ids)?;
    let attesa = |p: &Proposta| {
        let r = registrazioni.get(&p.registrazione)?;
        let campo = p.rettifica.as_ref().map(|x| x.valore.campo());
        Some(Attesa {
            id: p.id.to_string(),
            registrazione: r.id.to_string(),
            numero: format!("{}/{}", r.numero, r.anno),
            che: campo.map_or_else(|| "Tutta la registrazione".to_owned(), nome),
            valori: p
                .rettifica
                .as_ref()
                .map(|x| (Valore::in_vigore(r, x.valore.campo()).leggibile(), x.valore.leggibile())),
            riservato: p.rettifica.as_ref().is_some_and(|x| x.riservato),
            motivo: p.motivo.to_string(),
            autore: p.autore.clone(),
            istante: p.istante.roma(),
            momento: formato::momento(p.istante, ora),
        })
    };
    Ok(proposte.iter().filter_map(attesa).collect())
}

fn fatti(
    conn: &mut Conn,
    vista: &Vista,
    prima: Option<(i32, i64)>,
    ora: Istante,
) -> Result<(Vec<Fatto>, Option<String>), Problema> {
    let mut estremi = registro::provvedimenti(conn, vista, prima, PAGINA + 1)?;
    let altri = i64::try_from(estremi.len()).is_ok_and(|n| n > PAGINA);
    if altri {
        estremi.pop();
    }
    let cursore = estremi.last().filter(|_| altri).map(|(_, anno, numero)| format!("{anno}-{numero}"));
    let mut ids: Vec<RegistrazioneId> = estremi.iter().map(|(id, ..)| *id).collect();
    ids.sort();
    ids.dedup();
    let registrazioni = per_id(conn, vista, &ids)?;
    let fatti = estremi.iter().filter_map(|(id, anno, numero)| fatto(registrazioni.get(id)?, *anno, *numero, ora));
    Ok((fatti.collect(), cursore))
}

fn fatto(r: &Registrazione, anno: i32, numero: i64, ora: Istante) -> Option<Fatto> {
    let intera = r.annullamento.as_ref().filter(|a| (a.anno, a.numero) == (anno, numero));
    let dato = r.dati_annullati.iter().find(|d| (d.anno, d.numero) == (anno, numero));
    let (che, motivo, autore, istante, scaricabile) = match (intera, dato) {
        (Some(a), _) => ("Tutta la registrazione".to_owned(), &a.motivo, &a.autore, a.istante, a.impronta.is_some()),
        (None, Some(d)) => (nome(d.campo), &d.motivo, &d.autore, d.istante, d.atto.is_some()),
        (None, None) => return None,
    };
    Some(Fatto {
        registrazione: r.id.to_string(),
        numero: format!("{}/{}", r.numero, r.anno),
        anno,
        provvedimento: numero,
        che,
        motivo: motivo.to_string(),
        autore: autore.clone(),
        istante: istante.roma(),
        momento: formato::momento(istante, ora),
        scaricabile,
    })
}

/// What the RSP decides.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Decisione {
    modulo: String,
    #[serde(default)]
    esito: String,
    #[serde(default)]
    motivo: String,
}

/// `POST /annullamenti/{id}`: accepts a proposal, or refuses it.
pub(in crate::web::pagine) async fn decidi(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Decisione>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    let form = form.into_inner();
    chi.modulo(&form.modulo)?;
    let id: PropostaId = id.parse().map_err(|_| Problema::non_trovato())?;
    let motivo: Option<Testo> = match form.esito.as_str() {
        "accogli" => None,
        "respingi" if form.motivo.trim().is_empty() => {
            let testo = "Scrivi perché la respingi: chi l'ha proposta lo legge.".to_owned();
            return mostra(&stato, &chi, None, Some(testo)).await;
        }
        "respingi" => match form.motivo.parse() {
            Ok(motivo) => Some(motivo),
            Err(e) => return mostra(&stato, &chi, None, Some(frase(&crate::valori::Rifiuto::to_string(&e)))).await,
        },
        _ => return Err(Problema::illeggibile("Manca la decisione.").into()),
    };
    let (vista, attore, aoo, deposito) = (chi.vista(), chi.attore(), chi.aoo.clone(), stato.deposito.clone());
    let esito = stato.blocca(move |stato| {
        stato.db.scrivi(aoo.id, &attore, |op| {
            let registrazione = match &motivo {
                None => registro::accogli(op, &deposito, &aoo, &vista, id)?,
                Some(motivo) => registro::respingi(op, &vista, id, motivo)?,
            };
            Ok::<_, Problema>(scrivania::segui_arrivo(op, &vista, registrazione, &stato.calendario)?)
        })
    });
    match esito.await {
        Ok(_) => Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/annullamenti")).finish()),
        Err(p) if p.status_code() == StatusCode::UNPROCESSABLE_ENTITY => {
            mostra(&stato, &chi, None, Some(frase(&p.to_string()))).await
        }
        Err(p) => Err(p.into()),
    }
}

/// `GET /registrazioni/{id}/provvedimenti/{anno}/{numero}`: its text, as it was filed.
pub(in crate::web::pagine) async fn testo(
    stato: web::Data<Stato>,
    chi: Chi,
    dove: web::Path<(String, i32, i64)>,
) -> Result<HttpResponse, Errata> {
    let (id, anno, numero) = dove.into_inner();
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let vista = chi.vista();
    let letto = stato.blocca(move |stato| {
        let impronta = stato.db.leggi(|conn| registro::provvedimento(conn, &vista, id, (anno, numero)))?;
        Ok(stato.deposito.leggi(&impronta, MASSIMO_TESTO)?)
    });
    let corpo = letto.await?;
    let nome = NomeFile::da_arrivo(&format!("provvedimento-{numero}-{anno}.txt"), "provvedimento.txt");
    Ok(formato::da_salvare(&nome, "text/plain; charset=utf-8").body(corpo))
}
