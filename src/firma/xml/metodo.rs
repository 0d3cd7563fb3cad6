//! The algorithms that XML names by address (W3C XML-Signature 1.1 section 6, RFC 9231), as the ones of the other formats.

use super::DS;
use super::albero::Albero;
use crate::firma::algoritmo::{Digesto, Metodo, Schema};
use crate::firma::asn1::scrivi;
use crate::firma::ber::{BIT_STRING, INTEGER, OID, SEQUENCE};
use crate::firma::oid;
use uppsala::NodeId;

const NULL: u8 = 0x05;
const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
const MORE_2007: &str = "http://www.w3.org/2007/05/xmldsig-more#";
const MORE_2021: &str = "http://www.w3.org/2021/04/xmldsig-more#";
const ENC: &str = "http://www.w3.org/2001/04/xmlenc#";
const DS_11: &str = "http://www.w3.org/2009/xmldsig11#";

/// The digest with this address.
pub fn digesto(indirizzo: &str) -> Option<Digesto> {
    let (spazio, nome) = indirizzo.split_at(indirizzo.find('#')? + 1);
    Some(match (spazio, nome) {
        (DS, "sha1") => Digesto::Sha1,
        (MORE, "sha224") => Digesto::Sha224,
        (ENC, "sha256") => Digesto::Sha256,
        (MORE, "sha384") => Digesto::Sha384,
        (ENC, "sha512") => Digesto::Sha512,
        (MORE_2007, "sha3-224") => Digesto::Sha3_224,
        (MORE_2007, "sha3-256") => Digesto::Sha3_256,
        (MORE_2007, "sha3-384") => Digesto::Sha3_384,
        (MORE_2007, "sha3-512") => Digesto::Sha3_512,
        _ => return None,
    })
}

/// The method that a `SignatureMethod` element names.
pub fn metodo(albero: &Albero<'_>, elemento: NodeId) -> Option<Metodo> {
    let indirizzo = albero.attributo(elemento, "Algorithm")?;
    let (spazio, nome) = indirizzo.split_at(indirizzo.find('#')? + 1);
    let (schema, digesto) = match (spazio, nome) {
        (DS, "rsa-sha1") => (Schema::RsaPkcs1, Digesto::Sha1),
        (MORE, "rsa-sha224") => (Schema::RsaPkcs1, Digesto::Sha224),
        (MORE, "rsa-sha256") => (Schema::RsaPkcs1, Digesto::Sha256),
        (MORE, "rsa-sha384") => (Schema::RsaPkcs1, Digesto::Sha384),
        (MORE, "rsa-sha512") => (Schema::RsaPkcs1, Digesto::Sha512),
        (MORE, "ecdsa-sha1") => (Schema::Ecdsa, Digesto::Sha1),
        (MORE, "ecdsa-sha224") => (Schema::Ecdsa, Digesto::Sha224),
        (MORE, "ecdsa-sha256") => (Schema::Ecdsa, Digesto::Sha256),
        (MORE, "ecdsa-sha384") => (Schema::Ecdsa, Digesto::Sha384),
        (MORE, "ecdsa-sha512") => (Schema::Ecdsa, Digesto::Sha512),
        (MORE_2021, "ecdsa-sha3-224") => (Schema::Ecdsa, Digesto::Sha3_224),
        (MORE_2021, "ecdsa-sha3-256") => (Schema::Ecdsa, Digesto::Sha3_256),
        (MORE_2021, "ecdsa-sha3-384") => (Schema::Ecdsa, Digesto::Sha3_384),
        (MORE_2021, "ecdsa-sha3-512") => (Schema::Ecdsa, Digesto::Sha3_512),
        (MORE_2007, "rsa-pss") => return metodo_pss(albero, elemento),
        (MORE_2007, nome) => pss(digesto_mgf1(nome)?, None),
        _ => return None,
    };
    Some(Metodo { schema, digesto })
}

/// `sha256-rsa-MGF1` and its siblings: mask and salt follow the digest (RFC 9231 section 2.3.10).
fn digesto_mgf1(nome: &str) -> Option<Digesto> {
    Some(match nome.strip_suffix("-rsa-MGF1")? {
        "sha1" => Digesto::Sha1,
        "sha224" => Digesto::Sha224,
        "sha256" => Digesto::Sha256,
        "sha384" => Digesto::Sha384,
        "sha512" => Digesto::Sha512,
        "sha3-224" => Digesto::Sha3_224,
        "sha3-256" => Digesto::Sha3_256,
        "sha3-384" => Digesto::Sha3_384,
        "sha3-512" => Digesto::Sha3_512,
        _ => return None,
    })
}

