//! The shape of the house (DESIGN.md 1): a module uses only those before it, files are small.

use std::fs;
use std::path::{Path, PathBuf};
use syn::visit::Visit;

/// The modules in their order.
const ORDINE: &[&str] = &[
    "valori",
    "config",
    "storage",
    "segnatura",
    "firma",
    "audit",
    "utenti",
    "lavori",
    "documenti",
    "titolario",
    "registro",
    "scrivania",
    "pec",
    "istanze",
    "conservazione",
    "ricerca",
    "metronomo",
    "web",
    "cli",
];

/// What the order alone does not say: pure modules use `valori` only; `web` is never driven by the clock; `storage` is below
/// `config`, which needs its address and clock.
fn puo_usare(chi: &str, altro: &str) -> bool {
    let posto = |m: &str| ORDINE.iter().position(|o| *o == m);
    match (chi, altro) {
        ("segnatura" | "firma", _) => altro == "valori",
        ("config", "storage") => true,
        ("storage", "config") | ("web", "metronomo") => false,
        _ => posto(altro) < posto(chi),
    }
}

/// The modules that a file names after `crate::`.
#[derive(Default)]
struct Usati(Vec<String>);

impl<'ast> Visit<'ast> for Usati {
    fn visit_path(&mut self, percorso: &'ast syn::Path) {
        let mut segmenti = percorso.segments.iter();
        if segmenti.next().is_some_and(|s| s.ident == "crate")
            && let Some(modulo) = segmenti.next()
        {
            self.0.push(modulo.ident.to_string());
        }
        syn::visit::visit_path(self, percorso);
    }

    fn visit_item_use(&mut self, uso: &'ast syn::ItemUse) {
        if let syn::UseTree::Path(radice) = &uso.tree
            && radice.ident == "crate"
        {
            primi(&radice.tree, &mut self.0);
        }
    }

    fn visit_macro(&mut self, m: &'ast syn::Macro) {
        // Inside a macro there are only words: `crate :: x` is read out of them.
        let parole: Vec<String> = m.tokens.to_string().split_whitespace().map(str::to_owned).collect();
        for finestra in parole.windows(3) {
            if finestra[0] == "crate" && finestra[1] == "::" {
                self.0.push(finestra[2].clone());
            }
        }
        syn::visit::visit_macro(self, m);
    }
}

fn primi(albero: &syn::UseTree, nomi: &mut Vec<String>) {
    match albero {
        syn::UseTree::Path(p) => nomi.push(p.ident.to_string()),
        syn::UseTree::Name(n) => nomi.push(n.ident.to_string()),
        syn::UseTree::Rename(r) => nomi.push(r.ident.to_string()),
        syn::UseTree::Group(g) => g.items.iter().for_each(|i| primi(i, nomi)),
        syn::UseTree::Glob(_) => {}
    }
}

fn sorgenti(cartella: &Path, trovati: &mut Vec<PathBuf>) {
    for voce in fs::read_dir(cartella).unwrap() {
        let percorso = voce.unwrap().path();
        if percorso.is_dir() && !percorso.ends_with("node_modules") {
            sorgenti(&percorso, trovati);
        } else if percorso.extension().is_some_and(|e| e == "rs") {
            trovati.push(percorso);
        }
    }
}

fn tutti() -> Vec<PathBuf> {
    let mut trovati = Vec::new();
    sorgenti(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut trovati);
    assert!(trovati.len() > 50, "only {} sources found", trovati.len());
    trovati
}

#[test]
fn a_module_uses_only_those_before_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut violazioni = Vec::new();
    for file in tutti() {
        let relativo = file.strip_prefix(&src).unwrap();
        let Some(chi) = relativo.iter().next().and_then(|s| s.to_str()).filter(|s| !s.ends_with(".rs")) else {
            continue;
        };
        assert!(ORDINE.contains(&chi), "{chi} is not a module of the house");
        let mut usati = Usati::default();
        usati.visit_file(&syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap());
        for altro in usati.0.iter().filter(|u| ORDINE.contains(&u.as_str()) && *u != chi) {
            if !puo_usare(chi, altro) {
                violazioni.push(format!("{}: {chi} uses {altro}", relativo.display()));
            }
        }
    }
    assert!(violazioni.is_empty(), "{violazioni:#?}");
}

