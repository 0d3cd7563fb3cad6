//! Fascicoli, and what may still change of a registration, as clerks do it in the pages.

use super::browser::{entra, naviga, premi, pulita, ritratto};
use super::cliente::{Cliente, Pagina, assumi, assumi_in, tributi};
use super::registra;
use crate::casa::{Casa, comando, entrata, registra as per_api, su_entrambi};
use tabulario::utenti::Ruolo;
use thirtyfour::prelude::*;

fn apri(chi: &Cliente<'_>, oggetto: &str, registrazione: &str) -> Pagina {
    let pagina = chi.apri(&format!("/fascicoli/nuovo?registrazione={registrazione}"));
    assert_eq!(pagina.stato, 200, "{}", pagina.html);
    invia(chi, &pagina, oggetto, registrazione)
}

fn invia(chi: &Cliente<'_>, pagina: &Pagina, oggetto: &str, registrazione: &str) -> Pagina {
    let (modulo, chiave) = (pagina.campo("modulo"), pagina.campo("chiave"));
    let oggetto = oggetto.replace(' ', "+");
    let corpo = format!(
        "modulo={modulo}&chiave={chiave}&voce=VI.3&tipo=procedimento&oggetto={oggetto}&registrazione={registrazione}"
    );
    chi.modulo_semplice("/fascicoli", &corpo)
}

