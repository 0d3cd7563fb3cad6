//! The istanza: form, summary with the verdict on every file, submission.

use super::cornice::Cornice;
use super::modulo::Modulo;
use super::servizi::trova;
use crate::documenti;
use crate::firma::{Prova, Rapporto};
use crate::istanze::{
    self, Allegato, CodiceIstanza, Presentazione, Procedimento, Richiedente, Sottoscrizione, Sportello,
};
use crate::utenti::Aoo;
use crate::valori::{Istante, NomeFile};
use crate::web::pagine::campi::Difetto;
use crate::web::pagine::entra::dallo_stesso_sito;
use crate::web::pagine::guscio::rendi;
use crate::web::pagine::invio::{self, Arrivo, Massimi, PERDUTI};
use crate::web::pagine::{Errata, Pagine};
use crate::web::parti::Parti;
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;

/// Most fields of the form, besides its files.
const MASSIMO_CAMPI: usize = 30;

/// Most bytes of all its fields.
const MASSIMO_TESTO: usize = 256 * 1024;

#[derive(Template)]
#[template(path = "portale/istanza.html")]
struct Pagina {
    cornice: Cornice,
    procedimento: Procedimento,
    modulo: Modulo,
    massimo_mib: u32,
    massimo_file: usize,
    /// What happened to the submission as a whole, if it did not go well.
    avviso: String,
}

#[derive(Template)]
#[template(path = "portale/riepilogo.html")]
struct Riepilogo {
    cornice: Cornice,
    procedimento: Procedimento,
    ufficio: String,
    modulo: Modulo,
    richiedente: Richiedente,
    /// Name, length, seal, and what the signature says, of each file.
    file: Vec<FileVisto>,
    sottoscrizione: Sottoscrizione,
}

/// A file in the summary.
struct FileVisto {
    nome: NomeFile,
    dimensione: String,
    sigillo: String,
    esito: &'static str,
    icona: &'static str,
    buono: bool,
}

/// An empty form, with the code of the istanza it will be.
pub(super) async fn modulo(stato: web::Data<Stato>, codice: web::Path<String>) -> Result<HttpResponse, Errata> {
    let (procedimento, aoo, _) = trova(&stato, codice.into_inner()).await?;
    let modulo = Modulo { codice: CodiceIstanza::nuovo().to_string(), ..Modulo::default() };
    mostra(&stato, (&aoo, procedimento), modulo, StatusCode::OK, String::new())
}

fn mostra(
    stato: &Stato,
    (aoo, procedimento): (&Aoo, Procedimento),
    modulo: Modulo,
    codice: StatusCode,
    avviso: String,
) -> Result<HttpResponse, Errata> {
    let (massimo_mib, massimo_file) = (stato.portale.file_mib, stato.portale.file_per_istanza);
    let cornice = Cornice::di(aoo);
    Ok(rendi(codice, &Pagina { cornice, procedimento, modulo, massimo_mib, massimo_file, avviso })?)
}

/// `POST /servizi/{codice}/istanza`: the summary, the form again, or the istanza. One istanza for one form, however often sent.
pub(super) async fn invia(
    stato: web::Data<Stato>,
    pagine: web::Data<Pagine>,
    http: HttpRequest,
    codice: web::Path<String>,
    corpo: Parti,
) -> Result<HttpResponse, Errata> {
    dallo_stesso_sito(&http)?;
    let (procedimento, aoo, ufficio) = trova(&stato, codice.into_inner()).await?;
    if !pagine.ammette(&pagine.invii, &http, stato.db.orologio().adesso()) {
        let testo = "Da questo indirizzo sono arrivati troppi invii: questo non è stato ricevuto. Riprova fra un'ora.";
        return Err(Problema::troppi(testo, 3_600).into());
    }
    let massimi = Massimi {
        byte: u64::from(stato.portale.file_mib) * 1024 * 1024,
        file: stato.portale.file_per_istanza,
        parti: stato.portale.file_per_istanza + MASSIMO_CAMPI,
        testo: MASSIMO_TESTO,
    };
    let dell_istanza = |nome: &str, valore: &str| match valore.parse::<CodiceIstanza>() {
        Ok(codice) if nome == "codice" => Ok(codice.to_string()),
        _ => Err(Problema::illeggibile("Manca il codice del modulo: ricarica la pagina.").into()),
    };
    let Arrivo { campi, file, perduti } = invio::leggi((&stato, &pagine), &massimi, corpo, dell_istanza).await?;
    // Everything has arrived: from here terms run.
    let presentata = stato.db.orologio().adesso();
    let mut modulo = Modulo::da_campi(&campi, file);
    let passo = campi.get("passo").map_or("riepilogo", String::as_str);
    if perduti {
        modulo.errori = vec![Difetto { campo: "file".to_owned(), testo: PERDUTI.to_owned() }];
        return mostra(&stato, (&aoo, procedimento), modulo, StatusCode::UNPROCESSABLE_ENTITY, String::new());
    }
    if passo == "modifica" {
        return mostra(&stato, (&aoo, procedimento), modulo, StatusCode::OK, String::new());
    }
    let (richiedente, oggetto, testo) = match modulo.leggi() {
        Ok(letto) => letto,
        Err(difetti) => {
            modulo.errori = difetti;
            let codice = StatusCode::UNPROCESSABLE_ENTITY;
            return mostra(&stato, (&aoo, procedimento), modulo, codice, String::new());
        }
    };
    let allegati: Vec<_> =
        modulo.file.iter().map(|f| Allegato { riposto: f.riposto.clone(), nome: f.nome.clone() }).collect();
    if passo != "invia" {
        return riepiloga(&stato, (aoo, procedimento, ufficio), modulo, richiedente, (allegati, presentata)).await;
    }
    let codice = modulo.codice.parse().map_err(|_| Problema::non_trovato())?;
    let presentazione = Presentazione { codice, procedimento, presentata, richiedente, oggetto, testo, allegati };
    presenta(&stato, &aoo, modulo, presentazione).await
}

