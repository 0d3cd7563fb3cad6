//! Small DER values in memory: re-encoding from BER, and reading.

use super::ber::{COSTRUITO, Flusso, MAX_PROFONDITA, OCTET_STRING, OID, Ottetti, Testata};
use super::difetto::{Difetto, TRONCO, separa};
use der::oid::ObjectIdentifier;
use std::io;

/// Elements one beside the other that are read; an LTA signature with all its evidence has a few hundred.
pub const MAX_ELEMENTI: usize = 20_000;
/// Why more are refused.
pub const TROPPI: Difetto = Difetto("contiene troppi elementi");

/// One element with definite length, borrowed from its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Elemento<'a> {
    /// First identifier octet.
    pub tag: u8,
    /// Contents octets.
    pub valore: &'a [u8],
    /// Header and contents.
    pub intero: &'a [u8],
}

impl<'a> Elemento<'a> {
    /// The elements inside.
    pub fn figli(&self) -> Result<Vec<Elemento<'a>>, Difetto> {
        elementi(self.valore)
    }

    /// The object identifier that this is.
    pub fn oid(&self) -> Option<ObjectIdentifier> {
        if self.tag != OID {
            return None;
        }
        ObjectIdentifier::from_bytes(self.valore).ok()
    }
}

/// The one element that `byte` is.
pub fn elemento(byte: &[u8]) -> Result<Elemento<'_>, Difetto> {
    let (primo, resto) = leggi(byte)?;
    if resto.is_empty() { Ok(primo) } else { Err(Difetto("contiene elementi in più")) }
}

/// The elements that follow each other in `byte`.
pub fn elementi(mut byte: &[u8]) -> Result<Vec<Elemento<'_>>, Difetto> {
    let mut tutti = Vec::new();
    while !byte.is_empty() {
        let (primo, resto) = leggi(byte)?;
        if tutti.len() >= MAX_ELEMENTI {
            return Err(TROPPI);
        }
        tutti.push(primo);
        byte = resto;
    }
    Ok(tutti)
}

/// The first element of `byte`, and what follows it.
pub fn leggi(byte: &[u8]) -> Result<(Elemento<'_>, &[u8]), Difetto> {
    let (&[tag, primo], _) = byte.split_first_chunk::<2>().ok_or(TRONCO)?;
    if tag & 0x1f == 0x1f {
        return Err(Difetto("contiene un elemento di tipo impossibile"));
    }
    let (inizio, lunghezza) = if primo < 0x80 {
        (2, usize::from(primo))
    } else {
        let quanti = usize::from(primo & 0x7f);
        if quanti == 0 || quanti > 4 {
            return Err(Difetto("contiene una lunghezza impossibile"));
        }
        let cifre = byte.get(2..2 + quanti).ok_or(TRONCO)?;
        (2 + quanti, cifre.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b)))
    };
    let fine = inizio.checked_add(lunghezza).ok_or(TRONCO)?;
    let intero = byte.get(..fine).ok_or(TRONCO)?;
    let resto = byte.get(fine..).ok_or(TRONCO)?;
    Ok((Elemento { tag, valore: intero.get(inizio..).ok_or(TRONCO)?, intero }, resto))
}

/// An element with this tag and these contents.
pub fn scrivi(tag: u8, valore: &[u8]) -> Vec<u8> {
    let mut byte = vec![tag];
    let lunghezza = valore.len();
    match u8::try_from(lunghezza) {
        Ok(breve) if breve < 0x80 => byte.push(breve),
        _ => {
            let cifre: Vec<u8> = lunghezza.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
            byte.push(0x80 | u8::try_from(cifre.len()).unwrap_or(0x7f));
            byte.extend(cifre);
        }
    }
    byte.extend_from_slice(valore);
    byte
}

/// The elements inside a BER constructed element, each re-encoded with definite minimal lengths and joined strings.
///
/// What can be read before a defect is given too: the defect comes last.
pub fn figli_da_ber(byte: &[u8]) -> (Vec<Vec<u8>>, Option<Difetto>) {
    let mut figli = Vec::new();
    let esito = raccogli(byte, &mut figli);
    // A slice cannot fail as a disk does.
    let difetto = separa(esito).unwrap_or(Err(TRONCO)).err();
    (figli, difetto)
}

fn raccogli(byte: &[u8], figli: &mut Vec<Vec<u8>>) -> io::Result<()> {
    let mut flusso = Flusso::new(byte);
    let Some(fuori) = flusso.prossimo()? else { return Ok(()) };
    flusso.apri(&fuori)?;
    while let Some(testata) = flusso.prossimo()? {
        if figli.len() >= MAX_ELEMENTI {
            return Err(TROPPI.into());
        }
        let mut figlio = Vec::new();
        riscrivi(&mut flusso, &testata, 0, &mut figlio)?;
        figli.push(figlio);
    }
    Ok(())
}

/// Recursive, but never deeper than [`MAX_PROFONDITA`].
fn riscrivi(flusso: &mut Flusso<&[u8]>, testata: &Testata, livello: usize, dove: &mut Vec<u8>) -> io::Result<()> {
    if livello > MAX_PROFONDITA {
        return Err(Difetto("ha troppi livelli annidati").into());
    }
    let mut valore = Vec::new();
    let mut tag = testata.tag;
    if tag & !COSTRUITO == OCTET_STRING {
        tag = OCTET_STRING;
        let mut stringa = Ottetti::apri(flusso, testata)?;
        let mut buf = [0; 1024];
        loop {
            let n = stringa.leggi(flusso, &mut buf)?;
            if n == 0 {
                break;
            }
            valore.extend_from_slice(buf.get(..n).unwrap_or_default());
        }
    } else if tag & COSTRUITO != 0 {
        flusso.apri(testata)?;
        while let Some(figlio) = flusso.prossimo()? {
            riscrivi(flusso, &figlio, livello + 1, &mut valore)?;
        }
    } else {
        let mut restano = testata.lunghezza.unwrap_or(0);
        let mut buf = [0; 1024];
        while restano > 0 {
            let quanti = usize::try_from(restano).unwrap_or(usize::MAX).min(buf.len());
            let n = flusso.leggi(buf.get_mut(..quanti).unwrap_or_default())?;
            valore.extend_from_slice(buf.get(..n).unwrap_or_default());
            restano -= super::ber::conta(n);
        }
    }
    dove.extend(scrivi(tag, &valore));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for n in [0, 1, 127, 128, 255, 256, 65_535, 65_536, 70_000] {
            let byte = scrivi(OCTET_STRING, &vec![7; n]);
            assert_eq!(elemento(&byte).unwrap().valore.len(), n);
            assert!(elemento(&byte[..byte.len() - 1]).is_err());
        }
    }

    #[test]
    fn ber_becomes_der() {
        let ber = b"\x31\x80\x30\x80\x24\x80\x04\x01a\x04\x02bc\x00\x00\x02\x81\x01\x05\x00\x00\x04\x00\x00\x00";
        let (figli, difetto) = figli_da_ber(ber);
        assert_eq!(difetto, None);
        assert_eq!(figli, [b"\x30\x08\x04\x03abc\x02\x01\x05".to_vec(), b"\x04\x00".to_vec()]);
        let (figli, difetto) = figli_da_ber(b"\x31\x07\x04\x01a\x30\x02\x04\x05");
        assert_eq!(figli, [b"\x04\x01a".to_vec()]);
        assert!(difetto.is_some());
    }
}
