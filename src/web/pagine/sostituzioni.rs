//! `POST /sostituzioni`, `/sostituzioni/{id}/revoca` and `/sessione/per-conto`: who stands in for whom, and acting for them.

use super::Errata;
use super::chi::Chi;
use super::formato;
use super::preferenze::{Errori, Scritta, fatto, pagina};
use crate::utenti::politica::{Azione, Permesso};
use crate::utenti::{self, sessione, sostituzione};
use crate::valori::{Istante, Rifiuto, SostituzioneId, Testo};
use crate::web::{Problema, Stato};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use serde::Deserialize;

/// The form that ends a substitution.
#[derive(Deserialize)]
pub(super) struct Modulo {
    modulo: String,
}

/// By which substitution to act; without it, for oneself again.
#[derive(Deserialize)]
pub(super) struct PerConto {
    modulo: String,
    sostituzione: Option<String>,
}

/// `POST /sostituzioni`: one's own, or anybody's for who may.
pub(super) async fn registra(
    stato: web::Data<Stato>,
    chi: Chi,
    form: web::Form<Scritta>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Sostituzioni, Permesso::Legge)?;
    let scritta = form.into_inner();
    chi.modulo(&scritta.modulo)?;
    let io = chi.sessione.persona.nome_utente.clone();
    let titolare = if scritta.titolare.is_empty() { io.clone() } else { scritta.titolare.trim().to_lowercase() };
    if titolare != io {
        chi.serve(Azione::Sostituzioni, Permesso::Agisce)?;
    }
    let (periodo, motivo) = match leggi(&scritta, stato.db.orologio().adesso().giorno()) {
        Ok(letti) => letti,
        Err(errori) => return pagina(&stato, &chi, "", errori, scritta).await,
    };
    let (aoo, attore, nome) = (chi.aoo.id, chi.attore(), scritta.sostituto.clone());
    let esito = stato
        .blocca(move |stato| {
            let scritto = stato.db.scrivi(aoo, &attore, |op| {
                let ignoto = || utenti::Errore::SenzaRuolo(nome.clone());
                let titolare = utenti::utente_dell_aoo(op.conn, op.aoo, &titolare)?.ok_or_else(ignoto)?;
                let sostituto = utenti::utente_dell_aoo(op.conn, op.aoo, &nome)?.ok_or_else(ignoto)?;
                sostituzione::registra(op, &titolare, &sostituto, periodo, &motivo)
            });
            use utenti::Errore as E;
            Ok(match scritto {
                Ok(_) => None,
                Err(e @ E::Periodo) => Some(("al", e.to_string())),
                Err(
                    e @ (E::SostitutoDiSe
                    | E::SostitutoDaSe
                    | E::SostitutoCheAffida(_)
                    | E::TroppeSostituzioni(_)
                    | E::SenzaRuolo(_)
                    | E::SostitutoNonDelega),
                ) => Some(("sostituto", e.to_string())),
                Err(altro) => return Err(altro.into()),
            })
        })
        .await?;
    match esito {
        None => Ok(fatto("sostituzione")),
        Some((campo, testo)) => pagina(&stato, &chi, "", vec![(campo, maiuscola(&testo))], scritta).await,
    }
}

/// `POST /sostituzioni/{id}/revoca`: by the titolare, or by who may record for anybody.
pub(super) async fn revoca(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Modulo>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Sostituzioni, Permesso::Legge)?;
    chi.modulo(&form.modulo)?;
    let id: SostituzioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    // Who acts for another revokes nothing, least of all what lets them act.
    if chi.sessione.per_conto.is_some() {
        return Err(Problema::from(utenti::Errore::SostitutoNonDelega).into());
    }
    let di_tutti = chi.permesso(Azione::Sostituzioni) >= Permesso::Agisce;
    let (io, aoo, attore) = (chi.sessione.persona.id, chi.aoo.id, chi.attore());
    stato
        .blocca(move |stato| {
            stato.db.scrivi(aoo, &attore, |op| {
                let trovata = sostituzione::per_id(op.conn, id)?.filter(|s| di_tutti || s.titolare.id == io);
                if trovata.is_none() {
                    return Err(Problema::non_trovato());
                }
                Ok(sostituzione::revoca(op, id)?)
            })
        })
        .await?;
    Ok(fatto("revoca"))
}

/// `POST /sessione/per-conto`: the next request is the titolare's, or one's own again.
pub(super) async fn opera(
    stato: web::Data<Stato>,
    chi: Chi,
    form: web::Form<PerConto>,
) -> Result<HttpResponse, Errata> {
    chi.modulo(&form.modulo)?;
    let scelta = form.into_inner().sostituzione;
    let scelta: Option<SostituzioneId> = scelta.map(|s| s.parse()).transpose().map_err(|_| Problema::non_trovato())?;
    stato
        .blocca(move |stato| {
            let io = chi.sessione.persona.id;
            Ok(stato.db.scrivi(chi.aoo.id, &chi.attore(), |op| match scelta {
                Some(id) => sessione::opera_per_conto(op, &chi.gettone, io, id),
                None => sessione::opera_per_se(op, &chi.gettone),
            })?)
        })
        .await?;
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/")).finish())
}

fn leggi(s: &Scritta, oggi: NaiveDate) -> Result<((Istante, Istante), Testo), Errori> {
    let mut errori = Errori::new();
    if s.sostituto.trim().is_empty() {
        errori.push(("sostituto", "Manca chi sostituisce: scegli una persona.".to_owned()));
    }
    let mut giorno = |campo, nome: &str, testo: &str| match formato::leggi_data(testo, oggi) {
        Ok(giorno) => Some(giorno),
        Err(e) => {
            errori.push((campo, format!("{nome}: {}.", e.regola)));
            None
        }
    };
    let (dal, al) = (giorno("dal", "Primo giorno", &s.dal), giorno("al", "Ultimo giorno", &s.al));
    let motivo: Result<Testo, Rifiuto> = s.motivo.parse();
    let motivo = motivo.map_err(|e| errori.push(("motivo", format!("Motivo: {}.", e.regola)))).ok();
    match (dal, al, motivo) {
        (Some(dal), Some(al), Some(motivo)) if errori.is_empty() => {
            Ok(((Istante::inizio(dal), Istante::fine(al)), motivo))
        }
        _ => Err(errori),
    }
}

fn maiuscola(testo: &str) -> String {
    let mut lettere = testo.chars();
    lettere.next().map_or_else(String::new, |prima| prima.to_uppercase().chain(lettere).collect())
}
