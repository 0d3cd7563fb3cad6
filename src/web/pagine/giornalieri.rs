//! `/registro/giornalieri`: the days of a month, each with its register, and the registers of the years.

use super::Errata;
use super::chi::Chi;
use super::conservazione::parola;
use super::formato;
use super::guscio::{Guscio, rendi};
use crate::conservazione::{self, VersamentoRegistro};
use crate::registro::chiusura::{self, Chiusura, Periodo, SEMPRE};
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{ChiusuraId, Istante, giorno_breve};
use crate::web::api::registri::trova;
use crate::web::{Problema, Stato};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{Datelike, Months, NaiveDate};
use serde::Deserialize;
use std::collections::HashMap;

/// Registers of years in the page: those of a working life.
const ANNI: i64 = 50;
/// Days of a month, and more.
const GIORNI: i64 = 40;

const MESI: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];

/// A day, or a year.
struct Riga {
    quando: String,
    data: String,
    /// Its register, if it was made.
    fatto: Option<Fatto>,
    parola: &'static str,
    icona: &'static str,
    esito: &'static str,
    nota: Option<String>,
}

struct Fatto {
    id: String,
    progressivo: String,
    numeri: String,
    registrazioni: u64,
    modifiche: u64,
    /// This person may open it.
    apribile: bool,
}

#[derive(Template)]
#[template(path = "giornalieri.html")]
struct Pagina {
    guscio: Guscio,
    mese: String,
    prima: Option<String>,
    dopo: Option<String>,
    righe: Vec<Riga>,
    anni: Vec<Riga>,
    di_prova: bool,
    /// The last act, where the clock is too far from it to close days.
    in_attesa: Option<String>,
}

/// Which month, as `2026-11`.
#[derive(Deserialize)]
pub(super) struct Filtro {
    mese: Option<String>,
}

/// What is needed to say how a register stands.
struct Metro<'a> {
    stato: &'a Stato,
    vista: &'a crate::utenti::visibilita::Vista,
    aoo: &'a crate::utenti::Aoo,
    ora: Istante,
    oggi: NaiveDate,
}

pub(super) async fn elenco(
    stato: web::Data<Stato>,
    chi: Chi,
    filtro: web::Query<Filtro>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    let ora = stato.db.orologio().adesso();
    let oggi = ora.giorno();
    let inizio = match filtro.into_inner().mese {
        Some(mese) => format!("{mese}-01").parse().map_err(|_| Problema::non_trovato())?,
        None => oggi.with_day(1).unwrap_or(oggi),
    };
    let guscio = Guscio::new(&chi, "/registro/giornalieri");
    let pagina = stato
        .blocca(move |stato| {
            let vista = chi.vista();
            let metro = Metro { stato, vista: &vista, aoo: &chi.aoo, ora, oggi };
            stato.db.leggi(|conn| pagina(conn, guscio, &metro, inizio))
        })
        .await?;
    Ok(rendi(StatusCode::OK, &pagina)?)
}

/// `GET /registro/giornalieri/{chiusura}/{forma}`.
pub(super) async fn scarica(
    stato: web::Data<Stato>,
    chi: Chi,
    quale: web::Path<(String, String)>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Registro, Permesso::Legge)?;
    let (id, forma) = quale.into_inner();
    let ((file, byte), forma) = stato
        .blocca(move |stato| {
            let forma = stato.db.leggi(|conn| trova(conn, &chi.vista(), &id, &forma))?;
            Ok((forma.apri(&stato.deposito)?, forma))
        })
        .await?;
    Ok(forma.risposta(file, byte))
}

