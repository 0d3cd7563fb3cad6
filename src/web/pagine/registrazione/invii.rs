//! How far the sends of an uscita have come, recipient by recipient, with the receipts that say so.

use super::Filtro;
use super::atti::{Agire, agisci};
use crate::pec::{self, Correzione, DaSpedire, Invio, Modo, Ricevuta, StatoInvio, TipoRicevuta};
use crate::registro::Registrazione;
use crate::utenti::politica::{Azione, Permesso};
use crate::valori::{Istante, Rifiuto};
use crate::web::pagine::Errata;
use crate::web::pagine::chi::Chi;
use crate::web::{Problema, Stato};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// A send to one recipient.
pub(super) struct InvioVisto {
    pub(super) destinatario: String,
    pub(super) stato: &'static str,
    pub(super) icona: &'static str,
    pub(super) esito: &'static str,
    /// The delivery receipt it asks for, where it is not the complete one.
    pub(super) ricevuta: Option<&'static str>,
    /// What stands in its way, or that nobody has said anything for a day.
    pub(super) nota: Option<String>,
    pub(super) tappe: Vec<TappaVista>,
}

/// A state it reached.
pub(super) struct TappaVista {
    pub(super) stato: &'static str,
    pub(super) istante: String,
    pub(super) leggibile: String,
    pub(super) ricevuta: Option<String>,
}

/// A receipt, as a document of the registration.
pub(super) struct RicevutaVista {
    pub(super) id: String,
    pub(super) tipo: &'static str,
    pub(super) destinatario: String,
    pub(super) istante: String,
    pub(super) leggibile: String,
    pub(super) provata: bool,
}

impl From<Ricevuta> for RicevutaVista {
    fn from(r: Ricevuta) -> Self {
        Self {
            id: r.id.to_string(),
            tipo: nome_ricevuta(&r.genere),
            destinatario: r.destinatario,
            istante: r.istante.roma(),
            leggibile: r.istante.leggibile(),
            provata: r.provata,
        }
    }
}

/// What a receipt is called.
pub(in crate::web::pagine) fn nome_ricevuta(genere: &str) -> &'static str {
    match genere {
        "accettazione" => "Accettazione",
        "non-accettazione" => "Non accettazione",
        "presa-in-carico" => "Presa in carico",
        "avvenuta-consegna" => "Avvenuta consegna",
        "errore-consegna" => "Mancata consegna",
        "preavviso-errore-consegna" => "Preavviso di mancata consegna",
        "rilevazione-virus" => "Rilevazione di virus",
        _ => "Ricevuta",
    }
}

/// Word, icon and kind of a state.
pub(in crate::web::pagine) fn parola(stato: StatoInvio) -> (&'static str, &'static str, &'static str) {
    match stato {
        StatoInvio::InCoda => ("In coda", "it-clock", "attesa"),
        StatoInvio::Inviato => ("Inviato", "it-clock", "attesa"),
        StatoInvio::Accettato => ("Accettato dal gestore", "it-clock", "attesa"),
        StatoInvio::Consegnato => ("Consegnato", "it-check-circle", "buona"),
        StatoInvio::NonConsegnato => ("Non consegnato", "it-close-circle", "cattiva"),
        StatoInvio::NonAccettato => ("Non accettato dal gestore", "it-close-circle", "cattiva"),
    }
}

pub(super) fn visto(invio: &Invio, ora: Istante) -> InvioVisto {
    let (stato, icona, esito) = parola(invio.stato);
    let tappe = invio.tappe.iter().map(|t| TappaVista {
        stato: parola(t.stato).0,
        istante: t.istante.roma(),
        leggibile: t.istante.leggibile(),
        ricevuta: t.ricevuta.map(|r| r.to_string()),
    });
    InvioVisto {
        destinatario: invio.destinatario.clone(),
        stato,
        icona,
        esito,
        ricevuta: (invio.ricevuta != TipoRicevuta::Completa).then(|| invio.ricevuta.as_str()),
        nota: nota(invio, ora),
        tappe: tappe.collect(),
    }
}

