//! What an archive timestamp stamps, put together again from the envelope.

use super::super::algoritmo::{Calcolo, Digesto};
use super::super::asn1::{Elemento, elementi, elemento, figli_da_ber, scrivi};
use super::super::ber::{CONTESTO_0, CONTESTO_1, OCTET_STRING, OID, SEQUENCE, SET};
use super::super::cms::{Impronte, Resto};
use super::super::esame::Firmato;
use super::super::firmatario::ordina;
use super::super::marca::{Gettone, Ostacolo};
use super::super::oid;
use super::super::rapporto::Indicazione;
use super::super::robustezza;
use super::Caso;
use crate::valori::Istante;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

/// Bytes that are put together for all archive timestamps of one envelope, in all the forms in which they may have been.
const MAX_LAVORO_BYTE: usize = 256 * 1024 * 1024;

/// The envelope round a signer.
pub struct Intorno<'a> {
    resto: &'a Resto,
    /// The content, if it stands elsewhere and is short enough to have been kept.
    staccato: Option<&'a [u8]>,
    /// The digests of certificates and revocation data.
    voci: RefCell<HashMap<Digesto, HashSet<Vec<u8>>>>,
    /// How many bytes may still be put together in one form after the other.
    resta: Cell<usize>,
    /// Computations that have taken in the envelope, as it was sent and in DER.
    avviate: RefCell<HashMap<(Digesto, bool), Calcolo>>,
}

/// What is stamped.
pub struct Forma {
    /// Its digest.
    pub impronte: Impronte,
    /// Which unsigned attributes are part of it.
    pub copertura: Copertura,
}

/// The values of the unsigned attributes that an archive timestamp covers: the place of the attribute, and of the value in it.
pub type Copertura = HashSet<(usize, usize)>;

/// The form of RFC 3126, which does not say how its parts are encoded.
pub const PRIMA_FORMA: Ostacolo =
    Ostacolo { indicazione: Indicazione::Indeterminate, frase: "È della prima forma, che non viene verificata." };
const SENZA_INDICE: Ostacolo =
    Ostacolo { indicazione: Indicazione::TotalFailed, frase: "Manca, o è illeggibile, l'elenco di quello che copre." };
const INDICE_DEBOLE: Ostacolo = Ostacolo {
    indicazione: Indicazione::Indeterminate,
    frase: "L'elenco di quello che copre usa l'impronta SHA-1, che non è più considerata sicura.",
};
const INCOMPLETO: Ostacolo = Ostacolo {
    indicazione: Indicazione::TotalFailed,
    frase: "Qualcosa di quello che copriva (certificati, dati di revoca, altre marche) non è più nel file o è cambiato.",
};
const TROPPO_LUNGO: Ostacolo = Ostacolo {
    indicazione: Indicazione::Indeterminate,
    frase: "Il documento è troppo lungo, o non è nel file, e l'impronta marcata non è stata calcolata.",
};

impl<'a> Intorno<'a> {
    /// Of this envelope.
    pub fn new(resto: &'a Resto, staccato: Option<&'a [u8]>) -> Self {
        Self {
            resto,
            staccato,
            voci: RefCell::default(),
            resta: Cell::new(MAX_LAVORO_BYTE),
            avviate: RefCell::default(),
        }
    }

    /// Whether the envelope has a certificate, a list or an answer with this digest.
    fn ha(&self, digesto: Digesto, impronta: &[u8]) -> bool {
        let mut voci = self.voci.borrow_mut();
        let note = voci.entry(digesto).or_insert_with(|| {
            let tutte = self.resto.certificati.iter().chain(&self.resto.revoche);
            tutte.map(|voce| digesto.di(voce)).collect()
        });
        note.contains(impronta)
    }

    /// Takes this much out of the budget; `false` when there is not enough left.
    fn spendi(&self, byte: usize) -> bool {
        let resta = self.resta.get().checked_sub(byte);
        self.resta.set(resta.unwrap_or(0));
        resta.is_some()
    }

    /// The content itself, if it was kept.
    fn contenuto(&self) -> Option<Vec<u8>> {
        let capsula = self.resto.capsula.as_deref().filter(|capsula| self.spendi(capsula.len()))?;
        let (parti, _) = figli_da_ber(capsula);
        let Some(avvolto) = parti.get(1) else { return self.staccato.map(<[u8]>::to_vec) };
        let ottetti = elemento(avvolto).ok()?.figli().ok()?;
        ottetti.first().filter(|e| e.tag == OCTET_STRING).map(|e| e.valore.to_vec())
    }

