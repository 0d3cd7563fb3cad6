//! `/fascicoli/{id}`: one fascicolo and its documents, in the order in which they were registered.

use super::nome_tipo;
use crate::storage::{self, Conn};
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::visibilita::Vista;
use crate::valori::{FascicoloId, Istante, RegistrazioneId};
use crate::web::pagine::chi::Chi;
use crate::web::pagine::guscio::{Guscio, rendi};
use crate::web::pagine::registro::{Riga, righe};
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato};
use crate::{audit, registro, titolario, utenti};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;

/// Documents of a page.
const PAGINA: i64 = 100;

#[derive(Template)]
#[template(path = "fascicolo.html")]
struct Pagina {
    guscio: Guscio,
    id: String,
    codice: String,
    oggetto: String,
    tipo: &'static str,
    voce: String,
    aperto: String,
    istante: String,
    da: Option<String>,
    quanti: String,
    righe: Vec<Riga>,
    dal_principio: bool,
    cursore: Option<String>,
    agisce: bool,
    aggiunta: Option<(String, String)>,
    numero: String,
    errore: Option<String>,
}

/// Where the page begins, and what was filed just before.
#[derive(Deserialize, Default)]
pub(in crate::web::pagine) struct Filtro {
    dopo: Option<String>,
    aggiunta: Option<String>,
}

/// The form that files by number.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Aggiungi {
    modulo: String,
    #[serde(default)]
    numero: String,
}

pub(in crate::web::pagine) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    mostra_con(&stato, &chi, id, filtro.into_inner(), None).await
}

/// The page; with what was typed and why it was refused, if it was.
async fn mostra_con(
    stato: &Stato,
    chi: &Chi,
    id: FascicoloId,
    filtro: Filtro,
    rifiuto: Option<(String, String)>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Fascicoli, Permesso::Legge)?;
    let codice = if rifiuto.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let dopo = filtro.dopo.map(|d| d.parse()).transpose().map_err(|_| Problema::non_trovato())?;
    let guscio = Guscio::new(chi, "/fascicoli");
    let agisce = chi.permesso(Azione::Fascicoli) >= Permesso::Agisce;
    let (vista, ora, aggiunta) = (chi.vista(), stato.db.orologio().adesso(), filtro.aggiunta);
    let letta = stato.blocca(move |stato| {
        stato.db.leggi(|conn| {
            let mut pagina = pagina(conn, &vista, guscio, id, dopo, ora)?;
            pagina.agisce = agisce;
            pagina.aggiunta = trova(conn, &vista, aggiunta)?;
            if let Some((numero, errore)) = rifiuto {
                (pagina.numero, pagina.errore) = (numero, Some(errore));
            }
            Ok::<_, Problema>(pagina)
        })
    });
    Ok(rendi(codice, &letta.await?)?)
}

fn pagina(
    conn: &mut Conn,
    vista: &Vista,
    guscio: Guscio,
    id: FascicoloId,
    dopo: Option<RegistrazioneId>,
    ora: Istante,
) -> Result<Pagina, Problema> {
    let f = titolario::fascicolo(conn, vista, id)?;
    let quanti = registro::quante_nel_fascicolo(conn, vista, id)?;
    let mut dentro = registro::nel_fascicolo(conn, vista, id, dopo, PAGINA + 1)?;
    let altri = i64::try_from(dentro.len()).is_ok_and(|n| n > PAGINA);
    if altri {
        dentro.pop();
    }
    let cursore = dentro.last().filter(|_| altri).map(|r| r.id.to_string());
    let voci = titolario::voci(conn, vista.aoo())?;
    let voce = voci.iter().find(|v| v.codice == f.codice.voce);
    Ok(Pagina {
        guscio,
        id: id.to_string(),
        codice: f.codice.to_string(),
        oggetto: f.oggetto.to_string(),
        tipo: nome_tipo(f.tipo),
        voce: voce.map_or_else(|| f.codice.voce.to_string(), |v| format!("{} {}", v.codice, v.denominazione)),
        aperto: f.aperto.leggibile(),
        istante: f.aperto.roma(),
        da: apertura(conn, vista, id)?,
        quanti: formato::conta(quanti, "documento", "documenti"),
        righe: righe(conn, dentro, ora)?,
        dal_principio: dopo.is_none(),
        cursore,
        agisce: false,
        aggiunta: None,
        numero: String::new(),
        errore: None,
    })
}

/// Who opened it, as the chain says.
fn apertura(conn: &mut Conn, vista: &Vista, id: FascicoloId) -> Result<Option<String>, Problema> {
    let Some(evento) = audit::di(conn, vista.aoo(), &[id.to_string()])?.into_iter().next() else { return Ok(None) };
    let attore = evento.attore.parse().map_err(|e| storage::Errore::riga("eventi", e))?;
    Ok(Some(utenti::nome_autore(conn, &attore)?))
}

/// Id and number of what was filed just before.
fn trova(conn: &mut Conn, vista: &Vista, id: Option<String>) -> Result<Option<(String, String)>, Problema> {
    let Some(Ok(id)) = id.map(|id| id.parse()) else { return Ok(None) };
    let trovata = registro::per_ids(conn, vista, &[id])?;
    Ok(trovata.first().map(|r| (r.id.to_string(), format!("{}/{}", r.numero, r.anno))))
}

/// `POST /fascicoli/{id}/documenti`: files the registration with this number.
pub(in crate::web::pagine) async fn aggiungi(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Aggiungi>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Fascicoli, Permesso::Agisce)?;
    let Aggiungi { modulo, numero: scritto } = form.into_inner();
    chi.modulo(&modulo)?;
    let id: FascicoloId = id.parse().map_err(|_| Problema::non_trovato())?;
    let oggi = stato.db.orologio().adesso().anno();
    let (vista, attore, aoo, cercato) = (chi.vista(), chi.attore(), chi.aoo.id, scritto.clone());
    let esito = stato.blocca(move |stato| {
        let no = |testo: String| Problema::campo("/numero", testo);
        let letto = formato::leggi_numero(&cercato, oggi);
        let (numero, anno) = letto.ok_or_else(|| no("Scrivi il numero come 123 oppure 123/2026.".to_owned()))?;
        stato.db.scrivi(aoo, &attore, |op| {
            let fascicolo = titolario::fascicolo(op.conn, &vista, id)?;
            let trovata = registro::per_numero(op.conn, &vista, anno, numero)?;
            let manca =
                || no(format!("La registrazione n. {numero}/{anno} non esiste o non è tra quelle che puoi vedere."));
            let trovata = trovata.ok_or_else(manca)?;
            titolario::fascicola(op, trovata.id, &fascicolo)?;
            Ok(trovata.id)
        })
    });
    match esito.await {
        Ok(aggiunta) => {
            let luogo = format!("/fascicoli/{id}?aggiunta={aggiunta}");
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
        }
        Err(problema) if problema.status_code() == StatusCode::UNPROCESSABLE_ENTITY => {
            mostra_con(&stato, &chi, id, Filtro::default(), Some((scritto, problema.to_string()))).await
        }
        Err(problema) => Err(problema.into()),
    }
}
