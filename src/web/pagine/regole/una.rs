//! One rule: what it says, what it would have done, its switch, its versions, and the next one.

use super::modulo::{self, Modulo, Quale, frasi_di, sbagliata};
use super::{Riga, frasi, riga, vai};
use crate::pec;
use crate::pec::regole::{self, MESSAGGI_ANTEPRIMA, Regola, RigaAnteprima};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::RegolaId;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::guscio::{Guscio, rendi};
use crate::web::pagine::{Errata, formato};
use crate::web::regole::{leggi, scritta};
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Messages of the preview that are shown one by one; the counts hold them all.
const MOSTRATI: usize = 100;

struct Trovato {
    id: String,
    mittente: String,
    oggetto: String,
    momento: String,
    esito: &'static str,
    perche: Option<String>,
}

/// What it would have done.
struct Vista {
    /// When somebody looked for the first switch.
    istante: String,
    guardati: usize,
    conti: Vec<(&'static str, usize)>,
    trovati: Vec<Trovato>,
    altri: usize,
}

struct Versione {
    numero: i32,
    autore: String,
    istante: String,
    cosa: &'static str,
    quando: Vec<String>,
    come: Vec<String>,
}

#[derive(Template)]
#[template(path = "regola.html")]
struct Pagina {
    guscio: Guscio,
    agisce: bool,
    r: Riga,
    autore: String,
    istante: String,
    massimo: usize,
    vista: Option<Vista>,
    precedenti: Vec<Versione>,
}

/// `?modifica` asks for the form.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Chiesto {
    modifica: Option<String>,
}

fn id(testo: &str) -> Result<RegolaId, Problema> {
    testo.parse().map_err(|_| Problema::non_trovato())
}

/// `GET /regole/{id}`.
pub(in crate::web::pagine) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chi,
    quale: web::Path<String>,
    chiesto: web::Query<Chiesto>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    let (aoo, id, ora) = (chi.aoo.id, id(&quale)?, stato.db.orologio().adesso());
    let agisce = chi.permesso(Azione::Registro) >= Permesso::Agisce;
    let vista = chi.vista();
    let modifica = agisce && chiesto.modifica.is_some();
    let letti = stato.blocca(move |stato| {
        stato.db.leggi(|conn| {
            let storia = regole::storia(conn, aoo, id)?;
            // What it would have done names messages: only whoever may switch it needs them.
            let guardata = storia.first().filter(|r| agisce && !modifica && r.anteprima.is_some());
            let anteprima = guardata.map(|r| regole::anteprima(conn, &vista, r)).transpose()?;
            Ok::<_, Problema>((storia, anteprima, pec::caselle(conn)?))
        })
    });
    let (storia, anteprima, caselle) = letti.await?;
    let Some((attuale, precedenti)) = storia.split_first() else { return Err(Problema::non_trovato().into()) };
    if modifica {
        return modulo::mostra(&stato, &chi, di(attuale), scritta(&attuale.contenuto), Vec::new()).await;
    }
    let pagina = Pagina {
        guscio: Guscio::new(&chi, "/registro"),
        agisce,
        r: riga(attuale, &caselle),
        autore: attuale.autore.clone(),
        istante: attuale.istante.leggibile(),
        massimo: MESSAGGI_ANTEPRIMA,
        vista: anteprima.map(|(guardati, righe)| vista_di(attuale, guardati, righe, ora)),
        precedenti: precedenti
            .iter()
            .map(|r| Versione {
                numero: r.versione,
                autore: r.autore.clone(),
                istante: r.istante.leggibile(),
                cosa: frasi::cosa(&r.contenuto),
                quando: frasi::quando(&r.contenuto, &caselle),
                come: frasi::come(&r.contenuto),
            })
            .collect(),
    };
    Ok(rendi(StatusCode::OK, &pagina)?)
}

fn di(r: &Regola) -> Quale {
    let titolo = format!("Modifica la regola «{}»", r.contenuto.nome);
    Quale { titolo, dove: format!("/regole/{}", r.id), versione: r.versione }
}

fn vista_di(r: &Regola, guardati: usize, righe: Vec<RigaAnteprima>, ora: crate::valori::Istante) -> Vista {
    let mut conti: Vec<(&'static str, usize)> = Vec::new();
    for riga in &righe {
        let (parola, _) = frasi::esito(&riga.esito);
        match conti.iter_mut().find(|(p, _)| *p == parola) {
            Some((_, quanti)) => *quanti += 1,
            None => conti.push((parola, 1)),
        }
    }
    let altri = righe.len().saturating_sub(MOSTRATI);
    let trovato = |m: RigaAnteprima| {
        let (esito, perche) = frasi::esito(&m.esito);
        Trovato {
            id: m.id.to_string(),
            mittente: m.mittente,
            oggetto: m.oggetto,
            momento: formato::momento(m.ricevuto, ora),
            esito,
            perche,
        }
    };
    Vista {
        istante: r.anteprima.map(|a| a.istante.leggibile()).unwrap_or_default(),
        guardati,
        conti,
        trovati: righe.into_iter().take(MOSTRATI).map(trovato).collect(),
        altri,
    }
}

/// `POST /regole/{id}`: the next version.
pub(in crate::web::pagine) async fn cambia(
    stato: web::Data<Stato>,
    chi: Chi,
    quale: web::Path<String>,
    form: web::Form<Modulo>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let (aoo, attore, id) = (chi.aoo.id, chi.attore(), id(&quale)?);
    let da: i32 = form.versione.parse().unwrap_or(0);
    let scritta = form.into_inner().scritta();
    let attuale = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| regole::regola(conn, aoo, id))?)).await?;
    let contenuto = match leggi(&scritta) {
        Ok(contenuto) => contenuto,
        Err(difetti) => return modulo::mostra(&stato, &chi, di(&attuale), scritta, frasi_di(difetti)).await,
    };
    let esito = stato.blocca(move |stato| {
        let esito = stato.db.scrivi(aoo, &attore, |op| regole::cambia(op, id, da, &contenuto));
        Ok::<_, Problema>(sbagliata(esito)?)
    });
    match esito.await? {
        Ok(()) => Ok(vai(format!("/regole/{id}"))),
        Err(difetto) => modulo::mostra(&stato, &chi, di(&attuale), scritta, vec![difetto]).await,
    }
}

/// A button.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Bottone {
    modulo: String,
    accendi: Option<String>,
}

/// `POST /regole/{id}/anteprima`: the RSP looks at what it would have done.
pub(in crate::web::pagine) async fn anteprima(
    stato: web::Data<Stato>,
    chi: Chi,
    quale: web::Path<String>,
    form: web::Form<Bottone>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let (vista, attore, id) = (chi.vista(), chi.attore(), id(&quale)?);
    stato.blocca(move |stato| Ok(regole::guarda(&stato.db, &attore, &vista, id)?)).await?;
    Ok(vai(format!("/regole/{id}#t-anteprima")))
}

/// `POST /regole/{id}/stato`: the RSP switches it.
pub(in crate::web::pagine) async fn stato(
    stato: web::Data<Stato>,
    chi: Chi,
    quale: web::Path<String>,
    form: web::Form<Bottone>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let (aoo, attore, id, accendi) = (chi.aoo.id, chi.attore(), id(&quale)?, form.accendi.is_some());
    stato
        .blocca(move |stato| {
            Ok(stato.db.scrivi(
                aoo,
                &attore,
                |op| if accendi { regole::accendi(op, id) } else { regole::spegni(op, id) },
            )?)
        })
        .await?;
    Ok(vai(format!("/regole/{id}")))
}
