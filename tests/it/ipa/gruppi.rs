//! Groups: one pick for many, by whoever registers, and every change an act.

use super::{importa, importa_tutto, integra, scrivi, testo};
use crate::casa::{chiama_json, leggi, su_entrambi};
use crate::pagine::browser::{entra, naviga, premi, pulita, ritratto};
use crate::pagine::cliente::{Cliente, assumi};
use crate::pagine::compila;
use serde_json::json;
use tabulario::utenti::Ruolo;
use thirtyfour::prelude::*;

su_entrambi! {
    fn a_group_is_kept_and_becomes_all_addressees_at_once(casa) {
        importa_tutto(casa);
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let modulo = anna.apri("/rubrica/gruppi").campo("modulo");
        let manda = |strada: &str, corpo: &str| anna.modulo_semplice(strada, &format!("modulo={modulo}&{corpo}"));
        assert_eq!(manda("/rubrica/gruppi", "nome=").stato, 422);
        let luogo = manda("/rubrica/gruppi", "nome=Scuole+del+territorio").testata("location").to_owned();
        let doppio = manda("/rubrica/gruppi", "nome=SCUOLE+del+territorio");
        assert!(doppio.stato == 409 && doppio.html.contains("c&#39;è già: scegli un altro nome"), "{}", doppio.html);
        let trovate = anna.apri(&format!("{luogo}?q=ist"));
        assert!(trovate.html.contains("Aggiungi Istituto comprensivo Gianni Rodari"), "{}", trovate.html);
        for codice in ["istsc_xx01", "istsc_xx02", "istsc_xx03"] {
            let messo = manda(&format!("{luogo}/membri"), &format!("chi=ipa/amministrazione/{codice}&q=ist"));
            assert_eq!((messo.stato, messo.testata("location")), (303, format!("{luogo}?q=ist").as_str()));
        }
        for (chi, stato) in [("ipa/amministrazione/ISTSC_XX01", 409), ("ipa/amministrazione/nessuno", 422), ("", 422)] {
            assert_eq!(manda(&format!("{luogo}/membri"), &format!("chi={chi}")).stato, stato, "{chi}");
        }
        assert!(!anna.apri(&format!("{luogo}?q=rodari")).html.contains("Aggiungi Istituto"), "who is in it is not found to be added");

        let pagina = anna.apri("/registrazioni/nuova?flusso=uscita");
        assert!(!anna.apri("/registrazioni/nuova?flusso=entrata").html.contains("aggiungi-gruppo"));
        let gruppo = luogo.rsplit('/').next().unwrap();
        let vuoto = compila(&anna, &pagina, "Circolare", &[("aggiungi-gruppo", "1")]);
        assert!(vuoto.html.contains("Scegli il gruppo da aggiungere"), "{}", vuoto.html);
        let piena = compila(&anna, &pagina, "Circolare", &[("aggiungi-gruppo", "1"), ("gruppo", gruppo), ("file:principale", "x")]);
        let nomi = |i: usize| piena.campo_se_c_e(&format!("parte-{i}-cognome"));
        assert_eq!((nomi(0).as_deref(), nomi(3).as_deref(), nomi(4)), (Some("Bianchi"), Some("Liceo scientifico Galileo Galilei"), None));
        let tenuto = piena.campo("tenuto");
        let mut campi = vec![("tenuto".to_owned(), tenuto)];
        for i in 1..4 {
            campi.push((format!("parte-{i}-tipo"), "amministrazione".to_owned()));
            for campo in ["cognome", "nome", "cf", "pec", "ipa", "aoo", "uo"] {
                let nome = format!("parte-{i}-{campo}");
                campi.push((nome.clone(), piena.campo(&nome)));
            }
        }
        let campi: Vec<(&str, &str)> = campi.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let ancora = compila(&anna, &piena, "Circolare", &[campi.as_slice(), &[("aggiungi-gruppo", "1"), ("gruppo", gruppo)]].concat());
        assert!(ancora.campo_se_c_e("parte-4-cognome").is_none(), "each once");
        let fatta = compila(&anna, &piena, "Circolare", &campi);
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        let registrata = leggi(&format!("{}/api/v1{}", server.url, fatta.testata("location")), &casa.gettone).json();
        assert_eq!(registrata["corrispondenti"].as_array().map(Vec::len), Some(4));
        assert_eq!(registrata["corrispondenti"][3]["pec"], "istsc03@pec.istruzione.example");

        // One of them vanishes from the IPA: it is told, and the others are picked.
        let nuovo: String = testo("amministrazioni.csv").lines().filter(|l| !l.contains("istsc_xx02")).map(|l| format!("{l}\n")).collect();
        assert_eq!(importa(casa, &[&scrivi(casa, "n.csv", nuovo.as_bytes())]).0, Some(0));
        assert!(anna.apri(&luogo).html.contains("Non è più nell&#39;IPA: amministrazione istsc_xx02"));
        let senza = compila(&anna, &pagina, "Circolare", &[("aggiungi-gruppo", "1"), ("gruppo", gruppo)]);
        assert!(senza.html.contains("Del gruppo manca chi non è più") && senza.campo_se_c_e("parte-2-cognome").is_some(), "{}", senza.html);
        let membro = anna.apri(&luogo).html.split("/membri/").nth(2).unwrap().split('/').next().unwrap().to_owned();
        let togli = || manda(&format!("{luogo}/membri/{membro}/uscita"), "").stato;
        assert_eq!((togli(), togli()), (303, 409));
        assert_eq!(casa.conta("membri_gruppi"), 3, "who left is still told");
        assert_eq!(manda(&format!("{luogo}/chiusura"), "").stato, 422, "not without a word");
        let chiudi = || manda(&format!("{luogo}/chiusura"), "conferma=1").stato;
        assert_eq!((chiudi(), chiudi(), anna.apri(&luogo).stato), (303, 404, 404));
        assert_eq!(compila(&anna, &pagina, "Circolare", &[("aggiungi-gruppo", "1"), ("gruppo", gruppo)]).stato, 404);
        integra(casa);
        crate::guardie::attacca(casa, 5);
    }

    fn a_program_keeps_a_group_and_reads_who_is_in_it(casa) {
        importa_tutto(casa);
        let server = casa.server();
        let url = format!("{}/api/v1", server.url);
        let manda = |strada: &str, corpo: serde_json::Value| chiama_json(&format!("{url}{strada}"), &casa.gettone, &corpo.to_string());
        let soggetto = manda("/rubrica", json!({ "tipo": "persona-giuridica", "denominazione": "Scuola paritaria srl", "recapiti": [{ "tipo": "pec", "valore": "s@pec.example" }] }));
        let soggetto = soggetto.json()["id"].clone();
        let creato = manda("/gruppi", json!({ "nome": "Scuole" }));
        assert_eq!(creato.stato, 201);
        let strada = format!("/gruppi/{}", creato.json()["id"].as_str().unwrap());
        assert_eq!(manda(&format!("{strada}/membri"), json!({ "soggetto": soggetto })).stato, 201);
        let pieno = manda(&format!("{strada}/membri"), json!({ "genere": "uo", "codice": "X801AN" })).json();
        let iscritti = pieno["iscritti"].as_array().unwrap();
        assert_eq!((&iscritti[0]["denominazione"], &iscritti[0]["pec"]), (&json!("Scuola paritaria srl"), &json!("s@pec.example")));
        assert_eq!((&iscritti[1]["codiceUo"], &iscritti[1]["fonte"]), (&json!("X801AN"), &json!("IPA, dati del 31/10/2026")));
        for corpo in [json!({}), json!({ "soggetto": soggetto, "codice": "x" }), json!({ "genere": "uo", "codice": "nessuno" }), json!({ "genere": "x", "codice": "y" })] {
            assert_eq!(manda(&format!("{strada}/membri"), corpo.clone()).stato, 422, "{corpo}");
        }
        assert_eq!(manda(&format!("{strada}/membri"), json!({ "soggetto": soggetto })).stato, 409);
        let membro = iscritti[0]["id"].as_str().unwrap();
        assert_eq!(manda(&format!("{strada}/membri/{membro}/uscita"), json!({})).stato, 201);
        let elenco = leggi(&format!("{url}/gruppi"), &casa.gettone).json();
        assert_eq!((&elenco["risultati"][0]["nome"], &elenco["risultati"][0]["membri"]), (&json!("Scuole"), &json!(1)));
        assert_eq!(manda(&format!("{strada}/chiusura"), json!({})).stato, 204);
        assert_eq!(leggi(&format!("{url}{strada}"), &casa.gettone).stato, 404);
        integra(casa);
    }
}

