//! Labels.

use super::occhi::Pdf;
use super::{ora, ostili, segnatura};
use crate::casa::{chiama_json, entrata, leggi, registra, su_entrambi};
use crate::chiusura::preflight;
use crate::pagine::cliente::{Cliente, assumi, assumi_in, tributi};
use tabulario::registro::{SegnaturaLeggibile, etichetta};
use tabulario::utenti::Ruolo;
use tabulario::valori::FoglioEtichette;

/// What the scanner reads on the label of a number.
fn codici(numero: i64) -> [String; 2] {
    [format!("CODE-128:{numero:07}/2026"), format!("QR-Code:c_x999/AX99Z01/PG/2026-11-22/{numero:07}")]
}

fn vicine(misure: &[(f32, f32)], attese: (f32, f32)) -> bool {
    misure.iter().all(|(l, a)| (l - attese.0).abs() < 0.1 && (a - attese.1).abs() < 0.1)
}

#[test]
fn a_label_of_the_roll_says_its_segnatura_to_people_and_to_two_scanners() {
    let pdf = Pdf::new(&etichetta::rotolo(&[segnatura(123), segnatura(9_999_999)], ora()).unwrap());
    let misure = pdf.misure();
    assert!(misure.len() == 2 && vicine(&misure, (62.0, 29.0)), "{misure:?}");
    // As a printer of labels has its dots, and as a laser printer.
    for dpi in [203, 300, 600] {
        assert_eq!(pdf.codici(1, dpi), codici(123), "{dpi}");
        assert_eq!(pdf.codici(2, dpi), codici(9_999_999), "{dpi}");
    }
    let testo = pdf.testo();
    for parte in [
        "Comune di Borgo Esempio",
        "AX99Z01",
        "PG",
        "n. 0000123/2026",
        "22/11/2026 10:20:30",
        "Entrata",
        "VI.3",
        "Sportello edilizia",
    ] {
        assert!(testo.contains(parte), "{parte}: {testo}");
    }
    assert!(preflight(&[pdf.file()]));
}

#[test]
fn whatever_its_names_are_a_label_stays_inside_its_margins_and_is_read() {
    for nome in ostili() {
        let mut s = segnatura(7);
        (s.ente, s.ufficio) = (nome.clone(), Some(nome.clone()));
        s.voce = Some((nome.clone(), nome));
        let pdf = Pdf::new(&etichetta::rotolo(&[s], ora()).unwrap());
        assert_eq!(pdf.codici(1, 300), codici(7));
        let vista = pdf.immagine(1, 300);
        let (larga, alta, mm) = (vista.larghezza, vista.altezza, 12);
        for lato in [[0, 0, larga, mm], [0, 0, mm, alta], [larga - mm, 0, larga, alta], [0, alta - mm, larga, alta]] {
            assert!(!vista.segnata(lato), "{lato:?}");
        }
    }
}

#[test]
fn a_riservata_and_an_annulled_one_say_so_and_no_more_than_they_may() {
    let riservata = SegnaturaLeggibile { riservata: true, voce: None, ufficio: None, ..segnatura(5) };
    let annullata =
        SegnaturaLeggibile { annullata: Some("provvedimento n. 3/2026 del 23/11/2026".into()), ..segnatura(6) };
    let mut di_prova = segnatura(8);
    di_prova.di_prova = true;
    let pdf = Pdf::new(&etichetta::rotolo(&[riservata, annullata, di_prova], ora()).unwrap());
    let testo = pdf.testo();
    for parte in ["RISERVATA", "ANNULLATA: provv. n. 3/2026 del 23/11/2026", "di prova, senza valore"] {
        assert!(testo.contains(parte), "{parte}: {testo}");
    }
    assert_eq!((1..=3).map(|n| pdf.codici(n, 300)).collect::<Vec<_>>(), [5, 6, 8].map(codici));
}

