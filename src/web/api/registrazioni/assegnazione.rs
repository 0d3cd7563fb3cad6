//! `POST /registrazioni/{id}/assegnazioni`: another office, or a person of it, gets it, from now on.

use super::atto;
use super::risposta::RegistrazioneJson;
use crate::scrivania::{Addetto, Destinazione, Titolo};
use crate::storage::Operazione;
use crate::valori::{CodiceUfficio, Testo, UtenteId};
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Assegna, Chiamante, Scrivania};
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::{Problema, Stato};
use crate::{scrivania, utenti};
use actix_web::{HttpResponse, web};

/// The body.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "ufficio": "EDIL", "titolo": "conoscenza" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct AssegnazioneRichiesta {
    /// Code of an office of the AOO.
    #[schema(example = "EDIL")]
    ufficio: String,
    /// `competenza` (default: it has to deal with it) or `conoscenza` (it has to know of it).
    titolo: Option<String>,
    /// User name of a person who has a role in the office now; without it, the whole office.
    #[schema(example = "marta")]
    persona: Option<String>,
    /// A word to whoever gets it.
    #[schema(example = "Attende risposta prima della conferenza di servizi")]
    nota: Option<String>,
}

/// Assigns a registration; the newest office per competenza has it, the earlier ones stay in the history.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/assegnazioni", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    request_body = AssegnazioneRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn assegna(
    stato: web::Data<Stato>,
    chi: Chiamante<Assegna, Scrivania>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letta = Oggetto::new(&corpo.0, "", &["ufficio", "titolo", "persona", "nota"], &mut difetti).map(|o| {
        (
            o.serve::<CodiceUfficio>("ufficio", &mut difetti),
            o.forse::<Titolo>("titolo", &mut difetti),
            o.forse::<Testo>("persona", &mut difetti),
            o.forse::<Testo>("nota", &mut difetti),
        )
    });
    difetti.chiudi()?;
    atto(&stato, chi, &id, move |op, chi, _, id| {
        // An application assigns for its whole AOO, a person what is theirs to send on.
        if let Some(ruoli) = chi.ruoli() {
            let attore = op.attore.clone();
            scrivania::competente(op.conn, &Addetto { attore: &attore, ruoli }, id)?;
        }
        let Some((Some(ufficio), titolo, nome, nota)) = letta else { return Err(Problema::campo("/ufficio", "manca")) };
        let ufficio = utenti::ufficio_per_codice(op.conn, op.aoo, &ufficio)?;
        let persona = nome.map(|nome| persona(op, &nome)).transpose()?;
        let a = Destinazione { ufficio: &ufficio, persona, nota: nota.as_ref() };
        Ok(scrivania::assegna(op, id, &a, titolo.unwrap_or(Titolo::Competenza))?)
    })
    .await
}

/// The person with this user name.
fn persona(op: &mut Operazione<'_>, nome: &Testo) -> Result<UtenteId, Problema> {
    let trovata = scrivania::persona_dell_aoo(op.conn, op.aoo, nome.as_str())?;
    trovata.ok_or_else(|| Problema::campo("/persona", "nessuno ha questo nome utente"))
}
