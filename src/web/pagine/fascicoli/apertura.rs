//! `/fascicoli/nuovo`: a fascicolo is opened, also around a registration that waits to be filed.

use super::nome_tipo;
use crate::registro;
use crate::storage::Operazione;
use crate::titolario::{self, TipoFascicolo};
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::risposta::{self as risposte, Richiesta};
use crate::utenti::visibilita::{Vista, concedi};
use crate::valori::{CodiceVoce, FascicoloId, Oggetto, RegistrazioneId, Rifiuto, UfficioId, nuovo_id};
use crate::web::pagine::Errata;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::guscio::{Guscio, rendi};
use crate::web::pagine::nuova::{Scelta, scelte};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

/// Longest idempotency key, in bytes.
const MASSIMO_CHIAVE: usize = 64;

/// Why an office sees a fascicolo that one of its people opened.
const MOTIVO: &str = "apertura";

/// The registration that will be filed in it.
struct DaFascicolare {
    id: String,
    numero: String,
    oggetto: String,
}

#[derive(Template)]
#[template(path = "fascicolo-nuovo.html")]
struct Pagina {
    guscio: Guscio,
    scritto: Scritto,
    voci: Vec<Scelta>,
    tipi: Vec<Scelta>,
    registrazione: Option<DaFascicolare>,
}

/// What the form is opened for.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Filtro {
    #[serde(default)]
    registrazione: String,
}

/// The form as it was typed.
#[derive(Deserialize, Default)]
pub(in crate::web::pagine) struct Scritto {
    #[serde(default)]
    modulo: String,
    chiave: String,
    #[serde(default)]
    voce: String,
    #[serde(default)]
    oggetto: String,
    #[serde(default)]
    tipo: String,
    #[serde(default)]
    registrazione: String,
    /// Field and sentence of every refusal.
    #[serde(skip)]
    errori: Vec<(&'static str, String)>,
}

impl Scritto {
    /// What was refused in a field.
    fn errore(&self, campo: &str) -> Option<&str> {
        self.errori.iter().find(|(c, _)| *c == campo).map(|(_, testo)| testo.as_str())
    }

    fn richiesta(&self, chi: &Chi) -> Richiesta {
        let chiesto = json!([self.voce, self.oggetto, self.tipo, self.registrazione]);
        Richiesta {
            ambito: format!("{} /fascicoli", chi.attore()),
            chiave: self.chiave.chars().take(MASSIMO_CHIAVE).collect(),
            corpo_sha256: hex::encode(Sha256::digest(chiesto.to_string())),
        }
    }
}

/// The form as values.
struct Deciso {
    voce: CodiceVoce,
    oggetto: Oggetto,
    tipo: TipoFascicolo,
    registrazione: Option<RegistrazioneId>,
}

/// The empty form.
pub(in crate::web::pagine) async fn nuovo(
    stato: web::Data<Stato>,
    chi: Chi,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    let registrazione = filtro.into_inner().registrazione;
    let scritto = Scritto { chiave: nuovo_id().to_string(), registrazione, ..Scritto::default() };
    mostra(&stato, &chi, scritto, StatusCode::OK).await
}

async fn mostra(stato: &Stato, chi: &Chi, mut scritto: Scritto, codice: StatusCode) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Fascicoli, Permesso::Agisce)?;
    let guscio = Guscio::new(chi, "/fascicoli");
    let (vista, aoo) = (chi.vista(), chi.aoo.id);
    let letta = stato.blocca(move |stato| {
        stato.db.leggi(|conn| {
            let (voci, _) = scelte(conn, aoo)?;
            let mut da_fascicolare = None;
            if !scritto.registrazione.is_empty() {
                let id = scritto.registrazione.parse().map_err(|_| Problema::non_trovato())?;
                let r = registro::per_id(conn, &vista, id)?;
                if scritto.voce.is_empty() {
                    let corrente = titolario::correnti(conn, std::slice::from_ref(&scritto.registrazione))?;
                    scritto.voce = corrente.into_values().next().map(|c| c.voce.to_string()).unwrap_or_default();
                }
                let (numero, oggetto) = (format!("{}/{}", r.numero, r.anno), r.oggetto.to_string());
                da_fascicolare = Some(DaFascicolare { id: r.id.to_string(), numero, oggetto });
            }
            let tipi = TipoFascicolo::TUTTI
                .map(|t| Scelta { valore: t.as_str().to_owned(), testo: nome_tipo(t).to_owned() })
                .into();
            Ok::<_, Problema>(Pagina { guscio, scritto, voci, tipi, registrazione: da_fascicolare })
        })
    });
    Ok(rendi(codice, &letta.await?)?)
}

