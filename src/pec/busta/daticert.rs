//! `daticert.xml`: what the provider certifies about a message (DM 2/11/2005, annex, 7.4, with its DTD).
//!
//! Read in UTF-8, UTF-16 or any declared charset. Document types are refused, entities beyond the five of XML are not followed.

use super::campi::{identificatore, pulisci};
use super::lettere::{self, Come};
use super::limiti::{
    MASSIMA_PROFONDITA_DATICERT, MASSIMI_RECAPITI, MASSIMO_DATICERT_BYTE, MASSIMO_IDENTIFICATORE_BYTE,
};
use crate::valori::Istante;
use chrono::{DateTime, FixedOffset, Utc};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde::Serialize;
use std::borrow::Cow;

/// The certified data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Daticert {
    /// `postacert/@tipo`: which envelope or receipt this is.
    #[serde(skip)]
    pub tipo: String,
    /// `identificativo`: the provider's identifier of the message, the same in every box that it reaches.
    pub identificativo: Option<String>,
    /// `msgid`: the Message-ID that the sender had given, between angle brackets.
    pub msgid: Option<String>,
    /// `mittente`: who wrote.
    pub mittente: Option<String>,
    /// `destinatari`: all recipients, To and Cc.
    pub destinatari: Vec<DestinatarioCertificato>,
    /// `gestore-emittente`: the provider.
    pub gestore: Option<String>,
    /// `data`: when the provider dealt with the message.
    pub data: Option<Istante>,
    /// `oggetto` of the original message.
    pub oggetto: Option<String>,
    /// `ricevuta/@tipo`: `completa`, `breve` or `sintetica`, the delivery receipt that the sender asked for.
    pub ricevuta: Option<String>,
    /// `consegna`: the recipient to whom delivery was made or tried.
    pub consegna: Option<String>,
    /// `postacert/@errore`: `nessuno`, `no-dest`, `no-dominio`, `virus` or `altro`.
    pub errore: Option<String>,
    /// `errore-esteso`: the provider's words on the error.
    #[serde(skip)]
    pub errore_esteso: Option<String>,
    /// `ricezione`: the recipients whom another provider took in charge.
    #[serde(skip)]
    pub ricezione: Vec<String>,
    /// `risposte`: where answers go.
    #[serde(skip)]
    pub risposte: Option<String>,
}

/// A recipient and its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DestinatarioCertificato {
    /// The address.
    pub indirizzo: String,
    /// `certificato` for a PEC box, `esterno` for others.
    pub tipo: String,
}

/// Reads the file; `Err` is the sentence for the clerk when it is not one. With the data, what else was odd.
pub fn leggi(bytes: &[u8]) -> Result<(Daticert, Vec<String>), String> {
    if bytes.len() > MASSIMO_DATICERT_BYTE {
        return Err("I dati di certificazione (daticert.xml) sono troppo lunghi e non sono stati letti.".to_owned());
    }
    let mut lettura = Lettura::default();
    let (testo, come) = in_testo(bytes);
    let difetto = lettura.percorri(&testo).err();
    if !lettura.radice {
        let perche = difetto.unwrap_or_else(|| "manca l'elemento «postacert»".to_owned());
        return Err(format!("I dati di certificazione (daticert.xml) non si leggono: {perche}."));
    }
    let mut rilievi: Vec<String> = come.frase("Il file daticert.xml").into_iter().collect();
    rilievi.extend(lettura.ricomposto.then(|| Come::Doppio.frase("L'oggetto certificato")).flatten());
    rilievi.extend(difetto.map(|d| format!("I dati di certificazione (daticert.xml) si leggono solo in parte: {d}.")));
    lettura.concludi(&mut rilievi);
    Ok((lettura.dati, rilievi))
}

#[derive(Default)]
struct Lettura {
    dati: Daticert,
    radice: bool,
    /// Local names of the open elements.
    aperti: Vec<String>,
    testo: String,
    tipo_destinatario: Option<String>,
    /// The subject had its letters broken, and was mended.
    ricomposto: bool,
    zona: String,
    giorno: String,
    ora: String,
}

