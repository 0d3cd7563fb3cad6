//! `/registro/differimenti`: the acts of deferral. The RSP makes and ends them; who reads the register reads them.

use super::campi::{Difetto, rifiuta, serve};
use super::chi::Chi;
use super::guscio::{Guscio, rendi};
use super::{Errata, formato};
use crate::registro::{self, Differimento, MASSIMO_GIORNI_DIFFERIMENTO, NuovoDifferimento};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{DifferimentoId, Istante};
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;

struct Riga {
    id: String,
    causa: String,
    documenti: String,
    dal: String,
    al: String,
    autore: String,
    istante: String,
    chiuso: Option<String>,
    stato: &'static str,
    /// It can be ended.
    aperto: bool,
}

/// The form, as it was typed.
#[derive(Default, Deserialize)]
pub(super) struct Scritto {
    #[serde(default)]
    modulo: String,
    #[serde(default)]
    causa: String,
    #[serde(default)]
    documenti: String,
    #[serde(default)]
    dal: String,
    #[serde(default, rename = "dal-ora")]
    dal_ora: String,
    #[serde(default)]
    al: String,
    #[serde(default, rename = "al-ora")]
    al_ora: String,
}

#[derive(Template)]
#[template(path = "differimenti.html")]
struct Pagina {
    guscio: Guscio,
    agisce: bool,
    righe: Vec<Riga>,
    scritto: Scritto,
    errori: Vec<Difetto>,
    massimo: i64,
}

impl Pagina {
    fn errore(&self, campo: &str) -> Option<&str> {
        self.errori.iter().find(|d| d.campo == campo).map(|d| d.testo.as_str())
    }
}

pub(super) async fn elenco(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    mostra(&stato, &chi, Scritto::default(), Vec::new(), StatusCode::OK).await
}

async fn mostra(
    stato: &Stato,
    chi: &Chi,
    scritto: Scritto,
    errori: Vec<Difetto>,
    codice: StatusCode,
) -> Result<HttpResponse, Errata> {
    let (aoo, ora) = (chi.aoo.id, stato.db.orologio().adesso());
    let trovati = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| registro::differimenti(conn, aoo))?)).await?;
    let pagina = Pagina {
        guscio: Guscio::new(chi, "/registro"),
        agisce: chi.permesso(Azione::Registro) >= Permesso::Agisce,
        righe: trovati.into_iter().map(|d| riga(d, ora)).collect(),
        scritto,
        errori,
        massimo: MASSIMO_GIORNI_DIFFERIMENTO,
    };
    Ok(rendi(codice, &pagina)?)
}

fn riga(d: Differimento, ora: Istante) -> Riga {
    let aperto = d.chiuso.is_none() && d.al > ora;
    Riga {
        stato: if !aperto {
            "finito"
        } else if d.in_corso(ora) {
            "in corso"
        } else {
            "non ancora iniziato"
        },
        id: d.id.to_string(),
        causa: d.causa.to_string(),
        documenti: d.documenti.to_string(),
        dal: formato::minuto(d.dal),
        al: formato::minuto(d.al),
        autore: d.autore,
        istante: d.istante.leggibile(),
        chiuso: d.chiuso.map(formato::minuto),
        aperto,
    }
}

/// `POST /registro/differimenti`: the RSP decides.
pub(super) async fn differisci(
    stato: web::Data<Stato>,
    chi: Chi,
    form: web::Form<Scritto>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    let scritto = form.into_inner();
    chi.modulo(&scritto.modulo)?;
    let ora = stato.db.orologio().adesso();
    let mut errori = Vec::new();
    let Some(nuovo) = leggi(&scritto, ora, &mut errori) else {
        return mostra(&stato, &chi, scritto, errori, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let (aoo, attore) = (chi.aoo.id, chi.attore());
    let esito = stato
        .blocca(move |stato| stato.db.scrivi(aoo, &attore, |op| Ok::<_, Problema>(registro::differisci(op, &nuovo)?)));
    match esito.await {
        Ok(_) => Ok(indietro()),
        Err(problema) if problema.status_code() == StatusCode::UNPROCESSABLE_ENTITY => {
            rifiuta("al", problema.to_string(), &mut errori);
            mostra(&stato, &chi, scritto, errori, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(problema) => Err(problema.into()),
    }
}

fn leggi(s: &Scritto, ora: Istante, errori: &mut Vec<Difetto>) -> Option<NuovoDifferimento> {
    let causa = serve("causa", &s.causa, "Scrivi la causa: resta nell'atto.", errori);
    let documenti = serve("documenti", &s.documenti, "Scrivi per quali documenti vale.", errori);
    let mut istante = |campo: &str, giorno: &str, orario: &str| {
        let letto = formato::leggi_istante(giorno, orario, ora.giorno());
        letto.map_err(|e| rifiuta(campo, e, errori)).ok()
    };
    let (dal, al) = (istante("dal", &s.dal, &s.dal_ora), istante("al", &s.al, &s.al_ora));
    Some(NuovoDifferimento { causa: causa?, documenti: documenti?, dal: dal?, al: al? })
}

/// The form that ends one.
#[derive(Deserialize)]
pub(super) struct Chiudi {
    modulo: String,
}

/// `POST /registro/differimenti/{id}/chiusura`.
pub(super) async fn chiudi(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Chiudi>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Agisce)?;
    chi.modulo(&form.modulo)?;
    let id: DifferimentoId = id.parse().map_err(|_| Problema::non_trovato())?;
    let (aoo, attore) = (chi.aoo.id, chi.attore());
    stato
        .blocca(move |stato| {
            stato.db.scrivi(aoo, &attore, |op| match registro::chiudi_differimento(op, id) {
                Err(registro::Errore::DifferimentoSconosciuto) => Err(Problema::non_trovato()),
                esito => Ok::<(), Problema>(esito?),
            })
        })
        .await?;
    Ok(indietro())
}

fn indietro() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/registro/differimenti")).finish()
}
