//! How far the sends of an uscita have come, recipient by recipient, with the receipts that say so.

use crate::pec::{Invio, StatoInvio};

/// A send to one recipient.
pub(super) struct InvioVisto {
    pub(super) destinatario: String,
    pub(super) stato: &'static str,
    pub(super) icona: &'static str,
    pub(super) esito: &'static str,
    pub(super) tappe: Vec<TappaVista>,
}

/// A state it reached.
pub(super) struct TappaVista {
    pub(super) stato: &'static str,
    pub(super) istante: String,
    pub(super) leggibile: String,
    pub(super) ricevuta: Option<String>,
}

/// Word, icon and kind of a state.
pub(super) fn parola(stato: StatoInvio) -> (&'static str, &'static str, &'static str) {
    match stato {
        StatoInvio::InCoda => ("In coda", "it-clock", "attesa"),
        StatoInvio::Inviato => ("Inviato", "it-clock", "attesa"),
        StatoInvio::Accettato => ("Accettato dal gestore", "it-clock", "attesa"),
        StatoInvio::Consegnato => ("Consegnato", "it-check-circle", "buona"),
        StatoInvio::NonConsegnato => ("Non consegnato", "it-close-circle", "cattiva"),
        StatoInvio::NonAccettato => ("Non accettato dal gestore", "it-close-circle", "cattiva"),
    }
}

pub(super) fn visto(invio: &Invio) -> InvioVisto {
    let (stato, icona, esito) = parola(invio.stato);
    let tappe = invio.tappe.iter().map(|t| TappaVista {
        stato: parola(t.stato).0,
        istante: t.istante.roma(),
        leggibile: t.istante.leggibile(),
        ricevuta: t.ricevuta.map(|r| r.to_string()),
    });
    InvioVisto { destinatario: invio.destinatario.clone(), stato, icona, esito, tappe: tappe.collect() }
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
