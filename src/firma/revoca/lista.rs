//! A revocation list (CRL).
//!
//! ```text
//! CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING }
//! TBSCertList ::= SEQUENCE { version INTEGER OPTIONAL, signature, issuer Name, thisUpdate Time, nextUpdate Time OPTIONAL,
//!     revokedCertificates SEQUENCE OF SEQUENCE { userCertificate INTEGER, revocationDate Time, crlEntryExtensions OPTIONAL } OPTIONAL,
//!     crlExtensions [0] Extensions OPTIONAL }
//! ```
//!
//! Its entries, which may be half a million, are read only when one is looked for; of a list that is kept they are sorted once.

use super::bilancio::Detto;
use super::firmato::{Esiti, Firmato};
use super::punto::nomi;
use super::rifiuto::RifiutoRevoca;
use crate::firma::asn1::{Elemento, elemento, leggi, scrivi};
use crate::firma::ber::{CONTESTO_0, INTEGER, SEQUENCE};
use crate::firma::certificato::{Certificato, nome_confrontabile, nome_leggibile, senza_zeri};
use crate::firma::difetto::Difetto;
use crate::firma::tempo;
use crate::valori::Istante;
use std::collections::BTreeSet;
use x509_parser::extensions::{IssuingDistributionPoint, ParsedExtension, X509Extension};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::X509Name;

/// `UTCTime`, `GeneralizedTime`, `ENUMERATED`.
const TEMPI: [u8; 2] = [0x17, 0x18];
const ENUMERATED: u8 = 0x0a;

/// Extensions of a list: its number; it holds only changes; of which certificates it speaks; who signs it; it keeps those that expired.
const NUMERO: &str = "2.5.29.20";
const DELTA: &str = "2.5.29.27";
const PUNTO: &str = "2.5.29.28";
const CHIAVE: &str = "2.5.29.35";
const SCADUTI_COMPRESI: &str = "2.5.29.60";
/// Extension of an entry: why. The reasons of who is suspended, and of who was and is no more (RFC 5280 section 5.3.1).
const MOTIVO: &str = "2.5.29.21";
pub const SOSPESO: u8 = 6;
const NON_PIU: u8 = 8;

const SENZA_DATA: Difetto = Difetto("una revoca non ha una data leggibile");

/// A list, read as far as its head.
pub struct Lista<'a> {
    /// What its issuer signed.
    pub firmato: Firmato<'a>,
    /// Its issuer, in a form that can be compared.
    pub emittente: String,
    /// `thisUpdate`.
    pub dal: Istante,
    /// `nextUpdate`.
    pub al: Option<Istante>,
    nome: Elemento<'a>,
    estensioni: Vec<X509Extension<'a>>,
    /// The entries, one after the other.
    voci: &'a [u8],
    /// Where each begins, in the order of their serial numbers.
    ordine: Option<&'a [u32]>,
}

/// One entry.
struct Voce<'a> {
    intera: &'a [u8],
    seriale: &'a [u8],
    revocato: Elemento<'a>,
    estensioni: Option<Elemento<'a>>,
}

impl<'a> Lista<'a> {
    /// Reads one in DER.
    pub fn leggi(der: &'a [u8]) -> Option<Self> {
        let firmato = Firmato::leggi(&elemento(der).ok()?.figli().ok()?)?;
        let mut campi = firmato.dati.figli().ok()?.into_iter().peekable();
        campi.next_if(|e| e.tag == INTEGER);
        campi.next_if(|e| e.tag == SEQUENCE)?;
        let nome = campi.next_if(|e| e.tag == SEQUENCE)?;
        let (_, emittente) = X509Name::from_der(nome.intero).ok()?;
        let dal = tempo::istante(&campi.next()?)?;
        let al = match campi.next_if(|e| TEMPI.contains(&e.tag)) {
            Some(al) => Some(tempo::istante(&al)?),
            None => None,
        };
        let voci = campi.next_if(|e| e.tag == SEQUENCE).map(|e| e.valore).unwrap_or_default();
        let estensioni = match campi.next_if(|e| e.tag == CONTESTO_0) {
            Some(busta) => estensioni(&busta)?,
            None => Vec::new(),
        };
        if campi.next().is_some() {
            return None;
        }
        let emittente = nome_confrontabile(&emittente);
        Some(Self { firmato, emittente, dal, al, nome, estensioni, voci, ordine: None })
    }

    /// The same, with its entries in order and what is known of who signed it.
    pub fn con(self, ordine: &'a [u32], noti: &'a Esiti) -> Self {
        Self { ordine: Some(ordine), firmato: self.firmato.con(noti), ..self }
    }

