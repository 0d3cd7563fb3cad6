//! Annulling a registration or one datum of it: the RSP acts, whoever works on it proposes (UX.md 2.4).

mod elenco;
mod modulo;

pub(super) use elenco::{decidi, elenco, testo};

use super::Errata;
use super::campi::Difetto;
use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use crate::istanze;
use crate::registro::{self, Campo, Disposizione, Registrazione, Valore};
use crate::scrivania;
use crate::storage::Operazione;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::RegistrazioneId;
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use modulo::Scritto;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "annullamento.html")]
struct Pagina {
    guscio: Guscio,
    /// This person decides; otherwise proposes.
    decide: bool,
    id: String,
    numero: String,
    anno: i32,
    entrata: bool,
    istanza: bool,
    /// What may be chosen: word and name.
    scelte: Vec<(&'static str, String)>,
    in_vigore: String,
    scritto: Scritto,
}

/// Who may do what here: the RSP annuls, whoever has a desk proposes.
pub(super) fn puo(chi: &Chi) -> Option<Potere> {
    if chi.permesso(Azione::Registro) >= Permesso::Agisce {
        Some(Potere::Decide)
    } else if chi.permesso(Azione::Scrivania) >= Permesso::Agisce {
        Some(Potere::Propone)
    } else {
        None
    }
}

/// What a person may do about an annulment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Potere {
    /// Annuls, accepts, refuses.
    Decide,
    /// Proposes.
    Propone,
}

/// What is to be annulled.
#[derive(Deserialize)]
pub(super) struct Filtro {
    #[serde(default)]
    cosa: String,
}

/// `GET /registrazioni/{id}/annullamento`.
pub(super) async fn modulo(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    let campo = match filtro.cosa.as_str() {
        "" | "tutta" => None,
        cosa => Some(cosa.parse().map_err(|_| Problema::non_trovato())?),
    };
    mostra(&stato, &chi, id, move |r| Scritto::di(r, campo), StatusCode::OK).await
}

async fn mostra(
    stato: &Stato,
    chi: &Chi,
    id: RegistrazioneId,
    scritto: impl FnOnce(&Registrazione) -> Scritto + Send + 'static,
    codice: StatusCode,
) -> Result<HttpResponse, Errata> {
    let potere = puo(chi).ok_or_else(Problema::non_trovato)?;
    let (vista, guscio) = (chi.vista(), Guscio::new(chi, ""));
    let letta = stato.blocca(move |stato| {
        stato.db.leggi(|conn| {
            let r = registro::per_id(conn, &vista, id)?;
            if let Some(a) = &r.annullamento {
                let detto = format!("Questa registrazione è già annullata, con {}.", a.provvedimento());
                return Err(Problema::conflitto("gia-annullata", detto));
            }
            Ok((istanze::per_registrazione(conn, id)?.is_some(), r))
        })
    });
    let (istanza, r) = letta.await?;
    let scritto = scritto(&r);
    let campi = modulo::annullabili(&r);
    if scritto.campo.is_some_and(|c| !campi.contains(&c)) {
        return Err(Problema::non_trovato().into());
    }
    let intera = ("tutta", "Tutta la registrazione".to_owned());
    let pagina = Pagina {
        guscio,
        decide: potere == Potere::Decide,
        id: r.id.to_string(),
        numero: r.numero.to_string(),
        anno: r.anno,
        entrata: r.flusso == registro::Flusso::Entrata,
        istanza,
        scelte: std::iter::once(intera).chain(campi.into_iter().map(|c| (c.as_str(), nome(c)))).collect(),
        in_vigore: scritto.campo.map(|c| Valore::in_vigore(&r, c).leggibile()).unwrap_or_default(),
        scritto,
    };
    Ok(rendi(codice, &pagina)?)
}

/// The name of a datum, with a capital letter.
pub(super) fn nome(campo: Campo) -> String {
    super::campi::frase(campo.nome())
}

/// `POST /registrazioni/{id}/annullamento`: the RSP decides (DPR 445/2000 art. 61 c. 3 g).
pub(super) async fn annulla(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<BTreeMap<String, String>>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    let (aoo, deposito, vista) = (chi.aoo.clone(), stato.deposito.clone(), chi.vista());
    agisci(&stato, &chi, &id, &form, true, move |op, id, motivo, rettifica| {
        let disposizione =
            Disposizione { deposito: &deposito, aoo: &aoo, vista: &vista, motivo: &motivo, proponente: None };
        match rettifica {
            None => registro::annulla(op, &disposizione, id).map(drop),
            Some(rettifica) => registro::annulla_dato(op, &disposizione, id, &rettifica).map(drop),
        }
    })
    .await
}

/// `POST /registrazioni/{id}/proposte`.
pub(super) async fn proponi(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<BTreeMap<String, String>>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Scrivania, Permesso::Agisce)?;
    let vista = chi.vista();
    agisci(&stato, &chi, &id, &form, false, move |op, id, motivo, rettifica| {
        registro::proponi(op, &vista, id, rettifica.as_ref(), &motivo).map(drop)
    })
    .await
}

/// One act on a registration that may be seen, then its page; a refused form comes back with what was typed.
async fn agisci(
    stato: &web::Data<Stato>,
    chi: &Chi,
    id: &str,
    campi: &BTreeMap<String, String>,
    conferma: bool,
    atto: impl FnOnce(
        &mut Operazione<'_>,
        RegistrazioneId,
        crate::valori::Testo,
        Option<registro::Rettifica>,
    ) -> Result<(), registro::Errore>
    + Send
    + 'static,
) -> Result<HttpResponse, Errata> {
    chi.modulo(campi.get("modulo").map(String::as_str).unwrap_or_default())?;
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let mut scritto = Scritto::da_campi(campi).ok_or_else(Problema::non_trovato)?;
    let oggi = stato.db.orologio().adesso().giorno();
    let Some((motivo, rettifica)) = scritto.leggi(oggi, conferma) else {
        return mostra(stato, chi, id, move |_| scritto, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let (vista, attore, aoo) = (chi.vista(), chi.attore(), chi.aoo.id);
    let esito = stato.blocca(move |stato| {
        stato.db.scrivi(aoo, &attore, |op| {
            if !registro::visibile(op.conn, &vista, id)? {
                return Err(Problema::non_trovato());
            }
            atto(op, id, motivo, rettifica)?;
            Ok(scrivania::segui_arrivo(op, &vista, id, &stato.calendario)?)
        })
    });
    match esito.await {
        Ok(()) => {
            let luogo = format!("/registrazioni/{id}");
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
        }
        Err(problema) if problema.status_code() == StatusCode::UNPROCESSABLE_ENTITY => {
            let testo = super::campi::frase(&problema.to_string());
            scritto.errori = vec![Difetto { campo: String::new(), testo }];
            mostra(stato, chi, id, move |_| scritto, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(problema) => Err(problema.into()),
    }
}
