//! What an office does with a registration that was assigned to it: `POST /registrazioni/{id}/presa-in-carico` and its siblings. An
//! application acts as itself, for the office that it names, like one of its addetti; a person for an office where they work.

use super::atto;
use super::risposta::RegistrazioneJson;
use crate::scrivania::{self, Addetto, Assegnazione};
use crate::storage::Operazione;
use crate::valori::{CodiceUfficio, Istante, RegistrazioneId, Testo};
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Assegna, Chiamante, Scrivania};
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// An assignment.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::web::api) struct AssegnazioneJson {
    ufficio: String,
    denominazione: String,
    /// `competenza` or `conoscenza`.
    titolo: &'static str,
    #[schema(value_type = String, format = DateTime)]
    dal: Istante,
    /// User name of the person of the office it was given to.
    #[serde(skip_serializing_if = "Option::is_none")]
    persona: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nota: Option<String>,
    /// Who assigned.
    autore: String,
    /// `da-prendere`, `in-carico`, `rifiutata`, `conclusa`, `da-leggere`, `letta`, `superata` or, of an uscita with the office it comes
    /// from, `propria`.
    stato: &'static str,
    /// What the office did with it, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    movimenti: Vec<MovimentoJson>,
}

/// What somebody did with an assignment.
#[derive(Serialize, utoipa::ToSchema)]
struct MovimentoJson {
    /// `presa-in-carico`, `restituzione`, `rifiuto`, `conclusione` or `lettura`.
    cosa: &'static str,
    /// `utente:<id>` or `applicazione:<id>`.
    attore: String,
    /// The reason of a refusal, the outcome of a conclusion.
    #[serde(skip_serializing_if = "Option::is_none")]
    testo: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
}

impl From<&Assegnazione> for AssegnazioneJson {
    fn from(a: &Assegnazione) -> Self {
        let movimento = |m: &scrivania::Movimento| MovimentoJson {
            cosa: m.cosa.as_str(),
            attore: m.attore.to_string(),
            testo: m.testo.as_ref().map(ToString::to_string),
            istante: m.istante,
        };
        Self {
            ufficio: a.ufficio.to_string(),
            denominazione: a.denominazione.clone(),
            titolo: a.titolo.as_str(),
            dal: a.istante,
            persona: a.persona.as_ref().map(|p| p.nome_utente.clone()),
            nota: a.nota.as_ref().map(ToString::to_string),
            autore: a.autore.clone(),
            stato: a.situazione.stato.as_str(),
            movimenti: a.situazione.movimenti.iter().map(movimento).collect(),
        }
    }
}

/// The body of an act that says nothing but for whom.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct PerUfficio {
    /// Code of the office for which the application acts, or where its person works.
    #[schema(example = "EDIL")]
    ufficio: String,
}

/// The body of a refusal.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct RifiutoRichiesta {
    /// Code of the office for which the application acts, or where its person works.
    #[schema(example = "EDIL")]
    ufficio: String,
    /// Why it is not the office's.
    #[schema(example = "È una pratica dello sportello attività produttive")]
    motivo: String,
}

/// The body of a conclusion.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct ConclusioneRichiesta {
    /// Code of the office for which the application acts, or where its person works.
    #[schema(example = "EDIL")]
    ufficio: String,
    /// How it was dealt with.
    #[schema(example = "Permesso rilasciato con il n. 0000456")]
    esito: String,
}

/// For which office, and with which words.
struct Letto {
    ufficio: Option<CodiceUfficio>,
    testo: Option<Testo>,
}

/// Reads a body with an office and, where it has a name, a text that must be there.
fn leggi_corpo(corpo: &Corpo, testo: Option<&'static str>) -> Result<Letto, Problema> {
    let mut difetti = Difetti::default();
    let mut ammessi = vec!["ufficio"];
    ammessi.extend(testo);
    let letto = Oggetto::new(&corpo.0, "", &ammessi, &mut difetti).map(|o| Letto {
        ufficio: o.serve("ufficio", &mut difetti),
        testo: testo.and_then(|nome| o.serve(nome, &mut difetti)),
    });
    difetti.chiudi()?;
    letto.ok_or_else(|| Problema::campo("", "serve un oggetto JSON"))
}

