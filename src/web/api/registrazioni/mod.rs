//! `registrazioni` over the API.

mod acquisizione;
mod annotazione;
mod annullamenti;
mod annullamento;
mod assegnazione;
mod carico;
mod classificazione;
mod collegamento;
mod indirizzo;
mod proposta;
mod richiesta;
mod riservatezza;
mod risposta;
mod ritorni;
mod termine;
mod variazione;
mod visione;

pub(in crate::web) use acquisizione::verificata;
pub(super) use acquisizione::{__path_acquisisci, acquisisci};
pub(super) use annotazione::{__path_annota, annota};
pub(super) use annullamento::{__path_annulla, annulla};
pub(super) use assegnazione::{__path_assegna, assegna};
pub(super) use carico::{
    __path_concludi, __path_leggi, __path_prendi, __path_restituisci, __path_rifiuta, AssegnazioneJson, concludi,
    leggi, prendi, restituisci, rifiuta,
};
pub(super) use classificazione::{__path_classifica, classifica};
pub(super) use collegamento::{__path_collega, __path_scollega, collega, scollega};
pub(super) use indirizzo::{__path_correggi as __path_correggi_indirizzo, correggi as correggi_indirizzo};
pub(super) use proposta::{__path_elenca_proposte, __path_proponi, PropostaJson, elenca_proposte, proponi};
pub(super) use richiesta::{CorrispondenteRichiesta, RegistrazioneRichiesta, corrispondente, protocollo_mittente};
pub(super) use riservatezza::{__path_riserva, riserva};
pub(super) use risposta::{CorrispondenteJson, ElencoJson, RegistrazioneJson};
pub(super) use ritorni::{__path_elenca_ritorni, __path_manda_ritorno, elenca_ritorni, manda_ritorno};
pub(super) use termine::{
    __path_dai_termine, __path_interrompi, __path_preavvisa, __path_riprendi, __path_sospendi, dai_termine, interrompi,
    preavvisa, riprendi, sospendi,
};
pub(super) use variazione::{__path_varia, varia};
pub(super) use visione::{
    __path_concedi_visione, __path_elenca_visioni, __path_revoca_visione, concedi_visione, elenca_visioni,
    revoca_visione,
};

use super::gettone::{ChiVede, Chiamante, Legge, Registra, Ricerca, Uscita};
use super::{chiave, multipart};
use crate::registro::{self, Flusso, Registrazione};
use crate::storage::{Conn, Operazione};
use crate::titolario::Fascicolo;
use crate::utenti::politica::Azione;
use crate::utenti::risposta::{self as risposte, Richiesta};
use crate::utenti::visibilita::Vista;
use crate::utenti::{self, Applicazione};
use crate::valori::{FascicoloId, NumeroProtocollo, RegistrazioneId};
use crate::web::parti::Parti;
use crate::web::{Problema, Stato};
use crate::{documenti, pec, scrivania, titolario};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use richiesta::Chiesta;
use risposta::{Altro, FattaJson, NumeroJson};
use serde::Deserialize;

/// Registrations in one page of a list.
const PAGINA: i64 = 50;

/// What is asked of the list.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Filtro {
    /// Year of the register; without `numero`, ignored.
    anno: Option<i32>,
    /// Number, with or without zeros; `anno` is the current one if absent.
    numero: Option<String>,
    /// As given by the page before.
    cursore: Option<String>,
}

/// The dialect of a segnatura.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Dialetto {
    /// `60-2013` (default) or `3.0.0`.
    dialetto: Option<String>,
}

