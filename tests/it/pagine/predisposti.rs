//! Registrations that are being prepared: no number, seen by few, registered once.

use super::browser::{entra, naviga, premi, pulita, ritratto};
use super::cliente::{Cliente, Pagina, assumi, assumi_in, tributi};
use super::{compila, registra};
use crate::casa::{Casa, su_entrambi};
use tabulario::registro::{self, Flusso};
use tabulario::utenti::Ruolo;
use tabulario::valori::Attore;
use thirtyfour::prelude::*;

/// Sends the form that `pagina` shows, as the predisposto that it may be, with its files.
fn manda(cliente: &Cliente<'_>, pagina: &Pagina, oggetto: &str, altri: &[(&str, &str)]) -> Pagina {
    let (versione, tenuto) = (pagina.campo_se_c_e("predisposto"), pagina.campo_se_c_e("tenuto"));
    let mut campi: Vec<(&str, &str)> = altri.to_vec();
    campi.extend(versione.iter().map(|v| ("predisposto", v.as_str())));
    campi.extend(tenuto.iter().map(|t| ("tenuto", t.as_str())));
    compila(cliente, pagina, oggetto, &campi)
}

/// How many wait.
fn aperti(casa: &Casa) -> usize {
    let (vista, io) = (casa.vista(), Attore::Sistema("comando"));
    let flussi = [Flusso::Entrata, Flusso::Uscita, Flusso::Interna];
    casa.db.leggi(|conn| registro::predisposti(conn, &vista, &io, &flussi)).unwrap().len()
}

/// Puts a new uscita away and gives the address of its page.
fn predisponi(cliente: &Cliente<'_>, oggetto: &str, altri: &[(&str, &str)]) -> String {
    let altri = [&[("predisponi", "1"), ("file:principale", "La risposta")], altri].concat();
    let fatto = registra(cliente, "uscita", oggetto, &altri);
    assert_eq!(fatto.stato, 303, "{}", fatto.html);
    fatto.testata("location").split('?').next().unwrap().to_owned()
}

