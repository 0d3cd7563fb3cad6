//! What a file looks like, from its first bytes: names and declared types come from strangers.

/// How many bytes [`media_type`] wants to see.
pub(super) const ASSAGGIO: usize = 4_096;

/// First bytes and what they mean, the most telling first.
const FIRME: &[(&[u8], &str)] = &[
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!", "application/vnd.rar"),
    (b"\x1f\x8b", "application/gzip"),
];

/// OID of CMS SignedData (RFC 5652), as it stands near the start of a p7m.
const SIGNED_DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// The media type that the first bytes of a file tell; `application/octet-stream` if they tell nothing.
#[must_use]
pub fn media_type(inizio: &[u8]) -> &'static str {
    if let Some((_, tipo)) = FIRME.iter().find(|(firma, _)| inizio.starts_with(firma)) {
        return tipo;
    }
    let testa = inizio.get(..32).unwrap_or(inizio);
    if inizio.first() == Some(&0x30) && testa.windows(SIGNED_DATA.len()).any(|w| w == SIGNED_DATA) {
        return "application/pkcs7-mime";
    }
    match testo(inizio) {
        Some(testo) => testuale(testo.trim_start_matches('\u{feff}').trim_start()),
        None => "application/octet-stream",
    }
}

/// The bytes as text, if they are: a sequence cut at the end does not count against them.
fn testo(inizio: &[u8]) -> Option<&str> {
    let testo = match std::str::from_utf8(inizio) {
        Ok(testo) => testo,
        Err(e) if e.error_len().is_none() => std::str::from_utf8(inizio.get(..e.valid_up_to())?).ok()?,
        Err(_) => return None,
    };
    let strano = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    (!testo.is_empty() && !testo.chars().any(strano)).then_some(testo)
}

fn testuale(testo: &str) -> &'static str {
    let minuscolo: String = testo.chars().take(64).flat_map(char::to_lowercase).collect();
    if minuscolo.starts_with("<!doctype html") || minuscolo.starts_with("<html") {
        "text/html"
    } else if minuscolo.starts_with("<?xml") {
        "application/xml"
    } else if minuscolo.starts_with("-----begin pkcs7") || minuscolo.starts_with("-----begin cms") {
        "application/pkcs7-mime"
    } else if e_messaggio(testo) {
        "message/rfc822"
    } else {
        "text/plain"
    }
}

/// Fields with which messages begin in mailboxes (RFC 5322, RFC 6109).
const CAMPI: &[&str] = &[
    "return-path",
    "received",
    "delivered-to",
    "x-ricevuta",
    "x-trasporto",
    "message-id",
    "mime-version",
    "from",
    "date",
    "to",
    "subject",
    "dkim-signature",
    "x-originating-ip",
];

/// Two fields of a message, one after the other, at the very beginning.
fn e_messaggio(testo: &str) -> bool {
    let campo = |linea: &str| {
        let nome = linea.split_once(':').map(|(nome, _)| nome.to_ascii_lowercase());
        nome.is_some_and(|n| CAMPI.contains(&n.as_str()))
    };
    let mut linee = testo.lines().filter(|l| !l.starts_with([' ', '\t']));
    linee.next().is_some_and(campo) && linee.next().is_some_and(campo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_bytes() {
        for (bytes, atteso) in [
            (&b"%PDF-1.7\n"[..], "application/pdf"),
            (b"PK\x03\x04rest", "application/zip"),
            (b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0", "application/pkcs7-mime"),
            (b"\x30\x82\x10\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0", "application/pkcs7-mime"),
            (b"<?xml version=\"1.0\"?><a/>", "application/xml"),
            (b"\xef\xbb\xbf<!DOCTYPE html><html>", "text/html"),
            ("Istanza di città".as_bytes(), "text/plain"),
            (b"Return-Path: <a@b.it>\r\nReceived: from x\r\n by y\r\n", "message/rfc822"),
            (b"From: giovedi\nsi chiude prima", "text/plain"),
            (b"caff\xc3", "text/plain"),
            (b"\x00\x01\x02", "application/octet-stream"),
            (b"caff\xe8 latino", "application/octet-stream"),
            (b"", "application/octet-stream"),
        ] {
            assert_eq!(media_type(bytes), atteso, "{bytes:?}");
        }
    }
}
