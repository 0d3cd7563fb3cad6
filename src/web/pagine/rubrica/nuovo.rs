//! `/rubrica/nuovo` and `/rubrica/{id}/modifica`: a soggetto is written, or written anew.

use super::modulo::{Scritto, fonti, tipi};
use super::permesso;
use crate::registro::rubrica;
use crate::utenti::risposta as risposte;
use crate::valori::{SoggettoId, nuovo_id};
use crate::web::pagine::Errata;
use crate::web::pagine::campi::{Difetto, frase};
use crate::web::pagine::chi::Chi;
use crate::web::pagine::guscio::{Guscio, rendi};
use crate::web::pagine::nuova::Scelta;
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;

#[derive(Template)]
#[template(path = "rubrica-modulo.html")]
struct Pagina {
    guscio: Guscio,
    scritto: Scritto,
    tipi: Vec<Scelta>,
    fonti: Vec<Scelta>,
    /// The soggetto that is changed; none is written anew.
    cambiato: Option<SoggettoId>,
    /// The one that is there, its name, and whether this one may be written beside it.
    simile: Option<(SoggettoId, String, bool)>,
}

/// Why a soggetto was not written: the one that is there, or a problem like all others.
enum Rifiuto {
    Simile { id: SoggettoId, nome: String, certo: bool, testo: String },
    Altro(Problema),
}

impl From<crate::storage::Errore> for Rifiuto {
    fn from(e: crate::storage::Errore) -> Self {
        Self::Altro(e.into())
    }
}

impl From<rubrica::Errore> for Rifiuto {
    fn from(e: rubrica::Errore) -> Self {
        use rubrica::Errore::{GiaPresente, Somiglia};
        let testo = e.to_string();
        match e {
            GiaPresente { id, nome, .. } => Self::Simile { id, nome, certo: true, testo },
            Somiglia { id, nome, .. } => Self::Simile { id, nome, certo: false, testo },
            altro => Self::Altro(altro.into()),
        }
    }
}

impl From<crate::utenti::Errore> for Rifiuto {
    fn from(e: crate::utenti::Errore) -> Self {
        Self::Altro(e.into())
    }
}

/// The empty form.
pub(super) async fn nuovo(chi: Chi) -> Result<HttpResponse, Errata> {
    permesso(&chi)?;
    let scritto =
        Scritto { chiave: nuovo_id().to_string(), tipo: "persona-giuridica".to_owned(), ..Scritto::default() };
    mostra(&chi, scritto, None, None, StatusCode::OK)
}

/// The form of a soggetto that is there.
pub(super) async fn modifica(stato: web::Data<Stato>, chi: Chi, id: web::Path<String>) -> Result<HttpResponse, Errata> {
    permesso(&chi)?;
    let id: SoggettoId = id.parse().map_err(|_| Problema::non_trovato())?;
    let aoo = chi.aoo.id;
    let letto = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| rubrica::per_id(conn, aoo, id))?)).await?;
    mostra(&chi, Scritto::di(&letto), Some(id), None, StatusCode::OK)
}

fn mostra(
    chi: &Chi,
    scritto: Scritto,
    cambiato: Option<SoggettoId>,
    simile: Option<(SoggettoId, String, bool)>,
    codice: StatusCode,
) -> Result<HttpResponse, Errata> {
    let guscio = Guscio::new(chi, "/rubrica");
    Ok(rendi(codice, &Pagina { guscio, scritto, tipi: tipi(), fonti: fonti(), cambiato, simile })?)
}

/// `POST /rubrica`: writes a soggetto, once for one form.
pub(super) async fn crea(stato: web::Data<Stato>, chi: Chi, form: web::Form<Scritto>) -> Result<HttpResponse, Errata> {
    permesso(&chi)?;
    let mut scritto = form.into_inner();
    chi.modulo(&scritto.modulo)?;
    let (parte, indirizzi, fonte) = match scritto.leggi() {
        Ok(letto) => letto,
        Err(errori) => {
            scritto.errori = errori;
            return mostra(&chi, scritto, None, None, StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    let richiesta = scritto.richiesta(&chi);
    let (aoo, attore) = (chi.aoo.id, chi.attore());
    let crea = if scritto.comunque.is_empty() { rubrica::crea } else { rubrica::crea_comunque };
    let esito = stato.blocca(move |stato| {
        Ok(stato.db.scrivi(aoo, &attore, |op| {
            if let Some(prima) = risposte::precedente(op.conn, &richiesta)? {
                return prima.parse().map_err(|e| Rifiuto::Altro(Problema::interno(e)));
            }
            let id = crea(op, &parte, &indirizzi, fonte)?;
            risposte::conserva(op, &richiesta, &id.to_string())?;
            Ok::<SoggettoId, Rifiuto>(id)
        }))
    });
    rispondi(&chi, scritto, None, esito.await?)
}

/// `POST /rubrica/{id}/dati`: name and codes from now on.
pub(super) async fn cambia(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Scritto>,
) -> Result<HttpResponse, Errata> {
    permesso(&chi)?;
    let mut scritto = form.into_inner();
    chi.modulo(&scritto.modulo)?;
    let id: SoggettoId = id.parse().map_err(|_| Problema::non_trovato())?;
    let (aoo, attore) = (chi.aoo.id, chi.attore());
    let (parte, _, fonte) = match scritto.leggi() {
        Ok(letto) => letto,
        Err(errori) => {
            stato.blocca(move |stato| Ok(stato.db.leggi(|conn| rubrica::per_id(conn, aoo, id))?)).await?;
            scritto.errori = errori;
            return mostra(&chi, scritto, Some(id), None, StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    let esito = stato
        .blocca(move |stato| {
            let scrivi = stato.db.scrivi(aoo, &attore, |op| rubrica::cambia(op, id, &parte, fonte));
            Ok(scrivi.map(|()| id).map_err(Rifiuto::from))
        })
        .await?;
    rispondi(&chi, scritto, Some(id), esito)
}

/// To the page of the soggetto, or back to the form with why not.
fn rispondi(
    chi: &Chi,
    mut scritto: Scritto,
    cambiato: Option<SoggettoId>,
    esito: Result<SoggettoId, Rifiuto>,
) -> Result<HttpResponse, Errata> {
    match esito {
        Ok(id) => Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/rubrica/{id}"))).finish()),
        Err(Rifiuto::Simile { id, nome, certo, testo }) => {
            scritto.errori = vec![Difetto { campo: String::new(), testo: format!("{}.", frase(&testo)) }];
            // The same form with another answer is another request.
            scritto.chiave = nuovo_id().to_string();
            mostra(chi, scritto, cambiato, Some((id, nome, !certo)), StatusCode::CONFLICT)
        }
        Err(Rifiuto::Altro(problema)) if problema.status_code() == StatusCode::CONFLICT => {
            scritto.errori = vec![Difetto { campo: String::new(), testo: frase(&problema.to_string()) }];
            mostra(chi, scritto, cambiato, None, StatusCode::CONFLICT)
        }
        Err(Rifiuto::Altro(problema)) => Err(problema.into()),
    }
}
