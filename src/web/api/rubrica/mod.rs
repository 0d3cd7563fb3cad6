//! `rubrica` over the API.

mod atti;
mod ipa;
mod storia;

pub(super) use atti::{
    __path_aggiungi, __path_cambia, __path_decidi, __path_ritira, __path_sciogli, __path_unisci, aggiungi, cambia,
    decidi, ritira, sciogli, unisci,
};

pub(super) use ipa::{__path_storia as __path_storia_ipa, storia as storia_ipa};

use super::corpo::Corpo;
use super::gettone::{Chiamante, Legge, Registra, Uscita};
use super::lettore::{Difetti, Oggetto};
use crate::registro::ipa as indice_ipa;
use crate::registro::rubrica::{self, Fonte, Indirizzo, Provenienza, Recapito, Soggetto};
use crate::segnatura::{NomeParte, Parte, TipoParte};
use crate::storage::Conn;
use crate::valori::{AooId, Denominazione, Istante, RecapitoId, Rifiuto, SoggettoId};
use crate::web::{Problema, Stato};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Soggetti in one page of the list.
const PAGINA: i64 = 50;

/// Addresses given with a new soggetto.
const MASSIMO_RECAPITI: usize = 20;

/// What says who a soggetto is.
const CAMPI_DATI: [&str; 7] = ["tipo", "denominazione", "nome", "cognome", "codiceFiscale", "codiceIpa", "codiceAoo"];

/// What is asked of the list.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Filtro {
    /// Beginnings of words of the name, codice fiscale, IPA code, PEC: the first 20 that say all of them. Without it, all of them in
    /// the order of names.
    #[serde(default)]
    q: String,
    /// True: only those of which a source says something else that waits for a decision, those that wait longest first, 50 at most.
    #[serde(default)]
    proposte: bool,
    /// As given by the page before.
    cursore: Option<String>,
}

/// An address.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RecapitoJson {
    #[schema(value_type = String, format = "uuid")]
    id: RecapitoId,
    /// `pec`, `email` or `posta`.
    tipo: &'static str,
    valore: String,
    /// `ipa`, `inipec`, `inad`, `pec-ricevuta`, `scritto` or `csv`.
    fonte: &'static str,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    dal: Istante,
    /// When it was withdrawn, if it holds no more.
    #[schema(value_type = Option<String>, format = DateTime)]
    al: Option<Istante>,
}

impl From<Recapito> for RecapitoJson {
    fn from(r: Recapito) -> Self {
        Self {
            id: r.id,
            tipo: r.indirizzo.tipo(),
            valore: r.indirizzo.valore().to_owned(),
            fonte: r.provenienza.fonte.as_str(),
            autore: r.provenienza.autore,
            dal: r.provenienza.istante,
            al: r.ritirato.map(|(_, il)| il),
        }
    }
}

/// Who a soggetto is, and who says so since when.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct DatiJson {
    /// `persona-fisica`, `persona-giuridica`, `amministrazione` or `amministrazione-estera`.
    tipo: &'static str,
    denominazione: Option<String>,
    nome: Option<String>,
    cognome: Option<String>,
    codice_fiscale: Option<String>,
    codice_ipa: Option<String>,
    codice_aoo: Option<String>,
    fonte: &'static str,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    dal: Istante,
}

impl DatiJson {
    fn new(parte: Parte, p: Provenienza) -> Self {
        let (denominazione, nome, cognome) = match parte.nome {
            NomeParte::Denominazione(d) => (Some(d.to_string()), None, None),
            NomeParte::Persona { nome, cognome } => (None, Some(nome.to_string()), Some(cognome.to_string())),
        };
        Self {
            tipo: parte.tipo.as_str(),
            denominazione,
            nome,
            cognome,
            codice_fiscale: parte.codice_fiscale.map(|c| c.to_string()),
            codice_ipa: parte.codice_ipa.map(|c| c.to_string()),
            codice_aoo: parte.codice_aoo.map(|c| c.to_string()),
            fonte: p.fonte.as_str(),
            autore: p.autore,
            dal: p.istante,
        }
    }
}

/// A party of the rubrica.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SoggettoJson {
    #[schema(value_type = String, format = "uuid")]
    id: SoggettoId,
    #[serde(flatten)]
    dati: DatiJson,
    /// Those that hold, oldest first; of one soggetto also those withdrawn, newest first.
    recapiti: Vec<RecapitoJson>,
    /// The soggetto it was merged into, whose data count.
    #[schema(value_type = Option<String>, format = "uuid")]
    unito_a: Option<SoggettoId>,
}

