//! *Sigillo*: the electronic seal of a body over an XML document (Regulation (EU) 910/2014 art. 35; LLGG Allegato 6).
//!
//! What comes out is XAdES baseline B (ETSI EN 319 132-1 clause 6): an enveloped signature over the whole document, last element
//! of its root, with the instant, the digest of the certificate and the media type signed too. Canonical forms are exclusive, so
//! that a sealed document still holds when it is taken out of an envelope, as Allegato 6 has it travel. It is made with what
//! verifies signatures here, and [`apponi`] gives nothing that this module would not itself find sound.
//!
//! The key is somebody else's affair: a [`Sigillatore`] signs one digest. [`ChiaveSigillo`] does it with a PKCS#12 file; a remote
//! service (CSC API v2, `signatures/signHash`) asks for the same digest and gives back the same value.

mod pkcs12;
mod titolare;

pub use pkcs12::{ChiaveSigillo, MASSIMO_BYTE};
pub use titolare::Titolare;

use super::algoritmo::{Digesto, Metodo, Schema};
use super::asn1::elemento;
use super::certificato::Certificato;
use super::chiave::{Chiave, Curva, Esito};
use super::xml::DS;
use super::xml::albero::Albero;
use super::xml::busta::{Busta, firme};
use super::xml::canonica::Forma;
use super::xml::riferimento::{Fuori, byte};
use crate::valori::Istante;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::SecondsFormat;

/// Exclusive canonicalisation, without comments.
const EXC: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
/// ETSI EN 319 132-1 clause 4.2.
const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// Bytes of a number of P-256.
const P256_BYTE: usize = 32;

/// Who holds the key of a seal and signs with it, here or elsewhere.
pub trait Sigillatore {
    /// The certificate of the seal, then those above it, in DER; never empty.
    fn certificati(&self) -> &[Vec<u8>];

    /// The value over a SHA-256 digest: RSASSA-PKCS1-v1_5 with a key RSA, ECDSA in DER with one on P-256.
    ///
    /// # Errors
    /// [`Errore::Rifiutato`] if whoever holds the key did not sign.
    fn firma(&self, impronta: &[u8; 32]) -> Result<Vec<u8>, Errore>;
}

/// Why there is no seal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Errore {
    /// Not XML, or sealed already.
    #[error("il documento non può essere sigillato: {0}")]
    Documento(&'static str),
    /// The certificate, or the kind of its key.
    #[error("il certificato del sigillo non è utilizzabile: {0}")]
    Certificato(&'static str),
    /// Before or after its time.
    #[error(
        "il certificato del sigillo vale dal {dal} al {al}: adesso non si può usare; chiedine uno nuovo al fornitore"
    )]
    FuoriValidita {
        /// First instant.
        dal: String,
        /// Last instant.
        al: String,
    },
    /// The file of the key.
    #[error("il file PKCS#12 del sigillo non è utilizzabile: {0}")]
    Pkcs12(&'static str),
    /// Whoever holds the key did not sign.
    #[error("il sigillo non è stato apposto: {0}")]
    Rifiutato(String),
    /// The value is not of the key of the certificate.
    #[error("il sigillo non è stato apposto: il valore ottenuto non è della chiave del certificato")]
    NonSuo,
}

/// Seals a document in UTF-8, as of `istante`.
///
/// # Errors
/// If the document is not XML or has a signature already, if the certificate is out of its time or its key of another kind than
/// RSA or P-256, or if whoever holds the key does not sign.
pub fn apponi(xml: &str, sigillatore: &dyn Sigillatore, istante: Istante) -> Result<String, Errore> {
    let der = sigillatore.certificati().first().ok_or(Errore::Certificato("manca"))?;
    let certificato = Certificato::leggi(der).ok_or(Errore::Certificato("non è leggibile"))?;
    let chiave = utilizzabile(&certificato, istante)?;
    let (prima, dopo) = radice(xml)?;
    let intero = |firma: &Firmando<'_>| format!("{prima}{}{dopo}", firma.scrivi());
    let mut firma = Firmando::new(&chiave, sigillatore.certificati(), istante);
    let [dati, proprieta] = impronte(&intero(&firma))?;
    (firma.dati, firma.proprieta) = (dati, proprieta);
    let con_impronte = intero(&firma);
    let da_firmare = firmabile(&con_impronte)?;
    let impronta = Digesto::Sha256.di(&da_firmare);
    let valore = sigillatore.firma(impronta.as_slice().try_into().map_err(|_| Errore::NonSuo)?)?;
    let metodo = Metodo { schema: schema(&chiave), digesto: Digesto::Sha256 };
    if chiave.verifica(metodo, &impronta, &valore) != Esito::Valida {
        return Err(Errore::NonSuo);
    }
    firma.valore = STANDARD.encode(valore_xml(metodo, valore)?);
    Ok(intero(&firma))
}

