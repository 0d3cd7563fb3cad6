//! The message of a send: text, documents and `Segnatura.xml` (Circolare AgID 60/2013: this very name).

use super::{Casella, Errore, Invio};
use crate::documenti::Deposito;
use crate::registro::Registrazione;
use crate::utenti::Aoo;
use crate::valori::Istante;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use std::time::SystemTime;

/// Largest message that providers accept, in MiB (DM 2/11/2005, annex, 6.3).
const MASSIMO_MIB: u64 = 30;

/// What is sent, and what goes with it.
pub(super) struct Plico<'a> {
    pub aoo: &'a Aoo,
    pub casella: &'a Casella,
    pub registrazione: &'a Registrazione,
    pub segnatura: &'a str,
    pub invio: &'a Invio,
    pub istante: Istante,
}

/// The bytes of the message: the same for the same send, so that they can be stored once and sent again.
pub(super) fn componi(p: &Plico<'_>, deposito: &Deposito) -> Result<Vec<u8>, Errore> {
    let no = |e: &dyn std::fmt::Display| Errore::Composizione(e.to_string());
    let totale: i64 = p.registrazione.documenti.iter().map(|d| d.dimensione).sum();
    // Base64 makes four bytes of three.
    if u64::try_from(totale).unwrap_or(u64::MAX) > MASSIMO_MIB * 1024 * 1024 / 4 * 3 {
        return Err(Errore::TroppoGrande(MASSIMO_MIB));
    }
    let mut parti = MultiPart::mixed().singlepart(SinglePart::plain(testo(p)));
    for d in &p.registrazione.documenti {
        let bytes = deposito.leggi(&d.impronta, MASSIMO_MIB * 1024 * 1024)?;
        let tipo = ContentType::parse(&d.media_type).unwrap_or(ContentType::TEXT_PLAIN);
        parti = parti.singlepart(Attachment::new(d.nome.to_string()).body(bytes, tipo));
    }
    let xml = ContentType::parse("application/xml").map_err(|e| no(&e))?;
    parti = parti.singlepart(Attachment::new("Segnatura.xml".to_owned()).body(p.segnatura.as_bytes().to_vec(), xml));
    let da: Address = p.casella.indirizzo.as_str().parse().map_err(|e| no(&e))?;
    let a: Address = p.invio.destinatario.parse().map_err(|e| no(&e))?;
    let messaggio = Message::builder()
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
