//! The citizens' portal: an istanza is sent once, whatever happens, and whoever has its code follows it.

use super::browser::{naviga, premi, pulita, ritratto};
use super::cliente::{Cliente, Pagina, assumi};
use crate::casa::{Casa, Rotto, Servizio, comando, leggi, su_entrambi};
use std::path::Path;
use tabulario::documenti::Fiduce;
use tabulario::istanze::{self, CodiceIstanza, Presentazione, Richiedente, Sportello};
use tabulario::utenti::Ruolo;
use tabulario::valori::{Attore, Calendario, Istante};
use thirtyfour::prelude::*;

pub const SERVIZIO: &str = "/servizi/accesso-atti";

/// Opens a procedimento of the house.
pub fn apri_procedimento(casa: &Casa) -> istanze::Procedimento {
    casa.db
        .scrivi(casa.aoo.id, &Attore::Sistema("comando"), |op| {
            let parole = ("Accesso agli atti".parse()?, "Per chi vuole vedere una pratica.".parse()?);
            Ok::<_, Rotto>(istanze::apri(
                op,
                "accesso-atti".parse()?,
                parole,
                "VI.3".parse()?,
                &casa.ufficio,
                (30, true),
            )?)
        })
        .unwrap()
}

/// An istanza without files.
pub fn presentazione(procedimento: istanze::Procedimento, presentata: Istante) -> Presentazione {
    Presentazione {
        codice: CodiceIstanza::nuovo(),
        procedimento,
        presentata,
        richiedente: Richiedente {
            nome: "Elena".parse().unwrap(),
            cognome: "Tarsi".parse().unwrap(),
            codice_fiscale: "TRSLNE80A41H501S".parse().unwrap(),
            indirizzo: "elena@pec.cittadini.example".parse().unwrap(),
        },
        oggetto: "Accesso".parse().unwrap(),
        testo: "Chiedo copia.".parse().unwrap(),
        allegati: Vec::new(),
    }
}

/// The fields of the form that `pagina` shows, filled in.
fn campi<'a>(pagina: &Pagina, passo: &'a str, altri: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
    let mut campi = vec![
        ("nome", "Bianca"),
        ("cognome", "Tarsi"),
        ("codice-fiscale", "TRSLNE80A41H501S"),
        ("indirizzo", "elena.tarsi@pec.cittadini.example"),
        ("oggetto", "Pratica 12 del 1998"),
        ("testo", "Chiedo copia\r\ndella pratica <b>12</b>."),
        ("informativa", "1"),
        ("passo", passo),
    ];
    campi.retain(|(nome, _)| altri.iter().all(|(altro, _)| altro != nome));
    campi.extend(altri.iter().filter(|(_, valore)| !valore.is_empty()));
    let mut campi: Vec<_> = campi.into_iter().map(|(nome, valore)| (nome, valore.to_owned())).collect();
    if campi.iter().all(|(nome, _)| *nome != "codice") {
        campi.push(("codice", pagina.campo("codice")));
    }
    campi.sort_by_key(|(nome, _)| *nome != "codice");
    campi
}

/// Fills in the form that `pagina` shows and sends it.
fn invia(cliente: &Cliente<'_>, pagina: &Pagina, passo: &str, altri: &[(&str, &str)]) -> Pagina {
    let campi = campi(pagina, passo, altri);
    let campi: Vec<_> = campi.iter().map(|(nome, valore)| (*nome, valore.as_str())).collect();
    cliente.modulo(&format!("{SERVIZIO}/istanza"), &campi)
}

fn firmato(nome: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/firma").join(nome)).unwrap()
}

