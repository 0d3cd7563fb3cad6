//! Which digest and which signature scheme an `AlgorithmIdentifier` names.

use super::asn1::Elemento;
use super::ber::{CONTESTO_0, CONTESTO_1, CONTESTO_2, INTEGER, SEQUENCE};
use super::oid;
use aws_lc_rs::digest as aws;
use der::oid::ObjectIdentifier;
use sha3::Digest as _;

/// A digest function that can be computed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Digesto {
    /// SHA-1, still found in old signatures.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SHA3-224.
    Sha3_224,
    /// SHA3-256.
    Sha3_256,
    /// SHA3-384.
    Sha3_384,
    /// SHA3-512.
    Sha3_512,
}

const DIGESTI: [(Digesto, ObjectIdentifier, &str); 9] = [
    (Digesto::Sha1, oid::SHA1, "SHA-1"),
    (Digesto::Sha224, oid::SHA224, "SHA-224"),
    (Digesto::Sha256, oid::SHA256, "SHA-256"),
    (Digesto::Sha384, oid::SHA384, "SHA-384"),
    (Digesto::Sha512, oid::SHA512, "SHA-512"),
    (Digesto::Sha3_224, oid::SHA3_224, "SHA3-224"),
    (Digesto::Sha3_256, oid::SHA3_256, "SHA3-256"),
    (Digesto::Sha3_384, oid::SHA3_384, "SHA3-384"),
    (Digesto::Sha3_512, oid::SHA3_512, "SHA3-512"),
];

impl Digesto {
    /// The digest with this identifier.
    pub fn con_oid(cercato: ObjectIdentifier) -> Option<Self> {
        DIGESTI.iter().find(|(_, oid, _)| *oid == cercato).map(|(digesto, _, _)| *digesto)
    }

    /// The digest that an `AlgorithmIdentifier` names.
    pub fn da_algoritmo(algoritmo: &Elemento<'_>) -> Option<Self> {
        Self::con_oid(oid_di(algoritmo)?)
    }

    /// The identifier.
    pub fn oid(self) -> ObjectIdentifier {
        DIGESTI.iter().find(|(digesto, _, _)| *digesto == self).map_or(oid::SHA256, |(_, oid, _)| *oid)
    }

    /// The name, as FIPS writes it.
    pub fn nome(self) -> &'static str {
        DIGESTI.iter().find(|(digesto, _, _)| *digesto == self).map_or("", |(_, _, nome)| nome)
    }

    /// A new computation.
    pub fn calcolo(self) -> Calcolo {
        let algoritmo = match self {
            Self::Sha1 => &aws::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => &aws::SHA224,
            Self::Sha256 => &aws::SHA256,
            Self::Sha384 => &aws::SHA384,
            Self::Sha512 => &aws::SHA512,
            Self::Sha3_256 => &aws::SHA3_256,
            Self::Sha3_384 => &aws::SHA3_384,
            Self::Sha3_512 => &aws::SHA3_512,
            Self::Sha3_224 => return Calcolo::Sha3_224(Box::default()),
        };
        Calcolo::Aws(aws::Context::new(algoritmo))
    }

    /// The digest of bytes in memory.
    pub fn di(self, byte: &[u8]) -> Vec<u8> {
        let mut calcolo = self.calcolo();
        calcolo.aggiungi(byte);
        calcolo.concludi()
    }
}

/// A digest being computed.
#[derive(Clone)]
pub enum Calcolo {
    /// By aws-lc, which is twice as fast as pure Rust on processors without SHA instructions.
    Aws(aws::Context),
    /// The one that aws-lc lacks.
    Sha3_224(Box<sha3::Sha3_224>),
}

impl Calcolo {
    /// More bytes.
    pub fn aggiungi(&mut self, pezzo: &[u8]) {
        match self {
            Self::Aws(calcolo) => calcolo.update(pezzo),
            Self::Sha3_224(calcolo) => calcolo.update(pezzo),
        }
    }

    /// The digest of all of them.
    pub fn concludi(self) -> Vec<u8> {
        match self {
            Self::Aws(calcolo) => calcolo.finish().as_ref().to_vec(),
            Self::Sha3_224(calcolo) => calcolo.finalize().to_vec(),
        }
    }
}

/// How a signature value is made out of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2).
    RsaPkcs1,
    /// RSASSA-PSS (RFC 8017 section 8.1).
    RsaPss {
        /// Digest of the mask generation function MGF1.
        maschera: Digesto,
        /// Length of the salt in bytes.
        sale_byte: usize,
    },
    /// ECDSA (FIPS 186-5), value as DER `SEQUENCE { r, s }`.
    Ecdsa,
    /// Ed25519 (RFC 8032, RFC 8419), over the bytes themselves and not over a digest of them.
    EdDsa,
}

