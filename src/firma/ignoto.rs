//! The names of algorithms that are met and not verified here, so that a report says more than a number.

use super::asn1::Elemento;
use super::oid::EC;
use der::oid::ObjectIdentifier;

/// Curves, keys and methods for which there is no kept pure-Rust verifier among the dependencies, or which are broken.
const NOMI: [(&str, &str); 27] = [
    ("1.3.36.3.3.2.8.1.1.7", "curva brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.8", "curva brainpoolP256t1"),
    ("1.3.36.3.3.2.8.1.1.9", "curva brainpoolP320r1"),
    ("1.3.36.3.3.2.8.1.1.11", "curva brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.12", "curva brainpoolP384t1"),
    ("1.3.36.3.3.2.8.1.1.13", "curva brainpoolP512r1"),
    ("1.3.132.0.10", "curva secp256k1"),
    ("1.3.132.0.33", "curva P-224"),
    ("1.2.840.10045.3.1.1", "curva P-192"),
    ("1.3.101.113", "Ed448"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.2.840.10040.4.3", "DSA con SHA-1"),
    ("2.16.840.1.101.3.4.3.2", "DSA con SHA-256"),
    ("0.4.0.127.0.7.1.1.4.1.1", "ECDSA semplice con SHA-1"),
    ("0.4.0.127.0.7.1.1.4.1.3", "ECDSA semplice con SHA-256"),
    ("0.4.0.127.0.7.1.1.4.1.4", "ECDSA semplice con SHA-384"),
    ("0.4.0.127.0.7.1.1.4.1.5", "ECDSA semplice con SHA-512"),
    ("1.2.840.113549.1.1.2", "RSA con MD2"),
    ("1.2.840.113549.1.1.4", "RSA con MD5"),
    ("1.2.840.113549.2.2", "MD2"),
    ("1.2.840.113549.2.5", "MD5"),
    ("1.3.36.3.2.1", "RIPEMD-160"),
    ("1.3.36.3.3.1.2", "RSA con RIPEMD-160"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
    ("1.2.643.7.1.1.1.1", "GOST R 34.10-2012"),
];

/// The name of an `AlgorithmIdentifier`: of a key on a curve, that of the curve; its number, if it has no name here.
pub fn nome(algoritmo: &Elemento<'_>) -> String {
    let parti = algoritmo.figli().unwrap_or_default();
    let mut oid = parti.iter().map_while(Elemento::oid);
    match (oid.next(), oid.next()) {
        (Some(EC), Some(curva)) => di(curva),
        (Some(EC), None) => "curva ellittica scritta per esteso".to_owned(),
        (Some(oid), _) => di(oid),
        (None, _) => "senza nome".to_owned(),
    }
}

fn di(oid: ObjectIdentifier) -> String {
    let numero = oid.to_string();
    NOMI.iter().find(|(noto, _)| *noto == numero).map_or(numero, |(_, nome)| (*nome).to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::asn1::{elemento, scrivi};
    use super::super::ber::{OID, SEQUENCE};
    use super::*;

    #[test]
    fn an_algorithm_has_a_name_or_a_number() {
        let check = |oid: &[&str], atteso: &str| {
            let oid = oid.iter().flat_map(|o| scrivi(OID, ObjectIdentifier::new_unwrap(o).as_bytes()));
            let byte = scrivi(SEQUENCE, &oid.collect::<Vec<_>>());
            assert_eq!(nome(&elemento(&byte).unwrap()), atteso);
        };
        check(&["1.2.840.10045.2.1", "1.3.36.3.3.2.8.1.1.7"], "curva brainpoolP256r1");
        check(&["1.2.840.10045.2.1"], "curva ellittica scritta per esteso");
        check(&["1.3.101.113"], "Ed448");
        check(&["1.2.3.4"], "1.2.3.4");
        check(&[], "senza nome");
    }
}
