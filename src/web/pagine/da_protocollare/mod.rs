//! `Da protocollare`: the mail that waits for a number, oldest first; one message, and its protocolling.

mod aspetto;
mod esclusione;
mod istanza;
mod protocollo;
mod servizio;

pub(super) use aspetto::aspetto;
pub(super) use esclusione::{elenco as non_protocollati, escludi, ripristina};
pub(super) use istanza::riprotocolla;
pub(super) use protocollo::protocolla;

use super::chi::Chi;
use super::duplicati::Duplicati;
use super::firme::{self, Frase};
use super::formato;
use super::guscio::{Guscio, rendi};
use super::{Errata, nuova, regole};
use crate::documenti;
use crate::pec::regole::{proposti, scartati};
use crate::pec::{self, Esclusione, Messaggio, Proposta};
use crate::registro::{self, Registrazione};
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::visibilita::Vista;
use crate::valori::{Istante, MessaggioId};
use crate::web::api::documenti::pezzi;
use crate::web::{Problema, Stato};
use actix_web::body::SizedStream;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;
use istanza::IstanzaVista;
use nuova::Scelta;
use protocollo::Scritto;
use serde::Deserialize;
use servizio::ServizioVisto;

/// Messages of the list.
const PAGINA: i64 = 100;

struct Riga {
    id: String,
    mittente: String,
    oggetto: String,
    istante: String,
    momento: String,
    genere: &'static str,
    allegati: usize,
    rilievi: usize,
    doppione: bool,
}

/// The registration made just before, for the strip above the page.
struct Fatta {
    id: String,
    numero: String,
}

#[derive(Template)]
#[template(path = "da-protocollare.html")]
struct Elenco {
    guscio: Guscio,
    righe: Vec<Riga>,
    istanze: Vec<IstanzaVista>,
    fatta: Option<Fatta>,
}

/// The earlier message that is the same.
struct Doppione {
    id: String,
    visibile: bool,
}

struct AllegatoVisto {
    posizione: usize,
    nome: String,
    dimensione: String,
    media_type: String,
    impronta: String,
    firme: Vec<Frase>,
}

#[derive(Template)]
#[template(path = "messaggio.html")]
struct Pagina {
    guscio: Guscio,
    fatta: Option<Fatta>,
    id: String,
    genere: &'static str,
    mittente: String,
    oggetto: String,
    momento: String,
    corpo: String,
    /// The sender wrote HTML too.
    con_aspetto: bool,
    servizio: Option<ServizioVisto>,
    rilievi: Vec<String>,
    /// What the rules propose, and what they left to a person.
    regole: Vec<String>,
    doppione: Option<Doppione>,
    duplicati: Duplicati,
    /// The act that left it out: when, who, why.
    esclusa: Option<String>,
    /// It may be left out.
    /// What it asks, or says that it is, as one AOO to another.
    interoperabilita: Option<String>,
    /// It answers a registration, and gets no number.
    risponde: bool,
    escludibile: bool,
    generi: Vec<String>,
    /// Why it was not left out, and what had been typed.
    non_escluso: Option<(String, String)>,
    allegati: Vec<AllegatoVisto>,
    scritto: Scritto,
    voci: Vec<Scelta>,
    uffici: Vec<Scelta>,
}

/// What was done just before.
#[derive(Deserialize)]
pub(super) struct Filtro {
    fatta: Option<String>,
}

/// The mail that this person may see, if it is theirs to register.
fn posta(chi: &Chi) -> Result<Vista, Errata> {
    chi.serve(Azione::Entrata, Permesso::Agisce)?;
    Ok(chi.vista())
}

fn genere(genere: &str) -> &'static str {
    match genere {
        "posta-certificata" => "PEC",
        "anomalia" => "Anomalia PEC",
        _ => "E-mail",
    }
}

pub(super) async fn elenco(
    stato: web::Data<Stato>,
    chi: Chi,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    let posta = posta(&chi)?;
    let ora = stato.db.orologio().adesso();
    let fatta = filtro.into_inner().fatta;
    let (righe, istanze, fatta) = stato
        .blocca(move |stato| {
            stato.db.leggi(|conn| {
                let messaggi = pec::da_protocollare(conn, &posta, PAGINA)?;
                let righe = messaggi.iter().map(|m| riga(m, ora)).collect();
                let istanze = istanza::tornate(conn, &posta, PAGINA)?;
                Ok::<_, Problema>((righe, istanze, trova_fatta(conn, &posta, fatta)?))
            })
        })
        .await?;
    Ok(rendi(StatusCode::OK, &Elenco { guscio: Guscio::new(&chi, "/da-protocollare"), righe, istanze, fatta })?)
}

