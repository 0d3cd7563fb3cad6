//! `Protocolla e passa al prossimo`.

use super::{mostra, posta};
use crate::pec::regole::Contenuto;
use crate::pec::{self, Decisione, Proposta};
use crate::registro::{self, Corrispondente};
use crate::segnatura::NomeParte;
use crate::storage::Operazione;
use crate::utenti::risposta::{self as risposte, Richiesta};
use crate::utenti::visibilita::Vista;
use crate::valori::{
    CodiceUfficio, CodiceVoce, Denominazione, Impronta, MessaggioId, Oggetto, RegistrazioneId, Rifiuto, nuovo_id,
};
use crate::web::pagine::campi::frase;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::duplicati::accettati;
use crate::web::pagine::nuova::{cerca, riservata};
use crate::web::pagine::richiamo::Richiamo;
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato};
use crate::{titolario, utenti};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::str::FromStr;

/// Longest idempotency key, in bytes.
const MASSIMO_CHIAVE: usize = 64;

/// The form beside a message, as it was typed.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Scritto {
    #[serde(default)]
    pub(super) modulo: String,
    pub(super) chiave: String,
    pub(super) mittente: String,
    pub(super) oggetto: String,
    #[serde(default)]
    pub(super) voce: String,
    #[serde(default)]
    pub(super) ufficio: String,
    #[serde(default, rename = "data-documento")]
    pub(super) data_documento: String,
    pub(super) riservato: Option<String>,
    #[serde(default)]
    pub(super) principale: String,
    #[serde(default, rename = "risponde-a")]
    risponde_a: String,
    #[serde(default, rename = "risponde-scelta")]
    risponde_scelta: String,
    /// The button that goes on although it looks like a duplicate.
    #[serde(default)]
    comunque: String,
    /// The button that looks for what is answered.
    trova: Option<String>,
    /// What is answered.
    #[serde(skip)]
    pub(super) richiamo: Richiamo,
    /// Field and sentence of every refusal.
    #[serde(skip)]
    pub(super) errori: Vec<(String, String)>,
}

impl Scritto {
    /// The form filled in by the message.
    pub(super) fn proposto(p: &Proposta) -> Self {
        Self {
            modulo: String::new(),
            chiave: nuovo_id().to_string(),
            mittente: formato::nome(&p.mittente.parte),
            oggetto: p.oggetto.to_string(),
            voce: String::new(),
            ufficio: String::new(),
            data_documento: String::new(),
            riservato: None,
            principale: p.principale.map(|i| i.to_string()).unwrap_or_default(),
            risponde_a: String::new(),
            risponde_scelta: String::new(),
            comunque: String::new(),
            trova: None,
            richiamo: Richiamo::default(),
            errori: Vec::new(),
        }
    }

    /// Fills what is empty with what a rule says.
    pub(super) fn completa(&mut self, c: &Contenuto) {
        if let Some(voce) = c.voce.as_ref().filter(|_| self.voce.is_empty()) {
            self.voce = voce.to_string();
        }
        if let Some(ufficio) = c.ufficio.as_ref().filter(|_| self.ufficio.is_empty()) {
            self.ufficio = ufficio.to_string();
        }
        if c.riservato {
            self.riservato = Some("1".to_owned());
        }
    }

    /// The proposal, with what was typed in its place as far as it can be read.
    pub(super) fn corretta(&self, proposta: Proposta) -> Proposta {
        match self.mittente.parse() {
            Ok(mittente) => proposta.con(&mittente, self.principale.parse().ok()),
            Err(_) => proposta,
        }
    }

    /// What was refused in a field.
    pub(super) fn errore(&self, campo: &str) -> Option<&str> {
        self.errori.iter().find(|(c, _)| c == campo).map(|(_, testo)| testo.as_str())
    }

    fn richiesta(&self, chi: &Chi, id: MessaggioId) -> Richiesta {
        let risponde_a = self.richiamo.id;
        let chiesto = json!([
            self.mittente,
            self.oggetto,
            self.voce,
            self.ufficio,
            self.riservato,
            self.principale,
            risponde_a,
            self.data_documento
        ]);
        Richiesta {
            ambito: format!("{} /da-protocollare/{id}", chi.attore()),
            chiave: self.chiave.chars().take(MASSIMO_CHIAVE).collect(),
            corpo_sha256: hex::encode(Sha256::digest(chiesto.to_string())),
        }
    }
}

/// The form as values.
struct Deciso {
    mittente: Denominazione,
    oggetto: Oggetto,
    voce: CodiceVoce,
    ufficio: CodiceUfficio,
    data_documento: Option<NaiveDate>,
    riservato: bool,
    principale: Option<Impronta>,
    risponde_a: Option<RegistrazioneId>,
}

