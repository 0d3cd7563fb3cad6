//! Revocation data from outside of the file: a value that is handed over with the anchors, and looked up by issuer.

use super::dato::{DatoRevoca, GenereRevoca};
use super::{MAX_REVOCHE, RifiutoRevoca};
use crate::firma::certificato::Certificato;
use crate::valori::{Impronta, Istante};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Memory that all of them may take: eight of the longest lists.
const MAX_MEMORIA_BYTE: usize = 384 * 1024 * 1024;

/// What is known from outside.
#[derive(Debug, Clone, Default)]
pub struct Noti {
    /// Lists, by their issuer.
    liste: BTreeMap<String, Vec<DatoRevoca>>,
    /// Answers, by the serial numbers of which they speak.
    risposte: BTreeMap<Vec<u8>, Vec<DatoRevoca>>,
    peso: usize,
}

impl Noti {
    /// One more.
    ///
    /// # Errors
    /// `Memoria`, and then it is left out.
    pub fn aggiungi(&mut self, dato: DatoRevoca) -> Result<(), RifiutoRevoca> {
        if self.peso + dato.peso() > MAX_MEMORIA_BYTE {
            return Err(RifiutoRevoca::Memoria(MAX_MEMORIA_BYTE / (1024 * 1024)));
        }
        self.peso += dato.peso();
        match dato.genere() {
            GenereRevoca::Lista => self.liste.entry(dato.emittente().to_owned()).or_default().push(dato),
            GenereRevoca::Risposta => {
                for seriale in dato.seriali() {
                    self.risposte.entry(seriale.clone()).or_default().push(dato.clone());
                }
            }
        }
        Ok(())
    }

    /// What may say something of `certificato`, the newest first.
    pub(super) fn su(&self, certificato: &Certificato<'_>, emittente: &Certificato<'_>) -> Vec<&DatoRevoca> {
        let liste = self.liste.get(&emittente.soggetto).into_iter().flatten().filter(|dato| dato.tocca(certificato));
        let risposte = self.risposte.get(certificato.seriale()).into_iter().flatten();
        let mut dati: Vec<&DatoRevoca> = liste.chain(risposte).collect();
        dati.sort_by_key(|dato| Reverse(dato.emessa()));
        dati.truncate(MAX_REVOCHE);
        dati
    }
}

/// What was asked of a datum, for the prova.
#[derive(Debug, Clone)]
pub struct Consultata {
    dato: DatoRevoca,
    /// About which certificates.
    pub(super) seriali: BTreeSet<Vec<u8>>,
    /// By whom it was found to be signed: SHA-256 of the certificates of their issuers.
    firmata_da: BTreeSet<Impronta>,
}

impl Consultata {
    /// Nothing was asked yet.
    pub fn new(dato: &DatoRevoca) -> Self {
        Self { dato: dato.clone(), seriali: BTreeSet::new(), firmata_da: BTreeSet::new() }
    }

    /// It was asked about this certificate.
    pub fn aggiungi(&mut self, certificato: &Certificato<'_>, emittente: &Certificato<'_>) {
        self.seriali.insert(certificato.seriale().to_vec());
        let chi = Impronta::of(emittente.der);
        if self.dato.firmata_da(&chi) {
            self.firmata_da.insert(chi);
        }
    }
}

/// A list or an answer in a prova. A long list is there with the entries that were looked for alone: that it was signed was seen then,
/// and its SHA-256 says which one of the store it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevocaProvata {
    kind: GenereRevoca,
    /// SHA-256 of the whole.
    pub sha256: Impronta,
    /// When it was issued.
    this_update: Istante,
    /// DER in base64, whole or the part.
    data: String,
    /// Of a part: SHA-256 of the certificates by whose key the whole was signed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    signed_by: Vec<Impronta>,
}

impl From<&Consultata> for RevocaProvata {
    fn from(consultata: &Consultata) -> Self {
        let dato = &consultata.dato;
        let parte = dato.parte(consultata);
        let intera = parte == dato.der();
        Self {
            kind: dato.genere(),
            sha256: dato.impronta(),
            this_update: dato.emessa(),
            data: STANDARD.encode(&parte),
            signed_by: if intera { Vec::new() } else { consultata.firmata_da.iter().copied().collect() },
        }
    }
}

impl RevocaProvata {
    /// The datum again; `None` if it cannot be read. A whole one has to be signed; a part is believed as it was.
    pub fn dato(&self) -> Option<DatoRevoca> {
        let der = STANDARD.decode(&self.data).ok()?;
        let intera = Impronta::of(&der) == self.sha256;
        let dato = DatoRevoca::da_der(der, self.sha256).ok().filter(|dato| dato.genere() == self.kind)?;
        if !intera && dato.genere() == GenereRevoca::Lista {
            self.signed_by.iter().for_each(|chi| dato.credi(chi));
        }
        Some(dato)
    }
}
