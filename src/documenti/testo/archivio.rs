//! Documents that are zip archives: DOCX (ISO/IEC 29500) and ODT, ODS, ODP (ISO/IEC 26300).

use super::figlio::Pagina;
use super::lettore;
use std::io::{BufReader, Cursor, Read};
use zip::ZipArchive;

/// The parts that hold the text, in the order in which they are read.
const PARTI: &[&str] = &["word/document.xml", "word/footnotes.xml", "xl/sharedStrings.xml", "content.xml"];

/// Longest part that is read once inflated, in bytes: what is longer is a bomb, or no letter.
const MASSIMA_PARTE: u64 = 64 * 1024 * 1024;

/// Writes the text of an office document.
///
/// # Errors
/// A finding if the archive is damaged or is not one of these documents.
pub(super) fn leggi(bytes: &[u8], pagina: &mut Pagina<'_>) -> Result<(), String> {
    let mut archivio =
        ZipArchive::new(Cursor::new(bytes)).map_err(|_| "l'archivio zip è rovinato o protetto".to_owned())?;
    let mut trovate = 0;
    for parte in PARTI {
        let Ok(file) = archivio.by_name(parte) else { continue };
        trovate += 1;
        let mut xml = BufReader::new(file.take(MASSIMA_PARTE));
        lettore::xml(&mut xml, pagina)?;
        if xml.get_ref().limit() == 0 {
            return Err(format!("del documento sono letti i primi {} MiB", MASSIMA_PARTE / 1024 / 1024));
        }
    }
    match trovate {
        0 => Err("gli archivi zip che non sono documenti d'ufficio non si aprono".to_owned()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn archivio(parte: &str, xml: &[u8]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(parte, SimpleFileOptions::default()).unwrap();
        zip.write_all(xml).unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn docx_and_odt_give_their_text_with_words_whole() {
        let docx = br#"<?xml version="1.0"?><w:document xmlns:w="w"><w:p><w:r><w:t>Deter</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>mina</w:t></w:r></w:p><w:p><w:r><w:t>Oggetto</w:t></w:r></w:p></w:document>"#;
        let odt = br#"<?xml version="1.0"?><o:c xmlns:o="o" xmlns:text="t"><text:p>Ver<text:span>bale</text:span></text:p><text:p>di giunta</text:p></o:c>"#;
        for (parte, xml, attesi) in [
            ("word/document.xml", &docx[..], ["Determina", "Oggetto"]),
            ("content.xml", &odt[..], ["Verbale", "di giunta"]),
        ] {
            let mut uscita = Vec::new();
            leggi(&archivio(parte, xml), &mut Pagina::new(&mut uscita, 10_000)).unwrap();
            let testo = String::from_utf8(uscita).unwrap();
            let righe: Vec<&str> = testo.lines().map(str::trim).filter(|r| !r.is_empty()).collect();
            assert_eq!(righe, attesi);
        }
    }

    #[test]
    fn an_archive_of_something_else_is_a_finding() {
        let esito = leggi(&archivio("foto.txt", b"x"), &mut Pagina::new(&mut Vec::new(), 10));
        assert!(esito.unwrap_err().contains("zip"));
    }
}
