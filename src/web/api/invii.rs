//! `invii` over the API: sends per recipient and what their receipts say.

use super::chiave;
use super::gettone::{Chiamante, Legge, Spedisce, Uscita};
use super::lettore::{Difetti, Oggetto};
use crate::pec::{self, Intoppo, Invio, Modo, Ricevuta, TipoRicevuta};
use crate::utenti::risposta;
use crate::valori::{Istante, RegistrazioneId};
use crate::web::{Problema, Stato};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A send to one recipient.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::web::api) struct InvioJson {
    id: String,
    registrazione: String,
    message_id: String,
    destinatario: String,
    /// `in-coda`, `inviato`, `accettato`, `consegnato`, `non-consegnato` or `non-accettato`.
    stato: &'static str,
    /// When each state was reached.
    #[schema(value_type = Object)]
    istanti: BTreeMap<&'static str, Istante>,
    /// The delivery receipt that was asked for: `completa`, `breve` or `sintetica`.
    ricevuta: &'static str,
    /// The send of which this is another attempt.
    rispedisce: Option<String>,
    /// Why it did not arrive in the provider's words, or what stands in the way of a send that has not left, and what happens now.
    intoppo: Option<String>,
}

/// Why it has not arrived, in one sentence.
pub(in crate::web) fn perche(invio: &Invio) -> Option<String> {
    let motivo = || invio.tappe.last().and_then(|t| t.motivo.as_ref()).map(|m| format!("Il gestore comunica: {m}"));
    invio.intoppo.as_ref().map(intoppo).or_else(motivo)
}

fn intoppo(intoppo: &Intoppo) -> String {
    match intoppo {
        Intoppo::Riprova { detto, quando } => format!("Non è partito ({detto}): si riprova {}", quando.leggibile()),
        Intoppo::Ignoto { quando } => format!(
            "In trasmissione, o interrotto a metà: se non arrivano ricevute, dopo il {} si rimanda con lo stesso Message-ID",
            quando.leggibile()
        ),
        Intoppo::Rifiutato { detto } => format!("Non è partito: {detto}"),
    }
}

impl From<&Invio> for InvioJson {
    fn from(i: &Invio) -> Self {
        Self {
            id: i.id.to_string(),
            registrazione: i.registrazione.to_string(),
            message_id: i.message_id.clone(),
            destinatario: i.destinatario.clone(),
            stato: i.stato.as_str(),
            istanti: i.tappe.iter().map(|t| (t.stato.as_str(), t.istante)).collect(),
            ricevuta: i.ricevuta.as_str(),
            rispedisce: i.rispedisce.map(|r| r.to_string()),
            intoppo: perche(i),
        }
    }
}

/// A receipt of one of the sends of a registration.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct RicevutaJson {
    id: String,
    /// `accettazione`, `non-accettazione`, `presa-in-carico`, `avvenuta-consegna`, `errore-consegna`, `preavviso-errore-consegna` or
    /// `rilevazione-virus`.
    tipo: String,
    destinatario: String,
    #[schema(value_type = String)]
    istante: Istante,
    /// The message, whole.
    sha256: String,
    /// A provider that is known here signed it.
    provata: bool,
}

impl From<Ricevuta> for RicevutaJson {
    fn from(r: Ricevuta) -> Self {
        Self {
            id: r.id.to_string(),
            tipo: r.genere,
            destinatario: r.destinatario,
            istante: r.istante,
            sha256: r.impronta.to_string(),
            provata: r.provata,
        }
    }
}

/// A list of sends.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct InviiJson {
    risultati: Vec<InvioJson>,
    cursore: Option<String>,
}

/// What is asked: the uscita to send.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "registrazione": "0192f0e4-0000-7000-8000-000000000001" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct InvioRichiesta {
    /// Id of an uscita.
    registrazione: String,
    /// The delivery receipt to ask for: `completa` (if absent), `breve` or `sintetica`.
    ricevuta: Option<String>,
    /// True to send it again to those it did not reach: refused, not delivered, or unheard of for 24 hours.
    rispedisci: Option<bool>,
}

/// The sends of the newest uscite.
#[utoipa::path(get, path = "/api/v1/invii", tag = "invii", responses((status = 200, body = InviiJson), (status = 401)))]
pub(super) async fn elenca(stato: web::Data<Stato>, chi: Chiamante<Legge, Uscita>) -> Result<HttpResponse, Problema> {
    let invii = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| pec::invii(conn, &chi.vista(), None))?)).await?;
    Ok(HttpResponse::Ok().json(InviiJson { risultati: invii.iter().map(InvioJson::from).collect(), cursore: None }))
}

/// Puts an uscita into the outbox: one send per recipient with an address that has none yet, or another to those it did not reach.
#[utoipa::path(post, path = "/api/v1/invii", tag = "invii",
    params(("Idempotency-Key" = String, Header, description = "Names this request")),
    request_body(content = InvioRichiesta),
    responses((status = 201, body = InviiJson), (status = 400), (status = 401), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn crea(
    stato: web::Data<Stato>,
    chi: Chiamante<Spedisce, Uscita>,
    http: HttpRequest,
    corpo: web::Bytes,
) -> Result<HttpResponse, Problema> {
    let chiave = chiave::chiave(&http)?;
    let json: Value =
        super::json::leggi(&corpo).map_err(|e| Problema::illeggibile(format!("Il corpo della richiesta {e}")))?;
    let mut difetti = Difetti::default();
    let (mut registrazione, mut ricevuta, mut ancora) = (None::<RegistrazioneId>, None::<TipoRicevuta>, false);
    if let Some(o) = Oggetto::new(&json, "", &["registrazione", "ricevuta", "rispedisci"], &mut difetti) {
        registrazione = o.serve("registrazione", &mut difetti);
        ricevuta = o.forse("ricevuta", &mut difetti);
        ancora = o.vero("rispedisci", &mut difetti);
    }
    difetti.chiudi()?;
    let modo = Modo { ricevuta: ricevuta.unwrap_or_default(), ..Modo::default() };
    let registrazione = registrazione.ok_or_else(|| Problema::interno("a field was refused without a reason"))?;
    let richiesta = chiave::richiesta(chi.0.id, "/invii", chiave, &json, &[]);
    let invii = stato
        .blocca(move |stato| {
            let vista = chi.vista();
            stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
                if risposta::precedente(op.conn, &richiesta)?.is_none() {
                    if ancora {
                        pec::rispedisci(op, &vista, registrazione, modo)?;
                    } else {
                        pec::invia(op, &vista, registrazione, modo)?;
                    }
                    risposta::conserva(op, &richiesta, &registrazione.to_string())?;
                }
                Ok::<_, Problema>(pec::invii(op.conn, &vista, Some(registrazione))?)
            })
        })
        .await?;
    Ok(HttpResponse::Created()
        .json(InviiJson { risultati: invii.iter().map(InvioJson::from).collect(), cursore: None }))
}
