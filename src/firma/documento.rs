//! The innermost content: copied out, hashed, and its kind told. It never knows how it was signed.

use super::algoritmo::{Calcolo, Digesto};
use super::genere::{ANTEPRIMA_BYTE, cerca};
use super::pades::MAX_PDF_BYTE;
use super::rapporto::Formato;
use super::xml::albero::MAX_XML_BYTE;
use std::io::{self, Read, Write};

/// Bytes copied at once.
const TAMPONE_BYTE: usize = 64 * 1024;

/// What was copied.
#[derive(Clone)]
pub struct Documento {
    /// How many bytes.
    pub size: u64,
    /// Told from the first bytes.
    pub media_type: &'static str,
    /// Its digest, if it was asked for.
    pub sha256: Option<Vec<u8>>,
    /// The name of its kind among the layers, if it has one.
    pub strato: Option<&'static str>,
    /// The kind of signature that it carries inside itself, if there are signs of one.
    pub firma_interna: Option<Formato>,
    /// The document itself, if it is of a kind that carries signatures inside and is not a container.
    pub raccolto: Raccolto,
    /// It does not begin as XML but speaks of XML signatures.
    pub resti_xml: bool,
}

/// A document kept while it passed.
#[derive(Clone, Default)]
pub enum Raccolto {
    /// It is not of a kind that is kept.
    #[default]
    Niente,
    /// A PDF.
    Pdf(Vec<u8>),
    /// XML that seems signed.
    Xml(Vec<u8>),
    /// One of those, longer than what is kept.
    Troppo(Formato),
}

impl Raccolto {
    fn di(tipo: Tipo) -> Self {
        match tipo.firma {
            Some(Formato::Pades) => Self::Pdf(Vec::new()),
            Some(Formato::Xades) => Self::Xml(Vec::new()),
            _ => Self::Niente,
        }
    }

    fn aggiungi(&mut self, pezzo: &[u8]) {
        let (byte, massimo, formato) = match self {
            Self::Pdf(byte) => (byte, MAX_PDF_BYTE, Formato::Pades),
            Self::Xml(byte) => (byte, MAX_XML_BYTE, Formato::Xades),
            Self::Niente | Self::Troppo(_) => return,
        };
        if byte.len() + pezzo.len() > massimo {
            *self = Self::Troppo(formato);
        } else {
            byte.extend_from_slice(pezzo);
        }
    }
}

/// Whether the document has to be digested, or the layer round it does so already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Somma {
    /// Here.
    Qui,
    /// By the layer round it.
    Fuori,
}

/// Copies everything from `r` to `estratto`.
pub fn copia(r: &mut dyn Read, estratto: &mut dyn Write, somma: Somma) -> io::Result<Documento> {
    let mut buf = vec![0; TAMPONE_BYTE];
    let mut n = riempi(r, buf.get_mut(..ANTEPRIMA_BYTE).unwrap_or_default())?;
    let anteprima = buf.get(..n).unwrap_or_default();
    let tipo = tipo(anteprima);
    let resti_xml = tipo.strato.is_none() && cerca(anteprima, super::xml::DS.as_bytes());
    let (mut calcolo, mut size) = ((somma == Somma::Qui).then(|| Digesto::Sha256.calcolo()), 0);
    let mut ricerca = Ricerca::new(tipo.segni);
    let mut raccolto = Raccolto::di(tipo);
    while n > 0 {
        let pezzo = buf.get(..n).unwrap_or_default();
        if let Some(calcolo) = &mut calcolo {
            calcolo.aggiungi(pezzo);
        }
        ricerca.guarda(pezzo);
        raccolto.aggiungi(pezzo);
        estratto.write_all(pezzo)?;
        size += super::ber::conta(n);
        n = r.read(&mut buf)?;
    }
    let firma_interna = tipo.firma.filter(|_| tipo.segni.is_empty() || ricerca.trovato);
    Ok(Documento {
        size,
        media_type: tipo.media_type,
        sha256: calcolo.map(Calcolo::concludi),
        strato: tipo.strato,
        firma_interna,
        raccolto,
        resti_xml,
    })
}