/// The key of a certificate that may seal at this instant.
fn utilizzabile<'a>(certificato: &Certificato<'a>, istante: Istante) -> Result<Chiave<'a>, Errore> {
    let (dal, al) = certificato.validita().ok_or(Errore::Certificato("non dice fino a quando vale"))?;
    if istante < dal || istante > al {
        return Err(Errore::FuoriValidita { dal: dal.leggibile(), al: al.leggibile() });
    }
    if !certificato.puo_firmare() || certificato.e_di_ca() {
        return Err(Errore::Certificato("non è fatto per firmare documenti"));
    }
    match certificato.chiave() {
        Some(chiave @ (Chiave::Rsa(..) | Chiave::Ec(Curva::P256, _))) => Ok(chiave),
        _ => Err(Errore::Certificato("la chiave dev'essere RSA o ECDSA P-256")),
    }
}

/// The document cut where the end of its root begins.
fn radice(xml: &str) -> Result<(&str, &str), Errore> {
    let albero = Albero::leggi(xml).map_err(|_| Errore::Documento("non è XML ben formato"))?;
    if firme(&albero).next().is_some() {
        return Err(Errore::Documento("ha già una firma"));
    }
    // Whether this is the end of the root and not of something in a comment after it is seen when the whole is read again.
    xml.rfind("</").and_then(|fine| xml.split_at_checked(fine)).ok_or(Errore::Documento("è vuoto"))
}

/// The digests of what the two references lead to.
fn impronte(xml: &str) -> Result<[String; 2], Errore> {
    let albero = Albero::leggi(xml).map_err(|_| Errore::Documento("non è XML ben formato"))?;
    let busta = busta(&albero)?;
    let [dati, proprieta] = *busta.riferimenti.as_slice() else { return Err(Errore::Documento("non si rilegge")) };
    let impronta = |riferimento| {
        let byte = byte(&albero, busta.nodo, riferimento, Fuori::Niente, &Forma::implicita());
        Ok(STANDARD
            .encode(Digesto::Sha256.di(&byte.ok_or(Errore::Documento("la sua forma canonica non è calcolabile"))?)))
    };
    Ok([impronta(dati)?, impronta(proprieta)?])
}

/// `SignedInfo` in canonical form.
fn firmabile(xml: &str) -> Result<Vec<u8>, Errore> {
    let albero = Albero::leggi(xml).map_err(|_| Errore::Documento("non è XML ben formato"))?;
    busta(&albero)?.firmabile(&albero).map_err(Errore::Documento)
}

/// The signature being made, which must stand directly in the root.
fn busta(albero: &Albero<'_>) -> Result<Busta, Errore> {
    let nodo = firme(albero).next().filter(|nodo| albero.antenati(*nodo).count() == 1);
    let nodo = nodo.ok_or(Errore::Documento("ha qualcosa dopo la fine"))?;
    Busta::leggi(albero, nodo).map_err(Errore::Documento)
}

fn schema(chiave: &Chiave<'_>) -> Schema {
    if matches!(chiave, Chiave::Ec(..)) { Schema::Ecdsa } else { Schema::RsaPkcs1 }
}

