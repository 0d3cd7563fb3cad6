//! Which certificate the signer says it used, inside what it signed (RFC 2634 section 5.4, RFC 5035).
//!
//! ```text
//! SigningCertificate ::= SEQUENCE { certs SEQUENCE OF ESSCertID, policies … OPTIONAL }
//! ESSCertID   ::= SEQUENCE { certHash OCTET STRING (SHA-1), issuerSerial IssuerSerial OPTIONAL }
//! ESSCertIDv2 ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier DEFAULT sha256, certHash OCTET STRING, issuerSerial … }
//! ```

use super::algoritmo::Digesto;
use super::asn1::Elemento;
use super::ber::{OCTET_STRING, SEQUENCE};
use super::firmatario::Attributi;
use super::oid;

/// What the attributes say about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Legame {
    /// No such attribute.
    Assente,
    /// It is the one.
    Conferma,
    /// It is another one, or the attribute cannot be read.
    Smentisce,
}

/// Confronts a certificate with every signing-certificate attribute; the first identifier of each is the signer's.
pub fn legame(firmati: &Attributi<'_>, certificato: &[u8]) -> Legame {
    let vecchi = firmati.valori(oid::SIGNING_CERTIFICATE).map(|v| concorda(&v, certificato));
    let nuovi = firmati.valori(oid::SIGNING_CERTIFICATE_V2).map(|v| concorda(&v, certificato));
    let esiti: Vec<Option<bool>> = vecchi.chain(nuovi).collect();
    match esiti.as_slice() {
        [] => Legame::Assente,
        esiti if esiti.iter().all(|e| *e == Some(true)) => Legame::Conferma,
        _ => Legame::Smentisce,
    }
}

/// The first version always starts with the digest, the second with an algorithm unless it is SHA-256: they can be read
/// as one, telling the default by the length of the digest.
fn concorda(valore: &Elemento<'_>, certificato: &[u8]) -> Option<bool> {
    let elenco = *valore.figli().ok()?.first()?;
    let primo = elenco.figli().ok()?.first()?.figli().ok()?;
    let (digesto, impronta) = match *primo.as_slice() {
        [impronta, ..] if impronta.tag == OCTET_STRING && impronta.valore.len() == 20 => (Digesto::Sha1, impronta),
        [impronta, ..] if impronta.tag == OCTET_STRING => (Digesto::Sha256, impronta),
        [algoritmo, impronta, ..] if algoritmo.tag == SEQUENCE && impronta.tag == OCTET_STRING => {
            (Digesto::da_algoritmo(&algoritmo)?, impronta)
        }
        _ => return None,
    };
    Some(digesto.di(certificato) == impronta.valore)
}
