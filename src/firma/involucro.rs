//! Wrappings of a signed file: base64, with or without line breaks, PEM (RFC 7468), S/MIME (RFC 8551 section 3.4.2).

use super::ber::conta;
use super::difetto::Difetto;
use std::io::{self, BufRead, BufReader, Read};

/// The longest line read when looking for the armour of PEM.
const MAX_RIGA_BYTE: u64 = 200;

/// What stands round the base64 text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Armatura {
    /// Nothing.
    Nessuna,
    /// The lines `-----BEGIN …-----` and `-----END …-----`.
    Pem,
    /// A MIME header and the empty line that ends it.
    Mime,
}

/// Decodes base64 as it is read. The text ends at padding, or at the first character that is not base64 nor blank.
pub struct Base64<R> {
    sorgente: BufReader<R>,
    armatura: Armatura,
    /// Bits of the current group of four digits, and how many digits it has.
    gruppo: u32,
    cifre: u8,
    /// Decoded bytes not yet given.
    pronti: Vec<u8>,
    dati: usize,
    finito: bool,
    /// What is wrong with the end of the text: it comes after the bytes before it, however many are decoded at once.
    guasto: Option<Difetto>,
}

impl<R: Read> Base64<R> {
    /// Starts at the first byte of `sorgente`; a byte order mark is passed over, and a MIME header, and
    /// everything up to the first line of PEM (RFC 7468 section 5.2 allows explanations before it).
    pub fn apri(sorgente: R, armatura: Armatura) -> io::Result<Self> {
        let mut sorgente = BufReader::new(sorgente);
        if sorgente.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            sorgente.consume(3);
        }
        let (pronti, guasto) = (Vec::new(), None);
        let mut nuovo = Self { sorgente, armatura, gruppo: 0, cifre: 0, pronti, dati: 0, finito: false, guasto };
        if armatura == Armatura::Mime {
            while !nuovo.riga()?.trim_ascii().is_empty() {}
        }
        if armatura == Armatura::Pem {
            while !matches!(nuovo.riga()?.as_slice(), [] | [b'-', b'-', b'-', b'-', b'-', b'B', ..]) {}
        }
        Ok(nuovo)
    }

    /// What follows the base64 text: how many bytes that are neither blank, padding nor the last line of PEM.
    pub fn avanzo(&mut self) -> io::Result<u64> {
        let mut estranei = 0;
        let mut chiusa = self.armatura != Armatura::Pem;
        loop {
            let riga = self.riga()?;
            if riga.is_empty() {
                return Ok(estranei);
            }
            if !chiusa && riga.starts_with(b"-----END ") {
                chiusa = true;
                continue;
            }
            estranei += conta(riga.iter().filter(|b| !b.is_ascii_whitespace() && !matches!(b, 0 | b'=')).count());
        }
    }

    fn riga(&mut self) -> io::Result<Vec<u8>> {
        let mut riga = Vec::new();
        self.sorgente.by_ref().take(MAX_RIGA_BYTE).read_until(b'\n', &mut riga)?;
        Ok(riga)
    }

    fn riempi(&mut self) -> io::Result<()> {
        self.pronti.clear();
        self.dati = 0;
        while self.pronti.is_empty() && !self.finito {
            let pezzo = self.sorgente.fill_buf()?;
            let mut letti = 0;
            self.finito = pezzo.is_empty();
            for b in pezzo {
                if !b.is_ascii_whitespace() {
                    let Some(cifra) = cifra(*b) else {
                        self.finito = true;
                        break;
                    };
                    self.gruppo = self.gruppo << 6 | cifra;
                    self.cifre += 1;
                    if self.cifre == 4 {
                        let [_, tre @ ..] = self.gruppo.to_be_bytes();
                        self.pronti.extend(tre);
                        (self.gruppo, self.cifre) = (0, 0);
                    }
                }
                letti += 1;
            }
            self.sorgente.consume(letti);
        }
        if self.finito {
            self.guasto = self.chiudi_gruppo().err();
        }
        Ok(())
    }

    /// Two or three digits at the end are one or two bytes; the bits beyond them must be zero.
    fn chiudi_gruppo(&mut self) -> Result<(), Difetto> {
        let (di_troppo, byte) = match self.cifre {
            0 => return Ok(()),
            2 => (4, 1),
            3 => (2, 2),
            _ => return Err(Difetto("il testo base64 è interrotto")),
        };
        if self.gruppo.trailing_zeros() < di_troppo {
            return Err(Difetto("il testo base64 termina male"));
        }
        let quanti = (self.gruppo >> di_troppo).to_be_bytes();
        self.pronti.extend(quanti.iter().skip(4 - byte));
        (self.gruppo, self.cifre) = (0, 0);
        Ok(())
    }
}

