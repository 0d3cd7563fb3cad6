//! `/uffici`: the organigramma, now or on a day of the past, and how the amministratore changes it.

use super::corpo::Corpo;
use super::gettone::{Amministra, Amministrazione, Chiamante, DiPersona, Legge};
use super::lettore::{Difetti, Giorno, Oggetto};
use crate::istanze;
use crate::storage::{Conn, Operazione};
use crate::utenti::{self, Errore, Incaricato, Persona, Posto, Ufficio};
use crate::valori::{AooId, CodiceUfficio, Denominazione, Istante, Rifiuto};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// What is asked of the organigramma.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Filtro {
    /// The day, as it was at its end; now, if absent or today.
    al: Option<String>,
}

/// A person, never with a password.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PersonaJson {
    nome_utente: String,
    nome: String,
    cognome: String,
}

impl From<Persona> for PersonaJson {
    fn from(p: Persona) -> Self {
        Self { nome_utente: p.nome_utente, nome: p.nome.to_string(), cognome: p.cognome.to_string() }
    }
}

/// A person in an office.
#[derive(Serialize, utoipa::ToSchema)]
struct IncaricatoJson {
    persona: PersonaJson,
    ruolo: &'static str,
    #[schema(value_type = String, format = DateTime)]
    dal: Istante,
    /// True if the person was kept out by then.
    escluso: bool,
}

impl From<Incaricato> for IncaricatoJson {
    fn from(i: Incaricato) -> Self {
        Self { persona: i.persona.into(), ruolo: i.ruolo.as_str(), dal: i.dal, escluso: i.escluso }
    }
}

/// An office.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct UfficioJson {
    codice: String,
    denominazione: String,
    /// Code of the office above it.
    sotto: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    chiuso: Option<Istante>,
}

/// An office in its place, with who has a role there.
#[derive(Serialize, utoipa::ToSchema)]
struct PostoJson {
    #[serde(flatten)]
    ufficio: UfficioJson,
    /// How many offices stand above it.
    livello: usize,
    persone: Vec<IncaricatoJson>,
}

/// The organigramma: each office right after the one it stands under.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct UfficiJson {
    /// The instant it is of.
    #[schema(value_type = String, format = DateTime)]
    al: Istante,
    risultati: Vec<PostoJson>,
}

/// The body of a new office.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "codice": "SUAP", "denominazione": "Sportello attività produttive", "sotto": "EDIL" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct UfficioRichiesta {
    /// For ever.
    codice: String,
    denominazione: String,
    /// Code of the office above it; absent: it stands at the top.
    sotto: Option<String>,
}

/// The body of another name.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct DenominazioneRichiesta {
    #[schema(example = "Sportello unico per l'edilizia")]
    denominazione: String,
}

/// The body of a move.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "sotto": null }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct SpostamentoRichiesta {
    /// Code of the office above it from now on; null: it stands at the top.
    #[schema(required = true)]
    sotto: Option<String>,
}

/// The offices with who is there and as what, now or on a day of the past.
#[utoipa::path(get, path = "/api/v1/uffici", tag = "organigramma", params(Filtro),
    responses((status = 200, body = UfficiJson), (status = 400), (status = 401)))]
