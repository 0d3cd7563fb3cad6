//! Object identifiers of the formats read here.

use der::oid::ObjectIdentifier;

const fn oid(testo: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(testo)
}

/// RFC 5652 `id-data`.
pub const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
/// RFC 5652 `id-signedData`.
pub const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
/// RFC 5652 `id-envelopedData`.
pub const ENVELOPED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.3");
/// RFC 5083 `id-ct-authEnvelopedData`.
pub const AUTH_ENVELOPED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.23");
/// RFC 3161 `id-ct-TSTInfo`.
pub const TST_INFO: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.4");
/// RFC 5544 `id-ct-timestampedData`.
pub const TIME_STAMPED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.31");

/// RFC 5652 section 11.1.
pub const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
/// RFC 5652 section 11.2.
pub const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
/// RFC 5652 section 11.3.
pub const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
/// RFC 5652 section 11.4.
pub const COUNTERSIGNATURE: ObjectIdentifier = oid("1.2.840.113549.1.9.6");
/// RFC 2634 section 5.4: ESS signing-certificate, SHA-1.
pub const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
/// RFC 5035: ESS signing-certificate-v2.
pub const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
/// RFC 5126 section 5.8.1.
pub const SIG_POLICY_ID: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.15");
/// RFC 5126 section 6.1.1.
pub const SIGNATURE_TIME_STAMP: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.14");
/// RFC 5126 section 6.3.4.
pub const REVOCATION_VALUES: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.24");
/// ISO 32000-2 clause 12.8.3.3.2: the same, signed.
pub const ADBE_REVOCATION: ObjectIdentifier = oid("1.2.840.113583.1.1.8");
/// RFC 5940 section 2: an OCSP response among the revocation data of an envelope.
pub const RI_OCSP_RESPONSE: ObjectIdentifier = oid("1.3.6.1.5.5.7.16.2");
/// RFC 5126 section 6.3.3: certificates of the chain.
pub const CERTIFICATE_VALUES: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.23");
/// RFC 5126 section 5.11.4: over the content, among the signed attributes.
pub const CONTENT_TIME_STAMP: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.20");
/// ETSI EN 319 122-1 clause 5.5.2: what an archive timestamp of the third form covers; its drafts in TS 101 733, first and second form.
pub const ATS_HASH_INDEX: [ObjectIdentifier; 3] =
    [oid("0.4.0.1733.2.5"), oid("0.4.0.19122.1.4"), oid("0.4.0.19122.1.5")];
/// RFC 5126 section 6.4.1 (first and second form) and ETSI EN 319 122-1 clause 5.5.3 (third).
pub const ARCHIVE_TIME_STAMP: [ObjectIdentifier; 3] =
    [oid("1.2.840.113549.1.9.16.2.27"), oid("1.2.840.113549.1.9.16.2.48"), oid("0.4.0.1733.2.4")];

/// FIPS 180-4.
pub const SHA1: ObjectIdentifier = oid("1.3.14.3.2.26");
/// FIPS 180-4.
pub const SHA224: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.4");
/// FIPS 180-4.
pub const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
/// FIPS 180-4.
pub const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
/// FIPS 180-4.
pub const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
/// FIPS 202.
pub const SHA3_224: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.7");
/// FIPS 202.
pub const SHA3_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.8");
/// FIPS 202.
pub const SHA3_384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.9");
/// FIPS 202.
pub const SHA3_512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.10");

/// RFC 8017: a key, or PKCS#1 v1.5 with the digest named elsewhere.
pub const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
/// RFC 8017 RSASSA-PSS.
pub const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
/// RFC 8017 MGF1.
pub const MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");
/// PKCS#1 v1.5 with SHA-1.
pub const RSA_SHA1: ObjectIdentifier = oid("1.2.840.113549.1.1.5");
/// The same, older name (OIW).
pub const RSA_SHA1_OIW: ObjectIdentifier = oid("1.3.14.3.2.29");
/// PKCS#1 v1.5 with SHA-224.
pub const RSA_SHA224: ObjectIdentifier = oid("1.2.840.113549.1.1.14");
/// PKCS#1 v1.5 with SHA-256.
pub const RSA_SHA256: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
/// PKCS#1 v1.5 with SHA-384.
pub const RSA_SHA384: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
/// PKCS#1 v1.5 with SHA-512.
pub const RSA_SHA512: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
/// PKCS#1 v1.5 with SHA3-224.
pub const RSA_SHA3_224: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.13");
/// PKCS#1 v1.5 with SHA3-256.
pub const RSA_SHA3_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.14");
/// PKCS#1 v1.5 with SHA3-384.
pub const RSA_SHA3_384: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.15");
/// PKCS#1 v1.5 with SHA3-512.
pub const RSA_SHA3_512: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.16");
/// RFC 8410: a key, and the signature made with it.
pub const ED25519: ObjectIdentifier = oid("1.3.101.112");
/// RFC 5480: a key; some signers name it as algorithm of the signature too.
pub const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");
/// ECDSA with SHA-1.
pub const ECDSA_SHA1: ObjectIdentifier = oid("1.2.840.10045.4.1");
/// ECDSA with SHA-224.
pub const ECDSA_SHA224: ObjectIdentifier = oid("1.2.840.10045.4.3.1");
/// ECDSA with SHA-256.
pub const ECDSA_SHA256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
/// ECDSA with SHA-384.
pub const ECDSA_SHA384: ObjectIdentifier = oid("1.2.840.10045.4.3.3");
/// ECDSA with SHA-512.
pub const ECDSA_SHA512: ObjectIdentifier = oid("1.2.840.10045.4.3.4");
/// ECDSA with SHA3-224.
pub const ECDSA_SHA3_224: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.9");
/// ECDSA with SHA3-256.
pub const ECDSA_SHA3_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.10");
/// ECDSA with SHA3-384.
pub const ECDSA_SHA3_384: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.11");
/// ECDSA with SHA3-512.
pub const ECDSA_SHA3_512: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.12");
/// NIST P-256.
pub const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
/// NIST P-384.
pub const P384: ObjectIdentifier = oid("1.3.132.0.34");
/// NIST P-521.
pub const P521: ObjectIdentifier = oid("1.3.132.0.35");

/// ETSI EN 319 412-5 `esi4-qcStatement-1`: the certificate declares itself qualified.
pub const QC_COMPLIANCE: ObjectIdentifier = oid("0.4.0.1862.1.1");
/// ETSI EN 319 412-5 `esi4-qcStatement-4`: the key is in a qualified device.
pub const QC_SSCD: ObjectIdentifier = oid("0.4.0.1862.1.4");
/// ETSI EN 319 412-5 `esi4-qcStatement-6`: for signatures, seals or web sites.
pub const QC_TYPE: ObjectIdentifier = oid("0.4.0.1862.1.6");
/// `id-etsi-qct-esign`: for electronic signatures.
pub const QC_TYPE_ESIGN: ObjectIdentifier = oid("0.4.0.1862.1.6.1");
/// ETSI EN 319 412-5 `id-etsi-qct-eseal`.
pub const QC_TYPE_ESEAL: ObjectIdentifier = oid("0.4.0.1862.1.6.2");
