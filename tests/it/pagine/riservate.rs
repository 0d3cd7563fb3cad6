//! Mail of what is riservato: seen by who may see the registration it became, or speaks of, and by nobody else.

use super::arriva;
use super::cliente::{Cliente, Pagina, assumi, tributi};
use crate::casa::{Casa, chiama, leggi, su_entrambi, uscita};
use tabulario::pec::{self, Messaggio};
use tabulario::registro;
use tabulario::utenti::Ruolo;
use tabulario::utenti::visibilita::Vista;
use tabulario::valori::Attore;

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
            pec::invia(op, &casa.vista(), id, Some(nome))
        }).unwrap();
        assert_eq!((visti(casa, &operatore).len(), visti(casa, &casa.vista()).len()), (0, 1));
        let sha256 = visti(casa, &casa.vista())[0].impronta;
        let intero = leggi(&format!("{}/api/v1/documenti/{sha256}", server.url), &casa.gettone);
        assert_eq!(intero.stato, 200, "an application sees its whole AOO");
    }
}
