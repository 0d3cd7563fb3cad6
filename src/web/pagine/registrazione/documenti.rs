//! What can be taken from a registration: its files, its segnatura, its receipts, the index of its package.

use crate::documenti::{self, RapportoConservato};
use crate::registro::{self, DocumentoRegistrato};
use crate::valori::{Impronta, MessaggioId, NomeFile, RegistrazioneId};
use crate::web::api::documenti::pezzi;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato};
use crate::{conservazione, pec};
use actix_web::body::SizedStream;
use actix_web::{HttpResponse, web};
use std::fs::File;

/// Longest document that is taken out of a signed file to be shown, in bytes: it is held whole.
const MASSIMO_ESTRATTO: usize = 32 * 1024 * 1024;

/// Longest index of a package, in bytes.
const MASSIMO_INDICE: u64 = 16 * 1024 * 1024;

/// What the file shows when it is opened: itself, or the document inside its signatures.
pub(super) fn tipo_visto<'a>(d: &'a DocumentoRegistrato, rapporto: Option<&'a RapportoConservato>) -> String {
    let dentro = rapporto.filter(|_| d.media_type != "application/pdf").and_then(RapportoConservato::rapporto);
    dentro.and_then(|r| r.content).map_or_else(|| d.media_type.clone(), |c| c.media_type)
}

/// A file of a registration, by its place, for whoever may see the registration.
pub(super) fn trova(
    stato: &Stato,
    chi: &Chi,
    id: &str,
    posizione: usize,
) -> Result<(DocumentoRegistrato, Option<RapportoConservato>), Problema> {
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    stato.db.leggi(|conn| {
        let r = registro::per_id(conn, &chi.vista(), id)?;
        let indice = posizione.checked_sub(1).ok_or_else(Problema::non_trovato)?;
        let documento = r.documenti.into_iter().nth(indice).ok_or_else(Problema::non_trovato)?;
        let impronta = documento.impronta.to_string();
        let rapporti = documenti::rapporti_di(conn, chi.aoo.id, std::slice::from_ref(&impronta))?;
        let rapporto = rapporti.into_values().next();
        Ok((documento, rapporto))
    })
}

fn apri(stato: &Stato, impronta: &Impronta) -> Result<(File, u64), Problema> {
    let file = stato.deposito.apri(impronta)?;
    let byte = file.metadata().map_err(Problema::interno)?.len();
    Ok((file, byte))
}

/// The bytes of a file: always to be saved, never to be run here.
pub(in crate::web::pagine) async fn documento(
    stato: web::Data<Stato>,
    chi: Chi,
    dove: web::Path<(String, usize)>,
) -> Result<HttpResponse, Errata> {
    let (id, posizione) = dove.into_inner();
    let trovato = stato.blocca(move |stato| {
        let (documento, _) = trova(stato, &chi, &id, posizione)?;
        Ok((apri(stato, &documento.impronta)?, documento))
    });
    let ((file, byte), documento) = trovato.await?;
    Ok(formato::da_salvare(&documento.nome, &documento.media_type).body(SizedStream::new(byte, pezzi(file))))
}

/// A PDF or a plain text to be shown inside the page, also out of its signatures.
pub(in crate::web::pagine) async fn anteprima(
    stato: web::Data<Stato>,
    chi: Chi,
    dove: web::Path<(String, usize)>,
) -> Result<HttpResponse, Errata> {
    let (id, posizione) = dove.into_inner();
    let vista = stato.blocca(move |stato| {
        let (documento, rapporto) = trova(stato, &chi, &id, posizione)?;
        if tipo_visto(&documento, rapporto.as_ref()) == documento.media_type {
            return Ok((Ok(apri(stato, &documento.impronta)?), documento.media_type));
        }
        let (dentro, tipo) = dentro(stato, &documento)?;
        Ok((Err(dentro), tipo.to_owned()))
    });
    let (corpo, tipo) = vista.await?;
    let mut risposta = formato::da_vedere(&tipo).ok_or_else(Problema::non_trovato)?;
    Ok(match corpo {
        Ok((file, byte)) => risposta.body(SizedStream::new(byte, pezzi(file))),
        Err(dentro) => risposta.body(dentro),
    })
}