su_entrambi! {
    fn what_is_put_away_has_no_number_and_is_registered_once(casa) {
        let server = casa.server();
        for nome in ["anna", "luca"] {
            assumi(casa, nome, Ruolo::Operatore);
        }
        let (anna, luca) = (Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "luca"));
        // Neither the voce nor the office is there yet, and the day is no day: it is put away as it is.
        let pagina = anna.apri("/registrazioni/nuova?flusso=uscita");
        let incompleta = [("predisponi", "1"), ("voce", ""), ("ufficio", ""), ("parte-0-cf", "a metà"), ("file:principale", "La risposta")];
        let salvata = compila(&anna, &pagina, "Risposta a Bianchi", &incompleta);
        assert_eq!(salvata.stato, 303, "{}", salvata.html);
        let di_nuovo = compila(&anna, &pagina, "Risposta a Bianchi", &incompleta);
        assert_eq!(di_nuovo.testata("location"), salvata.testata("location"));
        assert_eq!((aperti(casa), casa.conta("registrazioni")), (1, 0));
        let strada = salvata.testata("location").split('?').next().unwrap();
        assert!(anna.apri(salvata.testata("location")).html.contains("Non ha ancora un numero"));
        assert!(anna.apri("/predisposti").html.contains("Risposta a Bianchi"));
        // Both have it open when one registers it.
        let (di_anna, di_luca) = (anna.apri(strada), luca.apri(strada));
        assert!(di_luca.html.contains("a metà") && di_luca.html.contains("principale.txt"), "{}", di_luca.html);
        let rifiutata = manda(&luca, &di_luca, "Risposta a Bianchi", &[("parte-0-cf", "a metà")]);
        assert_eq!((rifiutata.stato, aperti(casa)), (422, 1));
        let fatta = manda(&luca, &rifiutata, "Risposta a Bianchi", &[]);
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        let ancora = manda(&luca, &rifiutata, "Risposta a Bianchi", &[]);
        assert_eq!(ancora.testata("location"), fatta.testata("location"));
        let tardi = manda(&anna, &di_anna, "Risposta a Bianchi", &[]);
        assert_eq!(tardi.stato, 409);
        assert!(tardi.html.contains("già stato protocollato o eliminato"), "{}", tardi.html);
        assert_eq!((casa.conta("registrazioni"), aperti(casa)), (1, 0));
        assert_eq!(anna.apri(strada).stato, 404);
        assert!(luca.apri(fatta.testata("location")).html.contains("principale.txt"));
    }

    fn two_who_change_the_same_are_told(casa) {
        let server = casa.server();
        for nome in ["anna", "luca"] {
            assumi(casa, nome, Ruolo::Addetto);
        }
        let (anna, luca) = (Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "luca"));
        let strada = predisponi(&anna, "Parere", &[]);
        let (di_anna, di_luca) = (anna.apri(&strada), luca.apri(&strada));
        assert_eq!(manda(&luca, &di_luca, "Parere favorevole", &[("predisponi", "1")]).stato, 303);
        for altri in [&[("predisponi", "1")] as &[_], &[]] {
            let tardi = manda(&anna, &di_anna, "Parere contrario", altri);
            assert_eq!(tardi.stato, 409, "{}", tardi.html);
            assert!(tardi.html.contains("salvato di nuovo dopo che l&#39;hai aperto"));
            assert!(tardi.html.contains("Parere contrario"));
        }
        let elimina = |pagina: &Pagina| {
            let (modulo, versione) = (pagina.campo("modulo"), pagina.campo("predisposto"));
            anna.modulo_semplice(&format!("{strada}/eliminazione"), &format!("modulo={modulo}&predisposto={versione}"))
        };
        assert_eq!(elimina(&di_anna).stato, 409);
        assert_eq!((aperti(casa), casa.conta("registrazioni")), (1, 0));
        assert_eq!(elimina(&anna.apri(&strada)).stato, 303);
        assert_eq!((aperti(casa), anna.apri(&strada).stato), (0, 404));
        // Thrown away: who still has it open cannot put it away again.
        assert_eq!(manda(&luca, &di_luca, "Parere", &[("predisponi", "1")]).stato, 409);
    }

    fn each_is_seen_by_its_author_its_office_and_the_protocol(casa) {
        let server = casa.server();
        let altrove = tributi(casa);
        assumi(casa, "anna", Ruolo::Addetto);
        assumi(casa, "collega", Ruolo::Addetto);
        assumi(casa, "rosa", Ruolo::Rsp);
        assumi_in(casa, "protocollo", Ruolo::Operatore, &altrove);
        assumi_in(casa, "estraneo", Ruolo::Addetto, &altrove);
        assumi(casa, "revisore", Ruolo::Revisore);
        let anna = Cliente::dentro(&server, "anna");
        let aperto = predisponi(&anna, "Aperto", &[]);
        let riservato = predisponi(&anna, "Segreto", &[("riservato", "1")]);
        let di_nessuno = predisponi(&anna, "Solitario", &[("ufficio", ""), ("riservato", "1")]);
        for (nome, vede) in [
            ("anna", [200, 200, 200]),
            ("collega", [200, 200, 404]),
            ("rosa", [200, 200, 200]),
            ("protocollo", [200, 404, 404]),
            ("estraneo", [404, 404, 404]),
            ("revisore", [404, 404, 404]),
        ] {
            let chi = Cliente::dentro(&server, nome);
            let visti = [&aperto, &riservato, &di_nessuno].map(|strada| chi.apri(strada).stato);
            assert_eq!(visti, vede, "{nome}");
            let elenco = chi.apri("/predisposti").html;
            let elencati = ["Aperto", "Segreto", "Solitario"].map(|o| if elenco.contains(o) { 200 } else { 404 });
            assert_eq!(elencati, vede, "{nome}");
        }
        // The id of somebody else's is no way in, neither to change it nor to take it away.
        let estraneo = Cliente::dentro(&server, "estraneo");
        let (pagina, id) = (estraneo.apri("/registrazioni/nuova?flusso=uscita"), aperto.rsplit('/').next().unwrap());
        let mio = |altri: &[(&str, &str)]| compila(&estraneo, &pagina, "Mio", altri).stato;
        assert_eq!(mio(&[("predisponi", "1"), ("chiave", id)]), 404);
        assert_eq!(mio(&[("predisponi", "1"), ("chiave", id), ("predisposto", "1")]), 409);
        let preso = compila(&estraneo, &pagina, "Mio", &[("chiave", id), ("predisposto", "1"), ("file:principale", "x")]);
        assert_eq!((preso.stato, aperti(casa), casa.conta("registrazioni")), (409, 3, 0));
    }

    fn a_form_that_is_still_open_gives_no_second_number(casa) {
        let server = casa.server();
        for nome in ["anna", "luca"] {
            assumi(casa, nome, Ruolo::Operatore);
        }
        let (anna, luca) = (Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "luca"));
        let pagina = anna.apri("/registrazioni/nuova?flusso=uscita");
        let corpo = [("file:principale", "La risposta")];
        let salva = |pagina: &Pagina| compila(&anna, pagina, "Risposta", &[corpo[0], ("predisponi", "1")]);
        let salvata = salva(&pagina);
        let strada = salvata.testata("location").split('?').next().unwrap();
        // The page before, as the browser still has it, does not know that it was put away.
        assert_eq!((compila(&anna, &pagina, "Risposta", &corpo).stato, casa.conta("registrazioni")), (409, 0));
        assert_eq!(manda(&luca, &luca.apri(strada), "Risposta", &[]).stato, 303);
        for altri in [&corpo as &[_], &[corpo[0], ("predisponi", "1")]] {
            let tardi = compila(&anna, &pagina, "Risposta", altri);
            assert_eq!(tardi.stato, 409, "{}", tardi.html);
            assert!(tardi.html.contains("già stato protocollato"));
        }
        // Nor is what was registered straight away put away after it.
        let altra = anna.apri("/registrazioni/nuova?flusso=uscita");
        assert_eq!(compila(&anna, &altra, "Altra", &[("file:principale", "Altro")]).stato, 303);
        assert_eq!(salva(&altra).stato, 409);
        assert_eq!((casa.conta("registrazioni"), aperti(casa)), (2, 0));
    }

    fn what_counts_from_today_is_put_away_in_full(casa) {
        let server = casa.server_alle("2030-01-01T09:00:00Z");
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let campi = [("predisponi", "1"), ("arrivo", "ieri"), ("arrivo-ora", "8:30"), ("mittente-data", "boh"), ("risponde-a", "12")];
        let salvata = registra(&anna, "entrata", "Istanza", &campi);
        let pagina = anna.apri(salvata.testata("location"));
        let scritti = ["arrivo", "arrivo-ora", "mittente-data", "risponde-a"].map(|nome| pagina.campo(nome));
        assert_eq!(scritti, ["31/12/2029", "8:30", "boh", "0000012/2030"]);
    }

    fn files_and_direction_stay_with_the_predisposto(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        assumi(casa, "marta", Ruolo::Addetto);
        let strada = predisponi(&Cliente::dentro(&server, "anna"), "Risposta", &[]);
        let (anna, vecchia) = { let c = Cliente::dentro(&server, "anna"); let p = c.apri(&strada); (c.biscotto, p) };
        // The program is started anew: it believes no field that it sealed before.
        drop(server);
        let server = casa.server();
        let mut cliente = Cliente::nuovo(&server);
        cliente.biscotto = anna;
        let tornata = manda(&cliente, &vecchia, "Risposta rivista", &[("predisponi", "1")]);
        assert!(tornata.stato == 422 && tornata.html.contains("sono di nuovo tutti qui"), "{} {}", tornata.stato, tornata.html);
        assert!(tornata.html.contains("principale.txt") && tornata.html.contains("Risposta rivista"));
        assert_eq!(manda(&cliente, &tornata, "Risposta rivista", &[("predisponi", "1")]).stato, 303);
        assert!(cliente.apri(&strada).html.contains("principale.txt"));
        // Who may not register an entrata does not take one away by calling it an uscita.
        let entrata = registra(&cliente, "entrata", "Istanza", &[("predisponi", "1")]);
        let id = entrata.testata("location").split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
        let marta = Cliente::dentro(&server, "marta");
        assert_eq!(marta.apri(&format!("/predisposti/{id}")).stato, 404);
        let pagina = marta.apri("/registrazioni/nuova?flusso=uscita");
        for altri in [&[("file:principale", "x")] as &[_], &[("predisponi", "1")]] {
            let altri = [altri, &[("chiave", id.as_str()), ("predisposto", "1")]].concat();
            assert_eq!(compila(&marta, &pagina, "Mia", &altri).stato, 409);
        }
        assert_eq!((aperti(casa), casa.conta("registrazioni")), (2, 0));
    }

    fn what_looks_like_another_is_shown_and_the_predisposto_stays(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        assert_eq!(registra(&anna, "uscita", "Risposta", &[("file:principale", "La risposta")]).stato, 303);
        let strada = predisponi(&anna, "Risposta", &[]);
        let simile = manda(&anna, &anna.apri(&strada), "Risposta", &[]);
        assert_eq!((simile.stato, aperti(casa), casa.conta("registrazioni")), (200, 1, 1));
        let comunque = simile.campo("comunque");
        assert_eq!(manda(&anna, &simile, "Risposta", &[("comunque", &comunque)]).stato, 303);
        assert_eq!((aperti(casa), casa.conta("registrazioni")), (0, 2));
    }
}