/// `POST /fascicoli`: opens it, once for one form, and files the registration it was opened for.
pub(in crate::web::pagine) async fn apri(
    stato: web::Data<Stato>,
    chi: Chi,
    form: web::Form<Scritto>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Fascicoli, Permesso::Agisce)?;
    let mut scritto = form.into_inner();
    chi.modulo(&scritto.modulo)?;
    let deciso = match leggi(&scritto) {
        Ok(deciso) => deciso,
        Err(errori) => {
            scritto.errori = errori;
            return mostra(&stato, &chi, scritto, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let richiesta = scritto.richiesta(&chi);
    let (vista, attore, aoo) = (chi.vista(), chi.attore(), chi.aoo.id);
    let uffici = chi.uffici();
    let esito =
        stato.blocca(move |stato| stato.db.scrivi(aoo, &attore, |op| scrivi(op, &vista, &uffici, &richiesta, deciso)));
    match esito.await {
        Ok(id) => {
            let luogo = format!("/fascicoli/{id}");
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
        }
        Err(problema) if problema.status_code() == StatusCode::UNPROCESSABLE_ENTITY => {
            scritto.errori = vec![("", problema.to_string())];
            mostra(&stato, &chi, scritto, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(problema) => Err(problema.into()),
    }
}

fn scrivi(
    op: &mut Operazione<'_>,
    vista: &Vista,
    uffici: &[UfficioId],
    richiesta: &Richiesta,
    deciso: Deciso,
) -> Result<FascicoloId, Problema> {
    if let Some(prima) = risposte::precedente(op.conn, richiesta)? {
        return prima.parse().map_err(Problema::interno);
    }
    let voce = titolario::voce(op.conn, op.aoo, &deciso.voce)?;
    let aperto = titolario::apri_fascicolo(op, &voce, deciso.oggetto, deciso.tipo)?;
    for ufficio in uffici {
        concedi(op, aperto.id, *ufficio, MOTIVO)?;
    }
    if let Some(registrazione) = deciso.registrazione {
        if !registro::visibile(op.conn, vista, registrazione)? {
            return Err(Problema::non_trovato());
        }
        titolario::fascicola(op, registrazione, &aperto)?;
    }
    risposte::conserva(op, richiesta, &aperto.id.to_string())?;
    Ok(aperto.id)
}

fn leggi(s: &Scritto) -> Result<Deciso, Vec<(&'static str, String)>> {
    let mut errori = Vec::new();
    let mut nota = |campo: &'static str, testo: String| errori.push((campo, testo));
    let voce = if s.voce.is_empty() {
        Err("Manca la voce di titolario. Scegline una dall'elenco.".to_owned())
    } else {
        s.voce.parse().map_err(|e: Rifiuto| e.to_string())
    };
    let oggetto = if s.oggetto.trim().is_empty() {
        Err("Manca l'oggetto: di che cosa parla il fascicolo.".to_owned())
    } else {
        s.oggetto.parse().map_err(|e: Rifiuto| e.to_string())
    };
    let voce = voce.map_err(|e| nota("voce", e)).ok();
    let oggetto = oggetto.map_err(|e| nota("oggetto", e)).ok();
    let tipo = s.tipo.parse().map_err(|e: Rifiuto| nota("tipo", e.to_string())).ok();
    let registrazione = if s.registrazione.is_empty() {
        Some(None)
    } else {
        s.registrazione.parse().map(Some).map_err(|e: Rifiuto| nota("", e.to_string())).ok()
    };
    match (voce, oggetto, tipo, registrazione) {
        (Some(voce), Some(oggetto), Some(tipo), Some(registrazione)) => {
            Ok(Deciso { voce, oggetto, tipo, registrazione })
        }
        _ => Err(errori),
    }
}