/// The value as XML writes it: of ECDSA the two numbers, each as long as the curve asks (XML-Signature 1.1 section 6.4.3).
fn valore_xml(metodo: Metodo, valore: Vec<u8>) -> Result<Vec<u8>, Errore> {
    if metodo.schema != Schema::Ecdsa {
        return Ok(valore);
    }
    let numeri = elemento(&valore).ok().and_then(|coppia| coppia.figli().ok()).ok_or(Errore::NonSuo)?;
    let mut interi = Vec::with_capacity(2 * P256_BYTE);
    for numero in numeri {
        let zeri = numero.valore.iter().take_while(|b| **b == 0).count();
        let cifre = numero.valore.get(zeri..).unwrap_or_default();
        interi.resize(interi.len() + P256_BYTE.checked_sub(cifre.len()).ok_or(Errore::NonSuo)?, 0);
        interi.extend_from_slice(cifre);
    }
    Ok(interi)
}

/// A signature being made.
struct Firmando<'a> {
    metodo: &'static str,
    certificati: &'a [Vec<u8>],
    istante: String,
    /// Digest of the document.
    dati: String,
    /// Digest of the signed properties.
    proprieta: String,
    valore: String,
}

impl<'a> Firmando<'a> {
    fn new(chiave: &Chiave<'_>, certificati: &'a [Vec<u8>], istante: Istante) -> Self {
        let metodo = if schema(chiave) == Schema::Ecdsa { ECDSA_SHA256 } else { RSA_SHA256 };
        let istante = istante.date_time().to_rfc3339_opts(SecondsFormat::Secs, true);
        Self { metodo, certificati, istante, dati: String::new(), proprieta: String::new(), valore: String::new() }
    }

    /// The element, without a blank that is not signed.
    fn scrivi(&self) -> String {
        let riferimento = |attributi: &str, imbustata: &str, impronta: &str| {
            format!(
                "<ds:Reference {attributi}><ds:Transforms>{imbustata}<ds:Transform Algorithm=\"{EXC}\"/></ds:Transforms>\
                 <ds:DigestMethod Algorithm=\"{SHA256}\"/><ds:DigestValue>{impronta}</ds:DigestValue></ds:Reference>"
            )
        };
        let imbustata = format!("<ds:Transform Algorithm=\"{DS}enveloped-signature\"/>");
        let dati = riferimento("Id=\"sigillo-dati\" URI=\"\"", &imbustata, &self.dati);
        let tipo = "Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#sigillo-proprieta\"";
        let proprieta = riferimento(tipo, "", &self.proprieta);
        let certificati: String = self
            .certificati
            .iter()
            .map(|der| format!("<ds:X509Certificate>{}</ds:X509Certificate>", STANDARD.encode(der)))
            .collect();
        format!(
            "<ds:Signature xmlns:ds=\"{DS}\" Id=\"sigillo\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{EXC}\"/>\
             <ds:SignatureMethod Algorithm=\"{}\"/>{dati}{proprieta}</ds:SignedInfo>\
             <ds:SignatureValue Id=\"sigillo-valore\">{}</ds:SignatureValue>\
             <ds:KeyInfo><ds:X509Data>{certificati}</ds:X509Data></ds:KeyInfo><ds:Object>{}</ds:Object></ds:Signature>\n",
            self.metodo,
            self.valore,
            self.qualificanti()
        )
    }

    /// What the seal says of itself (ETSI EN 319 132-1 clause 6.3).
    fn qualificanti(&self) -> String {
        let impronta =
            self.certificati.first().map_or_else(String::new, |der| STANDARD.encode(Digesto::Sha256.di(der)));
        format!(
            "<xades:QualifyingProperties xmlns:xades=\"{XADES}\" Target=\"#sigillo\">\
             <xades:SignedProperties Id=\"sigillo-proprieta\"><xades:SignedSignatureProperties>\
             <xades:SigningTime>{}</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest>\
             <ds:DigestMethod Algorithm=\"{SHA256}\"/><ds:DigestValue>{impronta}</ds:DigestValue>\
             </xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties>\
             <xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference=\"#sigillo-dati\">\
             <xades:MimeType>text/xml</xades:MimeType></xades:DataObjectFormat></xades:SignedDataObjectProperties>\
             </xades:SignedProperties></xades:QualifyingProperties>",
            self.istante
        )
    }
}
