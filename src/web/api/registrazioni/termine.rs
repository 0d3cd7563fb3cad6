//! The term of a registration: `POST /registrazioni/{id}/termine`, and what stops it and lets it run again.

use super::atto;
use super::carico::per_ufficio;
use super::risposta::RegistrazioneJson;
use crate::scrivania::{self, Addetto, CosaVicenda, Termine, Vicenda};
use crate::utenti::Ruolo;
use crate::valori::{CodiceProcedimento, CodiceUfficio, Istante, Rifiuto, Testo};
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Assegna, Chiamante, Scrivania};
use crate::web::api::lettore::{Difetti, Giorno, Oggetto};
use crate::web::{Problema, Stato};
use crate::{istanze, utenti};
use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use serde::Serialize;
use std::str::FromStr;

/// The term of a registration.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct TermineJson {
    /// From when it runs: the presentazione.
    #[schema(value_type = String, format = DateTime)]
    decorre: Istante,
    giorni: u32,
    /// The last day; null while it is interrupted.
    #[schema(value_type = Option<String>, format = Date)]
    scade: Option<NaiveDate>,
    /// What happened to it, oldest first.
    vicende: Vec<VicendaJson>,
}

/// Something that happened to a term.
#[derive(Serialize, utoipa::ToSchema)]
struct VicendaJson {
    /// `sospensione`, `preavviso`, `interruzione` or `ripresa`.
    cosa: &'static str,
    #[schema(value_type = String, format = Date)]
    giorno: NaiveDate,
    /// Of a suspension, the day from which it runs again by itself; of a preavviso, the last one for observations.
    #[schema(value_type = Option<String>, format = Date)]
    fino: Option<NaiveDate>,
    motivo: String,
}

impl From<Termine> for TermineJson {
    fn from(t: Termine) -> Self {
        let vicenda = |v: scrivania::Avvenuta| VicendaJson {
            cosa: v.vicenda.cosa.as_str(),
            giorno: v.vicenda.giorno,
            fino: v.vicenda.fino,
            motivo: v.motivo.to_string(),
        };
        let vicende = t.vicende.into_iter().map(vicenda).collect();
        Self { decorre: t.decorre, giorni: t.giorni, scade: t.scade, vicende }
    }
}

/// The body: `giorni` or `procedimento`.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct TermineRichiesta {
    /// How many days from the presentazione, as a text.
    #[schema(example = "30")]
    giorni: Option<String>,
    /// Code of an open procedimento of the AOO: its days, and whether its term may be interrupted.
    procedimento: Option<String>,
}

/// The body of what stops a term or lets it run again.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct VicendaRichiesta {
    /// Code of the office for which the application acts, or where its person works.
    #[schema(example = "EDIL")]
    ufficio: String,
    /// Why.
    #[schema(example = "Chiesta l'integrazione della planimetria")]
    motivo: String,
    /// Of a suspension: the day from which it runs again by itself, within thirty.
    #[schema(value_type = Option<String>, format = Date)]
    fino: Option<String>,
    /// Of a ripresa: the day on which what was missing arrived; today if absent.
    #[schema(value_type = Option<String>, format = Date)]
    giorno: Option<String>,
}

/// A number of days.
struct Giorni(u32);

impl FromStr for Giorni {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let no = |_| Rifiuto { che: "numero di giorni", regola: "serve un numero come 30".to_owned() };
        testo.parse().map(Self).map_err(no)
    }
}

/// Gives an entrata the term within which the office must answer, from its presentazione; given again, the newest counts.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/termine", tag = "scrivania",
    params(("id" = String, Path, description = "Id of the registration")), request_body = TermineRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn dai_termine(
    stato: web::Data<Stato>,
    chi: Chiamante<Assegna, Scrivania>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letto = Oggetto::new(&corpo.0, "", &["giorni", "procedimento"], &mut difetti).map(|o| {
        (o.forse::<Giorni>("giorni", &mut difetti), o.forse::<CodiceProcedimento>("procedimento", &mut difetti))
    });
    difetti.chiudi()?;
    let calendario = stato.calendario.clone();
    atto(&stato, chi, &id, move |op, chi, vista, id| {
        let quanto = match letto {
            Some((Some(giorni), None)) => (giorni.0, false),
            Some((None, Some(codice))) => {
                let procedimento = istanze::procedimento(op.conn, &codice).ok().filter(|p| p.aoo == op.aoo);
                let no = || Problema::campo("/procedimento", "nessun procedimento aperto ha questo codice");
                let p = procedimento.ok_or_else(no)?;
                (p.giorni, p.interrompibile)
            }
            _ => return Err(Problema::campo("/giorni", "serve giorni oppure procedimento")),
        };
        let attore = op.attore.clone();
        let ruoli = match chi.ruoli() {
            Some(ruoli) => ruoli.to_vec(),
            // Nobody in particular: an application assigns and gives terms for its whole AOO.
            None => utenti::uffici(op.conn, op.aoo)?.into_iter().map(|u| (Ruolo::Addetto, u.id)).collect(),
        };
        let addetto = Addetto { attore: &attore, ruoli: &ruoli };
        Ok(scrivania::da_termine(op, (vista, &addetto), id, quanto, &calendario)?)
    })
    .await
}

