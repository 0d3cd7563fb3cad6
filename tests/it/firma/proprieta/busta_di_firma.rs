//! Envelopes, timestamps, and the parts that nobody signs and anybody may put into a sound envelope.

use super::super::busta::{DATA, Firmatario, Mano, SHA256, SIGNED_DATA, algoritmo, attributo, figli, oid, tlv};
use super::{ANCORE, DOCUMENTO, fixtures, giudica, passa_solo_il_firmato};
use std::sync::LazyLock;
use tabulario::firma::{Fiducia, Indicazione, Rapporto};

const SIGNATURE_TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";
const REVOCATION_VALUES: &str = "1.2.840.113549.1.9.16.2.24";

static MANO: LazyLock<Mano> = LazyLock::new(|| Mano::delle_fixture("tarsi-rsa"));
static AUTORITA: LazyLock<Mano> = LazyLock::new(|| Mano::delle_fixture("ca-firma"));
/// A sound signature of [`DOCUMENTO`], whose unsigned attributes are still to be chosen: the parts of its SignerInfo.
static FIRMA: LazyLock<Vec<u8>> = LazyLock::new(|| figli(&Firmatario::buono(&MANO, DOCUMENTO).scrivi()).concat());
/// The document of the detached signature of the fixtures.
static STACCATA: LazyLock<Vec<u8>> = LazyLock::new(|| std::fs::read(fixtures().join("firma/staccata.txt")).unwrap());

/// A file that its name calls a signature, with a document beside it.
pub fn cades(byte: &[u8]) {
    passa_solo_il_firmato(&giudica(byte, Some(&STACCATA), Some("prova.p7m"), &ANCORE));
}

/// A token or a document with its tokens; the same bytes as the timestamp of a sound signature.
pub fn marca(byte: &[u8]) {
    passa_solo_il_firmato(&giudica(byte, Some(DOCUMENTO), Some("prova.tsr"), &ANCORE));
    non_la_tocca(b"", b"", &attributo(SIGNATURE_TIME_STAMP, byte));
}

/// A certificate: among those of a sound signature, and as the only authority.
pub fn certificato(byte: &[u8]) {
    non_la_tocca(byte, b"", b"");
    let mut fiducia = Fiducia::vuota();
    if fiducia.aggiungi_certificati(byte).is_err() {
        assert_eq!(fiducia.quante(), 0, "something was taken out of a file that was refused");
        return;
    }
    let rapporto = busta(byte, b"", b"", &fiducia);
    // In PEM the bytes are not to be seen.
    if byte.first() == Some(&0x30) && rapporto.indication == Some(Indicazione::TotalPassed) {
        let ha = |mano: &Mano| {
            let chiave = chiave(&mano.certificato);
            byte.windows(chiave.len()).any(|finestra| finestra == chiave)
        };
        assert!(ha(&AUTORITA) || ha(&MANO), "an authority with another key is believed: {rapporto:?}");
    }
}

/// Revocation data: of the envelope, and of the signature.
pub fn revoca(byte: &[u8]) {
    non_la_tocca(b"", byte, b"");
    non_la_tocca(b"", b"", &attributo(REVOCATION_VALUES, byte));
}

/// Whatever stands in the unsigned parts of a sound envelope, its signature is never found broken.
fn non_la_tocca(certificati: &[u8], revoche: &[u8], non_firmati: &[u8]) {
    let rapporto = busta(certificati, revoche, non_firmati, &ANCORE);
    let intera = rapporto.content.is_some() && rapporto.signatures.len() == 1;
    let [firma] = rapporto.signatures.as_slice() else { return };
    let nota = firma.signer.as_ref().and_then(|s| s.common_name.as_deref()).is_some_and(|n| n.ends_with("Elena Tarsi"));
    assert!(!intera || !nota || firma.indication != Indicazione::TotalFailed, "{rapporto:?}");
}

/// A sound signature with these in its unsigned parts, judged.
fn busta(certificati: &[u8], revoche: &[u8], non_firmati: &[u8], fiducia: &Fiducia) -> Rapporto {
    let mut firma = FIRMA.clone();
    if !non_firmati.is_empty() {
        firma.extend(tlv(0xa1, non_firmati));
    }
    let revoche = if revoche.is_empty() { Vec::new() } else { tlv(0xa1, revoche) };
    let dati = [
        tlv(2, &[1]),
        tlv(0x31, &algoritmo(SHA256)),
        tlv(0x30, &[oid(DATA), tlv(0xa0, &tlv(4, DOCUMENTO))].concat()),
        tlv(0xa0, &[MANO.certificato.as_slice(), certificati].concat()),
        revoche,
        tlv(0x31, &tlv(0x30, &firma)),
    ];
    let byte = tlv(0x30, &[oid(SIGNED_DATA), tlv(0xa0, &tlv(0x30, &dati.concat()))].concat());
    let giudicata = giudica(&byte, None, Some("prova.p7m"), fiducia);
    assert!(giudicata.1.is_empty() || giudicata.1 == DOCUMENTO);
    giudicata.0
}

/// The bits of the public key of a certificate of the fixtures.
fn chiave(certificato: &[u8]) -> Vec<u8> {
    figli(&figli(&figli(certificato)[0])[6])[1].clone()
}
