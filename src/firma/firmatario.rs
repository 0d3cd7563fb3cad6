//! One signer: `SignerInfo` (RFC 5652 section 5.3), cut into its fields.
//!
//! ```text
//! SignerInfo ::= SEQUENCE { version INTEGER, sid IssuerAndSerialNumber | [0] SubjectKeyIdentifier,
//!     digestAlgorithm, signedAttrs [0] IMPLICIT SET OF Attribute OPTIONAL,
//!     signatureAlgorithm, signature OCTET STRING, unsignedAttrs [1] IMPLICIT SET OF Attribute OPTIONAL }
//! ```

use super::asn1::{Elemento, elementi, elemento, figli_da_ber, scrivi};
use super::ber::{CONTESTO_0, CONTESTO_0_SEMPLICE, CONTESTO_1, INTEGER, OCTET_STRING, SEQUENCE, SET};
use super::certificato::Certificato;
use super::difetto::Difetto;
use der::oid::ObjectIdentifier;

/// The fields of a SignerInfo, each in DER.
pub struct CampiFirmatario {
    campi: Vec<Vec<u8>>,
    /// The unsigned attributes could not be read; the signature is not touched by it.
    pub non_firmati_illeggibili: bool,
}

/// The fields, borrowed and told apart.
pub struct InfoFirmatario<'a> {
    /// Which certificate.
    pub sid: Elemento<'a>,
    /// Digest of the content.
    pub algoritmo_digesto: Elemento<'a>,
    /// What the signer signed, besides the digest of the content.
    pub firmati: Option<Attributi<'a>>,
    /// How the value was made.
    pub algoritmo_firma: Elemento<'a>,
    /// The value.
    pub valore: &'a [u8],
    /// What others added.
    pub non_firmati: Attributi<'a>,
}

/// A set of attributes.
#[derive(Default)]
pub struct Attributi<'a> {
    tutti: Vec<(Option<ObjectIdentifier>, Vec<Elemento<'a>>)>,
    /// The contents of the set, as sent.
    valore: &'a [u8],
}

impl CampiFirmatario {
    /// Reads the bytes of a SignerInfo.
    pub fn leggi(ber: &[u8]) -> Result<Self, Difetto> {
        if ber.first() != Some(&SEQUENCE) {
            return Err(Difetto("un firmatario non è descritto come dovrebbe"));
        }
        let (campi, difetto) = figli_da_ber(ber);
        // A defect after the value of the signature can only be in the unsigned attributes.
        let ha_valore = campi.last().is_some_and(|c| c.first() == Some(&OCTET_STRING));
        match difetto {
            Some(difetto) if !ha_valore => Err(difetto),
            difetto => Ok(Self { campi, non_firmati_illeggibili: difetto.is_some() }),
        }
    }

    /// Tells the fields apart. The flag says that the unsigned attributes are not readable.
    pub fn info(&self) -> Result<(InfoFirmatario<'_>, bool), Difetto> {
        let mut campi = self.campi.iter().map(|c| elemento(c)).collect::<Result<Vec<_>, _>>()?.into_iter().peekable();
        let mut prendi = |che: &dyn Fn(u8) -> bool| campi.next_if(|e| che(e.tag));
        let manca = Difetto("manca un dato di un firmatario");
        prendi(&|t| t == INTEGER).ok_or(manca)?;
        let sid = prendi(&|t| t == SEQUENCE || t == CONTESTO_0_SEMPLICE).ok_or(manca)?;
        let algoritmo_digesto = prendi(&|t| t == SEQUENCE).ok_or(manca)?;
        let firmati = prendi(&|t| t == CONTESTO_0);
        let algoritmo_firma = prendi(&|t| t == SEQUENCE).ok_or(manca)?;
        let valore = prendi(&|t| t == OCTET_STRING).ok_or(manca)?.valore;
        let non_firmati = prendi(&|t| t == CONTESTO_1);
        if campi.next().is_some() {
            return Err(Difetto("un firmatario ha dati in più"));
        }
        let firmati = firmati.map(|e| Attributi::leggi(&e)).transpose()?;
        let (non_firmati, illeggibili) = match non_firmati.map(|e| Attributi::leggi(&e)) {
            None => (Attributi::default(), self.non_firmati_illeggibili),
            Some(Ok(attributi)) => (attributi, false),
            Some(Err(_)) => (Attributi::default(), true),
        };
        Ok((InfoFirmatario { sid, algoritmo_digesto, firmati, algoritmo_firma, valore, non_firmati }, illeggibili))
    }
}

