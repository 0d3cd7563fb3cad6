//! The page *Fiducia*: who may see it, what it says, what it brings.

use super::browser::{entra, naviga, pulita, ritratto};
use super::cliente::{Cliente, assumi};
use crate::casa::{Casa, Server, su_entrambi};
use crate::fiducia::finto::{Finto, Risposta};
use crate::fiducia::fixture;
use crate::firma::busta::{Mano, tlv};
use crate::firma::note::{autorita, numero};
use crate::firma::revoca::{lista, risposta_con, risposta_intera};
use tabulario::config::{Fiducia, Proxy};
use tabulario::documenti::fiducia::{EsitoGestori, conserva_gestori};
use tabulario::utenti::Ruolo;
use tabulario::valori::{Attore, Impronta, Istante};
use thirtyfour::prelude::*;

const STRADA: &str = "/amministrazione/fiducia";
const REVOCHE: &str = "/amministrazione/fiducia/revoche";
const ADESSO: &str = "2026-11-20T12:00:00Z";

/// Lists of ours, the first signed by `vellini-rsa`.
fn regole(proxy: Proxy) -> Fiducia {
    let der = tabulario::firma::certificati(&fixture("chiavi/vellini-rsa.pem")).unwrap().remove(0).der;
    let lotl = "http://liste.example/lotl.xml".to_owned();
    Fiducia { firmatari: vec![Impronta::of(&der)], lotl, proxy, ..Fiducia::default() }
}

/// Sends a list from the page.
fn manda(chi: &Cliente<'_>, nome: &str) -> super::Pagina {
    let modulo = chi.apri(STRADA).campo("modulo");
    chi.modulo_con_file(STRADA, &[("modulo", modulo)], (nome, &fixture(&format!("fiducia/{nome}"))))
}

/// Sends a revocation list from the page.
fn manda_revoca(chi: &Cliente<'_>, nome: &str) -> super::Pagina {
    let modulo = chi.apri(STRADA).campo("modulo");
    chi.modulo_con_file(REVOCHE, &[("modulo", modulo)], (nome, &fixture(&format!("revoche/{nome}"))))
}

fn server(casa: &Casa) -> Server {
    assumi(casa, "ada", Ruolo::Amministratore);
    casa.server_fiducia(ADESSO, regole(Proxy::Nessuno))
}

