//! TimeStampedData (RFC 5544 section 2), the `.tsd` file: a document and the tokens that stamp it.
//!
//! ```text
//! ContentInfo ::= SEQUENCE { contentType OID, content [0] EXPLICIT TimeStampedData }
//! TimeStampedData ::= SEQUENCE { version INTEGER, dataUri IA5String OPTIONAL, metaData MetaData OPTIONAL,
//!     content OCTET STRING OPTIONAL, temporalEvidence [0] SEQUENCE OF SEQUENCE { timeStamp ContentInfo, … } | [1] | [2] }
//! MetaData ::= SEQUENCE { hashProtected BOOLEAN, … }
//! ```

use super::asn1::{elemento, figli_da_ber};
use super::ber::{CONTESTO_0, COSTRUITO, Flusso, INTEGER, OCTET_STRING, OID, Ottetti, Raccolta, SEQUENCE};
use super::cms::{MAX_RESTO_BYTE, Somme};
use super::difetto::{Difetto, separa};
use super::marca::somme_marcabili;
use std::io::{self, Read};

/// `IA5String`.
const IA5_STRING: u8 = 0x16;
/// The longest metadata read.
const MAX_METADATI_BYTE: usize = 64 * 1024;

/// A TSD being read; the content flows through [`Read`].
pub struct Tsd<'a> {
    flusso: Flusso<&'a mut dyn Read>,
    contenuto: Option<Ottetti>,
    /// The digests that the content may have been stamped with, being computed.
    pub somme: Somme,
    guasto: Option<Difetto>,
    /// The same with the metadata before them, where the first token stamps those too (`hashProtected`).
    pub con_metadati: Option<Somme>,
}

/// What follows the content.
pub struct Prove {
    /// The tokens, outermost elements `ContentInfo`, in the order of time, each with what the next one stamps: the whole
    /// `TimeStampAndCRL` that holds it.
    pub gettoni: Vec<(Vec<u8>, Vec<u8>)>,
    /// Foreign bytes after the file.
    pub avanzo: u64,
}

impl<'a> Tsd<'a> {
    /// Reads up to the content.
    pub fn apri(sorgente: &'a mut dyn Read) -> io::Result<Self> {
        let mut flusso = Flusso::new(sorgente);
        let esterna = flusso.atteso(SEQUENCE)?;
        flusso.apri(&esterna)?;
        let tipo = flusso.atteso(OID)?;
        flusso.salta(&tipo)?;
        for tag in [CONTESTO_0, SEQUENCE] {
            let testata = flusso.atteso(tag)?;
            flusso.apri(&testata)?;
        }
        let versione = flusso.atteso(INTEGER)?;
        flusso.salta(&versione)?;
        let (mut contenuto, mut con_metadati) = (None, None);
        while contenuto.is_none() {
            let Some(testata) = flusso.prossimo()? else {
                return Err(Difetto("mancano le marche temporali").into());
            };
            match testata.tag {
                IA5_STRING => flusso.salta(&testata)?,
                SEQUENCE => {
                    let mut metadati = Raccolta::new(MAX_METADATI_BYTE);
                    flusso.copia(&testata, &mut metadati)?;
                    let protetti = figli_da_ber(&metadati.byte).0.into_iter().next();
                    if protetti.is_some_and(|p| p.last().is_some_and(|b| *b != 0)) {
                        let mut somme = somme_marcabili();
                        somme.aggiungi(&metadati.byte);
                        con_metadati = Some(somme);
                    }
                }
                t if t & !COSTRUITO == OCTET_STRING => contenuto = Some(Ottetti::apri(&mut flusso, &testata)?),
                _ => return Err(Difetto("il documento marcato non è nel file").into()),
            }
        }
        Ok(Self { flusso, contenuto, somme: somme_marcabili(), guasto: None, con_metadati })
    }

    /// Whether the content was read to its end without a defect.
    pub fn contenuto_intero(&self) -> bool {
        self.guasto.is_none() && self.contenuto.as_ref().is_some_and(Ottetti::finiti)
    }

    /// Reads the tokens, after the content was read to its end.
    pub fn chiudi(&mut self) -> io::Result<Prove> {
        if let Some(difetto) = self.guasto {
            return Err(difetto.into());
        }
        let prove = self.flusso.atteso(CONTESTO_0)?;
        let mut raccolta = Raccolta::new(MAX_RESTO_BYTE);
        self.flusso.copia(&prove, &mut raccolta)?;
        while self.flusso.profondita() > 0 {
            self.flusso.fine()?;
        }
        let avanzo = self.flusso.avanzo()?;
        if raccolta.eccede {
            return Err(Difetto("le marche temporali sono troppo lunghe").into());
        }
        let (prove, difetto) = figli_da_ber(&raccolta.byte);
        if let Some(difetto) = difetto {
            return Err(difetto.into());
        }
        let mut gettoni = Vec::new();
        for prova in &prove {
            let parti = elemento(prova)?.figli()?;
            let gettone = parti.first().ok_or(Difetto("manca una marca temporale"))?;
            gettoni.push((gettone.intero.to_vec(), prova.clone()));
        }
        if gettoni.is_empty() {
            return Err(Difetto("mancano le marche temporali").into());
        }
        Ok(Prove { gettoni, avanzo })
    }
}

impl Read for Tsd<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(difetto) = self.guasto {
            return Err(difetto.into());
        }
        let Some(contenuto) = &mut self.contenuto else { return Ok(0) };
        match separa(contenuto.leggi(&mut self.flusso, buf))? {
            Ok(n) => {
                let letti = buf.get(..n).unwrap_or_default();
                self.somme.aggiungi(letti);
                if let Some(somme) = &mut self.con_metadati {
                    somme.aggiungi(letti);
                }
                Ok(n)
            }
            Err(difetto) => {
                self.guasto = Some(difetto);
                Err(difetto.into())
            }
        }
    }
}
