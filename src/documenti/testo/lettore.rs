//! One reader per kind of file: bytes in, text out, a finding where there is none.

use super::archivio;
use super::figlio::Pagina;
use crate::documenti::media_type;
use crate::firma::{self, Fiducia};
use crate::valori::Istante;
use encoding_rs::WINDOWS_1252;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Bytes by which the kind of a file is told.
const ASSAGGIO: usize = 4_096;
/// Messages inside messages that are read.
const MASSIMI_MESSAGGI: usize = 4;
/// Most pages of a PDF that are read.
const MASSIMO_PAGINE: usize = 3_000;
/// Width of the lines of a page of HTML, in characters: no line of ours is ever shown.
const COLONNE: usize = 200;
/// Longest page of HTML that is read, in bytes: its tree takes many times that.
const MASSIMO_HTML: usize = 16 * 1024 * 1024;

/// Writes the text of a file of any kind.
///
/// # Errors
/// A finding in Italian if it is not all there.
pub(super) fn leggi(bytes: Vec<u8>, pagina: &mut Pagina<'_>) -> Result<(), String> {
    let (bytes, tipo) = contenuto(bytes)?;
    match tipo {
        "application/pdf" => pdf(bytes, pagina),
        "text/html" => html(&bytes, pagina),
        "application/xml" => xml(&bytes[..], pagina),
        "application/zip" => archivio::leggi(&bytes, pagina),
        "message/rfc822" => messaggio(&bytes, pagina, 0),
        "text/plain" => pagina.scrivi(&String::from_utf8_lossy(&bytes)),
        "application/octet-stream" if e_testo(&bytes) => pagina.scrivi(&WINDOWS_1252.decode(&bytes).0),
        altro => Err(format!("i file di tipo {altro} non hanno un testo che si possa leggere")),
    }
}

/// The document itself: what a signed file holds innermost, any other file as it is. With its kind.
///
/// Opened here, in the child, like everything that comes from strangers. Nobody is judged: only the content is wanted.
fn contenuto(bytes: Vec<u8>) -> Result<(Vec<u8>, &'static str), String> {
    let tipo = |bytes: &[u8]| media_type(bytes.get(..ASSAGGIO).unwrap_or(bytes));
    let firmato = tipo(&bytes) == "application/pkcs7-mime" || bytes.starts_with(b"MII");
    if !firmato {
        let tipo = tipo(&bytes);
        return Ok((bytes, tipo));
    }
    let mut dentro = Vec::new();
    let rapporto =
        firma::verifica(&mut bytes.as_slice(), None, None, &Fiducia::vuota(), Istante::default(), &mut dentro);
    match rapporto {
        Ok(r) if r.content.is_some() && !r.signatures.is_empty() => {
            let tipo = tipo(&dentro);
            Ok((dentro, tipo))
        }
        _ if bytes.starts_with(b"MII") => Ok((bytes, "text/plain")),
        _ => Err("la busta firmata non si apre".to_owned()),
    }
}

/// The text of a message and of the messages inside it; its other parts are files of their own.
fn messaggio(bytes: &[u8], pagina: &mut Pagina<'_>, livello: usize) -> Result<(), String> {
    if livello > MASSIMI_MESSAGGI {
        return Err("troppi messaggi uno dentro l'altro".to_owned());
    }
    let letto = mail_parser::MessageParser::default().parse(bytes).ok_or("il messaggio non si legge")?;
    pagina.scrivi(letto.subject().unwrap_or(""))?;
    for n in 0..letto.text_body.len() {
        pagina.scrivi(&letto.body_text(n).unwrap_or_default())?;
    }
    for parte in letto.attachments().filter(|a| a.is_message()) {
        messaggio(parte.contents(), pagina, livello + 1)?;
    }
    Ok(())
}

/// Text of old programs: no byte that a text of one byte per character would not have.
fn e_testo(bytes: &[u8]) -> bool {
    let strano = |b: &u8| b.is_ascii_control() && !matches!(b, b'\n' | b'\r' | b'\t' | 0x0c);
    !bytes.is_empty() && !bytes.iter().any(strano)
}

fn pdf(bytes: Vec<u8>, pagina: &mut Pagina<'_>) -> Result<(), String> {
    let illeggibile = |_| "il PDF è rovinato o protetto da password".to_owned();
    let documento = pdf_oxide::PdfDocument::from_bytes(bytes).map_err(illeggibile)?;
    let pagine = documento.page_count().map_err(illeggibile)?;
    let mut rovinate = 0_usize;
    for n in 0..pagine.min(MASSIMO_PAGINE) {
        match documento.extract_text(n) {
            Ok(testo) => pagina.scrivi(&testo)?,
            Err(_) => rovinate += 1,
        }
    }
    match rovinate {
        0 if pagine > MASSIMO_PAGINE => Err(format!("lette {MASSIMO_PAGINE} pagine di {pagine}")),
        0 => Ok(()),
        n if n == pagine => Err("nessuna pagina del PDF si legge".to_owned()),
        1 => Err("una pagina del PDF non si legge".to_owned()),
        n => Err(format!("{n} pagine del PDF non si leggono")),
    }
}

