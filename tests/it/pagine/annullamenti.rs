//! Annulling from the pages: who decides, who proposes, who reads, and what stays hidden.

use super::browser::{entra, naviga, premi, pulita, ritratto};
use super::cliente::{Cliente, Pagina, assumi, assumi_in, tributi};
use super::registra;
use crate::casa::{Casa, Server, comando, su_entrambi};
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

fn una(chi: &Cliente<'_>, flusso: &str, oggetto: &str) -> String {
    let mut campi = vec![("mezzo", "sportello")];
    if flusso == "uscita" {
        campi.push(("file:principale", "testo"));
    }
    let fatta = registra(chi, flusso, oggetto, &campi);
    assert_eq!(fatta.stato, 303, "{}", fatta.html);
    fatta.testata("location").to_owned()
}

fn manda(chi: &Cliente<'_>, strada: &str, corpo: &str) -> Pagina {
    let modulo = chi.apri("/benvenuto").campo("modulo");
    chi.modulo_semplice(strada, &format!("modulo={modulo}&{corpo}"))
}

/// The id of the oldest proposal that waits, as the page of the RSP shows it.
fn prima_proposta(rsp: &Cliente<'_>) -> String {
    let html = rsp.apri("/annullamenti").html;
    html.split("action=\"/annullamenti/")
        .nth(1)
        .unwrap_or_else(|| panic!("{html}"))
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

fn tutti(casa: &Casa) {
    for (nome, ruolo) in RUOLI {
        assumi(casa, nome, ruolo);
    }
}

fn dentro<'a>(server: &'a Server) -> Vec<Cliente<'a>> {
    RUOLI.iter().map(|(nome, _)| Cliente::dentro(server, nome)).collect()
}

