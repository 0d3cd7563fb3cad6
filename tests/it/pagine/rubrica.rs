//! The rubrica as clerks keep it, and as it helps them to register.

use super::browser::{entra, naviga, premi, pulita, ritratto};
use super::cliente::{Cliente, Pagina, assumi};
use super::compila;
use crate::casa::{Casa, Rotto, comando, leggi, su_entrambi};
use tabulario::registro::rubrica::{self, Fonte, Indirizzo};
use tabulario::segnatura::{NomeParte, Parte, TipoParte};
use tabulario::utenti::Ruolo;
use tabulario::valori::Attore;
use thirtyfour::prelude::*;

fn ditta(nome: &str, cf: &str) -> Parte {
    Parte {
        tipo: TipoParte::PersonaGiuridica,
        nome: NomeParte::Denominazione(nome.parse().unwrap()),
        codice_fiscale: cf.parse().ok(),
        codice_ipa: None,
        codice_aoo: None,
        codice_uo: None,
        pec: None,
    }
}

/// A soggetto that an index of ours knows otherwise.
fn proposto(casa: &Casa) -> String {
    let scrivi = |op: &mut tabulario::storage::Operazione<'_>| {
        let pec = |i: &str| Indirizzo::leggi("pec", i);
        let id =
            rubrica::crea(op, &ditta("Verdi Impianti srl", "12345678903"), &[pec("verdi@pec.example")?], Fonte::Csv)?;
        rubrica::proponi(
            op,
            id,
            &ditta("Verdi Impianti srl", ""),
            &[pec("verdi.impianti@legalmail.example")?],
            Fonte::Inipec,
        )?;
        Ok::<_, Rotto>(id.to_string())
    };
    casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), scrivi).unwrap()
}

/// Sends the form of a new soggetto.
fn nuovo(chi: &Cliente<'_>, altri: &str) -> Pagina {
    let pagina = chi.apri("/rubrica/nuovo");
    assert_eq!(pagina.stato, 200, "{}", pagina.html);
    let (modulo, chiave) = (pagina.campo("modulo"), pagina.campo("chiave"));
    chi.modulo_semplice("/rubrica", &format!("modulo={modulo}&chiave={chiave}&{altri}"))
}