#[test]
fn a_clerk_makes_a_group_and_picks_it() {
    for finestra in [(1440, 900), (390, 844)] {
        let casa = crate::casa::Casa::sqlite();
        importa_tutto(&casa);
        let server = casa.server();
        assumi(&casa, "anna", Ruolo::Operatore);
        naviga(finestra, async |driver| percorso(driver, &server.url).await);
    }
}

async fn percorso(driver: &WebDriver, url: &str) -> WebDriverResult<()> {
    entra(driver, url, "anna").await?;
    driver.goto(format!("{url}/rubrica")).await?;
    premi(driver.query(By::LinkText("Gruppi")).first().await?).await?;
    driver.query(By::Id("nome")).first().await?.send_keys("Scuole del territorio").await?;
    premi(driver.find(By::Id("crea")).await?).await?;
    driver.query(By::Id("cerca")).first().await?.send_keys("istituto").await?;
    premi(driver.find(By::Css("form.cerca-qui button[type='submit']")).await?).await?;
    for codice in ["istsc_xx01", "istsc_xx02"] {
        let scelta = format!("button[name='chi'][value='ipa/amministrazione/{codice}']");
        premi(driver.query(By::Css(scelta.as_str())).first().await?).await?;
        driver.query(By::Css("tbody tr")).first().await?;
    }
    driver.query(By::Css("tbody tr:nth-child(2)")).first().await?;
    ritratto(driver, "gruppo").await?;
    pulita(driver, url, &[]).await?;
    driver.goto(format!("{url}/rubrica/gruppi")).await?;
    driver.query(By::Css("tbody tr")).first().await?;
    ritratto(driver, "gruppi").await?;
    pulita(driver, url, &[]).await?;
    driver.goto(format!("{url}/registrazioni/nuova?flusso=uscita")).await?;
    let scelta = driver.query(By::Css("#gruppo option:nth-child(2)")).first().await?;
    scelta.click().await?;
    let aggiungi = driver.find(By::Id("aggiungi-gruppo")).await?;
    aggiungi.scroll_into_view().await?;
    premi(aggiungi).await?;
    driver.query(By::Id("parte-1-cognome")).first().await?;
    ritratto(driver, "gruppo-preso").await?;
    pulita(driver, url, &[]).await
}
