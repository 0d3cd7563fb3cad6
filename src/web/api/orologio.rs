//! `/orologio`: whether the server's clock may date the next registration, and the RSP's word that it may (DPR 445/2000 art. 53
//! c. 1 b).

use super::corpo::Corpo;
use super::gettone::{Annulla, Chiamante, DiPersona, Legge, Registro};
use super::lettore::{Difetti, Oggetto};
use crate::registro::orologio::{self, Andamento, SALTO_MASSIMO};
use crate::storage::Conn;
use crate::utenti;
use crate::valori::{AooId, Istante, Testo};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// The clock against the last registration.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrologioJson {
    /// What the server's clock says.
    #[schema(value_type = String, format = DateTime)]
    ora: Istante,
    /// `regolare`; `indietro` or `avanti`: then nothing is registered until the clock is right again or the RSP confirms it.
    stato: &'static str,
    /// The instant of the last registration that it is far from; null if it is regular.
    #[schema(value_type = Option<String>, format = DateTime)]
    ultima: Option<Istante>,
    /// How many days ahead of the last registration it is believed without being asked.
    salto_massimo_giorni: i64,
}

/// The body that confirms it.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct ConfermaRichiesta {
    /// How the time was checked: it stays with the act.
    #[schema(example = "Confrontata con il segnale orario dell'INRIM: l'ufficio è stato chiuso quattro mesi")]
    motivo: String,
}

/// What the clock says, and whether the next registration would be refused because of it.
#[utoipa::path(get, path = "/api/v1/orologio", tag = "registrazioni",
    responses((status = 200, body = OrologioJson), (status = 401)))]
pub(super) async fn mostra(stato: web::Data<Stato>, chi: Chiamante<Legge, Registro>) -> Result<HttpResponse, Problema> {
    let leggi = move |stato: &Stato| {
        let ora = stato.db.orologio().adesso();
        stato.db.leggi(|conn| letto(conn, chi.0.aoo, ora))
    };
    Ok(HttpResponse::Ok().json(stato.blocca(leggi).await?))
}

/// The RSP confirms that the clock is right though it is far from the last registration: registering goes on. 409 if it is regular.
#[utoipa::path(post, path = "/api/v1/orologio/conferma", tag = "registrazioni", request_body = ConfermaRichiesta,
    responses((status = 201, body = OrologioJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn conferma(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let motivo =
        Oggetto::new(&corpo.0, "", &["motivo"], &mut difetti).and_then(|o| o.serve::<Testo>("motivo", &mut difetti));
    let motivo = difetti.esito(motivo)?;
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            let aoo = utenti::aoo(op.conn, op.aoo)?;
            Ok::<_, Problema>(orologio::conferma(op, &aoo, &motivo)?)
        })?;
        let ora = stato.db.orologio().adesso();
        stato.db.leggi(|conn| letto(conn, chi.0.aoo, ora))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

fn letto(conn: &mut Conn, aoo: AooId, ora: Istante) -> Result<OrologioJson, Problema> {
    let aoo = utenti::aoo(conn, aoo)?;
    let (stato, ultima) = match orologio::andamento(conn, &aoo, ora)? {
        Andamento::Regolare => ("regolare", None),
        Andamento::Indietro(ultima) => ("indietro", Some(ultima)),
        Andamento::Avanti(ultima) => ("avanti", Some(ultima)),
    };
    Ok(OrologioJson { ora, stato, ultima, salto_massimo_giorni: SALTO_MASSIMO.num_days() })
}