/// Registers a document. The number is for ever; repeating the request with the same key gives the same answer.
#[utoipa::path(post, path = "/api/v1/registrazioni", tag = "registrazioni",
    params(("Idempotency-Key" = String, Header, description = "Names this request; the same key and body: the first answer")),
    request_body(content = RegistrazioneRichiesta, content_type = "multipart/form-data",
        description = "A JSON part `registrazione` and one part per file"),
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 409), (status = 413),
        (status = 404), (status = 422, body = super::super::problema::Corpo<'static>), (status = 503)))]
pub(super) async fn crea(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Uscita>,
    http: HttpRequest,
    corpo: Parti,
) -> Result<HttpResponse, Problema> {
    let chiave = chiave::chiave(&http)?;
    let (json, file) = multipart::leggi(&stato, corpo, "registrazione").await?;
    let richiesta = chiave::richiesta(chi.0.id, "/registrazioni", chiave, &json, &file);
    // What arrives is registered by the protocol office; before any field is looked at.
    if json.get("flusso").and_then(serde_json::Value::as_str) == Some(Flusso::Entrata.as_str()) {
        chi.agisce(Azione::Entrata)?;
    }
    let chiesta = Chiesta::parse(&json, file, &stato.limiti)?;
    let registrazione = stato.blocca(move |stato| registra(stato, &chi, &richiesta, chiesta)).await?;
    let luogo = format!("/api/v1/registrazioni/{}", registrazione.id());
    Ok(HttpResponse::Created().insert_header((header::LOCATION, luogo)).json(registrazione))
}

/// One write, then the answer as anybody would read it.
fn registra(
    stato: &Stato,
    chi: &Chiamante<Registra, Uscita>,
    richiesta: &Richiesta,
    chiesta: Chiesta,
) -> Result<FattaJson, Problema> {
    let vista = chi.vista();
    let prove = chiesta.verifica(stato)?;
    let (id, nuova) = stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
        if let Some(id) = risposte::precedente(op.conn, richiesta)? {
            let id = id.parse().map_err(Problema::interno)?;
            return Ok::<(RegistrazioneId, bool), Problema>((id, false));
        }
        let aoo = utenti::aoo(op.conn, op.aoo)?;
        let fascicolo = chiesta.fascicolo.map(|id| fascicolo(op.conn, &vista, id)).transpose()?;
        let differimento = chiesta.differimento;
        let (nuova, ufficio) = completa(op.conn, &chi.0, chiesta, fascicolo.as_ref())?;
        let registrata = scrivania::protocolla(op, &aoo, &vista, &nuova, ufficio.as_ref())?;
        if let Some(fascicolo) = &fascicolo {
            titolario::fascicola(op, registrata.id, fascicolo)?;
        }
        if let Some(differimento) = differimento {
            registro::registra_differita(op, registrata.id, differimento)?;
        }
        for prova in &prove {
            documenti::conserva_rapporto(op, prova)?;
        }
        risposte::conserva(op, richiesta, &registrata.id.to_string())?;
        Ok((registrata.id, true))
    })?;
    if nuova {
        stato.misure.registrata();
    }
    stato.db.leggi(|conn| mostra_fatta(conn, &vista, id))
}

/// One act on a registration that may be seen, then the registration as its author reads it.
async fn atto<P: Send + 'static, A: Send + 'static>(
    stato: &Stato,
    chi: Chiamante<P, A>,
    id: &str,
    f: impl FnOnce(&mut Operazione<'_>, &Chiamante<P, A>, &Vista, RegistrazioneId) -> Result<(), Problema> + Send + 'static,
) -> Result<HttpResponse, Problema> {
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let json = stato
        .blocca(move |stato| {
            let vista = chi.vista();
            stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
                if !registro::visibile(op.conn, &vista, id)? {
                    return Err(Problema::non_trovato());
                }
                f(op, &chi, &vista, id)
            })?;
            stato.db.leggi(|conn| mostra_fatta(conn, &vista, id))
        })
        .await?;
    Ok(HttpResponse::Created().json(json))
}

/// The fascicolo that the field names.
fn fascicolo(conn: &mut Conn, vista: &Vista, id: FascicoloId) -> Result<Fascicolo, Problema> {
    titolario::fascicolo(conn, vista, id).map_err(|e| match e {
        titolario::Errore::FascicoloSconosciuto => Problema::campo("/fascicolo", e.to_string()),
        altro => altro.into(),
    })
}

