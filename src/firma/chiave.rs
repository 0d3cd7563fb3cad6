//! Public keys, and the verification of a signature value over a digest.

use super::algoritmo::{Digesto, Metodo, Schema};
use super::asn1::{Elemento, elemento, scrivi};
use super::ber::{BIT_STRING, INTEGER};
use super::oid;
use aws_lc_rs::digest::{Digest, SHA256, SHA384, SHA512};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P521_SHA512_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey,
};
use rsa::traits::PublicKeyParts as _;
use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};

/// The longest RSA modulus accepted, in bits.
const MAX_RSA_BIT: usize = 8192;
/// The shortest RSA modulus read at all, in bits; what is weak is judged elsewhere.
const MIN_RSA_BIT: usize = 512;

/// A public key of a kind that can be used here.
#[derive(Debug)]
pub enum Chiave<'a> {
    /// RSA, also as it is written in its certificate (`RSAPublicKey`, RFC 8017 appendix A.1.1).
    Rsa(RsaPublicKey, &'a [u8]),
    /// A point on a named curve.
    Ec(Curva, &'a [u8]),
    /// Ed25519 (RFC 8410).
    Ed25519(&'a [u8]),
}

/// The curves that can be used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curva {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
}

/// What came out of checking a signature value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Esito {
    /// The value was made with this key over this digest.
    Valida,
    /// It was not.
    NonValida,
}

impl<'a> Chiave<'a> {
    /// Reads a `SubjectPublicKeyInfo`; `None` if the kind of key is not known or its encoding is broken.
    pub fn da_spki(spki: &'a [u8]) -> Option<Self> {
        let parti = elemento(spki).ok()?.figli().ok()?;
        let [algoritmo, bit] = *parti.as_slice() else { return None };
        let figli = algoritmo.figli().ok()?;
        let punto = bit_interi(&bit)?;
        match figli.first()?.oid()? {
            oid::RSA | oid::RSA_PSS => chiave_rsa(punto).map(|chiave| Self::Rsa(chiave, punto)),
            oid::EC => {
                let curva = match figli.get(1)?.oid()? {
                    oid::P256 => Curva::P256,
                    oid::P384 => Curva::P384,
                    oid::P521 => Curva::P521,
                    _ => return None,
                };
                Some(Self::Ec(curva, punto))
            }
            oid::ED25519 => Some(Self::Ed25519(punto)),
            _ => None,
        }
    }

    /// Whether `firma` was made with this key, by this method, over `impronta` ([`Metodo::da_firmare`]).
    pub fn verifica(&self, metodo: Metodo, impronta: &[u8], firma: &[u8]) -> Esito {
        let valida = match (self, metodo.schema) {
            (Self::Rsa(chiave, byte), Schema::RsaPkcs1) => {
                rsa_pkcs1_svelta(byte, metodo.digesto, impronta, firma)
                    || rsa_pkcs1(chiave, metodo.digesto, impronta, firma)
            }
            (Self::Rsa(chiave, _), Schema::RsaPss { maschera, sale_byte }) => {
                rsa_pss(chiave, metodo.digesto, maschera, sale_byte, impronta, firma).unwrap_or(false)
            }
            (Self::Ec(curva, punto), Schema::Ecdsa) => ecdsa(*curva, punto, impronta, firma),
            (Self::Ed25519(punto), Schema::EdDsa) => {
                UnparsedPublicKey::new(&ED25519, punto).verify(impronta, firma).is_ok()
            }
            _ => false,
        };
        if valida { Esito::Valida } else { Esito::NonValida }
    }

    /// How long the modulus of an RSA key is, in bits; `None` for the other kinds.
    pub fn bit_rsa(&self) -> Option<usize> {
        match self {
            Self::Rsa(chiave, _) => Some(chiave.n().bits()),
            Self::Ec(..) | Self::Ed25519(_) => None,
        }
    }
}

/// The octets of a BIT STRING without unused bits.
pub fn bit_interi<'a>(bit: &Elemento<'a>) -> Option<&'a [u8]> {
    match bit.valore.split_first() {
        Some((0, ottetti)) if bit.tag == BIT_STRING => Some(ottetti),
        _ => None,
    }
}

