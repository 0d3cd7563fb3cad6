//! `/emergenze`: the register of emergenza (DPR 445/2000 art. 63). The RSP authorises, extends, restores and reopens; who registers what
//! arrives brings in the rows of the posts and gives them their ordinary numbers.

use super::corpo::Corpo;
use super::gettone::{Annulla, Chiamante, DiPersona, Entrata, Legge, Registra, Registro};
use super::lettore::{Difetti, Oggetto};
use crate::registro::emergenza::{self, Correlazione, Emergenza, Esame, Esito, NuovaEmergenza};
use crate::storage::Conn;
use crate::utenti;
use crate::valori::{CodicePostazione, EmergenzaId, Istante, Rifiuto, Testo, TrascrizioneId};
use crate::web::{Problema, Stato};
use crate::{scrivania, valori};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;

/// Most codes of one list.
const MASSIMI_CODICI: usize = 200;

/// An extension.
#[derive(Serialize, utoipa::ToSchema)]
struct ProrogaJson {
    causa: String,
    provvedimento: String,
    #[schema(value_type = String, format = DateTime)]
    fino: Istante,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
}

/// Ordinary registration reopened before the recupero.
#[derive(Serialize, utoipa::ToSchema)]
struct RiaperturaJson {
    motivo: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
}

/// An emergenza.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct EmergenzaJson {
    id: String,
    causa: String,
    provvedimento: String,
    #[schema(value_type = String, format = DateTime)]
    inizio: Istante,
    postazioni: Vec<String>,
    /// Codes of the offices; none means all.
    uffici: Vec<String>,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
    #[serde(rename = "autorizzataFino")]
    #[schema(value_type = String, format = DateTime)]
    autorizzata_fino: Istante,
    proroghe: Vec<ProrogaJson>,
    /// When the system worked again.
    #[schema(value_type = Option<String>, format = DateTime)]
    fine: Option<Istante>,
    riaperta: Option<RiaperturaJson>,
    /// The posts whose rows all have their ordinary number.
    recuperate: Vec<String>,
}

impl From<Emergenza> for EmergenzaJson {
    fn from(e: Emergenza) -> Self {
        Self {
            id: e.id.to_string(),
            autorizzata_fino: e.autorizzata_fino(),
            causa: e.causa.to_string(),
            provvedimento: e.provvedimento.to_string(),
            inizio: e.inizio,
            postazioni: e.postazioni.iter().map(ToString::to_string).collect(),
            uffici: e.uffici.iter().map(ToString::to_string).collect(),
            autore: e.autore,
            istante: e.istante,
            proroghe: e
                .proroghe
                .into_iter()
                .map(|p| ProrogaJson {
                    causa: p.causa.to_string(),
                    provvedimento: p.provvedimento.to_string(),
                    fino: p.fino,
                    autore: p.autore,
                    istante: p.istante,
                })
                .collect(),
            fine: e.fine,
            riaperta: e.riaperta.map(|(istante, motivo)| RiaperturaJson { motivo: motivo.to_string(), istante }),
            recuperate: e.recuperate.iter().map(ToString::to_string).collect(),
        }
    }
}

/// The list, newest first.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct EmergenzeJson {
    risultati: Vec<EmergenzaJson>,
    cursore: Option<String>,
}

/// The body that authorises one.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "causa": "Guasto del server", "provvedimento": "Disposizione n. 4 del 20/11/2026",
    "inizio": "2026-11-20T08:00:00+01:00", "postazioni": ["PE1", "PE2"], "uffici": [] }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct EmergenzaRichiesta {
    causa: String,
    /// The act that authorises it: number and date.
    provvedimento: String,
    /// Since when; the act may be recorded afterwards.
    #[schema(format = DateTime)]
    inizio: String,
    /// Codes of the posts that register by hand, 1 to 20.
    postazioni: Vec<String>,
    /// Codes of the offices for which they do; absent or empty: all.
    uffici: Option<Vec<String>>,
}

/// The body of an extension.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "causa": "Il guasto continua", "provvedimento": "Disposizione n. 5 del 21/11/2026",
    "fino": "2026-11-27T08:00:00+01:00" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct ProrogaRichiesta {
    causa: String,
    provvedimento: String,
    /// Until when: a week at most beyond what is authorised.
    #[schema(format = DateTime)]
    fino: String,
}

