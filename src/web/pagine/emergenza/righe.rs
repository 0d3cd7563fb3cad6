//! `/registro/emergenza/{id}`: one emergenza, the rows of its posts and the numbers that they got.

use super::{Campi, campo_di, dopo, quale, situazione, unisci};
use crate::registro::emergenza::{self, COLONNE, Correlazione, Emergenza, Esame, Esito, RigaFile, Trascritta};
use crate::scrivania;
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{AooId, CodicePostazione, EmergenzaId, Istante, Rifiuto, TrascrizioneId};
use crate::web::pagine::campi::frase;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::guscio::{Guscio, rendi};
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Empty rows of a printed form.
const RIGHE_VUOTE: usize = 20;

/// What is asked of the page.
#[derive(Default, Deserialize)]
pub(in crate::web::pagine) struct Filtro {
    #[serde(default)]
    postazione: String,
}

/// What a post wrote, for who registers what arrives.
struct Registro {
    postazione: String,
    righe: Vec<Trascritta>,
    ostacoli: Vec<String>,
    /// Day and how many numbers.
    totali: Vec<(String, u32)>,
    /// Its recupero is complete.
    recuperata: bool,
}

#[derive(Template)]
#[template(path = "emergenza.html")]
struct Pagina {
    guscio: Guscio,
    agisce: bool,
    emergenza: Emergenza,
    stato: String,
    /// Until when it is authorised.
    fino: String,
    uffici: String,
    /// Only for who registers what arrives.
    registro: Option<Registro>,
    correlazioni: Vec<Correlazione>,
    scritto: Campi,
    detto: Detto,
}

/// What the page says of what was just asked.
#[derive(Default)]
struct Detto {
    /// What has to be mended.
    avvisi: Vec<String>,
    /// What there is to know.
    nota: Option<&'static str>,
    /// What becomes, or would become, of each row.
    esami: Vec<Esame>,
}

impl Pagina {
    fn valore(&self, campo: &str) -> &str {
        campo_di(&self.scritto, campo)
    }

    fn indirizzo(&self) -> String {
        format!("/registro/emergenza/{}", self.emergenza.id)
    }

    fn colonne(&self) -> String {
        COLONNE.join(";")
    }

    fn minuto(&self, istante: &Istante) -> String {
        formato::minuto(*istante)
    }

    fn esito(&self, esame: &Esame) -> String {
        esito(esame)
    }

    fn mittente(&self, riga: &RigaFile) -> String {
        mittente(riga)
    }
}

/// What becomes of a row, in words.
fn esito(esame: &Esame) -> String {
    match &esame.esito {
        Esito::Nuova => "si può trascrivere".to_owned(),
        Esito::Presente => "c'è già".to_owned(),
        Esito::Recuperata => "ha già il numero di protocollo".to_owned(),
        Esito::Rifiutata(causa) => format!("non va bene: {causa}"),
    }
}

