//! The message of a send: text, documents and `Segnatura.xml` (Circolare AgID 60/2013: this very name).

use super::ritorno::Scritto;
use super::{Casella, Errore, Invio, TipoRicevuta};
use crate::documenti::Deposito;
use crate::registro::Registrazione;
use crate::utenti::Aoo;
use crate::valori::Istante;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use std::time::SystemTime;

const MIB: u64 = 1024 * 1024;
const XML: &str = "application/xml";

/// Nobody answers a machine (RFC 3834).
const AUTOMATICO: (&str, &str) = ("Auto-Submitted", "auto-replied");

/// The header by which the sender chooses the receipt (DM 2/11/2005, annex, 6.5.3).
const TIPO_RICEVUTA: &str = "X-TipoRicevuta";

/// Refuses what the provider of the mailbox would refuse: looked at before anything is queued.
///
/// # Errors
/// If the message would be larger than the provider takes.
pub(super) fn entra(r: &Registrazione, casella: &Casella) -> Result<(), Errore> {
    let totale: i64 = r.documenti.iter().map(|d| d.dimensione).sum();
    // Base64 makes four bytes of three, and a line's end of every 76.
    let codificato = u64::try_from(totale).unwrap_or(u64::MAX) / 3 * 4 / 76 * 78;
    let massimo = u64::from(casella.massimo_mib());
    if codificato > MIB * massimo { Err(Errore::TroppoGrande(massimo)) } else { Ok(()) }
}

/// What is sent, and what goes with it.
pub(super) struct Plico<'a> {
    pub aoo: &'a Aoo,
    pub casella: &'a Casella,
    pub registrazione: &'a Registrazione,
    /// None for an AOO that reads none.
    pub segnatura: Option<&'a str>,
    pub invio: &'a Invio,
    pub istante: Istante,
}

/// The bytes of the message: the same for the same send, so that they can be stored once and sent again.
pub(super) fn componi(p: &Plico<'_>, deposito: &Deposito) -> Result<Vec<u8>, Errore> {
    let no = |e: &dyn std::fmt::Display| Errore::Composizione(e.to_string());
    entra(p.registrazione, p.casella)?;
    let mut parti = MultiPart::mixed().singlepart(SinglePart::plain(testo(p)));
    for d in &p.registrazione.documenti {
        let bytes = deposito.leggi(&d.impronta, MIB * u64::from(p.casella.massimo_mib()))?;
        let tipo = ContentType::parse(&d.media_type).unwrap_or(ContentType::TEXT_PLAIN);
        parti = parti.singlepart(Attachment::new(d.nome.to_string()).body(bytes, tipo));
    }
    if let Some(segnatura) = p.segnatura {
        let xml = ContentType::parse(XML).map_err(|e| no(&e))?;
        parti = parti.singlepart(Attachment::new("Segnatura.xml".to_owned()).body(segnatura.as_bytes().to_vec(), xml));
    }
    let da: Address = p.casella.indirizzo.as_str().parse().map_err(|e| no(&e))?;
    let a: Address = p.invio.destinatario.parse().map_err(|e| no(&e))?;
    let mut messaggio = Message::builder()
        .from(Mailbox::new(Some(p.aoo.denominazione.to_string()), da))
        .to(Mailbox::new(None, a))
        .subject(format!(
            "Prot. {} del {} - {}",
            p.registrazione.numero,
            p.registrazione.istante.giorno().format("%d/%m/%Y"),
            p.registrazione.oggetto
        ))
        .message_id(Some(p.invio.message_id.clone()))
        .date(SystemTime::from(p.istante.date_time()))
        .multipart(parti)
        .map_err(|e| no(&e))?;
    if p.invio.ricevuta != TipoRicevuta::Completa {
        let tipo =
            HeaderValue::new(HeaderName::new_from_ascii_str(TIPO_RICEVUTA), p.invio.ricevuta.as_str().to_owned());
        messaggio.headers_mut().insert_raw(tipo);
    }
    Ok(messaggio.formatted())
}

/// The bytes of the message that carries an answer: its text and, for an AOO, the one file that its system reads.
pub(super) fn risposta(
    (aoo, casella): (&Aoo, &Casella),
    scritto: &Scritto,
    invio: &Invio,
    istante: Istante,
) -> Result<Vec<u8>, Errore> {
    let no = |e: &dyn std::fmt::Display| Errore::Composizione(e.to_string());
    let da: Address = casella.indirizzo.as_str().parse().map_err(|e| no(&e))?;
    let a: Address = invio.destinatario.parse().map_err(|e| no(&e))?;
    let messaggio = Message::builder()
        .from(Mailbox::new(Some(aoo.denominazione.to_string()), da))
        .to(Mailbox::new(None, a))
        .subject(scritto.oggetto.clone())
        .message_id(Some(invio.message_id.clone()))
        .date(SystemTime::from(istante.date_time()));
    let testo = SinglePart::plain(scritto.testo.clone());
    let messaggio = match (&scritto.xml, scritto.genere.tipo()) {
        (Some(xml), Some(tipo)) => {
            let file = Attachment::new(tipo.file().to_owned());
            let file = file.body(xml.as_bytes().to_vec(), ContentType::parse(XML).map_err(|e| no(&e))?);
            messaggio.multipart(MultiPart::mixed().singlepart(testo).singlepart(file))
        }
        _ => messaggio.singlepart(testo),
    };
    let mut messaggio = messaggio.map_err(|e| no(&e))?;
    let automatico = HeaderName::new_from_ascii_str(AUTOMATICO.0);
    messaggio.headers_mut().insert_raw(HeaderValue::new(automatico, AUTOMATICO.1.to_owned()));
    Ok(messaggio.formatted())
}

fn testo(p: &Plico<'_>) -> String {
    let r = p.registrazione;
    let documenti: Vec<String> = r.documenti.iter().map(|d| format!("- {} ({})", d.nome, d.impronta)).collect();
    format!(
        "{} - {}\n\nProtocollo n. {} del {}\nOggetto: {}\n\nDocumenti allegati, ciascuno con la sua impronta SHA-256:\n{}\n\n{}\n",
        p.aoo.ente,
        p.aoo.denominazione,
        r.numero,
        r.istante.leggibile(),
        r.oggetto,
        documenti.join("\n"),
        r.segnatura
    )
}
