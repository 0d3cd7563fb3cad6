//! `/registro/copia`: whether the database is an older copy of the one that was in use, and the RSP's act that recognises it.

use super::campi::Difetto;
use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::{Errata, campi, formato};
use crate::audit::Punta;
use crate::registro;
use crate::registro::ripristino::{self, Copia};
use crate::utenti;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{AooId, NumeroProtocollo, Testo};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "copia.html")]
struct Pagina {
    guscio: Guscio,
    /// The chain is stopped: what the form asks.
    ferma: Option<Ferma>,
    /// This person may recognise it.
    agisce: bool,
    ultimo: String,
    motivo: String,
    errori: Vec<Difetto>,
    riconosciute: Vec<Riga>,
}

/// A chain that is stopped.
struct Ferma {
    /// The last number of the year that the copy knows, and the one that was given at least.
    noto: i64,
    minimo: i64,
    anno: i32,
}

/// A copy that was recognised.
struct Riga {
    quando: String,
    motivo: String,
    perduti: Option<String>,
}

impl From<Copia> for Riga {
    fn from(copia: Copia) -> Self {
        let perduti = copia.perduti.map(|(anno, primo, ultimo)| match primo == ultimo {
            true => format!("{primo:07} del {anno}"),
            false => format!("da {primo:07} a {ultimo:07} del {anno}"),
        });
        Self { quando: formato::minuto(copia.istante), motivo: copia.motivo, perduti }
    }
}

impl Pagina {
    fn errore(&self, campo: &str) -> Option<&str> {
        self.errori.iter().find(|d| d.campo == campo).map(|d| d.testo.as_str())
    }
}

/// The form that recognises the copy.
#[derive(Deserialize, Default)]
pub(super) struct Riconosci {
    modulo: String,
    #[serde(default)]
    ultimo: String,
    #[serde(default)]
    motivo: String,
}

pub(super) async fn mostra(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    pagina(&stato, &chi, StatusCode::OK, Riconosci::default(), Vec::new()).await
}

/// `POST /registro/copia`.
pub(super) async fn riconosci(
    stato: web::Data<Stato>,
    chi: Chi,
    form: web::Form<Riconosci>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let mut difetti = Vec::new();
    let manca = "Scrivi da dove viene la copia e come sai qual è l'ultimo numero: resta agli atti.";
    let motivo = campi::serve::<Testo>("motivo", &form.motivo, manca, &mut difetti);
    let ultimo = campi::forse::<NumeroProtocollo>("ultimo", &form.ultimo, &mut difetti);
    let Some(motivo) = motivo.filter(|_| difetti.is_empty()) else {
        return pagina(&stato, &chi, StatusCode::UNPROCESSABLE_ENTITY, form.into_inner(), difetti).await;
    };
    let (aoo, attore) = (chi.aoo.clone(), chi.attore());
    let esito = stato
        .blocca(move |stato| {
            let smarrite = ripristino::riesamina(&stato.db, stato.punte())?;
            let sua = match smarrite.iter().find(|p| p.aoo == aoo.id) {
                Some(punta) => {
                    stato.db.scrivi(aoo.id, &attore, |op| ripristino::riconosci(op, &aoo, punta, ultimo, &motivo))
                }
                None => Err(registro::Errore::CopiaRegolare),
            };
            let sua = match sua {
                Err(e @ (registro::Errore::UltimoNumeroBasso(_) | registro::Errore::TroppiNumeriPerduti { .. })) => {
                    return Ok(Some(e.to_string()));
                }
                altra => altra,
            };
            // The chain of the installation came with the same copy, and AOO that it does not know have nobody: whoever answers for the
            // first AOO recognises those too.
            let note = stato.db.leggi(utenti::tutte_le_aoo)?;
            let di_nessuno = |p: &&Punta| note.iter().all(|aoo| aoo.id != p.aoo);
            for punta in smarrite.iter().filter(|p| sua.is_ok() && di_nessuno(p)) {
                stato.db.scrivi(AooId::INSTALLAZIONE, &attore, |op| {
                    ripristino::riconosci_installazione(op, punta, &motivo)
                })?;
            }
            ripristino::riesamina(&stato.db, stato.punte())?;
            sua?;
            Ok::<_, Problema>(None)
        })
        .await?;
    if let Some(testo) = esito {
        campi::rifiuta("ultimo", testo, &mut difetti);
        return pagina(&stato, &chi, StatusCode::UNPROCESSABLE_ENTITY, form.into_inner(), difetti).await;
    }
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/registro/copia")).finish())
}

async fn pagina(
    stato: &web::Data<Stato>,
    chi: &Chi,
    esito: StatusCode,
    scritto: Riconosci,
    difetti: Vec<Difetto>,
) -> Result<HttpResponse, Errata> {
    let (aoo, ora) = (chi.aoo.clone(), chi.ora);
    let letta = move |stato: &Stato| {
        let smarrite = ripristino::riesamina(&stato.db, stato.punte())?;
        let punta = smarrite.into_iter().find(|p| p.aoo == aoo.id);
        stato.db.leggi(|conn| {
            let copie = ripristino::copie(conn, aoo.id)?;
            let numeri = punta.map(|p| ripristino::numeri(conn, &aoo, &p, ora.anno())).transpose()?;
            Ok::<_, Problema>((numeri, copie))
        })
    };
    let (numeri, copie) = stato.blocca(letta).await?;
    let ferma = numeri.map(|(noto, minimo)| Ferma { noto, minimo, anno: ora.anno() });
    let ultimo = match &ferma {
        Some(f) if difetti.is_empty() && f.minimo > 0 => format!("{:07}", f.minimo),
        _ => scritto.ultimo,
    };
    let pagina = Pagina {
        guscio: Guscio::new(chi, "/registro/copia"),
        agisce: chi.permesso(Azione::Registro) >= Permesso::Agisce,
        ferma,
        ultimo,
        motivo: scritto.motivo,
        errori: difetti,
        riconosciute: copie.into_iter().map(Riga::from).collect(),
    };
    Ok(rendi(esito, &pagina)?)
}
