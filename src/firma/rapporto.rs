//! What a verification says: the JSON of `tabulario verifica --json`, a promise to strangers.
//!
//! The words of `indication` and `subIndication` are those of ETSI EN 319 102-1 (clause 5.1.3, tables 5 and 6).

use crate::valori::{Impronta, Istante};
use serde::{Deserialize, Serialize};

/// The whole answer about one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rapporto {
    /// The outermost signature format, wrappings apart.
    pub format: Formato,
    /// The worst of signatures (counter-signatures too) and file timestamps; `None` if there is no signature at all.
    pub indication: Option<Indicazione>,
    /// One entry per signer of every layer, outermost layer first. A layer that cannot be read, or that this version
    /// does not verify, has one entry without signer.
    pub signatures: Vec<Firma>,
    /// Tokens that stamp the file itself (TSD, TST).
    pub timestamps: Vec<MarcaTemporale>,
    /// The innermost content; `None` when it is elsewhere (detached signature) or could not be read to its end.
    pub content: Option<Contenuto>,
    /// What was unwrapped, outermost first, ending with the kind of document: `base64`, `CAdES`, `PDF`.
    pub layers: Vec<String>,
    /// What a person should know about the file as a whole, in Italian.
    pub findings: Vec<String>,
}

/// One signer (RFC 5652 `SignerInfo`) and the judgement on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Firma {
    /// Which signed envelope: 0 is the outermost; base64 and PEM do not count.
    pub layer: usize,
    /// The verdict on this signer alone.
    pub indication: Indicazione,
    /// Why, when the verdict is not `TOTAL-PASSED`.
    pub sub_indication: Option<Sottoindicazione>,
    /// `CAdES-BES`, `CAdES-T`…, read from the attributes that are there; `CMS` without ESS signing-certificate.
    pub level: Option<String>,
    /// Digest of the content, `SHA-256`; the OID when unknown.
    pub digest_algorithm: Option<String>,
    /// `RSA-PKCS1-v1_5`, `RSA-PSS`, `ECDSA`; the OID when unknown.
    pub signature_algorithm: Option<String>,
    /// Who signed, as the certificate says.
    pub signer: Option<Firmatario>,
    /// Distinguished name of the issuer of the certificate, most specific part first.
    pub issuer: Option<String>,
    /// The instant claimed by the signer; no proof of anything.
    pub signing_time: Option<Istante>,
    /// Signature timestamps (RFC 3161 tokens in the unsigned attributes).
    pub timestamps: Vec<MarcaTemporale>,
    /// The earliest instant at which a valid timestamp proves that the signature existed (ETSI EN 319 102-1 best signature time), if it
    /// is before the one that the caller gave: it is that at which everything was judged.
    #[serde(default)]
    pub best_signature_time: Option<Istante>,
    /// Whether the certificate is qualified: it declares so (ETSI EN 319 412-5 `esi4-qcStatement-1`) and, when the chain ends at
    /// a service of a trusted list, that service was recognised for it at the instant of the judgement. `None`: no certificate.
    pub qualified: Option<bool>,
    /// Whether its key is in a qualified device (Regulation (EU) 910/2014 article 3(23)); `None`: no trusted list speaks of the certificate.
    #[serde(default)]
    pub qualified_device: Option<bool>,
    /// Signatures over this signature (RFC 5652 section 11.4).
    pub counter_signatures: Vec<Firma>,
    /// What a person should know, in Italian.
    pub findings: Vec<String>,
}

/// The subject of a signing certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Firmatario {
    /// `commonName`.
    pub common_name: Option<String>,
    /// `serialNumber` of the subject, whole: `TINIT-RSSMRA80A01H501U`.
    pub serial_number: Option<String>,
    /// `codice fiscale`, read out of the serial number when it carries one.
    pub tax_code: Option<String>,
    /// `organizationName`.
    pub organization: Option<String>,
    /// `organizationIdentifier` (ETSI EN 319 412-1 clause 5.1.4): `PA:IT-c_h501`, `VATIT-00000000000`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_identifier: Option<String>,
    /// `countryName`.
    pub country: Option<String>,
    /// Whether the certificate makes seals of an organisation, and not signatures of a person (Regulation (EU) 910/2014 article 3(25)).
    #[serde(default)]
    pub seal: bool,
}

