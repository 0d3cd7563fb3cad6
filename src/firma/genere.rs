//! What a layer is, told from its first bytes.

use super::ber::SEQUENCE;
use super::involucro::{Armatura, Base64};
use super::oid;
use memchr::memmem;
use std::io::Read as _;

/// How many bytes are looked at.
pub const ANTEPRIMA_BYTE: usize = 4096;
/// Wrappings that are looked through when telling whether a text is base64 of something known.
const MAX_INVOLUCRI: usize = 4;

/// The kind of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Genere {
    /// Base64 text of one of the following.
    Base64,
    /// PEM of one of the following, or that says so.
    Pem,
    /// CMS SignedData.
    Busta,
    /// TimeStampedData.
    Tsd,
    /// TimeStampResp: a token with a status before it.
    RispostaMarca,
    /// CMS that is encrypted, not signed.
    Cifrato,
    /// S/MIME message whose whole body is one of the following, in base64.
    Mime,
    /// MIME container with a timestamp.
    M7m,
    /// A ZIP, which may be a signed container.
    Zip,
    /// Anything else: a document.
    Documento,
}

/// Tells the kind from the first [`ANTEPRIMA_BYTE`] bytes.
pub fn genere(anteprima: &[u8]) -> Genere {
    genere_entro(anteprima, MAX_INVOLUCRI)
}

/// Recursive, at most [`MAX_INVOLUCRI`] deep.
fn genere_entro(anteprima: &[u8], involucri: usize) -> Genere {
    if anteprima.first() == Some(&SEQUENCE) {
        return genere_der(anteprima).unwrap_or(Genere::Documento);
    }
    if anteprima.starts_with(b"PK\x03\x04") {
        return Genere::Zip;
    }
    let testo = anteprima.strip_prefix(b"\xef\xbb\xbf").unwrap_or(anteprima).trim_ascii_start();
    if armato(testo) || (testo.starts_with(b"-----BEGIN ") && noto(testo, Armatura::Pem, involucri)) {
        return Genere::Pem;
    }
    if noto(testo, Armatura::Nessuna, involucri) {
        return Genere::Base64;
    }
    genere_mime(testo, involucri)
}

/// Whether a text has the first line of a PEM that says it is signed, with nothing but text before.
fn armato(testo: &[u8]) -> bool {
    let firmato = [b"-----BEGIN PKCS7-----".as_slice(), b"-----BEGIN PKCS #7 SIGNED DATA-----", b"-----BEGIN CMS-----"];
    let mut righe = testo.split(|b| *b == b'\n').take_while(|riga| !riga.contains(&0));
    righe.any(|riga| firmato.iter().any(|f| riga.starts_with(f)))
}

/// Whether a text is base64 of something that is not just a document.
fn noto(testo: &[u8], armatura: Armatura, involucri: usize) -> bool {
    if involucri == 0 {
        return false;
    }
    let Ok(mut lettore) = Base64::apri(testo, armatura) else { return false };
    let (mut dentro, mut buf) = (Vec::new(), [0; 512]);
    while let Ok(n @ 1..) = lettore.read(&mut buf) {
        dentro.extend_from_slice(buf.get(..n).unwrap_or_default());
    }
    !matches!(genere_entro(&dentro, involucri - 1), Genere::Documento | Genere::Zip)
}

fn genere_der(byte: &[u8]) -> Option<Genere> {
    let dentro = contenuto(byte, SEQUENCE)?;
    if dentro.first() == Some(&SEQUENCE) {
        // PKIStatusInfo ::= SEQUENCE { status INTEGER (granted, grantedWithMods…), … }
        return match contenuto(dentro, SEQUENCE)? {
            [2, 1, 0 | 1, ..] if cerca(dentro, oid::SIGNED_DATA.as_bytes()) => Some(Genere::RispostaMarca),
            _ => None,
        };
    }
    let (lunghezza, resto) = dentro.strip_prefix(&[super::ber::OID])?.split_first()?;
    let tipo = resto.get(..usize::from(*lunghezza))?;
    let e = |oid: der::oid::ObjectIdentifier| oid.as_bytes() == tipo;
    match () {
        () if e(oid::SIGNED_DATA) => Some(Genere::Busta),
        () if e(oid::TIME_STAMPED_DATA) => Some(Genere::Tsd),
        () if e(oid::ENVELOPED_DATA) || e(oid::AUTH_ENVELOPED_DATA) => Some(Genere::Cifrato),
        () => None,
    }
}

/// What follows the header of an element with this tag; the element may well be longer than the preview.
fn contenuto(byte: &[u8], tag: u8) -> Option<&[u8]> {
    let (primo, resto) = byte.strip_prefix(&[tag])?.split_first()?;
    if *primo > 0x80 { resto.get(usize::from(primo & 0x7f)..) } else { Some(resto) }
}

/// A file saved with its MIME header: a bare signature, or a container of a signature and its timestamp; but not a mail
/// message, which says from whom it comes.
fn genere_mime(testo: &[u8], involucri: usize) -> Genere {
    let minuscolo = testo.to_ascii_lowercase();
    let ha = |ago: &[u8]| cerca(&minuscolo, ago);
    if !(minuscolo.starts_with(b"mime-version:") || minuscolo.starts_with(b"content-")) || ha(b"\nfrom:") {
        return Genere::Documento;
    }
    match () {
        () if ha(b"multipart/") && (ha(b"pkcs7-mime") || ha(b"timestamp")) => Genere::M7m,
        () if ha(b"pkcs7-mime") && noto(testo, Armatura::Mime, involucri) => Genere::Mime,
        () => Genere::Documento,
    }
}

/// Whether `ago` is in `byte`.
pub fn cerca(byte: &[u8], ago: &[u8]) -> bool {
    memmem::find(byte, ago).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_from_the_first_bytes() {
        let cms = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80";
        let check = |byte: &[u8], atteso: Genere| assert_eq!(genere(byte), atteso, "{byte:?}");
        check(cms, Genere::Busta);
        check(b"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", Genere::Busta);
        check(b"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", Genere::Cifrato);
        check(b"MIAGCSqGSIb3DQEHAqCA", Genere::Base64);
        check(b"\r\nMIAGCSqG\r\nSIb3DQEHAqCA", Genere::Base64);
        check(b"TUlBR0NTcUdTSWIzRFFFSEFxQ0E=", Genere::Base64);
        check(b"-----BEGIN PKCS7-----\nMIAG", Genere::Pem);
        check(b"A signed note:\n\n-----BEGIN CMS-----\nMIAG", Genere::Pem);
        check(b"-----BEGIN CERTIFICATE-----\nMIAG\n", Genere::Documento);
        check(b"MIME-Version: 1.0\nContent-Type: multipart/mixed\n\nContent-Type: application/pkcs7-mime", Genere::M7m);
        check(b"MIME-Version: 1.0\nContent-Type: application/pkcs7-mime\n\nMIAGCSqGSIb3DQEHAqCA", Genere::Mime);
        check(b"MIME-Version: 1.0\nFrom: a@b.it\nContent-Type: application/pkcs7-mime\n\nMIAG", Genere::Documento);
        check(b"MIAGino e altri: verbale", Genere::Documento);
        check(b"%PDF-1.7", Genere::Documento);
        check(b"", Genere::Documento);
        check(b"\x30", Genere::Documento);
    }
}
