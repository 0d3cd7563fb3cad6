//! `/ricevute`: receipts of no send of ours. They are kept, and seen by who looks after the mail.

use super::Errata;
use super::chi::Chi;
use super::formato;
use super::guscio::{Guscio, rendi};
use super::registrazione::nome_ricevuta;
use crate::pec::{self, MASSIME_ORFANE};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{MessaggioId, NomeFile};
use crate::web::api::documenti::pezzi;
use crate::web::{Problema, Stato};
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

struct Riga {
    id: String,
    tipo: &'static str,
    oggetto: String,
    istante: String,
    momento: String,
    motivo: &'static str,
}

#[derive(Template)]
#[template(path = "ricevute.html")]
struct Pagina {
    guscio: Guscio,
    righe: Vec<Riga>,
    /// There may be more.
    troppe: bool,
}

/// `GET /ricevute`.
pub(super) async fn orfane(stato: web::Data<Stato>, chi: Chi) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Uscita, Permesso::Legge)?;
    let (vista, ora) = (chi.vista(), stato.db.orologio().adesso());
    let leggi = move |stato: &Stato| Ok(stato.db.leggi(|conn| pec::orfane(conn, &vista, None))?);
    let orfane = stato.blocca(leggi).await?;
    let troppe = i64::try_from(orfane.len()).unwrap_or(i64::MAX) >= MASSIME_ORFANE;
    let righe = orfane.into_iter().map(|o| Riga {
        id: o.id.to_string(),
        tipo: nome_ricevuta(&o.genere),
        oggetto: o.oggetto,
        istante: o.istante.roma(),
        momento: formato::momento(o.istante, ora),
        motivo: o.motivo,
    });
    let pagina = Pagina { righe: righe.collect(), troppe, guscio: Guscio::new(&chi, "/spedizioni") };
    Ok(rendi(StatusCode::OK, &pagina)?)
}

/// `GET /ricevute/{messaggio}`: one of them, as it arrived.
pub(super) async fn orfana(
    stato: web::Data<Stato>,
    chi: Chi,
    messaggio: web::Path<String>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Uscita, Permesso::Legge)?;
    let vista = chi.vista();
    let messaggio: MessaggioId = messaggio.parse().map_err(|_| Problema::non_trovato())?;
    let (file, byte, genere) = stato
        .blocca(move |stato| {
            let trovata = stato.db.leggi(|conn| pec::orfane(conn, &vista, Some(messaggio)))?.pop();
            let orfana = trovata.ok_or_else(Problema::non_trovato)?;
            let file = stato.deposito.apri(&orfana.impronta)?;
            let byte = file.metadata().map_err(Problema::interno)?.len();
            Ok((file, byte, orfana.genere))
        })
        .await?;
    let nome = NomeFile::da_arrivo(&format!("ricevuta-{genere}.eml"), "ricevuta.eml");
    Ok(formato::da_salvare(&nome, "message/rfc822").body(SizedStream::new(byte, pezzi(file))))
}