su_entrambi! {
    fn a_fascicolo_is_opened_once_filled_by_number_and_found_by_words(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        assert!(anna.apri("/fascicoli").html.contains("Ancora nessun fascicolo"));
        let luogo = registra(&anna, "entrata", "Istanza", &[("file:principale", "x")]).testata("location").to_owned();
        let pagina = anna.apri("/fascicoli/nuovo");
        let aperto = invia(&anna, &pagina, "Attività di via dell'Olmo", "");
        assert_eq!(aperto.stato, 303, "{}", aperto.html);
        let fascicolo = aperto.testata("location").to_owned();
        assert_eq!(invia(&anna, &pagina, "Attività di via dell'Olmo", "").testata("location"), fascicolo);
        assert_eq!(casa.conta("fascicoli"), 1);
        let html = anna.apri(&fascicolo).html;
        for parte in ["/VI.3/1</span> — Attività", "Procedimento amministrativo", "da Anna Verdi", "0 documenti", "Ancora nessun documento"] {
            assert!(html.contains(parte), "{parte} is not in {html}");
        }
        let aggiungi = |numero: &str| {
            let modulo = anna.apri(&fascicolo).campo("modulo");
            anna.modulo_semplice(&format!("{fascicolo}/documenti"), &format!("modulo={modulo}&numero={numero}"))
        };
        for (numero, parte) in [("", "Scrivi il numero"), ("abc", "Scrivi il numero"), ("7", "n. 0000007/"), ("1/2020", "n. 0000001/2020")] {
            let no = aggiungi(numero);
            assert!(no.stato == 422 && no.html.contains(parte) && no.html.contains("errore-numero"), "{numero}: {}", no.html);
        }
        assert_eq!(casa.conta("fascicolazioni"), 0);
        let fatta = aggiungi("1");
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        let html = anna.apri(fatta.testata("location")).html;
        assert!(html.contains("1 documento") && html.contains(&format!("href=\"{luogo}\"")), "{html}");
        assert!(html.contains("Nel fascicolo ora c&#39;è") || html.contains("Nel fascicolo ora c'è"), "{html}");
        assert_eq!(aggiungi("0000001").stato, 303);
        assert_eq!(casa.conta("fascicolazioni"), 1, "filed twice in the same place is once");
        let registrazione = anna.apri(&luogo).html;
        assert!(registrazione.contains(&format!("href=\"{fascicolo}\"")) && registrazione.contains("Fascicolata in"), "{registrazione}");
        for (q, trovato) in [("attivita+olmo", true), ("VI.3/1", true), ("tigli", false)] {
            let html = anna.apri(&format!("/fascicoli?q={q}")).html;
            assert_eq!(html.contains(&fascicolo), trovato, "{q}: {html}");
        }
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn a_registration_is_filed_and_reclassified_from_its_page(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let luogo = registra(&anna, "entrata", "Istanza", &[("file:principale", "x")]).testata("location").to_owned();
        let id = luogo.rsplit('/').next().unwrap();
        let modulo = anna.apri(&luogo).campo("modulo");
        let agisci = |strada: &str, corpo: &str| anna.modulo_semplice(&format!("{luogo}/{strada}"), &format!("modulo={modulo}&{corpo}"));
        for (corpo, parte) in [("codice=", "Scegli un fascicolo"), ("codice=41", "/VI.3/41 non esiste"), ("codice=a/b/c", "Scrivi il codice"), ("fascicolo=x", "Scegli un fascicolo")] {
            let no = agisci("fascicoli", corpo);
            assert!(no.stato == 422 && no.html.contains(parte) && no.html.contains("errore-codice"), "{corpo}: {}", no.html);
        }
        // Opened around it: filed at once.
        let aperto = apri(&anna, "Nuovo", id);
        assert_eq!(aperto.stato, 303, "{}", aperto.html);
        assert!(anna.apri(aperto.testata("location")).html.contains(&luogo));
        let secondo = apri(&anna, "Secondo", "").testata("location").to_owned();
        let terzo = apri(&anna, "Terzo", "").testata("location").rsplit('/').next().unwrap().to_owned();
        assert_eq!(agisci("fascicoli", "codice=VI.3/2").stato, 303);
        assert_eq!(agisci("fascicoli", &format!("fascicolo={terzo}")).stato, 303);
        assert_eq!(casa.conta("fascicolazioni"), 3);
        let html = anna.apri(&luogo).html;
        assert!(html.contains(&secondo) && html.contains(&terzo) && html.contains("Fascicoli</dt>"), "{html}");
        assert_eq!(agisci("classificazione", "voce=VI.3").stato, 303);
        assert_eq!(casa.conta("classificazioni"), 1, "the voce that is there already is no act");
        assert_eq!(agisci("classificazione", "voce=I.1").stato, 303);
        assert_eq!(casa.conta("classificazioni"), 2);
        let html = anna.apri(&luogo).html;
        assert!(html.contains("Classificata in I.1") && html.contains("Classificata in VI.3"), "{html}");
        assert_eq!(agisci("classificazione", "voce=XV.99").stato, 422);
        for strada in ["fascicoli", "classificazione"] {
            let senza = anna.modulo_semplice(&format!("{luogo}/{strada}"), "modulo=altro&codice=1&voce=I.1");
            assert_eq!(senza.stato, 403, "{strada}");
        }
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn a_riservata_is_neither_filed_nor_counted_by_who_may_not_see_it(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        assumi(casa, "rosa", Ruolo::Rsp);
        assumi_in(casa, "luca", Ruolo::Operatore, &tributi(casa));
        let (anna, luca, rosa) = (Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "luca"), Cliente::dentro(&server, "rosa"));
        let segreta = registra(&anna, "entrata", "Segreta", &[("riservato", "1")]).testata("location").to_owned();
        let id = segreta.rsplit('/').next().unwrap();
        let fascicolo = apri(&rosa, "Personale", id).testata("location").to_owned();
        assert!(rosa.apri(&fascicolo).html.contains("1 documento"));
        let html = luca.apri(&fascicolo).html;
        assert!(html.contains("0 documenti") && !html.contains("Segreta") && !html.contains(id), "{html}");
        assert!(luca.apri("/fascicoli").html.contains("0 documenti"));
        let modulo = luca.apri(&fascicolo).campo("modulo");
        let no = luca.modulo_semplice(&format!("{fascicolo}/documenti"), &format!("modulo={modulo}&numero=1"));
        assert!(no.stato == 422 && no.html.contains("non esiste o non è tra quelle che puoi vedere"), "{}", no.html);
        for strada in ["fascicoli", "classificazione"] {
            let no = luca.modulo_semplice(&format!("{segreta}/{strada}"), &format!("modulo={modulo}&codice=1&voce=I.1"));
            assert_eq!(no.stato, 404, "{strada}");
        }
        assert_eq!(luca.apri(&format!("/fascicoli/nuovo?registrazione={id}")).stato, 404);
        assert!(!luca.apri(&format!("{fascicolo}?aggiunta={id}")).html.contains("0000001"));
        let vuoto = luca.apri("/fascicoli/nuovo");
        assert_eq!(invia(&luca, &vuoto, "Altro", id).stato, 404);
        assert_eq!((casa.conta("fascicoli"), casa.conta("fascicolazioni")), (1, 1), "and nothing was opened for it");
    }

    fn who_works_in_an_office_sees_the_fascicoli_that_it_opened(casa) {
        let server = casa.server();
        assumi(casa, "ugo", Ruolo::Addetto);
        assumi_in(casa, "lia", Ruolo::Addetto, &tributi(casa));
        let (ugo, lia) = (Cliente::dentro(&server, "ugo"), Cliente::dentro(&server, "lia"));
        let fascicolo = apri(&ugo, "Dell'edilizia", "").testata("location").to_owned();
        assert_eq!((ugo.apri(&fascicolo).stato, lia.apri(&fascicolo).stato), (200, 404));
        assert!(ugo.apri("/fascicoli").html.contains(&fascicolo) && !lia.apri("/fascicoli").html.contains(&fascicolo));
    }
}

#[test]
fn a_clerk_files_a_registration_in_a_new_fascicolo_and_finds_it_there() {
    let casa = Casa::sqlite();
    let server = casa.server();
    assumi(&casa, "anna", Ruolo::Operatore);
    let fatta = per_api(&server.url, &casa.gettone, "k", &entrata("Istanza di permesso"), b"Chiedo il permesso.");
    let id = fatta.unwrap().json()["id"].as_str().unwrap().to_owned();
    for finestra in [(1440, 900), (390, 844)] {
        naviga(finestra, async |driver| fascicola(driver, &server.url, &id).await);
    }
}

async fn fascicola(driver: &WebDriver, url: &str, id: &str) -> WebDriverResult<()> {
    entra(driver, url, "anna").await?;
    driver.goto(format!("{url}/registrazioni/{id}")).await?;
    // The frame is sandboxed: not even the driver runs anything in it, so only what stands outside is looked at.
    let anteprima = driver.find(By::Css("iframe.anteprima")).await?;
    assert!(anteprima.attr("src").await?.is_some_and(|s| s.contains("/documenti/1/anteprima")));
    ritratto(driver, "registrazione").await?;
    pulita(driver, url, &[]).await?;
    // Refused first: there is no such fascicolo. What was typed stays, and the form is open.
    driver.find(By::XPath("//summary[text()='Fascicola']")).await?.click().await?;
    driver.find(By::Id("codice")).await?.send_keys("99").await?;
    premi(driver.find(By::Id("fascicola")).await?).await?;
    let errore = driver.query(By::Id("errore-codice")).first().await?;
    assert!(errore.text().await?.contains("VI.3/99 non esiste"));
    assert_eq!(driver.find(By::Id("codice")).await?.value().await?.as_deref(), Some("99"));
    pulita(driver, url, &["422"]).await?;
    premi(driver.find(By::LinkText("Nuovo fascicolo")).await?).await?;
    driver.query(By::Id("oggetto")).first().await?.send_keys("Bianchi, attività edilizia").await?;
    premi(driver.find(By::Id("apri")).await?).await?;
    let riga = driver.query(By::LinkText("0000001")).first().await?;
    assert!(driver.find(By::Tag("h1")).await?.text().await?.ends_with(" — Bianchi, attività edilizia"));
    ritratto(driver, "fascicolo").await?;
    pulita(driver, url, &[]).await?;
    premi(riga).await?;
    driver.query(By::Css("h1 .numero")).first().await?;
    pulita(driver, url, &[]).await?;
    driver.goto(format!("{url}/fascicoli")).await?;
    driver.query(By::Id("cerca")).first().await?.send_keys("attivita bian").await?;
    premi(driver.find(By::Css("form.cerca-qui button")).await?).await?;
    let primo = driver.query(By::Css("tbody th a")).first().await?;
    ritratto(driver, "fascicoli").await?;
    premi(primo).await?;
    driver.query(By::LinkText("0000001")).first().await?;
    pulita(driver, url, &[]).await
}
