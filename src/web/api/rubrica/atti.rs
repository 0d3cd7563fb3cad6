//! The acts on a soggetto of the rubrica. A program that may register may write what it knows; taking what a source proposes and
//! saying that two are one is a person's.

use super::storia::{SoggettoInteroJson, intero};
use super::{CAMPI_DATI, fonte, parte};
use crate::registro::rubrica::{self, Decisione, Indirizzo};
use crate::storage::Operazione;
use crate::valori::{PropostaRubricaId, RecapitoId, Rifiuto, SoggettoId, UnioneId};
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Chiamante, DiPersona, Registra, Uscita};
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use std::str::FromStr;

/// Name and codes of a soggetto from now on; those that are left out it has no more.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "camelCase", example = json!({ "tipo": "persona-giuridica", "denominazione": "Rossi Costruzioni generali srl",
    "codiceFiscale": "12345678903", "fonte": "inipec" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct DatiRichiesta {
    tipo: String,
    /// Of whoever is no natural person.
    denominazione: Option<String>,
    /// Of a natural person, with `cognome`.
    nome: Option<String>,
    cognome: Option<String>,
    codice_fiscale: Option<String>,
    codice_ipa: Option<String>,
    codice_aoo: Option<String>,
    /// `scritto` if absent.
    fonte: Option<String>,
}

/// The body of another address.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "tipo": "pec", "valore": "amministrazione@pec.rossi.example", "fonte": "inipec" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct NuovoRecapitoRichiesta {
    /// `pec`, `email` or `posta`.
    tipo: String,
    valore: String,
    /// `scritto` if absent.
    fonte: Option<String>,
}

/// The body of a decision on what a source says.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct DecisioneRubricaRichiesta {
    /// `aggiorna`: the rubrica says it from now on; `lascia`: it stays as it is.
    #[schema(example = "aggiorna")]
    decisione: String,
}

/// The body of a union.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct UnioneRichiesta {
    /// Id of the soggetto that becomes one with this, whose name and codes count.
    #[schema(example = "0192f0e4-0000-7000-8000-000000000005")]
    altro: String,
}

/// What becomes of a proposal.
struct Deciso(Decisione);

impl FromStr for Deciso {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        match testo {
            "aggiorna" => Ok(Self(Decisione::Aggiorna)),
            "lascia" => Ok(Self(Decisione::Lascia)),
            _ => Err(Rifiuto { che: "decisione", regola: "vale aggiorna oppure lascia".to_owned() }),
        }
    }
}

/// One act on a soggetto of the AOO, then the soggetto as it is.
async fn atto<A: Send + 'static>(
    (stato, chi, id): (&Stato, Chiamante<Registra, A>, &str),
    f: impl FnOnce(&mut Operazione<'_>, SoggettoId) -> Result<(), Problema> + Send + 'static,
) -> Result<HttpResponse, Problema> {
    let id: SoggettoId = trovato(id)?;
    let scrivi = move |stato: &Stato| {
        stato.db.scrivi(chi.0.aoo, &chi.attore(), |op| {
            // Known before anything of it is decided: what is of another AOO is not there.
            rubrica::per_id(op.conn, op.aoo, id)?;
            f(op, id)
        })?;
        stato.db.leggi(|conn| intero(conn, chi.0.aoo, id))
    };
    Ok(HttpResponse::Created().json(stato.blocca(scrivi).await?))
}

/// The id that the path names.
fn trovato<T: FromStr>(id: &str) -> Result<T, Problema> {
    id.parse().map_err(|_| Problema::non_trovato())
}

