//! What was signed about revocation, how, and the value: a list and an answer are alike in this (RFC 5280 section 5.1.1, RFC 6960
//! section 4.2.1).

use crate::firma::algoritmo::{Digesto, Metodo, metodo};
use crate::firma::asn1::{Elemento, scrivi};
use crate::firma::ber::SEQUENCE;
use crate::firma::catena::Contesto;
use crate::firma::certificato::Certificato;
use crate::firma::chiave::{Chiave, Esito, bit_interi};
use crate::valori::Impronta;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// Issuers of which it is remembered whether they signed one list; more than one is rare.
const MAX_EMITTENTI: usize = 64;

/// What was signed, how, and the value.
pub struct Firmato<'a> {
    pub dati: Elemento<'a>,
    algoritmo: Elemento<'a>,
    bit: Elemento<'a>,
    valore: &'a [u8],
    /// By whom it is known to be signed, or not: digest of the certificate. Every signer of an envelope asks again.
    esiti: RefCell<HashMap<Vec<u8>, bool>>,
    /// The same for what is kept from one file to the next.
    noti: Option<&'a Esiti>,
}

impl<'a> Firmato<'a> {
    pub fn leggi(parti: &[Elemento<'a>]) -> Option<Self> {
        let [dati, algoritmo, bit, ..] = *parti else { return None };
        Some(Self { dati, algoritmo, bit, valore: bit_interi(&bit)?, esiti: RefCell::default(), noti: None })
    }

    /// The same, which remembers in `noti`.
    pub fn con(self, noti: &'a Esiti) -> Self {
        Self { noti: Some(noti), ..self }
    }

    /// Whether `chi` signed it; `None` when no more checks may be made.
    pub fn da(&self, contesto: &Contesto<'_>, chi: &Certificato<'_>) -> Option<bool> {
        let chi_firma = Digesto::Sha256.di(chi.der);
        if let Some(esito) = self.esiti.borrow().get(&chi_firma) {
            return Some(*esito);
        }
        let (Some(metodo), Some(chiave)) = (metodo(&self.algoritmo, None), chi.chiave()) else { return Some(false) };
        let speso = match self.noti {
            Some(noti) => contesto.spendi_una_volta(noti.di, &chi_firma),
            None => contesto.spendi(),
        };
        if !speso {
            return None;
        }
        let esito = match self.noti {
            Some(noti) => noti.o_calcola(&chi_firma, || self.vale(metodo, &chiave)),
            None => self.vale(metodo, &chiave),
        };
        self.esiti.borrow_mut().insert(chi_firma, esito);
        Some(esito)
    }

    /// Other data with the algorithm and the value of these.
    pub fn intorno_a(&self, dati: &[u8]) -> Vec<u8> {
        scrivi(SEQUENCE, &[dati, self.algoritmo.intero, self.bit.intero].concat())
    }

    fn vale(&self, metodo: Metodo, chiave: &Chiave<'_>) -> bool {
        chiave.verifica(metodo, &metodo.da_firmare(self.dati.intero), self.valore) == Esito::Valida
    }
}

/// By whom something that is kept is known to be signed, or not: a list of 20 MB is digested once. What a file may spend does not
/// depend on it, so a verdict is the same whatever was verified before.
#[derive(Debug)]
pub struct Esiti {
    di: Impronta,
    noti: Mutex<BTreeMap<Vec<u8>, bool>>,
}

impl Esiti {
    /// Nothing is known of what has this SHA-256.
    pub fn new(di: Impronta) -> Self {
        Self { di, noti: Mutex::default() }
    }

    /// It is believed to be signed by who has the certificate with this SHA-256.
    pub fn credi(&self, chi: &Impronta) {
        self.noti.lock().unwrap_or_else(PoisonError::into_inner).insert(chi.as_bytes().to_vec(), true);
    }

    /// Whether it is known that the certificate with this digest signed it.
    pub fn creduto(&self, chi: &[u8]) -> bool {
        self.noti.lock().unwrap_or_else(PoisonError::into_inner).get(chi) == Some(&true)
    }

    fn o_calcola(&self, chi: &[u8], calcola: impl FnOnce() -> bool) -> bool {
        let noto = self.noti.lock().unwrap_or_else(PoisonError::into_inner).get(chi).copied();
        noto.unwrap_or_else(|| {
            let esito = calcola();
            let mut noti = self.noti.lock().unwrap_or_else(PoisonError::into_inner);
            if noti.len() < MAX_EMITTENTI {
                noti.insert(chi.to_vec(), esito);
            }
            esito
        })
    }
}