/// Reads until `buf` is full or the source ends.
pub fn riempi(r: &mut dyn Read, buf: &mut [u8]) -> io::Result<usize> {
    let mut pieni = 0;
    while pieni < buf.len() {
        match r.read(buf.get_mut(pieni..).unwrap_or_default())? {
            0 => break,
            n => pieni += n,
        }
    }
    Ok(pieni)
}

/// A kind of document; `segni` are the byte strings of which one must occur for `firma` to be there.
#[derive(Clone, Copy)]
struct Tipo {
    media_type: &'static str,
    strato: Option<&'static str>,
    firma: Option<Formato>,
    segni: &'static [&'static [u8]],
}

const fn semplice(media_type: &'static str, strato: &'static str) -> Tipo {
    Tipo { media_type, strato: Some(strato), firma: None, segni: &[] }
}

const PDF: Tipo = Tipo { firma: Some(Formato::Pades), segni: &[b"/ByteRange"], ..semplice("application/pdf", "PDF") };
const XML: Tipo =
    Tipo { firma: Some(Formato::Xades), segni: &[b"SignatureValue"], ..semplice("application/xml", "XML") };
/// Markup that is a PDF too, to programs that look for its mark further on.
const XML_CHE_PARE_PDF: Tipo = Tipo { segni: &[b"SignatureValue", b"/ByteRange"], ..XML };
const ZIP: Tipo =
    Tipo { firma: Some(Formato::AsicE), segni: &[b"META-INF/signature"], ..semplice("application/zip", "ZIP") };
const ASIC_E: Tipo = Tipo { firma: Some(Formato::AsicE), ..semplice("application/vnd.etsi.asic-e+zip", "ASiC-E") };
const ASIC_S: Tipo = Tipo { firma: Some(Formato::AsicS), ..semplice("application/vnd.etsi.asic-s+zip", "ASiC-S") };
const TESTO: Tipo = Tipo { media_type: "text/plain", strato: None, firma: None, segni: &[] };
const IGNOTO: Tipo = Tipo { media_type: "application/octet-stream", ..TESTO };

fn tipo(anteprima: &[u8]) -> Tipo {
    let inizia = |firma: &[u8]| anteprima.starts_with(firma);
    let testo = anteprima.strip_prefix(b"\xef\xbb\xbf").unwrap_or(anteprima).trim_ascii_start();
    // Readers accept the mark anywhere in the first kilobyte.
    let segnato = cerca(anteprima.get(..1024).unwrap_or(anteprima), b"%PDF-");
    match () {
        // A comment must not make a PDF of signed XML, whose signatures nobody would look for.
        () if segnato && testo.first() == Some(&b'<') && tipo_markup(testo).firma.is_some() => XML_CHE_PARE_PDF,
        () if segnato || quasi_pdf(anteprima) => PDF,
        () if inizia(b"PK\x03\x04") => tipo_zip(anteprima),
        () if inizia(b"\x89PNG\r\n") => semplice("image/png", "PNG"),
        () if inizia(b"\xff\xd8\xff") => semplice("image/jpeg", "JPEG"),
        () if inizia(b"II*\0") || inizia(b"MM\0*") => semplice("image/tiff", "TIFF"),
        () if inizia(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => semplice("application/x-ole-storage", "OLE"),
        () if inizia(b"{\\rtf") => semplice("application/rtf", "RTF"),
        () if inizia(b"\xff\xfe<\0") || inizia(b"\xfe\xff\0<") => XML,
        () if testo.first() == Some(&b'<') => tipo_markup(testo),
        () if anteprima.iter().all(|b| *b >= 0x20 || matches!(b, b'\t' | b'\n' | b'\r' | 0x0c)) => TESTO,
        () => IGNOTO,
    }
}

/// A mark with one damaged byte: the rest of the file says whether it was signed.
fn quasi_pdf(anteprima: &[u8]) -> bool {
    let uguali = anteprima.iter().zip(b"%PDF-1.").filter(|(a, b)| a == b).count();
    uguali == 6
}

fn tipo_markup(testo: &[u8]) -> Tipo {
    let inizio = testo.get(..15).unwrap_or(testo).to_ascii_lowercase();
    if inizio.starts_with(b"<!doctype html") || inizio.starts_with(b"<html") {
        semplice("text/html", "HTML")
    } else {
        XML
    }
}

/// A container that says what it is does so in a first entry named `mimetype`, stored (ETSI EN 319 162-1 annex A).
fn tipo_zip(anteprima: &[u8]) -> Tipo {
    let Some(b"mimetype") = anteprima.get(30..38) else { return ZIP };
    let dichiarato = anteprima.get(38..).unwrap_or_default();
    match () {
        () if cerca(dichiarato, b"application/vnd.etsi.asic-s+zip") => ASIC_S,
        () if cerca(dichiarato, b"application/vnd.etsi.asic-e+zip") => ASIC_E,
        () => ZIP,
    }
}

/// Looks for byte strings in a stream, also across its pieces. Zero bytes are skipped, so that UTF-16 text is read too.
struct Ricerca {
    segni: &'static [&'static [u8]],
    coda: Vec<u8>,
    trovato: bool,
}