su_entrambi! {
    fn who_administers_brings_lists_and_is_told_what_changes(casa) {
        let server = server(casa);
        let ada = Cliente::dentro(&server, "ada");
        assert!(ada.apri(STRADA).html.contains("Nessuna lista conservata"));
        let check = |nome: &str, stato: u16, parti: &[&str]| {
            let pagina = manda(&ada, nome);
            assert_eq!(pagina.stato, stato, "{nome}: {}", pagina.html);
            for parte in parti {
                assert!(pagina.html.contains(parte), "{nome}: {parte} is not in {}", pagina.html);
            }
        };
        check("lista-v6.xml", 422, &["lista-v6.xml): rifiutata: manca una lista delle liste (LOTL) in vigore"]);
        check("lotl.xml", 200, &["EU n. 12 (lotl.xml): conservata.", "Lista delle liste (EU) n. 12", "scade fra 162 giorni, il 01/05/2027"]);
        check("lista-v6.xml", 200, &["IT n. 6 (lista-v6.xml): conservata.", "Servizi riconosciuti da adesso", "TEST - marche", "Anna Verdi"]);
        check("lista-v6.xml", 200, &["già conservata, niente da fare"]);
        check("lista-n7.xml", 200, &["Servizi non più riconosciuti", "TEST - CA di firma", "Versioni precedenti", "IT n. 6"]);
        check("lista-v6.xml", 422, &["più vecchia della n. 7"]);
        check("lista-de.xml", 422, &["è la lista di DE, mentre qui serve: IT"]);
        let modulo = ada.apri(STRADA).campo("modulo");
        let niente = ada.modulo(STRADA, &[("modulo", modulo.as_str())]);
        assert!(niente.stato == 422 && niente.html.contains("Scegli il file della lista."), "{}", niente.html);
        assert_eq!(ada.modulo(STRADA, &[("modulo", "altrui"), ("rete", "1")]).stato, 403);
        let metriche = Cliente::nuovo(&server).apri("/metriche").html;
        let scade: Istante = "2027-06-01T00:00:00Z".parse().unwrap();
        let riga = format!("tabulario_lista_fiducia_scadenza_secondi{{territorio=\"IT\"}} {}\n", scade.date_time().timestamp());
        assert!(metriche.contains(&riga) && metriche.contains("territorio=\"EU\""), "{metriche}");
    }

    fn lists_come_from_the_network_only_when_asked(casa) {
        let luogo = |nome: &str| Risposta::Corpo(fixture(&format!("fiducia/{nome}")));
        let finto = Finto::avvia(vec![("/lotl.xml", luogo("lotl.xml")), ("/lista-v6.xml", luogo("lista-v6.xml"))]);
        assumi(casa, "ada", Ruolo::Amministratore);
        let server = casa.server_fiducia(ADESSO, regole(Proxy::Indirizzo(finto.indirizzo.clone())));
        let ada = Cliente::dentro(&server, "ada");
        // A list of the lists alone does not make the server look for the others.
        assert!(!manda(&ada, "lotl.xml").html.contains("IT n. 6"));
        let modulo = ada.apri(STRADA).campo("modulo");
        let pagina = ada.modulo(STRADA, &[("modulo", modulo.as_str()), ("rete", "1")]);
        assert_eq!(pagina.stato, 200, "{}", pagina.html);
        for parte in ["http://liste.example/lotl.xml): già conservata", "IT n. 6 (http://liste.example/lista-v6.xml): conservata."] {
            assert!(pagina.html.contains(parte), "{parte} is not in {}", pagina.html);
        }
    }

    fn who_administers_brings_revocations_and_sees_until_when_they_hold(casa) {
        let server = server(casa);
        let ada = Cliente::dentro(&server, "ada");
        assert!(ada.apri(STRADA).html.contains("Nessun dato di revoca conservato"));
        for nome in ["lotl.xml", "lista-v6.xml"] {
            assert_eq!(manda(&ada, nome).stato, 200);
        }
        let check = |nome: &str, stato: u16, parti: &[&str]| {
            let pagina = manda_revoca(&ada, nome);
            assert_eq!(pagina.stato, stato, "{nome}: {}", pagina.html);
            for parte in parti {
                assert!(pagina.html.contains(parte), "{nome}: {parte} is not in {}", pagina.html);
            }
        };
        check("ca-firma-1.pem", 200, &["Revoche di TEST - non valida - CA Tabulario (ca-firma-1.pem): conservata.", "lista n. 1",
            "scade fra 6 giorni, il 26/11/2026", "Anna Verdi"]);
        check("ca-firma-1.pem", 200, &["ca-firma-1.pem: già conservata, niente da fare."]);
        check("ca-firma-2.pem", 200, &["conservata", "lista n. 2"]);
        check("ca-firma-1.pem", 422, &["ca-firma-1.pem: rifiutata: è del 19/11/2026"]);
        check("omonima.pem", 422, &["ma non è firmata con la sua chiave"]);
        let pagina = ada.apri(STRADA).html;
        assert!(!pagina.contains("lista n. 1") && pagina.contains("L’ultimo è arrivato il 20/11/2026"), "{pagina}");
        let modulo = ada.apri(STRADA).campo("modulo");
        let niente = ada.modulo(REVOCHE, &[("modulo", modulo.as_str())]);
        assert!(niente.stato == 422 && niente.html.contains("Scegli il file della lista di revoca."), "{}", niente.html);
        assert_eq!(ada.modulo(REVOCHE, &[("modulo", "altrui"), ("rete", "1")]).stato, 403);
        // Nobody's certificate says where to look.
        let rete = ada.modulo(REVOCHE, &[("modulo", modulo.as_str()), ("rete", "1")]);
        assert!(rete.stato == 422 && rete.html.contains("Nessun certificato delle autorità riconosciute"), "{}", rete.html);
    }

    fn an_expired_answer_is_missed_until_a_newer_list_of_its_authority_comes(casa) {
        let oggi = server(casa);
        let ada = Cliente::dentro(&oggi, "ada");
        for nome in ["lotl.xml", "lista-v6.xml"] {
            assert_eq!(manda(&ada, nome).stato, 200);
        }
        let porta = |chi: &Cliente<'_>, nome: &str, byte: &[u8]| {
            let modulo = chi.apri(STRADA).campo("modulo");
            let pagina = chi.modulo_con_file(REVOCHE, &[("modulo", modulo)], (nome, byte));
            assert_eq!(pagina.stato, 200, "{}", pagina.html);
            pagina.html
        };
        let quando = ("20261120100000Z", Some("20261120140000Z"));
        let buona = risposta_con(&autorita(), &Mano::delle_fixture("tarsi-rsa"), quando, tlv(0x80, b""), &[]);
        assert!(!porta(&ada, "tarsi.ors", &risposta_intera(&buona)).contains("risposte-scadute"));
        porta(&ada, "ca-firma-1.pem", &fixture("revoche/ca-firma-1.pem"));
        drop(oggi);
        let domani = casa.server_fiducia("2026-11-27T12:00:00Z", regole(Proxy::Nessuno));
        let ada = Cliente::dentro(&domani, "ada");
        let pagina = ada.apri(STRADA).html;
        assert!(pagina.contains("1 risposta OCSP è scaduta") && pagina.contains("1 lista è scaduta"), "{pagina}");
        assert!(pagina.contains("href=\"#t-scarica-revoche\"") && pagina.contains("id=\"t-scarica-revoche\""), "{pagina}");
        let lista = lista(&autorita(), "20261127000000Z", "20261204000000Z", &[], &[numero(9)]);
        let pagina = porta(&ada, "nuova.crl", &lista);
        assert!(!pagina.contains("risposte-scadute") && !pagina.contains("liste-scadute"), "{pagina}");
        assert!(pagina.contains("scaduta il 20/11/2026; c’è una lista più recente"), "{pagina}");
    }

    fn who_only_reads_sees_and_does_not_bring(casa) {
        let server = server(casa);
        for (ruolo, stato) in Ruolo::TUTTI.into_iter().zip([404, 200, 404, 404, 404, 200, 200]) {
            assumi(casa, ruolo.as_str(), ruolo);
            let chi = Cliente::dentro(&server, ruolo.as_str());
            let pagina = chi.apri(STRADA);
            assert_eq!(pagina.stato, stato, "{ruolo:?}");
            assert_eq!(pagina.html.contains("type=\"file\""), ruolo == Ruolo::Amministratore, "{ruolo:?}");
            let modulo = chi.apri("/benvenuto").campo("modulo");
            let esito = chi.modulo_con_file(STRADA, &[("modulo", modulo)], ("lotl.xml", &fixture("fiducia/lotl.xml")));
            assert_eq!(esito.stato, if ruolo == Ruolo::Amministratore { 200 } else { 404 }, "{ruolo:?}");
            let modulo = chi.apri("/benvenuto").campo("modulo");
            let file = ("ca-firma-1.pem", fixture("revoche/ca-firma-1.pem"));
            let esito = chi.modulo_con_file(REVOCHE, &[("modulo", modulo)], (file.0, &file.1));
            assert_eq!(esito.stato, if ruolo == Ruolo::Amministratore { 422 } else { 404 }, "{ruolo:?}: nobody is trusted yet");
        }
        assert_eq!(casa.conta("liste_fiducia"), 1);
    }
}

