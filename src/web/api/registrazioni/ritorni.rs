//! `/registrazioni/{id}/ritorni`: what was answered about a registration, what is owed, and what other AOO answered.

use crate::pec::ritorno::{self, Dovuto, Genere, Ritorno, RitornoRicevuto};
use crate::registro;
use crate::storage::Conn;
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, RegistrazioneId, Testo};
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{ChiVede, Chiamante, Legge, Spedisce, Uscita};
use crate::web::api::invii::InvioJson;
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// The body.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct RitornoRichiesta {
    /// `conferma`, `eccezione`, `aggiornamento`, `annullamento` or `ricevuta-18-bis`.
    #[schema(example = "ricevuta-18-bis")]
    genere: String,
    /// Why: required of an eccezione that is not owed already.
    motivo: Option<String>,
}

/// An answer that was sent.
#[derive(Serialize, utoipa::ToSchema)]
struct RitornoJson {
    id: String,
    genere: &'static str,
    destinatario: String,
    /// `60-2013` or `3.0.0`; null for the receipt of art. 18-bis.
    dialetto: Option<String>,
    testo: String,
    /// The return message, as it was sent.
    xml: Option<String>,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    /// Its sends, the newest last.
    invii: Vec<InvioJson>,
}

/// An answer that is owed.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct DovutoJson {
    genere: &'static str,
    destinatario: String,
    motivo: Option<String>,
    /// It leaves by itself; otherwise a person sends it.
    da_solo: bool,
    /// What went wrong the last time.
    guasto: Option<String>,
}

/// An answer of another AOO.
#[derive(Serialize, utoipa::ToSchema)]
struct RicevutoJson {
    /// Id of the message.
    messaggio: String,
    genere: String,
    mittente: String,
    /// Line of segnatura of their own registration.
    segnatura: Option<String>,
    motivo: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    /// The same as one that arrived before.
    doppione: bool,
}

/// All of them.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct RitorniJson {
    mandati: Vec<RitornoJson>,
    dovuti: Vec<DovutoJson>,
    ricevuti: Vec<RicevutoJson>,
}

impl From<Ritorno> for RitornoJson {
    fn from(r: Ritorno) -> Self {
        Self {
            id: r.id.to_string(),
            genere: r.genere.as_str(),
            destinatario: r.destinatario,
            dialetto: r.dialetto,
            testo: r.testo,
            xml: r.xml,
            autore: r.autore,
            istante: r.istante,
            invii: r.invii.iter().map(InvioJson::from).collect(),
        }
    }
}

impl From<Dovuto> for DovutoJson {
    fn from(d: Dovuto) -> Self {
        let (genere, destinatario) = (d.genere.as_str(), d.destinatario.to_string());
        Self { genere, destinatario, motivo: d.motivo, da_solo: d.da_solo, guasto: d.guasto }
    }
}

impl From<RitornoRicevuto> for RicevutoJson {
    fn from(r: RitornoRicevuto) -> Self {
        let RitornoRicevuto { messaggio, genere, mittente, suo: segnatura, motivo, istante, doppione } = r;
        Self { messaggio: messaggio.to_string(), genere, mittente, segnatura, motivo, istante, doppione }
    }
}

fn leggi(conn: &mut Conn, vista: &Vista, id: RegistrazioneId) -> Result<RitorniJson, Problema> {
    if !registro::visibile(conn, vista, id)? {
        return Err(Problema::non_trovato());
    }
    Ok(RitorniJson {
        mandati: ritorno::ritorni(conn, vista, id)?.into_iter().map(Into::into).collect(),
        dovuti: ritorno::dovuti(conn, vista, id)?.into_iter().map(Into::into).collect(),
        ricevuti: ritorno::ricevuti(conn, vista, id)?.into_iter().map(Into::into).collect(),
    })
}

/// The answers about a registration: sent, owed, and received from other AOO.
#[utoipa::path(get, path = "/api/v1/registrazioni/{id}/ritorni", tag = "invii",
    params(("id" = String, Path, description = "Id of the registration")),
    responses((status = 200, body = RitorniJson), (status = 401), (status = 404)))]
pub(in crate::web::api) async fn elenca_ritorni(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, ChiVede>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let letti = stato.blocca(move |stato| stato.db.leggi(|conn| leggi(conn, &chi.vista(), id)));
    Ok(HttpResponse::Ok().json(letti.await?))
}

/// Sends an answer: those of this kind that are owed, or one that may be sent all the same. Sent before: 409.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/ritorni", tag = "invii",
    params(("id" = String, Path, description = "Id of the registration")),
    request_body = RitornoRichiesta,
    responses((status = 201, body = RitorniJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn manda_ritorno(
    stato: web::Data<Stato>,
    chi: Chiamante<Spedisce, Uscita>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let mut difetti = Difetti::default();
    let letto = Oggetto::new(&corpo.0, "", &["genere", "motivo"], &mut difetti).and_then(|o| {
        let motivo = o.forse::<Testo>("motivo", &mut difetti);
        Some((o.serve::<Genere>("genere", &mut difetti)?, motivo))
    });
    let (genere, motivo) = difetti.esito(letto)?;
    let mandati = stato.blocca(move |stato| {
        let vista = chi.vista();
        if !stato.db.leggi(|conn| registro::visibile(conn, &vista, id))? {
            return Err(Problema::non_trovato());
        }
        ritorno::manda(&stato.db, &chi.attore(), &vista, id, (genere, motivo.as_ref()))?;
        stato.db.leggi(|conn| leggi(conn, &vista, id))
    });
    Ok(HttpResponse::Created().json(mandati.await?))
}
