//! An X.509 certificate (RFC 5280), read leniently: what is odd in it must not hide the signature that uses it.

use super::algoritmo::metodo;
use super::asn1::{Elemento, elemento};
use super::chiave::{Chiave, Esito, bit_interi};
use super::ignoto;
use super::oid::{QC_COMPLIANCE, QC_SSCD, QC_TYPE, QC_TYPE_ESEAL, QC_TYPE_ESIGN};
use super::rapporto::Firmatario;
use super::revoca::nomi;
use crate::valori::{CodiceFiscale, Istante};
use der::oid::ObjectIdentifier;
use std::borrow::Cow;
use std::fmt::Write as _;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

const COMMON_NAME: &str = "2.5.4.3";
const SERIAL_NUMBER: &str = "2.5.4.5";
const COUNTRY: &str = "2.5.4.6";
const ORGANIZATION: &str = "2.5.4.10";
const ORGANIZATION_IDENTIFIER: &str = "2.5.4.97";
const POLITICHE: &str = "2.5.29.32";
const SCOPI: &str = "2.5.29.37";
const QC_STATEMENTS: &str = "1.3.6.1.5.5.7.1.3";
const OCSP_NOCHECK: &str = "1.3.6.1.5.5.7.48.1.5";
const ACCESSO_OCSP: &str = "1.3.6.1.5.5.7.48.1";

/// Critical extensions that are processed, or that cannot make a signature less valid. Any other critical extension
/// makes the certificate unusable (RFC 5280 section 4.2).
const ESTENSIONI_NOTE: [&str; 10] = [
    "2.5.29.14",         // subjectKeyIdentifier
    "2.5.29.15",         // keyUsage
    "2.5.29.17",         // subjectAltName
    "2.5.29.19",         // basicConstraints
    "2.5.29.31",         // cRLDistributionPoints
    "2.5.29.32",         // certificatePolicies
    "2.5.29.35",         // authorityKeyIdentifier
    "2.5.29.37",         // extKeyUsage
    "1.3.6.1.5.5.7.1.1", // authorityInfoAccess
    QC_STATEMENTS,
];

/// A certificate and its bytes.
#[derive(Debug)]
pub struct Certificato<'a> {
    /// As it was sent.
    pub der: &'a [u8],
    /// `TBSCertificate`, what its issuer signed.
    firmato: Elemento<'a>,
    algoritmo: Elemento<'a>,
    firma: &'a [u8],
    x509: X509Certificate<'a>,
    /// The subject, in a form that can be compared.
    pub soggetto: String,
    /// The issuer, in a form that can be compared.
    pub emittente: String,
}

impl<'a> Certificato<'a> {
    /// Reads one; `None` if it cannot be read.
    pub fn leggi(der: &'a [u8]) -> Option<Self> {
        let parti = elemento(der).ok()?.figli().ok()?;
        let [firmato, algoritmo, bit] = *parti.as_slice() else { return None };
        let (_, x509) = X509Certificate::from_der(der).ok()?;
        let (soggetto, emittente) = (nome_confrontabile(x509.subject()), nome_confrontabile(x509.issuer()));
        // The certificate with which AgID signed the Italian list until 2025 has a value of 2047 bits: nobody issued it that can be
        // known, but it may be believed by itself.
        let firma = bit_interi(&bit).unwrap_or_default();
        Some(Self { der, firmato, algoritmo, firma, x509, soggetto, emittente })
    }