su_entrambi! {
    fn every_role_does_what_the_policy_says_about_annulments(casa) {
        let server = casa.server();
        tutti(casa);
        let chi = dentro(&server);
        let rosa = &chi[1];
        let strada = una(rosa, "entrata", "Istanza");
        let altra = una(rosa, "entrata", "Doppia");
        assert_eq!(manda(rosa, &format!("{altra}/annullamento"), "motivo=Doppia&conferma=1").stato, 303);
        assert_eq!(manda(&chi[0], &format!("{strada}/proposte"), "motivo=Doppia").stato, 303);
        let proposta = prima_proposta(rosa);
        let anno = casa.db.orologio().adesso().anno();
        // Columns: operatore, rsp, addetto, responsabile d'ufficio, resp. conservazione, amministratore, revisore.
        let matrice: [(&str, String, &str, [u16; 7]); 6] = [
            ("GET", "/annullamenti".to_owned(), "", [200, 200, 404, 404, 200, 404, 200]),
            ("GET", format!("{strada}/annullamento"), "", [200, 200, 200, 200, 404, 404, 404]),
            ("GET", format!("{altra}/provvedimenti/{anno}/1"), "", [200, 200, 200, 200, 200, 404, 200]),
            ("POST", format!("{strada}/annullamento"), "motivo=", [404, 422, 404, 404, 404, 404, 404]),
            ("POST", format!("{strada}/riservatezza"), "riservato=1&perche=", [404, 422, 404, 404, 404, 404, 404]),
            ("POST", format!("/annullamenti/{proposta}"), "esito=respingi&motivo=", [404, 422, 404, 404, 404, 404, 404]),
        ];
        for (metodo, strada, corpo, attesi) in matrice {
            for ((chi, (nome, _)), atteso) in chi.iter().zip(RUOLI).zip(attesi) {
                let risposta = if metodo == "GET" { chi.apri(&strada) } else { manda(chi, &strada, corpo) };
                assert_eq!(risposta.stato, atteso, "{nome}: {metodo} {strada}");
                if risposta.stato == 200 && !strada.contains("provvedimenti") {
                    let menu = risposta.html.contains("href=\"/annullamenti\"");
                    assert_eq!(menu, ["anna", "rosa", "carla", "rino"].contains(&nome), "{nome}: {strada}");
                }
            }
        }
        for ((chi, (nome, _)), atteso) in chi.iter().zip(RUOLI).zip([303, 303, 303, 303, 404, 404, 404]) {
            let strada = una(rosa, "entrata", &format!("Per {nome}"));
            assert_eq!(manda(chi, &format!("{strada}/proposte"), "motivo=Doppia").stato, atteso, "{nome}");
        }
        // No token, no act; what is not there is not found.
        assert_eq!(rosa.modulo_semplice(&format!("{strada}/annullamento"), "modulo=altro&motivo=x&conferma=1").stato, 403);
        let ignota = "/registrazioni/0192f0e4-0000-7000-8000-000000000000";
        for (che, corpo) in [("annullamento", "motivo=x&conferma=1"), ("proposte", "motivo=x"), ("riservatezza", "riservato=1&perche=x")] {
            assert_eq!(manda(rosa, &format!("{ignota}/{che}"), corpo).stato, 404, "{che}");
        }
        assert_eq!(manda(rosa, "/annullamenti/0192f0e4-0000-7000-8000-000000000000", "esito=accogli").stato, 404);
        assert_eq!(rosa.apri(&format!("{altra}/provvedimenti/{anno}/2")).stato, 404);
        assert_eq!(rosa.apri(&format!("{altra}/annullamento")).stato, 409);
        assert_eq!((casa.conta("annullamenti"), casa.conta("riservatezze"), casa.conta("decisioni_annullamento")), (1, 0, 0));
    }

    fn an_office_proposes_and_the_rsp_decides(casa) {
        let server = casa.server();
        tutti(casa);
        let trib = tributi(casa);
        assumi_in(casa, "tea", Ruolo::Addetto, &trib);
        assumi_in(casa, "tina", Ruolo::Operatore, &trib);
        let [anna, rosa, marta, tea, tina] = ["anna", "rosa", "marta", "tea", "tina"].map(|nome| Cliente::dentro(&server, nome));
        let strada = una(&anna, "entrata", "Istanza di Garibldi");
        let proponi = |chi: &Cliente<'_>, corpo: &str| manda(chi, &format!("{strada}/proposte"), corpo);
        assert_eq!(proponi(&tea, "motivo=x").stato, 404, "another office does not see it");
        for (corpo, frase) in [("cosa=oggetto&oggetto=Altro", "Scrivi il motivo"), ("cosa=oggetto&oggetto=&motivo=x", "Scrivi l&#39;oggetto"),
            ("cosa=oggetto&oggetto=Istanza+di+Garibldi&motivo=x", "uguale a quello in vigore")] {
            let no = proponi(&marta, corpo);
            assert!(no.stato == 422 && no.html.contains(frase), "{corpo}: {}", no.html);
        }
        assert_eq!(proponi(&marta, "cosa=oggetto&oggetto=Istanza+di+Garibaldi&motivo=Refuso").stato, 303);
        assert_eq!(proponi(&anna, "cosa=oggetto&oggetto=Altro&motivo=Refuso").stato, 409, "one waits already");
        assert_eq!(proponi(&anna, "motivo=Doppia").stato, 303, "the whole is another thing");
        let pagina = anna.apri(&strada).html;
        for parte in ["Proposte di annullamento", "Istanza di Garibaldi", "Refuso", "Aspetta il responsabile"] {
            assert!(pagina.contains(parte), "{parte} is not in {pagina}");
        }
        let elenco = rosa.apri("/annullamenti").html;
        assert!(elenco.contains("2 proposte") && elenco.contains("<del>Istanza di Garibldi</del>"), "{elenco}");
        assert!(!anna.apri("/annullamenti").html.contains("Respingi la proposta"));

        let (prima, decidi) = (prima_proposta(&rosa), |id: &str, corpo: &str| manda(&rosa, &format!("/annullamenti/{id}"), corpo));
        assert_eq!(decidi(&prima, "esito=accogli").stato, 303);
        assert_eq!(decidi(&prima, "esito=accogli").stato, 409);
        let pagina = anna.apri(&strada).html;
        assert!(pagina.contains("<p class=\"oggetto\">Istanza di Garibaldi</p>") && pagina.contains("<del>Istanza di Garibldi</del>"), "{pagina}");
        let anno = casa.db.orologio().adesso().anno();
        let testo = anna.apri(&format!("{strada}/provvedimenti/{anno}/1"));
        assert!(testo.html.contains("Proposto da: Anna Verdi") && testo.testata("content-disposition").contains("attachment"), "{}", testo.html);
        assert!(anna.apri("/registro").html.contains("Dato annullato: oggetto"));
        let seconda = prima_proposta(&rosa);
        let no = decidi(&seconda, "esito=respingi&motivo=+");
        assert!(no.stato == 422 && no.html.contains("Scrivi perché la respingi"), "{}", no.html);
        assert_eq!(decidi(&seconda, "esito=respingi&motivo=Non+%C3%A8+doppia").stato, 303);
        let pagina = anna.apri(&strada).html;
        assert!(pagina.contains("Respinta da Anna Verdi") && pagina.contains("Non è doppia") && !pagina.contains("<strong>Annullata</strong>"), "{pagina}");
        let elenco = rosa.apri("/annullamenti").html;
        assert!(elenco.contains("Nessuna proposta aspetta") && elenco.contains(&format!("n. 1/{anno}")), "{elenco}");
        assert_eq!(proponi(&anna, "motivo=Doppia+davvero").stato, 303, "what was refused may be proposed again");

        // What became riservata goes out of the sight of the others, proposals and provvedimenti too.
        assert!(tina.apri("/annullamenti").html.contains("Doppia davvero"));
        assert_eq!(manda(&rosa, &format!("{strada}/riservatezza"), "riservato=1&perche=Salute").stato, 303);
        let elenco = tina.apri("/annullamenti").html;
        assert!(!elenco.contains("Doppia davvero") && !elenco.contains(&format!("n. 1/{anno}")), "{elenco}");
        assert_eq!((tina.apri(&strada).stato, tina.apri(&format!("{strada}/provvedimenti/{anno}/1")).stato), (404, 404));
        let pagina = rosa.apri(&strada).html;
        assert!(pagina.contains("Togli la riservatezza") && pagina.contains("Resa riservata: Salute"), "{pagina}");
        assert_eq!(manda(&rosa, &format!("{strada}/riservatezza"), "riservato=0&perche=Sbagliato").stato, 303);
        assert_eq!(tina.apri(&strada).stato, 200);
        let esito = comando(casa, &["controlla"]);
        assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stdout));
        for tabella in ["proposte_annullamento", "decisioni_annullamento"] {
            assert!(casa.sql(&format!("UPDATE {tabella} SET motivo = 'x'")).is_err(), "{tabella}");
        }
    }

    fn an_annulled_value_that_is_riservato_is_shown_to_few(casa) {
        let server = casa.server();
        assumi(casa, "rosa", Ruolo::Rsp);
        assumi(casa, "anna", Ruolo::Operatore);
        let trib = tributi(casa);
        assumi_in(casa, "tina", Ruolo::Operatore, &trib);
        let [anna, rosa, tina] = ["anna", "rosa", "tina"].map(|nome| Cliente::dentro(&server, nome));
        let strada = una(&rosa, "uscita", "Sussidio a Zaccaria");
        assert_eq!(tina.apri(&format!("{strada}/segnatura.xml")).stato, 200);
        let corpo = "cosa=oggetto&oggetto=Sussidio&motivo=Nome+in+chiaro&riservato=1&conferma=1";
        assert_eq!(manda(&rosa, &format!("{strada}/annullamento"), corpo).stato, 303);
        let anno = casa.db.orologio().adesso().anno();
        let (segnatura, provvedimento) = (format!("{strada}/segnatura.xml"), format!("{strada}/provvedimenti/{anno}/1"));
        for (chi, svelata) in [(&rosa, true), (&anna, true), (&tina, false)] {
            let html = chi.apri(&strada).html;
            assert_eq!((html.contains("Zaccaria"), html.contains("Valore annullato riservato")), (svelata, !svelata), "{html}");
            assert!(html.contains("<p class=\"oggetto\">Sussidio</p>") && html.contains("Nome in chiaro"), "{html}");
            for dove in ["/registro", "/annullamenti", "/ricerca?q=Zaccaria", "/ricerca?q=Sussidio"] {
                let html = chi.apri(dove).html.replace("value=\"Zaccaria\"", "").replace("Zaccaria»", "");
                assert!(!html.contains("Sussidio a Zaccaria"), "{dove}: {html}");
            }
            let attesi = if svelata { (200, 200) } else { (404, 404) };
            assert_eq!((chi.apri(&segnatura).stato, chi.apri(&provvedimento).stato), attesi);
        }
    }

    fn parties_and_arrival_are_put_right_from_the_form(casa) {
        let server = casa.server();
        assumi(casa, "rosa", Ruolo::Rsp);
        let rosa = Cliente::dentro(&server, "rosa");
        let strada = una(&rosa, "entrata", "Istanza");
        let modulo = rosa.apri(&format!("{strada}/annullamento?cosa=corrispondenti"));
        assert!(modulo.html.contains("value=\"Bianchi\"") && modulo.html.contains("id=\"parte-1-cognome\""), "{}", modulo.html);
        let annulla = |corpo: &str| manda(&rosa, &format!("{strada}/annullamento"), &format!("{corpo}&motivo=Errore&conferma=1"));
        let no = annulla("cosa=corrispondenti&parte-0-tipo=persona-fisica&parte-0-ruolo=mittente&parte-0-cognome=Neri");
        assert!(no.stato == 422 && no.html.contains("Manca il nome"), "{}", no.html);
        let no = annulla("cosa=corrispondenti&parte-0-tipo=persona-fisica&parte-0-ruolo=destinatario&parte-0-cognome=Neri&parte-0-nome=Ada");
        assert!(no.stato == 422 && no.html.contains("Manca il mittente"), "{}", no.html);
        let due = "cosa=corrispondenti&parte-0-tipo=persona-fisica&parte-0-ruolo=mittente&parte-0-cognome=Neri&parte-0-nome=Ada\
                   &parte-1-tipo=amministrazione&parte-1-ruolo=conoscenza&parte-1-cognome=Comune+di+Prova&parte-1-ipa=c_x999\
                   &parte-2-tipo=persona-giuridica&parte-2-ruolo=mittente";
        assert_eq!(annulla(due).stato, 303);
        for (corpo, frase) in [("cosa=arrivo&giorno=1/1/2026", "Manca l&#39;ora"), ("cosa=arrivo&ora=08:42", "manca il giorno"),
            ("cosa=arrivo&giorno=28/03/2021&ora=02:30", "quest&#39;ora non c"), ("cosa=protocolloMittente&data=1/1/2026", "manca il numero")] {
            let no = annulla(corpo);
            assert!(no.stato == 422 && no.html.contains(frase), "{corpo}: {}", no.html);
        }
        assert_eq!(annulla("cosa=arrivo&giorno=1/1/2026&ora=08:42").stato, 303);
        assert_eq!(annulla("cosa=protocolloMittente&numero=7/B&data=1/1/2026").stato, 303);
        let html = rosa.apri(&strada).html;
        for parte in ["Neri Ada", "IPA c_x999", "<del>Mittente: Bianchi Maria</del>", "01/01/2026", "08:42", "7/B del 01/01/2026", "<del>nessuno</del>"] {
            assert!(html.contains(parte), "{parte} is not in {html}");
        }
        // The instant of a PEC is its provider's.
        let pec = registra(&rosa, "entrata", "Da PEC", &[("mezzo", "pec")]).testata("location").to_owned();
        assert!(!rosa.apri(&format!("{pec}/annullamento")).html.contains("cosa=arrivo"));
        assert_eq!(rosa.apri(&format!("{pec}/annullamento?cosa=arrivo")).stato, 404);
        let forzata = manda(&rosa, &format!("{pec}/annullamento"), "cosa=arrivo&giorno=1/1/2026&ora=08:42&motivo=x&conferma=1");
        assert!([404, 422].contains(&forzata.stato), "{}", forzata.stato);
        assert_eq!(casa.conta("dati_annullati"), 3);
    }
}

