//! The verdicts on the signatures of a file: the first one, the later ones, and what each rests on.

use super::documenti::trova;
use crate::documenti::{self, RapportoConservato};
use crate::firma::Indicazione;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{NomeFile, VerificaId};
use crate::web::pagine::chi::Chi;
use crate::web::pagine::{Errata, formato};
use crate::web::{Problema, Stato};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// A verdict, in the list under its file.
pub(super) struct VerificaVista {
    pub(super) id: String,
    pub(super) testo: String,
}

impl VerificaVista {
    pub(super) fn new((verifica, numero): (&RapportoConservato, usize)) -> Self {
        let esito = match verifica.indicazione.as_deref() {
            Some(i) if i == Indicazione::TotalPassed.as_str() => "firme valide",
            Some(i) if i == Indicazione::TotalFailed.as_str() => "almeno una firma NON valida",
            Some(_) => "firme non accertate del tutto",
            None => "nessuna firma riconosciuta",
        };
        let quale = if numero == 1 { "Prima verifica" } else { "Verificato di nuovo" };
        let (eseguita, istante) = (verifica.eseguita.leggibile(), verifica.istante.leggibile());
        let testo = format!("{quale} il {eseguita}: {esito} al {istante}");
        Self { id: verifica.id.to_string(), testo }
    }
}

/// The token of the session.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Modulo {
    #[serde(default)]
    modulo: String,
}

/// `POST /registrazioni/{id}/documenti/{posizione}/verifiche`: verifies the file again, with what is trusted now. The first verdict stays.
pub(in crate::web::pagine) async fn verifica(
    stato: web::Data<Stato>,
    chi: Chi,
    dove: web::Path<(String, usize)>,
    modulo: web::Form<Modulo>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Entrata, Permesso::Agisce)?;
    chi.modulo(&modulo.modulo)?;
    let (id, posizione) = dove.into_inner();
    let luogo = format!("/registrazioni/{id}#verifiche-{posizione}");
    let fatta = stato.blocca(move |stato| {
        let (documento, _) = trova(stato, &chi, &id, posizione)?;
        let (aoo, impronta) = (chi.aoo.id, documento.impronta);
        let fiduce = stato.fiduce()?;
        let prima = stato.db.leggi(|conn| documenti::prima_verifica(conn, aoo, &impronta))?;
        let prova = documenti::riverifica(&stato.deposito, &impronta, &prima, &fiduce)?;
        stato.db.scrivi(aoo, &chi.attore(), |op| documenti::aggiungi_rapporto(op, &prova))?;
        Ok::<(), Problema>(())
    });
    fatta.await?;
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, luogo)).finish())
}

/// `GET …/verifiche/{verifica}`: what the verdict rests on, for `tabulario verifica --prova`.
pub(in crate::web::pagine) async fn prova(
    stato: web::Data<Stato>,
    chi: Chi,
    dove: web::Path<(String, usize, String)>,
) -> Result<HttpResponse, Errata> {
    let (id, posizione, verifica) = dove.into_inner();
    let verifica: VerificaId = verifica.parse().map_err(|_| Problema::non_trovato())?;
    let trovata = stato.blocca(move |stato| {
        let (documento, _) = trova(stato, &chi, &id, posizione)?;
        let leggi = |conn: &mut _| documenti::testo_della_prova(conn, chi.aoo.id, &documento.impronta, verifica);
        Ok((stato.db.leggi(leggi)?, documento.nome))
    });
    let (testo, nome) = trovata.await?;
    let nome = NomeFile::da_arrivo(&format!("prova-{nome}.json"), "prova.json");
    Ok(formato::da_salvare(&nome, "application/json").body(testo))
}
