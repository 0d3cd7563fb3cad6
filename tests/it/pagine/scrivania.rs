//! The desk and the acts on who has a registration, as clerks meet them.

use super::browser::{entra, naviga, premi, pulita, ritratto};
use super::cliente::{Cliente, Pagina, assumi, assumi_in, tributi};
use crate::casa::{Casa, Server, comando, entrata, su_entrambi};
use crate::scrivania::Una;
use serde_json::json;
use tabulario::utenti::Ruolo;
use thirtyfour::prelude::*;

const MOSSE: [&str; 11] = [
    "presa-in-carico",
    "restituzione",
    "rifiuto",
    "conclusione",
    "lettura",
    "assegnazioni",
    "termine",
    "sospensione",
    "interruzione",
    "preavviso",
    "ripresa",
];

fn muovi(chi: &Cliente<'_>, id: &str, mossa: &str, campi: &str) -> Pagina {
    let modulo = chi.apri("/benvenuto").campo("modulo");
    chi.modulo_semplice(&format!("/registrazioni/{id}/{mossa}"), &format!("modulo={modulo}{campi}"))
}

fn una<'a>(casa: &'a Casa, server: &'a Server, oggetto: &str) -> Una<'a> {
    Una::nuova(casa, server, &entrata(oggetto))
}