/// The act; then the receipt, or the form again with what is known of it.
async fn presenta(
    stato: &Stato,
    aoo: &Aoo,
    modulo: Modulo,
    presentazione: Presentazione,
) -> Result<HttpResponse, Errata> {
    let (luogo, procedimento) =
        (format!("/istanze/{}?inviata=1", presentazione.codice), presentazione.procedimento.clone());
    let esito = stato
        .blocca(move |stato| {
            let Stato { db, deposito, calendario, .. } = stato;
            let fiduce = stato.fiduce()?;
            let sportello = Sportello { db, deposito, fiduce: &fiduce, calendario };
            Ok(istanze::presenta(&sportello, &presentazione)?)
        })
        .await;
    match esito {
        Ok(()) => {
            stato.misure.registrata();
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
        }
        Err(problema) if problema.status_code() == StatusCode::NOT_FOUND => Err(problema.into()),
        Err(problema) if problema.status_code() == StatusCode::CONFLICT => {
            // With a code of its own what is here can be sent as another istanza; its files were sealed with the old one.
            let avviso = "Con questo modulo avevi già inviato una richiesta diversa: vale quella, con la sua ricevuta. Se vuoi \
                          inviare anche questa, aggiungi di nuovo i file e premi Continua.";
            let modulo = Modulo { codice: CodiceIstanza::nuovo().to_string(), file: Vec::new(), ..modulo };
            mostra(stato, (aoo, procedimento), modulo, problema.status_code(), avviso.to_owned())
        }
        Err(problema) => {
            let avviso = "Non sappiamo se la richiesta è arrivata. Quello che hai scritto è qui sotto: prova a inviarla di \
                          nuovo, non verrà registrata due volte.";
            mostra(stato, (aoo, procedimento), modulo, problema.status_code(), avviso.to_owned())
        }
    }
}

async fn riepiloga(
    stato: &Stato,
    (aoo, procedimento, ufficio): (Aoo, Procedimento, String),
    modulo: Modulo,
    richiedente: Richiedente,
    (allegati, ora): (Vec<Allegato>, Istante),
) -> Result<HttpResponse, Errata> {
    let verifica = move |stato: &Stato| {
        let fiduce = stato.fiduce()?;
        let uno = |a: &Allegato| Ok(documenti::verifica(&stato.deposito, &a.riposto, &a.nome, &fiduce, ora)?);
        allegati.iter().map(uno).collect::<Result<Vec<Option<Prova>>, Problema>>()
    };
    let prove = stato.blocca(verifica).await?;
    let sottoscrizione =
        istanze::sottoscrizione(prove.iter().flatten().map(|p| &p.report), &richiedente.codice_fiscale);
    let file = modulo.file.iter().zip(&prove).map(|(f, prova)| {
        let (esito, buono) = esito(prova.as_ref().map(|p| &p.report));
        let (nome, dimensione, sigillo) = (f.nome.clone(), f.dimensione(), f.sigillo.clone());
        let icona = if buono { "it-check-circle" } else { "it-warning-circle" };
        FileVisto { nome, dimensione, sigillo, esito, icona, buono }
    });
    let file = file.collect();
    let cornice = Cornice::di(&aoo);
    Ok(rendi(StatusCode::OK, &Riepilogo { cornice, procedimento, ufficio, modulo, richiedente, file, sottoscrizione })?)
}

/// What the signature of a file says, in the words of whoever sent it; false if they should look at it again.
fn esito(rapporto: Option<&Rapporto>) -> (&'static str, bool) {
    match rapporto.and_then(|r| r.indication).map(|i| i.as_str()) {
        None => ("Ricevuto. Non ha una firma digitale.", true),
        Some("TOTAL-PASSED") => ("Ricevuto. La firma digitale è valida.", true),
        Some("TOTAL-FAILED") => (
            "Ricevuto, ma la firma digitale non è valida: il file può essere stato cambiato dopo la firma. Se puoi, \
             sostituiscilo; se no invialo, l'ufficio lo controllerà.",
            false,
        ),
        Some(_) => ("Ricevuto. Ha una firma digitale che non riusciamo a confermare: l'ufficio la controllerà.", true),
    }
}
