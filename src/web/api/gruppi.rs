//! Groups over the API: whoever registers keeps them and picks them.

use super::corpo::Corpo;
use super::gettone::{Chiamante, Legge, Registra, Uscita};
use super::lettore::{Difetti, Oggetto};
use crate::registro::gruppo::{self, Gruppo, Iscritto, Membro};
use crate::registro::{ipa, rubrica};
use crate::storage::{Conn, Operazione};
use crate::valori::{AooId, Denominazione, GruppoId, Istante, MembroId, SoggettoId};
use crate::web::{Problema, Stato};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// A group.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct GruppoJson {
    #[schema(value_type = String, format = "uuid")]
    id: GruppoId,
    nome: String,
    /// How many are in it.
    membri: usize,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
}

impl From<Gruppo> for GruppoJson {
    fn from(g: Gruppo) -> Self {
        Self { id: g.id, nome: g.nome.to_string(), membri: g.membri, autore: g.autore, istante: g.istante }
    }
}

/// One who is in a group. The fields from `tipo` to `pec` are those of a corrispondente; they are missing if it is there no more.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct MembroJson {
    #[schema(value_type = String, format = "uuid")]
    id: MembroId,
    #[schema(value_type = Option<String>, format = "uuid")]
    soggetto: Option<SoggettoId>,
    /// Of an entry of the IPA: `amministrazione`, `aoo` or `uo`.
    genere: Option<&'static str>,
    codice: Option<String>,
    tipo: Option<&'static str>,
    denominazione: Option<String>,
    codice_fiscale: Option<String>,
    codice_ipa: Option<String>,
    codice_aoo: Option<String>,
    codice_uo: Option<String>,
    pec: Option<String>,
    /// `rubrica`, or `IPA, dati del 31/10/2026`.
    fonte: Option<String>,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
}

impl From<Iscritto> for MembroJson {
    fn from(i: Iscritto) -> Self {
        let (soggetto, genere, codice) = match i.membro {
            Membro::Soggetto(id) => (Some(id), None, None),
            Membro::Ipa(genere, codice) => (None, Some(genere.as_str()), Some(codice)),
        };
        let (parte, fonte) = i.parte.unzip();
        Self {
            id: i.id,
            soggetto,
            genere,
            codice,
            tipo: parte.as_ref().map(|p| p.tipo.as_str()),
            denominazione: parte.as_ref().map(rubrica::nome),
            codice_fiscale: parte.as_ref().and_then(|p| Some(p.codice_fiscale.as_ref()?.to_string())),
            codice_ipa: parte.as_ref().and_then(|p| Some(p.codice_ipa.as_ref()?.to_string())),
            codice_aoo: parte.as_ref().and_then(|p| Some(p.codice_aoo.as_ref()?.to_string())),
            codice_uo: parte.as_ref().and_then(|p| Some(p.codice_uo.as_ref()?.to_string())),
            pec: parte.as_ref().and_then(|p| Some(p.pec.as_ref()?.to_string())),
            fonte,
            autore: i.autore,
            istante: i.istante,
        }
    }
}

/// The groups.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct GruppiJson {
    risultati: Vec<GruppoJson>,
    cursore: Option<String>,
}

/// A group with all who are in it.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct GruppoInteroJson {
    #[serde(flatten)]
    gruppo: GruppoJson,
    /// In the order in which they came.
    iscritti: Vec<MembroJson>,
}

/// The body of a new group.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct GruppoRichiesta {
    #[schema(example = "Scuole del territorio")]
    nome: String,
}

/// The body that puts somebody into a group: `soggetto`, or `genere` and `codice` of the IPA.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "soggetto": "0192f0e4-0000-7000-8000-000000000005" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct MembroRichiesta {
    /// Id of a soggetto of the rubrica.
    soggetto: Option<String>,
    /// `amministrazione`, `aoo` or `uo`.
    genere: Option<String>,
    codice: Option<String>,
}

/// The body of the end of a group: nothing.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({}))]
pub(super) struct ChiusuraGruppoRichiesta {}

/// The groups of the AOO that are not closed, by name.
#[utoipa::path(get, path = "/api/v1/gruppi", tag = "rubrica",
    responses((status = 200, body = GruppiJson), (status = 401)))]
pub(super) async fn elenca(stato: web::Data<Stato>, chi: Chiamante<Legge, Uscita>) -> Result<HttpResponse, Problema> {
    let leggi = move |stato: &Stato| Ok(stato.db.leggi(|conn| gruppo::gruppi(conn, chi.0.aoo))?);
    let risultati = stato.blocca(leggi).await?.into_iter().map(Into::into).collect();
    Ok(HttpResponse::Ok().json(GruppiJson { risultati, cursore: None }))
}

/// A group with all who are in it, as they are known now: what a registration needs for its destinatari.
#[utoipa::path(get, path = "/api/v1/gruppi/{id}", tag = "rubrica",
    params(("id" = String, Path, description = "Id of the group")),
    responses((status = 200, body = GruppoInteroJson), (status = 401), (status = 404)))]
pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Uscita>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    let json = stato.blocca(move |stato| stato.db.leggi(|conn| intero(conn, chi.0.aoo, id))).await?;
    Ok(HttpResponse::Ok().json(json))
}