    /// Its issuer, for people.
    pub fn emittente_leggibile(&self) -> String {
        X509Name::from_der(self.nome.intero).map(|(_, nome)| nome_leggibile(&nome)).unwrap_or_default()
    }

    /// `cRLNumber`, without leading zeros.
    pub fn numero(&self) -> Option<&'a [u8]> {
        let estensione = self.estensione(NUMERO)?;
        let numero = elemento(estensione.value).ok().filter(|e| e.tag == INTEGER)?;
        Some(senza_zeri(numero.valore))
    }

    /// Whether it keeps those that expired.
    pub fn tiene_gli_scaduti(&self) -> bool {
        self.estensione(SCADUTI_COMPRESI).is_some()
    }

    /// Whether what it names are certificates of who made it: not those of others, nor attribute certificates.
    pub fn parla_dei_suoi(&self) -> bool {
        !self.punto().is_some_and(|p| p.indirect_crl || p.only_contains_attribute_certs)
    }

    /// Whether its silence about this certificate says something: not a list of changes, nor of other certificates, nor of some
    /// reasons, nor under a condition that is not known here.
    pub fn riguarda(&self, certificato: &Certificato<'_>) -> bool {
        let parziale = self.punto().is_some_and(|p| {
            p.only_some_reasons.is_some()
                || (p.only_contains_user_certs && certificato.e_di_ca())
                || (p.only_contains_ca_certs && !certificato.e_di_ca())
        });
        let intera = !parziale && self.estensione(DELTA).is_none();
        intera && self.condizione_ignota().is_none() && self.e_del_punto_di(certificato)
    }

    /// Whether it is published where the certificate says (RFC 5280 section 6.3.3 (b)(2)), or does not say where.
    pub fn e_del_punto_di(&self, certificato: &Certificato<'_>) -> bool {
        match self.nomi() {
            None => true,
            Some(suoi) => certificato.punti().iter().any(|nome| suoi.contains(nome)),
        }
    }

    /// The names of the point where it is published, if it says that it is of one alone.
    pub fn nomi(&self) -> Option<BTreeSet<String>> {
        Some(nomi(self.punto()?.distribution_point.as_ref()?).into_iter().collect())
    }

    /// What it says of which certificates it speaks, as it is written; empty if it speaks of all.
    pub fn ambito(&self) -> &'a [u8] {
        self.estensione(PUNTO).map(|e| e.value).unwrap_or_default()
    }

    /// What it says of this certificate.
    pub fn dice(&self, certificato: &Certificato<'_>) -> Result<Detto, Difetto> {
        let Some(voce) = self.voce(certificato.seriale())? else { return Ok(Detto::Niente) };
        let dal = || tempo::istante(&voce.revocato).ok_or(SENZA_DATA);
        match voce.motivo() {
            // Under a condition that is not known here, nothing good is believed.
            Some(NON_PIU) if self.condizione_ignota().is_some() => Ok(Detto::Niente),
            Some(NON_PIU) => Ok(Detto::NonPiu),
            Some(SOSPESO) => dal().map(Detto::Sospeso),
            _ => dal().map(Detto::Revocato),
        }
    }

    /// Why it is not a list that a cache may rely on.
    pub fn vizio(&self) -> Option<RifiutoRevoca> {
        if self.estensione(DELTA).is_some() {
            return Some(RifiutoRevoca::Delta);
        }
        if let Some(punto) = self.punto() {
            if punto.indirect_crl {
                return Some(RifiutoRevoca::Indiretta);
            }
            if punto.only_contains_attribute_certs {
                return Some(RifiutoRevoca::Attributi);
            }
            if punto.only_some_reasons.is_some() {
                return Some(RifiutoRevoca::Motivi);
            }
        }
        self.condizione_ignota().map(RifiutoRevoca::Condizione)
    }

    /// Where every entry begins, in the order of the serial numbers; equal ones as they stand.
    pub fn ordina(&self) -> Result<Vec<u32>, Difetto> {
        let (mut posti, mut resto) = (Vec::new(), self.voci);
        while !resto.is_empty() {
            let posto = self.voci.len() - resto.len();
            let (voce, dopo) = Voce::leggi(resto)?;
            tempo::istante(&voce.revocato).ok_or(SENZA_DATA)?;
            posti.push((voce.seriale, u32::try_from(posto).map_err(|_| Difetto("è troppo lunga"))?));
            resto = dopo;
        }
        posti.sort_unstable();
        Ok(posti.into_iter().map(|(_, posto)| posto).collect())
    }

    /// The list with the entries of these serial numbers alone: its head and the value as they were, which no longer belongs to it.
    pub fn estratto(&self, seriali: &BTreeSet<Vec<u8>>) -> Option<Vec<u8>> {
        let mut scelte = Vec::new();
        for seriale in seriali {
            scelte.extend_from_slice(self.voce(seriale).ok()?.map(|v| v.intera).unwrap_or_default());
        }
        let mut corpo = Vec::new();
        for campo in self.firmato.dati.figli().ok()? {
            if campo.tag == SEQUENCE && std::ptr::eq(campo.valore, self.voci) && !self.voci.is_empty() {
                if !scelte.is_empty() {
                    corpo.extend(scrivi(SEQUENCE, &scelte));
                }
            } else {
                corpo.extend_from_slice(campo.intero);
            }
        }
        Some(self.firmato.intorno_a(&scrivi(SEQUENCE, &corpo)))
    }

    /// The entry of a serial number.
    fn voce(&self, seriale: &[u8]) -> Result<Option<Voce<'a>>, Difetto> {
        let Some(ordine) = self.ordine else { return self.cerca(seriale) };
        let letta = |posto: &u32| {
            let da = self.voci.get(usize::try_from(*posto).ok()?..)?;
            Some(Voce::leggi(da).ok()?.0)
        };
        let primo = ordine.partition_point(|posto| letta(posto).is_some_and(|v| v.seriale < seriale));
        Ok(ordine.get(primo).and_then(letta).filter(|v| v.seriale == seriale))
    }

    fn cerca(&self, seriale: &[u8]) -> Result<Option<Voce<'a>>, Difetto> {
        let mut resto = self.voci;
        while !resto.is_empty() {
            let (voce, dopo) = Voce::leggi(resto)?;
            if voce.seriale == seriale {
                return Ok(Some(voce));
            }
            resto = dopo;
        }
        Ok(None)
    }

    fn condizione_ignota(&self) -> Option<String> {
        let note = [NUMERO, DELTA, PUNTO, CHIAVE, SCADUTI_COMPRESI];
        let mut critiche = self.estensioni.iter().filter(|e| e.critical).map(|e| e.oid.to_id_string());
        critiche.find(|oid| !note.contains(&oid.as_str()))
    }

    fn punto(&self) -> Option<&IssuingDistributionPoint<'a>> {
        self.estensioni.iter().find_map(|e| match e.parsed_extension() {
            ParsedExtension::IssuingDistributionPoint(p) => Some(p),
            _ => None,
        })
    }

    fn estensione(&self, tipo: &str) -> Option<&X509Extension<'a>> {
        self.estensioni.iter().find(|e| e.oid.to_id_string() == tipo)
    }
}

