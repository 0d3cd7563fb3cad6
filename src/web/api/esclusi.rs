//! `/esclusi`: the kinds of documents that need not be registered (DPR 445/2000 art. 53 c. 5), as the RSP keeps them.

use super::corpo::Corpo;
use super::gettone::{Annulla, Chiamante, DiPersona, Legge, Registro};
use super::lettore::{Difetti, Oggetto};
use crate::registro::{self, Errore, GenereEscluso};
use crate::valori::Testo;
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// A kind of documents.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct GenereJson {
    genere: String,
    /// It is one of art. 53 c. 5; the others are the ente's own.
    di_legge: bool,
}

/// The list.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct EsclusiJson {
    risultati: Vec<GenereJson>,
}

impl From<Vec<GenereEscluso>> for EsclusiJson {
    fn from(generi: Vec<GenereEscluso>) -> Self {
        Self { risultati: generi.into_iter().map(|g| GenereJson { genere: g.nome, di_legge: g.di_legge }).collect() }
    }
}

/// The body that changes the list.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "genere": "Cataloghi dei fornitori" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct GenereRichiesta {
    /// Its name; upper and lower case are the same.
    genere: String,
    /// True to take it off the list instead of putting it there.
    ritira: Option<bool>,
}

/// The kinds that are left out now: those of the law that were not withdrawn, then the ente's own.
#[utoipa::path(get, path = "/api/v1/esclusi", tag = "pec", responses((status = 200, body = EsclusiJson), (status = 401)))]
pub(super) async fn elenca(stato: web::Data<Stato>, chi: Chiamante<Legge, Registro>) -> Result<HttpResponse, Problema> {
    let generi =
        stato.blocca(move |stato| Ok(stato.db.leggi(|conn| registro::generi_esclusi(conn, chi.0.aoo))?)).await?;
    Ok(HttpResponse::Ok().json(EsclusiJson::from(generi)))
}

/// The RSP puts a kind on the list, or takes one off it. 409 if it is there already, or is not there.
#[utoipa::path(post, path = "/api/v1/esclusi", tag = "pec", request_body = GenereRichiesta,
    responses((status = 201, body = EsclusiJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn cambia(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letto = Oggetto::new(&corpo.0, "", &["genere", "ritira"], &mut difetti)
        .and_then(|o| Some((o.vero("ritira", &mut difetti), o.serve::<Testo>("genere", &mut difetti)?)));
    let (ritira, genere) = difetti.esito(letto)?;
    let scrivi = move |stato: &Stato| {
        let esito =
            stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| registro::cambia_genere_escluso(op, &genere, !ritira));
        esito.map_err(gia_cosi)?;
        Ok(stato.db.leggi(|conn| registro::generi_esclusi(conn, chi.0.aoo))?)
    };
    Ok(HttpResponse::Created().json(EsclusiJson::from(stato.blocca(scrivi).await?)))
}

/// A form is shown again with the field that was wrong; a program is told that the list is as it wants it.
fn gia_cosi(e: Errore) -> Problema {
    match e {
        Errore::GenereEsclusoPresente => Problema::conflitto("genere-presente", e.to_string()),
        Errore::GenereEsclusoSconosciuto => Problema::conflitto("genere-assente", e.to_string()),
        altro => altro.into(),
    }
}
