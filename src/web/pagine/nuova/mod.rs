//! `Nuova registrazione`: the form, and the act. A refused form comes back with what was typed, also its files.

mod modulo;
mod predisposto;
mod rubrica;
mod valori;

pub(super) use rubrica::Scelto;

use super::campi::{Difetto, frase};
use super::chi::Chi;
use super::duplicati::{Duplicati, accettati};
use super::guscio::{Guscio, rendi};
use super::invio::{Arrivo, FileScelto, Massimi, PERDUTI};
use super::richiamo::Richiamo;
use super::{Errata, Pagine, invio};
use crate::firma::Prova;
use crate::registro::{Duplicato, Flusso, Indizi, Mezzo, gruppo};
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::risposta::{self as risposte, Richiesta};
use crate::utenti::{self};
use crate::valori::{AooId, RegistrazioneId};
use crate::web::parti::Parti;
use crate::web::{Problema, Stato};
use crate::{documenti, registro, scrivania, titolario};
use actix_web::http::header;
use actix_web::{HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use modulo::Modulo;
pub(super) use predisposto::{apri, elenco, elimina};
use serde::Deserialize;
use valori::Chiesta;

/// The ways in and out that a clerk chooses from, with their names.
pub(super) const MEZZI: [(Mezzo, &str); 9] = [
    (Mezzo::Pec, "PEC"),
    (Mezzo::Email, "E-mail"),
    (Mezzo::Sportello, "Sportello"),
    (Mezzo::Posta, "Posta"),
    (Mezzo::Raccomandata, "Raccomandata"),
    (Mezzo::Portale, "Portale istanze"),
    (Mezzo::Aoo, "Altra AOO"),
    (Mezzo::Sdi, "Sistema di interscambio"),
    (Mezzo::Corriere, "Corriere"),
];

/// Most fields and files of the form: a thousand parties have eight fields each.
const MASSIMO_PARTI: usize = 10_000;

/// Most bytes of all its fields.
const MASSIMO_TESTO: usize = 4 * 1024 * 1024;

/// The name of a way in or out.
pub(super) fn nome_mezzo(mezzo: Mezzo) -> &'static str {
    MEZZI.into_iter().find(|(m, _)| *m == mezzo).map_or(mezzo.as_str(), |(_, nome)| nome)
}

/// An entry of a list to choose from.
pub(super) struct Scelta {
    pub(super) valore: String,
    pub(super) testo: String,
}

#[derive(Template)]
#[template(path = "nuova.html")]
struct Pagina {
    guscio: Guscio,
    modulo: Modulo,
    flussi: Vec<Scelta>,
    mezzi: Vec<Scelta>,
    voci: Vec<Scelta>,
    uffici: Vec<Scelta>,
    /// The groups that become its addressees.
    gruppi: Vec<Scelta>,
    /// The acts that cover what arrived lately, for what comes on paper.
    differimenti: Vec<Scelta>,
    massimo_mib: u32,
    /// It can be put away without a number.
    predisponibile: bool,
}

/// A registration that its own author may not see again: its number is told once, here.
#[derive(Template)]
#[template(path = "registrata.html")]
struct Riservata<'a> {
    guscio: Guscio,
    numero: String,
    leggibile: String,
    altra: &'a str,
    avanti: &'a str,
}

/// Tells the number once; `altra` is the page where one goes on, `avanti` what its button says.
pub(super) fn riservata(
    chi: &Chi,
    fatta: &registro::Registrazione,
    altra: &str,
    avanti: &str,
) -> Result<HttpResponse, Problema> {
    let (numero, leggibile) = (fatta.numero.to_string(), fatta.istante.leggibile());
    rendi(StatusCode::OK, &Riservata { guscio: Guscio::new(chi, ""), numero, leggibile, altra, avanti })
}

/// Which form.
#[derive(Deserialize)]
pub(super) struct Filtro {
    #[serde(default)]
    flusso: String,
    /// The number that is answered.
    #[serde(default, rename = "risponde-a")]
    risponde_a: String,
}

