//! What a message proposes for its registration: every value comes from the message, a person may change each.

use super::Messaggio;
use crate::registro::{Corrispondente, ProtocolloMittente, RuoloCorrispondente};
use crate::segnatura::{NomeParte, Parte, TipoParte};
use crate::valori::{Denominazione, Impronta, IndirizzoMail, Istante, Oggetto};
use chrono::NaiveDate;
use serde_json::Value;

/// What a provider or a mail program puts before the subject.
const PREFISSI: &[&str] = &["POSTA CERTIFICATA:", "ANOMALIA MESSAGGIO:", "RE:", "R:", "FWD:", "FW:", "I:"];

/// Names of files that are machinery of the message, not documents.
const MACCHINARIO: &[&str] = &["segnatura.xml", "daticert.xml", "postacert.eml", "smime.p7s", "conferma.xml"];

/// A proposal.
#[derive(Debug, Clone)]
pub struct Proposta {
    /// The sender.
    pub mittente: Corrispondente,
    /// The subject, without prefixes.
    pub oggetto: Oggetto,
    /// The *presentazione*: when the provider delivered.
    pub arrivo: Option<Istante>,
    /// The sender's own number, from its segnatura.
    pub protocollo_mittente: Option<ProtocolloMittente>,
    /// The file that looks like the document; none if the message itself is.
    pub principale: Option<Impronta>,
}

impl Proposta {
    /// With the sender's name and the document that a person chose.
    #[must_use]
    pub fn con(mut self, mittente: &Denominazione, principale: Option<Impronta>) -> Self {
        if !matches!(&self.mittente.parte.nome, NomeParte::Denominazione(d) if d == mittente) {
            self.mittente.parte.nome = NomeParte::Denominazione(mittente.clone());
        }
        self.principale = principale.or(self.principale);
        self
    }
}

/// What the message proposes.
#[must_use]
pub fn proponi(m: &Messaggio) -> Proposta {
    let segnatura = m.lettura.get("segnatura").filter(|s| s.get("kind").is_some_and(|k| k == "segnatura"));
    // `Invio File 7339338` says nothing; the invoice does, if it comes from the service.
    let della_fattura = || m.servizio().filter(|s| s.confermato)?.oggetto();
    let oggetto = testo(segnatura, "/oggetto").or_else(della_fattura);
    let oggetto = oggetto.unwrap_or_else(|| senza_prefissi(&m.oggetto).to_owned());
    Proposta {
        mittente: mittente(m, segnatura),
        oggetto: Oggetto::da_arrivo(&oggetto).0,
        arrivo: m.consegnato.filter(|c| *c <= m.ricevuto),
        protocollo_mittente: protocollo(segnatura, m.ricevuto.giorno()),
        principale: principale(m, segnatura),
    }
}

/// The subject without what providers and mail programs put before it.
fn senza_prefissi(oggetto: &str) -> &str {
    let mut resto = oggetto.trim();
    while let Some(senza) = PREFISSI.iter().find_map(|p| {
        let testa = resto.get(..p.len())?;
        testa.eq_ignore_ascii_case(p).then(|| resto.get(p.len()..).unwrap_or("").trim_start())
    }) {
        resto = senza;
    }
    if resto.is_empty() { oggetto } else { resto }
}

fn testo(json: Option<&Value>, dove: &str) -> Option<String> {
    json?.pointer(dove)?.as_str().map(str::to_owned).filter(|t| !t.trim().is_empty())
}

fn mittente(m: &Messaggio, segnatura: Option<&Value>) -> Corrispondente {
    let certificato = testo(Some(&m.lettura), "/daticert/mittente");
    let pec: Option<IndirizzoMail> = certificato.or_else(|| indirizzo(&m.mittente)).and_then(|i| i.parse().ok());
    let ente = testo(segnatura, "/mittente");
    let tipo = if ente.is_some() { TipoParte::Amministrazione } else { TipoParte::PersonaGiuridica };
    let nome = ente.or_else(|| nome(&m.mittente)).or_else(|| pec.as_ref().map(ToString::to_string));
    let nome = nome.unwrap_or_else(|| Denominazione::sconosciuta().to_string());
    let nome = Oggetto::da_arrivo(&nome).0;
    let corto: String = nome.as_str().chars().take(500).collect();
    let denominazione = corto.parse().unwrap_or_else(|_| Denominazione::sconosciuta());
    let codici = segnatura.filter(|s| !smentita(s));
    let parte = Parte {
        tipo,
        nome: NomeParte::Denominazione(denominazione),
        codice_fiscale: None,
        codice_ipa: testo(codici, "/identificatore/amministrazione").and_then(|c| c.parse().ok()),
        codice_aoo: testo(codici, "/identificatore/aoo").and_then(|c| c.parse().ok()),
        codice_uo: None,
        pec,
    };
    Corrispondente { ruolo: RuoloCorrispondente::Mittente, parte, per_conoscenza: false }
}

