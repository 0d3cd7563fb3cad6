//! Until when an algorithm is believed: a signature made, or proved to exist, before that day stands; one that nobody can date
//! before it does not (ETSI EN 319 102-1 clause 5.2.8.2, cryptographic constraints).
//!
//! The days are those of NIST SP 800-131A: SHA-1 and RSA keys shorter than 2048 bits stopped being acceptable for new signatures at the
//! end of 2013. Italy had asked for SHA-256 earlier (CNIPA, *deliberazione* 45/2009); the later day is used, since what was accepted by
//! the gestori of that time must not become doubtful here.

use super::algoritmo::Digesto;
use super::chiave::Chiave;
use crate::valori::Istante;
use chrono::NaiveDate;

/// Last day of SHA-1 and of RSA below 2048 bits.
const FINE_DEI_DEBOLI: (i32, u32, u32) = (2013, 12, 31);
/// Below this many bits an RSA key was never enough for anything that is verified here.
const MIN_RSA_BIT_DI_SEMPRE: usize = 1024;
/// RSA keys are called 2048 bits long when the highest of them are zero, too.
const MIN_RSA_BIT: usize = 2040;

/// Why a key proves nothing of what cannot be dated before `istante`; `None` if it does.
pub fn vizio_chiave(chiave: &Chiave<'_>, istante: Istante) -> Option<String> {
    match chiave.bit_rsa()? {
        bit if bit < MIN_RSA_BIT_DI_SEMPRE => Some(format!("una chiave RSA di {bit} bit")),
        bit if bit < MIN_RSA_BIT => oltre_la_fine(&format!("una chiave RSA di {bit} bit"), istante),
        _ => None,
    }
}

/// The same of a digest.
pub fn vizio_digesto(digesto: Digesto, istante: Istante) -> Option<String> {
    if digesto == Digesto::Sha1 { oltre_la_fine("l'impronta SHA-1", istante) } else { None }
}

fn oltre_la_fine(che: &str, istante: Istante) -> Option<String> {
    let (anno, mese, giorno) = FINE_DEI_DEBOLI;
    let fine = NaiveDate::from_ymd_opt(anno, mese, giorno)?;
    let oltre = istante.giorno() > fine;
    oltre.then(|| format!("{che}, che non è considerata sicura dopo il {giorno:02}/{mese:02}/{anno}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sound_stays_sound_until_its_day() {
        let rsa = |bit: usize| {
            let mut n = vec![0xff_u8; bit / 8];
            n[0] = 0x80;
            rsa::RsaPublicKey::new_with_max_size(rsa::BigUint::from_bytes_be(&n), 65_537_u32.into(), 8192).unwrap()
        };
        let check = |bit: usize, digesto: Digesto, quando: &str, debole: bool| {
            let quando = quando.parse().unwrap();
            let trovato = vizio_chiave(&Chiave::Rsa(rsa(bit), b""), quando).or_else(|| vizio_digesto(digesto, quando));
            assert_eq!(trovato.is_some(), debole, "{bit} {digesto:?} {quando:?}: {trovato:?}");
        };
        check(2048, Digesto::Sha256, "2026-11-22T12:00:00Z", false);
        check(2048, Digesto::Sha1, "2013-12-31T22:59:59Z", false);
        check(2048, Digesto::Sha1, "2013-12-31T23:00:00Z", true);
        check(1024, Digesto::Sha256, "2010-05-01T12:00:00Z", false);
        check(1024, Digesto::Sha256, "2014-05-01T12:00:00Z", true);
        check(768, Digesto::Sha256, "2001-05-01T12:00:00Z", true);
    }
}