/// The body that says when the system worked again.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "fine": "2026-11-21T07:30:00+01:00" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct RipristinoRichiesta {
    #[schema(format = DateTime)]
    fine: String,
}

/// The body that reopens ordinary registration.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "motivo": "La postazione PE2 consegna il registro domani" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct RiaperturaRichiesta {
    motivo: String,
}

/// The rows of a post.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "postazione": "PE1",
    "csv": "numero;data;ora;oggetto;mittente;ufficio;voce\n1;20/11/2026;09:15;Domanda di accesso;Rossi srl;EDIL;VI.3\n" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct RigheRichiesta {
    postazione: String,
    /// A table with a first line of columns: numero, data, ora, oggetto; mittente (of an uscita destinatario) or cognome and nome, ufficio, voce; flusso, mezzo,
    /// numero_mittente, data_mittente, annullata. 2,000 rows at most.
    csv: String,
}

/// The post whose rows get their numbers.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "postazione": "PE1" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(super) struct RecuperoRichiesta {
    postazione: String,
    /// The last number that stands on paper, 0 if none: the recupero is refused if the rows say another. Left out, nothing is compared.
    #[schema(minimum = 0)]
    ultimo: Option<i64>,
}

/// Which post.
#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct DiPostazione {
    /// Code of the post.
    #[serde(default)]
    postazione: String,
}

/// A row and what becomes of it.
#[derive(Serialize, utoipa::ToSchema)]
struct EsameJson {
    linea: usize,
    /// As it was written.
    numero: String,
    /// `nuova`, `presente`, `recuperata`, `rifiutata`.
    esito: &'static str,
    causa: Option<String>,
}

/// What becomes of the rows of a file.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct EsamiJson {
    risultati: Vec<EsameJson>,
    /// False for a preview.
    scritte: bool,
}

/// A row that waits for its number.
#[derive(Serialize, utoipa::ToSchema)]
struct RigaJson {
    id: String,
    anno: i32,
    numero: String,
    #[schema(value_type = Object)]
    campi: BTreeMap<String, String>,
}

/// An emergency number and the registration that it became.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct CorrelazioneJson {
    /// As people write it: `PE1/2026/0000003`.
    emergenza: String,
    #[schema(value_type = String, format = DateTime)]
    quando: Istante,
    /// Id of the registration.
    registrazione: Option<String>,
    anno: Option<i32>,
    numero: Option<String>,
    /// Why the number was annulled on paper.
    annullata: Option<String>,
}

impl From<Correlazione> for CorrelazioneJson {
    fn from(c: Correlazione) -> Self {
        Self {
            emergenza: c.leggibile(),
            quando: c.quando,
            registrazione: c.registrazione.as_ref().map(|(id, ..)| id.to_string()),
            anno: c.registrazione.as_ref().map(|(_, anno, _)| *anno),
            numero: c.registrazione.as_ref().map(|(.., numero)| numero.to_string()),
            annullata: c.annullata,
        }
    }
}

/// The register of a post.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RigheJson {
    postazione: String,
    /// The rows without an ordinary number, in order.
    #[serde(rename = "daRecuperare")]
    da_recuperare: Vec<RigaJson>,
    /// What has to be mended before they get theirs.
    ostacoli: Vec<String>,
    recuperate: Vec<CorrelazioneJson>,
    /// How many were recovered of each day.
    #[schema(value_type = Object)]
    totali: BTreeMap<String, u32>,
}

/// The emergenze of the AOO, newest first.
#[utoipa::path(get, path = "/api/v1/emergenze", tag = "registrazioni",
    responses((status = 200, body = EmergenzeJson), (status = 401)))]
pub(super) async fn elenca(stato: web::Data<Stato>, chi: Chiamante<Legge, Registro>) -> Result<HttpResponse, Problema> {
    let trovate = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| emergenza::emergenze(conn, chi.0.aoo))?)).await?;
    let risultati = trovate.into_iter().map(EmergenzaJson::from).collect();
    Ok(HttpResponse::Ok().json(EmergenzeJson { risultati, cursore: None }))
}