impl Lettura {
    /// Goes through the events; stops with a reason at what cannot be read.
    fn percorri(&mut self, xml: &str) -> Result<(), String> {
        let mut lettore = Reader::from_str(xml);
        loop {
            match lettore.read_event().map_err(|e| format!("l'XML è guasto ({e})"))? {
                Event::Start(inizio) => self.apri(&inizio)?,
                Event::Empty(vuoto) => {
                    self.apri(&vuoto)?;
                    self.chiudi();
                }
                Event::End(_) => self.chiudi(),
                Event::Text(testo) => self.testo.push_str(&testo),
                Event::CData(testo) => self.testo.push_str(&testo),
                Event::GeneralRef(nome) => self.testo.push_str(&riferimento(&nome)?),
                Event::DocType(_) => return Err("contiene un DOCTYPE, che non è ammesso".to_owned()),
                Event::Eof if self.aperti.is_empty() => return Ok(()),
                Event::Eof => return Err("l'XML finisce prima del tempo".to_owned()),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
    }

    fn apri(&mut self, inizio: &BytesStart<'_>) -> Result<(), String> {
        if self.aperti.len() >= MASSIMA_PROFONDITA_DATICERT {
            return Err("gli elementi sono annidati troppo".to_owned());
        }
        let nome = inizio.local_name().as_ref().to_owned();
        match (self.aperti.last().map(String::as_str), nome.as_str()) {
            (None, "postacert") => {
                self.radice = true;
                self.dati.tipo = attributo(inizio, "tipo").unwrap_or_default().to_lowercase();
                self.dati.errore = attributo(inizio, "errore");
            }
            (Some("intestazione"), "destinatari") => self.tipo_destinatario = attributo(inizio, "tipo"),
            (Some("dati"), "data") => self.zona = attributo(inizio, "zona").unwrap_or_default(),
            (Some("dati"), "ricevuta") => self.dati.ricevuta = attributo(inizio, "tipo"),
            _ => {}
        }
        self.aperti.push(nome);
        self.testo.clear();
        Ok(())
    }

    fn chiudi(&mut self) {
        let Some(nome) = self.aperti.pop() else { return };
        let scritto = std::mem::take(&mut self.testo);
        let vero = lettere::ricomponi(&scritto).filter(|_| nome == "oggetto");
        self.ricomposto |= vero.is_some();
        let testo = pulisci(vero.as_deref().unwrap_or(&scritto));
        if testo.is_empty() {
            return;
        }
        let dati = &mut self.dati;
        match (self.aperti.last().map_or("", String::as_str), nome.as_str()) {
            ("intestazione", "mittente") => dati.mittente = Some(testo),
            ("intestazione", "destinatari") if dati.destinatari.len() < MASSIMI_RECAPITI => {
                let tipo = self.tipo_destinatario.take().unwrap_or_else(|| "certificato".to_owned());
                dati.destinatari.push(DestinatarioCertificato { indirizzo: testo, tipo });
            }
            ("intestazione", "risposte") => dati.risposte = Some(testo),
            ("intestazione", "oggetto") => dati.oggetto = Some(testo),
            ("dati", "gestore-emittente") => dati.gestore = Some(testo),
            ("data", "giorno") => self.giorno = testo,
            ("data", "ora") => self.ora = testo,
            ("dati", "identificativo") if testo.len() <= MASSIMO_IDENTIFICATORE_BYTE => {
                dati.identificativo = Some(testo)
            }
            ("dati", "msgid") => dati.msgid = identificatore(&testo),
            ("dati", "consegna") => dati.consegna = Some(testo),
            ("dati", "ricezione") if dati.ricezione.len() < MASSIMI_RECAPITI => dati.ricezione.push(testo),
            ("dati", "errore-esteso") => dati.errore_esteso = Some(testo),
            _ => {}
        }
    }

    /// The instant is in three pieces; the rest of the file may say it is missing.
    fn concludi(&mut self, rilievi: &mut Vec<String>) {
        self.dati.data = istante(&self.giorno, &self.ora, &self.zona);
        if self.dati.data.is_none() {
            rilievi.push("La data dei dati di certificazione (daticert.xml) manca o non si legge.".to_owned());
        }
        if self.dati.identificativo.is_none() {
            rilievi
                .push("I dati di certificazione (daticert.xml) non hanno l'identificativo del messaggio.".to_owned());
        }
    }
}

/// The file as text: byte order mark, then declared encoding, then UTF-8.
pub(super) fn in_testo(bytes: &[u8]) -> (Cow<'_, str>, Come) {
    match bytes {
        [0xFE, 0xFF, ..] | [0, b'<', ..] => lettere::leggi(bytes, Some("utf-16be")),
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => lettere::leggi(bytes, Some("utf-16le")),
        _ => {
            let testa = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).into_owned();
            let dichiarato =
                testa.split_once("encoding=").and_then(|(_, d)| d.split(['"', '\'']).nth(1).map(str::to_owned));
            // In bytes of one, what says that it is of two is wrong.
            let dichiarato = dichiarato.filter(|d| !d.to_ascii_lowercase().starts_with("utf-16"));
            lettere::leggi(bytes, dichiarato.as_deref())
        }
    }
}

fn attributo(inizio: &BytesStart<'_>, nome: &str) -> Option<String> {
    let attributo = inizio.try_get_attribute(nome).ok()??;
    attributo.normalized_value(XmlVersion::Implicit1_0).ok().map(|v| pulisci(&v)).filter(|v| !v.is_empty())
}

/// Character references and the five entities of XML; any other stops the reading.
pub(super) fn riferimento(nome: &quick_xml::events::BytesRef<'_>) -> Result<String, String> {
    if let Ok(Some(carattere)) = nome.resolve_char_ref() {
        return Ok(carattere.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(nome)
        .map(str::to_owned)
        .ok_or_else(|| "contiene un'entità, che non è ammessa".to_owned())
}

fn istante(giorno: &str, ora: &str, zona: &str) -> Option<Istante> {
    let testo = format!("{giorno} {ora} {zona}");
    let quando: DateTime<FixedOffset> = DateTime::parse_from_str(&testo, "%d/%m/%Y %H:%M:%S %z").ok()?;
    quando.with_timezone(&Utc).to_rfc3339().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><postacert tipo=\"errore-consegna\" errore=\"no-dest\">\
        <intestazione><mittente>a@b.it</mittente><destinatari tipo=\"esterno\">c@d.it</destinatari><destinatari>e@f.it</destinatari>\
        <risposte>a@b.it</risposte><oggetto>Città &amp; campagna &#171;x&#xBB;</oggetto></intestazione><dati>\
        <gestore-emittente>G</gestore-emittente><data zona=\"+0100\"><giorno>16/11/2026</giorno><ora>09:12:40</ora></data>\
        <identificativo>id@g</identificativo><msgid>&lt;m@b.it&gt;</msgid><ricevuta tipo=\"breve\"/><consegna>c@d.it</consegna>\
        <errore-esteso>5.1.1</errore-esteso></dati></postacert>";

    #[test]
    fn every_element_is_read_in_every_charset() {
        let (dati, rilievi) = leggi(XML.as_bytes()).unwrap();
        assert_eq!(rilievi, Vec::<String>::new());
        assert_eq!((dati.tipo.as_str(), dati.errore.as_deref()), ("errore-consegna", Some("no-dest")));
        assert_eq!(dati.oggetto.as_deref(), Some("Città & campagna «x»"));
        assert_eq!((dati.msgid.as_deref(), dati.ricevuta.as_deref()), (Some("<m@b.it>"), Some("breve")));
        assert_eq!(dati.data.map(|d| d.to_string()).as_deref(), Some("2026-11-16T08:12:40.000Z"));
        let tipi: Vec<_> = dati.destinatari.iter().map(|d| (d.indirizzo.as_str(), d.tipo.as_str())).collect();
        assert_eq!(tipi, [("c@d.it", "esterno"), ("e@f.it", "certificato")]);
        let latino = encoding_rs::WINDOWS_1252.encode(&XML.replace("UTF-8", "ISO-8859-1")).0.into_owned();
        assert_eq!(leggi(&latino).unwrap().0, dati);
        for ordine in [u16::to_be_bytes, u16::to_le_bytes] {
            let largo: Vec<u8> = XML.encode_utf16().flat_map(ordine).collect();
            assert_eq!(leggi(&largo).unwrap().0, dati);
            let segnato: Vec<u8> = "\u{feff}".encode_utf16().chain(XML.encode_utf16()).flat_map(ordine).collect();
            assert_eq!(leggi(&segnato).unwrap().0, dati);
        }
    }

    #[test]
    fn what_is_hostile_or_broken_is_refused_with_a_reason() {
        let corpo = XML.split_once("?>").unwrap().1;
        let bomba = format!("<!DOCTYPE postacert [<!ENTITY a \"aa\">]>{corpo}");
        for (xml, parola) in [
            (bomba.as_str(), "DOCTYPE"),
            ("", "postacert"),
            ("<altro/>", "postacert"),
            ("testo qualunque", "postacert"),
            ("<postacert", "guasto"),
            (&"<a>".repeat(100_000), "annidati"),
        ] {
            let no = leggi(xml.as_bytes()).unwrap_err();
            assert!(no.contains(parola), "{no}");
        }
        let (dati, rilievi) = leggi(XML.replace("Città", "&file;").as_bytes()).unwrap();
        assert_eq!((dati.mittente.as_deref(), dati.oggetto), (Some("a@b.it"), None));
        assert!(rilievi.iter().any(|r| r.contains("entità")), "{rilievi:?}");
        let tronco = XML.get(..XML.len() / 2).unwrap();
        assert_eq!(leggi(tronco.as_bytes()).unwrap().0.mittente.as_deref(), Some("a@b.it"));
    }
}
