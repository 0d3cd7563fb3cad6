//! What an archive timestamp stamps, put together again from the envelope.

use super::super::algoritmo::{Calcolo, Digesto};
use super::super::asn1::{Elemento, elementi, elemento, figli_da_ber, scrivi};
use super::super::ber::{CONTESTO_0, CONTESTO_1, OCTET_STRING, SEQUENCE, SET};
use super::super::cms::{Impronte, Resto};
use super::super::esame::Firmato;
use super::super::firmatario::ordina;
use super::super::marca::{Gettone, Ostacolo};
use super::super::oid;
use super::super::rapporto::Indicazione;
use super::Caso;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// The envelope round a signer.
pub struct Intorno<'a> {
    resto: &'a Resto,
    /// The content, if it stands elsewhere and is short enough to have been kept.
    staccato: Option<&'a [u8]>,
    /// The digests of certificates and revocation data.
    voci: RefCell<HashMap<Digesto, HashSet<Vec<u8>>>>,
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

/// The unsigned attributes that an archive timestamp covers.
pub enum Copertura {
    /// Those in these places.
    Posti(Vec<usize>),
    /// Those with one of these values.
    Valori(HashSet<Vec<u8>>),
}

impl Copertura {
    /// Whether it covers a value in a place.
    pub fn comprende(&self, posto: usize, valore: &[u8]) -> bool {
        match self {
            Self::Posti(posti) => posti.contains(&posto),
            Self::Valori(valori) => valori.contains(valore),
        }
    }
}

/// The form of RFC 3126, which does not say how its parts are encoded.
pub const PRIMA_FORMA: Ostacolo =
    Ostacolo { indicazione: Indicazione::Indeterminate, frase: "È della prima forma, che non viene verificata." };
const SENZA_INDICE: Ostacolo =
    Ostacolo { indicazione: Indicazione::TotalFailed, frase: "Manca, o è illeggibile, l'elenco di quello che copre." };
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
        Self { resto, staccato, voci: RefCell::default(), avviate: RefCell::default() }
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

    /// The content itself, if it was kept.
    fn contenuto(&self) -> Option<Vec<u8>> {
        let capsula = self.resto.capsula.as_deref()?;
        let (parti, _) = figli_da_ber(capsula);
        let Some(avvolto) = parti.get(1) else { return self.staccato.map(<[u8]>::to_vec) };
        let ottetti = elemento(avvolto).ok()?.figli().ok()?;
        ottetti.first().filter(|e| e.tag == OCTET_STRING).map(|e| e.valore.to_vec())
    }

    /// `eContentType`, in DER.
    fn tipo(&self) -> Option<Vec<u8>> {
        figli_da_ber(self.resto.capsula.as_deref()?).0.into_iter().next()
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
    let aggiunte: Vec<u8> = caso
        .info
        .non_firmati
        .tutti()
        .enumerate()
        .filter(|(posto, _)| posti.contains(posto))
        .flat_map(|(_, (intero, ..))| intero.iter().copied())
        .collect();
    let ordinate = ordina(&aggiunte).concat();
    let mut prima = None;
    for in_der in [false, true] {
        let avviata = intorno.avviata(digesto, in_der).ok_or(TROPPO_LUNGO)?;
        // The standard leaves open whether the set is taken with the header that it has in the signer, with that of a set, or
        // without any; all are met.
        let modi = [&aggiunte, &ordinate].into_iter().flat_map(|dati| {
            [scrivi(CONTESTO_1, dati), scrivi(SET, dati), dati.clone()].map(|scritte| (dati.is_empty(), scritte))
        });
        for (nessuna, scritte) in modi {
            for firmatario in caso.campi.senza_aggiunte() {
                let mut calcolo = avviata.clone();
                calcolo.aggiungi(&firmatario);
                if !nessuna {
                    calcolo.aggiungi(&scritte);
                }
                let impronta = calcolo.concludi();
                if impronta == attesa {
                    return Ok(Forma {
                        impronte: Impronte::una(digesto, impronta),
                        copertura: Copertura::Posti(posti.to_vec()),
                    });
                }
                prima.get_or_insert(impronta);
            }
        }
    }
    let impronta = prima.ok_or(TROPPO_LUNGO)?;
    Ok(Forma { impronte: Impronte::una(digesto, impronta), copertura: Copertura::Posti(Vec::new()) })
}

