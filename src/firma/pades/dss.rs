//! The Document Security Store (ISO 32000-2 clause 12.8.4.3, ETSI EN 319 142-1 clause 5.4): what was kept for later.

use super::super::difetto::Difetto;
use super::oggetto::{Dizionario, Oggetto};
use super::struttura::Revisione;

/// Certificates of one DSS that are tried in chains.
const MAX_CERTIFICATI: usize = 512;
/// Entries of its index per signature that are looked at.
const MAX_VRI: usize = 512;

/// What a DSS holds.
#[derive(Default)]
pub struct Dss {
    /// Certificates, each as it was kept.
    pub certificati: Vec<Vec<u8>>,
    /// Whether there are CRLs or OCSP answers.
    pub revoche: bool,
}

/// The DSS of a revision; an empty one if there is none.
pub fn dss(revisione: &Revisione<'_>) -> Result<Dss, Difetto> {
    let radice = revisione.radice()?;
    let mut dss = Dss::default();
    let Some(radice) = radice.dizionario() else { return Ok(dss) };
    let deposito = revisione.campo(radice, b"DSS")?;
    let Some(deposito) = deposito.dizionario() else { return Ok(dss) };
    dss.aggiungi(revisione, deposito, [b"Certs", b"CRLs", b"OCSPs"])?;
    if let Some(per_firma) = revisione.campo(deposito, b"VRI")?.dizionario() {
        for (_, voce) in per_firma.campi().take(MAX_VRI) {
            if let Some(voce) = revisione.segui(voce)?.dizionario() {
                dss.aggiungi(revisione, voce, [b"Cert", b"CRL", b"OCSP"])?;
            }
        }
    }
    Ok(dss)
}

impl Dss {
    fn aggiungi(&mut self, revisione: &Revisione<'_>, voce: &Dizionario, nomi: [&[u8]; 3]) -> Result<(), Difetto> {
        let [certificati, crl, ocsp] = nomi;
        for certificato in revisione.campo(voce, certificati)?.elenco().unwrap_or_default() {
            if self.certificati.len() >= MAX_CERTIFICATI {
                break;
            }
            if let Oggetto::Flusso(dizionario, inizio) = &*revisione.segui(certificato)? {
                let certificato = revisione.dati(dizionario, *inizio)?;
                if !self.certificati.contains(&certificato) {
                    self.certificati.push(certificato);
                }
            }
        }
        for nome in [crl, ocsp] {
            let ha = revisione.campo(voce, nome)?.elenco().is_some_and(|elenco| !elenco.is_empty());
            self.revoche = self.revoche || ha;
        }
        Ok(())
    }
}
