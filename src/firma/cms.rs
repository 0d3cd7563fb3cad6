//! The signed envelope (`busta`), CMS SignedData, read as a stream.
//!
//! ```text
//! ContentInfo ::= SEQUENCE { contentType OID, content [0] EXPLICIT SignedData }        -- RFC 5652 section 3
//! SignedData ::= SEQUENCE { version INTEGER, digestAlgorithms SET OF AlgorithmIdentifier,
//!     encapContentInfo SEQUENCE { eContentType OID, eContent [0] EXPLICIT OCTET STRING OPTIONAL },
//!     certificates [0] IMPLICIT SET OF … OPTIONAL, crls [1] IMPLICIT SET OF … OPTIONAL,
//!     signerInfos SET OF SignerInfo }                                                  -- section 5.1
//! ```
//!
//! The content flows through [`Read`] and is digested on its way. Of the rest, certificates and signers are kept as raw
//! bytes, up to a limit, and cut into pieces so that a damaged one does not take the others with it.

use super::algoritmo::{Calcolo, Digesto};
use super::asn1::{MAX_ELEMENTI, TROPPI, elemento, figli_da_ber};
use super::ber::{CONTESTO_0, CONTESTO_1, Flusso, INTEGER, OID, Ottetti, Raccolta, SEQUENCE, SET, conta};
use super::difetto::{Difetto, separa};
use der::oid::ObjectIdentifier;
use std::io::{self, Read};

/// Certificates and signers of one envelope, together; content and CRLs do not count.
pub const MAX_RESTO_BYTE: usize = 8 * 1024 * 1024;
/// Revocation data of one envelope that are looked at.
pub const MAX_REVOCHE_BYTE: usize = 16 * 1024 * 1024;
/// The content of the outermost envelope that is kept, for archive timestamps of the second form, which stamp the bytes round
/// it too; of the envelopes inside half as much each time.
pub const MAX_CAPSULA_BYTE: usize = 16 * 1024 * 1024;
/// An object identifier, or the set of digest algorithms.
const MAX_CAMPO_BYTE: usize = 4096;

/// An envelope being read.
pub struct Busta<'a> {
    flusso: Flusso<&'a mut dyn Read>,
    /// What the content is declared to be.
    pub tipo: ObjectIdentifier,
    contenuto: Option<Ottetti>,
    /// The digests announced, being computed.
    pub somme: Somme,
    /// `encapContentInfo` as it was sent, if it is not too long.
    capsula: Option<Vec<u8>>,
    /// The first defect met in the content; whoever reads again meets it again.
    guasto: Option<Difetto>,
}

/// What stands after the content.
pub struct Resto {
    /// Every certificate as it was sent.
    pub certificati: Vec<Vec<u8>>,
    /// Every SignerInfo as it was sent.
    pub firmatari: Vec<Vec<u8>>,
    /// A defect of the list of signers, after those that could be cut out.
    pub difetto_firmatari: Option<Difetto>,
    /// Every list, and every answer, about revocation as it was sent; none, with a finding, beyond [`MAX_REVOCHE_BYTE`].
    pub revoche: Vec<Vec<u8>>,
    /// Whether there are more of those than the limit.
    pub revoche_eccedono: bool,
    /// Whether [`MAX_RESTO_BYTE`] was exceeded: then nothing of the rest is known.
    pub eccede: bool,
    /// Foreign bytes after the envelope.
    pub avanzo: u64,
    /// `encapContentInfo` as it was sent; `None`: it is longer than what is kept.
    pub capsula: Option<Vec<u8>>,
    /// The fields `certificates` and `crls` as they were sent, empty if they are not there.
    pub campi: [Vec<u8>; 2],
}

impl<'a> Busta<'a> {
    /// Reads up to the content.
    pub fn apri(sorgente: &'a mut dyn Read) -> io::Result<Self> {
        let mut flusso = Flusso::new(sorgente);
        let esterna = flusso.atteso(SEQUENCE)?;
        flusso.apri(&esterna)?;
        Self::apri_dentro(flusso)
    }

    /// The same for a timestamp response, `SEQUENCE { status, ContentInfo }` (RFC 3161 section 2.4.2).
    pub fn apri_risposta(sorgente: &'a mut dyn Read) -> io::Result<Self> {
        let mut flusso = Flusso::new(sorgente);
        let risposta = flusso.atteso(SEQUENCE)?;
        flusso.apri(&risposta)?;
        let stato = flusso.atteso(SEQUENCE)?;
        flusso.salta(&stato)?;
        let esterna = flusso.atteso(SEQUENCE)?;
        flusso.apri(&esterna)?;
        Self::apri_dentro(flusso)
    }