    /// The public key, if it is of a known kind.
    pub fn chiave(&self) -> Option<Chiave<'a>> {
        Chiave::da_spki(self.x509.tbs_certificate.subject_pki.raw)
    }

    /// The sentence that says of which kind its public key is, when it is of none that is known.
    pub fn chiave_ignota(&self) -> String {
        let spki = elemento(self.x509.tbs_certificate.subject_pki.raw).ok().and_then(|spki| spki.figli().ok());
        let algoritmo = spki.and_then(|parti| parti.first().copied());
        let quale = algoritmo.map_or_else(|| "illeggibile".to_owned(), |algoritmo| ignoto::nome(&algoritmo));
        format!("La chiave del firmatario ({quale}) non è fra quelle accettate.")
    }

    /// Whether the key of `emittente` signed this certificate.
    pub fn emesso_da(&self, emittente: &Certificato<'_>) -> bool {
        let (Some(metodo), Some(chiave)) = (metodo(&self.algoritmo, None), emittente.chiave()) else { return false };
        chiave.verifica(metodo, &metodo.da_firmare(self.firmato.intero), self.firma) == Esito::Valida
    }

    /// Whether a SignerInfo that names `emittente` (a DER Name) and `seriale` means this certificate.
    pub fn ha_seriale(&self, emittente: &[u8], seriale: &[u8]) -> bool {
        self.e_il_seriale(seriale)
            && X509Name::from_der(emittente).is_ok_and(|(_, nome)| nome_confrontabile(&nome) == self.emittente)
    }

    /// Whether this is its serial number.
    pub fn e_il_seriale(&self, seriale: &[u8]) -> bool {
        self.seriale() == senza_zeri(seriale)
    }

    /// Its serial number, without leading zeros.
    pub fn seriale(&self) -> &[u8] {
        senza_zeri(self.x509.raw_serial())
    }

    /// Its serial number, as it was sent.
    pub fn seriale_der(&self) -> &[u8] {
        self.x509.raw_serial()
    }

    /// Where somebody answers about it, by `http` or `https` (`authorityInfoAccess`, RFC 5280 section 4.2.2.1).
    pub fn risponditori(&self) -> Vec<String> {
        let estensioni = self.x509.extensions().iter();
        let accessi = estensioni.filter_map(|e| match e.parsed_extension() {
            ParsedExtension::AuthorityInfoAccess(accessi) => Some(accessi.accessdescs.iter()),
            _ => None,
        });
        let ocsp = accessi.flatten().filter(|a| a.access_method.to_id_string() == ACCESSO_OCSP);
        ocsp.filter_map(|a| match &a.access_location {
            GeneralName::URI(uri) if della_rete(uri) => Some((*uri).to_owned()),
            _ => None,
        })
        .collect()
    }

    /// The names of the points where the lists about it are published by its own issuer (RFC 5280 section 4.2.1.13).
    pub fn punti(&self) -> Vec<String> {
        let estensioni = self.x509.extensions().iter();
        let punti = estensioni.filter_map(|e| match e.parsed_extension() {
            ParsedExtension::CRLDistributionPoints(punti) => Some(punti.iter()),
            _ => None,
        });
        let suoi = punti.flatten().filter(|punto| punto.crl_issuer.is_none());
        suoi.filter_map(|punto| punto.distribution_point.as_ref()).flat_map(nomi).collect()
    }

    /// The subject as it was sent: a DER Name.
    pub fn soggetto_der(&self) -> &'a [u8] {
        self.x509.tbs_certificate.subject.as_raw()
    }

    /// The bits of its public key, without what says of which kind it is.
    pub fn chiave_bit(&self) -> &[u8] {
        &self.x509.tbs_certificate.subject_pki.subject_public_key.data
    }

    /// Whether this is its `subjectKeyIdentifier`.
    pub fn ha_identificatore(&self, identificatore: &[u8]) -> bool {
        self.x509.extensions().iter().any(|estensione| {
            matches!(estensione.parsed_extension(), ParsedExtension::SubjectKeyIdentifier(k) if k.0 == identificatore)
        })
    }

    /// First and last instant of validity; `None` if they are not dates.
    pub fn validita(&self) -> Option<(Istante, Istante)> {
        let validita = self.x509.validity();
        let istante = |secondi| chrono::DateTime::from_timestamp(secondi, 0).map(Istante::new);
        Some((istante(validita.not_before.timestamp())?, istante(validita.not_after.timestamp())?))
    }

    /// Whether it may issue certificates when `sotto` intermediate ones stand below it (RFC 5280 section 4.2.1.9).
    /// Certificates older than version 3 cannot say it and are believed.
    pub fn puo_emettere(&self, sotto: usize) -> bool {
        if self.x509.version().0 < 2 {
            return true;
        }
        let Ok(Some(vincoli)) = self.x509.basic_constraints() else { return false };
        let lunghezza = vincoli.value.path_len_constraint.and_then(|n| usize::try_from(n).ok());
        let firma_certificati = match self.x509.key_usage() {
            Ok(uso) => uso.is_none_or(|uso| uso.value.key_cert_sign()),
            Err(_) => false,
        };
        vincoli.value.ca && firma_certificati && lunghezza.is_none_or(|massimo| sotto <= massimo)
    }

    /// Whether its keyUsage, if any, allows to sign documents.
    pub fn puo_firmare(&self) -> bool {
        match self.x509.key_usage() {
            Ok(uso) => uso.is_none_or(|uso| uso.value.digital_signature() || uso.value.non_repudiation()),
            Err(_) => false,
        }
    }

    /// Whether it is of an authority that issues certificates.
    pub fn e_di_ca(&self) -> bool {
        self.x509.is_ca()
    }

    /// Whether its keyUsage, if any, allows to sign revocation lists.
    pub fn puo_revocare(&self) -> bool {
        matches!(self.x509.key_usage(), Ok(uso) if uso.as_ref().is_none_or(|uso| uso.value.crl_sign()))
    }

    /// Whether it is made for answering about revocation (RFC 6960 section 4.2.2.2).
    pub fn puo_rispondere(&self) -> bool {
        matches!(self.x509.extended_key_usage(), Ok(Some(uso)) if uso.value.ocsp_signing)
    }

    /// Whether its issuer says that nobody need ask about its own revocation (`id-pkix-ocsp-nocheck`, RFC 6960 section 4.2.2.2.1).
    pub fn esente_da_revoca(&self) -> bool {
        self.x509.extensions().iter().any(|e| e.oid.to_id_string() == OCSP_NOCHECK)
    }

    /// Whether it is made for timestamps (RFC 3161 section 2.3).
    pub fn puo_marcare(&self) -> bool {
        matches!(self.x509.extended_key_usage(), Ok(Some(uso)) if uso.value.time_stamping)
    }

    /// The first critical extension that is not known here.
    pub fn estensione_ignota(&self) -> Option<String> {
        let mut critiche = self.x509.extensions().iter().filter(|e| e.critical).map(|e| e.oid.to_id_string());
        critiche.find(|oid| !ESTENSIONI_NOTE.contains(&oid.as_str()))
    }

    /// Whether it declares itself qualified (ETSI EN 319 412-5), for signatures or seals: one for web sites signs no document. Those
    /// older than `QcType` do not say for what they are, and are for signatures (clause 4.2.3).
    pub fn qualificato(&self) -> bool {
        self.dichiara(QC_COMPLIANCE)
            && self.tipi().is_none_or(|tipi| tipi.iter().any(|t| [QC_TYPE_ESIGN, QC_TYPE_ESEAL].contains(t)))
    }

    /// Whether it declares that the key is in a qualified device (`QcSSCD`).
    pub fn in_dispositivo(&self) -> bool {
        self.dichiara(QC_SSCD)
    }

    /// Whether it declares itself for seals (`QcType` eseal); otherwise it is for signatures.
    pub fn per_sigilli(&self) -> bool {
        self.tipi().is_some_and(|tipi| tipi.contains(&QC_TYPE_ESEAL))
    }

    /// `QcType ::= SEQUENCE OF OID`, if it is there.
    fn tipi(&self) -> Option<Vec<ObjectIdentifier>> {
        let (_, tipi) = self.dichiarazioni().into_iter().find(|(oid, _)| *oid == QC_TYPE)?;
        let tipi = tipi.and_then(|tipi| tipi.figli().ok()).unwrap_or_default();
        Some(tipi.iter().filter_map(Elemento::oid).collect())
    }

    /// Whether its keyUsage has a bit, by the name that RFC 5280 gives it; `None`: there is no such bit.
    pub fn ha_uso(&self, bit: &str) -> Option<bool> {
        const BIT: [&str; 9] = [
            "digitalSignature",
            "nonRepudiation",
            "keyEncipherment",
            "dataEncipherment",
            "keyAgreement",
            "keyCertSign",
            "crlSign",
            "encipherOnly",
            "decipherOnly",
        ];
        let quale = BIT.iter().position(|nome| *nome == bit)?;
        let uso = self.x509.key_usage().ok().flatten();
        Some(uso.is_some_and(|uso| uso.value.flags >> quale & 1 == 1))
    }

    /// The policies under which it was issued, as numbers and dots.
    pub fn politiche(&self) -> Vec<String> {
        let voci = self.estensione(POLITICHE);
        voci.iter().filter_map(|voce| Some(voce.figli().ok()?.first()?.oid()?.to_string())).collect()
    }

    /// Its extended key usages, as numbers and dots.
    pub fn scopi(&self) -> Vec<String> {
        self.estensione(SCOPI).iter().filter_map(|voce| Some(voce.oid()?.to_string())).collect()
    }

    /// The types of the attributes of its subject, as numbers and dots.
    pub fn attributi_del_soggetto(&self) -> Vec<String> {
        self.x509.subject().iter_attributes().map(|a| a.attr_type().to_id_string()).collect()
    }

    /// The elements of an extension that is a sequence; none if it is not there.
    fn estensione(&self, tipo: &str) -> Vec<Elemento<'_>> {
        let estensione = self.x509.extensions().iter().find(|e| e.oid.to_id_string() == tipo);
        estensione.and_then(|e| elemento(e.value).ok()?.figli().ok()).unwrap_or_default()
    }

    fn dichiara(&self, cosa: ObjectIdentifier) -> bool {
        self.dichiarazioni().iter().any(|(oid, _)| *oid == cosa)
    }

    /// `QCStatements ::= SEQUENCE OF SEQUENCE { statementId OID, statementInfo ANY OPTIONAL }`
    fn dichiarazioni(&self) -> Vec<(ObjectIdentifier, Option<Elemento<'_>>)> {
        let tutte = self.estensione(QC_STATEMENTS);
        let lette = tutte.iter().filter_map(|d| d.figli().ok());
        lette.filter_map(|parti| Some((parti.first()?.oid()?, parti.get(1).copied()))).collect()
    }

    /// The subject for the report; `sigillo` is what a trusted list says of it, if it says that it makes seals or that it does not.
    pub fn firmatario_di(&self, sigillo: Option<bool>) -> Firmatario {
        Firmatario { seal: sigillo.unwrap_or_else(|| self.per_sigilli()), ..self.firmatario() }
    }

    /// The subject, whatever it makes.
    pub fn firmatario(&self) -> Firmatario {
        let seriale = self.attributo(SERIAL_NUMBER);
        Firmatario {
            common_name: self.attributo(COMMON_NAME),
            tax_code: seriale.as_deref().and_then(codice_fiscale),
            serial_number: seriale,
            organization: self.attributo(ORGANIZATION),
            organization_identifier: self.attributo(ORGANIZATION_IDENTIFIER),
            country: self.attributo(COUNTRY),
            seal: self.per_sigilli(),
        }
    }

    /// The issuer for people, most specific part first.
    pub fn emittente_leggibile(&self) -> String {
        nome_leggibile(self.x509.issuer())
    }

    /// The subject for people, most specific part first.
    pub fn soggetto_leggibile(&self) -> String {
        nome_leggibile(self.x509.subject())
    }

    fn attributo(&self, oid: &str) -> Option<String> {
        self.x509
            .subject()
            .iter_attributes()
            .find(|a| a.attr_type().to_id_string() == oid)
            .map(|a| testo(a).into_owned())
    }
}

