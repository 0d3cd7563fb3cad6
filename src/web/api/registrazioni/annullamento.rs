//! `POST /registrazioni/{id}/annullamento`: the registration stays, marked; or one datum gets another value, beside the one it had
//! (DPR 445/2000 art. 54).

use super::atto;
use super::richiesta::{corrispondente, protocollo};
use super::risposta::RegistrazioneJson;
use crate::registro::{Campo, Disposizione, Errore, Rettifica, Valore};
use crate::valori::Testo;
use crate::web::api::corpo::Corpo;
use crate::web::api::gettone::{Annulla, Chiamante, Registro};
use crate::web::api::lettore::{Difetti, Oggetto};
use crate::web::{Problema, Stato};
use crate::{registro, scrivania, utenti};
use actix_web::{HttpResponse, web};

/// The body.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "motivo": "Registrata due volte: vale la n. 0000122" }))]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct AnnullamentoRichiesta {
    /// Why, as it will stand in the provvedimento. Everybody who sees the registration reads it.
    #[schema(example = "Registrata due volte: vale la n. 0000122")]
    motivo: String,
    /// The datum that is annulled; absent: the whole registration is.
    dato: Option<DatoRichiesta>,
}

/// A datum and its new value.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is used, by the description of the API")]
pub(in crate::web::api) struct DatoRichiesta {
    /// `oggetto`, `corrispondenti`, `protocolloMittente` or `arrivo` (only where a person typed it: mezzo `sportello`, `posta`,
    /// `raccomandata`, `corriere`).
    #[schema(example = "oggetto")]
    campo: String,
    /// The new value, in the shape it has in a registration; null takes a protocolloMittente or an arrivo away.
    #[schema(value_type = Value, example = "Istanza di permesso di costruire, via Garibaldi 21")]
    valore: serde_json::Value,
    /// True if the value that is annulled may only be read by who may see riservati.
    riservato: Option<bool>,
}

/// Annuls a registration, or one datum of it, with a provvedimento that the system numbers, writes and files (its text is at
/// `/documenti/{sha256}`). Number and old values stay. 409 if the registration is annulled already; 422 for a value that could not
/// have been registered, or is the one in force.
#[utoipa::path(post, path = "/api/v1/registrazioni/{id}/annullamento", tag = "registrazioni",
    params(("id" = String, Path, description = "Id of the registration")),
    request_body = AnnullamentoRichiesta,
    responses((status = 201, body = RegistrazioneJson), (status = 400), (status = 401), (status = 404), (status = 409),
        (status = 422, body = crate::web::problema::Corpo<'static>)))]
pub(in crate::web::api) async fn annulla(
    stato: web::Data<Stato>,
    chi: Chiamante<Annulla, Registro>,
    id: web::Path<String>,
    corpo: Corpo,
) -> Result<HttpResponse, Problema> {
    let (motivo, dato) = leggi(&corpo, stato.limiti.corrispondenti)?;
    let (deposito, calendario) = (stato.deposito.clone(), stato.calendario.clone());
    atto(&stato, chi, &id, move |op, _, vista, id| {
        let aoo = utenti::aoo(op.conn, op.aoo)?;
        let disposizione = Disposizione { deposito: &deposito, aoo: &aoo, vista, motivo: &motivo, proponente: None };
        match dato {
            None => registro::annulla(op, &disposizione, id).map(drop)?,
            Some(dato) => registro::annulla_dato(op, &disposizione, id, &dato).map(drop).map_err(al_valore)?,
        }
        Ok(scrivania::segui_arrivo(op, vista, id, &calendario)?)
    })
    .await
}

/// Why, and the datum with its new value; none: the whole registration.
pub(super) fn leggi(corpo: &Corpo, massimo: usize) -> Result<(Testo, Option<Rettifica>), Problema> {
    let mut difetti = Difetti::default();
    let letta = Oggetto::new(&corpo.0, "", &["motivo", "dato"], &mut difetti).map(|o| {
        let dato = o.oggetto("dato", &["campo", "valore", "riservato"], &mut difetti);
        let dato = dato.map(|d| rettifica(&d, massimo, &mut difetti));
        (o.serve::<Testo>("motivo", &mut difetti), dato)
    });
    difetti.chiudi()?;
    match letta {
        Some((Some(motivo), dato)) => {
            let dato = dato.map(|d| d.ok_or_else(|| Problema::campo("/dato", "manca")));
            Ok((motivo, dato.transpose()?))
        }
        _ => Err(Problema::campo("/motivo", "manca")),
    }
}

/// Member `dato`.
fn rettifica(d: &Oggetto<'_>, massimo: usize, difetti: &mut Difetti) -> Option<Rettifica> {
    let campo: Option<Campo> = d.serve("campo", difetti);
    if !d.ha("valore") {
        difetti.aggiungi(d.dove("valore"), "manca; null toglie il dato");
    }
    let riservato = d.vero("riservato", difetti);
    let valore = match campo? {
        Campo::Oggetto => Valore::Oggetto(d.serve("valore", difetti)?),
        Campo::Corrispondenti => {
            let parti = d.lista("valore", massimo, difetti);
            let dove = d.dove("valore");
            let parti = parti.iter().enumerate().map(|(i, c)| corrispondente(c, &format!("{dove}/{i}"), difetti));
            // All of them, so that every refusal is told.
            let parti: Vec<_> = parti.collect();
            Valore::Corrispondenti(parti.into_iter().collect::<Option<_>>()?)
        }
        Campo::ProtocolloMittente => Valore::ProtocolloMittente(protocollo(d, "valore", difetti)),
        Campo::Arrivo => Valore::Arrivo(d.forse("valore", difetti)),
    };
    Some(Rettifica { valore, riservato })
}

/// The refusals of a registration, at the place where the value stands here.
pub(super) fn al_valore(e: Errore) -> Problema {
    match e {
        Errore::CorrispondenteMancante(_) | Errore::ArrivoFuturo(_) | Errore::ProtocolloFuturo(_) => {
            Problema::campo("/dato/valore", e.to_string())
        }
        altro => altro.into(),
    }
}