#[test]
fn the_order_test_bites() {
    let mut usati = Usati::default();
    usati.visit_file(
        &syn::parse_file(
            "use crate::{web::Stato, valori}; fn f() { crate::cli::g(); format!(\"{}\", crate::pec::x()); }",
        )
        .unwrap(),
    );
    assert_eq!(usati.0, ["web", "valori", "cli", "pec"]);
    assert!(!puo_usare("audit", "web") && puo_usare("web", "audit") && !puo_usare("firma", "storage"));
}

#[test]
fn files_are_small() {
    let mut lunghi: Vec<(usize, PathBuf)> =
        tutti().into_iter().map(|f| (fs::read_to_string(&f).unwrap().lines().count(), f)).collect();
    lunghi.sort();
    let troppo: Vec<_> = lunghi.iter().filter(|(n, _)| *n > 600).collect();
    assert!(troppo.is_empty(), "over 600 lines: {troppo:#?}");
    let mediano = lunghi[lunghi.len() / 2].0;
    assert!(mediano < 150, "the median file has {mediano} lines");
}

/// Rows of the table in `docs/REGISTRO.md`: name, owner, kind.
fn tabelle_descritte() -> Vec<(String, String, String)> {
    let testo = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/REGISTRO.md")).unwrap();
    let righe = testo.lines().filter(|l| l.starts_with("| `"));
    righe
        .map(|l| {
            let colonne: Vec<&str> = l.split('|').map(str::trim).collect();
            (colonne[1].trim_matches('`').to_owned(), colonne[2].trim_matches('`').to_owned(), colonne[3].to_owned())
        })
        .collect()
}

#[test]
fn every_table_is_described_and_the_acts_are_guarded() {
    let mut file = Vec::new();
    sorgenti(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/storage/schema"), &mut file);
    let mut tabelle: Vec<(String, String)> = Vec::new();
    for f in file {
        let modulo = f.file_stem().unwrap().to_str().unwrap().trim_start_matches("di_").to_owned();
        let testo = fs::read_to_string(&f).unwrap();
        let nomi = testo.lines().filter(|l| l.ends_with(") {") && l.starts_with("    ") && !l.starts_with("     "));
        tabelle.extend(nomi.filter_map(|l| l.split_whitespace().next()).map(|t| (t.to_owned(), modulo.clone())));
    }
    tabelle.sort();
    let descritte = tabelle_descritte();
    let mut nomi: Vec<(String, String)> = descritte.iter().map(|(t, di, _)| (t.clone(), di.clone())).collect();
    nomi.sort();
    assert_eq!(nomi, tabelle, "docs/REGISTRO.md and the schema differ: `make schema`");
    let guardate: Vec<&str> = tabulario::storage::GUARDATE.iter().map(|g| g.tabella).collect();
    for (tabella, proprietario, genere) in &descritte {
        assert!(ORDINE.contains(&proprietario.as_str()), "{tabella} belongs to no module: {proprietario}");
        match genere.as_str() {
            "atto" => assert!(guardate.contains(&tabella.as_str()), "{tabella} is an act and has no guard"),
            "testa" => assert!(
                matches!(tabella.as_str(), "contatori" | "contatori_fascicoli" | "contatori_provvedimenti" | "catene"),
                "{tabella} is no head"
            ),
            "lavoro" => assert!(!guardate.contains(&tabella.as_str()), "{tabella} is working state and is guarded"),
            altro => panic!("{tabella}: {altro} is no kind of table"),
        }
    }
}

/// `docs/CONFORMITA.md` names the test that shows each thing: a name nobody has any more is a promise nobody keeps.
#[test]
fn the_tests_that_conformita_names_exist() {
    let radice = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut file = Vec::new();
    sorgenti(&radice.join("tests/it"), &mut file);
    let prove: String = file.iter().map(|f| fs::read_to_string(f).unwrap()).collect();
    let pagina = fs::read_to_string(radice.join("docs/CONFORMITA.md")).unwrap();
    // Tests are sentences, functions of the program are not.
    let nominate =
        pagina.split('`').filter_map(|p| p.rsplit_once("::")).map(|(_, n)| n).filter(|n| n.matches('_').count() >= 3);
    let nominate: Vec<&str> = nominate.filter(|n| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')).collect();
    assert!(nominate.len() > 50, "{nominate:?}");
    let assenti: Vec<_> = nominate.iter().filter(|n| !prove.contains(&format!("fn {n}("))).collect();
    assert!(assenti.is_empty(), "docs/CONFORMITA.md names tests that are not there: {assenti:#?}");
}