    fn apri_dentro(mut flusso: Flusso<&'a mut dyn Read>) -> io::Result<Self> {
        let tipo = flusso.atteso(OID)?;
        flusso.salta(&tipo)?;
        for tag in [CONTESTO_0, SEQUENCE] {
            let testata = flusso.atteso(tag)?;
            flusso.apri(&testata)?;
        }
        let versione = flusso.atteso(INTEGER)?;
        flusso.salta(&versione)?;
        let algoritmi = flusso.atteso(SET)?;
        let mut campo = Raccolta::new(MAX_CAMPO_BYTE);
        flusso.copia(&algoritmi, &mut campo)?;
        let somme = Somme::annunciate(&campo.byte);
        let capsula = flusso.atteso(SEQUENCE)?;
        flusso.apri(&capsula)?;
        let mut tenuta = Raccolta::new(MAX_CAPSULA_BYTE);
        // Grown piece by piece it would be copied and given back to the system at every file: a fifth of the time of a small one.
        tenuta.prenota(capsula.lunghezza.unwrap_or(0).saturating_add(conta(capsula.grezza.len())));
        tenuta.aggiungi(&capsula.grezza);
        flusso.tieni(tenuta);
        let tipo = flusso.atteso(OID)?;
        let mut campo = Raccolta::new(MAX_CAMPO_BYTE);
        flusso.copia(&tipo, &mut campo)?;
        let tipo = elemento(&campo.byte)?.oid().ok_or(Difetto("il tipo del contenuto non è leggibile"))?;
        let contenuto = match flusso.prossimo()? {
            None => None,
            Some(testata) if testata.tag == CONTESTO_0 => {
                flusso.apri(&testata)?;
                match flusso.prossimo()? {
                    None => return Err(Difetto("il contenuto è annunciato ma non c'è").into()),
                    Some(testata) => Some(Ottetti::apri(&mut flusso, &testata)?),
                }
            }
            Some(_) => return Err(Difetto("il contenuto non è dove dovrebbe").into()),
        };
        let capsula = if contenuto.is_none() { flusso.tenuto() } else { None };
        Ok(Self { flusso, tipo, contenuto, somme, capsula, guasto: None })
    }

    /// Keeps less of the content than [`MAX_CAPSULA_BYTE`].
    pub fn tieni_al_massimo(&mut self, byte: usize) {
        self.flusso.tieni_al_massimo(byte);
    }

    /// Whether the content is inside (and not detached).
    pub fn ha_contenuto(&self) -> bool {
        self.contenuto.is_some()
    }

    /// Whether the content was read to its end without a defect.
    pub fn contenuto_intero(&self) -> bool {
        self.guasto.is_none() && self.contenuto.as_ref().is_some_and(Ottetti::finiti)
    }

    /// Reads what follows the content, which must have been read to its end.
    pub fn chiudi(&mut self) -> io::Result<Resto> {
        if let Some(difetto) = self.guasto {
            return Err(difetto.into());
        }
        if self.contenuto.is_some() {
            // The end of eContent [0], then of encapContentInfo.
            self.flusso.fine()?;
            self.flusso.fine()?;
            self.capsula = self.flusso.tenuto();
        }
        let mut revoche = Raccolta::new(MAX_REVOCHE_BYTE);
        let mut certificati = Raccolta::new(MAX_RESTO_BYTE);
        let mut firmatari = Raccolta::new(MAX_RESTO_BYTE);
        while let Some(testata) = self.flusso.prossimo()? {
            match testata.tag {
                CONTESTO_0 if certificati.byte.is_empty() => self.flusso.copia(&testata, &mut certificati)?,
                CONTESTO_1 if revoche.byte.is_empty() => self.flusso.copia(&testata, &mut revoche)?,
                SET if firmatari.byte.is_empty() => {
                    firmatari = Raccolta::new(MAX_RESTO_BYTE.saturating_sub(certificati.byte.len()));
                    self.flusso.copia(&testata, &mut firmatari)?;
                }
                _ => return Err(Difetto("contiene un elemento fuori posto").into()),
            }
        }
        if firmatari.byte.is_empty() && !firmatari.eccede {
            return Err(Difetto("manca l'elenco dei firmatari").into());
        }
        // SignedData [0] and ContentInfo end here; whatever follows is not covered by any signature.
        self.flusso.fine()?;
        self.flusso.fine()?;
        while self.flusso.profondita() > 0 {
            self.flusso.fine()?;
        }
        let avanzo = self.flusso.avanzo()?;
        let eccede = certificati.eccede || firmatari.eccede;
        let revoche_eccedono = revoche.eccede;
        let campi = [certificati.byte, if revoche_eccedono { Vec::new() } else { revoche.byte }];
        let [certificati, revoche] = campi.each_ref().map(|campo| pezzi(campo).0);
        let (firmatari, difetto_firmatari) = pezzi(&firmatari.byte);
        let capsula = self.capsula.take();
        Ok(Resto {
            certificati,
            firmatari,
            difetto_firmatari,
            revoche,
            revoche_eccedono,
            eccede,
            avanzo,
            capsula,
            campi,
        })
    }
}