impl Ricerca {
    fn new(segni: &'static [&'static [u8]]) -> Self {
        Self { segni, coda: Vec::new(), trovato: false }
    }

    fn guarda(&mut self, pezzo: &[u8]) {
        if self.trovato || self.segni.is_empty() {
            return;
        }
        self.coda.extend(pezzo.iter().filter(|b| **b != 0));
        self.trovato = self.segni.iter().any(|segno| cerca(&self.coda, segno));
        let tenuti = self.segni.iter().map(|segno| segno.len()).max().unwrap_or(0);
        self.coda.drain(..self.coda.len().saturating_sub(tenuti));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_told_and_copied_whole() {
        let check = |byte: &[u8], media_type: &str, firma: Option<Formato>| {
            let mut estratto = Vec::new();
            let documento = copia(&mut &*byte, &mut estratto, Somma::Qui).unwrap();
            assert_eq!(estratto, byte);
            assert_eq!(documento.sha256, Some(Digesto::Sha256.di(byte)));
            assert_eq!(documento.media_type, media_type);
            assert_eq!(documento.firma_interna, firma, "{media_type}");
        };
        check(b"", "text/plain", None);
        check(b"Gentile ufficio,\r\n", "text/plain", None);
        check(b"\x01\x02", "application/octet-stream", None);
        check(b"%PDF-1.4 ...", "application/pdf", None);
        check(b"%P\x04F-1.4 ...", "application/pdf", None);
        check(
            &[b"%PDF-1.4".to_vec(), vec![b' '; 65_530], b"/ByteRange [0".to_vec()].concat(),
            "application/pdf",
            Some(Formato::Pades),
        );
        check(b"<?xml version='1.0'?><a xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/>", "application/xml", None);
        check(b"<a><ds:SignatureValue>", "application/xml", Some(Formato::Xades));
        check(b"<!-- %PDF-1.4 --><a><ds:SignatureValue>", "application/xml", Some(Formato::Xades));
        check(b"\xef\xbb\xbf <!-- %PDF-1.4 --><a/>", "application/xml", None);
        check(b"<avanzo>\r\n%PDF-1.4 /ByteRange", "application/xml", Some(Formato::Xades));
        check(b"<html>\r\n%PDF-1.4 /ByteRange", "application/pdf", Some(Formato::Pades));
        let utf16: Vec<u8> = "\u{feff}<a><SignatureValue>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&utf16, "application/xml", Some(Formato::Xades));
        let asic = [b"PK\x03\x04".to_vec(), vec![0; 26], b"mimetypeapplication/vnd.etsi.asic-s+zip".to_vec()].concat();
        check(&asic, "application/vnd.etsi.asic-s+zip", Some(Formato::AsicS));
    }
}
