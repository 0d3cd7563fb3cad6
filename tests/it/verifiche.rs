//! Verdicts on signatures with what they rest on: kept at intake, computed again offline, given anew without touching the first.

use crate::casa::{Casa, Rotto, chiama_json, comando, entrata, leggi, su_entrambi};
use crate::pagine::browser::{entra, naviga, premi, pulita, ritratto};
use crate::pagine::cliente::{Cliente, assumi};
use crate::pagine::registrazione::{fixture, per_api};
use serde_json::Value;
use tabulario::firma::{Fiducia, Prova};
use tabulario::storage::Operazione;
use tabulario::utenti::{self, Ruolo};
use tabulario::valori::{AooId, Attore, Impronta};
use tabulario::{documenti, firma};
use thirtyfour::prelude::*;

const NOME: &str = "delibera.pdf.p7m";

fn firmato() -> Vec<u8> {
    fixture("firma/rsa-ber.pdf.p7m")
}

fn verifiche(url: &str, gettone: &str) -> Vec<Value> {
    let sha256 = Impronta::of(&firmato());
    let risposta = leggi(&format!("{url}/api/v1/documenti/{sha256}/verifiche"), gettone);
    assert_eq!(risposta.stato, 200, "{}", risposta.json());
    risposta.json()["risultati"].as_array().unwrap().clone()
}

/// What the API gives as prova of a verdict.
fn carta_di(url: &str, gettone: &str, id: &str) -> Value {
    let risposta = leggi(&format!("{url}/api/v1/documenti/{}/verifiche/{id}", Impronta::of(&firmato())), gettone);
    assert_eq!(risposta.stato, 200, "{}", risposta.json());
    risposta.json()
}

/// The verdict computed again by the command, with the prova and nothing else.
fn ricalcola(casa: &Casa, prova: &Value) -> (bool, String) {
    let (file, carta) = (casa.dir.path().join(NOME), casa.dir.path().join("prova.json"));
    std::fs::write(&file, firmato()).unwrap();
    std::fs::write(&carta, prova.to_string()).unwrap();
    let uscita = comando(casa, &["verifica", file.to_str().unwrap(), "--prova", carta.to_str().unwrap()]);
    (uscita.status.success(), String::from_utf8(uscita.stdout).unwrap())
}