fn html(bytes: &[u8], pagina: &mut Pagina<'_>) -> Result<(), String> {
    let inizio = bytes.get(..MASSIMO_HTML.min(bytes.len())).unwrap_or_default();
    let testo = html2text::config::plain_no_decorate()
        .string_from_read(inizio, COLONNE)
        .map_err(|_| "la pagina HTML è rovinata".to_owned())?;
    pagina.scrivi(&testo)?;
    if bytes.len() > MASSIMO_HTML {
        return Err(format!("letti i primi {} MiB della pagina HTML", MASSIMO_HTML / 1024 / 1024));
    }
    Ok(())
}

/// The text between the tags; entities of a DTD are never expanded.
pub(super) fn xml(sorgente: impl std::io::BufRead, pagina: &mut Pagina<'_>) -> Result<(), String> {
    let rovinato = |_| "il file XML è rovinato".to_owned();
    let mut lettore = Reader::from_reader(sorgente);
    lettore.config_mut().check_end_names = false;
    let (mut blocco, mut parola) = (Vec::new(), String::new());
    loop {
        blocco.clear();
        match lettore.read_event_into(&mut blocco).map_err(rovinato)? {
            Event::Text(testo) => parola.push_str(&testo),
            Event::CData(testo) => parola.push_str(&testo),
            Event::GeneralRef(nome) => match (nome.resolve_char_ref(), &*nome) {
                (Ok(Some(carattere)), _) => parola.push(carattere),
                (_, "amp") => parola.push('&'),
                (_, "apos") => parola.push('\''),
                _ => parola.push(' '),
            },
            // In DOCX and ODT one word may be cut by marks of style: only what ends a block ends a word.
            Event::Start(e) if !blocco_di_testo(e.local_name().as_ref()) => {}
            Event::Empty(e) if !blocco_di_testo(e.local_name().as_ref()) => {}
            Event::End(e) if !blocco_di_testo(e.local_name().as_ref()) => {}
            Event::Eof => break,
            _ if parola.is_empty() => {}
            _ => {
                pagina.scrivi(&parola)?;
                parola.clear();
            }
        }
    }
    pagina.scrivi(&parola)
}

/// False for the marks that stand inside a word in DOCX (`r`, `t`, `rPr`…) and ODT (`span`).
fn blocco_di_testo(nome: &str) -> bool {
    !matches!(nome, "r" | "t" | "rPr" | "b" | "i" | "u" | "lang" | "rFonts" | "span" | "proofErr")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], atteso: Result<&str, &str>) {
        let mut uscita = Vec::new();
        let esito = leggi(bytes.to_vec(), &mut Pagina::new(&mut uscita, 1_000_000));
        let testo = String::from_utf8(uscita).unwrap();
        match atteso {
            Ok(parola) => assert!(esito.is_ok() && testo.contains(parola), "{esito:?} {testo:?}"),
            Err(parola) => assert!(esito.as_ref().is_err_and(|e| e.contains(parola)), "{esito:?} {testo:?}"),
        }
    }

    #[test]
    fn each_kind_gives_its_text_or_a_finding() {
        check("città".as_bytes(), Ok("città"));
        check(b"citt\xe0 di Borgo", Ok("città"));
        check(
            b"<!DOCTYPE html><html><body><p>Avviso <b>pub</b>blico</p><script>no()</script></body></html>",
            Ok("Avviso pubblico"),
        );
        check(b"<?xml version=\"1.0\"?><a><b>Rossi &amp; Figli</b></a>", Ok("Rossi & Figli"));
        check(b"%PDF-1.7 e poi niente", Err("PDF"));
        check(b"\x89PNG\r\n\x1a\n\0\0", Err("image/png"));
        check(b"\x00\x01\x02", Err("octet-stream"));
        check(b"PK\x03\x04 e poi niente", Err("zip"));
    }

    #[test]
    fn the_pdf_of_the_fixtures_are_read() {
        check(include_bytes!("../../../fixtures/documenti/istanza-permesso-di-costruire.pdf"), Ok("permesso"));
    }

    #[test]
    fn nesting_and_length_are_bounded() {
        let profondo = format!("<?xml version=\"1.0\"?>{}x{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
        check(profondo.as_bytes(), Ok("x"));
        let entita = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"cccc\"><!ENTITY d SYSTEM \"file:///etc/passwd\">]><a>&b;&d;ecco</a>";
        check(entita.as_bytes(), Ok("ecco"));
        let mut uscita = Vec::new();
        let esito = leggi("parola ".repeat(1_000).into_bytes(), &mut Pagina::new(&mut uscita, 100));
        assert!(esito.is_err() && uscita.len() <= 101, "{esito:?} {}", uscita.len());
    }
}