#[test]
fn a_clerk_puts_away_and_goes_on_in_a_browser() {
    let casa = Casa::sqlite();
    let server = casa.server();
    assumi(&casa, "anna", Ruolo::Operatore);
    for finestra in [(1440, 900), (390, 844)] {
        naviga(finestra, async |driver| prepara(driver, &server.url).await);
    }
}

async fn prepara(driver: &WebDriver, url: &str) -> WebDriverResult<()> {
    entra(driver, url, "anna").await?;
    driver.goto(format!("{url}/registrazioni/nuova?flusso=uscita")).await?;
    driver.find(By::Id("oggetto")).await?.send_keys("Risposta alla signora Bianchi").await?;
    driver.find(By::Id("parte-0-cognome")).await?.send_keys("Bianchi").await?;
    premi(driver.find(By::Id("predisponi")).await?).await?;
    let salvato = driver.query(By::Css(".alert-success")).first().await?;
    assert!(salvato.text().await?.contains("Non ha ancora un numero"));
    ritratto(driver, "predisposto").await?;
    pulita(driver, url, &[]).await?;
    premi(driver.find(By::LinkText("Predisposti")).await?).await?;
    let riga = driver.query(By::LinkText("Risposta alla signora Bianchi")).first().await?;
    driver.find(By::Css("details.atto summary")).await?.click().await?;
    ritratto(driver, "predisposti").await?;
    premi(riga).await?;
    let cognome = driver.query(By::Id("parte-0-cognome")).first().await?.value().await?;
    assert_eq!(cognome.as_deref(), Some("Bianchi"));
    pulita(driver, url, &[]).await
}
