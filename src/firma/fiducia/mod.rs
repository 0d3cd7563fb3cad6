//! *Fiducia*: what a judgement takes from outside of the file. The certificates believed without proof, by which everything else is
//! judged, and what is known of the revocation of others, which proves itself by them.
//!
//! Certificates given as they are count always; those of a service of a trusted list count while the service is recognised.

mod criterio;
mod lista;
mod servizio;
mod sigillo;

pub use criterio::{Criteri, Criterio, Modo, Qualifica};
pub use lista::{Firmatari, Lista, ListaAccettata, Puntatore};
pub use servizio::{Genere, Periodo, Servizio};

use super::certificato::Certificato;
use super::involucro::pem;
use super::revoca::{DatoRevoca, Noti, RifiutoRevoca};
use crate::valori::{Impronta, Istante};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Certificates accepted in one [`Fiducia`].
const MAX_CERTIFICATI: usize = 20_000;

/// The trust anchors of a verification, and the revocation data that are at hand.
#[derive(Debug, Clone, Default)]
pub struct Fiducia {
    /// Certificates (DER) by their subject, in the form that is compared.
    ancore: BTreeMap<String, Vec<Ancora>>,
    quante: usize,
    noti: Noti,
}

/// A certificate believed without proof.
#[derive(Debug, Clone)]
pub(super) struct Ancora {
    /// The certificate.
    pub(super) der: Vec<u8>,
    /// The service of a trusted list whose certificate it is; `None`: it was given as it is.
    pub(super) servizio: Option<Arc<Servizio>>,
    /// That list.
    pub(super) lista: Option<Arc<Citata>>,
}

/// A trusted list as others name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citata {
    /// SHA-256 of the file.
    pub sha256: Impronta,
    /// `SchemeTerritory`.
    #[serde(rename = "territory")]
    pub territorio: String,
    /// `TSLSequenceNumber`.
    #[serde(rename = "sequence")]
    pub sequenza: u64,
    /// `ListIssueDateTime`.
    #[serde(rename = "issued")]
    pub emessa: Istante,
}

