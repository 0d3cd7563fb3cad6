//! Istanze whose registration was annulled, and their next number.

use crate::registro::Registrazione;
use crate::storage::Conn;
use crate::utenti::visibilita::Vista;
use crate::valori::IstanzaId;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato};
use crate::{istanze, registro};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// An istanza that is back.
pub(super) struct IstanzaVista {
    pub(super) id: String,
    pub(super) registrazione: String,
    pub(super) numero: String,
    pub(super) mittente: String,
    pub(super) oggetto: String,
    pub(super) motivo: String,
}

pub(super) fn tornate(conn: &mut Conn, vista: &Vista, quante: i64) -> Result<Vec<IstanzaVista>, Problema> {
    let riga = |(id, r): (IstanzaId, Registrazione)| IstanzaVista {
        id: id.to_string(),
        registrazione: r.id.to_string(),
        numero: format!("{}/{}", r.numero, r.anno),
        mittente: r.corrispondenti.first().map(|c| formato::nome(&c.parte)).unwrap_or_default(),
        oggetto: r.oggetto.to_string(),
        motivo: r.annullamento.map(|a| a.motivo.to_string()).unwrap_or_default(),
    };
    Ok(istanze::tornate(conn, vista, quante)?.into_iter().map(riga).collect())
}

/// The button that registers it again.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Modulo {
    modulo: String,
}

/// `POST /da-protocollare/istanze/{id}/protocollo`.
pub(in crate::web::pagine) async fn riprotocolla(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Modulo>,
) -> Result<HttpResponse, Errata> {
    let vista = super::posta(&chi)?;
    chi.modulo(&form.modulo)?;
    let id: IstanzaId = id.parse().map_err(|_| Problema::non_trovato())?;
    let (attore, aoo) = (chi.attore(), chi.aoo.id);
    let fatta = stato.blocca(move |stato| {
        let fatta = stato.db.scrivi(aoo, &attore, |op| {
            istanze::riprotocolla(op, &vista, id, &stato.calendario).map_err(Problema::from)
        })?;
        stato.misure.registrata();
        Ok((fatta, stato.db.leggi(|conn| registro::visibile(conn, &vista, fatta))?))
    });
    let (fatta, visibile) = fatta.await?;
    let luogo = if visibile { format!("/registrazioni/{fatta}") } else { "/da-protocollare".to_owned() };
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
}
