//! A message as its sender laid it out, in a real browser: nothing runs, nothing leaves.

use super::browser::{entra, naviga, premi, pulita, ritratto};
use super::cliente::{Cliente, assumi};
use crate::casa::Casa;
use crate::posta;
use std::net::{TcpListener, TcpStream};
use tabulario::utenti::Ruolo;
use thirtyfour::prelude::*;

/// The smallest picture.
const GIF: &str = "R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==";

/// HTML that asks this address in every way we know, and one that says it ran.
fn ostile(fuori: &str) -> String {
    format!(
        "<html><head><base href='{fuori}/base/'><meta http-equiv=refresh content='0;url={fuori}/refresh'>\
         <link rel=stylesheet href='{fuori}/foglio.css'><link rel=preload as=image href='{fuori}/preload'>\
         <link rel=dns-prefetch href='{fuori}'><link rel=prefetch href='{fuori}/prefetch'><link rel=icon href='{fuori}/icona'>\
         <style>@import url({fuori}/import.css); body {{ background: url({fuori}/css) }} \
         @font-face {{ font-family: x; src: url({fuori}/font) }} p {{ font-family: x }}</style>\
         <script>document.body.textContent = 'ESEGUITO'; top.location = '{fuori}/script'</script></head>\
         <body background='{fuori}/body' onload=\"document.body.textContent='ESEGUITO'\">\
         <h2>Sollecito di pagamento</h2><p onclick='x()' style=\"background-image:url('{fuori}/stile')\">Gentile ufficio,</p>\
         <p style=\"background:u\\72l('{fuori}/scritto')\">il resto segue.</p><table background='{fuori}/tabella'><tr><td>Fattura 12</td></tr></table>\
         <img src='{fuori}/img' alt='Il logo' srcset='{fuori}/srcset 2x'><img src='//{dominio}/senza'><img src=x onerror=\"document.body.textContent='ESEGUITO'\">\
         <img src='cid:logo@x' alt=dentro width=40 height=40><picture><source srcset='{fuori}/source'></picture>\
         <svg><image href='{fuori}/svg'/><use href='{fuori}/use#a'/><script>x()</script></svg><math><mtext><img src='{fuori}/math'></mtext></math>\
         <object data='{fuori}/object'></object><embed src='{fuori}/embed'><iframe src='{fuori}/iframe'></iframe><iframe srcdoc=\"<img src='{fuori}/srcdoc'>\"></iframe>\
         <video poster='{fuori}/poster' src='{fuori}/video' autoplay></video><audio src='{fuori}/audio' autoplay></audio>\
         <form action='{fuori}/form'><input type=image src='{fuori}/input'><button autofocus>Conferma i dati</button></form>\
         <a href='{fuori}/a' ping='{fuori}/ping'>www.comune.example.it</a> <a href='javascript:x()'>qui</a>\
         <noscript><img src='{fuori}/noscript'></noscript><p style='color:red'>Fine.</p></body></html>",
        dominio = fuori.trim_start_matches("http://"),
    )
}

fn lettera(html: &str) -> String {
    format!(
        "From: Ditta Rossi <ditta@example.it>\r\nTo: protocollo@pec.example.it\r\nSubject: Sollecito\r\nMessage-ID: <html@example.it>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n\
         --a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSollecito in chiaro\r\n--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--a--\r\n\
         --r\r\nContent-Type: image/gif; name=logo.gif\r\nContent-ID: <logo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n{GIF}\r\n--r--\r\n"
    )
}

fn arriva(casa: &Casa, eml: &str) {
    let casella = posta::casella(casa, &["nessuna"]);
    std::fs::write(casa.dir.path().join("posta/new/html"), eml).unwrap();
    assert_eq!(posta::ricevi(casa, &casella), 1);
}