impl Schema {
    /// The word of the report.
    pub fn nome(self) -> &'static str {
        match self {
            Self::RsaPkcs1 => "RSA-PKCS1-v1_5",
            Self::RsaPss { .. } => "RSA-PSS",
            Self::Ecdsa => "ECDSA",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// A complete method of signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metodo {
    /// How the value is made.
    pub schema: Schema,
    /// Out of which digest.
    pub digesto: Digesto,
}

impl Metodo {
    /// What the key signs of these bytes: their digest, or the bytes.
    pub fn da_firmare(self, byte: &[u8]) -> Vec<u8> {
        if self.schema == Schema::EdDsa { byte.to_vec() } else { self.digesto.di(byte) }
    }
}

/// The identifier at the head of an `AlgorithmIdentifier`.
pub fn oid_di(algoritmo: &Elemento<'_>) -> Option<ObjectIdentifier> {
    algoritmo.figli().ok()?.first()?.oid()
}

/// Reads a `SignatureAlgorithmIdentifier`.
///
/// `altrove` is the digest named beside it (`digestAlgorithm` of a SignerInfo), used only when the identifier does not
/// name one itself: a digest named twice in two ways is judged by the name inside the signature algorithm.
pub fn metodo(algoritmo: &Elemento<'_>, altrove: Option<Digesto>) -> Option<Metodo> {
    let identificatore = oid_di(algoritmo)?;
    if identificatore == oid::RSA_PSS {
        return metodo_pss(algoritmo);
    }
    let (schema, digesto) = match identificatore {
        oid::RSA => (Schema::RsaPkcs1, altrove?),
        oid::RSA_SHA1 | oid::RSA_SHA1_OIW => (Schema::RsaPkcs1, Digesto::Sha1),
        oid::RSA_SHA224 => (Schema::RsaPkcs1, Digesto::Sha224),
        oid::RSA_SHA256 => (Schema::RsaPkcs1, Digesto::Sha256),
        oid::RSA_SHA384 => (Schema::RsaPkcs1, Digesto::Sha384),
        oid::RSA_SHA512 => (Schema::RsaPkcs1, Digesto::Sha512),
        oid::RSA_SHA3_224 => (Schema::RsaPkcs1, Digesto::Sha3_224),
        oid::RSA_SHA3_256 => (Schema::RsaPkcs1, Digesto::Sha3_256),
        oid::RSA_SHA3_384 => (Schema::RsaPkcs1, Digesto::Sha3_384),
        oid::RSA_SHA3_512 => (Schema::RsaPkcs1, Digesto::Sha3_512),
        oid::EC => (Schema::Ecdsa, altrove?),
        // Its own digest is SHA-512 (RFC 8032 section 5.1).
        oid::ED25519 => (Schema::EdDsa, Digesto::Sha512),
        oid::ECDSA_SHA1 => (Schema::Ecdsa, Digesto::Sha1),
        oid::ECDSA_SHA224 => (Schema::Ecdsa, Digesto::Sha224),
        oid::ECDSA_SHA256 => (Schema::Ecdsa, Digesto::Sha256),
        oid::ECDSA_SHA384 => (Schema::Ecdsa, Digesto::Sha384),
        oid::ECDSA_SHA512 => (Schema::Ecdsa, Digesto::Sha512),
        oid::ECDSA_SHA3_224 => (Schema::Ecdsa, Digesto::Sha3_224),
        oid::ECDSA_SHA3_256 => (Schema::Ecdsa, Digesto::Sha3_256),
        oid::ECDSA_SHA3_384 => (Schema::Ecdsa, Digesto::Sha3_384),
        oid::ECDSA_SHA3_512 => (Schema::Ecdsa, Digesto::Sha3_512),
        _ => return None,
    };
    Some(Metodo { schema, digesto })
}

/// `RSASSA-PSS-params` (RFC 8017 appendix A.2.3); every field has a default.
fn metodo_pss(algoritmo: &Elemento<'_>) -> Option<Metodo> {
    let (mut digesto, mut maschera, mut sale_byte) = (Digesto::Sha1, Digesto::Sha1, 20);
    let figli = algoritmo.figli().ok()?;
    let campi = match figli.get(1) {
        Some(parametri) if parametri.tag == SEQUENCE => parametri.figli().ok()?,
        _ => Vec::new(),
    };
    for campo in campi {
        let dentro = campo.figli().ok()?;
        let valore = dentro.first()?;
        match campo.tag {
            CONTESTO_0 => digesto = Digesto::da_algoritmo(valore)?,
            CONTESTO_1 if oid_di(valore)? == oid::MGF1 => {
                maschera = Digesto::da_algoritmo(valore.figli().ok()?.get(1)?)?;
            }
            CONTESTO_2 if valore.tag == INTEGER => {
                let significative: Vec<u8> = valore.valore.iter().copied().skip_while(|b| *b == 0).collect();
                sale_byte = match *significative.as_slice() {
                    [] => 0,
                    [b] => usize::from(b),
                    [a, b] => usize::from(a) << 8 | usize::from(b),
                    _ => return None,
                };
            }
            // trailerField: only 1 exists.
            _ => {}
        }
    }
    Some(Metodo { schema: Schema::RsaPss { maschera, sale_byte }, digesto })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4 and FIPS 202, of the three letters `abc`: the first four bytes.
    #[test]
    fn digests_are_those_of_the_standard() {
        let attesi = [
            (Digesto::Sha1, "a9993e36"),
            (Digesto::Sha224, "23097d22"),
            (Digesto::Sha256, "ba7816bf"),
            (Digesto::Sha384, "cb00753f"),
            (Digesto::Sha512, "ddaf35a1"),
            (Digesto::Sha3_224, "e642824c"),
            (Digesto::Sha3_256, "3a985da7"),
            (Digesto::Sha3_384, "ec01498"),
            (Digesto::Sha3_512, "b751850b"),
        ];
        for (digesto, atteso) in attesi {
            assert!(hex::encode(digesto.di(b"abc")).starts_with(atteso), "{}", digesto.nome());
            assert_eq!(Digesto::con_oid(digesto.oid()), Some(digesto));
        }
    }
}
