//! *Prova*: what a verdict rests on besides the file, so that in twenty years the same verdict can be computed again, on a machine
//! without network and without the trusted lists of today (ETSI EN 319 102-1 clause 4.2: a validation report and what it was made of).
//!
//! A verification looks at the file, at the instant, and at the anchors whose name somebody in the file bears. Those anchors, each with
//! what its trusted list said of it, and the revocation data from outside of the file that speak of a certificate of it, are all that is
//! taken from outside: they are kept, and nothing else needs to be.

use super::catena::Traccia;
use super::fiducia::{Ancora, Citata, Fiducia, Servizio};
use super::rapporto::{Firma, MarcaTemporale, Rapporto};
use super::revoca::RevocaProvata;
use crate::valori::{Impronta, Istante};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The form of a [`Prova`] that rests on nothing but anchors, and that of one that rests on revocation data too: who knows only the
/// first must not read the second without seeing them. Others are refused.
const FORMA: u32 = 1;
const FORMA_CON_REVOCHE: u32 = 2;
/// The largest prova that is read, in bytes.
pub const MAX_PROVA_BYTE: u64 = 64 * 1024 * 1024;

/// A verdict with all that it rests on. The JSON is a promise to strangers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prova {
    /// The form of this record: 1, or 2 with revocation data.
    version: u32,
    /// The program that gave the verdict, with its version.
    pub program: String,
    /// SHA-256 of the file, whole as it came.
    pub sha256: Impronta,
    /// The name that it had: some endings promise a signature.
    pub name: String,
    /// When the certificates had to be valid.
    pub instant: Istante,
    /// The verdict.
    pub report: Rapporto,
    /// The certificates named below, by the SHA-256 of their DER, in base64.
    certificates: BTreeMap<Impronta, String>,
    /// The chains that were found, each from the signer to its anchor.
    chains: Vec<Vec<Impronta>>,
    /// The anchors that were looked at.
    anchors: Vec<AncoraProvata>,
    /// The trusted lists that they come from.
    pub lists: Vec<Citata>,
    /// The revocation data from outside of the file that were looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revocations: Vec<RevocaProvata>,
}

/// An anchor, as it was believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct AncoraProvata {
    certificate: Impronta,
    /// What the list said of the service; absent for a certificate that was believed as it is.
    service: Option<Servizio>,
    /// The list, by its SHA-256.
    list: Option<Impronta>,
}

/// Why a prova cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Inservibile {
    /// It is no prova.
    #[error("non è una prova di verifica leggibile: {0}")]
    Illeggibile(String),
    /// It was written in a form that is not known.
    #[error(
        "la prova è nella forma {0}, e qui si leggono la {FORMA} e la {FORMA_CON_REVOCHE}: serve una versione più recente del programma"
    )]
    Forma(u32),
    /// A certificate is not the one of its SHA-256, is missing, or cannot be read.
    #[error("nella prova il certificato {0} manca o non è quello del suo SHA-256")]
    Certificato(Impronta),
    /// Revocation data that cannot be read.
    #[error("nella prova i dati di revoca {0} non si leggono")]
    Revoca(Impronta),
    /// It is about another file.
    #[error("la prova riguarda il file con SHA-256 {attesa}, e questo ha {trovata}")]
    AltroFile {
        /// The one of the prova.
        attesa: Impronta,
        /// The one of the file.
        trovata: Impronta,
    },
}

impl Prova {
    pub(super) fn new(sha256: Impronta, name: String, instant: Istante, report: Rapporto, traccia: &Traccia) -> Self {
        let mut certificates = BTreeMap::new();
        let mut cita = |der: &[u8]| {
            let impronta = Impronta::of(der);
            certificates.entry(impronta).or_insert_with(|| STANDARD.encode(der));
            impronta
        };
        let chains = traccia.catene.iter().map(|catena| catena.iter().map(|der| cita(der)).collect()).collect();
        let mut lists: Vec<Citata> = Vec::new();
        let mut anchors = Vec::new();
        for ancora in traccia.ancore.values().flatten() {
            let citata = ancora.lista.as_deref();
            lists.extend(citata.filter(|citata| !lists.contains(citata)).cloned());
            anchors.push(AncoraProvata {
                certificate: cita(&ancora.der),
                service: ancora.servizio.as_deref().map(|s| Servizio { certificati: Vec::new(), ..s.clone() }),
                list: citata.map(|citata| citata.sha256),
            });
        }
        let revocations: Vec<RevocaProvata> = traccia.revoche.values().map(RevocaProvata::from).collect();
        let version = if revocations.is_empty() { FORMA } else { FORMA_CON_REVOCHE };
        let program = concat!("tabulario ", env!("CARGO_PKG_VERSION")).to_owned();
        Self { version, program, sha256, name, instant, report, certificates, chains, anchors, lists, revocations }
    }