/// What is said of a thing that happens to a term.
struct Letta {
    ufficio: Option<CodiceUfficio>,
    motivo: Option<Testo>,
    quando: Option<Giorno>,
}

async fn accade(
    (stato, chi, id): (&Stato, Chiamante<Assegna, Scrivania>, &str),
    corpo: &Corpo,
    cosa: CosaVicenda,
) -> Result<HttpResponse, Problema> {
    let quando = match cosa {
        CosaVicenda::Sospensione => Some("fino"),
        CosaVicenda::Ripresa => Some("giorno"),
        CosaVicenda::Interruzione | CosaVicenda::Preavviso => None,
    };
    let mut difetti = Difetti::default();
    let mut ammessi = vec!["ufficio", "motivo"];
    ammessi.extend(quando);
    let letta = Oggetto::new(&corpo.0, "", &ammessi, &mut difetti).map(|o| Letta {
        ufficio: o.serve("ufficio", &mut difetti),
        motivo: o.serve("motivo", &mut difetti),
        quando: match quando {
            Some("fino") => o.serve("fino", &mut difetti),
            Some(nome) => o.forse(nome, &mut difetti),
            None => None,
        },
    });
    difetti.chiudi()?;
    let calendario = stato.calendario.clone();
    atto(stato, chi, id, move |op, chi, _, id| {
        let Some(Letta { ufficio, motivo: Some(motivo), quando }) = letta else {
            return Err(Problema::campo("/motivo", "manca"));
        };
        let (oggi, quando) = (op.ora.giorno(), quando.map(|g| g.0));
        let v = match cosa {
            CosaVicenda::Ripresa => Vicenda { cosa, giorno: quando.unwrap_or(oggi), fino: None },
            _ => Vicenda { cosa, giorno: oggi, fino: quando },
        };
        per_ufficio(op, chi, ufficio.as_ref(), |op, addetto| {
            scrivania::avviene(op, addetto, id, (&v, &motivo), &calendario)
        })
    })
    .await
}

/// Suspends the term of a registration, once and for at most thirty days (L. 241/1990 art. 2 c. 7).
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/sospensione", tag = "scrivania",
    params(("id" = String, Path, description = "Id of the registration")), request_body = VicendaRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn sospendi(
    stato: web::Data<Stato>,
    chi: Chiamante<Assegna, Scrivania>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    accade((&stato, chi, &id), &corpo, CosaVicenda::Sospensione).await
}

/// Interrupts the term of a registration whose procedimento says so: it starts again from its first day with the ripresa.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/interruzione", tag = "scrivania",
    params(("id" = String, Path, description = "Id of the registration")), request_body = VicendaRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn interrompi(
    stato: web::Data<Stato>,
    chi: Chiamante<Assegna, Scrivania>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    accade((&stato, chi, &id), &corpo, CosaVicenda::Interruzione).await
}

/// A preavviso di rigetto stops the term (L. 241/1990 art. 10-bis); a ripresa says that observations came.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/preavviso", tag = "scrivania",
    params(("id" = String, Path, description = "Id of the registration")), request_body = VicendaRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn preavvisa(
    stato: web::Data<Stato>,
    chi: Chiamante<Assegna, Scrivania>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    accade((&stato, chi, &id), &corpo, CosaVicenda::Preavviso).await
}

/// Lets the term of a registration run again: what was missing arrived.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/ripresa", tag = "scrivania",
    params(("id" = String, Path, description = "Id of the registration")), request_body = VicendaRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn riprendi(
    stato: web::Data<Stato>,
    chi: Chiamante<Assegna, Scrivania>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    accade((&stato, chi, &id), &corpo, CosaVicenda::Ripresa).await
}
