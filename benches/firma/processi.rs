//! A folder of files verified by a running office (one process, as the server has it), and by `openssl cms -verify`, which is
//! started anew for each file; and one process of ours against one of theirs.

use crate::{GIRI, in_turno, stampa};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tabulario::firma::{Fiducia, Indicazione, verifica};

/// Prints both ratios; the second only if the release build of the program is there.
pub fn confronta(file: &Path, ca: &Path, cosa: &str) {
    let mut fiducia = Fiducia::vuota();
    fiducia.aggiungi_certificati(&std::fs::read(ca).expect("the authority")).expect("a certificate");
    let estratto = file.with_extension("estratto");
    let istante = "2026-11-20T12:00:00+01:00".parse().expect("an instant");
    let nostro = || {
        let (mut byte, mut dove) = (File::open(file).expect("the file"), File::create(&estratto).expect("the disk"));
        let rapporto = verifica(&mut byte, None, None, &fiducia, istante, &mut dove).expect("it is read");
        assert_eq!(rapporto.indication, Some(Indicazione::TotalPassed));
    };
    let openssl = || {
        let mut comando = Command::new("openssl");
        comando.args(["cms", "-verify", "-binary", "-inform", "DER", "-in"]).arg(file).arg("-CAfile").arg(ca);
        riesce(comando.arg("-out").arg(&estratto));
    };
    let solo_nostro = || {
        let mut byte = File::open(file).expect("the file");
        let rapporto = verifica(&mut byte, None, None, &fiducia, istante, &mut io::sink()).expect("it is read");
        assert_eq!(rapporto.indication, Some(Indicazione::TotalPassed));
    };
    let solo_openssl = || {
        let mut comando = Command::new("openssl");
        comando.args(["cms", "-verify", "-binary", "-inform", "DER", "-in"]).arg(file).arg("-CAfile").arg(ca);
        riesce(comando.arg("-out").arg("/dev/null"));
    };
    let giri = GIRI / 4;
    stampa(
        &format!("a folder of {CARTELLA} files, 200 KB, {cosa}, verified only: one running process, openssl started for each; one file"),
        cartella(in_turno(giri / 5, di_seguito(solo_nostro), di_seguito(solo_openssl))),
    );
    stampa(
        &format!("the same, documents written out, {cosa}; one file"),
        cartella(in_turno(giri / 5, di_seguito(nostro), di_seguito(openssl))),
    );
    let programma = programma();
    if !programma.is_file() {
        println!("{} is not there: process against process was not measured", programma.display());
        return;
    }
    let avviato = || {
        let mut comando = Command::new(&programma);
        comando.args(["verifica", "--istante", "2026-11-20T12:00:00+01:00"]).arg(file).arg("--fiducia").arg(ca);
        riesce(comando.arg("--estrai").arg(&estratto));
    };
    stampa(&format!("files 200 KB, {cosa}: both started for each"), in_turno(giri, avviato, openssl));
    let molti = || {
        let mut comando = Command::new(&programma);
        comando.args(["verifica", "--istante", "2026-11-20T12:00:00+01:00", "--fiducia"]).arg(ca);
        riesce(comando.args(std::iter::repeat_n(file, MOLTI)));
    };
    let (noi, loro) = in_turno(giri / 20, molti, || (0..MOLTI).for_each(|_| solo_openssl()));
    let uno = |tutti: Duration| tutti / u32::try_from(MOLTI).expect("not so many");
    stampa(&format!("one command for {MOLTI} files, {cosa}, openssl started for each; one file"), (uno(noi), uno(loro)));
}

/// Files of one command.
const MOLTI: usize = 400;
/// Files that are verified one after the other, as an office has them.
const CARTELLA: u32 = 20;

fn di_seguito(uno: impl Fn()) -> impl FnMut() {
    move || (0..CARTELLA).for_each(|_| uno())
}

fn cartella((noi, loro): (Duration, Duration)) -> (Duration, Duration) {
    (noi / CARTELLA, loro / CARTELLA)
}

fn programma() -> PathBuf {
    std::env::var_os("TABULARIO_PROGRAMMA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/release/tabulario"), PathBuf::from)
}

fn riesce(comando: &mut Command) {
    let esito = comando.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(esito.is_ok_and(|e| e.success()), "{comando:?}");
}
