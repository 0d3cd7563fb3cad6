//! What is found of the IPA, by clerks and by programs, and what it becomes in a registration.

use super::{importa, importa_tutto, integra, scrivi, testo};
use crate::casa::{Casa, leggi, su_entrambi};
use crate::pagine::browser::{entra, naviga, premi, pulita, ritratto};
use crate::pagine::cliente::{Cliente, assumi};
use crate::pagine::compila;
use tabulario::registro::ipa;
use tabulario::utenti::Ruolo;
use thirtyfour::prelude::*;

su_entrambi! {
    fn words_codes_and_addresses_find_bodies_before_their_parts(casa) {
        importa_tutto(casa);
        let check = |testo: &str, attesi: &[&str]| {
            let trovati = casa.db.leggi(|conn| ipa::cerca(conn, testo)).unwrap();
            assert_eq!(trovati.iter().map(|t| t.voce.codice()).collect::<Vec<_>>(), attesi, "{testo}");
        };
        check("monte", &["c_x801", "AX80101", "X801UT", "X801AN"]);
        check("esempio tec", &["X801UT"]);
        check("istituto comp", &["istsc_xx01", "istsc_xx02"]);
        check("CITTA", &["istsc_xx01"]);
        check("c_x801", &["c_x801", "AX80101", "X801UT", "X801AN"]);
        check("ax802", &["AX80201"]);
        check("xpramb", &["XPRAMB"]);
        check("polizia@pec.provincia.example", &["AXPR002"]);
        check("00000000018", &["c_x801"]);
        for niente in ["", "m", "onte", "monte valle", "%"] {
            check(niente, &[]);
        }
        let pec = |indirizzo: &str| {
            let trovati = casa.db.leggi(|conn| ipa::per_indirizzo(conn, &indirizzo.parse().unwrap())).unwrap();
            trovati.iter().map(|t| t.voce.codice().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(pec("PROTOCOLLO@pec.monteesempio.example"), ["c_x801", "AX80101"]);
        assert!(pec("protocollo@pec.monteesempio").is_empty() && pec("info@cx801.example").is_empty(), "an ordinary address is no domicilio digitale");
    }

    fn a_registration_takes_codes_and_domicilio_digitale_of_what_was_picked(casa) {
        importa_tutto(casa);
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let pagina = anna.apri("/registrazioni/nuova?flusso=uscita");
        let cerca = [("parte-0-cognome", "demografici monte"), ("parte-0-nome", ""), ("cerca-parte", "0"), ("file:principale", "x")];
        let trovati = compila(&anna, &pagina, "Richiesta di dati", &cerca);
        for parte in ["Comune di Monte Esempio - Servizi demografici", "IPA c_x801 · AOO AX80101 · UO X801AN", "protocollo@pec.monteesempio.example (IPA, dati del 31/10/2026)"] {
            assert!(trovati.html.contains(parte), "{parte}: {}", trovati.html);
        }
        let tenuto = trovati.campo("tenuto");
        let presa = "0 ipa/uo/X801AN";
        assert!(trovati.html.contains(&format!("value=\"{presa}\"")), "{}", trovati.html);
        let piena = compila(&anna, &trovati, "Richiesta di dati", &[("prendi", presa), ("tenuto", &tenuto)]);
        let nomi = ["cognome", "cf", "pec", "ipa", "aoo", "uo"].map(|c| format!("parte-0-{c}"));
        let valori = nomi.each_ref().map(|n| piena.campo(n));
        assert_eq!(valori, ["Comune di Monte Esempio - Servizi demografici", "00000000018", "protocollo@pec.monteesempio.example", "c_x801", "AX80101", "X801AN"].map(str::to_owned));
        for cattivo in ["0 ipa/uo/NESSUNO", "0 ipa/x/c_x801", "0 ipa/", "9 ipa/uo/X801AN"] {
            assert_eq!(compila(&anna, &piena, "x", &[("prendi", cattivo)]).stato, 404, "{cattivo}");
        }
        let mut campi: Vec<(&str, &str)> = nomi.iter().map(String::as_str).zip(valori.iter().map(String::as_str)).collect();
        campi.extend([("parte-0-tipo", "amministrazione"), ("parte-0-nome", ""), ("tenuto", tenuto.as_str())]);
        let fatta = compila(&anna, &piena, "Richiesta di dati", &campi);
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        let luogo = fatta.testata("location").to_owned();
        assert!(anna.apri(&luogo).html.contains("UO X801AN"));
        let id = luogo.rsplit('/').next().unwrap();
        let url = format!("{}/api/v1/registrazioni/{id}", server.url);
        let letta = leggi(&url, &casa.gettone).json();
        let sua = &letta["corrispondenti"][0];
        assert_eq!((&sua["codiceIpa"], &sua["codiceAoo"], &sua["codiceUo"]), (&"c_x801".into(), &"AX80101".into(), &"X801AN".into()));
        let segnatura = leggi(&format!("{url}/segnatura"), &casa.gettone);
        let xml = String::from_utf8(segnatura.corpo).unwrap();
        assert!(xml.contains("<CodiceAmministrazione>c_x801<") && xml.contains("<CodiceAOO>AX80101<"), "{xml}");
        integra(casa);
    }

    fn programs_find_the_ipa_beside_the_rubrica_and_read_its_history(casa) {
        importa_tutto(casa);
        let nuovo = testo("amministrazioni.csv").replace("Comune di Valle Esempio", "Comune di Valle e Colle");
        assert_eq!(importa(casa, &[&scrivi(casa, "n.csv", nuovo.as_bytes())]).0, Some(0));
        let server = casa.server();
        let url = format!("{}/api/v1", server.url);
        let trovate = leggi(&format!("{url}/rubrica?q=valle+col"), &casa.gettone).json();
        assert_eq!(trovate["risultati"].as_array().map(Vec::len), Some(0));
        let voce = &trovate["ipa"][0];
        assert_eq!((&voce["genere"], &voce["codiceIpa"], &voce["pec"]), (&"amministrazione".into(), &"c_x802".into(), &"comune@pec.valleesempio.example".into()));
        assert!(voce["fonte"].as_str().unwrap().starts_with("IPA, dati del "), "{voce}");
        let storia = leggi(&format!("{url}/ipa/amministrazione/C_X802"), &casa.gettone).json();
        assert_eq!(storia["risultati"].as_array().map(Vec::len), Some(2));
        assert_eq!(storia["risultati"][1]["voce"]["denominazione"], "Comune di Valle Esempio");
        assert_eq!(storia["risultati"][1]["datiAl"], "2026-10-31");
        for assente in ["amministrazione/x", "aoo/c_x802", "altro/c_x802"] {
            assert_eq!(leggi(&format!("{url}/ipa/{assente}"), &casa.gettone).stato, 404, "{assente}");
        }
        assumi(casa, "anna", Ruolo::Addetto);
        let anna = Cliente::dentro(&server, "anna");
        let pagina = anna.apri("/rubrica?q=valle+col");
        assert!(pagina.html.contains("href=\"/rubrica/ipa/amministrazione/c_x802\""), "{}", pagina.html);
        let pagina = anna.apri("/rubrica/ipa/amministrazione/c_x802");
        assert!(pagina.html.contains("Comune di Valle Esempio") && pagina.html.contains("31/10/2026"), "{}", pagina.html);
    }
}

#[test]
fn a_clerk_finds_an_office_of_the_ipa_and_picks_it() {
    for finestra in [(1440, 900), (390, 844)] {
        let casa = Casa::sqlite();
        importa_tutto(&casa);
        let server = casa.server();
        assumi(&casa, "anna", Ruolo::Operatore);
        naviga(finestra, async |driver| percorso(driver, &server.url).await);
    }
}

async fn percorso(driver: &WebDriver, url: &str) -> WebDriverResult<()> {
    entra(driver, url, "anna").await?;
    driver.goto(format!("{url}/rubrica?q=esempio")).await?;
    driver.query(By::Css("tbody tr")).first().await?;
    ritratto(driver, "ipa-rubrica").await?;
    pulita(driver, url, &[]).await?;
    premi(driver.find(By::LinkText("Comune di Monte Esempio")).await?).await?;
    driver.query(By::Css("tbody tr")).first().await?;
    ritratto(driver, "ipa-voce").await?;
    pulita(driver, url, &[]).await?;
    driver.goto(format!("{url}/registrazioni/nuova?flusso=uscita")).await?;
    driver.query(By::Id("parte-0-cognome")).first().await?.send_keys("monte esempio").await?;
    let cerca = driver.find(By::Id("parte-0-cerca")).await?;
    cerca.scroll_into_view().await?;
    premi(cerca).await?;
    let trovato = driver.query(By::Css("button[name='prendi'][value='0 ipa/uo/X801UT']")).first().await?;
    ritratto(driver, "ipa-trovati").await?;
    trovato.scroll_into_view().await?;
    premi(trovato).await?;
    assert!(driver.query(By::Id("parte-0-trovati")).not_exists().await?);
    let uo = driver.query(By::Id("parte-0-uo")).first().await?.value().await?;
    assert_eq!(uo.as_deref(), Some("X801UT"));
    ritratto(driver, "ipa-presa").await?;
    pulita(driver, url, &[]).await
}