/// Registers the message and goes on to the next one.
pub(in crate::web::pagine) async fn protocolla(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Scritto>,
) -> Result<HttpResponse, Errata> {
    let posta = posta(&chi)?;
    let mut scritto = form.into_inner();
    chi.modulo(&scritto.modulo)?;
    let id: MessaggioId = id.parse().map_err(|_| Problema::non_trovato())?;
    let richiamo = Richiamo::scritto(scritto.risponde_a.clone(), scritto.risponde_scelta.clone());
    scritto.richiamo = cerca(&stato, &chi, richiamo).await?;
    if scritto.trova.is_some() {
        return mostra(&stato, &chi, id, None, Some(scritto), None, StatusCode::OK).await;
    }
    let deciso = match leggi(&scritto, chi.ora.giorno()) {
        Ok(deciso) => deciso,
        Err(errori) => {
            scritto.errori = errori;
            return mostra(&stato, &chi, id, None, Some(scritto), None, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let richiesta = scritto.richiesta(&chi, id);
    let (attore, aoo, comunque) = (chi.attore(), chi.aoo.id, scritto.comunque.clone());
    let esito = stato
        .blocca(move |stato| {
            let Some(fatta) =
                stato.db.scrivi(aoo, &attore, |op| scrivi(op, &posta, id, (&richiesta, &comunque), deciso))?
            else {
                return Ok(None);
            };
            stato.misure.registrata();
            stato.db.leggi(|conn| {
                let prossimo = pec::da_protocollare(conn, &posta, 1)?.first().map(|m| format!("/{}", m.id));
                let prossimo = format!("/da-protocollare{}", prossimo.unwrap_or_default());
                let rivede = registro::visibile(conn, &posta, fatta)?;
                Ok::<_, Problema>(Some((registro::per_id(conn, &Vista::Intera(aoo), fatta)?, rivede, prossimo)))
            })
        })
        .await;
    match esito {
        // The page shows what it looks like, with what was typed.
        Ok(None) => mostra(&stato, &chi, id, None, Some(scritto), None, StatusCode::OK).await,
        Ok(Some((fatta, true, prossimo))) => {
            let luogo = format!("{prossimo}?fatta={}", fatta.id);
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
        }
        Ok(Some((fatta, false, prossimo))) => Ok(riservata(&chi, &fatta, &prossimo, "Passa al prossimo")?),
        Err(problema)
            if problema.status_code().is_server_error() || problema.status_code() == StatusCode::NOT_FOUND =>
        {
            Err(problema.into())
        }
        Err(problema) => {
            scritto.errori = vec![(String::new(), problema.to_string())];
            mostra(&stato, &chi, id, None, Some(scritto), None, problema.status_code()).await
        }
    }
}

/// Nothing if it looks like a duplicate that was not shown yet.
fn scrivi(
    op: &mut Operazione<'_>,
    posta: &Vista,
    id: MessaggioId,
    (richiesta, comunque): (&Richiesta, &str),
    deciso: Deciso,
) -> Result<Option<RegistrazioneId>, Problema> {
    if let Some(prima) = risposte::precedente(op.conn, richiesta)? {
        return prima.parse().map(Some).map_err(Problema::interno);
    }
    let aoo = utenti::aoo(op.conn, op.aoo)?;
    let messaggio = pec::messaggio(op.conn, posta, id)?;
    let proposta = pec::proponi(&messaggio);
    if messaggio.registrazione.is_none() {
        let proposta = proposta.clone().con(&deciso.mittente, deciso.principale);
        if !accettati(&pec::duplicati(op.conn, posta, &messaggio, &proposta, op.ora.anno())?, comunque) {
            return Ok(None);
        }
    }
    let decisione = Decisione {
        voce: titolario::voce(op.conn, op.aoo, &deciso.voce)?,
        ufficio: utenti::ufficio_per_codice(op.conn, op.aoo, &deciso.ufficio)?,
        corrispondenti: corrispondenti(proposta, deciso.mittente),
        oggetto: Some(deciso.oggetto),
        mezzo: None,
        protocollo_mittente: None,
        tipologia: None,
        data_documento: deciso.data_documento,
        riservato: deciso.riservato,
        risponde_a: deciso.risponde_a,
        principale: deciso.principale,
    };
    let fatta = pec::protocolla(op, &aoo, posta, id, decisione)?;
    risposte::conserva(op, richiesta, &fatta.id.to_string())?;
    Ok(Some(fatta.id))
}

/// The proposed sender, under the name that a person gave it.
fn corrispondenti(proposta: Proposta, mittente: Denominazione) -> Vec<Corrispondente> {
    let mut c = proposta.mittente;
    if formato::nome(&c.parte) == mittente.as_str() {
        return Vec::new();
    }
    c.parte.nome = NomeParte::Denominazione(mittente);
    vec![c]
}

fn leggi(s: &Scritto, oggi: NaiveDate) -> Result<Deciso, Vec<(String, String)>> {
    let mut errori = Vec::new();
    let mittente = serve("mittente", &s.mittente, "Manca il mittente.", &mut errori);
    let oggetto = serve("oggetto", &s.oggetto, "Manca l'oggetto.", &mut errori);
    let voce = serve("voce", &s.voce, "Manca la voce di titolario. Scegline una dall'elenco.", &mut errori);
    let ufficio =
        serve("ufficio", &s.ufficio, "Manca l'ufficio. Scegli chi deve occuparsi del documento.", &mut errori);
    let principale = if s.principale.is_empty() { None } else { serve("principale", &s.principale, "", &mut errori) };
    let data_documento = match s.data_documento.trim() {
        "" => None,
        scritta => formato::leggi_data(scritta, oggi)
            .map_err(|e| errori.push(("data-documento".to_owned(), frase(&e.to_string()))))
            .ok(),
    };
    if let Some(testo) = &s.richiamo.errore {
        errori.push(("risponde-a".to_owned(), testo.clone()));
    }
    match (mittente, oggetto, voce, ufficio) {
        (Some(mittente), Some(oggetto), Some(voce), Some(ufficio)) if errori.is_empty() => {
            let (riservato, risponde_a) = (s.riservato.is_some(), s.richiamo.id);
            Ok(Deciso { mittente, oggetto, voce, ufficio, data_documento, riservato, principale, risponde_a })
        }
        _ => Err(errori),
    }
}

fn serve<T: FromStr<Err = Rifiuto>>(
    campo: &str,
    testo: &str,
    manca: &str,
    errori: &mut Vec<(String, String)>,
) -> Option<T> {
    let esito =
        if testo.trim().is_empty() { Err(manca.to_owned()) } else { testo.parse().map_err(|e: Rifiuto| e.to_string()) };
    esito.map_err(|e| errori.push((campo.to_owned(), e))).ok()
}
