//! The pages in a real browser: a clerk enters, registers, reads the number, finds it in the register.

use super::cliente::{PASSWORD, assumi};
use crate::casa::Casa;
use futures_util::FutureExt;
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tabulario::utenti::Ruolo;
use thirtyfour::LoggingPrefsLogLevel;
use thirtyfour::prelude::*;

/// `chromedriver` on a free port, ended when dropped.
struct Autista {
    url: String,
    figlio: Child,
}

impl Autista {
    fn avvia() -> Self {
        let porta = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let figlio = Command::new("chromedriver")
            .arg(format!("--port={porta}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts (Debian package chromium-driver)");
        let autista = Self { url: format!("http://127.0.0.1:{porta}"), figlio };
        let limite = Instant::now() + Duration::from_secs(60);
        let stato = format!("{}/status", autista.url);
        while crate::casa::chiama("GET", &stato, "", None, None).is_none_or(|r| r.stato != 200) {
            assert!(Instant::now() < limite, "chromedriver does not answer");
            std::thread::yield_now();
        }
        autista
    }
}

impl Drop for Autista {
    fn drop(&mut self) {
        let _ = self.figlio.kill();
        let _ = self.figlio.wait();
    }
}

#[test]
fn a_clerk_enters_registers_and_finds_the_number() {
    let casa = Casa::sqlite();
    let server = casa.server();
    assumi(&casa, "anna", Ruolo::Operatore);
    let file = casa.dir.path().join("istanza.txt");
    std::fs::write(&file, "Chiedo il permesso.").unwrap();
    naviga((1440, 900), async |driver| percorso(driver, &server.url, file.to_str().unwrap()).await);
}

/// Goes through pages in a Chromium of its own, with a window of this size.
pub fn naviga(finestra: (u32, u32), percorso: impl AsyncFnOnce(&WebDriver) -> WebDriverResult<()>) {
    let autista = Autista::avvia();
    actix_web::rt::System::new().block_on(async {
        let mut chromium = DesiredCapabilities::chrome();
        for argomento in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--force-prefers-reduced-motion",
        ] {
            chromium.add_arg(argomento).unwrap();
        }
        chromium.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
        let driver = WebDriver::new(&autista.url, chromium).await.unwrap();
        let esito = match schermo(&driver, finestra).await {
            // Left without an end, a browser makes a failed test wait for two minutes.
            Ok(()) => AssertUnwindSafe(percorso(&driver)).catch_unwind().await,
            Err(e) => Ok(Err(e)),
        };
        let fine = driver.clone().quit().await;
        match esito {
            Ok(esito) => esito.unwrap(),
            Err(fallita) => resume_unwind(fallita),
        }
        fine.unwrap();
    });
}

/// The screen, also narrower than a window of the desktop may be.
async fn schermo(driver: &WebDriver, (larghezza, altezza): (u32, u32)) -> WebDriverResult<()> {
    let misure = serde_json::json!({ "width": larghezza, "height": altezza, "screenWidth": larghezza, "screenHeight": altezza,
            "deviceScaleFactor": 1, "mobile": larghezza < 500 });
    driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", misure).await.map(|_| ())
}

/// The whole page as a picture under `target/immagini`, for people to look at; nothing stands out at the right.
pub async fn ritratto(driver: &WebDriver, nome: &str) -> WebDriverResult<()> {
    let cartella = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/immagini");
    std::fs::create_dir_all(&cartella).unwrap();
    let intera = serde_json::json!({ "captureBeyondViewport": true });
    let foto = driver.cdp().send_raw("Page.captureScreenshot", intera).await?;
    let png =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, foto["data"].as_str().unwrap()).unwrap();
    let largo: u32 = driver.execute("return screen.width", vec![]).await?.convert()?;
    std::fs::write(cartella.join(format!("{nome}-{largo}.png")), png).unwrap();
    // Not `innerWidth`: a phone widens it to what does not fit.
    let script = "const largo = document.documentElement.scrollWidth;
        const fuori = [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > screen.width);
        return [largo, fuori.map(e => e.outerHTML.slice(0, 80)).join(' | ')]";
    let (intero, fuori): (u32, String) = driver.execute(script, vec![]).await?.convert()?;
    assert!(intero <= largo, "{nome} is {intero} pixels wide on a screen of {largo}: {fuori}");
    Ok(())
}