fn riga(m: &Messaggio, ora: Istante) -> Riga {
    let istante = m.consegnato.unwrap_or(m.ricevuto);
    let proposta = pec::proponi(m);
    Riga {
        id: m.id.to_string(),
        mittente: formato::nome(&proposta.mittente.parte),
        oggetto: proposta.oggetto.to_string(),
        istante: istante.roma(),
        momento: formato::momento(istante, ora),
        genere: genere(&m.genere),
        allegati: m.allegati.len(),
        rilievi: m.rilievi().len(),
        doppione: m.doppione_di.is_some(),
    }
}

fn trova_fatta(conn: &mut Conn, vista: &Vista, id: Option<String>) -> Result<Option<Fatta>, Problema> {
    let Some(Ok(id)) = id.map(|id| id.parse()) else { return Ok(None) };
    match registro::per_id(conn, vista, id) {
        Ok(Registrazione { id, numero, .. }) => Ok(Some(Fatta { id: id.to_string(), numero: numero.to_string() })),
        Err(registro::Errore::Sconosciuta) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

pub(super) async fn messaggio(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    let id: MessaggioId = id.parse().map_err(|_| Problema::non_trovato())?;
    mostra(&stato, &chi, id, filtro.into_inner().fatta, None, None, StatusCode::OK).await
}

/// The page of a message; with what was typed, if it was refused.
async fn mostra(
    stato: &Stato,
    chi: &Chi,
    id: MessaggioId,
    fatta: Option<String>,
    scritto: Option<Scritto>,
    non_escluso: Option<(String, String)>,
    codice: StatusCode,
) -> Result<HttpResponse, Errata> {
    let posta = posta(chi)?;
    let guscio = Guscio::new(chi, "/da-protocollare");
    let ora = stato.db.orologio().adesso();
    let letta = stato.blocca(move |stato| {
        stato.db.leggi(|conn| {
            let m = pec::messaggio(conn, &posta, id)?;
            if m.registrazione.is_some() {
                return Ok(Err(m.registrazione));
            }
            let fatta = trova_fatta(conn, &posta, fatta)?;
            let mut pagina = pagina(conn, &posta, &m, guscio, (fatta, ora), scritto)?;
            pagina.non_escluso = non_escluso;
            Ok::<_, Problema>(Ok(pagina))
        })
    });
    match letta.await? {
        Ok(pagina) => Ok(rendi(codice, &pagina)?),
        Err(registrazione) => {
            let luogo = registrazione.map(|r| format!("/registrazioni/{r}")).unwrap_or_default();
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
        }
    }
}

fn pagina(
    conn: &mut Conn,
    posta: &Vista,
    m: &Messaggio,
    guscio: Guscio,
    (fatta, ora): (Option<Fatta>, Istante),
    scritto: Option<Scritto>,
) -> Result<Pagina, Problema> {
    let proposta: Proposta = pec::proponi(m);
    let (voci, uffici) = nuova::scelte(conn, guscio.aoo_id)?;
    let impronte: Vec<String> = m.allegati.iter().map(|a| a.riposto.impronta.to_string()).collect();
    let rapporti = documenti::rapporti_di(conn, posta.aoo(), &impronte)?;
    let allegati = m.allegati.iter().zip(&impronte).zip(1..).map(|((a, impronta), posizione)| AllegatoVisto {
        posizione,
        nome: a.nome.to_string(),
        dimensione: formato::dimensione(a.riposto.dimensione),
        media_type: a.riposto.media_type.clone(),
        impronta: impronta.clone(),
        firme: firme::frasi(rapporti.get(impronta), &a.riposto.media_type),
    });
    let doppione = match m.doppione_di {
        None => None,
        Some(id) => Some(Doppione { id: id.to_string(), visibile: pec::visibile(conn, posta, id)? }),
    };
    let dalle_regole = if m.esclusione.is_none() { proposti(conn, guscio.aoo_id, m)? } else { Vec::new() };
    let scritto = scritto.unwrap_or_else(|| {
        let mut scritto = Scritto::proposto(&proposta);
        dalle_regole.iter().for_each(|p| scritto.completa(&p.regola.contenuto));
        scritto
    });
    let duplicati = pec::duplicati(conn, posta, m, &scritto.corretta(proposta), ora.anno())?;
    let testo = |dove: &str| m.lettura.pointer(dove).and_then(|v| v.as_str()).map(str::to_owned);
    Ok(Pagina {
        fatta,
        id: m.id.to_string(),
        genere: genere(&m.genere),
        mittente: m.da_chi(),
        oggetto: m.oggetto.clone(),
        momento: m.consegnato.unwrap_or(m.ricevuto).leggibile(),
        corpo: testo("/original/body").or_else(|| testo("/body")).unwrap_or_default(),
        con_aspetto: m.ha_html(),
        servizio: ServizioVisto::new(m),
        rilievi: m.rilievi(),
        regole: dalle_regole.iter().map(regole::proposta).collect(),
        doppione,
        allegati: allegati.collect(),
        scritto,
        duplicati: Duplicati::new(&duplicati),
        esclusa: m.esclusione.as_ref().map(|e| detta(conn, e)).transpose()?,
        interoperabilita: interoperabilita(conn, m)?,
        risponde: m.stato == pec::Stato::Ritorno,
        escludibile: pec::escludibile(conn, posta, m)?,
        generi: registro::generi_esclusi(conn, guscio.aoo_id)?.into_iter().map(|g| g.nome).collect(),
        non_escluso: None,
        voci,
        uffici,
        guscio,
    })
}

/// What a clerk should know of what one AOO says to another.
fn interoperabilita(conn: &mut Conn, m: &Messaggio) -> Result<Option<String>, Problema> {
    if let Some(genere) = &m.ritorno {
        let frase = if m.stato == pec::Stato::Ritorno {
            format!(
                "È la risposta di un'altra AOO ({genere}) a una registrazione di questa: si vede sulla sua pagina e non si protocolla."
            )
        } else {
            format!(
                "Si presenta come risposta di un'altra AOO ({genere}), ma non si può unire a nessuna registrazione: chi scrive non è tra \
                 quelli a cui è stata spedita, oppure il gestore non lo garantisce o il messaggio porta altri file."
            )
        };
        return Ok(Some(frase));
    }
    let chiede = pec::ritorno::segnatura_ricevuta(conn, m)?.is_some_and(|s| s.chiede);
    Ok(chiede
        .then(|| "Il mittente chiede conferma di ricezione: si manda dalla pagina della registrazione.".to_owned()))
}

/// The act that left a message out, and until when it is kept if a rule did.
fn detta(conn: &mut Conn, e: &Esclusione) -> Result<String, Problema> {
    let cestino = scartati(conn, &[&e.id])?.remove(&e.id);
    let fino = cestino.map(|s| format!("; si conserva almeno fino al {}", formato::data(s.fino_al)));
    Ok(format!("{} ({}, il {}){}", e.motivo, e.autore, e.istante.leggibile(), fino.unwrap_or_default()))
}

/// The bytes of an attachment, by its place in the message.
pub(super) async fn allegato(
    stato: web::Data<Stato>,
    chi: Chi,
    dove: web::Path<(String, usize)>,
) -> Result<HttpResponse, Errata> {
    let posta = posta(&chi)?;
    let (id, posizione) = dove.into_inner();
    let id: MessaggioId = id.parse().map_err(|_| Problema::non_trovato())?;
    let (file, byte, allegato) = stato
        .blocca(move |stato| {
            let m = stato.db.leggi(|conn| pec::messaggio(conn, &posta, id))?;
            let indice = posizione.checked_sub(1).ok_or_else(Problema::non_trovato)?;
            let allegato = m.allegati.into_iter().nth(indice).ok_or_else(Problema::non_trovato)?;
            let file = stato.deposito.apri(&allegato.riposto.impronta)?;
            let byte = file.metadata().map_err(Problema::interno)?.len();
            Ok((file, byte, allegato))
        })
        .await?;
    Ok(formato::da_salvare(&allegato.nome, &allegato.riposto.media_type).body(SizedStream::new(byte, pezzi(file))))
}