fn chiave_rsa(byte: &[u8]) -> Option<RsaPublicKey> {
    let numeri = elemento(byte).ok()?.figli().ok()?;
    let [modulo, esponente] = *numeri.as_slice() else { return None };
    if modulo.tag != INTEGER || esponente.tag != INTEGER || modulo.valore.len() > MAX_RSA_BIT / 8 + 1 {
        return None;
    }
    let n = BigUint::from_bytes_be(modulo.valore);
    let e = BigUint::from_bytes_be(esponente.valore);
    let dispari = modulo.valore.last().is_some_and(|b| b & 1 == 1);
    if !dispari || n.bits() < MIN_RSA_BIT {
        return None;
    }
    RsaPublicKey::new_with_max_size(n, e, MAX_RSA_BIT).ok()
}

/// By aws-lc, many times as fast as crate `rsa`. It does not know every digest and refuses some keys, short ones first: what it
/// does not confirm is asked of the other.
fn rsa_pkcs1_svelta(chiave: &[u8], digesto: Digesto, impronta: &[u8], firma: &[u8]) -> bool {
    let (algoritmo, digesto) = match digesto {
        Digesto::Sha256 => (&RSA_PKCS1_2048_8192_SHA256, &SHA256),
        Digesto::Sha384 => (&RSA_PKCS1_2048_8192_SHA384, &SHA384),
        Digesto::Sha512 => (&RSA_PKCS1_2048_8192_SHA512, &SHA512),
        _ => return false,
    };
    let Ok(impronta) = Digest::import_less_safe(impronta, digesto) else { return false };
    UnparsedPublicKey::new(algoritmo, chiave).verify_digest(&impronta, firma).is_ok()
}

fn rsa_pkcs1(chiave: &RsaPublicKey, digesto: Digesto, impronta: &[u8], firma: &[u8]) -> bool {
    // DigestInfo ::= SEQUENCE { AlgorithmIdentifier { oid, NULL }, OCTET STRING }, without the digest itself.
    let oid = scrivi(super::ber::OID, digesto.oid().as_bytes());
    let algoritmo = scrivi(super::ber::SEQUENCE, &[oid.as_slice(), &[5, 0]].concat());
    let ottetti = scrivi(super::ber::OCTET_STRING, impronta);
    let intero = scrivi(super::ber::SEQUENCE, &[algoritmo, ottetti].concat());
    let prefisso = intero.get(..intero.len().saturating_sub(impronta.len())).unwrap_or_default();
    let schema = Pkcs1v15Sign { hash_len: Some(impronta.len()), prefix: prefisso.into() };
    chiave.verify(schema, impronta, firma).is_ok()
}

/// EMSA-PSS-VERIFY (RFC 8017 section 9.1.2), here because signers exist whose mask uses another digest than the message,
/// which crate `rsa` does not foresee. `None` = inconsistent.
fn rsa_pss(
    chiave: &RsaPublicKey,
    digesto: Digesto,
    maschera: Digesto,
    sale_byte: usize,
    impronta: &[u8],
    firma: &[u8],
) -> Option<bool> {
    let valore = BigUint::from_bytes_be(firma);
    if firma.len() != chiave.size() || valore >= *chiave.n() {
        return None;
    }
    let aperta = valore.modpow(chiave.e(), chiave.n()).to_bytes_be();
    let bit_messaggio = chiave.n().bits().checked_sub(1)?;
    let lungo = bit_messaggio.div_ceil(8);
    let mut messaggio = vec![0; lungo.checked_sub(aperta.len())?];
    messaggio.extend(aperta);
    let (&ultimo, messaggio) = messaggio.split_last()?;
    let blocco_byte = messaggio.len().checked_sub(impronta.len())?;
    let (blocco, atteso) = messaggio.split_at_checked(blocco_byte)?;
    let bit_nulli = u32::try_from(8 * lungo - bit_messaggio).ok()?;
    let tenuti = 0xff_u8.checked_shr(bit_nulli)?;
    if ultimo != 0xbc || blocco.first()? & !tenuti != 0 {
        return None;
    }
    let mut chiaro: Vec<u8> = blocco.iter().zip(mgf1(maschera, atteso, blocco_byte)).map(|(a, b)| a ^ b).collect();
    *chiaro.first_mut()? &= tenuti;
    let (riempimento, sale) = chiaro.split_at_checked(blocco_byte.checked_sub(sale_byte)?)?;
    let (&uno, zeri) = riempimento.split_last()?;
    if uno != 1 || zeri.iter().any(|b| *b != 0) {
        return None;
    }
    Some(digesto.di(&[&[0; 8], impronta, sale].concat()) == atteso)
}