/// Clicks what leads to another page, and waits until the page of the click is gone: what is looked for next is found
/// in the next page only.
pub async fn premi(elemento: WebElement) -> WebDriverResult<()> {
    elemento.click().await?;
    elemento.wait_until().wait(Duration::from_secs(30), Duration::from_millis(20)).stale().await
}

/// Enters at the door, and waits for the first page.
pub async fn entra(driver: &WebDriver, url: &str, utente: &str) -> WebDriverResult<()> {
    driver.goto(url).await?;
    driver.find(By::Id("utente")).await?.send_keys(utente).await?;
    driver.find(By::Id("password")).await?.send_keys(PASSWORD).await?;
    premi(driver.find(By::Css("form button")).await?).await?;
    driver.query(By::Css(".testata")).first().await.map(|_| ())
}

async fn percorso(driver: &WebDriver, url: &str, file: &str) -> WebDriverResult<()> {
    entra(driver, url, "anna").await?;
    premi(driver.query(By::LinkText("Nuova entrata")).first().await?).await?;
    for (id, testo) in [
        ("principale", file),
        ("parte-0-cognome", "Bianchi"),
        ("parte-0-nome", "Maria"),
        ("oggetto", "Istanza di permesso"),
    ] {
        driver.query(By::Id(id)).first().await?.send_keys(testo).await?;
    }
    // Refused first: the office is missing. What was typed stays, the file too.
    driver.find(By::Css("#voce option[value='VI.3']")).await?.click().await?;
    premi(driver.find(By::Id("protocolla")).await?).await?;
    let riassunto = driver.query(By::Id("riassunto")).first().await?;
    assert!(riassunto.text().await?.contains("Manca l'ufficio"));
    pulita(driver, url, &["422"]).await?;
    driver.find(By::Css("#ufficio option[value='EDIL']")).await?.click().await?;
    premi(driver.find(By::Id("protocolla")).await?).await?;
    let numero = driver.query(By::Css("h1 .numero")).first().await?.text().await?;
    assert_eq!(numero, "n. 0000001");
    assert!(driver.source().await?.contains("istanza.txt"));
    pulita(driver, url, &[]).await?;
    premi(driver.find(By::LinkText("Registro")).await?).await?;
    let riga = driver.query(By::LinkText("0000001")).first().await?;
    assert!(driver.find(By::Css("tbody tr")).await?.text().await?.contains("Istanza di permesso"));
    pulita(driver, url, &[]).await?;
    premi(riga).await?;
    driver.query(By::Css("h1 .numero")).first().await?;
    Ok(())
}

/// No message in the console beyond those with `ammessi`, nothing loaded from another host, the style sheet in force.
pub async fn pulita(driver: &WebDriver, url: &str, ammessi: &[&str]) -> WebDriverResult<()> {
    let script = "return performance.getEntriesByType('resource').map(r => r.name)";
    let caricate: Vec<String> = driver.execute(script, vec![]).await?.convert()?;
    assert!(caricate.iter().all(|r| r.starts_with(url) || r.starts_with("data:")), "{caricate:?}");
    let colore = "return getComputedStyle(document.querySelector('.testata, .portale-testata')).backgroundColor";
    let colore: String = driver.execute(colore, vec![]).await?.convert()?;
    assert!(
        ["rgb(0, 64, 128)", "rgb(0, 102, 204)"].contains(&colore.as_str()),
        "the style sheet is not there: run `make assets` and build again"
    );
    let voci: Vec<String> = driver.browser_log().await?.into_iter().map(|v| v.message).collect();
    let brutte: Vec<_> = voci.iter().filter(|v| !ammessi.iter().any(|a| v.contains(a))).collect();
    assert!(brutte.is_empty(), "{brutte:?}");
    Ok(())
}