/// The third form: the digest of the content, the signer, and an index of digests of everything else.
pub fn terza(caso: &Caso<'_>, gettone: &Gettone) -> Result<Forma, Ostacolo> {
    let (digesto, attesa) = gettone.impronta().ok_or(TROPPO_LUNGO)?;
    let intorno = caso.oggetto.intorno.ok_or(TROPPO_LUNGO)?;
    let (versione, indice) = gettone.aggiunto(&oid::ATS_HASH_INDEX).ok_or(SENZA_INDICE)?;
    let [_, _, ultima] = oid::ATS_HASH_INDEX;
    let indice = elemento(&indice).map_err(|_| SENZA_INDICE)?;
    let valori = coperti(caso, intorno, &indice, versione == ultima)?;
    let contenuto = match caso.oggetto.firmato {
        Firmato::Ignoto => None,
        firmato => firmato.impronta(digesto),
    };
    let contenuto = contenuto.or_else(|| intorno.contenuto().map(|byte| digesto.di(&byte))).ok_or(TROPPO_LUNGO)?;
    let tipo = intorno.tipo().or_else(|| caso.oggetto.tipo.map(|t| scrivi(super::super::ber::OID, t.as_bytes())));
    let mut prima = None;
    for firmatario in caso.campi.senza_aggiunte() {
        let mut calcolo = digesto.calcolo();
        for parte in [tipo.as_deref().unwrap_or_default(), &contenuto, &firmatario, indice.intero] {
            calcolo.aggiungi(parte);
        }
        let impronta = calcolo.concludi();
        if impronta == attesa {
            return Ok(Forma { impronte: Impronte::una(digesto, impronta), copertura: Copertura::Valori(valori) });
        }
        prima.get_or_insert(impronta);
    }
    let impronta = prima.ok_or(TROPPO_LUNGO)?;
    Ok(Forma { impronte: Impronte::una(digesto, impronta), copertura: Copertura::Valori(HashSet::new()) })
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
) -> Result<HashSet<Vec<u8>>, Ostacolo> {
    let parti = indice.figli().map_err(|_| SENZA_INDICE)?;
    let (digesto, elenchi) = match parti.as_slice() {
        [certificati, revoche, aggiunte] => (Digesto::Sha256, [certificati, revoche, aggiunte]),
        [algoritmo, certificati, revoche, aggiunte] => {
            (Digesto::da_algoritmo(algoritmo).ok_or(SENZA_INDICE)?, [certificati, revoche, aggiunte])
        }
        _ => return Err(SENZA_INDICE),
    };
    let [certificati, revoche, aggiunte] = elenchi;
    for elenco in [certificati, revoche] {
        if impronte(elenco)?.iter().any(|voce| !intorno.ha(digesto, voce.valore)) {
            return Err(INCOMPLETO);
        }
    }
    let mut presenti: HashMap<Vec<u8>, Vec<Vec<u8>>> = HashMap::new();
    for (intero, tipo, valori) in caso.info.non_firmati.tutti() {
        let suoi = || valori.iter().map(|v| v.intero.to_vec());
        if per_valore {
            let tipo = tipo.map(|t| scrivi(super::super::ber::OID, t.as_bytes())).unwrap_or_default();
            presenti.extend(suoi().map(|v| (digesto.di(&[tipo.as_slice(), &v].concat()), vec![v])));
        } else {
            presenti.insert(digesto.di(intero), suoi().collect());
        }
    }
    let mut coperti = HashSet::new();
    for voce in impronte(aggiunte)? {
        coperti.extend(presenti.get(voce.valore).ok_or(INCOMPLETO)?.iter().cloned());
    }
    Ok(coperti)
}