impl CampiFirmatario {
    /// The fields before the unsigned attributes one after the other, in DER: with the signed attributes in the order in which they
    /// were sent, and sorted, if that is another one.
    pub fn senza_aggiunte(&self) -> Vec<Vec<u8>> {
        let campi = || self.campi.iter().filter(|campo| campo.first() != Some(&CONTESTO_1));
        let inviati: Vec<u8> = campi().flatten().copied().collect();
        let ordinato = |campo: &Vec<u8>| match elemento(campo) {
            Ok(e) if e.tag == CONTESTO_0 => scrivi(CONTESTO_0, &ordina(e.valore).concat()),
            _ => campo.clone(),
        };
        let ordinati: Vec<u8> = campi().flat_map(ordinato).collect();
        if ordinati == inviati { vec![inviati] } else { vec![inviati, ordinati] }
    }
}

impl InfoFirmatario<'_> {
    /// Whether the signer says that it signed with this certificate.
    pub fn indica(&self, certificato: &Certificato<'_>) -> bool {
        if self.sid.tag == CONTESTO_0_SEMPLICE {
            return certificato.ha_identificatore(self.sid.valore);
        }
        match self.sid.figli().as_deref() {
            Ok([emittente, seriale]) => certificato.ha_seriale(emittente.intero, seriale.valore),
            _ => false,
        }
    }
}

impl<'a> Attributi<'a> {
    fn leggi(insieme: &Elemento<'a>) -> Result<Self, Difetto> {
        let storto = Difetto("un attributo della firma non è scritto come dovrebbe");
        let mut tutti = Vec::new();
        for attributo in insieme.figli()? {
            let parti = attributo.figli()?;
            let [tipo, valori] = *parti.as_slice() else { return Err(storto) };
            if attributo.tag != SEQUENCE || valori.tag != SET {
                return Err(storto);
            }
            tutti.push((tipo.oid(), valori.figli()?));
        }
        Ok(Self { tutti, valore: insieme.valore })
    }

    /// Whether an attribute of this type is there.
    pub fn ha(&self, tipo: ObjectIdentifier) -> bool {
        self.tutti.iter().any(|(t, _)| *t == Some(tipo))
    }

    /// The values of all the attributes of this type.
    pub fn valori(&self, tipo: ObjectIdentifier) -> impl Iterator<Item = Elemento<'a>> {
        self.tutti.iter().filter(move |(t, _)| *t == Some(tipo)).flat_map(|(_, valori)| valori.iter().copied())
    }

    /// Every attribute: whole, its type, its values.
    pub fn tutti(&self) -> impl Iterator<Item = (&'a [u8], Option<ObjectIdentifier>, &[Elemento<'a>])> {
        let interi = elementi(self.valore).unwrap_or_default().into_iter();
        interi.zip(&self.tutti).map(|(intero, (tipo, valori))| (intero.intero, *tipo, valori.as_slice()))
    }

    /// The value of an attribute that must have exactly one.
    pub fn unico(&self, tipo: ObjectIdentifier) -> Option<Elemento<'a>> {
        let mut valori = self.valori(tipo);
        valori.next().filter(|_| valori.next().is_none())
    }

    /// The bytes that may have been signed: the DER encoding, where a SET OF is sorted (RFC 5652 section 5.4), then
    /// the order in which the attributes were sent, which some signers sign instead.
    pub fn firmabili(&self) -> Vec<Vec<u8>> {
        let ordinati = scrivi(SET, &ordina(self.valore).concat());
        let inviati = scrivi(SET, self.valore);
        if ordinati == inviati { vec![ordinati] } else { vec![ordinati, inviati] }
    }
}

/// The elements that follow each other in `byte`, in the order of DER.
pub fn ordina(byte: &[u8]) -> Vec<&[u8]> {
    let mut pezzi: Vec<&[u8]> = Vec::new();
    let mut resto = byte;
    while let Ok((primo, altri)) = super::asn1::leggi(resto) {
        pezzi.push(primo.intero);
        resto = altri;
    }
    pezzi.sort_unstable();
    pezzi
}