/// Adds what the caller left out: voce of the fascicolo or else of its token, and office of an entrata.
fn completa(
    conn: &mut Conn,
    chi: &Applicazione,
    chiesta: Chiesta,
    fascicolo: Option<&Fascicolo>,
) -> Result<(registro::Nuova, Option<utenti::Ufficio>), Problema> {
    let del_fascicolo = || fascicolo.map(|f| f.codice.voce.clone());
    let codice = chiesta.voce.clone().or_else(del_fascicolo).or_else(|| chi.voce.clone());
    let codice = codice.ok_or_else(|| Problema::campo("/voce", "manca la voce di titolario"))?;
    let voce = titolario::voce(conn, chi.aoo, &codice)?;
    let entrata = chiesta.flusso == registro::Flusso::Entrata;
    let ufficio = chiesta.ufficio.clone().or_else(|| chi.ufficio.clone().filter(|_| entrata));
    let ufficio = ufficio.map(|codice| utenti::ufficio_per_codice(conn, chi.aoo, &codice)).transpose()?;
    Ok((chiesta.nuova(voce), ufficio))
}

/// A registration as the API shows it.
pub(super) fn mostra_una(conn: &mut Conn, vista: &Vista, id: RegistrazioneId) -> Result<RegistrazioneJson, Problema> {
    let registrazione = registro::per_id(conn, vista, id)?;
    da_sola(conn, vista, registrazione)
}

/// What an act was done to. Somebody may register what goes to others, or refuse what then is theirs no more: of that they are told the
/// number, however often the request is repeated, and nothing else.
pub(super) fn mostra_fatta(conn: &mut Conn, vista: &Vista, id: RegistrazioneId) -> Result<FattaJson, Problema> {
    if registro::visibile(conn, vista, id)? {
        return Ok(FattaJson::Intera(Box::new(mostra_una(conn, vista, id)?)));
    }
    let fatta = registro::per_id(conn, &Vista::Intera(vista.aoo()), id)?;
    let aoo = utenti::aoo(conn, vista.aoo())?;
    Ok(FattaJson::Numero(NumeroJson::new(&aoo, &fatta)))
}

/// A registration that is asked alone, with what is not looked up for every row of a list.
fn da_sola(conn: &mut Conn, vista: &Vista, r: Registrazione) -> Result<RegistrazioneJson, Problema> {
    let termine = scrivania::termine(conn, r.id)?;
    let collegamenti = registro::collegamenti(conn, vista, r.id)?;
    let duplicati = pec::duplicati_di(conn, vista, &r)?;
    let annotazioni = registro::annotazioni(conn, r.id)?;
    let corretti = pec::correzioni(conn, r.id)?;
    let una = complete(conn, vista, vec![r])?.pop().ok_or_else(Problema::non_trovato)?;
    Ok(una
        .con_termine(termine)
        .con_legami(&collegamenti, duplicati)
        .con_annotazioni(annotazioni)
        .con_indirizzi(corretti))
}

/// Adds to registrations what other modules know of them.
pub(super) fn complete(
    conn: &mut Conn,
    vista: &Vista,
    registrazioni: Vec<Registrazione>,
) -> Result<Vec<RegistrazioneJson>, Problema> {
    let ids: Vec<String> = registrazioni.iter().map(|r| r.id.to_string()).collect();
    let mut classificazioni = titolario::correnti(conn, &ids)?;
    let mut fascicoli = titolario::fascicoli_di(conn, vista, &ids)?;
    let mut assegnazioni = scrivania::di(conn, &ids)?;
    let aoo = utenti::aoo(conn, vista.aoo())?;
    let risposte_a: Vec<RegistrazioneId> = registrazioni.iter().filter_map(|r| r.risponde_a).collect();
    let viste = registro::visibili(conn, vista, &risposte_a)?;
    registrazioni
        .into_iter()
        .map(|mut r| {
            r.risponde_a = r.risponde_a.filter(|id| viste.contains(&id.to_string()));
            let classificazione = classificazioni.remove(&r.id.to_string());
            let assegnazioni = assegnazioni.remove(&r.id.to_string()).unwrap_or_default();
            let fascicoli = fascicoli.remove(&r.id.to_string()).unwrap_or_default();
            let file: Vec<String> = r.documenti.iter().map(|d| d.impronta.to_string()).collect();
            let rapporti = documenti::rapporti_di(conn, vista.aoo(), &file)?;
            let mut invii = if r.flusso == Flusso::Uscita { pec::invii(conn, vista, Some(r.id))? } else { Vec::new() };
            invii.retain(|i| i.ritorno.is_none());
            let ricevute = if invii.is_empty() { Vec::new() } else { pec::ricevute(conn, vista, r.id)? };
            let differimento = registro::differimento_di(conn, vista.aoo(), r.id)?;
            let emergenza = registro::emergenza::correlazione_di(conn, r.id)?;
            let altro = Altro { classificazione, assegnazioni, invii, ricevute, rapporti, differimento, emergenza };
            Ok(RegistrazioneJson::new(&aoo, r, altro).con_fascicoli(fascicoli))
        })
        .collect()
}

