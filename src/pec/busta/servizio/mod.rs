//! Messages of the national services that write by PEC: the *Sistema di Interscambio* of electronic invoices (DM 55/2013, annexes A and
//! B) and *SEND*, the platform of notifications (DL 76/2020 art. 26).
//!
//! They are recognised by what they carry, and believed only if the provider signed that they come from the service: whoever likes can
//! attach an invoice, or write a subject.

mod sdi;
mod send;
mod xml;

use super::{Allegato, Busta, Tipo};
use crate::firma::Indicazione;
use serde::{Deserialize, Serialize};

/// What was recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Servizio {
    /// Whose message it says to be.
    pub nome: NomeServizio,
    /// What it is: `fattura`, or the two letters of a notification of the SdI; `aar` of SEND.
    pub tipo: String,
    /// The same in words.
    pub descrizione: String,
    /// A provider that we know signed that it comes from the service.
    pub confermato: bool,
    /// `IdentificativoSdI`.
    pub identificativo_sdi: Option<String>,
    /// `NomeFile`: the invoice that a notification speaks of.
    pub nome_file: Option<String>,
    /// `CedentePrestatore` of the invoice.
    pub fornitore: Option<Fornitore>,
    /// The invoices of the file: one, or those of a *lotto*.
    pub fatture: Vec<Fattura>,
    /// What a notification says of the invoice, in words.
    pub esito: Option<String>,
    /// `ListaErrori`, in the service's words.
    pub errori: Vec<String>,
    /// *Identificativo univoco della notifica* of SEND.
    pub iun: Option<String>,
    /// The body that notifies by SEND, as the subject says.
    pub ente: Option<String>,
}

/// The services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NomeServizio {
    /// Sistema di Interscambio.
    Sdi,
    /// Servizio Notifiche Digitali.
    Send,
}

/// Who issued an invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fornitore {
    /// `Denominazione`, or `Nome` and `Cognome`.
    pub denominazione: Option<String>,
    /// `IdFiscaleIVA`: country and code.
    pub partita_iva: Option<String>,
    /// `CodiceFiscale`.
    pub codice_fiscale: Option<String>,
}

/// One invoice, in the words of its schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fattura {
    /// `TipoDocumento`: `TD01`.
    pub tipo: Option<String>,
    /// `Numero`.
    pub numero: Option<String>,
    /// `Data`, as written.
    pub data: Option<String>,
    /// `ImportoTotaleDocumento`, as written.
    pub importo: Option<String>,
    /// `Divisa`.
    pub divisa: Option<String>,
}

impl Servizio {
    pub(super) fn new(nome: NomeServizio, tipo: &str, descrizione: &str) -> Self {
        Self {
            nome,
            tipo: tipo.to_owned(),
            descrizione: descrizione.to_owned(),
            confermato: false,
            identificativo_sdi: None,
            nome_file: None,
            fornitore: None,
            fatture: Vec::new(),
            esito: None,
            errori: Vec::new(),
            iun: None,
            ente: None,
        }
    }

    /// The subject that a clerk would give to its registration; none where that of the message says as much.
    #[must_use]
    pub fn oggetto(&self) -> Option<String> {
        let prima = self.fatture.first()?;
        let numero = prima.numero.as_deref().map(|n| format!(" n. {n}"))?;
        let del = prima.data.as_deref().map(|d| format!(" del {}", giorno(d))).unwrap_or_default();
        let altre = match self.fatture.len() {
            1 => String::new(),
            n => format!(" e altre {}", n - 1),
        };
        let chi = self.fornitore.as_ref().and_then(|f| f.denominazione.as_deref()).map(|d| format!(", {d}"));
        Some(format!("Fattura elettronica{numero}{del}{altre}{}", chi.unwrap_or_default()))
    }
}

/// `2026-03-12` as people write it; anything else as it is.
#[must_use]
pub fn giorno(data: &str) -> String {
    let corta = data.get(..10).unwrap_or(data);
    corta.parse::<chrono::NaiveDate>().map_or_else(|_| data.to_owned(), |d| d.format("%d/%m/%Y").to_string())
}

/// The message of a service among what came, with what is to be said of it.
pub(super) fn riconosci(busta: &Busta<'_>) -> (Option<Servizio>, Vec<String>) {
    if busta.kind.ricevuta() {
        return (None, Vec::new());
    }
    let propri: &[Allegato<'_>] = busta.original.as_ref().map_or(&busta.attachments, |o| &o.attachments);
    let mut rilievi = Vec::new();
    let trovato = sdi::fra(propri, &mut rilievi).or_else(|| send::di(busta));
    let Some(mut servizio) = trovato else { return (None, rilievi) };
    let del_servizio = |dominio: &str| match servizio.nome {
        NomeServizio::Sdi => dominio == "pec.fatturapa.it",
        NomeServizio::Send => dominio.ends_with(".notifichedigitali.it"),
    };
    let certificato = busta.daticert.as_ref().filter(|_| busta.kind == Tipo::PostaCertificata);
    let dominio = certificato.and_then(|d| d.mittente.as_deref()?.rsplit_once('@')).map(|(_, d)| d.to_lowercase());
    let suo = dominio.is_some_and(|d| del_servizio(&d));
    let firma = busta.provider_signature.as_ref().map(|f| f.indication);
    servizio.confermato = suo && firma == Some(Indicazione::TotalPassed);
    rilievi.extend(dubbio(&servizio, suo, firma));
    (Some(servizio), rilievi)
}

/// What to say of a message that the service is not known to have sent.
fn dubbio(servizio: &Servizio, suo: bool, firma: Option<Indicazione>) -> Option<String> {
    let (chi, copia) = match servizio.nome {
        NomeServizio::Sdi => ("Sistema di Interscambio", "Può essere una copia mandata dal fornitore, o un falso."),
        NomeServizio::Send => ("servizio SEND", "Non aprire i collegamenti: cerca la notifica dal sito di SEND."),
    };
    match (suo, firma) {
        _ if servizio.confermato => None,
        (true, Some(Indicazione::Indeterminate)) => {
            Some(format!("Viene da un indirizzo del {chi}, ma la firma del gestore non è confermata."))
        }
        (true, _) => {
            Some(format!("Dice di venire da un indirizzo del {chi}, ma la firma del gestore non vale. {copia}"))
        }
        (false, _) => Some(format!(
            "Ha la forma di un messaggio del {chi}, ma non viene da un suo indirizzo certificato. {copia}"
        )),
    }
}