/// The RSP authorises the register of emergenza, if need be afterwards. The same said twice is one act.
#[utoipa::path(post, path = "/api/v1/emergenze", tag = "registrazioni", request_body = EmergenzaRichiesta,
    responses((status = 201, body = EmergenzaJson), (status = 400), (status = 401), (status = 404),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(super) async fn autorizza(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let campi = &["causa", "provvedimento", "inizio", "postazioni", "uffici"];
    let letta = Oggetto::new(&corpo.0, "", campi, &mut difetti).and_then(|o| {
        let (causa, provvedimento) = (o.serve("causa", &mut difetti), o.serve("provvedimento", &mut difetti));
        let inizio = o.serve("inizio", &mut difetti);
        let (postazioni, uffici) = (codici(&o, "postazioni", &mut difetti), codici(&o, "uffici", &mut difetti));
        Some(NuovaEmergenza { causa: causa?, provvedimento: provvedimento?, inizio: inizio?, postazioni, uffici })
    });
    let nuova = difetti.esito(letta)?;
    let scrivi = move |stato: &Stato| {
        let id = stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| emergenza::autorizza(op, &nuova))?;
        Ok(stato.db.leggi(|conn| emergenza::emergenza(conn, chi.0.aoo, id))?)
    };
    Ok(HttpResponse::Created().json(EmergenzaJson::from(stato.blocca(scrivi).await?)))
}

fn codici<T: FromStr<Err = Rifiuto>>(o: &Oggetto<'_>, nome: &str, difetti: &mut Difetti) -> Vec<T> {
    let mut letti = Vec::new();
    for (i, valore) in o.lista(nome, MASSIMI_CODICI, difetti).iter().enumerate() {
        match valore.as_str().unwrap_or_default().parse() {
            Ok(codice) => letti.push(codice),
            Err(e) => difetti.aggiungi(format!("{}/{i}", o.dove(nome)), Rifiuto::to_string(&e)),
        }
    }
    letti
}

/// One act of the RSP on an emergenza, then the emergenza.
async fn atto(
    stato: &Stato,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    id: EmergenzaId,
    fai: impl FnOnce(&mut crate::storage::Operazione<'_>) -> Result<(), emergenza::Errore> + Send + 'static,
) -> Result<HttpResponse, Problema> {
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(chi.0.aoo, &chi.attore(), fai)?;
        Ok(stato.db.leggi(|conn| emergenza::emergenza(conn, chi.0.aoo, id))?)
    };
    Ok(HttpResponse::Created().json(EmergenzaJson::from(stato.blocca(scrivi).await?)))
}

fn quale(id: &str) -> Result<EmergenzaId, Problema> {
    id.parse().map_err(|_| Problema::non_trovato())
}

