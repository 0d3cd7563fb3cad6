//! Sending from the page of a registration, by the API, and the page of what has not arrived.

use super::*;
use crate::casa::{chiama_con, su_entrambi};
use crate::pagine::browser::{entra, naviga, premi, pulita, ritratto};
use crate::pagine::cliente::{Cliente, Pagina, assumi};
use tabulario::utenti::Ruolo;
use thirtyfour::prelude::*;

fn manda(chi: &Cliente<'_>, id: RegistrazioneId, corpo: &str) -> Pagina {
    let modulo = chi.apri("/benvenuto").campo("modulo");
    chi.modulo_semplice(&format!("/registrazioni/{id}/spedizione"), &format!("modulo={modulo}&{corpo}"))
}

su_entrambi! {
    fn a_clerk_sends_sees_what_has_not_arrived_and_sends_it_again(casa) {
        let gestore = casa_e_gestore(casa);
        let server = casa.server();
        for (nome, ruolo) in [("anna", Ruolo::Operatore), ("rino", Ruolo::Revisore)] {
            assumi(casa, nome, ruolo);
        }
        let (anna, rino) = (Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "rino"));
        let id = uscita(casa, &["bene", "piena", "inesistente", "muta"], b"testo");
        let strada = format!("/registrazioni/{id}");
        assert!(anna.apri("/spedizioni").html.contains("Tutto quello che è stato spedito è arrivato."));
        assert!(anna.apri(&strada).html.contains("Spedisci a 4 destinatari"));
        assert!(!rino.apri(&strada).html.contains("Spedisci a 4"), "who only looks is offered nothing");
        assert_eq!((manda(&rino, id, "ricevuta=completa").stato, rino.apri("/spedizioni").stato), (404, 404));
        let no = manda(&anna, id, "ricevuta=tutta");
        assert!(no.stato == 422 && no.html.contains("si può dire completa, breve o sintetica"), "{}", no.html);
        assert_eq!(manda(&anna, id, "ricevuta=sintetica").stato, 303);
        let html = anna.apri(&strada).html;
        assert!(html.contains("hx-trigger=\"every 10s\"") && html.contains("conclusi 0 di 4"), "{html}");
        assert!(anna.apri("/spedizioni").html.contains("In partenza (4)"));
        fra_minuti(casa, 0);
        let html = anna.apri("/spedizioni").html;
        for parte in ["Non arrivate, o senza ricevute da 24 ore (2)", "In attesa di ricevute (1)", "550 5.1.1 casella inesistente", "Il gestore comunica: 5.2.2 casella piena."] {
            assert!(html.contains(parte), "{parte}: {html}");
        }
        assert!(!html.contains("bene@pec.example") && !html.contains("In partenza"), "{html}");
        let html = anna.apri(&strada).html;
        for parte in ["Consegnato a 1 di 4, non consegnato a 2", "Rispedisci ai non raggiunti", "ricevuta sintetica", "conclusi 3 di 4"] {
            assert!(html.contains(parte), "{parte}: {html}");
        }
        assert_eq!(manda(&anna, id, "ricevuta=completa&rispedisci=1").stato, 303);
        let doppia = manda(&anna, id, "ricevuta=completa&rispedisci=1");
        assert!(doppia.stato == 409 && doppia.html.contains("Non c&#39;è nessuno a cui rispedire"), "{}", doppia.html);
        assert!(anna.apri("/spedizioni").html.contains("In partenza (2)"));
        fra_minuti(casa, 0);
        assert_eq!(presi_per(&gestore), ["bene", "piena", "muta", "piena"]);
        assert_eq!(casa.conta("partenze WHERE aperta"), 3, "what was delivered or sent again is not looked at any more");
    }

    fn an_application_chooses_the_receipt_and_sends_again(casa) {
        let gestore = casa_e_gestore(casa);
        let server = casa.server();
        let id = uscita(casa, &["piena"], b"testo");
        let invia = |chiave: &str, corpo: Value| {
            let risposta = chiama_con("POST", &format!("{}/api/v1/invii", server.url), &casa.gettone, chiave, &corpo.to_string());
            (risposta.stato, risposta.json())
        };
        let (stato, no) = invia("a", json!({ "registrazione": id.to_string(), "ricevuta": "tutta" }));
        assert!(stato == 422 && no["errors"][0]["pointer"] == "/ricevuta", "{no}");
        let (stato, no) = invia("b", json!({ "registrazione": id.to_string(), "rispedisci": true }));
        assert_eq!((stato, &no["type"]), (409, &json!("urn:tabulario:niente-da-rispedire")));
        let (stato, fatti) = invia("c", json!({ "registrazione": id.to_string(), "ricevuta": "breve" }));
        assert_eq!((stato, &fatti["risultati"][0]["ricevuta"]), (201, &json!("breve")));
        fra_minuti(casa, 0);
        let ancora = json!({ "registrazione": id.to_string(), "rispedisci": true });
        let (stato, fatti) = invia("d", ancora.clone());
        assert_eq!((stato, &fatti["risultati"][1]["rispedisce"]), (201, &fatti["risultati"][0]["id"]));
        assert_eq!(invia("d", ancora).1["risultati"].as_array().unwrap().len(), 2, "the same request is the same sends");
        fra_minuti(casa, 0);
        assert_eq!(presi_per(&gestore), ["piena", "piena"]);
    }
}

#[test]
fn a_clerk_sends_in_a_browser() {
    for finestra in [(1440, 900), (390, 844)] {
        let casa = Casa::sqlite();
        let _gestore = casa_e_gestore(&casa);
        let server = casa.server();
        assumi(&casa, "anna", Ruolo::Operatore);
        let id = uscita(&casa, &["bene", "piena", "inesistente", "muta", "cade-persa", "occupata"], b"testo");
        naviga(finestra, async |driver| spedisce(driver, &casa, &server.url, id).await);
    }
}

async fn spedisce(driver: &WebDriver, casa: &Casa, url: &str, id: RegistrazioneId) -> WebDriverResult<()> {
    entra(driver, url, "anna").await?;
    driver.goto(format!("{url}/registrazioni/{id}")).await?;
    driver.find(By::Css("#ricevuta option[value=breve]")).await?.click().await?;
    premi(driver.find(By::Css("form[action$='/spedizione'] button")).await?).await?;
    driver.query(By::Css("#spedizione progress")).first().await?;
    fra_minuti(casa, 0);
    driver.refresh().await?;
    driver.query(By::XPath("//button[contains(., 'Rispedisci ai non raggiunti')]")).first().await?;
    let sezione = driver.find(By::Id("t-invii")).await?;
    sezione.scroll_into_view().await?;
    ritratto(driver, "spedizione").await?;
    driver.goto(format!("{url}/spedizioni")).await?;
    driver.query(By::Id("g-non-arrivate")).first().await?;
    ritratto(driver, "spedizioni").await?;
    driver.goto(format!("{url}/caselle")).await?;
    ritratto(driver, "caselle-in-partenza").await?;
    pulita(driver, url, &[]).await
}
