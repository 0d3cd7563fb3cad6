//! Mail of what is riservato: seen by who may see the registration it became, or speaks of, and by nobody else.

use super::arriva;
use super::browser::{entra, naviga, pulita, ritratto};
use super::cliente::{Cliente, Pagina, assumi, assumi_in, tributi};
use super::registra;
use crate::casa::{Casa, chiama, leggi, su_entrambi, uscita};
use tabulario::pec::{self, Messaggio, Modo};
use tabulario::registro;
use tabulario::utenti::Ruolo;
use tabulario::utenti::visibilita::Vista;
use tabulario::valori::Attore;
use thirtyfour::prelude::*;

fn primo(chi: &Cliente<'_>) -> String {
    let elenco = chi.apri("/da-protocollare").html;
    let id = elenco.split("href=\"/da-protocollare/").nth(1).unwrap().split('"').next().unwrap();
    format!("/da-protocollare/{id}")
}

/// Protocols a message as riservato, for the office where the clerks do not work.
fn riserva(chi: &Cliente<'_>, strada: &str, pagina: &Pagina) -> Pagina {
    let (modulo, chiave) = (pagina.campo("modulo"), pagina.campo("chiave"));
    let corpo = format!(
        "modulo={modulo}&chiave={chiave}&mittente=Elena+Tarsi&oggetto=Istanza&voce=VI.3&ufficio=TRIB&riservato=1"
    );
    chi.modulo_semplice(&format!("{strada}/protocollo"), &corpo)
}

fn visti(casa: &Casa, vista: &Vista) -> Vec<Messaggio> {
    casa.db.leggi(|conn| pec::messaggi(conn, vista, None, 10)).unwrap()
}

