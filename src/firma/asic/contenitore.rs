//! The container: a ZIP, opened within limits.

use crate::firma::rapporto::Formato;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// The largest container held in memory.
pub const MAX_ASIC_BYTE: usize = 64 * 1024 * 1024;
/// All its files together, once opened.
const MAX_APERTO_BYTE: u64 = 256 * 1024 * 1024;
/// Files of one container.
const MAX_VOCI: usize = 1_000;
/// A name in the container.
const MAX_NOME_BYTE: usize = 1_024;

const META_INF: &str = "META-INF/";
const ASIC_S: &str = "application/vnd.etsi.asic-s+zip";
const ASIC_E: &str = "application/vnd.etsi.asic-e+zip";

/// A container with its files.
pub struct Contenitore {
    /// ASiC-S or ASiC-E: what it says of itself; else what its signature files are called.
    pub formato: Formato,
    /// The files, in the order in which they are listed.
    pub voci: Vec<Voce>,
}

/// A file of the container.
pub struct Voce {
    /// Its name, with its path inside the container.
    pub nome: String,
    /// Its bytes.
    pub byte: Vec<u8>,
}

/// What a ZIP turned out to be.
pub enum Letto {
    /// Something else: a document in an office format, or a plain archive.
    Altro,
    /// It says that it is signed, and cannot be opened as it should; why, as the end of a sentence.
    Rotto(&'static str),
    /// Signed.
    Asic(Contenitore),
}

/// Opens a ZIP.
pub fn leggi(byte: &[u8]) -> Letto {
    let Ok(mut archivio) = ZipArchive::new(Cursor::new(byte)) else {
        return if dichiarato(byte) { Letto::Rotto("il contenitore non è uno ZIP leggibile") } else { Letto::Altro };
    };
    let nomi: Vec<String> = archivio.file_names().filter_map(Result::ok).map(Into::into).collect();
    let firmato = nomi.iter().any(|n| e_di_firma(n) || e_di_marca(n));
    if !dichiarato(byte) && (!firmato || di_altro_formato(byte)) {
        return Letto::Altro;
    }
    if archivio.len() > MAX_VOCI || nomi.iter().any(|n| n.len() > MAX_NOME_BYTE) {
        return Letto::Rotto("ha troppi file, o nomi troppo lunghi");
    }
    // Names that occur twice, entries that the directory does not list or lists otherwise, bytes before the first: two programs would
    // show two documents.
    if archivio.offset() != 0 || archivio.validate_header_consistency().is_err() {
        return Letto::Rotto("l'indice dello ZIP non corrisponde ai suoi file, o due hanno lo stesso nome");
    }
    let mut restano = MAX_APERTO_BYTE;
    let mut voci = Vec::new();
    for indice in 0..archivio.len() {
        let Ok(file) = archivio.by_index(indice) else { return Letto::Rotto("un suo file non si apre") };
        if file.is_dir() {
            continue;
        }
        let nome = file.name().map_or_else(|_| String::from_utf8_lossy(file.name_raw()).into_owned(), Into::into);
        let mut aperto = Vec::new();
        if file.take(restano + 1).read_to_end(&mut aperto).is_err() {
            return Letto::Rotto("un suo file è danneggiato");
        }
        let Some(resto) = u64::try_from(aperto.len()).ok().and_then(|n| restano.checked_sub(n)) else {
            return Letto::Rotto("i suoi file, aperti, sono troppo grandi");
        };
        restano = resto;
        voci.push(Voce { nome, byte: aperto });
    }
    Letto::Asic(Contenitore { formato: formato(&voci), voci })
}

impl Contenitore {
    /// The files that are not of the container itself.
    pub fn documenti(&self) -> impl Iterator<Item = &Voce> {
        self.voci.iter().filter(|v| v.nome != "mimetype" && !v.nome.starts_with(META_INF))
    }

    /// The document, if there is only one.
    pub fn unico_documento(&self) -> Option<&Voce> {
        let mut documenti = self.documenti();
        documenti.next().filter(|_| documenti.next().is_none())
    }

    /// The only document, taken out; the other files are let go.
    pub fn in_unico_documento(self) -> Option<Vec<u8>> {
        let nome = self.unico_documento()?.nome.clone();
        self.voci.into_iter().find(|v| v.nome == nome).map(|v| v.byte)
    }