su_entrambi! {
    fn a_soggetto_is_written_changed_and_keeps_its_history(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        assert!(anna.apri("/rubrica").html.contains("La rubrica è vuota"));
        for (corpo, campo) in [("tipo=persona-fisica&cognome=Rossi", "nome"), ("tipo=persona-giuridica", "cognome"), ("tipo=x&cognome=y", "tipo"),
            ("tipo=persona-giuridica&cognome=Rossi&pec=x", "pec"), ("tipo=persona-giuridica&cognome=Rossi&cf=1", "cf")] {
            let no = nuovo(&anna, corpo);
            assert!(no.stato == 422 && no.html.contains(&format!("errore-{campo}")), "{corpo}: {}", no.html);
        }
        let fatto = nuovo(&anna, "tipo=persona-giuridica&cognome=Rossi+%3Cb%3E+srl&pec=rossi@pec.example&posta=via+Roma+1&fonte=inipec");
        assert_eq!(fatto.stato, 303, "{}", fatto.html);
        let luogo = fatto.testata("location").to_owned();
        let html = anna.apri(&luogo).html;
        for parte in ["Rossi &#60;b&#62; srl", "rossi@pec.example", "INI-PEC, dal ", "via Roma 1", "Niente è cambiato"] {
            assert!(html.contains(parte), "{parte} is not in {html}");
        }
        let agisci = |strada: &str, corpo: &str| {
            let modulo = anna.apri(&luogo).campo("modulo");
            anna.modulo_semplice(&format!("{luogo}/{strada}"), &format!("modulo={modulo}&{corpo}"))
        };
        assert_eq!(agisci("dati", "tipo=persona-giuridica&cognome=Rossi+spa&fonte=scritto").stato, 303);
        assert_eq!(agisci("recapiti", "tipo=email&valore=info@rossi.example").stato, 303);
        for (valore, parte) in [("", "Scrivi il recapito"), ("x", "Indirizzo di posta non valido")] {
            let no = agisci("recapiti", &format!("tipo=email&valore={valore}"));
            assert!(no.stato == 422 && no.html.contains(parte), "{}", no.html);
        }
        assert_eq!(agisci("recapiti", "tipo=email&valore=INFO@rossi.example").stato, 409);
        let ritiro = anna.apri(&luogo).html.split("/recapiti/").nth(1).unwrap().split('/').next().unwrap().to_owned();
        assert_eq!(agisci(&format!("recapiti/{ritiro}/ritiro"), "").stato, 303);
        assert_eq!(agisci(&format!("recapiti/{ritiro}/ritiro"), "").stato, 409);
        let html = anna.apri(&luogo).html;
        for parte in ["<h1>Rossi spa</h1>", "Rossi &#60;b&#62; srl", "scritto da Anna Verdi", "; ritirato il "] {
            assert!(html.contains(parte), "{parte} is not in {html}");
        }
        for (q, trovato) in [("ros+spa", true), ("rossi@pec", true), ("info@rossi", false), ("srl", false)] {
            assert_eq!(anna.apri(&format!("/rubrica?q={q}")).html.contains(&luogo), trovato, "{q}");
        }
        assert!(anna.apri("/rubrica?q=r").html.contains("almeno due lettere"));
        assert_eq!(anna.modulo_semplice(&format!("{luogo}/dati"), "modulo=altro&tipo=x").stato, 403);
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn a_look_alike_is_shown_and_two_are_merged_and_parted(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Addetto);
        let anna = Cliente::dentro(&server, "anna");
        let prima = nuovo(&anna, "tipo=persona-giuridica&cognome=Rossi+srl&cf=12345678903").testata("location").to_owned();
        let no = nuovo(&anna, "tipo=persona-giuridica&cognome=Altro&cf=12345678903");
        assert!(no.stato == 409 && no.html.contains(&prima) && no.html.contains("stesso codice fiscale") && !no.html.contains("È un altro"), "{}", no.html);
        let no = nuovo(&anna, "tipo=persona-giuridica&cognome=ROSSI+srl&pec=r@pec.example");
        assert!(no.stato == 409 && no.html.contains("È un altro: aggiungi comunque"), "{}", no.html);
        let (modulo, chiave) = (no.campo("modulo"), no.campo("chiave"));
        let corpo = format!("modulo={modulo}&chiave={chiave}&tipo=persona-giuridica&cognome=ROSSI+srl&pec=r@pec.example&comunque=1");
        let seconda = anna.modulo_semplice("/rubrica", &corpo);
        assert_eq!(seconda.stato, 303, "{}", seconda.html);
        let seconda = seconda.testata("location").to_owned();
        assert_eq!(anna.modulo_semplice("/rubrica", &corpo).testata("location"), seconda, "sent twice is written once");
        assert_eq!(casa.conta("soggetti"), 2);
        let pagina = anna.apri(&prima);
        assert!(pagina.html.contains("Forse è lo stesso") && pagina.html.contains("stesso nome"), "{}", pagina.html);
        let (modulo, altro) = (pagina.campo("modulo"), pagina.campo("altro"));
        assert!(seconda.ends_with(&altro));
        let unisci = |altro: &str| anna.modulo_semplice(&format!("{prima}/unioni"), &format!("modulo={modulo}&altro={altro}"));
        assert_eq!((unisci("x").stato, unisci(prima.rsplit('/').next().unwrap()).stato), (422, 422));
        assert_eq!(unisci(&altro).stato, 303);
        let html = anna.apri(&prima).html;
        assert!(html.contains("Comprende") && html.contains("r@pec.example") && !html.contains("Forse è lo stesso"), "{html}");
        assert!(anna.apri(&seconda).html.contains("valgono i suoi dati"));
        assert!(!anna.apri("/rubrica").html.contains(&format!("\"{seconda}\"")));
        let unione = html.split("/unioni/").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let separa = || anna.modulo_semplice(&format!("{seconda}/unioni/{unione}/scioglimento"), &format!("modulo={modulo}"));
        assert_eq!((separa().stato, separa().stato), (303, 409));
        assert!(anna.apri("/rubrica").html.contains(&format!("\"{seconda}\"")));
    }

    fn a_proposal_is_taken_or_left_by_a_person(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let luogo = format!("/rubrica/{}", proposto(casa));
        assert!(anna.apri("/rubrica").html.contains("Decidi se aggiornare o lasciare"));
        assert!(anna.apri("/rubrica?mostra=proposte").html.contains(&luogo));
        let pagina = anna.apri(&luogo);
        for parte in ["INI-PEC dice un&#39;altra PEC", "verdi.impianti@legalmail.example", "in rubrica: verdi@pec.example"] {
            assert!(pagina.html.contains(parte), "{parte} is not in {}", pagina.html);
        }
        let modulo = pagina.campo("modulo");
        let strada = format!("/rubrica/{}", pagina.html.split("action=\"/rubrica/").find(|p| p.contains("/proposte/")).unwrap().split('"').next().unwrap());
        let decidi = |decisione: &str| anna.modulo_semplice(&strada, &format!("modulo={modulo}&decisione={decisione}")).stato;
        assert_eq!((decidi("boh"), decidi("aggiorna"), decidi("lascia")), (422, 303, 409));
        let html = anna.apri(&luogo).html;
        assert!(html.contains("INI-PEC, dal ") && html.contains("file CSV, dal ") && !html.contains("Lascia"), "{html}");
        assert!(!anna.apri("/rubrica").html.contains("Decidi se aggiornare o lasciare"));
    }

    fn a_party_is_filled_in_from_the_rubrica_and_stays_as_registered(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let id = proposto(casa);
        let pagina = anna.apri("/registrazioni/nuova?flusso=entrata");
        let cerca = |cognome: &str| {
            let altri = [("parte-0-cognome", cognome), ("parte-0-nome", ""), ("cerca-parte", "0"), ("file:principale", "x")];
            compila(&anna, &pagina, "Offerta", &altri)
        };
        for (cognome, parte) in [("", "Scrivi le prime lettere"), ("zzz", "Nessuno in rubrica"), ("ver", "verdi@pec.example (file CSV)")] {
            let trovati = cerca(cognome);
            assert!(trovati.stato == 200 && trovati.html.contains(parte), "{cognome}: {}", trovati.html);
        }
        let trovati = cerca("ver");
        let presa = format!("0 {id}");
        assert!(trovati.html.contains(&format!("name=\"prendi\" value=\"{presa}\"")), "{}", trovati.html);
        let tenuto = trovati.campo("tenuto");
        let piena = compila(&anna, &trovati, "Offerta", &[("prendi", &presa), ("tenuto", &tenuto)]);
        let campo = |nome: &str| piena.campo(nome);
        assert_eq!(
            (campo("parte-0-cognome"), campo("parte-0-cf"), campo("parte-0-pec"), campo("parte-0-nome")),
            ("Verdi Impianti srl".to_owned(), "12345678903".to_owned(), "verdi@pec.example".to_owned(), String::new())
        );
        assert!(piena.html.contains("value=\"persona-giuridica\" selected") && piena.html.contains("Offerta"), "{}", piena.html);
        assert_eq!(casa.conta("registrazioni"), 0, "nothing is registered by looking");
        let fatta = compila(&anna, &piena, "Offerta", &[("parte-0-tipo", "persona-giuridica"), ("parte-0-cognome", "Verdi Impianti srl"), ("parte-0-nome", ""), ("tenuto", &tenuto)]);
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        for cattivo in ["9 x", "0 x", "x", "0 0192f0e4-0000-7000-8000-000000000000"] {
            assert_eq!(compila(&anna, &pagina, "Offerta", &[("prendi", cattivo)]).stato, 404, "{cattivo}");
        }
        let registrazione = fatta.testata("location").rsplit('/').next().unwrap();
        let letta = leggi(&format!("{}/api/v1/registrazioni/{registrazione}", server.url), &casa.gettone).json();
        assert_eq!(letta["corrispondenti"][0]["denominazione"], "Verdi Impianti srl");
    }
}

