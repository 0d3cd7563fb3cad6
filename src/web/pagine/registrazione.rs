//! `/registrazioni/{id}`: everything about one registration, its files and its segnatura.

use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::{Errata, formato};
use crate::documenti::{self, RapportoConservato};
use crate::istanze::{self, Istanza, Sottoscrizione};
use crate::registro::{self, Corrispondente, DocumentoRegistrato, Registrazione, RuoloCorrispondente, RuoloDocumento};
use crate::scrivania::{self, Assegnazione, Titolo};
use crate::storage::Conn;
use crate::utenti::visibilita::Vista;
use crate::valori::RegistrazioneId;
use crate::web::api::documenti::pezzi;
use crate::web::{Problema, Stato};
use crate::{audit, titolario, utenti};
use actix_web::body::SizedStream;
use actix_web::http::header;
use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use std::collections::HashMap;

struct ParteVista {
    ruolo: &'static str,
    nome: String,
    dettagli: String,
}

struct FileVisto {
    posizione: usize,
    nome: String,
    ruolo: &'static str,
    media_type: String,
    dimensione: String,
    impronta: String,
    firma: Option<&'static str>,
}

struct AssegnazioneVista {
    ufficio: String,
    titolo: &'static str,
    dal: String,
    istante: String,
}

/// What the portal says of an istanza.
struct IstanzaVista {
    procedimento: String,
    sottoscrizione: &'static str,
    da_regolarizzare: bool,
}

struct Fatto {
    istante: String,
    leggibile: String,
    chi: String,
    che: String,
}

#[derive(Template)]
#[template(path = "registrazione.html")]
struct Pagina {
    guscio: Guscio,
    id: String,
    numero: String,
    anno: i32,
    istante: String,
    leggibile: String,
    flusso: &'static str,
    icona: &'static str,
    oggetto: String,
    mezzo: &'static str,
    arrivo: Option<String>,
    protocollo_mittente: Option<String>,
    riservato: bool,
    segnatura: String,
    uscita: bool,
    voce: String,
    parti: Vec<ParteVista>,
    file: Vec<FileVisto>,
    assegnazioni: Vec<AssegnazioneVista>,
    istanza: Option<IstanzaVista>,
    termine: Option<String>,
    storia: Vec<Fatto>,
}

pub(super) async fn mostra(stato: web::Data<Stato>, chi: Chi, id: web::Path<String>) -> Result<HttpResponse, Errata> {
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    let guscio = Guscio::new(&chi, "");
    let vista = chi.vista();
    let pagina = stato.blocca(move |stato| stato.db.leggi(|conn| pagina(conn, &vista, id, guscio))).await?;
    Ok(rendi(StatusCode::OK, &pagina)?)
}

fn pagina(conn: &mut Conn, vista: &Vista, id: RegistrazioneId, guscio: Guscio) -> Result<Pagina, Problema> {
    let r = registro::per_id(conn, vista, id)?;
    let assegnazioni = scrivania::per_registrazione(conn, id)?;
    let classificazioni = titolario::storia(conn, id)?;
    let istanza = istanze::per_registrazione(conn, id)?.map(istanza);
    let termine = scrivania::termine(conn, id)?.map(|t| format!("{} ({} giorni)", formato::data(t.scade), t.giorni));
    let storia = storia(conn, vista, &r, &assegnazioni, &classificazioni)?;
    let impronte: Vec<String> = r.documenti.iter().map(|d| d.impronta.to_string()).collect();
    let rapporti = documenti::rapporti_di(conn, &impronte)?;
    let (flusso, icona) = formato::flusso(r.flusso);
    let mittente = |p: &registro::ProtocolloMittente| match p.data {
        Some(data) => format!("{} del {}", p.numero, formato::data(data)),
        None => p.numero.to_string(),
    };
    Ok(Pagina {
        guscio,
        id: r.id.to_string(),
        numero: r.numero.to_string(),
        anno: r.anno,
        istante: r.istante.roma(),
        leggibile: r.istante.leggibile(),
        flusso,
        icona,
        mezzo: super::nuova::nome_mezzo(r.mezzo),
        arrivo: r.arrivo.map(|a| a.leggibile()),
        protocollo_mittente: r.protocollo_mittente.as_ref().map(mittente),
        riservato: r.riservato,
        segnatura: r.segnatura.to_string(),
        uscita: r.flusso == registro::Flusso::Uscita,
        voce: classificazioni.last().map(|(_, c)| format!("{} {}", c.voce, c.denominazione)).unwrap_or_default(),
        parti: r.corrispondenti.iter().map(parte).collect(),
        file: r.documenti.iter().zip(1..).map(|(d, posizione)| file(d, posizione, &rapporti)).collect(),
        assegnazioni: assegnazioni.iter().map(assegnazione).collect(),
        istanza,
        termine,
        storia,
        oggetto: r.oggetto.to_string(),
    })
}