/// `codice fiscale` inside a subject serial number: `TINIT-…` (ETSI EN 319 412-1), `IT:…` (older Italian certificates),
/// or alone.
fn codice_fiscale(seriale: &str) -> Option<String> {
    for prefisso in ["TINIT-", "VATIT-", "IT:"] {
        if let Some(codice) = seriale.strip_prefix(prefisso) {
            return Some(codice.to_owned());
        }
    }
    seriale.parse::<CodiceFiscale>().ok().map(|codice| codice.as_str().to_owned())
}

/// Whether an address is one that `http` or `https` reach.
pub fn della_rete(indirizzo: &str) -> bool {
    let minuscolo = indirizzo.to_ascii_lowercase();
    minuscolo.starts_with("http://") || minuscolo.starts_with("https://")
}

/// A number in DER without the octets that say only that it is positive.
pub fn senza_zeri(numero: &[u8]) -> &[u8] {
    let zeri = numero.iter().take_while(|b| **b == 0).count();
    numero.get(zeri..).unwrap_or_default()
}

/// Names are compared as RFC 5280 section 7.1 asks: whatever string type, without case and repeated blanks.
pub fn nome_confrontabile(nome: &X509Name<'_>) -> String {
    // Of every certificate that is read twice, and some are read for every file: no piece of it is a String of its own.
    let mut confrontabile = String::with_capacity(128);
    for attributo in nome.iter_attributes() {
        scrivi_oid(attributo.attr_type().as_bytes(), &mut confrontabile);
        let valore = testo(attributo);
        for (i, parola) in valore.split_whitespace().enumerate() {
            confrontabile.push(if i == 0 { '=' } else { ' ' });
            match parola.is_ascii() {
                true => confrontabile.extend(parola.chars().map(|c| c.to_ascii_lowercase())),
                false => confrontabile.push_str(&parola.to_lowercase()),
            }
        }
        if valore.trim().is_empty() {
            confrontabile.push('=');
        }
        confrontabile.push('\n');
    }
    confrontabile
}

