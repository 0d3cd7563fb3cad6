//! The sight called *minima*: is it here, who has it, and nothing else.

use super::browser::{entra, naviga, pulita, ritratto};
use super::cliente::{Cliente, assumi_in, tributi};
use crate::casa::{Casa, entrata, registra, su_entrambi};
use serde_json::json;
use tabulario::utenti::Ruolo;
use thirtyfour::prelude::*;

/// Number 1 is open, number 2 riservata; both are of the office of the house, and somebody of another office looks.
fn prepara(casa: &Casa, url: &str) -> String {
    assumi_in(casa, "estraneo", Ruolo::Addetto, &tributi(casa));
    let aperta = registra(url, &casa.gettone, "a", &entrata("Istanza di permesso"), b"testo").unwrap().json();
    let mut segreta = entrata("Segnalazione");
    segreta["riservato"] = true.into();
    registra(url, &casa.gettone, "s", &segreta, b"segreto").unwrap();
    aperta["id"].as_str().unwrap().to_owned()
}

su_entrambi! {
    fn everybody_may_know_who_has_it_and_nothing_else(casa) {
        let server = casa.server();
        let id = prepara(casa, &server.url);
        let estraneo = Cliente::dentro(&server, "estraneo");
        assert_eq!(estraneo.apri(&format!("/registrazioni/{id}")).stato, 404);
        assert!(estraneo.apri("/ricerca?q=1").html.contains("href=\"/dove?numero=1\""));
        let detto = estraneo.apri("/dove?numero=1").html;
        assert!(detto.contains("n. 0000001/") && detto.contains("Sportello edilizia"), "{detto}");
        assert!(!detto.contains("permesso") && !detto.contains("Bianchi") && !detto.contains(&id), "{detto}");
        // What is riservato is like what does not exist.
        let altre = ["2", "99", "1/2020"].map(|numero| {
            let pagina = estraneo.apri(&format!("/dove?numero={numero}"));
            (pagina.stato, pagina.html.contains("Nessun documento con questo numero"), pagina.html.contains("edilizia"))
        });
        assert_eq!(altre, [(200, true, false); 3]);
        assert_eq!(estraneo.apri("/dove?numero=abc").stato, 422);
        let strada = format!("{}/api/v1/registrazioni/{id}/rifiuto", server.url);
        let rifiuto = json!({ "ufficio": "EDIL", "motivo": "Non è nostra" }).to_string();
        assert_eq!(crate::casa::chiama_json(&strada, &casa.gettone, &rifiuto).stato, 201);
        assert!(estraneo.apri("/dove?numero=1").html.contains("La riassegna il protocollo"));
        let chiesto = json!({ "motivo": "Registrata due volte" }).to_string();
        let strada = format!("{}/api/v1/registrazioni/{id}/annullamento", server.url);
        assert_eq!(crate::casa::chiama_json(&strada, &casa.gettone, &chiesto).stato, 201);
        let annullata = estraneo.apri("/dove?numero=1").html;
        assert!(annullata.contains("annullata") && !annullata.contains("due volte"), "{annullata}");
    }
}

#[test]
fn it_is_asked_in_a_browser() {
    let casa = Casa::sqlite();
    let server = casa.server();
    prepara(&casa, &server.url);
    for finestra in [(1440, 900), (390, 844)] {
        naviga(finestra, async |driver| guarda(driver, &server.url).await);
    }
}

async fn guarda(driver: &WebDriver, url: &str) -> WebDriverResult<()> {
    entra(driver, url, "estraneo").await?;
    driver.goto(format!("{url}/dove?numero=1")).await?;
    assert!(driver.find(By::Css("dl")).await?.text().await?.contains("Sportello edilizia"));
    ritratto(driver, "dove").await?;
    pulita(driver, url, &[]).await
}
