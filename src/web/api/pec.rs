//! `pec/messaggi` over the API: what arrived, and its protocolling.

use super::chiave;
use super::gettone::{Chiamante, Entrata, Legge, Registra};
use super::lettore::{Difetti, Giorno, Oggetto};
use super::registrazioni::{RegistrazioneJson, corrispondente, mostra_fatta, protocollo_mittente};
use crate::pec::{self, Casella, Decisione, Messaggio};
use crate::utenti::risposta;
use crate::valori::{CodiceUfficio, CodiceVoce, Impronta, Istante, MessaggioId, RegistrazioneId};
use crate::web::{Problema, Stato};
use crate::{titolario, utenti};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Messages in one page.
const PAGINA: i64 = 100;

const CAMPI: &[&str] = &[
    "oggetto",
    "mezzo",
    "corrispondenti",
    "protocolloMittente",
    "voce",
    "ufficio",
    "tipologia",
    "dataDocumento",
    "riservato",
    "rispondeA",
    "principale",
];

/// What is asked of the list.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Filtro {
    /// As given by the page before.
    cursore: Option<String>,
}

/// A message.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessaggioJson {
    id: String,
    casella: String,
    message_id: Option<String>,
    /// SHA-256 of the whole message.
    sha256: String,
    kind: String,
    /// `da-protocollare`, `protocollato`, `non-protocollato`, `ricevuta`, `ricevuta-senza-invio` or `ritorno`.
    stato: &'static str,
    mittente: String,
    oggetto: String,
    refers_to: Option<String>,
    /// The verdict on the provider's signature.
    #[schema(value_type = Option<Object>)]
    signature: Option<Value>,
    #[schema(value_type = Vec<Object>)]
    attachments: Vec<Value>,
    findings: Vec<String>,
    /// Id of the earlier message that is the same.
    duplicate: Option<String>,
    registrazione: Option<String>,
    /// Why it is not registered, if a person left it out.
    esclusione: Option<EsclusioneJson>,
}

/// The act that left a message out.
#[derive(Serialize, utoipa::ToSchema)]
struct EsclusioneJson {
    motivo: String,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
}

/// A page of messages.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct MessaggiJson {
    risultati: Vec<MessaggioJson>,
    cursore: Option<String>,
}

/// What a person decides; everything that is left out comes from the message or from the token's defaults.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "oggetto": "Istanza di permesso di costruire, via Garibaldi 12",
    "corrispondenti": [{ "ruolo": "mittente", "tipo": "persona-fisica", "nome": "Maria", "cognome": "Bianchi" }],
    "voce": "VI.3",
    "ufficio": "EDIL",
}))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct ProtocolloRichiesta {
    oggetto: Option<String>,
    mezzo: Option<String>,
    corrispondenti: Option<Vec<super::registrazioni::CorrispondenteRichiesta>>,
    voce: Option<String>,
    ufficio: Option<String>,
    tipologia: Option<String>,
    /// The date of the document, `2026-11-19`.
    data_documento: Option<String>,
    riservato: Option<bool>,
    risponde_a: Option<String>,
    /// SHA-256 of the attachment that is the document.
    principale: Option<String>,
}

impl MessaggioJson {
    pub(super) fn new(m: &Messaggio, caselle: &[Casella]) -> Self {
        let casella = caselle.iter().find(|c| c.id == m.casella);
        Self {
            id: m.id.to_string(),
            casella: casella.map(|c| c.indirizzo.to_string()).unwrap_or_default(),
            message_id: m.message_id.clone(),
            sha256: m.impronta.to_string(),
            kind: m.genere.clone(),
            stato: m.stato.as_str(),
            mittente: m.mittente.clone(),
            oggetto: m.oggetto.clone(),
            refers_to: m.riferito.clone(),
            signature: m.firma_gestore.as_ref().map(|i| json!({ "indication": i })),
            attachments: m
                .allegati
                .iter()
                .map(|a| json!({ "nome": a.nome.as_str(), "sha256": a.riposto.impronta.to_string() }))
                .collect(),
            findings: m.rilievi(),
            duplicate: m.doppione_di.map(|d| d.to_string()),
            registrazione: m.registrazione.map(|r| r.to_string()),
            esclusione: m.esclusione.as_ref().map(|e| EsclusioneJson {
                motivo: e.motivo.clone(),
                autore: e.autore.clone(),
                istante: e.istante,
            }),
        }
    }
}

/// The messages of the AOO, oldest first.
#[utoipa::path(get, path = "/api/v1/pec/messaggi", tag = "pec", params(Filtro),
    responses((status = 200, body = MessaggiJson), (status = 400), (status = 401)))]