impl From<Soggetto> for SoggettoJson {
    fn from(s: Soggetto) -> Self {
        Self {
            id: s.id,
            dati: DatiJson::new(s.parte, s.provenienza),
            recapiti: s.recapiti.into_iter().map(Into::into).collect(),
            unito_a: s.unito_a,
        }
    }
}

/// A page of soggetti.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RubricaJson {
    risultati: Vec<SoggettoJson>,
    cursore: Option<String>,
    /// With `q`: the first 20 of the IPA that say all of it, amministrazioni before their AOO and UO.
    ipa: Vec<ipa::VoceIpaJson>,
}

/// An address of a new soggetto.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct RecapitoRichiesta {
    /// `pec`, `email` or `posta`.
    tipo: String,
    valore: String,
}

/// The body that puts a party into the rubrica.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "camelCase", example = json!({ "tipo": "persona-giuridica", "denominazione": "Rossi Costruzioni srl",
    "codiceFiscale": "12345678903", "recapiti": [{ "tipo": "pec", "valore": "rossi@pec.example" }], "fonte": "inipec" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct SoggettoRichiesta {
    tipo: String,
    /// Of whoever is no natural person.
    denominazione: Option<String>,
    /// Of a natural person, with `cognome`.
    nome: Option<String>,
    cognome: Option<String>,
    codice_fiscale: Option<String>,
    codice_ipa: Option<String>,
    codice_aoo: Option<String>,
    recapiti: Option<Vec<RecapitoRichiesta>>,
    /// `scritto` if absent.
    fonte: Option<String>,
    /// True to write it though one with the same PEC or name is there.
    comunque: Option<bool>,
}

/// The rubrica in the order of names, or what is looked for in it.
#[utoipa::path(get, path = "/api/v1/rubrica", tag = "rubrica", params(Filtro),
    responses((status = 200, body = RubricaJson), (status = 400), (status = 401)))]
pub(super) async fn elenca(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Uscita>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Problema> {
    let Filtro { q, proposte, cursore } = filtro.into_inner();
    let illeggibile = |e: Rifiuto| Problema::illeggibile(e.to_string());
    let dopo: Option<SoggettoId> = cursore.map(|c| c.parse()).transpose().map_err(illeggibile)?;
    let (trovati, altri, nell_ipa) = stato
        .blocca(move |stato| {
            stato.db.leggi(|conn| {
                if proposte {
                    return Ok((rubrica::con_proposte(conn, chi.0.aoo, PAGINA)?, false, Vec::new()));
                }
                if !q.trim().is_empty() {
                    let nell_ipa = indice_ipa::cerca(conn, &q)?;
                    return Ok::<_, Problema>((rubrica::cerca(conn, chi.0.aoo, &q)?, false, nell_ipa));
                }
                let mut trovati = rubrica::elenco(conn, chi.0.aoo, dopo, PAGINA + 1)?;
                let altri = i64::try_from(trovati.len()).is_ok_and(|n| n > PAGINA);
                if altri {
                    trovati.pop();
                }
                Ok((trovati, altri, Vec::new()))
            })
        })
        .await?;
    let cursore = trovati.last().filter(|_| altri).map(|s| s.id.to_string());
    let risultati = trovati.into_iter().map(Into::into).collect();
    let ipa = nell_ipa.into_iter().map(Into::into).collect();
    Ok(HttpResponse::Ok().json(RubricaJson { risultati, cursore, ipa }))
}

/// One soggetto, with what it was, every address it ever had, what waits for a decision and whom it is one with.
#[utoipa::path(get, path = "/api/v1/rubrica/{id}", tag = "rubrica",
    params(("id" = String, Path, description = "Id of the soggetto")),
    responses((status = 200, body = storia::SoggettoInteroJson), (status = 401), (status = 404)))]
pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Uscita>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    let json = stato.blocca(move |stato| stato.db.leggi(|conn| storia::intero(conn, chi.0.aoo, id))).await?;
    Ok(HttpResponse::Ok().json(json))
}

