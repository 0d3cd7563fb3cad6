//! A verdict computed again from its prova alone is the same verdict.

use super::corpus::{cartella, righe};
use super::{ca, fixtures, istante};
use std::path::PathBuf;
use tabulario::firma::{Fiducia, Firmatari, Inservibile, Lista, Prova, prova, verifica};
use tabulario::valori::{Impronta, Istante};

/// Everything that our fixtures trust, and what has nothing to do with them.
fn tutta() -> Fiducia {
    let mut fiducia = ca();
    for lista in ["lista-v6.xml", "lista-omonima.xml"] {
        let byte = std::fs::read(fixtures().join("fiducia").join(lista)).unwrap();
        let accettata = Lista::leggi(&byte).unwrap().accetta(Firmatari::Chiunque, istante()).unwrap();
        fiducia.aggiungi_lista(&accettata).unwrap();
    }
    fiducia
}

fn prova_di(byte: &[u8], nome: &str, fiducia: &Fiducia, quando: Istante) -> Prova {
    prova(&mut &*byte, Impronta::of(byte), nome, fiducia, quando).unwrap()
}

/// Written, read, and the file verified with nothing else.
fn si_ripete(byte: &[u8], nome: &str, fiducia: &Fiducia, quando: Istante) -> Prova {
    let prima = prova_di(byte, nome, fiducia, quando);
    let letta = Prova::leggi(&prima.scrivi().unwrap()).unwrap();
    assert_eq!(letta, prima, "{nome}");
    let sola = letta.fiducia(Impronta::of(byte)).unwrap();
    let di_nuovo = verifica(&mut &*byte, None, Some(&letta.name), &sola, letta.instant, &mut std::io::sink()).unwrap();
    assert!(letta.conferma(&di_nuovo), "{nome}: {di_nuovo:#?}");
    assert_eq!(di_nuovo, prima.report, "{nome}: the words too, by the same program");
    prima
}

fn firmati() -> Vec<PathBuf> {
    let file = |c: &str| std::fs::read_dir(fixtures().join(c)).unwrap().map(|v| v.unwrap().path()).collect::<Vec<_>>();
    let mut tutti = [file("firma"), file("pades"), file("xades")].concat();
    tutti.retain(|f| f.extension().is_some_and(|e| ["p7m", "p7s", "pdf", "xml"].iter().any(|a| e == *a)));
    tutti.sort();
    tutti
}

#[test]
fn every_verdict_on_our_files_is_computed_again_from_its_prova() {
    let (fiducia, mut con_lista, mut con_catena) = (tutta(), 0, 0);
    for file in firmati() {
        let nome = file.file_name().unwrap().to_str().unwrap();
        let prova = si_ripete(&std::fs::read(&file).unwrap(), nome, &fiducia, istante());
        let json: serde_json::Value = serde_json::from_str(&prova.scrivi().unwrap()).unwrap();
        con_lista += usize::from(!prova.lists.is_empty());
        con_catena += json["chains"].as_array().unwrap().len();
        for citato in json["chains"].as_array().unwrap().iter().flat_map(|c| c.as_array().unwrap()) {
            assert!(json["certificates"][citato.as_str().unwrap()].is_string(), "{nome}");
        }
        assert_eq!(json["sha256"], Impronta::of(&std::fs::read(&file).unwrap()).to_string());
    }
    assert!(con_lista > 10 && con_catena > 20, "{con_lista} {con_catena}");
}