pub(super) async fn elenca(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Amministrazione>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Problema> {
    let giorno = filtro.into_inner().al.map(|al| al.parse::<Giorno>());
    let giorno = giorno.transpose().map_err(|e: Rifiuto| Problema::illeggibile(e.to_string()))?;
    let ora = stato.db.orologio().adesso();
    let al = match giorno {
        Some(Giorno(giorno)) if giorno > ora.giorno() => {
            return Err(Problema::illeggibile("al: questo giorno deve ancora venire"));
        }
        Some(Giorno(giorno)) if giorno < ora.giorno() => {
            Istante::new(Istante::fine(giorno).date_time() - TimeDelta::milliseconds(1))
        }
        _ => ora,
    };
    // Who works where is for people: an application learns the offices alone.
    let con_persone = chi.0.persona.is_some();
    let mut posti =
        stato.blocca(move |stato| Ok(stato.db.leggi(|conn| utenti::organigramma(conn, chi.0.aoo, al))?)).await?;
    if !con_persone {
        posti.iter_mut().for_each(|posto| posto.persone.clear());
    }
    Ok(HttpResponse::Ok().json(UfficiJson { al, risultati: in_json(posti) }))
}

fn in_json(posti: Vec<Posto>) -> Vec<PostoJson> {
    let codici: Vec<_> = posti.iter().map(|p| (p.ufficio.id, p.ufficio.codice.to_string())).collect();
    let uno = |p: Posto| {
        let sopra = codici.iter().find(|(id, _)| Some(*id) == p.ufficio.padre);
        PostoJson {
            ufficio: UfficioJson::new(&p.ufficio, sopra.map(|(_, codice)| codice.clone())),
            livello: p.livello,
            persone: p.persone.into_iter().map(IncaricatoJson::from).collect(),
        }
    };
    posti.into_iter().map(uno).collect()
}

impl UfficioJson {
    fn new(u: &Ufficio, sotto: Option<String>) -> Self {
        Self { codice: u.codice.to_string(), denominazione: u.denominazione.to_string(), sotto, chiuso: u.chiuso }
    }

    /// The office as it is now.
    fn letto(conn: &mut Conn, aoo: AooId, codice: &CodiceUfficio) -> Result<Self, Problema> {
        let ufficio = utenti::trova_ufficio(conn, aoo, codice)?.ok_or_else(Problema::non_trovato)?;
        let sopra = ufficio.padre.map(|p| utenti::ufficio(conn, p)).transpose()?;
        Ok(Self::new(&ufficio, sopra.map(|u| u.codice.to_string())))
    }
}

/// The amministratore makes an office. 409 if the code is taken.
#[utoipa::path(post, path = "/api/v1/uffici", tag = "organigramma", request_body = UfficioRichiesta,
    responses((status = 201, body = UfficioJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn crea(
    stato: web::Data<Stato>,
    chi: Chiamante<Amministra, DiPersona<Amministrazione>>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letto = Oggetto::new(&corpo.0, "", &["codice", "denominazione", "sotto"], &mut difetti).and_then(|o| {
        let (codice, nome) = (o.serve("codice", &mut difetti), o.serve("denominazione", &mut difetti));
        let sotto = o.forse::<CodiceUfficio>("sotto", &mut difetti);
        Some((codice?, nome?, sotto))
    });
    let (codice, nome, sotto): (CodiceUfficio, Denominazione, _) = difetti.esito(letto)?;
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            let sopra = sopra(op, sotto.as_ref())?;
            Ok::<_, Problema>(utenti::crea_ufficio(op, codice.clone(), nome, sopra.as_ref()).map(drop)?)
        })?;
        stato.db.leggi(|conn| UfficioJson::letto(conn, chi.0.aoo, &codice))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

/// The amministratore gives an office another name, from now; what names the office keeps the name it had. The name that it has
/// already changes nothing.
#[utoipa::path(post, path = "/api/v1/uffici/{codice}/denominazione", tag = "organigramma",
    params(("codice" = String, Path, description = "Code of the office")), request_body = DenominazioneRichiesta,
    responses((status = 201, body = UfficioJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn rinomina(
    stato: web::Data<Stato>,
    chi: Chiamante<Amministra, DiPersona<Amministrazione>>,
    codice: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let nome = Oggetto::new(&corpo.0, "", &["denominazione"], &mut difetti)
        .and_then(|o| o.serve::<Denominazione>("denominazione", &mut difetti));
    let nome = difetti.esito(nome)?;
    cambia((&stato, chi, &codice), move |op, ufficio| Ok(utenti::rinomina_ufficio(op, ufficio, &nome)?)).await
}

/// The amministratore puts an office under another, or at the top, from now. 409 if it would stand below itself.
#[utoipa::path(post, path = "/api/v1/uffici/{codice}/spostamento", tag = "organigramma",
    params(("codice" = String, Path, description = "Code of the office")), request_body = SpostamentoRichiesta,
    responses((status = 201, body = UfficioJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn sposta(
    stato: web::Data<Stato>,
    chi: Chiamante<Amministra, DiPersona<Amministrazione>>,
    codice: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let sotto = Oggetto::new(&corpo.0, "", &["sotto"], &mut difetti).and_then(|o| {
        if !o.ha("sotto") {
            difetti.aggiungi(o.dove("sotto"), "manca; null lo mette in cima");
        }
        o.forse::<CodiceUfficio>("sotto", &mut difetti)
    });
    difetti.chiudi()?;
    let muovi = move |op: &mut Operazione<'_>, ufficio: &Ufficio| {
        let sopra = sopra(op, sotto.as_ref())?;
        Ok(utenti::sposta_ufficio(op, ufficio, sopra.as_ref())?)
    };
    cambia((&stato, chi, &codice), muovi).await
}

/// The amministratore closes an office, for ever. 409 if an open one stands below it, if it has documents to deal with, or if istanze
/// go to it.
#[utoipa::path(post, path = "/api/v1/uffici/{codice}/chiusura", tag = "organigramma",
    params(("codice" = String, Path, description = "Code of the office")),
    responses((status = 201, body = UfficioJson), (status = 401), (status = 404), (status = 409)))]
pub(super) async fn chiudi(
    stato: web::Data<Stato>,
    chi: Chiamante<Amministra, DiPersona<Amministrazione>>,
    codice: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    cambia((&stato, chi, &codice), |op, ufficio| Ok(istanze::chiudi_ufficio(op, ufficio)?)).await
}

/// One act on an open office, then the office as it is.
async fn cambia(
    (stato, chi, codice): (&Stato, Chiamante<Amministra, DiPersona<Amministrazione>>, &str),
    f: impl FnOnce(&mut Operazione<'_>, &Ufficio) -> Result<(), Problema> + Send + 'static,
) -> Result<HttpResponse, Problema> {
    let codice: CodiceUfficio = codice.parse().map_err(|_| Problema::non_trovato())?;
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            let ufficio = utenti::trova_ufficio(op.conn, op.aoo, &codice)?.ok_or_else(Problema::non_trovato)?;
            // The office itself, not a field that names one.
            ufficio.aperto().map_err(|e| Problema::conflitto("ufficio-chiuso", e.to_string()))?;
            f(op, &ufficio)
        })?;
        stato.db.leggi(|conn| UfficioJson::letto(conn, chi.0.aoo, &codice))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

/// The open office that the member `sotto` names.
fn sopra(op: &mut Operazione<'_>, codice: Option<&CodiceUfficio>) -> Result<Option<Ufficio>, Problema> {
    let no = |e| match e {
        Errore::UfficioSconosciuto(_) | Errore::UfficioChiuso { .. } => Problema::campo("/sotto", e.to_string()),
        altro => altro.into(),
    };
    codice.map(|c| utenti::ufficio_per_codice(op.conn, op.aoo, c)).transpose().map_err(no)
}