    /// Reads one.
    ///
    /// # Errors
    /// If it is no prova, or in a form that is not known.
    pub fn leggi(json: &str) -> Result<Self, Inservibile> {
        #[derive(Deserialize)]
        struct Testata {
            version: u32,
        }
        let illeggibile = |e: serde_json::Error| Inservibile::Illeggibile(e.to_string());
        let Testata { version } = serde_json::from_str(json).map_err(illeggibile)?;
        if ![FORMA, FORMA_CON_REVOCHE].contains(&version) {
            return Err(Inservibile::Forma(version));
        }
        serde_json::from_str(json).map_err(illeggibile)
    }

    /// The text that is kept.
    ///
    /// # Errors
    /// None that is known: the type has nothing that JSON cannot hold.
    pub fn scrivi(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// The anchors and the revocation data, for the same verdict again.
    ///
    /// # Errors
    /// `AltroFile` if the prova is not about the file with this impronta; `Certificato` for one that is not what it is called; `Revoca`.
    pub fn fiducia(&self, file: Impronta) -> Result<Fiducia, Inservibile> {
        if file != self.sha256 {
            return Err(Inservibile::AltroFile { attesa: self.sha256, trovata: file });
        }
        for impronta in self.chains.iter().flatten() {
            self.certificato(*impronta)?;
        }
        let liste: BTreeMap<Impronta, Arc<Citata>> =
            self.lists.iter().map(|citata| (citata.sha256, Arc::new(citata.clone()))).collect();
        let mut fiducia = Fiducia::vuota();
        for a in &self.anchors {
            let ancora = Ancora {
                der: self.certificato(a.certificate)?,
                servizio: a.service.clone().map(Arc::new),
                lista: a.list.and_then(|sha256| liste.get(&sha256)).cloned(),
            };
            fiducia.aggiungi_ancora(ancora).ok_or(Inservibile::Certificato(a.certificate))?;
        }
        for revoca in &self.revocations {
            let dato = revoca.dato().and_then(|dato| fiducia.aggiungi_revoca(dato).ok());
            dato.ok_or(Inservibile::Revoca(revoca.sha256))?;
        }
        Ok(fiducia)
    }

    /// The chains that were found, each from the signer to its anchor (DER).
    #[must_use]
    pub fn catene(&self) -> Vec<Vec<Vec<u8>>> {
        let leggi = |catena: &Vec<Impronta>| catena.iter().map(|c| self.certificato(*c).ok()).collect();
        self.chains.iter().filter_map(leggi).collect()
    }

    fn certificato(&self, impronta: Impronta) -> Result<Vec<u8>, Inservibile> {
        let der = self.certificates.get(&impronta).and_then(|testo| STANDARD.decode(testo).ok());
        der.filter(|der| Impronta::of(der) == impronta).ok_or(Inservibile::Certificato(impronta))
    }

    /// Whether a report says the same as the one that is kept. The words of the findings do not count: another version of the program may
    /// put them better.
    #[must_use]
    pub fn conferma(&self, rapporto: &Rapporto) -> bool {
        let nudo = |rapporto: &Rapporto| {
            let mut rapporto = Rapporto { findings: Vec::new(), ..rapporto.clone() };
            rapporto.signatures.iter_mut().for_each(senza_parole);
            rapporto.timestamps.iter_mut().for_each(senza_riserva);
            rapporto
        };
        nudo(rapporto) == nudo(&self.report)
    }
}

/// Counter-signatures are never nested deep: the reader of envelopes has its limit.
fn senza_parole(firma: &mut Firma) {
    firma.findings.clear();
    // Older versions did not say it; the certificate, which says it, is in the prova.
    firma.signer.iter_mut().for_each(|chi| chi.organization_identifier = None);
    firma.timestamps.iter_mut().for_each(senza_riserva);
    firma.counter_signatures.iter_mut().for_each(senza_parole);
}

/// What older versions did not say, and for a signer stands in the findings alone.
fn senza_riserva(marca: &mut MarcaTemporale) {
    marca.revocation_checked = None;
}