pub(super) async fn modulo(
    stato: web::Data<Stato>,
    chi: Chi,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    let chiesto = if filtro.flusso.is_empty() { "entrata" } else { &filtro.flusso };
    let flusso = chiesto.parse().map_err(|_| Problema::non_trovato())?;
    permesso(&chi, flusso)?;
    let mut modulo = Modulo::vuoto(flusso);
    modulo.richiamo = cerca(&stato, &chi, Richiamo::scritto(filtro.into_inner().risponde_a, "")).await?;
    mostra(&stato, &chi, modulo, StatusCode::OK).await
}

/// What is answered, looked for among what this person may see.
pub(super) async fn cerca(stato: &Stato, chi: &Chi, richiamo: Richiamo) -> Result<Richiamo, Problema> {
    let (vista, ora) = (chi.vista(), stato.db.orologio().adesso());
    stato.blocca(move |stato| richiamo.cerca(stato, &vista, ora)).await
}

/// Registering what arrives is one permission, what leaves or stays another.
fn permesso(chi: &Chi, flusso: Flusso) -> Result<(), Errata> {
    let azione = if flusso == Flusso::Entrata { Azione::Entrata } else { Azione::Uscita };
    chi.serve(azione, Permesso::Agisce)
}

async fn mostra(stato: &Stato, chi: &Chi, modulo: Modulo, codice: StatusCode) -> Result<HttpResponse, Errata> {
    let aoo = chi.aoo.id;
    let leggi = move |conn: &mut Conn| {
        Ok::<_, Problema>((scelte(conn, aoo)?, registro::differimenti(conn, aoo)?, gruppo::gruppi(conn, aoo)?))
    };
    let ((voci, uffici), differimenti, gruppi) = stato.blocca(move |stato| stato.db.leggi(leggi)).await?;
    let gruppo = |g: &gruppo::Gruppo| Scelta { valore: g.id.to_string(), testo: format!("{} ({})", g.nome, g.membri) };
    let differimento = |d: &registro::Differimento| Scelta {
        valore: d.id.to_string(),
        testo: format!(
            "{}: {} (arrivati dal {} al {})",
            d.causa,
            d.documenti,
            super::formato::minuto(d.dal),
            super::formato::minuto(d.chiuso.unwrap_or(d.al))
        ),
    };
    let flussi = [Flusso::Entrata, Flusso::Uscita, Flusso::Interna].into_iter().filter(|f| permesso(chi, *f).is_ok());
    let pagina = Pagina {
        guscio: Guscio::new(chi, if modulo.predisposto > 0 { "/predisposti" } else { modulo.indirizzo() }),
        flussi: flussi
            .map(|f| Scelta { valore: f.as_str().to_owned(), testo: super::formato::flusso(f).0.to_owned() })
            .collect(),
        mezzi: MEZZI
            .iter()
            .map(|(m, nome)| Scelta { valore: m.as_str().to_owned(), testo: (*nome).to_owned() })
            .collect(),
        voci,
        uffici,
        gruppi: gruppi.iter().filter(|_| modulo.flusso == Flusso::Uscita).map(gruppo).collect(),
        differimenti: differimenti.iter().map(differimento).collect(),
        massimo_mib: stato.limiti.file_mib,
        predisponibile: chi.permesso(Azione::Uscita) >= Permesso::Agisce,
        modulo,
    };
    Ok(rendi(codice, &pagina)?)
}

/// The voci and the offices to choose from.
pub(super) fn scelte(conn: &mut Conn, aoo: AooId) -> Result<(Vec<Scelta>, Vec<Scelta>), Problema> {
    let scelta = |codice: String, nome: &str| Scelta { testo: format!("{codice} {nome}"), valore: codice };
    let voci = titolario::voci(conn, aoo)?;
    let voci = voci.iter().map(|v| scelta(v.codice.to_string(), v.denominazione.as_str())).collect();
    let uffici = utenti::uffici(conn, aoo)?;
    let uffici =
        uffici.iter().map(|u| Scelta { valore: u.codice.to_string(), testo: u.denominazione.to_string() }).collect();
    Ok((voci, uffici))
}

