//! The few values that are read of an XML file of the SdI: no DTD, no entity, a limit on size, depth and count.

use crate::pec::busta::campi::pulisci;
use crate::pec::busta::daticert::{in_testo, riferimento};
use crate::pec::busta::limiti::{MASSIMA_PROFONDITA_SERVIZIO, MASSIMI_VALORI_SERVIZIO, MASSIMO_SERVIZIO_BYTE};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Longest value kept, in bytes: attachments of an invoice lie in elements too.
const MASSIMO_VALORE: usize = 2_000;

/// The text of the elements of a file, by their path of local names below the root, in order.
pub struct Valori {
    /// Local name of the root.
    pub radice: String,
    righe: Vec<(String, String)>,
}

impl Valori {
    /// The first at a path, as in `CedentePrestatore/DatiAnagrafici/CodiceFiscale`.
    pub fn primo(&self, strada: &str) -> Option<String> {
        self.tutti(strada).next().map(str::to_owned)
    }

    pub fn tutti<'x>(&'x self, strada: &'x str) -> impl Iterator<Item = &'x str> {
        self.righe.iter().filter(move |(s, _)| s == strada).map(|(_, v)| v.as_str())
    }

    /// All of them, path and value.
    pub fn righe(&self) -> impl Iterator<Item = (&str, &str)> {
        self.righe.iter().map(|(s, v)| (s.as_str(), v.as_str()))
    }
}

/// Reads the values whose path `serve`; `Err` is why the file cannot be read.
pub fn leggi(bytes: &[u8], serve: impl Fn(&str) -> bool) -> Result<Valori, String> {
    if bytes.len() > MASSIMO_SERVIZIO_BYTE {
        return Err(format!("supera {} MiB", MASSIMO_SERVIZIO_BYTE / 1024 / 1024));
    }
    let (testo, _) = in_testo(bytes);
    let mut lettore = Reader::from_str(&testo);
    let mut lettura =
        Lettura { serve, radice: None, strada: String::new(), profondita: 0, testo: String::new(), righe: Vec::new() };
    loop {
        match lettore.read_event().map_err(|e| format!("l'XML è guasto ({e})"))? {
            Event::Start(inizio) => lettura.apri(&inizio)?,
            Event::Empty(vuoto) => {
                lettura.apri(&vuoto)?;
                lettura.chiudi();
            }
            Event::End(_) => lettura.chiudi(),
            Event::Text(testo) => lettura.aggiungi(&testo),
            Event::CData(testo) => lettura.aggiungi(&testo),
            Event::GeneralRef(nome) => lettura.aggiungi(&riferimento(&nome)?),
            Event::DocType(_) => return Err("contiene un DOCTYPE, che non è ammesso".to_owned()),
            Event::Eof if lettura.profondita > 0 => return Err("l'XML finisce prima del tempo".to_owned()),
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
    let radice = lettura.radice.ok_or_else(|| "non è XML".to_owned())?;
    Ok(Valori { radice, righe: lettura.righe })
}

struct Lettura<F> {
    serve: F,
    radice: Option<String>,
    /// Local names of the open elements below the root, between slashes.
    strada: String,
    profondita: usize,
    testo: String,
    righe: Vec<(String, String)>,
}

impl<F: Fn(&str) -> bool> Lettura<F> {
    fn apri(&mut self, inizio: &BytesStart<'_>) -> Result<(), String> {
        if self.profondita >= MASSIMA_PROFONDITA_SERVIZIO {
            return Err("gli elementi sono annidati troppo".to_owned());
        }
        self.profondita += 1;
        self.testo.clear();
        let nome: String = inizio.local_name().as_ref().chars().take(100).collect();
        if self.profondita == 1 {
            if self.radice.is_some() {
                return Err("ha più di una radice".to_owned());
            }
            self.radice = Some(nome);
            return Ok(());
        }
        self.strada.push('/');
        self.strada.push_str(&nome);
        Ok(())
    }

    fn chiudi(&mut self) {
        let testo = std::mem::take(&mut self.testo);
        let strada = self.strada.trim_start_matches('/');
        if (self.serve)(strada) && self.righe.len() < MASSIMI_VALORI_SERVIZIO && !testo.trim().is_empty() {
            self.righe.push((strada.to_owned(), pulisci(&testo)));
        }
        let senza = self.strada.rfind('/').unwrap_or(0);
        self.strada.truncate(senza);
        self.profondita = self.profondita.saturating_sub(1);
    }

    fn aggiungi(&mut self, testo: &str) {
        let resto = MASSIMO_VALORE.saturating_sub(self.testo.len());
        self.testo.extend(testo.chars().take(resto));
    }
}
