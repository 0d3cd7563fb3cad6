//! The digest of a document as a segnatura writes it: by which algorithm, and of what.

use aws_lc_rs::digest::{self, Algorithm, Context};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

/// An algorithm by which a digest can be computed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Algoritmo {
    /// Circolare 28/2001; no longer sound.
    Sha1,
    /// Allegato 6, table 1.
    Sha224,
    /// The one of Circolare 60/2013, and the usual one.
    Sha256,
    /// Allegato 6, table 1.
    Sha384,
    /// Allegato 6, table 1.
    Sha512,
}

impl Algoritmo {
    /// By its name, however it is spelt: `SHA-256`, `sha256`, `SHA_256`, the address of XML signatures.
    pub(super) fn con_nome(nome: &str) -> Option<Self> {
        let nome = nome.trim().rsplit(['#', ':']).next().unwrap_or_default();
        let compatto: String = nome.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        match compatto.to_ascii_lowercase().as_str() {
            "sha1" | "sha" => Some(Self::Sha1),
            "sha224" => Some(Self::Sha224),
            "sha256" => Some(Self::Sha256),
            "sha384" => Some(Self::Sha384),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The name, as FIPS writes it.
    pub(super) fn nome(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    fn funzione(self) -> &'static Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => &digest::SHA224,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }

    /// The bytes that a digest writes, in base64 or hexadecimal; `None` if they are not as many as this algorithm gives.
    pub(super) fn leggi(self, scritta: &str) -> Option<Vec<u8>> {
        let compatta: String = scritta.split_whitespace().collect();
        let lunga = |b: &Vec<u8>| b.len() == self.funzione().output_len();
        let base64 = STANDARD.decode(&compatta).ok().filter(lunga);
        base64.or_else(|| hex::decode(&compatta).ok().filter(lunga))
    }
}

/// Digests by several algorithms of what is read once.
pub(super) struct Somme(BTreeMap<Algoritmo, Context>);

impl Somme {
    pub(super) fn new(algoritmi: &BTreeSet<Algoritmo>) -> Self {
        Self(algoritmi.iter().map(|a| (*a, Context::new(a.funzione()))).collect())
    }

    /// Those of all that `byte` gives; what nobody asks for is not even read.
    pub(super) fn di(mut self, byte: &mut dyn Read) -> io::Result<BTreeMap<Algoritmo, Vec<u8>>> {
        let mut pezzo = vec![0; 64 * 1024];
        while !self.0.is_empty() {
            let letti = match byte.read(&mut pezzo) {
                Ok(0) => break,
                Ok(letti) => letti,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            let letto = pezzo.get(..letti).unwrap_or_default();
            self.0.values_mut().for_each(|somma| somma.update(letto));
        }
        Ok(self.0.into_iter().map(|(a, somma)| (a, somma.finish().as_ref().to_vec())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_however_it_is_written() {
        for nome in ["SHA-256", "sha256", "SHA_256", "http://www.w3.org/2001/04/xmlenc#sha256", " SHA 256 "] {
            assert_eq!(Algoritmo::con_nome(nome), Some(Algoritmo::Sha256), "{nome}");
        }
        for nome in ["", "MD5", "HMAC-SHA-256", "SHA-257", "SHA3-256"] {
            assert_eq!(Algoritmo::con_nome(nome), None, "{nome}");
        }
        let di_niente = |algoritmo: Algoritmo| {
            Somme::new(&[algoritmo].into()).di(&mut io::empty()).unwrap().remove(&algoritmo).unwrap()
        };
        let vuoto = di_niente(Algoritmo::Sha256);
        assert_eq!(Algoritmo::Sha256.leggi("47DEQpj8HBSa+/TImW+5JCeuQeRk\n m5NMpJWZG3hSuFU="), Some(vuoto.clone()));
        assert_eq!(Algoritmo::Sha256.leggi(&hex::encode_upper(&vuoto)), Some(vuoto));
        assert_eq!(Algoritmo::Sha256.leggi(&STANDARD.encode(di_niente(Algoritmo::Sha1))), None);
    }
}
