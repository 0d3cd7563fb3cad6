//! *Impronta*: the SHA-256 of a file, by which the register and the store know it (DPCM 3/12/2013 art. 19).

use super::Rifiuto;
use base64::Engine as _;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// SHA-256 of the exact bytes of a file. Shown as 64 lower-case hexadecimal digits, in XML as base64.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Impronta([u8; 32]);

impl Impronta {
    /// The impronta of bytes that are already in memory.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// What a hasher that has been fed a whole file says.
    #[must_use]
    pub fn from_sha256(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Base64, as the XML of a segnatura carries it.
    #[must_use]
    pub fn base64(&self) -> String {
        base64::engine::general_purpose::STANDARD.encode(self.0)
    }
}

impl fmt::Display for Impronta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Impronta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Impronta({self})")
    }
}

impl FromStr for Impronta {
    type Err = Rifiuto;
    fn from_str(testo: &str) -> Result<Self, Rifiuto> {
        let mut bytes = [0; 32];
        let regola = "servono le 64 cifre esadecimali dello SHA-256";
        hex::decode_to_slice(testo.trim(), &mut bytes).map_err(|_| Rifiuto::new("impronta", regola))?;
        Ok(Self(bytes))
    }
}

impl serde::Serialize for Impronta {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Impronta {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let testo = String::deserialize(d)?;
        testo.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_impronta_of_nothing_is_the_known_one() {
        let vuota = Impronta::of(b"");
        assert_eq!(vuota.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(vuota.base64(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(vuota.to_string().to_uppercase().parse(), Ok(vuota));
    }

    #[test]
    fn half_an_impronta_is_refused() {
        assert!("e3b0".parse::<Impronta>().is_err());
        assert!("zz".repeat(32).parse::<Impronta>().is_err());
    }
}
