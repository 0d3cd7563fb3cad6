//! Writes signed envelopes as odd as a test wants them; `openssl` writes only well-made ones.

use rsa::pkcs8::DecodePrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{BigUint, Pkcs1v15Sign, RsaPrivateKey};
use sha2::{Digest as _, Sha256};

pub const DATA: &str = "1.2.840.113549.1.7.1";
pub const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
pub const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
pub const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
pub const COUNTERSIGNATURE: &str = "1.2.840.113549.1.9.6";
pub const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
pub const SHA256: &str = "2.16.840.1.101.3.4.2.1";
pub const RSA: &str = "1.2.840.113549.1.1.1";

const PRIMO_DEBOLE: &str =
    "ec19145b44697e3b449fb50d0321eba604bee51870491f7a80ae5c8c3ed849f5f3e27e04462a0fbee06967efb6750829";
const ALTRO_PRIMO_DEBOLE: &str =
    "d25879d9560faea83800460ce17fcdf1fbd53bf7cecd7d262926b3bafc3297417a7100bd653a22d3f61328c3ee0c23a3";

/// A certificate of the fixtures, and a way to sign with its key.
pub struct Mano {
    pub certificato: Vec<u8>,
    chiave: RsaPrivateKey,
}

impl Mano {
    pub fn delle_fixture(nome: &str) -> Self {
        let chiavi = super::fixtures().join("chiavi");
        let chiave = std::fs::read_to_string(chiavi.join(format!("{nome}.key.pem"))).unwrap();
        let pem = std::fs::read_to_string(chiavi.join(format!("{nome}.pem"))).unwrap();
        let (_, blocco) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).unwrap();
        Self { certificato: blocco.contents, chiave: RsaPrivateKey::from_pkcs8_pem(&chiave).unwrap() }
    }

    /// A key of 768 bits, without certificate.
    pub fn debole() -> Self {
        let primi = [PRIMO_DEBOLE, ALTRO_PRIMO_DEBOLE].map(|p| BigUint::from_bytes_be(&hex::decode(p).unwrap()));
        let [p, q] = primi;
        Self { certificato: Vec::new(), chiave: RsaPrivateKey::from_p_q(p, q, 65_537_u32.into()).unwrap() }
    }

    /// `SubjectPublicKeyInfo` of the key.
    pub fn spki(&self) -> Vec<u8> {
        let n = [vec![0], self.chiave.n().to_bytes_be()].concat();
        let chiave = tlv(0x30, &[tlv(2, &n), tlv(2, &[1, 0, 1])].concat());
        let algoritmo = tlv(0x30, &[oid(RSA), tlv(5, b"")].concat());
        tlv(0x30, &[algoritmo, tlv(3, &[vec![0], chiave].concat())].concat())
    }

    /// The same key under another certificate.
    pub fn con_certificato(self, certificato: Vec<u8>) -> Self {
        Self { certificato, ..self }
    }

    /// RSA PKCS#1 v1.5 with SHA-256.
    pub fn firma(&self, byte: &[u8]) -> Vec<u8> {
        self.chiave.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(byte)).unwrap()
    }
}

/// A SignerInfo to be written; every field can be made wrong.
pub struct Firmatario {
    pub sid: Vec<u8>,
    pub digesto: Vec<u8>,
    /// In the order in which they are sent.
    pub firmati: Option<Vec<Vec<u8>>>,
    pub algoritmo: Vec<u8>,
    pub valore: Vec<u8>,
    pub non_firmati: Vec<Vec<u8>>,
}

impl Firmatario {
    /// A good one, over this content.
    pub fn buono(mano: &Mano, contenuto: &[u8]) -> Self {
        Self::con_attributi(mano, attributi(mano, contenuto))
    }

    /// A good one, over a content of which only the SHA-256 is known.
    pub fn con_impronta(mano: &Mano, impronta: &[u8]) -> Self {
        Self::con_attributi(mano, attributi_con(mano, impronta))
    }

    /// With these attributes, sorted before they are signed and sent.
    pub fn con_attributi(mano: &Mano, mut firmati: Vec<Vec<u8>>) -> Self {
        firmati.sort();
        let valore = mano.firma(&tlv(0x31, &firmati.concat()));
        Self { firmati: Some(firmati), ..Self::con_valore(mano, valore) }
    }

    /// Without attributes.
    pub fn con_valore(mano: &Mano, valore: Vec<u8>) -> Self {
        let tbs = figli(&figli(&mano.certificato)[0]);
        Self {
            sid: tlv(0x30, &[tbs[3].clone(), tbs[1].clone()].concat()),
            digesto: algoritmo(SHA256),
            firmati: None,
            algoritmo: algoritmo(RSA),
            valore,
            non_firmati: Vec::new(),
        }
    }

