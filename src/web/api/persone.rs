//! `/persone`: the amministratore lets people in and says what they are, office by office. A password never passes through here: who
//! is new enters when one is given with `tabulario utente password`.

use super::corpo::Corpo;
use super::gettone::{Amministra, Amministrazione, Chiamante, DiPersona};
use super::lettore::{Difetti, Oggetto};
use super::uffici::PersonaJson;
use crate::storage::{Conn, Operazione};
use crate::utenti::{self, Errore, Persona, Ruolo, Ufficio};
use crate::valori::{AooId, CodiceUfficio, Denominazione, Testo};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// A role for an office.
#[derive(Serialize, utoipa::ToSchema)]
struct RuoloJson {
    /// Code of the office.
    ufficio: String,
    ruolo: &'static str,
}

/// A person, with what they are now in the AOO.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct PersonaConRuoliJson {
    #[serde(flatten)]
    persona: PersonaJson,
    ruoli: Vec<RuoloJson>,
}

/// The body of a new person.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "camelCase", example = json!({ "nomeUtente": "l.neri", "nome": "Lucia", "cognome": "Neri",
    "ufficio": "EDIL", "ruolo": "addetto" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct PersonaRichiesta {
    /// The name typed at the door; upper and lower case are the same.
    nome_utente: String,
    nome: String,
    cognome: String,
    /// Code of the office of their first role.
    ufficio: String,
    /// `operatore`, `rsp`, `addetto`, `responsabile-ufficio`, `responsabile-conservazione`, `amministratore` or `revisore`.
    ruolo: String,
}

/// The body that gives a role, or takes it back.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "ufficio": "EDIL", "ruolo": "revisore" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct RuoloRichiesta {
    /// Code of the office.
    ufficio: String,
    /// `operatore`, `rsp`, `addetto`, `responsabile-ufficio`, `responsabile-conservazione`, `amministratore` or `revisore`.
    ruolo: String,
}

/// The amministratore makes a person, with a first role. They enter when a password is given to them by command. 409 if the user name
/// is taken.
#[utoipa::path(post, path = "/api/v1/persone", tag = "organigramma", request_body = PersonaRichiesta,
    responses((status = 201, body = PersonaConRuoliJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn crea(
    stato: web::Data<Stato>,
    chi: Chiamante<Amministra, DiPersona<Amministrazione>>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let ammessi = &["nomeUtente", "nome", "cognome", "ufficio", "ruolo"];
    let letta = Oggetto::new(&corpo.0, "", ammessi, &mut difetti).and_then(|o| {
        let nome_utente = o.serve::<Testo>("nomeUtente", &mut difetti);
        let (nome, cognome) = (o.serve("nome", &mut difetti), o.serve("cognome", &mut difetti));
        let incarico = incarico(&o, &mut difetti);
        Some((nome_utente?, nome?, cognome?, incarico?))
    });
    let (nome_utente, nome, cognome, incarico): (Testo, Denominazione, Denominazione, Incarico) =
        difetti.esito(letta)?;
    let scrivi = move |stato: &Stato| {
        let persona = stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            let persona = utenti::crea_senza_parola(op, nome_utente.as_str(), nome, cognome)?;
            let ufficio = utenti::ufficio_per_codice(op.conn, op.aoo, &incarico.ufficio)?;
            utenti::affida(op, &persona, &ufficio, incarico.ruolo)?;
            Ok::<_, Problema>(persona)
        })?;
        stato.db.leggi(|conn| con_ruoli(conn, chi.0.aoo, persona))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

/// The amministratore gives somebody who works in the AOO, or did, a role for an office; not to themselves. 409 if they have it.
#[utoipa::path(post, path = "/api/v1/persone/{nomeUtente}/ruoli", tag = "organigramma",
    params(("nomeUtente" = String, Path, description = "User name")), request_body = RuoloRichiesta,
    responses((status = 201, body = PersonaConRuoliJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn affida(
    stato: web::Data<Stato>,
    chi: Chiamante<Amministra, DiPersona<Amministrazione>>,
    nome_utente: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    cambia((&stato, chi, nome_utente.into_inner()), &corpo, utenti::affida).await
}

/// The amministratore takes a role back: it is none from the next call on. 409 if they do not have it.
#[utoipa::path(post, path = "/api/v1/persone/{nomeUtente}/ruoli-tolti", tag = "organigramma",
    params(("nomeUtente" = String, Path, description = "User name")), request_body = RuoloRichiesta,
    responses((status = 201, body = PersonaConRuoliJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn togli(
    stato: web::Data<Stato>,
    chi: Chiamante<Amministra, DiPersona<Amministrazione>>,
    nome_utente: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    cambia((&stato, chi, nome_utente.into_inner()), &corpo, utenti::togli_ruolo).await
}

/// A role for an office, as it was asked.
struct Incarico {
    ufficio: CodiceUfficio,
    ruolo: Ruolo,
}

fn incarico(o: &Oggetto<'_>, difetti: &mut Difetti) -> Option<Incarico> {
    let (ufficio, ruolo) = (o.serve("ufficio", difetti), o.serve("ruolo", difetti));
    Some(Incarico { ufficio: ufficio?, ruolo: ruolo? })
}

type Cambia = fn(&mut Operazione<'_>, &Persona, &Ufficio, Ruolo) -> Result<(), Errore>;

async fn cambia(
    (stato, chi, nome_utente): (&Stato, Chiamante<Amministra, DiPersona<Amministrazione>>, String),
    corpo: &Corpo,
    cambia: Cambia,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letto =
        Oggetto::new(&corpo.0, "", &["ufficio", "ruolo"], &mut difetti).and_then(|o| incarico(&o, &mut difetti));
    let Incarico { ufficio: codice, ruolo } = difetti.esito(letto)?;
    let scrivi = move |stato: &Stato| {
        let persona = stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            let persona = utenti::utente_dell_aoo(op.conn, op.aoo, &nome_utente)?.ok_or_else(Problema::non_trovato)?;
            // A role in a closed office can still be taken back.
            let ufficio = utenti::trova_ufficio(op.conn, op.aoo, &codice)?;
            let ufficio = ufficio.ok_or_else(|| Errore::UfficioSconosciuto(codice.to_string()))?;
            cambia(op, &persona, &ufficio, ruolo).map_err(|e| match e {
                Errore::RuoloAssente { .. } => Problema::conflitto("ruolo-assente", e.to_string()),
                altro => altro.into(),
            })?;
            Ok::<_, Problema>(persona)
        })?;
        stato.db.leggi(|conn| con_ruoli(conn, chi.0.aoo, persona))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

fn con_ruoli(conn: &mut Conn, aoo: AooId, persona: Persona) -> Result<PersonaConRuoliJson, Problema> {
    let mut ruoli = Vec::new();
    for (ruolo, ufficio) in utenti::ruoli_di(conn, persona.id, aoo)? {
        ruoli.push(RuoloJson { ufficio: utenti::ufficio(conn, ufficio)?.codice.to_string(), ruolo: ruolo.as_str() });
    }
    Ok(PersonaConRuoliJson { persona: persona.into(), ruoli })
}
