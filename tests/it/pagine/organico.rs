//! The organigramma, the preferences, and acting for another.

use super::browser::{entra, naviga, premi, pulita, ritratto};
use super::cliente::{Cliente, PASSWORD, assumi, tributi};
use crate::casa::{Casa, Rotto, comando, entrata, registra, su_entrambi};
use crate::organico::attore_dell_ultimo;
use serde_json::json;
use tabulario::storage::Operazione;
use tabulario::utenti::{self, Parola, Persona, Ruolo, Ufficio};
use tabulario::valori::{AooId, Attore};
use thirtyfour::prelude::*;

/// Creates a person with a name of their own.
fn nominata(casa: &Casa, nome_utente: &str, (nome, cognome): (&str, &str), ruolo: Ruolo, ufficio: &Ufficio) -> Persona {
    let protetta = Parola::nuova(PASSWORD).unwrap().protetta().unwrap();
    let io = Attore::Sistema("comando");
    let crea = |op: &mut Operazione<'_>| {
        Ok::<_, Rotto>(utenti::crea_utente(op, nome_utente, nome.parse()?, cognome.parse()?, &protetta)?)
    };
    let persona = casa.db.scrivi(AooId::INSTALLAZIONE, &io, crea).unwrap();
    casa.db.scrivi(casa.aoo.id, &io, |op| utenti::affida(op, &persona, ufficio, ruolo)).unwrap();
    persona
}

/// Lets somebody record a substitution from the page.
fn sostituisce(chi: &Cliente<'_>, titolare: &str, sostituto: &str) -> super::Pagina {
    let modulo = chi.apri("/preferenze").campo("modulo");
    let corpo =
        format!("modulo={modulo}&titolare={titolare}&sostituto={sostituto}&dal=ieri&al=31/12/2099&motivo=Ferie");
    // Sent twice, it is one act.
    chi.modulo_semplice("/sostituzioni", &corpo);
    chi.modulo_semplice("/sostituzioni", &corpo)
}

/// Presses the first button that acts for somebody.
fn opera(chi: &Cliente<'_>) -> u16 {
    let pagina = chi.apri("/preferenze");
    let corpo = format!("modulo={}&sostituzione={}", pagina.campo("modulo"), pagina.campo("sostituzione"));
    chi.modulo_semplice("/sessione/per-conto", &corpo).stato
}

const STRISCIA: &str = "Operi per conto di <strong>Mario Neri</strong>";