    pub fn scrivi(&self) -> Vec<u8> {
        let mut byte = [tlv(2, &[1]), self.sid.clone(), self.digesto.clone()].concat();
        if let Some(firmati) = &self.firmati {
            byte.extend(tlv(0xa0, &firmati.concat()));
        }
        byte.extend(self.algoritmo.clone());
        byte.extend(tlv(4, &self.valore));
        if !self.non_firmati.is_empty() {
            byte.extend(tlv(0xa1, &self.non_firmati.concat()));
        }
        tlv(0x30, &byte)
    }
}

/// Content type, digest and signing certificate, as they should be.
pub fn attributi(mano: &Mano, contenuto: &[u8]) -> Vec<Vec<u8>> {
    attributi_con(mano, &Sha256::digest(contenuto))
}

fn attributi_con(mano: &Mano, impronta: &[u8]) -> Vec<Vec<u8>> {
    let impronta = tlv(4, impronta);
    vec![attributo(CONTENT_TYPE, &oid(DATA)), attributo(MESSAGE_DIGEST, &impronta), ess(&mano.certificato)]
}

pub fn ess(certificato: &[u8]) -> Vec<u8> {
    let id = tlv(0x30, &tlv(4, &Sha256::digest(certificato)));
    attributo(SIGNING_CERTIFICATE_V2, &tlv(0x30, &tlv(0x30, &id)))
}

pub fn attributo(tipo: &str, valore: &[u8]) -> Vec<u8> {
    tlv(0x30, &[oid(tipo), tlv(0x31, valore)].concat())
}

pub fn algoritmo(tipo: &str) -> Vec<u8> {
    tlv(0x30, &oid(tipo))
}

/// ContentInfo with SignedData; `contenuto` is the OCTET STRING as it is to be written, header included.
pub fn busta(contenuto: Option<&[u8]>, certificati: &[&[u8]], firmatari: &[Vec<u8>]) -> Vec<u8> {
    busta_con_tipo(DATA, contenuto, certificati, firmatari)
}

/// The same, over a content that is not data.
pub fn busta_con_tipo(tipo: &str, contenuto: Option<&[u8]>, certificati: &[&[u8]], firmatari: &[Vec<u8>]) -> Vec<u8> {
    let dentro = contenuto.map(|c| tlv(0xa0, c)).unwrap_or_default();
    let capsula = tlv(0x30, &[oid(tipo), dentro].concat());
    let dati = [
        tlv(2, &[1]),
        tlv(0x31, &algoritmo(SHA256)),
        capsula,
        tlv(0xa0, &certificati.concat()),
        tlv(0x31, &firmatari.concat()),
    ];
    tlv(0x30, &[oid(SIGNED_DATA), tlv(0xa0, &tlv(0x30, &dati.concat()))].concat())
}

/// The simplest good envelope.
pub fn busta_di(mano: &Mano, contenuto: &[u8], firmatario: &Firmatario) -> Vec<u8> {
    busta(Some(&tlv(4, contenuto)), &[&mano.certificato], &[firmatario.scrivi()])
}

pub fn tlv(tag: u8, valore: &[u8]) -> Vec<u8> {
    let mut byte = vec![tag];
    match u8::try_from(valore.len()) {
        Ok(n) if n < 128 => byte.push(n),
        _ => {
            let cifre: Vec<u8> = valore.len().to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
            byte.push(0x80 | u8::try_from(cifre.len()).unwrap());
            byte.extend(cifre);
        }
    }
    byte.extend(valore);
    byte
}

pub fn oid(testo: &str) -> Vec<u8> {
    tlv(6, der::oid::ObjectIdentifier::new_unwrap(testo).as_bytes())
}

/// The elements inside a DER element, whole.
pub fn figli(byte: &[u8]) -> Vec<Vec<u8>> {
    let (mut resto, mut figli) = (&byte[testata(byte)..], Vec::new());
    while !resto.is_empty() {
        let fine = testata(resto) + lunghezza(resto);
        figli.push(resto[..fine].to_vec());
        resto = &resto[fine..];
    }
    figli
}

/// How many bytes stand before the contents of an element.
pub fn testata(byte: &[u8]) -> usize {
    if byte[1] < 0x80 { 2 } else { 2 + usize::from(byte[1] & 0x7f) }
}

/// How many bytes its contents have.
pub fn lunghezza(byte: &[u8]) -> usize {
    if byte[1] < 0x80 {
        return usize::from(byte[1]);
    }
    byte[2..testata(byte)].iter().fold(0, |n, b| n << 8 | usize::from(*b))
}