    /// A computation that has taken in `encapContentInfo`, the content if it is elsewhere, certificates and revocation data.
    fn avviata(&self, digesto: Digesto, in_der: bool) -> Option<Calcolo> {
        if let Some(calcolo) = self.avviate.borrow().get(&(digesto, in_der)) {
            return Some(calcolo.clone());
        }
        let capsula = self.resto.capsula.as_deref()?;
        let (parti, _) = figli_da_ber(capsula);
        let mut calcolo = digesto.calcolo();
        calcolo.aggiungi(&if in_der { scrivi(SEQUENCE, &parti.concat()) } else { capsula.to_vec() });
        if parti.len() < 2 {
            calcolo.aggiungi(self.staccato?);
        }
        for (campo, tag) in self.resto.campi.iter().zip([CONTESTO_0, CONTESTO_1]) {
            match (campo.is_empty(), in_der) {
                (true, _) => {}
                (_, true) => calcolo.aggiungi(&scrivi(tag, &figli_da_ber(campo).0.concat())),
                (_, false) => calcolo.aggiungi(campo),
            }
        }
        self.avviate.borrow_mut().insert((digesto, in_der), calcolo.clone());
        Some(calcolo)
    }
}

/// The second form: the whole envelope, and the signer with the attributes in these places.
pub fn seconda(caso: &Caso<'_>, gettone: &Gettone, posti: &[usize]) -> Result<Forma, Ostacolo> {
    let (digesto, attesa) = gettone.impronta().ok_or(TROPPO_LUNGO)?;
    let intorno = caso.oggetto.intorno.ok_or(TROPPO_LUNGO)?;
    let (mut aggiunte, mut copertura) = (Vec::new(), Copertura::new());
    for (posto, (intero, _, valori)) in caso.info.non_firmati.tutti().enumerate().filter(|(p, _)| posti.contains(p)) {
        aggiunte.extend_from_slice(intero);
        copertura.extend((0..valori.len()).map(|i| (posto, i)));
    }
    let (ordinate, firmatari) = (ordina(&aggiunte).concat(), caso.campi.senza_aggiunte());
    let mut forme = if ordinate == aggiunte { vec![aggiunte] } else { vec![aggiunte, ordinate] };
    // The standard leaves open whether the set is taken with the header that it has in the signer, with that of a set, or
    // without any; all are met.
    if forme.iter().any(|dati| !dati.is_empty()) {
        forme = forme.iter().flat_map(|d| [scrivi(CONTESTO_1, d), scrivi(SET, d), d.clone()]).collect();
    }
    let mut prima = None;
    for in_der in [false, true] {
        let avviata = intorno.avviata(digesto, in_der).ok_or(TROPPO_LUNGO)?;
        for (forma, firmatario) in forme.iter().flat_map(|forma| firmatari.iter().map(move |f| (forma, f))) {
            if !intorno.spendi(forma.len() + firmatario.len()) {
                return Err(TROPPO_LUNGO);
            }
            let mut calcolo = avviata.clone();
            calcolo.aggiungi(firmatario);
            calcolo.aggiungi(forma);
            let impronta = calcolo.concludi();
            if impronta == attesa {
                return Ok(Forma { impronte: Impronte::una(digesto, impronta), copertura });
            }
            prima.get_or_insert(impronta);
        }
    }
    let impronta = prima.ok_or(TROPPO_LUNGO)?;
    Ok(Forma { impronte: Impronte::una(digesto, impronta), copertura: Copertura::new() })
}