su_entrambi! {
    fn each_role_has_the_desk_that_is_its_own(casa) {
        let server = casa.server();
        let trib = tributi(casa);
        assumi_in(casa, "tea", Ruolo::Addetto, &trib);
        for (nome, ruolo) in [
            ("marta", Ruolo::Addetto), ("paolo", Ruolo::ResponsabileUfficio), ("anna", Ruolo::Operatore), ("rosa", Ruolo::Rsp),
            ("carlo", Ruolo::ResponsabileConservazione), ("ada", Ruolo::Amministratore), ("rita", Ruolo::Revisore),
        ] {
            assumi(casa, nome, ruolo);
        }
        let una = una(casa, &server, "Istanza");
        // Who, whether they have a desk, whether they meet this registration there.
        for (nome, scrivania, sua) in [
            ("marta", true, true), ("paolo", true, true), ("anna", true, true), ("rosa", true, true), ("tea", true, false),
            ("carlo", false, false), ("ada", false, false), ("rita", false, false),
        ] {
            let chi = Cliente::dentro(&server, nome);
            let pagina = chi.apri("/scrivania");
            assert_eq!(pagina.stato, if scrivania { 200 } else { 404 }, "{nome}");
            assert_eq!(pagina.html.contains(&una.id), sua, "{nome}");
            assert_eq!(chi.apri("/benvenuto").html.contains("href=\"/scrivania\""), scrivania, "{nome}");
            for mossa in MOSSE {
                let strada = format!("/registrazioni/{}/{mossa}", una.id);
                assert_eq!(chi.modulo_semplice(&strada, "modulo=altrui").stato, if scrivania { 403 } else { 404 }, "{nome} {mossa}");
                let stato = muovi(&chi, &una.id, mossa, "").stato;
                assert_eq!(stato == 404, !sua, "{nome} {mossa}: {stato}");
                assert_eq!(muovi(&chi, "0192f0e4-0000-7000-8000-000000000000", mossa, "").stato, 404, "{nome} {mossa}");
            }
        }
        let fuori = Cliente::nuovo(&server);
        assert!(fuori.apri("/scrivania").testata("location").starts_with("/entra?dopo=/scrivania"));
        for cattiva in ["?gruppo=boh", "?gruppo=concluse&dopo=x"] {
            assert_eq!(Cliente::dentro(&server, "marta").apri(&format!("/scrivania{cattiva}")).stato, 404, "{cattiva}");
        }
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn of_two_clerks_the_second_is_told_who_was_first(casa) {
        let server = casa.server();
        for nome in ["marta", "luca"] {
            assumi(casa, nome, Ruolo::Addetto);
        }
        let una = una(casa, &server, "Istanza");
        let (marta, luca) = (Cliente::dentro(&server, "marta"), Cliente::dentro(&server, "luca"));
        let presa = muovi(&marta, &una.id, "presa-in-carico", "&torna=scrivania");
        assert_eq!(presa.stato, 303, "{}", presa.html);
        let dopo = marta.apri(presa.testata("location")).html;
        assert!(dopo.contains("Presa in carico: ora sta") && dopo.contains("In carico a me <span class=\"nota\">1 documento"), "{dopo}");
        assert_eq!(muovi(&marta, &una.id, "presa-in-carico", "").stato, 303, "a double click is no mistake");
        let seconda = muovi(&luca, &una.id, "presa-in-carico", "");
        assert_eq!(seconda.stato, 409);
        assert!(seconda.html.contains("è già in carico a Anna Verdi dal ") || seconda.html.contains("È già in carico a Anna Verdi dal "), "{}", seconda.html);
        assert!(seconda.html.contains("0000001") && luca.apri("/scrivania").html.contains("In carico all&#39;ufficio"));
        let pagina = luca.apri(&format!("/registrazioni/{}", una.id)).html;
        assert!(pagina.contains("In carico a Anna Verdi dal ") && !pagina.contains(">Prendi in carico<"), "{pagina}");
        assert_eq!(casa.conta("movimenti"), 1);
        for (campi, stato) in [("", 422), ("&testo=Rilasciato+%3Cb%3E", 303)] {
            assert_eq!(muovi(&marta, &una.id, "conclusione", campi).stato, stato);
        }
        let conclusa = luca.apri("/scrivania").html;
        assert!(conclusa.contains("Concluse <span") && conclusa.contains("Rilasciato &#60;b&#62;"), "{conclusa}");
    }

    fn what_an_office_refuses_is_assigned_again_to_a_person(casa) {
        let server = casa.server();
        let trib = tributi(casa);
        assumi(casa, "marta", Ruolo::Addetto);
        assumi_in(casa, "tea", Ruolo::Addetto, &trib);
        assumi_in(casa, "anna", Ruolo::Operatore, &trib);
        let una = una(casa, &server, "Istanza");
        let (marta, tea, anna) = (Cliente::dentro(&server, "marta"), Cliente::dentro(&server, "tea"), Cliente::dentro(&server, "anna"));
        let vuoto = muovi(&marta, &una.id, "rifiuto", "&testo=+");
        assert!(vuoto.stato == 422 && vuoto.html.contains("Scrivi il motivo") && vuoto.html.contains("id=\"errore-rifiuto\""), "{}", vuoto.html);
        let rifiutata = muovi(&marta, &una.id, "rifiuto", "&testo=Non+%C3%A8+nostra");
        assert_eq!(rifiutata.testata("location"), "/scrivania?fatto=rifiuto");
        let dopo = marta.apri("/scrivania?fatto=rifiuto").html;
        assert!(dopo.contains("tornata all&#39;ufficio protocollo") && !dopo.contains(&una.id), "{dopo}");
        assert_eq!(marta.apri(&format!("/registrazioni/{}", una.id)).stato, 404);
        let rifiutate = anna.apri("/scrivania").html;
        assert!(rifiutate.contains("Rifiutate <span") && rifiutate.contains("Non è nostra") && rifiutate.contains(&una.id), "{rifiutate}");
        for (campi, frase) in [("&titolo=competenza", "Scegli a chi"), ("&destinazione=TRIB", "Scegli se"), ("&destinazione=TRIB%7Cmarta&titolo=competenza", "non lavora in")] {
            let no = muovi(&anna, &una.id, "assegnazioni", campi);
            assert!(no.stato == 422 && no.html.contains(frase), "{campi}: {}", no.html);
        }
        assert_eq!(muovi(&anna, &una.id, "assegnazioni", "&destinazione=TRIB%7Ctea&titolo=competenza&nota=Cura+tu").stato, 303);
        let scrivania = tea.apri("/scrivania").html;
        assert!(scrivania.contains("Da prendere in carico <span") && scrivania.contains("Cura tu"), "{scrivania}");
        let pagina = tea.apri(&format!("/registrazioni/{}", una.id)).html;
        for parte in ["Assegnata a Anna Verdi (Tributi), da prendere in carico", "Rifiutata da Sportello edilizia: Non è nostra", "Nota: Cura tu"] {
            assert!(pagina.contains(parte), "{parte} is not in {pagina}");
        }
        // An office that only knows of it sends it nowhere.
        assert_eq!(muovi(&anna, &una.id, "assegnazioni", "&destinazione=EDIL&titolo=conoscenza").stato, 303);
        assert_eq!(muovi(&marta, &una.id, "assegnazioni", "&destinazione=EDIL&titolo=competenza").stato, 409);
        assert!(marta.apri("/scrivania").html.contains(">Ho letto<"));
        assert_eq!(muovi(&marta, &una.id, "lettura", "&torna=scrivania").stato, 303);
        assert!(marta.apri("/scrivania").html.contains("Niente da fare."));
    }

    fn a_term_is_given_and_stopped_from_the_page(casa) {
        let server = casa.server();
        assumi(casa, "paolo", Ruolo::ResponsabileUfficio);
        let una = una(casa, &server, "Istanza");
        let paolo = Cliente::dentro(&server, "paolo");
        for (mossa, campi, frase) in [
            ("termine", "", "Scrivi i giorni"), ("termine", "&giorni=trenta", "con un numero"), ("termine", "&giorni=0", "da 1 a 730 giorni"),
            ("sospensione", "&giorno=oggi", "Scrivi il motivo"), ("sospensione", "&testo=x", "fino a quando"),
        ] {
            let no = muovi(&paolo, &una.id, mossa, campi);
            assert!(no.stato == 422 && no.html.contains(frase), "{mossa}{campi}: {}", no.html);
        }
        assert_eq!(muovi(&paolo, &una.id, "sospensione", "&testo=x&giorno=oggi").stato, 409, "it has no term");
        assert_eq!(muovi(&paolo, &una.id, "termine", "&giorni=5").stato, 303);
        let strada = format!("/registrazioni/{}", una.id);
        let pagina = paolo.apri(&strada).html;
        assert!(pagina.contains("5 giorni dal ") && pagina.contains(">Sospendi il termine<") && !pagina.contains("Fai ripartire"), "{pagina}");
        assert!(paolo.apri("/scrivania").html.contains("Scadono questa settimana <span"));
        let no = muovi(&paolo, &una.id, "sospensione", "&testo=Serve+la+planimetria&giorno=1%2F1%2F2200");
        assert!(no.stato == 422 && no.html.contains("da 1 a 30 giorni"), "{}", no.html);
        assert_eq!(muovi(&paolo, &una.id, "preavviso", "&testo=Manca+un+requisito").stato, 303);
        let pagina = paolo.apri(&strada).html;
        assert!(pagina.contains("sospeso dal ") && pagina.contains("Fai ripartire il termine") && pagina.contains("Manca un requisito"), "{pagina}");
        assert_eq!(muovi(&paolo, &una.id, "ripresa", "&testo=Arrivate+le+osservazioni").stato, 303);
        assert_eq!(casa.conta("vicende"), 2);
        assert!(comando(casa, &["controlla"]).status.success());
    }
}

#[test]
fn a_clerk_works_through_the_desk_in_a_browser() {
    for finestra in [(1440, 900), (390, 844)] {
        let casa = Casa::sqlite();
        let server = casa.server();
        let trib = tributi(&casa);
        assumi(&casa, "marta", Ruolo::Addetto);
        assumi_in(&casa, "tea", Ruolo::Addetto, &trib);
        let oggetti = [
            "Istanza di permesso di costruire in via Garibaldi 12, con richiesta di deroga alle distanze dai confini",
            "Richiesta di accesso agli atti",
            "Comunicazione di inizio lavori",
            "Esposto per rumori",
        ];
        let tutte: Vec<Una<'_>> = oggetti.iter().map(|o| una(&casa, &server, o)).collect();
        for (una, mossa, corpo) in [
            (&tutte[0], "termine", json!({ "giorni": "6" })),
            (
                &tutte[1],
                "assegnazioni",
                json!({ "ufficio": "EDIL", "persona": "marta", "nota": "Attende risposta prima della conferenza" }),
            ),
            (&tutte[2], "presa-in-carico", json!({ "ufficio": "EDIL" })),
            (&tutte[3], "assegnazioni", json!({ "ufficio": "EDIL", "titolo": "conoscenza" })),
            (&tutte[3], "assegnazioni", json!({ "ufficio": "TRIB" })),
        ] {
            assert_eq!(una.atto(mossa, &corpo).0, 201, "{mossa} {corpo}");
        }
        naviga(finestra, async |driver| percorso(driver, &server.url).await);
    }
}

async fn percorso(driver: &WebDriver, url: &str) -> WebDriverResult<()> {
    entra(driver, url, "marta").await?;
    premi(driver.query(By::LinkText("Scrivania")).first().await?).await?;
    driver.query(By::Id("g-in-scadenza")).first().await?;
    ritratto(driver, "scrivania").await?;
    premi(driver.find(By::Css("#g-da-prendere ~ .tabella button")).await?).await?;
    let fatto = driver.query(By::Css(".alert-success")).first().await?;
    assert!(fatto.text().await?.contains("ora sta in «In carico a me»"));
    pulita(driver, url, &[]).await?;
    premi(fatto.find(By::Css("a")).await?).await?;
    let chip = driver.query(By::Css(".in-breve li")).first().await?;
    assert!(chip.text().await?.starts_with("In carico a Anna Verdi dal "));
    driver.query(By::XPath("//summary[normalize-space()='Concludi']")).first().await?.click().await?;
    driver.query(By::XPath("//summary[normalize-space()='Assegna']")).first().await?.click().await?;
    ritratto(driver, "registrazione-carico").await?;
    driver.find(By::Id("testo-conclusione")).await?.send_keys("Risposto").await?;
    premi(driver.find(By::Css("form[action$='/conclusione'] button")).await?).await?;
    let chip = driver.query(By::Css(".in-breve li")).first().await?;
    assert!(chip.text().await?.starts_with("Conclusa da Anna Verdi il "), "{}", chip.text().await?);
    pulita(driver, url, &[]).await
}