fn mittente(riga: &RigaFile) -> String {
    let nome = ["mittente", "destinatario", "cognome", "nome"].map(|colonna| riga.valore(colonna)).join(" ");
    nome.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(in crate::web::pagine) async fn mostra(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    let scritto = Campi::from([("postazione".to_owned(), filtro.into_inner().postazione)]);
    pagina(&stato, &chi, quale(&id)?, scritto, Detto::default()).await
}

/// The page again, with what has to be mended.
pub(super) async fn con_avvisi(
    stato: &Stato,
    chi: &Chi,
    id: EmergenzaId,
    scritto: Campi,
    avvisi: Vec<String>,
) -> Result<HttpResponse, Errata> {
    pagina(stato, chi, id, scritto, Detto { avvisi, ..Detto::default() }).await
}

async fn pagina(
    stato: &Stato,
    chi: &Chi,
    id: EmergenzaId,
    scritto: Campi,
    detto: Detto,
) -> Result<HttpResponse, Errata> {
    let (dove, chiesta) = ((chi.aoo.id, stato.db.orologio().adesso()), campo_di(&scritto, "postazione").to_owned());
    let registra = chi.permesso(Azione::Entrata) >= Permesso::Agisce;
    let leggi = move |conn: &mut Conn| {
        let questa = emergenza::emergenza(conn, dove.0, id)?;
        let registro = if registra { Some(registro(conn, &questa, dove, &chiesta)?) } else { None };
        let correlazioni = emergenza::correlazioni(conn, &questa)?;
        Ok::<_, Problema>((questa, registro, correlazioni))
    };
    let (emergenza, registro, correlazioni) = stato.blocca(move |stato| stato.db.leggi(leggi)).await?;
    let codice = if detto.avvisi.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let pagina = Pagina {
        guscio: Guscio::new(chi, "/registro"),
        agisce: chi.permesso(Azione::Registro) >= Permesso::Agisce,
        stato: situazione(&emergenza),
        fino: formato::minuto(emergenza.autorizzata_fino()),
        uffici: if emergenza.uffici.is_empty() { "tutti".to_owned() } else { unisci(&emergenza.uffici) },
        emergenza,
        registro,
        correlazioni,
        scritto,
        detto,
    };
    Ok(rendi(codice, &pagina)?)
}

/// The register of the post that is asked, or of the first one.
fn registro(conn: &mut Conn, e: &Emergenza, dove: (AooId, Istante), chiesta: &str) -> Result<Registro, Problema> {
    let di_questo_nome = e.postazioni.iter().find(|p| p.as_str().eq_ignore_ascii_case(chiesta.trim()));
    let postazione = di_questo_nome.or(e.postazioni.first()).ok_or_else(Problema::non_trovato)?;
    let righe = emergenza::trascritte(conn, e, postazione)?;
    let mut totali: BTreeMap<_, u32> = emergenza::totali(conn, e, postazione)?;
    for r in &righe {
        if let Ok(quando) = formato::leggi_data(r.riga.valore("data"), dove.1.giorno()) {
            *totali.entry(quando).or_default() += 1;
        }
    }
    Ok(Registro {
        ostacoli: emergenza::ostacoli(conn, e, dove, postazione)?,
        totali: totali.into_iter().map(|(giorno, quante)| (formato::data(giorno), quante)).collect(),
        recuperata: e.recuperate.contains(postazione),
        postazione: postazione.to_string(),
        righe,
    })
}

/// `POST /registro/emergenza/{id}/righe`: one row that was typed, or the text of a file; with `anteprima` nothing is written.
pub(in crate::web::pagine) async fn trascrivi(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Campi>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Entrata, Permesso::Agisce)?;
    let scritto = form.into_inner();
    chi.modulo(campo_di(&scritto, "modulo"))?;
    let id = quale(&id)?;
    let (postazione, righe) = match righe_scritte(&scritto) {
        Ok(lette) => lette,
        Err(causa) => return con_avvisi(&stato, &chi, id, scritto, vec![frase(&causa)]).await,
    };
    if scritto.contains_key("anteprima") {
        return prova(&stato, &chi, id, scritto, None).await;
    }
    let (aoo, attore) = (chi.aoo.id, chi.attore());
    let esito = stato
        .blocca(move |stato| {
            Ok::<_, Problema>(stato.db.scrivi(aoo, &attore, |op| emergenza::trascrivi(op, id, &postazione, &righe))?)
        })
        .await;
    match esito {
        Ok((esami, false)) => {
            let avvisi = vec!["Nessuna riga è stata trascritta: correggi quelle che non vanno bene.".to_owned()];
            pagina(&stato, &chi, id, scritto, Detto { avvisi, esami, nota: None }).await
        }
        altro => dopo(&stato, &chi, id, scritto, altro.map(drop)).await,
    }
}

/// The page with what would become of every row of the form; nothing is written.
pub(super) async fn prova(
    stato: &Stato,
    chi: &Chi,
    id: EmergenzaId,
    scritto: Campi,
    nota: Option<&'static str>,
) -> Result<HttpResponse, Errata> {
    let (postazione, righe) = match righe_scritte(&scritto) {
        Ok(lette) => lette,
        Err(causa) => return con_avvisi(stato, chi, id, scritto, vec![frase(&causa)]).await,
    };
    let aoo = chi.aoo.id;
    let esamina = move |stato: &Stato| {
        let dove = (aoo, stato.db.orologio().adesso());
        Ok::<_, Problema>(stato.db.leggi(|conn| {
            let questa = emergenza::emergenza(conn, aoo, id)?;
            emergenza::anteprima(conn, &questa, dove, &postazione, &righe)
        })?)
    };
    match stato.blocca(esamina).await {
        Ok(esami) => pagina(stato, chi, id, scritto, Detto { nota, esami, ..Detto::default() }).await,
        Err(problema) => dopo(stato, chi, id, scritto, Err(problema)).await,
    }
}