#[test]
fn a_clerk_keeps_the_rubrica_and_registers_from_it() {
    for finestra in [(1440, 900), (390, 844)] {
        let casa = Casa::sqlite();
        let server = casa.server();
        assumi(&casa, "anna", Ruolo::Operatore);
        let id = proposto(&casa);
        naviga(finestra, async |driver| percorso(driver, &server.url, &id).await);
    }
}

async fn percorso(driver: &WebDriver, url: &str, proposto: &str) -> WebDriverResult<()> {
    entra(driver, url, "anna").await?;
    premi(driver.find(By::LinkText("Rubrica")).await?).await?;
    premi(driver.query(By::LinkText("Aggiungi un soggetto")).first().await?).await?;
    driver
        .query(By::Id("cognome"))
        .first()
        .await?
        .send_keys("Verdi Impianti Società a responsabilità limitata")
        .await?;
    driver.find(By::Id("pec")).await?.send_keys("verdi@pec.example").await?;
    premi(driver.find(By::Id("salva")).await?).await?;
    // The same PEC is there: it is shown, and a person says that it is another.
    driver.query(By::Id("riassunto")).first().await?;
    ritratto(driver, "rubrica-somiglia").await?;
    pulita(driver, url, &["409"]).await?;
    premi(driver.find(By::Css("button[name='comunque']")).await?).await?;
    driver.query(By::Css(".simile")).first().await?;
    driver.find(By::Id("valore")).await?.send_keys("nuova@pec.example").await?;
    premi(driver.find(By::Id("aggiungi")).await?).await?;
    driver.query(By::Css(".simile")).first().await?;
    premi(driver.find(By::Css("button[aria-label='Ritira verdi@pec.example']")).await?).await?;
    driver.query(By::Css(".storia li")).first().await?;
    driver.goto(format!("{url}/rubrica/{proposto}")).await?;
    driver.query(By::Css(".proposta")).first().await?;
    ritratto(driver, "rubrica-uno").await?;
    premi(driver.find(By::Css("button[value='aggiorna']")).await?).await?;
    driver.query(By::Css(".storia li")).first().await?;
    ritratto(driver, "rubrica-storia").await?;
    driver.goto(format!("{url}/rubrica?q=ver")).await?;
    driver.query(By::Css("tbody tr")).first().await?;
    ritratto(driver, "rubrica").await?;
    pulita(driver, url, &[]).await?;
    driver.goto(format!("{url}/registrazioni/nuova?flusso=uscita")).await?;
    driver.query(By::Id("parte-0-cognome")).first().await?.send_keys("ver imp").await?;
    // On a phone the foot of the form covers what is at the bottom of the screen.
    let cerca = driver.find(By::Id("parte-0-cerca")).await?;
    cerca.scroll_into_view().await?;
    premi(cerca).await?;
    let trovato = driver.query(By::Css("button[name='prendi']")).first().await?;
    ritratto(driver, "rubrica-nuova").await?;
    trovato.scroll_into_view().await?;
    premi(trovato).await?;
    assert!(driver.query(By::Id("parte-0-trovati")).not_exists().await?);
    let pec = driver.query(By::Id("parte-0-pec")).first().await?.value().await?;
    assert!(pec.is_some_and(|p| p.ends_with(".example")));
    pulita(driver, url, &[]).await
}
