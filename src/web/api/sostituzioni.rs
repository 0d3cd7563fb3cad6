//! `/sostituzioni`: who stands in for whom, and from when to when. Everybody names who stands in for them; for others it is done by
//! the RSP or the amministratore.

use super::corpo::Corpo;
use super::gettone::{Amministra, ChiVede, Chiamante, DiPersona, Legge, Sostituzioni};
use super::lettore::{Difetti, Giorno, Oggetto};
use super::uffici::PersonaJson;
use crate::storage::Conn;
use crate::utenti::politica::Azione;
use crate::utenti::sostituzione::{self, Sostituzione};
use crate::utenti::{self, Errore};
use crate::valori::{Istante, SostituzioneId, Testo};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Substitutions in one page of the list.
const PAGINA: i64 = 50;

/// A person standing in for another.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct SostituzioneJson {
    #[schema(value_type = String, format = "uuid")]
    id: SostituzioneId,
    /// Who is away.
    titolare: PersonaJson,
    /// Who stands in: what they do so is theirs, with the titolare's roles.
    sostituto: PersonaJson,
    #[schema(value_type = String, format = Date)]
    dal: NaiveDate,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    al: NaiveDate,
    /// Why the titolare is away; only people are told.
    motivo: Option<String>,
    /// When it was ended before its last day.
    #[schema(value_type = Option<String>, format = DateTime)]
    revocata: Option<Istante>,
}

impl From<Sostituzione> for SostituzioneJson {
    fn from(s: Sostituzione) -> Self {
        Self {
            id: s.id,
            dal: s.dal.giorno(),
            al: s.ultimo_giorno(),
            titolare: s.titolare.into(),
            sostituto: s.sostituto.into(),
            motivo: Some(s.motivo.to_string()),
            revocata: s.revocata,
        }
    }
}

/// The list.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct SostituzioniJson {
    risultati: Vec<SostituzioneJson>,
    cursore: Option<String>,
}

/// The body that records one.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "titolare": "mario", "sostituto": "anna", "dal": "2026-12-21", "al": "2027-01-04", "motivo": "Ferie" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct SostituzioneRichiesta {
    /// User name of who is away; whoever calls, if absent.
    titolare: Option<String>,
    /// User name of who stands in.
    sostituto: String,
    #[schema(format = Date)]
    dal: String,
    /// The last day.
    #[schema(format = Date)]
    al: String,
    motivo: String,
}

/// What was asked.
struct Chiesta {
    titolare: Option<Testo>,
    sostituto: Testo,
    periodo: (Istante, Istante),
    motivo: Testo,
}

/// Where the page begins.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct FiltroSostituzioni {
    /// As given by the page before.
    cursore: Option<String>,
}

/// The substitutions of the AOO, newest first, also those that are over.
#[utoipa::path(get, path = "/api/v1/sostituzioni", tag = "organigramma", params(FiltroSostituzioni),
    responses((status = 200, body = SostituzioniJson), (status = 400), (status = 401)))]
pub(super) async fn elenca(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Sostituzioni>,
    filtro: web::Query<FiltroSostituzioni>,
) -> Result<HttpResponse, Problema> {
    let cursore = filtro.into_inner().cursore.map(|c| c.parse::<SostituzioneId>()).transpose();
    let cursore = cursore.map_err(|e| Problema::illeggibile(e.to_string()))?;
    let e_persona = chi.0.persona.is_some();
    let leggi = move |stato: &Stato| {
        // A person who may not record those of others reads only what concerns them, as in the pages.
        let di = chi.0.persona.filter(|_| chi.agisce(Azione::Sostituzioni).is_err());
        Ok(stato.db.leggi(|conn| sostituzione::elenco(conn, chi.0.aoo, di, cursore, PAGINA))?)
    };
    let in_json = |s: Sostituzione| {
        let json = SostituzioneJson::from(s);
        SostituzioneJson { motivo: json.motivo.filter(|_| e_persona), ..json }
    };
    let trovate = stato.blocca(leggi).await?;
    let piena = i64::try_from(trovate.len()).is_ok_and(|n| n == PAGINA);
    let cursore = trovate.last().filter(|_| piena).map(|s| s.id.to_string());
    let risultati = trovate.into_iter().map(in_json).collect();
    Ok(HttpResponse::Ok().json(SostituzioniJson { risultati, cursore }))
}