/// In a real browser, on a desk and on a phone.
#[test]
fn trust_is_read_on_a_desk_and_on_a_phone() {
    let casa = Casa::sqlite();
    let server = server(&casa);
    let ada = Cliente::dentro(&server, "ada");
    for nome in ["lotl.xml", "lista-v6.xml"] {
        assert_eq!(manda(&ada, nome).stato, 200);
    }
    assert_eq!(manda_revoca(&ada, "ca-firma-1.pem").stato, 200);
    assert_eq!(manda(&ada, "lista-n7.xml").stato, 200);
    let file = vec![("ca-gestori.pem".to_owned(), fixture("chiavi/ca-gestori.pem"))];
    let insieme = EsitoGestori::esamina(&casa.db, &casa.deposito, "ca-gestori.pem", &file).unwrap().unwrap();
    conserva_gestori(&casa.db, &casa.deposito, &Attore::Sistema("comando"), &insieme).unwrap();
    for finestra in [(1440, 900), (390, 844)] {
        naviga(finestra, async |driver| guardata(driver, &server.url).await);
    }
}

async fn guardata(driver: &WebDriver, url: &str) -> WebDriverResult<()> {
    entra(driver, url, "ada").await?;
    driver.goto(format!("{url}{STRADA}")).await?;
    let testo = driver.find(By::Id("contenuto")).await?.text().await?;
    for parte in ["IT n. 7", "scade fra", "Versioni precedenti", "CA Gestori PEC", "lista n. 1"] {
        assert!(testo.contains(parte), "{parte} is not in {testo}");
    }
    ritratto(driver, "fiducia").await?;
    pulita(driver, url, &[]).await?;
    driver
        .find(By::Id("lista"))
        .await?
        .send_keys(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/fiducia/lista-v6.xml"))
        .await?;
    super::browser::premi(driver.find(By::Css("form[enctype] button")).await?).await?;
    driver.query(By::Css(".alert-danger")).first().await?;
    ritratto(driver, "fiducia-rifiutata").await?;
    pulita(driver, url, &["422"]).await
}
