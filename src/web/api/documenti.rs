//! `GET /documenti/{sha256}`: the bytes of a file, for whoever may see something that uses it.

use super::gettone::{ChiVede, Chiamante, Legge};
use crate::storage::Conn;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{Impronta, RegistrazioneId};
use crate::web::{Problema, Stato};
use crate::{pec, registro};
use actix_web::body::SizedStream;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use futures_util::stream;
use std::fs::File;
use std::io::{self, Read};

/// Bytes read from the disk at a time.
const BLOCCO: usize = 128 * 1024;

/// The bytes of a file. A hash is no oracle: a file that is not used by anything the caller may see does not exist.
#[utoipa::path(get, path = "/api/v1/documenti/{sha256}", tag = "documenti",
    params(("sha256" = String, Path, description = "SHA-256 of the file, 64 hexadecimal digits")),
    responses((status = 200, description = "The bytes", content_type = "application/octet-stream"),
        (status = 401), (status = 404)))]
pub(super) async fn scarica(
    stato: web::Data<Stato>,
    chi: Chiamante<Legge, ChiVede>,
    sha256: web::Path<String>,
) -> Result<HttpResponse, Problema> {
    let impronta: Impronta = sha256.parse().map_err(|_| Problema::non_trovato())?;
    let (file, dimensione, media_type) = stato
        .blocca(move |stato| {
            let media_type = stato.db.leggi(|conn| visto(conn, &chi, &impronta))?;
            let file = stato.deposito.apri(&impronta)?;
            let dimensione = file.metadata().map_err(Problema::interno)?.len();
            Ok((file, dimensione, media_type))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::CONTENT_DISPOSITION, "attachment"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .body(SizedStream::new(dimensione, pezzi(file))))
}

/// The media type of a file that something uses which the caller may see.
///
/// # Errors
/// 404 if there is none.
pub(super) fn visto(conn: &mut Conn, chi: &Chiamante<Legge, ChiVede>, impronta: &Impronta) -> Result<String, Problema> {
    let vista = chi.vista();
    for uso in crate::documenti::usi(conn, impronta)? {
        if uso.oggetto_tipo == "messaggio"
            && mostrabile(conn, chi, &uso.oggetto_id)?
            && let Some(media_type) = pec::usa_file(conn, &vista, &uso.oggetto_id, impronta)?
        {
            return Ok(media_type);
        }
        let registrazione: Option<RegistrazioneId> = uso.oggetto_id.parse().ok();
        if uso.oggetto_tipo == "provvedimento"
            && let Some(id) = registrazione
            && registro::e_provvedimento(conn, &vista, id, impronta)?
        {
            return Ok("text/plain; charset=utf-8".to_owned());
        }
        if uso.oggetto_tipo == "registrazione"
            && let Some(id) = registrazione
            && let Ok(registrazione) = registro::per_id(conn, &vista, id)
            && let Some(d) = registrazione.documenti.into_iter().find(|d| d.impronta == *impronta)
        {
            return Ok(d.media_type);
        }
    }
    Err(Problema::non_trovato())
}

/// What arrived is for whoever registers; once it is part of a registration, for whoever sees that.
fn mostrabile(conn: &mut Conn, chi: &Chiamante<Legge, ChiVede>, messaggio: &str) -> Result<bool, Problema> {
    if chi.permesso(Azione::Entrata) >= Permesso::Agisce {
        return Ok(true);
    }
    let Ok(id) = messaggio.parse() else { return Ok(false) };
    match pec::messaggio(conn, &chi.vista(), id) {
        Ok(m) => Ok(matches!(m.stato, pec::Stato::Protocollato | pec::Stato::Ricevuta)),
        Err(pec::Errore::Sconosciuto) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

/// The file piece by piece, each read where blocking is allowed.
pub(in crate::web) fn pezzi(file: File) -> impl stream::Stream<Item = Result<web::Bytes, io::Error>> {
    stream::try_unfold(Some(file), |file| async move {
        let Some(mut file) = file else { return Ok(None) };
        let letto = web::block(move || {
            let mut blocco = vec![0; BLOCCO];
            let quanti = file.read(&mut blocco)?;
            blocco.truncate(quanti);
            Ok::<_, io::Error>((web::Bytes::from(blocco), file))
        });
        let (pezzo, file) = letto.await.map_err(|_| io::Error::other("lettura interrotta"))??;
        Ok(if pezzo.is_empty() { None } else { Some((pezzo, Some(file))) })
    })
}
