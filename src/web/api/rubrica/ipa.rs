//! The IPA over the API: what is found beside the rubrica, and one entry with all that was ever said of it.

use crate::registro::ipa::{self, Genere, InVigore, Versione, VoceIpa};
use crate::registro::rubrica::Indirizzo;
use crate::valori::Istante;
use crate::web::api::gettone::{Chiamante, Legge, Uscita};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use serde::Serialize;

/// An entry of the IPA. Its fields from `tipo` to `pec` are those of a corrispondente.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::web::api) struct VoceIpaJson {
    /// `amministrazione`, `aoo` or `uo`.
    genere: &'static str,
    /// By which the IPA knows it.
    codice: String,
    tipo: &'static str,
    denominazione: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    codice_fiscale: Option<String>,
    codice_ipa: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    codice_aoo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codice_uo: Option<String>,
    /// Its domicilio digitale; where it has none, that of its AOO or of the amministrazione.
    #[serde(skip_serializing_if = "Option::is_none")]
    pec: Option<String>,
    /// Other addresses.
    altri_recapiti: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sede: Option<String>,
    /// `IPA, dati del 31/10/2026`.
    fonte: String,
}

impl VoceIpaJson {
    fn new(voce: VoceIpa, fonte: String) -> Self {
        let parte = voce.parte();
        let pec = parte.pec.as_ref().map(ToString::to_string);
        let altri = voce.recapiti.iter().map(Indirizzo::valore).filter(|v| pec.as_deref() != Some(*v));
        Self {
            genere: voce.genere.as_str(),
            codice: voce.codice().to_owned(),
            tipo: parte.tipo.as_str(),
            denominazione: voce.nome(),
            codice_fiscale: parte.codice_fiscale.map(|c| c.to_string()),
            codice_ipa: voce.codice_ipa.to_string(),
            codice_aoo: parte.codice_aoo.map(|c| c.to_string()),
            codice_uo: parte.codice_uo.map(|c| c.to_string()),
            altri_recapiti: altri.map(str::to_owned).collect(),
            sede: voce.sede.as_ref().map(ToString::to_string),
            pec,
            fonte,
        }
    }
}

impl From<InVigore> for VoceIpaJson {
    fn from(v: InVigore) -> Self {
        let fonte = v.fonte();
        Self::new(v.voce, fonte)
    }
}

/// What the IPA said from an import on.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::web::api) struct VersioneIpaJson {
    voce: VoceIpaJson,
    /// True if from then on it is there no more.
    cessata: bool,
    #[schema(value_type = String, format = Date)]
    dati_al: NaiveDate,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    importata: Istante,
}

impl From<Versione> for VersioneIpaJson {
    fn from(v: Versione) -> Self {
        let fonte = v.fonte();
        let (cessata, dati_al, autore, importata) = (v.cessata, v.dati_al, v.autore, v.istante);
        Self { voce: VoceIpaJson::new(v.voce, fonte), cessata, dati_al, autore, importata }
    }
}

/// An entry of the IPA: what it said, newest first.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct StoriaIpaJson {
    risultati: Vec<VersioneIpaJson>,
}

/// All that the imported data of the IPA ever said of an amministrazione, an AOO or a UO, newest first.
#[utoipa::path(get, path = "/api/v1/ipa/{genere}/{codice}", tag = "rubrica",
    params(("genere" = String, Path, description = "`amministrazione`, `aoo` or `uo`"), ("codice" = String, Path, description = "Its code, in any case")),
    responses((status = 200, body = StoriaIpaJson), (status = 401), (status = 404)))]
pub(in crate::web::api) async fn storia(
    stato: web::Data<Stato>,
    _chi: Chiamante<Legge, Uscita>,
    voce: web::Path<(String, String)>,
) -> Result<HttpResponse, Problema> {
    let (genere, codice) = voce.into_inner();
    let genere: Genere = genere.parse().map_err(|_| Problema::non_trovato())?;
    let leggi = move |stato: &Stato| Ok(stato.db.leggi(|conn| ipa::storia(conn, genere, &codice))?);
    let risultati = stato.blocca(leggi).await?.into_iter().map(Into::into).collect();
    Ok(HttpResponse::Ok().json(StoriaIpaJson { risultati }))
}
