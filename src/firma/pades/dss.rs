//! The Document Security Store (ISO 32000-2 clause 12.8.4.3, ETSI EN 319 142-1 clause 5.4): what was kept for later.

use super::super::asn1::elemento;
use super::super::difetto::Difetto;
use super::super::revoca::Revoche;
use super::oggetto::{Dizionario, Oggetto};
use super::struttura::Revisione;

/// Certificates of one DSS that are tried in chains.
const MAX_CERTIFICATI: usize = 512;
/// CRLs, and OCSP answers, of one DSS that are looked at.
const MAX_REVOCHE: usize = 64;
/// Entries of its index per signature that are looked at.
const MAX_VRI: usize = 512;

/// What a DSS holds.
#[derive(Default)]
pub struct Dss {
    /// Certificates, each as it was kept.
    pub certificati: Vec<Vec<u8>>,
    /// Whether there are CRLs or OCSP answers.
    pub ha_revoche: bool,
    /// CRLs, each as it was kept.
    liste: Vec<Vec<u8>>,
    /// OCSP answers, each as it was kept.
    risposte: Vec<Vec<u8>>,
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
        raccogli(revisione, voce, certificati, MAX_CERTIFICATI, &mut self.certificati)?;
        for (nome, dove) in [(crl, &mut self.liste), (ocsp, &mut self.risposte)] {
            self.ha_revoche |= raccogli(revisione, voce, nome, MAX_REVOCHE, dove)?;
        }
        Ok(())
    }

    /// Its revocation data.
    pub fn revoche(&self) -> Revoche<'_> {
        let mut revoche = Revoche::default();
        self.liste.iter().for_each(|lista| revoche.aggiungi_lista(lista));
        for risposta in self.risposte.iter().filter_map(|byte| elemento(byte).ok()) {
            revoche.aggiungi_risposta_intera(&risposta);
        }
        revoche
    }
}

/// Puts the streams of an array into `dove`, each once; answers whether the array has any.
fn raccogli(
    revisione: &Revisione<'_>,
    voce: &Dizionario,
    nome: &[u8],
    massimo: usize,
    dove: &mut Vec<Vec<u8>>,
) -> Result<bool, Difetto> {
    let campo = revisione.campo(voce, nome)?;
    let elenco = campo.elenco().unwrap_or_default();
    for oggetto in elenco {
        if dove.len() >= massimo {
            break;
        }
        if let Oggetto::Flusso(dizionario, inizio) = &*revisione.segui(oggetto)? {
            let byte = revisione.dati(dizionario, *inizio)?;
            if !dove.contains(&byte) {
                dove.push(byte);
            }
        }
    }
    Ok(!elenco.is_empty())
}
