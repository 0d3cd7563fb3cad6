//! *Letto*: a message that was read, with its files in the store or on their way there: what is left is to write it down.

use super::Errore;
use super::busta::{Allegato, Busta, Tipo};
use crate::documenti::Riposto;
use crate::firma::{Indicazione, Prova};
use crate::segnatura::Lettura;
use crate::valori::{Impronta, Istante, NomeFile, Oggetto};
use serde_json::Value;

/// Longest reading kept beside a message; the whole is always in the store.
const MASSIMO_CORPO: usize = 200_000;

/// A message as it was read. Nothing of it is borrowed, so that it can be read on one thread and written on another.
pub(super) struct Letto {
    /// The whole message.
    pub intero: Riposto,
    /// `Message-ID` of the envelope.
    pub message_id: Option<String>,
    /// Kind, in the words of the law.
    pub genere: &'static str,
    /// Identificativo of the PEC, of what is no receipt.
    pub identificativo: Option<String>,
    /// What a receipt speaks of.
    pub riferito: Option<String>,
    /// Who sent it, for people.
    pub mittente: String,
    /// Its subject.
    pub oggetto: Oggetto,
    /// When the provider delivered it, if it says so.
    pub consegnato: Option<Istante>,
    /// Verdict on the provider's signature.
    pub firma_gestore: Option<&'static str>,
    /// How many things a clerk should know.
    pub rilievi: usize,
    /// The JSON of `tabulario busta`, without what no database keeps.
    pub lettura: String,
    /// SHA-256 of that JSON.
    pub impronta_lettura: Impronta,
    /// The files of the sender, in order.
    pub allegati: Vec<Allegata>,
    /// The address of who sent it, as the provider certifies it if it does; empty if nobody says it.
    pub scrive: String,
    /// The provider, whom we know, vouches for that.
    pub certificato: bool,
    /// The segnatura or return message among its files.
    pub segnatura: Option<Lettura>,
}

/// A file of a message, stored and judged.
pub(super) struct Allegata {
    pub nome: NomeFile,
    pub riposto: Riposto,
    pub prova: Option<Prova>,
}

impl Letto {
    /// Puts together what was read.
    pub(super) fn new(busta: &Busta<'_>, intero: Riposto, allegati: Vec<Allegata>) -> Result<Self, Errore> {
        let originale = busta.original.as_ref();
        let mittente = originale.and_then(|o| o.mittente.as_ref()).or(busta.mittente.as_ref());
        let oggetto = originale.and_then(|o| o.subject.as_deref()).or(busta.subject.as_deref()).unwrap_or("");
        let daticert = busta.daticert.as_ref();
        let lettura = lettura(busta)?;
        let (scrive, certificato) = chi_scrive(busta);
        Ok(Self {
            intero,
            message_id: busta.message_id.clone(),
            genere: busta.kind.as_str(),
            identificativo: daticert.and_then(|d| d.identificativo.clone()).filter(|_| !busta.kind.ricevuta()),
            riferito: busta.refers_to.clone(),
            mittente: mittente.map_or_else(|| "(mittente sconosciuto)".to_owned(), ToString::to_string),
            oggetto: Oggetto::da_arrivo(oggetto).0,
            consegnato: daticert.and_then(|d| d.data).or(busta.date),
            firma_gestore: busta.provider_signature.as_ref().map(|f| f.indication.as_str()),
            rilievi: busta.findings.len(),
            impronta_lettura: Impronta::of(lettura.as_bytes()),
            lettura,
            allegati,
            scrive,
            certificato,
            segnatura: busta.segnatura.clone(),
        })
    }
}

/// Who sent a message, and whether its provider vouches for it.
fn chi_scrive(busta: &Busta<'_>) -> (String, bool) {
    let provata = busta.provider_signature.as_ref().is_some_and(|f| f.indication == Indicazione::TotalPassed);
    let certificato = busta.daticert.as_ref().and_then(|d| d.mittente.clone());
    match certificato.filter(|_| busta.kind == Tipo::PostaCertificata) {
        Some(mittente) => (mittente, provata),
        None => (busta.mittente.as_ref().map(|m| m.indirizzo.clone()).unwrap_or_default(), false),
    }
}

/// The files of the sender: those inside the envelope, or those of ordinary mail. A receipt has none of its own.
pub(super) fn propri<'b, 'a>(busta: &'b Busta<'a>) -> &'b [Allegato<'a>] {
    match &busta.original {
        _ if busta.kind.ricevuta() => &[],
        Some(originale) => &originale.attachments,
        None => &busta.attachments,
    }
}

/// The instant that judges the signatures: when the provider took the message in charge, if its own signature says so; else now. What
/// anybody could have written proves no time.
pub(super) fn opponibile(busta: &Busta<'_>, adesso: Istante) -> Istante {
    let provata = busta.provider_signature.as_ref().is_some_and(|f| f.indication == Indicazione::TotalPassed);
    busta.daticert.as_ref().filter(|_| provata).and_then(|d| d.data).filter(|d| *d <= adesso).unwrap_or(adesso)
}

/// The reading as JSON; a body longer than a person reads is cut, the whole is in the store.
fn lettura(busta: &Busta<'_>) -> Result<String, Errore> {
    let mut json = serde_json::to_value(busta).map_err(|e| Errore::Composizione(e.to_string()))?;
    if let Some(Value::String(corpo)) = json.pointer_mut("/original/body") {
        *corpo = corpo.chars().take(MASSIMO_CORPO).collect();
    }
    if json.get("original").is_none_or(Value::is_null)
        && let Some(oggetto) = json.as_object_mut()
    {
        let corpo: String = busta.body.chars().take(MASSIMO_CORPO).collect();
        oggetto.insert("body".to_owned(), corpo.into());
    }
    if let Some(oggetto) = json.as_object_mut().filter(|_| busta.html) {
        oggetto.insert("html".to_owned(), true.into());
    }
    togli_nul(&mut json);
    Ok(json.to_string())
}

/// PostgreSQL keeps no NUL in a text. Taken from the values and not from the written JSON, where `\u0000` may be what somebody
/// wrote letter by letter.
fn togli_nul(json: &mut Value) {
    match json {
        Value::String(testo) => testo.retain(|c| c != '\0'),
        Value::Array(valori) => valori.iter_mut().for_each(togli_nul),
        Value::Object(membri) => membri.values_mut().for_each(togli_nul),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