/// Why something was not taken among the anchors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Errore {
    /// A trusted list (ETSI TS 119 612) instead of certificates.
    #[error("è una lista di fiducia XML: qui servono certificati X.509 in PEM o DER")]
    ListaDiFiducia,
    /// A trusted list that is not to be believed.
    #[error("lista di fiducia rifiutata: {0}")]
    Lista(#[from] RifiutoLista),
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

/// Why a trusted list is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RifiutoLista {
    /// Not a list, or not one that can be read.
    #[error("non è leggibile ({0})")]
    Illeggibile(String),
    /// Neither version 5 nor 6 of TS 119 612.
    #[error("è della versione {0}, e qui si leggono la 5 e la 6")]
    Versione(u32),
    /// No signature.
    #[error("non è firmata")]
    NonFirmata,
    /// More than one signature: nobody knows which should be believed.
    #[error("ha {0} firme, e deve averne una sola")]
    TroppeFirme(usize),
    /// The signature does not hold.
    #[error("la sua firma non vale: {0}")]
    Firma(&'static str),
    /// Signed by somebody else than expected.
    #[error("è firmata da «{0}», che non è fra chi può firmarla")]
    Firmatario(String),
    /// Past its next update.
    #[error("è scaduta: doveva essere sostituita entro il {0}")]
    Scaduta(String),
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
        let nuovi = certificati(file)?;
        if self.quante + nuovi.len() > MAX_CERTIFICATI {
            return Err(Errore::Troppi);
        }
        let quanti = nuovi.len();
        for Identita { soggetto, der, .. } in nuovi {
            self.aggiungi(soggetto, Ancora { der, servizio: None, lista: None });
        }
        Ok(quanti)
    }

    /// Takes the services of a trusted list, and says how many certificates they are.
    ///
    /// # Errors
    /// More certificates than the limit; then nothing is taken.
    pub fn aggiungi_lista(&mut self, accettata: &ListaAccettata) -> Result<usize, Errore> {
        let utili = accettata.lista().servizi.iter().filter(|s| s.genere != Genere::Altro);
        let coppie = utili.flat_map(|servizio| servizio.certificati.iter().map(move |der| (servizio, der)));
        // What cannot be read as a certificate cannot be the end of a chain either.
        let leggibili = coppie.filter_map(|(servizio, der)| Some((Certificato::leggi(der)?.soggetto, servizio, der)));
        let nuovi: Vec<_> = leggibili.take(MAX_CERTIFICATI + 1).collect();
        if self.quante + nuovi.len() > MAX_CERTIFICATI {
            return Err(Errore::Troppi);
        }
        let quanti = nuovi.len();
        let citata = Arc::new(accettata.lista().citata());
        for (soggetto, servizio, der) in nuovi {
            let (servizio, lista) = (Some(Arc::clone(servizio)), Some(Arc::clone(&citata)));
            self.aggiungi(soggetto, Ancora { der: der.clone(), servizio, lista });
        }
        Ok(quanti)
    }

    /// Takes a list or an answer about revocation. Whether it is to be believed is seen when it is used.
    ///
    /// # Errors
    /// More memory than the limit; then it is left out.
    pub fn aggiungi_revoca(&mut self, dato: DatoRevoca) -> Result<(), RifiutoRevoca> {
        self.noti.aggiungi(dato)
    }

    /// What is known of revocation.
    pub(super) fn noti(&self) -> &Noti {
        &self.noti
    }

    /// The certificates of all anchors.
    pub(super) fn certificati(&self) -> impl Iterator<Item = &[u8]> {
        self.ancore.values().flatten().map(|a| a.der.as_slice())
    }

    /// Whether this is an anchor.
    pub(super) fn e_ancora(&self, certificato: &Certificato<'_>) -> bool {
        self.con_soggetto(&certificato.soggetto).any(|a| a.der == certificato.der)
    }

    /// Takes an anchor back from where it was kept; `None` if it is no certificate.
    pub(super) fn aggiungi_ancora(&mut self, ancora: Ancora) -> Option<()> {
        let soggetto = Certificato::leggi(&ancora.der)?.soggetto;
        self.aggiungi(soggetto, ancora);
        Some(())
    }

    fn aggiungi(&mut self, soggetto: String, ancora: Ancora) {
        let stesse = self.ancore.entry(soggetto).or_default();
        // A certificate may belong to several services, each with its history.
        if ancora.servizio.is_some() || !stesse.iter().any(|a| a.servizio.is_none() && a.der == ancora.der) {
            stesse.push(ancora);
            self.quante += 1;
        }
    }

    /// The anchors with this subject.
    pub(super) fn con_soggetto(&self, soggetto: &str) -> impl Iterator<Item = &Ancora> {
        self.ancore.get(soggetto).into_iter().flatten()
    }
}

/// A certificate of a file, as people know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identita {
    /// Its bytes.
    pub der: Vec<u8>,
    /// Common name, else organization, of the subject.
    pub nome: Option<String>,
    /// The last instant of its validity, if it is a date.
    pub scade: Option<Istante>,
    soggetto: String,
}

/// The certificates of a file, one in DER or any number in PEM.
///
/// # Errors
/// What is not a certificate is refused, and then nothing of that file is taken.
pub fn certificati(file: &[u8]) -> Result<Vec<Identita>, Errore> {
    let identita = |(i, der): (usize, Vec<u8>)| {
        let letto = Certificato::leggi(&der).ok_or(Errore::Illeggibile(i + 1))?;
        let chi = letto.firmatario();
        let scade = letto.validita().map(|(_, al)| al);
        let soggetto = letto.soggetto.clone();
        Ok(Identita { nome: chi.common_name.or(chi.organization), scade, soggetto, der })
    };
    certificati_di(file)?.into_iter().enumerate().map(identita).collect()
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