/// The content, digested as it is read.
impl Read for Busta<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(difetto) = self.guasto {
            return Err(difetto.into());
        }
        let Some(contenuto) = &mut self.contenuto else { return Ok(0) };
        match separa(contenuto.leggi(&mut self.flusso, buf))? {
            Ok(n) => {
                self.somme.aggiungi(buf.get(..n).unwrap_or_default());
                Ok(n)
            }
            Err(difetto) => {
                self.guasto = Some(difetto);
                Err(difetto.into())
            }
        }
    }
}

/// Digests of one content, several at once.
#[derive(Default)]
pub struct Somme(Vec<(Digesto, Calcolo)>);

impl Somme {
    /// Those named in `digestAlgorithms`, and SHA-256 always: some signers name another one than they use.
    fn annunciate(algoritmi: &[u8]) -> Self {
        let (algoritmi, _) = figli_da_ber(algoritmi);
        let mut somme = Self::di(&[Digesto::Sha256]);
        for algoritmo in &algoritmi {
            let digesto = elemento(algoritmo).ok().and_then(|a| Digesto::da_algoritmo(&a));
            if let Some(digesto) = digesto
                && !somme.0.iter().any(|(d, _)| *d == digesto)
            {
                somme.0.push((digesto, digesto.calcolo()));
            }
        }
        somme
    }

    /// These, from nothing.
    pub fn di(digesti: &[Digesto]) -> Self {
        Self(digesti.iter().map(|d| (*d, d.calcolo())).collect())
    }

    /// More of the content.
    pub fn aggiungi(&mut self, pezzo: &[u8]) {
        for (_, calcolo) in &mut self.0 {
            calcolo.aggiungi(pezzo);
        }
    }

    /// The digests of what was read; nothing is left to compute.
    pub fn concludi(&mut self) -> Impronte {
        let somme = std::mem::take(&mut self.0);
        Impronte(somme.into_iter().map(|(digesto, calcolo)| (digesto, calcolo.concludi())).collect())
    }
}

/// Digests computed.
pub struct Impronte(Vec<(Digesto, Vec<u8>)>);

impl Impronte {
    /// One that is known.
    pub fn una(digesto: Digesto, impronta: Vec<u8>) -> Self {
        Self(vec![(digesto, impronta)])
    }

    /// One of them, if it was computed.
    pub fn con(&self, digesto: Digesto) -> Option<&[u8]> {
        self.0.iter().find(|(d, _)| *d == digesto).map(|(_, impronta)| impronta.as_slice())
    }
}

/// A detached content, digested as it is read.
pub struct Staccato<'a> {
    /// Where it comes from.
    pub sorgente: &'a mut dyn Read,
    /// Where its digests go.
    pub somme: &'a mut Somme,
    /// Itself, up to a limit.
    pub tenuto: Raccolta,
}

impl Read for Staccato<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.sorgente.read(buf)?;
        let letti = buf.get(..n).unwrap_or_default();
        self.somme.aggiungi(letti);
        if !self.tenuto.eccede {
            self.tenuto.aggiungi(letti);
        }
        Ok(n)
    }
}

/// Cuts a constructed element into the elements inside it, as they were sent, up to the first defect.
fn pezzi(byte: &[u8]) -> (Vec<Vec<u8>>, Option<Difetto>) {
    let mut pezzi = Vec::new();
    let mut taglia = || {
        let mut flusso = Flusso::new(byte);
        if byte.is_empty() {
            return Ok(());
        }
        let Some(fuori) = flusso.prossimo()? else { return Ok(()) };
        flusso.apri(&fuori)?;
        while let Some(testata) = flusso.prossimo()? {
            if pezzi.len() >= MAX_ELEMENTI {
                return Err(TROPPI.into());
            }
            let mut pezzo = Raccolta::new(byte.len());
            flusso.copia(&testata, &mut pezzo)?;
            pezzi.push(pezzo.byte);
        }
        io::Result::Ok(())
    };
    let difetto = separa(taglia()).unwrap_or(Err(Difetto("non è leggibile"))).err();
    (pezzi, difetto)
}