#[test]
fn labels_fill_a_sheet_from_the_first_free_place() {
    for (foglio, mm) in [("3x8 70x37", 70), ("2x7 99.1x38.1 2.5x0", 99), ("4x11 48.5x25.4", 48), ("1x5 105x57", 105)] {
        let foglio: FoglioEtichette = foglio.parse().unwrap();
        let quante = i64::from(foglio.quante());
        let prima = foglio.quante() - 2;
        let segnature: Vec<_> = (1..=quante).map(segnatura).collect();
        let pdf = Pdf::new(&etichetta::fogli(foglio, prima, &segnature, ora()).unwrap());
        let misure = pdf.misure();
        assert!(misure.len() == 2 && vicine(&misure, (210.0, 297.0)), "{misure:?}");
        let attesi = |numeri: std::ops::RangeInclusive<i64>| {
            let mut tutti: Vec<String> = numeri.flat_map(codici).collect();
            tutti.sort();
            tutti
        };
        // Where a page has a hundred codes, what a look misses another finds.
        let letti = |pagina| {
            let mut tutti: Vec<String> = [300, 400].iter().flat_map(|dpi| pdf.codici(pagina, *dpi)).collect();
            tutti.sort();
            tutti.dedup();
            tutti
        };
        assert_eq!(letti(1), attesi(1..=2), "{foglio}");
        assert_eq!(letti(2), attesi(3..=quante), "{foglio}");
        // Nothing where labels are gone already.
        let vista = pdf.immagine(1, 72);
        let (x, y) = foglio.posto(prima);
        let punti = |mm: f32| (mm / 25.4 * 72.0) as usize;
        assert!(!vista.segnata([0, 0, vista.larghezza, punti(y)]), "{foglio}");
        assert!(!vista.segnata([0, punti(y), punti(x), vista.altezza]) || x < mm as f32 / 10.0, "{foglio}");
        assert!(vista.segnata([punti(x), punti(y), vista.larghezza, vista.altezza]), "{foglio}");
    }
}