/// The third form: the digest of the content, the signer, and an index of digests of everything else.
///
/// The digest of the index must be as strong as that of the token, at the instant at which the token is judged.
pub fn terza(caso: &Caso<'_>, gettone: &Gettone, allora: Istante) -> Result<Forma, Ostacolo> {
    let (digesto, attesa) = gettone.impronta().ok_or(TROPPO_LUNGO)?;
    let intorno = caso.oggetto.intorno.ok_or(TROPPO_LUNGO)?;
    let (versione, indice) = gettone.aggiunto(&oid::ATS_HASH_INDEX).ok_or(SENZA_INDICE)?;
    let [_, _, ultima] = oid::ATS_HASH_INDEX;
    let indice = elemento(&indice).map_err(|_| SENZA_INDICE)?;
    let per_valore = versione == ultima;
    let copertura = coperti(caso, intorno, &indice, per_valore, allora)?;
    let contenuto = match caso.oggetto.firmato {
        Firmato::Ignoto => None,
        firmato => firmato.impronta(digesto),
    };
    let contenuto = contenuto.or_else(|| intorno.contenuto().map(|byte| digesto.di(&byte))).ok_or(TROPPO_LUNGO)?;
    // Without a type it is no content that was signed, but a signature.
    let tipo = caso.oggetto.tipo.map(|tipo| scrivi(OID, tipo.as_bytes())).ok_or(TROPPO_LUNGO)?;
    let mut prima = None;
    for firmatario in caso.campi.senza_aggiunte() {
        let mut calcolo = digesto.calcolo();
        for parte in [&tipo, &contenuto, &firmatario, indice.intero] {
            calcolo.aggiungi(parte);
        }
        let impronta = calcolo.concludi();
        if impronta == attesa {
            return Ok(Forma { impronte: Impronte::una(digesto, impronta), copertura });
        }
        prima.get_or_insert(impronta);
    }
    let impronta = prima.ok_or(TROPPO_LUNGO)?;
    Ok(Forma { impronte: Impronte::una(digesto, impronta), copertura: Copertura::new() })
}

/// The digests of one part of an index.
fn impronte<'e>(elenco: &Elemento<'e>) -> Result<Vec<Elemento<'e>>, Ostacolo> {
    elementi(elenco.valore).map_err(|_| SENZA_INDICE)
}

/// `ATSHashIndexV3 ::= SEQUENCE { hashIndAlgorithm (DEFAULT sha256 in the first form), certificatesHashIndex SEQUENCE OF OCTET STRING,
/// crlsHashIndex SEQUENCE OF OCTET STRING, unsignedAttrValuesHashIndex SEQUENCE OF OCTET STRING }`: the values of the unsigned
/// attributes that it covers. Everything that it names must be there (clause 5.5.2). The last form has the digest of type and value,
/// those before that of the whole attribute.
fn coperti(
    caso: &Caso<'_>,
    intorno: &Intorno<'_>,
    indice: &Elemento<'_>,
    per_valore: bool,
    allora: Istante,
) -> Result<Copertura, Ostacolo> {
    let parti = indice.figli().map_err(|_| SENZA_INDICE)?;
    let (digesto, elenchi) = match parti.as_slice() {
        [certificati, revoche, aggiunte] => (Digesto::Sha256, [certificati, revoche, aggiunte]),
        [algoritmo, certificati, revoche, aggiunte] => {
            (Digesto::da_algoritmo(algoritmo).ok_or(SENZA_INDICE)?, [certificati, revoche, aggiunte])
        }
        _ => return Err(SENZA_INDICE),
    };
    if robustezza::vizio_digesto(digesto, allora).is_some() {
        return Err(INDICE_DEBOLE);
    }
    let [certificati, revoche, aggiunte] = elenchi;
    for elenco in [certificati, revoche] {
        if impronte(elenco)?.iter().any(|voce| !intorno.ha(digesto, voce.valore)) {
            return Err(INCOMPLETO);
        }
    }
    let mut presenti: HashMap<Vec<u8>, Copertura> = HashMap::new();
    for (posto, (intero, tipo, valori)) in caso.info.non_firmati.tutti().enumerate() {
        if !intorno.spendi(intero.len()) {
            return Err(TROPPO_LUNGO);
        }
        if per_valore {
            let tipo = tipo.map(|t| scrivi(OID, t.as_bytes())).unwrap_or_default();
            for (i, valore) in valori.iter().enumerate() {
                presenti.entry(digesto.di(&[&tipo, valore.intero].concat())).or_default().insert((posto, i));
            }
        } else {
            presenti.entry(digesto.di(intero)).or_default().extend((0..valori.len()).map(|i| (posto, i)));
        }
    }
    let mut coperti = Copertura::new();
    for voce in impronte(aggiunte)? {
        coperti.extend(presenti.get(voce.valore).ok_or(INCOMPLETO)?);
    }
    Ok(coperti)
}