/// The RSP extends an emergenza by a week at most.
#[utoipa::path(post, path = "/api/v1/emergenze/{id}/proroghe", tag = "registrazioni", request_body = ProrogaRichiesta,
    params(("id" = String, Path, description = "Id of the emergenza")),
    responses((status = 201, body = EmergenzaJson), (status = 401), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn proroga(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id = quale(&id)?;
    let mut difetti = Difetti::default();
    let letta = Oggetto::new(&corpo.0, "", &["causa", "provvedimento", "fino"], &mut difetti).and_then(|o| {
        let (causa, atto) = (o.serve::<Testo>("causa", &mut difetti), o.serve::<Testo>("provvedimento", &mut difetti));
        let fino = o.serve::<Istante>("fino", &mut difetti);
        Some((causa?, atto?, fino?))
    });
    let (causa, provvedimento, fino) = difetti.esito(letta)?;
    atto(&stato, chi, id, move |op| emergenza::proroga(op, id, (&causa, &provvedimento), fino)).await
}

/// The RSP records when the system worked again.
#[utoipa::path(post, path = "/api/v1/emergenze/{id}/ripristino", tag = "registrazioni", request_body = RipristinoRichiesta,
    params(("id" = String, Path, description = "Id of the emergenza")),
    responses((status = 201, body = EmergenzaJson), (status = 401), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn ripristina(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id = quale(&id)?;
    let fine: Istante = uno(&corpo, "fine")?;
    atto(&stato, chi, id, move |op| emergenza::ripristina(op, id, fine)).await
}

/// The RSP lets ordinary registration go on before the recupero.
#[utoipa::path(post, path = "/api/v1/emergenze/{id}/riapertura", tag = "registrazioni", request_body = RiaperturaRichiesta,
    params(("id" = String, Path, description = "Id of the emergenza")),
    responses((status = 201, body = EmergenzaJson), (status = 401), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn riapri(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, DiPersona<Registro>>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id = quale(&id)?;
    let motivo: Testo = uno(&corpo, "motivo")?;
    atto(&stato, chi, id, move |op| emergenza::riapri(op, id, &motivo)).await
}

/// The only member of a body.
fn uno<T: FromStr<Err = Rifiuto>>(corpo: &Corpo, nome: &str) -> Result<T, Problema> {
    let mut difetti = Difetti::default();
    let letto = Oggetto::new(&corpo.0, "", &[nome], &mut difetti).and_then(|o| o.serve(nome, &mut difetti));
    difetti.esito(letto)
}

/// A post, and the last number that it has on paper.
fn da_recuperare(corpo: &Corpo) -> Result<(CodicePostazione, Option<i64>), Problema> {
    let mut difetti = Difetti::default();
    let letto = Oggetto::new(&corpo.0, "", &["postazione", "ultimo"], &mut difetti)
        .and_then(|o| o.serve::<CodicePostazione>("postazione", &mut difetti));
    let postazione = difetti.esito(letto)?;
    let Some(ultimo) = corpo.0.get("ultimo").filter(|u| !u.is_null()) else { return Ok((postazione, None)) };
    let ultimo = ultimo.as_i64().filter(|u| *u >= 0);
    Ok((postazione, Some(ultimo.ok_or_else(|| Problema::campo("/ultimo", "serve un numero intero, 0 se nessuno"))?)))
}

/// A post and its rows.
fn righe(corpo: &Corpo) -> Result<(CodicePostazione, Vec<emergenza::RigaFile>), Problema> {
    let mut difetti = Difetti::default();
    let letto = Oggetto::new(&corpo.0, "", &["postazione", "csv"], &mut difetti)
        .and_then(|o| o.serve::<CodicePostazione>("postazione", &mut difetti));
    let postazione = difetti.esito(letto)?;
    let csv = corpo.0.get("csv").and_then(serde_json::Value::as_str);
    let csv = csv.ok_or_else(|| Problema::campo("/csv", "serve il testo della tabella"))?;
    Ok((postazione, emergenza::leggi_csv(csv)?))
}

fn esami(trovati: &[Esame], scritte: bool) -> EsamiJson {
    let esame = |e: &Esame| {
        let (esito, causa) = match &e.esito {
            Esito::Nuova => ("nuova", None),
            Esito::Presente => ("presente", None),
            Esito::Recuperata => ("recuperata", None),
            Esito::Rifiutata(causa) => ("rifiutata", Some(causa.clone())),
        };
        EsameJson { linea: e.riga.linea, numero: e.riga.valore("numero").to_owned(), esito, causa }
    };
    EsamiJson { risultati: trovati.iter().map(esame).collect(), scritte }
}

/// What would become of the rows of a post, one by one. Nothing is written.
#[utoipa::path(post, path = "/api/v1/emergenze/{id}/anteprime", tag = "registrazioni", request_body = RigheRichiesta,
    params(("id" = String, Path, description = "Id of the emergenza")),
    responses((status = 200, body = EsamiJson), (status = 401), (status = 404), (status = 422)))]
pub(super) async fn anteprima(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Entrata>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id = quale(&id)?;
    let (postazione, righe) = righe(&corpo)?;
    let leggi = move |stato: &Stato| {
        let dove = (chi.0.aoo, stato.db.orologio().adesso());
        let trovati = stato.db.leggi(|conn| {
            let questa = emergenza::emergenza(conn, chi.0.aoo, id)?;
            emergenza::anteprima(conn, &questa, dove, &postazione, &righe)
        })?;
        Ok(esami(&trovati, false))
    };
    Ok(HttpResponse::Ok().json(stato.blocca(leggi).await?))
}

/// Brings in the rows of a post, all or none; the same rows again change nothing. 422 names every row that was refused.
#[utoipa::path(post, path = "/api/v1/emergenze/{id}/righe", tag = "registrazioni", request_body = RigheRichiesta,
    params(("id" = String, Path, description = "Id of the emergenza")),
    responses((status = 201, body = EsamiJson), (status = 401), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn trascrivi(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Entrata>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id = quale(&id)?;
    let (postazione, righe) = righe(&corpo)?;
    let scrivi = move |stato: &Stato| {
        let (trovati, scritte) =
            stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| emergenza::trascrivi(op, id, &postazione, &righe))?;
        if scritte {
            return Ok(esami(&trovati, true));
        }
        let mut difetti = Difetti::default();
        for e in &trovati {
            if let Esito::Rifiutata(causa) = &e.esito {
                difetti.aggiungi("/csv", format!("riga {}: {causa}", e.riga.linea));
            }
        }
        difetti.chiudi()?;
        Ok(esami(&trovati, false))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

/// Takes away a row that has no ordinary number; one that is gone is gone.
#[utoipa::path(post, path = "/api/v1/emergenze/{id}/righe/{riga}/ritiro", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the emergenza"), ("riga" = String, Path, description = "Id of the row")),
    responses((status = 201, body = EmergenzaJson), (status = 401), (status = 404)))]
pub(super) async fn togli(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Entrata>,
    strada: web::Path<(String, String)>,
) -> Result<HttpResponse, Problema> {
    let id = quale(&strada.0)?;
    let riga: TrascrizioneId = strada.1.parse().map_err(|_| Problema::non_trovato())?;
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| emergenza::togli(op, id, riga))?;
        Ok(stato.db.leggi(|conn| emergenza::emergenza(conn, chi.0.aoo, id))?)
    };
    Ok(HttpResponse::Created().json(EmergenzaJson::from(stato.blocca(scrivi).await?)))
}