/// Whether the seal is of another body than the one whose code the segnatura claims: the code is then nobody's. It would find others who
/// wrote with it, and be written as the sender's own.
fn smentita(segnatura: &Value) -> bool {
    segnatura.pointer("/seal/codeConfirmed").is_some_and(|confermato| confermato == false)
}

/// The display name of `Rossi <rossi@pec.it>`, without the provider's `Per conto di:`.
fn nome(scritto: &str) -> Option<String> {
    let nome = scritto.split('<').next()?.trim().trim_matches('"').trim();
    let nome = nome.strip_prefix("Per conto di:").unwrap_or(nome).trim();
    (!nome.is_empty()).then(|| nome.to_owned())
}

fn indirizzo(scritto: &str) -> Option<String> {
    match scritto.rsplit_once('<') {
        Some((_, resto)) => resto.strip_suffix('>').map(str::to_owned),
        None => Some(scritto.trim().to_owned()),
    }
}

/// The sender's number, with its date unless that is after the day on which it arrived: the register would refuse it.
fn protocollo(segnatura: Option<&Value>, arrivato: NaiveDate) -> Option<ProtocolloMittente> {
    let numero = testo(segnatura, "/identificatore/numero")?.parse().ok()?;
    let data = testo(segnatura, "/identificatore/data").and_then(|d| d.parse().ok()).filter(|d| *d <= arrivato);
    Some(ProtocolloMittente { numero, data })
}

/// The one named by the segnatura; else the largest signed file or PDF; else the largest.
fn principale(m: &Messaggio, segnatura: Option<&Value>) -> Option<Impronta> {
    let documenti: Vec<_> =
        m.allegati.iter().filter(|a| !MACCHINARIO.contains(&a.nome.as_str().to_lowercase().as_str())).collect();
    let nominato =
        segnatura.and_then(|s| s.get("documenti")?.as_array()?.iter().find(|d| d["ruolo"] == "principale").cloned());
    let nominato = testo(nominato.as_ref(), "/nome");
    if let Some(a) =
        documenti.iter().find(|a| nominato.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(a.nome.as_str())))
    {
        return Some(a.riposto.impronta);
    }
    let da_documento = |tipo: &str| matches!(tipo, "application/pkcs7-mime" | "application/pdf");
    let scelto = documenti.iter().max_by_key(|a| (da_documento(&a.riposto.media_type), a.riposto.dimensione));
    scelto.map(|a| a.riposto.impronta)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn prefixes_are_taken_off_however_many() {
        for (scritto, atteso) in [
            ("POSTA CERTIFICATA: Istanza", "Istanza"),
            ("Posta certificata: R: Fwd: Istanza", "Istanza"),
            ("Riunione", "Riunione"),
            ("I: ", "I: "),
            ("", ""),
        ] {
            assert_eq!(senza_prefissi(scritto), atteso, "{scritto:?}");
        }
    }

    #[test]
    fn a_code_that_the_seal_belies_is_not_proposed() {
        for (sigillo, atteso) in [
            (json!(null), false),
            (json!({ "indication": "TOTAL-PASSED" }), false),
            (json!({ "indication": "TOTAL-PASSED", "codeConfirmed": true }), false),
            (json!({ "indication": "INDETERMINATE", "codeConfirmed": false }), true),
        ] {
            assert_eq!(smentita(&json!({ "seal": sigillo })), atteso, "{sigillo}");
        }
    }

    #[test]
    fn names_and_addresses_are_told_apart() {
        assert_eq!(
            nome("\"Per conto di: rossi@pec.it\" <posta-certificata@gestore.it>").as_deref(),
            Some("rossi@pec.it")
        );
        assert_eq!(nome("rossi@pec.it").as_deref(), Some("rossi@pec.it"));
        assert_eq!(indirizzo("Rossi <rossi@pec.it>").as_deref(), Some("rossi@pec.it"));
        assert_eq!(nome("<rossi@pec.it>"), None);
    }
}
