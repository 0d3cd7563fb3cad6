//! Changing data and adding notes from the page of a registration: who may, what is told, what stays.

use super::browser::{entra, naviga, premi, pulita, ritratto};
use super::cliente::{Cliente, Pagina, assumi, assumi_in, tributi};
use super::registra;
use crate::casa::{Casa, comando, su_entrambi};
use tabulario::utenti::Ruolo;
use thirtyfour::prelude::*;

const RUOLI: [(&str, Ruolo); 7] = [
    ("anna", Ruolo::Operatore),
    ("rosa", Ruolo::Rsp),
    ("marta", Ruolo::Addetto),
    ("ugo", Ruolo::ResponsabileUfficio),
    ("carla", Ruolo::ResponsabileConservazione),
    ("piero", Ruolo::Amministratore),
    ("rino", Ruolo::Revisore),
];

fn manda(chi: &Cliente<'_>, strada: &str, corpo: &str) -> Pagina {
    let modulo = chi.apri("/benvenuto").campo("modulo");
    chi.modulo_semplice(strada, &format!("modulo={modulo}&{corpo}"))
}

su_entrambi! {
    fn the_protocol_office_changes_data_and_the_page_tells_old_and_new(casa) {
        let server = casa.server();
        for (nome, ruolo) in RUOLI {
            assumi(casa, nome, ruolo);
        }
        let chi = RUOLI.map(|(nome, _)| Cliente::dentro(&server, nome));
        let anna = &chi[0];
        let fatta = registra(anna, "entrata", "Istanza", &[("mezzo", "sportello"), ("data-documento", "2/1/26"), ("file:principale", "testo")]);
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        let strada = fatta.testata("location").to_owned();
        assert!(anna.apri(&strada).html.contains("<dt>Data del documento</dt><dd>02/01/2026</dd>"));
        let no = registra(anna, "entrata", "Dal futuro", &[("data-documento", "2/1/2199")]);
        assert!(no.stato == 422 && no.html.contains("La data del documento (02/01/2199) è dopo la registrazione"), "{}", no.html);
        let no = registra(anna, "entrata", "Senza senso", &[("data-documento", "gennaio")]);
        assert!(no.stato == 422 && no.html.contains("id=\"errore-data-documento\""), "{}", no.html);
        let varia = |chi: &Cliente<'_>, corpo: &str| manda(chi, &format!("{strada}/variazioni"), corpo);
        let annota = |chi: &Cliente<'_>, corpo: &str| manda(chi, &format!("{strada}/annotazioni"), corpo);
        // Columns: operatore, rsp, addetto, responsabile d'ufficio, resp. conservazione, amministratore, revisore.
        for ((chi, (nome, _)), (dati, nota)) in
            chi.iter().zip(RUOLI).zip([(409, 422), (409, 422), (404, 422), (404, 422), (404, 404), (404, 404), (404, 404)])
        {
            assert_eq!((varia(chi, "").stato, annota(chi, "annotazione=").stato), (dati, nota), "{nome}");
            let pagina = chi.apri(&strada).html;
            assert_eq!((pagina.contains("/variazioni\""), pagina.contains("/annotazioni\"")), (dati == 409, nota == 422), "{nome}");
        }
        for (corpo, frase) in [
            ("mezzo=pec&era-mezzo=sportello", "solo fra quelli su carta"),
            ("mezzo=x&era-mezzo=sportello", "Scegli il mezzo dall&#39;elenco."),
            ("data=gennaio&era-data=", "Data del documento: scrivi giorno, mese e anno"),
            ("data=2/1/2199", "La data del documento (02/01/2199) è dopo la registrazione"),
            ("documento=7&descrizione=x", "La registrazione non ha un documento n. 7"),
            ("descrizione=Pianta", "Scegli il documento di cui scrivi la descrizione."),
            ("tipologia=a%0Ab", "Tipologia: niente a capo"),
        ] {
            let no = varia(anna, corpo);
            assert!(no.stato == 422 && no.html.contains(frase) && no.html.contains("id=\"errore-variazione\""), "{corpo}: {}", no.html);
        }
        assert!(varia(anna, "descrizione=Pianta").html.contains("value=\"Pianta\""), "what was typed is still there");
        let niente = varia(anna, "tipologia=&mezzo=sportello&era-mezzo=sportello");
        assert!(niente.stato == 409 && niente.html.contains("I valori scritti sono quelli in vigore"), "{}", niente.html);
        assert_eq!(varia(anna, "tipologia=Istanza&mezzo=posta&era-mezzo=sportello&data=3/1/2026&era-data=02/01/2026&documento=1&descrizione=Pianta&motivo=Letta+meglio").stato, 303);
        // Who had the page open before changes only what they typed.
        assert_eq!(varia(&chi[1], "tipologia=&era-tipologia=&mezzo=raccomandata&era-mezzo=sportello&data=02/01/2026&era-data=02/01/2026").stato, 303);
        let pagina = anna.apri(&strada).html;
        for parte in [
            "<dt>Tipologia</dt><dd>Istanza</dd>", "<dt>Mezzo</dt><dd>Raccomandata</dd>", "<dt>Data del documento</dt><dd>03/01/2026</dd>", "<span>Pianta</span>",
            "Modificato il dato «tipologia»: niente → Istanza. Motivo: Letta meglio", "Modificato il dato «data del documento»: 02/01/2026 → 03/01/2026",
            "Modificato il dato «descrizione del documento n. 1»: niente → Pianta", "→ Raccomandata",
        ] {
            assert!(pagina.contains(parte), "{parte}: {pagina}");
        }
        assert_eq!(casa.conta("dati_variati"), 5);
        // No token, no act; an annulled registration offers none, and is still noted on.
        assert_eq!(anna.modulo_semplice(&format!("{strada}/variazioni"), "modulo=altro&tipologia=x").stato, 403);
        assert_eq!(manda(&chi[1], &format!("{strada}/annullamento"), "motivo=Doppia&conferma=1").stato, 303);
        let dopo = varia(anna, "tipologia=Altro&era-tipologia=Istanza");
        assert!(dopo.stato == 409 && dopo.html.contains("già annullata") && !dopo.html.contains("/variazioni\""), "{}", dopo.html);
        assert_eq!(annota(anna, "annotazione=Sostituita+dalla+seguente").stato, 303);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn a_note_is_read_by_who_sees_the_registration(casa) {
        let server = casa.server();
        let trib = tributi(casa);
        assumi(casa, "anna", Ruolo::Operatore);
        assumi(casa, "marta", Ruolo::Addetto);
        assumi(casa, "rino", Ruolo::Revisore);
        assumi_in(casa, "tea", Ruolo::Addetto, &trib);
        let [anna, marta, rino, tea] = ["anna", "marta", "rino", "tea"].map(|nome| Cliente::dentro(&server, nome));
        let strada = registra(&anna, "entrata", "Istanza", &[]).testata("location").to_owned();
        let annota = |chi: &Cliente<'_>, corpo: &str| manda(chi, &format!("{strada}/annotazioni"), corpo);
        let vuota = annota(&marta, "annotazione=+");
        assert!(vuota.stato == 422 && vuota.html.contains("Scrivi l&#39;annotazione: resta nella storia"), "{}", vuota.html);
        let no = annota(&marta, "annotazione=a%0Ab");
        assert!(no.stato == 422 && no.html.contains("niente a capo") && no.html.contains(">a\nb</textarea>"), "{}", no.html);
        assert_eq!(annota(&marta, "annotazione=Porta+la+pianta+<luned%C3%AC>").stato, 303);
        let doppia = annota(&marta, "annotazione=Porta+la+pianta+<luned%C3%AC>");
        assert!(doppia.stato == 409 && doppia.html.contains("Questa annotazione c&#39;è già"), "{}", doppia.html);
        assert_eq!(annota(&tea, "annotazione=x").stato, 404, "another office does not see it");
        for chi in [&anna, &marta, &rino] {
            let html = chi.apri(&strada).html;
            assert_eq!(html.matches("Porta la pianta &#60;lunedì&#62;").count(), 2, "once as a note, once in the history: {html}");
        }
        assert!(!rino.apri(&strada).html.contains("Aggiungi un&#39;annotazione"));
        assert_eq!(casa.conta("annotazioni"), 1);
    }
}

#[test]
fn a_clerk_changes_data_and_notes_in_a_browser() {
    for finestra in [(1440, 900), (390, 844)] {
        let casa = Casa::sqlite();
        let server = casa.server();
        assumi(&casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let fatta =
            registra(&anna, "entrata", "Istanza di accesso", &[("mezzo", "sportello"), ("file:principale", "testo")]);
        let strada = fatta.testata("location").to_owned();
        naviga(finestra, async |driver| cambia(driver, &server.url, &strada).await);
        assert_eq!((casa.conta("dati_variati"), casa.conta("annotazioni")), (2, 1));
    }
}

async fn cambia(driver: &WebDriver, url: &str, strada: &str) -> WebDriverResult<()> {
    entra(driver, url, "anna").await?;
    driver.goto(format!("{url}{strada}")).await?;
    for azione in ["variazioni", "annotazioni"] {
        let apri = format!("//form[contains(@action, '/{azione}')]/ancestor::details/summary");
        driver.find(By::XPath(apri)).await?.click().await?;
    }
    driver.find(By::Id("tipologia")).await?.send_keys("Istanza").await?;
    driver.find(By::Id("data-documento")).await?.send_keys("2/1/2026").await?;
    driver.find(By::Id("annotazione")).await?.send_keys("Porta la planimetria").await?;
    ritratto(driver, "modifica-dati").await?;
    premi(driver.find(By::Css("form[action$='/variazioni'] button")).await?).await?;
    driver.query(By::Id("t-annotazioni")).first().await?;
    let apri = "//form[contains(@action, '/annotazioni')]/ancestor::details/summary";
    driver.find(By::XPath(apri)).await?.click().await?;
    driver.find(By::Id("annotazione")).await?.send_keys("Porta la planimetria").await?;
    premi(driver.find(By::Css("form[action$='/annotazioni'] button")).await?).await?;
    driver.query(By::Css("#t-annotazioni ~ ul li")).first().await?;
    ritratto(driver, "annotazioni").await?;
    pulita(driver, url, &[]).await
}