su_entrambi! {
    fn mail_that_became_riservata_is_hidden_with_its_files(casa) {
        let server = casa.server();
        let tributi = tributi(casa);
        assumi(casa, "anna", Ruolo::Operatore);
        assumi(casa, "rosa", Ruolo::Rsp);
        arriva(casa, "01-cittadina-istanza-permesso");
        let (anna, rosa) = (Cliente::dentro(&server, "anna"), Cliente::dentro(&server, "rosa"));
        let strada = primo(&anna);
        assert_eq!(anna.apri(&format!("{strada}/allegati/1")).stato, 200, "what waits is for who registers it");
        let fatta = riserva(&rosa, &strada, &rosa.apri(&strada));
        assert_eq!(fatta.stato, 303, "{}", fatta.html);
        let striscia = fatta.testata("location");
        for nascosta in [strada.clone(), format!("{strada}/allegati/1")] {
            assert_eq!((anna.apri(&nascosta).stato, rosa.apri(&nascosta).stato == 404), (404, false), "{nascosta}");
        }
        assert!(rosa.apri(striscia).html.contains("0000001"));
        let altrui = anna.apri(striscia);
        assert!(altrui.stato == 200 && !altrui.html.contains("0000001"), "{}", altrui.html);
        let tentata = format!("modulo={}&chiave=k&mittente=x&oggetto=x&voce=VI.3&ufficio=EDIL", altrui.campo("modulo"));
        assert_eq!(anna.modulo_semplice(&format!("{strada}/protocollo"), &tentata).stato, 404);

        let m = visti(casa, &casa.vista()).remove(0);
        let sha256 = m.allegati[0].riposto.impronta;
        let (aoo, edilizia) = (casa.aoo.id, casa.ufficio.id);
        let divenuta = casa.db.leggi(|conn| registro::ultime(conn, &casa.vista(), None, 1)).unwrap()[0].id;
        for (vista, vede) in [
            (casa.vista(), true),
            (Vista::SenzaRiservati(aoo, vec![edilizia].into()), false),
            (Vista::SenzaRiservati(aoo, vec![edilizia, tributi.id].into()), true),
            (Vista::Uffici(aoo, vec![edilizia].into()), false),
            (Vista::Uffici(aoo, vec![tributi.id].into()), true),
            (Vista::Uffici(aoo, vec![edilizia].into()).con_visioni(vec![divenuta]), true),
            (Vista::SenzaRiservati(aoo, Vec::new().into()).con_visioni(vec![divenuta]), true),
            (Vista::SenzaRiservati(aoo, Vec::new().into()).con_visioni(vec![divenuta]).per_agire(), false),
        ] {
            assert_eq!(visti(casa, &vista).len(), usize::from(vede), "{vista:?}");
            assert_eq!(casa.db.leggi(|conn| pec::messaggio(conn, &vista, m.id)).is_ok(), vede, "{vista:?}");
            let usa = casa.db.leggi(|conn| pec::usa_file(conn, &vista, &m.id.to_string(), &sha256)).unwrap();
            assert_eq!(usa.is_some(), vede, "{vista:?}");
        }
    }

    fn mail_without_a_number_is_for_who_sees_the_whole_aoo(casa) {
        arriva(casa, "01-cittadina-istanza-permesso");
        let (aoo, ufficio) = (casa.aoo.id, casa.ufficio.id);
        assert_eq!(visti(casa, &Vista::SenzaRiservati(aoo, vec![ufficio].into())).len(), 1);
        assert_eq!(visti(casa, &Vista::Uffici(aoo, vec![ufficio].into())).len(), 0);
    }

    fn whoever_makes_a_riservata_for_others_is_told_its_number_once(casa) {
        let server = casa.server();
        tributi(casa);
        assumi(casa, "anna", Ruolo::Operatore);
        arriva(casa, "01-cittadina-istanza-permesso");
        arriva(casa, "09-impresa-solo-testo-iso-8859-1");
        let anna = Cliente::dentro(&server, "anna");
        let strada = primo(&anna);
        let pagina = anna.apri(&strada);
        for _ in 0..2 {
            let fatta = riserva(&anna, &strada, &pagina);
            assert!(fatta.stato == 200 && fatta.html.contains("0000001"), "{}", fatta.html);
            assert!(fatta.html.contains("href=\"/da-protocollare/"), "the next message is one click away: {}", fatta.html);
        }
        assert_eq!(casa.conta("registrazioni"), 1);
        assert_eq!(anna.apri(&strada).stato, 404);
    }

    fn the_receipts_of_a_riservata_are_hidden_too(casa) {
        let server = casa.server();
        arriva(casa, "04-ricevuta-accettazione");
        let mut chiesta = uscita("Provvedimento disciplinare");
        chiesta["riservato"] = true.into();
        chiesta["ufficio"] = tributi(casa).codice.to_string().into();
        let testo = chiesta.to_string();
        let parti = [
            crate::casa::Parte { nome: "registrazione", file: None, bytes: testo.as_bytes() },
            crate::casa::Parte { nome: "doc", file: Some("atto.txt"), bytes: b"x" },
        ];
        let url = format!("{}/api/v1/registrazioni", server.url);
        let fatta = chiama("POST", &url, &casa.gettone, Some("k"), Some(&parti)).unwrap();
        assert_eq!(fatta.stato, 201, "{}", fatta.json());
        let id = fatta.json()["id"].as_str().unwrap().parse().unwrap();
        let operatore = Vista::SenzaRiservati(casa.aoo.id, vec![casa.ufficio.id].into());
        assert_eq!(visti(casa, &operatore).len(), 1, "nobody knows yet what it speaks of");
        let nome = "<uscita-di-esempio-1@pec.comune.borgoesempio.example>";
        casa.db.scrivi(casa.aoo.id, &Attore::Sistema("demo"), |op| {
            pec::invia(op, &casa.vista(), id, Modo { message_id: Some(nome), ..Modo::default() })
        }).unwrap();
        assert_eq!((visti(casa, &operatore).len(), visti(casa, &casa.vista()).len()), (0, 1));
        let sha256 = visti(casa, &casa.vista())[0].impronta;
        let intero = leggi(&format!("{}/api/v1/documenti/{sha256}", server.url), &casa.gettone);
        assert_eq!(intero.stato, 200, "an application sees its whole AOO");
    }

    fn the_register_shows_the_riservate_of_others_as_number_time_and_flow(casa) {
        let server = casa.server();
        let tributi = tributi(casa);
        assumi(casa, "anna", Ruolo::Operatore);
        assumi(casa, "rosa", Ruolo::Rsp);
        assumi(casa, "rino", Ruolo::Revisore);
        assumi(casa, "carla", Ruolo::ResponsabileConservazione);
        assumi(casa, "ugo", Ruolo::Addetto);
        assumi_in(casa, "tina", Ruolo::Operatore, &tributi);
        assumi_in(casa, "tea", Ruolo::Addetto, &tributi);
        let rosa = Cliente::dentro(&server, "rosa");
        let segreta = registra(&rosa, "entrata", "Istanza di Zaccaria", &[("parte-0-cognome", "Zanolini"), ("riservato", "1"), ("file:principale", "x")]);
        let segreta = segreta.testata("location").to_owned();
        registra(&rosa, "entrata", "Aperta", &[]);
        let id = segreta.rsplit('/').next().unwrap();
        // The row, from its number to its end.
        let riga = |html: &str| {
            let (prima, dopo) = html.split_once("0000001").unwrap();
            format!("{}0000001{}", prima.rsplit("<tr").next().unwrap(), dopo.split("</tr>").next().unwrap())
        };
        for nome in ["tina", "rino", "carla"] {
            let chi = Cliente::dentro(&server, nome);
            let html = chi.apri("/registro").html;
            let sua = riga(&html);
            assert!(sua.contains("<time") && sua.contains("Entrata") && sua.contains("Riservata</span>"), "{nome}: {sua}");
            for nascosto in ["href=\"/reg", "Zaccaria", "Zanolini", "VI.3", "Edilizia", "Annullata", id] {
                assert!(!sua.contains(nascosto), "{nome}: {nascosto} in {sua}");
            }
            assert!(!html.contains(id) && html.contains("Aperta"), "{nome}: {html}");
            // Nowhere else, whatever is asked: what is searched for finds nothing, not even its number, and is not counted.
            for q in ["Zaccaria", "Zanolini", "n:1", "tipo:entrata Istanza", "voce:VI.3", "uo:EDIL"] {
                let trovate = chi.apri(&format!("/ricerca?q={}", q.replace(' ', "+"))).html;
                assert!(!trovate.contains("0000001") && !trovate.contains("Riservata") && !trovate.contains(id), "{nome} {q}: {trovate}");
            }
            // The page takes no other word: with one it is the same page.
            for filtro in ["q=Zaccaria", "ufficio=EDIL", "voce=VI.3", "oggetto=Aperta"] {
                assert_eq!(riga(&chi.apri(&format!("/registro?{filtro}")).html), sua, "{nome} {filtro}");
            }
            assert_eq!(chi.apri(&segreta).stato, 404, "{nome}");
        }
        for nome in ["anna", "rosa"] {
            assert!(riga(&Cliente::dentro(&server, nome).apri("/registro").html).contains("Zaccaria"), "{nome} sees it");
        }
        for nome in ["ugo", "tea"] {
            assert_eq!(Cliente::dentro(&server, nome).apri("/registro").stato, 404, "{nome} does not read the register");
        }
        // Annulled, it tells no more; opened, it is a row like the others.
        let modulo = rosa.apri("/benvenuto").campo("modulo");
        let tina = Cliente::dentro(&server, "tina");
        let prima = riga(&tina.apri("/registro").html);
        assert_eq!(rosa.modulo_semplice(&format!("{segreta}/annullamento"), &format!("modulo={modulo}&motivo=x&conferma=1")).stato, 303);
        assert_eq!(riga(&tina.apri("/registro").html), prima);
        assert_eq!(rosa.modulo_semplice(&format!("{segreta}/riservatezza"), &format!("modulo={modulo}&riservato=0&perche=x")).stato, 303);
        assert!(riga(&tina.apri("/registro").html).contains("Zaccaria"));
    }

    fn the_register_goes_on_page_by_page_without_gaps(casa) {
        let tributi = tributi(casa);
        for n in 0..7 {
            let server = casa.server();
            let mut chiesta = uscita(&format!("Atto {n}"));
            chiesta["riservato"] = (n % 2 == 0).into();
            chiesta["ufficio"] = tributi.codice.to_string().into();
            let fatta = crate::casa::registra(&server.url, &casa.gettone, &format!("k{n}"), &chiesta, b"x").unwrap();
            assert_eq!(fatta.stato, 201, "{}", fatta.json());
        }
        let numeri = |vista: &Vista| {
            let (mut numeri, mut cursore) = (Vec::new(), None);
            loop {
                let (voci, poi) = casa.db.leggi(|conn| registro::pagina_di_registro(conn, vista, cursore, 3)).unwrap();
                numeri.extend(voci.into_iter().map(|v| match v {
                    registro::VoceRegistro::Aperta(r) => (r.numero.valore(), true),
                    registro::VoceRegistro::Riservata { numero, .. } => (numero.valore(), false),
                }));
                cursore = poi;
                if cursore.is_none() {
                    return numeri;
                }
            }
        };
        let altri = Vista::SenzaRiservati(casa.aoo.id, vec![casa.ufficio.id].into());
        assert_eq!(numeri(&altri), [(7, false), (6, true), (5, false), (4, true), (3, false), (2, true), (1, false)]);
        assert!(numeri(&casa.vista()).iter().all(|(_, aperta)| *aperta));
        assert_eq!(numeri(&Vista::Uffici(casa.aoo.id, vec![casa.ufficio.id].into())), []);
        assert_eq!(numeri(&Vista::Uffici(casa.aoo.id, vec![tributi.id].into())).len(), 7);
    }
}

#[test]
fn the_row_of_a_riservata_fits_desk_and_phone() {
    for finestra in [(1440, 900), (390, 844)] {
        let casa = Casa::sqlite();
        let server = casa.server();
        let tributi = tributi(&casa);
        assumi(&casa, "rosa", Ruolo::Rsp);
        assumi_in(&casa, "tina", Ruolo::Operatore, &tributi);
        let rosa = Cliente::dentro(&server, "rosa");
        for (oggetto, altri) in [("Istanza di accesso", &[][..]), ("Istanza di Zaccaria", &[("riservato", "1")])] {
            assert_eq!(registra(&rosa, "entrata", oggetto, altri).stato, 303);
        }
        naviga(finestra, async |driver| {
            entra(driver, &server.url, "tina").await?;
            driver.goto(format!("{}/registro", server.url)).await?;
            let riga = driver.query(By::Css("tbody tr")).first().await?.text().await?;
            assert!(riga.contains("0000002") && riga.contains("Riservata") && !riga.contains("Zaccaria"), "{riga}");
            ritratto(driver, "registro-riservate").await?;
            pulita(driver, &server.url, &[]).await
        });
    }
}