/// Writes name and codes of a soggetto anew: what they were stays in its history. The same said again changes nothing. 409 if that is
/// another one who is there (`gia-in-rubrica`), or if it is one with another (`unito`).
#[utoipa::path(post, path = "/api/v1/rubrica/{id}/dati", tag = "rubrica",
    params(("id" = String, Path, description = "Id of the soggetto")), request_body = DatiRichiesta,
    responses((status = 201, body = SoggettoInteroJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn cambia(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Uscita>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let ammessi: Vec<&str> = CAMPI_DATI.iter().copied().chain(["fonte"]).collect();
    let letti = Oggetto::new(&corpo.0, "", &ammessi, &mut difetti).and_then(|o| {
        let (parte, fonte) = (parte(&o, &mut difetti), fonte(&o, &mut difetti));
        Some((parte?, fonte))
    });
    let (parte, fonte) = difetti.esito(letti)?;
    atto((&stato, chi, &id), move |op, id| Ok(rubrica::cambia(op, id, &parte, fonte)?)).await
}

/// Adds an address to a soggetto. 409 if it is there and holds.
#[utoipa::path(post, path = "/api/v1/rubrica/{id}/recapiti", tag = "rubrica",
    params(("id" = String, Path, description = "Id of the soggetto")), request_body = NuovoRecapitoRichiesta,
    responses((status = 201, body = SoggettoInteroJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn aggiungi(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Uscita>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let letto = Oggetto::new(&corpo.0, "", &["tipo", "valore", "fonte"], &mut difetti).and_then(|o| {
        let fonte = fonte(&o, &mut difetti);
        Some((super::indirizzo(&corpo.0, "", &mut difetti)?, fonte))
    });
    let (indirizzo, fonte): (Indirizzo, _) = difetti.esito(letto)?;
    atto((&stato, chi, &id), move |op, id| Ok(rubrica::aggiungi(op, id, &indirizzo, fonte).map(drop)?)).await
}

/// Withdraws an address, which stays in the history. 409 if it was withdrawn before.
#[utoipa::path(post, path = "/api/v1/rubrica/{id}/recapiti/{recapito}/ritiro", tag = "rubrica",
    params(("id" = String, Path, description = "Id of the soggetto"),
        ("recapito" = String, Path, description = "Id of the address")),
    responses((status = 201, body = SoggettoInteroJson), (status = 401), (status = 404), (status = 409)))]
pub(in crate::web::api) async fn ritira(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, Uscita>,
    strada: web::Path<(String, String)>,
) -> Result<HttpResponse, Problema> {
    let (id, recapito) = strada.into_inner();
    let recapito: RecapitoId = trovato(&recapito)?;
    atto((&stato, chi, &id), move |op, id| Ok(rubrica::ritira(op, id, recapito)?)).await
}

/// A person takes what a source says of a soggetto, or leaves it. 409 if it was decided before.
#[utoipa::path(post, path = "/api/v1/rubrica/{id}/proposte/{proposta}/decisione", tag = "rubrica",
    params(("id" = String, Path, description = "Id of the soggetto"),
        ("proposta" = String, Path, description = "Id of the proposal")),
    request_body = DecisioneRubricaRichiesta,
    responses((status = 201, body = SoggettoInteroJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn decidi(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, DiPersona<Uscita>>,
    strada: web::Path<(String, String)>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let (id, proposta) = strada.into_inner();
    let proposta: PropostaRubricaId = trovato(&proposta)?;
    let mut difetti = Difetti::default();
    let letta = Oggetto::new(&corpo.0, "", &["decisione"], &mut difetti)
        .and_then(|o| o.serve::<Deciso>("decisione", &mut difetti));
    let Deciso(decisione) = difetti.esito(letta)?;
    atto((&stato, chi, &id), move |op, id| Ok(rubrica::decidi(op, id, proposta, decisione)?)).await
}

/// A person says that another soggetto is this one: its addresses are of this from now on. 409 if either is one with another already.
#[utoipa::path(post, path = "/api/v1/rubrica/{id}/unioni", tag = "rubrica",
    params(("id" = String, Path, description = "Id of the soggetto whose name and codes count")), request_body = UnioneRichiesta,
    responses((status = 201, body = SoggettoInteroJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn unisci(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, DiPersona<Uscita>>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let mut difetti = Difetti::default();
    let altro =
        Oggetto::new(&corpo.0, "", &["altro"], &mut difetti).and_then(|o| o.serve::<SoggettoId>("altro", &mut difetti));
    let altro = difetti.esito(altro)?;
    let no = |e| match e {
        rubrica::Errore::Sconosciuto => Problema::campo("/altro", "nessun soggetto della rubrica ha questo id"),
        e => e.into(),
    };
    atto((&stato, chi, &id), move |op, id| rubrica::unisci(op, id, altro).map(drop).map_err(no)).await
}

/// A person says that two are two again. 409 if they were parted before.
#[utoipa::path(post, path = "/api/v1/rubrica/{id}/unioni/{unione}/scioglimento", tag = "rubrica",
    params(("id" = String, Path, description = "Id of either soggetto"),
        ("unione" = String, Path, description = "Id of the union")),
    responses((status = 201, body = SoggettoInteroJson), (status = 401), (status = 404), (status = 409)))]
pub(in crate::web::api) async fn sciogli(
    stato: web::Data<Stato>,
    chi: Chiamante<Registra, DiPersona<Uscita>>,
    strada: web::Path<(String, String)>,
) -> Result<HttpResponse, Problema> {
    let (id, unione) = strada.into_inner();
    let unione: UnioneId = trovato(&unione)?;
    atto((&stato, chi, &id), move |op, id| Ok(rubrica::sciogli(op, id, unione)?)).await
}