su_entrambi! {
    fn the_first_verdict_stays_and_each_is_computed_again_from_its_prova(casa) {
        let prima = casa.server();
        let id = per_api(casa, &prima.url, &entrata("Delibera"), &[(NOME, &firmato())]);
        // Nobody was trusted then.
        let una = verifiche(&prima.url, &casa.gettone);
        assert_eq!(una.len(), 1);
        assert_eq!(una[0]["indication"], "INDETERMINATE");
        let carta = carta_di(&prima.url, &casa.gettone, una[0]["id"].as_str().unwrap());
        assert_eq!((carta["version"].as_i64(), carta["name"].as_str()), (Some(1), Some("documento.p7m")), "of the name only its ending");
        let (passata, detto) = ricalcola(casa, &carta);
        assert!(!passata && detto.contains("L'esito ricalcolato è lo stesso della prova"), "{detto}");
        // The same file again says nothing new.
        per_api(casa, &prima.url, &entrata("Delibera, di nuovo"), &[(NOME, &firmato())]);
        assert_eq!(verifiche(&prima.url, &casa.gettone), una);
        drop(prima);

        // Now its authority is.
        let dopo = casa.server_fidato();
        assumi(casa, "lucia", Ruolo::Operatore);
        let cliente = Cliente::dentro(&dopo, "lucia");
        let pagina = cliente.apri(&format!("/registrazioni/{id}"));
        assert!(pagina.html.contains("Verifiche delle firme (1)"), "{}", pagina.html);
        let modulo = format!("modulo={}", pagina.campo("modulo"));
        let fatta = cliente.modulo_semplice(&format!("/registrazioni/{id}/documenti/1/verifiche"), &modulo);
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        let due = verifiche(&dopo.url, &casa.gettone);
        assert_eq!(due.len(), 2);
        assert_eq!(due[0], una[0], "the first one stays");
        assert_eq!(due[1]["istante"], una[0]["istante"], "judged at the same instant");
        let letta = leggi(&format!("{}/api/v1/registrazioni/{id}", dopo.url), &casa.gettone).json();
        assert_eq!(letta["documenti"][0]["firma"]["indication"], "INDETERMINATE", "the first one counts");
        let seconda = carta_di(&dopo.url, &casa.gettone, due[1]["id"].as_str().unwrap());
        let (passata, detto) = ricalcola(casa, &seconda);
        assert!(passata && detto.contains("è lo stesso"), "{detto}");
        let pagina = cliente.apri(&format!("/registrazioni/{id}"));
        assert!(pagina.html.contains("Verificato di nuovo il") && pagina.html.contains("firme valide al"));
        let scaricata =
            cliente.apri(&format!("/registrazioni/{id}/documenti/1/verifiche/{}", due[1]["id"].as_str().unwrap()));
        assert_eq!(serde_json::from_str::<Value>(&scaricata.html).unwrap(), seconda);
        assert!(scaricata.testata("content-disposition").contains("prova"), "{}", scaricata.testata("content-disposition"));
        // Asked again with nothing new, nothing is added.
        let ancora = cliente.modulo_semplice(&format!("/registrazioni/{id}/documenti/1/verifiche"), &modulo);
        assert_eq!((ancora.stato, verifiche(&dopo.url, &casa.gettone).len()), (303, 2));
        // Without the session's token nothing is done, nor for a file that is not there.
        let negata = cliente.modulo_semplice(&format!("/registrazioni/{id}/documenti/1/verifiche"), "modulo=falso");
        assert_ne!(negata.stato, 303);
        let assente = cliente.modulo_semplice(&format!("/registrazioni/{id}/documenti/2/verifiche"), &modulo);
        assert_eq!(assente.stato, 404);
        assert_eq!(verifiche(&dopo.url, &casa.gettone).len(), 2);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn another_aoo_judges_by_its_own_arrival_and_knows_nothing_of_this_one(casa) {
        let server = casa.server();
        per_api(casa, &server.url, &entrata("Delibera"), &[(NOME, &firmato())]);
        let io = Attore::Sistema("comando");
        let apri = |op: &mut Operazione<'_>| {
            let ente = utenti::crea_ente(op, "c_y888".parse()?, "Comune di Altrove".parse()?)?;
            let (codice, nome) = ("AY88Y01".parse()?, "Comune di Altrove".parse()?);
            Ok::<_, Rotto>(utenti::crea_aoo(op, &ente, codice, nome, "PG".parse()?, "p@pec.altrove.example".parse()?)?)
        };
        let altra = casa.db.scrivi(AooId::INSTALLAZIONE, &io, apri).unwrap();
        let crea = |op: &mut Operazione<'_>| {
            Ok::<_, Rotto>(utenti::crea_applicazione(op, &"Altrove".parse()?, None, None)?.1)
        };
        let gettone = casa.db.scrivi(altra.id, &io, crea).unwrap();
        let impronta = Impronta::of(&firmato());
        let suo = &verifiche(&server.url, &casa.gettone)[0]["id"];
        for strada in ["verifiche".to_owned(), format!("verifiche/{}", suo.as_str().unwrap())] {
            let risposta = leggi(&format!("{}/api/v1/documenti/{impronta}/{strada}", server.url), &gettone);
            assert_eq!(risposta.stato, 404, "{strada}");
        }
        assert_eq!(casa.db.leggi(|conn| documenti::rapporti_di(conn, altra.id, &[impronta.to_string()])).unwrap().len(), 0);
        // It arrives there too, later, and is judged there.
        let quando = casa.db.orologio().adesso();
        let sua: Prova =
            firma::prova(&mut firmato().as_slice(), impronta, NOME, &Fiducia::vuota(), quando).unwrap();
        casa.db.scrivi(altra.id, &io, |op| documenti::conserva_rapporto(op, &sua)).unwrap();
        casa.db.scrivi(altra.id, &io, |op| documenti::conserva_rapporto(op, &sua)).unwrap();
        let rapporti = casa.db.leggi(|conn| documenti::rapporti_di(conn, altra.id, &[impronta.to_string()])).unwrap();
        assert_eq!(rapporti[&impronta.to_string()].istante, quando);
        assert_eq!(casa.conta("verifiche"), 2);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn an_altered_prova_shows(casa) {
        let server = casa.server();
        per_api(casa, &server.url, &entrata("Delibera"), &[(NOME, &firmato())]);
        let refuso = chiama_json(&format!("{}/api/v1/documenti/x/verifiche", server.url), &casa.gettone, "{}");
        assert_eq!(refuso.stato, 404);
        casa.sql("UPDATE verifiche SET prova = '{}'").unwrap_err();
        let dove = if casa.indirizzo.starts_with("postgres") { " ON verifiche" } else { "" };
        casa.sql(&format!("DROP TRIGGER guardia_verifiche_update{dove}")).unwrap();
        casa.sql("UPDATE verifiche SET prova = replace(prova, 'INDETERMINATE', 'TOTAL-PASSED')").unwrap();
        let uscita = comando(casa, &["controlla", "--json"]);
        assert!(!uscita.status.success());
        let esito: Value = serde_json::from_slice(&uscita.stdout).unwrap();
        assert!(esito["differences"].as_array().unwrap().iter().any(|d| d["kind"] == "row"), "{esito}");
    }
}

#[test]
fn a_clerk_reads_the_verdicts_and_asks_for_another() {
    let casa = Casa::sqlite();
    let prima = casa.server();
    let id = per_api(&casa, &prima.url, &entrata("Delibera"), &[(NOME, &firmato())]);
    drop(prima);
    let server = casa.server_fidato();
    assumi(&casa, "anna", Ruolo::Operatore);
    for (finestra, attese) in [((1440, 900), 2), ((390, 844), 2)] {
        naviga(finestra, async |driver| rilegge(driver, &server.url, &id, attese).await);
    }
}

async fn rilegge(driver: &WebDriver, url: &str, id: &str, attese: usize) -> WebDriverResult<()> {
    entra(driver, url, "anna").await?;
    driver.goto(format!("{url}/registrazioni/{id}")).await?;
    driver.find(By::Css("#verifiche-1 summary")).await?.click().await?;
    premi(driver.find(By::Css("#verifiche-1 button")).await?).await?;
    driver.query(By::Css("#verifiche-1")).first().await?;
    driver.find(By::Css("#verifiche-1 summary")).await?.click().await?;
    assert_eq!(driver.find_all(By::Css("#verifiche-1 li")).await?.len(), attese);
    ritratto(driver, "registrazione-verifiche").await?;
    pulita(driver, url, &[]).await
}