#[test]
fn html_of_a_stranger_is_shown_and_nothing_runs_or_leaves() {
    let casa = Casa::sqlite();
    let fuori = TcpListener::bind("127.0.0.1:0").unwrap();
    let indirizzo = fuori.local_addr().unwrap();
    arriva(&casa, &lettera(&ostile(&format!("http://{indirizzo}"))));
    let server = casa.server();
    assumi(&casa, "anna", Ruolo::Operatore);
    for finestra in [(1440, 900), (390, 844)] {
        naviga(finestra, async |driver| {
            let vai = async |cosa: By| driver.query(cosa).first().await;
            entra(driver, &server.url, "anna").await?;
            premi(vai(By::PartialLinkText("Sollecito")).await?).await?;
            // The plain text comes first; what was typed meanwhile stays when the other is asked for.
            assert_eq!(vai(By::Css(".corpo-messaggio")).await?.text().await?, "Sollecito in chiaro");
            vai(By::Id("oggetto")).await?.send_keys(" urgente").await?;
            vai(By::Id("come-scritto")).await?.click().await?;
            assert!(!vai(By::Css(".corpo-messaggio")).await?.is_displayed().await?);
            let cornice = vai(By::Css(".aspetto iframe")).await?;
            assert!(cornice.is_displayed().await?);
            cornice.enter_frame().await?;
            mostrato(driver).await?;
            driver.enter_default_frame().await?;
            ritratto(driver, "messaggio-html").await?;
            assert!(vai(By::Id("oggetto")).await?.prop("value").await?.unwrap().ends_with("urgente"));
            pulita(driver, &server.url, &[]).await?;
            // Alone, as it is printed.
            let da_solo = vai(By::Css(".aspetto a")).await?.attr("href").await?.unwrap();
            driver.goto(format!("{}{da_solo}", server.url)).await?;
            mostrato(driver).await?;
            let carta =
                driver.cdp().send_raw("Page.printToPDF", serde_json::json!({ "printBackground": true })).await?;
            assert!(carta["data"].as_str().unwrap().len() > 5_000);
            ritratto(driver, "messaggio-html-solo").await
        });
    }
    fuori.set_nonblocking(true).unwrap();
    assert!(fuori.accept().is_err(), "somebody was asked");
    let _noi = TcpStream::connect(indirizzo).unwrap();
    fuori.set_nonblocking(false).unwrap();
    assert!(fuori.accept().is_ok(), "it would have heard");
}

async fn mostrato(driver: &WebDriver) -> WebDriverResult<()> {
    let testo = driver.query(By::Tag("body")).first().await?.text().await?;
    for parola in
        ["Sollecito di pagamento", "Gentile ufficio", "Fattura 12", "Il logo", "attenzione: porta a 127.0.0.1", "Fine."]
    {
        assert!(testo.contains(parola), "{parola}: {testo}");
    }
    assert!(!testo.contains("ESEGUITO"), "{testo}");
    let immagini = driver.find_all(By::Tag("img")).await?;
    assert_eq!(immagini.len(), 1, "only the picture of the message");
    assert!(immagini[0].attr("src").await?.unwrap().starts_with("data:image/gif;base64,"));
    for assente in ["script", "form", "button", "input", "iframe", "object", "svg", "video", "link", "base"] {
        assert!(driver.find_all(By::Css(format!("body {assente}"))).await?.is_empty(), "{assente}");
    }
    Ok(())
}

#[test]
fn a_message_of_the_sdi_and_a_receipt_of_nothing_fit_on_every_screen() {
    let casa = Casa::sqlite();
    let casella = posta::casella(&casa, &["04", "05"]);
    let eml = crate::servizi::del_sdi();
    std::fs::write(casa.dir.path().join("posta/new/sdi"), eml).unwrap();
    assert_eq!(posta::ricevi(&casa, &casella), 3);
    let server = casa.server();
    assumi(&casa, "anna", Ruolo::Operatore);
    for finestra in [(1440, 900), (390, 844)] {
        naviga(finestra, async |driver| {
            let vai = async |cosa: By| driver.query(cosa).first().await;
            entra(driver, &server.url, "anna").await?;
            premi(vai(By::PartialLinkText("Fattura elettronica")).await?).await?;
            assert!(vai(By::Css(".servizio")).await?.text().await?.contains("1.220,00 EUR"));
            ritratto(driver, "messaggio-sdi").await?;
            driver.goto(format!("{}/ricevute", server.url)).await?;
            assert_eq!(driver.find_all(By::Css("tbody tr")).await?.len(), 2);
            ritratto(driver, "ricevute").await?;
            pulita(driver, &server.url, &[]).await
        });
    }
}

#[test]
fn the_answer_forbids_what_the_cleaning_should_have_taken_out() {
    let casa = Casa::sqlite();
    arriva(&casa, &lettera("<p>ciao</p>"));
    let server = casa.server();
    assumi(&casa, "anna", Ruolo::Operatore);
    assumi(&casa, "paolo", Ruolo::Addetto);
    let anna = Cliente::dentro(&server, "anna");
    let elenco = anna.apri("/da-protocollare").html;
    let id = elenco.split("href=\"/da-protocollare/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let strada = format!("/da-protocollare/{id}/aspetto");
    let risposta = anna.apri(&strada);
    assert_eq!(risposta.stato, 200);
    let csp = risposta.testata("content-security-policy");
    for regola in
        ["default-src 'none'", "img-src data:;", "form-action 'none'", "base-uri 'none'", "sandbox allow-popups"]
    {
        assert!(csp.contains(regola), "{csp}");
    }
    assert!(!csp.contains("script") && !csp.contains("same-origin"), "{csp}");
    assert_eq!(risposta.testata("referrer-policy"), "no-referrer");
    assert!(anna.apri(&format!("/da-protocollare/{id}")).html.contains("Come l'ha scritto il mittente"));
    assert_eq!(Cliente::dentro(&server, "paolo").apri(&strada).stato, 404);
}
