//! The header fields of a part: who, when, what about, and what kind of part it is.
//!
//! The reading of addresses, dates, encoded words (RFC 2047) and extended parameters (RFC 2231) is that of `mail-parser`, given
//! one bounded block at a time.

use super::decodifica::Codifica;
use super::lettere::{self, Come};
use super::limiti::{MASSIMA_INTESTAZIONE_BYTE, MASSIMI_RECAPITI, MASSIMO_CAMPO, MASSIMO_IDENTIFICATORE_BYTE};
use crate::valori::{IndirizzoMail, Istante};
use chrono::{DateTime, Datelike};
use encoding_rs::WINDOWS_1252;
use mail_parser::{Addr, Address, ContentType, Header, HeaderName, HeaderValue, MessageParser};
use std::borrow::Cow;
use std::fmt;

/// What is used of the header fields of a message or of a part.
#[derive(Debug, Clone, Default)]
pub struct Campi {
    /// `Message-ID`, between angle brackets.
    pub message_id: Option<String>,
    /// `Subject`, decoded.
    pub oggetto: Option<String>,
    /// `From`.
    pub da: Vec<Recapito>,
    /// `To`.
    pub a: Vec<Recapito>,
    /// `Cc`.
    pub cc: Vec<Recapito>,
    /// `Reply-To`.
    pub rispondi_a: Vec<Recapito>,
    /// `Date`, if it is a date of our time.
    pub data: Option<Istante>,
    /// `X-Trasporto` of transport envelopes, in lower case.
    pub trasporto: Option<String>,
    /// `X-Ricevuta` of receipts, in lower case.
    pub ricevuta: Option<String>,
    /// `X-Riferimento-Message-ID`: the Message-ID given by who wrote the message, between angle brackets.
    pub riferimento: Option<String>,
    /// Media type, in lower case: `text/plain` when none is said.
    pub tipo: String,
    /// `boundary` of a multipart.
    pub confine: Option<String>,
    /// `charset` of a text.
    pub charset: Option<String>,
    /// Name of the file, decoded, as the sender wrote it.
    pub nome: Option<String>,
    /// True if `Content-Disposition` says `attachment`.
    pub da_allegare: bool,
    /// `Content-Transfer-Encoding`.
    pub codifica: Option<String>,
    /// `Content-ID`, by which the HTML of the message names a picture.
    pub content_id: Option<String>,
    /// What was mended of their letters, in Italian.
    pub rilievi: Vec<String>,
}

impl Campi {
    /// Reads a header block. Only its first 256 KiB count, as the caller's finding says.
    pub fn leggi(blocco: &[u8]) -> Self {
        let (blocco, supposto) = in_utf8(blocco.get(..MASSIMA_INTESTAZIONE_BYTE).unwrap_or(blocco));
        let mut campi = Self { tipo: "text/plain".to_owned(), ..Self::default() };
        campi.rilievi.extend(supposto.then(|| SENZA_CODICE.to_owned()));
        campi.rilievi.extend(blocco.contains(&0).then(|| BYTE_NULLI.to_owned()));
        let Some(messaggio) = MessageParser::default().parse_headers(blocco.as_ref()) else { return campi };
        let Some(prima) = messaggio.parts.first() else { return campi };
        // The last of two equal fields is read first, so that the first one stays, as other readers have it.
        for campo in prima.headers.iter().rev() {
            campi.prendi(campo, &blocco);
        }
        campi
    }

    /// Without parties: those of the message count, and kept for a thousand parts they would fill the memory.
    pub fn di_parte(self) -> Self {
        Self { da: Vec::new(), a: Vec::new(), cc: Vec::new(), rispondi_a: Vec::new(), ..self }
    }

    /// The transfer encoding.
    pub fn codifica(&self) -> Codifica {
        Codifica::da_nome(self.codifica.as_deref().unwrap_or(""))
    }

