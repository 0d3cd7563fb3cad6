//! What is printed of one registration: its label, its receipt, its segnatura as text, a copy of a PDF with the segnatura.

use crate::valori::{NomeFile, RegistrazioneId};
use crate::web::pagine::chi::Chi;
use crate::web::pagine::{Errata, formato};
use crate::web::stampe::{Carta, timbra};
use crate::web::{Problema, Stato};
use crate::{registro, scrivania};
use actix_web::{HttpResponse, web};

/// The label.
pub(in crate::web::pagine) async fn etichetta(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    carta: web::Query<Carta>,
) -> Result<HttpResponse, Errata> {
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let fatta = stato.blocca(move |stato| {
        let vista = chi.vista();
        let segnatura = stato.db.leggi(|conn| scrivania::segnatura(conn, &vista, id))?;
        carta.stampa(stato, &[segnatura])
    });
    formato::pdf(fatta.await?)
}

/// The receipt of an entrata.
pub(in crate::web::pagine) async fn ricevuta(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
) -> Result<HttpResponse, Errata> {
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let fatta = stato.blocca(move |stato| {
        let ora = stato.db.orologio().adesso();
        let ricevuta = stato.db.leggi(|conn| scrivania::ricevuta(conn, &chi.vista(), id, ora))?;
        Ok(ricevuta.stampa().map_err(registro::Errore::Stampa)?)
    });
    formato::pdf(fatta.await?)
}

/// The segnatura, to be copied into a letter.
pub(in crate::web::pagine) async fn testo(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
) -> Result<HttpResponse, Errata> {
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let letta = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| scrivania::segnatura(conn, &chi.vista(), id))?));
    let mut risposta = formato::da_vedere("text/plain").ok_or_else(Problema::non_trovato)?;
    Ok(risposta.body(letta.await?.testo()))
}

/// A copy of a file with the segnatura: always to be saved, so that nobody takes it for the document that is shown here.
pub(in crate::web::pagine) async fn timbro(
    stato: web::Data<Stato>,
    chi: Chi,
    dove: web::Path<(String, usize)>,
) -> Result<HttpResponse, Errata> {
    let (id, posizione) = dove.into_inner();
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let indice = posizione.checked_sub(1).ok_or_else(Problema::non_trovato)?;
    let fatta = stato.blocca(move |stato| timbra(stato, &chi.vista(), id, |r| r.documenti.get(indice).cloned()));
    let (byte, nome): (Vec<u8>, NomeFile) = fatta.await?;
    Ok(formato::da_salvare(&nome, "application/pdf").body(byte))
}
