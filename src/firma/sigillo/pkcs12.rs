//! The key of a seal in a PKCS#12 file (RFC 7292), as authorities give it: PBES2 with AES, or the older 3DES.

use super::{Errore, Sigillatore};
use crate::firma::algoritmo::Digesto;
use crate::firma::certificato::Certificato;
use crate::firma::chiave::{Chiave, Curva};
use aws_lc_rs::digest::{Digest, SHA256};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error;

/// The largest file that is read, in bytes: a key with its chain takes less than ten thousand.
pub const MASSIMO_BYTE: usize = 256 * 1024;
/// Certificates above that of the seal that go with it.
const MASSIMA_CATENA: usize = 8;

/// A key on this machine, with its certificates. It never shows what it holds.
pub struct ChiaveSigillo {
    coppia: Coppia,
    certificati: Vec<Vec<u8>>,
}

enum Coppia {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

impl std::fmt::Debug for ChiaveSigillo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChiaveSigillo").finish_non_exhaustive()
    }
}

impl ChiaveSigillo {
    /// Opens a PKCS#12 file.
    ///
    /// # Errors
    /// [`Errore::Pkcs12`] says what is wrong with it: never what is in it.
    pub fn apri(file: &[u8], parola: &str) -> Result<Self, Errore> {
        if file.len() > MASSIMO_BYTE {
            return Err(Errore::Pkcs12("è troppo grande: deve contenere solo una chiave e i suoi certificati"));
        }
        let archivio = Pkcs12Archive::from_pkcs12(file, parola).map_err(|errore| Errore::Pkcs12(motivo(&errore)))?;
        let [chiave] = archivio.keys.as_slice() else {
            return Err(Errore::Pkcs12("deve contenere una chiave privata, e una sola"));
        };
        let coppia = Coppia::leggi(chiave.key.as_der())
            .ok_or(Errore::Pkcs12("la chiave dev'essere RSA, di almeno 2048 bit, oppure ECDSA P-256"))?;
        let tutti: Vec<&[u8]> = archivio.certs.iter().map(|c| c.cert.as_der()).collect();
        let letti: Vec<Certificato<'_>> = tutti.iter().filter_map(|der| Certificato::leggi(der)).collect();
        let suo = letti.iter().find(|c| coppia.e_di(c));
        let suo = suo.ok_or(Errore::Pkcs12("manca il certificato che appartiene alla chiave"))?;
        Ok(Self { certificati: catena(suo, &letti), coppia })
    }
}

impl Sigillatore for ChiaveSigillo {
    fn certificati(&self) -> &[Vec<u8>] {
        &self.certificati
    }

    fn firma(&self, impronta: &[u8; 32]) -> Result<Vec<u8>, Errore> {
        let no = |_| Errore::Rifiutato("la chiave non ha potuto firmare".to_owned());
        let impronta = Digest::import_less_safe(impronta, &SHA256).map_err(no)?;
        match &self.coppia {
            Coppia::Rsa(coppia) => {
                let mut valore = vec![0; coppia.public_modulus_len()];
                coppia.sign_digest(&RSA_PKCS1_SHA256, &impronta, &mut valore).map_err(no)?;
                Ok(valore)
            }
            Coppia::P256(coppia) => Ok(coppia.sign_digest(&impronta).map_err(no)?.as_ref().to_vec()),
        }
    }
}

impl Coppia {
    fn leggi(pkcs8: &[u8]) -> Option<Self> {
        let rsa = RsaKeyPair::from_pkcs8(pkcs8).ok().map(Self::Rsa);
        rsa.or_else(|| EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8).ok().map(Self::P256))
    }

    /// Whether a certificate is of this key.
    fn e_di(&self, certificato: &Certificato<'_>) -> bool {
        match (self, certificato.chiave()) {
            (Self::Rsa(coppia), Some(Chiave::Rsa(_, byte))) => coppia.public_key().as_ref() == byte,
            (Self::P256(coppia), Some(Chiave::Ec(Curva::P256, punto))) => coppia.public_key().as_ref() == punto,
            _ => false,
        }
    }
}

/// The certificate and those above it, without the root: who verifies must have it already.
fn catena(suo: &Certificato<'_>, tutti: &[Certificato<'_>]) -> Vec<Vec<u8>> {
    let sopra = |sotto: &&Certificato<'_>| {
        tutti.iter().find(|c| c.soggetto == sotto.emittente && c.soggetto != c.emittente && sotto.emesso_da(c))
    };
    let catena = std::iter::successors(Some(suo), sopra);
    let mut der: Vec<Vec<u8>> = catena.take(MASSIMA_CATENA).map(|c| c.der.to_vec()).collect();
    let mut visti = std::collections::HashSet::new();
    der.retain(|d| visti.insert(Digesto::Sha256.di(d)));
    der
}

fn motivo(errore: &Error) -> &'static str {
    match errore {
        Error::MacError(_) => "la password non è quella giusta, o il file è rovinato",
        Error::UnsupportedEncryptionScheme | Error::UnsupportedMacAlgorithm => {
            "usa una cifratura che qui non si legge; riscrivilo con «openssl pkcs12», che oggi usa AES"
        }
        Error::InvalidPrivateKey => "la chiave privata che contiene non è leggibile",
        Error::InvalidParameters => "chiede un lavoro spropositato per essere aperto",
        _ => "non è un file PKCS#12 leggibile (.p12 o .pfx in forma DER)",
    }
}