su_entrambi! {
    fn without_a_procedimento_there_is_no_portal(casa) {
        let server = casa.server();
        let chiunque = Cliente::nuovo(&server);
        for strada in ["/servizi", SERVIZIO, "/servizi/accesso-atti/istanza", "/servizi/..", "/istanze/7K2QP-0D4WN-XH9RT-B3M6E"] {
            assert_eq!(chiunque.apri(strada).stato, 404, "{strada}");
        }
        apri_procedimento(casa);
        assert_eq!(chiunque.apri("/servizi").stato, 200);
        let esito = comando(casa, &["procedimento", "chiudi", "--aoo", "AX99Z01", "--codice", "accesso-atti"]);
        assert!(esito.status.success(), "{}", String::from_utf8_lossy(&esito.stderr));
        assert_eq!(chiunque.apri("/servizi").stato, 404);
        assert_eq!(chiunque.apri("/servizi/accesso-atti/istanza").stato, 404);
    }

    fn an_istanza_that_nobody_signed_gets_a_number_a_term_and_says_what_is_missing(casa) {
        let (server, _) = (casa.server(), apri_procedimento(casa));
        let chiunque = Cliente::nuovo(&server);
        let modulo = chiunque.apri("/servizi/accesso-atti/istanza");
        let riepilogo = invia(&chiunque, &modulo, "riepilogo", &[("file:file", "la planimetria")]);
        assert_eq!(riepilogo.stato, 200);
        for parte in ["Controlla e invia", "da regolarizzare", "file.txt", "Non ha una firma digitale", "&#60;b&#62;12"] {
            assert!(riepilogo.html.contains(parte), "{parte} is not in {}", riepilogo.html);
        }
        assert_eq!(casa.conta("registrazioni"), 0);
        let tenuto = riepilogo.campo("tenuto");
        let inviata = invia(&chiunque, &riepilogo, "invia", &[("tenuto", &tenuto)]);
        assert_eq!(inviata.stato, 303, "{}", inviata.html);
        let luogo = inviata.testata("location").to_owned();
        let ricevuta = chiunque.apri(&luogo);
        for parte in ["Richiesta inviata", "0000001/", "Da regolarizzare", "30 giorni", "Sportello edilizia", "file.txt", "istanza.txt"] {
            assert!(ricevuta.html.contains(parte), "{parte} is not in {}", ricevuta.html);
        }
        // What the page does not tell: whoever finds the code learns no more than the state.
        assert!(!ricevuta.html.contains("TRSLNE80A41H501S"), "{}", ricevuta.html);

        // Sent again by Back or by a double click it is the same istanza; with another text the first one stands, and it is said.
        assert_eq!(invia(&chiunque, &riepilogo, "invia", &[("tenuto", &tenuto)]).testata("location"), luogo);
        let altra = invia(&chiunque, &riepilogo, "invia", &[("tenuto", &tenuto), ("oggetto", "Altro")]);
        assert!(altra.stato == 409 && altra.html.contains("una richiesta diversa") && altra.html.contains("value=\"Altro\""), "{}", altra.html);
        assert_ne!(altra.campo("codice"), riepilogo.campo("codice"));
        assert_eq!((casa.conta("registrazioni"), casa.conta("istanze"), casa.conta("termini")), (1, 1, 1));

        let trovate = leggi(&format!("{}/api/v1/registrazioni?numero=1", server.url), &casa.gettone).json();
        let r = &trovate["risultati"][0];
        assert_eq!((r["mezzo"].as_str(), r["tipologia"].as_str()), (Some("portale"), Some("Istanza")));
        assert_eq!(r["corrispondenti"][0]["codiceFiscale"], "TRSLNE80A41H501S");
        assert_eq!(r["assegnazioni"][0]["ufficio"], "EDIL");
        assert!(r["arrivo"].as_str() <= r["istante"].as_str());
        let sha = r["documenti"][0]["sha256"].as_str().unwrap();
        let detto = leggi(&format!("{}/api/v1/documenti/{sha}", server.url), &casa.gettone);
        let detto = String::from_utf8(detto.corpo).unwrap();
        assert!(detto.contains("Chiedo copia\ndella pratica <b>12</b>.") && detto.contains("TRSLNE80A41H501S"), "{detto}");
        let controllo = comando(casa, &["controlla", "--json"]);
        assert!(controllo.status.success(), "{}", String::from_utf8_lossy(&controllo.stdout));
    }

    fn a_signature_of_who_asks_counts_and_one_of_another_is_said(casa) {
        let (server, _) = (casa.server_fidato(), apri_procedimento(casa));
        let chiunque = Cliente::nuovo(&server);
        let check = |file: &str, cf: &str, frase: &str, sulla_ricevuta: Option<&str>| {
            let modulo = chiunque.apri("/servizi/accesso-atti/istanza");
            let altri = [("codice-fiscale", cf)];
            let riepilogo = chiunque.modulo_con_file(&format!("{SERVIZIO}/istanza"), &campi(&modulo, "riepilogo", &altri), (file, &firmato(file)));
            assert!(riepilogo.html.contains(frase), "{frase} is not in {}", riepilogo.html);
            let tenuto = riepilogo.campo("tenuto");
            let luogo = invia(&chiunque, &riepilogo, "invia", &[("codice-fiscale", cf), ("tenuto", &tenuto)]).testata("location").to_owned();
            let ricevuta = chiunque.apri(&luogo).html;
            let dice = |parole: &str| ricevuta.contains(parole);
            assert_eq!(sulla_ricevuta.is_some_and(dice), sulla_ricevuta.is_some(), "{ricevuta}");
            assert_eq!(dice("Da regolarizzare"), sulla_ricevuta == Some("Da regolarizzare"), "{ricevuta}");
        };
        check("rsa-der.pdf.p7m", "TRSLNE78D52X999M", "Un file porta la tua firma digitale", None);
        check("rsa-der.pdf.p7m", "TRSLNE80A41H501S", "non è quella di chi presenta", Some("un'altra persona"));
        check("contenuto-alterato.pdf.p7m", "TRSLNE78D52X999M", "la firma digitale non è valida", Some("Da regolarizzare"));
        check("ca-estranea.txt.p7m", "TRSLNE78D52X999M", "non riusciamo a confermare", Some("Da regolarizzare"));
    }

    fn a_refused_form_keeps_everything_and_says_what_to_mend(casa) {
        let (server, _) = (casa.server(), apri_procedimento(casa));
        let chiunque = Cliente::nuovo(&server);
        let modulo = chiunque.apri("/servizi/accesso-atti/istanza");
        let cattivi = [("codice-fiscale", "RSSMRA80A01H501X"), ("testo", " "), ("informativa", ""), ("file:file", "resta")];
        let rifiutato = invia(&chiunque, &modulo, "invia", &cattivi);
        assert_eq!(rifiutato.stato, 422);
        for parte in ["Ci sono 3 cose", "href=\"#codice-fiscale\"", "href=\"#testo\"", "href=\"#informativa\"", "value=\"Bianca\"", "file.txt"] {
            assert!(rifiutato.html.contains(parte), "{parte} is not in {}", rifiutato.html);
        }
        let tenuto = rifiutato.campo("tenuto");
        assert!(invia(&chiunque, &rifiutato, "riepilogo", &[("tenuto", &tenuto)]).html.contains("file.txt"));
        // A file that belongs to another form is not given, and nothing goes on as if it had not been chosen.
        let altro = chiunque.apri("/servizi/accesso-atti/istanza");
        let senza = invia(&chiunque, &altro, "invia", &[("tenuto", &tenuto)]);
        assert!(senza.stato == 422 && senza.html.contains("aggiungili di nuovo") && !senza.html.contains("file.txt"), "{}", senza.html);
        assert_eq!(invia(&chiunque, &altro, "riepilogo", &[("codice", "1")]).stato, 400);
        assert_eq!(casa.conta("istanze"), 0);
    }

    fn strangers_have_limits(casa) {
        let (server, _) = (casa.server(), apri_procedimento(casa));
        let chiunque = Cliente::nuovo(&server);
        let modulo = chiunque.apri("/servizi/accesso-atti/istanza");
        let undici = vec![("file:file", "x"); 11];
        assert_eq!(invia(&chiunque, &modulo, "riepilogo", &undici).stato, 413);
        let vuoti = vec![("x", "y"); 41];
        assert_eq!(invia(&chiunque, &modulo, "riepilogo", &vuoti).stato, 413);
        let cinque = ["a", "b", "c", "d", "e"].map(|nome| (nome, "x".repeat(60_000)));
        let cinque: Vec<_> = cinque.iter().map(|(nome, testo)| (*nome, testo.as_str())).collect();
        assert_eq!(invia(&chiunque, &modulo, "riepilogo", &cinque).stato, 413);
        // Neither a preamble nor a header without end is gathered.
        for inizio in ["", "--confine\r\nContent-Disposition: form-data; name=\""] {
            let corpo = [inizio.as_bytes(), &vec![b'x'; 4 * 1024 * 1024]].concat();
            let fermato = chiunque.grezzo(&format!("{SERVIZIO}/istanza"), "multipart/form-data; boundary=confine", corpo);
            assert!(fermato.is_none_or(|p| p.stato == 400), "{inizio}");
        }
        let grande = "x".repeat(10 * 1024 * 1024 + 1);
        assert_eq!(invia(&chiunque, &modulo, "riepilogo", &[("file:file", &grande)]).stato, 413);
        let esiti: Vec<u16> = (0..56).map(|_| invia(&chiunque, &modulo, "riepilogo", &[]).stato).collect();
        assert_eq!(esiti.iter().filter(|s| **s == 200).count(), 54, "{esiti:?}");
        let fermato = invia(&chiunque, &modulo, "invia", &[]);
        assert_eq!((fermato.stato, fermato.testata("retry-after")), (429, "3600"));
        assert_eq!(casa.conta("istanze"), 0);
        let codici: Vec<u16> = (0..61).map(|_| chiunque.modulo_semplice("/istanze", "codice=7K2QP-0D4WN-XH9RT-B3M6E").stato).collect();
        assert_eq!((codici[0], codici[59], codici[60]), (422, 422, 429), "{codici:?}");
    }

    fn the_office_sees_it_and_its_answer_shows_on_the_receipt(casa) {
        let (server, _) = (casa.server(), apri_procedimento(casa));
        let chiunque = Cliente::nuovo(&server);
        let modulo = chiunque.apri("/servizi/accesso-atti/istanza");
        let luogo = invia(&chiunque, &modulo, "invia", &[]).testata("location").to_owned();
        let codice = luogo.split(['/', '?']).nth(2).unwrap().to_lowercase().replace('-', "+");
        assumi(casa, "marta", Ruolo::Addetto);
        let marta = Cliente::dentro(&server, "marta");
        let trovate = leggi(&format!("{}/api/v1/registrazioni?numero=1", server.url), &casa.gettone).json();
        let id = trovate["risultati"][0]["id"].as_str().unwrap().to_owned();
        let vista = marta.apri(&format!("/registrazioni/{id}"));
        for parte in ["Da regolarizzare", "Termine", "Accesso agli atti"] {
            assert!(vista.html.contains(parte), "{parte} is not in {}", vista.html);
        }
        let mut risposta = crate::casa::uscita("Risposta alla richiesta");
        risposta["rispondeA"] = id.clone().into();
        // A letter to somebody else about it is no answer to who asked.
        assert_eq!(crate::casa::registra(&server.url, &casa.gettone, "altri", &risposta, b"ecco").unwrap().stato, 201);
        assert!(chiunque.apri(&luogo).html.contains("Richiesta inviata") && !chiunque.apri(&luogo).html.contains("ha risposto"));
        risposta["corrispondenti"][0]["pec"] = "Elena.Tarsi@pec.cittadini.example".into();
        assert_eq!(crate::casa::registra(&server.url, &casa.gettone, "r", &risposta, b"ecco").unwrap().stato, 201);
        let ritrovata = chiunque.modulo_semplice("/istanze", &format!("codice={codice}"));
        assert_eq!(ritrovata.stato, 303, "{}", ritrovata.html);
        let seguita = chiunque.apri(ritrovata.testata("location"));
        assert!(seguita.html.contains("Risposta inviata") && seguita.html.contains("0000003/"), "{}", seguita.html);
        let annulla = format!("{}/api/v1/registrazioni/{id}/annullamento", server.url);
        assert_eq!(crate::casa::chiama_json(&annulla, &casa.gettone, "{\"motivo\":\"Presentata due volte\"}").stato, 201);
        let annullata = chiunque.apri(&luogo).html;
        assert!(annullata.contains("Annullata") && annullata.contains("non vale più") && !annullata.contains("due volte"), "{annullata}");
    }

    fn killed_while_it_answers_an_istanza_is_there_once(casa) {
        apri_procedimento(casa);
        let mut servizio = Servizio::avvia(casa);
        for volta in 0..4 {
            let url = servizio.url.clone();
            let cittadino = Cliente::a(&url);
            let moduli: Vec<Pagina> = (0..6).map(|_| cittadino.apri("/servizi/accesso-atti/istanza")).collect();
            // Half of them are under way when the program dies; who does not know sends again.
            let morti: Vec<bool> = std::thread::scope(|s| {
                let fili: Vec<_> = moduli.iter().map(|m| s.spawn(|| {
                    let campi = campi(m, "invia", &[("file:file", "allegato")]);
                    let campi: Vec<_> = campi.iter().map(|(nome, valore)| (*nome, valore.as_str())).collect();
                    Cliente::a(&url).tenta_modulo(&format!("{SERVIZIO}/istanza"), &campi).is_none_or(|p| p.stato != 303)
                })).collect();
                while volta > 0 && casa.conta("istanze") < volta * 6 + 3 {
                    std::thread::yield_now();
                }
                servizio.uccidi();
                fili.into_iter().map(|f| f.join().unwrap()).collect()
            });
            servizio = Servizio::avvia(casa);
            let vivo = Cliente::a(&servizio.url);
            for (m, morto) in moduli.iter().zip(morti) {
                let codice = m.campo("codice");
                let c_e = vivo.apri(&format!("/istanze/{codice}")).stato == 200;
                assert!(c_e || morto, "{codice} was acknowledged and is not there");
                assert_eq!(invia(&vivo, m, "invia", &[("file:file", "allegato")]).stato, 303);
                assert!(vivo.apri(&format!("/istanze/{codice}")).html.contains("In carico"));
            }
            assert_eq!(casa.conta("istanze"), (volta + 1) * 6);
            assert_eq!(casa.conta("registrazioni"), (volta + 1) * 6);
        }
        let controllo = comando(casa, &["controlla", "--json"]);
        assert!(controllo.status.success(), "{}", String::from_utf8_lossy(&controllo.stdout));
    }

    fn a_clock_that_is_behind_does_not_lose_an_istanza(casa) {
        let procedimento = apri_procedimento(casa);
        let server = casa.server();
        crate::casa::registra(&server.url, &casa.gettone, "prima", &crate::casa::entrata("Oggi"), b"atto").unwrap();
        let indietro = casa.con_orologio("2026-01-05T08:00:00Z");
        let (fiduce, calendario) = (Fiduce::default(), Calendario::default());
        let presentazione = presentazione(procedimento, indietro.orologio().adesso());
        let codice = presentazione.codice.clone();
        let sportello = |db| Sportello { db, deposito: &casa.deposito, fiduce: &fiduce, calendario: &calendario };
        for _ in 0..2 {
            istanze::presenta(&sportello(&indietro), &presentazione).unwrap();
        }
        assert_eq!((casa.conta("istanze"), casa.conta("registrazioni"), casa.conta("istanze_in_attesa")), (1, 1, 1));
        let ricevuta = Cliente::nuovo(&server).apri(&format!("/istanze/{codice}"));
        assert!(ricevuta.html.contains("Presentata il 05/01/2026") && ricevuta.html.contains("il numero di protocollo segue"), "{}", ricevuta.html);
        assert_eq!(istanze::protocolla_attesa(&indietro, &calendario).unwrap(), 0);
        assert_eq!(istanze::protocolla_attesa(&casa.db, &calendario).unwrap(), 1);
        assert_eq!(istanze::protocolla_attesa(&casa.db, &calendario).unwrap(), 0);
        assert_eq!((casa.conta("registrazioni"), casa.conta("istanze_in_attesa")), (2, 0));
        // The term runs from the presentazione: 30 days from 5 January 2026.
        let ricevuta = Cliente::nuovo(&server).apri(&format!("/istanze/{codice}"));
        assert!(ricevuta.html.contains("0000002/") && ricevuta.html.contains("04/02/2026"), "{}", ricevuta.html);
        let controllo = comando(casa, &["controlla", "--json"]);
        assert!(controllo.status.success(), "{}", String::from_utf8_lossy(&controllo.stdout));
    }
}