    fn prendi(&mut self, campo: &Header<'_>, blocco: &[u8]) {
        match (&campo.name, &campo.value) {
            (HeaderName::Subject, valore) => self.oggetto = valore.as_text().map(|t| self.vero("L'oggetto", t)),
            (HeaderName::From, HeaderValue::Address(x)) => {
                self.da = recapiti(x);
                let doppio = x.iter().filter_map(|a| a.name.as_deref()).any(|n| lettere::ricomponi(n).is_some());
                self.rilievi.extend(doppio.then(|| Come::Doppio.frase("Il nome del mittente")).flatten());
            }
            (HeaderName::To, HeaderValue::Address(x)) => self.a = recapiti(x),
            (HeaderName::Cc, HeaderValue::Address(x)) => self.cc = recapiti(x),
            (HeaderName::ReplyTo, HeaderValue::Address(x)) => self.rispondi_a = recapiti(x),
            (HeaderName::Date, HeaderValue::DateTime(x)) => self.data = istante(x.to_timestamp(), x.is_valid()),
            (HeaderName::MessageId, _) => self.message_id = identificatore(&grezzo(campo, blocco)),
            (HeaderName::ContentId, _) => self.content_id = identificatore(&grezzo(campo, blocco)),
            (HeaderName::ContentType, HeaderValue::ContentType(x)) => self.prendi_tipo(x),
            (HeaderName::ContentDisposition, HeaderValue::ContentType(x)) => self.prendi_disposizione(x),
            (HeaderName::ContentTransferEncoding, valore) => self.codifica = valore.as_text().map(pulisci),
            (HeaderName::Other(nome), _) => self.prendi_pec(nome, &grezzo(campo, blocco)),
            _ => {}
        }
    }

    /// A text with its letters mended, which is said.
    fn vero(&mut self, che: &str, testo: &str) -> String {
        let Some(vero) = lettere::ricomponi(testo) else { return pulisci(testo) };
        self.rilievi.extend(Come::Doppio.frase(che));
        pulisci(&vero)
    }

    /// The name of the file, mended.
    fn nome_di(&mut self, parametro: &str) -> Option<String> {
        let scritto = nome(parametro)?;
        let vero = self.vero("Il nome di un allegato", &scritto);
        Some(vero).filter(|v| !v.is_empty())
    }

    /// The fields of DM 2/11/2005 (annex, 7.1); their case varies among providers.
    fn prendi_pec(&mut self, nome: &str, valore: &str) {
        let minuscolo = || Some(pulisci(valore).to_lowercase()).filter(|v| !v.is_empty());
        match nome.to_ascii_lowercase().as_str() {
            "x-trasporto" => self.trasporto = minuscolo(),
            "x-ricevuta" => self.ricevuta = minuscolo(),
            "x-riferimento-message-id" => self.riferimento = identificatore(valore),
            _ => {}
        }
    }

    fn prendi_tipo(&mut self, tipo: &ContentType<'_>) {
        let parola = |p: &str| !p.is_empty() && p.len() < 100 && p.bytes().all(|b| b.is_ascii_graphic() && b != b'/');
        let (primo, secondo) = (tipo.ctype(), tipo.subtype().unwrap_or(""));
        self.tipo = match (parola(primo), parola(secondo)) {
            (true, true) => format!("{primo}/{secondo}").to_ascii_lowercase(),
            _ if primo.eq_ignore_ascii_case("text") => "text/plain".to_owned(),
            _ => "application/octet-stream".to_owned(),
        };
        self.confine = tipo.attribute("boundary").map(|c| c.trim_end().to_owned()).filter(|c| !c.is_empty());
        self.charset = tipo.attribute("charset").map(pulisci);
        if self.nome.is_none() {
            self.nome = tipo.attribute("name").and_then(|n| self.nome_di(n));
        }
    }

    /// The name here goes before that of `Content-Type`.
    fn prendi_disposizione(&mut self, disposizione: &ContentType<'_>) {
        self.da_allegare = disposizione.ctype().eq_ignore_ascii_case("attachment");
        let nome = disposizione.attribute("filename").and_then(|n| self.nome_di(n));
        self.nome = nome.or_else(|| self.nome.take());
    }
}

/// One party of a header field: its name as it presents itself, and its address as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recapito {
    /// Display name, decoded; a claim of the sender.
    pub nome: Option<String>,
    /// What stands for the address, valid or not.
    pub indirizzo: String,
}

impl Recapito {
    /// The address, if it is one.
    #[must_use]
    pub fn mail(&self) -> Option<IndirizzoMail> {
        self.indirizzo.parse().ok()
    }
}