fn parte(c: &Corrispondente) -> ParteVista {
    let p = &c.parte;
    let dettagli = [
        p.codice_fiscale.as_ref().map(|v| format!("CF {v}")),
        p.codice_ipa.as_ref().map(|v| format!("IPA {v}")),
        p.codice_aoo.as_ref().map(|v| format!("AOO {v}")),
        p.pec.as_ref().map(ToString::to_string),
    ];
    let dettagli: Vec<String> = dettagli.into_iter().flatten().collect();
    let ruolo = match (c.ruolo, c.per_conoscenza) {
        (RuoloCorrispondente::Mittente, _) => "Mittente",
        (RuoloCorrispondente::Destinatario, false) => "Destinatario",
        (RuoloCorrispondente::Destinatario, true) => "Per conoscenza",
    };
    ParteVista { ruolo, nome: formato::nome(p), dettagli: dettagli.join(" · ") }
}

fn file(d: &DocumentoRegistrato, posizione: usize, rapporti: &HashMap<String, RapportoConservato>) -> FileVisto {
    let impronta = d.impronta.to_string();
    FileVisto {
        posizione,
        nome: d.nome.to_string(),
        ruolo: if d.ruolo == RuoloDocumento::Principale { "Documento principale" } else { "Allegato" },
        media_type: d.media_type.clone(),
        dimensione: formato::dimensione(d.dimensione),
        firma: rapporti.get(&impronta).and_then(|r| r.indicazione.as_deref()).map(formato::firma),
        impronta,
    }
}

fn assegnazione(a: &Assegnazione) -> AssegnazioneVista {
    AssegnazioneVista {
        ufficio: a.denominazione.clone(),
        titolo: if a.titolo == Titolo::Competenza { "per competenza" } else { "per conoscenza" },
        dal: a.istante.leggibile(),
        istante: a.istante.roma(),
    }
}

/// Which case of CAD art. 65 the software saw; what it did not see, a person may.
fn istanza(i: Istanza) -> IstanzaVista {
    let sottoscrizione = match i.sottoscrizione {
        Sottoscrizione::Firmata => "Firmata dal richiedente (CAD art. 65 c. 1 lett. a)",
        Sottoscrizione::FirmataDaAltri => "Firmata da un'altra persona: controlla la delega",
        Sottoscrizione::DaRegolarizzare => {
            "Da regolarizzare: nessuna firma digitale valida. Chiedi la firma, o guarda se c'è la copia firmata con il \
             documento d'identità (CAD art. 65 c. 1 lett. c)"
        }
    };
    let da_regolarizzare = i.sottoscrizione == Sottoscrizione::DaRegolarizzare;
    IstanzaVista { procedimento: i.procedimento, sottoscrizione, da_regolarizzare }
}

/// What happened, newest first, in sentences.
fn storia(
    conn: &mut Conn,
    vista: &Vista,
    r: &Registrazione,
    assegnazioni: &[Assegnazione],
    classificazioni: &[(String, titolario::Classificazione)],
) -> Result<Vec<Fatto>, Problema> {
    let mut frasi = vec![(r.id.to_string(), format!("Registrata con il numero {}", r.numero))];
    frasi.extend(
        classificazioni.iter().map(|(id, c)| (id.clone(), format!("Classificata in {} {}", c.voce, c.denominazione))),
    );
    frasi.extend(assegnazioni.iter().map(|a| {
        let a_vista = assegnazione(a);
        (a.id.to_string(), format!("Assegnata {} a {}", a_vista.titolo, a_vista.ufficio))
    }));
    let ids: Vec<String> = frasi.iter().map(|(id, _)| id.clone()).collect();
    let mut storia = Vec::new();
    for evento in audit::di(conn, vista.aoo(), &ids)?.into_iter().rev() {
        let frase = frasi.iter().find(|(id, _)| *id == evento.oggetto_id).map(|(_, frase)| frase.clone());
        let attore = evento.attore.parse().map_err(|e| crate::storage::Errore::riga("eventi", e))?;
        storia.push(Fatto {
            istante: evento.istante.roma(),
            leggibile: evento.istante.leggibile(),
            chi: utenti::nome_autore(conn, &attore)?,
            che: frase.unwrap_or(evento.tipo),
        });
    }
    Ok(storia)
}

/// The bytes of a file, by its place in the registration: always to be saved, never to be run here.
pub(super) async fn documento(
    stato: web::Data<Stato>,
    chi: Chi,
    dove: web::Path<(String, usize)>,
) -> Result<HttpResponse, Errata> {
    let (id, posizione) = dove.into_inner();
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let vista = chi.vista();
    let (file, byte, documento) = stato
        .blocca(move |stato| {
            let r = stato.db.leggi(|conn| registro::per_id(conn, &vista, id))?;
            let indice = posizione.checked_sub(1).ok_or_else(Problema::non_trovato)?;
            let documento = r.documenti.into_iter().nth(indice).ok_or_else(Problema::non_trovato)?;
            let file = stato.deposito.apri(&documento.impronta)?;
            let byte = file.metadata().map_err(Problema::interno)?.len();
            Ok((file, byte, documento))
        })
        .await?;
    Ok(formato::da_salvare(&documento.nome, &documento.media_type).body(SizedStream::new(byte, pezzi(file))))
}

/// The XML of the segnatura of an uscita, 60/2013.
pub(super) async fn segnatura(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
) -> Result<HttpResponse, Errata> {
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    let vista = chi.vista();
    let leggi = move |stato: &Stato| Ok(stato.db.leggi(|conn| registro::segnatura_xml(conn, &vista, id))?);
    let xml = stato.blocca(leggi).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/xml; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"segnatura.xml\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(xml))
}