pub(super) async fn elenca(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Entrata>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Problema> {
    let dopo = filtro.into_inner().cursore.map(|c| c.parse::<MessaggioId>());
    let dopo = dopo.transpose().map_err(|e| Problema::illeggibile(e.to_string()))?;
    let (messaggi, caselle) = stato
        .blocca(move |stato| {
            stato.db.leggi(|conn| {
                Ok::<_, Problema>((pec::messaggi(conn, &chi.vista(), dopo, PAGINA)?, pec::caselle(conn)?))
            })
        })
        .await?;
    let piena = i64::try_from(messaggi.len()).is_ok_and(|n| n == PAGINA);
    let cursore = messaggi.last().filter(|_| piena).map(|m| m.id.to_string());
    let risultati = messaggi.iter().map(|m| MessaggioJson::new(m, &caselle)).collect();
    Ok(HttpResponse::Ok().json(MessaggiJson { risultati, cursore }))
}

/// What was decided, read and valid in itself.
struct Deciso {
    voce: Option<CodiceVoce>,
    ufficio: Option<CodiceUfficio>,
    decidi: Box<dyn FnOnce(titolario::Voce, utenti::Ufficio) -> Decisione + Send>,
}

/// Registers a message as an entrata and assigns it.
#[utoipa::path(post, path = "/api/v1/pec/messaggi/{id}/protocollo", tag = "pec",
    params(("id" = String, Path, description = "Id of the message"),
        ("Idempotency-Key" = String, Header, description = "Names this request")),
    request_body(content = ProtocolloRichiesta),
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422)))]
pub(super) async fn protocolla(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Entrata>,
    http: HttpRequest,
    id: web::Path<String>,
    corpo: web::Bytes,
) -> Result<HttpResponse, Problema> {
    let id: MessaggioId = id.parse().map_err(|_| Problema::non_trovato())?;
    let chiave = chiave::chiave(&http)?;
    let json: Value = if corpo.is_empty() {
        json!({})
    } else {
        super::json::leggi(&corpo).map_err(|e| Problema::illeggibile(format!("Il corpo della richiesta {e}")))?
    };
    let deciso = leggi(&json, stato.limiti.corrispondenti)?;
    let richiesta = chiave::richiesta(chi.0.id, &format!("/pec/messaggi/{id}/protocollo"), chiave, &json, &[]);
    let fatta = stato
        .blocca(move |stato| {
            let vista = chi.vista();
            let nuova = stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
                if let Some(prima) = risposta::precedente(op.conn, &richiesta)? {
                    return prima.parse().map_err(Problema::interno);
                }
                if !pec::visibile(op.conn, &vista, id)? {
                    return Err(Problema::non_trovato());
                }
                let voce = deciso.voce.or_else(|| chi.0.voce.clone());
                let voce = voce.ok_or_else(|| Problema::campo("/voce", "manca la voce di titolario"))?;
                let voce = titolario::voce(op.conn, op.aoo, &voce)?;
                let ufficio = deciso.ufficio.or_else(|| chi.0.ufficio.clone());
                let ufficio = ufficio.ok_or_else(|| Problema::campo("/ufficio", "manca l'ufficio"))?;
                let ufficio = utenti::ufficio_per_codice(op.conn, op.aoo, &ufficio)?;
                let aoo = utenti::aoo(op.conn, op.aoo)?;
                let fatta = pec::protocolla(op, &aoo, &vista, id, (deciso.decidi)(voce, ufficio))?;
                risposta::conserva(op, &richiesta, &fatta.id.to_string())?;
                Ok::<RegistrazioneId, Problema>(fatta.id)
            })?;
            stato.db.leggi(|conn| mostra_fatta(conn, &vista, nuova))
        })
        .await?;
    Ok(HttpResponse::Created().json(fatta))
}

fn leggi(json: &Value, massimo: usize) -> Result<Deciso, Problema> {
    let mut difetti = Difetti::default();
    let Some(o) = Oggetto::new(json, "", CAMPI, &mut difetti) else {
        return Err(Problema::illeggibile("Serve un oggetto JSON."));
    };
    let parti = o.lista("corrispondenti", massimo, &mut difetti).iter().enumerate();
    let corrispondenti: Vec<_> =
        parti.filter_map(|(i, c)| corrispondente(c, &format!("/corrispondenti/{i}"), &mut difetti)).collect();
    let (oggetto, mezzo) = (o.forse("oggetto", &mut difetti), o.forse("mezzo", &mut difetti));
    let protocollo_mittente = protocollo_mittente(&o, &mut difetti);
    let (tipologia, riservato) = (o.forse("tipologia", &mut difetti), o.vero("riservato", &mut difetti));
    let data_documento = o.forse::<Giorno>("dataDocumento", &mut difetti).map(|d| d.0);
    let risponde_a = o.forse("rispondeA", &mut difetti);
    let principale: Option<Impronta> = o.forse("principale", &mut difetti);
    let (voce, ufficio) = (o.forse("voce", &mut difetti), o.forse("ufficio", &mut difetti));
    difetti.chiudi()?;
    let decidi = Box::new(move |voce, ufficio| Decisione {
        voce,
        ufficio,
        oggetto,
        corrispondenti,
        mezzo,
        protocollo_mittente,
        tipologia,
        data_documento,
        riservato,
        risponde_a,
        principale,
    });
    Ok(Deciso { voce, ufficio, decidi })
}