fn pss(digesto: Digesto, sale_byte: Option<usize>) -> (Schema, Digesto) {
    let sale_byte = sale_byte.unwrap_or_else(|| digesto.di(&[]).len());
    (Schema::RsaPss { maschera: digesto, sale_byte }, digesto)
}

/// `RSAPSSParams` (RFC 9231 section 2.3.9): SHA-256 when nothing is said.
fn metodo_pss(albero: &Albero<'_>, elemento: NodeId) -> Option<Metodo> {
    let Some(parametri) = albero.figlio(elemento, MORE_2007, "RSAPSSParams") else {
        let (schema, digesto) = pss(Digesto::Sha256, None);
        return Some(Metodo { schema, digesto });
    };
    let nominato = |sopra: NodeId| {
        let algoritmo = albero.figlio(sopra, DS, "DigestMethod");
        algoritmo.map_or(Some(Digesto::Sha256), |a| digesto(albero.attributo(a, "Algorithm")?))
    };
    let scelto = nominato(parametri)?;
    let sale = albero.figlio(parametri, MORE_2007, "SaltLength").map(|s| albero.testo(s).parse::<usize>());
    let (_, digesto) = pss(scelto, None);
    let sale_byte = sale.transpose().ok()?.unwrap_or_else(|| digesto.di(&[]).len());
    let maschera = albero.figlio(parametri, MORE_2007, "MaskGenerationFunction").map_or(Some(digesto), nominato)?;
    Some(Metodo { schema: Schema::RsaPss { maschera, sale_byte }, digesto })
}

/// The value of an ECDSA signature is the two numbers one after the other (XML-Signature 1.1 section 6.4.3); everything else
/// here wants them as `SEQUENCE { r INTEGER, s INTEGER }`.
pub fn valore_der(metodo: Metodo, valore: &[u8]) -> Option<Vec<u8>> {
    if metodo.schema != Schema::Ecdsa {
        return Some(valore.to_vec());
    }
    if valore.is_empty() || valore.len() % 2 == 1 {
        return None;
    }
    let (r, s) = valore.split_at(valore.len() / 2);
    Some(scrivi(SEQUENCE, &[intero(r), intero(s)].concat()))
}

/// A number without sign, in DER.
fn intero(byte: &[u8]) -> Vec<u8> {
    let zeri = byte.iter().take_while(|b| **b == 0).count();
    let mut cifre = byte.get(zeri..).unwrap_or_default().to_vec();
    if cifre.first().is_none_or(|b| *b >= 0x80) {
        cifre.insert(0, 0);
    }
    scrivi(INTEGER, &cifre)
}

/// A bare key in `KeyInfo/KeyValue`, as a `SubjectPublicKeyInfo`: it says how to check the value, not whose it is.
pub fn chiave_nuda(albero: &Albero<'_>, key_info: NodeId) -> Option<Vec<u8>> {
    let valore = albero.figlio(key_info, DS, "KeyValue")?;
    let (algoritmo, chiave) = if let Some(rsa) = albero.figlio(valore, DS, "RSAKeyValue") {
        let numero = |nome| Some(intero(&albero.base64(albero.unico(rsa, DS, nome)?)?));
        let numeri = [numero("Modulus")?, numero("Exponent")?].concat();
        let algoritmo = [scrivi(OID, oid::RSA.as_bytes()), scrivi(NULL, &[])].concat();
        (algoritmo, scrivi(SEQUENCE, &numeri))
    } else {
        let ec = albero.figlio(valore, DS_11, "ECKeyValue")?;
        let curva = match albero.attributo(albero.figlio(ec, DS_11, "NamedCurve")?, "URI")? {
            "urn:oid:1.2.840.10045.3.1.7" => oid::P256,
            "urn:oid:1.3.132.0.34" => oid::P384,
            "urn:oid:1.3.132.0.35" => oid::P521,
            _ => return None,
        };
        let algoritmo = [scrivi(OID, oid::EC.as_bytes()), scrivi(OID, curva.as_bytes())].concat();
        (algoritmo, albero.base64(albero.figlio(ec, DS_11, "PublicKey")?)?)
    };
    let bit = [vec![0], chiave].concat();
    Some(scrivi(SEQUENCE, &[scrivi(SEQUENCE, &algoritmo), scrivi(BIT_STRING, &bit)].concat()))
}