/// An object identifier as people write it: `2.5.4.3`. An arc that no register could give is cut to 64 bits, the same each time.
fn scrivi_oid(byte: &[u8], dove: &mut String) {
    let mut arco = 0_u64;
    let mut primo = true;
    for b in byte {
        arco = arco << 7 | u64::from(b & 0x7f);
        if b & 0x80 != 0 {
            continue;
        }
        // Writing to a String cannot fail.
        let _ = if primo {
            let sopra = (arco / 40).min(2);
            write!(dove, "{sopra}.{}", arco - sopra * 40)
        } else {
            write!(dove, ".{arco}")
        };
        (arco, primo) = (0, false);
    }
}

/// A name for people, most specific part first.
pub fn nome_leggibile(nome: &X509Name<'_>) -> String {
    let parti: Vec<String> = nome.iter_attributes().map(parte_leggibile).collect();
    parti.into_iter().rev().collect::<Vec<_>>().join(", ")
}

fn parte_leggibile(attributo: &AttributeTypeAndValue<'_>) -> String {
    let oid = attributo.attr_type().to_id_string();
    let sigla = match oid.as_str() {
        COMMON_NAME => "CN",
        SERIAL_NUMBER => "serialNumber",
        COUNTRY => "C",
        ORGANIZATION => "O",
        "2.5.4.11" => "OU",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        ORGANIZATION_IDENTIFIER => "organizationIdentifier",
        altro => altro,
    };
    format!("{sigla}={}", testo(attributo))
}