#[test]
fn the_rsp_annuls_a_datum_in_a_browser() {
    for finestra in [(1440, 900), (390, 844)] {
        let casa = Casa::sqlite();
        let server = casa.server();
        assumi(&casa, "rosa", Ruolo::Rsp);
        assumi(&casa, "anna", Ruolo::Operatore);
        let anna = Cliente::dentro(&server, "anna");
        let (strada, altra) = (
            una(&anna, "entrata", "Istanza di permesso, via Garibldi 12"),
            una(&anna, "entrata", "Istanza di accesso"),
        );
        for (strada, corpo) in [
            (&strada, "cosa=protocolloMittente&numero=45/A&motivo=Il+numero+c'era"),
            (&altra, "motivo=Registrata+due+volte"),
        ] {
            assert_eq!(manda(&anna, &format!("{strada}/proposte"), corpo).stato, 303);
        }
        naviga(finestra, async |driver| rettifica(driver, &server.url, &strada).await);
        assert_eq!(casa.conta("dati_annullati"), 2);
    }
}

async fn rettifica(driver: &WebDriver, url: &str, strada: &str) -> WebDriverResult<()> {
    entra(driver, url, "rosa").await?;
    driver.goto(format!("{url}{strada}")).await?;
    premi(driver.find(By::LinkText("Annulla la registrazione o un dato")).await?).await?;
    driver.query(By::Id("annulla")).first().await?;
    ritratto(driver, "annullamento").await?;
    premi(driver.find(By::LinkText("Corrispondenti")).await?).await?;
    driver.query(By::Id("parte-0-cognome")).first().await?;
    ritratto(driver, "annullamento-corrispondenti").await?;
    premi(driver.find(By::LinkText("Oggetto")).await?).await?;
    let oggetto = driver.query(By::Id("oggetto")).first().await?;
    oggetto.clear().await?;
    oggetto.send_keys("Istanza di permesso, via Garibaldi 12").await?;
    pulita(driver, url, &[]).await?;
    premi(driver.find(By::Id("annulla")).await?).await?;
    // Refused: what was typed stays.
    let errore = driver.query(By::Id("errore-motivo")).first().await?;
    assert!(errore.text().await?.contains("Scrivi il motivo"));
    let valore = driver.find(By::Id("oggetto")).await?.value().await?;
    assert_eq!(valore.as_deref(), Some("Istanza di permesso, via Garibaldi 12"));
    ritratto(driver, "annullamento-rifiutato").await?;
    pulita(driver, url, &["422"]).await?;
    driver.find(By::Id("motivo")).await?.send_keys("Nome della via scritto male").await?;
    driver.find(By::Id("conferma")).await?.click().await?;
    premi(driver.find(By::Id("annulla")).await?).await?;
    let barrato = driver.query(By::Css(".annullato del")).first().await?;
    assert!(barrato.text().await?.contains("Garibldi"));
    ritratto(driver, "dato-annullato").await?;
    pulita(driver, url, &[]).await?;
    driver.goto(format!("{url}/annullamenti")).await?;
    driver.query(By::Css("tbody th a")).first().await?;
    ritratto(driver, "annullamenti").await?;
    pulita(driver, url, &[]).await?;
    premi(driver.find(By::Css("form.decisione button")).await?).await?;
    driver.query(By::XPath("//tbody//a[starts-with(text(), 'n. 2/')]")).first().await?;
    driver.goto(format!("{url}/registro")).await?;
    let chip = driver.query(By::Css(".chip-annullata")).first().await?;
    assert_eq!(chip.text().await?, "Dato annullato: oggetto, protocollo del mittente");
    ritratto(driver, "registro-dato-annullato").await?;
    pulita(driver, url, &[]).await
}