su_entrambi! {
    fn the_organigramma_is_for_who_administers_reads_or_answers(casa) {
        let server = casa.server();
        for (ruolo, stato) in Ruolo::TUTTI.into_iter().zip([404, 200, 404, 404, 404, 200, 200]) {
            assumi(casa, ruolo.as_str(), ruolo);
            let chi = Cliente::dentro(&server, ruolo.as_str());
            let pagina = chi.apri("/amministrazione/organigramma");
            assert_eq!(pagina.stato, stato, "{ruolo:?}");
            let menu = chi.apri("/benvenuto").html;
            assert_eq!(menu.contains("href=\"/amministrazione/organigramma\""), stato == 200, "{ruolo:?}");
            assert!(menu.contains("href=\"/preferenze\"") && chi.apri("/preferenze").stato == 200, "{ruolo:?}");
        }
        let rsp = Cliente::dentro(&server, "rsp");
        let oggi = rsp.apri("/amministrazione/organigramma").html;
        for parte in ["Sportello edilizia", "EDIL", "Anna Verdi", "responsabile-ufficio", "Responsabile di ufficio, dal"] {
            assert!(oggi.contains(parte), "{parte} is not in {oggi}");
        }
        assert!(!oggi.contains("non può entrare"));
        assert!(comando(casa, &["utente", "escludi", "--nome-utente", "addetto"]).status.success());
        assert!(rsp.apri("/amministrazione/organigramma").html.contains("non può entrare"));
        let ieri = rsp.apri("/amministrazione/organigramma?il=1/1/2020").html;
        assert!(ieri.contains("alla fine del 01/01/2020") && ieri.contains("non c'era nessun ufficio"), "{ieri}");
        for cattivo in ["32/1/2020", "x", "1/1/2199"] {
            let no = rsp.apri(&format!("/amministrazione/organigramma?il={cattivo}"));
            assert!(no.stato == 422 && no.html.contains("errore-il"), "{cattivo}: {}", no.html);
        }
    }

    fn one_changes_ones_own_password_and_the_other_sessions_end(casa) {
        let server = casa.server();
        assumi(casa, "anna", Ruolo::Operatore);
        assumi(casa, "luca", Ruolo::Operatore);
        let (anna, altrove, luca) = (Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "luca"));
        let modulo = anna.apri("/preferenze").campo("modulo");
        let cambia = |modulo: &str, attuale: &str, nuova: &str, ripetuta: &str| {
            let corpo = format!("modulo={modulo}&attuale={attuale}&nuova={nuova}&ripetuta={ripetuta}");
            anna.modulo_semplice("/preferenze/password", &corpo)
        };
        let (vecchia, nuova) = (PASSWORD.replace(' ', "+"), "una+frase+che+ricordo");
        for (attuale, nuova, ripetuta, campo) in [
            ("sbagliata", nuova, nuova, "errore-attuale"),
            (vecchia.as_str(), "corta", "corta", "errore-nuova"),
            (&vecchia, nuova, "una+frase+diversa+ancora", "errore-ripetuta"),
        ] {
            let no = cambia(&modulo, attuale, nuova, ripetuta);
            assert!(no.stato == 422 && no.html.contains(campo) && !no.html.contains("value=\"una frase"), "{campo}: {}", no.html);
        }
        assert_eq!(cambia(&luca.apri("/preferenze").campo("modulo"), &vecchia, nuova, nuova).stato, 403);
        assert_eq!(casa.conta("accessi"), 0);
        let fatta = cambia(&modulo, &vecchia, nuova, nuova);
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        assert!(anna.apri(fatta.testata("location")).html.contains("Password cambiata"));
        assert_eq!((anna.apri("/registro").stato, altrove.apri("/registro").stato, luca.apri("/registro").stato), (200, 303, 200));
        let fuori = Cliente::nuovo(&server);
        assert_eq!(fuori.entra("anna", PASSWORD, &[]).stato, 422);
        assert_eq!(fuori.entra("anna", nuova, &[]).stato, 303);
        // Whoever sits at an open session does not guess the password either.
        let tentativi: Vec<u16> = (0..12).map(|_| cambia(&modulo, "sbagliata", nuova, nuova).stato).collect();
        assert_eq!(tentativi.last(), Some(&429), "{tentativi:?}");
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn who_stands_in_has_the_roles_of_the_titolare_and_the_acts_stay_theirs(casa) {
        let server = casa.server();
        let tributi = tributi(casa);
        let mario = nominata(casa, "mario", ("Mario", "Neri"), Ruolo::Addetto, &tributi);
        let bianchi = nominata(casa, "anna", ("Anna", "Bianchi"), Ruolo::Addetto, &casa.ufficio);
        let chi = |nome| Cliente::dentro(&server, nome);
        let (m, anna) = (chi("mario"), chi("anna"));
        let fatta = registra(&server.url, &casa.gettone, "k", &entrata("Cartella"), b"x").unwrap().json();
        let di_edilizia = format!("/registrazioni/{}", fatta["id"].as_str().unwrap());
        let mut di_tributi = entrata("Tassa");
        di_tributi["ufficio"] = json!("TRIB");
        let fatta = registra(&server.url, &casa.gettone, "k2", &di_tributi, b"x").unwrap().json();
        let di_tributi = format!("/registrazioni/{}", fatta["id"].as_str().unwrap());
        let stati = |c: &Cliente<'_>| (c.apri(&di_edilizia).stato, c.apri(&di_tributi).stato);
        assert_eq!((stati(&m), stati(&anna)), ((404, 200), (200, 404)));
        assert_eq!(sostituisce(&m, "", "anna").stato, 303);
        assert_eq!(stati(&anna), (200, 404), "nothing changes until she chooses");
        let mio = anna.apri("/preferenze").campo("modulo");
        assert_eq!(opera(&anna), 303);
        assert_eq!(stati(&anna), (404, 200));
        let pagina = anna.apri(&di_tributi);
        assert!(pagina.html.contains(STRISCIA) && pagina.html.contains("<strong>Anna Bianchi</strong>"), "{}", pagina.html);
        // A form that was opened before is not sent for another.
        let classifica = |modulo: &str| anna.modulo_semplice(&format!("{di_tributi}/classificazione"), &format!("modulo={modulo}&voce=VI.2"));
        assert_eq!(classifica(&mio).stato, 403);
        let suo = pagina.campo("modulo");
        assert_eq!(classifica(&suo).stato, 303);
        let attore = format!("utente:{}/per:{}", bianchi.id, mario.id);
        assert_eq!(attore_dell_ultimo(&server.url, &casa.gettone, "classificazione"), attore);
        assert!(m.apri(&di_tributi).html.contains("Anna Bianchi per conto di Mario Neri"));
        // She neither passes it on nor ends it, and changes no password but her own.
        assert_eq!(sostituisce(&anna, "", "anna").stato, 422);
        let preferenze = anna.apri("/preferenze");
        assert!(!preferenze.html.contains("Registra una sostituzione") && !preferenze.html.contains("/revoca"), "{}", preferenze.html);
        // Back.
        let torna = |c: &Cliente<'_>| c.modulo_semplice("/sessione/per-conto", &format!("modulo={}", c.apri("/preferenze").campo("modulo"))).stato;
        assert_eq!(torna(&anna), 303);
        assert_eq!(stati(&anna), (200, 404));
        assert_eq!(classifica(&suo).stato, 403);
        assert!(!anna.apri(&di_edilizia).html.contains(STRISCIA));
        assert!(comando(casa, &["controlla"]).status.success());
    }

    fn a_substitution_that_ends_ends_at_the_next_request(casa) {
        let server = casa.server();
        let tributi = tributi(casa);
        nominata(casa, "mario", ("Mario", "Neri"), Ruolo::Addetto, &tributi);
        nominata(casa, "anna", ("Anna", "Bianchi"), Ruolo::Addetto, &casa.ufficio);
        let (m, anna) = (Cliente::dentro(&server, "mario"), Cliente::dentro(&server, "anna"));
        let striscia = || anna.apri("/preferenze").html.contains(STRISCIA);
        let utente = |altri: &[&str]| {
            let uscita = comando(casa, &[&["utente"], altri].concat());
            assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stderr));
        };
        let ruolo = ["ruolo", "--nome-utente", "mario", "--aoo", "AX99Z01", "--ufficio", "TRIB", "--ruolo", "addetto"];
        assert_eq!(sostituisce(&m, "", "anna").stato, 303);
        // The titolare loses the role; is kept out: no longer theirs, and back when they are back.
        assert_eq!(opera(&anna), 303);
        assert!(striscia());
        utente(&[&ruolo[..], &["--togli"]].concat());
        assert!(!striscia());
        utente(&ruolo);
        assert!(striscia());
        utente(&["escludi", "--nome-utente", "mario"]);
        assert!(!striscia());
        utente(&["riammetti", "--nome-utente", "mario"]);
        assert!(striscia());
        // Revoked by the titolare.
        let m = Cliente::dentro(&server, "mario");
        let pagina = m.apri("/preferenze");
        let strada = pagina.html.split("action=\"").find(|p| p.contains("/revoca")).unwrap().split('"').next().unwrap();
        assert_eq!(m.modulo_semplice(strada, "modulo=x").stato, 403);
        let id = strada.trim_start_matches("/sostituzioni/").trim_end_matches("/revoca");
        assert_eq!(m.modulo_semplice(strada, &format!("modulo={}", pagina.campo("modulo"))).stato, 303);
        assert!(!striscia());
        let ancora = format!("modulo={}&sostituzione={id}", anna.apri("/preferenze").campo("modulo"));
        assert_eq!(anna.modulo_semplice("/sessione/per-conto", &ancora).stato, 404);
        // The last day passes.
        assert_eq!(sostituisce(&m, "", "anna").stato, 303);
        assert_eq!(opera(&anna), 303);
        assert!(striscia());
        let dopo = casa.con_orologio("2100-01-01T00:00:00Z");
        let finita = dopo.leggi(|conn| {
            let anna = utenti::utente_per_nome(conn, "anna")?.unwrap();
            utenti::sostituzione::disponibili(conn, anna.id, casa.aoo.id, dopo.orologio().adesso())
        });
        assert!(finita.unwrap().is_empty());
        // The sostituto loses their own last role: they have left, and see nothing.
        utente(&["ruolo", "--nome-utente", "anna", "--aoo", "AX99Z01", "--ufficio", "EDIL", "--ruolo", "addetto", "--togli"]);
        assert_eq!(anna.apri("/fascicoli").stato, 404);
    }

    fn who_may_record_and_end_substitutions(casa) {
        let server = casa.server();
        let tributi = tributi(casa);
        nominata(casa, "mario", ("Mario", "Neri"), Ruolo::Addetto, &tributi);
        nominata(casa, "anna", ("Anna", "Bianchi"), Ruolo::Addetto, &casa.ufficio);
        let sostituzioni = || casa.conta("sostituzioni");
        for (i, ruolo) in Ruolo::TUTTI.into_iter().enumerate() {
            assumi(casa, ruolo.as_str(), ruolo);
            let chi = Cliente::dentro(&server, ruolo.as_str());
            let (prima, per_tutti) = (sostituzioni(), matches!(ruolo, Ruolo::Rsp | Ruolo::Amministratore));
            assert_eq!(chi.apri("/preferenze").html.contains("name=\"titolare\""), per_tutti, "{ruolo:?}");
            assert_eq!(sostituisce(&chi, "mario", "anna").stato, if per_tutti { 303 } else { 404 }, "{ruolo:?}");
            assert_eq!(sostituisce(&chi, "", "anna").stato, 303, "{ruolo:?}");
            // The second who records the same for Mario finds it there.
            assert_eq!(sostituzioni(), prima + 1 + i64::from(ruolo == Ruolo::Rsp), "{i} {ruolo:?}");
            if per_tutti {
                let no = sostituisce(&chi, "mario", ruolo.as_str());
                assert!(no.stato == 422 && no.html.contains("errore-sostituto"), "{ruolo:?}: {}", no.html);
            }
        }
        // What is not one's own is not there: to see, to act by, or to end.
        let operatore = Cliente::dentro(&server, "operatore");
        let pagina = operatore.apri("/preferenze");
        assert!(!pagina.html.contains("Mario Neri</th>"), "{}", pagina.html);
        let rsp = Cliente::dentro(&server, "rsp").apri("/preferenze").html;
        let di_mario = rsp.split("Mario Neri</th>").nth(1).unwrap().split("action=\"/sostituzioni/").nth(1).unwrap();
        let id = di_mario.split('/').next().unwrap();
        let modulo = pagina.campo("modulo");
        assert_eq!(operatore.modulo_semplice(&format!("/sostituzioni/{id}/revoca"), &format!("modulo={modulo}")).stato, 404);
        assert_eq!(operatore.modulo_semplice("/sessione/per-conto", &format!("modulo={modulo}&sostituzione={id}")).stato, 404);
        for (corpo, errore) in [
            ("sostituto=&dal=oggi&al=oggi&motivo=x", "errore-sostituto"),
            ("sostituto=operatore&dal=oggi&al=oggi&motivo=x", "errore-sostituto"),
            ("sostituto=nessuno&dal=oggi&al=oggi&motivo=x", "errore-sostituto"),
            ("sostituto=anna&dal=x&al=oggi&motivo=x", "errore-dal"),
            ("sostituto=anna&dal=oggi&al=ieri&motivo=x", "errore-al"),
            ("sostituto=anna&dal=oggi&al=oggi&motivo=", "errore-motivo"),
        ] {
            let no = operatore.modulo_semplice("/sostituzioni", &format!("modulo={modulo}&{corpo}"));
            assert!(no.stato == 422 && no.html.contains(errore), "{corpo}: {}", no.html);
        }
        assert_eq!(operatore.modulo_semplice("/sostituzioni", "modulo=x&sostituto=anna&dal=oggi&al=oggi&motivo=x").stato, 403);
        assert_eq!(Cliente::nuovo(&server).modulo_semplice("/sostituzioni", "modulo=x&sostituto=anna").stato, 303);
    }
}

