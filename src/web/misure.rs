//! Counters of the running process, for `/metriche` (Prometheus text format). No personal data: only how many and how long.

use super::Stato;
use crate::documenti::fiducia::Versione;
use crate::pec::{Contatto, Sospesi};
use crate::valori::{CasellaId, Istante};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::{Error, web};
use futures_util::future::{LocalBoxFuture, Ready, ready};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Requests answered, by class of status, and registrations made.
#[derive(Default)]
pub struct Misure {
    risposte: [AtomicU64; 5],
    registrazioni: AtomicU64,
}

impl Misure {
    pub(super) fn registrata(&self) {
        self.registrazioni.fetch_add(1, Relaxed);
    }

    fn risposta(&self, stato: u16) {
        let classe = usize::from(stato / 100).saturating_sub(1);
        if let Some(contatore) = self.risposte.get(classe) {
            contatore.fetch_add(1, Relaxed);
        }
    }

    /// The counters as Prometheus reads them.
    pub(super) fn testo(&self, eventi: i64, file: i64, istanze_in_attesa: i64) -> String {
        let mut testo = String::from("# TYPE tabulario_http_risposte_total counter\n");
        for (contatore, classe) in self.risposte.iter().zip(1..) {
            // Writing to a String does not fail.
            let _ =
                writeln!(testo, "tabulario_http_risposte_total{{classe=\"{classe}xx\"}} {}", contatore.load(Relaxed));
        }
        let registrazioni = self.registrazioni.load(Relaxed);
        for (nome, tipo, valore) in [
            ("tabulario_registrazioni_total", "counter", i64::try_from(registrazioni).unwrap_or(i64::MAX)),
            ("tabulario_eventi", "gauge", eventi),
            ("tabulario_file", "gauge", file),
            ("tabulario_istanze_senza_numero", "gauge", istanze_in_attesa),
        ] {
            let _ = writeln!(testo, "# TYPE {nome} {tipo}\n{nome} {valore}");
        }
        testo
    }
}

/// How many mailboxes are read from and send by servers, how many of them could not the last time, and how many sends wait.
pub(super) fn caselle(
    arrivi: &HashMap<CasellaId, Contatto>,
    partenze: &HashMap<CasellaId, Contatto>,
    sospesi: Sospesi,
) -> String {
    let guaste = |contatti: &HashMap<CasellaId, Contatto>| contatti.values().filter(|c| c.errore.is_some()).count();
    let mut testo = String::new();
    for (nome, quante) in [
        ("tabulario_caselle_imap", arrivi.len()),
        ("tabulario_caselle_imap_guaste", guaste(arrivi)),
        ("tabulario_caselle_smtp", partenze.len()),
        ("tabulario_caselle_smtp_guaste", guaste(partenze)),
        ("tabulario_invii_in_coda", sospesi.in_coda),
        ("tabulario_invii_non_arrivati_da_24_ore", sospesi.vecchi),
    ] {
        // Writing to a String does not fail.
        let _ = writeln!(testo, "# TYPE {nome} gauge\n{nome} {quante}");
    }
    testo
}

/// Receipts of no send of ours, in all boxes.
pub(super) fn ricevute(orfane: i64) -> String {
    format!("# TYPE tabulario_ricevute_senza_invio gauge\ntabulario_ricevute_senza_invio {orfane}\n")
}

/// When the trusted lists in force were issued and should be replaced, as Unix times: whoever watches compares with their own clock.
pub(super) fn liste(liste: &[Versione]) -> String {
    let mut testo = String::new();
    let mut serie = |nome: &str, quando: &dyn Fn(&Versione) -> Option<Istante>| {
        let _ = writeln!(testo, "# TYPE {nome} gauge");
        for lista in liste {
            if let Some(istante) = quando(lista) {
                let _ = writeln!(
                    testo,
                    "{nome}{{territorio=\"{}\"}} {}",
                    lista.territorio,
                    istante.date_time().timestamp()
                );
            }
        }
    };
    serie("tabulario_lista_fiducia_emessa_secondi", &|lista| Some(lista.emessa));
    serie("tabulario_lista_fiducia_scadenza_secondi", &|lista| lista.prossima);
    testo
}

/// Middleware that counts answers.
pub(super) struct Conta;

impl<S, B> Transform<S, ServiceRequest> for Conta
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type InitError = ();
    type Transform = ContaServizio<S>;
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(ContaServizio { service }))
    }
}

/// The counting service.
pub(super) struct ContaServizio<S> {
    service: S,
}

impl<S, B> Service<ServiceRequest> for ContaServizio<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, richiesta: ServiceRequest) -> Self::Future {
        let stato = richiesta.app_data::<web::Data<Stato>>().cloned();
        let risposta = self.service.call(richiesta);
        Box::pin(async move {
            let esito = risposta.await;
            let codice = match &esito {
                Ok(r) => r.status(),
                Err(e) => e.as_response_error().status_code(),
            };
            if let Some(stato) = stato {
                stato.misure.risposta(codice.as_u16());
            }
            esito
        })
    }
}