/// As RFC 5322 writes it, with the name in quotes where it must be.
impl fmt::Display for Recapito {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.nome {
            None => f.write_str(&self.indirizzo),
            Some(nome) if nome.contains(|c| "()<>[]:;@\\,.\"".contains(c)) => {
                write!(f, "\"{}\" <{}>", nome.replace('\\', "\\\\").replace('"', "\\\""), self.indirizzo)
            }
            Some(nome) => write!(f, "{nome} <{}>", self.indirizzo),
        }
    }
}

/// The same text in one line, without control characters and not too long.
pub fn pulisci(testo: &str) -> String {
    let senza_controlli =
        testo.chars().take(MASSIMO_CAMPO).map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    senza_controlli.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A Message-ID between angle brackets, so that two of them can be compared; none if it is longer than a line may be.
pub fn identificatore(testo: &str) -> Option<String> {
    let pulito = pulisci(testo);
    let dentro = pulito.split_once('<').map_or(pulito.as_str(), |(_, d)| d.split('>').next().unwrap_or(d)).trim();
    (1..=MASSIMO_IDENTIFICATORE_BYTE).contains(&dentro.len()).then(|| format!("<{dentro}>"))
}

/// What is said of a header block with letters that nobody declared.
const SENZA_CODICE: &str =
    "Le intestazioni hanno lettere senza codice di caratteri, fuori dallo standard: sono lette come Windows-1252.";

/// What is said of a header block that no mail program writes.
const BYTE_NULLI: &str = "Le intestazioni contengono byte nulli, che nessun programma di posta scrive: sono tolti.";

/// Fields whose letters are read by people.
const LETTI: [&[u8]; 7] = [b"subject", b"from", b"to", b"cc", b"reply-to", b"content-type", b"content-disposition"];

/// Header bytes as UTF-8: lines that are not are taken for Windows-1252, which old mailers wrote without saying. True if one of them is
/// of a field that people read.
fn in_utf8(blocco: &[u8]) -> (Cow<'_, [u8]>, bool) {
    if std::str::from_utf8(blocco).is_ok() {
        return (Cow::Borrowed(blocco), false);
    }
    let mut righe = Vec::with_capacity(blocco.len());
    let (mut letto, mut supposto) = (false, false);
    for riga in blocco.split_inclusive(|b| *b == b'\n') {
        if !matches!(riga, [b' ' | b'\t', ..]) {
            let nome = riga.split(|b| *b == b':').next().unwrap_or_default().trim_ascii();
            letto = LETTI.iter().any(|l| nome.eq_ignore_ascii_case(l));
        }
        match std::str::from_utf8(riga) {
            Ok(_) => righe.extend_from_slice(riga),
            Err(_) => {
                supposto |= letto;
                righe.extend_from_slice(WINDOWS_1252.decode(riga).0.as_bytes());
            }
        }
    }
    (Cow::Owned(righe), supposto)
}

fn grezzo(campo: &Header<'_>, blocco: &[u8]) -> String {
    let da_a = usize::try_from(campo.offset_start).ok().zip(usize::try_from(campo.offset_end).ok());
    let byte = da_a.and_then(|(da, a)| blocco.get(da..a)).unwrap_or_default();
    String::from_utf8_lossy(byte).into_owned()
}

fn recapiti(indirizzi: &Address<'_>) -> Vec<Recapito> {
    indirizzi.iter().filter_map(recapito).take(MASSIMI_RECAPITI).collect()
}

fn recapito(uno: &Addr<'_>) -> Option<Recapito> {
    let vero = |n: &str| pulisci(lettere::ricomponi(n).as_deref().unwrap_or(n));
    let nome = uno.name.as_deref().map(vero).filter(|n| !n.is_empty());
    let indirizzo = pulisci(uno.address.as_deref().unwrap_or(""));
    match (nome, indirizzo.is_empty()) {
        (None, true) => None,
        // A lone word without address: what stands there is shown as it is.
        (Some(nome), true) => Some(Recapito { nome: None, indirizzo: nome }),
        (nome, false) => Some(Recapito { nome, indirizzo }),
    }
}

fn istante(secondi: i64, valido: bool) -> Option<Istante> {
    let quando = DateTime::from_timestamp(secondi, 0)?;
    (valido && (1970..=2200).contains(&quando.year())).then(|| Istante::new(quando))
}

/// A file name out of a parameter; some mailers put encoded words inside its quotes, against RFC 2047.
fn nome(parametro: &str) -> Option<String> {
    if !parametro.contains("=?") {
        return (!parametro.trim().is_empty()).then(|| parametro.to_owned());
    }
    let campo = format!("Subject: {}\r\n\r\n", pulisci(parametro));
    let letto = MessageParser::default().parse_headers(campo.as_bytes());
    letto.as_ref().and_then(|m| m.subject()).map(str::to_owned).filter(|n| !n.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_decoded_however_they_are_written() {
        for (campi, atteso) in [
            ("Content-Disposition: attachment; filename=\"atto.pdf\"", Some("atto.pdf")),
            ("Content-Type: application/pdf; name=atto.pdf", Some("atto.pdf")),
            ("Content-Type: text/plain; name=\"a.txt\"\r\nContent-Disposition: inline; filename=b.txt", Some("b.txt")),
            (
                "Content-Disposition: attachment; filename=b.txt\r\nContent-Type: text/plain; name=\"a.txt\"",
                Some("b.txt"),
            ),
            ("Content-Type: a/b; name=\"=?utf-8?B?Y2l0dMOg?=.pdf\"", Some("città.pdf")),
            (
                "Content-Type: a/b; name=\"=?iso-8859-1?Q?citt=E0?=\r\n =?iso-8859-1?Q?_nuova=2Epdf?=\"",
                Some("città nuova.pdf"),
            ),
            ("Content-Disposition: attachment; filename*=utf-8''citt%C3%A0.pdf", Some("città.pdf")),
            (
                "Content-Disposition: attachment; filename*0*=iso-8859-1'it'citt%E0;\r\n filename*1=\" nuova.pdf\"",
                Some("città nuova.pdf"),
            ),
            ("Content-Disposition: attachment; filename=\"citt\u{e0}.pdf\"", Some("città.pdf")),
            ("Content-Disposition: attachment", None),
            ("Content-Disposition: attachment; filename=\"\"", None),
        ] {
            assert_eq!(Campi::leggi(format!("{campi}\r\n\r\n").as_bytes()).nome.as_deref(), atteso, "{campi}");
        }
        let latino = Campi::leggi(b"Content-Disposition: attachment; filename=\"citt\xe0.pdf\"\r\n\r\n");
        assert_eq!(latino.nome.as_deref(), Some("città.pdf"));
    }

    #[test]
    fn parties_are_written_as_rfc_5322_wants() {
        for (campo, atteso) in [
            ("a@b.it", "a@b.it"),
            ("Mario Rossi <a@b.it>", "Mario Rossi <a@b.it>"),
            (
                "\"Per conto di: x@y.it\" <posta-certificata@pec.it>",
                "\"Per conto di: x@y.it\" <posta-certificata@pec.it>",
            ),
            ("=?utf-8?Q?Citt=C3=A0_S=2Er=2El=2E?= <a@b.it>", "\"Città S.r.l.\" <a@b.it>"),
            ("nessuno", "nessuno"),
        ] {
            let campi = Campi::leggi(format!("From: {campo}\r\n\r\n").as_bytes());
            assert_eq!(campi.da.first().map(ToString::to_string).as_deref(), Some(atteso), "{campo}");
        }
    }

    #[test]
    fn the_first_of_two_equal_fields_counts() {
        let campi = Campi::leggi(b"Subject: uno\r\nSubject: due\r\nDate: Mon, 16 Nov 2026 09:12:40 +0100\r\n\r\n");
        assert_eq!(campi.oggetto.as_deref(), Some("uno"));
        assert_eq!(campi.data.map(|d| d.to_string()).as_deref(), Some("2026-11-16T08:12:40.000Z"));
    }

    #[test]
    fn identifiers_can_be_compared() {
        for testo in ["<a@b>", " <a@b>\r\n", "a@b", "rumore <a@b> rumore"] {
            assert_eq!(identificatore(testo).as_deref(), Some("<a@b>"), "{testo:?}");
        }
        assert_eq!(identificatore("<>"), None);
        assert_eq!(identificatore(&"x".repeat(999)), None);
    }
}
