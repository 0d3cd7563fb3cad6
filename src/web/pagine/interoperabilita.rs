//! `/interoperabilita`: which answers leave by themselves, and in which dialect other AOO are written to. The RSP decides; who reads the
//! register reads it.

use super::Errata;
use super::campi::{Difetto, frase, serve};
use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use crate::pec::ritorno::{self, AooCorrispondente, DialettoScritto, Genere, INTERRUTTORI};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{CodiceAoo, CodiceIpa, Rifiuto};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;

struct Interruttore {
    genere: &'static str,
    nome: &'static str,
    acceso: bool,
}

struct Riga {
    ipa: String,
    aoo: String,
    dialetto: &'static str,
    scelto: Option<String>,
    guaio: Option<String>,
}

#[derive(Template)]
#[template(path = "interoperabilita.html")]
struct Pagina {
    guscio: Guscio,
    agisce: bool,
    interruttori: Vec<Interruttore>,
    righe: Vec<Riga>,
    scritto: Scritta,
    difetti: Vec<Difetto>,
}

impl Pagina {
    fn errore(&self, campo: &str) -> Option<&str> {
        self.difetti.iter().find(|d| d.campo == campo).map(|d| d.testo.as_str())
    }
}

/// The form that chooses a dialect.
#[derive(Deserialize, Default)]
pub(super) struct Scritta {
    #[serde(default)]
    modulo: String,
    #[serde(default)]
    ipa: String,
    #[serde(default)]
    aoo: String,
    #[serde(default)]
    dialetto: String,
}

fn nome(genere: Genere) -> &'static str {
    match genere {
        Genere::Conferma | Genere::Aggiornamento | Genere::Annullamento => {
            "Conferme di ricezione, con i loro aggiornamenti e annullamenti"
        }
        Genere::Eccezione => "Eccezioni, quando i file arrivati non sono quelli della segnatura",
        Genere::Ricevuta => "Ricevute ai privati che scrivono per posta (L. 241/1990 art. 18-bis)",
    }
}

fn dialetto(scelto: Option<DialettoScritto>) -> &'static str {
    match scelto {
        None => "Circolare 60/2013; nelle risposte, quello del messaggio",
        Some(DialettoScritto::Circolare60) => "Circolare 60/2013",
        Some(DialettoScritto::Tre) => "Allegato 6 (3.0.0, con sigillo)",
        Some(DialettoScritto::Nessuno) => "Nessuna segnatura",
    }
}

fn riga(a: AooCorrispondente) -> Riga {
    Riga {
        ipa: a.codice_ipa,
        aoo: a.codice_aoo,
        dialetto: dialetto(a.dialetto),
        scelto: a.scelto.map(|(chi, quando)| format!("{chi}, {}", quando.leggibile())),
        guaio: a.guaio.map(|g| format!("Eccezione il {}: {}", g.istante.leggibile(), g.motivo)),
    }
}

pub(super) async fn mostra(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    mostra_con(&stato, &chi, Scritta::default(), Vec::new()).await
}

async fn mostra_con(stato: &Stato, chi: &Chi, scritto: Scritta, difetti: Vec<Difetto>) -> Result<HttpResponse, Errata> {
    let aoo = chi.aoo.id;
    let letti = stato.blocca(move |stato| {
        stato.db.leggi(|conn| Ok::<_, Problema>((ritorno::automatici(conn, aoo)?, ritorno::corrispondenti(conn, aoo)?)))
    });
    let (accesi, corrispondenti) = letti.await?;
    let codice = if difetti.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let interruttore = |g: Genere| Interruttore { genere: g.as_str(), nome: nome(g), acceso: accesi.contains(&g) };
    let pagina = Pagina {
        guscio: Guscio::new(chi, "/registro"),
        agisce: chi.permesso(Azione::Registro) >= Permesso::Agisce,
        interruttori: INTERRUTTORI.into_iter().map(interruttore).collect(),
        righe: corrispondenti.into_iter().map(riga).collect(),
        scritto,
        difetti,
    };
    Ok(rendi(codice, &pagina)?)
}

/// `POST /interoperabilita`: in which dialect an AOO is written to.
pub(super) async fn scegli(
    stato: web::Data<Stato>,
    chi: Chi,
    form: web::Form<Scritta>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let form = form.into_inner();
    let mut difetti: Vec<Difetto> = Vec::new();
    let ipa = serve::<CodiceIpa>("ipa", &form.ipa, "Scrivi il codice IPA dell'ente.", &mut difetti);
    let codice = serve::<CodiceAoo>("aoo", &form.aoo, "Scrivi il codice dell'AOO.", &mut difetti);
    let scelto = serve::<DialettoScritto>("dialetto", &form.dialetto, "Scegli il dialetto.", &mut difetti);
    let (Some(ipa), Some(codice), Some(scelto)) = (ipa, codice, scelto) else {
        return mostra_con(&stato, &chi, form, difetti).await;
    };
    let (aoo, attore) = (chi.aoo.id, chi.attore());
    let esito = stato.blocca(move |stato| {
        let scrivi = stato.db.scrivi(aoo, &attore, |op| ritorno::scrivi_corrispondente(op, (&ipa, &codice), scelto));
        Ok(scrivi?)
    });
    match esito.await {
        Ok(()) => Ok(torna()),
        Err(p) if p.status_code() == StatusCode::CONFLICT => {
            let difetto = Difetto { campo: "dialetto".to_owned(), testo: frase(&p.to_string()) };
            mostra_con(&stato, &chi, form, vec![difetto]).await
        }
        Err(problema) => Err(problema.into()),
    }
}

/// The switch of a kind.
#[derive(Deserialize)]
pub(super) struct Accendi {
    modulo: String,
    #[serde(default)]
    genere: String,
    accendi: Option<String>,
}

/// `POST /interoperabilita/automatici`: whether answers of a kind leave by themselves.
pub(super) async fn accendi(
    stato: web::Data<Stato>,
    chi: Chi,
    form: web::Form<Accendi>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let genere: Genere = form.genere.parse().map_err(|e: Rifiuto| Problema::campo("/genere", e.to_string()))?;
    let (aoo, attore, acceso) = (chi.aoo.id, chi.attore(), form.accendi.is_some());
    let cambia = move |stato: &Stato| {
        let esito = stato.db.scrivi(aoo, &attore, |op| ritorno::cambia_automatico(op, genere, acceso));
        Ok(esito?)
    };
    stato.blocca(cambia).await?;
    Ok(torna())
}

fn torna() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/interoperabilita")).finish()
}
