//! The verifier beside OpenSSL: the same files, the same authority, in turn in one process.
//!
//! `cargo run --release --manifest-path benches/firma/Cargo.toml [MB]`, with the `openssl` command and libssl-dev. Each side
//! parses the file, verifies signature and chain, and gives the document back; ours reports on it too. The best of many turns
//! counts, because whatever else the machine does only adds. Prints ratios; asserts nothing about time. MB (500) is the size of
//! the file that is only hashed.

mod processi;

use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::x509::X509;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tabulario::firma::{Fiducia, Indicazione, verifica};
use tabulario::valori::Istante;

/// The document inside the signed files.
const DOCUMENTO_BYTE: usize = 200 * 1024;
/// How many times each side is measured, in turn.
const GIRI: usize = 400;
/// The same for what takes seconds.
const GIRI_LUNGHI: usize = 5;
/// A key of the fixtures, and what it is.
const CHIAVI: [(&str, &str); 2] = [("tarsi-rsa", "RSA-2048"), ("orsello-p256", "ECDSA P-256")];

fn main() {
    let mega: usize = std::env::args().nth(1).map_or(500, |mega| mega.parse().expect("MB, a number"));
    let cartella = tempfile::tempdir().expect("a temporary folder");
    println!("load of the machine: {}", std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
    let documento = rumore(DOCUMENTO_BYTE);
    for (chiave, cosa) in CHIAVI {
        let file = firmato(cartella.path(), &documento, chiave);
        nello_stesso_processo(&file, &documento, cosa);
        processi::confronta(&file, &chiavi().join("ca-firma.pem"), cosa);
    }
    impronta(cartella.path(), mega);
}

/// The test keys.
fn chiavi() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/chiavi")
}

/// Bytes that look like nothing in particular, always the same.
fn rumore(quanti: usize) -> Vec<u8> {
    let mut stato = 0x9e37_79b9_7f4a_7c15_u64;
    let mut byte = Vec::with_capacity(quanti + 8);
    while byte.len() < quanti {
        stato ^= stato << 13;
        stato ^= stato >> 7;
        stato ^= stato << 17;
        byte.extend(stato.to_le_bytes());
    }
    byte.truncate(quanti);
    byte
}

/// A CAdES-BES file, made by the `openssl` command.
fn firmato(cartella: &Path, documento: &[u8], chiave: &str) -> PathBuf {
    let (dentro, fuori) = (cartella.join("documento.bin"), cartella.join(format!("{chiave}.p7m")));
    std::fs::write(&dentro, documento).expect("the document is written");
    let esito = Command::new("openssl")
        .args(["cms", "-sign", "-binary", "-nodetach", "-cades", "-md", "sha256", "-outform", "DER", "-in"])
        .arg(&dentro)
        .arg("-signer")
        .arg(chiavi().join(format!("{chiave}.pem")))
        .arg("-inkey")
        .arg(chiavi().join(format!("{chiave}.key.pem")))
        .arg("-out")
        .arg(&fuori)
        .status();
    assert!(esito.is_ok_and(|e| e.success()), "openssl cms -sign");
    fuori
}

fn nello_stesso_processo(file: &Path, documento: &[u8], cosa: &str) {
    let byte = std::fs::read(file).expect("the signed file");
    let ca = std::fs::read(chiavi().join("ca-firma.pem")).expect("the authority");
    let mut fiducia = Fiducia::vuota();
    fiducia.aggiungi_certificati(&ca).expect("a certificate");
    let istante: Istante = "2026-11-20T12:00:00+01:00".parse().expect("an instant");
    let deposito = deposito(&ca);
    let noi = || {
        let mut estratto = Vec::with_capacity(byte.len());
        let rapporto = verifica(&mut byte.as_slice(), None, None, &fiducia, istante, &mut estratto).expect("no disk");
        assert_eq!((rapporto.indication, estratto.len()), (Some(Indicazione::TotalPassed), documento.len()));
    };
    let loro = || {
        let mut estratto = Vec::with_capacity(byte.len());
        let mut cms = CmsContentInfo::from_der(&byte).expect("CMS");
        cms.verify(None, Some(&deposito), None, Some(&mut estratto), CMSOptions::BINARY).expect("a sound signature");
        assert_eq!(estratto.len(), documento.len());
    };
    stampa(&format!("CAdES 200 KB, {cosa}, CMS_verify"), in_turno(GIRI, noi, loro));
}

fn deposito(ca: &[u8]) -> X509Store {
    let mut deposito = X509StoreBuilder::new().expect("a store");
    deposito.add_cert(X509::from_pem(ca).expect("a certificate")).expect("room for it");
    deposito.build()
}

/// A document that nobody signed: the verifier hashes it, as it hashes the content of an envelope while it passes.
fn impronta(cartella: &Path, mega: usize) {
    let percorso = cartella.join("grande.bin");
    let mut file = File::create(&percorso).expect("a file");
    let pezzo = rumore(1_000_000);
    for _ in 0..mega {
        file.write_all(&pezzo).expect("room on the disk");
    }
    file.sync_all().expect("the disk");
    let istante: Istante = "2026-11-20T12:00:00+01:00".parse().expect("an instant");
    let noi = || {
        let mut file = File::open(&percorso).expect("the file");
        verifica(&mut file, None, None, &Fiducia::vuota(), istante, &mut io::sink()).expect("it is read");
    };
    let loro = || {
        let esito = Command::new("openssl").args(["dgst", "-sha256"]).arg(&percorso).output();
        assert!(esito.is_ok_and(|e| e.status.success()), "openssl dgst");
    };
    stampa(&format!("SHA-256 of {mega} MB, openssl dgst"), in_turno(GIRI_LUNGHI, noi, loro));
}

/// The best of each, measured one after the other.
fn in_turno(giri: usize, mut noi: impl FnMut(), mut loro: impl FnMut()) -> (Duration, Duration) {
    let mut migliori = (Duration::MAX, Duration::MAX);
    for _ in 0..giri {
        migliori.0 = migliori.0.min(tempo(&mut noi));
        migliori.1 = migliori.1.min(tempo(&mut loro));
    }
    migliori
}

fn tempo(cosa: &mut impl FnMut()) -> Duration {
    let inizio = Instant::now();
    cosa();
    inizio.elapsed()
}

/// How many times as fast as theirs ours is.
fn stampa(cosa: &str, (noi, loro): (Duration, Duration)) {
    let rapporto = loro.as_secs_f64() / noi.as_secs_f64();
    println!("{cosa}: ours {:.3} ms, theirs {:.3} ms, ratio {rapporto:.2}", millesimi(noi), millesimi(loro));
}

fn millesimi(durata: Duration) -> f64 {
    durata.as_secs_f64() * 1_000.0
}