/// What a person has to know of a send.
pub(in crate::web::pagine) fn nota(invio: &Invio, ora: Istante) -> Option<String> {
    let ritardo =
        || invio.in_ritardo(ora).then(|| "Nessuna ricevuta da 24 ore: senti il gestore, o rispedisci.".to_owned());
    let esterno = "Indirizzo di posta ordinaria: il gestore l'ha inoltrato, e non ci sarà una ricevuta di consegna.";
    let ordinaria = || (invio.esterno && invio.concluso() && !invio.fallito()).then(|| esterno.to_owned());
    let perche = crate::web::api::perche(invio).map(|p| format!("{}.", p.trim_end_matches('.')));
    perche.or_else(ordinaria).or_else(ritardo)
}

/// To whom it may be sent now, for the forms of the page.
pub(super) struct Spedibile {
    /// How many were never sent it.
    pub(super) nuovi: usize,
    /// Who was not reached.
    pub(super) ancora: Vec<String>,
}

impl Spedibile {
    pub(super) fn new(r: &Registrazione, invii: &[Invio], corretti: &[Correzione], ora: Istante) -> Option<Self> {
        let DaSpedire { nuovi, ancora } = DaSpedire::new(r, invii, corretti, ora);
        let qualcuno = !nuovi.is_empty() || !ancora.is_empty();
        qualcuno.then(|| Self { nuovi: nuovi.len(), ancora: ancora.iter().map(|(a, _)| a.to_string()).collect() })
    }
}

/// How many of all have come to an end, while some have not.
pub(super) fn avanzamento(invii: &[Invio]) -> Option<(usize, usize)> {
    let finiti = invii.iter().filter(|i| i.concluso()).count();
    (finiti < invii.len()).then_some((finiti, invii.len()))
}

/// The form that sends.
#[derive(Deserialize)]
pub(in crate::web::pagine) struct Spedisci {
    modulo: String,
    #[serde(default)]
    ricevuta: String,
    /// There if it goes again to those who were not reached.
    rispedisci: Option<String>,
}

/// `POST /registrazioni/{id}/spedizione`.
pub(in crate::web::pagine) async fn spedisci(
    stato: web::Data<Stato>,
    chi: Chi,
    id: web::Path<String>,
    form: web::Form<Spedisci>,
) -> Result<HttpResponse, Errata> {
    chi.serve(Azione::Uscita, Permesso::Agisce)?;
    let form = form.into_inner();
    let (modulo, scritto) = (form.modulo.clone(), form.ricevuta.clone());
    let agire = Agire { modulo: &modulo, campo: "ricevuta", scritto, qui: Filtro::default() };
    agisci(&stato, &chi, &id, agire, move |op, vista, id| {
        let ricevuta: TipoRicevuta =
            form.ricevuta.parse().map_err(|e: Rifiuto| Problema::campo("/ricevuta", e.to_string()))?;
        let modo = Modo { ricevuta, ..Modo::default() };
        if form.rispedisci.is_some() {
            pec::rispedisci(op, vista, id, modo)?;
        } else {
            pec::invia(op, vista, id, modo)?;
        }
        Ok(())
    })
    .await
}

/// All of them in one sentence: `Consegnato a 3 di 4, non consegnato a 1`.
pub(super) fn riassunto(invii: &[Invio]) -> String {
    let quanti = |stati: &[StatoInvio]| invii.iter().filter(|i| stati.contains(&i.stato)).count();
    let falliti = quanti(&[StatoInvio::NonConsegnato, StatoInvio::NonAccettato]);
    match (invii.len(), quanti(&[StatoInvio::Consegnato])) {
        (0, _) => String::new(),
        (tutti, consegnati) => {
            let falliti = if falliti > 0 { format!(", non consegnato a {falliti}") } else { String::new() };
            format!("Consegnato a {consegnati} di {tutti}{falliti}")
        }
    }
}

/// What the log of the registration says of a state.
pub(super) fn frase(stato: StatoInvio, destinatario: &str) -> String {
    match stato {
        StatoInvio::InCoda => format!("Messa in coda per {destinatario}"),
        StatoInvio::Inviato => format!("Inviata a {destinatario}"),
        StatoInvio::Accettato => format!("Accettata dal gestore per {destinatario}"),
        StatoInvio::Consegnato => format!("Consegnata a {destinatario}"),
        StatoInvio::NonConsegnato => format!("Non consegnata a {destinatario}"),
        StatoInvio::NonAccettato => format!("Non accettata dal gestore per {destinatario}"),
    }
}