fn estensioni<'a>(busta: &Elemento<'a>) -> Option<Vec<X509Extension<'a>>> {
    let elenco = busta.figli().ok()?.first()?.figli().ok()?;
    elenco.iter().map(|e| Some(X509Extension::from_der(e.intero).ok()?.1)).collect()
}

impl<'a> Voce<'a> {
    /// The first entry of `byte`, and what follows it.
    fn leggi(byte: &'a [u8]) -> Result<(Self, &'a [u8]), Difetto> {
        let storta = Difetto("una revoca non è scritta come dovrebbe");
        let (voce, dopo) = leggi(byte)?;
        let (seriale, resto) = leggi(voce.valore)?;
        let (revocato, resto) = leggi(resto)?;
        if voce.tag != SEQUENCE || seriale.tag != INTEGER || !TEMPI.contains(&revocato.tag) {
            return Err(storta);
        }
        let estensioni = if resto.is_empty() { None } else { Some(elemento(resto)?) };
        Ok((Self { intera: voce.intero, seriale: senza_zeri(seriale.valore), revocato, estensioni }, dopo))
    }

    /// Why, if it says so in a way that can be read.
    fn motivo(&self) -> Option<u8> {
        let tutte = self.estensioni?.figli().ok()?;
        let parti = tutte.iter().filter_map(|e| e.figli().ok());
        let mut motivi = parti.filter(|p| p.first().and_then(Elemento::oid).is_some_and(|o| o.to_string() == MOTIVO));
        codice(&elemento(motivi.next()?.last()?.valore).ok()?)
    }
}

/// `CRLReason ::= ENUMERATED`
pub fn codice(motivo: &Elemento<'_>) -> Option<u8> {
    match motivo.valore {
        [codice] if motivo.tag == ENUMERATED => Some(*codice),
        _ => None,
    }
}