/// The document inside the signatures, to be saved under the name without their endings.
pub(in crate::web::pagine) async fn contenuto(
    stato: web::Data<Stato>,
    chi: Chi,
    dove: web::Path<(String, usize)>,
) -> Result<HttpResponse, Errata> {
    let (id, posizione) = dove.into_inner();
    let estratto = stato.blocca(move |stato| {
        let (documento, _) = trova(stato, &chi, &id, posizione)?;
        let (dentro, tipo) = dentro(stato, &documento)?;
        Ok((documento.nome, dentro, tipo))
    });
    let (nome, dentro, tipo) = estratto.await?;
    let mut nudo = nome.as_str();
    while let Some((prima, "p7m" | "P7M" | "tsd" | "TSD")) = nudo.rsplit_once('.') {
        nudo = prima;
    }
    Ok(formato::da_salvare(&NomeFile::da_arrivo(nudo, "documento"), tipo).body(dentro))
}

fn dentro(stato: &Stato, documento: &DocumentoRegistrato) -> Result<(Vec<u8>, &'static str), Problema> {
    let dentro = documenti::contenuto(&stato.deposito, &documento.impronta, MASSIMO_ESTRATTO)?;
    dentro.ok_or_else(Problema::non_trovato)
}

/// The XML of the segnatura of an uscita, 60/2013.
pub(in crate::web::pagine) async fn segnatura(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
) -> Result<HttpResponse, Errata> {
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    let vista = chi.vista();
    let leggi = move |stato: &Stato| Ok(stato.db.leggi(|conn| registro::segnatura_xml(conn, &vista, id))?);
    let segnatura = stato.blocca(leggi).await?;
    Ok(xml("segnatura.xml", segnatura.into_bytes()))
}

/// The index of the package for the conservator, as it was built.
pub(in crate::web::pagine) async fn pacchetto(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
) -> Result<HttpResponse, Errata> {
    let id = id.parse().map_err(|_| Problema::non_trovato())?;
    let vista = chi.vista();
    let indice = stato.blocca(move |stato| {
        let versamento = stato.db.leggi(|conn| {
            // The index holds the values in force when it was built.
            if registro::per_id(conn, &vista, id)?.ha_nascosti() {
                return Err(Problema::non_trovato());
            }
            Ok(conservazione::versamento(conn, &vista, id)?)
        })?;
        let (chiave, impronta) = versamento.and_then(|v| v.pacchetto).ok_or_else(Problema::non_trovato)?;
        Ok((chiave, stato.deposito.leggi(&impronta, MASSIMO_INDICE)?))
    });
    let (chiave, indice) = indice.await?;
    Ok(xml(&format!("indice-{chiave}.xml"), indice))
}

/// A receipt of one of the sends of a registration, as it arrived.
pub(in crate::web::pagine) async fn ricevuta(
    stato: web::Data<Stato>,
    chi: Chi,
    dove: web::Path<(String, String)>,
) -> Result<HttpResponse, Errata> {
    let (id, messaggio) = dove.into_inner();
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let messaggio: MessaggioId = messaggio.parse().map_err(|_| Problema::non_trovato())?;
    let vista = chi.vista();
    let trovata = stato.blocca(move |stato| {
        let (impronta, genere) = stato.db.leggi(|conn| {
            // A receipt encloses the message that was sent, with the data of then.
            if registro::per_id(conn, &vista, id)?.ha_nascosti() {
                return Err(Problema::non_trovato());
            }
            let risposte = pec::ritorno::ricevuti(conn, &vista, id)?;
            if risposte.iter().any(|r| r.messaggio == messaggio) {
                let m = pec::messaggio(conn, &vista, messaggio)?;
                return Ok((m.impronta, m.genere));
            }
            let mut ricevute = pec::ricevute(conn, &vista, id)?.into_iter();
            let sua = ricevute.find(|r| r.id == messaggio).ok_or_else(Problema::non_trovato)?;
            Ok((sua.impronta, sua.genere))
        })?;
        Ok((apri(stato, &impronta)?, genere))
    });
    let ((file, byte), genere) = trovata.await?;
    let nome = NomeFile::da_arrivo(&format!("ricevuta-{genere}.eml"), "ricevuta.eml");
    Ok(formato::da_salvare(&nome, "message/rfc822").body(SizedStream::new(byte, pezzi(file))))
}

fn xml(nome: &str, corpo: Vec<u8>) -> HttpResponse {
    formato::da_salvare(&NomeFile::da_arrivo(nome, "documento.xml"), "application/xml; charset=utf-8").body(corpo)
}
