//! The real lists of `../shared/corpus/tsl`, when they were in force.

use super::{guarda, importa};
use crate::casa::Casa;
use crate::firma::corpus::cartella;
use tabulario::config;
use tabulario::documenti::Fiduce;
use tabulario::documenti::fiducia::{Custodia, Esito, Iniziali, Regole, Sorgente};
use tabulario::storage::Db;

const LOTL_332: &str = "dss__https___ec_europa_eu_tools_lotl_eu_lotl_xml";
const PIVOT_300: &str = "dss__eu-lotl-pivot-300.xml";
const LOTL_388: &str = "pyhanko__eu-lotl.xml";
const ITALIANA_194: &str = "dss__https___eidas_agid_gov_it_TL_TSL_IT_xml";

/// The signers that the program pins.
fn regole() -> Regole {
    let config = config::Fiducia::default();
    Regole { iniziali: Iniziali::Impronte(config.firmatari), lotl: config.lotl, paesi: config.paesi, rete: None }
}

#[test]
fn the_real_lists_are_kept_and_trusted_through_the_signers_of_the_official_journal() {
    let Some(cartella) = cartella("tsl") else {
        println!("fiducia: ../shared/corpus is not there, real trusted lists were not imported");
        return;
    };
    let casa = Casa::sqlite();
    let portate = |nomi: &[&str]| nomi.iter().map(|n| Sorgente::File(cartella.join(n))).collect::<Vec<_>>();
    let esiti = |db: &Db, nomi: &[&str]| importa(db, &casa.deposito, &regole(), portate(nomi));
    let allora = casa.con_orologio("2023-11-01T00:00:00Z");
    // The signer of 332 came with a pivot, whose own signer is still one of those of the Official Journal.
    let senza = esiti(&allora, &[LOTL_332]);
    assert!(senza[0].as_ref().unwrap_err().contains("non è fra chi può firmarla"), "{senza:?}");
    let rifiutate = esiti(&allora, &["dss__eu-lotl_broken-sig.xml"]);
    assert!(rifiutate[0].is_err(), "{rifiutate:?}");
    let conservate = esiti(&allora, &[LOTL_332, PIVOT_300, ITALIANA_194, "dss__CZ_two-sigs.xml", "dss__LI.xml"]);
    let detto: Vec<String> =
        conservate.iter().map(|e| e.as_ref().map_or_else(Clone::clone, |v| v.as_ref().unwrap().to_string())).collect();
    assert_eq!(detto[..2], ["EU n. 332", "IT n. 194"]);
    assert!(detto[2].contains("lista di CZ") && detto[3].contains("lista di LI"), "{detto:?}");
    let fiduce = Custodia::new(Fiduce::default(), &["IT".parse().unwrap()]).correnti(&casa.db, &casa.deposito).unwrap();
    assert!(fiduce.firme.quante() > 200, "{}", fiduce.firme.quante());
    // Three years later the list of the lists follows without any pivot, and the Italian list is too old to be brought.
    let poi = casa.con_orologio("2026-06-01T00:00:00Z");
    let nuova = guarda(&poi, &casa.deposito, &regole(), portate(&[LOTL_388]));
    assert!(matches!(nuova[0].esito, Ok(Esito::Nuova(_))), "{nuova:?}");
    let vecchia = esiti(&poi, &[LOTL_388, ITALIANA_194]);
    assert!(vecchia[1].as_ref().unwrap_err().contains("è scaduta"), "{vecchia:?}");
    println!("fiducia: 3 real lists kept, {} certificates trusted", fiduce.firme.quante());
}