fn pagina(conn: &mut Conn, guscio: Guscio, metro: &Metro<'_>, inizio: NaiveDate) -> Result<Pagina, Problema> {
    if inizio < SEMPRE.0 || inizio > metro.oggi {
        return Err(Problema::non_trovato());
    }
    let dopo = inizio.checked_add_months(Months::new(1)).ok_or_else(Problema::non_trovato)?;
    let fine = dopo.pred_opt().ok_or_else(Problema::non_trovato)?;
    let primo = chiusura::giorno_della_prima(conn, metro.aoo)?;
    let giorni = chiusura::chiusure(conn, metro.aoo.id, "giorno", (inizio, fine), GIORNI)?;
    let anni = chiusura::chiusure(conn, metro.aoo.id, "anno", SEMPRE, ANNI)?;
    let ids: Vec<ChiusuraId> = giorni.iter().chain(&anni).map(|c| c.id).collect();
    let versamenti = conservazione::versamenti_dei_registri(conn, &ids)?;
    let mut per_giorno: HashMap<NaiveDate, Chiusura> = giorni.into_iter().map(|c| (c.periodo.ultimo(), c)).collect();
    let mut righe = Vec::new();
    for giorno in inizio.iter_days().take_while(|g| *g <= fine && *g <= metro.oggi) {
        let fatta = per_giorno.remove(&giorno);
        if primo.is_some_and(|primo| giorno >= primo) || fatta.is_some() {
            righe.push(riga(conn, metro, giorno, fatta, &versamenti)?);
        }
    }
    righe.reverse();
    let anni = anni.into_iter().map(|c| riga(conn, metro, c.periodo.ultimo(), Some(c), &versamenti));
    let anni = anni.collect::<Result<_, _>>()?;
    let nome = |g: NaiveDate| format!("{}", g.format("%Y-%m"));
    let indice = usize::try_from(inizio.month0()).unwrap_or(0);
    Ok(Pagina {
        guscio,
        mese: format!("{} {}", MESI.get(indice).copied().unwrap_or_default(), inizio.year()),
        prima: inizio.pred_opt().filter(|p| primo.is_some_and(|primo| primo <= *p)).map(nome),
        dopo: Some(dopo).filter(|d| *d <= metro.oggi).map(nome),
        righe,
        anni,
        di_prova: metro.aoo.di_prova(),
        in_attesa: chiusura::in_attesa(conn, metro.aoo, metro.ora)?.map(formato::minuto),
    })
}

fn riga(
    conn: &mut Conn,
    metro: &Metro<'_>,
    giorno: NaiveDate,
    fatta: Option<Chiusura>,
    versamenti: &HashMap<ChiusuraId, VersamentoRegistro>,
) -> Result<Riga, Problema> {
    let versamento = fatta.as_ref().and_then(|c| versamenti.get(&c.id));
    let (parola, icona, esito) = match (&fatta, versamento) {
        (_, Some(v)) => parola(v.stato),
        (Some(_), None) => ("Fatto", "it-check-circle", "buona"),
        (None, _) if giorno == metro.oggi => ("Giornata in corso", "it-clock", "attesa"),
        (None, _)
            if !metro.stato.registro_giornaliero.giorni_vuoti && !chiusura::registrato(conn, metro.aoo, giorno)? =>
        {
            ("Nessuna registrazione", "it-minus-circle", "attesa")
        }
        (None, _) => ("Manca", "it-warning-circle", "cattiva"),
    };
    let sabato = metro.stato.registro_giornaliero.sabato_lavorativo.iter().any(|c| c == metro.aoo.codice.as_str());
    let entro = conservazione::entro(&metro.stato.calendario, sabato, giorno);
    let consegnato = versamento.is_some_and(|v| v.stato == conservazione::Stato::Consegnato);
    let giornaliero = fatta.as_ref().is_none_or(|c| matches!(c.periodo, Periodo::Giorno(_)));
    let nota = match versamento.and_then(|v| v.motivo.clone()) {
        Some(motivo) => Some(motivo),
        None if giornaliero && giorno < metro.oggi && !consegnato && !metro.aoo.di_prova() => {
            let gia = if entro < metro.oggi { "era da versare" } else { "da versare" };
            Some(format!("{gia} entro il {}", entro.format("%d/%m/%Y")))
        }
        None => None,
    };
    let quando = match fatta.as_ref().map(|c| c.periodo) {
        Some(Periodo::Anno(anno)) => anno.to_string(),
        _ => format!("{} {}", giorno_breve(giorno), giorno.format("%d/%m/%Y")),
    };
    let fatto = fatta.map(|c| fatto(conn, metro, &c)).transpose()?;
    Ok(Riga { quando, data: giorno.to_string(), fatto, parola, icona, esito, nota })
}

fn fatto(conn: &mut Conn, metro: &Metro<'_>, c: &Chiusura) -> Result<Fatto, Problema> {
    Ok(Fatto {
        id: c.id.to_string(),
        progressivo: c.progressivo.valore().to_string(),
        numeri: c.sommario.numeri.map_or_else(|| "nessuno".to_owned(), |(p, u)| format!("dal {p} al {u}")),
        registrazioni: c.sommario.registrazioni,
        modifiche: c.sommario.modifiche,
        apribile: chiusura::apribile(conn, metro.vista, c)?,
    })
}