/// The newest registrations, or the one with a number, which is told whole.
#[utoipa::path(get, path = "/api/v1/registrazioni", tag = "registrazioni", params(Filtro),
    responses((status = 200, body = ElencoJson), (status = 400), (status = 401)))]
pub(super) async fn elenca(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Ricerca>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Problema> {
    let filtro = filtro.into_inner();
    let illeggibile = |e: crate::valori::Rifiuto| Problema::illeggibile(e.to_string());
    let numero = filtro.numero.map(|n| n.parse::<NumeroProtocollo>()).transpose().map_err(illeggibile)?;
    let cursore = filtro.cursore.map(|c| c.parse::<RegistrazioneId>()).transpose().map_err(illeggibile)?;
    let elenco = stato
        .blocca(move |stato| {
            let vista = chi.vista();
            let anno = filtro.anno.unwrap_or_else(|| stato.db.orologio().adesso().anno());
            stato.db.leggi(|conn| {
                if let Some(numero) = numero {
                    let trovata = registro::per_numero(conn, &vista, anno, numero)?;
                    let trovata = trovata.map(|r| da_sola(conn, &vista, r)).transpose()?;
                    return Ok::<_, Problema>(ElencoJson { risultati: trovata.into_iter().collect(), cursore: None });
                }
                let trovate = registro::ultime(conn, &vista, cursore, PAGINA)?;
                let piena = i64::try_from(trovate.len()).is_ok_and(|n| n == PAGINA);
                let cursore = trovate.last().filter(|_| piena).map(|r| r.id.to_string());
                Ok(ElencoJson { risultati: complete(conn, &vista, trovate)?, cursore })
            })
        })
        .await?;
    Ok(HttpResponse::Ok().json(elenco))
}

/// A registration.
#[utoipa::path(get, path = "/api/v1/registrazioni/{id}", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    responses((status = 200, body = RegistrazioneJson), (status = 401), (status = 404)))]
pub(super) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, ChiVede>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    let json = stato.blocca(move |stato| stato.db.leggi(|conn| mostra_una(conn, &chi.vista(), id))).await?;
    Ok(HttpResponse::Ok().json(json))
}

/// The XML of the segnatura: that of Circolare 60/2013, or the sealed one of Allegato 6, made at the first request and the same for
/// ever. Without a seal that works, 409.
#[utoipa::path(get, path = "/api/v1/registrazioni/{id}/segnatura", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration"), Dialetto),
    responses((status = 200, content_type = "application/xml", body = String), (status = 401), (status = 404),
        (status = 409)))]
pub(super) async fn segnatura(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, ChiVede>,
    id: web::Path<String>,
    dialetto: web::Query<Dialetto>,
) -> Result<HttpResponse, Problema> {
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    let dialetto = dialetto.into_inner().dialetto;
    let dialetto = dialetto.as_deref().unwrap_or("60-2013");
    if !matches!(dialetto, "60-2013" | "3.0.0") {
        return Err(Problema::illeggibile("dialetto: vale 60-2013 oppure 3.0.0"));
    }
    let sigillata = dialetto == "3.0.0";
    let xml = stato
        .blocca(move |stato| {
            let vista = chi.vista();
            Ok(match sigillata {
                true => registro::segnatura_sigillata(&stato.db, &chi.attore(), &vista, id)?,
                false => stato.db.leggi(|conn| registro::segnatura_xml(conn, &vista, id))?,
            })
        })
        .await?;
    Ok(HttpResponse::Ok().content_type("application/xml; charset=utf-8").body(xml))
}