/// The register of a post: the rows that wait, what stands in their way, and the numbers of the others.
#[utoipa::path(get, path = "/api/v1/emergenze/{id}/righe", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the emergenza"), DiPostazione),
    responses((status = 200, body = RigheJson), (status = 401), (status = 404), (status = 422)))]
pub(super) async fn leggi(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, Entrata>,
    id: web::Path<String>,
    filtro: web::Query<DiPostazione>,
) -> Result<HttpResponse, Problema> {
    let id = quale(&id)?;
    let postazione: CodicePostazione =
        filtro.postazione.parse().map_err(|e: Rifiuto| Problema::campo("/postazione", e.to_string()))?;
    let leggi = move |stato: &Stato| {
        let dove = (chi.0.aoo, stato.db.orologio().adesso());
        stato.db.leggi(|conn| registro_di(conn, dove, id, &postazione))
    };
    Ok(HttpResponse::Ok().json(stato.blocca(leggi).await?))
}

fn registro_di(
    conn: &mut Conn,
    (aoo, ora): (valori::AooId, Istante),
    id: EmergenzaId,
    postazione: &CodicePostazione,
) -> Result<RigheJson, Problema> {
    let questa = emergenza::emergenza(conn, aoo, id)?;
    let ostacoli = emergenza::ostacoli(conn, &questa, (aoo, ora), postazione)?;
    let attese = emergenza::trascritte(conn, &questa, postazione)?;
    let fatte = emergenza::correlazioni(conn, &questa)?;
    let totali = emergenza::totali(conn, &questa, postazione)?;
    Ok(RigheJson {
        postazione: postazione.to_string(),
        da_recuperare: attese
            .into_iter()
            .map(|t| RigaJson { id: t.id.to_string(), anno: t.anno, numero: t.numero.to_string(), campi: t.riga.campi })
            .collect(),
        ostacoli,
        recuperate: fatte.into_iter().filter(|c| c.postazione == *postazione).map(CorrelazioneJson::from).collect(),
        totali: totali.into_iter().map(|(giorno, quante)| (giorno.to_string(), quante)).collect(),
    })
}

/// Gives the rows of a post their ordinary numbers, in order; stopped and asked again, it goes on and gives none twice.
#[utoipa::path(post, path = "/api/v1/emergenze/{id}/recuperi", tag = "registrazioni", request_body = RecuperoRichiesta,
    params(("id" = String, Path, description = "Id of the emergenza")),
    responses((status = 201, body = RigheJson), (status = 401), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn recupera(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Entrata>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let id = quale(&id)?;
    let (postazione, ultimo) = da_recuperare(&corpo)?;
    let scrivi = move |stato: &Stato| {
        let aoo = stato.db.leggi(|conn| utenti::aoo(conn, chi.0.aoo))?;
        scrivania::recupera(&stato.db, (&aoo, &chi.attore()), id, &postazione, ultimo)?;
        let dove = (aoo.id, stato.db.orologio().adesso());
        stato.db.leggi(|conn| registro_di(conn, dove, id, &postazione))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}