/// In a real browser, on a desk and on a phone: looks at the organigramma, lets somebody stand in, and acts for them.
#[test]
fn a_substitute_acts_for_another_and_goes_back() {
    let casa = Casa::sqlite();
    let server = casa.server();
    let tributi = tributi(&casa);
    let catasto = |op: &mut Operazione<'_>| {
        Ok::<_, Rotto>(utenti::crea_ufficio(op, "CAT".parse()?, "Catasto e toponomastica".parse()?, Some(&tributi))?)
    };
    let catasto = casa.db.scrivi(casa.aoo.id, &Attore::Sistema("comando"), catasto).unwrap();
    nominata(&casa, "mario", ("Mario", "Neri"), Ruolo::Rsp, &tributi);
    nominata(&casa, "anna", ("Anna", "Bianchi"), Ruolo::Addetto, &catasto);
    for finestra in [(1440, 900), (390, 844)] {
        naviga(finestra, async |driver| sostituita(driver, &server.url).await);
    }
}

async fn sostituita(driver: &WebDriver, url: &str) -> WebDriverResult<()> {
    entra(driver, url, "mario").await?;
    driver.goto(format!("{url}/amministrazione/organigramma")).await?;
    let albero = driver.find(By::Css("ul.albero")).await?.text().await?;
    assert!(albero.contains("Catasto e toponomastica CAT") && albero.contains("Anna Bianchi"), "{albero}");
    ritratto(driver, "organigramma").await?;
    driver.find(By::Id("il")).await?.send_keys("domani").await?;
    premi(driver.find(By::Css("form.com-era button")).await?).await?;
    driver.query(By::Id("errore-il")).first().await?;
    ritratto(driver, "organigramma-errore").await?;
    pulita(driver, url, &["422"]).await?;
    driver.goto(format!("{url}/preferenze")).await?;
    // Refused first: nothing but the substitute was chosen.
    driver.find(By::Css("#sostituto option[value='anna']")).await?.click().await?;
    premi(driver.find(By::Css("form[action='/sostituzioni'] button")).await?).await?;
    driver.query(By::Id("errore-dal")).first().await?;
    ritratto(driver, "preferenze-errore").await?;
    pulita(driver, url, &["422"]).await?;
    for (id, testo) in [("dal", "oggi"), ("al", "31/12/2099"), ("motivo", "Congedo")] {
        driver.find(By::Id(id)).await?.send_keys(testo).await?;
    }
    premi(driver.find(By::Css("form[action='/sostituzioni'] button")).await?).await?;
    driver.query(By::Css(".alert-success")).first().await?;
    ritratto(driver, "preferenze").await?;
    pulita(driver, url, &[]).await?;
    premi(driver.find(By::Css("form[action='/esci'] button")).await?).await?;
    entra(driver, url, "anna").await?;
    driver.goto(format!("{url}/preferenze")).await?;
    premi(driver.find(By::Css("form[action='/sessione/per-conto'] button")).await?).await?;
    let striscia = driver.query(By::Css(".striscia")).first().await?;
    assert!(striscia.text().await?.contains("Operi per conto di Mario Neri"));
    // The menu is the titolare's.
    driver.goto(format!("{url}/registro")).await?;
    driver.query(By::Css(".striscia")).first().await?;
    ritratto(driver, "per-conto").await?;
    pulita(driver, url, &[]).await?;
    premi(driver.find(By::Css(".striscia button")).await?).await?;
    driver.query(By::Css(".menu")).first().await?;
    assert!(driver.find_all(By::Css(".striscia")).await?.is_empty());
    pulita(driver, url, &[]).await
}