/// A citizen on a phone, in a real browser: sends an istanza with a signed file, reads the receipt, finds it again by its code.
#[test]
fn a_citizen_on_a_phone_sends_an_istanza_and_follows_it() {
    let casa = Casa::sqlite();
    apri_procedimento(&casa);
    let server = casa.server_fidato();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/firma/contenuto-alterato.pdf.p7m");
    naviga((390, 844), async |driver| {
        let vai = async |id: &str| driver.query(By::Css(id)).first().await;
        driver.goto(format!("{}/servizi", server.url)).await?;
        pulita(driver, &server.url, &[]).await?;
        ritratto(driver, "portale-servizi").await?;
        premi(driver.query(By::LinkText("Accesso agli atti")).first().await?).await?;
        ritratto(driver, "portale-scheda").await?;
        premi(driver.query(By::LinkText("Presenta la richiesta")).first().await?).await?;
        for (id, testo) in [
            ("#nome", "Elena"),
            ("#cognome", "Tarsi"),
            ("#codice-fiscale", "trslne78d52x999"),
            ("#indirizzo", "elena.tarsi@pec.cittadini.example"),
            ("#oggetto", "Copia della pratica 12 del 1998"),
            ("#testo", "Chiedo copia della pratica, perché devo vendere la casa."),
            ("#file", file.to_str().unwrap()),
        ] {
            vai(id).await?.send_keys(testo).await?;
        }
        vai("#informativa").await?.click().await?;
        premi(vai("button[value='riepilogo']").await?).await?;
        // One letter of the codice fiscale is missing: what was typed stays, the file too.
        assert!(vai("#riassunto").await?.text().await?.contains("Codice fiscale"));
        assert!(driver.source().await?.contains("contenuto-alterato.pdf.p7m"));
        ritratto(driver, "portale-istanza-rifiutata").await?;
        pulita(driver, &server.url, &["422"]).await?;
        vai("#codice-fiscale").await?.send_keys("m").await?;
        premi(vai("button[value='riepilogo']").await?).await?;
        driver.query(By::Css(".esito.cattivo")).first().await?;
        ritratto(driver, "portale-riepilogo").await?;
        premi(vai("button[value='invia']").await?).await?;
        // What only the next page has: until it is there, the one before is still found.
        assert!(vai(".numero-grande").await?.text().await?.starts_with("0000001/"));
        assert_eq!(vai("h1").await?.text().await?, "Richiesta inviata");
        let codice = vai(".codice").await?.text().await?;
        ritratto(driver, "portale-ricevuta").await?;
        premi(driver.query(By::LinkText("Segui una richiesta")).first().await?).await?;
        vai("#codice").await?.send_keys(codice.to_lowercase()).await?;
        ritratto(driver, "portale-segui").await?;
        premi(vai("form button").await?).await?;
        assert_eq!(vai(".stato").await?.text().await?, "In carico");
        ritratto(driver, "portale-in-carico").await?;
        pulita(driver, &server.url, &[]).await
    });
    assert_eq!(casa.conta("istanze"), 1);
}

