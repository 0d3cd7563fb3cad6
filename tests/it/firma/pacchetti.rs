//! The packages that use the pure modules by path, and that no build of ours compiles (`fuzz`, `benches/firma`): what they need they name,
//! as `Cargo.toml` does. A module that draws in another crate, or another part of the program, is found here and not by whoever fuzzes.

use super::fixtures;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A package, what it takes of the program, and its modules as `crate::…` names them.
const PACCHETTI: [(&str, &[&str], &[&str]); 2] = [
    (
        "fuzz",
        &[
            "src/firma",
            "src/segnatura",
            "src/valori",
            "src/pec/busta",
            "tests/it/firma/proprieta",
            "tests/it/firma/busta.rs",
        ],
        &["firma", "segnatura", "valori", "pec::busta"],
    ),
    ("benches/firma", &["src/firma", "src/valori"], &["firma", "valori"]),
];

fn radice() -> PathBuf {
    fixtures().join("..")
}

fn sorgenti(percorso: &Path, trovati: &mut Vec<PathBuf>) {
    if percorso.is_dir() {
        fs::read_dir(percorso).unwrap().for_each(|voce| sorgenti(&voce.unwrap().path(), trovati));
    } else if percorso.extension().is_some_and(|e| e == "rs") {
        trovati.push(percorso.to_owned());
    }
}

/// The dependencies of a manifest: name and what is asked of it, as written.
fn dipendenze(manifesto: &Path) -> BTreeMap<String, String> {
    let testo = fs::read_to_string(manifesto).unwrap();
    let righe = testo.lines().skip_while(|r| *r != "[dependencies]").skip(1).take_while(|r| !r.starts_with('['));
    righe
        .filter(|r| !r.starts_with('#'))
        .filter_map(|r| r.split_once(" = "))
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect()
}

/// What follows `prima` in a text, up to where a path ends, wherever `prima` is not the end of another name.
fn dopo<'a>(testo: &'a str, prima: &'a str) -> impl Iterator<Item = &'a str> {
    testo.match_indices(prima).filter_map(move |(dove, _)| {
        let altro_nome = testo[..dove].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$');
        let resto = &testo[dove + prima.len()..];
        let fine = resto.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(resto.len());
        (!altro_nome).then(|| &resto[..fine])
    })
}

#[test]
fn packages_outside_of_the_build_have_what_the_modules_need() {
    let nostre = dipendenze(&radice().join("Cargo.toml"));
    for (pacchetto, cartelle, moduli) in PACCHETTI {
        let sue = dipendenze(&radice().join(pacchetto).join("Cargo.toml"));
        let mut file = Vec::new();
        cartelle.iter().for_each(|c| sorgenti(&radice().join(c), &mut file));
        assert!(file.len() > 40, "{pacchetto}: {}", file.len());
        let mut usate = BTreeSet::new();
        for percorso in file {
            let testo = fs::read_to_string(&percorso).unwrap();
            let dove = percorso.display();
            for nome in nostre.keys() {
                if dopo(&testo, &format!("{}::", nome.replace('-', "_"))).next().is_some() {
                    assert_eq!(sue.get(nome), nostre.get(nome), "{pacchetto}/Cargo.toml: {nome}, which {dove} uses");
                    usate.insert(nome.clone());
                }
            }
            let nel_programma = percorso.components().any(|c| c.as_os_str() == "src");
            for modulo in dopo(&testo, if nel_programma { "crate::" } else { "tabulario::" }) {
                let suo = |m: &&str| modulo.strip_prefix(*m).is_some_and(|r| r.is_empty() || r.starts_with(':'));
                assert!(moduli.iter().any(suo), "{dove} uses {modulo}, which {pacchetto} does not take");
            }
        }
        assert!(usate.len() > 10, "{pacchetto}: {usate:?}");
    }
}

#[test]
fn the_files_that_packages_take_by_path_are_there() {
    for (pacchetto, ..) in PACCHETTI {
        let cartella = radice().join(pacchetto);
        let testo = fs::read_to_string(cartella.join("lib.rs")).unwrap();
        let strade: Vec<&str> =
            testo.split("#[path = \"").skip(1).filter_map(|r| r.split_once('"')).map(|(s, _)| s).collect();
        assert!(strade.len() >= 2, "{pacchetto}");
        for strada in strade {
            assert!(cartella.join(strada).exists(), "{pacchetto}/lib.rs: {strada}");
        }
    }
}