su_entrambi! {
    fn what_a_scanner_types_leads_to_the_registration(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let fatta = registra(&server.url, &casa.gettone, "k", &entrata("Istanza di Maria"), b"x").unwrap().json();
        let id = fatta["id"].as_str().unwrap();
        let strada = format!("{}/api/v1/registrazioni/{id}/etichetta", server.url);
        let risposta = leggi(&strada, &casa.gettone);
        assert_eq!((risposta.stato, risposta.tipo.as_str()), (200, "application/pdf"));
        let pdf = Pdf::new(&risposta.corpo);
        let letti = pdf.codici(1, 203);
        assert_eq!(letti.len(), 2, "{letti:?}");
        let anna = Cliente::dentro(&server, "anna");
        for letto in letti {
            let (_, detto) = letto.split_once(':').unwrap();
            let trovata = anna.apri(&format!("/ricerca?q={detto}"));
            assert_eq!((trovata.stato, trovata.testata("location")), (303, format!("/registrazioni/{id}").as_str()), "{detto}");
            // A scanner set for another keyboard has a hyphen for the bar; another body, or another day, is another document.
            if let Some((numero, anno)) = detto.split_once('/').filter(|(n, _)| n.len() == 7) {
                let trovata = anna.apri(&format!("/ricerca?q={numero}-{anno}"));
                assert_eq!(trovata.testata("location"), format!("/registrazioni/{id}"));
            } else {
                let altra = anna.apri(&format!("/ricerca?q={}", detto.replace("c_x999", "c_y888")));
                assert_eq!(altra.stato, 200);
            }
        }
        // What is on it is the segnatura, and neither subject nor parties.
        let testo = pdf.testo();
        let segnatura = fatta["segnatura"].as_str().unwrap();
        assert!(testo.contains("Sportello edilizia") && testo.replace('\n', "").contains(segnatura), "{testo}");
        assert!(!testo.contains("Maria") && !testo.contains("Istanza"), "{testo}");
        let parole = anna.apri(&format!("/registrazioni/{id}/segnatura.txt"));
        assert!(parole.html.contains(segnatura) && parole.html.contains("Classificazione: VI.3"), "{}", parole.html);
    }

    fn a_riservata_and_an_annulled_registration_are_printed_as_they_are_now(casa) {
        let server = casa.server();
        let mut chiesta = entrata("Segreto");
        chiesta["riservato"] = true.into();
        let fatta = registra(&server.url, &casa.gettone, "k", &chiesta, b"x").unwrap().json();
        let strada = format!("{}/api/v1/registrazioni/{}", server.url, fatta["id"].as_str().unwrap());
        let testo = || Pdf::new(&leggi(&format!("{strada}/etichetta"), &casa.gettone).corpo).testo();
        let prima = testo();
        assert!(prima.contains("RISERVATA") && prima.contains("0000001/2026"), "{prima}");
        assert!(["Segreto", "Bianchi", "VI.3", "edilizia"].iter().all(|p| !prima.contains(p)), "{prima}");
        let annullata = chiama_json(&format!("{strada}/annullamento"), &casa.gettone, r#"{ "motivo": "Doppia" }"#);
        assert_eq!(annullata.stato, 201, "{}", annullata.json());
        let dopo = testo();
        assert!(dopo.contains("ANNULLATA: provv. n. 1/") && !dopo.contains("Doppia"), "{dopo}");
        let ricevuta = Pdf::new(&leggi(&format!("{strada}/ricevuta"), &casa.gettone).corpo).testo();
        assert!(ricevuta.contains("ANNULLATA con provvedimento n. 1/"), "{ricevuta}");
    }

    fn a_selection_is_printed_at_once_without_what_may_not_be_seen(casa) {
        let server = casa.server();
        assumi_in(casa, "anna", Ruolo::Operatore, &tributi(casa));
        for n in 1..=4 {
            let mut chiesta = entrata(&format!("Atto {n}"));
            chiesta["riservato"] = (n == 3).into();
            assert_eq!(registra(&server.url, &casa.gettone, &n.to_string(), &chiesta, b"x").unwrap().stato, 201);
        }
        let strada = format!("{}/api/v1/etichette", server.url);
        let fogli = leggi(&format!("{strada}?numeri=4,1-3&su=foglio&posizione=24"), &casa.gettone);
        let pdf = Pdf::new(&fogli.corpo);
        assert_eq!(pdf.misure().len(), 2);
        assert_eq!((pdf.codici(1, 300).len(), pdf.codici(2, 300).len()), (2, 6));
        assert_eq!(leggi(&format!("{strada}?numeri=77"), &casa.gettone).stato, 404);
        for cattiva in ["numeri=", "numeri=2-1", "numeri=1-501", "numeri=1&su=muro", "numeri=1&su=foglio&posizione=25"] {
            let no = leggi(&format!("{strada}?{cattiva}"), &casa.gettone);
            assert_eq!(no.stato, 422, "{cattiva}: {}", no.json());
        }
        // The page says what it leaves out: what is not there and what is not for her look the same.
        let anna = Cliente::dentro(&server, "anna");
        let pagina = anna.apri("/etichette?numeri=1-5&su=rotolo");
        assert!(pagina.html.contains("3 etichette pronte"), "{}", pagina.html);
        assert!(pagina.html.contains(">0000003, 0000005<"), "{}", pagina.html);
        let stampa = pagina.html.split("href=\"/etichette/stampa?").nth(1).unwrap().split('"').next().unwrap();
        let stampata = anna.apri(&format!("/etichette/stampa?{}", stampa.replace("&amp;", "&").replace("&#38;", "&")));
        assert_eq!((stampata.stato, stampata.testata("content-type")), (200, "application/pdf"));
        for (cattiva, detto) in
            [("numeri=x", "scrivi numeri"), ("numeri=1&su=foglio&posizione=0", "da 1 a 24"), ("numeri=1&anno=x", "2026")]
        {
            let no = anna.apri(&format!("/etichette?{cattiva}"));
            assert!(no.stato == 422 && no.html.to_lowercase().contains(detto), "{cattiva}: {}", no.html);
        }
    }
}