su_entrambi! {
    fn an_istanza_whose_registration_was_annulled_comes_back(casa) {
        let (server, _) = (casa.server(), apri_procedimento(casa));
        let chiunque = Cliente::nuovo(&server);
        let riepilogo = invia(&chiunque, &chiunque.apri("/servizi/accesso-atti/istanza"), "riepilogo", &[("file:file", "la planimetria")]);
        let luogo = invia(&chiunque, &riepilogo, "invia", &[("tenuto", &riepilogo.campo("tenuto"))]).testata("location").to_owned();
        for (nome, ruolo) in [("anna", Ruolo::Operatore), ("rosa", Ruolo::Rsp), ("marta", Ruolo::Addetto), ("rino", Ruolo::Revisore)] {
            assumi(casa, nome, ruolo);
        }
        let [anna, rosa, marta, rino] = ["anna", "rosa", "marta", "rino"].map(|nome| Cliente::dentro(&server, nome));
        let manda = |chi: &Cliente<'_>, strada: &str, corpo: &str| {
            let modulo = chi.apri("/benvenuto").campo("modulo");
            chi.modulo_semplice(strada, &format!("modulo={modulo}&{corpo}"))
        };
        assert!(!anna.apri("/da-protocollare").html.contains("Istanze tornate"));
        let trovate = leggi(&format!("{}/api/v1/registrazioni?numero=1", server.url), &casa.gettone).json();
        let prima = trovate["risultati"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(manda(&rosa, &format!("/registrazioni/{prima}/annullamento"), "motivo=Ufficio+sbagliato&conferma=1").stato, 303);
        let seguita = chiunque.apri(&luogo).html;
        assert!(seguita.contains("questo numero non vale più") && seguita.contains("registra di nuovo"), "{seguita}");
        let elenco = anna.apri("/da-protocollare").html;
        assert!(elenco.contains("Istanze tornate") && elenco.contains("Ufficio sbagliato"), "{elenco}");
        let azione = elenco.split("action=\"/da-protocollare/istanze/").nth(1).unwrap().split('"').next().unwrap();
        let azione = format!("/da-protocollare/istanze/{azione}");
        for altro in [&marta, &rino] {
            assert_eq!(manda(altro, &azione, "").stato, 404);
        }
        assert_eq!(anna.modulo_semplice(&azione, "modulo=altro").stato, 403);
        assert_eq!(manda(&anna, "/da-protocollare/istanze/0192f0e4-0000-7000-8000-000000000000/protocollo", "").stato, 404);
        let fatta = manda(&anna, &azione, "");
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        assert_eq!(manda(&anna, &azione, "").stato, 409, "a double click takes one number");
        let pagina = anna.apri(fatta.testata("location")).html;
        assert!(pagina.contains("0000002") && pagina.contains("Istanza dal portale") && pagina.contains("30 giorni"), "{pagina}");
        let seguita = chiunque.apri(&luogo).html;
        assert!(seguita.contains("0000002/") && !seguita.contains("non vale più"), "{seguita}");
        assert!(!anna.apri("/da-protocollare").html.contains("Istanze tornate"));
        let controllo = comando(casa, &["controlla", "--json"]);
        assert!(controllo.status.success(), "{}", String::from_utf8_lossy(&controllo.stdout));
    }
}