/// Lets the caller act at the desk of the office that it names.
pub(super) fn per_ufficio(
    op: &mut Operazione<'_>,
    chi: &Chiamante<Assegna, Scrivania>,
    ufficio: Option<&CodiceUfficio>,
    fai: impl FnOnce(&mut Operazione<'_>, &Addetto<'_>) -> Result<(), scrivania::Errore>,
) -> Result<(), Problema> {
    let ufficio = ufficio.ok_or_else(|| Problema::campo("/ufficio", "manca"))?;
    let (attore, ruoli) = (op.attore.clone(), chi.alla_scrivania(op.conn, ufficio)?);
    Ok(fai(op, &Addetto { attore: &attore, ruoli: &ruoli })?)
}

/// The domain's act, with its text where it has one.
type Fai = fn(&mut Operazione<'_>, &Addetto<'_>, RegistrazioneId, Option<&Testo>) -> Result<(), scrivania::Errore>;

async fn muovi(
    (stato, chi, id): (&Stato, Chiamante<Assegna, Scrivania>, &str),
    corpo: &Corpo,
    testo: Option<&'static str>,
    fai: Fai,
) -> Result<HttpResponse, Problema> {
    let letto = leggi_corpo(corpo, testo)?;
    atto(stato, chi, id, move |op, chi, _, id| {
        per_ufficio(op, chi, letto.ufficio.as_ref(), |op, addetto| fai(op, addetto, id, letto.testo.as_ref()))
    })
    .await
}

/// Takes charge of a registration for an office. Who has it already: nothing changes; if somebody else has it: 409, with who and since
/// when.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/presa-in-carico", tag = "scrivania",
    params(("id" = String, Path, description = "Id of the registration")), request_body = PerUfficio,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn prendi(
    stato: web::Data<Stato>,
    chi: Chiamante<Assegna, Scrivania>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    muovi((&stato, chi, &id), &corpo, None, |op, a, id, _| scrivania::prendi_in_carico(op, a, id)).await
}

/// Gives a registration that was taken charge of back to the whole office.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/restituzione", tag = "scrivania",
    params(("id" = String, Path, description = "Id of the registration")), request_body = PerUfficio,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn restituisci(
    stato: web::Data<Stato>,
    chi: Chiamante<Assegna, Scrivania>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    muovi((&stato, chi, &id), &corpo, None, |op, a, id, _| scrivania::restituisci(op, a, id)).await
}

/// Says that a registration is not the office's: it goes back to the protocol office, which assigns it again.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/rifiuto", tag = "scrivania",
    params(("id" = String, Path, description = "Id of the registration")), request_body = RifiutoRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn rifiuta(
    stato: web::Data<Stato>,
    chi: Chiamante<Assegna, Scrivania>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    muovi((&stato, chi, &id), &corpo, Some("motivo"), |op, a, id, motivo| match motivo {
        Some(motivo) => scrivania::rifiuta(op, a, id, motivo),
        None => Ok(()),
    })
    .await
}

/// Says how a registration that was taken charge of was dealt with.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/conclusione", tag = "scrivania",
    params(("id" = String, Path, description = "Id of the registration")), request_body = ConclusioneRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn concludi(
    stato: web::Data<Stato>,
    chi: Chiamante<Assegna, Scrivania>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    muovi((&stato, chi, &id), &corpo, Some("esito"), |op, a, id, esito| match esito {
        Some(esito) => scrivania::concludi(op, a, id, esito),
        None => Ok(()),
    })
    .await
}

/// Says that what was sent to the office per conoscenza was read.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/lettura", tag = "scrivania",
    params(("id" = String, Path, description = "Id of the registration")), request_body = PerUfficio,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn leggi(
    stato: web::Data<Stato>,
    chi: Chiamante<Assegna, Scrivania>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    muovi((&stato, chi, &id), &corpo, None, |op, a, id, _| scrivania::ho_letto(op, a, id)).await
}
