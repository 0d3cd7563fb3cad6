//! `fascicoli` over the API.

use super::corpo::Corpo;
use super::gettone::{Chiamante, Fascicola, Fascicoli, Legge};
use super::lettore::{Difetti, Oggetto};
use super::registrazioni::{self, ElencoJson};
use crate::registro;
use crate::titolario::{self, Fascicolo, TipoFascicolo};
use crate::valori::{CodiceVoce, FascicoloId, Istante, Oggetto as OggettoFascicolo, RegistrazioneId};
use crate::web::{Problema, Stato};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

/// Fascicoli, or registrations of one, in one page.
const PAGINA: i64 = 50;

/// What is asked of a list.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Filtro {
    /// As given by the page before.
    cursore: Option<String>,
}

/// A fascicolo.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct FascicoloJson {
    #[schema(value_type = String, format = "uuid")]
    id: FascicoloId,
    #[schema(example = "2026/VI.3/41")]
    codice: String,
    #[schema(example = "VI.3")]
    voce: String,
    anno: i32,
    numero: i64,
    oggetto: String,
    /// `affare`, `attivita`, `persona-fisica`, `persona-giuridica` or `procedimento`.
    tipo: &'static str,
    #[schema(value_type = String, format = DateTime)]
    aperto: Istante,
}

impl From<Fascicolo> for FascicoloJson {
    fn from(f: Fascicolo) -> Self {
        Self {
            id: f.id,
            codice: f.codice.to_string(),
            voce: f.codice.voce.to_string(),
            anno: f.codice.anno,
            numero: f.codice.numero,
            oggetto: f.oggetto.to_string(),
            tipo: f.tipo.as_str(),
            aperto: f.aperto,
        }
    }
}

/// A page of fascicoli.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct FascicoliJson {
    risultati: Vec<FascicoloJson>,
    cursore: Option<String>,
}

/// A fascicolo with a page of what is in it.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct FascicoloAperto {
    #[serde(flatten)]
    fascicolo: FascicoloJson,
    documenti: ElencoJson,
}

/// The body that opens a fascicolo.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "voce": "VI.3", "oggetto": "Bianchi Maria, permesso di costruire", "tipo": "affare" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct FascicoloRichiesta {
    /// Code of a voce in force.
    voce: String,
    oggetto: String,
    /// `affare` if absent.
    tipo: Option<String>,
}

/// The body that files a registration.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "registrazione": "0192f0e4-0000-7000-8000-000000000001" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct FascicolazioneRichiesta {
    /// Id of the registration.
    registrazione: String,
}

/// The newest fascicoli.
#[utoipa::path(get, path = "/api/v1/fascicoli", tag = "fascicoli", params(Filtro),
    responses((status = 200, body = FascicoliJson), (status = 400), (status = 401)))]
pub(super) async fn elenca(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Fascicoli>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Problema> {
    let prima = cursore::<FascicoloId>(filtro.into_inner())?;
    let leggi =
        move |stato: &Stato| Ok(stato.db.leggi(|conn| titolario::fascicoli(conn, &chi.vista(), prima, PAGINA))?);
    let trovati = stato.blocca(leggi).await?;
    let cursore = trovati.last().filter(|_| piena(trovati.len())).map(|f| f.id.to_string());
    Ok(HttpResponse::Ok().json(FascicoliJson { risultati: trovati.into_iter().map(Into::into).collect(), cursore }))
}

/// Opens a fascicolo under a voce.
#[utoipa::path(post, path = "/api/v1/fascicoli", tag = "fascicoli", request_body = FascicoloRichiesta,
    responses((status = 201, body = FascicoloJson), (status = 400), (status = 401),
        (status = 422, body = crate::web::problema::Corpo<'static>), (status = 503)))]
pub(super) async fn apri(
    stato: web::Data<Stato>,
    chi: Chiamante<Fascicola, Fascicoli>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let chiesto = Oggetto::new(&corpo.0, "", &["voce", "oggetto", "tipo"], &mut difetti).and_then(|o| {
        let (voce, oggetto) = (o.serve("voce", &mut difetti), o.serve("oggetto", &mut difetti));
        let tipo: Option<TipoFascicolo> = o.forse("tipo", &mut difetti);
        Some::<(CodiceVoce, OggettoFascicolo, TipoFascicolo)>((voce?, oggetto?, tipo.unwrap_or_default()))
    });
    difetti.chiudi()?;
    let (voce, oggetto, tipo) = chiesto.ok_or_else(|| Problema::interno("a field was refused without a reason"))?;
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            let voce = titolario::voce(op.conn, op.aoo, &voce)?;
            Ok::<_, Problema>(titolario::apri_fascicolo(op, &voce, oggetto, tipo)?)
        })
    };
    let aperto = FascicoloJson::from(stato.blocca(scrivi).await?);
    let luogo = format!("/api/v1/fascicoli/{}", aperto.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, luogo)).json(aperto))
}

