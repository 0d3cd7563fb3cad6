//! From the list of messages to a number, and found again, in a real browser.

use super::browser::{entra, naviga, premi, pulita, ritratto};
use super::cliente::assumi;
use crate::casa::Casa;
use crate::posta;
use tabulario::utenti::Ruolo;
use thirtyfour::prelude::*;

#[test]
fn a_clerk_takes_a_message_from_the_list_to_a_number_and_finds_it() {
    let casa = Casa::sqlite();
    let casella = posta::casella(&casa, &["01", "02", "03"]);
    assert_eq!(posta::ricevi(&casa, &casella), 3);
    let server = casa.server();
    assumi(&casa, "anna", Ruolo::Operatore);
    assumi(&casa, "giorgio", Ruolo::Rsp);
    naviga((1440, 900), async |driver| {
        let vai = async |cosa: By| driver.query(cosa).first().await;
        entra(driver, &server.url, "anna").await?;
        ritratto(driver, "da-protocollare").await?;
        assert_eq!(driver.find_all(By::Css(".messaggi li")).await?.len(), 3);
        let oggetto = "Istanza di permesso";
        premi(vai(By::PartialLinkText(oggetto)).await?).await?;
        vai(By::Css("#voce option[value='VI.3']")).await?.click().await?;
        ritratto(driver, "messaggio").await?;
        // The sender, the subject and the main document are proposed; only the office is missing.
        premi(vai(By::Id("protocolla")).await?).await?;
        assert!(vai(By::Id("riassunto")).await?.text().await?.contains("ufficio"));
        pulita(driver, &server.url, &["422"]).await?;
        vai(By::Css("#ufficio option[value='EDIL']")).await?.click().await?;
        premi(vai(By::Id("protocolla")).await?).await?;
        let fatta = vai(By::Css(".alert-success")).await?.text().await?;
        assert!(fatta.contains("n. 0000001"), "{fatta}");
        vai(By::Css(".testata-cerca input")).await?.send_keys("permesso").await?;
        premi(vai(By::Css(".testata-cerca button")).await?).await?;
        let riga = vai(By::LinkText("0000001")).await?;
        assert!(driver.find(By::Css("tbody")).await?.text().await?.contains(oggetto));
        ritratto(driver, "ricerca").await?;
        premi(riga).await?;
        assert_eq!(vai(By::Css("h1 .numero")).await?.text().await?, "n. 0000001");
        assert!(driver.source().await?.contains("messaggio.eml"));
        ritratto(driver, "registrazione").await?;
        pulita(driver, &server.url, &[]).await?;

        // The RSP annuls it; the message waits again.
        premi(vai(By::Css(".testata form[action='/esci'] button")).await?).await?;
        vai(By::Id("utente")).await?;
        entra(driver, &server.url, "giorgio").await?;
        premi(vai(By::LinkText("Registro")).await?).await?;
        premi(vai(By::LinkText("0000001")).await?).await?;
        premi(vai(By::Css("a[href$='/annullamento']")).await?).await?;
        vai(By::Id("motivo")).await?.send_keys("Protocollata con il mittente sbagliato").await?;
        vai(By::Css("input[name='conferma']")).await?.click().await?;
        ritratto(driver, "annulla").await?;
        premi(vai(By::Css("form.stretto button[type='submit']")).await?).await?;
        let annullata = vai(By::Css(".alert-danger")).await?.text().await?;
        assert!(annullata.contains("Annullata con provvedimento n. 1/"), "{annullata}");
        ritratto(driver, "annullata").await?;
        premi(vai(By::LinkText("Registro")).await?).await?;
        vai(By::Css("tr.annullata")).await?;
        ritratto(driver, "registro").await?;
        premi(vai(By::LinkText("Conservazione")).await?).await?;
        ritratto(driver, "conservazione").await?;
        premi(vai(By::LinkText("Da protocollare")).await?).await?;
        assert_eq!(driver.find_all(By::Css(".messaggi li")).await?.len(), 3);
        pulita(driver, &server.url, &[]).await
    });
    assert_eq!(casa.conta("registrazioni"), 1);
}