fn intero(conn: &mut Conn, aoo: AooId, id: GruppoId) -> Result<GruppoInteroJson, Problema> {
    let iscritti = gruppo::membri(conn, aoo, id)?.into_iter().map(Into::into).collect();
    Ok(GruppoInteroJson { gruppo: gruppo::per_id(conn, aoo, id)?.into(), iscritti })
}

/// Makes a group. 409 if one of this name is there.
#[utoipa::path(post, path = "/api/v1/gruppi", tag = "rubrica", request_body = GruppoRichiesta,
    responses((status = 201, body = GruppoInteroJson), (status = 400), (status = 401), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn crea(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Uscita>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letto = Oggetto::new(&corpo.0, "", &["nome"], &mut difetti).and_then(|o| o.serve("nome", &mut difetti));
    let nome: Denominazione = difetti.esito(letto)?;
    let scrivi = move |stato: &Stato| {
        let id = stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| gruppo::crea(op, &nome))?;
        stato.db.leggi(|conn| intero(conn, chi.0.aoo, id))
    };
    let creato = stato.blocca(scrivi).await?;
    let luogo = format!("/api/v1/gruppi/{}", creato.gruppo.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, luogo)).json(creato))
}

/// One act on a group of the AOO, then the group as it is.
async fn atto(
    (stato, chi, id): (&Stato, Chiamante<Registra, Uscita>, &str),
    f: impl FnOnce(&mut Operazione<'_>, GruppoId) -> Result<(), Problema> + Send + 'static,
) -> Result<HttpResponse, Problema> {
    let id: GruppoId = id.parse().map_err(|_| Problema::non_trovato())?;
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            gruppo::per_id(op.conn, op.aoo, id)?;
            f(op, id)
        })?;
        stato.db.leggi(|conn| intero(conn, chi.0.aoo, id))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

/// Puts somebody into a group. 409 if it is there, or if the group is full.
#[utoipa::path(post, path = "/api/v1/gruppi/{id}/membri", tag = "rubrica",
    params(("id" = String, Path, description = "Id of the group")), request_body = MembroRichiesta,
    responses((status = 201, body = GruppoInteroJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn aggiungi(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Uscita>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letto = Oggetto::new(&corpo.0, "", &["soggetto", "genere", "codice"], &mut difetti).and_then(|o| {
        let soggetto: Option<SoggettoId> = o.forse("soggetto", &mut difetti);
        let genere: Option<ipa::Genere> = o.forse("genere", &mut difetti);
        let codice: Option<Denominazione> = o.forse("codice", &mut difetti);
        match (soggetto, genere, codice) {
            (Some(id), None, None) => Some(Membro::Soggetto(id)),
            (None, Some(genere), Some(codice)) => Some(Membro::Ipa(genere, codice.to_string())),
            _ => {
                difetti.aggiungi(o.dove("soggetto"), "serve soggetto, oppure genere e codice insieme");
                None
            }
        }
    });
    let membro = difetti.esito(letto)?;
    atto((&stato, chi, &id), move |op, id| match gruppo::aggiungi(op, id, &membro) {
        Ok(_) => Ok(()),
        Err(gruppo::Errore::Rubrica(rubrica::Errore::Sconosciuto)) => {
            Err(Problema::campo("/soggetto", "nella rubrica non c'è"))
        }
        Err(gruppo::Errore::Ipa(e @ ipa::Errore::Sconosciuta)) => Err(Problema::campo("/codice", e.to_string())),
        Err(altro) => Err(altro.into()),
    })
    .await
}

/// Takes somebody out of a group. 409 if it left before.
#[utoipa::path(post, path = "/api/v1/gruppi/{id}/membri/{membro}/uscita", tag = "rubrica",
    params(("id" = String, Path, description = "Id of the group"), ("membro" = String, Path, description = "Id of the member")),
    responses((status = 201, body = GruppoInteroJson), (status = 401), (status = 404), (status = 409)))]
pub(super) async fn togli(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Uscita>,
    strada: web::Path<(String, String)>,
) -> Result<HttpResponse, Problema> {
    let (id, membro) = strada.into_inner();
    let membro: MembroId = membro.parse().map_err(|_| Problema::non_trovato())?;
    atto((&stato, chi, &id), move |op, id| Ok(gruppo::togli(op, id, membro)?)).await
}

/// Closes a group: from then on it is not there.
#[utoipa::path(post, path = "/api/v1/gruppi/{id}/chiusura", tag = "rubrica",
    params(("id" = String, Path, description = "Id of the group")), request_body = ChiusuraGruppoRichiesta,
    responses((status = 204), (status = 400), (status = 401), (status = 404),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn chiudi(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Uscita>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id: GruppoId = id.parse().map_err(|_| Problema::non_trovato())?;
    let mut difetti = Difetti::default();
    let letto = Oggetto::new(&corpo.0, "", &[], &mut difetti).map(drop);
    let chiesto = difetti.esito(letto);
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            // What is not there is not there, whatever the body says.
            gruppo::per_id(op.conn, op.aoo, id)?;
            chiesto?;
            Ok::<_, Problema>(gruppo::chiudi(op, id)?)
        })
    };
    stato.blocca(scrivi).await?;
    Ok(HttpResponse::NoContent().finish())
}
