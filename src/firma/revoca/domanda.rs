//! A question about one certificate, for who answers for its issuer (OCSP, RFC 6960 section 4.1).

use crate::firma::algoritmo::Digesto;
use crate::firma::asn1::scrivi;
use crate::firma::ber::{INTEGER, OCTET_STRING, SEQUENCE};
use crate::firma::certificato::Certificato;

/// `AlgorithmIdentifier` of SHA-1, with its NULL. It only names the issuer, as RFC 5019 section 2.1.1 wants from who asks everybody.
const SHA1: [u8; 11] = [0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00];

/// A question, and where to put it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Domanda {
    /// The address that the certificate names.
    pub indirizzo: String,
    /// The `OCSPRequest`.
    pub byte: Vec<u8>,
}

/// What can be asked about the certificates of a chain, from the one that signed up to the one below the anchor.
///
/// A certificate without an address that is `http` or `https`, and one that says not to ask (RFC 6960 section 4.2.2.2.1), gives none.
#[must_use]
pub fn domande(catena: &[Vec<u8>]) -> Vec<Domanda> {
    let letti: Vec<Certificato<'_>> = catena.iter().filter_map(|der| Certificato::leggi(der)).collect();
    let coppie = letti.windows(2).filter_map(|coppia| match coppia {
        [uno, sopra] if uno.emesso_da(sopra) && !uno.esente_da_revoca() => Some((uno, sopra)),
        _ => None,
    });
    coppie
        .flat_map(|(uno, sopra)| {
            let byte = richiesta(uno, sopra);
            uno.risponditori().into_iter().map(move |indirizzo| Domanda { indirizzo, byte: byte.clone() })
        })
        .collect()
}

/// No nonce: an answer that others were given as well is signed and dated, which is what counts.
fn richiesta(uno: &Certificato<'_>, emittente: &Certificato<'_>) -> Vec<u8> {
    let seriale = uno.seriale_der();
    let id = [
        SHA1.to_vec(),
        scrivi(OCTET_STRING, &Digesto::Sha1.di(emittente.soggetto_der())),
        scrivi(OCTET_STRING, &Digesto::Sha1.di(emittente.chiave_bit())),
        scrivi(INTEGER, seriale),
    ]
    .concat();
    // OCSPRequest, TBSRequest, requestList, Request, CertID.
    (0..5).fold(id, |dentro, _| scrivi(SEQUENCE, &dentro))
}
