//! The scan of a paper document, added to the registration that waits for it.

use super::atti::Rifiutato;
use super::{Filtro, mostra_con};
use crate::documenti;
use crate::registro::{self, Scansione};
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{RegistrazioneId, Rifiuto, Testo};
use crate::web::api::registrazioni::verificata;
use crate::web::pagine::campi::frase;
use crate::web::pagine::chi::Chi;
use crate::web::pagine::invio::{self, Massimi};
use crate::web::pagine::{Errata, Pagine};
use crate::web::parti::Parti;
use crate::web::{Problema, Stato};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};

/// Fields of the form.
const MASSIMO_PARTI: usize = 50;

/// Bytes of its fields.
const MASSIMO_TESTO: usize = 64 * 1024;

/// `POST /registrazioni/{id}/acquisizioni`: who registers what arrives adds the scan, and answers for it.
pub(in crate::web::pagine) async fn acquisisci(
    stato: web::Data<Stato>,
    pagine: web::Data<Pagine>,
    chi: Chi,
    id: web::Path<String>,
    corpo: Parti,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Entrata, Permesso::Agisce)?;
    let id: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let vista = chi.vista();
    let visibile = stato.blocca(move |stato| Ok(stato.db.leggi(|conn| registro::visibile(conn, &vista, id))?));
    if !visibile.await? {
        return Err(Problema::non_trovato().into());
    }
    let massimi = Massimi { byte: stato.limiti.file_byte(), file: 1, parti: MASSIMO_PARTI, testo: MASSIMO_TESTO };
    let della_sessione = |nome: &str, valore: &str| {
        chi.modulo(if nome == "modulo" { valore } else { "" })?;
        Ok(chi.sessione.persona.id.to_string())
    };
    let mut arrivo = invio::leggi((&stato, &pagine), &massimi, corpo, della_sessione).await?;
    let campo = |nome: &str| arrivo.campi.get(nome).map(|t| t.trim().to_owned()).unwrap_or_default();
    let (scritto, conferma) = (campo("descrizione"), !campo("conferma").is_empty());
    let letta = match arrivo.file.pop() {
        None => Err("Scegli il file della scansione.".to_owned()),
        Some(_) if !conferma => {
            Err("Metti la spunta: qualcuno risponde che la scansione è quella del documento.".to_owned())
        }
        Some(file) => descrizione(&scritto).map(|descrizione| (file, descrizione)),
    };
    let esito = match letta {
        Err(testo) => Err(Problema::campo("/file", testo)),
        Ok((file, descrizione)) => {
            let scansione = Scansione { riposto: file.riposto, nome: file.nome, descrizione, confermata_da: None };
            scrivi(&stato, &chi, id, scansione).await
        }
    };
    match esito {
        Ok(()) => {
            let luogo = format!("/registrazioni/{id}");
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
        }
        Err(p) if matches!(p.status_code(), StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT) => {
            let rifiuto =
                Rifiutato { campo: "scansione", testo: frase(&p.to_string()), scritto, stato: p.status_code() };
            mostra_con(&stato, &chi, id, Filtro::default(), Some(rifiuto)).await
        }
        Err(problema) => Err(problema.into()),
    }
}

fn descrizione(scritto: &str) -> Result<Option<Testo>, String> {
    if scritto.is_empty() {
        return Ok(None);
    }
    scritto.parse().map(Some).map_err(|e: Rifiuto| e.to_string())
}

async fn scrivi(stato: &Stato, chi: &Chi, id: RegistrazioneId, scansione: Scansione) -> Result<(), Problema> {
    let (vista, attore, aoo) = (chi.vista(), chi.attore(), chi.aoo.id);
    let (scansione, prova) = verificata(stato, scansione).await?;
    stato
        .blocca(move |stato| {
            stato.db.scrivi(aoo, &attore, |op| {
                registro::acquisisci(op, &vista, id, &scansione)?;
                if let Some(prova) = &prova {
                    documenti::conserva_rapporto(op, prova)?;
                }
                Ok::<(), Problema>(())
            })
        })
        .await
}
