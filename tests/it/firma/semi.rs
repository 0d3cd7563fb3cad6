//! The fuzz targets on their seeds: the fixtures, `fuzz/semi`, and a few mutants of each.

use super::fixtures;
use super::proprieta::{busta_di_firma, documenti, file, xml};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

type Prova = fn(&[u8]);

/// A target of `fuzz/fuzz_targets`: its name, what it calls, and the folders of its seeds, as `fuzz/semi.py` has them.
macro_rules! prove {
    ($($nome:literal, $($strada:ident)::+, $semi:expr;)+) => {
        const PROVE: &[(&str, &str, Prova, &[&str])] = &[$(($nome, stringify!($($strada)::+), $($strada)::+, &$semi)),+];
    };
}

prove! {
    "verifica", file, ["firma", "xades", "pades", "../fuzz/semi/marca", "../fuzz/semi/asic"];
    "cades", busta_di_firma::cades, ["firma"];
    "pades", documenti::pades, ["pades"];
    "xades", xml::xades, ["xades"];
    "asic", documenti::asic, ["../fuzz/semi/asic"];
    "marca", busta_di_firma::marca, ["../fuzz/semi/marca"];
    "certificato", busta_di_firma::certificato, ["../fuzz/semi/certificato"];
    "revoca", busta_di_firma::revoca, ["../fuzz/semi/revoca"];
    "lista", xml::lista, ["fiducia"];
    "segnatura", documenti::segnatura, ["segnatura"];
    "messaggio", documenti::messaggio, ["posta"];
}

/// Mutants of one seed.
const MUTANTI: usize = 4;

fn semi(cartella: &str) -> Vec<PathBuf> {
    let mut file: Vec<_> = fs::read_dir(fixtures().join(cartella)).unwrap().map(|v| v.unwrap().path()).collect();
    file.retain(|p| p.is_file() && !["json", "md"].iter().any(|e| p.extension().is_some_and(|avuta| avuta == *e)));
    file.sort();
    assert!(!file.is_empty(), "{cartella} has no seeds");
    file
}

#[test]
fn what_is_true_of_every_file_is_true_of_the_seeds_and_of_their_mutants() {
    for (nome, _, prova, cartelle) in PROVE {
        for percorso in cartelle.iter().flat_map(|c| semi(c)) {
            println!("{nome} {}", percorso.display());
            let byte = fs::read(&percorso).unwrap();
            prova(&byte);
            for volta in 0..MUTANTI {
                prova(&mutante(&byte, volta));
            }
        }
    }
}

/// The same every time: a byte changed, a piece taken out, a piece doubled, a cut, all elsewhere each time.
fn mutante(byte: &[u8], volta: usize) -> Vec<u8> {
    let dove = (volta * 2_654_435_761 + 97) % byte.len().max(1);
    let fine = (dove + 1 + volta % 7).min(byte.len());
    match volta % 4 {
        0 => [&byte[..dove], &[byte[dove] ^ (1 << (volta % 8))], &byte[dove + 1..]].concat(),
        1 => [&byte[..dove], &byte[fine..]].concat(),
        2 => [&byte[..fine], &byte[dove..]].concat(),
        _ => byte[..dove].to_vec(),
    }
}

#[test]
fn every_fuzz_target_does_what_is_done_here() {
    let cartella = fixtures().join("../fuzz/fuzz_targets");
    let leggi = |voce: std::io::Result<fs::DirEntry>| {
        let percorso = voce.unwrap().path();
        (percorso.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(percorso).unwrap())
    };
    let bersagli: BTreeMap<String, String> = fs::read_dir(cartella).unwrap().map(leggi).collect();
    let atteso = |(nome, strada, ..): &(&str, &str, Prova, &[&str])| {
        let strada: String = strada.split_whitespace().collect();
        let chiama = format!("libfuzzer_sys::fuzz_target!(|byte: &[u8]| tabulario::proprieta::{strada}(byte));");
        ((*nome).to_owned(), format!("#![no_main]\n{chiama}\n"))
    };
    assert_eq!(bersagli, PROVE.iter().map(atteso).collect());
    let manifesto = fs::read_to_string(fixtures().join("../fuzz/Cargo.toml")).unwrap();
    for nome in bersagli.keys() {
        assert!(manifesto.contains(&format!("name = \"{nome}\"")), "{nome} is not in fuzz/Cargo.toml");
    }
}