/// RFC 8017 appendix B.2.1.
fn mgf1(digesto: Digesto, seme: &[u8], quanti: usize) -> Vec<u8> {
    let mut byte = Vec::new();
    for contatore in 0_u32.. {
        if byte.len() >= quanti {
            break;
        }
        byte.extend(digesto.di(&[seme, contatore.to_be_bytes().as_slice()].concat()));
    }
    byte.truncate(quanti);
    byte
}

/// ECDSA uses the leftmost bits of the digest, as many as the order of the curve has (FIPS 186-5 section 6.4.2), so any
/// digest can be brought to the length that the library expects for that curve: longer ones cut, shorter ones padded
/// on the left.
fn ecdsa(curva: Curva, punto: &[u8], impronta: &[u8], firma: &[u8]) -> bool {
    let (algoritmo, digesto, lungo) = match curva {
        Curva::P256 => (&ECDSA_P256_SHA256_ASN1, &SHA256, 32),
        Curva::P384 => (&ECDSA_P384_SHA384_ASN1, &SHA384, 48),
        Curva::P521 => (&ECDSA_P521_SHA512_ASN1, &SHA512, 64),
    };
    let tagliata = impronta.get(..lungo).unwrap_or(impronta);
    let mut giusta = vec![0; lungo - tagliata.len()];
    giusta.extend_from_slice(tagliata);
    let Ok(giusta) = Digest::import_less_safe(&giusta, digesto) else { return false };
    UnparsedPublicKey::new(algoritmo, punto).verify_digest(&giusta, firma).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature as aws;
    use aws_lc_rs::signature::KeyPair as _;
    use rsa::RsaPrivateKey;
    use rsa::pkcs1::EncodeRsaPublicKey as _;
    use rsa::pkcs8::DecodePrivateKey as _;
    use rsa::rand_core::OsRng;
    use rsa::sha2::{Sha256, Sha512};

    const MESSAGGIO: &[u8] = b"determinazione";

    fn check(chiave: &Chiave<'_>, schema: Schema, digesto: Digesto, firma: &[u8]) {
        let metodo = Metodo { schema, digesto };
        let impronta = digesto.di(MESSAGGIO);
        assert_eq!(chiave.verifica(metodo, &impronta, firma), Esito::Valida, "{metodo:?}");
        assert_eq!(chiave.verifica(metodo, &digesto.di(b"altro"), firma), Esito::NonValida, "{metodo:?}");
        for i in 0..firma.len() {
            let mut guasta = firma.to_vec();
            guasta[i] ^= 1 << (i % 8);
            assert_eq!(chiave.verifica(metodo, &impronta, &guasta), Esito::NonValida, "{metodo:?} byte {i}");
        }
        assert_eq!(chiave.verifica(metodo, &impronta, &[firma, &[0]].concat()), Esito::NonValida, "{metodo:?}");
        assert_eq!(chiave.verifica(metodo, &impronta, &[]), Esito::NonValida, "{metodo:?}");
    }

    #[test]
    fn rsa_values_verify_and_flipped_ones_do_not() {
        let pem = format!("{}/fixtures/chiavi/tarsi-rsa.key.pem", env!("CARGO_MANIFEST_DIR"));
        let privata = RsaPrivateKey::from_pkcs8_pem(&std::fs::read_to_string(pem).unwrap()).unwrap();
        let scritta = RsaPublicKey::from(&privata).to_pkcs1_der().unwrap();
        let pubblica = Chiave::Rsa(RsaPublicKey::from(&privata), scritta.as_bytes());
        let (corta, lunga) = (Digesto::Sha256.di(MESSAGGIO), Digesto::Sha512.di(MESSAGGIO));
        let firma = privata.sign(Pkcs1v15Sign::new::<Sha256>(), &corta).unwrap();
        check(&pubblica, Schema::RsaPkcs1, Digesto::Sha256, &firma);
        let firma = privata.sign(Pkcs1v15Sign::new::<Sha512>(), &lunga).unwrap();
        check(&pubblica, Schema::RsaPkcs1, Digesto::Sha512, &firma);
        let illeggibile_per_aws = Chiave::Rsa(RsaPublicKey::from(&privata), b"");
        check(&illeggibile_per_aws, Schema::RsaPkcs1, Digesto::Sha512, &firma);
        for sale_byte in [0, 20, 32, 222] {
            let schema = Schema::RsaPss { maschera: Digesto::Sha256, sale_byte };
            let firma =
                privata.sign_with_rng(&mut OsRng, rsa::Pss::new_with_salt::<Sha256>(sale_byte), &corta).unwrap();
            check(&pubblica, schema, Digesto::Sha256, &firma);
        }
        let schema = Schema::RsaPss { maschera: Digesto::Sha1, sale_byte: 64 };
        let firma = privata.sign_with_rng(&mut OsRng, rsa::Pss::new_with_salt::<Sha512>(64), &lunga).unwrap();
        let altra_maschera = Metodo { schema, digesto: Digesto::Sha512 };
        assert_eq!(pubblica.verifica(altra_maschera, &lunga, &firma), Esito::NonValida);
    }

    #[test]
    fn ed25519_signs_the_bytes_and_not_their_digest() {
        let coppia = aws::Ed25519KeyPair::generate().unwrap();
        let firma = coppia.sign(MESSAGGIO);
        let chiave = Chiave::Ed25519(coppia.public_key().as_ref());
        let metodo = Metodo { schema: Schema::EdDsa, digesto: Digesto::Sha512 };
        assert_eq!(chiave.verifica(metodo, &metodo.da_firmare(MESSAGGIO), firma.as_ref()), Esito::Valida);
        assert_eq!(chiave.verifica(metodo, &Digesto::Sha512.di(MESSAGGIO), firma.as_ref()), Esito::NonValida);
        assert_eq!(chiave.verifica(metodo, MESSAGGIO, &[]), Esito::NonValida);
    }

    #[test]
    fn ecdsa_values_verify_with_digests_longer_and_shorter_than_the_curve() {
        let casi = [
            (&aws::ECDSA_P256_SHA256_ASN1_SIGNING, Curva::P256, Digesto::Sha256),
            (&aws::ECDSA_P384_SHA384_ASN1_SIGNING, Curva::P384, Digesto::Sha384),
            (&aws::ECDSA_P521_SHA256_ASN1_SIGNING, Curva::P521, Digesto::Sha256),
            (&aws::ECDSA_P521_SHA512_ASN1_SIGNING, Curva::P521, Digesto::Sha512),
        ];
        for (algoritmo, curva, digesto) in casi {
            let coppia = aws::EcdsaKeyPair::generate(algoritmo).unwrap();
            let firma = coppia.sign(&SystemRandom::new(), MESSAGGIO).unwrap();
            check(&Chiave::Ec(curva, coppia.public_key().as_ref()), Schema::Ecdsa, digesto, firma.as_ref());
        }
        // P-256 over SHA-512: the leftmost 256 bits count.
        let coppia = aws::EcdsaKeyPair::generate(&aws::ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let tagliata = Digest::import_less_safe(&Digesto::Sha512.di(MESSAGGIO)[..32], &SHA256).unwrap();
        let firma = coppia.sign_digest(&tagliata).unwrap();
        check(&Chiave::Ec(Curva::P256, coppia.public_key().as_ref()), Schema::Ecdsa, Digesto::Sha512, firma.as_ref());
    }
}