fn uno(conn: &mut Conn, aoo: AooId, id: SoggettoId) -> Result<SoggettoJson, Problema> {
    let recapiti = rubrica::recapiti(conn, aoo, id)?.into_iter().map(Into::into).collect();
    Ok(SoggettoJson { recapiti, ..rubrica::per_id(conn, aoo, id)?.into() })
}

/// Puts a party into the rubrica. 409 if it is there (`gia-in-rubrica`), or may be (`somiglia`, unless `comunque`).
#[utoipa::path(post, path = "/api/v1/rubrica", tag = "rubrica", request_body = SoggettoRichiesta,
    responses((status = 201, body = SoggettoJson), (status = 400), (status = 401), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>), (status = 503)))]
pub(super) async fn crea(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Uscita>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let ammessi: Vec<&str> = CAMPI_DATI.iter().copied().chain(["recapiti", "fonte", "comunque"]).collect();
    let letto = Oggetto::new(&corpo.0, "", &ammessi, &mut difetti).and_then(|o| {
        let (parte, recapiti) = (parte(&o, &mut difetti), recapiti(&o, &mut difetti));
        let fonte = fonte(&o, &mut difetti);
        let comunque = o.vero("comunque", &mut difetti);
        Some((parte?, recapiti, fonte, comunque))
    });
    let (parte, recapiti, fonte, comunque) = difetti.esito(letto)?;
    let scrivi = move |stato: &Stato| {
        let crea = if comunque { rubrica::crea_comunque } else { rubrica::crea };
        let id = stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| crea(op, &parte, &recapiti, fonte))?;
        stato.db.leggi(|conn| uno(conn, chi.0.aoo, id))
    };
    let creato = stato.blocca(scrivi).await?;
    let luogo = format!("/api/v1/rubrica/{}", creato.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, luogo)).json(creato))
}

fn parte(o: &Oggetto<'_>, difetti: &mut Difetti) -> Option<Parte> {
    let tipo: Option<TipoParte> = o.serve("tipo", difetti);
    let nome = if tipo == Some(TipoParte::PersonaFisica) {
        let (nome, cognome) = (o.serve("nome", difetti), o.serve("cognome", difetti));
        nome.zip(cognome).map(|(nome, cognome)| NomeParte::Persona { nome, cognome })
    } else {
        o.serve("denominazione", difetti).map(NomeParte::Denominazione)
    };
    // The names of the other kind of soggetto are refused, not dropped.
    let estranei: &[&str] =
        if tipo == Some(TipoParte::PersonaFisica) { &["denominazione"] } else { &["nome", "cognome"] };
    for campo in estranei {
        if o.forse::<Denominazione>(campo, difetti).is_some() {
            difetti.aggiungi(o.dove(campo), "una persona-fisica ha nome e cognome, gli altri una denominazione");
        }
    }
    let codice_fiscale = o.forse("codiceFiscale", difetti);
    let codice_ipa = o.forse("codiceIpa", difetti);
    let codice_aoo = o.forse("codiceAoo", difetti);
    Some(Parte { tipo: tipo?, nome: nome?, codice_fiscale, codice_ipa, codice_aoo, codice_uo: None, pec: None })
}

/// Who says so; a person, unless it is said.
fn fonte(o: &Oggetto<'_>, difetti: &mut Difetti) -> Fonte {
    o.forse("fonte", difetti).unwrap_or(Fonte::Scritto)
}

fn recapiti(o: &Oggetto<'_>, difetti: &mut Difetti) -> Vec<Indirizzo> {
    let lista = o.lista("recapiti", MASSIMO_RECAPITI, difetti).iter().enumerate();
    let uno = |(i, json)| {
        let dove = format!("/recapiti/{i}");
        Oggetto::new(json, &dove, &["tipo", "valore"], difetti)?;
        indirizzo(json, &dove, difetti)
    };
    lista.filter_map(uno).collect()
}

/// The address that an object with `tipo` and `valore` gives.
fn indirizzo(json: &Value, dove: &str, difetti: &mut Difetti) -> Option<Indirizzo> {
    let testo = |nome: &str| json.get(nome).and_then(|v| v.as_str()).unwrap_or_default();
    let rifiuta = |e: Rifiuto| {
        let campo = if Indirizzo::TIPI.contains(&testo("tipo")) { "valore" } else { "tipo" };
        difetti.aggiungi(format!("{dove}/{campo}"), e.to_string());
    };
    Indirizzo::leggi(testo("tipo"), testo("valore")).map_err(rifiuta).ok()
}