    /// The file that an address means: its name, or its name with `%` before what may not stand in an address (RFC 3986).
    pub fn con_indirizzo(&self, indirizzo: &str) -> Option<&Voce> {
        let con_nome = |nome: &str| self.voci.iter().find(|v| v.nome == nome);
        let (letterale, decodificata) = (con_nome(indirizzo), decodifica(indirizzo).and_then(|nome| con_nome(&nome)));
        match (letterale, decodificata) {
            // Two files for one address: nobody knows which was signed.
            (Some(una), Some(altra)) if una.nome != altra.nome => None,
            (una, altra) => una.or(altra),
        }
    }
}

impl Voce {
    /// Whether it holds signatures.
    pub fn e_firma(&self) -> bool {
        e_di_firma(&self.nome)
    }

    /// Whether it holds a timestamp.
    pub fn e_marca(&self) -> bool {
        e_di_marca(&self.nome)
    }

    /// Whether it is XML, by its name.
    pub fn e_xml(&self) -> bool {
        self.nome.to_lowercase().ends_with(".xml")
    }

    /// The name for people: short, and without what could forge a line.
    pub fn nome_leggibile(&self) -> String {
        self.nome.chars().filter(|c| !c.is_control()).take(80).collect()
    }
}

fn e_di_firma(nome: &str) -> bool {
    let Some(nome) = in_meta_inf(nome) else { return false };
    nome.contains("signature") && (nome.ends_with(".p7s") || nome.ends_with(".xml")) && nome != "documentsignatures.xml"
}

fn e_di_marca(nome: &str) -> bool {
    in_meta_inf(nome).is_some_and(|nome| nome.contains("timestamp") && nome.ends_with(".tst"))
}

fn in_meta_inf(nome: &str) -> Option<String> {
    nome.strip_prefix(META_INF).map(str::to_lowercase)
}

/// What a first entry named `mimetype`, stored, says (EN 319 162-1 annex A).
fn mimetype(byte: &[u8]) -> Option<&[u8]> {
    (byte.get(30..38) == Some(b"mimetype"))
        .then(|| byte.get(38..138).unwrap_or_else(|| byte.get(38..).unwrap_or_default()))
}

fn dichiarato(byte: &[u8]) -> bool {
    let dice = |tipo: &str| mimetype(byte).is_some_and(|m| crate::firma::genere::cerca(m, tipo.as_bytes()));
    dice(ASIC_S) || dice(ASIC_E)
}

fn di_altro_formato(byte: &[u8]) -> bool {
    mimetype(byte).is_some() && !dichiarato(byte)
}

fn formato(voci: &[Voce]) -> Formato {
    let detto = voci.iter().find(|v| v.nome == "mimetype").map(|v| v.byte.trim_ascii());
    let di_uno = ["META-INF/signature.p7s", "META-INF/signatures.xml", "META-INF/timestamp.tst"];
    match detto {
        Some(detto) if detto == ASIC_S.as_bytes() => Formato::AsicS,
        Some(detto) if detto == ASIC_E.as_bytes() => Formato::AsicE,
        _ if voci.iter().any(|v| di_uno.contains(&v.nome.as_str())) => Formato::AsicS,
        _ => Formato::AsicE,
    }
}

fn decodifica(indirizzo: &str) -> Option<String> {
    let mut byte = Vec::with_capacity(indirizzo.len());
    let mut resto = indirizzo.as_bytes();
    while let Some((primo, dopo)) = resto.split_first() {
        resto = dopo;
        if *primo != b'%' {
            byte.push(*primo);
            continue;
        }
        let (cifre, dopo) = dopo.split_at_checked(2)?;
        byte.push(u8::from_str_radix(std::str::from_utf8(cifre).ok()?, 16).ok()?);
        resto = dopo;
    }
    String::from_utf8(byte).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_names_with_escapes() {
        assert_eq!(decodifica("a%20b%C3%A0.txt").as_deref(), Some("a bà.txt"));
        assert_eq!(decodifica("piano.txt").as_deref(), Some("piano.txt"));
        assert_eq!(decodifica("a%2"), None);
        assert_eq!(decodifica("a%zz"), None);
        assert_eq!(decodifica("%FF"), None);
    }
}
