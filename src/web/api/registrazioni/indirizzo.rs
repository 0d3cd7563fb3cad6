//! `POST /registrazioni/{id}/indirizzi`: where an addressee of an uscita is reached, if not where it was registered.

use super::atto;
use super::risposta::RegistrazioneJson;
use crate::pec::{self, Correzione, NuovoIndirizzo};
use crate::valori::Istante;
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Chiamante, Spedisce, Uscita};
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// The body.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "destinatario": "Rossi srl", "indirizzo": "protocollo@rossi.example", "fonte": "inipec", "motivo": "Casella dismessa" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct IndirizzoRichiesta {
    /// The addressee, as it is named in the registration; of a person given name and family name.
    destinatario: String,
    /// Where it is reached.
    indirizzo: String,
    /// Where that comes from: `rubrica`, `ipa`, `inipec`, `inad`, `destinatario` (who said it) or `altro`.
    fonte: String,
    /// Why.
    motivo: String,
}

/// An address that took the place of the registered one.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web::api) struct IndirizzoCorrettoJson {
    id: String,
    destinatario: String,
    /// The registered address; null if there was none.
    registrato: Option<String>,
    indirizzo: String,
    fonte: &'static str,
    motivo: String,
    autore: String,
    #[schema(value_type = String, format = DateTime)]
    istante: Istante,
}

impl From<Correzione> for IndirizzoCorrettoJson {
    fn from(c: Correzione) -> Self {
        Self {
            id: c.id,
            destinatario: c.destinatario,
            registrato: c.registrato.map(|r| r.to_string()),
            indirizzo: c.indirizzo.to_string(),
            fonte: c.fonte.as_str(),
            motivo: c.motivo.to_string(),
            autore: c.autore,
            istante: c.istante,
        }
    }
}

/// Corrects the address to which an uscita is sent to one of its addressees. The registered data stay, nothing leaves by itself: send it with
/// `POST /invii`. 409 where a send to the address in force was delivered, or has still to be heard of.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/indirizzi", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of an uscita")),
    request_body = IndirizzoRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn correggi(
    stato: web::Data<Stato>,
    chi: Chiamante<Spedisce, Uscita>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let campi = ["destinatario", "indirizzo", "fonte", "motivo"];
    let letto = Oggetto::new(&corpo.0, "", &campi, &mut difetti).and_then(|o| {
        let destinatario = o.serve("destinatario", &mut difetti);
        let (indirizzo, fonte) = (o.serve("indirizzo", &mut difetti), o.serve("fonte", &mut difetti));
        let motivo = o.serve("motivo", &mut difetti);
        Some(NuovoIndirizzo { destinatario: destinatario?, indirizzo: indirizzo?, fonte: fonte?, motivo: motivo? })
    });
    let nuovo = difetti.esito(letto)?;
    atto(&stato, chi, &id, move |op, _, vista, id| Ok(pec::correggi_indirizzo(op, vista, id, &nuovo)?)).await
}
