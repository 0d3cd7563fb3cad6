//! `/rubrica/{id}`: one soggetto, its addresses and their history, what sources propose, whom it is like, and the acts on them.

use super::{RecapitoVisto, codici, fonte, nome_fonte, nome_tipo, permesso, recapito};
use crate::registro::rubrica::{self, Decisione, Fonte, Indirizzo, Proposta, Soggetto};
use crate::storage::{Conn, Operazione};
use crate::valori::{AooId, SoggettoId};
use crate::web::pagine::campi::frase;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::guscio::{Guscio, rendi};
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;

/// Look-alikes shown side by side.
const SIMILI: usize = 5;

#[derive(Template)]
#[template(path = "rubrica-uno.html")]
struct Pagina {
    guscio: Guscio,
    id: String,
    nome: String,
    tipo: &'static str,
    codici: Vec<(&'static str, String)>,
    da: String,
    attivi: Vec<RecapitoVisto>,
    ritirati: Vec<RecapitoVisto>,
    prima: Vec<Versione>,
    proposte: Vec<PropostaVista>,
    simili: Vec<Simile>,
    uniti: Vec<Unito>,
    unito_a: Option<Unito>,
    rifiuto: Option<String>,
    scritto: Scritto,
}

/// What the soggetto was before.
struct Versione {
    nome: String,
    codici: String,
    fonte: String,
    dal: String,
    al: String,
}

struct PropostaVista {
    id: String,
    frase: String,
    attuale: Option<String>,
    valore: String,
    quando: String,
}

/// One that may be the same, datum by datum: what, here, there.
struct Simile {
    id: String,
    nome: String,
    per: String,
    righe: Vec<(&'static str, String, String)>,
}

struct Unito {
    unione: String,
    id: String,
    nome: String,
    quando: String,
}

/// The form of an act, as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Scritto {
    modulo: String,
    tipo: String,
    valore: String,
    decisione: String,
    altro: String,
}

pub(super) async fn mostra(stato: web::Data<Stato>, chi: Chi, id: web::Path<String>) -> Result<HttpResponse, Errata> {
    permesso(&chi)?;
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    pagina(&stato, &chi, id, StatusCode::OK, (None, Scritto::default())).await
}

async fn pagina(
    stato: &Stato,
    chi: &Chi,
    id: SoggettoId,
    codice: StatusCode,
    (rifiuto, scritto): (Option<String>, Scritto),
) -> Result<HttpResponse, Errata> {
    let (guscio, aoo) = (Guscio::new(chi, "/rubrica"), chi.aoo.id);
    let letta = stato.blocca(move |stato| {
        stato.db.leggi(|conn| {
            let mut pagina = leggi(conn, guscio, aoo, id)?;
            (pagina.rifiuto, pagina.scritto) = (rifiuto, scritto);
            Ok::<_, Problema>(pagina)
        })
    });
    Ok(rendi(codice, &letta.await?)?)
}

fn leggi(conn: &mut Conn, guscio: Guscio, aoo: AooId, id: SoggettoId) -> Result<Pagina, Problema> {
    let s = rubrica::per_id(conn, aoo, id)?;
    let (ritirati, attivi): (Vec<_>, Vec<_>) =
        rubrica::recapiti(conn, aoo, id)?.iter().map(recapito).partition(|r| r.al.is_some());
    let mut uniti = Vec::new();
    let mut unito_a = None;
    for u in rubrica::unioni(conn, aoo, id)? {
        let altro = if u.unito == id { u.tenuto } else { u.unito };
        let visto = Unito {
            unione: u.id.to_string(),
            id: altro.to_string(),
            nome: rubrica::per_id(conn, aoo, altro)?.nome(),
            quando: format!("{} da {}", formato::data(u.istante.giorno()), u.autore),
        };
        if u.unito == id { unito_a = Some(visto) } else { uniti.push(visto) }
    }
    let simili = if unito_a.is_some() { Vec::new() } else { simili(conn, aoo, &s)? };
    Ok(Pagina {
        guscio,
        id: id.to_string(),
        nome: s.nome(),
        tipo: nome_tipo(s.parte.tipo),
        codici: codici(&s),
        da: format!("{}, {}", fonte(&s.provenienza), formato::data(s.provenienza.istante.giorno())),
        attivi,
        ritirati,
        prima: versioni(conn, aoo, id)?,
        proposte: rubrica::proposte(conn, aoo, id)?.iter().map(proposta).collect(),
        simili,
        uniti,
        unito_a,
        rifiuto: None,
        scritto: Scritto::default(),
    })
}

/// What it was before, each until the next one.
fn versioni(conn: &mut Conn, aoo: AooId, id: SoggettoId) -> Result<Vec<Versione>, Problema> {
    let storia = rubrica::storia(conn, aoo, id)?;
    let dopo = storia.iter().map(|(_, p)| p.istante);
    let prima = storia.iter().skip(1).zip(dopo);
    Ok(prima
        .map(|((parte, p), al)| {
            let s = Soggetto { id, parte: parte.clone(), provenienza: p.clone(), recapiti: Vec::new(), unito_a: None };
            Versione {
                nome: s.nome(),
                codici: codici(&s).iter().map(|(nome, c)| format!("{nome} {c}")).collect::<Vec<_>>().join(" · "),
                fonte: fonte(p),
                dal: formato::data(p.istante.giorno()),
                al: formato::data(al.giorno()),
            }
        })
        .collect())
}

fn simili(conn: &mut Conn, aoo: AooId, s: &Soggetto) -> Result<Vec<Simile>, Problema> {
    let indirizzi: Vec<Indirizzo> = s.recapiti.iter().map(|r| r.indirizzo.clone()).collect();
    let trovati = rubrica::simili(conn, aoo, &s.parte, &indirizzi, Some(s.id))?;
    let pec = |s: &Soggetto| {
        let tutte = s.recapiti.iter().map(|r| r.indirizzo.valore().to_owned());
        tutte.collect::<Vec<_>>().join(", ")
    };
    let codice =
        |s: &Soggetto, nome: &str| codici(s).into_iter().find(|(n, _)| *n == nome).map(|(_, c)| c).unwrap_or_default();
    let affianca = |(altro, per): (Soggetto, rubrica::Somiglianza)| {
        let righe = [
            ("Nome", s.nome(), altro.nome()),
            ("Tipo", nome_tipo(s.parte.tipo).to_owned(), nome_tipo(altro.parte.tipo).to_owned()),
            ("Codice fiscale", codice(s, "CF"), codice(&altro, "CF")),
            ("Codice IPA", codice(s, "IPA"), codice(&altro, "IPA")),
            ("Recapiti", pec(s), pec(&altro)),
        ];
        let righe = righe.into_iter().filter(|(_, a, b)| !a.is_empty() || !b.is_empty()).collect();
        Simile { id: altro.id.to_string(), nome: altro.nome(), per: per.to_string(), righe }
    };
    Ok(trovati.into_iter().take(SIMILI).map(affianca).collect())
}

/// A proposal as a sentence: who says what else.
fn proposta(p: &Proposta) -> PropostaVista {
    let chi = match p.provenienza.fonte {
        Fonte::Scritto => p.provenienza.autore.clone(),
        Fonte::Csv => "Un file CSV".to_owned(),
        altra => nome_fonte(altra).to_owned(),
    };
    let (altro, uno) = match p.differenza.dato {
        "denominazione" => ("un'altra denominazione", "una denominazione"),
        "nome" => ("un altro nome", "un nome"),
        "cognome" => ("un altro cognome", "un cognome"),
        "codice-fiscale" => ("un altro codice fiscale", "un codice fiscale"),
        "codice-ipa" => ("un altro codice IPA", "un codice IPA"),
        "codice-aoo" => ("un altro codice AOO", "un codice AOO"),
        "pec" => ("un'altra PEC", "una PEC"),
        "email" => ("un'altra e-mail", "un'e-mail"),
        _ => ("un altro indirizzo", "un indirizzo"),
    };
    PropostaVista {
        id: p.id.to_string(),
        frase: match p.differenza.attuale {
            Some(_) => format!("{chi} dice {altro}"),
            None => format!("{chi} dice {uno} che manca"),
        },
        attuale: p.differenza.attuale.clone(),
        valore: p.differenza.valore.clone(),
        quando: formato::data(p.provenienza.istante.giorno()),
    }
}

/// One act on a soggetto: then its page, also when it was refused.
async fn agisci(
    stato: web::Data<Stato>,
    chi: Chi,
    id: &str,
    scritto: Scritto,
    atto: impl FnOnce(&mut Operazione<'_>, SoggettoId, &Scritto) -> Result<(), Problema> + Send + 'static,
) -> Result<HttpResponse, Errata> {
    permesso(&chi)?;
    chi.modulo(&scritto.modulo)?;
    let id: SoggettoId = id.parse().map_err(|_| Problema::non_trovato())?;
    let (aoo, attore) = (chi.aoo.id, chi.attore());
    let (scritto, esito) = stato
        .blocca(move |stato| {
            let esito = stato.db.scrivi(aoo, &attore, |op| atto(op, id, &scritto));
            Ok((scritto, esito))
        })
        .await?;
    match esito {
        Ok(()) => Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/rubrica/{id}"))).finish()),
        Err(problema) if [StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY].contains(&problema.status_code()) => {
            let rifiuto = Some(frase(&problema.to_string()));
            pagina(&stato, &chi, id, problema.status_code(), (rifiuto, scritto)).await
        }
        Err(problema) => Err(problema.into()),
    }
}

/// `POST /rubrica/{id}/recapiti`.
pub(super) async fn aggiungi(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Scritto>,
) -> Result<HttpResponse, Errata> {
    agisci(stato, chi, &id, form.into_inner(), |op, id, scritto| {
        rubrica::per_id(op.conn, op.aoo, id)?;
        if scritto.valore.trim().is_empty() {
            return Err(Problema::campo("/valore", "Scrivi il recapito da aggiungere."));
        }
        let indirizzo =
            Indirizzo::leggi(&scritto.tipo, &scritto.valore).map_err(|e| Problema::campo("/valore", e.to_string()))?;
        Ok(rubrica::aggiungi(op, id, &indirizzo, Fonte::Scritto).map(|_| ())?)
    })
    .await
}

/// `POST /rubrica/{id}/recapiti/{recapito}/ritiro`.
pub(super) async fn ritira(
    stato: web::Data<Stato>,
    chi: Chi,
    strada: web::Path<(String, String)>,
    form: web::Form<Scritto>,
) -> Result<HttpResponse, Errata> {
    let (id, recapito) = strada.into_inner();
    agisci(stato, chi, &id, form.into_inner(), move |op, id, _| {
        let recapito = recapito.parse().map_err(|_| Problema::non_trovato())?;
        Ok(rubrica::ritira(op, id, recapito)?)
    })
    .await
}

/// `POST /rubrica/{id}/proposte/{proposta}`: `aggiorna` or `lascia`.
pub(super) async fn decidi(
    stato: web::Data<Stato>,
    chi: Chi,
    strada: web::Path<(String, String)>,
    form: web::Form<Scritto>,
) -> Result<HttpResponse, Errata> {
    let (id, proposta) = strada.into_inner();
    agisci(stato, chi, &id, form.into_inner(), move |op, id, scritto| {
        rubrica::per_id(op.conn, op.aoo, id)?;
        let proposta = proposta.parse().map_err(|_| Problema::non_trovato())?;
        let decisione = match scritto.decisione.as_str() {
            "aggiorna" => Decisione::Aggiorna,
            "lascia" => Decisione::Lascia,
            _ => return Err(Problema::campo("/decisione", "Scegli se aggiornare o lasciare.")),
        };
        Ok(rubrica::decidi(op, id, proposta, decisione)?)
    })
    .await
}

/// `POST /rubrica/{id}/unioni`: the other one becomes this one.
pub(super) async fn unisci(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Scritto>,
) -> Result<HttpResponse, Errata> {
    agisci(stato, chi, &id, form.into_inner(), |op, id, scritto| {
        rubrica::per_id(op.conn, op.aoo, id)?;
        let altro = scritto.altro.parse();
        let altro = altro.map_err(|_| Problema::campo("/altro", "Scegli il soggetto da unire a questo."))?;
        Ok(rubrica::unisci(op, id, altro).map(|_| ())?)
    })
    .await
}

/// `POST /rubrica/{id}/unioni/{unione}/scioglimento`: they are two again.
pub(super) async fn sciogli(
    stato: web::Data<Stato>,
    chi: Chi,
    strada: web::Path<(String, String)>,
    form: web::Form<Scritto>,
) -> Result<HttpResponse, Errata> {
    let (id, unione) = strada.into_inner();
    agisci(stato, chi, &id, form.into_inner(), move |op, id, _| {
        let unione = unione.parse().map_err(|_| Problema::non_trovato())?;
        Ok(rubrica::sciogli(op, id, unione)?)
    })
    .await
}
