//! `POST /registrazioni/{id}/acquisizioni`: the scan of a paper document that was registered before.

use super::risposta::RegistrazioneJson;
use super::{atto, mostra_una};
use crate::documenti;
use crate::firma::Prova;
use crate::registro::{self, Scansione};
use crate::valori::{Denominazione, Impronta, RegistrazioneId, Testo};
use crate::web::api::gettone::{Chiamante, Entrata, Registra};
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::api::multipart;
use crate::web::parti::Parti;
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};

/// The JSON part `acquisizione`.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct AcquisizioneRichiesta {
    /// The person who compared the scan with the paper.
    #[schema(example = "Luca Bianchi")]
    confermata_da: String,
    #[schema(example = "Istanza firmata a mano, 3 fogli")]
    descrizione: Option<String>,
    /// Checked against what arrived.
    sha256: Option<String>,
}

/// Adds a scan to a registration of paper: its main document if it had none, else an attachment. The same file a second time: 409.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/acquisizioni", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    request_body(content = AcquisizioneRichiesta, content_type = "multipart/form-data",
        description = "A JSON part `acquisizione` and one file"),
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 413), (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn acquisisci(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Entrata>,
    id: web::Path<String>,
    corpo: Parti,
) -> Result<HttpResponse, Problema> {
    // Nothing is kept for what may not be seen.
    let cercata: RegistrazioneId = id.parse().map_err(|_| Problema::non_trovato())?;
    let vista = chi.vista();
    stato.blocca(move |stato| stato.db.leggi(|conn| mostra_una(conn, &vista, cercata))).await?;
    let (json, mut file) = multipart::leggi(&stato, corpo, "acquisizione").await?;
    let mut difetti = Difetti::default();
    let letta = Oggetto::new(&json, "", &["confermataDa", "descrizione", "sha256"], &mut difetti).and_then(|o| {
        let confermata_da = o.serve::<Denominazione>("confermataDa", &mut difetti);
        let descrizione = o.forse::<Testo>("descrizione", &mut difetti);
        Some((confermata_da?, descrizione, o.forse::<Impronta>("sha256", &mut difetti)))
    });
    if file.len() != 1 {
        difetti.aggiungi("", "serve un file, uno solo: la scansione");
    }
    if let (Some((.., Some(dichiarata))), [arrivato]) = (&letta, file.as_slice())
        && *dichiarata != arrivato.riposto.impronta
    {
        let regola = format!("il file arrivato ha un'altra impronta: {}", arrivato.riposto.impronta);
        difetti.aggiungi("/sha256", regola);
    }
    difetti.chiudi()?;
    let (Some((confermata_da, descrizione, _)), Some(arrivato)) = (letta, file.pop()) else {
        return Err(Problema::interno("a field was refused without a reason"));
    };
    let confermata_da = Some(confermata_da);
    let scansione = Scansione { riposto: arrivato.riposto, nome: arrivato.nome, descrizione, confermata_da };
    let (scansione, prova) = verificata(&stato, scansione).await?;
    atto(&stato, chi, &id, move |op, _, vista, id| {
        registro::acquisisci(op, vista, id, &scansione)?;
        if let Some(prova) = &prova {
            documenti::conserva_rapporto(op, prova)?;
        }
        Ok(())
    })
    .await
}

/// The scan with what its signatures say now, if it has any.
pub(in crate::web) async fn verificata(
    stato: &Stato,
    scansione: Scansione,
) -> Result<(Scansione, Option<Prova>), Problema> {
    stato
        .blocca(move |stato| {
            let (adesso, fiduce) = (stato.db.orologio().adesso(), stato.fiduce()?);
            let (riposto, nome) = (&scansione.riposto, &scansione.nome);
            let prova = documenti::verifica(&stato.deposito, riposto, nome, &fiduce, adesso)?;
            Ok((scansione, prova))
        })
        .await
}