impl<R: Read> Read for Base64<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.dati >= self.pronti.len() && !self.finito {
            self.riempi()?;
        }
        let mut restano = self.pronti.get(self.dati..).unwrap_or_default();
        if let Some(guasto) = self.guasto.filter(|_| restano.is_empty()) {
            return Err(guasto.into());
        }
        let n = restano.read(buf)?;
        self.dati += n;
        Ok(n)
    }
}

/// The blocks of a PEM text that have this label, decoded; what does not decode is given as no bytes.
pub fn pem<'a>(testo: &'a str, etichetta: &str) -> impl Iterator<Item = Vec<u8>> + use<'a> {
    let inizio = format!("-----BEGIN {etichetta}-----");
    testo.match_indices("-----BEGIN ").filter_map(move |(dove, _)| {
        let blocco = testo.get(dove..)?;
        if !blocco.starts_with(&inizio) {
            return None;
        }
        let mut der = Vec::new();
        let letto = Base64::apri(blocco.as_bytes(), Armatura::Pem).and_then(|mut b| b.read_to_end(&mut der));
        Some(if letto.is_ok() { der } else { Vec::new() })
    })
}

fn cifra(b: u8) -> Option<u32> {
    Some(u32::from(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decodifica(testo: &str, armatura: Armatura) -> Option<(Vec<u8>, u64)> {
        let mut lettore = Base64::apri(testo.as_bytes(), armatura).unwrap();
        let mut byte = Vec::new();
        lettore.read_to_end(&mut byte).ok()?;
        Some((byte, lettore.avanzo().unwrap()))
    }

    #[test]
    fn base64_is_read_with_and_without_line_breaks() {
        let check = |testo: &str, atteso: Option<(&[u8], u64)>| {
            let atteso = atteso.map(|(byte, avanzo)| (byte.to_vec(), avanzo));
            assert_eq!(decodifica(testo, Armatura::Nessuna), atteso, "{testo:?}");
        };
        check("", Some((b"", 0)));
        check("aGVsbG8=", Some((b"hello", 0)));
        check("\u{feff}aG\r\nVs\nbG 8=\r\n\r\n", Some((b"hello", 0)));
        check("aGVsbG8", Some((b"hello", 0)));
        check("aGVs", Some((b"hel", 0)));
        check("aGVsbA==", Some((b"hell", 0)));
        check("aGVs!bG8=", Some((b"hel", 4)));
        check("aGVsbG9", None);
        check("aGVsb", None);
    }

    /// Found by fuzzing: the bytes before a bad end were lost, or not, by how many came at once.
    #[test]
    fn a_bad_end_does_not_take_away_what_came_before_it() {
        for testo in ["aGVsbG9", "aGVsbG8gd29ybGQhb"] {
            let mut lettore = Base64::apri(testo.as_bytes(), Armatura::Nessuna).unwrap();
            let mut byte = Vec::new();
            assert!(lettore.read_to_end(&mut byte).is_err(), "{testo}");
            assert!(byte.starts_with(b"hel") && b"hello world!".starts_with(&byte), "{testo}: {byte:?}");
            assert!(lettore.read(&mut [0]).is_err(), "the defect is there for whoever reads again");
        }
    }

    #[test]
    fn pem_is_read_between_its_lines() {
        let pem = "-----BEGIN PKCS7-----\naGVs\nbG8=\n-----END PKCS7-----\n";
        assert_eq!(decodifica(pem, Armatura::Pem), Some((b"hello".to_vec(), 0)));
        assert_eq!(super::pem(pem, "PKCS7").collect::<Vec<_>>(), [b"hello"]);
        assert_eq!(super::pem(pem, "CERTIFICATE").count(), 0);
    }
}
