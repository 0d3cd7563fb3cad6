//! `Servizi`: what may be asked here.

use super::cornice::Cornice;
use crate::istanze::{self, Procedimento};
use crate::utenti;
use crate::valori::CodiceProcedimento;
use crate::web::pagine::Errata;
use crate::web::pagine::guscio::rendi;
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "portale/servizi.html")]
struct Elenco {
    cornice: Cornice,
    servizi: Vec<Servizio>,
}

/// A procedimento in the list.
struct Servizio {
    codice: String,
    nome: String,
    descrizione: String,
    giorni: u32,
    ente: String,
}

#[derive(Template)]
#[template(path = "portale/scheda.html")]
struct Scheda {
    cornice: Cornice,
    procedimento: Procedimento,
    ufficio: String,
    massimo_mib: u32,
    massimo_file: usize,
}

/// All that may be asked.
pub(super) async fn elenco(stato: web::Data<Stato>) -> Result<HttpResponse, Errata> {
    let aperti = stato.blocca(|stato| Ok(stato.db.leggi(istanze::aperti)?)).await?;
    if aperti.is_empty() {
        return Err(Problema::non_trovato().into());
    }
    let servizi = aperti.into_iter().map(|(p, ente)| Servizio {
        codice: p.codice.to_string(),
        nome: p.denominazione.to_string(),
        descrizione: p.descrizione.to_string(),
        giorni: p.giorni,
        ente: ente.to_string(),
    });
    Ok(rendi(StatusCode::OK, &Elenco { cornice: Cornice::comune(), servizi: servizi.collect() })?)
}

/// One procedimento: for whom, what is needed, within when, who answers.
pub(super) async fn scheda(stato: web::Data<Stato>, codice: web::Path<String>) -> Result<HttpResponse, Errata> {
    let (procedimento, aoo, ufficio) = trova(&stato, codice.into_inner()).await?;
    let (massimo_mib, massimo_file) = (stato.portale.file_mib, stato.portale.file_per_istanza);
    let pagina = Scheda { cornice: Cornice::di(&aoo), procedimento, ufficio, massimo_mib, massimo_file };
    Ok(rendi(StatusCode::OK, &pagina)?)
}

/// An open procedimento, its AOO, the name of its office.
pub(super) async fn trova(stato: &Stato, codice: String) -> Result<(Procedimento, utenti::Aoo, String), Errata> {
    let codice: CodiceProcedimento = codice.parse().map_err(|_| Problema::non_trovato())?;
    let trovato = stato
        .blocca(move |stato| {
            stato.db.leggi(|conn| {
                let procedimento = istanze::procedimento(conn, &codice)?;
                let aoo = utenti::aoo(conn, procedimento.aoo)?;
                let ufficio = utenti::ufficio(conn, procedimento.ufficio)?.denominazione.to_string();
                Ok::<_, Problema>((procedimento, aoo, ufficio))
            })
        })
        .await?;
    Ok(trovato)
}