/// The text of an attribute, whatever its string type; control characters, which could forge a line, become spaces.
fn testo<'a>(attributo: &AttributeTypeAndValue<'a>) -> Cow<'a, str> {
    const BMP_STRING: u32 = 30;
    let byte = attributo.attr_value().data;
    let letto = match std::str::from_utf8(byte) {
        _ if attributo.attr_value().tag().0 == BMP_STRING => {
            let unita: Vec<u16> = byte.chunks(2).map(|c| c.iter().fold(0, |n, b| n << 8 | u16::from(*b))).collect();
            String::from_utf16_lossy(&unita)
        }
        Ok(utf8) if !utf8.contains(char::is_control) => return Cow::Borrowed(utf8),
        Ok(utf8) => utf8.to_owned(),
        // TeletexString in practice is ISO 8859-1.
        Err(_) => byte.iter().map(|b| char::from(*b)).collect(),
    };
    letto.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_written_as_people_do() {
        for (byte, atteso) in [
            (&b"\x55\x04\x03"[..], "2.5.4.3"),
            (b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "1.2.840.113549.1.9.1"),
            (b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "0.9.2342.19200300.100.1.25"),
            (b"\x88\x37\x03", "2.999.3"),
            (b"", ""),
        ] {
            let mut scritto = String::new();
            scrivi_oid(byte, &mut scritto);
            assert_eq!(scritto, atteso);
        }
    }
}
