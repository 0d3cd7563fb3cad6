//! The data of PDF streams that hold structure: cross-references, objects, certificates (ISO 32000-2 clause 7.4.4).

use super::super::difetto::Difetto;
use super::oggetto::{Dizionario, Oggetto};
use flate2::read::ZlibDecoder;
use std::io::Read;

/// The longest stream of structure once decompressed: the cross-references of some three million objects.
pub const MAX_DECOMPRESSO_BYTE: usize = 32 * 1024 * 1024;

/// Decodes data that are plain, or `FlateDecode` with or without PNG predictors: nothing else occurs in structure.
pub fn decomprimi(dizionario: &Dizionario, dati: &[u8], limite: usize) -> Result<Vec<u8>, Difetto> {
    let ignoto = Difetto("il PDF comprime la sua struttura in un modo che non è gestito");
    let filtro = unico(dizionario.campo(b"Filter")).ok_or(ignoto)?;
    let parametri = unico(dizionario.campo(b"DecodeParms")).ok_or(ignoto)?;
    let limite = limite.min(MAX_DECOMPRESSO_BYTE);
    match filtro {
        Oggetto::Nullo if dati.len() <= limite => Ok(dati.to_vec()),
        Oggetto::Nome(nome) if nome == b"FlateDecode" || nome == b"Fl" => {
            let mut byte = Vec::new();
            let massimo = u64::try_from(limite).unwrap_or(u64::MAX);
            let letto = ZlibDecoder::new(dati).take(massimo.saturating_add(1)).read_to_end(&mut byte);
            letto.map_err(|_| Difetto("il PDF contiene dati compressi che non si aprono"))?;
            if byte.len() > limite {
                return Err(Difetto("il PDF contiene una struttura compressa troppo grande"));
            }
            senza_predizione(parametri.dizionario(), byte).ok_or(ignoto)
        }
        _ => Err(ignoto),
    }
}

/// A value that may be written as an array of one.
fn unico(oggetto: &Oggetto) -> Option<&Oggetto> {
    match oggetto {
        Oggetto::Elenco(elenco) => match elenco.as_slice() {
            [] => Some(&Oggetto::Nullo),
            [uno] => Some(uno),
            _ => None,
        },
        altro => Some(altro),
    }
}

/// Undoes the PNG predictors (RFC 2083 section 6), of one byte per sample.
fn senza_predizione(parametri: Option<&Dizionario>, byte: Vec<u8>) -> Option<Vec<u8>> {
    let parametri = parametri.filter(|p| p.campo(b"Predictor").intero().is_some_and(|n| n > 1));
    let Some(parametri) = parametri else { return Some(byte) };
    let colonne = parametri.campo(b"Columns").misura().unwrap_or(1);
    let altri_campioni = parametri.ha(b"Colors") && parametri.campo(b"Colors").intero() != Some(1)
        || parametri.ha(b"BitsPerComponent") && parametri.campo(b"BitsPerComponent").intero() != Some(8);
    if parametri.campo(b"Predictor").intero()? < 10 || colonne == 0 || colonne > byte.len() || altri_campioni {
        return None;
    }
    let mut chiaro = Vec::with_capacity(byte.len());
    let mut sopra = vec![0; colonne];
    for riga in byte.chunks_exact(colonne + 1) {
        let (tipo, riga) = riga.split_first()?;
        let (mut sinistra, mut sopra_sinistra) = (0_u8, 0_u8);
        let mut nuova = Vec::with_capacity(colonne);
        for (cifrato, alto) in riga.iter().zip(&sopra) {
            let base = match tipo {
                0 => 0,
                1 => sinistra,
                2 => *alto,
                3 => sinistra.midpoint(*alto),
                4 => paeth(sinistra, *alto, sopra_sinistra),
                _ => return None,
            };
            sinistra = cifrato.wrapping_add(base);
            sopra_sinistra = *alto;
            nuova.push(sinistra);
        }
        chiaro.extend_from_slice(&nuova);
        sopra = nuova;
    }
    Some(chiaro)
}

fn paeth(sinistra: u8, sopra: u8, sopra_sinistra: u8) -> u8 {
    let stima = i16::from(sinistra) + i16::from(sopra) - i16::from(sopra_sinistra);
    let distanza = |b: u8| (stima - i16::from(b)).abs();
    match () {
        () if distanza(sinistra) <= distanza(sopra) && distanza(sinistra) <= distanza(sopra_sinistra) => sinistra,
        () if distanza(sopra) <= distanza(sopra_sinistra) => sopra,
        () => sopra_sinistra,
    }
}

#[cfg(test)]
mod tests {
    use super::super::oggetto::{Lettore, MAX_VALORI};
    use super::*;
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write as _;

    fn check(dizionario: &str, dati: &[u8], atteso: Option<&[u8]>) {
        let letto = Lettore::new(dizionario.as_bytes(), 0, MAX_VALORI).oggetto(0).unwrap();
        let chiaro = decomprimi(letto.dizionario().unwrap(), dati, MAX_DECOMPRESSO_BYTE).ok();
        assert_eq!(chiaro.as_deref(), atteso, "{dizionario}");
    }

    fn comprimi(byte: &[u8]) -> Vec<u8> {
        let mut compressore = ZlibEncoder::new(Vec::new(), Compression::fast());
        compressore.write_all(byte).unwrap();
        compressore.finish().unwrap()
    }

    #[test]
    fn data_are_decoded_with_every_predictor() {
        check("<<>>", b"abc", Some(b"abc"));
        check("<</Filter/FlateDecode>>", &comprimi(b"abc"), Some(b"abc"));
        check("<</Filter[/FlateDecode]/DecodeParms[null]>>", &comprimi(b"abc"), Some(b"abc"));
        check("<</Filter/LZWDecode>>", b"abc", None);
        check("<</Filter/FlateDecode>>", b"abc", None);
        let predizione = "<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 3>>>>";
        let righe = [[0, 1, 2, 3], [1, 1, 1, 1], [2, 1, 1, 1], [3, 2, 2, 2], [4, 1, 0, 0]].concat();
        check(predizione, &comprimi(&righe), Some(&[1, 2, 3, 1, 2, 3, 2, 3, 4, 3, 5, 6, 4, 5, 6]));
        check(predizione, &comprimi(&[5, 0, 0, 0]), None);
    }

    #[test]
    fn a_bomb_is_not_opened() {
        check("<</Filter/FlateDecode>>", &comprimi(&vec![0; MAX_DECOMPRESSO_BYTE + 1]), None);
    }
}
