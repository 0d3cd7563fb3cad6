//! A signed file however large passes through: memory does not grow with it.

use super::busta::{Firmatario, Mano, busta_di, lunghezza, testata};
use super::{ca, istante};
use aws_lc_rs::digest::{Context, SHA256};
use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write};
use std::process::Command;
use tabulario::firma::{Indicazione, verifica};

/// The program may not hold more data (its own code not counted).
const MEMORIA_KB: u64 = 128 * 1024;
/// Twice that.
const DOCUMENTO_BYTE: usize = 256 * 1024 * 1024;
/// What may be on its way between the file and the document that comes out.
const IN_VIAGGIO_BYTE: usize = 1024 * 1024;

/// Head and tail of a sound envelope round so many zeros; the zeros are for the caller.
fn intorno(quanti: usize) -> (Vec<u8>, Vec<u8>) {
    let mut somma = Context::new(&SHA256);
    let zeri = vec![0; 1024 * 1024];
    for inizio in (0..quanti).step_by(zeri.len()) {
        somma.update(&zeri[..zeri.len().min(quanti - inizio)]);
    }
    let mano = Mano::delle_fixture("tarsi-rsa");
    let firmatario = Firmatario::con_impronta(&mano, somma.finish().as_ref());
    // The lengths are those of a document that is there; only its place is kept.
    let segno = vec![0xa5; 4096];
    let intera = busta_di(&mano, &segno, &firmatario);
    let dove = intera.windows(segno.len()).position(|finestra| finestra == segno).unwrap();
    let (testa, coda) = (&intera[..dove], &intera[dove + segno.len()..]);
    (allunga(testa, quanti - segno.len()), coda.to_vec())
}

/// The headers that are open at the end of `testa`, each longer by `quanti` bytes and by what the ones inside grew.
fn allunga(testa: &[u8], quanti: usize) -> Vec<u8> {
    let mut aperte: Vec<(usize, usize, usize)> = Vec::new();
    let (mut qui, fine) = (0, testa.len());
    while qui < fine {
        let (corpo, lungo) = (qui + testata(&testa[qui..]), lunghezza(&testa[qui..]));
        if corpo + lungo > fine {
            aperte.push((qui, corpo, lungo));
            qui = corpo;
        } else {
            qui = corpo + lungo;
        }
    }
    let (mut nuova, mut cresciuta, mut coperto) = (Vec::new(), quanti, fine);
    for (inizio, corpo, lungo) in aperte.into_iter().rev() {
        nuova.splice(0..0, testa[corpo..coperto].iter().copied());
        let allungata = testata_di(testa[inizio], lungo + cresciuta);
        cresciuta += allungata.len() - (corpo - inizio);
        nuova.splice(0..0, allungata);
        coperto = inizio;
    }
    nuova
}

fn testata_di(tag: u8, lungo: usize) -> Vec<u8> {
    let cifre: Vec<u8> = lungo.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
    [vec![tag, 0x80 | u8::try_from(cifre.len()).unwrap()], cifre].concat()
}

/// The program itself, with less memory than the document is long.
#[test]
fn a_large_signed_file_is_verified_and_extracted_in_little_memory() {
    let cartella = tempfile::tempdir().unwrap();
    let (firmato, estratto) = (cartella.path().join("grande.p7m"), cartella.path().join("grande"));
    let (testa, coda) = intorno(DOCUMENTO_BYTE);
    let mut file = File::create(&firmato).unwrap();
    file.write_all(&testa).unwrap();
    // A hole: the zeros take no room on the disk.
    file.seek(SeekFrom::Current(i64::try_from(DOCUMENTO_BYTE).unwrap())).unwrap();
    file.write_all(&coda).unwrap();
    let comando = format!("ulimit -d {MEMORIA_KB}; exec \"$0\" \"$@\"");
    let uscita = Command::new("bash")
        .args(["-c", &comando, env!("CARGO_BIN_EXE_tabulario"), "verifica", "--istante", "2026-11-20T12:00:00+01:00"])
        .arg(&firmato)
        .arg("--fiducia")
        .arg(super::fixtures().join("chiavi/ca-firma.pem"))
        .arg("--estrai")
        .arg(&estratto)
        .output()
        .unwrap();
    assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stderr));
    assert_eq!(estratto.metadata().unwrap().len(), u64::try_from(DOCUMENTO_BYTE).unwrap());
}

/// Bytes made while they are read, which count how many went.
struct Sorgente<'a> {
    testa: &'a [u8],
    zeri: u64,
    coda: &'a [u8],
    letti: &'a Cell<usize>,
}

impl Read for Sorgente<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut n = self.testa.read(buf)?;
        if n == 0 {
            n = io::repeat(0).take(self.zeri).read(buf)?;
            self.zeri -= u64::try_from(n).unwrap();
        }
        if n == 0 {
            n = self.coda.read(buf)?;
        }
        self.letti.set(self.letti.get() + n);
        Ok(n)
    }
}

/// A document that comes out while it goes in.
struct Uscita<'a> {
    scritti: usize,
    letti: &'a Cell<usize>,
}

impl Write for Uscita<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let in_viaggio = self.letti.get() - self.scritti;
        assert!(in_viaggio <= IN_VIAGGIO_BYTE, "{in_viaggio} bytes were read before they came out");
        self.scritti += buf.len();
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_document_comes_out_while_the_file_goes_in() {
    let zeri = 16 * IN_VIAGGIO_BYTE;
    let (testa, coda) = intorno(zeri);
    let letti = Cell::new(0);
    let mut sorgente = Sorgente { testa: &testa, zeri: u64::try_from(zeri).unwrap(), coda: &coda, letti: &letti };
    let mut uscita = Uscita { scritti: 0, letti: &letti };
    let rapporto = verifica(&mut sorgente, None, Some("zeri.p7m"), &ca(), istante(), &mut uscita).unwrap();
    assert_eq!(rapporto.indication, Some(Indicazione::TotalPassed), "{rapporto:?}");
    assert_eq!(uscita.scritti, zeri);
}
