//! The names of folders as the protocol writes them: modified UTF-7 (RFC 3501 section 5.1.3), between quotes.

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

/// A name between quotes, for a command. Names hold no control character: whoever sets a mailbox up is told so.
pub(super) fn citato(nome: &str) -> String {
    let (mut scritto, mut fuori) = (String::from("\""), Vec::<u16>::new());
    for c in nome.chars().filter(|c| !c.is_control()) {
        if c.is_ascii() {
            chiudi(&mut fuori, &mut scritto);
            match c {
                '&' => scritto.push_str("&-"),
                '"' | '\\' => scritto.extend(['\\', c]),
                _ => scritto.push(c),
            }
        } else {
            fuori.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        }
    }
    chiudi(&mut fuori, &mut scritto);
    scritto.push('"');
    scritto
}

fn chiudi(fuori: &mut Vec<u16>, scritto: &mut String) {
    if fuori.is_empty() {
        return;
    }
    let byte: Vec<u8> = fuori.drain(..).flat_map(u16::to_be_bytes).collect();
    scritto.push('&');
    scritto.push_str(&GeneralPurpose::new(&IMAP_MUTF7, NO_PAD).encode(byte));
    scritto.push('-');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_the_protocol_wants() {
        for (nome, scritto) in [
            ("INBOX", "\"INBOX\""),
            ("Posta & affari", "\"Posta &- affari\""),
            ("Già protocollati", "\"Gi&AOA- protocollati\""),
            // The example of RFC 3501.
            ("~peter/mail/台北/日本語", "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\""),
            ("a\"b\\c", "\"a\\\"b\\\\c\""),
        ] {
            assert_eq!(citato(nome), scritto);
        }
    }
}