/// Records who stands in for the caller, or, where the caller is RSP or amministratore, for anybody. The same said twice is one act.
#[utoipa::path(post, path = "/api/v1/sostituzioni", tag = "organigramma", request_body = SostituzioneRichiesta,
    responses((status = 201, body = SostituzioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn registra(
    stato: web::Data<Stato>,
    chi: Chiamante<Amministra, DiPersona<ChiVede>>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let chiesta = leggi(&corpo)?;
    let scrivi = move |stato: &Stato| {
        let id = stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            let io = chi.0.persona.map(|io| utenti::utente(op.conn, io)).transpose()?.flatten();
            let io = io.ok_or_else(Problema::serve_una_persona)?;
            let titolare = match &chiesta.titolare {
                Some(nome) if nome.as_str().to_lowercase() != io.nome_utente => {
                    chi.agisce(Azione::Sostituzioni)?;
                    let trovato = utenti::utente_dell_aoo(op.conn, op.aoo, nome.as_str())?;
                    trovato.ok_or_else(|| campo("/titolare", &Errore::SenzaRuolo(nome.to_string())))?
                }
                _ => io,
            };
            let ignoto = || Errore::SenzaRuolo(chiesta.sostituto.to_string());
            let sostituto = utenti::utente_dell_aoo(op.conn, op.aoo, chiesta.sostituto.as_str())?.ok_or_else(ignoto)?;
            let esito = sostituzione::registra(op, &titolare, &sostituto, chiesta.periodo, &chiesta.motivo);
            esito.map_err(|e| match &e {
                Errore::SenzaRuolo(nome) if *nome == titolare.nome_utente => campo("/titolare", &e),
                _ => e.into(),
            })
        })?;
        stato.db.leggi(|conn| una(conn, id))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

fn campo(pointer: &str, e: &Errore) -> Problema {
    Problema::campo(pointer, e.to_string())
}

fn leggi(corpo: &Corpo) -> Result<Chiesta, Problema> {
    let mut difetti = Difetti::default();
    let ammessi = &["titolare", "sostituto", "dal", "al", "motivo"];
    let letta = Oggetto::new(&corpo.0, "", ammessi, &mut difetti).and_then(|o| {
        let (titolare, sostituto) = (o.forse("titolare", &mut difetti), o.serve("sostituto", &mut difetti));
        let (dal, al) = (o.serve::<Giorno>("dal", &mut difetti), o.serve::<Giorno>("al", &mut difetti));
        let motivo = o.serve("motivo", &mut difetti);
        let periodo = (Istante::inizio(dal?.0), Istante::fine(al?.0));
        Some(Chiesta { titolare, sostituto: sostituto?, periodo, motivo: motivo? })
    });
    difetti.esito(letta)
}

/// Ends a substitution from now: the titolare, the RSP or the amministratore. One that was ended stays so.
#[utoipa::path(post, path = "/api/v1/sostituzioni/{id}/revoca", tag = "organigramma",
    params(("id" = String, Path, description = "Id of the substitution")),
    responses((status = 201, body = SostituzioneJson), (status = 401), (status = 404)))]
pub(super) async fn revoca(
    stato: web::Data<Stato>,
    chi: Chiamante<Amministra, DiPersona<ChiVede>>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    let id: SostituzioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let scrivi = move |stato: &Stato| {
        let di_tutti = chi.agisce(Azione::Sostituzioni).is_ok();
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            let trovata = sostituzione::per_id(op.conn, id)?;
            if !trovata.is_some_and(|s| di_tutti || Some(s.titolare.id) == chi.0.persona) {
                return Err(Problema::non_trovato());
            }
            Ok(sostituzione::revoca(op, id)?)
        })?;
        stato.db.leggi(|conn| una(conn, id))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

fn una(conn: &mut Conn, id: SostituzioneId) -> Result<SostituzioneJson, Problema> {
    Ok(sostituzione::per_id(conn, id)?.ok_or_else(Problema::non_trovato)?.into())
}