#[test]
fn only_what_was_looked_at_is_kept_and_the_list_is_named() {
    let byte = std::fs::read(fixtures().join("firma/rsa-der.pdf.p7m")).unwrap();
    let prova = prova_di(&byte, "rsa-der.pdf.p7m", &tutta(), istante());
    let json: serde_json::Value = serde_json::from_str(&prova.scrivi().unwrap()).unwrap();
    let lista = std::fs::read(fixtures().join("fiducia/lista-v6.xml")).unwrap();
    assert!(prova.lists.iter().any(|l| l.sha256 == Impronta::of(&lista) && l.sequenza == 6), "{json:#}");
    for ancora in json["anchors"].as_array().unwrap() {
        let nome = &ancora["service"]["name"];
        assert!(ancora["service"].is_null() == ancora["list"].is_null() && (nome.is_null() || nome.is_string()));
    }
    let da_solo = prova_di(&byte, "rsa-der.pdf.p7m", &Fiducia::vuota(), istante()).scrivi().unwrap();
    assert!(da_solo.contains(r#""anchors":[]"#) && da_solo.contains(r#""lists":[]"#));
}

#[test]
fn a_prova_that_was_touched_or_is_of_another_file_is_refused() {
    let byte = std::fs::read(fixtures().join("firma/rsa-der.pdf.p7m")).unwrap();
    let impronta = Impronta::of(&byte);
    let prova = prova_di(&byte, "rsa-der.pdf.p7m", &tutta(), istante());
    assert!(matches!(prova.fiducia(Impronta::of(b"altro")), Err(Inservibile::AltroFile { .. })));
    let mut json: serde_json::Value = serde_json::from_str(&prova.scrivi().unwrap()).unwrap();
    let estraneo = std::fs::read_to_string(fixtures().join("chiavi/ca-gestori.pem")).unwrap();
    let estraneo: String = estraneo.lines().filter(|l| !l.starts_with("-----")).collect();
    let certificati = json["certificates"].as_object_mut().unwrap();
    certificati.values_mut().for_each(|c| *c = estraneo.clone().into());
    let altra = Prova::leggi(&json.to_string()).unwrap();
    assert!(matches!(altra.fiducia(impronta), Err(Inservibile::Certificato(_))), "another certificate under the name");
    json["certificates"] = serde_json::json!({});
    let altra = Prova::leggi(&json.to_string()).unwrap();
    assert!(matches!(altra.fiducia(impronta), Err(Inservibile::Certificato(_))), "a certificate taken out");
    json["version"] = 3.into();
    assert_eq!(Prova::leggi(&json.to_string()), Err(Inservibile::Forma(3)));
    assert!(matches!(Prova::leggi("{}"), Err(Inservibile::Illeggibile(_))));
    let mut bugiarda: serde_json::Value = serde_json::from_str(&prova.scrivi().unwrap()).unwrap();
    bugiarda["report"]["indication"] = "TOTAL-FAILED".into();
    let bugiarda = Prova::leggi(&bugiarda.to_string()).unwrap();
    let sola = bugiarda.fiducia(impronta).unwrap();
    let vero =
        verifica(&mut &*byte, None, Some(&bugiarda.name), &sola, bugiarda.instant, &mut std::io::sink()).unwrap();
    assert!(!bugiarda.conferma(&vero), "a verdict that was altered shows");
}

/// Real files with the real Italian list.
#[test]
fn verdicts_on_real_files_are_computed_again_from_their_prova() {
    let (Some(firmati), Some(liste)) = (cartella("cades"), cartella("tsl")) else {
        println!("firma: ../shared/corpus is not there, real files were not proved");
        return;
    };
    let mut fiducia = Fiducia::vuota();
    let lista = std::fs::read(liste.join("dss__https___eidas_agid_gov_it_TL_TSL_IT_xml")).unwrap();
    let lista = Lista::leggi(&lista).unwrap();
    let (fino, sha256) = (lista.prossima.unwrap(), lista.sha256);
    fiducia.aggiungi_lista(&lista.accetta(Firmatari::Chiunque, fino).unwrap()).unwrap();
    let (mut provate, mut con_servizio) = (0, 0);
    for riga in righe(&firmati) {
        let byte = std::fs::read(firmati.join(&riga["file"])).unwrap();
        if byte.len() > 4 * 1024 * 1024 {
            continue;
        }
        let quando = riga["signing_time"].parse().unwrap_or_else(|_| istante());
        let prova = si_ripete(&byte, &riga["file"], &fiducia, quando);
        provate += 1;
        con_servizio += usize::from(prova.lists.iter().any(|l| l.sha256 == sha256));
    }
    println!("firma: {provate} verdicts on real files computed again, {con_servizio} of them with a service of a list");
    assert!(provate > 50 && con_servizio > 5, "{provate} {con_servizio}");
}