/// A fascicolo and the registrations in it that may be seen, newest first.
#[utoipa::path(get, path = "/api/v1/fascicoli/{id}", tag = "fascicoli",
    params(("id" = String, Path, description = "Id of the fascicolo"), Filtro),
    responses((status = 200, body = FascicoloAperto), (status = 400), (status = 401), (status = 404)))]
pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Fascicoli>,
    id: web::Path<String>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Problema> {
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    let prima = cursore::<RegistrazioneId>(filtro.into_inner())?;
    let json = stato.blocca(move |stato| mostra_uno(stato, &chi, id, prima)).await?;
    Ok(HttpResponse::Ok().json(json))
}

/// Files a registration, whose main fascicolo this becomes.
#[utoipa::path(post, path = "/api/v1/fascicoli/{id}/documenti", tag = "fascicoli",
    params(("id" = String, Path, description = "Id of the fascicolo")), request_body = FascicolazioneRichiesta,
    responses((status = 201, body = FascicoloAperto), (status = 400), (status = 401), (status = 404),
        (status = 422, body = crate::web::problema::Corpo<'static>), (status = 503)))]
pub(super) async fn fascicola(
    stato: web::Data<Stato>,
    chi: Chiamante<Fascicola, Fascicoli>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id: FascicoloId = id.parse().map_err(|_| Problema::non_trovato())?;
    let mut difetti = Difetti::default();
    let registrazione: Option<RegistrazioneId> = Oggetto::new(&corpo.0, "", &["registrazione"], &mut difetti)
        .and_then(|o| o.serve("registrazione", &mut difetti));
    difetti.chiudi()?;
    let registrazione = registrazione.ok_or_else(Problema::non_trovato)?;
    let scrivi = move |stato: &Stato| {
        let vista = chi.vista();
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            let fascicolo = titolario::fascicolo(op.conn, &vista, id)?;
            if !registro::visibile(op.conn, &vista, registrazione)? {
                return Err(Problema::non_trovato());
            }
            Ok(titolario::fascicola(op, registrazione, &fascicolo)?)
        })?;
        mostra_uno(stato, &chi, id, None)
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

fn mostra_uno<P, A>(
    stato: &Stato,
    chi: &Chiamante<P, A>,
    id: FascicoloId,
    prima: Option<RegistrazioneId>,
) -> Result<FascicoloAperto, Problema> {
    let vista = chi.vista();
    stato.db.leggi(|conn| {
        let fascicolo = titolario::fascicolo(conn, &vista, id)?.into();
        let ids = titolario::contenuto(conn, id, prima, PAGINA)?;
        let cursore = ids.last().filter(|_| piena(ids.len())).cloned();
        let ids =
            ids.iter().map(|id| id.parse()).collect::<Result<Vec<RegistrazioneId>, _>>().map_err(Problema::interno)?;
        let viste = registro::per_ids(conn, &vista, &ids)?;
        let documenti = ElencoJson { risultati: registrazioni::complete(conn, &vista, viste)?, cursore };
        Ok(FascicoloAperto { fascicolo, documenti })
    })
}

fn piena(quanti: usize) -> bool {
    i64::try_from(quanti).is_ok_and(|n| n == PAGINA)
}

fn cursore<T: std::str::FromStr<Err = crate::valori::Rifiuto>>(filtro: Filtro) -> Result<Option<T>, Problema> {
    filtro
        .cursore
        .map(|c| c.parse())
        .transpose()
        .map_err(|e: crate::valori::Rifiuto| Problema::illeggibile(e.to_string()))
}