/// `POST /registrazioni`: one number for one form, however often it is sent.
pub(super) async fn registra(
    stato: web::Data<Stato>,
    pagine: web::Data<Pagine>,
    chi: Chi,
    corpo: Parti,
) -> Result<HttpResponse, Errata> {
    // Nothing is read from who may register nothing.
    permesso(&chi, Flusso::Entrata).or_else(|_| permesso(&chi, Flusso::Uscita))?;
    let massimi = Massimi {
        byte: stato.limiti.file_byte(),
        file: stato.limiti.file_per_registrazione,
        parti: MASSIMO_PARTI,
        testo: MASSIMO_TESTO,
    };
    let della_sessione = |nome: &str, valore: &str| {
        chi.modulo(if nome == "modulo" { valore } else { "" })?;
        Ok(chi.sessione.persona.id.to_string())
    };
    let Arrivo { campi, file, perduti } = invio::leggi((&stato, &pagine), &massimi, corpo, della_sessione).await?;
    let mut modulo = Modulo::da_campi(&campi, file)?;
    permesso(&chi, modulo.flusso)?;
    if perduti && modulo.predisposto > 0 {
        return predisposto::riprendi(&stato, &pagine, &chi, modulo).await;
    }
    if perduti {
        modulo.errori = vec![Difetto { campo: "allegati".to_owned(), testo: PERDUTI.to_owned() }];
        return mostra(&stato, &chi, modulo, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    modulo.richiamo = cerca(&stato, &chi, std::mem::take(&mut modulo.richiamo)).await?;
    if campi.contains_key("trova") {
        return mostra(&stato, &chi, modulo, StatusCode::OK).await;
    }
    if campi.contains_key("aggiungi") {
        modulo.aggiungi_parte(stato.limiti.corrispondenti);
        return mostra(&stato, &chi, modulo, StatusCode::OK).await;
    }
    if rubrica::risponde(&stato, &chi, &campi, &mut modulo).await? {
        return mostra(&stato, &chi, modulo, StatusCode::OK).await;
    }
    if campi.contains_key("predisponi") {
        return predisposto::predisponi(&stato, &chi, modulo).await;
    }
    let oggi = stato.db.orologio().adesso().giorno();
    let chiesta = match Chiesta::parse(&modulo, oggi) {
        Ok(chiesta) => chiesta,
        Err(difetti) => {
            modulo.errori = difetti;
            return mostra(&stato, &chi, modulo, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let richiesta = richiesta(&chi, &modulo);
    let (aoo, attore, vista) = (chi.aoo.clone(), chi.attore(), chi.vista());
    let comunque = campi.get("comunque").cloned().unwrap_or_default();
    let esito = stato
        .blocca(move |stato| {
            let rapporti = chiesta.verifica(stato)?;
            let id = match scrivi(stato, &aoo, &attore, &vista, (&richiesta, &chiesta, &rapporti, &comunque))? {
                Ok(id) => id,
                Err(trovati) => return Ok(Err(trovati)),
            };
            let fatta =
                stato.db.leggi(|conn| registro::per_id(conn, &utenti::visibilita::Vista::Intera(aoo.id), id))?;
            Ok(Ok((fatta, stato.db.leggi(|conn| registro::visibile(conn, &vista, id))?)))
        })
        .await;
    rispondi(&stato, &chi, modulo, esito).await
}

/// The form as a request that makes one number, however often it is sent.
fn richiesta(chi: &Chi, modulo: &Modulo) -> Richiesta {
    let (ambito, chiave) = (format!("{} /registrazioni", chi.attore()), modulo.chiave.clone());
    Richiesta { ambito, chiave, corpo_sha256: modulo.sha256() }
}

/// To what was registered; or the form again, with what looks the same or what was refused.
async fn rispondi(
    stato: &Stato,
    chi: &Chi,
    mut modulo: Modulo,
    esito: Result<Result<(registro::Registrazione, bool), Vec<Duplicato>>, Problema>,
) -> Result<HttpResponse, Errata> {
    match esito {
        Ok(Ok((fatta, true))) => {
            let luogo = format!("/registrazioni/{}", fatta.id);
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
        }
        Ok(Ok((fatta, false))) => Ok(riservata(chi, &fatta, modulo.indirizzo(), "Altra nuova")?),
        Ok(Err(trovati)) => {
            modulo.duplicati = Duplicati::new(&trovati);
            mostra(stato, chi, modulo, StatusCode::OK).await
        }
        Err(problema) if problema.status_code() == StatusCode::INTERNAL_SERVER_ERROR => Err(problema.into()),
        Err(problema) => {
            modulo.errori = difetti(&problema);
            mostra(stato, chi, modulo, problema.status_code()).await
        }
    }
}

/// One write; the same request finds what it made before. What looks like a duplicate and was not shown yet is given back instead.
fn scrivi(
    stato: &Stato,
    aoo: &utenti::Aoo,
    attore: &crate::valori::Attore,
    vista: &utenti::visibilita::Vista,
    (richiesta, chiesta, prove, comunque): (&Richiesta, &Chiesta, &[Prova], &str),
) -> Result<Result<RegistrazioneId, Vec<Duplicato>>, Problema> {
    let esito = stato.db.scrivi(aoo.id, attore, |op| {
        if let Some(id) = risposte::precedente(op.conn, richiesta)? {
            return Ok::<_, Problema>(Ok((id.parse().map_err(Problema::interno)?, false)));
        }
        let letto = chiesta.predisposto.map(|p| registro::predisposto_letto(op, vista, p, chiesta.letta));
        let letto = letto.transpose()?.flatten();
        let voce = titolario::voce(op.conn, op.aoo, &chiesta.voce)?;
        let ufficio = chiesta.ufficio.as_ref().map(|codice| utenti::ufficio_per_codice(op.conn, op.aoo, codice));
        let nuova = chiesta.nuova(voce);
        let trovati = registro::duplicati(op.conn, vista, &Indizi::nuova(&nuova, op.ora.anno()), &[])?;
        if !accettati(&trovati, comunque) {
            return Ok(Err(trovati));
        }
        if let Some(letto) = &letto {
            registro::togli_predisposto(op, letto)?;
        }
        let registrata = scrivania::protocolla(op, aoo, vista, &nuova, ufficio.transpose()?.as_ref())?;
        if let Some(differimento) = chiesta.differimento {
            registro::registra_differita(op, registrata.id, differimento)?;
        }
        for prova in prove {
            documenti::conserva_rapporto(op, prova)?;
        }
        risposte::conserva(op, richiesta, &registrata.id.to_string())?;
        Ok(Ok((registrata.id, true)))
    })?;
    Ok(esito.map(|(id, nuova)| {
        if nuova {
            stato.misure.registrata();
        }
        id
    }))
}

/// What the domain refused, at the fields of the form.
fn difetti(problema: &Problema) -> Vec<Difetto> {
    let campo = |pointer: &str| match pointer {
        "/corrispondenti" => "parte-0-cognome",
        "/documenti" => "principale",
        "/voce" => "voce",
        "/ufficio" => "ufficio",
        "/arrivo" => "arrivo",
        "/dataDocumento" => "data-documento",
        "/differimento" => "differimento",
        "/rispondeA" => "risponde-a",
        _ => "",
    };
    if problema.difetti().is_empty() {
        return vec![Difetto { campo: String::new(), testo: frase(&problema.to_string()) }];
    }
    problema
        .difetti()
        .iter()
        .map(|d| Difetto { campo: campo(&d.pointer).to_owned(), testo: frase(&d.detail) })
        .collect()
}