fn righe_scritte(scritto: &Campi) -> Result<(CodicePostazione, Vec<RigaFile>), String> {
    let postazione = campo_di(scritto, "postazione").parse().map_err(|e: Rifiuto| e.to_string())?;
    let righe = match campo_di(scritto, "csv").trim() {
        "" => vec![RigaFile::new(1, COLONNE.iter().map(|c| (*c, campo_di(scritto, c))))],
        csv => emergenza::leggi_csv(csv).map_err(|e| e.to_string())?,
    };
    Ok((postazione, righe))
}

/// `POST /registro/emergenza/{id}/righe/{riga}/ritiro`.
pub(in crate::web::pagine) async fn togli(
    stato: web::Data<Stato>,
    chi: Chi,
    strada: web::Path<(String, String)>,
    form: web::Form<Campi>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Entrata, Permesso::Agisce)?;
    let scritto = form.into_inner();
    chi.modulo(campo_di(&scritto, "modulo"))?;
    let id = quale(&strada.0)?;
    let riga: TrascrizioneId = strada.1.parse().map_err(|_| Problema::non_trovato())?;
    let (aoo, attore) = (chi.aoo.id, chi.attore());
    let fatto = stato
        .blocca(move |stato| Ok::<_, Problema>(stato.db.scrivi(aoo, &attore, |op| emergenza::togli(op, id, riga))?));
    dopo(&stato, &chi, id, scritto, fatto.await).await
}

/// `POST /registro/emergenza/{id}/recuperi`: the rows of a post get their ordinary numbers.
pub(in crate::web::pagine) async fn recupera(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Campi>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Entrata, Permesso::Agisce)?;
    let scritto = form.into_inner();
    chi.modulo(campo_di(&scritto, "modulo"))?;
    let id = quale(&id)?;
    let postazione: CodicePostazione = match campo_di(&scritto, "postazione").parse() {
        Ok(postazione) => postazione,
        Err(e) => return con_avvisi(&stato, &chi, id, scritto, vec![frase(&Rifiuto::to_string(&e))]).await,
    };
    let Ok(ultimo) = campo_di(&scritto, "ultimo").trim().parse::<i64>() else {
        let manca = "Scrivi l'ultimo numero che c'è sul registro di carta; 0 se non ce n'è nessuno.".to_owned();
        return con_avvisi(&stato, &chi, id, scritto, vec![manca]).await;
    };
    let (aoo, attore) = (chi.aoo.clone(), chi.attore());
    let fatto = stato.blocca(move |stato| {
        scrivania::recupera(&stato.db, (&aoo, &attore), id, &postazione, Some(ultimo))?;
        Ok::<_, Problema>(())
    });
    dopo(&stato, &chi, id, scritto, fatto.await).await
}

#[derive(Template)]
#[template(path = "emergenza-stampa.html")]
struct Stampa {
    ente: String,
    prefisso: &'static str,
    emergenza: Emergenza,
    registro: Registro,
    vuote: usize,
}

impl Stampa {
    fn minuto(&self, istante: &Istante) -> String {
        formato::minuto(*istante)
    }

    fn mittente(&self, riga: &RigaFile) -> String {
        mittente(riga)
    }
}

/// `GET /registro/emergenza/{id}/stampa/{postazione}`: the form of a post, with what was transcribed and rows to fill in.
pub(in crate::web::pagine) async fn stampa(
    stato: web::Data<Stato>,
    chi: Chi,
    strada: web::Path<(String, String)>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Entrata, Permesso::Agisce)?;
    let id = quale(&strada.0)?;
    let postazione: CodicePostazione = strada.1.parse().map_err(|_| Problema::non_trovato())?;
    let dove = (chi.aoo.id, stato.db.orologio().adesso());
    let leggi = move |conn: &mut Conn| {
        let questa = emergenza::emergenza(conn, dove.0, id)?;
        if !questa.postazioni.contains(&postazione) {
            return Err(Problema::non_trovato());
        }
        let registro = registro(conn, &questa, dove, postazione.as_str())?;
        Ok((questa, registro))
    };
    let (emergenza, registro) = stato.blocca(move |stato| stato.db.leggi(leggi)).await?;
    let guscio = Guscio::new(&chi, "/registro");
    let vuote = if registro.righe.is_empty() { RIGHE_VUOTE } else { 0 };
    let stampa = Stampa { ente: guscio.ente, prefisso: guscio.risorse, emergenza, registro, vuote };
    Ok(rendi(StatusCode::OK, &stampa)?)
}
