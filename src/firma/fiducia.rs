//! *Fiducia*: the certificates believed without proof, by which everything else is judged.

use super::certificato::Certificato;
use super::involucro::pem;
use std::collections::BTreeMap;

/// Certificates accepted in one [`Fiducia`].
const MAX_CERTIFICATI: usize = 20_000;

/// The trust anchors of a verification.
#[derive(Debug, Clone, Default)]
pub struct Fiducia {
    /// Certificates (DER) by their subject, in the form that is compared.
    ancore: BTreeMap<String, Vec<Vec<u8>>>,
    quante: usize,
}

/// Why something was not taken among the anchors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Errore {
    /// A trusted list (ETSI TS 119 612) instead of certificates.
    #[error("è una lista di fiducia XML, che questa versione non legge: indica i certificati delle CA (PEM o DER)")]
    ListaDiFiducia,
    /// Nothing that looks like a certificate.
    #[error("non contiene certificati: servono certificati X.509 in PEM o DER")]
    NessunCertificato,
    /// One certificate, counted from 1, cannot be read.
    #[error("il certificato numero {0} non è leggibile")]
    Illeggibile(usize),
    /// More than the limit.
    #[error("i certificati sono più di {MAX_CERTIFICATI}")]
    Troppi,
}

impl Fiducia {
    /// No anchors: a sound signature is at best `INDETERMINATE`.
    #[must_use]
    pub fn vuota() -> Self {
        Self::default()
    }

    /// How many anchors there are.
    #[must_use]
    pub fn quante(&self) -> usize {
        self.quante
    }

    /// Takes the certificates of a file, one in DER or any number in PEM, and says how many.
    ///
    /// # Errors
    /// What is not a certificate is refused, and then nothing of that file is taken.
    pub fn aggiungi_certificati(&mut self, file: &[u8]) -> Result<usize, Errore> {
        let certificati = certificati_di(file)?;
        let mut nuovi = Vec::new();
        for (i, der) in certificati.into_iter().enumerate() {
            let certificato = Certificato::leggi(&der).ok_or(Errore::Illeggibile(i + 1))?;
            nuovi.push((certificato.soggetto, der));
        }
        if self.quante + nuovi.len() > MAX_CERTIFICATI {
            return Err(Errore::Troppi);
        }
        let quanti = nuovi.len();
        for (soggetto, der) in nuovi {
            let stessi = self.ancore.entry(soggetto).or_default();
            if !stessi.contains(&der) {
                stessi.push(der);
                self.quante += 1;
            }
        }
        Ok(quanti)
    }

    /// The anchors with this subject.
    pub(super) fn con_soggetto(&self, soggetto: &str) -> impl Iterator<Item = &[u8]> {
        self.ancore.get(soggetto).into_iter().flatten().map(Vec::as_slice)
    }
}

fn certificati_di(file: &[u8]) -> Result<Vec<Vec<u8>>, Errore> {
    if file.first() == Some(&super::ber::SEQUENCE) {
        return Ok(vec![file.to_vec()]);
    }
    let testo = String::from_utf8_lossy(file);
    if testo.contains("TrustServiceStatusList") {
        return Err(Errore::ListaDiFiducia);
    }
    let certificati: Vec<Vec<u8>> = pem(&testo, "CERTIFICATE").collect();
    if certificati.is_empty() { Err(Errore::NessunCertificato) } else { Ok(certificati) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_certificate_is_refused_with_its_reason() {
        let check = |file: &[u8], atteso: Errore| {
            let mut fiducia = Fiducia::vuota();
            assert_eq!(fiducia.aggiungi_certificati(file), Err(atteso));
            assert_eq!(fiducia.quante(), 0);
        };
        check(b"", Errore::NessunCertificato);
        check(b"<tsl:TrustServiceStatusList/>", Errore::ListaDiFiducia);
        check(b"\x30\x03\x02\x01\x05", Errore::Illeggibile(1));
        check(b"-----BEGIN CERTIFICATE-----\nMAMCAQU=\n-----END CERTIFICATE-----\n", Errore::Illeggibile(1));
    }
}