/// A `marca temporale` (RFC 3161).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MarcaTemporale {
    /// `genTime`; `None` if the token cannot be read.
    pub time: Option<Istante>,
    /// Common name of the authority that issued it.
    pub tsa: Option<String>,
    /// The verdict on the token.
    pub indication: Indicazione,
    /// What it proves to have existed.
    #[serde(default)]
    pub covers: Marcato,
    /// Of a token that passes, whether the revocation data at hand speak of the certificate of the authority and of all between it and the
    /// anchor; `None`: it does not pass, or an older version did not say.
    #[serde(default)]
    pub revocation_checked: Option<bool>,
}

/// What a timestamp stamps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Marcato {
    /// The value of a signature: it existed then.
    #[default]
    Signature,
    /// What was going to be signed: it existed then, the signature perhaps not yet.
    Content,
    /// A signature with its evidence, the timestamps before it included.
    Archive,
    /// The file itself, or in a PDF the version that ends with the timestamp.
    File,
}

/// The innermost content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contenuto {
    /// `Impronta` of the bytes.
    pub sha256: Impronta,
    /// How many bytes.
    pub size: u64,
    /// Told from the first bytes.
    pub media_type: String,
}

/// A format of signature or timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Formato {
    /// CMS SignedData (RFC 5652, ETSI EN 319 122).
    #[serde(rename = "CAdES")]
    Cades,
    /// Signature inside a PDF (ETSI EN 319 142).
    #[serde(rename = "PAdES")]
    Pades,
    /// XML signature (ETSI EN 319 132).
    #[serde(rename = "XAdES")]
    Xades,
    /// Container of one document with its signature (ETSI EN 319 162-1).
    #[serde(rename = "ASiC-S")]
    AsicS,
    /// Container of several documents with their signatures (ETSI EN 319 162-1).
    #[serde(rename = "ASiC-E")]
    AsicE,
    /// TimeStampedData (RFC 5544).
    #[serde(rename = "TSD")]
    Tsd,
    /// A bare timestamp token or response (RFC 3161).
    #[serde(rename = "TST")]
    Tst,
    /// MIME container of a document and its timestamp, used in Italy before TSD.
    #[serde(rename = "M7M")]
    M7m,
    /// Not a signed file.
    #[serde(rename = "none")]
    Nessuno,
}

/// The verdict (ETSI EN 319 102-1 clause 5.1.3), from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Indicazione {
    /// Everything checked is sound.
    #[serde(rename = "TOTAL-PASSED")]
    TotalPassed,
    /// Not proved either way.
    #[serde(rename = "INDETERMINATE")]
    Indeterminate,
    /// Proved wrong.
    #[serde(rename = "TOTAL-FAILED")]
    TotalFailed,
}

impl Indicazione {
    /// The word of the standard.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TotalPassed => "TOTAL-PASSED",
            Self::Indeterminate => "INDETERMINATE",
            Self::TotalFailed => "TOTAL-FAILED",
        }
    }
}

/// The reason of a verdict that is not `TOTAL-PASSED` (ETSI EN 319 102-1 tables 5 and 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sottoindicazione {
    /// The signature cannot be read.
    FormatFailure,
    /// The content is not the one that was signed.
    HashFailure,
    /// The signature value does not verify with the signer's key.
    SigCryptoFailure,
    /// The certificate that signed is not in the file, or is not the one the signature names.
    NoSigningCertificateFound,
    /// No chain leads to a trust anchor.
    NoCertificateChainFound,
    /// A chain exists but a certificate on it may not be used so.
    ChainConstraintsFailure,
    /// Building the chain went beyond its limits.
    CertificateChainGeneralFailure,
    /// A signed attribute that must be there is missing.
    SigConstraintsFailure,
    /// An algorithm is unknown or not sound enough.
    CryptoConstraintsFailure,
    /// The algorithms are not believed at the instant of the judgement, and nothing proves that the signature is older.
    CryptoConstraintsFailureNoPoe,
    /// Out of the certificate's validity, without proof that the signature existed within it.
    OutOfBoundsNoPoe,
    /// The signer's certificate was taken back, and nothing proves that the signature is older.
    RevokedNoPoe,
    /// The same, of an authority above it.
    RevokedCaNoPoe,
    /// A certificate was suspended, and later revocation data may say that it is no more.
    TryLater,
    /// The signed content was not given.
    SignedDataNotFound,
    /// Any other reason, told in the findings.
    Generic,
}
